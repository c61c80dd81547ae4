"""Values as reports give them -> numbers: times, positions, headings, durations, vague words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from trackkit import earth, units
from trackkit.errors import InputError
from trackkit.wording import WORDS

__all__ = [
    "HEDGES", "MEASURES", "PARTS_OF_DAY", "STEPS", "Clock", "Figure", "Moment", "Position", "day", "duration",
    "figure", "heading", "instant", "known_word", "moment", "position",
]  # fmt: skip

#: what vague words measure -> how `Word.of` begins
MEASURES = {
    "a span of time": "seconds$",
    "the size of a turn": "size of",
    "the pace of a descent": "pace that",
    "the pace of a climb": "pace that",
}
HEDGES = ("about", "around", "shortly before", "shortly after", "before", "after")
#: hedges of a figure, and parts of a day, as the table of words has them
STEPS = tuple(word for word, meant in WORDS.items() if meant.of.endswith("in steps of the rounding"))
PARTS_OF_DAY = tuple(word for word, meant in WORDS.items() if meant.of.startswith("hours after"))

_CLOCK = re.compile(
    r"^(?:(?P<hedge>[A-Za-z][A-Za-z ]*?)\s+)?"
    r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?:\s+(?P<zone>\S.*))?$"
)
_INSTANT = re.compile(
    r"^(?:(?P<hedge>[A-Za-z][A-Za-z ]*?)\s+)?"
    r"(?P<instant>\d{4}-\d{2}-\d{2}T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?$"
)
_SPAN = re.compile(r"^(?:between|from)\s+(?P<start>\S+)\s+(?:and|to)\s+(?P<end>\d\S*)(?:\s+(?P<zone>\S.*))?$")
_PART_OF_DAY = re.compile(rf"^(?P<part>{'|'.join(PARTS_OF_DAY)})(?:\s+(?P<zone>\S.*))?$")
_HEDGED = re.compile(r"^(?P<hedge>[A-Za-z][A-Za-z ]*?)\s+(?P<figure>[-+]?\d.*)$")
_BEARING = re.compile(r"^(?P<degrees>[-+]?\d+(?:\.\d+)?)\s*(?:deg|degrees|°)$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_POSITION = re.compile(r"^(?:(?P<distance>\S.*?)\s+)?(?P<direction>\S+(?:\s+deg)?)\s+of\s+(?P<place>\S.*)$")
_TIME_ALLOWED = (
    '"02:32 UTC", "about 05:00 Moscow", "2024-12-08T02:32:00Z", "between 02:10 and 02:32 UTC" or "early hours local"'
)
_POSITION_ALLOWED = '"13 km west of <place>" or "west of <place>"'


@dataclass(frozen=True)
class Clock:
    """What a bare hour needs to become a time: the zone words of the case, and its window."""

    zones: Mapping[str, str]
    window: tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class Moment:
    """A time as told: UTC, the step in which it was told (s), its hedge, and the end of a span."""

    time: pd.Timestamp
    rounding_s: float
    hedge: str = ""
    until: pd.Timestamp | None = None


@dataclass(frozen=True)
class Figure:
    """A figure as told: the quantity, its hedge, and the rounder number that it may have been turned from."""

    told: units.Quantity
    hedge: str = ""
    rounder: units.Quantity | None = None

    @property
    def rounding_si(self) -> float:
        """How exactly it can be meant: the wider of its own step and that of the rounder number."""
        return max(self.told.rounding_si, self.rounder.rounding_si if self.rounder else 0.0)


@dataclass(frozen=True)
class Position:
    """A place, and where the position lies from it; None where the report does not say."""

    place: str
    distance: units.Quantity | None
    bearing_deg: float
    bearing_half_deg: float
    hedge: str = ""


def moment(text: str, clock: Clock, date: str | None = None) -> Moment:
    """Read a time of day with its zone word, a full time in ISO 8601, a span of time or a part of a day.

    Parameters
    ----------
    text : str
        ``"02:32 UTC"``, ``"04:59 local"``, ``"about 05:00 Moscow"``, ``"2024-12-08T02:32:00Z"``,
        ``"between 02:10 and 02:32 UTC"``, ``"early hours local"``.
    clock : Clock
        The zone words, and the window that gives the day.
    date : str, optional
        The local day, ``"2024-12-07"``; otherwise the day that puts the time nearest to the window.

    Raises
    ------
    InputError
        If it is not a time, has no zone, its zone word or hedge is unknown, or a span ends before it starts.
    """
    span, part = _SPAN.match(text), _PART_OF_DAY.match(text)
    if span is not None:
        return _span(span, clock, date)
    if part is not None:
        return _part_of_day(part, clock, date)
    full = _INSTANT.match(text)
    if full is not None:
        return Moment(instant(full["instant"] + (full["zone"] or "")), _rounding(full), _hedge(full["hedge"]))
    match = _CLOCK.match(text)
    if match is None:
        raise InputError("not a time", text, _TIME_ALLOWED)
    zone = _zone(match["zone"], text, clock)
    hour = f"{int(match['hour']):02d}:{match['minute']}:{match['second'] or '00'}"
    days = [date] if date is not None else _days(clock, zone)
    times = [_localised(f"{day(one):%Y-%m-%d} {hour}", zone) for one in days]
    nearest = min(times, key=lambda time: _distance(time, clock))
    return Moment(nearest, _rounding(match), _hedge(match["hedge"]))


def _span(match: re.Match[str], clock: Clock, date: str | None) -> Moment:
    zone = f" {match['zone']}" if match["zone"] else ""
    start, end = (moment(f"{match[key]}{zone}", clock, date) for key in ("start", "end"))
    if start.time >= end.time:
        raise InputError("a span of time that ends before it starts", match[0], "the earlier time first")
    return Moment(start.time, max(start.rounding_s, end.rounding_s), "", end.time)


def _part_of_day(match: re.Match[str], clock: Clock, date: str | None) -> Moment:
    """The middle of a part of a day, told no better than its length."""
    zone = _zone(match["zone"], match[0], clock)
    word, days = WORDS[match["part"]], [date] if date is not None else _days(clock, zone)
    times = [day(one, zone) + pd.Timedelta(hours=word.median) for one in days]
    nearest = min(times, key=lambda time: _distance(time, clock))
    return Moment(nearest, 3_600.0 * (word.high - word.low), match["part"])


def figure(text: str, dimension: str) -> Figure:
    """Read a figure with its unit, and the hedge before it: ``"just over 12,000 ft"``, ``"about 100 km/h"``.

    Raises
    ------
    InputError
        If it is no such quantity, or the hedge is unknown.
    """
    match = _HEDGED.match(text) if isinstance(text, str) else None
    if match is not None and match["hedge"] not in STEPS:
        raise InputError("unknown hedge of a figure", match["hedge"], STEPS)
    told = units.quantity(match["figure"] if match else text, dimension)
    return Figure(told, match["hedge"] if match else "", units.rounder(told))


def instant(text: str) -> pd.Timestamp:
    """A full time with its zone (``2024-12-08T02:32:00Z``) as UTC.

    Raises
    ------
    InputError
        If it is not a time in ISO 8601, or has no zone.
    """
    match = _INSTANT.match(text)
    if match is None or match["hedge"]:
        raise InputError("not a full time", text, "2024-12-08T02:32:00Z")
    if match["zone"] is None:
        raise InputError("a time without zone", text, "2024-12-08T02:32:00Z or 2024-12-08T05:32:00+03:00")
    try:
        return pd.Timestamp(text).tz_convert("UTC").as_unit("us")
    except ValueError:
        raise InputError("no such time", text, "2024-12-08T02:32:00Z") from None


def day(text: str, zone: str = "UTC") -> pd.Timestamp:
    """The start of a day (``2024-12-08``) in a zone, as UTC.

    Raises
    ------
    InputError
        If it is not a day.
    """
    if _DAY.match(text) is None:
        raise InputError("not a day", text, "2024-12-08")
    return _localised(text, zone)


def position(text: str) -> Position:
    """Read ``"13 km west of Homs"`` or ``"west of Homs"``.

    Raises
    ------
    InputError
        If it has another form, or its unit or compass word is unknown.
    """
    match = _POSITION.match(text)
    if match is None:
        raise InputError("not a position", text, _POSITION_ALLOWED)
    bearing, half = heading(match["direction"])
    if not match["distance"]:
        return Position(match["place"], None, bearing, half)
    distance = figure(match["distance"], "length")
    return Position(match["place"], distance.told, bearing, half, distance.hedge)


def heading(word: str) -> tuple[float, float]:
    """Direction (degrees, true) and half the sector (degrees) of a compass word, or of a bearing (``"315 deg"``).

    Raises
    ------
    InputError
        If it is neither one of the sixteen winds nor a bearing from 0 to 360 degrees.
    """
    match = _BEARING.match(word)
    if match is None:
        bearing, half = earth.compass_deg(word)
        return float(bearing), float(half)
    degrees = float(match["degrees"])
    if not 0.0 <= degrees <= 360.0:
        raise InputError("not a direction", word, f'0 to 360 deg, as "{degrees % 360.0:g} deg", or one of the winds')
    return degrees % 360.0, 0.5 * units.quantity(f"{match['degrees']} deg", "angle").rounding_si


def duration(text: str) -> float | None:
    """A span of time in seconds, or None where it is a vague word.

    Raises
    ------
    InputError
        If it is neither a quantity of time nor a known word for one.
    """
    if any(letter.isdigit() for letter in text):
        seconds = units.quantity(text, "time").si
        if seconds <= 0.0:
            raise InputError("a span of time that is not above zero", text, '"5 min"')
        return seconds
    known_word(text, "a span of time")
    return None


def known_word(word: str, of: str) -> str:
    """The word, if the table of vague words has it as a measure of this (a key of `MEASURES`).

    Raises
    ------
    InputError
        If the word is not in the table, or measures something else.
    """
    fitting = [name for name, meant in WORDS.items() if re.match(MEASURES[of], meant.of)]
    if word not in fitting:
        raise InputError(f"not a known word for {of}", word, fitting)
    return word


def _zone(word: str | None, text: str, clock: Clock) -> str:
    if word is None:
        raise InputError("a time without zone", text, f"the time and one of {', '.join(sorted(clock.zones))}")
    if word not in clock.zones:
        raise InputError("unknown zone word", word, clock.zones)
    return clock.zones[word]


def _hedge(words: str | None) -> str:
    if words is not None and words not in HEDGES:
        raise InputError("unknown hedge of a time", words, HEDGES)
    return words or ""


def _rounding(match: re.Match[str]) -> float:
    """The step in which a clock time was told; a hedge before a round minute widens it."""
    if int(match["second"] or 0) > 0:
        return 1.0
    minute = int(match["minute"])
    if not match["hedge"] or minute % 5:
        return 60.0
    return 300.0 if minute % 10 else 600.0


def _days(clock: Clock, zone: str) -> list[str]:
    """The local days that the window touches."""
    first, last = (time.tz_convert(zone).tz_localize(None).normalize() for time in clock.window)
    return [f"{one:%Y-%m-%d}" for one in pd.date_range(first, last, freq="D")]


def _distance(time: pd.Timestamp, clock: Clock) -> pd.Timedelta:
    """How far a time lies outside the window."""
    start, end = clock.window
    return max(start - time, time - end, pd.Timedelta(0))


def _localised(text: str, zone: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(text).tz_localize(zone).tz_convert("UTC").as_unit("us")
    except ValueError:
        raise InputError(f"no such time, or not only one, in {zone}", text, "a time that exists once") from None
