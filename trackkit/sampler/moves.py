"""The kinds of Metropolis moves, and the lengths of their steps.

- *one*, *block*: preconditioned Crank-Nicolson steps z' = sqrt(1 - s^2) z + s xi on one number, on one block of numbers
  that belong together (Cotter, Roberts, Stuart and White 2013, Statist. Sci. 28:424-446); each block and each number
  has a step of its own, and those that need short steps are tried more often;
- *all*, *some*, *few*: the same on all numbers or a random part of them, each by a share of its own step, so that a
  number on which much depends does not hold back the others; numbers that pick among things are left alone;
- *pick*, *redraw*: one such number, or one block, drawn anew, which crosses between manoeuvres, routes and endings;
- *trade*: two numbers keep their sum and draw their difference anew;
- *difference*: a step along the difference of two other members (ter Braak 2006, Stat. Comput. 16:239-249), which
  knows the population's own shape, on few numbers or on all; half of the population moves by the other half, so that
  each half sees fixed partners;
- *own*: what the model brings along, such as a change of one time that leaves the times after it where they were. They
  are the longest steps that are taken (benchmarks/README.md), so that half of the sweeps are theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scales = dict[str, Array]

MOVES = ("all", "some", "few", "block", "one", "pick", "redraw", "trade", "difference", "own")
_SHARES = (0.02, 0.05, 0.10, 0.08, 0.07, 0.05, 0.05, 0.02, 0.06, 0.50)
#: the share of the numbers that a step on many of them changes
_MANY = {"all": 1.0, "some": 0.3, "few": 0.08}
#: the shares of the numbers that a step along a difference may change
_PARTS = (0.05, 0.15, 0.4, 1.0)
#: the acceptance that lengths of steps are steered towards
_WANTED = 0.3


@dataclass(frozen=True)
class Layout:
    """Which numbers of a vector belong together.

    `blocks`: index arrays redrawn together; `trades`: pairs of normals of which the sum matters more than the parts;
    `choices`: numbers that pick among things, of which a short step changes nothing or everything; `own`: the model's
    own proposals, each a function of (vectors, generator) that gives new vectors and what to add to the log acceptance
    ratio (for a density relative to the prior: that of the proposal and of the prior).
    """

    dimension: int
    blocks: tuple[NDArray[np.int64], ...]
    trades: NDArray[np.int64]
    choices: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    own: tuple[Callable[[Array, np.random.Generator], tuple[Array, Array]], ...] = ()


def kinds_of(layout: Layout) -> tuple[tuple[str, ...], Array]:
    """The kinds of moves that a layout allows, and their shares."""
    without = {"own": not layout.own, "pick": len(layout.choices) == 0}
    kinds = tuple(kind for kind in MOVES if not without.get(kind, False))
    shares = np.array([_SHARES[MOVES.index(kind)] for kind in kinds])
    return kinds, shares / shares.sum()


def scales_of(layout: Layout) -> Scales:
    """Lengths of steps to begin with: one for each number, block, or share of the numbers."""
    counts = {"block": len(layout.blocks), "one": layout.dimension, "difference": len(_PARTS)}
    return {kind: np.full(count, 0.5) for kind, count in (counts | dict.fromkeys(_MANY, 1)).items()}


def tune(scales: Scales, kind: str, used: NDArray[np.int64], take: NDArray[np.bool_]) -> None:
    """Steer the lengths of the steps that were used towards the wanted acceptance."""
    if kind not in scales:
        return
    size = len(scales[kind])
    tried, taken = np.bincount(used, minlength=size), np.bincount(used, weights=take, minlength=size)
    push = (taken - _WANTED * tried) / np.sqrt(tried + 10.0)
    scales[kind] = np.clip(scales[kind] * np.exp(np.clip(0.4 * push, -0.5, 0.5)), 0.005, 1.0)


def propose(
    noise: Array, half: NDArray[np.int64], kind: str, scales: Scales, layout: Layout,
    rng: np.random.Generator,
) -> tuple[Array, Array | float, NDArray[np.int64]]:  # fmt: skip
    """New vectors for one half, what to add to the log acceptance ratio, and which length of step each used."""
    old = noise[half]
    none = np.zeros(len(half), np.int64)
    if kind == "difference":
        return _difference(noise, half, scales[kind], layout.choices, rng)
    if kind == "own":
        return *layout.own[rng.integers(len(layout.own))](old, rng), none
    if kind == "trade":
        return _trade(old, layout.trades, rng), 0.0, none
    if kind == "pick":
        return _picked(old, layout.choices, rng), 0.0, none
    used = _which(kind, len(half), scales, layout, rng)
    mask = _mask(old.shape, kind, used, layout, rng)
    step = np.minimum(_step(kind, used, scales, rng), 1.0)
    fresh = np.sqrt(1.0 - step * step) * old + step * rng.standard_normal(old.shape)
    return np.where(mask, fresh, old), 0.0, used


def _step(kind: str, used: NDArray[np.int64], scales: Scales, rng: np.random.Generator) -> Array:
    """The length of each vector's step; of a step on many numbers, that of each number."""
    if kind == "redraw":
        return np.ones((len(used), 1))
    length = (scales[kind][used] * np.exp(0.5 * rng.standard_normal(len(used))))[:, None]
    return length * scales["one"] if kind in _MANY else length


