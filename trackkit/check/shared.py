"""What the tests on claims share: which claims, of which source, when, where, and in which words."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from trackkit import claims, earth, units, wording
from trackkit.model import Case

__all__ = [
    "LOOSELY_S", "SHORTLY_S", "SOMEWHERE_M", "Row", "apart_s", "circle", "finding", "flown", "ftmin", "groups", "kt",
    "minute", "named", "part_of", "root_of", "slack_s",
]  # fmt: skip

#: slack (s) of a hedged time
SHORTLY_S, LOOSELY_S = 900.0, 3_600.0
#: "west of X" without a distance is taken to reach this far (m)
SOMEWHERE_M = 50_000.0

Row = dict[str, Any]


def flown(case: Case) -> list[Any]:
    """The claims about the aircraft that say what was (not what was not)."""
    flown = case.claims[(case.claims["subject"] == "aircraft") & ~case.claims["denied"]]
    return list(flown.itertuples(index=False))


def groups(case: Case, timed: bool = False, by_kind: bool = True) -> Any:
    """The same claims by the root of their origin, and by kind."""
    flown = case.claims[(case.claims["subject"] == "aircraft") & ~case.claims["denied"]]
    flown = flown[flown["time"].notna()] if timed else flown
    root = flown["origin"].map(lambda origin: root_of(case, origin)).astype("str")
    return flown.groupby([root, flown["says"]] if by_kind else [root])


def root_of(case: Case, origin: str) -> str:
    """The origin at the end of the chain."""
    return claims.chain(dict(case.origins), origin)[-1]


def part_of(row: Any) -> tuple[Any, ...]:
    """The part of the flight that a claim is about, in a form that can be compared."""
    return ("" if pd.isna(row.time) else row.time, row.phase, row.before, row.after)


def apart_s(one: Any, other: Any) -> float:
    """How far apart (s) the times of two claims lie."""
    return abs((one.time - other.time).total_seconds())


def slack_s(row: Any) -> float:
    """How far (s) a time may be off for its rounding and hedge alone."""
    hedged = {
        "about": row.time_rounding_s,
        "around": row.time_rounding_s,
        "before": LOOSELY_S,
        "after": LOOSELY_S,
    }
    if row.time_hedge.startswith("shortly"):
        return SHORTLY_S
    return hedged.get(row.time_hedge, 0.5 * row.time_rounding_s)


def named(case: Case, claim: str) -> str:
    """A claim by its name, with the values as they were told."""
    told = str(case.claims.at[claim, "as_reported"])
    return f"{claim} ({told})" if told else claim


def minute(time: pd.Timestamp) -> str:
    """A time to the minute."""
    return f"{time:%Y-%m-%d %H:%M} UTC"


def kt(speed_mps: float) -> str:
    """A speed in knots."""
    return f"{units.from_si(speed_mps, 'kt'):.0f} kt"


def ftmin(rate_mps: float) -> str:
    """A vertical rate in metres a second and feet a minute."""
    return f"{rate_mps:.1f} m/s ({units.from_si(rate_mps, 'ft/min'):,.0f} ft/min)"


def finding(test: str, claim: str, other: str, finding: str, value: float, limit: float, unit: str) -> Row:
    """One row of `trackkit.columns.FINDINGS`."""
    return {"test": test, "claim": claim, "other": other, "finding": finding,
            "value": float(value), "limit": float(limit), "unit": unit}  # fmt: skip


def circle(case: Case, row: Any) -> tuple[float, float, float]:
    """Middle (degrees) and radius (m) of where a claim may mean."""
    if row.relation in ("at", "near", "over"):
        reach = wording.meaning(row.relation, case.wording).high
        return row.latitude, row.longitude, reach * max(row.place_radius_m, 1_500.0)
    if row.relation == "point":
        return row.latitude, row.longitude, max(row.place_radius_m, 1_500.0)
    if math.isnan(row.distance_m):
        return row.latitude, row.longitude, SOMEWHERE_M
    middle = earth.forward(row.latitude, row.longitude, row.bearing_deg, row.distance_m)
    across = row.distance_m * math.sin(math.radians(min(row.bearing_half_deg, 90.0)))
    return float(middle[0]), float(middle[1]), row.place_radius_m + row.distance_rounding_m + across
