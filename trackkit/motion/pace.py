"""What the vertical channel and the speed channel ask for, and until when.

Each channel is asked at the beginning of a piece of the path. It leaves in the state what the piece is to do and gives
the time (s) until that changes by itself, which ends the piece at the latest.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackkit.motion.geometry import (
    P_APPROACH,
    P_CAS,
    P_CLIMB,
    P_FALL_RATE,
    P_FIELD,
    P_LANDS,
    P_LEVEL,
    P_LEVEL_HIGH,
    P_LOW_CAS,
    P_SLOPE,
    S_CAS,
    S_CAS_TO,
    S_CLIMB_AT,
    S_CLIMB_LAW,
    S_CLIMB_LEG,
    S_CLIMB_VALUE,
    S_DOWNHILL,
    S_GS,
    S_H,
    S_HEIGHT_TO,
    S_LEVELLING,
    S_LOW,
    S_MOST,
    S_PHASE,
    S_RATE,
    S_SPEED_AT,
    S_SPEED_LAW,
    S_SPEED_LEG,
    S_SPEED_VALUE,
    S_TAS,
    S_TO_GO,
    S_VS,
    S_X,
    S_Y,
    S_Z,
    _compiled,
    _ground,
    _inlined,
    _phi,
    _wait,
)  # fmt: skip
from trackkit.motion.numbers import CLIMB_SIZE, CLIMBS, SPEED, SPEED_SIZE, SPEEDS, VERTICAL
from trackkit.motion.scene import APPROACH, FALLING, FREE, Array, Envelope, Habits
from trackkit.motion.turn import SHORTEST_S, _time_for
from trackkit.units import FT_M

_RULE_M = 10_000.0 * FT_M
#: slowing down to land begins and ends at these distances to go; below the third, low flight is not a collision
SLOW_FROM_M, SLOW_TO_M, NEAR_FIELD_M, LAST_M = 28_000.0, 9_000.0, 7_000.0, 500.0
#: vertical acceleration (m/s2), and that of the beginning of a fall
_AGILITY, _FALLING_AGILITY = 1.0, 4.0
#: laws of the vertical rate and the air speed within a piece
EVEN, WITH_HEIGHT, WITH_DISTANCE = 0.0, 1.0, 2.0

# -- the vertical rate --------------------------------------------------------------------------------------------


@_inlined
def _vertical(
    z: Array, s: Array, p: Array, terrain: NDArray[np.float32], box: Array, habits: Habits, env: Envelope, t: float,
    far: float,
) -> float:  # fmt: skip
    """The law of the vertical rate that the phase asks for, inside what the type can do at that height."""
    if s[S_PHASE] == FALLING:
        return _to_rate(s, -p[P_FALL_RATE], _FALLING_AGILITY)
    grows = (env.climb_high_mps - env.climb_low_mps) / (env.climb_to_m - env.climb_from_m)
    best = env.climb_low_mps + grows * (s[S_H] - env.climb_from_m)
    if best < 0.5:
        best, grows = 0.5, 0.0
    if s[S_PHASE] == FREE:
        time = _free_height(z, s, p, terrain, box, habits, env, t)
        if best > s[S_RATE] + 1e-3:
            until = (s[S_RATE] - best) / (grows * max(s[S_VS], 0.01)) if grows < 0.0 and s[S_VS] > 0.0 else math.inf
            time = min(time, max(until, 0.02))
            best, grows = s[S_RATE], 0.0
        return min(time, _to_height(s, s[S_HEIGHT_TO], best, min(s[S_RATE], env.emergency_mps), grows))
    if p[P_LANDS] == 1.0:
        time = _downhill(s, p, far)
        if s[S_DOWNHILL] == 1.0:
            return min(time, _on_slope(s, p, env, p[P_CLIMB] * best, far))
        if s[S_PHASE] == APPROACH:
            return min(time, _to_rate(s, 0.0, _AGILITY))
        return min(time, _to_height(s, p[P_LEVEL], p[P_CLIMB] * best, env.descent_mps, p[P_CLIMB] * grows))
    return _to_height(s, p[P_LEVEL], p[P_CLIMB] * best, env.descent_mps, p[P_CLIMB] * grows)


@_inlined
def _free_height(
    z: Array, s: Array, p: Array, terrain: NDArray[np.float32], box: Array, habits: Habits, env: Envelope, t: float
) -> float:
    """Free flight: read the next change of height when it is due; gives the time to the one after."""
    leg = int(s[S_CLIMB_LEG])
    if t >= s[S_CLIMB_AT] - 1e-9 and leg < CLIMBS:
        base = VERTICAL + leg * CLIMB_SIZE
        low = max(_ground(terrain, box, s[S_X], s[S_Y], s[S_Z]), 0.0) + habits.clearance_m
        s[S_HEIGHT_TO] = min(low + _phi(z[base + 1]) * (max(p[P_LEVEL_HIGH], low + 500.0) - low), env.ceiling_m)
        s[S_RATE], s[S_LEVELLING] = habits.rate_mps * math.exp(habits.rate_spread * z[base + 2]), 0.0
        s[S_CLIMB_LEG] = leg + 1.0
        s[S_CLIMB_AT] = t + (_wait(z[base + CLIMB_SIZE], habits.height_s) if leg + 1 < CLIMBS else math.inf)
    return s[S_CLIMB_AT] - t


@_compiled
def _to_rate(s: Array, rate: float, agility: float) -> float:
    gap = rate - s[S_VS]
    s[S_CLIMB_LAW], s[S_CLIMB_VALUE] = EVEN, 0.0
    if abs(gap) < 1e-6:
        return math.inf
    time = max(abs(gap) / agility, SHORTEST_S)
    s[S_CLIMB_VALUE] = gap / time
    return time


@_compiled
def _to_height(s: Array, height: float, up: float, down: float, grows: float) -> float:
    """To a height and level there: speed up, keep the rate (which changes with height by `grows`), slow down."""
    gap, vs = height - s[S_H], s[S_VS]
    s[S_CLIMB_LAW], s[S_CLIMB_VALUE] = EVEN, 0.0
    if abs(gap) < 0.05 and abs(vs) < 0.02:
        s[S_VS], s[S_LEVELLING] = 0.0, 0.0
        return math.inf
    if s[S_LEVELLING] == 1.0 and gap * vs > 0.0:
        s[S_CLIMB_VALUE] = -0.5 * vs * vs / gap
        return 2.0 * gap / vs
    s[S_LEVELLING] = 0.0
    way = 1.0 if gap > 0.5 * vs * abs(vs) / _AGILITY else -1.0
    gap, vs, rate = way * gap, way * vs, up if way > 0.0 else down
    spare = gap - 0.5 * vs * abs(vs) / _AGILITY
    if vs > 0.0 and spare < 0.01 * vs:
        s[S_LEVELLING], s[S_CLIMB_VALUE] = 1.0, -way * 0.5 * vs * vs / gap
        return 2.0 * gap / vs
    if vs > rate + 0.01:
        s[S_CLIMB_VALUE] = -way * _AGILITY
        return (vs - rate) / _AGILITY
    if vs < rate - 0.01:
        rate += way * grows * 0.5 * (rate * rate - vs * vs) / _AGILITY
        peak = math.sqrt(_AGILITY * gap + 0.5 * vs * vs)
        s[S_CLIMB_VALUE] = way * _AGILITY
        return max(min(peak, rate) - vs, 0.02) / _AGILITY
    if grows != 0.0 and way > 0.0:
        s[S_CLIMB_LAW], s[S_CLIMB_VALUE], s[S_MOST] = WITH_HEIGHT, grows, rate
        return min(spare / vs, 40.0)
    return spare / vs


@_inlined
def _downhill(s: Array, p: Array, far: float) -> float:
    """Whether the descent to land has begun, and the time until it does, or to the next mark on the way."""
    to_go, time = s[S_TO_GO], math.inf
    for mark in (SLOW_FROM_M, SLOW_TO_M, NEAR_FIELD_M, LAST_M):
        if to_go > mark + 0.02 * s[S_GS]:
            time = min(time, _time_for(s, to_go - mark))
    if s[S_DOWNHILL] == 0.0:
        spare = to_go - (s[S_H] - p[P_FIELD] - 15.0) / p[P_SLOPE]
        if spare < 0.02 * s[S_GS]:
            s[S_DOWNHILL] = 1.0
        else:
            until = spare / max(s[S_GS] + s[S_VS] / p[P_SLOPE], 10.0)
            time = min(time, until if until < 0.5 else 0.95 * until)
    return time


@_inlined
def _on_slope(s: Array, p: Array, env: Envelope, up: float, far: float) -> float:
    """Lose the height above the field evenly over the distance to go, as fast as the type does at most."""
    ratio = (s[S_H] - p[P_FIELD] - 15.0) / max(s[S_TO_GO], LAST_M)
    gap = _slope_rate(s[S_GS], ratio, env, up) - s[S_VS]
    if abs(gap) > 0.5:
        return _to_rate(s, s[S_VS] + gap, _AGILITY)
    s[S_CLIMB_LAW], s[S_CLIMB_VALUE], s[S_MOST] = WITH_DISTANCE, ratio, up
    return (0.25 if s[S_SPEED_LAW] == WITH_DISTANCE else 0.4) * far


@_inlined
def _slope_rate(gs: float, ratio: float, env: Envelope, up: float) -> float:
    return min(max(-gs * ratio, -min(1.3 * env.descent_mps, env.emergency_mps)), up)


@_inlined
def _climb_of(s: Array, env: Envelope, slowing: float, time: float) -> float:
    """The vertical acceleration (m/s2) over a piece of this length, by the law of the rate."""
    if s[S_CLIMB_LAW] == WITH_HEIGHT:
        grown = s[S_CLIMB_VALUE] * time
        gained = s[S_MOST] * time * (1.0 + grown * (0.5 + grown * (1.0 / 6.0 + grown / 24.0)))
        return 2.0 * (gained - s[S_VS] * time) / (time * time)
    if s[S_CLIMB_LAW] == WITH_DISTANCE:
        gs = max(s[S_GS] + slowing * time, 10.0)
        change = (_slope_rate(gs, s[S_CLIMB_VALUE], env, s[S_MOST]) - s[S_VS]) / time
        return min(max(change, -_AGILITY), _AGILITY)
    return s[S_CLIMB_VALUE]


# -- the air speed ------------------------------------------------------------------------------------------------


@_inlined
def _speed(z: Array, s: Array, p: Array, env: Envelope, habits: Habits, t: float) -> float:
    """The law of the calibrated air speed that the phase asks for."""
    time = math.inf
    if s[S_PHASE] == FREE or s[S_PHASE] == FALLING:
        leg = int(s[S_SPEED_LEG])
        if t >= s[S_SPEED_AT] - 1e-9 and leg < SPEEDS:
            base = SPEED + leg * SPEED_SIZE
            slowest = habits.slowest * env.stall_clean_mps
            s[S_CAS_TO] = slowest + _phi(z[base + 1]) * (habits.fastest * env.vmo_mps - slowest)
            s[S_SPEED_LEG] = leg + 1.0
            s[S_SPEED_AT] = t + (_wait(z[base + SPEED_SIZE], habits.speed_s) if leg + 1 < SPEEDS else math.inf)
        time, target = s[S_SPEED_AT] - t, s[S_CAS_TO]
    elif p[P_LANDS] == 1.0 and s[S_TO_GO] < SLOW_FROM_M + 0.02 * s[S_GS]:
        if s[S_TO_GO] > SLOW_TO_M + 0.02 * s[S_GS]:
            s[S_SPEED_LAW] = WITH_DISTANCE
            return math.inf
        target = p[P_APPROACH]
    else:
        time = _to_rule(s)
        target = p[P_LOW_CAS] if s[S_LOW] == 1.0 else p[P_CAS]
    target = _within(target, p, env)
    gap = target - s[S_CAS]
    s[S_SPEED_LAW], s[S_SPEED_VALUE] = EVEN, 0.0
    if abs(gap) > 1e-9:
        lasting = max(abs(gap) / env.acceleration_mps2, SHORTEST_S)
        s[S_SPEED_VALUE] = gap / lasting
        time = min(time, lasting)
    return time


@_inlined
def _within(cas: float, p: Array, env: Envelope) -> float:
    stall = env.stall_landing_mps if p[P_LANDS] == 1.0 else env.stall_clean_mps
    return min(max(cas, 1.05 * stall), env.vmo_mps)


@_inlined
def _to_rule(s: Array) -> float:
    """On which side of 10,000 ft the path is, and the time until it crosses."""
    gap = _RULE_M - s[S_H]
    if abs(gap) < 0.05 and s[S_VS] != 0.0:
        s[S_LOW] = 1.0 if s[S_VS] < 0.0 else 0.0
        return math.inf
    s[S_LOW] = 1.0 if gap > 0.0 else 0.0
    if gap * s[S_VS] <= 0.0:
        return math.inf
    root = s[S_VS] * s[S_VS] + 2.0 * s[S_CLIMB_VALUE] * gap if s[S_CLIMB_LAW] == EVEN else s[S_VS] * s[S_VS]
    return 2.0 * gap / (s[S_VS] + math.copysign(math.sqrt(root), gap)) if root >= 0.0 else math.inf


@_inlined
def _pace_of(s: Array, p: Array, env: Envelope, time: float) -> float:
    """The acceleration (m/s2, calibrated) over a piece of this length, by the law of the speed."""
    if s[S_SPEED_LAW] == EVEN:
        return s[S_SPEED_VALUE]
    change = max((p[P_APPROACH] - p[P_LOW_CAS]) / (SLOW_FROM_M - SLOW_TO_M) * s[S_GS], -env.acceleration_mps2)
    slowing = s[S_TAS] * (change / s[S_CAS] + 5e-5 * s[S_VS])
    share = (s[S_TO_GO] - time * (s[S_GS] + 0.5 * slowing * time) - SLOW_TO_M) / (SLOW_FROM_M - SLOW_TO_M)
    target = p[P_APPROACH] + min(max(share, 0.0), 1.0) * (p[P_LOW_CAS] - p[P_APPROACH])
    change = (_within(target, p, env) - s[S_CAS]) / time
    return min(max(change, -env.acceleration_mps2), env.acceleration_mps2)
