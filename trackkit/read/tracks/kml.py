"""KML and KMZ with times: ``gx:Track`` and placemarks of one point and one moment; tar1090 and FlightAware among them.

OGC 07-147r2 measures altitude from the EGM96 geoid, many programs write other heights, tar1090 three kinds under the
same `altitudeMode`: what heights are above has to be told. Only times that are direct children count, never those of a
camera or a description. Nothing is fetched. Order: longitude, latitude, altitude in metres.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from trackkit.errors import TrackError
from trackkit.read.tracks import trees
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet, heights, one_aircraft, timed
from trackkit.read.tracks.values import Fault, Floats, numbers, plain

__all__ = ["recognise", "sheet"]

_FLIGHTAWARE = "FlightAware"
_PRESSURE = "altitudes are pressure altitudes, rounded to hundreds of feet; not said which positions are estimated"
#: how tar1090 names the folder of an aircraft; its sections without altitudeMode are on the ground
_SECTION = " track"
_ABSOLUTE = "heights of other modes than absolute are not taken"


@dataclass(frozen=True)
class _Row:
    """One moment and its coordinates, as they stand in the file."""

    when: str
    place: str
    separator: str | None
    absolute: bool
    ground: bool
    gap: bool
    folder: str


def recognise(content: Content) -> bool:
    """XML whose root is ``kml``."""
    return content.xml is not None and trees.local(content.xml) == "kml"


def sheet(content: Content, options: Options) -> Sheet:
    """One row a moment.

    Raises
    ------
    TrackError
        If a track has not as many moments as coordinates, there are several aircraft and none is asked for, or heights
        whose datum is not told.
    """
    root: Element = content.xml  # type: ignore[assignment]
    document = plain(trees.text(root, "Document", "name"))
    ours = document.startswith(_FLIGHTAWARE)
    rows = list(_rows(root, ""))
    folder, others = one_aircraft([row.folder for row in rows], options.aircraft, content.name)
    values, wrong = _coordinates(rows)
    altitude_m = values.pop("altitude")
    found, notes = ({"altitude_baro_m": altitude_m}, (_PRESSURE,)) if ours else heights(altitude_m, options)
    time_s, undated = timed([row.when for row in rows], options)
    table = {
        **values, **found, "time_s": time_s, "on_ground": [row.ground for row in rows],
        "gap_before": [row.gap for row in rows],
    }  # fmt: skip
    return Sheet(
        "FlightAware KML" if ours else "KML", _flight(document) if ours else folder.removesuffix(_SECTION) or document,
        _FLIGHTAWARE if ours else document or "KML", table, given=lambda row: f"{rows[row].when} {rows[row].place}",
        faults=[(others, "another aircraft"), *wrong, undated], notes=(*notes, _ABSOLUTE),
    )  # fmt: skip


def _flight(document: str) -> str:
    """``FlightAware ✈ N702GH 17-Aug-2022 (KSJC-KLAX)`` -> ``N702GH``."""
    return next((word for word in document.split()[1:] if word[:1].isalnum()), "")


def _coordinates(rows: list[_Row]) -> tuple[dict[str, Floats], list[Fault]]:
    """Longitude, latitude and, of absolute ones, altitude."""
    parts = [row.place.split(row.separator) for row in rows]
    wrong = np.array([len(part) not in (2, 3) for part in parts], dtype=bool)
    cells = [["", "", ""] if bad else [*part, ""][:3] for part, bad in zip(parts, wrong, strict=True)]
    values, faults = numbers({
        "longitude": [one[0] for one in cells], "latitude": [one[1] for one in cells],
        "altitude": [one[2] if row.absolute else "" for one, row in zip(cells, rows, strict=True)],
    })  # fmt: skip
    return values, [(wrong, "coordinates of another form"), *faults]


def _rows(element: Element, folder: str) -> Iterator[_Row]:
    """The moments below an element, each with the name of its folder."""
    for one in element:
        name = trees.local(one)
        if name == "Placemark":
            yield from _placemark(one, folder)
        elif name in ("Document", "Folder"):
            yield from _rows(one, plain(trees.text(one, "name")) if name == "Folder" else folder)


def _placemark(placemark: Element, folder: str) -> Iterator[_Row]:
    """The moments of its tracks, or the one of its point."""
    for part in trees.children(placemark, "MultiTrack"):
        for number, track in enumerate(trees.children(part, "Track")):
            yield from _moments(track, folder, gap=number > 0)
    for track in trees.children(placemark, "Track"):
        yield from _moments(track, folder, gap=False)
    point = trees.child(placemark, "Point")
    if point is not None:
        when, absolute = trees.text(placemark, "TimeStamp", "when"), trees.text(point, "altitudeMode") == "absolute"
        yield _Row(when, trees.text(point, "coordinates"), ",", absolute, False, False, folder)


def _moments(track: Element, folder: str, gap: bool) -> Iterator[_Row]:
    """Moments and coordinates by their order; both may stand in two runs or take turns."""
    whens, places = ([trees.text(one) for one in trees.children(track, name)] for name in ("when", "coord"))
    if len(whens) != len(places):
        counts = f"{len(whens)} moments, {len(places)} coordinates"
        raise TrackError("a track that does not say which time belongs to which place", counts, "as many of both")
    mode = trees.text(track, "altitudeMode")
    ground = not mode and folder.endswith(_SECTION)
    for number, (when, place) in enumerate(zip(whens, places, strict=True)):
        yield _Row(when, place, None, mode == "absolute", ground, gap and number == 0, folder)
