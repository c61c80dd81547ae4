"""Where numbers come from: which reports repeat which origin, which figures are one number, where a copy went wrong.

A number is what an origin told once, however often and in whatever unit it was printed. It is built from the claims
alone: copies are those that the analyst marked (`copy_of`), their figures are matched by value within their rounding,
and one report that tells the same figure in two claims tells one number. What differs in a copy is said, not mended.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import networkx as nx
import pandas as pd

from trackkit import claims, columns, units
from trackkit.errors import InputError
from trackkit.model import Case

__all__ = ["chain", "numbers"]

#: two figures further apart than this are two numbers, however roughly they were told
SAME_SHARE = 0.03
#: a clock time off by whole hours to within this (s), or by their rounding, was put into another zone
HOUR_SLACK_S = 600.0
_DIMENSIONS = {"height": "length", "distance": "length", "speed": "speed", "vertical rate": "speed"}
_NOT_DIGIT = re.compile(r"^\D*(?=\d)")


class _Told(NamedTuple):
    """One figure of one claim: its part in the claim, SI value, step and the words it was printed in."""

    claim: str
    part: str
    quantity: str
    value: float
    step: float
    printed: str


def chain(case: Case) -> nx.DiGraph:
    """The chain of copies of a case, from the origins down to what was printed where.

    Returns
    -------
    networkx.DiGraph
        Edges lead from who told to who repeated. Nodes, by their attribute `kind`:

        - ``origin`` (its id): `name`, `origin_kind`; after those that it leans on
        - ``number`` (``number:`` with the claim that told it first): `origin`, `quantity`, `printed` (as first told; in
          brackets a time that no report prints, concluded from its copies), `value` in SI, `forms` (the different ways
          in which it was printed)
        - ``telling`` (claim and part): `claim`, `report`, `printed`, `published`, `admiralty`, `first`,
          `differs` (in other units, rounded, …) and `wrong` (wrong zone, start taken for end, tracker misnamed)

    Raises
    ------
    InputError
        If a claim's origin is not of the case.
    """
    graph = nx.DiGraph()
    for name, origin in case.origins.items():
        graph.add_node(name, kind="origin", name=origin.name, origin_kind=origin.kind)
    graph.add_edges_from((origin.via, name) for name, origin in case.origins.items() if origin.via)
    told = {(one.claim, one.part): one for row in _rows(case) for one in _figures(row)}
    same = nx.Graph()
    same.add_nodes_from(told)
    same.add_edges_from(_copied(case, told))
    same.add_edges_from(_repeated(case, told))
    for group in nx.connected_components(same):
        _add_number(graph, case, sorted((told[key] for key in group), key=lambda one: _order(case, one)))
    return graph


def numbers(graph: nx.DiGraph) -> pd.DataFrame:
    """The numbers of a chain with the ways in which they were printed, and what went wrong on the way.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `chain`.

    Returns
    -------
    DataFrame
        One row a number, by origin and quantity; columns `trackkit.columns.NUMBERS`.
    """
    rows = [_number_row(graph, name, node) for name, node in graph.nodes(data=True) if node["kind"] == "number"]
    rows.sort(key=lambda row: (row["origin"], row["quantity"], -row["value"], row["number"]))
    return columns.conform(pd.DataFrame(rows), columns.NUMBERS)


def _number_row(graph: nx.DiGraph, name: str, node: dict[str, Any]) -> dict[str, Any]:
    below = [graph.nodes[one] for one in sorted(nx.descendants(graph, name))]
    reports = {one["report"] for one in below}
    wrong = sorted({f"{one['report']}: {fault}" for one in below for fault in one["wrong"]})
    return {"number": name.removeprefix("number:"), "printed": node["printed"], "quantity": node["quantity"],
            "origin": node["origin"], "value": node["value"], "forms": node["forms"], "reports": len(reports),
            "tellings": len(below), "told_by": tuple(sorted(reports)), "wrong": tuple(wrong)}  # fmt: skip


# -- the figures of a claim -------------------------------------------------------------------------------


def _rows(case: Case) -> Iterator[Any]:
    """The claims about the aircraft that tell what was."""
    flown = case.claims[(case.claims["subject"] == "aircraft") & ~case.claims["denied"]]
    for row in flown.itertuples(index=False):
        if row.origin not in case.origins:
            raise InputError("unknown origin", row.origin, case.origins, row=row.id)
        yield row


def _figures(row: Any) -> Iterator[_Told]:
    """The figures of a claim; times only where they are what is told, in brackets where we concluded them."""
    parts = (
        ("height", "altitude", row.altitude_m, row.altitude_rounding_m),
        ("height", "from", row.from_altitude_m, row.from_rounding_m),
        ("speed", "speed", row.speed_mps, row.speed_rounding_mps),
        ("vertical rate", "rate", row.rate_mps, 0.01 * row.rate_mps),
        ("distance", "distance", row.distance_m, row.distance_rounding_m),
    )
    for quantity, part, value, step in parts:
        if not math.isnan(value):
            name = f"distance from {row.place}" if quantity == "distance" else quantity
            yield _Told(row.id, part, name, value, step, _printed(row, value, _DIMENSIONS[quantity]))
    if "time" in claims.quantities(row):
        told = row.as_reported.split(", ")
        dated = told[1] if len(told) > 1 and re.fullmatch(r"\d{4}-\d{2}-\d{2}", told[1]) else ""
        clock = f"{told[0]} {dated}".strip()
        yield _Told(row.id, "time", f"time {_EVENTS[row.says]}", row.time.timestamp(), row.time_rounding_s,
                    f"[{clock}]" if "time" in row.assumed else clock)  # fmt: skip


_EVENTS = {"took_off": "of take-off", "landed": "of landing", "crashed": "of crash", "lost_signal": "of last signal"}


def _printed(row: Any, value: float, dimension: str) -> str:
    """The figure as the report has it."""
    for part in row.as_reported.split(", "):
        try:
            figure = units.quantity(" ".join(_NOT_DIGIT.sub("", part).split()[:2]), dimension)
        except InputError:
            continue
        if math.isclose(figure.si, value, rel_tol=1e-9):
            return figure.text
    return f"{value:.0f} {'m' if dimension == 'length' else 'm/s'}"


# -- which figures are one number -------------------------------------------------------------------------

_Key = tuple[str, str]


def _copied(case: Case, told: dict[_Key, _Told]) -> Iterator[tuple[_Key, _Key]]:
    """Figures of marked copies, each with the figure of the copied claim that it repeats."""
    for name, copy in case.claims["copy_of"][case.claims["copy_of"] != ""].items():
        mine, theirs = ([one for one in told.values() if one.claim == claim] for claim in (name, copy))
        for one in mine:
            fitting = [other for other in theirs if other.quantity == one.quantity and _may_be(one, other)]
            if fitting:
                other = min(fitting, key=lambda other: abs(other.value - one.value))
                yield (one.claim, one.part), (other.claim, other.part)


def _repeated(case: Case, told: dict[_Key, _Told]) -> Iterator[tuple[_Key, _Key]]:
    """The same figure of one origin in several claims of a report, printed alike; times may be of two events."""
    alike: dict[tuple[str, ...], _Key] = {}
    for key, one in told.items():
        report = str(case.claims.at[one.claim, "report"])
        first = alike.setdefault((report, _origin(case, one), one.quantity, one.printed), key)
        if first != key and one.part != "time":
            yield first, key


def _may_be(one: _Told, other: _Told) -> bool:
    """Whether a copy's figure repeats one of the claim copied; a time does so however far off it is."""
    if one.part == "time":
        return True
    apart = abs(one.value - other.value)
    return apart <= max(one.step, other.step) and apart <= SAME_SHARE * max(one.value, other.value)


