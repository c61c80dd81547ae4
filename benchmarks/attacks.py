"""What the tests of a track find and what they cry out at: synthetic attacks on real flights, and these as they are.

    python benchmarks/attacks.py WHEEL [attacks of each kind] [tuning|measuring]

WHEEL is the package traffic 2.13, whose hash is verified; its files are read, never unpickled, nothing is installed.
Flights are those of three collections of ordinary traffic; whether a flight serves for tuning or for measuring hangs on
its name alone. Thresholds were chosen on the tuning flights; the figures told are those of the measuring ones.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from trackkit import check, earth, read
from trackkit.check import quality
from trackkit.check.fixes import arrays
from trackkit.errors import HashError
from trackkit.model import Aircraft, Track

WHEEL_SHA256 = "5e0cd61d931d03103294361542188f08f959a55e862d5cba80ab61291021e66c"
SAMPLES = "traffic/data/samples/collections/"
COLLECTIONS = ("quickstart", "savan", "switzerland")
#: rows as they were received, and rows resampled by others to ten seconds
ROWS = {"rows of 1 s": ("quickstart", "savan"), "resampled to 10 s": ("switzerland",)}
ALARMS = ("suspect", "inconsistent")
#: a flight whose 98 % quantile of ground speed is below the first is held against the class (m/s)
CLASSES = ((80.0, "HELICOPTER"), (110.0, "LIGHT"), (1e9, "NARROW"))
#: an attack begins after so many fixes, in the air, with so much flight left; and is watched for so long (s)
LEAD_FIXES, LEFT_S, WATCHED_S = 30, 120.0, 60.0
DRIFTS_MPS = (1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0)
DRIFT_WATCHED_S = 300.0
SEED = 20_241_208


class Flight(NamedTuple):
    """A real flight and the class it is held against."""

    name: str
    collection: str
    track: Track
    aircraft: Aircraft
    hours: float


# -- flights --------------------------------------------------------------------------------------------------


def flights(wheel: Path, serves: str) -> Iterator[Flight]:
    """The flights that serve for tuning or for measuring."""
    if (found := hashlib.sha256(wheel.read_bytes()).hexdigest()) != WHEEL_SHA256:
        raise HashError("not the package that was registered", found, WHEEL_SHA256, file=wheel.name)
    classes = {name: read.aircraft(name) for _, name in CLASSES}
    with zipfile.ZipFile(wheel) as package:
        for collection in COLLECTIONS:
            rows = pd.read_json(io.BytesIO(gzip.decompress(package.read(f"{SAMPLES}{collection}.json.gz"))))
            for (address, callsign), part in rows.groupby(["icao24", "callsign"]):
                name = f"collections/{collection}.json.gz:{address}/{callsign}"
                if serves == serves_for(name):
                    yield flight(name, collection, part, classes)


def serves_for(name: str) -> str:
    """Whether a flight is one for tuning or for measuring."""
    return "tuning" if zlib.crc32(name.encode()) % 2 == 0 else "measuring"


def flight(name: str, collection: str, rows: pd.DataFrame, classes: dict[str, Aircraft]) -> Flight:
    for column in ("timestamp", "last_position"):
        if column in rows:
            unit = "s" if rows[column].dtype.kind in "fi" else None
            rows = rows.assign(**{column: pd.to_datetime(rows[column], utc=True, unit=unit)})
    track = read.frame(rows)
    fast = track.fixes["groundspeed_mps"].quantile(0.98)
    kind = next(kind for below, kind in CLASSES if not fast >= below)
    step = np.diff(seconds(track))
    return Flight(name, collection, track, classes[kind], float(step[step < 60.0].sum()) / 3600.0)


def seconds(track: Track) -> np.ndarray:
    """Since the first fix."""
    return (track.fixes.index - track.fixes.index[0]).total_seconds().to_numpy(float)


# -- attacks --------------------------------------------------------------------------------------------------

Attack = Callable[[gpd.GeoDataFrame, np.ndarray, np.random.Generator], gpd.GeoDataFrame]


def moved(rows: gpd.GeoDataFrame, latitude: np.ndarray, longitude: np.ndarray) -> gpd.GeoDataFrame:
    return rows.set_geometry(gpd.points_from_xy(longitude, latitude, crs="EPSG:4326"))


def offset(rows: gpd.GeoDataFrame, bearing: np.ndarray | float, metres: np.ndarray | float) -> gpd.GeoDataFrame:
    return moved(rows, *earth.forward(rows.geometry.y, rows.geometry.x, bearing, metres))


def teleport(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """All positions 5 to 500 km away, going on as before; the velocity stays."""
    return offset(rows, rng.uniform(0.0, 360.0), float(np.exp(rng.uniform(np.log(5e3), np.log(5e5)))))


def teleport_near(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The same, 0.5 to 5 km away."""
    return offset(rows, rng.uniform(0.0, 360.0), float(np.exp(rng.uniform(np.log(5e2), np.log(5e3)))))


