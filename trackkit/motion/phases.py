"""From one phase to the next: the beginning, leaving the route, turning in to land, falling, and the two ends."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackkit.motion.geometry import (
    P_COUNT,
    P_COURSE_X,
    P_FALL,
    P_FIELD,
    P_GO,
    P_LANDS,
    P_LEAVE,
    P_LEVEL,
    P_PLACE,
    P_ROLL,
    P_RUNWAY,
    P_STRAIGHT,
    P_TAKE_OFF,
    S_AIM,
    S_CAS,
    S_CAS_TO,
    S_CLIMB_AT,
    S_CLIMB_LEG,
    S_DOWNHILL,
    S_DX,
    S_EAST,
    S_GS,
    S_H,
    S_HEIGHT_TO,
    S_HOLD,
    S_HOLD_AT,
    S_LEFT,
    S_LEG,
    S_LEG_AT,
    S_LEVELLING,
    S_NORTH,
    S_OVER,
    S_PHASE,
    S_RATE,
    S_SEEN,
    S_SIDE,
    S_SPEED_AT,
    S_SPEED_LEG,
    S_TARGET,
    S_TAS,
    S_VS,
    S_X,
    S_Y,
    S_Z,
    _compiled,
    _ground,
    _ground_speed,
    _inlined,
    _point,
    _sound,
    _true_speed,
    _wait,
)  # fmt: skip
from trackkit.motion.numbers import SPEED, VERTICAL
from trackkit.motion.plan import _land_points, _measure, _place_of, _plan, _route_points_of
from trackkit.motion.scene import (
    APPROACH,
    DOWN,
    FALLING,
    FREE,
    LANDED,
    PARKED,
    ROLL,
    ROUTE,
    SAFE,
    Array,
    Envelope,
    Habits,
    Scene,
    Story,
)  # fmt: skip


@_compiled
def _begin(z: Array, scene: Scene, story: Story, env: Envelope, p: Array, s: Array, aim: Array, rest: Array) -> None:
    """Read the plan and stand on the runway."""
    s[:] = 0.0
    p[:] = 0.0
    _plan(z, scene, story, env, p)
    runway = int(p[P_RUNWAY])
    for k in range(3):
        s[S_X + k] = scene.runway_n[runway, k]
        s[S_DX + k] = scene.runway_d[runway, k]
    s[S_H], s[S_SEEN] = scene.runway_height_m, -1.0
    _point(s)
    count = _route_points_of(z, scene, story, p, aim)
    if count > 0:
        _measure(aim, count, rest)
    else:
        p[P_LEAVE] = min(p[P_LEAVE], p[P_STRAIGHT])


@_inlined
def _due(p: Array, s: Array, t: float) -> bool:
    """Whether a phase ends now."""
    now, phase = t + 1e-9, s[S_PHASE]
    if phase == FREE:
        return now >= p[P_GO] or now >= p[P_FALL]
    if phase == ROUTE:
        return now >= p[P_LEAVE]
    return (phase == PARKED and now >= p[P_ROLL]) or (phase == ROLL and now >= p[P_TAKE_OFF])


@_compiled
def _turning_point(
    z: Array, scene: Scene, story: Story, p: Array, s: Array, aim: Array, rest: Array, env: Envelope, t: float
) -> None:
    """Change from one phase to the next where it is time."""
    now = t + 1e-9
    if s[S_PHASE] == PARKED and now >= p[P_ROLL]:
        s[S_PHASE] = ROLL
    if s[S_PHASE] == ROLL and now >= p[P_TAKE_OFF]:
        s[S_PHASE], s[S_CAS] = ROUTE, env.rotate_mps
        s[S_TAS] = _true_speed(scene.true_speed_mps, s[S_CAS], s[S_H])
        s[S_OVER] = s[S_TAS] - env.mmo * _sound(scene.sound_mps, s[S_H])
        s[S_GS] = _ground_speed(p, s[S_TAS], s[S_H], s[S_EAST], s[S_NORTH])
    if s[S_PHASE] == ROUTE and now >= p[P_LEAVE]:
        _leave(z, s, p, scene.habits, t)
    if s[S_PHASE] == FREE and now >= p[P_GO]:
        s[S_PHASE], s[S_AIM], s[S_DOWNHILL], s[S_SIDE], p[P_GO], p[P_LANDS] = APPROACH, 0.0, 0.0, 2.0, math.inf, 1.0
        p[P_COUNT] = _land_points(z, scene, story, p, aim, int(p[P_PLACE]), 0)
        _measure(aim, int(p[P_COUNT]), rest)
    if s[S_PHASE] == FREE and now >= p[P_FALL]:
        s[S_PHASE] = FALLING


@_inlined
def _leave(z: Array, s: Array, p: Array, habits: Habits, t: float) -> None:
    """Begin free flight: the first lateral manoeuvre now, height and speed as they are until their own."""
    s[S_PHASE], p[P_LANDS] = FREE, 0.0
    s[S_LEG], s[S_LEG_AT], s[S_LEFT], s[S_TARGET], s[S_HOLD], s[S_HOLD_AT] = 0.0, t, 0.0, 0.0, 0.0, math.inf
    s[S_CLIMB_LEG] = 0.0
    s[S_CLIMB_AT] = t + _wait(z[VERTICAL], habits.height_s if s[S_VS] > 1.0 else habits.height_first_s)
    s[S_RATE], s[S_LEVELLING] = max(abs(s[S_VS]), 1.0), 0.0
    s[S_HEIGHT_TO] = s[S_H] + 0.5 * s[S_VS] * abs(s[S_VS])
    if s[S_VS] > 1.0:
        s[S_HEIGHT_TO] = max(p[P_LEVEL], s[S_HEIGHT_TO])
    elif s[S_VS] < -1.0:
        s[S_HEIGHT_TO] = min(s[S_HEIGHT_TO], max(s[S_H] + 240.0 * s[S_VS], 1_500.0))
    s[S_SPEED_LEG], s[S_SPEED_AT], s[S_CAS_TO] = 0.0, t + _wait(z[SPEED], habits.speed_first_s), s[S_CAS]


@_inlined
def _land(s: Array, p: Array, aim: Array) -> None:
    """Stand on the threshold, along the runway."""
    for k in range(3):
        s[S_X + k] = aim[int(p[P_COUNT]) - 1, k]
        s[S_DX + k] = p[P_COURSE_X + k]
    s[S_H], s[S_VS], s[S_PHASE] = p[P_FIELD], 0.0, LANDED
    _point(s)


@_inlined
def _lie(s: Array, terrain: NDArray[np.float32], box: Array) -> None:
    """Lie on the ground."""
    s[S_H], s[S_VS], s[S_GS], s[S_PHASE] = _ground(terrain, box, s[S_X], s[S_Y], s[S_Z]), 0.0, 0.0, DOWN


@_inlined
def _ended(s: Array, p: Array, story: Story, aim: Array, met: int, terrain: NDArray[np.float32], box: Array) -> int:
    """Stand on the runway, or lie on the ground; gives the place where it landed, or -1."""
    if met == SAFE:
        _land(s, p, aim)
        return _place_of(story, int(p[P_RUNWAY]))
    _lie(s, terrain, box)
    return -1
