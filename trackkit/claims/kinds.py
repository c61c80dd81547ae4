"""The kinds of claim: one compiled function each, paths in, log-likelihood and fit per path out."""

from __future__ import annotations

import math
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
STEP_DOWN_M = 10.0 * motion.STORE_S
HALF_TURN_STEPS, MINUTE_STEPS = int(90.0 / motion.STORE_S), int(60.0 / motion.STORE_S)
#: a squared distance beyond all others; how much farther than the best moment one must be to add nothing
HUGE, FARTHER = 1e9, 60.0

_FREE = {"nnan", "nsz"}  # no not-a-numbers are made here: least and greatest of a row may then be found in lanes
_compiled = njit(nogil=True, cache=True, error_model="numpy", fastmath=_FREE)
_inlined = njit(nogil=True, cache=True, error_model="numpy", fastmath=_FREE, forceinline=True)

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


@_compiled
def aid(flown: motion.Flown) -> Aid:
    """Look at paths once for all claims."""
    n, steps = flown.x.shape
    first, last = np.zeros(n, np.int64), np.zeros(n, np.int64)
    cos, sin = np.zeros((n, steps), np.float32), np.zeros((n, steps), np.float32)
    for i in range(n):
        phase, track = flown.phase[i], flown.track_deg[i]
        a, b = 0, steps
        while a < steps and not _flies(phase[a]):
            a += 1
        while b > a and not _flies(phase[b - 1]):
            b -= 1
        first[i], last[i] = a, b
        for k in range(a, b):
            cos[i, k], sin[i, k] = _cos_sin(track[k])
    return Aid(first, last, cos, sin)


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
def _span(when: When, j: int, flown: motion.Flown, aid: Aid, i: int) -> tuple[int, int]:
    """First and past-the-last stored step that a claim may mean."""
    if when.part[j] == 0:
        return when.first[j], when.last[j]
    middle = flown.take_off_s[i]
    if when.part[j] == 2:
        a, b = aid.first[i], aid.last[i]
        x, y, z = flown.x[i, a:b], flown.y[i, a:b], flown.z[i, a:b]
        ax, ay, az = when.anchor[j]
        nearest, at = -2.0, -1
        for k in range(len(x)):
            near = x[k] * ax + y[k] * ay + z[k] * az
            at = k if near > nearest else at
            nearest = max(nearest, near)
        middle = (a + at) * motion.STORE_S if at >= 0 else middle
    first = math.ceil((middle + when.span_s[j, 0]) / motion.STORE_S)
    last = math.floor((middle + when.span_s[j, 1]) / motion.STORE_S) + 1
    steps = flown.x.shape[1]
    first = min(max(first, 0), steps - 1)
    return first, min(max(last, first + 1), steps)


@_inlined
def _log(value: float) -> float:
    return math.log(max(value, 1e-300))


@_inlined
def _cdf(x: float) -> float:
    return 0.5 * math.erfc(-x * 0.7071067811865476)


@_inlined
def _bells(weights: Array, off: Array, least: float) -> float:
    """Sum of w exp(-(off - least) / 2), with exp(x) as the 256th power of a short series (error below 1e-6).

    `off` is used up; a moment whose squared distance is 120 or more beyond the least adds nothing that counts.
    """
    for k in range(len(weights)):
        x = max(-0.5 * (off[k] - least), -60.0) / 256.0
        e = 1.0 + x * (1.0 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x / 5040))))))
        for _ in range(8):
            e *= e
        off[k] = weights[k] * e
    total = 0.0
    for k in range(len(weights)):
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
    flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Fix, i: int, j: int, off: Array, lift: Array
) -> tuple[float, float]:
    first, last = _span(asked.when, j, flown, aid, i)
    weight = asked.when.whole[j] if asked.when.part[j] == 0 else float(last - first)
    first, last = max(first, aid.first[i]), min(last, aid.last[i])
    _miss(asked, j, flown, scene, i, first, last, lift, off)
    weights, least, best = asked.when.weights[j, first:last], HUGE, HUGE
    for k in range(len(weights)):
        least = min(least, off[k])
        best = min(best, off[k] if weights[k] > 0.1 else HUGE)
    total = _bells(weights, off, least)
    log_likelihood = max(_log(total / max(weight, 1e-12)) - 0.5 * least, NEVER) + asked.log_norm[j]
    return log_likelihood, math.exp(-0.5 * best)


