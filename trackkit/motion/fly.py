"""The compiled integration: a path is flown in pieces from event to event, and stored at even times along them.

A piece ends where one of the channels asks for something new, where a rule changes, where the ground is met, or after
a largest length. Inside a piece the turn rate, the vertical acceleration and the acceleration are constant; the ground
speed is a parabola through its values at beginning, middle and end; the way along and across the first direction is
the integral of that parabola in a direction that turns evenly, as a polynomial. So every stored moment costs a few
multiplications, and no error is made by where the stored moments fall.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackkit import air
from trackkit.motion.geometry import (
    P_COUNT, P_COURSE_X, P_FALL, P_FIELD, P_GO, P_LANDS, P_LEAVE, P_LEVEL, P_PLACE, P_ROLL, P_ROUTE, P_RUNWAY,
    P_SIZE, P_STRAIGHT, P_TAKE_OFF, P_WIND_E, P_WIND_LOW, P_WIND_N, P_WIND_UP, S_AIM, S_ANGLE, S_AWAY, S_BANK, S_CAS, S_CAS_TO, S_CLIMB_AT, S_CLIMB_LEG,
    S_COLUMN, S_DOWNHILL, S_DX, S_DY, S_DZ, S_EASY, S_EAST, S_GS, S_H, S_HEIGHT_TO, S_HOLD, S_HOLD_AT, S_LEFT, S_LEG,
    S_LEG_AT, S_LEVELLING, S_NORTH, S_OVER, S_PHASE, S_RATE, S_ROW, S_SEEN, S_SIDE, S_SIZE, S_SLOWING, S_SPEED_AT, S_SPEED_LEG, S_TARGET,
    S_TAS, S_TO_GO, S_TRACK, S_TURNED, S_VS, S_X, S_Y, S_Z, _carry, _cell, _column, _compiled, _ground,
    _ground_speed, _inlined, _point, _row, _scales, _sine_cosine, _sound, _true_speed, _wait,
)  # fmt: skip
from trackkit.motion.numbers import MAX_POINTS, QNH, SPEED, VERTICAL
from trackkit.motion.plan import LAST_POINTS, _land_points, _measure, _place_of, _plan, _route_points_of
from trackkit.motion.scene import (
    APPROACH, CRASHED, DOWN, FALLING, FREE, LANDED, PARKED, RIDGE_CELLS, ROLL, ROUTE, SAFE, STRUCK, Array, Envelope,
    Flown, Habits, Scene, Story,
)  # fmt: skip
from trackkit.motion.steer import (
    NEAR_FIELD_M, SHORTEST_S, TOUCH, _climb_of, _lateral, _pace_of, _speed, _vertical,
)  # fmt: skip

#: step of the stored path, seconds, unless another is asked for
STORE_S = 10.0
#: the longest piece (s), and the largest turn in a piece (radians)
LONGEST_S, LARGEST_TURN = 60.0, 0.4
#: braking after touchdown: 2,250 m to a stop from the fastest touchdown [assumed]
BRAKING_MPS2 = 1.8
#: pieces after which a path is given up, and stays where it is; never seen
_MOST_PIECES = 200_000
#: seconds after take-off until low flight is a collision
_CLEAR_S = 60.0
#: turn between two looks at the ground along a piece (radians)
_LOOK_TURN = 0.04

# the piece: its way along and across as polynomials of the share of its time, two directions in units of the normal,
# and how height, speed and track change
(
    C_ALONG, C_ACROSS, C_X, C_Y, C_Z, C_FX, C_FY, C_FZ, C_RX, C_RY, C_RZ, C_FF, C_FR, C_RR, C_TIME, C_TURN, C_V0, C_V1,
    C_V2, C_H, C_VS, C_CLIMB, C_TRACK, C_SWING, C_TURNED, C_BOW, C_SIZE,
) = (0, 8, *range(16, 41))  # fmt: skip


def simulate(noise: Array, scene: Scene, story: Story, envelope: Envelope, every_s: float = STORE_S) -> Flown:
    """Fly one path for each row of `noise`.

    Parameters
    ----------
    noise : array, shape (paths, DIMENSION)
        Independent standard normal numbers.
    scene, story, envelope
        Made by the functions of the same names.
    every_s : float
        Step of the stored paths. It changes nothing in how they are flown.

    Returns
    -------
    Flown
        Paths at every `every_s` seconds of the window, beginning included.
    """
    return _simulate(noise, scene, story, envelope, every_s, 1.0)


def _simulate(
    noise: Array, scene: Scene, story: Story, envelope: Envelope, every_s: float, finer: float
) -> Flown:
    """Fly with pieces `finer` times shorter than usual at most."""
    noise = np.ascontiguousarray(noise, dtype=float)
    n, steps = len(noise), int(scene.duration_s // every_s) + 1
    track = np.empty((8, n, steps), np.float32)
    flown = Flown(
        track[0], track[1], track[2], track[3], track[4], track[5], track[6], track[7], np.empty((n, steps), np.int8),
        np.zeros(n), np.full(n, np.inf), np.zeros(n, np.int8), np.full(n, -1, np.int16), np.zeros(n, np.int8),
        np.zeros(n),
    )  # fmt: skip
    plan, state, piece = np.zeros(P_SIZE), np.zeros(S_SIZE), np.zeros(C_SIZE)
    aim, rest = np.zeros((MAX_POINTS + LAST_POINTS, 3)), np.zeros(MAX_POINTS + LAST_POINTS)
    top = float(scene.ridge_m.max())
    _fly(noise, scene, story, envelope, flown, track, plan, state, piece, aim, rest, float(every_s), float(finer), top)
    return flown


@_compiled
def _fly(
    noise: Array, scene: Scene, story: Story, env: Envelope, out: Flown, track: NDArray[np.float32], p: Array, s: Array,
    c: Array, aim: Array, rest: Array, every: float, finer: float,
    top: float,
) -> None:  # fmt: skip
    table, sound, points, extent = scene.true_speed_mps, scene.sound_mps, scene.points, scene.extent_deg
    terrain, ridge, box, phases = scene.terrain_m, scene.ridge_m, scene.terrain_box, out.phase
    last, habits = phases.shape[1] - 1, scene.habits
    for i in range(len(noise)):
        z, t, k = noise[i], 0.0, 0
        _begin(z, scene, story, env, p, s, aim, rest)
        out.take_off_s[i], out.route[i], out.qnh_offset_m[i] = p[P_TAKE_OFF], int(p[P_ROUTE]), habits.qnh_m * z[QNH]
        for _ in range(_MOST_PIECES):
            left = last * every - t
            if left <= 1e-9:
                break
            if _due(p, s, t):
                _turning_point(z, scene, story, p, s, aim, rest, env, t)
            phase, met = int(s[S_PHASE]), -1
            if phase < ROUTE or phase == LANDED or phase == DOWN:
                time = _on_ground(s, p, c, env, t, left)
            else:
                time, met = _in_air(
                    z, s, p, c, table, sound, points, extent, terrain, ridge, box, habits, env, aim, rest, t, left, finer,
                    top,
                )  # fmt: skip
            if time == math.inf:
                break
            if met != SAFE:
                k = _store(c, track, phases, i, k, t, time, every, phase)
                t += time
                _arrive(c, s, time / c[C_TIME])
            if met >= 0:
                out.ending[i], out.end_s[i] = met, t
                if met == SAFE:
                    out.place[i] = _place_of(story, int(p[P_RUNWAY]))
                    _land(s, p, aim)
                else:
                    _lie(s, terrain, box)
        _store_rest(s, track, phases, i, k)


@_compiled
def _begin(
    z: Array, scene: Scene, story: Story, env: Envelope, p: Array, s: Array, aim: Array, rest: Array
) -> None:
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


# -- one piece ----------------------------------------------------------------------------------------------------


@_inlined
def _on_ground(s: Array, p: Array, c: Array, env: Envelope, t: float, left: float) -> float:
    """Parked, rolling or down: the length of the piece along the runway; infinite where nothing more happens."""
    pace, time = 0.0, math.inf
    if s[S_PHASE] == PARKED:
        time = p[P_ROLL] - t
    elif s[S_PHASE] == ROLL:
        pace, time = 0.5 * env.rotate_mps**2 / env.takeoff_run_m, p[P_TAKE_OFF] - t
    elif s[S_PHASE] == LANDED and s[S_GS] > 1e-6:
        pace, time = -BRAKING_MPS2, s[S_GS] / BRAKING_MPS2
    if time < math.inf:
        time = min(time, left)
        speed = max(s[S_GS] + pace * time, 0.0)
        _shape(c, s, time, 0.0, 0.0, 0.0, 0.0, s[S_GS], 0.5 * (s[S_GS] + speed), speed)
    else:
        s[S_GS] = 0.0
    return time


@_inlined
def _in_air(
    z: Array, s: Array, p: Array, c: Array, table: Array, sound: Array, points: Array, extent: Array,
    terrain: NDArray[np.float32], ridge: NDArray[np.float32], box: Array, habits: Habits, env: Envelope, aim: Array,
    rest: Array, t: float, left: float, finer: float, top: float,
) -> tuple[float, int]:  # fmt: skip
    """One piece in the air: its length, and how the path ends with it, or -1."""
    far = LONGEST_S / finer
    time = _lateral(z, s, p, points, extent, habits, env, aim, rest, t)
    if time == TOUCH:
        return 0.0, SAFE
    time = min(time, _vertical(z, s, p, terrain, box, habits, env, t, far))
    time = min(time, _speed(z, s, p, env, habits, t))
    time = max(min(time, far), SHORTEST_S)
    for moment in (p[P_LEAVE], p[P_GO], p[P_FALL], p[P_TAKE_OFF] + _CLEAR_S):
        if moment > t + 1e-9:
            time = min(time, moment - t)
    time = min(time, left)
    time = _pieced(s, p, c, table, sound, env, time, LARGEST_TURN / finer)
    clear = t + time > p[P_TAKE_OFF] + _CLEAR_S + 1e-9 and not (p[P_LANDS] == 1.0 and s[S_TO_GO] < NEAR_FIELD_M + 2.0)
    if clear or s[S_PHASE] == FALLING:
        share = _meets(c, s, terrain, ridge, box, top)
        if share <= 1.0:
            return share * time, CRASHED if s[S_PHASE] == FALLING else STRUCK
    else:
        s[S_SEEN] = -1.0
    return time, -1


@_compiled
def _pieced(
    s: Array, p: Array, c: Array, table: Array, sound: Array, env: Envelope, time: float, largest: float
) -> float:
    """Lay out the piece: at most this long (s), no farther than where MMO begins or ends to hold."""
    cas, height, vs, tas, gs = s[S_CAS], s[S_H], s[S_VS], s[S_TAS], s[S_GS]
    sway, turn, bow = air.GRAVITY_MPS2 * s[S_BANK], 0.0, 0.0
    turns, ends = s[S_ANGLE] != 0.0 and s[S_EASY] == 0.0, False
    if turns:
        time = min(time, largest * max(tas, 40.0) / sway)
        whole = min(abs(s[S_ANGLE]) * max(tas, 40.0) / sway, 2.0 * time)
        whole *= 1.0 + 0.5 * whole * (_pace_of(s, p, env, min(time, whole)) / cas + 5e-5 * vs)
        whole = max(whole, 1e-3)
        ends = whole <= time
        time = min(time, whole)
    swerve = 0.0
    if turns:
        strength = p[P_WIND_LOW] + p[P_WIND_UP] * max(height, 0.0)
        across = strength * (p[P_WIND_E] * s[S_NORTH] - p[P_WIND_N] * s[S_EAST])
        swerve = math.copysign(sway / max(tas, 40.0), s[S_ANGLE]) * across
    over = s[S_OVER]
    for attempt in range(2):
        pace = _pace_of(s, p, env, time)
        slowing = tas * (pace / cas + 5e-5 * vs)
        climb = _climb_of(s, env, slowing + swerve, time)
        middle, end = height + 0.5 * time * (vs + 0.25 * climb * time), height + time * (vs + 0.5 * climb * time)
        most_end = env.mmo * _sound(sound, end)
        tas_middle = _true_speed(table, cas + 0.5 * pace * time, middle)
        tas_end = _true_speed(table, cas + pace * time, end)
        over_end = tas_end - most_end
        if attempt == 0 and over * over_end < 0.0 and abs(over) > 0.02 and time > 0.1:
            time *= abs(over) / (abs(over) + abs(over_end))
            ends = False
            continue
        break
    tas_end, s[S_OVER] = min(tas_end, most_end), over_end
    if max(over, over_end) > -3.0:
        tas_middle = min(tas_middle, env.mmo * _sound(sound, middle))
    if turns:
        first, rate, last = sway / max(tas, 40.0), sway / max(tas_middle, 40.0), sway / max(tas_end, 40.0)
        turn = s[S_ANGLE]
        bow = (0.5 if turn > 0.0 else -0.5) * (last - first) * time
        if not ends:
            turn = math.copysign(min((first + 4.0 * rate + last) / 6.0 * time, abs(turn)), turn)
    elif s[S_EASY] == 1.0:
        turn = s[S_ANGLE] * s[S_AWAY] / max(s[S_AWAY] - 0.5 * gs * time, 0.5 * s[S_AWAY])
    flat = max(math.sqrt(s[S_X] ** 2 + s[S_Y] ** 2), 1e-3)
    swing = turn + min(max(gs * time * s[S_EAST] * s[S_Z] / (flat * 6.37e6), -0.2), 0.2)
    q, r = _sine_cosine(0.5 * swing)
    east, north = r * s[S_EAST] + q * s[S_NORTH], r * s[S_NORTH] - q * s[S_EAST]
    gs_middle = _ground_speed(p, tas_middle, middle, east, north)
    gs_end = _ground_speed(p, tas_end, end, r * east + q * north, r * north - q * east)
    if turns and s[S_LEFT] != 0.0:
        s[S_LEFT] = 0.0 if ends else s[S_LEFT] - turn
    _shape(c, s, time, turn, bow, vs, climb, gs, gs_middle, gs_end)
    s[S_TAS], s[S_CAS], s[S_SLOWING] = tas_end, cas + pace * time, slowing
    return time


@_compiled
def _shape(
    c: Array, s: Array, time: float, turn: float, bow: float, vs: float, climb: float, gs: float, gs_middle: float,
    gs_end: float,
) -> None:  # fmt: skip
    """Write a piece down: polynomials of the way, the directions of the way, height, speed and track."""
    a, b, e = gs * time, (4.0 * gs_middle - 3.0 * gs - gs_end) * time, 2.0 * (gs - 2.0 * gs_middle + gs_end) * time
    f = turn - bow
    q = f * f
    c[C_ALONG], c[C_ALONG + 1], c[C_ALONG + 2] = a, 0.5 * b, e / 3.0 - a * q / 6.0
    c[C_ALONG + 3] = -b * q / 8.0 - bow * a * f / 4.0
    c[C_ALONG + 4] = q * (a * q / 120.0 - e / 10.0) - bow * b * f / 5.0
    c[C_ALONG + 5] = b * q * q / 144.0 - bow * f * (e - a * q / 6.0) / 6.0
    c[C_ALONG + 6] = q * q * (e / 168.0 - a * q / 5040.0) + bow * f * b * q / 42.0
    c[C_ACROSS], c[C_ACROSS + 1] = 0.5 * a * f, (b * f + bow * a) / 3.0
    c[C_ACROSS + 2] = f * (e / 4.0 - a * q / 24.0) + bow * b / 4.0
    c[C_ACROSS + 3] = -f * b * q / 30.0 + bow * (e - 0.5 * a * q) / 5.0
    c[C_ACROSS + 4] = f * q * (a * q / 720.0 - e / 36.0) - bow * b * q / 12.0
    c[C_ACROSS + 5] = f * b * q * q / 840.0 + bow * q * (a * q / 24.0 - 0.5 * e) / 7.0
    nx, ny, nz, dx, dy, dz = s[S_X], s[S_Y], s[S_Z], s[S_DX], s[S_DY], s[S_DZ]
    rx, ry, rz = dy * nz - dz * ny, dz * nx - dx * nz, dx * ny - dy * nx
    radius, bulge = _scales(nz + 0.5 * (a + 0.5 * b) * dz / 6.37e6, s[S_H] + 0.5 * vs * time)
    f, r, radius = bulge * dz, bulge * rz, 1.0 / radius
    c[C_X], c[C_Y], c[C_Z] = nx, ny, nz
    c[C_FX], c[C_FY], c[C_FZ] = (
        (dx - f * nx * nz) * radius, (dy - f * ny * nz) * radius, (dz + f * (1.0 - nz * nz)) * radius,
    )  # fmt: skip
    c[C_RX], c[C_RY], c[C_RZ] = (
        (rx - r * nx * nz) * radius, (ry - r * ny * nz) * radius, (rz + r * (1.0 - nz * nz)) * radius,
    )  # fmt: skip
    c[C_FF] = c[C_FX] ** 2 + c[C_FY] ** 2 + c[C_FZ] ** 2
    c[C_FR] = c[C_FX] * c[C_RX] + c[C_FY] * c[C_RY] + c[C_FZ] * c[C_RZ]
    c[C_RR] = c[C_RX] ** 2 + c[C_RY] ** 2 + c[C_RZ] ** 2
    c[C_TIME], c[C_TURN], c[C_BOW], c[C_V0], c[C_V1], c[C_V2] = time, turn, bow, gs, b / time, e / time
    c[C_H], c[C_VS], c[C_CLIMB], c[C_TRACK], c[C_TURNED] = s[S_H], vs, climb, s[S_TRACK], s[S_TURNED]
    x, y, z = _at(c, 1.0)
    _carry(s, x, y, z, turn)
    _point(s)
    swing = s[S_TRACK] - c[C_TRACK] - turn
    c[C_SWING] = turn + swing - 2.0 * math.pi * math.floor(swing / (2.0 * math.pi) + 0.5)


@_inlined
def _at(c: Array, u: float) -> tuple[float, float, float]:
    """The normal (nearly of length one) at a share of the piece."""
    a, b = _along(c, u), _across(c, u)
    square = a * a * c[C_FF] + 2.0 * a * b * c[C_FR] + b * b * c[C_RR]
    stay, go = 1.0 - 0.5 * square, 1.0 - square / 6.0
    a, b = a * go, b * go
    return (
        stay * c[C_X] + a * c[C_FX] + b * c[C_RX],
        stay * c[C_Y] + a * c[C_FY] + b * c[C_RY],
        stay * c[C_Z] + a * c[C_FZ] + b * c[C_RZ],
    )


@_inlined
def _along(c: Array, u: float) -> float:
    return u * (c[0] + u * (c[1] + u * (c[2] + u * (c[3] + u * (c[4] + u * (c[5] + u * c[6]))))))


@_inlined
def _across(c: Array, u: float) -> float:
    return u * u * (c[8] + u * (c[9] + u * (c[10] + u * (c[11] + u * (c[12] + u * c[13])))))


@_inlined
def _height(c: Array, u: float) -> float:
    return c[C_H] + u * c[C_TIME] * (c[C_VS] + 0.5 * u * c[C_TIME] * c[C_CLIMB])


@_inlined
def _arrive(c: Array, s: Array, share: float) -> None:
    """Go to the end of the piece, or to the share of it where the ground was met."""
    if share < 1.0:
        s[S_X], s[S_Y], s[S_Z] = _at(c, share)
        s[S_TRACK] = c[C_TRACK] + share * (c[C_SWING] + (share - 1.0) * c[C_BOW])
    s[S_H], s[S_VS] = _height(c, share), c[C_VS] + c[C_CLIMB] * share * c[C_TIME]
    s[S_GS] = c[C_V0] + share * (c[C_V1] + share * c[C_V2])
    s[S_TURNED] = c[C_TURNED] + share * (c[C_TURN] + (share - 1.0) * c[C_BOW])


# -- the ends -----------------------------------------------------------------------------------------------------


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


@_compiled
def _meets(
    c: Array, s: Array, terrain: NDArray[np.float32], ridge: NDArray[np.float32], box: Array, top: float
) -> float:
    """The share of the piece at which the path meets the ground, or 2. First by the highest ground far about."""
    low = min(c[C_H], _height(c, 1.0)) - 0.125 * abs(c[C_CLIMB]) * c[C_TIME] ** 2
    if low > top:
        s[S_SEEN] = -1.0
        return 2.0
    if s[S_SEEN] < 0.0:
        s[S_ROW] = _row(c[C_Z], math.sqrt(c[C_X] ** 2 + c[C_Y] ** 2), box)
        s[S_COLUMN] = _column(c[C_X], c[C_Y], box)
    row, column = s[S_ROW], s[S_COLUMN]
    s[S_ROW], s[S_COLUMN], s[S_SEEN] = (
        _row(s[S_Z], math.sqrt(s[S_X] ** 2 + s[S_Y] ** 2), box), _column(s[S_X], s[S_Y], box), 1.0,
    )  # fmt: skip
    if low > max(_ridge(ridge, row, column), _ridge(ridge, s[S_ROW], s[S_COLUMN])):
        return 2.0
    return _searched(c, s, terrain, box, row, column)


@_inlined
def _ridge(ridge: NDArray[np.float32], row: float, column: float) -> float:
    return _cell(ridge, row / RIDGE_CELLS + 1.0, column / RIDGE_CELLS + 1.0)


@_compiled
def _searched(
    c: Array, s: Array, terrain: NDArray[np.float32], box: Array, row: float, column: float
) -> float:
    """Follow the piece from cell to cell of the ground, in short chords where it turns."""
    chords = 1 + int(abs(c[C_TURN]) / _LOOK_TURN)
    for j in range(chords):
        row_to, column_to = s[S_ROW], s[S_COLUMN]
        if j < chords - 1:
            x, y, z = _at(c, (j + 1.0) / chords)
            row_to, column_to = _row(z, math.sqrt(x * x + y * y), box), _column(x, y, box)
        share = _walked(c, terrain, row, column, row_to, column_to, j / chords, 1.0 / chords)
        if share <= 1.0:
            return _made_sure(c, terrain, box, share)
        row, column = row_to, column_to
    return 2.0


@_compiled
def _walked(
    c: Array, terrain: NDArray[np.float32], row: float, column: float, row_to: float, column_to: float, begin: float,
    span: float,
) -> float:  # fmt: skip
    """From cell to cell along a chord: where the path is not above the cell's ground, or 2."""
    down, across = row_to - row, column_to - column
    if abs(across) > 1e4:
        across = 0.0
    i, j, first = math.floor(row), math.floor(column), begin
    even = abs(c[C_V1]) + abs(c[C_V2]) < 1e-3 * c[C_V0]
    while True:
        next_i = ((i + 1.0 if down > 0.0 else i) - row) / down if abs(down) > 1e-12 else math.inf
        next_j = ((j + 1.0 if across > 0.0 else j) - column) / across if abs(across) > 1e-12 else math.inf
        until = min(next_i, next_j, 1.0)
        ground = _cell(terrain, i, j)
        then = begin + until * span if even else _share_of(c, begin, span, until)
        if _height(c, first) <= ground:
            return first
        if _height(c, then) <= ground:
            return _sunk(c, ground, first, then)
        if until >= 1.0:
            return 2.0
        first = then
        if next_i <= next_j:
            i += 1.0 if down > 0.0 else -1.0
        else:
            j += 1.0 if across > 0.0 else -1.0


