"""GeoJSON trips: LineStrings of ``[longitude, latitude, altitude, time]``, as kepler.gl has them.

https://docs.kepler.gl/docs/user-guides/c-types-of-layers/k-trip ; the time is in Unix seconds or milliseconds. RFC 7946
measures altitude from the WGS84 ellipsoid. Every line but the first of an aircraft begins after a hole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from trackkit.errors import TrackError
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet, one_aircraft
from trackkit.read.tracks.values import Floats, numbers, plain, within

__all__ = ["recognise", "sheet"]

_TYPES = ("FeatureCollection", "Feature", "LineString", "MultiLineString")
_NAMES = ("callsign", "icao24", "name", "id")
_NOTE = "heights are above the WGS84 ellipsoid, as RFC 7946 says"
#: beyond this a time is in milliseconds
_MILLISECONDS = 1e11


def recognise(content: Content) -> bool:
    """A JSON object whose ``type`` is of GeoJSON."""
    found = content.json
    return isinstance(found, dict) and found.get("type") in _TYPES


def sheet(content: Content, options: Options) -> Sheet:
    """One row a coordinate of a line.

    Raises
    ------
    TrackError
        If there is no line, some times are in seconds and some in milliseconds, or there are several aircraft and none
        is asked for.
    """
    lines = list(_lines(content.json))
    if not lines:
        raise TrackError("GeoJSON without a line", content.json["type"], "LineStrings of four-part coordinates")
    rows = [row for _, line in lines for row in line]
    wrong = np.array([not isinstance(row, list) or len(row) != 4 for row in rows], dtype=bool)
    cells = [[None] * 4 if bad else row for row, bad in zip(rows, wrong, strict=True)]
    places = ("longitude", "latitude", "altitude_geom_m", "time_s")
    values, faults = numbers({name: [one[place] for one in cells] for place, name in enumerate(places)})
    name, others = one_aircraft([name for name, line in lines for _ in line], options.aircraft, content.name)
    table = {**values, "time_s": _seconds(values["time_s"]), "gap_before": _starts(lines)}
    return Sheet(
        "GeoJSON trip", name, "GeoJSON", table, given=rows.__getitem__, notes=(_NOTE,),
        faults=[(others, "another aircraft"), (wrong, "a coordinate that has not four parts"), *faults],
    )  # fmt: skip


def _lines(found: Any, name: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Name and coordinates of every line in a collection, a feature or a geometry."""
    kind = within(found, "type")
    if kind == "FeatureCollection":
        features = found.get("features")
        for feature in features if isinstance(features, list) else []:
            if within(feature, "type") == "Feature":
                yield from _lines(feature)
    elif kind == "Feature":
        names = [within(found, "properties", key) for key in _NAMES]
        yield from _lines(found.get("geometry"), next((plain(one) for one in names if one not in (None, "")), ""))
    elif kind in ("LineString", "MultiLineString"):
        lines = found.get("coordinates") if kind == "MultiLineString" else [found.get("coordinates")]
        yield from ((name, line) for line in (lines if isinstance(lines, list) else []) if isinstance(line, list))


def _starts(lines: list[tuple[str, list[Any]]]) -> list[bool]:
    """Whether a row begins a line that is not the first of its aircraft."""
    names = [name for name, _ in lines]
    later = [name in names[:number] for number, name in enumerate(names)]
    return [gap and place == 0 for gap, (_, line) in zip(later, lines, strict=True) for place in range(len(line))]


def _seconds(times: Floats) -> Floats:
    """Unix seconds; the file may have milliseconds throughout."""
    milli = times > _MILLISECONDS
    if milli.any() and not (milli | np.isnan(times)).all():
        raise TrackError("some times in seconds and some in milliseconds", None, "one unit throughout")
    return times / 1000.0 if milli.any() else times
