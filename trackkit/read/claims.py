"""One [[claim]] of a report -> one row of `Case.claims`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trackkit import wording
from trackkit.errors import InputError
from trackkit.model import Place
from trackkit.read import fields, kinds, phrases

__all__ = ["ASSUMABLE", "DATUMS", "LONGEST_QUOTE", "Context", "asserted", "claim", "named"]

LONGEST_QUOTE = 15
DATUMS = ("pressure", "sea level", "ground")
ASSUMABLE = ("zone", "datum", "time")
SUBJECTS = ("aircraft", "person", "other")

_REQUIRED = ("id", "says", "quote", "words", "subject", "origin", "credibility")
_OPTIONAL = ("copy_of", "credited", "denied", "assumed", "paraphrase", "note")


@dataclass(frozen=True)
class Context:
    """What a claim's words refer to in its case: places by every word for them, origins, clock."""

    places: Mapping[str, Place]
    origins: tuple[str, ...]
    clock: phrases.Clock


def claim(table: fields.Table, report: str, context: Context) -> dict[str, Any]:
    """The row of one claim.

    Parameters
    ----------
    table : mapping
        The ``[[claim]]`` as it stands in the file.
    report : str
        The report's id.
    context : Context

    Returns
    -------
    dict
        Values by the names of `trackkit.columns.CLAIMS`, only those that are given.

    Raises
    ------
    InputError
        If a key, kind, word, unit, place, origin or zone is unknown, a needed value is missing, or the
        quotation is too long.
    """
    says = _says(table)
    fields.check_keys(table, _REQUIRED, {*_OPTIONAL, *kinds.KINDS[says].allowed})
    row = {
        "id": _filled(table, "id"),
        "report": report,
        "quote": _quote(table),
        "words": _filled(table, "words"),
        "subject": fields.choice(table, "subject", SUBJECTS),
        "origin": fields.choice(table, "origin", context.origins),
        "credibility": fields.choice(table, "credibility", "123456"),
        "copy_of": fields.text(table, "copy_of"),
        "credited": fields.choice(table, "credited", context.origins),
        "assumed": _assumed(table),
        "paraphrase": fields.flag(table, "paraphrase"),
        "note": fields.text(table, "note"),
    }
    return {**row, **_statement(table, says, context)}


def asserted(table: fields.Table, name: str, context: Context) -> dict[str, Any]:
    """The row of a claim that a hypothesis takes as given: a kind and its values, no quotation."""
    says = _says(table)
    fields.check_keys(table, ("says",), {"denied", "words", "subject", *kinds.KINDS[says].allowed})
    row = _statement(table, says, context)
    default = "person" if "person" in kinds.KINDS[says].allowed else "aircraft"
    words = fields.text(table, "words") or f"{says.replace('_', ' ')} {row['as_reported']}".strip()
    return {"id": name, "words": words, "subject": fields.choice(table, "subject", SUBJECTS, default), **row}


def named(places: Mapping[str, Place], word: str) -> Place:
    """The place that a word stands for.

    Raises
    ------
    InputError
        If no place has this id or other name.
    """
    if word not in places:
        raise InputError("unknown place", word, places)
    return places[word]


def _says(table: fields.Table) -> str:
    if "says" not in table:
        raise InputError("the key 'says' is missing", None, kinds.KINDS)
    return fields.choice(table, "says", kinds.KINDS)


def _statement(table: fields.Table, says: str, context: Context) -> dict[str, Any]:
    """The part of a row that speaks of the path or the person."""
    for group in kinds.KINDS[says].one_of:
        if not any(key in table for key in group):
            raise InputError(f"a claim of kind {says!r} without its value", None, " or ".join(group))
    row: dict[str, Any] = {"says": says, "denied": fields.flag(table, "denied")}
    row["as_reported"] = _as_reported(table)
    for part in (_time, _place, _heights, _motion, _turn, _spans, _part, _others):
        row.update(part(table, context))
    return row


def _filled(table: fields.Table, key: str) -> str:
    value = fields.text(table, key)
    if not value.strip():
        raise InputError(f"{key} is empty", value, "some words")
    return value


def _quote(table: fields.Table) -> str:
    quote, paraphrase = fields.text(table, "quote"), fields.flag(table, "paraphrase")
    length = len(quote.split())
    if length > LONGEST_QUOTE:
        raise InputError(f"a quotation of {length} words", quote, f"{LONGEST_QUOTE} words at most")
    if not quote.strip() and not paraphrase:
        raise InputError("a quotation that is empty", quote, "the words it rests on, or paraphrase = true")
    if quote.strip() and paraphrase:
        raise InputError("a quotation in a paraphrase", quote, 'quote = "" where paraphrase = true')
    return quote


