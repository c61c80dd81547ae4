"""Areas that claims name: an outline written in the case, or a country from the stored borders."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

from trackkit.earth import data_folder
from trackkit.errors import InputError

__all__ = ["Outline", "countries", "country", "middle", "ring"]

#: rings of (latitude, longitude), degrees; no holes
Outline = tuple[tuple[tuple[float, float], ...], ...]

_WGS84 = Geod(ellps="WGS84")
#: how far beside a border line its side is looked up (degrees), and the share of lines that must agree
_BESIDE_DEG, _AGREE = 0.003, 0.9


def country(name: str) -> Outline:
    """The outline of a country, from the borders and the land that come with trackkit.

    De facto lines of Natural Earth, cut at the box 31-38.5 N, 32-43 E; land only, without territorial sea. A country
    that the stored lines do not close off from its neighbours is not offered.

    Raises
    ------
    InputError
        If it is none of those.
    """
    known = countries()
    if name not in known:
        raise InputError("not a country of the stored borders", name, known)
    return known[name]


@cache
def countries() -> dict[str, Outline]:
    """Every country that the stored borders close off, by name."""
    folder = data_folder() / "earth"
    land = shapely.union_all([_shape(one) for one in _features(folder / "land.geojson")])
    borders = [(_shape(one), one["properties"]) for one in _features(folder / "borders.geojson")]
    net = shapely.union_all([land.boundary, *(line for line, _ in borders)])
    cells = [one for one in shapely.polygonize([net]).geoms if land.contains(one.representative_point())]
    names = _named(cells, borders)
    whole = {name: shapely.union_all([cell for cell, own in zip(cells, names, strict=True) if own == name])
             for name in sorted(set(names) - {""})}  # fmt: skip
    return {name: _rings(area) for name, area in whole.items()}


def ring(points: object) -> Outline:
    """An outline as written in a case: ``[[33.1, 35.1], [33.1, 36.0], [34.6, 36.0]]``, latitude first.

    Raises
    ------
    InputError
        If it is not three points or more, a value is out of range, or the line crosses itself.
    """
    allowed = "three points or more, [[latitude, longitude], …]"
    if not isinstance(points, list) or len(points) < 3 or not all(_is_point(one) for one in points):
        raise InputError("not an outline", points, allowed)
    found = tuple((float(lat), float(lon)) for lat, lon in points)
    if not shapely.Polygon(found).is_valid:
        raise InputError("an outline that crosses itself", points, "the points in their order around the area")
    return (found,)


def middle(outline: Outline) -> tuple[float, float, float]:
    """Latitude and longitude of an area's middle, and the radius (m) of the circle of the same area."""
    flat = shapely.MultiPolygon([shapely.Polygon([(lon, lat) for lat, lon in one]) for one in outline])
    area = sum(abs(_WGS84.polygon_area_perimeter(*np.array(one).T[::-1])[0]) for one in outline)
    return float(flat.centroid.y), float(flat.centroid.x), float(np.sqrt(area / np.pi))


def _is_point(one: object) -> bool:
    if not isinstance(one, list) or len(one) != 2:
        return False
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in one):
        return False
    return bool(abs(one[0]) <= 90.0 and abs(one[1]) <= 180.0)


def _features(path: Any) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["features"])


def _shape(feature: dict[str, Any]) -> Any:
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def _named(cells: list[Any], borders: list[tuple[Any, dict[str, Any]]]) -> list[str]:
    """The country of each cell by the border lines along it; empty where they do not agree, or there are none."""
    tree, votes = shapely.STRtree(cells), [Counter[str]() for _ in cells]
    for line, told in borders:
        for side, point in _beside(line):
            for cell in tree.query(point, predicate="within"):
                votes[cell][str(told.get(side, ""))] += 1
    firsts = [one.most_common(1) for one in votes]
    sure = [bool(first) and first[0][1] >= _AGREE * one.total() for first, one in zip(firsts, votes, strict=True)]
    return [first[0][0] if ok else "" for first, ok in zip(firsts, sure, strict=True)]


def _beside(line: Any) -> Iterator[tuple[str, Any]]:
    """A point to the left and one to the right of the middle of every stretch of a line."""
    for part in getattr(line, "geoms", [line]):
        xy = np.asarray(part.coords)
        along = np.diff(xy, axis=0)
        long = np.hypot(*along.T)
        across = _BESIDE_DEG * np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(long, 1e-12)[:, None]
        for spot, off in zip(0.5 * (xy[1:] + xy[:-1])[long > 0.0], across[long > 0.0], strict=True):
            yield "left", shapely.Point(spot + off)
            yield "right", shapely.Point(spot - off)


def _rings(area: Any) -> Outline:
    parts = getattr(area, "geoms", [area])
    return tuple(tuple((float(y), float(x)) for x, y in part.exterior.coords[:-1]) for part in parts)
