"""What judging rests on: ensembles of the same claims, their effective paths, their spread, and posteriors of both."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from trackkit.errors import InputError
from trackkit.model import Case, Ensemble
from trackkit.sampler import effective, rng_of

__all__ = [
    "FEWEST_PATHS", "WIDEST_NATS", "alike", "caution", "effective_paths", "interval", "posterior", "spread",
    "told_share",
]  # fmt: skip

Array = NDArray[np.float64]

#: rows that rest on fewer effective paths, or whose runs differ by more nats, say so
FEWEST_PATHS = 50.0
WIDEST_NATS = 1.0
#: so few runs tell their spread to no better than a factor of two
FEW_RUNS = 2
#: draws for the interval of a posterior
_DRAWS = 4_096


def alike(case: Case, ensembles: Iterable[Ensemble]) -> list[Ensemble]:
    """The ensembles by hypothesis; evidence can be compared only where it is that of the same claims."""
    named = sorted(ensembles, key=lambda one: one.hypothesis.id)
    for one in named:
        if set(one.given) != set(named[0].given):
            raise InputError("ensembles of different claims cannot be compared", one.hypothesis.id, "the same claims")
        if unknown := sorted(set(one.given) - set(case.claims.index)):
            raise InputError("an ensemble weighs a claim that the case does not have", unknown[0], case.claims.index)
    return named


def posterior(prior: Array, evidence: Array) -> Array:
    """Prior times evidence, shared out over the last axis."""
    with np.errstate(divide="ignore"):
        log = np.log(prior) + evidence
    return np.asarray(np.exp(log - logsumexp(log, axis=-1, keepdims=True)), float)


def interval(prior: Array, evidence: Array, sd: Array) -> tuple[Array, Array]:
    """5 and 95 % points of the posterior over normal errors of the log evidence, drawn always alike."""
    if not np.isfinite(sd).all():
        return np.zeros(len(prior)), np.ones(len(prior))
    errors = rng_of("posterior").standard_normal((_DRAWS, len(prior)))
    drawn = posterior(prior, evidence + sd * errors)
    return np.quantile(drawn, 0.05, axis=0), np.quantile(drawn, 0.95, axis=0)


def effective_paths(ensemble: Ensemble) -> float:
    """Effective paths by weight. Moves have set them apart, but they may descend from fewer: see `_ancestors`."""
    return effective(ensemble.log_weight.to_numpy())


def _ancestors(ensemble: Ensemble) -> int:
    """From how many first draws of the hardest stage the paths descend, over all runs."""
    last = ensemble.diagnostics.groupby(["run", "stage"])["ancestors"].last()
    return int(last.groupby("run").min().sum()) if len(last) else ensemble.n


def caution(ensemble: Ensemble) -> str:
    """What weakens an ensemble, in words; nothing if nothing does."""
    wide, cautions = spread(ensemble), []
    if effective_paths(ensemble) < FEWEST_PATHS:
        cautions.append(f"rests on {effective_paths(ensemble):.0f} effective paths")
    if _ancestors(ensemble) < FEWEST_PATHS:
        cautions.append(f"its paths descend from {_ancestors(ensemble)} first draws of {ensemble.n}")
    if np.isnan(wide):
        cautions.append("is of one run, so its spread is not known: not to be quoted as a ratio")
    if ensemble.runs == FEW_RUNS:
        cautions.append(f"is of {FEW_RUNS} runs, so its spread is hardly known")
    if wide > WIDEST_NATS:
        cautions.append(f"independent runs differ by {wide:.1f} nats: not to be quoted as a ratio")
    if _far_from_trust(ensemble):
        cautions.append("explains its trusted claims less than half as often as it trusts them")
    return "; ".join(cautions)


def _far_from_trust(ensemble: Ensemble) -> bool:
    """Whether the claims are explained, on the mean, less than half as often as they are trusted."""
    if not ensemble.given:
        return False
    mean = np.exp(ensemble.log_weight.to_numpy()) @ ensemble.explained.to_numpy()
    return bool(mean.mean() < 0.5 * ensemble.groups.trust[ensemble.groups.of_claim].mean())


def spread(ensemble: Ensemble) -> float:
    """Standard deviation (nats) of the log evidence between single runs."""
    return float(ensemble.log_evidence_sd * np.sqrt(ensemble.runs))


def told_share(value: float, size: float) -> str:
    """A share of so many effective paths in words: none among n is fewer than about 3 in n, and all likewise.

    >>> told_share(0.0, 300.0), told_share(0.25, 300.0), told_share(1.0, 300.0)
    ('under 1 %', '25 %', 'over 99 %')
    """
    least = min(3.0 / max(size, 3.0), 0.5)
    if value < least:
        return f"under {100 * least:.2g} %"
    return f"over {100 - 100 * least:.3g} %" if value > 1.0 - least else f"{100 * value:.2g} %"