@_inlined
def _share_of(c: Array, begin: float, span: float, u: float) -> float:
    """The share of the piece's time at a share of the way along one of its chords."""
    first, last = _way(c, begin), _way(c, begin + span)
    way = first + u * (last - first)
    share = begin + u * span
    for _ in range(2):
        speed = c[C_TIME] * (c[C_V0] + share * (c[C_V1] + share * c[C_V2]))
        share += (way - _way(c, share)) / max(speed, 1e-6)
    return min(max(share, begin), begin + span)


@_inlined
def _way(c: Array, u: float) -> float:
    """Distance flown (m) in a share of the piece."""
    return c[C_TIME] * u * (c[C_V0] + u * (0.5 * c[C_V1] + u * c[C_V2] / 3.0))


@_inlined
def _sunk(c: Array, ground: float, above: float, below: float) -> float:
    """Where between two shares of the piece the path sinks to a height."""
    for _ in range(40):
        middle = 0.5 * (above + below)
        if _height(c, middle) > ground:
            above = middle
        else:
            below = middle
    return below


@_inlined
def _made_sure(c: Array, terrain: NDArray[np.float32], box: Array, share: float) -> float:
    """Nudge onward by half metres until the place itself is one where the ground is met: chords are not the path."""
    for _ in range(8):
        x, y, z = _at(c, share)
        if _height(c, share) <= _ground(terrain, box, x, y, z) + 0.01:
            break
        share = min(share + 0.5 / max(c[C_V0] * c[C_TIME], 1.0), 1.0)
    return share


