"""Flightradar24's JSON: the playback of its web page, and flight tracks of its official API.

Altitude is pressure altitude in feet, 0 on the ground; `heading` and `track` are the true track. The playback's extra
block (`ems`) has a time of its own and is taken only where that is the time of the position.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trackkit.errors import TrackError
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet
from trackkit.read.tracks.values import Fault, Floats, instants_s, numbers, plain, squawks, texts, within
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

__all__ = ["recognise", "sheet"]

_FLIGHT = ("result", "response", "data", "flight")
_FACTORS = {
    "altitude_baro_m": FT_M, "groundspeed_mps": KT_MPS, "vertical_rate_mps": FTMIN_MPS, "altitude_geom_m": FT_M,
}  # fmt: skip
_SOURCES = {"ADSB": "adsb", "MLAT": "mlat", "ESTIMATED": "estimated", "FLARM": "flarm", "UAT": "uat", "RADAR": "radar"}
_NOTE = "times are whole seconds; 0 ft is taken as on the ground"
_WEB_NOTE = "the file does not say which positions are estimated"


def recognise(content: Content) -> bool:
    """``result.response.data.flight``, or ``fr24_id`` with ``tracks``."""
    found = content.json
    return isinstance(within(found, *_FLIGHT), dict) or _of_api(found) is not None


def sheet(content: Content, options: Options) -> Sheet:
    """Its positions.

    Raises
    ------
    TrackError
        If they are no list.
    """
    flight, api = within(content.json, *_FLIGHT), _of_api(content.json)
    rows = api["tracks"] if api else within(flight, "track")
    if not isinstance(rows, list):
        raise TrackError("a track that is no list", plain(rows), "a list of positions", content.name)
    odd = np.array([not isinstance(row, dict) for row in rows], dtype=bool)
    rows = [row if isinstance(row, dict) else {} for row in rows]
    table, faults = _api(rows) if api else _playback(rows)
    named = next((one for one in table["callsign"] if one), "") if api else _name(flight)
    dialect, more = ("Flightradar24 API", ()) if api else ("Flightradar24 playback JSON", (_WEB_NOTE,))
    return Sheet(
        dialect, named, "Flightradar24", _grounded(table), given=rows.__getitem__, notes=(_NOTE, *more),
        faults=[(odd, "a row that is no object"), *faults],
    )  # fmt: skip


def _of_api(found: Any) -> dict[str, Any] | None:
    """The flight of an answer of the API, which may stand in a list of its own."""
    one = found[0] if isinstance(found, list) and len(found) == 1 else found
    return one if isinstance(one, dict) and "fr24_id" in one and "tracks" in one else None


def _name(flight: dict[str, Any]) -> str:
    names = (
        within(flight, "identification", "callsign"), within(flight, "aircraft", "identification", "registration"),
        within(flight, "identification", "id"),
    )  # fmt: skip
    return next((plain(name) for name in names if name), "")


def _playback(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], list[Fault]]:
    extras = [row.get("ems") if within(row, "ems", "ts") == row.get("timestamp") else None for row in rows]
    values, faults = numbers({
        "time_s": [row.get("timestamp") for row in rows], "latitude": [row.get("latitude") for row in rows],
        "longitude": [row.get("longitude") for row in rows], "track_deg": [row.get("heading") for row in rows],
        "altitude_baro_m": [within(row, "altitude", "feet") for row in rows],
        "groundspeed_mps": [within(row, "speed", "kts") for row in rows],
        "vertical_rate_mps": [within(row, "verticalSpeed", "fpm") for row in rows],
        "altitude_geom_m": [within(one, "altGPS") for one in extras],
        "roll_deg": [within(one, "rollAngle") for one in extras],
    }, _FACTORS)  # fmt: skip
    return {**values, "squawk": squawks(row.get("squawk") for row in rows), "callsign": ""}, faults


def _api(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], list[Fault]]:
    values, faults = numbers({
        "latitude": [row.get("lat") for row in rows], "longitude": [row.get("lon") for row in rows],
        "track_deg": [row.get("track") for row in rows], "altitude_baro_m": [row.get("alt") for row in rows],
        "groundspeed_mps": [row.get("gspeed") for row in rows],
        "vertical_rate_mps": [row.get("vspeed") for row in rows],
    }, _FACTORS)  # fmt: skip
    time_s, bad, zoneless = instants_s([row.get("timestamp") for row in rows])
    return {
        **values, "time_s": time_s, "squawk": squawks(row.get("squawk") for row in rows),
        "callsign": texts(row.get("callsign") for row in rows),
        "source": [_SOURCES.get(str(row.get("source")).upper(), "") for row in rows],
    }, [(bad | zoneless, "a time that cannot be read"), *faults]  # fmt: skip


def _grounded(table: dict[str, Any]) -> dict[str, Any]:
    heights: Floats = table["altitude_baro_m"]
    return table | {"on_ground": heights == 0, "altitude_baro_m": np.where(heights == 0, np.nan, heights)}
