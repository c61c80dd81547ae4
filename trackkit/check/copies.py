"""Copies of one number: claims of one source that tell the same, in other units or rounded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from trackkit.check import shared
from trackkit.check.shared import Row
from trackkit.model import Case

__all__ = ["copies"]

#: two numbers further apart than this are two numbers, however roughly they were told
SAME_SHARE = 0.03


class _Told(NamedTuple):
    """One number of one claim."""

    claim: str
    report: str
    root: str
    quantity: str
    value: float
    rounding: float
    unit: str


def copies(case: Case) -> Iterator[Row]:
    """Claims of one source whose numbers are one, in other units or rounded, marked as copies or not."""
    told = [number for row in shared.flown(case) for number in _numbers(case, row)]
    unmarked: set[tuple[str, str]] = set()
    for one, other in combinations(told, 2):
        if not _same_number(one, other):
            continue
        first, second = _first(case, one.claim), _first(case, other.claim)
        if first == second:
            yield from _marked(case, one, other)
        elif (second, other.quantity) not in unmarked and not _told_by_sibling(case, told, one, other):
            unmarked.add((second, other.quantity))
            yield _copy(case, other, one, "not marked as a copy, so it would count twice")


def _told_by_sibling(case: Case, told: list[_Told], one: _Told, other: _Told) -> bool:
    """Whether another claim of either report tells the number too and is the one copied or copying."""
    for mine, theirs in ((one, other), (other, one)):
        for sibling in told:
            same = sibling.report == mine.report and _same_number(sibling, theirs)
            if same and _first(case, sibling.claim) == _first(case, theirs.claim):
                return True
    return False


def _marked(case: Case, one: _Told, other: _Told) -> Iterator[Row]:
    """The copy with what it is a copy of, leaving out pairs of copies."""
    for copy, source in ((one, other), (other, one)):
        if case.claims.at[copy.claim, "copy_of"] and not case.claims.at[source.claim, "copy_of"]:
            yield _copy(case, copy, source, "marked as a copy, so it counts once")


def _numbers(case: Case, row: Any) -> Iterator[_Told]:
    name = (row.id, row.report, shared.root_of(case, row.origin))
    for quantity, value, rounding, unit in (
        ("height", row.altitude_m, row.altitude_rounding_m, "m"),
        ("height", row.from_altitude_m, row.from_rounding_m, "m"),
        ("speed", row.speed_mps, row.speed_rounding_mps, "m/s"),
        ("vertical rate", row.rate_mps, 0.01 * row.rate_mps, "m/s"),
        (f"distance from {row.place}", row.distance_m, row.distance_rounding_m, "m"),
    ):
        if not math.isnan(value):
            yield _Told(*name, quantity, value, rounding, unit)


def _same_number(one: _Told, other: _Told) -> bool:
    if one.report == other.report or (one.root, one.quantity) != (other.root, other.quantity):
        return False
    apart = abs(one.value - other.value)
    return apart <= max(one.rounding, other.rounding) and apart <= SAME_SHARE * max(one.value, other.value)


def _first(case: Case, claim: str) -> str:
    """The claim that told a copy's number first."""
    while case.claims.at[claim, "copy_of"]:
        claim = str(case.claims.at[claim, "copy_of"])
    return claim


def _copy(case: Case, one: _Told, other: _Told, marking: str) -> Row:
    apart, step = abs(one.value - other.value), max(one.rounding, other.rounding)
    sentence = (
        f"{shared.named(case, one.claim)} and {shared.named(case, other.claim)} tell one {one.quantity}: "
        f"{apart:,.1f} {one.unit} apart where the rounding is {step:,.1f} {one.unit}; {marking}."
    )
    return shared.finding("copies of one number", one.claim, other.claim, sentence, apart, step, one.unit)