# -- storing ------------------------------------------------------------------------------------------------------


@_compiled
def _store(
    c: Array, track: NDArray[np.float32], phase: NDArray[np.int8], i: int, k: int, t: float, time: float,
    every: float, code: int,
) -> int:  # fmt: skip
    """Store the moments from `k` on that lie in the piece; gives the next one."""
    end = min(int(math.ceil((t + time - 1e-9) / every)), phase.shape[1] - 1)
    if end <= k:
        return k
    step, first = every / c[C_TIME], -t / c[C_TIME]
    _store_way(c, track, i, k, end, step, first)
    vs, climb, height = c[C_VS], c[C_CLIMB] * c[C_TIME], c[C_H]
    sink, lift = vs * c[C_TIME], 0.5 * climb * c[C_TIME]
    for m in range(k, end):
        u = first + m * step
        track[3, i, m] = height + u * (sink + u * lift)
        track[6, i, m] = vs + u * climb
    v0, v1, v2 = c[C_V0], c[C_V1], c[C_V2]
    for m in range(k, end):
        u = first + m * step
        track[4, i, m] = v0 + u * (v1 + u * v2)
        phase[i, m] = code
    degrees = 180.0 / math.pi
    course, swing, turned, turn = c[C_TRACK] * degrees, c[C_SWING] * degrees, c[C_TURNED] * degrees, c[C_TURN] * degrees
    bow = c[C_BOW] * degrees
    for m in range(k, end):
        u = first + m * step
        bend = (u - 1.0) * bow
        now = course + u * (swing + bend)
        now = now + 360.0 if now < 0.0 else now
        track[5, i, m] = now - 360.0 if now >= 360.0 else now
        track[7, i, m] = turned + u * (turn + bend)
    return end