def _origin(case: Case, one: _Told) -> str:
    return str(case.claims.at[one.claim, "origin"])


def _order(case: Case, one: _Told) -> tuple[Any, ...]:
    """Claims that copy none first, then by day of publication and name."""
    row = case.claims.loc[one.claim]
    published = case.reports.at[str(row["report"]), "published"]
    return (bool(row["copy_of"]), published, one.part == "from", one.claim)


# -- the graph --------------------------------------------------------------------------------------------


def _add_number(graph: nx.DiGraph, case: Case, group: list[_Told]) -> None:
    """A number with its tellings: the first below the number, each copy below the claim that it copies."""
    first, by_claim = group[0], {one.claim: one for one in reversed(group)}
    name, origin = f"number:{first.claim}:{first.part}", _origin(case, first)
    forms = tuple(dict.fromkeys(one.printed for one in group if not one.printed.startswith("[")))
    graph.add_node(name, kind="number", origin=origin, quantity=first.quantity, printed=first.printed,
                   value=first.value, forms=forms)  # fmt: skip
    graph.add_edge(origin, name)
    for one in group:
        node, source = f"{one.claim}:{one.part}", by_claim.get(str(case.claims.at[one.claim, "copy_of"]))
        graph.add_node(node, kind="telling", first=one is first, **_telling(case, one, first, source or one))
        graph.add_edge(f"{source.claim}:{source.part}" if source else name, node)


def _telling(case: Case, one: _Told, first: _Told, source: _Told) -> dict[str, Any]:
    row = case.claims.loc[one.claim]
    report = str(row["report"])
    return {"claim": one.claim, "report": report, "publisher": str(case.reports.at[report, "publisher"]),
            "printed": one.printed, "published": case.reports.at[report, "published"],
            "admiralty": str(row["admiralty"]), "differs": tuple(_differs(one, first)),
            "wrong": tuple(_wrong(case, one, first, source))}  # fmt: skip


def _differs(one: _Told, first: _Told) -> Iterator[str]:
    """What a copy changed without getting it wrong."""
    if one.part != "time" and one.printed.rpartition(" ")[2] != first.printed.rpartition(" ")[2]:
        yield "in other units"
    if one.part != "time" and one.step > 2.0 * first.step:
        yield "rounded"
    if one.part == "time" and _hours(one, first) == 0 and one.value != first.value:
        yield "rounded"


def _wrong(case: Case, one: _Told, first: _Told, source: _Told) -> Iterator[str]:
    """Where a copy went wrong, as far as the claims show it: against the first telling, or the one it copies."""
    hours = _hours(one, first)
    if hours:
        yield f"{hours} h off, as in another zone" if hours < 24 else f"{hours} h off, as on another day"
    if {one.part, source.part} == {"altitude", "from"}:
        yield "start taken for end" if source.part == "from" else "end taken for start"
    credited = str(case.claims.at[one.claim, "credited"])
    if credited and credited not in _line(case, one):
        yield f"credits {case.origins[credited].name}"


def _line(case: Case, one: _Told) -> Iterable[str]:
    return claims.chain(case.origins, _origin(case, one))


def _hours(one: _Told, first: _Told) -> int:
    """The whole hours by which a copied time is off; 0 where it is not, or not by whole hours."""
    apart = abs(one.value - first.value)
    hours = round(apart / 3600.0) if one.part == "time" else 0
    return hours if abs(apart - 3600.0 * hours) <= max(one.step, first.step, HOUR_SLACK_S) else 0
