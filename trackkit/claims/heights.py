"""The kinds of claim about height lost and height reached: one compiled function each."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
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
    _cdf,
    _compiled,
    _inlined,
    _lift,
    _log,
    _moments,
    _off_one,
)  # fmt: skip

MINUTE_STEPS = int(60.0 / motion.STORE_S)
#: a path has left its highest when it is so far below (m)
LEVEL_M = 30.0
#: what is left of a start's density far from the time told, so that a path may still feel its way there
_FAR = 1e-12


class Descent(NamedTuple):
    """`descended`, `climbed`: from a height to a height in a time, or at a rate, or in a manner, as far as given.

    `way` is 1 down and -1 up: a climb is a descent of the heights with their signs turned. `lost` is the height lost
    that earns the bare word. `begins` says that the time told is that of the start; otherwise all happens at the
    moments told.
    """

    way: Each
    begins: Each
    where: Where
    when: When
    start: Height
    end: Height
    log_within: Each
    rate: Each
    manner: Each
    lost: Each
    log_norm: Each


@_inlined
def _fastest(altitude: NDArray[np.float32], way: float) -> float:
    """The largest loss (or gain, `way` -1) of height a second (m/s) over one minute."""
    best = 0.0
    for k in range(len(altitude) - MINUTE_STEPS):
        best = max(best, way * (altitude[k] - altitude[k + MINUTE_STEPS]))
    return best / 60.0


@_inlined
def _leg_down(altitude: NDArray[np.float32], lift: Array, asked: Descent, j: int) -> tuple[float, float, float, float]:
    """Where the descent starts and ends, in steps, and the heights there (times `way`).

    It starts where the path is last at or above the first height, or, told none or never so high, where it last leaves
    its highest; it ends where it then first is at or below the second, or at its lowest; between two stored heights in
    a straight line.
    """
    way, value, top, begin = asked.way[j], asked.way[j] * asked.start.value_m[j], -HUGE, 0
    for k in range(len(altitude)):
        top = max(top, way * (altitude[k] - lift[k]))
    first = value if asked.start.given[j] and top >= value else top
    level = first if first < top else top - LEVEL_M
    for k in range(len(altitude)):
        begin = k if way * (altitude[k] - lift[k]) >= level else begin
    start = float(begin)
    if begin + 1 < len(altitude):
        above, below = way * (altitude[begin] - lift[begin]), way * (altitude[begin + 1] - lift[begin + 1])
        start += (above - level) / max(above - below, 1e-3)
    value = way * asked.end.value_m[j] if asked.end.given[j] else -HUGE
    low, low_at = first, start
    for k in range(begin + 1, len(altitude)):
        height = way * (altitude[k] - lift[k])
        if height <= value:
            before = way * (altitude[k - 1] - lift[k - 1])
            return start, first, max(k - (value - height) / max(before - height, 1e-3), start), min(value, first)
        if height < low:
            low, low_at = height, float(k)
    return start, first, low_at, low


@_inlined
def _lost(altitude: NDArray[np.float32], lift: Array, asked: Descent, j: int) -> tuple[float, float, float]:
    """Squared distance from the heights and the time that a descent gives, the step where it starts, and its depth."""
    start, first, end, low = _leg_down(altitude, lift, asked, j)
    off = 0.0
    if asked.start.given[j]:
        off += ((first - asked.way[j] * asked.start.value_m[j]) / asked.start.sd_m[j]) ** 2
    if asked.end.given[j]:
        off += ((low - asked.way[j] * asked.end.value_m[j]) / asked.end.sd_m[j]) ** 2
    if asked.log_within[j, 1] > 0.0:
        spent = max((end - start) * motion.STORE_S, 5.0)
        off += ((math.log(spent) - asked.log_within[j, 0]) / asked.log_within[j, 1]) ** 2
    return off, min(start, len(altitude) - 1.0), first - low


@_inlined
def _share(weights: Array, step: float) -> float:
    """The weight of a moment between two stored steps."""
    k = min(int(step), len(weights) - 2)
    return weights[k] + (step - k) * (weights[k + 1] - weights[k])


@_inlined
def _descent(
    flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Descent, i: int, j: int, lift: Array, weights: Array
) -> tuple[float, float]:
    first, last, _ = _moments(asked.when, j, flown, aid, i, weights)
    if asked.begins[j]:
        first, last = aid.first[i], aid.last[i]
    if last <= first:
        return NEVER + asked.log_norm[j], 0.0
    datum = asked.start.datum[j] if asked.start.given[j] else asked.end.datum[j]
    _lift(flown, scene, i, datum, first, last, lift)
    off, begin, depth = _lost(flown.altitude_m[i, first:last], lift, asked, j)
    if asked.where.given[j]:
        at = first + int(begin + 0.5)
        off += _off_one(asked.where, j, flown.x[i, at], flown.y[i, at], flown.z[i, at])
    fastest, extra = _fastest(flown.altitude_m[i, first : last + MINUTE_STEPS], asked.way[j]), 0.0
    if asked.rate[j, 1] > 0.0:
        off += ((fastest - asked.rate[j, 0]) / asked.rate[j, 1]) ** 2
    if asked.manner[j, 1] > 0.0:
        extra = _log(_cdf((fastest - asked.manner[j, 0]) / asked.manner[j, 1]))
    if asked.lost[j, 1] > 0.0:
        extra += _log(_cdf((depth - asked.lost[j, 0]) / asked.lost[j, 1]))
    if asked.begins[j]:
        extra += math.log(max(_share(asked.when.weights[j], first + begin), _FAR))
    return -0.5 * off + extra + asked.log_norm[j], math.exp(-0.5 * off + extra)


@_compiled
def descent(flown: motion.Flown, scene: motion.Scene, aid: Aid, asked: Descent, out: Array, work: Array) -> None:
    """L = N(first height) N(second height) x lognormal(time between) x N(rate) x P(the manner | rate) x N(place).

    Where nothing but the bare word is told: x P(the word | height lost). Where the time of its start is told: x the
    share of that moment.
    """
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
