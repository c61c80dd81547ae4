"""The ground under the maps: land, coast, borders, lakes and shaded relief, cut to a box."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import LightSource
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from trackkit import earth
from trackkit.model import Extent

__all__ = ["draw", "sources"]

SEA, LAND, COAST, BORDER = "#e4edf3", "#fbfaf6", "#7d919d", "#8a7f76"
_BOX = (32.0, 31.0, 43.0, 38.5)  # the maps' own box; its edges are no coast
_EDGE = 1e-3
_SHADE = 0.30
_BEYOND_DEG = 0.25  # how far beyond a map's edge its coarse coast is made


def draw(axes: Axes, extent: Extent) -> None:
    """Sea, land, relief, lakes, coast and borders of a box; beyond the stored maps, a coast of 5 arc-minutes."""
    axes.set_facecolor(SEA)
    if not _mapped(extent):
        _coarse_land(axes, extent)
        _relief(axes, extent)
        return
    _fill(axes, _cut("land", extent), LAND, 0.1)
    _relief(axes, extent)
    _fill(axes, _cut("lakes", extent), SEA, 0.3)
    _lines(axes, _shore(extent), COAST, 0.5, "-")
    _lines(axes, _lines_of(_cut("borders", extent)), BORDER, 0.6, (0, (4.0, 2.0)))


def sources(extent: Extent) -> str:
    """What must be said below a map of a box: whose lines and relief they are."""
    relief = "GLOBE" if earth.terrain_grid(_sides(extent)).error.masks else "5 arc-minutes, ITU-R P.1511-2"
    if _mapped(extent):
        return f"Borders: de facto lines, Natural Earth; relief: {relief}."
    return f"Coast and relief: {relief}; no borders, lakes or rivers are stored here."


def _mapped(extent: Extent) -> bool:
    """Whether the stored maps hold all of a box."""
    return bool(shapely.box(*_BOX).contains(_rectangle(extent)))


def _sides(extent: Extent) -> tuple[float, float, float, float]:
    return extent.west, extent.south, extent.east, extent.north


def _coarse_land(axes: Axes, extent: Extent) -> None:
    """Land where the 5 arc-minutes have a height: the coast may be a cell off, and polders are kept."""
    west, south, east, north = _sides(extent)
    wide = (max(west - _BEYOND_DEG, -180.0), max(south - _BEYOND_DEG, -90.0),
            min(east + _BEYOND_DEG, 180.0), min(north + _BEYOND_DEG, 90.0))  # fmt: skip
    grid = earth.terrain_grid(wide)
    rows, columns = grid.height_m.shape
    lat = grid.north_deg - (np.arange(rows) + 0.5) / grid.cells_per_degree
    lon = grid.west_deg + (np.arange(columns) + 0.5) / grid.cells_per_degree
    land = (grid.height_m != 0).astype(float)
    if land.min() == land.max():
        axes.set_facecolor(LAND if land.any() else SEA)
        return
    axes.contourf(lon, lat, land, [0.5, 1.5], colors=[LAND], zorder=0.1)
    axes.contour(lon, lat, land, [0.5], colors=[COAST], linewidths=0.5, zorder=2)


def _rectangle(extent: Extent) -> BaseGeometry:
    return shapely.box(extent.west, extent.south, extent.east, extent.north)


@cache
def _cut(name: str, extent: Extent) -> BaseGeometry:
    return shapely.intersection(_layer(name), _rectangle(extent))


@cache
def _layer(name: str) -> BaseGeometry:
    """A stored layer, or the lakes of both: only the fine one has Lake Qattinah."""
    text = (earth.data_folder() / "earth" / f"{name}.geojson").read_text(encoding="utf-8")
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in json.loads(text)["features"]]
    if name == "coast_fine":
        shapes = [shape for shape in shapes if shape.geom_type.endswith("Polygon")]
    return shapely.union_all([*shapes, _layer("coast_fine")] if name == "lakes" else shapes)


@cache
def _shore(extent: Extent) -> list[np.ndarray]:
    """The outline of the land and of the lakes, without the edges of the stored box."""
    west, south, east, north = _BOX
    inner = shapely.box(west + _EDGE, south + _EDGE, east - _EDGE, north - _EDGE)
    coast = shapely.intersection(shapely.intersection(_layer("land").boundary, inner), _rectangle(extent))
    return _lines_of(coast) + _lines_of(_cut("lakes", extent).boundary)


def _lines_of(shape: BaseGeometry) -> list[np.ndarray]:
    return [np.asarray(part.coords) for part in _parts(shape) if part.geom_type in ("LineString", "LinearRing")]


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    return [part for one in shape.geoms for part in _parts(one)] if hasattr(shape, "geoms") else [shape]


def _lines(axes: Axes, lines: list[np.ndarray], color: str, width: float, style: object) -> None:
    axes.add_collection(LineCollection(lines, colors=color, linewidths=width, linestyles=[style], zorder=2))


def _fill(axes: Axes, shape: BaseGeometry, color: str, order: float) -> None:
    polygons = [part for part in _parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    paths = [Path.make_compound_path(*(Path(ring.coords) for ring in _rings(one))) for one in polygons]
    axes.add_collection(PathCollection(paths, facecolors=color, edgecolors="none", zorder=order))


def _rings(polygon: BaseGeometry) -> list[BaseGeometry]:
    upright = shapely.geometry.polygon.orient(polygon)
    return [upright.exterior, *upright.interiors]


def _relief(axes: Axes, extent: Extent) -> None:
    """Faint shading from the north-west; none over the sea."""
    grid = earth.terrain_grid(_sides(extent))
    height, box = _heights(extent, grid)
    if min(height.shape) < 2:
        return
    cell_m = 111_195.0 / grid.cells_per_degree
    across = cell_m * np.cos(np.radians(0.5 * (extent.south + extent.north)))
    lit = LightSource(315, 45).hillshade(height.astype(float), vert_exag=2.5, dx=across, dy=cell_m)
    shade = np.zeros((*height.shape, 4))
    shade[..., 3] = _SHADE * np.clip(1.0 - lit / 0.72, 0.0, 1.0) * (height != 0)
    axes.imshow(shade, extent=box, origin="upper", interpolation="bilinear", aspect=axes.get_aspect(), zorder=0.2)


def _heights(extent: Extent, grid: earth.Grid) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """Cells of the terrain inside a box, and their outer edges (west, east, south, north)."""
    rows, columns = grid.height_m.shape
    per = grid.cells_per_degree
    first, last = (int(np.clip((grid.north_deg - at) * per, 0, rows)) for at in (extent.north, extent.south))
    left, right = (int(np.clip((at - grid.west_deg) * per, 0, columns)) for at in (extent.west, extent.east))
    edges = (grid.west_deg + left / per, grid.west_deg + right / per)
    return grid.height_m[first:last, left:right], (*edges, grid.north_deg - last / per, grid.north_deg - first / per)
