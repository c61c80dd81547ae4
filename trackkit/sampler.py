"""Annealed sequential Monte Carlo over vectors of standard normal numbers.

The prior is always the same: independent standard normals. A population of such vectors is moved from the prior to
the posterior in small steps of an inverse temperature, first through what a hypothesis asserts (its story, whose
normaliser is thrown away), then through the evidence, whose normaliser is the log evidence (Del Moral, Doucet and
Jasra 2006, J. R. Statist. Soc. B 68:411-436). A claim may be right or its origin false, so the evidence has modes, and
a plain ladder falls into "false" long before any path has come near what the claims say. The evidence is therefore
annealed with every origin right; a last stage, the release, lets falsehood in, and normalisers of both add up. Between
steps the population is resampled and moved by several kinds
of Metropolis moves that leave the standard normal prior untouched:

- *all*, *some*, *block*, *one*: preconditioned Crank-Nicolson steps z' = sqrt(1 - s^2) z + s xi on all numbers, on a
  random subset, on one block of numbers that belong together, on one number (Cotter, Roberts, Stuart and White 2013,
  Statist. Sci. 28:424-446);
- *redraw*: one block drawn anew, which crosses between routes and endings;
- *retime*: two neighbouring exponential waits share out their sum anew, so that one manoeuvre moves in time and the
  others stay (given the sum, the share is uniform);
- *trade*: two numbers keep their sum and draw their difference anew;
- *difference*: a step along the difference of two other members (ter Braak 2006, Stat. Comput. 16:239-249), which
  knows the population's own shape.

The last moves one half of the population by the other half, so each half sees fixed partners.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri_exp

from trackkit import columns

__all__ = ["MOVES", "Layout", "Population", "Settings", "anneal", "effective", "prior", "rng_of"]

Array = NDArray[np.float64]


class Target(Protocol):
    """What a population is moved towards."""

    def terms(self, noise: Array) -> Array:
        """All that the densities need to know of vectors, shape (n, any)."""

    def density(self, terms: Array, stage: str, beta: float) -> Array:
        """Log density, relative to the prior, at an inverse temperature of a stage, shape (n,)."""


MOVES = ("all", "some", "block", "one", "redraw", "retime", "trade", "difference")
_SHARES = (0.05, 0.13, 0.25, 0.1, 0.1, 0.14, 0.08, 0.15)


@dataclass(frozen=True)
class Layout:
    """Which numbers of a vector belong together.

    `blocks`: index arrays redrawn together; `waits`: pairs of neighbouring exponential waits; `trades`: pairs of
    normals of which the sum matters more than the parts.
    """

    dimension: int
    blocks: tuple[NDArray[np.int64], ...]
    waits: NDArray[np.int64]
    trades: NDArray[np.int64]


@dataclass(frozen=True)
class Settings:
    """How a population is moved.

    `keep` is the share of effective paths that one step of the ladder may leave, `sweeps` the least and most sweeps a
    step, `moved` the share of paths that must have been accepted `times` times before the next step.
    """

    keep: float = 0.85
    sweeps: tuple[int, int] = (3, 5)
    moved: float = 0.9
    times: int = 2


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
    """Vectors from the prior."""
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

    Returns
    -------
    Population
        `log_normaliser` is that of this stage alone.
    """
    settings = settings or Settings()
    population = replace(population, log_normaliser=0.0)
    beta, step, scales = 0.0, 0, dict.fromkeys(MOVES, 0.5)
    ancestors = np.arange(len(population.noise))
    while beta < 1.0:
        beta, log_weight = _next(population.terms, target, stage, beta, settings.keep)
        chosen, step = _systematic(log_weight, rng), step + 1
        ancestors = ancestors[chosen]
        normaliser = population.log_normaliser + _log_mean(log_weight)
        population = replace(
            population, noise=population.noise[chosen], terms=population.terms[chosen], log_normaliser=normaliser
        )
        population, moved = _move(population, target, stage, beta, layout, rng, settings, scales)
        row = {
            "run": run, "stage": stage, "step": step, "beta": beta, "effective_paths": effective(log_weight), **moved,
            "ancestors": len(np.unique(ancestors)), "log_normaliser": normaliser,
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
    """The next inverse temperature, as far as leaves the wanted share of effective paths, and the weights there."""
    now = target.density(terms, stage, beta)

    def weights(at: float) -> Array:
        return target.density(terms, stage, at) - now

    if effective(weights(1.0)) >= keep * len(terms):
        return 1.0, weights(1.0)
    low, high = beta, 1.0
    while high - low > 1e-3 * (low - beta) + 1e-9:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(weights(middle)) >= keep * len(terms) else (low, middle)
    return high, weights(high)


def _systematic(log_weight: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Systematic resampling."""
    weight = np.exp(log_weight - log_weight.max())
    edges = np.cumsum(weight) / weight.sum()
    points = (np.arange(len(weight)) + rng.random()) / len(weight)
    return np.minimum(np.searchsorted(edges, points), len(weight) - 1)


def _move(
    population: Population, target: Target, stage: str, beta: float, layout: Layout,
    rng: np.random.Generator, settings: Settings, scales: dict[str, float],
) -> tuple[Population, dict[str, object]]:  # fmt: skip
    """Sweeps of moves at one temperature until enough paths have moved."""
    noise, terms = population.noise.copy(), population.terms.copy()
    density = target.density(terms, stage, beta)
    accepted, sweep = np.zeros(len(noise), int), 0
    while sweep < settings.sweeps[1]:
        kind = str(rng.choice(MOVES, p=_SHARES))
        for half in _halves(len(noise), rng):
            proposal, extra = _propose(noise, half, kind, scales[kind], layout, rng)
            new_terms = target.terms(proposal)
            new_density = target.density(new_terms, stage, beta)
            take = np.log(rng.random(len(half))) < new_density - density[half] + extra
            rows = half[take]
            noise[rows], terms[rows], density[rows] = proposal[take], new_terms[take], new_density[take]
            accepted[rows] += 1
            _tune(scales, kind, float(take.mean()))
        sweep += 1
        if sweep >= settings.sweeps[0] and (accepted >= settings.times).mean() >= settings.moved:
            break
    health = {"sweeps": sweep, "acceptance": accepted.mean() / sweep, "moved": float((accepted > 0).mean())}
    return replace(population, noise=noise, terms=terms), health


def _halves(n: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = rng.permutation(n)
    return np.sort(order[: n // 2]), np.sort(order[n // 2 :])


def _tune(scales: dict[str, float], kind: str, acceptance: float) -> None:
    """Steer a move's scale towards an acceptance of a quarter."""
    if kind in ("redraw", "retime", "trade"):
        return
    scales[kind] = float(np.clip(scales[kind] * np.exp(0.5 * (acceptance - 0.25)), 0.02, 1.0))


def _propose(
    noise: Array, half: NDArray[np.int64], kind: str, scale: float, layout: Layout,
    rng: np.random.Generator,
) -> tuple[Array, Array | float]:  # fmt: skip
    """New vectors for one half, and what to add to the log acceptance ratio (the prior is kept by all but one)."""
    old = noise[half]
    if kind == "difference":
        return _difference(noise, half, scale, rng)
    if kind in ("retime", "trade"):
        return _pairwise(old, kind, layout, rng), 0.0
    mask = _mask(old.shape, kind, layout.blocks, rng)
    step = 1.0 if kind == "redraw" else scale
    fresh = np.sqrt(1.0 - step * step) * old + step * rng.standard_normal(old.shape)
    return np.where(mask, fresh, old), 0.0


def _mask(
    shape: tuple[int, ...], kind: str, blocks: tuple[NDArray[np.int64], ...], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which numbers of each vector move."""
    rows, width = shape
    if kind == "all":
        return np.ones(shape, bool)
    if kind == "some":
        return rng.random(shape) < 0.25
    mask = np.zeros(shape, bool)
    if kind == "one":
        mask[np.arange(rows), rng.integers(width, size=rows)] = True
        return mask
    table = np.zeros((len(blocks), width), bool)
    for number, block in enumerate(blocks):
        table[number, block] = True
    return table[rng.integers(len(blocks), size=rows)]


def _pairwise(old: Array, kind: str, layout: Layout, rng: np.random.Generator) -> Array:
    """Two numbers of each vector share out their sum anew: as exponential waits, or as they are."""
    pairs = layout.waits if kind == "retime" else layout.trades
    rows, pair = np.arange(len(old)), pairs[rng.integers(len(pairs), size=len(old))]
    new, first, second = old.copy(), old[rows, pair[:, 0]], old[rows, pair[:, 1]]
    if kind == "trade":
        apart = rng.standard_normal(len(old)) * np.sqrt(2.0)
        new[rows, pair[:, 0]], new[rows, pair[:, 1]] = 0.5 * (first + second + apart), 0.5 * (first + second - apart)
        return new
    total, share = -(log_ndtr(-first) + log_ndtr(-second)), rng.random(len(old))
    new[rows, pair[:, 0]], new[rows, pair[:, 1]] = _normal_of(share * total), _normal_of((1.0 - share) * total)
    return new


def _normal_of(wait: Array) -> Array:
    """The standard normal number whose upper tail is exp(-wait)."""
    return np.asarray(-ndtri_exp(-wait), float)


def _difference(
    noise: Array, half: NDArray[np.int64], scale: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """A step along the difference of two members of the other half, on a random subset of the numbers."""
    others = np.setdiff1d(np.arange(len(noise)), half)
    first, second = rng.choice(others, (2, len(half)))
    mask = rng.random((len(half), noise.shape[1])) < 0.3
    gamma = np.where(rng.random(len(half)) < 0.1, 1.0, 1.2 * scale)[:, None]
    step = gamma * (noise[first] - noise[second]) + 1e-3 * rng.standard_normal((len(half), noise.shape[1]))
    proposal = np.where(mask, noise[half] + step, noise[half])
    return proposal, 0.5 * ((noise[half] ** 2).sum(axis=1) - (proposal**2).sum(axis=1))
