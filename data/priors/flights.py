"""Real flights as manoeuvres: read the training flights, put them on an even grid, cut each channel into manoeuvres.

Only the five collections named in `TRAINING` are opened; the others of the package are kept for scoring.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import air
from trackkit.errors import HashError
from trackkit.units import FT_M, KT_MPS

WHEEL_SHA256 = "5e0cd61d931d03103294361542188f08f959a55e862d5cba80ab61291021e66c"
SAMPLES = "traffic/data/samples/"
TRAINING = ("collections/quickstart.json.gz", "calibration/", "gliders/", "firefighting/", "ambulances/")

#: step of the even grid, and by collection the longest pause between fixes that is bridged whatever was flown (s)
STEP_S = 5.0
LONGEST_PAUSE_S = {"quickstart": 20.0, "calibration": 20.0, "gliders": 12.0, "firefighting": 40.0, "ambulances": 20.0}
#: a longer pause is bridged where the way between its fixes was straight: length over speed, course, greatest pause
STRAIGHT_SHARE, STRAIGHT_DEG, STRAIGHT_PAUSE_S = 0.93, 20.0, 300.0
SHORTEST_PIECE_S = 120.0
#: slower than this is taken as taxiing or a hover, by collection (m/s)
SLOWEST_MPS = {"quickstart": 30.0, "calibration": 30.0, "gliders": 12.0, "firefighting": 12.0, "ambulances": 12.0}
HIGHEST_M = 15_000.0
#: a flight of the quickstart collection that never exceeds this, and one of a fire service whose middle is slower
LIGHT_BELOW_MPS, HELICOPTER_BELOW_MPS = 110.0, 110.0 * KT_MPS

#: a turn: bank above this (deg), bridged over pauses of so many seconds, at least so large (deg)
LEAST_BANK_DEG, TURN_PAUSE_S, LEAST_TURN_DEG = 4.0, 15.0, 5.0
#: kinds of turn: an orbit from, a change of course below (deg); gentle: below this bank for so long
ORBIT_DEG, COURSE_DEG, GENTLE_BANK_DEG, GENTLE_S = 330.0, 20.0, 10.0, 60.0
#: two turns to the same side of so many degrees, so soon after each other, are half a hold each
HOLD_DEG, HOLD_PAUSE_S = (140.0, 220.0), 180.0
#: a change of height: rate above this, bridged over, at least so large; a change of speed likewise
LEAST_RATE_MPS, RATE_PAUSE_S, LEAST_HEIGHT_M = 1.0, 20.0, 60.0
LEAST_ACCELERATION_MPS2, SPEED_PAUSE_S, LEAST_SPEED_MPS = 0.1, 15.0, 5.0
#: fixes further apart than this tell the size of a turn but not its bank (s)
BANK_SPACING_S = 10.0
LOW_M, EARTH_M = 3_048.0, 6_371_009.0

Array = NDArray[np.float64]


class Piece(NamedTuple):
    """Part of a flight without a long pause, on the even grid (SI; course unwrapped, less a geodesic's own turning)."""

    kind: str
    flight: str
    course_deg: Array
    speed_mps: Array
    cas_mps: Array
    height_m: Array
    spacing_s: float


def fixes(wheel: Path) -> Iterator[pd.DataFrame]:
    """The fixes of each training flight, by time, without stale repeats, on the ground or slower than flying."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise HashError("not the package that was registered", found, WHEEL_SHA256, file=wheel.name)
    with zipfile.ZipFile(wheel) as package:
        for name in sorted(package.namelist()):
            inside = name.removeprefix(SAMPLES)
            if name.startswith(SAMPLES) and inside.startswith(TRAINING) and inside.endswith(".json.gz"):
                yield from _flights(inside, gzip.decompress(package.read(name)))


def _flights(inside: str, content: bytes) -> Iterator[pd.DataFrame]:
    rows = pd.read_json(io.BytesIO(content))
    collection = "quickstart" if "quickstart" in inside else inside.split("/")[0]
    by = ["flight_id"] if "flight_id" in rows else ["icao24", "callsign"]
    for key, flight in rows.groupby(by):
        yield _clean(flight).assign(collection=collection, flight=f"{inside}:{'/'.join(map(str, key))}")


def _clean(flight: pd.DataFrame) -> pd.DataFrame:
    flight = flight.assign(t_s=pd.to_datetime(flight["timestamp"], utc=True).astype("int64") / 1e6)
    used = ["t_s", "latitude", "longitude", "altitude", "groundspeed", "track"]
    if "onground" in flight:
        flight = flight[~flight["onground"].astype(bool)]
    flight = flight[used].dropna().sort_values("t_s").drop_duplicates("t_s")
    place = flight[["latitude", "longitude"]]
    flight = flight[(place != place.shift()).any(axis=1)]
    flight = flight.assign(speed_mps=flight["groundspeed"] * KT_MPS, height_m=flight["altitude"] * FT_M)
    return flight[(flight["height_m"] < HIGHEST_M) & _steady(flight["height_m"], flight["t_s"])]


def _steady(height_m: pd.Series, t_s: pd.Series) -> pd.Series:
    """Heights that no neighbour's rate of over 60 m/s makes an outlier."""
    apart = (height_m - height_m.rolling(5, center=True, min_periods=1).median()).abs()
    span = (t_s.shift(-1) - t_s.shift(1)).fillna(10.0).clip(lower=2.0)
    return apart < 60.0 * span


def kind_of(flight: pd.DataFrame) -> str:
    """The kind of flight, by its collection and its speeds."""
    collection = str(flight["collection"].iloc[0])
    if collection == "quickstart":
        return "light" if flight["speed_mps"].quantile(0.99) < LIGHT_BELOW_MPS else "airliner"
    if collection == "firefighting":
        return "helicopter" if flight["speed_mps"].median() < HELICOPTER_BELOW_MPS else "tanker"
    return {"calibration": "survey", "gliders": "glider", "ambulances": "helicopter"}[collection]


def pieces(flight: pd.DataFrame) -> Iterator[Piece]:
    """A flight cut at its pauses, each part on the even grid."""
    if flight.empty:
        return
    kind, collection = kind_of(flight), str(flight["collection"].iloc[0])
    flying = flight[flight["speed_mps"] > SLOWEST_MPS[collection]]
    pause = flying["t_s"].diff()
    cut = (pause > LONGEST_PAUSE_S[collection]) & ~((pause <= STRAIGHT_PAUSE_S) & _straight(flying))
    part = cut.cumsum()
    for _, rows in flying.groupby(part):
        if rows["t_s"].iloc[-1] - rows["t_s"].iloc[0] >= SHORTEST_PIECE_S:
            yield _piece(kind, rows)


def _steps(rows: pd.DataFrame) -> tuple[Array, Array]:
    """Metres east and north from each fix to the next."""
    latitude, longitude = np.radians(rows["latitude"].to_numpy()), np.radians(rows["longitude"].to_numpy())
    return EARTH_M * np.diff(longitude) * np.cos(latitude[1:]), EARTH_M * np.diff(latitude)


def _straight(rows: pd.DataFrame) -> pd.Series:
    """Whether the way from the fix before was as long as the speed asks for, with hardly a change of course."""
    way = np.concatenate([[0.0], np.hypot(*_steps(rows))])
    flown = rows["t_s"].diff() * rows["speed_mps"].rolling(2).mean()
    turned = ((rows["track"].diff() + 180.0) % 360.0 - 180.0).abs()
    return (way >= STRAIGHT_SHARE * flown) & (way <= flown / STRAIGHT_SHARE) & (turned < STRAIGHT_DEG)


def _course_deg(rows: pd.DataFrame) -> Array:
    """The course at each fix, unwrapped. The tracks told in `calibration` have overflowed, so its positions serve."""
    if rows["collection"].iloc[0] != "calibration":
        return np.degrees(np.unwrap(np.radians(rows["track"].to_numpy(float))))
    t, (east, north) = rows["t_s"].to_numpy(), _steps(rows)
    between = np.unwrap(np.arctan2(east, north))
    return _smooth(np.degrees(np.interp(t, 0.5 * (t[1:] + t[:-1]), between)), 3)


def _piece(kind: str, rows: pd.DataFrame) -> Piece:
    t = rows["t_s"].to_numpy()
    grid = np.arange(t[0], t[-1], STEP_S)
    course = _course_deg(rows)
    course, speed, height, latitude = (
        np.interp(grid, t, values) for values in (course, rows["speed_mps"], rows["height_m"], rows["latitude"])
    )
    own = np.degrees(speed * np.sin(np.radians(course)) * np.tan(np.radians(latitude)) / EARTH_M)
    course = course - np.concatenate([[0.0], np.cumsum(own[:-1] * STEP_S)])
    spacing = float(np.median(np.diff(t)))
    cas = air.cas_mps(speed, np.maximum(height, 0.0))
    return Piece(kind, str(rows["flight"].iloc[0]), course, speed, cas, height, spacing)


# -- manoeuvres ------------------------------------------------------------------------------------------------


def turn_bank_deg(piece: Piece) -> Array:
    """Bank (right positive) that the change of course over ten seconds asks for at that ground speed."""
    rate = np.radians(np.gradient(piece.course_deg, STEP_S))
    return np.degrees(np.arctan(rate * piece.speed_mps / air.GRAVITY_MPS2))


def runs(sign: NDArray[np.int8], pause_s: float) -> list[tuple[int, int]]:
    """First and last index of each run of one sign that is not zero; short pauses of zeros are bridged."""
    found: list[tuple[int, int]] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], sign, [0]])))
    for a, b in zip(edges[:-1], edges[1:] - 1, strict=True):
        if sign[a] == 0:
            continue
        if found and sign[found[-1][1]] == sign[a] and (a - found[-1][1]) * STEP_S <= pause_s:
            found[-1] = (found[-1][0], int(b))
        else:
            found.append((int(a), int(b)))
    return found


