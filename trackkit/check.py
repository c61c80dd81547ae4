"""What cannot be, or hardly: findings on the claims of a case, each a sentence with its numbers.

A finding says that something is in tension with something else; it takes no side and drops nothing. Every
test is a function from a case to rows of `trackkit.columns.FINDINGS`, and leans to silence: it fires only
beyond the slack that roundings, hedges and vague words leave.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from trackkit import claims, columns, earth, units, wording
from trackkit.model import Case

__all__ = ["TESTS", "case"]

#: wind that a ground speed may hide (m/s): a strong one against, a jet stream along
HEADWIND_MPS = units.to_si(50, "kt")
TAILWIND_MPS = 100.0
#: no less than the speed of sound (m/s) at any height in the standard atmosphere
SOUND_MPS = 340.3
#: two numbers further apart than this are two numbers, however roughly they were told
SAME_SHARE = 0.03
#: slack (s) of a hedged time
SHORTLY_S, LOOSELY_S = 900.0, 3_600.0
#: "west of X" without a distance is taken to reach this far (m)
SOMEWHERE_M = 50_000.0
#: pressure altitude against height above the sea, whatever the weather (m)
DATUM_M = 200.0
#: this near to the ground is worth saying (m)
LOW_M = 150.0

Row = dict[str, Any]


def case(case: Case) -> pd.DataFrame:
    """Every finding on the claims of a case.

    Parameters
    ----------
    case : Case

    Returns
    -------
    DataFrame
        Columns `trackkit.columns.FINDINGS`, in the order of `TESTS`.
    """
    rows = [row for test in TESTS for row in test(case)]
    return columns.conform(pd.DataFrame(rows), columns.FINDINGS)


# -- copies of one number ---------------------------------------------------------------------------------


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
    told = [number for row in _flown(case) for number in _numbers(case, row)]
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
    name = (row.id, row.report, _root(case, row.origin))
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
        f"{_named(case, one.claim)} and {_named(case, other.claim)} tell one {one.quantity}: "
        f"{apart:,.1f} {one.unit} apart where the rounding is {step:,.1f} {one.unit}; {marking}."
    )
    return _row("copies of one number", one.claim, other.claim, sentence, apart, step, one.unit)


# -- times ------------------------------------------------------------------------------------------------


def hour_slips(case: Case) -> Iterator[Row]:
    """Times in the hours of a zone that lie whole hours, as between zones, from others of source and kind."""
    for _, group in _groups(case, timed=True):
        middle = group["time"].median()
        for row in group.itertuples():
            if _offset_h(case, row) == 0.0:
                continue
            others = [one for one in group.itertuples() if _is_slip(case, row, one, middle)]
            if others:
                yield _slip(case, row, min(others, key=lambda one: abs(one.time - middle)))


def event_times(case: Case) -> Iterator[Row]:
    """Events that the reports put at different times, with the spread."""
    slips = {row["claim"] for row in hour_slips(case)}
    for kind in ("took_off", "landed", "crashed", "lost_signal"):
        rows = [row for row in _flown(case) if row.says == kind and not pd.isna(row.time)]
        if not rows:
            continue
        first, last = min(rows, key=lambda row: row.time), max(rows, key=lambda row: row.time)
        slack = _slack_s(first) + _slack_s(last)
        if _seconds(first, last) > slack:
            yield _spread(case, kind, rows, [row for row in rows if row.id not in slips])


def _is_slip(case: Case, row: Any, other: Any, middle: pd.Timestamp) -> bool:
    """Whether a time is off from another by the hours between zones, and further from the middle of all."""
    if row.report == other.report or abs(row.time - middle) <= abs(other.time - middle):
        return False
    hours = round(_seconds(row, other) / 3600)
    slack = min(_slack_s(row) + _slack_s(other), 600.0)
    return hours in _zone_hours(case, row.time) and abs(_seconds(row, other) - 3600 * hours) <= slack


def _zone_hours(case: Case, time: pd.Timestamp) -> set[float]:
    """The differences between the zones of a case in hours, and one hour; and as much with a day more."""
    offsets = {_zone_offset_h(time, zone) for zone in case.zones.values()}
    hours = {1.0, 24.0, *(abs(one - other) for one, other in combinations(offsets, 2))}
    return hours | {24.0 + one for one in hours if one < 24.0}


def _offset_h(case: Case, row: Any) -> float:
    """The offset from UTC of the zone in which a time was told; 0 for UTC itself."""
    told = row.as_reported.split(", ")[0]
    words = [word for word in case.zones if told.endswith(f" {word}")]
    return _zone_offset_h(row.time, case.zones[max(words, key=len)]) if words else 0.0


def _zone_offset_h(time: pd.Timestamp, zone: str) -> float:
    offset = time.to_pydatetime().astimezone(ZoneInfo(zone)).utcoffset()
    return offset.total_seconds() / 3600 if offset else 0.0


def _slip(case: Case, row: Any, other: Any) -> Row:
    hours = round(_seconds(row, other) / 3600)
    sentence = (
        f"{_named(case, row.id)} is {_minute(row.time)}, {hours} h off {_named(case, other.id)} at "
        f"{_minute(other.time)}, which is what mixing up two time zones would give: in tension with it."
    )
    return _row("hour slips", row.id, other.id, sentence, _seconds(row, other) / 3600, hours, "h")


def _spread(case: Case, kind: str, rows: list[Any], sound: list[Any]) -> Row:
    first, last = min(rows, key=lambda row: row.time), max(rows, key=lambda row: row.time)
    spread, slack = _seconds(first, last) / 60, (_slack_s(first) + _slack_s(last)) / 60
    times = sorted({row.time for row in rows})
    sentence = (
        f"{len(rows)} claims put {kind} at {len(times)} times between {_minute(times[0])} ({first.id}) and "
        f"{_minute(times[-1])} ({last.id}), {spread:,.0f} min apart, in tension with one another."
    )
    if 0 < len(sound) < len(rows):
        left = (max(row.time for row in sound) - min(row.time for row in sound)).total_seconds() / 60
        sentence += f" Without the {len(rows) - len(sound)} that look like hour slips the spread is {left:.0f} min."
    return _row("times of one event", first.id, last.id, sentence, spread, slack, "min")


# -- speeds and rates -------------------------------------------------------------------------------------


def speeds(case: Case) -> Iterator[Row]:
    """Ground speeds below what the type needs in the air against a strong wind, or above its reach."""
    approach = case.aircraft["approach_cas"].value
    low, high = approach - HEADWIND_MPS, _fastest_mps(case)
    for row in _flown(case):
        if row.speed_mps + 0.5 * row.speed_rounding_mps < low:
            why = f"approaches at {_kt(approach)} and even against 50 kt of wind would show {_kt(low)}"
            yield _speed(case, row, low, why)
        if row.speed_mps - 0.5 * row.speed_rounding_mps > high:
            yield _speed(case, row, high, f"even at its highest Mach number with a jet stream shows {_kt(high)}")


def rates(case: Case) -> Iterator[Row]:
    """Descents steeper than the type's emergency descent, as told or from two heights and a time between."""
    limit = max(case.aircraft["descent_rate_emergency"].values)
    for row in _flown(case):
        implied = (row.from_altitude_m - row.altitude_m) / row.within_s
        for rate, how in ((row.rate_mps, "tells"), (implied, "comes to")):
            if rate > limit:
                sentence = (
                    f"{_named(case, row.id)} {how} {_ftmin(rate)} down, in tension with the {_ftmin(limit)} "
                    f"of an emergency descent of the {case.aircraft.name}."
                )
                yield _row("vertical rates", row.id, "", sentence, rate, limit, "m/s")


