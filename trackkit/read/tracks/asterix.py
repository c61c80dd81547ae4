"""ASTERIX recordings: categories 021 (edition 2.6) and 062 (edition 1.18), decoded by asterix_decoder.

https://www.eurocontrol.int/asterix . Records have the time of day but no date, which has to be told; editions are not
told apart in the bytes. Needs the extra: ``pip install "trackkit[asterix]"``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from trackkit.errors import TrackError
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet, one_aircraft
from trackkit.read.tracks.values import Fault, Floats, midnights, numbers, plain, squawks, within
from trackkit.units import FT_M, FTMIN_MPS, NM_M

__all__ = ["recognise", "sheet"]

_ADSB, _TRACKS = 21, 62
_CATEGORIES = {1, 2, 8, 10, 19, 20, 21, 23, 25, 34, 48, 62, 63, 65, 240, 247}
_EXTRA = 'the extra of ASTERIX: pip install "trackkit[asterix]"'
#: the item and part that each column is in, by category
_ITEMS: dict[int, dict[str, tuple[str, str]]] = {
    _ADSB: {
        "altitude_geom_m": ("I140", "geometric_height"), "level": ("I145", "FL"), "baro": ("I155", "BVR"),
        "geom": ("I157", "GVR"), "groundspeed_mps": ("I160", "GS"), "track_deg": ("I160", "TA"),
        "nic": ("I090", "NUCp_or_NIC"), "nac_p": ("I090", "NACp"), "sil": ("I090", "SIL"),
        "adsb_version": ("I210", "VN"), "ground": ("I040", "GBS"),
    },
    _TRACKS: {
        "latitude": ("I105", "Lat"), "longitude": ("I105", "Lon"), "altitude_geom_m": ("I130", "Alt"),
        "level": ("I136", "MFL"), "baro": ("I220", "RoC"), "east": ("I185", "Vx"), "north": ("I185", "Vy"),
    },
}  # fmt: skip
_FACTORS = {
    "altitude_geom_m": FT_M, "baro": FTMIN_MPS, "geom": FTMIN_MPS, "groundspeed_mps": NM_M,
}  # fmt: skip
_LEVEL_M = {_ADSB: 100 * FT_M, _TRACKS: FT_M}
_TIMES = {_ADSB: ("I071", "I073", "I077"), _TRACKS: ("I070",)}
_NOTE = "the day was told, not read; decoded as CAT021 2.6 and CAT062 1.18; coasted tracks are estimated"


def recognise(content: Content) -> bool:
    """Data blocks of known categories whose lengths fit, from the first byte on."""
    data, place = content.data, 0
    for _ in range(3):
        length = int.from_bytes(data[place + 1 : place + 3], "big")
        if not data[place : place + 1] or data[place] not in _CATEGORIES or length < 4:
            return False
        place += length
        if place >= len(data):
            return not content.is_text or place == len(data)
    return True


def sheet(content: Content, options: Options) -> Sheet:
    """One row a record of any category.

    Raises
    ------
    TrackError
        If the decoder is not installed or cannot read the data, the day is not told, or there are several aircraft and
        none is asked for.
    """
    day_s = _day_s(options.date)
    rows = _decoded(content)
    kinds = np.array([row.get("category", 0) for row in rows], dtype=int)
    name, others = one_aircraft([_address(row) for row in rows], options.aircraft, content.name)
    table, faults = _table(rows, kinds)
    clock_s = table.pop("clock_s")
    table["time_s"] = day_s + clock_s + 86_400.0 * midnights(clock_s, both=True)
    return Sheet(
        "ASTERIX", name, "ASTERIX recording", table, given=lambda row: rows[row].get("hexdata", ""), notes=(_NOTE,),
        faults=[
            (~np.isin(kinds, (_ADSB, _TRACKS)), "a record of another category"), (others, "another aircraft"),
            (_unreal(rows), "a simulated or test target"), *faults,
        ],
    )  # fmt: skip


def _day_s(date: str | None) -> float:
    """Unix seconds of the beginning of the day told."""
    allowed = 'date="2024-12-08", the UTC day of the first record'
    if date is None:
        raise TrackError("times of which the file does not say the day", None, allowed)
    try:
        return pd.to_datetime(date, format="%Y-%m-%d").tz_localize("UTC").timestamp()
    except (ValueError, TypeError, OverflowError):
        raise TrackError("not a day", date, allowed) from None


def _decoded(content: Content) -> list[dict[str, Any]]:
    try:
        decoder = import_module("asterix")
    except ImportError:
        raise TrackError("a format whose decoder is not installed", "ASTERIX", _EXTRA, content.name) from None
    _whole(content)
    try:
        found = decoder.parse(content.data, verbose=False)
    except Exception as error:  # the decoder names no kind of its own
        raise TrackError(f"damaged ASTERIX: {plain(str(error))}", file=content.name) from None
    return [row for row in found if isinstance(row, dict)]


def _whole(content: Content) -> None:
    """Refuse data whose blocks do not add up, before they reach the decoder."""
    data, place = content.data, 0
    while place < len(data):
        length = int.from_bytes(data[place + 1 : place + 3], "big")
        if length < 4 or place + length > len(data):
            raise TrackError("damaged ASTERIX: a data block that does not fit", f"byte {place}", None, content.name)
        place += length


def _told(row: dict[str, Any], item: str, part: str) -> Any:
    return within(row, item, part, "val")


def _address(row: dict[str, Any]) -> str:
    """The address of the target, or the number of its track."""
    address = _told(row, "I080", "TAddr") or within(row, "I380", "ADR", "ADR", "val")
    number = _told(row, "I040", "TrkN")
    return plain(str(address)).lower() if address else f"track {number}" if number is not None else ""


def _unreal(rows: Sequence[dict[str, Any]]) -> Any:
    parts = (("I040", "SIM"), ("I040", "TST"), ("I080", "SIM"))
    return np.array([any(_told(row, *part) for part in parts) for row in rows], dtype=bool)


def _table(rows: Sequence[dict[str, Any]], kinds: Any) -> tuple[dict[str, Any], list[Fault]]:
    """What the records of both categories tell, in SI."""
    names = {name for items in _ITEMS.values() for name in items} | {"latitude", "longitude"}
    cells = {name: [_cell(row, name) for row in rows] for name in names}
    values, faults = numbers(cells | {"clock_s": [_clock(row) for row in rows]}, _FACTORS)
    baro, geom = values.pop("baro"), values.pop("geom")
    east, north, ground = (values.pop(name) for name in ("east", "north", "ground"))
    level = values.pop("level") * np.array([_LEVEL_M.get(kind, np.nan) for kind in kinds.tolist()])
    old = values["adsb_version"] == 0  # which sends NUC in the place of NIC
    coasted = [bool(_told(row, "I080", "CST")) for row in rows]
    return {
        **values, "altitude_baro_m": level, "nic": np.where(old, np.nan, values["nic"]), "on_ground": ground == 1,
        "vertical_rate_mps": np.where(np.isnan(baro), geom, baro),
        "rate_kind": np.select([~np.isnan(baro), ~np.isnan(geom)], ["baro", "geometric"], ""),
        **_moving(values, east, north),
        "source": np.where(kinds == _ADSB, "adsb", np.where(coasted, "estimated", "radar")),
        "callsign": [plain(str(_told(row, "I170", "TId") or _told(row, "I245", "TId") or "")) for row in rows],
        "squawk": squawks(_told(row, "I070", "Mode3A") or _told(row, "I060", "Mode3A") for row in rows),
    }, faults  # fmt: skip


def _moving(values: dict[str, Floats], east: Floats, north: Floats) -> dict[str, Floats]:
    """Ground speed and track, of category 062 from its velocity to the east and north."""
    track = np.degrees(np.arctan2(east, north)) % 360.0
    speed = values["groundspeed_mps"]
    return {
        "groundspeed_mps": np.where(np.isnan(speed), np.hypot(east, north), speed),
        "track_deg": np.where(np.isnan(values["track_deg"]), track, values["track_deg"]),
    }


def _cell(row: dict[str, Any], name: str) -> Any:
    """The value of a column; a position in high resolution comes before the plain one."""
    kind = row.get("category", 0)
    if kind == _ADSB and name in ("latitude", "longitude"):
        part = "Lat" if name == "latitude" else "Lon"
        fine = _told(row, "I131", part)
        return fine if fine is not None else _told(row, "I130", part)
    place = _ITEMS.get(kind, {}).get(name)
    return _told(row, *place) if place else None


def _clock(row: dict[str, Any]) -> Any:
    """Seconds of the day: of the position, else of its reception, else of the report."""
    items = (within(row, item) for item in _TIMES.get(row.get("category", 0), ()))
    parts = (next(iter(item.values()), None) for item in items if isinstance(item, dict))
    return next((part["val"] for part in parts if isinstance(part, dict) and "val" in part), None)
