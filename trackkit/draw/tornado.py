"""Figure 6, second part: what words, trusts and priors do to the order of the first two hypotheses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trackkit.draw import keys, style
from trackkit.model import Case

__all__ = ["odds", "sweep"]

_ROWS, _ROW_MM, _LABELS = 24, 4.3, 58.0
#: swings narrower than this (nat) are told together
_LEAST = 0.01
#: independent runs that differ by more leave the order of hypotheses open
_WIDEST_NATS = 1.0
_ALL = "all words together"
_COLORS = {"word": style.BLUE, "trust": style.ORANGE, "prior": style.GREY}
_SIDES = ("half as wide", "a third of the odds")
_KINDS = {"word": "meaning of a word", "trust": "trust in an origin", "prior": "prior of a story"}


@style.styled
def sweep(case: Case, sweep: pd.DataFrame, verdict: pd.DataFrame, seed: int | None = None) -> Figure:
    """Draw the tornado of a sweep: the log odds of the first two hypotheses under each setting, widest swing on top.

    Parameters
    ----------
    case : Case
    sweep : DataFrame
        Columns `trackkit.columns.SWEEP`.
    verdict : DataFrame
        Columns `trackkit.columns.VERDICT`; gives the first two, n and runs.
    seed : int, optional
        Of the ensembles, for the footer.
    """
    ranked = verdict.sort_values("posterior", ascending=False, kind="stable")["hypothesis"].tolist()
    first, second = [*ranked, "", ""][:2]
    gap, table = odds(sweep, first, second)
    shown, error = _widest(table), _error(verdict, first, second)
    foot = _foot(case, verdict, table, shown, seed)
    height = max(len(shown) * _ROW_MM, 20.0)
    figure = style.sheet(style.FULL_MM, 39.0 + height + style.footer_mm(foot))
    top = style.title(figure, _message(table, verdict, (first, second), gap), _subtitle(first, second))
    top = _key(figure, top) + 2.0
    axes = style.panel(figure, _LABELS, top, style.FULL_MM - _LABELS - 3.0, height)
    axes.axvspan(gap - error, gap + error, color=style.FAINT, alpha=0.35, lw=0.0, zorder=0)
    _bars(figure, axes, shown, table, (gap, error, top, height))
    style.write(figure, _LABELS, top + height + 4.6, f"Log odds of “{first}” over “{second}” (nat)", style.BODY)
    turned = f"left of the dashed line “{second}” comes before “{first}”"
    style.write(figure, _LABELS, top + height + 7.8, turned, style.SMALL)
    style.footer(figure, foot)
    return style.tell(figure, _alt(table, shown, first, second, gap))


def odds(sweep: pd.DataFrame, first: str, second: str) -> tuple[float, pd.DataFrame]:
    """The log odds of two hypotheses as the case stands, and under each setting.

    Columns kind, name, setting, meant, claims, gap, effective_paths (the smaller one), method.
    """
    by = ["kind", "name", "setting"]
    pair = sweep[sweep["hypothesis"].isin([first, second])]
    with np.errstate(divide="ignore"):
        wide = pair.assign(log=np.log(pair["posterior"])).pivot_table(index=by, columns="hypothesis", values="log")
    rest = pair.groupby(by).agg(
        meant=("meant", "first"), claims=("claims", "first"), effective_paths=("effective_paths", "min"),
        method=("method", "max"),
    )  # fmt: skip
    table = rest.assign(gap=wide[first] - wide[second]).reset_index()
    stands = table["kind"] == "none"
    return float(table["gap"][stands].iloc[0]), table[~stands].reset_index(drop=True)


def _widest(table: pd.DataFrame) -> list[tuple[str, str]]:
    """What is swept, by the width of its swing."""
    span = table.groupby(["kind", "name"])["gap"].agg(lambda gap: gap.max() - gap.min())
    ordered = span[span >= _LEAST].sort_values(ascending=False, kind="stable")
    return [(str(kind), str(name)) for kind, name in ordered.index[:_ROWS]]


def _error(verdict: pd.DataFrame, first: str, second: str) -> float:
    """One standard error of the log odds as they stand, from the spread of independent runs."""
    pair = verdict.loc[verdict["hypothesis"].isin([first, second]), "log_evidence_sd"]
    return float(np.nan_to_num(np.sqrt((pair**2).sum())))


def _key(figure: Figure, top: float) -> float:
    entries = [keys.Entry(keys.patch(color), _KINDS[kind]) for kind, color in _COLORS.items()]
    entries += [
        keys.Entry(keys.patch(style.BLUE, 0.45), "half as wide, or a third of the odds"),
        keys.Entry(keys.patch(style.BLUE), "twice as wide, or three times the odds"),
        keys.Entry(keys.patch("#ffffff", 1.0, "/////", style.GREY), f"fewer than {style.FEW:.0f} effective paths"),
        keys.Entry(keys.patch(style.FAINT, 0.35), "one standard error of the line, from independent runs"),
    ]
    return keys.row(figure, 0.0, top, style.FULL_MM, entries)


def _bars(
    figure: Figure, axes: Axes, shown: list[tuple[str, str]], table: pd.DataFrame, at: tuple[float, float, float, float]
) -> None:
    gap, error, top, height = at
    for number, (kind, name) in enumerate(shown):
        rows = table[(table["kind"] == kind) & (table["name"] == name)]
        for row in style.rows(rows):
            _bar(axes, row, gap, number)
        claims = int(rows["claims"].iloc[0])
        told = f"“{name}”" if kind == "word" and name != _ALL else name
        text = told if kind == "prior" else f"{told} ({claims} claim{'s' if claims != 1 else ''})"
        y = top + (number + 0.5) / len(shown) * height - 0.5 * style.line_mm(style.SMALL) + 0.1
        style.write(figure, _LABELS - 2.0, y, style.shorten(text, _LABELS - 3.0), style.SMALL, align="right")
    axes.axvline(gap, color=style.INK, lw=0.8, zorder=3)
    axes.axvline(0.0, color=style.INK, lw=0.7, ls=(0, (3.0, 2.0)), zorder=3)
    axes.set_ylim(len(shown), 0)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    ends = [gap - error, gap + error, 0.0, *table["gap"]]
    room = 0.06 * max(max(ends) - min(ends), 1.0)
    axes.set_xlim(min(ends) - room, max(ends) + room)


def _bar(axes: Axes, row: Any, gap: float, number: int) -> None:
    """From the odds as they stand to those under a setting; the two settings share the row, one above the other."""
    color, less = _COLORS[row.kind], row.setting in _SIDES
    few = row.effective_paths < style.FEW
    face, hatch = ("white", "/////") if few else (color, "")
    axes.barh(
        number + (0.31 if less else 0.69), row.gap - gap, 0.34, left=gap, color=face, ec=color, lw=0.4, hatch=hatch,
        alpha=0.45 if less and not few else 1.0, zorder=2,
    )  # fmt: skip


def _message(table: pd.DataFrame, verdict: pd.DataFrame, pair: tuple[str, str], gap: float) -> str:
    turned = table[(table["gap"] < 0.0) != (gap < 0.0)]
    kinds = " and ".join(f"{count} of a {kind}" for kind, count in turned["kind"].value_counts(sort=False).items())
    count = f"{len(turned)} of {len(table)} settings ({kinds})" if len(turned) else f"none of {len(table)} settings"
    told = f"{count} put{'s' * (len(turned) < 2)} “{pair[1]}” before “{pair[0]}”"
    spread = (verdict["log_evidence_sd"] * verdict["runs"] ** 0.5).max()
    if not spread <= _WIDEST_NATS:
        return f"Not resolved: runs differ by up to {spread:.1f} nats, and {told}"
    return told[0].upper() + told[1:]


def _subtitle(first: str, second: str) -> str:
    return (
        f"Each word, trust and prior is set otherwise, one at a time; the solid line is the case as it stands. "
        f"“{first}” and “{second}” come first and second there."
    )


def _foot(case: Case, verdict: pd.DataFrame, table: pd.DataFrame, shown: list, seed: int | None) -> list[str]:
    count = len(table.groupby(["kind", "name"]))
    again = int((~table["method"].isin(("re-weighted", "as drawn"))).sum())
    return [
        f"{style.sources_of(case)} {style.counted(verdict, seed)}",
        f"The {len(shown)} widest of {count} swings; those of less than {_LEAST:g} nat are left "
        f"out. The same paths are weighed anew; {again or 'none'} of {len(table)} "
        "settings are on paths drawn for them. Trusts of 0 and 1 belong to a story and are not swept. Words: "
        "their measure is halved and doubled, of an angle the distance from the median.",
    ]


def _alt(table: pd.DataFrame, shown: list[tuple[str, str]], first: str, second: str, gap: float) -> str:
    said = []
    for kind, name in shown[:8]:
        gaps = table["gap"][(table["kind"] == kind) & (table["name"] == name)]
        said.append(f"{kind} {name} {style.signed(gaps.min())} to {style.signed(gaps.max())}")
    return f"Log odds of {first} over {second}, {style.signed(gap)} as it stands, otherwise: {'; '.join(said)}."
