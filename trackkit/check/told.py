"""The figures of a case's claims, held against the limits of the tests on tracks: each one, passed or not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from trackkit import columns
from trackkit.check import heights, moving, shared, speeds
from trackkit.check.shared import Row
from trackkit.model import Case

__all__ = ["told"]


def told(case: Case) -> pd.DataFrame:
    """Each speed, height at a place and step between timed positions of the claims, through the tests of a track.

    Where `case` tells what is in tension, this tells also what was tested and passed. Copies of a number and what is
    denied are left out: a number is tested once. Tests lean to silence by the roundings of the figures.

    Parameters
    ----------
    case : Case

    Returns
    -------
    DataFrame
        Columns `trackkit.columns.TOLD`, speeds before heights before steps. States are those of `segments`: a speed
        below stall is suspect, one beyond the type inconsistent, a height at the ground suspect.
    """
    rows = [row for row in shared.flown(case) if not row.copy_of]
    found = [*_speeds(case, rows), *_heights(case, rows), *_steps(case, rows)]
    return columns.conform(pd.DataFrame(found), columns.TOLD)


def _speeds(case: Case, rows: list[Any]) -> Iterator[Row]:
    """Ground speeds against the slowest and the fastest flight of the type, at the height told for the moment."""
    high = moving.fastest_mps(case.aircraft)
    for row in rows:
        if math.isnan(row.speed_mps):
            continue
        height = _height_m(row, rows)
        low = float(moving.slowest_mps(np.array([height]), case.aircraft)[0])
        half = 0.5 * row.speed_rounding_mps
        slow, fast = row.speed_mps + half < low, row.speed_mps - half > high
        where = "at sea level, as no height is told with it," if math.isnan(height) else f"at {height:,.0f} m"
        reason = (
            f"in flight {where} the {case.aircraft.name} shows at least {shared.kt(low)}, even with flaps and "
            f"against a strong wind, and at most {shared.kt(high)}"
        )
        state = "suspect" if slow else "inconsistent" if fast else "clean"
        yield _row(row, "", "ground speed", (row.speed_mps, low, high), "m/s", state, reason)


def _height_m(row: Any, rows: list[Any]) -> float:
    """The height (m) that the claim or another of its report tells for the same moment; else not known."""
    for other in (row, *rows):
        same_time = not pd.isna(row.time) and row.time == other.time
        same_phase = row.phase != "" and row.phase == other.phase
        here = other.id == row.id or (other.report == row.report and (same_time or same_phase))
        if here and not math.isnan(other.altitude_m) and other.says != "descended":
            return float(other.altitude_m)
    return math.nan


def _heights(case: Case, rows: list[Any]) -> Iterator[Row]:
    """Heights above a level of pressure or the sea, at a place told for them, against the ground there."""
    for row in rows:
        where = None if math.isnan(row.altitude_m) else heights.where_told(case, row)
        if where is None or row.datum not in ("pressure", "sea level"):
            continue
        ground, lowest, highest, reach = heights.ground_m(case, where)
        low, coarse = ground + heights.LOW_M, heights.coarse(case, where)
        state = "suspect" if row.altitude_m < low else "clean"
        reason = (
            f"the ground is {ground:.0f} m there ({lowest:.0f} to {highest:.0f} m within {reach / 1000:.0f} km); less "
            f"than {heights.LOW_M:.0f} m above it is at the ground, and pressure may put it {heights.DATUM_M:.0f} m "
            "off"
        )
        reason += f".{coarse}" if coarse else ""
        yield _row(row, where.id, "height and ground", (row.altitude_m, low, math.nan), "m", state, reason)


def _steps(case: Case, rows: list[Any]) -> Iterator[Row]:
    """From each timed position to the next of the same source: the shortest way in the longest time."""
    placed = [row for row in rows if not pd.isna(row.time) and not math.isnan(row.latitude) and _timed(row)]
    high = moving.fastest_mps(case.aircraft)
    for root in dict.fromkeys(shared.root_of(case, row.origin) for row in placed):
        chain = sorted((row for row in placed if shared.root_of(case, row.origin) == root), key=lambda row: row.time)
        for one, other in pairwise(chain):
            metres = speeds.least_distance_m(case, one, other)
            seconds = shared.apart_s(one, other) + shared.slack_s(one) + shared.slack_s(other)
            state = "inconsistent" if metres > moving.reach_m(np.array(seconds), high) else "clean"
            reason = f"at least {metres / 1000:.0f} km in at most {seconds / 60:.0f} min, at most {shared.kt(high)}"
            speed = metres / max(seconds, 1.0)
            yield _row(other, one.id, "implied speed", (speed, math.nan, high), "m/s", state, reason)


def _timed(row: Any) -> bool:
    """Whether the claim's time is that of its place, not one before or after which it was."""
    return not row.time_hedge.endswith(("before", "after"))


def _row(row: Any, other: str, test: str, value: tuple[float, float, float], unit: str, state: str, reason: str) -> Row:
    """One row of `trackkit.columns.TOLD`; `value` with the least and the most that the test lets pass."""
    return {"test": test, "claim": row.id, "other": other, "as_reported": row.as_reported, "value": value[0],
            "low": value[1], "high": value[2], "unit": unit, "state": state, "reason": reason}  # fmt: skip
