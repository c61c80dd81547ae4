"""Judging: how well each hypothesis's paths explain every claim, and what the answer rests on.

Only numbers that come with their spread and their effective paths leave this module. Words are "consistent with", "in
tension with" and "needs"; nothing is excluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logsumexp

from trackkit import claims as asking
from trackkit import columns, earth
from trackkit.errors import InputError
from trackkit.model import Case, Ensemble, Groups, Hypothesis
from trackkit.sampler import effective, rng_of

__all__ = ["claims", "hypotheses", "icd203", "ratios", "without"]

Array = NDArray[np.float64]

#: rows that rest on fewer effective paths, or whose runs differ by more nats, say so
FEWEST_PATHS = 50.0
WIDEST_NATS = 1.0
#: support from which a claim is called consistent, and below which it is called in tension with a hypothesis
CONSISTENT, TENSION = 0.2, 0.05
#: speed and time on the ground assumed for a person's onward journey
ONWARD_MPS, ONWARD_WAIT_S = 230.0, 3_600.0
#: draws for the interval of a posterior
_DRAWS = 4_096

#: upper ends of the ENFSI (2015) verbal scale for likelihood ratios
ENFSI = ((2.0, "no support either way"), (10.0, "weak support"), (100.0, "moderate support"),
         (1e3, "moderately strong support"), (1e4, "strong support"), (1e6, "very strong support"))  # fmt: skip
#: upper ends of the ICD 203 words for stated probabilities
ICD203 = ((0.05, "almost no chance"), (0.2, "very unlikely"), (0.45, "unlikely"), (0.55, "roughly even chance"),
          (0.8, "likely"), (0.95, "very likely"), (1.0, "almost certain"))  # fmt: skip


def hypotheses(case: Case, ensembles: Iterable[Ensemble]) -> pd.DataFrame:
    """The verdict: evidence of the claims about the aircraft under each hypothesis.

    With prior p and evidence Z the posterior is p_h Z_h / sum_k p_k Z_k over the hypotheses named. Its interval is that
    of the spread of log Z between independent runs, taken as normal; the error of the model itself is not in it. Where
    an ensemble is of one run its spread is not known, and the interval is all of 0 to 1.

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble
        One a hypothesis, all given the same claims; their order changes nothing.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.VERDICT`; one row a hypothesis, the most probable first.

    Raises
    ------
    InputError
        If the ensembles do not weigh the same claims, or weigh some that the case does not have.
    """
    named = _alike(case, ensembles)
    prior = np.array([one.hypothesis.prior for one in named])
    evidence = np.array([one.log_evidence for one in named])
    sd = np.array([one.log_evidence_sd for one in named])
    low, high = _interval(prior, evidence, sd)
    rows = {
        "hypothesis": [one.hypothesis.id for one in named], "says": [one.hypothesis.says for one in named],
        "prior": prior, "log_evidence": evidence, "log_evidence_sd": sd, "runs": [one.runs for one in named],
        "effective_paths": [_effective(one) for one in named], "paths": [one.n for one in named],
        "posterior": _posterior(prior, evidence), "posterior_low": low, "posterior_high": high,
        "caution": [_caution(one) for one in named],
    }  # fmt: skip
    table = pd.DataFrame(rows).sort_values("posterior", ascending=False, kind="stable", ignore_index=True)
    return columns.conform(table, columns.VERDICT)


def claims(case: Case, ensembles: Iterable[Ensemble]) -> pd.DataFrame:
    """Support of each claim under each hypothesis, the claim itself left out of the conditioning.

    For a claim c the support is sum_i w_i exp(l_i' - l_i) [path i satisfies c], over the same sum without the bracket;
    l and l' are the log-likelihood of all claims given and of those that do not tell the number of c.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.SUPPORT`. A copy is judged by its own numbers with what it copies left out.
        Claims about a person are judged by what a hypothesis says of the person and the time a journey needs.
    """
    named = [_Weighed.of(case, one) for one in sorted(ensembles, key=lambda one: one.hypothesis.id)]
    rows = [_judged(case, one, row) for one in named for row in case.claims.itertuples(index=False)]
    return columns.conform(pd.DataFrame(rows), columns.SUPPORT)


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
    named = [_Weighed.of(case, one) for one in _alike(case, ensembles)]
    rows: list[dict[str, object]] = []
    for kind, name, ids in _left_out(case, named):
        rows.extend(_leave_out(kind, name, ids, named))
    return columns.conform(pd.DataFrame(rows), columns.WITHOUT)


def ratios(case: Case, ensembles: Iterable[Ensemble], cap: float = 100.0) -> pd.DataFrame:
    """Likelihood ratios between pairs of hypotheses, in words of the ENFSI scale, capped by the error of the model.

    The ratio is Z_first / Z_second, of probabilities of the claims and never of the hypotheses; always 1 or more, since
    the one that explains the claims better comes first.

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble
    cap : float
        Above it the ratio is told as "more than" the cap, and its word is that of the cap.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.RATIOS`; the first of each pair is the one that explains the claims better.

    Raises
    ------
    InputError
        If the ensembles do not weigh the same claims, or weigh some that the case does not have.
    """
    named = sorted(_alike(case, ensembles), key=lambda one: -one.log_evidence)
    return columns.conform(pd.DataFrame([_ratio(a, b, cap) for a, b in combinations(named, 2)]), columns.RATIOS)


def icd203(probability: float) -> str:
    """The ICD 203 word for a stated probability; at the end of a range, the word below it.

    Raises
    ------
    InputError
        If it is no probability.

    Examples
    --------
    >>> icd203(0.5)
    'roughly even chance'
    """
    if not 0.0 <= probability <= 1.0:
        raise InputError("not a probability", probability, "0 to 1")
    return next(word for end, word in ICD203 if probability <= end)


# ---------------------------------------------------------------------------------------------------------------
# the verdict
# ---------------------------------------------------------------------------------------------------------------


def _alike(case: Case, ensembles: Iterable[Ensemble]) -> list[Ensemble]:
    """The ensembles by hypothesis; evidence can be compared only where it is that of the same claims."""
    named = sorted(ensembles, key=lambda one: one.hypothesis.id)
    for one in named:
        if set(one.given) != set(named[0].given):
            raise InputError("ensembles of different claims cannot be compared", one.hypothesis.id, "the same claims")
        if unknown := sorted(set(one.given) - set(case.claims.index)):
            raise InputError("an ensemble weighs a claim that the case does not have", unknown[0], case.claims.index)
    return named


def _posterior(prior: Array, evidence: Array) -> Array:
    with np.errstate(divide="ignore"):
        log = np.log(prior) + evidence
    return np.asarray(np.exp(log - logsumexp(log, axis=-1, keepdims=True)), float)


def _interval(prior: Array, evidence: Array, sd: Array) -> tuple[Array, Array]:
    """5 and 95 % points of the posterior over normal errors of the log evidence, drawn always alike."""
    if not np.isfinite(sd).all():
        return np.zeros(len(prior)), np.ones(len(prior))
    errors = rng_of("posterior").standard_normal((_DRAWS, len(prior)))
    drawn = _posterior(prior, evidence + sd * errors)
    return np.quantile(drawn, 0.05, axis=0), np.quantile(drawn, 0.95, axis=0)


def _effective(ensemble: Ensemble) -> float:
    """Effective paths by weight. Moves have set them apart, but they may descend from fewer: see `_ancestors`."""
    return effective(ensemble.log_weight.to_numpy())


def _ancestors(ensemble: Ensemble) -> int:
    """From how many first draws of the hardest stage the paths descend, over all runs."""
    last = ensemble.diagnostics.groupby(["run", "stage"])["ancestors"].last()
    return int(last.groupby("run").min().sum()) if len(last) else ensemble.n


def _caution(ensemble: Ensemble) -> str:
    spread, cautions = _spread(ensemble), []
    if _effective(ensemble) < FEWEST_PATHS:
        cautions.append(f"rests on {_effective(ensemble):.0f} effective paths")
    if _ancestors(ensemble) < FEWEST_PATHS:
        cautions.append(f"its paths descend from {_ancestors(ensemble)} first draws of {ensemble.n}")
    if np.isnan(spread):
        cautions.append("is of one run, so its spread is not known: not to be quoted as a ratio")
    if spread > WIDEST_NATS:
        cautions.append(f"independent runs differ by {spread:.1f} nats: not to be quoted as a ratio")
    if _far_from_trust(ensemble):
        cautions.append("explains its trusted claims less than half as often as it trusts them")
    return "; ".join(cautions)


def _far_from_trust(ensemble: Ensemble) -> bool:
    """Whether the claims are explained, on the mean, less than half as often as they are trusted."""
    if not ensemble.given:
        return False
    mean = np.exp(ensemble.log_weight.to_numpy()) @ ensemble.explained.to_numpy()
    return bool(mean.mean() < 0.5 * ensemble.groups.trust[ensemble.groups.of_claim].mean())


# ---------------------------------------------------------------------------------------------------------------
# re-weighting
# ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Weighed:
    """An ensemble with the claims it was given, made ready to leave some of them out."""

    ensemble: Ensemble
    asked: tuple[asking.Asked, ...]
    likelihood: Array
    roots: tuple[str, ...]
    total: Array

    @classmethod
    def of(cls, case: Case, ensemble: Ensemble) -> _Weighed:
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


def _left_out(case: Case, named: Sequence[_Weighed]) -> list[tuple[str, str, tuple[str, ...]]]:
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


def _leave_out(kind: str, name: str, ids: tuple[str, ...], named: Sequence[_Weighed]) -> list[dict[str, object]]:
    before = np.array([one.ensemble.log_evidence for one in named])
    changes = [one.ensemble.log_weight.to_numpy() + one.change(ids) for one in named]
    after = before + np.array([logsumexp(change) for change in changes])
    prior = np.array([one.ensemble.hypothesis.prior for one in named])
    posterior, old = _posterior(prior, after), _posterior(prior, before)
    flips = bool(np.argmax(posterior) != np.argmax(old))
    return [
        {
            "left_out_kind": kind, "left_out": name, "claims": len(ids), "hypothesis": one.ensemble.hypothesis.id,
            "log_evidence": after[k], "change": after[k] - before[k], "posterior": posterior[k],
            "effective_paths": min(effective(changes[k]), _effective(one.ensemble)), "flips": flips,
            "caution": _weak(min(effective(changes[k]), _effective(one.ensemble)), one.rough(ids)),
        }
        for k, one in enumerate(named)
    ]  # fmt: skip


def _weak(size: float, rough: float) -> str:
    """What weakens a row that leaves something out."""
    few = f"rests on {size:.0f} effective paths: draw anew" if size < FEWEST_PATHS else ""
    part = f"leaves a part of a false signal, whose density may be off by {rough:.0f} nats: draw anew"
    return "; ".join(told for told in (few, part if rough > WIDEST_NATS else "") if told)


# ---------------------------------------------------------------------------------------------------------------
# support
# ---------------------------------------------------------------------------------------------------------------


def _judged(case: Case, weighed: _Weighed, row: Any) -> dict[str, object]:
    """One claim under one hypothesis."""
    base = {
        "claim": row.id, "report": row.report, "origin": row.origin, "hypothesis": weighed.ensemble.hypothesis.id,
        "subject": row.subject,
    }  # fmt: skip
    if row.says == "context":
        return base | {"state": "context", "reason": "told for context; nothing is asked of a path"}
    if row.says in ("carried", "arrived"):
        return base | _person(case, weighed.ensemble, row)
    if row.subject != "aircraft":
        return base | {"state": "not testable", "reason": "it is not about the aircraft, and paths are all there is"}
    if row.says not in asking.PATH_KINDS:
        return base | {"state": "not testable", "reason": "which receivers could hear the aircraft is not modelled yet"}
    return base | _aircraft(case, weighed, row)


def _aircraft(case: Case, weighed: _Weighed, row: Any) -> dict[str, object]:
    ensemble, root = weighed.ensemble, asking.root(case.claims, row.id)
    same = [name for name, other in zip(ensemble.given, weighed.roots, strict=True) if other == root]
    log_weight = ensemble.log_weight.to_numpy() + weighed.change(same)
    share = np.exp(log_weight - logsumexp(log_weight))
    support = float(share @ ensemble.satisfied.sel(claim=row.id).to_numpy())
    size = min(effective(log_weight), _effective(ensemble))
    state, reason = _state(case, ensemble.hypothesis, row, support, size)
    return {
        "support": support, "support_sd": float(np.sqrt(max(support * (1 - support), 0.25 / size) / size)),
        "effective_paths": size, "explained": _explained(ensemble, same), "state": state, "reason": reason,
    }  # fmt: skip


def _explained(ensemble: Ensemble, same: list[str]) -> float:
    if not same:
        return float("nan")
    return float(np.exp(ensemble.log_weight.to_numpy()) @ ensemble.explained.sel(claim=same[0]).to_numpy())


def _state(case: Case, hypothesis: Hypothesis, row: tuple, support: float, size: float) -> tuple[str, str]:
    """The word for a support, and the sentence."""
    said = f"{_share(support, size)} of the paths do what it says"
    if size < FEWEST_PATHS:
        said += f", of {size:.0f} effective ones: too few to lean on"
    if support >= CONSISTENT:
        return "consistent", said
    doubted = _doubted(case, hypothesis, row)
    if doubted:
        return f"needs {doubted} to be wrong", f"{said}; the hypothesis takes {doubted} to be wrong there"
    if support < TENSION:
        return "in tension", said
    return "needs an uncommon path", f"{said}: it needs one of the less common"


def _share(value: float, size: float) -> str:
    """A share of so many effective paths in words: none among n is fewer than about 3 in n, and all likewise.

    >>> _share(0.0, 300.0), _share(0.25, 300.0), _share(1.0, 300.0)
    ('under 1 %', '25 %', 'over 99 %')
    """
    least = min(3.0 / max(size, 3.0), 0.5)
    if value < least:
        return f"under {100 * least:.2g} %"
    return f"over {100 - 100 * least:.3g} %" if value > 1.0 - least else f"{100 * value:.2g} %"


def _doubted(case: Case, hypothesis: Hypothesis, row: Any) -> str:
    """The name of the origin that the hypothesis doubts for this claim, or nothing."""
    rule = asking.rule(case, hypothesis, row)
    if rule.trust >= 0.5:
        return ""
    name = row.origin if rule.origin == "*" else rule.origin
    return case.origins[name].name if name in case.origins else name


def _person(case: Case, ensemble: Ensemble, row: Any) -> dict[str, object]:
    """A claim about a person, joined to the path by whether the person was aboard and the time a journey needs."""
    aboard = ensemble.hypothesis.aboard
    if aboard is None:
        return {"state": "not testable", "reason": "the hypothesis does not say whether the person was aboard"}
    told = _carried(aboard, row) if row.says == "carried" else _arrived(case, ensemble, aboard, row)
    return {"support_sd": float("nan"), "effective_paths": _effective(ensemble)} | told


def _carried(aboard: float, row: Any) -> dict[str, object]:
    """Support = a, the probability of being aboard; 1 - a where the report denies it."""
    support = 1.0 - aboard if row.denied else aboard
    reason = f"the hypothesis puts the person aboard with probability {aboard:g}"
    return {"support": support, "state": _person_state(support), "reason": reason}


def _arrived(case: Case, ensemble: Ensemble, aboard: float, row: Any) -> dict[str, object]:
    """Support = (1 - a) + a s, with a the probability of being aboard and s the share of paths that leave time.

    No path makes anybody go on a journey, so that somebody did not arrive is consistent with every one.
    """
    if row.denied:
        return {"support": 1.0, "state": "consistent", "reason": "no path makes a person go on to that place"}
    share = _in_time(case, ensemble, row)
    told = _share(share, _effective(ensemble))
    reason = f"aboard (probability {aboard:g}): {told} of the paths leave time for the journey; else open"
    support = 1.0 - aboard + aboard * share
    state = _person_state(support)
    if state == "consistent" and share < TENSION and aboard > 0.0:
        state, reason = "needs the person not to have been aboard", f"{reason}: requires that the person was not aboard"
    return {"support": support, "state": state, "reason": reason}


def _person_state(support: float) -> str:
    return "consistent" if support >= CONSISTENT else "in tension" if support < TENSION else "needs a less likely case"


def _in_time(case: Case, ensemble: Ensemble, row: Any) -> float:
    """Share of paths from whose end the person can reach the place in time."""
    paths = ensemble.paths
    last = paths.isel(time=-1)
    distance, _ = earth.inverse(last["latitude"], last["longitude"], row.latitude, row.longitude)
    down = np.where(np.isfinite(paths["end_s"]), paths["end_s"], (case.window[1] - case.window[0]).total_seconds())
    free = np.maximum(distance - row.place_radius_m, 0.0) / ONWARD_MPS
    needs = np.where(distance > row.place_radius_m, down + ONWARD_WAIT_S + free, down)
    lives = ~np.isin(paths["ending"].to_numpy(), ("crashed", "struck the ground"))
    return float(np.exp(ensemble.log_weight.to_numpy()) @ (lives & (needs <= _deadline(case, row))))


def _deadline(case: Case, row: Any) -> float:
    """The end (s from the start of the window) of the hour told; none for no hour, or one that it was after."""
    if row.time is pd.NaT or row.time_hedge.endswith("after"):
        return float("inf")
    return float((row.time - case.window[0]).total_seconds() + row.time_rounding_s)


# ---------------------------------------------------------------------------------------------------------------
# ratios in words
# ---------------------------------------------------------------------------------------------------------------


def _ratio(better: Ensemble, worse: Ensemble, cap: float) -> dict[str, object]:
    log = better.log_evidence - worse.log_evidence
    sd = float(np.hypot(better.log_evidence_sd, worse.log_evidence_sd))
    row: dict[str, object] = {
        "first": better.hypothesis.id, "second": worse.hypothesis.id, "log_ratio": log, "log_ratio_sd": sd
    }  # fmt: skip
    why = "; ".join(_unquotable(better, worse))
    if why:
        told = f"No ratio is quoted between {better.hypothesis.id} and {worse.hypothesis.id}"
        return row | {"ratio": "not quoted", "word": "", "sentence": f"{told}: {why}", "caution": why}
    caution = "the spread between runs reaches past even odds" if log < 2 * sd else ""
    return row | _in_words(better, worse, log, cap) | {"caution": caution}


def _unquotable(*pair: Ensemble) -> list[str]:
    """Why no ratio of these may be quoted: runs that differ too much, or a spread that one run cannot show."""
    wide = [one.hypothesis.id for one in pair if _spread(one) > WIDEST_NATS]
    single = [one.hypothesis.id for one in pair if np.isnan(_spread(one))]
    why = [f"independent runs of {' and of '.join(wide)} differ by more than {WIDEST_NATS:g} nat"] if wide else []
    return why + ([f"the spread of {' and of '.join(single)} is not known"] if single else [])


def _in_words(better: Ensemble, worse: Ensemble, log: float, cap: float) -> dict[str, object]:
    """The ratio, capped, its word on the ENFSI scale, and the sentence that names both propositions."""
    told = f"more than {cap:g}" if log > np.log(cap) else f"{np.exp(log):.1f}"
    value = min(np.exp(min(log, 700.0)), cap)
    word = next((word for end, word in ENFSI if value <= end), "extremely strong support")
    sentence = (
        f"The claims are {told} times more probable if {_lower(better.hypothesis.says)} "
        f"than if {_lower(worse.hypothesis.says)}"
    )
    return {"ratio": told, "word": word, "sentence": sentence}


def _spread(ensemble: Ensemble) -> float:
    """Standard deviation (nats) of the log evidence between single runs."""
    return float(ensemble.log_evidence_sd * np.sqrt(ensemble.runs))


def _lower(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")