def _sign(values: Array, least: float) -> NDArray[np.int8]:
    return (np.sign(values) * (np.abs(values) > least)).astype(np.int8)


def _change(values: Array, first: int, last: int) -> float:
    """The change from one step before a run to one after it."""
    return float(values[min(last + 1, len(values) - 1)] - values[max(first - 1, 0)])


def turns(piece: Piece) -> pd.DataFrame:
    """The turns of a piece: first and last step, size (right positive), middle bank, duration, kind."""
    bank = turn_bank_deg(piece)
    rows = [
        (a, b, _change(piece.course_deg, a, b), float(np.median(np.abs(bank[a : b + 1]))), (b - a + 1) * STEP_S)
        for a, b in runs(_sign(bank, LEAST_BANK_DEG), TURN_PAUSE_S)
    ]
    table = pd.DataFrame(rows, columns=["first", "last", "size_deg", "bank_deg", "lasts_s"])
    table = table[table["size_deg"].abs() >= LEAST_TURN_DEG].reset_index(drop=True)
    return table.assign(kind=_kinds(table), bank_known=piece.spacing_s <= BANK_SPACING_S)


def _kinds(table: pd.DataFrame) -> list[str]:
    """Kinds of turn; of the two halves of a hold the second has none, so that a hold counts once."""
    kinds = [_kind(row) for row in table.itertuples()]
    size, k = table["size_deg"].to_numpy(), 0
    while k + 1 < len(table):
        pause = (table["first"][k + 1] - table["last"][k]) * STEP_S
        halves = all(HOLD_DEG[0] <= abs(size[j]) <= HOLD_DEG[1] for j in (k, k + 1))
        if halves and size[k] * size[k + 1] > 0.0 and pause <= HOLD_PAUSE_S:
            kinds[k : k + 2] = ["hold", ""]
            k += 1
        k += 1
    return kinds


