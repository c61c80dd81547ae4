"""The verdict as it could be told at a time, and how much of it rests on each origin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from trackkit import claims as asking
from trackkit import columns
from trackkit.judge.anew import Anew, outcome, run_changes
from trackkit.judge.health import FEWEST_PATHS, WIDEST_NATS, alike, interval, posterior
from trackkit.model import Case, Ensemble

__all__ = ["as_of", "origins"]


def as_of(
    case: Case, ensembles: Iterable[Ensemble], times: Iterable[pd.Timestamp | str], keep: str | Path | None = None
) -> pd.DataFrame:
    """The verdict from what was published by each of several times, the same paths weighed anew.

    Nothing is drawn: paths drawn from all claims are given the weight that the earlier ones alone give them (see
    `trackkit.judge.anew`), and the row says on how many effective paths that rests. Trusts, words and stories are those
    of today: it is told what could be judged from those reports, not what somebody would have thought then.

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble
        One a hypothesis, all given the same claims.
    times : iterable of Timestamp or str
        With a zone.
    keep : path, optional
        Where ensembles are kept; paths of a false signal are taken from there.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.DATED`; log evidences of different times are of different claims, and are not to
        be compared.

    Raises
    ------
    InputError
        If a time has no zone, or the ensembles do not weigh the same claims.
    """
    ready = [Anew.of(case, one, keep) for one in alike(case, ensembles)]
    rows = [row for time in times for row in _at(pd.Timestamp(time), case.as_of(time), ready)]
    return columns.conform(pd.DataFrame(rows), columns.DATED)


def origins(case: Case, ensembles: Iterable[Ensemble], keep: str | Path | None = None) -> pd.DataFrame:
    """How much of the answer rests on each origin: what leaving it out does to the odds of the first two hypotheses.

    Origins are those in which a chain of copies ends (trackers lean on the aircraft's signal), so that none holds
    another. The share is the size of the change over the sum of all such sizes.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.ORIGINS`, the greatest share first.

    Raises
    ------
    InputError
        If the ensembles do not weigh the same claims.
    """
    ready = [Anew.of(case, one, keep) for one in alike(case, ensembles)]
    if len(ready) < 2:
        return columns.empty(columns.ORIGINS)
    prior = np.array([one.ensemble.hypothesis.prior for one in ready])
    log_odds = np.log(prior) + np.array([one.ensemble.log_evidence for one in ready])
    best = np.argsort(-log_odds, kind="stable")[:2]
    pair, before = [ready[k] for k in best], float(log_odds[best[0]] - log_odds[best[1]])
    given = case.claims.loc[sorted(pair[0].ensemble.given)]
    roots = given["origin"].map(lambda name: asking.chain(case.origins, name)[-1])
    rows = [_origin(case, name, list(given.index[roots != name]), pair, before) for name in sorted(roots.unique())]
    table = pd.DataFrame(rows)
    table["claims"] = [int((roots == name).sum()) for name in table["origin"]]
    table["share"] = table["change"].abs() / max(table["change"].abs().sum(), 1e-300)
    table = table.sort_values(["share", "origin"], ascending=[False, True], kind="stable", ignore_index=True)
    return columns.conform(table, columns.ORIGINS)


def _at(time: pd.Timestamp, case: Case, ready: Sequence[Anew]) -> list[dict[str, object]]:
    ids = sorted(asking.independent(case.claims)["id"])
    found = [one.outcome(case, one.ensemble.hypothesis, ids) for one in ready]
    prior = np.array([one.ensemble.hypothesis.prior for one in ready])
    evidence, sd = (np.array([getattr(one, name) for one in found]) for name in ("log_evidence", "log_evidence_sd"))
    low, high = interval(prior, evidence, sd)
    share = posterior(prior, evidence)
    return [
        {
            "as_of": time.tz_convert("UTC"), "reports": len(case.reports), "claims": len(ids),
            "hypothesis": one.ensemble.hypothesis.id, "log_evidence": found[k].log_evidence,
            "log_evidence_sd": found[k].log_evidence_sd, "posterior": share[k], "posterior_low": low[k],
            "posterior_high": high[k], "effective_paths": found[k].effective_paths, "method": "re-weighted",
            "caution": _caution(found[k].effective_paths, found[k].log_evidence_sd * np.sqrt(one.ensemble.runs)),
        }
        for k, one in enumerate(ready)
    ]  # fmt: skip


def _origin(case: Case, name: str, left: list[str], pair: Sequence[Anew], before: float) -> dict[str, object]:
    changes = [one.change(case, one.ensemble.hypothesis, left) for one in pair]
    found = [outcome(one.ensemble, change) for one, change in zip(pair, changes, strict=True)]
    gained = [one.log_evidence - two.ensemble.log_evidence for one, two in zip(found, pair, strict=True)]
    size = min(one.effective_paths for one in found)
    return {
        "origin": name, "name": case.origins[name].name if name in case.origins else name,
        "first": pair[0].ensemble.hypothesis.id, "second": pair[1].ensemble.hypothesis.id,
        "log_odds": before + gained[0] - gained[1], "change": gained[0] - gained[1],
        "change_sd": float(np.linalg.norm([_spread(one, change) for one, change in zip(pair, changes, strict=True)])),
        "effective_paths": size, "caution": _caution(size, 0.0),
    }  # fmt: skip


def _spread(one: Anew, change: np.ndarray) -> float:
    """Standard error of what a change does to the log evidence, from the runs one by one."""
    runs = one.ensemble.runs
    if runs < 2:
        return float("nan")
    gained = run_changes(one.ensemble, change) - run_changes(one.ensemble, np.zeros(one.ensemble.n))
    return float(gained.std(ddof=1) / np.sqrt(runs))


def _caution(size: float, wide: float) -> str:
    few = f"rests on {size:.0f} effective paths" if size < FEWEST_PATHS else ""
    far = f"independent runs differ by {wide:.1f} nats" if wide > WIDEST_NATS else ""
    return "; ".join(word for word in (few, far) if word)