def implied_speeds(case: Case) -> Iterator[Row]:
    """Two timed positions of one source that even the fastest flight could not join."""
    limit = _fastest_mps(case)
    for _, group in _groups(case, timed=True, by_kind=False):
        placed = [row for row in group.itertuples() if not math.isnan(row.latitude)]
        for one, other in combinations(placed, 2):
            distance = _least_distance_m(case, one, other)
            seconds = _seconds(one, other) + _slack_s(one) + _slack_s(other)
            if one.report == other.report and one.time == other.time:
                continue
            if distance > limit * seconds:
                yield _implied(case, one, other, distance, seconds, limit)


def _speed(case: Case, row: Any, limit: float, why: str) -> Row:
    sentence = (
        f"{_named(case, row.id)} is {_kt(row.speed_mps)}, in tension with the {case.aircraft.name} in "
        f"flight, which {why}."
    )
    return _row("speeds", row.id, "", sentence, row.speed_mps, limit, "m/s")


def _fastest_mps(case: Case) -> float:
    return case.aircraft["mmo"].value * SOUND_MPS + TAILWIND_MPS


def _implied(case: Case, one: Any, other: Any, distance: float, seconds: float, limit: float) -> Row:
    speed = distance / seconds
    sentence = (
        f"{_named(case, one.id)} and {_named(case, other.id)} lie at least {distance / 1000:.0f} km and at "
        f"most {seconds / 60:.0f} min apart: {_kt(speed)}, in tension with the type's {_kt(limit)}."
    )
    return _row("implied speeds", one.id, other.id, sentence, speed, limit, "m/s")