@_compiled
def fix(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Fix, out: Array) -> None:
    """L = average over the moments of N(place) N(height) N(speed); a moment on the ground adds nothing."""
    off, lift = np.zeros(flown.x.shape[1]), np.zeros(flown.x.shape[1])
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _fix(flown, scene, aid, asked, i, j, off, lift)


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
def _course(flown: motion.Flown, aid: Aid, asked: Course, i: int, j: int, c: Array, s: Array) -> tuple[float, float]:
    first, last = _span(asked.when, j, flown, aid, i)
    weight = asked.when.whole[j] if asked.when.part[j] == 0 else float(last - first)
    first, last = max(first, aid.first[i]), min(last, aid.last[i])
    x, y, z = flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last]
    _off_course(asked, j, x, y, z, aid.cos[i, first:last], aid.sin[i, first:last], c, s)
    weights, best, mean_c, mean_s = asked.when.weights[j, first:last], -1.0, 0.0, 0.0
    sd = math.radians(asked.sd_deg[j])
    for k in range(len(weights)):
        mean_c += weights[k] * c[k]
        mean_s += weights[k] * s[k]
        best = max(best, c[k])
    least = (math.acos(min(best, 1.0)) / sd) ** 2
    for k in range(len(weights)):
        s[k] = (_arc(s[k], c[k]) / sd) ** 2
    total = _bells(weights, s, least)
    mean = math.atan2(mean_s, mean_c) / sd if len(weights) > 0 else math.pi / sd
    log_likelihood = max(_log(total / max(weight, 1e-12)) - 0.5 * least, NEVER) + asked.log_norm[j]
    return log_likelihood, math.exp(-0.5 * mean * mean)


@_compiled
def course(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Course, out: Array) -> None:
    """L = average over the moments of the wrapped normal density of the track about the direction."""
    c, s = np.zeros(flown.x.shape[1]), np.zeros(flown.x.shape[1])
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _course(flown, aid, asked, i, j, c, s)


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
def _turned_where(weights: Array, size: Array, off: Array) -> tuple[float, float]:
    """Log of the density of the place, averaged over the turning, and the nearest squared distance while turning."""
    best, amount, total = HUGE, 0.0, 0.0
    for k in range(len(weights)):
        if weights[k] > 0.0 and size[k] > 15.0:
            best = min(best, off[k])
    for k in range(len(weights)):
        share = weights[k] * max(size[k] - 15.0, 0.0) ** 2
        amount += share
        if share > 0.0 and off[k] < best + FARTHER:
            total += share * math.exp(-0.5 * (off[k] - best))
    return max(_log(total / max(amount, 1e-12)) - 0.5 * best, NEVER), best


@_inlined
def _turn(flown: motion.Flown, aid: Aid, asked: Turn, i: int, j: int, size: Array, off: Array) -> tuple[float, float]:
    first, last = _span(asked.when, j, flown, aid, i)
    first, last = max(first, aid.first[i]), min(last, aid.last[i])
    weights, largest, place, best = asked.when.weights[j, first:last], 0.0, 0.0, 0.0
    _turns(flown.turned_deg[i], asked.side[j], first, last, size)
    for k in range(len(weights)):
        largest = max(largest, weights[k] * size[k])
    if asked.where.given[j]:
        off[:] = 0.0
        _off(asked.where, j, flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last], off)
        place, best = _turned_where(weights, size, off)
    gap = (largest - asked.size_deg[j]) / asked.sd_deg[j]
    word = -0.5 * gap * gap if asked.two_sided[j] else _log(_cdf(gap))
    return word + place + asked.log_norm[j], math.exp(word - 0.5 * best)


@_compiled
def turn(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Turn, out: Array) -> None:
    """L = P(the word | largest turn) times the density of the place, averaged over the turning.

    A turn's size at a moment is what was turned within a minute and a half either way.
    """
    size, off = np.zeros(flown.x.shape[1]), np.zeros(flown.x.shape[1])
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _turn(flown, aid, asked, i, j, size, off)


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
def _leg_down(altitude: NDArray[np.float32], lift: Array, asked: Descent, j: int) -> tuple[int, int]:
    """Where the descent starts (last at or above the first height) and ends (then first at or below the second)."""
    begin, top, top_at = -1, -HUGE, 0
    given, value = asked.start.given[j], asked.start.value_m[j]
    for k in range(len(altitude)):
        height = altitude[k] - lift[k]
        begin = k if given and height >= value else begin
        top_at = k if height > top else top_at
        top = max(top, height)
    begin = top_at if begin < 0 else begin
    low, low_at = HUGE, begin
    for k in range(begin, len(altitude)):
        if altitude[k] - lift[k] < low:
            low, low_at = altitude[k] - lift[k], k
            if asked.end.given[j] and low <= asked.end.value_m[j]:
                break
    return begin, low_at


