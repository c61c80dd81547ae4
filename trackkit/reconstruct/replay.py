"""Fly stretches of real flights on from a state: compiled, one path after the other.

A path is a chain of stretches that real flights flew. It enters one at a moment at which that flight's own state was
like the path's, and turns, speeds up and climbs as that flight went on to do: played slower where the path is faster,
so that its banks stay those that were flown, mirrored for half of the paths. After an exponential time, or where
the stretch ends, it jumps to another moment of the same class of state. Backwards in time it works alike.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from trackkit.read.stretches import STEP_S

__all__ = ["replay"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_SCALE = 1.0 / 9007199254740992.0
#: how much slower or faster than flown a stretch may be played, and the spread (of the log) of that pace
_SLOWEST, _FASTEST, _PACE_SPREAD = 0.5, 2.0, 0.15


@numba.njit(cache=True)
def _next(state: np.uint64) -> tuple[np.uint64, float]:
    """The next number in [0, 1) of splitmix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    z = state
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return state, (z >> np.uint64(11)) * _SCALE


@numba.njit(cache=True)
def _at(values: Array, place: float) -> float:
    """The value between two steps."""
    i = int(place)
    if i + 1 >= len(values):
        return values[len(values) - 1]
    return values[i] + (place - i) * (values[i + 1] - values[i])


@numba.njit(cache=True)
def _jump(
    place: float, bucket: Whole, order: Whole, bounds: Whole, own_share: float, state: np.uint64
) -> tuple[float, np.uint64]:
    """Another moment of the same class; of the flight's own stretches if it is in one, by a share."""
    b = bucket[int(place)]
    low, high, own = bounds[b, 0], bounds[b, 1], bounds[b, 2]
    state, u = _next(state)
    state, v = _next(state)
    if own < high and u < own_share:
        return float(order[own + int(v * (high - own))]), state
    if own > low:
        return float(order[low + int(v * (own - low))]), state
    return float(order[low + int(v * (high - low))]), state


@numba.njit(cache=True)
def _one(
    out: Array, course: Array, pace: Array, height: Array, first: Whole, last: Whole, bucket: Whole, order: Whole,
    bounds: Whole, place: float, mirror: float, dt: float, way: float, own_share: float, mean_s: float,
    slowest: float, fastest: float, most_side: float, state: np.uint64,
) -> None:  # fmt: skip
    x, y, angle, speed, z = out[0]
    state, u = _next(state)
    left = -mean_s * math.log(1.0 - u)
    state, u = _next(state)
    tempo = math.exp(_PACE_SPREAD * 2.0 * (u - 0.5) * 1.732)
    for k in range(1, len(out)):
        i = int(place)
        rate = math.exp(pace[i]) / speed * tempo
        rate = min(max(rate, _SLOWEST), _FASTEST)
        there = place + way * rate * dt / STEP_S
        if left <= 0.0 or there < first[i] or there > last[i]:
            for _ in range(8):
                place, state = _jump(place, bucket, order, bounds, own_share, state)
                there = place + way * rate * dt / STEP_S
                if there >= first[int(place)] and there <= last[int(place)]:
                    break
            i = int(place)
            there = min(max(there, float(first[i])), float(last[i]))
            state, u = _next(state)
            left = -mean_s * math.log(1.0 - u)
            state, u = _next(state)
            tempo = math.exp(_PACE_SPREAD * 2.0 * (u - 0.5) * 1.732)
            if abs(bounds[bucket[i], 3]) == 0:
                state, u = _next(state)
                mirror = 1.0 if u < 0.5 else -1.0
        turn = mirror * (_at(course, there) - _at(course, place))
        most = most_side / speed * dt
        turn = min(max(turn, -most), most)
        faster = speed * math.exp(_at(pace, there) - _at(pace, place))
        faster = min(max(faster, slowest), fastest)
        middle, mean = angle + 0.5 * turn, 0.5 * (speed + faster)
        x += way * mean * dt * math.sin(middle)
        y += way * mean * dt * math.cos(middle)
        angle += turn
        speed = faster
        z += _at(height, there) - _at(height, place)
        out[k, 0], out[k, 1], out[k, 2], out[k, 3], out[k, 4] = x, y, angle, speed, z
        place = there
        left -= dt


@numba.njit(cache=True, nogil=True)
def replay(
    start: Array, places: Array, mirrors: Array, steps: int, dt: float, way: float, tables: tuple[Any, ...],
    own_share: float, mean_s: float, limits: tuple[float, float, float], seed: int,
) -> Array:  # fmt: skip
    """Fly paths on from their starts.

    Parameters
    ----------
    start : array, shape (paths, 5)
        x, y (m), course (rad), speed (m/s), height (m).
    places, mirrors : array, shape (paths,)
        Where each path enters the table, and whether it is played mirrored (-1) or not (1).
    steps, dt : int, float
        Steps and their length (s).
    way : float
        1 forward in time, -1 backward: then each path is where the aircraft was before.
    tables : tuple
        course, log speed, height, first and last step of the piece, class of each step, steps by class, and for each
        class where its steps begin, end, where the flight's own begin, and the side it turns to.
    own_share, mean_s : float
        Chance that a jump leads to the flight's own stretches where there are some; mean time between jumps.
    limits : tuple of float
        Slowest, fastest (m/s) and the greatest acceleration sideways (m/s2).
    seed : int

    Returns
    -------
    array, shape (paths, steps + 1, 5)
    """
    course, pace, height, first, last, bucket, order, bounds = tables
    out = np.empty((len(start), steps + 1, 5))
    for n in range(len(start)):
        out[n, 0] = start[n]
        state = (np.uint64(seed) * np.uint64(0xD1B54A32D192ED03)) ^ (np.uint64(n + 1) * np.uint64(0x9E3779B97F4A7C15))
        _one(out[n], course, pace, height, first, last, bucket, order, bounds, places[n], mirrors[n], dt, way,
             own_share, mean_s, limits[0], limits[1], limits[2], state)  # fmt: skip
    return out
