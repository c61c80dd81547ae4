"""What has been flown, as a table to enter: training flights and the flight's own, with the state at every step."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trackkit.read.stretches import STEP_S, Stretches, stretches

__all__ = ["IN_HEIGHT", "SIDEWAYS", "Flown", "Kernel", "enter", "flown", "own_states", "states", "tables"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

#: what the state of a step is made of, and how far apart (one sd of the kernel) two states count as alike sideways and
#: in height: acceleration sideways (m/s2), log of its mean square over two and ten minutes, turn of the last minute
#: (rad), log speed, vertical rate over 20 s and two minutes (m/s), height (m)
SIDEWAYS = np.array([0.35, 0.5, 0.7, 0.4, 0.25, 4.0, 6.0, 2_500.0])
IN_HEIGHT = np.array([2.0, 1.5, 1.5, 2.0, 0.4, 1.2, 2.0, 1_500.0])
#: shortest reach of an average that is told as one, activity of a straight path (m/s2), speed classes (m/s)
_QUIET, _SPEEDS = 0.05, (45.0, 80.0, 140.0)
_BANKS, _RATES, _ACTIVE = (-1.5, -0.35, 0.35, 1.5), (-1.5, 1.5), (0.25, 0.8)


class Flown(NamedTuple):
    """Steps of many flights; `own` is the first step of the flight's own stretches. States look back, or ahead."""

    course_rad: Array
    log_speed: Array
    height_m: Array
    first: Whole
    last: Whole
    back: Array
    ahead: Array
    kind: Whole
    flight: Whole
    own: int


def _mean_over(values: Array, first: Whole, steps: int) -> Array:
    """Mean over the last steps of the same piece, of as many as there are."""
    climbed = np.concatenate([[0.0], np.cumsum(values)])
    here = np.arange(len(values))
    low = np.maximum(here - steps + 1, first)
    return (climbed[here + 1] - climbed[low]) / (here + 1 - low)


def states(course: Array, speed: Array, height: Array, first: Whole) -> Array:
    """The state at every step as its past tells it, shape (steps, 8)."""
    here = np.arange(len(course))
    before = np.maximum(here - 1, first)
    turn = (course - course[before]) / STEP_S
    turn[here == first] = np.append(turn, 0.0)[np.minimum(here + 1, len(here))][here == first]
    side = turn * speed
    rate = (height - height[before]) / STEP_S
    square = side**2
    minute = course - course[np.maximum(here - 12, first)]
    return np.stack([
        _mean_over(side, first, 3), 0.5 * np.log(_mean_over(square, first, 24) + _QUIET**2),
        0.5 * np.log(_mean_over(square, first, 120) + _QUIET**2), minute, np.log(speed),
        _mean_over(rate, first, 4), _mean_over(rate, first, 24), height,
    ], axis=1)  # fmt: skip


def _both(course: Array, speed: Array, height: Array, first: Whole, last: Whole) -> tuple[Array, Array]:
    """States looking back and, by turning time around, ahead; signs as in forward time."""
    back = states(course, speed, height, first)
    turned = (len(course) - 1 - last)[::-1]
    ahead = states(course[::-1], speed[::-1], height[::-1], turned)[::-1].copy()
    ahead[:, [0, 3, 5, 6]] *= -1.0
    return back, ahead


def _ends(piece: Whole) -> tuple[Whole, Whole]:
    edges = np.flatnonzero(np.diff(piece)) + 1
    starts, stops = np.concatenate([[0], edges]), np.concatenate([edges, [len(piece)]])
    lengths = stops - starts
    return np.repeat(starts, lengths), np.repeat(stops - 1, lengths)


@cache
def _library() -> Flown:
    return _flown(stretches())


def _flown(table: Stretches) -> Flown:
    first, last = _ends(table.piece)
    speed = np.maximum(table.speed_mps, 5.0)
    back, ahead = _both(table.course_rad, speed, table.height_m, first, last)
    return Flown(
        table.course_rad, np.log(speed), table.height_m, first, last, back, ahead, table.kind, table.flight, len(first)
    )


def flown(own: list[tuple[Array, ...]], without: Whole | None = None) -> Flown:
    """The training flights and, behind them, stretches (course, speed, height on the grid) of the flight itself.

    `without` names training flights to leave out (for fitting: the flight that is asked about).
    """
    base = _library()
    if without is not None:
        base = _kept(base, ~np.isin(base.flight, without))
    parts = [_one(part) for part in own if len(part[0]) >= 2]
    return _joined(base, parts)


def _one(part: tuple[Array, ...]) -> Flown:
    course, speed, height = part
    speed = np.maximum(speed, 5.0)
    first, last = np.zeros(len(course), np.int64), np.full(len(course), len(course) - 1)
    none = np.full(len(course), -1)
    return Flown(course, np.log(speed), height, first, last, *_both(course, speed, height, first, last), none, none, 0)


