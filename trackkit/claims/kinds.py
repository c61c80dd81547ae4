"""The kinds of claim: one compiled function each, paths in, log-likelihood and fit per path out."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trackkit import motion

Array = NDArray[np.float64]
#: one claim's number, truth, triple or weights; or an array with those of many claims along its first axis
Each = Any

HEIGHT_RANGE_M = 13_000.0
NEVER = -690.0
HALF_TURN_STEPS, MINUTE_STEPS = int(90.0 / motion.STORE_S), int(60.0 / motion.STORE_S)
#: a squared distance beyond all others
HUGE = 1e9

# Nothing is allocated in here, and counting the users of every array would cost more than asking does: `_nrt=False`.
# No not-a-number is made in here, so that the least of a row may be found in lanes: `fastmath`.
_OPTIONS: Any = MappingProxyType({
    "nogil": True, "cache": True, "error_model": "numpy", "fastmath": {"nnan", "nsz"}, "_nrt": False,
})  # fmt: skip
_compiled = njit(**_OPTIONS)
_inlined = njit(**_OPTIONS, forceinline=True)

# ---------------------------------------------------------------------------------------------------------------
# where, when, how high: the parts that claims share
# ---------------------------------------------------------------------------------------------------------------


# A claim is made ready with plain numbers in these fields; `stack` puts the claims of a kind together, so that one
# compiled loop asks all of them of a path while it is at hand.


class Where(NamedTuple):
    """Places as two-dimensional normal distributions in their own tangent planes, or no place at all.

    `up`, `east`, `north` are unit vectors at the middle; `radii` the radii of curvature (m) eastward and northward;
    `precision` the inverse covariance (xx, xy, yy; per square metre).
    """

    given: Each
    up: Each
    east: Each
    north: Each
    radii: Each
    precision: Each
    log_density: Each


class When(NamedTuple):
    """The moments that claims may mean: weights over the stored steps, or a part of each path.

    `part` is 0 for absolute weights (zero outside `first` to `last`, `whole` their sum), 1 for the first minutes after
    take-off, 2 for the minutes about the closest approach to `anchor` (a unit normal); `span_s` is their reach.
    """

    part: Each
    weights: Each
    first: Each
    last: Each
    whole: Each
    anchor: Each
    span_s: Each


class Height(NamedTuple):
    """Heights: value, standard deviation and datum (0 pressure, 1 sea level, 2 ground)."""

    given: Each
    value_m: Each
    sd_m: Each
    datum: Each


class Aid(NamedTuple):
    """What several claims need of the same paths.

    The stored steps in flight (first and past the last), and the cosine and sine of the track, shape (paths, time).
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    cos: NDArray[np.float32]
    sin: NDArray[np.float32]


def aid(flown: motion.Flown) -> Aid:
    """Look at paths once for all claims."""
    n, steps = flown.x.shape
    made = Aid(
        np.zeros(n, np.int64), np.zeros(n, np.int64), np.empty((n, steps), np.float32), np.empty((n, steps), np.float32)
    )
    _look(flown, made.first, made.last, made.cos, made.sin)
    return made


@_compiled
def _look(flown: motion.Flown, first: NDArray, last: NDArray, cos: NDArray, sin: NDArray) -> None:
    steps = flown.x.shape[1]
    for i in range(len(first)):
        phase, track = flown.phase[i], flown.track_deg[i]
        a, b = 0, steps
        while a < steps and not _flies(phase[a]):
            a += 1
        while b > a and not _flies(phase[b - 1]):
            b -= 1
        first[i], last[i] = a, b
        for k in range(a, b):
            cos[i, k], sin[i, k] = _cos_sin(track[k])


@_inlined
def _cos_sin(degrees: float) -> tuple[float, float]:
    """Cosine and sine of an angle between 0 and 360 degrees by their series about 180 degrees (error below 1e-6)."""
    u = math.radians(degrees) - math.pi
    q = u * u
    s, c = 1.0, 1.0
    for k in range(8, 0, -1):
        s = 1.0 - q / ((2 * k) * (2 * k + 1)) * s
        c = 1.0 - q / ((2 * k - 1) * (2 * k)) * c
    return -c, -u * s


