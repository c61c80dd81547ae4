"""What the lateral channel asks for, and until when: route, approach, and the manoeuvres of free flight.

The channel is asked at the beginning of a piece of the path. It leaves in the state what the piece is to do and gives
the time (s) until that changes by itself, which ends the piece at the latest.
"""

from __future__ import annotations

import math

from trackkit import air
from trackkit.motion.geometry import (
    P_COUNT,
    P_COURSE_X,
    P_COURSE_Y,
    P_COURSE_Z,
    P_FAR_SIDE,
    P_FIELD,
    P_LANDS,
    P_LEAVE,
    P_STRAIGHT,
    P_TAN_BANK,
    P_WAIT,
    S_AHEAD,
    S_AIM,
    S_ANGLE,
    S_AWAY,
    S_BANK,
    S_DOWNHILL,
    S_DX,
    S_DY,
    S_DZ,
    S_EASY,
    S_GS,
    S_H,
    S_HOLD,
    S_HOLD_AT,
    S_HOLD_S,
    S_LEFT,
    S_LEG,
    S_LEG_AT,
    S_PHASE,
    S_RIGHT,
    S_SIDE,
    S_SLOWING,
    S_TARGET,
    S_TAS,
    S_TO_GO,
    S_TX,
    S_TY,
    S_TZ,
    S_X,
    S_Y,
    S_Z,
    _compiled,
    _inlined,
    _look,
    _phi,
    _pick,
    _wait,
)  # fmt: skip
from trackkit.motion.numbers import LATERAL, TURN_SIZE, TURNS
from trackkit.motion.plan import LAST_POINTS
from trackkit.motion.scene import APPROACH, FALLING, FREE, ROUTE, Array, Envelope, Habits

#: a point is reached at this distance: the last one of a route without a runway, or that of a direct flight
REACHED_M = 3_000.0
#: the ground speed up to which a path may touch down
FASTEST_TOUCH_MPS = 90.0
#: the shortest piece (s) that is left to a channel
SHORTEST_S = 0.02
#: a touchdown asked of the lateral channel; a time otherwise
TOUCH = -1.0

#: a point of the final approach is passed at this distance at most; otherwise the path turns back to it
_PASSED_M = 500.0
_FAR_SIDE_FROM = 1.75


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
    """Aim at the point looked at; gives the time to where it is passed, or so far ahead (a lead grows with speed)."""
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
def _free(z: Array, s: Array, p: Array, points: Array, extent: Array, habits: Habits, env: Envelope, t: float) -> float:
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
