"""Directions that exclude each other, or the place that they are said to lead to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from trackkit import earth
from trackkit.check import shared
from trackkit.check.shared import Row
from trackkit.model import Case

__all__ = ["sides", "toward"]


def toward(case: Case) -> Iterator[Row]:
    """A direction told together with a place flown toward that lies more than a right angle off."""
    headed = [row for row in shared.flown(case) if row.says == "headed"]
    for aim in (row for row in shared.flown(case) if row.says == "flew_toward"):
        for row in headed:
            if row.report == aim.report and shared.part_of(row) == shared.part_of(aim):
                place, angle = _worst_angle(case, row, aim)
                if angle > 90.0:
                    yield _contrary(case, row, aim, place, angle)


def sides(case: Case) -> Iterator[Row]:
    """Sides of a place, or directions flown in one part of the flight, that exclude each other."""
    for _, group in shared.groups(case):
        rows = [row for row in group.itertuples() if not row.copy_of]
        for one, other in combinations(rows, 2):
            if one.place and one.place == other.place:
                yield from _opposed(case, one, other, ("bearing_deg", "bearing_half_deg"), f"of {one.place}")
            if any(shared.part_of(one)) and shared.part_of(one) == shared.part_of(other):
                yield from _opposed(case, one, other, ("heading_deg", "heading_half_deg"), "flown")


def _worst_angle(case: Case, row: Any, aim: Any) -> tuple[str, float]:
    """Where along the report's way the direction points furthest off the place, and by how much."""
    named = case.claims.loc[(case.claims["report"] == row.report) & (case.claims["place"] != ""), "place"]
    anchor = row.before or row.after
    first = [case.flight.origin] if row.phase == "first" else []
    names = [anchor] if anchor else first or [case.flight.origin, *named]
    angles = [(_angle_off(case, name, row, aim), name) for name in names if name != aim.toward]
    angle, name = max(angles, default=(0.0, ""))
    return name, angle


def _angle_off(case: Case, name: str, row: Any, aim: Any) -> float:
    place = case.places[name]
    bearing = earth.inverse(place.latitude, place.longitude, aim.toward_latitude, aim.toward_longitude)[1]
    return abs(float(earth.turn_deg(row.heading_deg, bearing)))


def _contrary(case: Case, row: Any, aim: Any, place: str, angle: float) -> Row:
    sentence = (
        f"{shared.named(case, row.id)} is in tension with {shared.named(case, aim.id)}: from {place} the direction "
        f"lies {angle:.0f} degrees off the bearing of {aim.toward}."
    )
    return shared.finding("directions", row.id, aim.id, sentence, angle, 90.0, "deg")


def _opposed(case: Case, one: Any, other: Any, names: tuple[str, str], what: str) -> Iterator[Row]:
    angle = abs(float(earth.turn_deg(getattr(one, names[0]), getattr(other, names[0]))))
    reach = getattr(one, names[1]) + getattr(other, names[1])
    if angle > reach:
        sentence = (
            f"{shared.named(case, one.id)} is in tension with {shared.named(case, other.id)}: the directions {what} "
            f"lie {angle:.0f} degrees apart, the words leave {reach:.0f}."
        )
        yield shared.finding("directions", one.id, other.id, sentence, angle, reach, "deg")