@_inlined
def _off(where: Where, j: int, x: NDArray, y: NDArray, z: NDArray, off: Array) -> None:
    """Add the squared distances from the middle in standard deviations; large on the far side of the earth."""
    ux, uy, uz = where.up[j]
    ex, ey, ez = where.east[j]
    nx, ny, nz = where.north[j]
    ea, no = where.radii[j]
    pxx, pxy, pyy = where.precision[j]
    for k in range(len(x)):
        east = (x[k] * ex + y[k] * ey + z[k] * ez) * ea
        north = (x[k] * nx + y[k] * ny + z[k] * nz) * no
        up = x[k] * ux + y[k] * uy + z[k] * uz
        off[k] += (east * east * pxx + 2.0 * east * north * pxy + north * north * pyy) if up >= 0.5 else HUGE


@_inlined
def _off_one(where: Where, j: int, x: float, y: float, z: float) -> float:
    """The same for one point."""
    if x * where.up[j, 0] + y * where.up[j, 1] + z * where.up[j, 2] < 0.5:
        return HUGE
    east = (x * where.east[j, 0] + y * where.east[j, 1] + z * where.east[j, 2]) * where.radii[j, 0]
    north = (x * where.north[j, 0] + y * where.north[j, 1] + z * where.north[j, 2]) * where.radii[j, 1]
    p = where.precision[j]
    return east * east * p[0] + 2.0 * east * north * p[1] + north * north * p[2]


@_inlined
def _lift(
    flown: motion.Flown, scene: motion.Scene, i: int, datum: int, first: int, last: int, lift: Array
) -> None:
    """What to take off the path's heights above sea level to have them above the claim's datum (m), from `first` on."""
    lift[:] = flown.qnh_offset_m[i] if datum == 0 else 0.0
    if datum == 2:
        x, y, z = flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last]
        for k in range(len(x)):
            lift[k] = motion._ground(scene.terrain_m, scene.terrain_box, x[k], y[k], z[k])


@_inlined
def _flies(phase: int) -> bool:
    return motion.ROUTE <= phase <= motion.FALLING and phase != motion.LANDED


@_inlined
def _nearest_s(flown: motion.Flown, aid: Aid, i: int, anchor: Array) -> float:
    """When a path is nearest to a point (s), by the parabola through the three nearest stored points."""
    first, last = aid.first[i], aid.last[i]
    x, y, z = flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last]
    ax, ay, az = anchor
    least, at = HUGE, 0
    for k in range(len(x)):
        square = (x[k] - ax) ** 2 + (y[k] - ay) ** 2 + (z[k] - az) ** 2
        at = k if square < least else at
        least = min(least, square)
    share = 0.0
    if 0 < at < len(x) - 1:
        before = (x[at - 1] - ax) ** 2 + (y[at - 1] - ay) ** 2 + (z[at - 1] - az) ** 2
        after = (x[at + 1] - ax) ** 2 + (y[at + 1] - ay) ** 2 + (z[at + 1] - az) ** 2
        share = 0.5 * (before - after) / max(before - 2.0 * least + after, 1e-30)
    return (first + at + share) * motion.STORE_S


@_inlined
def _moments(when: When, j: int, flown: motion.Flown, aid: Aid, i: int, weights: Array) -> tuple[int, int, float]:
    """The steps in flight that a claim may mean (first, past the last), their weights, and the weight of all it means.

    A stored step stands for the time half a step either way: at the ends of a part of the path it counts by its share.
    """
    first, last, whole, steps = when.first[j], when.last[j], when.whole[j], flown.x.shape[1]
    low, high = -1.0, float(steps)
    if when.part[j] != 0:
        middle = flown.take_off_s[i] if when.part[j] == 1 else _nearest_s(flown, aid, i, when.anchor[j])
        low = min(max((middle + when.span_s[j, 0]) / motion.STORE_S, -0.5), steps - 1.0)
        high = min(max((middle + when.span_s[j, 1]) / motion.STORE_S, low + 0.5), steps - 0.5)
        first, last, whole = int(low + 0.5), int(high + 0.5) + 1, high - low
    first, last = max(first, aid.first[i]), max(min(last, aid.last[i]), aid.first[i])
    given = when.weights[j, first:last]
    for k in range(len(given)):
        share = min(first + k + 0.5, high) - max(first + k - 0.5, low)
        weights[k] = given[k] * min(max(share, 0.0), 1.0)
    return first, last, whole


