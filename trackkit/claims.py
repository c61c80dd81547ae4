"""What a claim asks of a path: one small compiled function for each kind of claim.

Every kind takes paths as arrays and gives two numbers a path. `log_likelihood` is the log density of what the report
says, given the path: per square metre for a place, per metre for a height, per m/s for a speed, per degree for a
direction, per second for a time, and a plain probability for things that happened or did not. `fit` is how well the
path satisfies the claim on a scale from 1 (perfectly) to 0, without regard to how much the claim says.

A claim that means nothing has the density `log_background`: uniform over the extent of the case, over its window, over
the heights and speeds of the type, and even odds for a happening. With trust r in its origin a claim weighs
log(r L + (1 - r) B); see `weigh`.

Times are folded in by integrating over them: a claim "at 02:32" is the average of what it says over the moments that
"02:32" may mean, not a wider circle. A place without a time is a place somewhere along the flight.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from trackkit import motion, wording
from trackkit.errors import InputError
from trackkit.model import Case, Groups, Hypothesis, Origin, TrustRule

__all__ = [
    "SLIP", "Asked", "Groups", "ask", "chain", "evaluate", "explained", "groups", "independent", "root", "rule",
    "satisfied", "signals", "testable", "weigh",
]  # fmt: skip

Array = NDArray[np.float64]

#: probability that a single claim was taken down or printed wrongly although its origin is right
SLIP = 0.05
#: even odds that a claim which means nothing says that a thing happened
EVEN = 0.5

EARTH_M = 6_371_009.0
CLOCK_SD_S = 30.0
FIX_SD_M = 1_000.0
HEIGHT_SD_M = 60.0
SPEED_SD_MPS = 5.0
HEADING_SD_DEG = 5.0
HEIGHT_RANGE_M = 13_000.0
SPEED_RANGE_MPS = 300.0
RATE_RANGE_MPS = 30.0
RATE_SD_MPS = 1.5
DURATION_RANGE_S = 3_600.0
FIRST_S = (60.0, 600.0)
LAST_S = 600.0
NEVER = -690.0
STEP_DOWN_M = 10.0 * motion.STORE_S
HALF_TURN_STEPS = int(90.0 / motion.STORE_S)

_compiled = njit(nogil=True, cache=True, error_model="numpy")
_inlined = njit(nogil=True, cache=True, error_model="numpy", forceinline=True)

# ---------------------------------------------------------------------------------------------------------------
# where, when, how high: the parts that claims share
# ---------------------------------------------------------------------------------------------------------------


class Where(NamedTuple):
    """A place as a two-dimensional normal distribution in its own tangent plane, or no place at all.

    `up`, `east`, `north` are unit vectors at the middle; `radii` the radii of curvature (m) eastward and northward;
    `precision` the inverse covariance (xx, xy, yy; per square metre).
    """

    given: bool
    up: tuple[float, float, float]
    east: tuple[float, float, float]
    north: tuple[float, float, float]
    radii: tuple[float, float]
    precision: tuple[float, float, float]
    log_density: float


class When(NamedTuple):
    """The moments a claim may mean: weights over the stored steps, or a part of each path.

    `part` is 0 for absolute weights (zero outside `first` to `last`), 1 for the first minutes after take-off, 2 for
    the minutes about the closest approach to `anchor` (a unit normal); `span_s` is their reach.
    """

    part: int
    weights: Array
    first: int
    last: int
    anchor: tuple[float, float, float]
    span_s: tuple[float, float]


class Height(NamedTuple):
    """A height: its value, standard deviation and datum (0 pressure, 1 sea level, 2 ground)."""

    given: bool
    value_m: float
    sd_m: float
    datum: int


@_inlined
def _off(where: Where, x: float, y: float, z: float) -> float:
    """Squared distance from the middle in standard deviations; large on the far side of the earth."""
    if x * where.up[0] + y * where.up[1] + z * where.up[2] < 0.5:
        return 1e9
    east = (x * where.east[0] + y * where.east[1] + z * where.east[2]) * where.radii[0]
    north = (x * where.north[0] + y * where.north[1] + z * where.north[2]) * where.radii[1]
    p = where.precision
    return east * east * p[0] + 2.0 * east * north * p[1] + north * north * p[2]


@_inlined
def _lift(flown: motion.Flown, scene: motion.Scene, i: int, datum: int, lift: Array) -> None:
    """What to take off the path's heights above sea level to have them above the claim's datum (m)."""
    lift[:] = flown.qnh_offset_m[i] if datum == 0 else 0.0
    if datum == 2:
        x, y, z = flown.x[i], flown.y[i], flown.z[i]
        for k in range(len(lift)):
            lift[k] = motion._ground(scene.terrain_m, scene.terrain_box, x[k], y[k], z[k])


@_inlined
def _flies(phase: int) -> bool:
    return motion.ROUTE <= phase <= motion.FALLING and phase != motion.LANDED


@_inlined
def _span(when: When, flown: motion.Flown, i: int) -> tuple[int, int]:
    """First and past-the-last stored step that a claim may mean."""
    if when.part == 0:
        return when.first, when.last
    middle = flown.take_off_s[i]
    if when.part == 2:
        x, y, z, phase = flown.x[i], flown.y[i], flown.z[i], flown.phase[i]
        nearest = -2.0
        for k in range(len(x)):
            near = x[k] * when.anchor[0] + y[k] * when.anchor[1] + z[k] * when.anchor[2]
            if near > nearest and _flies(phase[k]):
                nearest, middle = near, k * motion.STORE_S
    first = math.ceil((middle + when.span_s[0]) / motion.STORE_S)
    last = math.floor((middle + when.span_s[1]) / motion.STORE_S) + 1
    steps = flown.x.shape[1]
    first = min(max(first, 0), steps - 1)
    return first, min(max(last, first + 1), steps)


@_inlined
def _log(value: float) -> float:
    return math.log(max(value, 1e-300))


@_inlined
def _deg(angle: float) -> float:
    """An angle (degrees) between -180 and 180."""
    return angle - 360.0 * math.floor((angle + 180.0) / 360.0)


@_inlined
def _cdf(x: float) -> float:
    return 0.5 * math.erfc(-x * 0.7071067811865476)


# ---------------------------------------------------------------------------------------------------------------
# the kinds
# ---------------------------------------------------------------------------------------------------------------


class Fix(NamedTuple):
    """`was_at`, `lost_signal`, `flew_at`: a place, a height and a speed, as far as given, at one moment."""

    where: Where
    when: When
    height: Height
    speed_given: bool
    speed_mps: float
    speed_sd_mps: float
    log_norm: float


@_inlined
def _miss(asked: Fix, x: float, y: float, z: float, height: float, speed: float) -> float:
    """Squared distance from what a fix says, in standard deviations."""
    off = 0.0
    if asked.where.given:
        off += _off(asked.where, x, y, z)
    if asked.height.given:
        off += ((height - asked.height.value_m) / asked.height.sd_m) ** 2
    if asked.speed_given:
        off += ((speed - asked.speed_mps) / asked.speed_sd_mps) ** 2
    return off


@_compiled
def fix(flown: motion.Flown, scene: motion.Scene, asked: Fix, out: Array) -> None:
    """L = average over the moments of N(place) N(height) N(speed); a moment on the ground adds nothing."""
    weights, lift = asked.when.weights, np.zeros(flown.x.shape[1])
    for i in range(len(out)):
        first, last = _span(asked.when, flown, i)
        x, y, z, phase = flown.x[i], flown.y[i], flown.z[i], flown.phase[i]
        altitude, speed = flown.altitude_m[i], flown.groundspeed_mps[i]
        if asked.height.given:
            _lift(flown, scene, i, asked.height.datum, lift)
        total, weight, best = 0.0, 0.0, 1e9
        for k in range(first, last):
            weight += weights[k]
            if not _flies(phase[k]):
                continue
            off = _miss(asked, x[k], y[k], z[k], altitude[k] - lift[k], speed[k])
            if off < 200.0:
                total += weights[k] * math.exp(-0.5 * off)
            if weights[k] > 0.1:
                best = min(best, off)
        out[i, 0] = _log(total / max(weight, 1e-12)) + asked.log_norm
        out[i, 1] = math.exp(-0.5 * best)


class Course(NamedTuple):
    """`headed`, `flew_toward`: a direction flown, fixed or that of a place."""

    when: When
    to_place: bool
    place: tuple[float, float, float]
    heading_deg: float
    sd_deg: float
    log_norm: float


@_inlined
def _bearing(x: float, y: float, z: float, to: tuple[float, float, float]) -> float:
    """Bearing (degrees) of a point from another, both unit normals."""
    north = (x * x + y * y) * to[2] - z * (x * to[0] + y * to[1])
    return math.degrees(math.atan2(-y * to[0] + x * to[1], north))


@_compiled
def course(flown: motion.Flown, scene: motion.Scene, asked: Course, out: Array) -> None:
    """L = average over the moments of the wrapped normal density of the track about the direction."""
    weights = asked.when.weights
    for i in range(len(out)):
        first, last = _span(asked.when, flown, i)
        x, y, z, track, phase = flown.x[i], flown.y[i], flown.z[i], flown.track_deg[i], flown.phase[i]
        total, weight, flying, c, s = 0.0, 0.0, 0.0, 0.0, 0.0
        for k in range(first, last):
            weight += weights[k]
            if not _flies(phase[k]):
                continue
            aim = _bearing(x[k], y[k], z[k], asked.place) if asked.to_place else asked.heading_deg
            off = _deg(track[k] - aim)
            total += weights[k] * math.exp(-0.5 * (off / asked.sd_deg) ** 2)
            c += weights[k] * math.cos(math.radians(off))
            s += weights[k] * math.sin(math.radians(off))
            flying += weights[k]
        out[i, 0] = _log(total / max(weight, 1e-12)) + asked.log_norm
        mean = math.degrees(math.atan2(s, c)) if flying > 0.0 else 180.0
        out[i, 1] = math.exp(-0.5 * (mean / asked.sd_deg) ** 2)


class Turn(NamedTuple):
    """`turned`, `reversed`: a change of track within three minutes, at a place where one is given."""

    where: Where
    when: When
    size_deg: float
    sd_deg: float
    two_sided: bool
    side: float
    log_norm: float


@_compiled
def turn(flown: motion.Flown, scene: motion.Scene, asked: Turn, out: Array) -> None:
    """L = P(the word | largest turn) times the density of the place, averaged over the turning.

    A turn's size at a moment is what was turned within a minute and a half either way.
    """
    weights, where, end = asked.when.weights, asked.where, flown.x.shape[1] - 1
    for i in range(len(out)):
        first, last = _span(asked.when, flown, i)
        x, y, z, phase, turned = flown.x[i], flown.y[i], flown.z[i], flown.phase[i], flown.turned_deg[i]
        largest, amount, total, best = 0.0, 0.0, 0.0, 1e9
        for k in range(first, last):
            if weights[k] <= 0.0 or not _flies(phase[k]):
                continue
            size = turned[min(k + HALF_TURN_STEPS, end)] - turned[max(k - HALF_TURN_STEPS, 0)]
            size = abs(size) if asked.side == 0.0 else max(asked.side * size, 0.0)
            largest = max(largest, weights[k] * size)
            share = weights[k] * max(size - 15.0, 0.0) ** 2
            if where.given and share > 0.0:
                off = _off(where, x[k], y[k], z[k])
                amount += share
                total += share * math.exp(-0.5 * off)
                best = min(best, off)
        gap = (largest - asked.size_deg) / asked.sd_deg
        word = math.exp(-0.5 * gap * gap) if asked.two_sided else _cdf(gap)
        place = total / max(amount, 1e-12) if where.given else 1.0
        out[i, 0] = _log(word) + _log(place) + asked.log_norm
        out[i, 1] = word * (math.exp(-0.5 * best) if where.given else 1.0)


class Descent(NamedTuple):
    """`descended`: from a height to a height in a time, or at a rate, or in a manner, as far as given."""

    where: Where
    when: When
    start: Height
    end: Height
    log_within: tuple[float, float]
    rate: tuple[float, float]
    manner: tuple[float, float]
    log_norm: float


@_inlined
def _fastest(altitude: NDArray[np.float32], phase: NDArray[np.int8], first: int, last: int) -> float:
    """The largest loss of height a second (m/s) over one minute."""
    steps, best = int(60.0 / motion.STORE_S), 0.0
    for k in range(first, last - steps):
        if _flies(phase[k]) and phase[k + steps] >= motion.ROUTE:
            best = max(best, (altitude[k] - altitude[k + steps]) / 60.0)
    return best


@_inlined
def _leg_down(
    altitude: NDArray[np.float32], lift: Array, phase: NDArray[np.int8], start: Height, end: Height,
    first: int, last: int,
) -> tuple[int, int]:  # fmt: skip
    """Where the descent starts (last at or above the first height) and ends (then first at or below the second)."""
    begin, top, top_at = -1, -1e9, first
    for k in range(first, last):
        if _flies(phase[k]):
            height = altitude[k] - lift[k]
            if start.given and height >= start.value_m:
                begin = k
            if height > top:
                top, top_at = height, k
    begin = top_at if begin < 0 else begin
    low, low_at = 1e9, begin
    for k in range(begin, last):
        if _flies(phase[k]) and altitude[k] - lift[k] < low:
            low, low_at = altitude[k] - lift[k], k
            if end.given and low <= end.value_m:
                break
    return begin, low_at


@_compiled
def descent(flown: motion.Flown, scene: motion.Scene, asked: Descent, out: Array) -> None:
    """L = N(first height) N(second height) x lognormal(time between) x N(rate) x P(the manner | rate) x N(place)."""
    start, end, lift = asked.start, asked.end, np.zeros(flown.x.shape[1])
    for i in range(len(out)):
        first, last = _span(asked.when, flown, i)
        altitude, phase = flown.altitude_m[i], flown.phase[i]
        _lift(flown, scene, i, start.datum if start.given else end.datum, lift)
        begin, low = _leg_down(altitude, lift, phase, start, end, first, last)
        off, extra = 0.0, 0.0
        if start.given:
            off += ((altitude[begin] - lift[begin] - start.value_m) / (start.sd_m + STEP_DOWN_M)) ** 2
        if end.given:
            off += ((altitude[low] - lift[low] - end.value_m) / (end.sd_m + STEP_DOWN_M)) ** 2
        if asked.log_within[1] > 0.0:
            spent = max((low - begin) * motion.STORE_S, 5.0)
            off += ((math.log(spent) - asked.log_within[0]) / asked.log_within[1]) ** 2
        if asked.where.given:
            off += _off(asked.where, flown.x[i, begin], flown.y[i, begin], flown.z[i, begin])
        fastest = _fastest(altitude, phase, first, last)
        if asked.rate[1] > 0.0:
            off += ((fastest - asked.rate[0]) / asked.rate[1]) ** 2
        if asked.manner[1] > 0.0:
            extra = _log(_cdf((fastest - asked.manner[0]) / asked.manner[1]))
        out[i, 0] = -0.5 * off + extra + asked.log_norm
        out[i, 1] = math.exp(-0.5 * off + extra)


class Climb(NamedTuple):
    """`climbed`, where the height is called the highest of the flight: at a time or not."""

    when: When
    height: Height
    log_norm: float


@_compiled
def climb(flown: motion.Flown, scene: motion.Scene, asked: Climb, out: Array) -> None:
    """L = N(height | highest reached) times the share of the moments spent near that highest height."""
    height, weights, lift = asked.height, asked.when.weights, np.zeros(flown.x.shape[1])
    for i in range(len(out)):
        first, last = _span(asked.when, flown, i)
        altitude, phase = flown.altitude_m[i], flown.phase[i]
        _lift(flown, scene, i, height.datum, lift)
        top = 0.0
        for k in range(len(altitude)):
            if _flies(phase[k]):
                top = max(top, altitude[k] - lift[k])
        near, weight = 0.0, 0.0
        for k in range(first, last):
            weight += weights[k]
            if _flies(phase[k]):
                gap = (altitude[k] - lift[k] - top) / (3.0 * height.sd_m)
                near += weights[k] * math.exp(-0.5 * gap * gap)
        off = ((top - height.value_m) / height.sd_m) ** 2
        share = near / max(weight, 1e-12)
        out[i, 0] = -0.5 * off + _log(share) + asked.log_norm
        out[i, 1] = math.exp(-0.5 * off) * share


class Event(NamedTuple):
    """`took_off`, `landed`, `crashed`: a beginning or an end, with its time and place as far as given."""

    kind: int
    place: int
    where: Where
    time_given: bool
    time_s: float
    sd_s: float
    log_norm: float


@_compiled
def event(flown: motion.Flown, scene: motion.Scene, asked: Event, out: Array) -> None:
    """L = 1 if it happened so, else 0; times N(time) and N(place) where given."""
    last = flown.x.shape[1] - 1
    for i in range(len(out)):
        moment, happened = flown.take_off_s[i], asked.place < 0
        if asked.kind == 1:
            moment = flown.end_s[i]
            happened = flown.ending[i] == motion.SAFE and (asked.place < 0 or flown.place[i] == asked.place)
        elif asked.kind == 2:
            moment = flown.end_s[i]
            happened = flown.ending[i] == motion.CRASHED or flown.ending[i] == motion.STRUCK
        off = 0.0
        if happened and asked.time_given:
            off += ((moment - asked.time_s) / asked.sd_s) ** 2
        if happened and asked.where.given:
            off += _off(asked.where, flown.x[i, last], flown.y[i, last], flown.z[i, last])
        out[i, 0] = -0.5 * off + asked.log_norm if happened else NEVER
        out[i, 1] = math.exp(-0.5 * off) if happened else 0.0


# ---------------------------------------------------------------------------------------------------------------
# from a row of the table of claims to what it asks
# ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A claim made ready: its compiled function and parameters, its background, and what its words were taken to mean.

    `dimensions` is the number of normal terms in the fit, by which `satisfied` sets its bound.
    """

    id: str
    function: Callable[..., None]
    parameters: NamedTuple
    log_background: float
    dimensions: int
    denied: bool
    words: tuple[wording.Word, ...]


