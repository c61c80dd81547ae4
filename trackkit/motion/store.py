"""Storing a path: the moments that lie in a piece, by its polynomials."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackkit.motion.geometry import S_GS, S_H, S_PHASE, S_TRACK, S_TURNED, S_VS, S_X, S_Y, S_Z, _compiled, _inlined
from trackkit.motion.piece import (
    C_BOW,
    C_CLIMB,
    C_FF,
    C_FR,
    C_FX,
    C_FY,
    C_FZ,
    C_H,
    C_RR,
    C_RX,
    C_RY,
    C_RZ,
    C_SWING,
    C_TIME,
    C_TRACK,
    C_TURN,
    C_TURNED,
    C_V0,
    C_V1,
    C_V2,
    C_VS,
    C_X,
    C_Y,
    C_Z,
)  # fmt: skip
from trackkit.motion.scene import Array

Floats = NDArray[np.float32]


@_compiled
def _store(
    c: Array, track: Floats, phase: NDArray[np.int8], i: int, k: int, t: float, time: float, every: float, code: int
) -> int:
    """Store the moments from `k` on that lie in the piece; gives the next one."""
    end = min(math.ceil((t + time - 1e-9) / every), phase.shape[1] - 1)
    if end <= k:
        return k
    step = every / c[C_TIME]
    first = (k * every - t) / c[C_TIME]
    x, y, z = track[0, i, k:end], track[1, i, k:end], track[2, i, k:end]
    if c[C_TURN] == 0.0:
        _store_straight(c, x, y, z, first, step)
    else:
        _store_turn(c, x, y, z, first, step)
    _store_motion(c, track[3, i, k:end], track[4, i, k:end], track[6, i, k:end], first, step)
    _store_course(c, track[5, i, k:end], track[7, i, k:end], first, step)
    phase[i, k:end] = code
    return end


@_inlined
def _store_straight(c: Array, to_x: Floats, to_y: Floats, to_z: Floats, first: float, step: float) -> None:
    """Store the normals of a piece that holds the track."""
    x, y, z, fx, fy, fz, ff = c[C_X], c[C_Y], c[C_Z], c[C_FX], c[C_FY], c[C_FZ], c[C_FF]
    a0, a1, a2 = c[0], c[1], c[2]
    for m in range(len(to_x)):
        u = first + m * step
        a = u * (a0 + u * (a1 + u * a2))
        square = a * a * ff
        stay, go = 1.0 - 0.5 * square, a * (1.0 - square * (1.0 / 6.0))
        to_x[m] = stay * x + go * fx
        to_y[m] = stay * y + go * fy
        to_z[m] = stay * z + go * fz


@_inlined
def _store_turn(c: Array, to_x: Floats, to_y: Floats, to_z: Floats, first: float, step: float) -> None:
    """Store the normals of a piece that turns."""
    x, y, z, fx, fy, fz, ff = c[C_X], c[C_Y], c[C_Z], c[C_FX], c[C_FY], c[C_FZ], c[C_FF]
    rx, ry, rz, fr, rr = c[C_RX], c[C_RY], c[C_RZ], 2.0 * c[C_FR], c[C_RR]
    a0, a1, a2, a3, a4, a5, a6 = c[0], c[1], c[2], c[3], c[4], c[5], c[6]
    b0, b1, b2, b3, b4, b5 = c[8], c[9], c[10], c[11], c[12], c[13]
    for m in range(len(to_x)):
        u = first + m * step
        a = u * (a0 + u * (a1 + u * (a2 + u * (a3 + u * (a4 + u * (a5 + u * a6))))))
        b = u * u * (b0 + u * (b1 + u * (b2 + u * (b3 + u * (b4 + u * b5)))))
        square = a * a * ff + a * b * fr + b * b * rr
        stay, go = 1.0 - 0.5 * square, 1.0 - square * (1.0 / 6.0)
        a, b = a * go, b * go
        to_x[m] = stay * x + a * fx + b * rx
        to_y[m] = stay * y + a * fy + b * ry
        to_z[m] = stay * z + a * fz + b * rz


@_inlined
def _store_motion(c: Array, height: Floats, speed: Floats, rate: Floats, first: float, step: float) -> None:
    """Store height, ground speed and vertical rate."""
    h, vs, climb = c[C_H], c[C_VS], c[C_CLIMB] * c[C_TIME]
    sink, lift = vs * c[C_TIME], 0.5 * climb * c[C_TIME]
    v0, v1, v2 = c[C_V0], c[C_V1], c[C_V2]
    for m in range(len(height)):
        u = first + m * step
        height[m] = h + u * (sink + u * lift)
        speed[m] = v0 + u * (v1 + u * v2)
        rate[m] = vs + u * climb


@_inlined
def _store_course(c: Array, track: Floats, turned: Floats, first: float, step: float) -> None:
    """Store track and what was turned so far (degrees)."""
    degrees = 180.0 / math.pi
    course, swing, before, turn = c[C_TRACK] * degrees, c[C_SWING] * degrees, c[C_TURNED] * degrees, c[C_TURN] * degrees
    bow = c[C_BOW] * degrees
    for m in range(len(track)):
        u = first + m * step
        bend = (u - 1.0) * bow
        now = course + u * (swing + bend)
        now = now + 360.0 if now < 0.0 else now
        track[m] = now - 360.0 if now >= 360.0 else now
        turned[m] = before + u * (turn + bend)


@_inlined
def _store_rest(s: Array, track: Floats, phase: NDArray[np.int8], i: int, k: int) -> None:
    """Store where the path is now at all moments that are left."""
    course = math.degrees(s[S_TRACK])
    course = course + 360.0 if course < 0.0 else course
    now = (s[S_X], s[S_Y], s[S_Z], s[S_H], s[S_GS], course, s[S_VS], math.degrees(s[S_TURNED]))
    for field in range(8):
        track[field, i, k:] = now[field]
    phase[i, k:] = int(s[S_PHASE])
