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


@_compiled
def _store(
    c: Array, track: NDArray[np.float32], phase: NDArray[np.int8], i: int, k: int, t: float, time: float,
    every: float, code: int,
) -> int:  # fmt: skip
    """Store the moments from `k` on that lie in the piece; gives the next one."""
    end = min(math.ceil((t + time - 1e-9) / every), phase.shape[1] - 1)
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
