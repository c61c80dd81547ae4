"""SBS-1 BaseStation lines (port 30003), 22 fields: http://woodair.net/SBS/Article/Barebones42_Socket_Data.htm

Times are in the zone of the program that wrote them, which the file does not say. Each line carries a part of the
state: fixes are the lines with a position, and take speed, track, rate, callsign and squawk from lines of the same
aircraft up to ten seconds before. An ``H`` after altitude or rate means geometric.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from trackkit.errors import TrackError
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet, one_aircraft, timed
from trackkit.read.tracks.values import Fault, Floats, Masks, numbers, squawks, texts
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

__all__ = ["CARRIED_S", "recognise", "sheet"]

#: how long speed, track, rate, callsign and squawk are taken to hold
CARRIED_S = 10.0
_LINE = re.compile(r"(MSG|SEL|ID|AIR|STA|CLK),")
_FIELDS, _FEWEST = 22, 16
_TYPE, _KIND, _HEX, _DAY, _CLOCK, _CALLSIGN, _ALTITUDE, _SPEED, _TRACK = 0, 1, 4, 6, 7, 10, 11, 12, 13
_LATITUDE, _LONGITUDE, _RATE, _SQUAWK, _GROUND = 14, 15, 16, 17, 21
_SURFACE = "2"
_FACTORS = {
    "altitude_baro_m": FT_M, "altitude_geom_m": FT_M, "groundspeed_mps": KT_MPS, "baro": FTMIN_MPS, "geom": FTMIN_MPS,
}  # fmt: skip
_NOTE = (
    f"speed, track, rate, callsign and squawk are those sent up to {CARRIED_S:g} s before the position; the time is "
    "that of the message, not of the log; the format does not say which positions are MLAT"
)


def recognise(content: Content) -> bool:
    """A first line of one of the six types."""
    return content.is_text and bool(_LINE.match(content.head)) and content.head.count(",") >= 9


def sheet(content: Content, options: Options) -> Sheet:
    """One row a line.

    Raises
    ------
    TrackError
        If no zone is told, or there are several aircraft and none is asked for.
    """
    if options.zone is None:
        raise TrackError("times of which the file does not say the zone", None, 'zone="UTC" or another', content.name)
    rows = content.rows()
    cells = [[cell.strip() for cell in row[:_FIELDS]] + [""] * (_FIELDS - len(row)) for row in rows]
    message = np.array([row[_TYPE] == "MSG" for row in cells], dtype=bool)
    name, others = one_aircraft([row[_HEX] for row in cells], options.aircraft, content.name)
    days = [row[_DAY].replace("/", "-") for row in cells]
    told = [f"{day} {row[_CLOCK]}" if day else "" for day, row in zip(days, cells, strict=True)]
    time_s, undated = timed(told, options)
    table, faults = _table(cells)
    table |= _carried(table, np.where(message & ~others, time_s, np.nan))
    return Sheet(
        "SBS-1", name, "SBS-1 receiver", table | {"time_s": time_s}, given=lambda row: ",".join(rows[row]),
        faults=[
            (others, "another aircraft"), *_unusable(rows, message), undated,
            (_unplaced(cells), f"a line without position (speed and names are taken for {CARRIED_S:g} s)"), *faults,
        ], notes=(_NOTE,),
    )  # fmt: skip


def _unusable(rows: Sequence[Sequence[str]], message: Masks) -> list[Fault]:
    lengths = np.array([len(row) for row in rows], dtype=int)
    return [
        (lengths == 0, "an empty line"),
        (~message, "a line that is no MSG"),
        ((lengths < _FEWEST) | (lengths > _FIELDS), "a line of another length than 16 to 22 fields"),
    ]


def _unplaced(cells: Sequence[Sequence[str]]) -> Masks:
    return np.array([not row[_LATITUDE] and not row[_LONGITUDE] for row in cells], dtype=bool)


def _table(cells: Sequence[Sequence[str]]) -> tuple[dict[str, Any], list[Fault]]:
    """What each line says by itself."""
    (baro, geometric), (rate, climbing) = (_parted([row[place] for row in cells]) for place in (_ALTITUDE, _RATE))
    values, faults = numbers({
        "latitude": [row[_LATITUDE] for row in cells], "longitude": [row[_LONGITUDE] for row in cells],
        "altitude_baro_m": baro, "altitude_geom_m": geometric, "baro": rate, "geom": climbing,
        "groundspeed_mps": [row[_SPEED] for row in cells], "track_deg": [row[_TRACK] for row in cells],
    }, _FACTORS)  # fmt: skip
    told, rising = values.pop("baro"), values.pop("geom")
    ground = [row[_GROUND] in ("-1", "1") or row[_KIND] == _SURFACE for row in cells]
    return {
        **values, "on_ground": np.array(ground, dtype=bool),
        "vertical_rate_mps": np.where(np.isnan(told), rising, told),
        "rate_kind": np.select([~np.isnan(told), ~np.isnan(rising)], ["baro", "geometric"], ""),
        "callsign": texts(row[_CALLSIGN] for row in cells), "squawk": squawks(row[_SQUAWK] for row in cells),
    }, faults  # fmt: skip


def _parted(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Cells without and with the ``H`` of a geometric value."""
    geometric = [cell[-1:] in ("H", "h") for cell in cells]
    pairs = list(zip(cells, geometric, strict=True))
    return [cell if not one else "" for cell, one in pairs], [cell[:-1] if one else "" for cell, one in pairs]


def _carried(table: dict[str, Any], time_s: Floats) -> dict[str, Any]:
    """Speed, track, rate, callsign, squawk of each line or, where it has none, of one up to ten seconds before."""
    order = np.argsort(time_s, kind="stable")
    kept: dict[str, Any] = {}
    for names in (("groundspeed_mps", "track_deg"), ("vertical_rate_mps", "rate_kind"), ("callsign",), ("squawk",)):
        lead = np.asarray(table[names[0]])
        told = ~np.isnan(lead) if lead.dtype.kind == "f" else lead != ""
        source = _latest(told[order] & ~np.isnan(time_s[order]), time_s[order])
        for name in names:
            kept[name] = _taken(np.asarray(table[name]), order, source)
    return kept


def _latest(told: Masks, time_s: Floats) -> Any:
    """For each place in order of time the place of the last telling, -1 where that is too long ago."""
    last = np.maximum.accumulate(np.where(told, np.arange(len(told)), -1)) if len(told) else np.zeros(0, dtype=int)
    with np.errstate(invalid="ignore"):
        fresh = (last >= 0) & (time_s - time_s[last] <= CARRIED_S)
    return np.where(fresh, last, -1)


def _taken(values: Any, order: Any, source: Any) -> Any:
    """Values of the sources, in the order of the file; empty where there is none."""
    empty = np.nan if values.dtype.kind == "f" else ""
    found = np.where(source >= 0, values[order][source], empty)
    back = np.empty_like(found)
    back[order] = found
    return back
