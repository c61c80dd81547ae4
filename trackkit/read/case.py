"""A case folder -> a Case, or one error that says what is wrong and where. Nothing is read half."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from trackkit import air, columns
from trackkit.errors import InputError
from trackkit.model import Case, Extent, Flight, Origin, Place, Route, Runway
from trackkit.read import areas, claims, fields, files, phrases
from trackkit.read.aircraft import aircraft
from trackkit.read.case_tracks import tracks
from trackkit.read.hypotheses import hypotheses, with_runways
from trackkit.read.reports import reports
from trackkit.read.winds import ANALYSIS_SD_MPS, wind
from trackkit.wording import WORDS, meaning

__all__ = ["ORIGINS", "PLACES", "case"]

FILE = "case.toml"
PLACES = ("city", "airport", "navaid", "fix", "area", "point")
ORIGINS = (
    "sensor", "tracker", "official", "named person", "unnamed source", "outlet", "imagery", "statement",
)  # fmt: skip

_CASE = ("name", "question", "aircraft", "window", "map", "zones", "flight", "place", "origin")
_PLACE = ("id", "kind", "source")
_POINT, _AREA = ("latitude", "longitude", "radius"), ("outline", "country")
_FLIGHT = ("from", "earliest", "latest", "levels", "route")


def case(folder: str | Path) -> Case:
    """Read a case folder.

    Parameters
    ----------
    folder : str or Path
        With ``case.toml``, ``hypotheses.toml``, ``reports/<id>.toml``, ``registry.txt`` and perhaps
        ``wording.toml`` and track files in ``tracks/``.

    Returns
    -------
    Case
        In SI units, degrees and UTC; reports sorted by id, claims by report and their order in it.

    Raises
    ------
    HashError
        If a file is not the one that the registry names.
    CaseError
        If anything in it is not as it should be: file and row, what was given, what is allowed.
    """
    folder = Path(folder)
    registry, tables = files.tables(folder)
    with files.told_at(FILE):
        return _case(tables, registry, folder)


def _case(tables: Mapping[str, dict[str, Any]], registry: dict[str, str], folder: Path) -> Case:
    table = tables[FILE]
    fields.check_keys(table, _CASE, ("subject_person", "event", "track", "wind"))
    origins = _origins(table)
    context = claims.Context(_places(table), tuple(origins), phrases.Clock(_zones(table), _window(table)))
    told, found = reports(tables, context)
    return Case(
        name=fields.text(table, "name"),
        question=fields.text(table, "question"),
        window=context.clock.window,
        extent=_extent(table),
        flight=_flight(table, context),
        aircraft=aircraft(fields.text(table, "aircraft")),
        reports=told,
        claims=found,
        places={place.id: place for place in context.places.values()},
        origins=origins,
        hypotheses=hypotheses(tables["hypotheses.toml"], context),
        tracks=tracks(table, registry, folder),
        events=_events(table),
        wording=_wording(tables.get("wording.toml", {})),
        zones=dict(context.clock.zones),
        registry=registry,
        folder=folder,
        person=fields.text(table, "subject_person"),
        wind=_wind(table, registry, folder) if "wind" in table else None,
    )


def _inner(table: fields.Table, key: str) -> dict[str, Any]:
    value = table[key]
    if not isinstance(value, dict):
        raise InputError(f"{key} is not a table", value, f"[{key}]")
    return value


def _window(table: fields.Table) -> tuple[pd.Timestamp, pd.Timestamp]:
    with files.told_at(FILE, "[window]"):
        inner = _inner(table, "window")
        fields.check_keys(inner, ("start", "end"))
        start, end = (phrases.instant(fields.text(inner, key)) for key in ("start", "end"))
        if not start < end:
            raise InputError("the window ends before it starts", inner["end"], f"after {inner['start']}")
        return start, end


def _extent(table: fields.Table) -> Extent:
    with files.told_at(FILE, "[map]"):
        inner = _inner(table, "map")
        fields.check_keys(inner, ("west", "south", "east", "north"))
        west, east = (fields.number(inner, key, -180.0, 180.0) for key in ("west", "east"))
        south, north = (fields.number(inner, key, -90.0, 90.0) for key in ("south", "north"))
        if not (west < east and south < north):
            raise InputError("a map without inside", [west, south, east, north], "west < east, south < north")
        return Extent(west, south, east, north)


def _wind(table: fields.Table, registry: Mapping[str, str], folder: Path) -> air.Wind:
    """``[wind]``: ``from = "climate"``, or a registered netCDF file and perhaps the ``spread`` of its own error."""
    with files.told_at(FILE, "[wind]"):
        inner, box, window = _inner(table, "wind"), _extent(table), _window(table)
        fields.check_keys(inner, ("from",), ("spread",))
        named, place = fields.text(inner, "from"), (box.west, box.south, box.east, box.north)
        if named != "climate":
            spread = fields.measure(inner, "spread", "speed", 0.0) if "spread" in inner else ANALYSIS_SD_MPS
            if named not in registry:
                raise InputError("a file of winds that is not in the registry", named, ["climate", *registry])
            return wind(folder / named, place, window, spread)
        west, south, east, north = air.WIND_BOX
        if not (west <= box.west and box.east <= east and south <= box.south and box.north <= north):
            raise InputError("the climate's wind is kept for one region", place, f"within {air.WIND_BOX}")
        return air.climate_wind(window[0].month)


def _zones(table: fields.Table) -> dict[str, str]:
    with files.told_at(FILE, "[zones]"):
        zones = _inner(table, "zones")
        for word in zones:
            _zone(fields.text(zones, word))
        return dict(zones)


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError("unknown time zone", name, 'an IANA name such as "Asia/Damascus"') from None


def _places(table: fields.Table) -> dict[str, Place]:
    """Every place by every word for it, ids first."""
    words: dict[str, Place] = {}
    for row, one in files.rows(table, "place", FILE):
        with files.told_at(FILE, one.get("id", row)):
            place = _place(one)
            for word in (place.id, *place.also):
                if word in words:
                    raise InputError("two places of one word", word, "a word of its own for each place")
                words[word] = place
    return words


def _place(table: fields.Table) -> Place:
    drawn = [key for key in _AREA if key in table]
    fields.check_keys(table, (*_PLACE, *(drawn[:1] or _POINT)), ("also", "elevation", "runway"))
    return Place(
        id=fields.text(table, "id"),
        kind=fields.choice(table, "kind", PLACES),
        **(_drawn(table) if drawn else _pointed(table)),
        source=fields.text(table, "source"),
        elevation_m=fields.measure(table, "elevation", "length") if "elevation" in table else None,
        also=fields.texts(table, "also"),
        runways=tuple(_runway(one) for _, one in files.rows(table, "runway", FILE)),
    )


def _pointed(table: fields.Table) -> dict[str, Any]:
    return {**_coordinates(table), "radius_m": fields.measure(table, "radius", "length", 0.0)}


def _drawn(table: fields.Table) -> dict[str, Any]:
    """The outline of an area, and the circle of the same middle and size."""
    if fields.text(table, "kind") != "area":
        raise InputError("an outline of a place that is no area", fields.text(table, "kind"), ["area"])
    outline = areas.ring(table["outline"]) if "outline" in table else areas.country(fields.text(table, "country"))
    latitude, longitude, radius = areas.middle(outline)
    return {"latitude": latitude, "longitude": longitude, "radius_m": radius, "outline": outline}


def _runway(table: fields.Table) -> Runway:
    fields.check_keys(table, ("ident", "latitude", "longitude", "heading", "length"))
    return Runway(
        ident=fields.text(table, "ident"),
        **_coordinates(table),
        heading_deg=fields.number(table, "heading", 0.0, 360.0),
        length_m=fields.measure(table, "length", "length", 1.0),
    )


def _coordinates(table: fields.Table) -> dict[str, float]:
    return {
        "latitude": fields.number(table, "latitude", -90.0, 90.0),
        "longitude": fields.number(table, "longitude", -180.0, 180.0),
    }


def _origins(table: fields.Table) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    for row, one in files.rows(table, "origin", FILE):
        with files.told_at(FILE, one.get("id", row)):
            fields.check_keys(one, ("id", "name", "kind"), ("via", "note"))
            name, via = fields.text(one, "id"), fields.text(one, "via") or None
            kind = fields.choice(one, "kind", ORIGINS)
            origin = Origin(name, fields.text(one, "name"), kind, via, fields.text(one, "note"))
            if name in found:
                raise InputError("two origins of one id", origin.id, "an id of its own for each")
            found[origin.id] = origin
    fields.check_chains({name: origin.via for name, origin in found.items()}, "origin", lambda name: FILE)
    return found


def _flight(table: fields.Table, context: claims.Context) -> Flight:
    with files.told_at(FILE, "[flight]"):
        inner = _inner(table, "flight")
        fields.check_keys(inner, _FLIGHT)
        earliest, latest = (phrases.instant(fields.text(inner, key)) for key in ("earliest", "latest"))
        low, high = _levels(inner)
        if earliest > latest:
            allowed = f"{inner['earliest']} or after"
            raise InputError("the latest take-off is before the earliest", inner["latest"], allowed)
        origin = with_runways(context.places, fields.text(inner, "from"))
        routes = tuple(_route(one, row, context) for row, one in files.rows(inner, "route", FILE))
        fields.sums_to_one((route.weight for route in routes), "the weights of the routes")
        return Flight(origin.id, earliest, latest, low, high, routes)


def _levels(table: fields.Table) -> tuple[float, float]:
    texts = fields.texts(table, "levels")
    levels = [fields.measure({"levels": text}, "levels", "length", 0.0) for text in texts]
    if len(levels) != 2 or levels[0] > levels[1]:
        raise InputError("not a range of levels", list(texts), '["20000 ft", "28000 ft"], the lower first')
    return levels[0], levels[1]


def _route(table: fields.Table, row: str, context: claims.Context) -> Route:
    with files.told_at(FILE, table.get("name", row)):
        fields.check_keys(table, ("name", "weight", "source"), ("via", "to"))
        via = tuple(claims.named(context.places, word).id for word in fields.texts(table, "via"))
        to = with_runways(context.places, fields.text(table, "to")).id if "to" in table else None
        return Route(
            fields.text(table, "name"),
            fields.fraction(table, "weight"),
            via,
            to,
            fields.text(table, "source"),
        )


def _events(table: fields.Table) -> pd.DataFrame:
    found = []
    for row, one in files.rows(table, "event", FILE):
        with files.told_at(FILE, row):
            fields.check_keys(one, ("time", "text", "source"))
            time = phrases.instant(fields.text(one, "time"))
            found.append({"time": time, "text": fields.text(one, "text"), "source": fields.text(one, "source")})
    return columns.conform(pd.DataFrame(found), columns.EVENTS)


def _wording(table: dict[str, Any]) -> dict[str, dict[str, float | str]]:
    with files.told_at("wording.toml"):
        fields.check_keys(table, (), WORDS)
        for word in table:
            fields.check_keys(_inner(table, word), (), ("low", "median", "high", "reference", "caution"))
            _check_points(table[word], word)
        return table


def _check_points(own: dict[str, Any], word: str) -> None:
    with files.told_at("wording.toml", word):
        for key in own:
            if key in ("low", "median", "high"):
                fields.number(own, key)
            else:
                fields.text(own, key)
        meaning(word, {word: own})
