"""Agreement between reports: a triangle of overlaps."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from trackkit.draw import keys, style
from trackkit.model import Case

__all__ = ["agreement"]

Cells = dict[tuple[str, str], Any]

_LABELS, _CELL, _TALLEST_MM = 44.0, 5.2, 9.0
_SCALE = LinearSegmentedColormap.from_list("overlap", ["#f7f7f5", "#cfe6e3", "#4fa79d", "#1f6f67"])


@style.styled
def agreement(case: Case, agreement: pd.DataFrame, seed: int | None = None) -> Figure:
    """Draw how far the worlds according to single reports overlap, in per cent of what sampling leaves.

    Parameters
    ----------
    case : Case
    agreement : DataFrame
        Columns `trackkit.columns.AGREEMENT`.
    seed : int, optional
        Of the ensembles, for the footer.
    """
    names, cells = _ordered(agreement)
    foot = _foot(case, agreement, seed)
    size = min(_CELL, (style.FULL_MM - _LABELS - 20.0) / max(len(names), 1))
    figure = style.sheet(style.FULL_MM, 28.0 + _TALLEST_MM + len(names) * size + style.footer_mm(foot))
    top = style.title(figure, _message(agreement), _SUBTITLE)
    shades = [keys.Entry(keys.patch(to_hex(_SCALE(share)), edge=style.GREY), f"{100 * share:.0f} %")
              for share in (0.0, 0.5, 1.0)]  # fmt: skip
    few = keys.Entry(keys.patch("#ffffff", 1.0, "////", style.GREY), f"fewer than {style.FEW:.0f} effective paths")
    top = keys.row(figure, 0.0, top, style.FULL_MM, [*shades, few]) + _TALLEST_MM - 2.0
    for i, name in enumerate(names):
        _row(figure, names, cells, (i, name), (top, size))
    style.footer(figure, foot)
    return style.tell(figure, _alt(agreement))


_SUBTITLE = (
    "One ensemble a report, given its claims about the aircraft alone; each cell tells how far two of them put the "
    "aircraft in the same places at the same times. 100: as much as two halves of one ensemble do."
)


def _ordered(agreement: pd.DataFrame) -> tuple[list[str], Cells]:
    """Reports by their mean agreement with the others, the greatest first, and the cells by pair."""
    both = pd.concat([agreement[["first", "alike"]].rename(columns={"first": "name"}),
                      agreement[["second", "alike"]].rename(columns={"second": "name"})])  # fmt: skip
    mean = both.groupby("name")["alike"].mean().sort_values(ascending=False, kind="stable")
    cells = {(row.first, row.second): row for row in style.rows(agreement)}
    return [str(name) for name in mean.index], cells | {(b, a): row for (a, b), row in cells.items()}


def _row(figure: Figure, names: list[str], cells: Cells, own: tuple[int, str], at: tuple[float, float]) -> None:
    (i, name), (top, size) = own, at
    y = top + i * size
    text = style.shorten(name, _LABELS - 2.0, style.SMALL)
    style.write(figure, _LABELS - 1.5, y + 0.5 * (size - style.line_mm(style.SMALL)), text, style.SMALL, align="right")
    for j, other in enumerate(names[:i]):
        _cell(figure, cells[name, other], _LABELS + j * size, y, size)
    across, down = style.extent_mm(figure)
    left, base = (_LABELS + (i + 0.5) * size) / across, 1 - (y + 0.92 * size) / down
    figure.text(left, base, style.plain(name), size=style.SMALL, rotation=35.0, rotation_mode="anchor", ha="left",
                va="bottom", color=style.GREY)  # fmt: skip


def _cell(figure: Figure, cell: Any, x: float, y: float, size: float) -> None:
    across, down = style.extent_mm(figure)
    color, few = to_hex(_SCALE(cell.alike)), cell.effective_paths < style.FEW
    figure.add_artist(
        Rectangle((x / across, 1 - (y + size) / down), size / across, size / down, fc=color,
                  ec=style.GREY if few else "white", hatch="////" if few else "", lw=0.4, transform=figure.transFigure)
    )  # fmt: skip
    ink = "white" if style.dark(color) else style.INK
    figure.text((x + 0.5 * size) / across, 1 - (y + 0.5 * size) / down, f"{100.0 * cell.alike:.0f}", size=style.SMALL,
                color=ink, ha="center", va="center_baseline")  # fmt: skip


def _message(agreement: pd.DataFrame) -> str:
    if agreement.empty:
        return "A single report has nothing to agree with"
    least = min(style.rows(agreement), key=lambda row: row.alike)
    half = int((agreement["alike"] < 0.75).sum())
    return (
        f"{half} of {len(agreement)} pairs of reports overlap by less than three quarters; the least alike are "
        f"“{least.first}” and “{least.second}” ({100.0 * least.alike:.0f} %)"
    )


def _foot(case: Case, agreement: pd.DataFrame, seed: int | None) -> list[str]:
    least = float(agreement["effective_paths"].min()) if len(agreement) else math.nan
    paths = int(agreement["paths"].min()) if len(agreement) else 0
    seeded = f", seed = {seed}" if seed is not None else ""
    return [
        f"{style.sources_of(case)} Paths are synthetic, drawn by trackkit: {paths} a report{seeded}; smallest "
        f"effective number: {least:,.0f}. All share the beginning of the flight, so none can disagree on everything.",
        "Overlap: the smaller of two shares of weight in cells of a tenth of a degree, summed over places, mean over "
        "time. Agreement is no sign of truth: reports that copy one origin agree.",
    ]


def _alt(agreement: pd.DataFrame) -> str:
    ordered = agreement.sort_values("alike", kind="stable").head(5)
    said = "; ".join(f"{row.first} and {row.second} {100.0 * row.alike:.0f} %" for row in style.rows(ordered))
    return f"Overlap of ensembles of single reports, pair by pair; the least: {said}."