@_inlined
def _log(value: float) -> float:
    return math.log(max(value, 1e-300))


@_inlined
def _cdf(x: float) -> float:
    return 0.5 * math.erfc(-x * 0.7071067811865476)


@_inlined
def _bells(weights: Array, off: Array, count: int, least: float) -> float:
    """Sum of w exp(-(off - least) / 2), with exp(x) as the 256th power of a short series (error below 1e-6).

    `off` is used up; a moment whose squared distance is 120 or more beyond the least adds nothing that counts.
    """
    for k in range(count):
        x = max(-0.5 * (off[k] - least), -60.0) / 256.0
        e = 1.0 + x * (1.0 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x / 5040))))))
        for _ in range(8):
            e *= e
        off[k] = weights[k] * e
    total = 0.0
    for k in range(count):
        total += off[k]
    return total


@_inlined
def _arc(s: float, c: float) -> float:
    """The angle (radians) of a sine and cosine; error below 3e-6 (a minimax polynomial of the arc tangent)."""
    a, b = abs(s), abs(c)
    t = min(a, b) / max(max(a, b), 1e-30)
    q = t * t
    r = t * (0.99997726 + q * (-0.33262347 + q * (0.19354346 + q * (-0.11643287 + q * (0.05265332 - q * 0.01172120)))))
    r = 1.5707963267948966 - r if a > b else r
    r = 3.141592653589793 - r if c < 0.0 else r
    return -r if s < 0.0 else r


# ---------------------------------------------------------------------------------------------------------------
# the kinds
# ---------------------------------------------------------------------------------------------------------------


class Fix(NamedTuple):
    """`was_at`, `lost_signal`, `flew_at`: a place, a height and a speed, as far as given, at one moment."""

    where: Where
    when: When
    height: Height
    speed_given: Each
    speed_mps: Each
    speed_sd_mps: Each
    log_norm: Each


@_inlined
def _miss(
    asked: Fix, j: int, flown: motion.Flown, scene: motion.Scene, i: int, first: int, last: int, lift: Array,
    off: Array,
) -> None:  # fmt: skip
    """Squared distances from what a fix says, in standard deviations, from `first` on."""
    off[:] = 0.0
    if asked.where.given[j]:
        _off(asked.where, j, flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last], off)
    if asked.height.given[j]:
        _lift(flown, scene, i, asked.height.datum[j], first, last, lift)
        altitude, value, sd = flown.altitude_m[i, first:last], asked.height.value_m[j], asked.height.sd_m[j]
        for k in range(len(altitude)):
            off[k] += ((altitude[k] - lift[k] - value) / sd) ** 2
    if asked.speed_given[j]:
        speed, value, sd = flown.groundspeed_mps[i, first:last], asked.speed_mps[j], asked.speed_sd_mps[j]
        for k in range(len(speed)):
            off[k] += ((speed[k] - value) / sd) ** 2


@_inlined
def _fix(
    flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Fix, i: int, j: int, off: Array, lift: Array,
    weights: Array,
) -> tuple[float, float]:  # fmt: skip
    first, last, weight = _moments(asked.when, j, flown, aid, i, weights)
    _miss(asked, j, flown, scene, i, first, last, lift, off)
    least, best = HUGE, HUGE
    for k in range(last - first):
        least = min(least, off[k])
        best = min(best, off[k] if weights[k] > 0.1 else HUGE)
    total = _bells(weights, off, last - first, least)
    log_likelihood = max(_log(total / max(weight, 1e-12)) - 0.5 * least, NEVER) + asked.log_norm[j]
    return log_likelihood, math.exp(-0.5 * best)


@_compiled
def fix(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Fix, out: Array, work: Array) -> None:
    """L = average over the moments of N(place) N(height) N(speed); a moment on the ground adds nothing."""
    off, lift, weights = work[0], work[1], work[2]
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _fix(flown, scene, aid, asked, i, j, off, lift, weights)


class Course(NamedTuple):
    """`headed`, `flew_toward`: a direction flown, fixed or that of a place."""

    when: When
    to_place: Each
    place: Each
    heading_deg: Each
    sd_deg: Each
    log_norm: Each


