"""FlightAware's AeroAPI: ``/flights/{id}/track``. https://www.flightaware.com/aeroapi/portal/documentation

Altitude is in hundreds of feet. `update_type` says what a position is: projected ones are kept as estimated, virtual
events are no observations.
"""

from __future__ import annotations

import numpy as np

from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet, timed
from trackkit.read.tracks.values import numbers, texts
from trackkit.units import FT_M, KT_MPS

__all__ = ["recognise", "sheet"]

_SOURCES = {"A": "adsb", "S": "adsb", "Z": "radar", "M": "mlat", "D": "adsc", "P": "estimated"}
_FACTORS = {"altitude_baro_m": 100 * FT_M, "groundspeed_mps": KT_MPS}
_NOTE = "altitudes are pressure altitudes in hundreds of feet; oceanic and surface positions name no source"


def recognise(content: Content) -> bool:
    """A JSON object with ``positions``."""
    found = content.json
    return isinstance(found, dict) and isinstance(found.get("positions"), list)


def sheet(content: Content, options: Options) -> Sheet:
    """Its positions."""
    given = content.json["positions"]
    odd = np.array([not isinstance(row, dict) for row in given], dtype=bool)
    rows = [row if isinstance(row, dict) else {} for row in given]
    values, faults = numbers({
        "latitude": [row.get("latitude") for row in rows], "longitude": [row.get("longitude") for row in rows],
        "altitude_baro_m": [row.get("altitude") for row in rows], "track_deg": [row.get("heading") for row in rows],
        "groundspeed_mps": [row.get("groundspeed") for row in rows],
    }, _FACTORS)  # fmt: skip
    time_s, undated = timed([row.get("timestamp") for row in rows], options)
    kinds = texts(row.get("update_type") for row in rows)
    virtual = np.array([kind == "V" for kind in kinds], dtype=bool)
    table = {**values, "time_s": time_s, "source": [_SOURCES.get(kind, "") for kind in kinds]}
    idents = [ident.split("-")[0] for ident in texts(row.get("fa_flight_id") for row in rows) if ident]
    return Sheet(
        "FlightAware AeroAPI", next(iter(idents), ""), "FlightAware", table, given=given.__getitem__, notes=(_NOTE,),
        faults=[
            (odd, "a row that is no object"), (virtual, "a virtual event, which is no observation"),
            undated, *faults,
        ],
    )  # fmt: skip
