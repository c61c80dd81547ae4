"""Figure 5: the chain of copies, which printed figures are one number, and where a copy went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from trackkit.draw import style
from trackkit.model import Case

__all__ = ["chain"]

_SIGNAL, _ORIGIN, _NUMBER, _CHIPS = 0.3, 19.0, 44.0, 91.0  # mm: where the columns begin
_LINE, _GAP, _PAD = 4.3, 1.4, 0.9  # mm: a line of chips, between chips, inside a chip
_WIDTH = style.FULL_MM - 1.5
_WRONG, _UNITS = style.VERMILION, style.BLUE


@dataclass(frozen=True)
class _Row:
    """A number with its tellings, and where its chips stand (mm from the row's upper left corner)."""

    number: dict[str, Any]
    tellings: list[dict[str, Any]]
    spots: list[tuple[float, float, float]]

    @property
    def mm(self) -> float:
        """The height of the row."""
        return self.spots[-1][1] + _LINE + 1.3


@style.styled
def chain(case: Case, graph: nx.DiGraph) -> Figure:
    """Draw the chain of copies: from the signal by the trackers to the numbers, and by each number who printed it how.

    Parameters
    ----------
    case : Case
    graph : networkx.DiGraph
        From `trackkit.check.chain`. Numbers that one report alone tells are named below, not drawn.

    Returns
    -------
    Figure
    """
    rows, foot = _rows(graph), _foot(case, graph)
    origins = list(dict.fromkeys(row.number["origin"] for row in rows))
    height = sum(row.mm for row in rows) + 2.0 * len(origins)
    figure = style.sheet(style.FULL_MM, 19.5 + height + style.footer_mm(foot))
    top = style.title(figure, _message(rows), _SUBTITLE)
    top = _heads(figure, top)
    _body(figure, case, graph, rows, top)
    style.footer(figure, foot)
    return style.tell(figure, _alt(case, graph, rows))


_SUBTITLE = (
    "Each row is one number. Filled: the report that we take to have told it first. Open: reports that repeat it, "
    "blue where in other units or rounded, orange where the copy went wrong."
)


def _rows(graph: nx.DiGraph) -> list[_Row]:
    """Numbers that several reports print, by origin, quantity and size."""
    found = []
    for name, node in graph.nodes(data=True):
        if node["kind"] == "number":
            tellings = _tellings(graph, name)
            if len({one["report"] for one in tellings}) > 1:
                found.append(_Row(node, tellings, _spots(tellings)))
    order = {kind: place for place, kind in enumerate(("time", "height", "speed", "vertical", "distance"))}
    return sorted(found, key=lambda row: (row.number["origin"], order.get(row.number["quantity"].split()[0], 9),
                                          -row.number["value"]))  # fmt: skip


def _tellings(graph: nx.DiGraph, number: str) -> list[dict[str, Any]]:
    """Who told it: the first, then copies; of one report that tells it twice alike, once."""
    below = [graph.nodes[one] for one in nx.descendants(graph, number)]
    below.sort(key=lambda one: (not one["first"], bool(one["wrong"]), one["printed"], one["publisher"], one["claim"]))
    once: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in below:
        once.setdefault((one["report"], one["printed"], one["wrong"]), one)
    return list(once.values())


def _words(one: dict[str, Any]) -> str:
    """A chip's text: publisher and figure, and what is wrong."""
    told = f"{one['publisher'].strip('[]')} {one['printed']}"
    return f"{told}: {', '.join(one['wrong'])}" if one["wrong"] else told


def _spots(tellings: list[dict[str, Any]]) -> list[tuple[float, float, float]]:
    """Chips set like words: from left to right, in as many lines as they need (left, down, width; mm)."""
    left, down, spots = 0.0, 0.0, []
    for one in tellings:
        width = style.text_mm(_words(one), style.SMALL, one["first"]) + 2.0 * _PAD + 0.8
        if left > 0.0 and left + width > _WIDTH - _CHIPS:
            left, down = 0.0, down + _LINE
        spots.append((left, down, width))
        left += width + _GAP
    return spots


# ---------------------------------------------------------------------------------------------------------------
# the sheet
# ---------------------------------------------------------------------------------------------------------------


def _heads(figure: Figure, top: float) -> float:
    for left, words in ((_SIGNAL, "source"), (_ORIGIN, "read by"), (_NUMBER, "one number"), (_CHIPS, "printed as")):
        style.write(figure, left, top + 1.0, words, style.SMALL, style.GREY)
    return top + 5.0


def _body(figure: Figure, case: Case, graph: nx.DiGraph, rows: list[_Row], top: float) -> None:
    """Rows by origin; a bracket from each origin to its numbers, and one from what the origins lean on."""
    middles: dict[str, list[float]] = {}
    down, last = top, ""
    for row in rows:
        origin = row.number["origin"]
        if last and origin != last:
            _rule(figure, _ORIGIN, _WIDTH, down + 0.6)
            down += 2.0
        last = origin
        middles.setdefault(origin, []).append(down + 0.5 * _LINE)
        _number(figure, row, down)
        _chips(figure, case, row, down)
        down += row.mm
    ends: dict[str, list[float]] = {}
    for origin, places in middles.items():
        middle = 0.5 * (places[0] + places[-1])
        _bracket(figure, _NUMBER - 5.5, places)
        _box(figure, case, origin, _ORIGIN, 18.5, middle)
        for above in graph.predecessors(origin):
            ends.setdefault(above, []).append(middle)
    for above, places in ends.items():
        _bracket(figure, _ORIGIN - 3.0, places)
        _box(figure, case, above, _SIGNAL, 15.0, 0.5 * (places[0] + places[-1]))


def _number(figure: Figure, row: _Row, down: float) -> None:
    quantity = row.number["quantity"]
    style.write(figure, _NUMBER, down + 0.2, row.number["printed"], style.BODY, weight="bold")
    style.write(figure, _CHIPS - 2.0, down + 0.55, quantity, style.SMALL, style.GREY, align="right")


def _chips(figure: Figure, case: Case, row: _Row, down: float) -> None:
    for one, (left, under, width) in zip(row.tellings, row.spots, strict=True):
        color = _WRONG if one["wrong"] else _UNITS if one["differs"] else style.GREY
        fill = style.INK if one["first"] else "white"
        _rounded(figure, _CHIPS + left, down + under, width, _LINE - 0.9, fill, style.INK if one["first"] else color)
        ink = "white" if one["first"] else _WRONG if one["wrong"] else style.INK
        style.write(figure, _CHIPS + left + _PAD + 0.4, down + under + 0.45, _words(one), style.SMALL, ink,
                    "bold" if one["first"] else "normal")  # fmt: skip


def _box(figure: Figure, case: Case, origin: str, left: float, width: float, middle: float) -> None:
    """An origin by its name, in the colour of its kind."""
    name = case.origins[origin].name
    lines = style.wrap(name, width - 2.0 * _PAD, style.SMALL)
    height = len(lines) * style.line_mm(style.SMALL) + 1.6
    _rounded(figure, left, middle - 0.5 * height, width, height, "white", style.origin_look(case, origin).color)
    for number, line in enumerate(lines):
        at = middle - 0.5 * height + 0.8 + number * style.line_mm(style.SMALL)
        style.write(figure, left + _PAD, at, line, style.SMALL)


def _bracket(figure: Figure, left: float, places: list[float]) -> None:
    """A line down, and one to the right to each place."""
    _line(figure, (left, left), (places[0], places[-1]))
    _line(figure, (left - 1.5, left), (0.5 * (places[0] + places[-1]),) * 2)
    for place in places:
        _line(figure, (left, left + 3.0), (place, place))


def _rule(figure: Figure, left: float, right: float, down: float) -> None:
    _line(figure, (left, right), (down, down), style.FAINT)


def _line(figure: Figure, x: tuple[float, float], y: tuple[float, float], color: str = style.GREY) -> None:
    across, down = style.extent_mm(figure)
    places = [one / across for one in x], [1.0 - one / down for one in y]
    figure.add_artist(Line2D(*places, color=color, lw=0.6, transform=figure.transFigure, zorder=0))


def _rounded(figure: Figure, left: float, top: float, width: float, height: float, fill: str, edge: str) -> None:
    across, down = style.extent_mm(figure)
    figure.add_artist(
        FancyBboxPatch(
            (left / across, 1.0 - (top + height) / down), width / across, height / down,
            boxstyle="round,pad=0,rounding_size=0.004", mutation_aspect=across / down, fc=fill, ec=edge, lw=0.7,
            transform=figure.transFigure, zorder=1,
        )
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------
# words
# ---------------------------------------------------------------------------------------------------------------


def _message(rows: list[_Row]) -> str:
    forms = sum(len(row.number["forms"]) for row in rows)
    wrong = sum(bool(one["wrong"]) for row in rows for one in row.tellings)
    reports = len({one["report"] for row in rows for one in row.tellings})
    told = f"{_count(forms, 'printed figure')} of {_count(reports, 'report')}"
    printed = f"{told} come from {_count(len(rows), 'number')}"
    return f"{printed}; {_count(wrong, 'copy')} went wrong" if wrong else printed


def _count(count: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def _foot(case: Case, graph: nx.DiGraph) -> list[str]:
    alone = [node for name, node in graph.nodes(data=True)
             if node["kind"] == "number" and len({one["report"] for one in _tellings(graph, name)}) == 1]  # fmt: skip
    told = ", ".join(f"{one['printed']} ({one['quantity']})" for one in sorted(alone, key=lambda one: one["printed"]))
    return [
        f"Not drawn, told by one report alone: {told}." if told else "",
        "Which report was first is our judgement from days of publication and wording; a time in brackets is printed "
        "nowhere, but follows from its copies.",
        style.sources_of(case),
    ]


def _alt(case: Case, graph: nx.DiGraph, rows: list[_Row]) -> str:
    parts = [
        f"{row.number['printed']} ({row.number['quantity']}, {case.origins[row.number['origin']].name}): "
        + "; ".join(_words(one) for one in row.tellings)
        for row in rows
    ]
    return f"{_message(rows)}. {'. '.join(parts)}."