@_inlined
def _off_course(
    asked: Course, j: int, x: NDArray, y: NDArray, z: NDArray, cos: NDArray, sin: NDArray, c: Array, s: Array
) -> None:
    """Cosine and sine of the angle between the track and the direction asked for."""
    px, py, pz = asked.place[j]
    aim_c, aim_s = math.cos(math.radians(asked.heading_deg[j])), math.sin(math.radians(asked.heading_deg[j]))
    for k in range(len(x)):
        cn, se = aim_c, aim_s
        if asked.to_place[j]:
            cn = (x[k] * x[k] + y[k] * y[k]) * pz - z[k] * (x[k] * px + y[k] * py)
            se = x[k] * py - y[k] * px
            root = 1.0 / math.sqrt(cn * cn + se * se + 1e-30)
            cn, se = cn * root, se * root
        c[k], s[k] = cos[k] * cn + sin[k] * se, sin[k] * cn - cos[k] * se


@_inlined
def _course(
    flown: motion.Flown, aid: Aid, asked: Course, i: int, j: int, c: Array, s: Array, weights: Array
) -> tuple[float, float]:
    first, last, weight = _moments(asked.when, j, flown, aid, i, weights)
    x, y, z = flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last]
    _off_course(asked, j, x, y, z, aid.cos[i, first:last], aid.sin[i, first:last], c, s)
    best, mean_c, mean_s = -1.0, 0.0, 0.0
    sd = math.radians(asked.sd_deg[j])
    for k in range(last - first):
        mean_c += weights[k] * c[k]
        mean_s += weights[k] * s[k]
        best = max(best, c[k])
    least = (math.acos(min(best, 1.0)) / sd) ** 2
    for k in range(last - first):
        s[k] = (_arc(s[k], c[k]) / sd) ** 2
    total = _bells(weights, s, last - first, least)
    mean = math.atan2(mean_s, mean_c) / sd if last > first else math.pi / sd
    log_likelihood = max(_log(total / max(weight, 1e-12)) - 0.5 * least, NEVER) + asked.log_norm[j]
    return log_likelihood, math.exp(-0.5 * mean * mean)


@_compiled
def course(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Course, out: Array, work: Array) -> None:
    """L = average over the moments of the wrapped normal density of the track about the direction."""
    c, s, weights = work[0], work[1], work[2]
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _course(flown, aid, asked, i, j, c, s, weights)


class Turn(NamedTuple):
    """`turned`, `reversed`: a change of track within three minutes, at a place where one is given."""

    where: Where
    when: When
    size_deg: Each
    sd_deg: Each
    two_sided: Each
    side: Each
    log_norm: Each


@_inlined
def _turns(turned: NDArray, side: float, first: int, last: int, size: Array) -> None:
    """What was turned (degrees) within a minute and a half either way of each moment, to the side asked for."""
    end = len(turned) - 1
    for k in range(last - first):
        change = turned[min(first + k + HALF_TURN_STEPS, end)] - turned[max(first + k - HALF_TURN_STEPS, 0)]
        size[k] = abs(change) if side == 0.0 else max(side * change, 0.0)


@_inlined
def _turned_where(weights: Array, size: Array, off: Array, count: int) -> tuple[float, float]:
    """Log of the density of the place, averaged over the turning, and the nearest squared distance while turning."""
    best, amount, total = HUGE, 0.0, 0.0
    for k in range(count):
        if weights[k] > 0.0 and size[k] > 15.0:
            best = min(best, off[k])
    for k in range(count):
        share = weights[k] * max(size[k] - 15.0, 0.0) ** 2
        amount += share
        if share > 0.0 and off[k] < best + 60.0:
            total += share * math.exp(-0.5 * (off[k] - best))
    return max(_log(total / max(amount, 1e-12)) - 0.5 * best, NEVER), best


