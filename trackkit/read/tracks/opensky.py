"""OpenSky's REST answers: ``/states/all`` and ``/tracks/all``. https://openskynetwork.github.io/opensky-api/rest.html

States have longitude first, tracks latitude first; both are in SI. A state's position may be re-used: its time is
``time_position``, never ``time``. Tracks are thinned to a waypoint every 15 minutes or change of course.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trackkit.errors import TrackError
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet, one_aircraft
from trackkit.read.tracks.values import Fault, number, numbers, plain, squawks, texts

__all__ = ["recognise", "sheet"]

_STATE, _WAYPOINT = 17, 6
_SOURCES = {0: "adsb", 1: "radar", 2: "mlat", 3: "flarm"}
_STATE_NOTE = "the time of a fix is time_position; not said what the vertical rate is of"
_TRACK_NOTE = "waypoints thinned by OpenSky, up to 15 minutes apart"


def recognise(content: Content) -> bool:
    """A JSON object with ``states``, or with ``path`` and ``icao24``."""
    found = content.json
    return isinstance(found, dict) and ({"time", "states"} <= set(found) or {"icao24", "path"} <= set(found))


def sheet(content: Content, options: Options) -> Sheet:
    """One row a state vector or waypoint.

    Raises
    ------
    TrackError
        If they are no list, or there are several aircraft and none is asked for.
    """
    top = content.json
    rows = top["path"] if "path" in top else top["states"] if top["states"] is not None else []
    if not isinstance(rows, list):
        raise TrackError("rows that are no list", plain(rows), "a list of rows", content.name)
    return _waypoints(top, rows) if "path" in top else _states(top, rows, options, content.name)


def _columns(rows: list[Any], members: int) -> tuple[list[tuple[Any, ...]], Fault]:
    """The rows as columns, and those that are too short."""
    short = np.array([not isinstance(row, list) or len(row) < members for row in rows], dtype=bool)
    whole = [[None] * members if bad else row[:members] for row, bad in zip(rows, short, strict=True)]
    return list(zip(*whole, strict=True)) or [()] * members, (short, "a row that is too short")


def _states(top: dict[str, Any], rows: list[Any], options: Options, file: str) -> Sheet:
    cells, short = _columns(rows, _STATE)
    name, others = one_aircraft(texts(cells[0]), options.aircraft, file)
    values, faults = numbers({
        "time_s": cells[3], "longitude": cells[5], "latitude": cells[6], "altitude_baro_m": cells[7],
        "groundspeed_mps": cells[9], "track_deg": cells[10], "vertical_rate_mps": cells[11],
        "altitude_geom_m": cells[13],
    })  # fmt: skip
    told, _ = number([top["time"]])
    table = {
        **values, "on_ground": _truths(cells[8]), "callsign": texts(cells[1]), "squawk": squawks(cells[14]),
        "position_age_s": told[0] - values["time_s"],
        "source": [_SOURCES.get(cell, "") if type(cell) is int else "" for cell in cells[16]],
    }  # fmt: skip
    return Sheet(
        "OpenSky states", name, "OpenSky", table, given=rows.__getitem__, notes=(_STATE_NOTE,),
        faults=[short, (others, "another aircraft"), *faults],
    )  # fmt: skip


def _waypoints(top: dict[str, Any], rows: list[Any]) -> Sheet:
    cells, short = _columns(rows, _WAYPOINT)
    values, faults = numbers({
        "time_s": cells[0], "latitude": cells[1], "longitude": cells[2], "altitude_baro_m": cells[3],
        "track_deg": cells[4],
    })  # fmt: skip
    callsign = plain(top.get("callsign") or top.get("calllsign") or "")
    table = {**values, "on_ground": _truths(cells[5]), "callsign": callsign}
    return Sheet(
        "OpenSky track", plain(top["icao24"]), "OpenSky", table, given=rows.__getitem__, notes=(_TRACK_NOTE,),
        faults=[short, *faults],
    )  # fmt: skip


def _truths(cells: tuple[Any, ...]) -> Any:
    return np.array([cell is True for cell in cells], dtype=bool)
