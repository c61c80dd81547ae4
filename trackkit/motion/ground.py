"""Where a piece of a path meets the ground."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackkit.motion.geometry import (
    S_COLUMN,
    S_ROW,
    S_SEEN,
    S_X,
    S_Y,
    S_Z,
    _cell,
    _column,
    _compiled,
    _ground,
    _inlined,
    _row,
)  # fmt: skip
from trackkit.motion.piece import C_CLIMB, C_H, C_TIME, C_TURN, C_V0, C_V1, C_V2, C_X, C_Y, C_Z, _at, _height, _way
from trackkit.motion.scene import RIDGE_CELLS, Array

#: turn between two looks at the ground along a piece (radians)
_LOOK_TURN = 0.04


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
def _searched(c: Array, s: Array, terrain: NDArray[np.float32], box: Array, row: float, column: float) -> float:
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
    i, j, first = float(math.floor(row)), float(math.floor(column)), begin
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
