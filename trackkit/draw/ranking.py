"""Figure 6: how well each hypothesis foretells the claims, and what the order hangs on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trackkit.draw import style
from trackkit.model import Case

__all__ = ["swings", "verdict"]

_NAMES, _EVIDENCE, _POSTERIOR = 33.0, 27.0, 24.0
_LABELS = 34.0
_BARS = 18
_KINDS = ("origin", "report")
_BAR_MM = 3.5


@style.styled
def verdict(case: Case, verdict: pd.DataFrame, without: pd.DataFrame, seed: int | None = None) -> Figure:
    """Draw log evidence and posterior of each hypothesis, and beside them what changes if a source is left out.

    Parameters
    ----------
    case : Case
    verdict : DataFrame
        Columns `trackkit.columns.VERDICT`.
    without : DataFrame
        Columns left_out_kind, left_out, hypothesis, log_evidence, posterior, effective_paths.
    seed : int, optional
        Of the ensembles, for the footer.

    Returns
    -------
    Figure
    """
    first, second = _ranked(verdict)[:2] if len(verdict) > 1 else ("", "")
    bars = swings(verdict, without, first, second).head(_BARS)
    foot = _foot(case, verdict, without, len(bars), seed)
    notes = _notes(verdict)
    height = max(len(bars) * _BAR_MM, len(verdict) * 9.5)
    figure = style.sheet(style.FULL_MM, 35.0 + height + _notes_mm(notes) + style.footer_mm(foot))
    top = style.title(figure, _message(verdict), _subtitle(case)) + 8.5
    _evidence(figure, case, verdict, top, height)
    if len(bars):
        _tornado(figure, bars, (first, second), _gap(verdict, first, second), top, height)
    _cautions(figure, notes, top + height + 9.0)
    style.footer(figure, foot)
    return style.tell(figure, _alt(case, verdict, bars, first, second))


def swings(verdict: pd.DataFrame, without: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """The change of log p(first) - log p(second) when each thing is left out, greatest first.

    Columns left_out_kind, left_out, change, gap (what is left of the difference), effective_paths (the smaller one).
    """
    pairs = without[without["hypothesis"].isin([first, second]) & without["left_out_kind"].isin(_KINDS)]
    wide = pairs.pivot_table(index=["left_out_kind", "left_out"], columns="hypothesis", values="log_evidence")
    if first not in wide or second not in wide:
        return pd.DataFrame(columns=["left_out_kind", "left_out", "change", "gap", "effective_paths"])
    fewest = pairs.groupby(["left_out_kind", "left_out"])["effective_paths"].min()
    table = pd.DataFrame({"gap": wide[first] - wide[second], "effective_paths": fewest}).reset_index()
    table["change"] = table["gap"] - _gap(verdict, first, second)
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _ranked(verdict: pd.DataFrame) -> list[str]:
    return [str(name) for name in verdict.sort_values("log_evidence", ascending=False, kind="stable")["hypothesis"]]


def _gap(verdict: pd.DataFrame, first: str, second: str) -> float:
    by_name = verdict.set_index("hypothesis")["log_evidence"]
    return float(by_name[first] - by_name[second]) if first else math.nan


# ---------------------------------------------------------------------------------------------------------------
# evidence and posterior
# ---------------------------------------------------------------------------------------------------------------


def _evidence(figure: Figure, case: Case, verdict: pd.DataFrame, top: float, height: float) -> None:
    left = style.panel(figure, _NAMES, top, _EVIDENCE, height)
    right = style.panel(figure, _NAMES + _EVIDENCE + 4.0, top, _POSTERIOR, height)
    for axes, text in ((left, "Log evidence (nat)\n± one standard error"), (right, "Posterior with\n5–95 % interval")):
        axes.set_ylim(len(verdict), 0)
        axes.set_yticks([])
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(text, size=style.BODY, loc="left", pad=3.0)
    for number, row in enumerate(style.rows(verdict)):
        look = style.hypothesis_looks(_names(case, verdict))[str(row.hypothesis)]
        _name(figure, str(row.hypothesis), look, top + (number + 0.5) / len(verdict) * height)
        _point(left, row, number + 0.5, look)
        _bar(right, row, number + 0.5, look)
    low, high = _limits(verdict)
    left.set_xlim(low, high)
    left.locator_params(axis="x", nbins=3)
    right.set_xlim(0.0, 1.0)
    right.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])


def _names(case: Case, verdict: pd.DataFrame) -> list[str]:
    known = [one.id for one in case.hypotheses]
    return known + [str(name) for name in verdict["hypothesis"] if name not in known]


def _name(figure: Figure, name: str, look: style.Look, middle: float) -> None:
    lines = style.wrap(name.replace("-", "- "), _NAMES - 2.0, style.BODY, True)
    lines = [line.replace("- ", "-") for line in lines]
    top = middle - 0.5 * len(lines) * style.line_mm(style.BODY)
    color = style.legible(look.color)
    for at, line in enumerate(lines):
        style.write(figure, 0.0, top + at * style.line_mm(style.BODY), line, style.BODY, color, "bold")


def _limits(verdict: pd.DataFrame) -> tuple[float, float]:
    spread = verdict["log_evidence_sd"].fillna(0.0)
    low, high = float((verdict["log_evidence"] - spread).min()), float((verdict["log_evidence"] + spread).max())
    room = 0.25 * max(high - low, 1.0)
    return low - room, high + room


def _point(axes: Axes, row: Any, y: float, look: style.Look) -> None:
    few = row.effective_paths < style.FEW
    axes.errorbar(row.log_evidence, y, xerr=np.nan_to_num(row.log_evidence_sd), fmt=look.mark, ms=4.0, color=look.color,
                  mfc="white" if few else look.color, mew=0.9, elinewidth=1.0, capsize=2.0, capthick=0.8)  # fmt: skip
    sign = style.signed(row.log_evidence)
    axes.annotate(sign, (row.log_evidence, y), (0, 4.0), textcoords="offset points", ha="center", va="bottom",
                  size=style.SMALL)  # fmt: skip


def _bar(axes: Axes, row: Any, y: float, look: style.Look) -> None:
    few = row.effective_paths < style.FEW
    axes.barh(y, row.posterior, 0.34, color="white" if few else look.color, ec=look.color, lw=0.6,
              hatch="/////" if few else "", alpha=0.75)  # fmt: skip
    axes.plot([row.posterior_low, row.posterior_high], [y, y], color=style.INK, lw=0.9, marker="|", ms=3.5, mew=0.9)
    axes.text(0.0, y - 0.22, f" {_probability(row.posterior)} ({_probability(row.posterior_low)}–"
              f"{_probability(row.posterior_high)})", size=style.SMALL, va="bottom")  # fmt: skip


def _between(low: float, high: float) -> str:
    """An interval of probabilities.

    >>> _between(0.2, 0.4), _between(0.995, 0.999)
    ('0.20–0.40', 'the whole interval')
    """
    ends = (_probability(low), _probability(high))
    return "the whole interval" if ends[0] == ends[1] and ends[0][0] in "<>" else "–".join(ends)


def _probability(value: float) -> str:
    """Two digits, and never a bare zero or one.

    >>> _probability(0.0004), _probability(0.999), _probability(0.25)
    ('<0.01', '>0.99', '0.25')
    """
    if value < 0.01:
        return "<0.01"
    return ">0.99" if value > 0.99 else f"{value:.2f}"


# ---------------------------------------------------------------------------------------------------------------
# what it hangs on
# ---------------------------------------------------------------------------------------------------------------


_LEFT = _NAMES + _EVIDENCE + 4.0 + _POSTERIOR + 5.0


def _tornado(figure: Figure, bars: pd.DataFrame, pair: tuple[str, str], gap: float, top: float, height: float) -> None:
    """One bar a thing left out, from the difference with everything to that without it; at zero the order turns."""
    axes = style.panel(figure, _LEFT + _LABELS, top, style.FULL_MM - _LEFT - _LABELS - 2.0, height)
    axes.set_ylim(len(bars), 0)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    for number, row in enumerate(style.rows(bars)):
        _swing(axes, row, gap, number)
        text = style.shorten(f"{row.left_out} ({row.left_out_kind})", _LABELS - 1.0, style.SMALL)
        y = top + (number + 0.5) / len(bars) * height - 0.5 * style.line_mm(style.SMALL) + 0.1
        style.write(figure, _LEFT + _LABELS - 1.0, y, text, style.SMALL, align="right")
    axes.axvline(gap, color=style.INK, lw=0.8, zorder=3)
    axes.axvline(0.0, color=style.INK, lw=0.7, ls=(0, (3.0, 2.0)), zorder=3)
    ends = [gap, 0.0, *bars["gap"]]
    room = 0.08 * max(max(ends) - min(ends), 1.0)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.locator_params(axis="x", nbins=5)
    _tornado_words(figure, pair, top, height)


def _swing(axes: Axes, row: Any, gap: float, number: int) -> None:
    few, color = row.effective_paths < style.FEW, style.BLUE if row.left_out_kind == "origin" else style.SKY
    face, hatch = ("white", "/////") if few else (color, "")
    axes.barh(number + 0.5, row.gap - gap, 0.62, left=gap, color=face, ec=color, lw=0.5, hatch=hatch, zorder=2)


def _tornado_words(figure: Figure, pair: tuple[str, str], top: float, height: float) -> None:
    text = f"Log evidence of “{pair[0]}” over “{pair[1]}” (nat), each source left out in turn"
    lines = style.wrap(text, style.FULL_MM - _LEFT, style.BODY)
    for number, line in enumerate(lines):
        style.write(figure, _LEFT, top - 1.0 - (len(lines) - number) * style.line_mm(style.BODY), line, style.BODY)
    below = f"left of the dashed line “{pair[1]}” comes first"
    style.write(figure, style.FULL_MM - 1.0, top + height + 4.2, below, style.SMALL, align="right")


# ---------------------------------------------------------------------------------------------------------------
# words
# ---------------------------------------------------------------------------------------------------------------


def _notes(verdict: pd.DataFrame) -> list[str]:
    """The cautions of each hypothesis; those without one together."""
    notes = [f"{row.hypothesis}: {row.caution}" for row in style.rows(verdict) if row.caution]
    clear = [str(row.hypothesis) for row in style.rows(verdict) if not row.caution]
    return notes + ([f"None for {', '.join(clear)}."] if clear else [])


def _notes_mm(notes: list[str]) -> float:
    return sum(len(style.wrap(note, style.FULL_MM, style.SMALL)) for note in notes) * style.line_mm(style.SMALL) + 5.0


def _cautions(figure: Figure, notes: list[str], top: float) -> None:
    style.write(figure, 0.0, top, "Cautions", style.HEADING, weight="bold")
    top += 3.8
    for note in notes:
        top = style.paragraph(figure, 0.0, top, style.FULL_MM, note, style.SMALL)


#: independent runs that differ by more leave the order of hypotheses open
_WIDEST_NATS = 1.0


def _message(verdict: pd.DataFrame) -> str:
    ranked = verdict.sort_values("posterior", ascending=False, kind="stable")
    if len(ranked) < 2:
        return "One hypothesis alone cannot be compared"
    first, second = ranked.iloc[0], ranked.iloc[1]
    weak = "; cautions below" if first["caution"] or second["caution"] else ""
    spread = (ranked["log_evidence_sd"] * ranked["runs"] ** 0.5).max()
    if not spread <= _WIDEST_NATS:
        return (
            f"Not resolved: independent runs differ by up to {spread:.1f} nats, so no order of these {len(ranked)} "
            "stories may be quoted"
        )
    best, next_best = _probability(first["posterior"]), _probability(second["posterior"])
    if first["posterior_low"] <= second["posterior_high"]:
        return (
            f"The claims do not tell “{first['hypothesis']}” (probability {best}) and “{second['hypothesis']}” "
            f"({next_best}) apart: their intervals overlap{weak}"
        )
    interval = _between(first["posterior_low"], first["posterior_high"])
    return (
        f"The claims are most consistent with “{first['hypothesis']}”: probability {best} ({interval}) among these "
        f"{len(ranked)} stories, under their assumptions{weak}"
    )


def _subtitle(case: Case) -> str:
    return (
        f"{case.question} Probabilities hold among the hypotheses named, with their priors and their trust in each "
        "origin; a story not named here is not weighed."
    )


def _foot(case: Case, verdict: pd.DataFrame, without: pd.DataFrame, shown: int, seed: int | None) -> list[str]:
    left_out = without[without["left_out_kind"].isin(_KINDS)].groupby("left_out_kind")["left_out"].nunique()
    priors = ", ".join(f"{row.hypothesis} {row.prior:.2g}" for row in style.rows(verdict))
    several = ", ".join(f"{number} {kind}s" for kind, number in left_out.items())
    return [
        f"{style.sources_of(case)} {style.counted(verdict, seed)} Priors, assumed: {priors}.",
        f"Left out in turn: {several or 'nothing'}; the {shown} greatest changes are shown. Hatched or hollow: fewer "
        f"than {style.FEW:.0f} effective paths, not to be leaned on. Error bars come from the spread between runs; "
        "they do not cover what the model leaves out.",
    ]


def _alt(case: Case, verdict: pd.DataFrame, bars: pd.DataFrame, first: str, second: str) -> str:
    rows = "; ".join(
        f"{row.hypothesis}: log evidence {style.signed(row.log_evidence)}, posterior {_probability(row.posterior)}"
        for row in style.rows(verdict)
    )
    most = f" Leaving out {bars['left_out'].iloc[0]} changes the difference most." if len(bars) else ""
    return f"Log evidence and posterior of {len(verdict)} hypotheses of {case.name}: {rows}.{most}"
