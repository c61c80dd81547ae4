"""The verdict: how well each hypothesis explains the claims, and what may be said of the differences."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd

from trackkit import columns
from trackkit.errors import InputError
from trackkit.judge.health import (
    WIDEST_NATS,
    alike,
    caution,
    effective_paths,
    interval,
    posterior,
    spread,
)
from trackkit.model import Case, Ensemble

__all__ = ["ENFSI", "ICD203", "hypotheses", "icd203", "ratios"]

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
    named = alike(case, ensembles)
    prior = np.array([one.hypothesis.prior for one in named])
    evidence = np.array([one.log_evidence for one in named])
    sd = np.array([one.log_evidence_sd for one in named])
    low, high = interval(prior, evidence, sd)
    rows = {
        "hypothesis": [one.hypothesis.id for one in named], "says": [one.hypothesis.says for one in named],
        "prior": prior, "log_evidence": evidence, "log_evidence_sd": sd, "runs": [one.runs for one in named],
        "effective_paths": [effective_paths(one) for one in named], "paths": [one.n for one in named],
        "posterior": posterior(prior, evidence), "posterior_low": low, "posterior_high": high,
        "caution": [caution(one) for one in named],
    }  # fmt: skip
    table = pd.DataFrame(rows).sort_values("posterior", ascending=False, kind="stable", ignore_index=True)
    return columns.conform(table, columns.VERDICT)


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
    named = sorted(alike(case, ensembles), key=lambda one: -one.log_evidence)
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
    wide = [one.hypothesis.id for one in pair if spread(one) > WIDEST_NATS]
    single = [one.hypothesis.id for one in pair if np.isnan(spread(one))]
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


def _lower(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")
