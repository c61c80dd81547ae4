"""Speeds and vertical rates that the type cannot, or hardly, show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from trackkit import earth, units
from trackkit.check import shared
from trackkit.check.shared import Row
from trackkit.model import Case

__all__ = ["implied_speeds", "rates", "speeds"]

#: wind that a ground speed may hide (m/s): a strong one against, a jet stream along
HEADWIND_MPS = units.to_si(50, "kt")
TAILWIND_MPS = 100.0
#: no less than the speed of sound (m/s) at any height in the standard atmosphere
SOUND_MPS = 340.3


def speeds(case: Case) -> Iterator[Row]:
    """Ground speeds below what the type needs in the air against a strong wind, or above its reach."""
    approach = case.aircraft["approach_cas"].value
    low, high = approach - HEADWIND_MPS, _fastest_mps(case)
    for row in shared.flown(case):
        if row.speed_mps + 0.5 * row.speed_rounding_mps < low:
            why = f"approaches at {shared.kt(approach)} and even against 50 kt of wind would show {shared.kt(low)}"
            yield _speed(case, row, low, why)
        if row.speed_mps - 0.5 * row.speed_rounding_mps > high:
            yield _speed(case, row, high, f"even at its highest Mach number with a jet stream shows {shared.kt(high)}")


def rates(case: Case) -> Iterator[Row]:
    """Descents steeper than the type's emergency descent, as told or from two heights and a time between."""
    limit = max(case.aircraft["descent_rate_emergency"].values)
    for row in shared.flown(case):
        implied = (row.from_altitude_m - row.altitude_m) / row.within_s
        for rate, how in ((row.rate_mps, "tells"), (implied, "comes to")):
            if rate > limit:
                sentence = (
                    f"{shared.named(case, row.id)} {how} {shared.ftmin(rate)} down, in tension with the "
                    f"{shared.ftmin(limit)} of an emergency descent of the {case.aircraft.name}."
                )
                yield shared.finding("vertical rates", row.id, "", sentence, rate, limit, "m/s")


def implied_speeds(case: Case) -> Iterator[Row]:
    """Two timed positions of one source that even the fastest flight could not join."""
    limit = _fastest_mps(case)
    for _, group in shared.groups(case, timed=True, by_kind=False):
        placed = [row for row in group.itertuples() if not math.isnan(row.latitude)]
        for one, other in combinations(placed, 2):
            distance = _least_distance_m(case, one, other)
            seconds = shared.apart_s(one, other) + shared.slack_s(one) + shared.slack_s(other)
            if one.report == other.report and one.time == other.time:
                continue
            if distance > limit * seconds:
                yield _implied(case, one, other, distance, seconds, limit)


def _speed(case: Case, row: Any, limit: float, why: str) -> Row:
    sentence = (
        f"{shared.named(case, row.id)} is {shared.kt(row.speed_mps)}, in tension with the {case.aircraft.name} in "
        f"flight, which {why}."
    )
    return shared.finding("speeds", row.id, "", sentence, row.speed_mps, limit, "m/s")


def _fastest_mps(case: Case) -> float:
    return case.aircraft["mmo"].value * SOUND_MPS + TAILWIND_MPS


def _implied(case: Case, one: Any, other: Any, distance: float, seconds: float, limit: float) -> Row:
    speed = distance / seconds
    sentence = (
        f"{shared.named(case, one.id)} and {shared.named(case, other.id)} lie at least {distance / 1000:.0f} km and at "
        f"most {seconds / 60:.0f} min apart: {shared.kt(speed)}, in tension with the type's {shared.kt(limit)}."
    )
    return shared.finding("implied speeds", one.id, other.id, sentence, speed, limit, "m/s")


def _least_distance_m(case: Case, one: Any, other: Any) -> float:
    (lat1, lon1, slack1), (lat2, lon2, slack2) = shared.circle(case, one), shared.circle(case, other)
    return max(float(earth.inverse(lat1, lon1, lat2, lon2)[0]) - slack1 - slack2, 0.0)