def _least_distance_m(case: Case, one: Any, other: Any) -> float:
    (lat1, lon1, slack1), (lat2, lon2, slack2) = _circle(case, one), _circle(case, other)
    return max(float(earth.inverse(lat1, lon1, lat2, lon2)[0]) - slack1 - slack2, 0.0)


def _circle(case: Case, row: Any) -> tuple[float, float, float]:
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


# -- directions -------------------------------------------------------------------------------------------


def toward(case: Case) -> Iterator[Row]:
    """A direction told together with a place flown toward that lies more than a right angle off."""
    headed = [row for row in _flown(case) if row.says == "headed"]
    for aim in (row for row in _flown(case) if row.says == "flew_toward"):
        for row in headed:
            if row.report == aim.report and _part(row) == _part(aim):
                place, angle = _worst_angle(case, row, aim)
                if angle > 90.0:
                    yield _contrary(case, row, aim, place, angle)


def sides(case: Case) -> Iterator[Row]:
    """Sides of a place, or directions flown in one part of the flight, that exclude each other."""
    for _, group in _groups(case):
        rows = [row for row in group.itertuples() if not row.copy_of]
        for one, other in combinations(rows, 2):
            if one.place and one.place == other.place:
                yield from _opposed(case, one, other, ("bearing_deg", "bearing_half_deg"), f"of {one.place}")
            if any(_part(one)) and _part(one) == _part(other):
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
        f"{_named(case, row.id)} is in tension with {_named(case, aim.id)}: from {place} the direction lies "
        f"{angle:.0f} degrees off the bearing of {aim.toward}."
    )
    return _row("directions", row.id, aim.id, sentence, angle, 90.0, "deg")


def _opposed(case: Case, one: Any, other: Any, names: tuple[str, str], what: str) -> Iterator[Row]:
    angle = abs(float(earth.turn_deg(getattr(one, names[0]), getattr(other, names[0]))))
    reach = getattr(one, names[1]) + getattr(other, names[1])
    if angle > reach:
        sentence = (
            f"{_named(case, one.id)} is in tension with {_named(case, other.id)}: the directions {what} lie "
            f"{angle:.0f} degrees apart, the words leave {reach:.0f}."
        )
        yield _row("directions", one.id, other.id, sentence, angle, reach, "deg")


# -- heights ----------------------------------------------------------------------------------------------


def height_sequences(case: Case) -> Iterator[Row]:
    """Heights of one source that would need a climb after the highest point, or a rate beyond the type."""
    for _, group in _groups(case, timed=True, by_kind=False):
        told = [row for row in group.itertuples() if not math.isnan(row.altitude_m) and not row.copy_of]
        if not told:
            continue
        top = max(told, key=lambda row: (row.at_most, row.altitude_m)).time
        for one, other in combinations(sorted(told, key=lambda row: row.time), 2):
            yield from _needs(case, one, other, top)