def teleport_fixed(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Positions at one place 5 to 500 km away, with a few metres of noise; the velocity is forged: none."""
    away = float(np.exp(rng.uniform(np.log(5e3), np.log(5e5))))
    latitude, longitude = earth.forward(rows.geometry.y.iloc[0], rows.geometry.x.iloc[0], rng.uniform(0, 360), away)
    noise = 1e-5 * np.cumsum(rng.standard_normal((2, len(rows))), axis=1)
    return moved(rows, latitude + noise[0], longitude + noise[1]).assign(groundspeed_mps=0.5)


def round_(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """Positions on a circle that leaves the true path along its own track, at the speed flown; and their course."""
    speed = max(float(rows["groundspeed_mps"].iloc[0]), 50.0)
    radius, side = float(np.exp(rng.uniform(np.log(1e3), np.log(1e4)))), rng.choice([-1.0, 1.0])
    track = float(rows["track_deg"].iloc[0])
    turned = np.degrees(speed * t_s / radius)
    centre = earth.forward(rows.geometry.y.iloc[0], rows.geometry.x.iloc[0], track + side * 90.0, radius)
    place = earth.forward(*centre, track - side * 90.0 + side * turned, radius)
    return moved(rows, *place), (track + side * turned) % 360.0


def circle(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """A circle of 1 to 10 km; the velocity stays."""
    return round_(rows, t_s, rng)[0]


def circle_forged(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The same with the velocity of the circle, so that nothing told contradicts it."""
    found, course = round_(rows, t_s, rng)
    return found.assign(track_deg=course, groundspeed_mps=max(float(rows["groundspeed_mps"].iloc[0]), 50.0))


def freeze(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """One position; the velocity stays."""
    return moved(rows, np.full(len(rows), rows.geometry.y.iloc[0]), np.full(len(rows), rows.geometry.x.iloc[0]))


def freeze_forged(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """One position, and no velocity."""
    return freeze(rows, t_s, rng).assign(groundspeed_mps=0.0, vertical_rate_mps=0.0)


def altitude_step(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Pressure altitudes 300 to 3,000 m higher or lower."""
    by = rng.choice([-1.0, 1.0]) * float(np.exp(rng.uniform(np.log(300.0), np.log(3000.0))))
    return rows.assign(altitude_baro_m=rows["altitude_baro_m"] + by)


def drift(speed_mps: float, forged: bool = False) -> Attack:
    """Positions that drift away at a speed; the velocity stays, or is forged to go with them."""

    def attack(rows: gpd.GeoDataFrame, t_s: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
        bearing = rng.uniform(0.0, 360.0)
        found = offset(rows, bearing, speed_mps * t_s)
        track = np.radians(rows["track_deg"])
        east = rows["groundspeed_mps"] * np.sin(track) + speed_mps * np.sin(np.radians(bearing))
        north = rows["groundspeed_mps"] * np.cos(track) + speed_mps * np.cos(np.radians(bearing))
        told = {"groundspeed_mps": np.hypot(east, north), "track_deg": np.degrees(np.arctan2(east, north)) % 360.0}
        return found.assign(**told) if forged else found

    return attack


#: attack, and how long it is watched: so many fixes, or so many seconds
ATTACKS: dict[str, tuple[Attack, float | None]] = {
    "teleport, 5 to 500 km": (teleport, None),
    "teleport to a fixed place, velocity forged": (teleport_fixed, None),
    "teleport, 0.5 to 5 km": (teleport_near, None),
    "circle": (circle, WATCHED_S),
    "circle, velocity forged": (circle_forged, WATCHED_S),
    "freeze": (freeze, WATCHED_S),
    "freeze, velocity forged": (freeze_forged, WATCHED_S),
    "altitude step, 300 to 3,000 m": (altitude_step, WATCHED_S),
}


def attacked(one: Flight, attack: Attack, watched_s: float | None, rng: np.random.Generator) -> Track | None:
    """A flight up to the end of the watch, with an attack at a random fix in the air; None where it has no room.

    The watch of two samples ends with the second new position.
    """
    rows, t_s = one.track.fixes, seconds(one.track)
    length, moves = watched_s or WATCHED_S, (rows.geometry.x.diff() != 0.0).to_numpy()
    told_s = np.maximum.accumulate(np.where(moves, t_s, -np.inf))  # of a row that repeats a position: that one's time
    flying = (rows["groundspeed_mps"] > 60.0) & rows["track_deg"].notna() & ~rows["on_ground"]
    fresh = (rows.geometry.x.diff() != 0.0) & (rows["altitude_baro_m"] > 600.0)
    fresh &= ~quality.interpolated(arrays(one.track))  # what nobody observed cannot be attacked
    room = (np.arange(len(rows)) >= LEAD_FIXES) & (t_s <= t_s[-1] - max(length, LEFT_S))
    places = np.flatnonzero(flying & fresh & room)
    if not len(places):
        return None
    at = int(rng.choice(places))
    end = at + int(np.searchsorted(t_s[at:], t_s[at] + length, side="right"))
    if watched_s is None:
        new = np.flatnonzero((rows.geometry.x.diff() != 0.0).to_numpy()[at:end])[:2]
        end = at + int(new[-1]) + 1
    if np.diff(t_s[at - LEAD_FIXES : end]).max() > 30.0:
        return None
    changed = attack(rows.iloc[at:end], told_s[at:end] - t_s[at], rng)
    return replace(one.track, fixes=pd.concat([rows.iloc[at - min(at, 400) : at], changed]), name=str(rows.index[at]))


def found(one: Flight, track: Track) -> bool:
    """Whether any fix of the attack lies in a stretch that is suspect or worse, though none before it does."""
    states = check.segments(track, one.aircraft)
    start = pd.Timestamp(track.name)
    alarms = states[states["state"].isin(ALARMS)]
    return bool((alarms["end"] >= start).any())


def clean_before(one: Flight, track: Track) -> bool:
    """Whether the same stretch without the attack has no alarm: what cries anyway says nothing of the attack."""
    true = one.track.fixes.loc[track.fixes.index[0] : track.fixes.index[-1]]
    states = check.segments(replace(one.track, fixes=true), one.aircraft)
    return not states["state"].isin(ALARMS).any()


def rate(several: list[Flight], attack: Attack, watched_s: float | None, count: int, seed: int) -> tuple[int, int, int]:
    """Attacks found, made, and left out because the flight itself cried."""
    rng, hits, made, cried = np.random.default_rng(seed), 0, 0, 0
    while made < count:
        one = several[int(rng.integers(len(several)))]
        track = attacked(one, attack, watched_s, rng)
        if track is None:
            continue
        if not clean_before(one, track):
            cried += 1
            continue
        hits, made = hits + found(one, track), made + 1
    return hits, made, cried


# -- what is clean by itself ------------------------------------------------------------------------------------

#: OpenSky goes on showing a position for 15 s; further apart, or standing for longer at a speed, it is not received
STILL_S, MOVING_MPS, AROUND_S = 15.0, 60.0, 30.0
#: a fix that lies so far off the line between its neighbours (m, with a turn of 5 m/s2; m of height) is rough
OFF_M, TURN_MPS2, OFF_HEIGHT_M = 500.0, 5.0, 100.0


def rough(one: Flight) -> np.ndarray:
    """Rows where positions stand still or are missing, or jump against their own neighbours, and half a minute around.

    Independent of the tests: positions, heights and times alone, reported speed but to see that it moves, no type.
    """
    rows, t_s = one.track.fixes, seconds(one.track)
    if len(rows) < 3:
        return np.ones(len(rows), bool)
    at = earth.geocentric(rows.geometry.y.to_numpy(float), rows.geometry.x.to_numpy(float)) * 6_371_009.0
    new = np.flatnonzero(np.r_[True, (np.diff(at, axis=0) != 0.0).any(axis=1)])
    still = np.diff(t_s[new], append=t_s[-1]) > STILL_S
    step = float(np.median(np.diff(t_s)))
    still &= (rows["groundspeed_mps"].to_numpy(float)[new] > MOVING_MPS) & (
        np.diff(t_s[new], append=t_s[-1]) > 1.5 * step
    )
    marks = [(t_s[new][still], np.append(t_s[new], t_s[-1])[1:][still])]
    for values, limit in ((at, OFF_M), (rows["altitude_baro_m"].to_numpy(float)[:, None], OFF_HEIGHT_M)):
        t, v = t_s[new], values[new]
        early, late = np.diff(t)[:-1], np.diff(t)[1:]
        line = v[:-2] + (v[2:] - v[:-2]) * (early / (early + late))[:, None]
        off = np.linalg.norm(v[1:-1] - line, axis=1) > limit + 0.5 * TURN_MPS2 * early * late * (limit == OFF_M)
        marks.append((t[:-2][off], t[2:][off]))
    found = np.zeros(len(rows), bool)
    for first, last in (pair for each in marks for pair in zip(*each, strict=True)):
        found |= (t_s >= first - AROUND_S) & (t_s <= last + AROUND_S)
    return found


def clean_hours(one: Flight) -> float:
    """Hours of a flight between rows that are not rough, holes left out."""
    bad, step = rough(one), np.diff(seconds(one.track))
    return float(step[(step < 60.0) & ~bad[1:] & ~bad[:-1]].sum()) / 3600.0


# -- the table ------------------------------------------------------------------------------------------------


def alarms(several: list[Flight]) -> pd.DataFrame:
    """Alarms on the flights as they are: how many, in how many hours, and every one of them in words."""
    rows = []
    for one in several:
        states, bad = check.segments(one.track, one.aircraft), rough(one)
        for row in states[states["state"].isin(ALARMS)].itertuples():
            first, last = one.track.fixes.index.searchsorted([row.start, row.end])
            clean = not bad[first : last + 1].any()
            rows.append((one.collection, one.name, row.start, row.fixes, row.state, clean, row.reason))
    return pd.DataFrame(rows, columns=["collection", "flight", "start", "fixes", "state", "clean", "reason"])


def interval(hits: int, made: int) -> str:
    """A share with its 95 % interval (Wilson)."""
    share, z = hits / made, 1.96
    middle, half = share + z * z / 2 / made, z * np.sqrt(share * (1 - share) / made + z * z / 4 / made / made)
    low, high = (middle - half) / (1 + z * z / made), (middle + half) / (1 + z * z / made)
    return f"{100 * share:5.1f} % ({100 * low:.1f} to {100 * high:.1f}; {hits} of {made})"


def main(wheel: str, count: int = 200, serves: str = "measuring") -> None:
    """Print the table, rows of a second and rows of ten apart."""
    several = list(flights(Path(wheel), serves))
    print(f"{serves}: {len(several)} flights, {sum(one.hours for one in several):.0f} h, seed {SEED}")
    cried = alarms(several)
    for collection in (*COLLECTIONS, "all"):
        some = [one for one in several if collection in ("all", one.collection)]
        mine = cried[cried["collection"].isin({one.collection for one in some})]
        for kind, number, hours in (
            ("raw", len(mine), sum(one.hours for one in some)),
            ("on rows clean by themselves", int(mine["clean"].sum()), sum(map(clean_hours, some))),
        ):
            print(f"alarms, {collection}, {kind}: {number} in {hours:.1f} h, {100 * number / hours:.2f} in 100 h")
    print(cried.to_string(max_colwidth=150))
    for rows, collections in ROWS.items():
        table([one for one in several if one.collection in collections], rows, count)


def table(several: list[Flight], rows: str, count: int) -> None:
    """Print what is found of each kind of attack."""
    print(f"\n{rows}: {len(several)} flights")
    for name, (attack, watched_s) in ATTACKS.items():
        hits, made, left = rate(several, attack, watched_s, count, SEED)
        print(f"{name}: {interval(hits, made)}; {left} left out", flush=True)
    for forged in (False, True):
        for speed in DRIFTS_MPS if not forged else (10.0, 30.0):
            hits, made, _ = rate(several, drift(speed, forged), DRIFT_WATCHED_S, count, SEED)
            told = ", velocity forged" if forged else ""
            print(f"drift of {speed:g} m/s{told}, in {DRIFT_WATCHED_S:.0f} s: {interval(hits, made)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:3]), *sys.argv[3:4])
