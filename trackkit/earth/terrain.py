"""The height of the ground, read between the cells of a grid: compiled, and with the error that goes with it.

The ground is GLOBE at 30 arc-seconds inside one box and ITU-R P.1511-2 at 5 arc-minutes elsewhere
(`trackkit.earth.grids`), or an analyst's own `Grid` (`trackkit.read.terrain`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from trackkit.earth.geodesy import Array, Mask, _latitude, wrap_deg
from trackkit.earth.grids import Grid, terrain_grid, world_grid

__all__ = ["terrain_error_m", "terrain_m", "terrain_masks"]

_METRES_PER_DEGREE = 111_195.0
_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}
_compiled = njit(**_OPTIONS)


def terrain_m(latitude: ArrayLike, longitude: ArrayLike, grid: Grid | None = None) -> Array:
    """Read the height of the ground above mean sea level (m), bilinear between cells: GLOBE, outside it 5 arc-minutes.

    Parameters
    ----------
    latitude, longitude : array_like
        Degrees; shapes broadcast.
    grid : Grid, optional
        This ground alone: the analyst's own, or `terrain_grid` or `world_grid`.

    Returns
    -------
    height_m : array
        NaN where a coordinate is NaN; with a grid of its own also outside it, and where one of the four cells about
        the point is void. In the half cell along the edge of a grid the outermost cell's height holds.

    Raises
    ------
    InputError
        If a latitude lies beyond a pole.

    Notes
    -----
    Errors to reckon with in the box of GLOBE (`terrain_masks`): 0.6 km in the horizontal; in Syria and Lebanon ridges
    up to 50 m too low, and up to 130 m at a sharp summit, which the bilinear reading cuts further; some 20 m elsewhere.
    Sea reads 0 there, and so does land below sea level (Dead Sea, Jordan valley). Outside: 85 m in gentle country, some
    240 m in high mountains, whose ridges are cut by 1 km and more and whose valleys are filled as much; it cannot say
    what is hidden behind them. See `terrain_error_m`; figures and sources: ``data/earth/README.md``.

    Examples
    --------
    >>> round(float(terrain_m(34.724, 36.7256)), -1)  # Homs
    510.0
    >>> round(float(terrain_m(55.97, 37.41)), -1)  # Moscow, Sheremetyevo: 190 m; 5 arc-minutes
    190.0
    """
    if grid is None:
        return _finest(_height_m, latitude, longitude)
    lat, lon = np.broadcast_arrays(_latitude(latitude), np.asarray(longitude, float))
    return _height_m(lat, lon, grid)


def terrain_error_m(latitude: ArrayLike, longitude: ArrayLike, grid: Grid | None = None) -> Array:
    """Standard deviation of the height of the ground (m): its own, and what the horizontal error makes of the slope.

    The slope is taken over the grid's horizontal error to either side. A ridge that the grid cuts off is not in it:
    see `GroundError.ridge_m`. Of the 5 arc-minutes, twice this holds 90 to 96 % of points in high mountains, against
    GLOBE in the Alps, the Caucasus and Tibet (some 200,000 points in each).

    Parameters
    ----------
    latitude, longitude : array_like
        Degrees; shapes broadcast.
    grid : Grid, optional
        As for `terrain_m`.

    Returns
    -------
    error_m : array
        NaN where there is no height.
    """
    if grid is None:
        return _finest(_error_m, latitude, longitude)
    lat, lon = np.broadcast_arrays(_latitude(latitude), np.asarray(longitude, float))
    return _error_m(lat, lon, grid)


def terrain_masks(latitude: ArrayLike, longitude: ArrayLike) -> Mask:
    """Whether `terrain_m` reads a ground fine enough to say what is hidden behind its ridges: in the box of GLOBE.

    Parameters
    ----------
    latitude, longitude : array_like
        Degrees; shapes broadcast.
    """
    return np.asarray(np.isfinite(terrain_m(latitude, longitude, terrain_grid())))[()]


def _finest(of: Callable[[Array, Array, Grid], Array], latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """Something of the ground from GLOBE, and where that has nothing, from the world's grid."""
    lat, lon = np.broadcast_arrays(_latitude(latitude), np.asarray(longitude, float))
    found = of(lat, lon, terrain_grid())
    if not np.isnan(found).any():
        return found
    found = np.array(found)
    missing = np.isnan(found) & np.isfinite(lat) & np.isfinite(lon)
    found[missing] = of(lat[missing], lon[missing], world_grid())
    return found[()]


