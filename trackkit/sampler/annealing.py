"""Annealed sequential Monte Carlo over vectors of standard normal numbers.

The prior is always the same: independent standard normals. A population of such vectors is moved from the prior to
the posterior in small steps of an inverse temperature, first through what a hypothesis asserts (its story, whose
normaliser is thrown away), then through the evidence, whose normaliser is the log evidence (Del Moral, Doucet and
Jasra 2006, J. R. Statist. Soc. B 68:411-436). A claim may be right or its origin false, so the evidence has modes, and
a plain ladder falls into "false" long before any path has come near what the claims say. The evidence is therefore
annealed with every origin right; a last stage, the release, lets falsehood in, and normalisers of both add up. Between
steps the population is resampled and moved by several kinds of Metropolis moves (`trackkit.sampler.moves`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import columns
from trackkit.sampler import moves
from trackkit.sampler.moves import Layout, Scales

Array = NDArray[np.float64]


class Target(Protocol):
    """What a population is moved towards."""

    def terms(self, noise: Array) -> Array:
        """All that the densities need to know of vectors, shape (n, any)."""

    def density(self, terms: Array, stage: str, beta: float) -> Array:
        """Log density, relative to the prior, at an inverse temperature of a stage, shape (n,)."""


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
    beta, step, scales = 0.0, 0, moves.scales_of(layout)
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
    kinds, shares = moves.kinds_of(layout)
    while sweep < settings.sweeps[0 if warm else 1]:
        kind = str(rng.choice(kinds, p=shares))
        for half in _halves(len(noise), rng):
            proposal, extra, used = moves.propose(noise, half, kind, scales, layout, rng)
            new_terms = target.terms(proposal)
            new_density = target.density(new_terms, stage, beta)
            take = np.log(rng.random(len(half))) < new_density - density[half] + extra
            rows = half[take]
            noise[rows], terms[rows], density[rows] = proposal[take], new_terms[take], new_density[take]
            accepted[rows] += 1
            moves.tune(scales, kind, used, take)
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
