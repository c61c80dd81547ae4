"""Annealed sequential Monte Carlo over vectors of standard normal numbers.

The prior is always the same: independent standard normals. A population of such vectors is moved from the prior to
the posterior in small steps of an inverse temperature, first through what a hypothesis asserts (its story, whose
normaliser is thrown away), then through the evidence, whose normaliser is the log evidence (Del Moral, Doucet and
Jasra 2006, J. R. Statist. Soc. B 68:411-436). A claim may be right or its origin false, so the evidence has modes, and
a plain ladder falls into "false" long before any path has come near what the claims say. The evidence is therefore
annealed with every origin right; a last stage, the release, lets falsehood in, and normalisers of both add up. Between
steps the population is resampled and moved by several kinds of Metropolis moves:

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
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import columns

__all__ = ["MOVES", "Layout", "Population", "Settings", "anneal", "effective", "prior", "rng_of"]

Array = NDArray[np.float64]
Scales = dict[str, Array]


class Target(Protocol):
    """What a population is moved towards."""

    def terms(self, noise: Array) -> Array:
        """All that the densities need to know of vectors, shape (n, any)."""

    def density(self, terms: Array, stage: str, beta: float) -> Array:
        """Log density, relative to the prior, at an inverse temperature of a stage, shape (n,)."""


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


@dataclass(frozen=True)
class Settings:
    """How a population is moved.

    `first` is how many times more vectors are drawn from the prior than are kept at the end, so that a run begins in
    more places than it can follow; `warm` how many times more are followed up to the inverse temperature `until`,
    where families of paths are chosen, and with how many `sweeps` there and after; `keep` the share of effective paths
    that one step of the ladder may leave; `forgotten` how far the log densities must have left those at its start for
    the next step to come early (0: not at all, 1: no more alike than those of two paths).
    """

    first: int = 32
    warm: int = 2
    until: float = 0.1
    keep: float = 0.85
    sweeps: tuple[int, int] = (5, 16)
    forgotten: float = 0.8


@dataclass(frozen=True)
class Population:
    """Vectors with what the target knows of each, and the health record so far."""

    noise: Array
    terms: Array
    log_normaliser: float = 0.0
    record: tuple[dict[str, object], ...] = field(default=(), repr=False)


def rng_of(*names: object) -> np.random.Generator:
    """A generator keyed by names, so that results depend neither on order nor on who asks first."""
    words = "\x1f".join(str(name) for name in names).encode()
    return np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence(list(words))))


def effective(log_weight: Array) -> float:
    """Kish's effective sample size of weights given by their logarithms."""
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / (weight**2).sum())


def prior(target: Target, n: int, layout: Layout, rng: np.random.Generator) -> Population:
    """Vectors from the prior; the first stage may be given more of them than it is to keep (see `anneal`)."""
    noise = rng.standard_normal((n, layout.dimension))
    return Population(noise, target.terms(noise))


def anneal(
    population: Population,
    target: Target,
    stage: str,
    layout: Layout,
    rng: np.random.Generator,
    settings: Settings | None = None,
    run: int = 0,
    tell: Callable[[float], None] | None = None,
    n: int | None = None,
) -> Population:
    """Move a population from the density before a stage to the density after it.

    Parameters
    ----------
    population : Population
    target : Target
    stage : str
        Handed to the target's `density`: ``"story"``, ``"evidence"`` or ``"release"``.
    layout : Layout
    rng : numpy Generator
    settings : Settings, optional
    run : int
        Written into the record.
    tell : function, optional
        Called with each inverse temperature reached; raise from it to stop early.
    n : int, optional
        How many vectors the stage ends with, if fewer than the population has.

    Returns
    -------
    Population
        `log_normaliser` is that of this stage alone.
    """
    settings, n = settings or Settings(), n or len(population.noise)
    population = replace(population, log_normaliser=0.0)
    beta, step, scales = 0.0, 0, _scales(layout)
    ancestors = np.arange(len(population.noise))
    while beta < 1.0:
        warm = stage == "story" or (stage == "evidence" and beta < settings.until)
        size = min(n * settings.warm, len(population.noise)) if stage == "evidence" and warm else n
        beta, log_weight = _next(population.terms, target, stage, beta, settings.keep * size)
        chosen, step = _systematic(log_weight, size if beta < 1.0 else n, rng), step + 1
        ancestors = ancestors[chosen]
        normaliser = population.log_normaliser + _log_mean(log_weight)
        population = replace(
            population, noise=population.noise[chosen], terms=population.terms[chosen], log_normaliser=normaliser
        )
        population, moved = _move(population, target, stage, beta, layout, rng, settings, scales, warm)
        row = {
            "run": run, "stage": stage, "step": step, "beta": beta, "paths": len(log_weight),
            "effective_paths": effective(log_weight), **moved, "ancestors": len(np.unique(ancestors)),
            "log_normaliser": normaliser,
        }  # fmt: skip
        population = replace(population, record=(*population.record, row))
        if tell is not None:
            tell(beta)
    return population


