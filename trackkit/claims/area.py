"""Areas as places of claims: how far each point of a grid lies from the edge, and how much the area says."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from trackkit import earth
from trackkit.claims.parts import Where
from trackkit.model import Extent, Place

Array = NDArray[np.float64]

#: how sharp an edge is (m): stored borders and a path's own position are no better (`data/earth/README.md`)
EDGE_SD_M = 2_000.0
#: cells of the grid along each side, and what it goes beyond the area (m)
_CELLS, _MARGIN_M = 160, 12_000.0
#: straight stretches of an outline, in degrees, are cut to this before they are put on the plane
_STRETCH_DEG = 0.1


@cache
def area(place: Place, extent: Extent, frame: tuple[Any, ...]) -> Where:
    """An area with soft edges: as likely everywhere inside, falling off beyond its edge like a normal.

    L(x) = exp(-d^2 / 2 s^2) / A, with d the distance outside the area, s the edge's error, and A such that L sums to
    one over the extent of the case: what lies outside it could not be named by a claim that means nothing either.

    Parameters
    ----------
    place : Place
        With an outline.
    extent : Extent
    frame : tuple
        Unit vectors up, east, north at the place's point, and the radii of curvature there (m).
    """
    up, east, north, radii = frame
    inside = _flat(place.outline, frame)
    west, south, east_deg, north_deg = extent.west, extent.south, extent.east, extent.north
    around = _flat((((south, west), (south, east_deg), (north_deg, east_deg), (north_deg, west)),), frame)
    x, y = _grid(inside, around)
    points = shapely.points(*np.meshgrid(x, y))
    shapely.prepare(inside)
    shapely.prepare(around)
    off = shapely.distance(inside.boundary, points) * np.where(shapely.contains(inside, points), -1.0, 1.0)
    counted = shapely.contains(around, points)
    density = np.exp(-0.5 * (np.maximum(off, 0.0) / EDGE_SD_M) ** 2)
    whole = (density * (counted if counted.any() else 1.0)).sum() * (x[1] - x[0]) * (y[1] - y[0])
    corner = (float(x[0]), float(y[0]), float(x[1] - x[0]), float(y[1] - y[0]))
    precision = (EDGE_SD_M**-2, 0.0, EDGE_SD_M**-2)
    return Where(True, up, east, north, radii, precision, -math.log(whole), off, corner)


def _flat(outline: tuple[tuple[tuple[float, float], ...], ...], frame: tuple[Any, ...]) -> Any:
    """The outline on the tangent plane (m)."""
    _, east, north, (east_m, north_m) = frame
    parts = []
    for one in outline:
        line = shapely.segmentize(shapely.Polygon([(lon, lat) for lat, lon in one]), _STRETCH_DEG)
        lon, lat = np.asarray(line.exterior.coords).T
        normals = earth.geocentric(lat, lon)
        parts.append(shapely.Polygon(np.column_stack([normals @ east * east_m, normals @ north * north_m])))
    return shapely.union_all(parts)


def _grid(inside: Any, around: Any) -> tuple[Array, Array]:
    """The grid's coordinates: over what of the area lies in the extent, or, where nothing does, over all of it."""
    west, south, east, north = inside.bounds
    w, s, e, n = around.bounds
    cut = (max(west, w), max(south, s), min(east, e), min(north, n))
    if cut[0] < cut[2] and cut[1] < cut[3]:
        west, south, east, north = cut
    return (np.linspace(west - _MARGIN_M, east + _MARGIN_M, _CELLS),
            np.linspace(south - _MARGIN_M, north + _MARGIN_M, _CELLS))  # fmt: skip
