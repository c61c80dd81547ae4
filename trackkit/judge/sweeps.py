"""Sweeps: what the answer becomes where vague words, trusts and priors are taken otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from trackkit import columns, reconstruct
from trackkit.judge.anew import Anew, Outcome
from trackkit.judge.health import FEWEST_PATHS, alike, posterior
from trackkit.model import Case, Ensemble, Hypothesis, TrustRule
from trackkit.wording import Word, meaning

__all__ = ["ODDS", "SCALES", "wording"]

#: by how much the measure of a word, or the width of an angle, is scaled
SCALES = (0.5, 2.0)
#: by how much the odds of a trust and of a prior are multiplied
ODDS = (1 / 3, 3.0)


@dataclass(frozen=True)
class Setting:
    """One way to read the case: what is swept, how it is set, what that means, and the claims that it touches."""

    kind: str
    name: str
    setting: str
    meant: str
    claims: int
    case: Case = field(repr=False)
    prior: Mapping[str, float]


def wording(case: Case, ensembles: Iterable[Ensemble], keep: str | Path | None = None, anew: int = 0) -> pd.DataFrame:
    """Sweep what words mean, how far origins are trusted, and the priors: the verdict under each setting.

    Every vague word that a weighed claim uses is taken half and twice as wide, one at a time and all together: its 5,
    50 and 95 % points are scaled, or, where it measures an angle, their distance from the median. Odds of a trust, and
    of a hypothesis before the evidence, are divided and multiplied by three. A trust of 0 or 1 is not swept: it is
    what tells the stories apart. The same paths are weighed anew (see `trackkit.judge.anew`).

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble
        One a hypothesis, all given the same claims; their order changes nothing.
    keep : path, optional
        Where ensembles are kept (`trackkit.reconstruct.paths`); paths of a false signal are taken from there.
    anew : int
        Paths to draw anew where a row rests on fewer than 50 effective ones; 0: none are, and the row says so.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.SWEEP`: one row a setting and hypothesis, first that of the case as it stands.

    Raises
    ------
    InputError
        If the ensembles do not weigh the same claims, or weigh some that the case does not have.
    """
    ready = [Anew.of(case, one, keep) for one in alike(case, ensembles)]
    settings = list(_settings(case, ready))
    first = _posterior(settings[0], [_as_drawn(one) for one in ready], ready)
    rows = [row for one in settings for row in _rows(one, ready, first, keep, anew)]
    return columns.conform(pd.DataFrame(rows), columns.SWEEP)


# ---------------------------------------------------------------------------------------------------------------
# settings
# ---------------------------------------------------------------------------------------------------------------


def _settings(case: Case, ready: Sequence[Anew]) -> Iterator[Setting]:
    prior = {one.ensemble.hypothesis.id: one.ensemble.hypothesis.prior for one in ready}
    given = sorted(ready[0].ensemble.given) if ready else []
    yield Setting("none", "as it stands", "as it stands", "", len(given), case, prior)
    used: dict[str, int] = {}
    for name in given:
        for word in {one.word for one in ready[0].asked[name].words}:
            used[word] = used.get(word, 0) + 1
    for scale in SCALES:
        yield from (_word(case, [name], name, scale, count, prior) for name, count in sorted(used.items()))
        if used:
            yield _word(case, sorted(used), "all words together", scale, len(given), prior)
    for odds in ODDS:
        yield from _trusts(case, ready, odds, prior)
        yield from _priors(case, odds, prior, len(given))


def _word(case: Case, words: Sequence[str], name: str, scale: float, count: int, prior: Mapping[str, float]) -> Setting:
    scaled = {word: _scaled(meaning(word, case.wording), scale) for word in words}
    points = {word: {"low": one.low, "median": one.median, "high": one.high} for word, one in scaled.items()}
    meant = str(scaled[words[0]]) if len(words) == 1 else f"{len(words)} words"
    told = "half as wide" if scale < 1.0 else "twice as wide"
    return Setting("word", name, told, meant, count, replace(case, wording={**case.wording, **points}), prior)


def _scaled(word: Word, scale: float) -> Word:
    """Its measure scaled; of an angle the distance from the median, since half a U-turn is none."""
    middle = word.median if "degrees" in word.of else 0.0
    low, median, high = (middle + scale * (value - middle) for value in (word.low, word.median, word.high))
    return replace(word, low=low, median=median, high=high)


def _trusts(case: Case, ready: Sequence[Anew], odds: float, prior: Mapping[str, float]) -> Iterator[Setting]:
    counts: dict[str, int] = {}
    for one in ready:
        groups, rules = one.ensemble.groups, one.ensemble.hypothesis.trust
        for number, name in enumerate(groups.names):
            rule = rules[int(name.split(":")[0])]
            if 0.0 < rule.trust < 1.0:
                counts[rule.origin] = max(counts.get(rule.origin, 0), 0) + int((groups.of_claim == number).sum())
    for origin, count in sorted(counts.items()):
        stories = tuple(
            replace(story, trust=tuple(_doubted(rule, origin, odds) for rule in story.trust))
            for story in case.hypotheses
        )
        values = sorted({rule.trust for story in stories for rule in story.trust
                         if rule.origin == origin and 0.0 < rule.trust < 1.0})  # fmt: skip
        meant = f"trust {' or '.join(f'{value:.2g}' for value in values)}"
        name = "origins without a rule of their own" if origin == "*" else origin
        mean = round(count / len(ready))
        yield Setting("trust", name, _told(odds), meant, mean, replace(case, hypotheses=stories), prior)


def _doubted(rule: TrustRule, origin: str, odds: float) -> TrustRule:
    if rule.origin != origin or rule.trust in (0.0, 1.0):
        return rule
    return replace(rule, trust=odds * rule.trust / (odds * rule.trust + 1.0 - rule.trust))


def _priors(case: Case, odds: float, prior: Mapping[str, float], count: int) -> Iterator[Setting]:
    for name in prior:
        raised = {other: value * (odds if other == name else 1.0) for other, value in prior.items()}
        whole = sum(raised.values())
        shared = {other: value / whole for other, value in raised.items()}
        yield Setting("prior", name, _told(odds), f"prior {shared[name]:.2g}", count, case, shared)


def _told(odds: float) -> str:
    return "a third of the odds" if odds < 1.0 else "three times the odds"


# ---------------------------------------------------------------------------------------------------------------
# rows
# ---------------------------------------------------------------------------------------------------------------


def _rows(
    setting: Setting, ready: Sequence[Anew], first: np.ndarray, keep: str | Path | None, anew: int
) -> list[dict[str, object]]:
    found = [_weighed(setting, one, keep, anew) for one in ready]
    share = _posterior(setting, [outcome for outcome, _ in found], ready)
    flips = bool(share.argmax() != first.argmax())
    return [
        {
            "kind": setting.kind, "name": setting.name, "setting": setting.setting, "meant": setting.meant,
            "claims": setting.claims, "hypothesis": one.ensemble.hypothesis.id, "log_evidence": outcome.log_evidence,
            "log_evidence_sd": outcome.log_evidence_sd,
            "change": outcome.log_evidence - one.ensemble.log_evidence, "posterior": share[k],
            "effective_paths": outcome.effective_paths, "method": method, "flips": flips,
            "caution": _caution(outcome.effective_paths),
        }
        for k, (one, (outcome, method)) in enumerate(zip(ready, found, strict=True))
    ]  # fmt: skip


def _weighed(setting: Setting, one: Anew, keep: str | Path | None, anew: int) -> tuple[Outcome, str]:
    """The same paths weighed anew; others where these do not suffice and some may be drawn."""
    if setting.kind in ("none", "prior"):
        return _as_drawn(one), "as drawn"
    hypothesis = _story(setting.case, one.ensemble.hypothesis)
    found = one.outcome(setting.case, hypothesis, one.ensemble.given)
    if found.effective_paths >= FEWEST_PATHS or not anew:
        return found, "re-weighted"
    drawn = reconstruct.paths(
        setting.case, hypothesis, one.ensemble.given, n=anew, seed=one.ensemble.seed, runs=one.ensemble.runs, keep=keep
    )
    return _as_drawn(replace(one, ensemble=drawn)), f"drawn anew, n = {anew}"


def _story(case: Case, hypothesis: Hypothesis) -> Hypothesis:
    """The hypothesis as this case has it, or as it is where the case does not name it."""
    return next((one for one in case.hypotheses if one.id == hypothesis.id), hypothesis)


def _as_drawn(one: Anew) -> Outcome:
    size = one.outcome(one.case, one.ensemble.hypothesis, one.ensemble.given).effective_paths
    return Outcome(one.ensemble.log_evidence, one.ensemble.log_evidence_sd, size)


def _posterior(setting: Setting, found: Sequence[Outcome], ready: Sequence[Anew]) -> np.ndarray:
    prior = np.array([setting.prior[one.ensemble.hypothesis.id] for one in ready])
    return posterior(prior, np.array([one.log_evidence for one in found]))


def _caution(size: float) -> str:
    return f"rests on {size:.0f} effective paths: draw anew" if size < FEWEST_PATHS else ""
