"""What reports say of a path: rounded, a little off, in words; and what is said of no path at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import claims, earth, motion
from trackkit.model import Case

WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def tell(rng: np.random.Generator, case: Case, flown: motion.Flown, kind: str, time: pd.Timestamp) -> dict[str, object]:
    """What a report says of a path: rounded, a little off, in words; nothing where there is nothing to say."""
    k = int((time - case.window[0]).total_seconds() // motion.STORE_S)
    if kind in ("was_at", "height", "speed", "headed"):
        return _at_a_moment(rng, case, flown, kind, k) if aloft(flown)[k] else {}
    if kind == "took_off":
        return {"at": case.flight.origin, "time": _clock(rng, case, float(flown.take_off_s[0]))}
    return {"turned": _turned, "descended": _descended, "ended": _ended}[kind](case, flown)


def invent(rng: np.random.Generator, case: Case, kind: str) -> dict[str, object]:
    """What is said of no path: drawn from the background of the kind."""
    minutes = int((case.window[1] - case.window[0]).total_seconds() // 60)
    time = f"{case.window[0] + pd.Timedelta(minutes=int(rng.integers(minutes))):%H:%M} UTC"
    heights = np.sort(rng.uniform(300.0, claims.HEIGHT_RANGE_M, 2))
    city = str(rng.choice(_cities(case)))
    field = str(rng.choice([place.id for place in case.places.values() if place.runways]))
    box = case.extent
    return {
        "was_at": {"latitude": round(rng.uniform(box.south, box.north), 2), "radius": "3 km", "time": time,
                   "longitude": round(rng.uniform(box.west, box.east), 2)},
        "height": {"altitude": _metres(heights[0]), "datum": "pressure", "time": time},
        "speed": {"speed": _kmh(rng.uniform(30.0, claims.SPEED_RANGE_MPS)), "time": time},
        "headed": {"heading": str(rng.choice(WINDS)), "time": time},
        "took_off": {"at": case.flight.origin, "time": time},
        "turned": {"near": city},
        "descended": {"from": _metres(heights[1]), "to": _metres(heights[0]), "datum": "pressure"},
        "ended": {"says": "landed", "at": field} if rng.random() < 0.5 else {"says": "crashed", "near": city},
    }[kind]  # fmt: skip


def aloft(flown: motion.Flown) -> NDArray[np.bool_]:
    """At which stored moments the first path is in the air and not falling."""
    phase = flown.phase[0]
    return (phase >= motion.PHASES.index("on the route")) & (phase <= motion.PHASES.index("approach"))


def _at_a_moment(rng: np.random.Generator, case: Case, flown: motion.Flown, kind: str, k: int) -> dict[str, object]:
    said: dict[str, object] = {"time": _clock(rng, case, k * motion.STORE_S)}
    if kind == "was_at":
        latitude, longitude = motion.latitude_longitude(*(flown[axis][:, k] for axis in range(3)))
        lat, lon = earth.forward(latitude[0], longitude[0], 360.0 * rng.random(), abs(rng.normal(0.0, 2_000.0)))
        return {**said, "latitude": round(float(lat), 2), "longitude": round(float(lon), 2), "radius": "3 km"}
    if kind == "height":
        height = max(float(flown.altitude_m[0, k] - flown.qnh_offset_m[0]), 100.0)
        return {**said, "altitude": _metres(height), "datum": "pressure"}
    if kind == "speed":
        return {**said, "speed": _kmh(float(flown.groundspeed_mps[0, k]) + rng.normal(0.0, 3.0))}
    return {**said, "heading": WINDS[round(float(flown.track_deg[0, k]) / 45.0) % 8]}


def _turned(case: Case, flown: motion.Flown) -> dict[str, object]:
    """The largest turn within three minutes, by the nearest city, where both are worth a word."""
    half = int(90.0 // motion.STORE_S)
    turned, up = flown.turned_deg[0], aloft(flown)
    size = np.abs(turned[2 * half :] - turned[: -2 * half]) * up[half:-half]
    k = int(size.argmax()) + half
    latitude, longitude = motion.latitude_longitude(*(flown[axis][:, k] for axis in range(3)))
    name, distance = _nearest(case, float(latitude[0]), float(longitude[0]))
    return {"near": name} if size.max() > 60.0 and distance < 40_000.0 else {}


def _descended(case: Case, flown: motion.Flown) -> dict[str, object]:
    """From the highest point to the lowest in the ten minutes after it, where that is a descent."""
    height = np.where(aloft(flown), flown.altitude_m[0] - flown.qnh_offset_m[0], -np.inf)
    top = int(height.argmax())
    after = height[top : top + 60]
    low = float(after[np.isfinite(after)].min())
    if height[top] - low < 1_500.0:
        return {}
    return {"from": _metres(float(height[top])), "to": _metres(max(low, 100.0)), "datum": "pressure"}


def _ended(case: Case, flown: motion.Flown) -> dict[str, object]:
    ending = motion.ENDINGS[int(flown.ending[0])]
    if ending == "landed":
        return {"says": "landed", "at": sorted(case.places)[int(flown.place[0])]}
    if ending != "crashed":
        return {}
    latitude, longitude = motion.latitude_longitude(*(flown[axis][:, -1] for axis in range(3)))
    return {"says": "crashed", "near": _nearest(case, float(latitude[0]), float(longitude[0]))[0]}


def _cities(case: Case) -> list[str]:
    box = case.extent
    inside = [place for place in case.places.values() if place.kind == "city" and place.latitude < box.north]
    return [place.id for place in inside]


def _nearest(case: Case, latitude: float, longitude: float) -> tuple[str, float]:
    places = [case.places[name] for name in _cities(case)]
    distance, _ = earth.inverse(
        latitude, longitude, [place.latitude for place in places], [place.longitude for place in places]
    )
    return places[int(distance.argmin())].id, float(distance.min())


def _clock(rng: np.random.Generator, case: Case, seconds: float) -> str:
    """To the minute, by a clock that is half a minute off."""
    told = case.window[0] + pd.Timedelta(seconds=seconds + rng.normal(0.0, claims.CLOCK_SD_S))
    return f"{told.round('min'):%H:%M} UTC"


def _metres(height: float) -> str:
    return f"{100 * round(height / 100.0)} m"


def _kmh(speed_mps: float) -> str:
    return f"{10 * round(speed_mps * 3.6 / 10.0)} km/h"
