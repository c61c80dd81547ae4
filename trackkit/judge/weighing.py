"""Weighing the same paths anew: with claims left out, or read otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trackkit import claims as asking
from trackkit.judge.health import FEWEST_PATHS, WIDEST_NATS
from trackkit.model import Case, Ensemble, Groups

__all__ = ["Weighed", "weak"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Weighed:
    """An ensemble with the claims it was given, made ready to leave some of them out."""

    ensemble: Ensemble
    asked: tuple[asking.Asked, ...]
    likelihood: Array
    roots: tuple[str, ...]
    total: Array

    @classmethod
    def of(cls, case: Case, ensemble: Ensemble) -> Weighed:
        """An ensemble with the questions that it was weighed by."""
        given = case.claims.loc[list(ensemble.given)]
        asked = asking.ask(case, given)
        likelihood = ensemble.log_likelihood.sel(claim=list(ensemble.given)).to_numpy()
        total = asking.weigh(likelihood, asked, ensemble.groups)[0]
        roots = tuple(asking.root(case.claims, name) for name in ensemble.given)
        return cls(ensemble, asked, likelihood, roots, total)

    def change(self, ids: Iterable[str]) -> Array:
        """What leaving claims out adds to the log-likelihood of each path."""
        gone = np.isin(np.array(self.ensemble.given, dtype=object), list(ids))
        if not gone.any():
            return np.zeros(self.ensemble.n)
        asked = tuple(one for one, out in zip(self.asked, gone, strict=True) if not out)
        left = asking.weigh(self.likelihood[:, ~gone], asked, _thinned(self.ensemble.groups, gone))[0]
        return np.asarray(left - self.total, float)

    def rough(self, ids: Iterable[str]) -> float:
        """How far (nats) adding up single readings may miss where some of a false signal's stay and some go.

        It misses the density of all of them by this much; where one goes, or all, nothing is added up.
        """
        groups, gone = self.ensemble.groups, np.isin(np.array(self.ensemble.given, dtype=object), list(ids))
        size = np.bincount(groups.of_claim, minlength=len(groups.trust))
        out = np.bincount(groups.of_claim[gone], minlength=len(groups.trust))
        added = np.bincount(groups.of_claim, groups.log_false_part, minlength=len(groups.trust))
        doubted = (out > 1) & (out < size) & (groups.trust < 1.0)
        return float(np.where(doubted, np.abs(groups.log_false - added), 0.0).max(initial=0.0))


def _thinned(groups: Groups, gone: NDArray[np.bool_]) -> Groups:
    """The groups with claims taken out; a group without claims is right and false alike, and weighs nothing."""
    log_false = groups.log_false - np.bincount(
        groups.of_claim[gone], groups.log_false_part[gone], minlength=len(groups.trust)
    )
    kept, numbers = np.unique(groups.of_claim[~gone], return_inverse=True)
    return replace(
        groups, of_claim=numbers, trust=groups.trust[kept], names=tuple(groups.names[k] for k in kept),
        log_false=log_false[kept], log_false_part=groups.log_false_part[~gone], log_false_sd=groups.log_false_sd[kept],
    )  # fmt: skip


def weak(size: float, rough: float) -> str:
    """What weakens a row that leaves something out."""
    few = f"rests on {size:.0f} effective paths: draw anew" if size < FEWEST_PATHS else ""
    part = f"leaves a part of a false signal, whose density may be off by {rough:.0f} nats: draw anew"
    return "; ".join(told for told in (few, part if rough > WIDEST_NATS else "") if told)