def _height_m(lat: Array, lon: Array, grid: Grid) -> Array:
    flat = np.ascontiguousarray(lat, float).ravel(), np.ascontiguousarray(lon, float).ravel()
    if grid.height_m.dtype.isnative and type(grid.height_m) is np.ndarray:
        height = np.empty(flat[0].shape)
        void = math.nan if grid.void is None else float(grid.void)
        _read(grid.height_m, grid.north_deg, grid.west_deg, grid.cells_per_degree, grid.across, void, *flat, height)
    else:
        height = _read_stored(grid, *flat)
    return (grid.step_m * height).reshape(lat.shape)[()] if grid.step_m != 1.0 else height.reshape(lat.shape)[()]


def _error_m(lat: Array, lon: Array, grid: Grid) -> Array:
    reach = grid.error.horizontal_m / _METRES_PER_DEGREE
    wide = reach / np.maximum(np.cos(np.radians(lat)), 1e-6)
    down, up = np.maximum(lat - reach, -90.0), np.minimum(lat + reach, 90.0)
    south, north = (_height_m(at, lon, grid) for at in (down, up))
    west, east = (_height_m(lat, lon + by, grid) for by in (-wide, wide))
    here = np.isfinite(_height_m(lat, lon, grid))
    slope = np.hypot(*(np.where(np.isfinite(part), part, 0.0) / 2.0 for part in (north - south, east - west)))
    return np.where(here, np.hypot(grid.error.vertical_m, slope), np.nan)[()]


def _read_stored(grid: Grid, latitude: Array, longitude: Array) -> Array:
    """Heights of a grid that lies in a file: of the four cells about each point only."""
    row, column, inside = _cell(grid, latitude, wrap_deg(longitude))
    r = np.minimum(row.astype(int), grid.height_m.shape[0] - 2)
    c = np.minimum(column.astype(int), grid.height_m.shape[1] - 2)
    down, across = row - r, column - c
    corners = [np.asarray(grid.height_m[r + i, c + j], float) for i in (0, 1) for j in (0, 1)]
    if grid.void is not None:
        corners = [np.where(corner == grid.void, np.nan, corner) for corner in corners]
    upper = (1.0 - across) * corners[0] + across * corners[1]
    lower = (1.0 - across) * corners[2] + across * corners[3]
    return np.where(inside, (1.0 - down) * upper + down * lower, np.nan)


def _cell(grid: Grid, latitude: Array, longitude: Array) -> tuple[Array, Array, Mask]:
    """Give row and column of points, counted between the middles of cells, and which points lie inside."""
    rows, columns = grid.height_m.shape
    row = (grid.north_deg - latitude) * grid.cells_per_degree - 0.5
    column = (longitude - grid.west_deg) * grid.across - 0.5
    inside = (row >= -0.5) & (row <= rows - 0.5) & (column >= -0.5) & (column <= columns - 0.5)
    return _held(row, rows, inside), _held(column, columns, inside), inside


def _held(index: Array, count: int, inside: Mask) -> Array:
    return np.clip(np.where(inside, index, 0.0), 0.0, count - 1.0)


@_compiled
def _read(
    height: NDArray[Any], north: float, west: float, down: float, across: float, void: float, latitude: Array,
    longitude: Array, out: Array,
) -> None:  # fmt: skip
    """Heights at points, NaN where there is none."""
    for i in range(len(out)):
        out[i] = _between(height, north, west, down, across, void, latitude[i], longitude[i])


@njit(**_OPTIONS, inline="always")
def _between(
    height: NDArray[Any], north: float, west: float, down: float, across: float, void: float, latitude: float,
    longitude: float,
) -> float:  # fmt: skip
    """One height, bilinear between the middles of cells."""
    rows, columns = height.shape
    row, column = (north - latitude) * down - 0.5, (longitude - west) * across - 0.5
    turn = 360.0 * across
    if column < -0.5 or column > columns - 0.5:
        column -= turn * math.floor((column + 0.5) / turn)
    if not (row >= -0.5 and row <= rows - 0.5 and column >= -0.5 and column <= columns - 0.5):
        return math.nan
    row, column = min(max(row, 0.0), rows - 1.0), min(max(column, 0.0), columns - 1.0)
    r, c = min(int(row), rows - 2), min(int(column), columns - 2)
    y, x = row - r, column - c
    a, b, d, e = float(height[r, c]), float(height[r, c + 1]), float(height[r + 1, c]), float(height[r + 1, c + 1])
    if a == void or b == void or d == void or e == void:
        return math.nan
    return (1.0 - y) * ((1.0 - x) * a + x * b) + y * ((1.0 - x) * d + x * e)
