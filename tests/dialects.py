"""Synthetic files of every dialect of track, all of one made-up flight, and what each must read as."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

HEX, CALLSIGN = "4b1815", "TST12"
START = datetime(2024, 12, 8, 2, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Fix:
    """One fix of the made-up flight, in the units of the air."""

    time_s: float
    latitude: float
    longitude: float
    altitude_ft: int
    speed_kt: int
    track_deg: int
    rate_ftmin: int

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.time_s, UTC)


@dataclass(frozen=True)
class Made:
    """How a dialect is written, and what its reader must be told and may not know."""

    write: Callable[[list[Fix]], bytes]
    options: dict[str, str] = field(default_factory=dict)
    #: columns that the format has
    has: tuple[str, ...] = ("altitude_baro_m", "groundspeed_mps", "track_deg", "vertical_rate_mps")
    degrees: float = 1e-6
    seconds: float = 0.01
    metres: float = 0.5


FLIGHT = [
    Fix(START.timestamp() + 30 * n, 33.5 + 0.05 * n, 36.5 + 0.01 * n, 5000 + 500 * n, 250 + n, 10 + n, 1024)
    for n in range(12)
]


def readsb_trace(fixes: list[Fix], members: int = 14, **top: object) -> bytes:
    base = float(int(fixes[0].time_s)) if fixes else START.timestamp()
    detail = {
        "type": "adsb_icao",
        "flight": f"{CALLSIGN}  ",
        "nic": 8,
        "nac_p": 9,
        "sil": 3,
        "version": 2,
        "squawk": "0416",
    }
    rows = [
        [
            round(fix.time_s - base, 2), fix.latitude, fix.longitude, fix.altitude_ft, fix.speed_kt, fix.track_deg, 0,
            fix.rate_ftmin, detail if number % 4 == 0 else None, "adsb_icao", None, None, None, None, "a-b",
        ][:members]
        for number, fix in enumerate(fixes)
    ]  # fmt: skip
    return json.dumps({"icao": HEX, "timestamp": base, "trace": rows} | top).encode()


def fr24_csv(fixes: list[Fix]) -> bytes:
    lines = ["Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction"]
    lines += [
        f'{int(fix.time_s)},{fix.moment:%Y-%m-%dT%H:%M:%SZ},{CALLSIGN},"{fix.latitude:.6f},{fix.longitude:.6f}",'
        f"{fix.altitude_ft},{fix.speed_kt},{fix.track_deg}"
        for fix in fixes
    ]
    return ("\n".join(lines) + "\n").encode()


DIALECTS: dict[str, Made] = {
    "readsb trace": Made(readsb_trace),
    "Flightradar24 CSV": Made(fr24_csv, has=("altitude_baro_m", "groundspeed_mps", "track_deg"), seconds=1.0),
}