@_inlined
def _store_way(
    c: Array, track: NDArray[np.float32], i: int, k: int, end: int, step: float, first: float
) -> None:
    """Store the normals."""
    x, y, z, fx, fy, fz, ff = c[C_X], c[C_Y], c[C_Z], c[C_FX], c[C_FY], c[C_FZ], c[C_FF]
    a0, a1, a2 = c[0], c[1], c[2]
    if c[C_TURN] == 0.0:
        for m in range(k, end):
            u = first + m * step
            a = u * (a0 + u * (a1 + u * a2))
            square = a * a * ff
            stay, go = 1.0 - 0.5 * square, a * (1.0 - square * (1.0 / 6.0))
            track[0, i, m], track[1, i, m], track[2, i, m] = stay * x + go * fx, stay * y + go * fy, stay * z + go * fz
        return
    rx, ry, rz, fr, rr = c[C_RX], c[C_RY], c[C_RZ], 2.0 * c[C_FR], c[C_RR]
    a3, a4, a5, a6 = c[3], c[4], c[5], c[6]
    b0, b1, b2, b3, b4, b5 = c[8], c[9], c[10], c[11], c[12], c[13]
    for m in range(k, end):
        u = first + m * step
        a = u * (a0 + u * (a1 + u * (a2 + u * (a3 + u * (a4 + u * (a5 + u * a6))))))
        b = u * u * (b0 + u * (b1 + u * (b2 + u * (b3 + u * (b4 + u * b5)))))
        square = a * a * ff + a * b * fr + b * b * rr
        stay, go = 1.0 - 0.5 * square, 1.0 - square * (1.0 / 6.0)
        a, b = a * go, b * go
        track[0, i, m] = stay * x + a * fx + b * rx
        track[1, i, m] = stay * y + a * fy + b * ry
        track[2, i, m] = stay * z + a * fz + b * rz


@_inlined
def _store_rest(s: Array, track: NDArray[np.float32], phase: NDArray[np.int8], i: int, k: int) -> None:
    """Store where the path is now at all moments that are left."""
    course = math.degrees(s[S_TRACK])
    for m in range(k, phase.shape[1]):
        track[0, i, m], track[1, i, m], track[2, i, m] = s[S_X], s[S_Y], s[S_Z]
        track[3, i, m], track[4, i, m], track[6, i, m] = s[S_H], s[S_GS], s[S_VS]
        track[5, i, m] = course + 360.0 if course < 0.0 else course
        track[7, i, m] = math.degrees(s[S_TURNED])
        phase[i, m] = int(s[S_PHASE])
