"""The compiled integration: a path is flown in pieces from event to event, and stored at even times along them.

A piece ends where one of the channels asks for something new, where a rule changes, where the ground is met, or after
a largest length; its shape is in `piece`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackkit.motion.geometry import (
    P_FALL,
    P_GO,
    P_LANDS,
    P_LEAVE,
    P_ROLL,
    P_ROUTE,
    P_SIZE,
    P_TAKE_OFF,
    S_GS,
    S_PHASE,
    S_SEEN,
    S_SIZE,
    S_TO_GO,
    _compiled,
    _inlined,
)  # fmt: skip
from trackkit.motion.ground import _meets
from trackkit.motion.numbers import MAX_POINTS, QNH
from trackkit.motion.pace import NEAR_FIELD_M, _speed, _vertical
from trackkit.motion.phases import _begin, _due, _ended, _turning_point
from trackkit.motion.piece import C_SIZE, C_TIME, _arrive, _pieced, _shape
from trackkit.motion.plan import LAST_POINTS
from trackkit.motion.scene import (
    CRASHED,
    DOWN,
    FALLING,
    LANDED,
    PARKED,
    ROLL,
    ROUTE,
    SAFE,
    STRUCK,
    Array,
    Envelope,
    Flown,
    Habits,
    Scene,
    Story,
)  # fmt: skip
from trackkit.motion.store import _store, _store_rest
from trackkit.motion.turn import SHORTEST_S, TOUCH, _lateral

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


def _simulate(noise: Array, scene: Scene, story: Story, envelope: Envelope, every_s: float, finer: float) -> Flown:
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
    c: Array, aim: Array, rest: Array, every: float, finer: float, top: float,
) -> None:  # fmt: skip
    table, sound, points, extent = scene.true_speed_mps, scene.sound_mps, scene.points, scene.extent_deg
    terrain, ridge, box, phases = scene.terrain_m, scene.ridge_m, scene.terrain_box, out.phase
    last, habits = phases.shape[1] - 1, scene.habits
    for i in range(len(noise)):
        z, t, k, pieces = noise[i], 0.0, 0, 0
        _begin(z, scene, story, env, p, s, aim, rest)
        out.take_off_s[i], out.route[i], out.qnh_offset_m[i] = p[P_TAKE_OFF], int(p[P_ROUTE]), habits.qnh_m * z[QNH]
        while last * every - t > 1e-9 and pieces < _MOST_PIECES:
            left, pieces = last * every - t, pieces + 1
            if _due(p, s, t):
                _turning_point(z, scene, story, p, s, aim, rest, env, t)
            phase = int(s[S_PHASE])
            if _is_down(phase):
                time, met = _on_ground(s, p, c, env, t, left), -1
            else:
                time, met = _in_air(
                    z, s, p, c, table, sound, points, extent, terrain, ridge, box, habits, env, aim, rest, t, left,
                    finer, top,
                )  # fmt: skip
            if time == math.inf:
                break
            if met != SAFE:
                k = _store(c, track, phases, i, k, t, time, every, phase)
                t += time
                _arrive(c, s, time / c[C_TIME])
            if met >= 0:
                out.ending[i], out.end_s[i] = met, t
                out.place[i] = _ended(s, p, story, aim, met, terrain, box)
        _store_rest(s, track, phases, i, k)


@_inlined
def _is_down(phase: int) -> bool:
    """Parked, rolling, landed or down: not in the air."""
    return phase < ROUTE or phase in (LANDED, DOWN)


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
