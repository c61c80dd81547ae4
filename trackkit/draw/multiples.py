"""Figure 1: what each report claims, one map each, and the paths that are plausible under that report alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trackkit.draw import ground, keys, maps, style, told
from trackkit.draw.regions import Regions
from trackkit.model import Case, Ensemble

__all__ = ["reports"]

_COLUMNS, _MOST = 3, 9
_LEFT, _GAP = 8.0, 3.0
_WIDTH = (style.FULL_MM - _LEFT - (_COLUMNS - 1) * _GAP - 0.5) / _COLUMNS
_HEAD, _TICKS = 7.2, 4.2
_PAGE_MM = 252.0
_CHIP = 4.6
_PATH = "#4d4d4d"


@dataclass(frozen=True)
class Cell:
    """One report: its claims, its paths and their regions, and the lines of its key."""

    report: str
    rows: pd.DataFrame
    ensemble: Ensemble | None
    regions: Regions | None
    key: tuple[tuple[str, ...], ...]

    @property
    def area_km2(self) -> float:
        """The area of the 90 % region inside the map; NaN without paths."""
        return self.regions.area_km2(max(maps.LEVELS)) if self.regions else math.nan

    @property
    def key_mm(self) -> float:
        """The height of the key."""
        return sum(len(lines) for lines in self.key) * style.line_mm(style.SMALL) + 0.5 * len(self.key)


@style.styled
def reports(case: Case, ensembles: Mapping[str, Ensemble]) -> list[Figure]:
    """Draw small multiples: for each report its claims, and the paths plausible under that report alone.

    Parameters
    ----------
    case : Case
    ensembles : mapping of report id to Ensemble
        Each drawn with that report's claims alone; reports without an ensemble are drawn without paths.

    Returns
    -------
    list of Figure
        At most nine maps a page; reports in order of publication, those with most to say first.
    """
    cells = [_cell(case, report, ensembles.get(report)) for report in _in_order(case)]
    extra = _TICKS + _HEAD + maps.height_for(case.extent, _WIDTH)
    pages = _pages(cells, extra, _room(case, ensembles)) if cells else []
    return [_page(case, page, ensembles, number, len(pages), cells) for number, page in enumerate(pages, 1)]


def _in_order(case: Case) -> list[str]:
    """Reports that say something of the aircraft, by day, those with most claims first."""
    count = {report: len(told.of_aircraft(case, report)) for report in case.reports.index}
    speaking = [report for report in case.reports.index if count[report]]
    return sorted(speaking, key=lambda report: (case.reports.at[report, "published"], -count[report], report))


def _cell(case: Case, report: str, ensemble: Ensemble | None) -> Cell:
    rows = told.of_aircraft(case, report)
    key = tuple(tuple(style.wrap(_said(row), _WIDTH - _CHIP - 0.5, style.SMALL)) for row in style.rows(rows))
    regions = maps.regions_of(ensemble, case.extent) if ensemble else None
    return Cell(report, rows, ensemble, regions, key)


def _said(row: Any) -> str:
    """The claim's words, with what must not be overlooked."""
    text = f"{row.words} [denial]" if row.denied else str(row.words)
    return f"{text} [copy]" if row.copy_of else text


def _room(case: Case, ensembles: Mapping[str, Ensemble]) -> float:
    """What title, key and footer leave of a page (mm)."""
    return _PAGE_MM - 24.0 - style.footer_mm(_foot(case, ensembles.values()))


def _pages(cells: list[Cell], extra: float, room: float) -> list[list[list[Cell]]]:
    """Rows of cells on pages, as many as fit."""
    rows = [cells[at : at + _COLUMNS] for at in range(0, len(cells), _COLUMNS)]
    pages: list[list[list[Cell]]] = [[]]
    for row in rows:
        used = sum(_row_mm(one, extra) for one in pages[-1])
        if pages[-1] and (used + _row_mm(row, extra) > room or len(pages[-1]) * _COLUMNS >= _MOST):
            pages.append([])
        pages[-1].append(row)
    return pages


def _row_mm(row: list[Cell], extra: float) -> float:
    return extra + max(cell.key_mm for cell in row) + 3.0


def _page(
    case: Case,
    rows: list[list[Cell]],
    ensembles: Mapping[str, Ensemble],
    number: int,
    count: int,
    cells: list[Cell],
) -> Figure:
    map_mm = maps.height_for(case.extent, _WIDTH)
    extra = map_mm + _TICKS + _HEAD
    height = _PAGE_MM - _room(case, ensembles) + sum(_row_mm(row, extra) for row in rows)
    figure = style.sheet(style.FULL_MM, height)
    top = style.title(figure, _message(cells), f"Page {number} of {count}. {_SUBTITLE}")
    top = keys.claims_key(figure, case, top, pd.concat([cell.rows for cell in cells])["origin"], _PATH) + 1.5
    for row in rows:
        for column, cell in enumerate(row):
            _draw(figure, case, cell, _LEFT + column * (_WIDTH + _GAP), top, map_mm, column == 0)
        top += _row_mm(row, extra)
    style.footer(figure, _foot(case, ensembles.values()))
    return style.tell(figure, _alt(case, [cell for row in rows for cell in row], number, count))


