"""What the three channels of a path ask for, and until when: the turn, the vertical rate, the air speed.

Each channel is asked at the beginning of a piece of the path. It leaves in the state what the piece is to do and gives
the time (s) until that changes by itself, which ends the piece at the latest.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackkit import air
from trackkit.motion.geometry import (
    P_APPROACH, P_CAS, P_CLIMB, P_COUNT, P_COURSE_X, P_COURSE_Y, P_COURSE_Z, P_FALL_RATE, P_FAR_SIDE, P_FIELD, P_LANDS,
    P_LEAVE, P_LEVEL, P_LEVEL_HIGH, P_LOW_CAS, P_SLOPE, P_STRAIGHT, P_TAN_BANK, P_WAIT, S_AHEAD, S_AIM, S_ANGLE,
    S_AWAY, S_BANK, S_CAS, S_CAS_TO, S_CLIMB_AT, S_CLIMB_LAW, S_CLIMB_LEG, S_CLIMB_VALUE, S_DOWNHILL, S_DX, S_DY, S_DZ,
    S_EASY, S_GS, S_H, S_HEIGHT_TO, S_HOLD, S_HOLD_AT, S_HOLD_S, S_LEFT, S_LEG, S_LEG_AT, S_LEVELLING, S_LOW, S_MOST,
    S_PHASE, S_RATE, S_RIGHT, S_SIDE, S_SLOWING, S_SPEED_AT, S_SPEED_LAW, S_SPEED_LEG, S_SPEED_VALUE, S_TARGET, S_TAS, S_TO_GO,
    S_TX, S_TY, S_TZ, S_VS, S_X, S_Y, S_Z, _compiled, _ground, _inlined, _look, _phi, _pick, _wait,
)  # fmt: skip
from trackkit.motion.numbers import CLIMB_SIZE, CLIMBS, LATERAL, SPEED, SPEED_SIZE, SPEEDS, TURN_SIZE, TURNS, VERTICAL
from trackkit.motion.plan import LAST_POINTS
from trackkit.motion.scene import APPROACH, FALLING, FREE, ROUTE, Array, Envelope, Habits
from trackkit.units import FT_M

#: a point is reached at this distance: the last one of a route without a runway, or that of a direct flight
REACHED_M = 3_000.0
#: the ground speed up to which a path may touch down
FASTEST_TOUCH_MPS = 90.0
#: the shortest piece (s) that is left to a channel
SHORTEST_S = 0.02
#: a touchdown asked of the lateral channel; a time otherwise
TOUCH = -1.0

_RULE_M = 10_000.0 * FT_M
#: slowing down to land begins and ends at these distances to go; below the third, low flight is not a collision
SLOW_FROM_M, SLOW_TO_M, NEAR_FIELD_M, LAST_M = 28_000.0, 9_000.0, 7_000.0, 500.0
#: vertical acceleration (m/s2), and that of the beginning of a fall
_AGILITY, _FALLING_AGILITY = 1.0, 4.0
#: a point of the final approach is passed at this distance at most; otherwise the path turns back to it
_PASSED_M = 500.0
_FAR_SIDE_FROM = 1.75

#: laws of the vertical rate and the air speed within a piece
EVEN, WITH_HEIGHT, WITH_DISTANCE = 0.0, 1.0, 2.0

# -- the turn -----------------------------------------------------------------------------------------------------


@_inlined
def _radius(s: Array) -> float:
    return s[S_GS] * max(s[S_TAS], 40.0) / (air.GRAVITY_MPS2 * s[S_BANK])


@_inlined
def _aim_at(s: Array, radius: float) -> float:
    """Turn until heading for the point last looked at; gives the time to the end of a way straight on.

    A turn ends where the point lies ahead on the tangent; the way to go is the arc and the tangent. A point inside the
    turning circle is first left behind.
    """
    ahead, right = s[S_AHEAD], s[S_RIGHT]
    if ahead > 0.0 and abs(right) * radius < 0.05 * s[S_GS] * ahead:
        s[S_ANGLE], s[S_EASY], s[S_SIDE], s[S_TO_GO] = right / ahead, 1.0, 2.0, s[S_AWAY]
        return math.inf
    side = s[S_SIDE] if abs(s[S_SIDE]) == 1.0 else (1.0 if right >= 0.0 else -1.0)
    if ahead > 0.0 and abs(right) < 0.05 * ahead:
        side = 1.0 if right >= 0.0 else -1.0
    off, straight = side * right - radius, 0.0
    square = ahead * ahead + off * off
    if square < (0.64 if abs(s[S_SIDE]) == 1.0 else 1.0) * radius * radius:
        s[S_SIDE] = 2.0
        straight = ahead + math.sqrt(max(1.05 * radius * radius - off * off, 0.0))
        ahead -= straight
        square = 1.05 * radius * radius
    turn = math.atan2(off, ahead) + math.asin(min(radius / math.sqrt(square), 1.0))
    if turn < 0.0:
        turn += 2.0 * math.pi
    s[S_TO_GO] = straight + radius * turn + math.sqrt(max(square - radius * radius, 0.0))
    if straight > 0.0:
        return straight / s[S_GS]
    s[S_ANGLE], s[S_SIDE] = side * turn, side
    return math.inf


@_inlined
def _lateral(
    z: Array, s: Array, p: Array, points: Array, extent: Array, habits: Habits, env: Envelope, aim: Array, rest: Array,
    t: float,
) -> float:  # fmt: skip
    """The turn (radians, right positive; easy: spread over the piece) that the phase asks for."""
    s[S_ANGLE], s[S_EASY] = 0.0, 0.0
    if s[S_PHASE] == FREE or s[S_PHASE] == FALLING:
        return _free(z, s, p, points, extent, habits, env, t)
    s[S_BANK] = p[P_TAN_BANK]
    if s[S_PHASE] == ROUTE and t < p[P_STRAIGHT] - 1e-9:
        if p[P_COUNT] > 0:
            _look(s, aim[0, 0], aim[0, 1], aim[0, 2])
            s[S_TO_GO] = s[S_AWAY] + rest[0]
        return p[P_STRAIGHT] - t
    return _follow(s, p, aim, rest, t)


@_compiled
def _follow(s: Array, p: Array, aim: Array, rest: Array, t: float) -> float:
    """Fly to the points of the route one after the other, then what comes at the last."""
    radius, last = _radius(s), int(p[P_COUNT]) - 1
    for _ in range(2 * last + 4):
        j = int(s[S_AIM])
        _look(s, aim[j, 0], aim[j, 1], aim[j, 2])
        ends = p[P_LANDS] == 1.0 and j >= last - 1
        near = _PASSED_M if ends else 2.0 * radius + 2_000.0
        passed = s[S_AHEAD] <= 0.02 * s[S_GS] and s[S_AWAY] < near
        if j < last:
            lead = radius * _lead(s, aim, j) if s[S_AWAY] < radius + 70.0 * s[S_GS] else -math.inf
            if passed or s[S_AWAY] - lead < 0.02 * s[S_GS]:
                s[S_AIM], s[S_SIDE] = j + 1.0, 0.0
                continue
            _choose_side(s, p)
            time = _until(s, radius, lead)
            s[S_TO_GO] += rest[j]
            return time
        if p[P_LANDS] == 0.0:
            if s[S_AWAY] < REACHED_M + 0.5:
                p[P_LEAVE] = t
                return 0.0
            return _until(s, radius, REACHED_M)
        if not passed:
            return _until(s, radius, 0.0)
        if _touches(s, p):
            return TOUCH
        # past the threshold and not down: go round by the final approach point
        s[S_AIM], s[S_SIDE], s[S_DOWNHILL], s[S_PHASE] = last - LAST_POINTS + 1.0, 2.0, 0.0, APPROACH
    return math.inf


@_inlined
def _until(s: Array, radius: float, short: float) -> float:
    """Aim at the point looked at; gives the time to where it is passed, or is so far ahead (a lead grows with speed)."""
    straight = _aim_at(s, radius)
    if s[S_ANGLE] != 0.0 and s[S_EASY] == 0.0:
        return max((s[S_AWAY] - short) / s[S_GS], SHORTEST_S)
    way = max(s[S_AWAY] - short, 0.0)
    if s[S_AHEAD] > 0.0:
        way = min(way, s[S_AHEAD])
    lead = short if short > -math.inf and short != REACHED_M else 0.0
    grows = 1.0 + 2.0 * lead * s[S_SLOWING] / (s[S_GS] * s[S_GS])
    return min(straight, _time_for(s, way) / max(grows, 0.5))


@_inlined
def _time_for(s: Array, way: float) -> float:
    """The time for a way at the present acceleration; for a longer one a little less, to look again before its end."""
    if way == math.inf:
        return math.inf
    square = s[S_GS] * s[S_GS] + 2.0 * s[S_SLOWING] * way
    time = 2.0 * way / (s[S_GS] + math.sqrt(square)) if square > 0.0 else way / s[S_GS]
    return max(time if time < 0.5 else 0.97 * time, SHORTEST_S)


@_inlined
def _lead(s: Array, aim: Array, j: int) -> float:
    """The lead of the turn at point j in radii: the tangent of half the bend between the way to it and on from it.

    Beyond a right angle it falls again, with the same tangent of the rest: a way back begins over the point.
    """
    ax, ay, az = aim[j, 0] - s[S_X], aim[j, 1] - s[S_Y], aim[j, 2] - s[S_Z]
    bx, by, bz = aim[j + 1, 0] - aim[j, 0], aim[j + 1, 1] - aim[j, 1], aim[j + 1, 2] - aim[j, 2]
    size = math.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz))
    cosine = max(min((ax * bx + ay * by + az * bz) / max(size, 1e-300), 1.0), -1.0)
    if cosine >= 0.0:
        return math.sqrt((1.0 - cosine) / (1.0 + cosine))
    return math.sqrt((1.0 + cosine) / (1.0 - cosine))


@_inlined
def _choose_side(s: Array, p: Array) -> None:
    """A first turn of more than 100 degrees may be flown the long way round."""
    if s[S_SIDE] == 0.0:
        s[S_SIDE] = 2.0
        if p[P_FAR_SIDE] == 1.0 and abs(math.atan2(s[S_RIGHT], s[S_AHEAD])) >= _FAR_SIDE_FROM:
            s[S_SIDE] = -1.0 if s[S_RIGHT] > 0.0 else 1.0


@_inlined
def _touches(s: Array, p: Array) -> bool:
    """At the threshold, low, slow and along the runway."""
    if s[S_AWAY] > 100.0 or s[S_GS] > FASTEST_TOUCH_MPS:
        return False
    along = s[S_DX] * p[P_COURSE_X] + s[S_DY] * p[P_COURSE_Y] + s[S_DZ] * p[P_COURSE_Z]
    return along > 0.9 and abs(s[S_H] - p[P_FIELD]) < 120.0


@_inlined
def _free(
    z: Array, s: Array, p: Array, points: Array, extent: Array, habits: Habits, env: Envelope, t: float
) -> float:
    """Free flight: the turn of the present lateral manoeuvre."""
    if t >= s[S_LEG_AT] - 1e-9 and s[S_LEG] < TURNS:
        _begin_leg(z, s, p, points, extent, habits, env, t)
    time = s[S_LEG_AT] - t
    if s[S_TARGET] > 0.0:
        _look(s, s[S_TX], s[S_TY], s[S_TZ])
        if s[S_AWAY] > REACHED_M + 0.5:
            return min(time, _until(s, _radius(s), REACHED_M))
        s[S_TARGET] = 0.0
    elif s[S_LEFT] == 0.0 and s[S_HOLD] > 0.0:
        if s[S_HOLD_AT] == math.inf:
            s[S_HOLD_AT] = t + abs(s[S_HOLD_S])
        elif t >= s[S_HOLD_AT] - 1e-9:
            s[S_HOLD], s[S_HOLD_AT] = s[S_HOLD] - 1.0, math.inf
            s[S_LEFT] = math.copysign(math.pi, s[S_HOLD_S]) if s[S_HOLD] > 0.0 else 0.0
        time = min(time, s[S_HOLD_AT] - t)
    s[S_ANGLE] = s[S_LEFT]
    return time


@_compiled
def _begin_leg(
    z: Array, s: Array, p: Array, points: Array, extent: Array, habits: Habits, env: Envelope, t: float
) -> None:
    """Read the next lateral manoeuvre: turn, gentle turn, direct to a place or point, orbit, hold, straight on."""
    leg = int(s[S_LEG])
    base = LATERAL + leg * TURN_SIZE
    side = 1.0 if z[base + 2] > 0.0 else -1.0
    bank = env.bank_deg * (habits.leg_bank_mean + habits.leg_bank_spread * z[base + 3])
    s[S_TARGET], s[S_LEFT], s[S_HOLD], s[S_HOLD_AT], s[S_SIDE] = 0.0, 0.0, 0.0, math.inf, 2.0
    kind = _phi(z[base + 1]) - habits.turn
    if kind < 0.0:
        size = 2.0 * _phi(abs(z[base + 2])) - 1.0
        s[S_LEFT] = side * math.pi * size**habits.turn_power
    elif kind < habits.gentle:
        s[S_LEFT] = side * 1e6
        bank = habits.gentle_low_deg + _phi(z[base + 3]) * (habits.gentle_high_deg - habits.gentle_low_deg)
    elif kind < habits.gentle + habits.place + habits.point:
        _begin_direct(z, s, points, extent, base, kind < habits.gentle + habits.place)
    elif kind < habits.gentle + habits.place + habits.point + habits.orbit:
        s[S_LEFT] = side * 2.0 * math.pi * (1.0 + _pick(z[base + 4], 2))
    elif kind < habits.gentle + habits.place + habits.point + habits.orbit + habits.hold:
        s[S_LEFT], s[S_HOLD] = side * math.pi, 2.0 * (1.0 + _pick(z[base + 4], 3))
        s[S_HOLD_S] = side * habits.hold_s * math.exp(habits.hold_spread * z[base + 5])
    s[S_BANK] = math.tan(math.radians(min(max(bank, 3.0), env.bank_limit_deg)))
    s[S_LEG] = leg + 1.0
    s[S_LEG_AT] = t + (_wait(z[base + TURN_SIZE], p[P_WAIT]) if leg + 1 < TURNS else math.inf)


@_compiled
def _begin_direct(z: Array, s: Array, points: Array, extent: Array, base: int, place: bool) -> None:
    """Fly to one of the case's places, or to a point anywhere in its extent."""
    s[S_TARGET] = 1.0
    if place:
        k = _pick(z[base + 4], len(points))
        s[S_TX], s[S_TY], s[S_TZ] = points[k, 0], points[k, 1], points[k, 2]
        return
    longitude = math.radians(extent[0] + _phi(z[base + 4]) * ((extent[2] - extent[0]) % 360.0))
    latitude = math.radians(extent[1] + _phi(z[base + 5]) * (extent[3] - extent[1]))
    flat = math.cos(latitude)
    s[S_TX], s[S_TY], s[S_TZ] = flat * math.cos(longitude), flat * math.sin(longitude), math.sin(latitude)


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