def record(rows: tuple[dict[str, object], ...]) -> pd.DataFrame:
    """The health record as a table (columns in `trackkit.columns.DIAGNOSTICS`)."""
    return columns.conform(pd.DataFrame(list(rows)), columns.DIAGNOSTICS)


def _log_mean(values: Array) -> float:
    top = values.max()
    return float(top + np.log(np.mean(np.exp(values - top))))


def _next(terms: Array, target: Target, stage: str, beta: float, keep: float) -> tuple[float, Array]:
    """The next inverse temperature, as far as leaves so many effective paths, and the weights there."""
    now = target.density(terms, stage, beta)

    def weights(at: float) -> Array:
        return target.density(terms, stage, at) - now

    if effective(weights(1.0)) >= keep:
        return 1.0, weights(1.0)
    low, high = beta, 1.0
    while high - low > 1e-3 * (low - beta) + 1e-9:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(weights(middle)) >= keep else (low, middle)
    return high, weights(high)


def _systematic(log_weight: Array, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Systematic resampling of n members."""
    weight = np.exp(log_weight - log_weight.max())
    edges = np.cumsum(weight) / weight.sum()
    points = (np.arange(n) + rng.random()) / n
    return np.minimum(np.searchsorted(edges, points), len(weight) - 1)


def _move(
    population: Population, target: Target, stage: str, beta: float, layout: Layout,
    rng: np.random.Generator, settings: Settings, scales: Scales, warm: bool,
) -> tuple[Population, dict[str, object]]:  # fmt: skip
    """Sweeps of moves at one temperature until the log densities have forgotten where they started."""
    noise, terms = population.noise.copy(), population.terms.copy()
    density = target.density(terms, stage, beta)
    start, accepted, sweep, gone = density.copy(), np.zeros(len(noise), int), 0, 0.0
    kinds = [kind for kind in MOVES if (kind != "own" or layout.own) and (kind != "pick" or len(layout.choices))]
    shares = np.array([_SHARES[MOVES.index(kind)] for kind in kinds])
    while sweep < settings.sweeps[0 if warm else 1]:
        kind = str(rng.choice(kinds, p=shares / shares.sum()))
        for half in _halves(len(noise), rng):
            proposal, extra, used = _propose(noise, half, kind, scales, layout, rng)
            new_terms = target.terms(proposal)
            new_density = target.density(new_terms, stage, beta)
            take = np.log(rng.random(len(half))) < new_density - density[half] + extra
            rows = half[take]
            noise[rows], terms[rows], density[rows] = proposal[take], new_terms[take], new_density[take]
            accepted[rows] += 1
            _tune(scales, kind, used, take)
        sweep += 1
        gone = float(((density - start) ** 2).mean() / max(2.0 * start.var(), 1e-12))
        if gone >= settings.forgotten:
            break
    health = {
        "sweeps": sweep, "acceptance": accepted.mean() / sweep, "moved": float((accepted > 0).mean()),
        "forgotten": gone,
    }  # fmt: skip
    return replace(population, noise=noise, terms=terms), health


def _halves(n: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = rng.permutation(n)
    return np.sort(order[: n // 2]), np.sort(order[n // 2 :])


def _scales(layout: Layout) -> Scales:
    """Lengths of steps to begin with: one for each number, block, or share of the numbers."""
    counts = {"block": len(layout.blocks), "one": layout.dimension, "difference": len(_PARTS)}
    return {kind: np.full(count, 0.5) for kind, count in (counts | dict.fromkeys(_MANY, 1)).items()}


def _tune(scales: Scales, kind: str, used: NDArray[np.int64], take: NDArray[np.bool_]) -> None:
    """Steer the lengths of the steps that were used towards the wanted acceptance."""
    if kind not in scales:
        return
    size = len(scales[kind])
    tried, taken = np.bincount(used, minlength=size), np.bincount(used, weights=take, minlength=size)
    push = (taken - _WANTED * tried) / np.sqrt(tried + 10.0)
    scales[kind] = np.clip(scales[kind] * np.exp(np.clip(0.4 * push, -0.5, 0.5)), 0.005, 1.0)


def _propose(
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