def _kind(row: NamedTuple) -> str:
    size = abs(row.size_deg)
    if size >= ORBIT_DEG:
        return "orbit"
    if row.bank_deg < GENTLE_BANK_DEG and row.lasts_s >= GENTLE_S:
        return "gentle"
    return "direct" if size < COURSE_DEG else "turn"


def climbs(piece: Piece) -> pd.DataFrame:
    """Changes of height: first step, how much (m, up positive) and how fast (m/s)."""
    smooth = _smooth(piece.height_m, 5)
    found = runs(_sign(np.gradient(smooth, STEP_S), LEAST_RATE_MPS), RATE_PAUSE_S)
    rows = [(a, float(smooth[b] - smooth[a]), max((b - a) * STEP_S, STEP_S)) for a, b in found]
    table = pd.DataFrame(rows, columns=["first", "height_m", "lasts_s"], dtype=float)
    table = table[table["height_m"].abs() >= LEAST_HEIGHT_M]
    return table.assign(rate_mps=table["height_m"].abs() / table["lasts_s"])


def speed_changes(piece: Piece, turning: NDArray[np.bool_]) -> pd.DataFrame:
    """Changes of speed (m/s, calibrated) in straight flight, with first step; ground speed stands for air speed."""
    smooth = _smooth(piece.cas_mps, 5)
    sign = _sign(np.gradient(smooth, STEP_S), LEAST_ACCELERATION_MPS2)
    sign[turning] = 0
    found = runs(sign, SPEED_PAUSE_S)
    rows = [(a, float(smooth[b] - smooth[a]), max((b - a) * STEP_S, STEP_S)) for a, b in found]
    table = pd.DataFrame(rows, columns=["first", "speed_mps", "lasts_s"], dtype=float)
    table = table[table["speed_mps"].abs() >= LEAST_SPEED_MPS]
    return table.assign(acceleration_mps2=table["speed_mps"].abs() / table["lasts_s"])


def _smooth(values: Array, count: int) -> Array:
    return pd.Series(values).rolling(count, center=True, min_periods=1).mean().to_numpy()


def turning(piece: Piece, table: pd.DataFrame, margin: int = 2) -> NDArray[np.bool_]:
    """Steps that are part of a turn or next to one."""
    mask = np.zeros(len(piece.course_deg), bool)
    for row in table.itertuples():
        mask[max(row.first - margin, 0) : row.last + margin + 1] = True
    return mask