@_inlined
def _turn(
    flown: motion.Flown, aid: Aid, asked: Turn, i: int, j: int, size: Array, off: Array, weights: Array
) -> tuple[float, float]:
    first, last, _ = _moments(asked.when, j, flown, aid, i, weights)
    largest, place, best = 0.0, 0.0, 0.0
    _turns(flown.turned_deg[i], asked.side[j], first, last, size)
    for k in range(last - first):
        largest = max(largest, weights[k] * size[k])
    if asked.where.given[j]:
        off[:] = 0.0
        _off(asked.where, j, flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last], off)
        place, best = _turned_where(weights, size, off, last - first)
    gap = (largest - asked.size_deg[j]) / asked.sd_deg[j]
    word = -0.5 * gap * gap if asked.two_sided[j] else _log(_cdf(gap))
    return word + place + asked.log_norm[j], math.exp(word - 0.5 * best)


@_compiled
def turn(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Turn, out: Array, work: Array) -> None:
    """L = P(the word | largest turn) times the density of the place, averaged over the turning.

    A turn's size at a moment is what was turned within a minute and a half either way.
    """
    size, off, weights = work[0], work[1], work[2]
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _turn(flown, aid, asked, i, j, size, off, weights)


class Descent(NamedTuple):
    """`descended`: from a height to a height in a time, or at a rate, or in a manner, as far as given."""

    where: Where
    when: When
    start: Height
    end: Height
    log_within: Each
    rate: Each
    manner: Each
    log_norm: Each


@_inlined
def _fastest(altitude: NDArray[np.float32]) -> float:
    """The largest loss of height a second (m/s) over one minute."""
    best = 0.0
    for k in range(len(altitude) - MINUTE_STEPS):
        best = max(best, altitude[k] - altitude[k + MINUTE_STEPS])
    return best / 60.0


@_inlined
def _leg_down(altitude: NDArray[np.float32], lift: Array, asked: Descent, j: int) -> tuple[float, float, float, float]:
    """Where the descent starts and ends, in steps, and the heights there.

    It starts where the path is last at or above the first height, or at its highest, and ends where it then first is
    at or below the second, or at its lowest; between two stored heights in a straight line.
    """
    given, value, begin, top = asked.start.given[j], asked.start.value_m[j], 0, -HUGE
    for k in range(len(altitude)):
        height = altitude[k] - lift[k]
        begin = k if height > top or (given and height >= value) else begin
        top = max(top, height)
    start, first = float(begin), altitude[begin] - lift[begin]
    if given and first >= value and begin + 1 < len(altitude):
        start += (first - value) / max(first - altitude[begin + 1] + lift[begin + 1], 1e-3)
        first = value
    value = asked.end.value_m[j] if asked.end.given[j] else -HUGE
    low, low_at = first, start
    for k in range(begin + 1, len(altitude)):
        height = altitude[k] - lift[k]
        if height <= value:
            before = altitude[k - 1] - lift[k - 1]
            return start, first, max(k - (value - height) / max(before - height, 1e-3), start), min(value, first)
        if height < low:
            low, low_at = height, float(k)
    return start, first, low_at, low


@_inlined
def _lost(altitude: NDArray[np.float32], lift: Array, asked: Descent, j: int) -> tuple[float, int]:
    """Squared distance from the heights and the time that a descent gives, and the step where it starts."""
    start, first, end, low = _leg_down(altitude, lift, asked, j)
    off = 0.0
    if asked.start.given[j]:
        off += ((first - asked.start.value_m[j]) / asked.start.sd_m[j]) ** 2
    if asked.end.given[j]:
        off += ((low - asked.end.value_m[j]) / asked.end.sd_m[j]) ** 2
    if asked.log_within[j, 1] > 0.0:
        spent = max((end - start) * motion.STORE_S, 5.0)
        off += ((math.log(spent) - asked.log_within[j, 0]) / asked.log_within[j, 1]) ** 2
    return off, min(int(start + 0.5), len(altitude) - 1)