@dataclass(frozen=True)
class Ground:
    """What every claim of a case is read against: window, steps, area and the time the signal was said to end."""

    case: Case
    steps: int
    area_m2: float
    duration_s: float
    signal_end_s: float


#: kinds that a path can be tested for
PATH_KINDS = (
    "took_off", "landed", "crashed", "was_at", "headed", "flew_toward", "turned", "reversed", "climbed", "descended",
    "flew_at", "lost_signal",
)  # fmt: skip


def testable(claims: pd.DataFrame) -> pd.Series:
    """Which claims a path can be tested for: those about the aircraft, of a kind that paths satisfy or not."""
    return claims["says"].isin(PATH_KINDS) & (claims["subject"] == "aircraft")


def independent(claims: pd.DataFrame) -> pd.DataFrame:
    """The testable claims with copies taken together.

    Of each number the claim that told it first is kept, or, where that one is not among those here, the first of its
    copies.
    """
    usable = claims[testable(claims)]
    roots = usable["id"].map(lambda name: root(claims, name))
    told_first = (roots == usable["id"]).sort_values(ascending=False, kind="stable").index
    kept = roots.loc[told_first].drop_duplicates().index
    return usable[usable.index.isin(kept)]


def root(claims: pd.DataFrame, name: str) -> str:
    """The claim that told this number first, as far as the table goes."""
    known = dict(zip(claims["id"], claims["copy_of"], strict=True))
    while known.get(name):
        name = known[name]
    return name