def _which(kind: str, count: int, scales: Scales, layout: Layout, rng: np.random.Generator) -> NDArray[np.int64]:
    """The number or block that each vector changes: rather those that need short steps."""
    if kind in _MANY:
        return np.zeros(count, np.int64)
    if kind == "redraw":
        return rng.integers(len(layout.blocks), size=count)
    odds = 1.0 / scales[kind] - 0.9
    return rng.choice(len(odds), size=count, p=odds / odds.sum())


def _mask(
    shape: tuple[int, ...], kind: str, used: NDArray[np.int64], layout: Layout, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which numbers of each vector move."""
    if kind in _MANY:
        return _but(rng.random(shape) < _MANY[kind], layout.choices)
    if kind == "one":
        return used[:, None] == np.arange(shape[1])
    table = np.zeros((len(layout.blocks), shape[1]), bool)
    for number, block in enumerate(layout.blocks):
        table[number, block] = True
    return table[used]


def _but(mask: NDArray[np.bool_], choices: NDArray[np.int64]) -> NDArray[np.bool_]:
    """A mask without the numbers that pick among things."""
    mask[:, choices] = False
    return mask


def _picked(old: Array, choices: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """One number that picks among things drawn anew in each vector."""
    new = old.copy()
    new[np.arange(len(old)), choices[rng.integers(len(choices), size=len(old))]] = rng.standard_normal(len(old))
    return new


def _trade(old: Array, pairs: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """Two numbers of each vector keep their sum and draw their difference anew."""
    rows, pair = np.arange(len(old)), pairs[rng.integers(len(pairs), size=len(old))]
    new, total, apart = old.copy(), old[rows[:, None], pair].sum(axis=1), np.sqrt(2.0) * rng.standard_normal(len(old))
    new[rows, pair[:, 0]], new[rows, pair[:, 1]] = 0.5 * (total + apart), 0.5 * (total - apart)
    return new


def _difference(
    noise: Array, half: NDArray[np.int64], scale: Array, choices: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Array, Array, NDArray[np.int64]]:
    """A step along the difference of two members of the other half, on a part of the numbers or on all."""
    others = np.setdiff1d(np.arange(len(noise)), half)
    first, second = rng.choice(others, (2, len(half)))
    used = rng.integers(len(_PARTS), size=len(half))
    mask = _but(rng.random((len(half), noise.shape[1])) < np.array(_PARTS)[used][:, None], choices)
    gamma = np.where(rng.random(len(half)) < 0.1, 1.0, scale[used] * np.exp(0.3 * rng.standard_normal(len(half))))
    step = gamma[:, None] * (noise[first] - noise[second]) + 1e-3 * rng.standard_normal((len(half), noise.shape[1]))
    proposal = np.where(mask, noise[half] + step, noise[half])
    return proposal, 0.5 * ((noise[half] ** 2).sum(axis=1) - (proposal**2).sum(axis=1)), used