def _assumed(table: fields.Table) -> tuple[str, ...]:
    words = fields.texts(table, "assumed")
    for word in words:
        if word not in ASSUMABLE:
            raise InputError("not a thing that can be assumed", word, ASSUMABLE)
    return words


def _as_reported(table: fields.Table) -> str:
    return ", ".join(f"{lead}{table[key]}" for key, lead in kinds.REPORTED.items() if key in table)


def _time(table: fields.Table, context: Context) -> dict[str, Any]:
    date = fields.text(table, "date") or None
    if "time" not in table and date is None:
        return {}
    if "time" in table:
        moment = phrases.moment(fields.text(table, "time"), context.clock, date)
    else:
        moment = _whole_day(table, date or "", context.clock)
    _near_window(moment, context.clock, table.get("time", date))
    return {"time": moment.time, "time_rounding_s": moment.rounding_s, "time_hedge": moment.hedge,
            "until": moment.until}  # fmt: skip


def _whole_day(table: fields.Table, date: str, clock: phrases.Clock) -> phrases.Moment:
    if table["says"] != "arrived":
        raise InputError("a date without a time", date, "date with time (alone only for 'arrived')")
    if "local" not in clock.zones:
        raise InputError("unknown zone word", "local", clock.zones)
    return phrases.Moment(phrases.day(date, clock.zones["local"]), 86_400.0)


def _near_window(moment: phrases.Moment, clock: phrases.Clock, given: object) -> None:
    """Days count from midnight UTC: a report may be wrong by a day and still be read."""
    first, last = clock.window[0].floor("D"), clock.window[1].ceil("D")
    if not first - np.timedelta64(1, "D") <= moment.time <= last + np.timedelta64(1, "D"):
        nearest = min((first, last), key=lambda edge: abs(moment.time - edge))
        allowed = f"{first:%Y-%m-%d} to {last:%Y-%m-%d} (UTC), a day more at either end; the nearest is {nearest:%d %B}"
        given = f"{given} = {moment.time:%Y-%m-%d %H:%MZ}"
        raise InputError("a time outside the window by more than a day", given, allowed)


def _place(table: fields.Table, context: Context) -> dict[str, Any]:
    ways = [key for key in kinds.SOMEWHERE if key in table]
    if len(ways) > 1:
        allowed = "one of at, near, over, inside, position, latitude + longitude"
        raise InputError("more than one place", ways, allowed)
    if "longitude" in table or "radius" in table or ways == ["latitude"]:
        return _point(table)
    if not ways:
        return {}
    if ways == ["position"]:
        return _offset(fields.text(table, "position"), context)
    place = named(context.places, fields.text(table, ways[0]))
    if ways == ["inside"] and not place.outline:
        drawn = sorted({one.id for one in context.places.values() if one.outline})
        raise InputError("inside a place that has no outline", place.id, drawn or "a place with outline or country")
    inside = place.outline and ways[0] in ("at", "over")
    return {**_of_place(place), "relation": "inside" if inside else ways[0]}


def _point(table: fields.Table) -> dict[str, Any]:
    if "latitude" not in table or "longitude" not in table:
        given = [key for key in ("latitude", "longitude", "radius") if key in table]
        raise InputError("half a position", given, "latitude and longitude, with radius or without")
    radius = fields.measure(table, "radius", "length", 0.0) if "radius" in table else 0.0
    return {
        "relation": "point",
        "latitude": fields.number(table, "latitude", -90.0, 90.0),
        "longitude": fields.number(table, "longitude", -180.0, 180.0),
        "place_radius_m": radius,
    }


def _offset(text: str, context: Context) -> dict[str, Any]:
    position = phrases.position(text)
    row = {**_of_place(named(context.places, position.place)), "relation": "of"}
    row.update(bearing_deg=position.bearing_deg, bearing_half_deg=position.bearing_half_deg)
    row["bearing_word"] = _wind(position.bearing_deg, position.bearing_half_deg)
    if position.distance is not None:
        row.update(distance_m=position.distance.si, distance_rounding_m=position.distance.rounding_si)
        row["distance_hedge"] = position.hedge
    return row


def _wind(bearing_deg: float, half_deg: float) -> str:
    """The wind that was named; empty for a bearing in degrees."""
    return wording.wind(bearing_deg) if half_deg in (11.25, 22.5, 45.0) else ""