def own_states(part: tuple[Array, ...]) -> tuple[Array, Array]:
    """The states of a stretch (course, speed, height), looking back and ahead."""
    found = _one(part)
    return found.back, found.ahead


def _kept(base: Flown, kept: NDArray[np.bool_]) -> Flown:
    parts = {name: getattr(base, name)[kept] for name in base._fields[:-1]}
    number = np.cumsum(kept) - 1
    parts |= {name: number[parts[name]] for name in ("first", "last")}
    return base._replace(**parts, own=int(kept.sum()))


def _joined(base: Flown, parts: list[Flown]) -> Flown:
    shift, found = len(base.first), [base]
    for part in parts:
        found.append(part._replace(first=part.first + shift, last=part.last + shift))
        shift += len(part.first)
    columns = {name: np.concatenate([getattr(part, name) for part in found]) for name in base._fields[:-1]}
    return base._replace(**columns, own=len(base.first))


class Kernel(NamedTuple):
    """How states are compared: widths, the least effective number of moments, the own share and its reach (steps)."""

    widths: Array
    least: float = 400.0
    own: float = 0.5
    own_reach: float = 120.0
    stray: float = 0.03


def enter(
    table: Flown, state: Array, way: int, count: int, kernel: Kernel, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Moments at which flights were in about this state, drawn by likeness: places and mirrors, shape (count,).

    `state` is in the units of `states`; widths grow until the moments are worth `kernel.least`.
    """
    seen = table.back if way > 0 else table.ahead
    sign = np.array([-1.0, 1.0, 1.0, -1.0, 1.0, 1.0, 1.0, 1.0])
    usable = (table.last - table.first > 4) & _room(table, way)
    index = np.flatnonzero(usable[: table.own])[::2]
    far = [(((seen[index] * flip - state) / kernel.widths) ** 2).sum(axis=1) for flip in (np.ones(8), sign)]
    weight = _weights(np.concatenate(far), kernel.least)
    weight = (1.0 - kernel.stray) * weight + kernel.stray * _weights(0.1 * np.concatenate(far), kernel.least)
    own = table.own + np.flatnonzero(usable[table.own :])
    share = kernel.own * len(own) / (len(own) + kernel.own_reach)
    places = np.concatenate([index, index, own])
    mirrors = np.repeat([1.0, -1.0, 1.0], [len(index), len(index), len(own)])
    if len(own):
        mine = _weights((((seen[own] - state) / kernel.widths) ** 2).sum(axis=1), 0.3 * min(len(own), 60.0))
        weight = np.concatenate([(1.0 - share) * weight, share * mine])
    climbed = np.cumsum(weight)
    drawn = np.searchsorted(climbed, climbed[-1] * rng.random(count))
    drawn = np.minimum(drawn, len(places) - 1)
    return places[drawn].astype(float), mirrors[drawn]


def _room(table: Flown, way: int) -> NDArray[np.bool_]:
    """Whether a flight went on for a while after (or before) the step."""
    here = np.arange(len(table.first))
    return (table.last - here > 3) if way > 0 else (here - table.first > 3)


def _weights(far: Array, least: float) -> Array:
    """Gaussian weights that sum to one, widened until they are worth so many moments."""
    least, wide = min(least, 0.9 * len(far)), 1.0
    nearest = far.min()
    for _ in range(40):
        weight = np.exp(-0.5 * (far - nearest) / wide)
        if weight.sum() ** 2 >= least * (weight**2).sum():
            break
        wide *= 1.5
    return np.asarray(weight / weight.sum(), float)


def tables(table: Flown, way: int) -> tuple[Array, Array, Array, Whole, Whole, Whole, Whole, Whole]:
    """What `replay` plays: the channels, the ends of pieces, and the classes of state between which paths jump."""
    seen = table.back if way > 0 else table.ahead
    bank, rate = np.digitize(seen[:, 0], _BANKS), np.digitize(seen[:, 5], _RATES)
    speed, active = np.digitize(seen[:, 4], np.log(_SPEEDS)), np.digitize(np.exp(seen[:, 2]), _ACTIVE)
    bucket = ((bank * 3 + rate) * 4 + speed) * 3 + active
    order = np.argsort(bucket, kind="stable")
    count = 5 * 3 * 4 * 3
    low = np.searchsorted(bucket[order], np.arange(count))
    high = np.searchsorted(bucket[order], np.arange(count), side="right")
    mine = np.array([a + np.searchsorted(order[a:b], table.own) for a, b in zip(low, high, strict=True)])
    side = np.arange(count) // 36 - 2
    bounds = np.stack([low, high, mine, side], axis=1)
    return (table.course_rad, table.log_speed, table.height_m, table.first, table.last, bucket, order, bounds)
