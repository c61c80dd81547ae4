"""readsb and tar1090 traces: ``trace_full_<hex>.json``, also of ADS-B Exchange, adsb.lol and airplanes.live.

Layout: https://github.com/wiedehopf/readsb/blob/dev/README-json.md (trace JSONs) and readsb's ``json_out.c``. A row has
8, 9, 14 or 15 members, and what is not told is null. Points are thinned by readsb: on a straight leg 30 s apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackkit.errors import TrackError
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet
from trackkit.read.tracks.values import Fault, Floats, number, numbers, plain, texts
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

__all__ = ["recognise", "sheet", "source_of"]

_STALE, _NEW_LEG, _RATE_GEOMETRIC, _ALTITUDE_GEOMETRIC = 1, 2, 4, 8
_MEMBERS, _FEWEST = 15, 7
#: no offset of a day's trace is longer
_LONGEST_S = 172_800.0
_DETAILS = {"nic": "nic", "nac_p": "nac_p", "sil": "sil", "version": "adsb_version", "true_heading": "heading_deg"}
_FACTORS = {
    "altitude": FT_M, "groundspeed_mps": KT_MPS, "vertical_rate_mps": FTMIN_MPS, "altitude_geom_m": FT_M,
    "vertical_geom": FTMIN_MPS,
}  # fmt: skip
_SOURCES = {"adsb": "adsb", "adsr": "uat", "tisb": "tisb", "adsc": "adsc", "mlat": "mlat"}
_NOTE = "altitudes of flag 8 are geometric; on the ground the track is the heading; thinned by readsb, up to 30 s apart"


def recognise(content: Content) -> bool:
    """A JSON object with ``icao`` and ``trace``."""
    found = content.json
    return isinstance(found, dict) and "trace" in found and "icao" in found


def sheet(content: Content, options: Options) -> Sheet:
    """The rows of its ``trace``.

    Raises
    ------
    TrackError
        If ``trace`` is no list or ``timestamp`` no number.
    """
    top = content.json
    rows = top["trace"]
    if not isinstance(rows, list):
        raise TrackError("a trace that is no list", plain(rows), "a list of rows", content.name)
    short = np.array([not isinstance(row, list) or len(row) < _FEWEST for row in rows], dtype=bool)
    whole = rows if not short.any() else [[] if bad else row for row, bad in zip(rows, short, strict=True)]
    cells = _cells([row[:_MEMBERS] if len(row) > _MEMBERS else row for row in whole])
    table, faults = _table(cells)
    time_s, late = _times(top, cells[0], content.name)
    return Sheet(
        "readsb trace", plain(top["icao"]), "readsb", table | {"time_s": time_s}, given=rows.__getitem__,
        faults=[(short, "a row that is too short"), *late, *faults], notes=(_NOTE, *_privacy(top)),
    )  # fmt: skip


def source_of(word: Any) -> str:
    """``adsb_icao`` -> ``adsb``; empty for kinds that name no source."""
    return _SOURCES.get(word.split("_")[0], "") if isinstance(word, str) else ""


def _sources(words: tuple[Any, ...], details: list[dict[str, Any]]) -> list[str]:
    """The source of each row, by its own word or that of its details; each word is looked at once."""
    told = [word or one.get("type") for word, one in zip(words, details, strict=True)]
    known = {word: source_of(word) for word in {word for word in told if isinstance(word, str)}}
    return [known[word] if isinstance(word, str) else "" for word in told]


def _cells(rows: list[list[Any]]) -> list[tuple[Any, ...]]:
    """The rows as columns, what they lack filled with None."""
    lengths = set(map(len, rows))
    if len(lengths) > 1:
        rows = [row + [None] * (_MEMBERS - len(row)) for row in rows]
    found = list(zip(*rows, strict=True))
    return found + [(None,) * len(rows)] * (_MEMBERS - len(found))


def _times(top: dict[str, Any], offsets: tuple[Any, ...], file: str) -> tuple[Floats, list[Fault]]:
    """Unix seconds of each row, and the rows whose time is none, too far off, or before that of an earlier row."""
    start, bad = number([top.get("timestamp")])
    if bad[0] or np.isnan(start[0]):
        raise TrackError("a trace without its time", plain(top.get("timestamp")), "timestamp, in Unix seconds", file)
    offset, bad = number(offsets)
    far = (offset < 0) | (offset > _LONGEST_S)
    latest = np.fmax.accumulate(np.where(far, np.nan, offset)) if len(offset) else offset
    return start[0] + offset, [
        (bad, "a time that is no number"),
        (far, "an offset beyond two days"),
        (offset < latest, "a time before that of an earlier row"),
    ]


def _table(cells: list[tuple[Any, ...]]) -> tuple[dict[str, Any], list[Fault]]:
    """Columns of a trace; flags say which altitude and which rate a number is."""
    none: dict[str, Any] = {}
    details = [cell if isinstance(cell, dict) else none for cell in cells[8]]
    ground = np.array([cell == "ground" for cell in cells[3]], dtype=bool)
    values, faults = numbers({
        "latitude": cells[1], "longitude": cells[2],
        "altitude": [None if cell == "ground" else cell for cell in cells[3]], "groundspeed_mps": cells[4],
        "track_deg": cells[5], "flags": cells[6], "vertical_rate_mps": cells[7], "altitude_geom_m": cells[10],
        "vertical_geom": cells[11], "roll_deg": cells[13],
        **{name: [one.get(key) if one else None for one in details] for key, name in _DETAILS.items()},
    }, _FACTORS)  # fmt: skip
    flags = np.nan_to_num(values.pop("flags")).clip(0, 255).astype(int)
    heights, rates = _heights(values, flags), _rates(values, flags)
    courses = {
        "track_deg": np.where(ground, np.nan, values["track_deg"]),
        "heading_deg": np.where(ground, values["track_deg"], values["heading_deg"]),
    }
    kinds = {
        "on_ground": ground, "gap_before": flags & (_STALE | _NEW_LEG) > 0,
        "source": _sources(cells[9], details),
        "callsign": texts(one.get("flight") for one in details), "squawk": texts(one.get("squawk") for one in details),
    }  # fmt: skip
    return {**values, **heights, **rates, **courses, **kinds}, faults


def _heights(values: dict[str, Floats], flags: NDArray[np.int64]) -> dict[str, Floats]:
    """Pressure and geometric altitude: the first holds the second where flag 8 says so."""
    told, geometric = values.pop("altitude"), flags & _ALTITUDE_GEOMETRIC > 0
    geom = values["altitude_geom_m"]
    return {
        "altitude_baro_m": np.where(geometric, np.nan, told),
        "altitude_geom_m": np.where(geometric & np.isnan(geom), told, geom),
    }


def _rates(values: dict[str, Floats], flags: NDArray[np.int64]) -> dict[str, Any]:
    """The vertical rate and what it is of; a geometric one where there is no other."""
    told, geom = values["vertical_rate_mps"], values.pop("vertical_geom")
    missing = np.isnan(told)
    rate = np.where(missing, geom, told)
    kind = np.where(missing | (flags & _RATE_GEOMETRIC > 0), "geometric", "baro")
    return {"vertical_rate_mps": rate, "rate_kind": np.where(np.isnan(rate), "", kind)}


def _privacy(top: dict[str, Any]) -> tuple[str, ...]:
    """A caution for addresses that are private or on a blocking list (dbFlags 4 and 8)."""
    flags = top.get("dbFlags")
    private = isinstance(flags, int) and flags & 12
    return ("the aircraft's address is private (PIA) or its owner asked not to be shown (LADD)",) if private else ()
