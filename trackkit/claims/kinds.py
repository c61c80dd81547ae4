"""The kinds of claim about a moment, a direction, a turn, a beginning or an end: one compiled function each."""

from __future__ import annotations

import math
from typing import NamedTuple

from numpy.typing import NDArray

from trackkit import motion
from trackkit.claims.parts import (
    HUGE,
    NEVER,
    Aid,
    Array,
    Each,
    Height,
    When,
    Where,
    _bells,
    _cdf,
    _compiled,
    _inlined,
    _lift,
    _log,
    _moments,
    _off,
    _off_one,
)  # fmt: skip

#: a turn is what was turned within so many steps either way
HALF_TURN_STEPS = int(90.0 / motion.STORE_S)
#: a new direction is kept while the track stays within so much of it
KEPT_DEG = 60.0


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
        s[k] = (motion._course(s[k], c[k]) / sd) ** 2
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
    """`turned`, `reversed`: a change of track within three minutes, at a place and kept for a time where given."""

    where: Where
    when: When
    size_deg: Each
    sd_deg: Each
    two_sided: Each
    side: Each
    log_lasting: Each
    log_norm: Each


@_inlined
def _turns(turned: NDArray, side: float, first: int, last: int, size: Array) -> None:
    """What was turned (degrees) within a minute and a half either way of each moment, to the side asked for."""
    end = len(turned) - 1
    for k in range(last - first):
        change = turned[min(first + k + HALF_TURN_STEPS, end)] - turned[max(first + k - HALF_TURN_STEPS, 0)]
        size[k] = abs(change) if side == 0.0 else max(side * change, 0.0)


@_inlined
def _kept_s(turned: NDArray, at: int, first: int, last: int) -> float:
    """For how long (s) the track after a turn was kept, from when it was first held; within the moments meant."""
    ref = min(at + HALF_TURN_STEPS, last - 1)
    start, end = ref, ref
    while start > first and abs(turned[start - 1] - turned[ref]) < KEPT_DEG:
        start -= 1
    while end < last - 1 and abs(turned[end + 1] - turned[ref]) < KEPT_DEG:
        end += 1
    return (end - start) * motion.STORE_S


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
    largest, place, best, at, kept = 0.0, 0.0, 0.0, first, 0.0
    _turns(flown.turned_deg[i], asked.side[j], first, last, size)
    for k in range(last - first):
        at = first + k if weights[k] * size[k] > largest else at
        largest = max(largest, weights[k] * size[k])
    if asked.log_lasting[j, 1] > 0.0:
        spent = math.log(max(_kept_s(flown.turned_deg[i], at, first, last), 5.0))
        kept = -0.5 * ((spent - asked.log_lasting[j, 0]) / asked.log_lasting[j, 1]) ** 2
    if asked.where.given[j]:
        off[:] = 0.0
        _off(asked.where, j, flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last], off)
        place, best = _turned_where(weights, size, off, last - first)
    gap = (largest - asked.size_deg[j]) / asked.sd_deg[j]
    word = -0.5 * gap * gap if asked.two_sided[j] else _log(_cdf(gap))
    return word + place + kept + asked.log_norm[j], math.exp(word - 0.5 * best + kept)


@_compiled
def turn(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Turn, out: Array, work: Array) -> None:
    """L = P(the word | largest turn) x N(place), averaged over the turning, x lognormal(time the new track was kept).

    A turn's size at a moment is what was turned within a minute and a half either way.
    """
    size, off, weights = work[0], work[1], work[2]
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _turn(flown, aid, asked, i, j, size, off, weights)


class Event(NamedTuple):
    """`took_off`, `landed`, `crashed`: a beginning or an end, with its time and place as far as given."""

    kind: Each
    place: Each
    where: Where
    time_given: Each
    time_s: Each
    half_s: Each
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
    late = max(abs(moment - asked.time_s[j]) - asked.half_s[j], 0.0)
    off = (late / asked.sd_s[j]) ** 2 if asked.time_given[j] else 0.0
    if asked.where.given[j]:
        off += _off_one(asked.where, j, flown.x[i, last], flown.y[i, last], flown.z[i, last])
    return -0.5 * off + asked.log_norm[j], math.exp(-0.5 * off)


@_compiled
def event(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Event, out: Array, work: Array) -> None:
    """L = 1 if it happened so, else 0; times N(time) and N(place) where given; a span of time is flat inside."""
    for i in range(len(out)):
        for j in range(len(asked.log_norm)):
            out[i, j] = _event(flown, asked, i, j)
