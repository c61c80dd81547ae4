"""Figure 3: claims against hypotheses, a page at a time: how much of each ensemble satisfies each claim."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from trackkit.draw import keys, style
from trackkit.model import Case

__all__ = ["cell_text", "state_mark", "support"]

_PAGE_MM = 250.0
_CHIP, _MARK, _NUMBER = 4.5, 3.4, 9.6
_PAD = 0.75
#: brown for little, pale for half, teal for much: apart for colour-blind eyes, and no colour of alarm
_SCALE = LinearSegmentedColormap.from_list("support", ["#c8a06a", "#f0e2cb", "#f7f7f5", "#cfe6e3", "#4fa79d"])
_STATES = (("consistent", "●", "consistent"), ("in tension", "▼", "in tension"), ("needs", "◆", "needs more"),
           ("not testable", "–", "not testable"))  # fmt: skip
_BLOCKS = {
    "aircraft": "What is said of the aircraft",
    "person": "What is said of the person: kept apart, and joined to a path only by what a hypothesis asserts",
    "context": "Context: told with the reports, never judged",
}


@dataclass(frozen=True)
class Line:
    """One row of the matrix: a heading or a claim, its wrapped words and height (mm)."""

    kind: str
    words: tuple[str, ...]
    claim: str = ""

    @property
    def mm(self) -> float:
        """The height of the row."""
        least = {"block": 3.4, "report": 1.2}.get(self.kind, _PAD)
        return len(self.words) * style.line_mm(style.BODY if self.kind == "block" else style.SMALL) + least


@style.styled
def support(case: Case, support: pd.DataFrame, verdict: pd.DataFrame, seed: int | None = None) -> list[Figure]:
    """Draw the matrix of claims and hypotheses.

    Parameters
    ----------
    case : Case
    support : DataFrame
        Columns `trackkit.columns.SUPPORT`.
    verdict : DataFrame
        Columns `trackkit.columns.VERDICT`; gives n and runs.
    seed : int, optional
        Of the ensembles, for the footer.

    Returns
    -------
    list of Figure
        As many A4 pages as the claims need.
    """
    names = [one.id for one in case.hypotheses if (support["hypothesis"] == one.id).any()]
    cells = {(row.claim, row.hypothesis): row for row in style.rows(support)}
    grid = _Grid(case, names, cells, style.FULL_MM - _column_mm(names) * len(names))
    foot = _foot(case, support, verdict, seed)
    room = _PAGE_MM - 33.0 - style.footer_mm(foot)
    pages = _pages(_lines(grid), room)
    message = _message(case, support, names)
    return [_page(grid, page, (number, len(pages)), message, foot) for number, page in enumerate(pages, 1)]


@dataclass(frozen=True)
class _Grid:
    """What all pages share: the case, the columns, the cells by claim and hypothesis, and where columns begin (mm)."""

    case: Case
    names: list[str]
    cells: Mapping[tuple[str, str], Any]
    left: float

    @property
    def column(self) -> float:
        return _column_mm(self.names)

    @property
    def words_mm(self) -> float:
        return self.left - _CHIP - 2.0


def _column_mm(names: list[str]) -> float:
    return min(15.0, 80.0 / max(len(names), 1))


# ---------------------------------------------------------------------------------------------------------------
# rows and pages
# ---------------------------------------------------------------------------------------------------------------


def _lines(grid: _Grid) -> list[Line]:
    """All rows: the aircraft's claims, the person's, and the context, each by report."""
    return [line for block in _BLOCKS for line in _block(grid, block, _members(grid.case, block))]


def _members(case: Case, block: str) -> pd.DataFrame:
    claims = case.claims
    context = claims["says"] == "context"
    if block == "context":
        return claims[context]
    return claims[~context & ((claims["subject"] == "person") == (block == "person"))]


def _block(grid: _Grid, block: str, claims: pd.DataFrame) -> list[Line]:
    if claims.empty:
        return []
    found = [Line("block", tuple(style.wrap(_BLOCKS[block], style.FULL_MM - 2.0, style.BODY, True)))]
    for report in grid.case.reports.index:
        rows = claims[claims["report"] == report]
        if len(rows):
            found.append(Line("report", (_heading(grid.case, str(report), len(rows)),)))
            found += [_claim(grid, row, block) for row in style.rows(rows)]
    return found


def _heading(case: Case, report: str, count: int) -> str:
    row = case.reports.loc[report]
    publisher = style.shorten(str(row["publisher"]).strip("[]"), 92.0, style.SMALL, True)
    graded = f"{row['published']:%-d %b %Y}, source graded {row['reliability'] or '–'}"
    return f"{publisher}  ({report}, {graded}, {count} {'claim' if count == 1 else 'claims'})"


def _claim(grid: _Grid, row: Any, block: str) -> Line:
    text = f"{row.words} [denial]" if row.denied else str(row.words)
    text += f" [copy of {row.copy_of}]" if row.copy_of else ""
    width = style.FULL_MM - _CHIP - 2.0 if block == "context" else grid.words_mm
    return Line(block, tuple(style.wrap(text, width, style.SMALL)), str(row.Index))


def _pages(lines: list[Line], room: float) -> list[list[Line]]:
    """Rows on pages; no heading is left alone at the foot of one."""
    pages: list[list[Line]] = [[]]
    for number, line in enumerate(lines):
        needed = line.mm + sum(one.mm for one in _kept_with(lines, number))
        if pages[-1] and sum(one.mm for one in pages[-1]) + needed > room:
            pages.append([])
        pages[-1].append(line)
    return pages


def _kept_with(lines: list[Line], number: int) -> list[Line]:
    """What must stand on the same page as a heading: what follows it, to the first claim."""
    if lines[number].kind not in ("block", "report") or number + 1 >= len(lines):
        return []
    return [lines[number + 1], *_kept_with(lines, number + 1)]


# ---------------------------------------------------------------------------------------------------------------
# one page
# ---------------------------------------------------------------------------------------------------------------


def _page(grid: _Grid, lines: list[Line], place: tuple[int, int], message: str, foot: list[str]) -> Figure:
    figure = style.sheet(style.FULL_MM, 33.0 + sum(line.mm for line in lines) + style.footer_mm(foot))
    top = style.title(figure, message, f"Page {place[0]} of {place[1]}. {_SUBTITLE}")
    top = _key(figure, grid, top) + 1.0
    if any(line.kind in ("aircraft", "person") for line in lines):
        top = _column_heads(figure, grid, top)
    for line in lines:
        _draw(figure, grid, line, top)
        top += line.mm
    style.footer(figure, foot)
    return style.tell(figure, _alt(grid, lines, place))


_SUBTITLE = (
    "Number: share of the ensemble's weight, in %, whose paths satisfy the claim, the claim itself left out of what "
    "the paths were drawn with; “<” where no path does, at three over the effective paths."
)


def _key(figure: Figure, grid: _Grid, top: float) -> float:
    shades = [keys.Entry(keys.patch(to_hex(_SCALE(share)), edge=style.GREY), text)
              for share, text in ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))]  # fmt: skip
    hatched = keys.Entry(keys.patch("#ffffff", 1.0, "////", style.GREY), f"fewer than {style.FEW:.0f} effective paths")
    states = [keys.Entry(_glyph(mark), text) for _, mark, text in _STATES]
    kinds = [keys.Entry(keys.patch(look.color), kind)
             for kind, look in style.origin_kinds(grid.case, grid.case.claims["origin"]).items()]  # fmt: skip
    top = keys.row(figure, 0.0, top, style.FULL_MM, [*shades, hatched, *states])
    style.write(figure, 0.0, top, "Bar before a claim: its origin", style.SMALL)
    return keys.row(
        figure, style.text_mm("Bar before a claim: its origin", style.SMALL) + 3.0, top, style.FULL_MM, kinds
    )


def _glyph(mark: str) -> Any:
    def draw(figure: Figure, x: float, y: float) -> None:
        _center(figure, x + 2.5, y, mark, style.INK)

    return draw


def _column_heads(figure: Figure, grid: _Grid, top: float) -> float:
    """The names of the hypotheses, in lines broken at their hyphens."""
    broken = [style.wrap(name.replace("-", "- "), grid.column - 1.0, style.SMALL, True) for name in grid.names]
    deepest = max(len(lines) for lines in broken)
    for number, (name, lines) in enumerate(zip(grid.names, broken, strict=True)):
        middle, color = grid.left + (number + 0.5) * grid.column, style.legible(style.looks_of(grid.case)[name].color)
        for at, line in enumerate(lines, deepest - len(lines)):
            style.write(figure, middle, top + at * 2.65, line.replace("- ", "-"), style.SMALL, color, "bold", "center")
    return top + deepest * 2.65 + 0.8


def _draw(figure: Figure, grid: _Grid, line: Line, top: float) -> None:
    size, weight, left = style.SMALL, "normal", _CHIP
    if line.kind == "block":
        size, weight, left = style.BODY, "bold", 0.0
        _rect(figure, 0.0, top + 1.4, style.FULL_MM, line.mm - 2.0, "#e9e9e6")
    elif line.kind == "report":
        weight, left = "bold", 0.0
    offset = {"block": 1.9, "report": 0.9}.get(line.kind, 0.5 * _PAD)
    for number, words in enumerate(line.words):
        style.write(figure, left + (1.0 if line.kind == "block" else 0.0), top + offset + number * style.line_mm(size),
                    words, size, weight=weight)  # fmt: skip
    if line.claim:
        _origin_bar(figure, grid, line, top)
    if line.kind in ("aircraft", "person"):
        _cells(figure, grid, line, top)


def _origin_bar(figure: Figure, grid: _Grid, line: Line, top: float) -> None:
    row = grid.case.claims.loc[line.claim]
    look = style.origin_look(grid.case, str(row["origin"]))
    copied = bool(row["copy_of"])
    _rect(figure, 2.0, top + 0.25, 1.2, line.mm - 0.5, "#ffffff" if copied else look.color, look.color)


def _cells(figure: Figure, grid: _Grid, line: Line, top: float) -> None:
    for number, name in enumerate(grid.names):
        left, cell = grid.left + number * grid.column, grid.cells.get((line.claim, name))
        if cell is None:
            _center(figure, left + 0.5 * grid.column, top + 0.5 * line.mm, "not judged", style.GREY)
            continue
        tested = math.isfinite(cell.support)
        few = tested and cell.effective_paths < style.FEW
        color = to_hex(_SCALE(min(max(cell.support, 0.0), 1.0))) if tested else "#ffffff"
        _rect(figure, left + 0.25, top + 0.12, grid.column - 0.5, line.mm - 0.24, color, "#b5b5b0" if few else color,
              "////" if few else "")  # fmt: skip
        middle = top + 0.5 * line.mm
        _center(
            figure, left + 0.28 * grid.column, middle, state_mark(cell.state), style.INK if tested else style.GREY, few
        )
        if tested:
            _center(
                figure, left + 0.66 * grid.column, middle, cell_text(cell.support, cell.effective_paths), style.INK, few
            )


def cell_text(support: float, effective_paths: float) -> str:
    """A share in per cent; a share of zero as what it may still be, three over the effective paths.

    >>> cell_text(0.934, 300.0), cell_text(0.0, 300.0), cell_text(0.0, 2.0)
    ('93', '<1', '<100')
    """
    least = min(300.0 / max(effective_paths, 3.0), 100.0)
    if support <= 0.0 or 100.0 * support < min(least, 1.0):
        return f"<{max(math.ceil(least - 1e-9), 1)}"
    return f"{100.0 * support:.0f}"


def state_mark(state: str) -> str:
    """The mark of a state of `trackkit.columns.SUPPORT`."""
    return next((mark for start, mark, _ in _STATES if state.startswith(start)), "?")


def _rect(
    figure: Figure, left: float, top: float, width: float, height: float, color: str, edge: str = "", hatch: str = ""
) -> None:
    across, down = style.extent_mm(figure)
    figure.add_artist(
        Rectangle((left / across, 1 - (top + height) / down), width / across, height / down, fc=color,
                  ec=edge or "none", lw=0.4, hatch=hatch, transform=figure.transFigure, zorder=0)
    )  # fmt: skip


def _center(figure: Figure, x: float, y: float, text: str, color: str, halo: bool = False) -> None:
    across, down = style.extent_mm(figure)
    box = {"boxstyle": "square,pad=0.08", "fc": "white", "ec": "none"} if halo else None
    figure.text(x / across, 1 - y / down, style.plain(text), size=style.SMALL, color=color, ha="center",
                va="center_baseline", bbox=box)  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------
# words
# ---------------------------------------------------------------------------------------------------------------


def _message(case: Case, support: pd.DataFrame, names: list[str]) -> str:
    """How many claims are in tension with each story: the fewest, and the most."""
    judged = _members(case, "aircraft").index
    aircraft = support[support["claim"].isin(judged)]
    tense = aircraft[aircraft["state"].str.startswith("in tension")].groupby("hypothesis").size()
    few = aircraft.groupby("hypothesis")["effective_paths"].median() < style.FEW
    counts = sorted((int(tense.get(name, 0)), name) for name in names)
    if not counts:
        return "No claim was judged"
    claims = aircraft["claim"].nunique()
    (least, best), (most, worst) = counts[0], counts[-1]
    return (
        f"Of {claims} claims about the aircraft, {least} are in tension with {_named(best, few)}, the fewest, and "
        f"{most} with {_named(worst, few)}, the most"
        if most > least
        else f"Of {claims} claims about the aircraft, {least} are in tension with each story"
    )


def _named(hypothesis: str, few: pd.Series) -> str:
    return style.name_of(hypothesis) + (" (on few effective paths)" if few[hypothesis] else "")


def _foot(case: Case, support: pd.DataFrame, verdict: pd.DataFrame, seed: int | None) -> list[str]:
    least = float(support["effective_paths"].min()) if len(support) else math.nan
    return [
        f"{style.sources_of(case)} {style.counted(verdict, seed)} Smallest effective number of paths: {least:,.0f}.",
        "Empty bar: a copy, which repeats another report and counts once. Support says how often plausible paths of a "
        "story do what the claim says; it is not the probability of the story. Claims of one origin stand or fall "
        "together.",
    ]


def _alt(grid: _Grid, lines: list[Line], place: tuple[int, int]) -> str:
    said = []
    for line in lines:
        if line.kind in ("aircraft", "person"):
            cells = [(name, grid.cells[line.claim, name]) for name in grid.names if (line.claim, name) in grid.cells]
            said.append(f"{' '.join(line.words)} {', '.join(f'{name} {cell.state}' for name, cell in cells)}.")
    return f"Page {place[0]} of {place[1]}: claims against hypotheses, with the state of each. {' '.join(said)}"