@_inlined
def _lost(altitude: NDArray[np.float32], lift: Array, asked: Descent, j: int) -> tuple[float, int]:
    """Squared distance from the heights and the time that a descent gives, and where it starts."""
    start, end, off = asked.start, asked.end, 0.0
    begin, low = _leg_down(altitude, lift, asked, j)
    if start.given[j]:
        off += ((altitude[begin] - lift[begin] - start.value_m[j]) / (start.sd_m[j] + STEP_DOWN_M)) ** 2
    if end.given[j]:
        off += ((altitude[low] - lift[low] - end.value_m[j]) / (end.sd_m[j] + STEP_DOWN_M)) ** 2
    if asked.log_within[j, 1] > 0.0:
        spent = max((low - begin) * motion.STORE_S, 5.0)
        off += ((math.log(spent) - asked.log_within[j, 0]) / asked.log_within[j, 1]) ** 2
    return off, begin


@_inlined
def _descent(
    flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Descent, i: int, j: int, lift: Array
) -> tuple[float, float]:
    span = _span(asked.when, j, flown, aid, i)
    first, last = max(span[0], aid.first[i]), min(span[1], aid.last[i])
    if last <= first:
        return NEVER + asked.log_norm[j], 0.0
    datum = asked.start.datum[j] if asked.start.given[j] else asked.end.datum[j]
    _lift(flown, scene, i, datum, first, last, lift)
    off, begin = _lost(flown.altitude_m[i, first:last], lift, asked, j)
    if asked.where.given[j]:
        at = first + begin
        off += _off_one(asked.where, j, flown.x[i, at], flown.y[i, at], flown.z[i, at])
    fastest, extra = _fastest(flown.altitude_m[i, first : min(last + MINUTE_STEPS, span[1])]), 0.0
    if asked.rate[j, 1] > 0.0:
        off += ((fastest - asked.rate[j, 0]) / asked.rate[j, 1]) ** 2
    if asked.manner[j, 1] > 0.0:
        extra = _log(_cdf((fastest - asked.manner[j, 0]) / asked.manner[j, 1]))
    return -0.5 * off + extra + asked.log_norm[j], math.exp(-0.5 * off + extra)


@_compiled
def descent(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Descent, out: Array) -> None:
    """L = N(first height) N(second height) x lognormal(time between) x N(rate) x P(the manner | rate) x N(place)."""
    lift = np.zeros(flown.x.shape[1])
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _descent(flown, scene, aid, asked, i, j, lift)


class Climb(NamedTuple):
    """`climbed`, where the height is called the highest of the flight: at a time or not."""

    when: When
    height: Height
    log_norm: Each


@_inlined
def _climb(
    flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Climb, i: int, j: int, lift: Array
) -> tuple[float, float]:
    first, last = _span(asked.when, j, flown, aid, i)
    weight = asked.when.whole[j] if asked.when.part[j] == 0 else float(last - first)
    a, b, sd = aid.first[i], aid.last[i], asked.height.sd_m[j]
    altitude = flown.altitude_m[i, a:b]
    _lift(flown, scene, i, asked.height.datum[j], a, b, lift)
    top, near = 0.0, 0.0
    for k in range(len(altitude)):
        top = max(top, altitude[k] - lift[k])
    for k in range(max(first, a) - a, min(last, b) - a):
        gap = (altitude[k] - lift[k] - top) / (3.0 * sd)
        if abs(gap) < 12.0:
            near += asked.when.weights[j, a + k] * math.exp(-0.5 * gap * gap)
    off, share = ((top - asked.height.value_m[j]) / sd) ** 2, near / max(weight, 1e-12)
    return -0.5 * off + _log(share) + asked.log_norm[j], math.exp(-0.5 * off) * share


@_compiled
def climb(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Climb, out: Array) -> None:
    """L = N(height | highest reached) times the share of the moments spent near that highest height."""
    lift = np.zeros(flown.x.shape[1])
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _climb(flown, scene, aid, asked, i, j, lift)


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
def event(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Event, out: Array) -> None:
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