@_inlined
def _descent(
    flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Descent, i: int, j: int, lift: Array, weights: Array
) -> tuple[float, float]:
    first, last, _ = _moments(asked.when, j, flown, aid, i, weights)
    if last <= first:
        return NEVER + asked.log_norm[j], 0.0
    datum = asked.start.datum[j] if asked.start.given[j] else asked.end.datum[j]
    _lift(flown, scene, i, datum, first, last, lift)
    off, begin = _lost(flown.altitude_m[i, first:last], lift, asked, j)
    if asked.where.given[j]:
        at = first + begin
        off += _off_one(asked.where, j, flown.x[i, at], flown.y[i, at], flown.z[i, at])
    fastest, extra = _fastest(flown.altitude_m[i, first : last + MINUTE_STEPS]), 0.0
    if asked.rate[j, 1] > 0.0:
        off += ((fastest - asked.rate[j, 0]) / asked.rate[j, 1]) ** 2
    if asked.manner[j, 1] > 0.0:
        extra = _log(_cdf((fastest - asked.manner[j, 0]) / asked.manner[j, 1]))
    return -0.5 * off + extra + asked.log_norm[j], math.exp(-0.5 * off + extra)


@_compiled
def descent(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Descent, out: Array, work: Array) -> None:
    """L = N(first height) N(second height) x lognormal(time between) x N(rate) x P(the manner | rate) x N(place)."""
    lift, weights = work[0], work[1]
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _descent(flown, scene, aid, asked, i, j, lift, weights)


class Climb(NamedTuple):
    """`climbed`, where the height is called the highest of the flight: at a time or not."""

    when: When
    height: Height
    log_norm: Each


@_inlined
def _climb(
    flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Climb, i: int, j: int, lift: Array, weights: Array
) -> tuple[float, float]:
    first, last, weight = _moments(asked.when, j, flown, aid, i, weights)
    a, b, sd = aid.first[i], aid.last[i], asked.height.sd_m[j]
    altitude = flown.altitude_m[i, a:b]
    _lift(flown, scene, i, asked.height.datum[j], a, b, lift)
    top, near = 0.0, 0.0
    for k in range(len(altitude)):
        top = max(top, altitude[k] - lift[k])
    for k in range(last - first):
        gap = (altitude[first - a + k] - lift[first - a + k] - top) / (3.0 * sd)
        if abs(gap) < 12.0:
            near += weights[k] * math.exp(-0.5 * gap * gap)
    off, share = ((top - asked.height.value_m[j]) / sd) ** 2, near / max(weight, 1e-12)
    return -0.5 * off + _log(share) + asked.log_norm[j], math.exp(-0.5 * off) * share


@_compiled
def climb(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Climb, out: Array, work: Array) -> None:
    """L = N(height | highest reached) times the share of the moments spent near that highest height."""
    lift, weights = work[0], work[1]
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _climb(flown, scene, aid, asked, i, j, lift, weights)


class Event(NamedTuple):
    """`took_off`, `landed`, `crashed`: a beginning or an end, with its time and place as far as given."""

    kind: Each
    place: Each
    where: Where
    time_given: Each
    time_s: Each
    sd_s: Each
    log_norm: Each


@_inlined
def _event(flown: motion.Flown, asked: Event, i: int, j: int) -> tuple[float, float]:
    last, kind, place = flown.x.shape[1] - 1, asked.kind[j], asked.place[j]
    moment, happened = flown.take_off_s[i], place < 0
    if kind == 1:
        moment = flown.end_s[i]
        happened = flown.ending[i] == motion.SAFE and (place < 0 or flown.place[i] == place)
    elif kind == 2:
        moment = flown.end_s[i]
        happened = flown.ending[i] == motion.CRASHED or flown.ending[i] == motion.STRUCK
    if not happened:
        return NEVER, 0.0
    off = ((moment - asked.time_s[j]) / asked.sd_s[j]) ** 2 if asked.time_given[j] else 0.0
    if asked.where.given[j]:
        off += _off_one(asked.where, j, flown.x[i, last], flown.y[i, last], flown.z[i, last])
    return -0.5 * off + asked.log_norm[j], math.exp(-0.5 * off)


@_compiled
def event(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Event, out: Array, work: Array) -> None:
    """L = 1 if it happened so, else 0; times N(time) and N(place) where given."""
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _event(flown, asked, i, j)


def stack(claims: list[Any]) -> Any:
    """The parameters of several claims of one kind as one, each field an array with a first axis for the claims."""
    first = claims[0]
    if hasattr(first, "_fields"):
        return type(first)(*(stack(list(part)) for part in zip(*claims, strict=True)))
    kind = bool if isinstance(first, bool | np.bool_) else np.int64 if isinstance(first, int | np.int64) else float
    return np.ascontiguousarray(claims, dtype=kind)
