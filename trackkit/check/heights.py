"""Heights that do not follow one another, or lie at the ground."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from trackkit import earth
from trackkit.check import shared
from trackkit.check.shared import Row
from trackkit.model import Case

__all__ = ["height_sequences", "near_ground"]

#: pressure altitude against height above the sea, whatever the weather (m)
DATUM_M = 200.0
#: this near to the ground is worth saying (m)
LOW_M = 150.0


def height_sequences(case: Case) -> Iterator[Row]:
    """Heights of one source that would need a climb after the highest point, or a rate beyond the type."""
    for _, group in shared.groups(case, timed=True, by_kind=False):
        then = [_then(row) for row in group.itertuples() if not row.copy_of]
        told = [row for row in then if not math.isnan(row.altitude_m)]
        if not told:
            continue
        top = max(told, key=lambda row: (row.at_most, row.altitude_m)).time
        for one, other in combinations(sorted(told, key=lambda row: row.time), 2):
            yield from _needs(case, one, other, top)


def _then(row: Any) -> Any:
    """The claim with the height of its time: a descent or climb timed by its start was then at its first height."""
    profile = row.says in ("descended", "climbed") and not row.at_most
    if not profile or row.time_hedge in ("before", "after") or not pd.isna(row.until):
        return row
    return row._replace(altitude_m=row.from_altitude_m, altitude_rounding_m=row.from_rounding_m)


def near_ground(case: Case) -> Iterator[Row]:
    """Heights told at a place, against the ground there."""
    for row in shared.flown(case):
        if math.isnan(row.altitude_m) or row.datum not in ("pressure", "sea level"):
            continue
        where = _where_told(case, row)
        if where is not None:
            yield from _ground(case, row, where)


def _needs(case: Case, one: Any, other: Any, top: pd.Timestamp) -> Iterator[Row]:
    """What it takes to get from one height to a later one."""
    slack = 0.5 * (one.altitude_rounding_m + other.altitude_rounding_m) + DATUM_M * (one.datum != other.datum)
    change, seconds = other.altitude_m - one.altitude_m, _longest_s(one, other)
    apart_in_datum = one.datum != other.datum and "ground" in (one.datum, other.datum)
    if apart_in_datum or abs(change) <= slack or seconds == 0.0:
        return
    rate = (abs(change) - slack) / seconds
    climb, fall = max(case.aircraft["climb_rate"].values), max(case.aircraft["descent_rate_emergency"].values)
    limit = climb if change > 0 else fall
    after_top = top <= one.time < other.time and change - slack > LOW_M
    if after_top or rate > limit:
        way = "climb" if change > 0 else "descent"
        order = " after the highest point told" if after_top else ""
        sentence = (
            f"{shared.named(case, one.id)} and {shared.named(case, other.id)}, in this order, would need a {way} of "
            f"{abs(change):,.0f} m{order} in at most {seconds / 60:.0f} min, {shared.ftmin(rate)} or more: in "
            "tension with each other."
        )
        yield shared.finding("heights in sequence", one.id, other.id, sentence, rate, limit, "m/s")


def _longest_s(one: Any, other: Any) -> float:
    """The longest time (s) from one claim to a later one, in this order."""
    early = 0.5 * one.time_rounding_s if one.time_hedge.endswith("after") else shared.slack_s(one)
    late = 0.5 * other.time_rounding_s if other.time_hedge.endswith("before") else shared.slack_s(other)
    return shared.apart_s(one, other) + early + late


def _where_told(case: Case, row: Any) -> Any:
    """The claim that says where a height was: itself, or one of its report for the same moment or the end."""
    if not math.isnan(row.latitude):
        return row
    for other in shared.flown(case):
        same_time = not pd.isna(row.time) and row.time == other.time
        at_end = row.phase == "last" and other.says == "lost_signal"
        if other.report == row.report and not math.isnan(other.latitude) and (same_time or at_end):
            return other
    return None


def _ground(case: Case, row: Any, where: Any) -> Iterator[Row]:
    latitude, longitude, reach = shared.circle(case, where)
    if where.relation == "of" and math.isnan(where.distance_m):
        return
    middle = float(earth.terrain_m(latitude, longitude))
    around = earth.terrain_m(*earth.forward(latitude, longitude, np.arange(0.0, 360.0, 15.0)[:, None],
                                            np.linspace(0.1, 1.0, 5) * reach))  # fmt: skip
    if not math.isfinite(middle) or not np.isfinite(around).all() or row.altitude_m - middle > LOW_M:
        return
    height, place = row.altitude_m - middle, "" if where.id == row.id else f" at {where.as_reported}"
    low, high, side = around.min(), around.max(), "above" if height > 0 else "below"
    sentence = (
        f"{shared.named(case, row.id)}{place} is {row.altitude_m:.0f} m above {_DATUM[row.datum]}, where the "
        f"ground is {middle:.0f} m ({low:.0f} to {high:.0f} m within {reach / 1000:.0f} km): "
        f"{abs(height):.0f} m {side} it, at or within {LOW_M:.0f} m of the ground, in tension with an "
        "aircraft still in flight."
    )
    yield shared.finding("heights and ground", row.id, where.id, sentence, height, LOW_M, "m")


_DATUM = {"pressure": "the standard pressure level", "sea level": "the sea"}