_SUBTITLE = (
    "Numbers on a map are those of the claims below it; claims with a hollow number name no place. "
    "[copy]: told by another report before. km²: area of the 90 % region inside the map."
)


def _message(cells: list[Cell]) -> str:
    claims = sum(len(cell.rows) for cell in cells)
    copies = sum(int((cell.rows["copy_of"] != "").sum()) for cell in cells)
    said = f"{len(cells)} reports make {claims} claims about the aircraft, {_copies(copies)}"
    areas = sorted(cell.area_km2 for cell in cells if cell.ensemble is not None)
    if not areas:
        return said
    return f"{said}; one report alone leaves {_km2(areas[0])} to {_km2(areas[-1])} km² to fly over (90 % region)"


def _copies(count: int) -> str:
    return {0: "none of them a copy", 1: "one of them a copy"}.get(count, f"{count} of them copies")


def _km2(area: float) -> str:
    return f"{round(area, -2):,.0f}"


def _foot(case: Case, ensembles: Iterable[Ensemble]) -> list[str]:
    several = list(ensembles)
    trust = sorted({assumed for one in several for assumed in one.hypothesis.assumptions})
    return [
        f"{style.sources_of(case)} {style.made_of(several)} Assumed: {'; '.join(trust) or 'nothing'}.",
        "Circles reach as far as the claim's word may mean (95 % point); a direction alone is drawn to six radii of "
        "its place; the length of an arrow says nothing unless the claim gives one. Regions hold 50 % and 90 % of the "
        "flown time, paths by weight; lines are 25 paths taken evenly by weight. "
        + ground.sources(case.extent),
    ]


def _draw(figure: Figure, case: Case, cell: Cell, left: float, top: float, map_mm: float, first: bool) -> None:
    report = case.reports.loc[cell.report]
    name = style.shorten(str(report["publisher"]).strip("[]"), _WIDTH, style.HEADING, True)
    style.write(figure, left, top, name, style.HEADING, weight="bold")
    style.write(figure, left, top + 3.3, _dateline(report, cell), style.SMALL, style.GREY)
    axes = style.panel(figure, left, top + _HEAD, _WIDTH, map_mm)
    maps.map(case, axes, scale=True)
    _inner_ticks(axes, first)
    if cell.ensemble is not None and cell.regions is not None:
        maps.lay(cell.ensemble, axes, cell.regions, _PATH, sample=25)
    drawn = told.claims(case, axes, cell.report)
    _key(figure, case, cell, drawn, left, top + _HEAD + map_mm + _TICKS)


def _dateline(report: Any, cell: Cell) -> str:
    form = "%-d %b %Y" if report["published_to"] == "day" else "%-d %b %Y, %H:%M UTC"
    parts = [cell.report, report["published"].strftime(form)]
    if cell.ensemble is not None:
        parts += [f"{_km2(cell.area_km2)} km²"] + [f"{few:.0f} effective paths" for few in _few(cell.ensemble)]
    return style.shorten(" · ".join(parts), _WIDTH, style.SMALL)


def _few(ensemble: Ensemble) -> list[float]:
    """The effective number of paths, where it is too small to lean on."""
    effective = style.effective(ensemble)
    return [effective] if effective < style.FEW else []


def _inner_ticks(axes: Axes, first: bool) -> None:
    """Latitudes are told once a row, and the last longitude not at all, to keep clear of the neighbour."""
    axes.tick_params(labelleft=first)
    east = axes.get_xlim()[1]
    axes.set_xticks([at for at in axes.get_xticks() if at < east - 0.1])


def _key(figure: Figure, case: Case, cell: Cell, drawn: list[told.Drawn], left: float, top: float) -> None:
    for one, lines, origin in zip(drawn, cell.key, cell.rows["origin"], strict=True):
        look = style.origin_look(case, origin)
        keys.chip(figure, left + 1.95, top + 0.5 * style.line_mm(style.SMALL) - 0.15, str(one.number), look.color,
                  told.placed(one))  # fmt: skip
        for line in lines:
            style.write(figure, left + _CHIP, top, line, style.SMALL)
            top += style.line_mm(style.SMALL)
        top += 0.5


def _alt(case: Case, cells: list[Cell], number: int, count: int) -> str:
    said = "; ".join(f"{cell.report}: {' '.join(cell.rows['words'])}" for cell in cells)
    return (
        f"Page {number} of {count} of small maps of {case.name}, one a report, with its claims about the aircraft and "
        f"the paths plausible under that report alone. {said}"
    )
