"""Support: how many of a hypothesis's paths do what a claim says, the claim itself left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logsumexp

from trackkit import claims as asking
from trackkit import columns
from trackkit.judge.health import FEWEST_PATHS, effective_paths, told_share
from trackkit.judge.person import CONSISTENT, TENSION, person_claim
from trackkit.judge.weighing import Weighed
from trackkit.model import Case, Ensemble, Hypothesis
from trackkit.sampler import effective

__all__ = ["claims"]

Array = NDArray[np.float64]


def claims(case: Case, ensembles: Iterable[Ensemble]) -> pd.DataFrame:
    """Support of each claim under each hypothesis, the claim itself left out of the conditioning.

    For a claim c the support is sum_i w_i exp(l_i' - l_i) [path i satisfies c], over the same sum without the bracket;
    l and l' are the log-likelihood of all claims given and of those that do not tell the number of c.

    A claim is *consistent* from a support of 0.2 on. It is *in tension* if it has a support under 0.05 and, beside
    that, the paths make it no more probable than an invention would be: E_w[L_c] <= B_c, with L_c its likelihood and
    B_c its background, that of a claim of its kind made up at random. The second condition is there because a support
    counts paths: of a claim told precisely (3 km, to the minute) few paths of a wide ensemble do what it says, also
    where it is true. What a word may mean is in L_c once, and in nothing else; the ensemble's width is that of the
    paths. By Markov's inequality a true claim has E_w[L_c] <= B_c / k under paths drawn as the true one was at most
    once in k times; how often such calls are wrong on planted flights is in benchmarks/README.md.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.SUPPORT`. A copy is judged by its own numbers with what it copies left out.
        Claims about a person are judged by what a hypothesis says of the person and the time a journey needs.
    """
    named = [Weighed.of(case, one) for one in sorted(ensembles, key=lambda one: one.hypothesis.id)]
    rows = [_judged(case, one, row) for one in named for row in case.claims.itertuples(index=False)]
    return columns.conform(pd.DataFrame(rows), columns.SUPPORT)


def _judged(case: Case, weighed: Weighed, row: Any) -> dict[str, object]:
    """One claim under one hypothesis."""
    base = {
        "claim": row.id, "report": row.report, "origin": row.origin, "hypothesis": weighed.ensemble.hypothesis.id,
        "subject": row.subject,
    }  # fmt: skip
    if row.says == "context":
        return base | {"state": "context", "reason": "told for context; nothing is asked of a path"}
    if row.says in ("carried", "arrived"):
        return base | person_claim(case, weighed.ensemble, row)
    if row.subject != "aircraft":
        return base | {"state": "not testable", "reason": "it is not about the aircraft, and paths are all there is"}
    if row.says not in asking.PATH_KINDS:
        return base | {"state": "not testable", "reason": "which receivers could hear the aircraft is not modelled yet"}
    return base | _aircraft(case, weighed, row)


def _aircraft(case: Case, weighed: Weighed, row: Any) -> dict[str, object]:
    ensemble, root = weighed.ensemble, asking.root(case.claims, row.id)
    same = [name for name, other in zip(ensemble.given, weighed.roots, strict=True) if other == root]
    log_weight = ensemble.log_weight.to_numpy() + weighed.change(same)
    share = np.exp(log_weight - logsumexp(log_weight))
    support = float(share @ ensemble.satisfied.sel(claim=row.id).to_numpy())
    size = min(effective(log_weight), effective_paths(ensemble))
    ratio = _ratio(ensemble, row.id, share)
    state, reason = _state(case, ensemble.hypothesis, row, support, size, ratio)
    sd = float(np.sqrt(max(support * (1 - support), 0.25 / size) / size))
    return {
        "support": support, "support_sd": sd, "log_ratio": ratio,
        "effective_paths": size, "explained": _explained(ensemble, same), "state": state, "reason": reason,
    }  # fmt: skip


def _ratio(ensemble: Ensemble, claim: str, share: Array) -> float:
    """Log of how many times as probable a claim is on the paths, so shared, as one of its kind made up."""
    with np.errstate(divide="ignore"):
        predicted = logsumexp(ensemble.log_likelihood.sel(claim=claim).to_numpy() + np.log(share))
    return float(predicted - ensemble.log_background.sel(claim=claim))


def _explained(ensemble: Ensemble, same: list[str]) -> float:
    if not same:
        return float("nan")
    return float(np.exp(ensemble.log_weight.to_numpy()) @ ensemble.explained.sel(claim=same[0]).to_numpy())


def _state(
    case: Case, hypothesis: Hypothesis, row: tuple, support: float, size: float, ratio: float
) -> tuple[str, str]:
    """The word for a support and a log ratio to an invention, and the sentence."""
    said = f"{told_share(support, size)} of the paths do what it says"
    if size < FEWEST_PATHS:
        said += f", of {size:.0f} effective ones: too few to lean on"
    if support >= CONSISTENT:
        return "consistent", said
    doubted = _doubted(case, hypothesis, row)
    if doubted:
        return f"needs {doubted} to be wrong", f"{said}; the hypothesis takes {doubted} to be wrong there"
    if support < TENSION and ratio > 0.0:
        return "needs an uncommon path", f"{said}, told as precisely as it is; yet they fit it better than invention"
    if support < TENSION:
        return "in tension", said
    return "needs an uncommon path", f"{said}: it needs one of the less common"


def _doubted(case: Case, hypothesis: Hypothesis, row: Any) -> str:
    """The name of the origin that the hypothesis doubts for this claim, or nothing."""
    rule = asking.rule(case, hypothesis, row)
    if rule.trust >= 0.5:
        return ""
    name = row.origin if rule.origin == "*" else rule.origin
    return case.origins[name].name if name in case.origins else name
