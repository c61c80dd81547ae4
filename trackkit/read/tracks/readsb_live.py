"""One moment of many aircraft: readsb's ``aircraft.json`` and the v2 API of ADS-B Exchange, adsb.lol, airplanes.live.

Layout: https://github.com/wiedehopf/readsb/blob/dev/README-json.md . `now` is in seconds in the file and in
milliseconds in the API; the time of a position is `now` less `seen_pos`. ``rr_lat``, ``rr_lon`` (the receiver's rough
place) and `calc_track` are no observations and are not read.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trackkit.errors import TrackError
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.readsb import source_of
from trackkit.read.tracks.sheets import Options, Sheet, one_aircraft
from trackkit.read.tracks.values import Fault, number, numbers, plain, squawks, texts, within
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

__all__ = ["recognise", "sheet"]

_KEYS = {
    "latitude": "lat", "longitude": "lon", "groundspeed_mps": "gs", "track_deg": "track", "altitude_geom_m": "alt_geom",
    "nic": "nic", "nac_p": "nac_p", "sil": "sil", "adsb_version": "version", "heading_deg": "true_heading",
    "roll_deg": "roll", "position_age_s": "seen_pos", "baro_rate": "baro_rate", "geom_rate": "geom_rate",
}  # fmt: skip
_FACTORS = {
    "altitude_baro_m": FT_M, "altitude_geom_m": FT_M, "groundspeed_mps": KT_MPS, "baro_rate": FTMIN_MPS,
    "geom_rate": FTMIN_MPS,
}  # fmt: skip
_NOTE = "the time of a position is the file's less the position's age; positions kept from earlier (lastPosition) too"
#: beyond this, `now` is in milliseconds
_MILLISECONDS = 1e11


def recognise(content: Content) -> bool:
    """A JSON object with ``now`` and a list of aircraft."""
    found = content.json
    return isinstance(found, dict) and "now" in found and isinstance(found.get("aircraft", found.get("ac")), list)


def sheet(content: Content, options: Options) -> Sheet:
    """One row an aircraft.

    Raises
    ------
    TrackError
        If ``now`` is no number, or there are several aircraft and none is asked for.
    """
    top = content.json
    rows = top.get("aircraft", top.get("ac"))
    odd = np.array([not isinstance(row, dict) for row in rows], dtype=bool)
    whole = [_placed(row) if isinstance(row, dict) else {} for row in rows]
    name, others = one_aircraft(texts(row.get("hex") for row in whole), options.aircraft, content.name)
    table, faults = _table(whole, _now_s(top["now"], content.name))
    return Sheet(
        "readsb aircraft JSON", name, "readsb", table, given=rows.__getitem__, notes=(_NOTE,),
        faults=[(odd, "a row that is no object"), (others, "another aircraft"), *faults],
    )  # fmt: skip


def _now_s(now: Any, file: str) -> float:
    values, bad = number([now])
    if bad[0] or np.isnan(values[0]):
        raise TrackError("a time that is no number", plain(now), "now, in Unix seconds or milliseconds", file)
    return float(values[0]) / (1000.0 if values[0] > _MILLISECONDS else 1.0)


def _placed(row: dict[str, Any]) -> dict[str, Any]:
    """The row, with the last position it had where it has none now."""
    last = row.get("lastPosition")
    return row if "lat" in row or not isinstance(last, dict) else row | last


def _table(rows: list[dict[str, Any]], now_s: float) -> tuple[dict[str, Any], list[Fault]]:
    ground = np.array([row.get("alt_baro") == "ground" for row in rows], dtype=bool)
    heights = [None if row.get("alt_baro") == "ground" else row.get("alt_baro") for row in rows]
    cells: dict[str, list[Any]] = {name: [row.get(key) for row in rows] for name, key in _KEYS.items()}
    values, faults = numbers({**cells, "altitude_baro_m": heights}, _FACTORS)
    baro, geom = values.pop("baro_rate"), values.pop("geom_rate")
    rate = np.where(np.isnan(baro), geom, baro)
    age_s = values["position_age_s"]
    return {
        **values, "time_s": now_s - age_s, "on_ground": ground, "vertical_rate_mps": rate,
        "rate_kind": np.select([~np.isnan(baro), ~np.isnan(geom)], ["baro", "geometric"], ""),
        "source": [_source(row) for row in rows], "callsign": texts(row.get("flight") for row in rows),
        "squawk": squawks(row.get("squawk") for row in rows),
    }, [(age_s < 0, "a position of negative age"), *faults]  # fmt: skip


def _source(row: dict[str, Any]) -> str:
    """The kind of its position: lists under `mlat` and `tisb` name the fields that came that way."""
    for kind in ("mlat", "tisb"):
        fields = within(row, kind)
        if isinstance(fields, list) and "lat" in fields:
            return kind
    return source_of(row.get("type"))
