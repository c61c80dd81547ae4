"""Times that lie whole hours off, and events told at several times."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from trackkit.check import shared
from trackkit.check.shared import Row
from trackkit.model import Case

__all__ = ["event_times", "hour_slips"]


def hour_slips(case: Case) -> Iterator[Row]:
    """Times in the hours of a zone that lie whole hours, as between zones, from others of source and kind."""
    for _, group in shared.groups(case, timed=True):
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
        rows = [row for row in shared.flown(case) if row.says == kind and not pd.isna(row.time)]
        if not rows:
            continue
        first, last = min(rows, key=lambda row: row.time), max(rows, key=lambda row: row.time)
        slack = shared.slack_s(first) + shared.slack_s(last)
        if shared.apart_s(first, last) > slack:
            yield _spread(case, kind, rows, [row for row in rows if row.id not in slips])


def _is_slip(case: Case, row: Any, other: Any, middle: pd.Timestamp) -> bool:
    """Whether a time is off from another by the hours between zones, and further from the middle of all."""
    if row.report == other.report or abs(row.time - middle) <= abs(other.time - middle):
        return False
    hours = round(shared.apart_s(row, other) / 3600)
    slack = min(shared.slack_s(row) + shared.slack_s(other), 600.0)
    return hours in _zone_hours(case, row.time) and abs(shared.apart_s(row, other) - 3600 * hours) <= slack


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
    hours = round(shared.apart_s(row, other) / 3600)
    sentence = (
        f"{shared.named(case, row.id)} is {shared.minute(row.time)}, {hours} h off {shared.named(case, other.id)} at "
        f"{shared.minute(other.time)}, which is what mixing up two time zones would give: in tension with it."
    )
    return shared.finding("hour slips", row.id, other.id, sentence, shared.apart_s(row, other) / 3600, hours, "h")


def _spread(case: Case, kind: str, rows: list[Any], sound: list[Any]) -> Row:
    first, last = min(rows, key=lambda row: row.time), max(rows, key=lambda row: row.time)
    spread, slack = shared.apart_s(first, last) / 60, (shared.slack_s(first) + shared.slack_s(last)) / 60
    times = sorted({row.time for row in rows})
    sentence = (
        f"{len(rows)} claims put {kind} at {len(times)} times between {shared.minute(times[0])} ({first.id}) and "
        f"{shared.minute(times[-1])} ({last.id}), {spread:,.0f} min apart, in tension with one another."
    )
    if 0 < len(sound) < len(rows):
        left = (max(row.time for row in sound) - min(row.time for row in sound)).total_seconds() / 60
        sentence += f" Without the {len(rows) - len(sound)} that look like hour slips the spread is {left:.0f} min."
    return shared.finding("times of one event", first.id, last.id, sentence, spread, slack, "min")
