"""Numbers and tables in words, for people who will quote them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from trackkit.model import Case

__all__ = ["number", "share", "summary"]

#: a claim tells stories apart if its support differs by this much between two of them
_APART = 0.5
_FEW = 5


def number(value: object) -> object:
    """A value as a table shows it.

    >>> number(0.123456), number(1234.5), number(float("nan")), number(("a", "b"))
    ('0.123', '1,234', '', 'a; b')
    """
    if isinstance(value, tuple | list):
        return "; ".join(str(one) for one in value)
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float):
        return "" if value != value else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return "" if value is pd.NaT else value


def share(value: float, n: float) -> str:
    """A share of n paths as a percentage that claims no more than n can say.

    >>> share(0.0, 2000), share(0.25, 2000), share(1.0, 60)
    ('under 0.15 %', '25 %', 'over 95 %')
    """
    least = 3.0 / max(n, 3.0)
    if value < least:
        return f"under {100 * least:.2g} %"
    return f"over {100 - 100 * least:.3g} %" if value > 1.0 - least else f"{100 * value:.2g} %"


def summary(case: Case, verdict: pd.DataFrame, support: pd.DataFrame, ratios: pd.DataFrame) -> str:
    """Verdict and support in words, as Markdown.

    Parameters
    ----------
    case : Case
    verdict, support, ratios : DataFrame
        As `trackkit.judge.hypotheses`, `claims` and `ratios` give them.
    """
    ordered = verdict.sort_values("posterior", ascending=False, kind="stable")
    told = {row.hypothesis: _story(case, row, support) for row in ordered.itertuples()}
    stories = [told[one.id] for one in case.hypotheses if one.id in told]
    parts = (
        _headline(ordered, ratios),
        "\n".join(f"- {story}" for story in stories),
        _common(case, support),
        _apart(case, support),
        _person(support),
    )
    return "\n\n".join(part for part in parts if part)


#: independent runs that differ by more leave the order of hypotheses open
_WIDEST_NATS = 1.0


def _headline(verdict: pd.DataFrame, ratios: pd.DataFrame) -> str:
    """What may be said of the order of the stories; that it is open, where it is."""
    first, second = verdict.iloc[0], verdict.iloc[min(1, len(verdict) - 1)]
    level = verdict["hypothesis"][verdict["posterior_high"] >= first.posterior_low]
    doubted = verdict[verdict["caution"] != ""]
    weak = [f"{name} ({why})" for name, why in zip(doubted["hypothesis"], doubted["caution"], strict=True)]
    spread = (verdict["log_evidence_sd"] * verdict["runs"] ** 0.5).max()
    if not spread <= _WIDEST_NATS:
        return (
            f"**Unresolved.** Independent runs differ by up to {spread:.1f} nats, more than the {_WIDEST_NATS:g} nat "
            "up to which an order of stories may be quoted. The stories stand below in the case's own order; their "
            "numbers show how far this run of the engine came, not which story holds."
        )
    if len(level) > 1:
        return (
            f"**Unresolved.** These claims do not tell {_and(level)} apart: within the spread of independent runs "
            "any may come first, so no order of them may be quoted. The stories stand below in the case's own order."
        )
    told = (
        f"**Under the assumptions stated below, and among these {len(verdict)} stories only, the claims about the "
        f"aircraft sit best with {first['hypothesis']}.** {_pair(ratios, first['hypothesis'], second['hypothesis'])}"
    )
    return told + (f" Read with caution: {'; '.join(weak)}." if weak else "")


def _pair(ratios: pd.DataFrame, first: str, second: str) -> str:
    rows = ratios[(ratios["first"] == first) & (ratios["second"] == second)]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    if not row.word:
        return f"{row.sentence}."
    caution = f" But {row.caution}." if row.caution else ""
    return f"{row.sentence}: {row.word} for the first over the second.{caution}"


def _story(case: Case, row: Any, support: pd.DataFrame) -> str:
    """One hypothesis: its sentence, its numbers with what they rest on, and what its claims say."""
    words = (
        f"**{row.hypothesis}**: {row.says} {_counts(case, support, row.hypothesis)} Among these stories its "
        f"probability is {_percent(row.posterior)}, from {_percent(row.posterior_low)} to "
        f"{_percent(row.posterior_high)} within the spread of independent runs ({_percent(row.prior)} before the "
        f"claims; {row.effective_paths:,.0f} effective of {row.paths:,} paths)."
    )
    return words + (f" *Caution: {row.caution}.*" if row.caution else "")


def _and(names: Iterable[str]) -> str:
    *others, last = [f"*{name}*" for name in names]
    return f"{', '.join(others)} and {last}"


def _percent(value: float) -> str:
    return "under 1 %" if value < 0.01 else "over 99 %" if value > 0.99 else f"{100 * value:.0f} %"


def _counts(case: Case, support: pd.DataFrame, hypothesis: str) -> str:
    """How many claims about the aircraft the story is consistent with, in tension with, or needs more for."""
    states = _testable(case, support).query("hypothesis == @hypothesis")["state"]
    fits, tension = (int((states == word).sum()) for word in ("consistent", "in tension"))
    return (
        f"Of {len(states)} separate claims about the aircraft it is consistent with {fits} and in tension with "
        f"{tension}; for {len(states) - fits - tension} it requires something further."
    )


def _testable(case: Case, support: pd.DataFrame) -> pd.DataFrame:
    """The rows about the aircraft that can be tested; copies of a number left out."""
    asked = support["support"].notna() & (support["subject"] == "aircraft")
    return support[asked & ~support["claim"].map(case.claims["copy_of"]).astype(bool)]


def _common(case: Case, support: pd.DataFrame) -> str:
    """Claims that are in tension with every story."""
    rows = _testable(case, support)
    spared = set(rows["claim"][rows["state"] != "in tension"])
    names = [name for name in rows["claim"].drop_duplicates() if name not in spared]
    if not names:
        return ""
    return f"In tension with every story ({len(names)} claims): {_quoted(case, names)}"


def _apart(case: Case, support: pd.DataFrame) -> str:
    """The claims whose support differs most between the stories."""
    each = _testable(case, support).groupby("claim")["support"]
    spread = (each.max() - each.min()).sort_values(ascending=False, kind="stable")
    names = spread[spread >= _APART].index
    if names.empty:
        return "No single claim tells the stories apart by itself."
    return f"What tells the stories apart most ({len(names)} claims): {_quoted(case, names)}"


def _quoted(case: Case, names: Iterable[str]) -> str:
    """The first few claims in our own sentences, with their reports, and how many more there are."""
    chosen = list(names)
    known = case.claims.loc[chosen[:_FEW]]
    told = [f"{_stop(words)} ({report})" for words, report in zip(known["words"], known["report"], strict=True)]
    rest = len(chosen) - _FEW
    return "; ".join(told) + (f"; and {rest} more." if rest > 0 else ".")


def _stop(sentence: str) -> str:
    return sentence.strip().rstrip(".")


def _person(support: pd.DataFrame) -> str:
    found = support[support["subject"] == "person"]["claim"].nunique()
    return f"{found} claims about the person are kept apart: none of them has a part in these numbers." if found else ""