def ask(case: Case, claims: pd.DataFrame) -> tuple[Asked, ...]:
    """Make claims ready to be put to paths.

    Parameters
    ----------
    case : Case
        For window, extent, places and wording.
    claims : DataFrame
        Rows of `Case.claims`, all testable.
    """
    ground = _ground_of(case)
    return tuple(_ask(ground, row) for row in claims.itertuples(index=False))


def _ground_of(case: Case) -> Ground:
    duration = (case.window[1] - case.window[0]).total_seconds()
    box = case.extent
    height = math.radians(box.north - box.south) * EARTH_M
    width = math.radians(box.east - box.west) * EARTH_M * math.cos(math.radians(0.5 * (box.north + box.south)))
    lost = case.claims[(case.claims["says"] == "lost_signal") & case.claims["time"].notna()]
    inside = lost["time"][(lost["time"] >= case.window[0]) & (lost["time"] <= case.window[1])]
    end = (inside.max() - case.window[0]).total_seconds() if len(inside) else duration
    return Ground(case, int(duration // motion.STORE_S) + 1, height * width, duration, end)


def _ask(ground: Ground, row: Any) -> Asked:
    function, parameters, log_background, dimensions, words = _KINDS[row.says](ground, row)
    if row.denied:
        log_background = math.log(EVEN)
    return Asked(row.id, function, parameters, log_background, dimensions, bool(row.denied), tuple(words))


def _given(value: object) -> bool:
    return value == value and value is not None and value is not pd.NaT and value != ""


def _ask_fix(ground: Ground, row: Any) -> tuple:
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    height = _height(row.altitude_m, row.altitude_rounding_m, row.datum)
    fast = _given(row.speed_mps)
    sd = math.hypot((row.speed_rounding_mps if fast else 0.0) / math.sqrt(12), SPEED_SD_MPS)
    log_norm = where.log_density + _log_peak(height) + (-math.log(sd * math.sqrt(2 * math.pi)) if fast else 0.0)
    background = log_place - (math.log(HEIGHT_RANGE_M) if height.given else 0.0)
    background -= math.log(SPEED_RANGE_MPS) if fast else 0.0
    parameters = Fix(where, when, height, fast, row.speed_mps if fast else 0.0, sd, log_norm)
    return fix, parameters, background, 2 * where.given + height.given + fast, words + more


def _ask_course(ground: Ground, row: Any) -> tuple:
    when, words = _when(ground, row)
    if row.toward:
        word = wording.meaning("toward", ground.case.wording)
        place, heading, sd = _normal_of(row.toward_latitude, row.toward_longitude), 0.0, wording.normal(word)[1]
        words = [*words, word]
    else:
        place, heading, sd = _ORIGIN, row.heading_deg, math.hypot(row.heading_half_deg, HEADING_SD_DEG)
    log_norm = -math.log(sd * math.sqrt(2 * math.pi))
    return course, Course(when, bool(row.toward), place, heading, sd, log_norm), -math.log(360.0), 1, words


def _ask_turn(ground: Ground, row: Any) -> tuple:
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    word = row.angle_word or ("reversed" if row.says == "reversed" else row.how or "turn")
    if _given(row.angle_deg):
        size, sd, two_sided, meant = row.angle_deg, 20.0, True, []
    else:
        meant = [wording.meaning(word, ground.case.wording)]
        (size, sd), two_sided = wording.normal(meant[0]), word in ("U-turn", "reversed")
    side = {"left": -1.0, "right": 1.0}.get(row.side, 0.0)
    parameters = Turn(where, when, size, sd, two_sided, side, where.log_density)
    return turn, parameters, log_place + math.log(EVEN), 2 * where.given + 1, words + more + meant


def _ask_descent(ground: Ground, row: Any) -> tuple:
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    start = _height(row.from_altitude_m, row.from_rounding_m, row.datum)
    end = _height(row.altitude_m, row.altitude_rounding_m, row.datum)
    log_within, meant = _within(ground, row.within, row.within_s)
    rate = (row.rate_mps, RATE_SD_MPS) if _given(row.rate_mps) else (0.0, 0.0)
    manner = (0.0, 0.0)
    if row.how:
        meant = [*meant, wording.meaning(row.how, ground.case.wording)]
        manner = wording.normal(meant[-1])
    background = log_place + (math.log(EVEN) if row.how else 0.0)
    log_norm = where.log_density
    for height in (start, end):
        if height.given:
            log_norm -= math.log((height.sd_m + STEP_DOWN_M) * math.sqrt(2 * math.pi))
            background -= math.log(HEIGHT_RANGE_M)
    if log_within[1] > 0:
        log_norm -= math.log(log_within[1] * math.sqrt(2 * math.pi))
        background -= math.log(math.log(DURATION_RANGE_S / 5.0))
    if rate[1] > 0:
        log_norm -= math.log(rate[1] * math.sqrt(2 * math.pi))
        background -= math.log(RATE_RANGE_MPS)
    dimensions = 2 * where.given + start.given + end.given + (log_within[1] > 0) + (rate[1] > 0) + (manner[1] > 0)
    parameters = Descent(where, when, start, end, log_within, rate, manner, log_norm)
    return descent, parameters, background, max(dimensions, 1), words + more + meant


def _ask_climb(ground: Ground, row: Any) -> tuple:
    if not row.at_most:
        return _ask_fix(ground, row)
    when, words = _when(ground, row)
    height = _height(row.altitude_m, row.altitude_rounding_m, row.datum)
    return climb, Climb(when, height, _log_peak(height)), -math.log(HEIGHT_RANGE_M), 1, words


def _ask_event(ground: Ground, row: Any) -> tuple:
    kind = ("took_off", "landed", "crashed").index(row.says)
    places = sorted(ground.case.places)
    where, log_place, words = _where(ground, row) if kind == 2 else (_nowhere(), 0.0, [])
    time = _given(row.time)
    moment, sd, more = _moment(ground, row) if time else (0.0, 1.0, [])
    log_norm = where.log_density - (math.log(sd * math.sqrt(2 * math.pi)) if time else 0.0)
    background = log_place + (0.0 if kind == 0 else math.log(EVEN)) - (math.log(ground.duration_s) if time else 0.0)
    elsewhere = row.place and (kind == 1 or (kind == 0 and row.place != ground.case.flight.origin))
    place = places.index(row.place) if elsewhere else -1
    parameters = Event(kind, place, where, time, moment, sd, log_norm)
    return event, parameters, background, max(2 * where.given + time, 1), words + more


def _moment(ground: Ground, row: Any) -> tuple[float, float, list[wording.Word]]:
    """The time of an event in seconds from the start of the window, its standard deviation, and the words used."""
    told = (row.time - ground.case.window[0]).total_seconds()
    clock = math.hypot(row.time_rounding_s / math.sqrt(12), 2 * CLOCK_SD_S)
    if row.time_hedge not in ("before", "after", "shortly before", "shortly after"):
        return told, clock, []
    word = wording.meaning(row.time_hedge, ground.case.wording)
    sign = -1.0 if row.time_hedge.endswith("before") else 1.0
    return told + sign * word.median, math.hypot(wording.normal(word)[1], 2 * CLOCK_SD_S), [word]


_KINDS: dict[str, Callable[[Ground, Any], tuple]] = {
    "was_at": _ask_fix, "lost_signal": _ask_fix, "flew_at": _ask_fix, "headed": _ask_course, "flew_toward": _ask_course,
    "turned": _ask_turn, "reversed": _ask_turn, "descended": _ask_descent, "climbed": _ask_climb,
    "took_off": _ask_event, "landed": _ask_event, "crashed": _ask_event,
}  # fmt: skip


_ORIGIN = (0.0, 0.0, 0.0)


def _normal_of(latitude: float, longitude: float) -> tuple[float, float, float]:
    lat, lon = math.radians(latitude), math.radians(longitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def _nowhere() -> Where:
    return Where(False, _ORIGIN, _ORIGIN, _ORIGIN, (1.0, 1.0), _ORIGIN, 0.0)


def _where(ground: Ground, row: Any) -> tuple[Where, float, list[wording.Word]]:
    """The place of a claim as a distribution, its background (log per square metre) and the words used."""
    if not _given(row.latitude):
        return _nowhere(), 0.0, []
    middle, along_sd, across_sd, axis, words = _spread(ground, row)
    c, s = math.cos(math.radians(axis)), math.sin(math.radians(axis))
    a, b = 1 / along_sd**2, 1 / across_sd**2
    precision = (a * s * s + b * c * c, (a - b) * s * c, a * c * c + b * s * s)
    log_density = -math.log(2 * math.pi * along_sd * across_sd)
    where = Where(True, _normal_of(*middle), *_tangents(*middle), _radii(middle[0]), precision, log_density)
    return where, -math.log(ground.area_m2), words


def _spread(ground: Ground, row: Any) -> tuple[tuple[float, float], float, float, float, list[wording.Word]]:
    """Middle (latitude, longitude), standard deviations along and across an axis (m), and that axis (degrees)."""
    middle = (row.latitude, row.longitude)
    if row.relation in ("at", "near", "over"):
        word = wording.meaning(row.relation, ground.case.wording)
        sd = math.hypot(word.median / 1.1774 * max(row.place_radius_m, 1_500.0), FIX_SD_M)
        return middle, sd, sd, 0.0, [word]
    if row.relation == "point":
        sd = math.hypot(0.5 * row.place_radius_m, FIX_SD_M)
        return middle, sd, sd, 0.0, []
    return _spread_of(row)


def _spread_of(row: Any) -> tuple[tuple[float, float], float, float, float, list[wording.Word]]:
    """A distance and direction from a place; a direction alone is taken as far as three radii of the place."""
    told = _given(row.distance_m)
    distance = row.distance_m if told else 3.0 * row.place_radius_m
    rounding = row.distance_rounding_m if told else 2.0 * distance
    along = math.sqrt((0.12 * distance) ** 2 + rounding**2 / 12 + (0.5 * row.place_radius_m) ** 2 + FIX_SD_M**2)
    half = row.bearing_half_deg if _given(row.bearing_half_deg) else 180.0
    across = math.hypot(distance * math.sin(math.radians(min(half, 60.0))), 0.5 * row.place_radius_m)
    c, s = math.cos(math.radians(row.bearing_deg)), math.sin(math.radians(row.bearing_deg))
    east_m, north_m = _radii(row.latitude)
    latitude = row.latitude + math.degrees(distance * c / north_m)
    longitude = row.longitude + math.degrees(distance * s / (east_m * math.cos(math.radians(row.latitude))))
    return (latitude, longitude), along, math.hypot(across, FIX_SD_M), row.bearing_deg, []


def _tangents(latitude: float, longitude: float) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Unit vectors east and north at a point."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    east = (-math.sin(lon), math.cos(lon), 0.0)
    return east, (-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat))


def _radii(latitude: float) -> tuple[float, float]:
    root = math.sqrt(1.0 - motion.WGS84_E2 * math.sin(math.radians(latitude)) ** 2)
    return motion.WGS84_A_M / root, motion.WGS84_A_M * (1.0 - motion.WGS84_E2) / root**3


def _height(value: float, rounding: float, datum: str) -> Height:
    if not _given(value):
        return Height(False, 0.0, 1.0, 1)
    step = rounding if _given(rounding) else 0.0
    sd = math.hypot(step / math.sqrt(12), HEIGHT_SD_M)
    return Height(True, value, sd, ("pressure", "sea level", "ground").index(datum))


def _log_peak(height: Height) -> float:
    return -math.log(height.sd_m * math.sqrt(2 * math.pi)) if height.given else 0.0


def _within(ground: Ground, word: str, seconds: float) -> tuple[tuple[float, float], list[wording.Word]]:
    if _given(seconds):
        return (math.log(seconds), 0.3), []
    if not word:
        return (0.0, 0.0), []
    meant = wording.meaning(word, ground.case.wording)
    return wording.lognormal(meant), [meant]


def _when(ground: Ground, row: Any) -> tuple[When, list[wording.Word]]:
    """The moments of a claim: its time, or a part of the flight, or all of it."""
    seconds = np.arange(ground.steps, dtype=float) * motion.STORE_S
    if _given(row.time):
        weights, words = _time_weights(ground, row, seconds)
        return _at(weights), words
    lasting, words = row.lasting_s if _given(row.lasting_s) else 240.0, []
    if row.lasting and not _given(row.lasting_s):
        words = [wording.meaning(row.lasting, ground.case.wording)]
        lasting = words[0].median
    if row.phase == "last":
        end = ground.signal_end_s
        return _at(((seconds >= end - LAST_S) & (seconds <= end)).astype(float)), words
    every = np.ones(ground.steps)
    if row.phase == "first":
        return When(1, every, 0, ground.steps, _ORIGIN, FIRST_S), words
    if row.before or row.after:
        anchor = _normal_of(row.anchor_latitude, row.anchor_longitude)
        span = (-float(lasting), 0.0) if row.before else (0.0, float(lasting))
        return When(2, every, 0, ground.steps, anchor, span), words
    return _at(every), words


def _at(weights: Array) -> When:
    """Absolute moments, by their weights."""
    inside = np.flatnonzero(weights > 0.0)
    first, last = (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 1)
    return When(0, weights, first, last, _ORIGIN, (0.0, 0.0))


def _time_weights(ground: Ground, row: Any, seconds: Array) -> tuple[Array, list[wording.Word]]:
    """How much each moment may be meant, the likeliest one 1; "after" a time: evenly until the signal ended."""
    told = (row.time - ground.case.window[0]).total_seconds()
    if row.time_hedge == "before":
        return (seconds <= told).astype(float), []
    if row.time_hedge == "after":
        return ((seconds >= told) & (seconds <= max(ground.signal_end_s, told))).astype(float), []
    if row.time_hedge in ("shortly before", "shortly after"):
        word = wording.meaning(row.time_hedge, ground.case.wording)
        mu, sigma = wording.lognormal(word)
        lag = (told - seconds) if row.time_hedge.endswith("before") else (seconds - told)
        inside = np.log(np.maximum(lag, 1.0))
        return np.where(lag > 0, np.exp(-0.5 * ((inside - mu) / sigma) ** 2), 0.0), [word]
    words = [wording.meaning(row.time_hedge, ground.case.wording)] if row.time_hedge else []
    widen = 1.0 + (words[0].median if words else 0.0)
    sd = math.hypot(widen * row.time_rounding_s / math.sqrt(12), CLOCK_SD_S)
    weights = np.exp(-0.5 * ((seconds - told) / sd) ** 2)
    return np.where(weights > 1e-6, weights, 0.0), words


# ---------------------------------------------------------------------------------------------------------------
# putting claims to paths, and weighing them by the trust in their origins
# ---------------------------------------------------------------------------------------------------------------


def evaluate(flown: motion.Flown, scene: motion.Scene, asked: tuple[Asked, ...]) -> tuple[Array, Array]:
    """Put claims to paths.

    Returns
    -------
    log_likelihood, fit : arrays, shape (paths, claims)
        See the module's head. A denied claim has likelihood ``1 - fit``.
    """
    n = len(flown.take_off_s)
    result = np.zeros((2, n, len(asked)))
    for j, claim in enumerate(asked):
        out = np.zeros((n, 2))
        claim.function(flown, scene, claim.parameters, out)
        if claim.denied:
            out[:, 1] = 1.0 - out[:, 1]
            out[:, 0] = np.log(np.maximum(out[:, 1], 1e-300))
        result[:, :, j] = out.T
    return result[0], result[1]


#: half of the 95 % point of chi-squared by degrees of freedom
_CHI2_HALF = (0.0, 1.9207, 2.9957, 3.9074, 4.7439, 5.5353, 6.2958, 7.0336)


def satisfied(fit: Array, asked: tuple[Asked, ...]) -> NDArray[np.bool_]:
    """Which paths satisfy which claims: inside the 95 % region of what the words were taken to mean."""
    bound = np.exp([-_CHI2_HALF[min(claim.dimensions, 7)] for claim in asked])
    return fit >= bound


def chain(origins: Mapping[str, Origin], origin: str) -> tuple[str, ...]:
    """An origin and those it leans on, nearest first."""
    names: list[str] = []
    while origin and origin not in names:
        names.append(origin)
        origin = origins[origin].via or "" if origin in origins else ""
    return tuple(names)


def groups(case: Case, hypothesis: Hypothesis, claims: pd.DataFrame) -> Groups:
    """Sort claims by the hypothesis's rules of trust: the last rule that matches holds.

    Raises
    ------
    InputError
        If no rule matches a claim's origin.
    """
    keys = [_key(case, hypothesis, row) for row in claims.itertuples(index=False)]
    names = sorted(set(keys))
    of_claim = np.array([names.index(key) for key in keys], dtype=np.int64)
    trust = np.array([hypothesis.trust[int(key.split(":")[0])].trust for key in names])
    background = np.array([claim.log_background for claim in ask(case, claims)])
    log_false = np.array([background[of_claim == number].sum() for number in range(len(names))])
    return Groups(of_claim, trust, tuple(names), log_false, background, np.zeros(len(names)))


def signals(case: Case, groups: Groups, claims: pd.DataFrame) -> dict[int, tuple[str, ...]]:
    """The groups whose claims were read off one signal: their numbers and the ids of their claims.

    A false signal shows a track all the same, and those who read it agree about that track. If such a group is false,
    its claims are therefore not so many separate inventions; their density is that of a track which is not the
    aircraft's (`trackkit.reconstruct` draws it from the open hypothesis), and never less than that of inventions.
    """
    rooted = claims["origin"].map(lambda name: _is_signal(case, name)).to_numpy(bool)
    found = {}
    for number in range(len(groups.trust)):
        members = groups.of_claim == number
        if members.sum() > 1 and rooted[members].all():
            found[number] = tuple(claims["id"].to_numpy()[members])
    return found


def _is_signal(case: Case, origin: str) -> bool:
    return any(case.origins[name].kind == "sensor" for name in chain(case.origins, origin) if name in case.origins)


def rule(case: Case, hypothesis: Hypothesis, row: Any) -> TrustRule:
    """The rule of trust that holds for a claim: the last one that matches it.

    Raises
    ------
    InputError
        If none does.
    """
    return hypothesis.trust[_matching(case, hypothesis, row)]


def _key(case: Case, hypothesis: Hypothesis, row: Any) -> str:
    """What tells groups apart: the rule, and the origin that it is about."""
    number = _matching(case, hypothesis, row)
    origin = hypothesis.trust[number].origin
    return f"{number:03d}:{row.origin if origin == '*' else origin}"


def _matching(case: Case, hypothesis: Hypothesis, row: Any) -> int:
    line = ("*", *chain(case.origins, row.origin))
    for number, one in reversed(list(enumerate(hypothesis.trust))):
        if one.origin in line and (one.start is None or _from(row, one.start)):
            return number
    raise InputError("no rule of trust for this origin", row.origin, "an origin, or * for all", row=hypothesis.id)


def _from(row: Any, start: pd.Timestamp) -> bool:
    """Whether a claim is about the time from `start` on."""
    if _given(row.time):
        return bool(row.time >= start)
    return row.phase == "last" or row.says == "lost_signal"


def weigh(
    log_likelihood: Array, asked: tuple[Asked, ...], groups: Groups, slip: float = SLIP, beta: float = 1.0,
    doubt: float = 0.0,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Weigh claims by trust.

    For each group g of claims with trust r, the log of

        r prod_c ((1 - e) L_c^b + e B_c^b) + d (1 - r) F_g

    with e the probability of a slip in a single claim and F_g the density of the group if its origin is false; groups
    add up. For the evidence itself the inverse temperature b and the factor d (`doubt` is its logarithm) are 1;
    `trackkit.sampler` says what other values are for.

    Returns
    -------
    total : array, shape (paths,)
        The log-likelihood of all claims.
    right : array, shape (paths, groups)
        The probability that each group is right, given the path.
    sound : array, shape (paths, claims)
        The probability that each claim did not slip, given the path and that its group is right.
    """
    background = beta * np.array([claim.log_background for claim in asked])
    good = math.log1p(-slip) + beta * log_likelihood
    either = np.logaddexp(good, (math.log(slip) if slip > 0.0 else -math.inf) + background)
    total, right = np.zeros(len(log_likelihood)), np.zeros((len(log_likelihood), len(groups.trust)))
    for number, trust in enumerate(groups.trust):
        members = groups.of_claim == number
        with np.errstate(divide="ignore"):
            true = np.log(trust) + either[:, members].sum(axis=1)
            false = np.log1p(-trust) + groups.log_false[number] + (doubt if trust > 0.0 else 0.0)
        both = np.logaddexp(true, false)
        total += both
        right[:, number] = np.exp(true - both)
    return total, right, np.exp(good - either)


def explained(log_likelihood: Array, asked: tuple[Asked, ...], groups: Groups) -> Array:
    """The probability that each claim is right, neither slipped nor of a false origin; shape (paths, claims)."""
    _, right, sound = weigh(log_likelihood, asked, groups)
    return right[:, groups.of_claim] * sound