def _of_place(place: Place) -> dict[str, Any]:
    return {
        "place": place.id,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "place_radius_m": place.radius_m,
    }


def _heights(table: fields.Table, context: Context) -> dict[str, Any]:
    names = {"altitude": "altitude", "to": "altitude", "from": "from"}
    given = [key for key in names if key in table]
    if given and "datum" not in table:
        raise InputError(f"a height ({given[0]}) without datum", table[given[0]], DATUMS)
    if "datum" in table and not given:
        raise InputError("a datum without a height", table["datum"], "altitude, from or to")
    datum, at_most = fields.choice(table, "datum", DATUMS), fields.flag(table, "at_most")
    if at_most and "to" not in table:
        raise InputError("the highest of the flight, without a height", None, "to")
    row: dict[str, Any] = {"datum": datum, "at_most": at_most}
    figures = {key: _figure(table, key, "length") for key in given}
    for key, figure in figures.items():
        value = "from_altitude_m" if key == "from" else "altitude_m"
        row.update({value: figure.told.si, f"{names[key]}_rounding_m": figure.rounding_si,
                    f"{names[key]}_hedge": figure.hedge})  # fmt: skip
    return {**row, "rounder": _rounder(figures.values())}


def _rounder(figures: Iterable[phrases.Figure]) -> str:
    return ", ".join(f"{one.told.text} from {one.rounder.text}" for one in figures if one.rounder)


def _motion(table: fields.Table, context: Context) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if "speed" in table:
        speed = _figure(table, "speed", "speed", 0.0)
        row.update(speed_mps=speed.told.si, speed_rounding_mps=speed.rounding_si, speed_hedge=speed.hedge)
        row.update({"rounder": _rounder([speed])} if speed.rounder else {})
    if "rate" in table:
        row["rate_mps"] = _figure(table, "rate", "speed").told.si
    if "heading" in table:
        row["heading_deg"], row["heading_half_deg"] = phrases.heading(fields.text(table, "heading"))
        row["heading_word"] = _wind(row["heading_deg"], row["heading_half_deg"])
    if "length" in table:
        row["length_m"] = _figure(table, "length", "length", 0.0).told.si
    return row


def _figure(table: fields.Table, key: str, dimension: str, low: float = -np.inf) -> phrases.Figure:
    """A value, the step in which it was told, and its hedge."""
    figure = phrases.figure(fields.text(table, key), dimension)
    if figure.told.si < low:
        raise InputError(f"{key} is out of range", table[key], f"{low:g} or more")
    return figure


def _turn(table: fields.Table, context: Context) -> dict[str, Any]:
    row: dict[str, Any] = {"side": fields.choice(table, "side", ("left", "right"))}
    angle = fields.text(table, "angle")
    if any(letter.isdigit() for letter in angle):
        row["angle_deg"] = fields.measure(table, "angle", "angle", 0.0)
    elif "angle" in table:
        row["angle_word"] = phrases.known_word(angle, kinds.MANNER["turned"])
    if "how" in table:
        row["how"] = phrases.known_word(fields.text(table, "how"), kinds.MANNER[table["says"]])
    return row


def _spans(table: fields.Table, context: Context) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key in ("within", "lasting"):
        if key in table:
            row[key] = fields.text(table, key)
            row[f"{key}_s"] = phrases.duration(row[key])
    return {key: value for key, value in row.items() if value is not None}


def _part(table: fields.Table, context: Context) -> dict[str, Any]:
    """Which part of the flight: its first or last minutes, or those before or after a place."""
    ways = [key for key in ("phase", "before", "after") if key in table]
    if len(ways) > 1:
        raise InputError("more than one part of the flight", ways, "one of phase, before, after")
    row: dict[str, Any] = {"phase": fields.choice(table, "phase", ("first", "last"))}
    for key in ("before", "after"):
        if key in table:
            place = named(context.places, fields.text(table, key))
            row[key] = place.id
            row.update(anchor_latitude=place.latitude, anchor_longitude=place.longitude)
    return row


def _others(table: fields.Table, context: Context) -> dict[str, Any]:
    row: dict[str, Any] = {"person": fields.text(table, "person"), "about": fields.text(table, "about")}
    if "toward" in table:
        place = named(context.places, fields.text(table, "toward"))
        row.update(
            toward=place.id,
            toward_latitude=place.latitude,
            toward_longitude=place.longitude,
            toward_radius_m=place.radius_m,
        )
    return row
