"""The verdict with each origin, report and claim left out in turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from trackkit import claims as asking
from trackkit import columns
from trackkit.judge.health import alike, effective_paths, posterior
from trackkit.judge.weighing import Weighed, weak
from trackkit.model import Case, Ensemble
from trackkit.sampler import effective

__all__ = ["without"]


def without(case: Case, ensembles: Iterable[Ensemble]) -> pd.DataFrame:
    """The evidence with each origin, report and claim left out in turn, by re-weighting the same paths.

    log Z' = log Z + log E_w[exp(l' - l)], with l and l' the log-likelihood of all claims and of those left in. A number
    goes out with the claim that told it first, also where other reports repeat it.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.WITHOUT`. Rows that rest on fewer than 50 effective paths say so; draw anew for
        those before quoting them. So do rows in which some readings of a false signal go out and others stay: the
        density of those that stay is had by adding up single readings.

    Raises
    ------
    InputError
        If the ensembles do not weigh the same claims, or weigh some that the case does not have.
    """
    named = [Weighed.of(case, one) for one in alike(case, ensembles)]
    rows: list[dict[str, object]] = []
    for kind, name, ids in _left_out(case, named):
        rows.extend(_leave_out(kind, name, ids, named))
    return columns.conform(pd.DataFrame(rows), columns.WITHOUT)


def _left_out(case: Case, named: Sequence[Weighed]) -> list[tuple[str, str, tuple[str, ...]]]:
    """What can be left out: kind, name and the claims that go with it."""
    given = case.claims.loc[sorted({name for one in named for name in one.ensemble.given})]
    found: list[tuple[str, str, tuple[str, ...]]] = []
    lines = {name: asking.chain(case.origins, name) for name in given["origin"].unique()}
    for origin in sorted({name for line in lines.values() for name in line}):
        inside = given["origin"].map(lambda name, origin=origin: origin in lines[name]).to_numpy(bool)
        found.append(("origin", origin, tuple(given["id"][inside])))
    for report in sorted(given["report"].unique()):
        found.append(("report", report, tuple(given["id"][given["report"] == report])))
    return found + [("claim", name, (name,)) for name in sorted(given["id"])]


def _leave_out(kind: str, name: str, ids: tuple[str, ...], named: Sequence[Weighed]) -> list[dict[str, object]]:
    before = np.array([one.ensemble.log_evidence for one in named])
    changes = [one.ensemble.log_weight.to_numpy() + one.change(ids) for one in named]
    after = before + np.array([logsumexp(change) for change in changes])
    prior = np.array([one.ensemble.hypothesis.prior for one in named])
    new, old = posterior(prior, after), posterior(prior, before)
    flips = bool(np.argmax(new) != np.argmax(old))
    return [
        {
            "left_out_kind": kind, "left_out": name, "claims": len(ids), "hypothesis": one.ensemble.hypothesis.id,
            "log_evidence": after[k], "change": after[k] - before[k], "posterior": new[k],
            "effective_paths": min(effective(changes[k]), effective_paths(one.ensemble)), "flips": flips,
            "caution": weak(min(effective(changes[k]), effective_paths(one.ensemble)), one.rough(ids)),
        }
        for k, one in enumerate(named)
    ]  # fmt: skip