def near_ground(case: Case) -> Iterator[Row]:
    """Heights told at a place, against the ground there."""
    for row in _flown(case):
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
            f"{_named(case, one.id)} and {_named(case, other.id)}, in this order, would need a {way} of "
            f"{abs(change):,.0f} m{order} in at most {seconds / 60:.0f} min, {_ftmin(rate)} or more: in "
            "tension with each other."
        )
        yield _row("heights in sequence", one.id, other.id, sentence, rate, limit, "m/s")


def _longest_s(one: Any, other: Any) -> float:
    """The longest time (s) from one claim to a later one, in this order."""
    early = 0.5 * one.time_rounding_s if one.time_hedge.endswith("after") else _slack_s(one)
    late = 0.5 * other.time_rounding_s if other.time_hedge.endswith("before") else _slack_s(other)
    return _seconds(one, other) + early + late


def _where_told(case: Case, row: Any) -> Any:
    """The claim that says where a height was: itself, or one of its report for the same moment or the end."""
    if not math.isnan(row.latitude):
        return row
    for other in _flown(case):
        same_time = not pd.isna(row.time) and row.time == other.time
        at_end = row.phase == "last" and other.says == "lost_signal"
        if other.report == row.report and not math.isnan(other.latitude) and (same_time or at_end):
            return other
    return None


def _ground(case: Case, row: Any, where: Any) -> Iterator[Row]:
    latitude, longitude, reach = _circle(case, where)
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
        f"{_named(case, row.id)}{place} is {row.altitude_m:.0f} m above {_DATUM[row.datum]}, where the "
        f"ground is {middle:.0f} m ({low:.0f} to {high:.0f} m within {reach / 1000:.0f} km): "
        f"{abs(height):.0f} m {side} it, at or within {LOW_M:.0f} m of the ground, in tension with an "
        "aircraft still in flight."
    )
    yield _row("heights and ground", row.id, where.id, sentence, height, LOW_M, "m")


_DATUM = {"pressure": "the standard pressure level", "sea level": "the sea"}


# -- what the tests share ---------------------------------------------------------------------------------


def _flown(case: Case) -> list[Any]:
    """The claims about the aircraft that say what was (not what was not)."""
    flown = case.claims[(case.claims["subject"] == "aircraft") & ~case.claims["denied"]]
    return list(flown.itertuples(index=False))


def _groups(case: Case, timed: bool = False, by_kind: bool = True) -> Any:
    """The same claims by the root of their origin, and by kind."""
    flown = case.claims[(case.claims["subject"] == "aircraft") & ~case.claims["denied"]]
    flown = flown[flown["time"].notna()] if timed else flown
    root = flown["origin"].map(lambda origin: _root(case, origin)).astype("str")
    return flown.groupby([root, flown["says"]] if by_kind else [root])


def _root(case: Case, origin: str) -> str:
    """The origin at the end of the chain."""
    return claims.chain(dict(case.origins), origin)[-1]


def _part(row: Any) -> tuple[Any, ...]:
    """The part of the flight that a claim is about, in a form that can be compared."""
    return ("" if pd.isna(row.time) else row.time, row.phase, row.before, row.after)


def _seconds(one: Any, other: Any) -> float:
    return abs((one.time - other.time).total_seconds())


def _slack_s(row: Any) -> float:
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


def _named(case: Case, claim: str) -> str:
    told = str(case.claims.at[claim, "as_reported"])
    return f"{claim} ({told})" if told else claim


def _minute(time: pd.Timestamp) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _kt(speed_mps: float) -> str:
    return f"{units.from_si(speed_mps, 'kt'):.0f} kt"


def _ftmin(rate_mps: float) -> str:
    return f"{rate_mps:.1f} m/s ({units.from_si(rate_mps, 'ft/min'):,.0f} ft/min)"


def _row(test: str, claim: str, other: str, finding: str, value: float, limit: float, unit: str) -> Row:
    return {"test": test, "claim": claim, "other": other, "finding": finding,
            "value": float(value), "limit": float(limit), "unit": unit}  # fmt: skip


#: the tests, in the order of their findings
TESTS = (
    copies, hour_slips, event_times, speeds, rates, implied_speeds, toward, sides, height_sequences,
    near_ground,
)  # fmt: skip
