"""The height of the ground, read between the cells of a grid: compiled, and with the error that goes with it.

The ground is GLOBE (NOAA National Geophysical Data Center, 1999) at 30 arc-seconds for one box, or an analyst's own
`Grid` (`trackkit.read.terrain`). What the stored one covers and how far it can be leaned on stands in
``data/earth/README.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from trackkit.earth.geodesy import Array, Mask, _latitude, wrap_deg
from trackkit.earth.stored import data_folder

__all__ = ["Grid", "GroundError", "terrain_error_m", "terrain_grid", "terrain_m", "void_share"]

_METRES_PER_DEGREE = 111_195.0
_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}
_compiled = njit(**_OPTIONS)


@dataclass(frozen=True)
class GroundError:
    """How far a grid may be off.

    Attributes
    ----------
    horizontal_m : float
        Standard deviation of where the grid lies.
    vertical_m : float
        Standard deviation of a height on even ground.
    ridge_m : float
        How much too low its ridges are at the most.
    masks : bool
        Whether its ridges stand high enough to say what is hidden behind them.
    source : str
    """

    horizontal_m: float
    vertical_m: float
    ridge_m: float
    masks: bool
    source: str


GLOBE_ERROR = GroundError(
    600.0, 15.0, 50.0, True,
    "GLOBE, 30 arc-seconds: shift against the GSHHG coast, 66 airports and three summits of the box",
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Heights of the ground in cells of equal degrees, rows from north to south.

    Attributes
    ----------
    height_m : (rows, columns) array
        Height above mean sea level at the middle of each cell; read-only.
    north_deg, west_deg : float
        The outer edges of the first row and the first column.
    cells_per_degree : float
        Rows in a degree; columns too, unless `columns_per_degree` says otherwise.
    error : GroundError
    void : float, optional
        The value that stands for "no height here"; it is read as NaN.
    step_m : float
        What one unit of the stored numbers means.
    """

    height_m: NDArray[Any] = field(repr=False)
    north_deg: float
    west_deg: float
    cells_per_degree: float
    error: GroundError = GLOBE_ERROR
    void: float | None = None
    columns_per_degree: float | None = None
    step_m: float = 1.0

    @property
    def across(self) -> float:
        """Columns in a degree."""
        return self.cells_per_degree if self.columns_per_degree is None else self.columns_per_degree


def terrain_m(latitude: ArrayLike, longitude: ArrayLike, grid: Grid | None = None) -> Array:
    """Read the height of the ground above mean sea level (m), bilinear between the cells of GLOBE.

    Parameters
    ----------
    latitude, longitude : array_like
        Degrees; shapes broadcast.
    grid : Grid, optional
        Another ground, of the analyst's own.

    Returns
    -------
    height_m : array
        NaN outside the grid (see `terrain_grid`), where a coordinate is NaN, and where one of the four cells about
        the point is void. In the half cell along the edge of the grid the outermost cell's height holds.

    Raises
    ------
    InputError
        If a latitude lies beyond a pole.

    Notes
    -----
    Errors to reckon with: 0.6 km in the horizontal; in Syria and Lebanon ridges up to 50 m too low, and up to
    130 m at a sharp summit, which the bilinear reading cuts further; some 20 m elsewhere (`terrain_error_m`). Sea
    reads 0, and so does land below sea level (Dead Sea, Jordan valley). Figures and sources: ``data/earth/README.md``.

    Examples
    --------
    >>> round(float(terrain_m(34.724, 36.7256)), -1)  # Homs
    510.0
    >>> float(terrain_m(55.97, 37.41))  # Moscow: outside
    nan
    """
    grid = terrain_grid() if grid is None else grid
    lat, lon = np.broadcast_arrays(_latitude(latitude), np.asarray(longitude, float))
    flat = np.ascontiguousarray(lat, float).ravel(), np.ascontiguousarray(lon, float).ravel()
    if grid.height_m.dtype.isnative and type(grid.height_m) is np.ndarray:
        height = np.empty(flat[0].shape)
        void = math.nan if grid.void is None else float(grid.void)
        _read(grid.height_m, grid.north_deg, grid.west_deg, grid.cells_per_degree, grid.across, void, *flat, height)
    else:
        height = _read_stored(grid, *flat)
    return (grid.step_m * height).reshape(lat.shape)[()] if grid.step_m != 1.0 else height.reshape(lat.shape)[()]


def terrain_error_m(latitude: ArrayLike, longitude: ArrayLike, grid: Grid | None = None) -> Array:
    """Standard deviation of the height of the ground (m): its own, and what the horizontal error makes of the slope.

    The slope is taken over the grid's horizontal error to either side. A ridge that the grid cuts off is not in it:
    see `GroundError.ridge_m`.

    Parameters
    ----------
    latitude, longitude : array_like
        Degrees; shapes broadcast.
    grid : Grid, optional

    Returns
    -------
    error_m : array
        NaN where there is no height.
    """
    grid = terrain_grid() if grid is None else grid
    lat, lon = np.broadcast_arrays(_latitude(latitude), np.asarray(longitude, float))
    reach = grid.error.horizontal_m / _METRES_PER_DEGREE
    wide = reach / np.maximum(np.cos(np.radians(lat)), 1e-6)
    down, up = np.maximum(lat - reach, -90.0), np.minimum(lat + reach, 90.0)
    south, north = (terrain_m(at, lon, grid) for at in (down, up))
    west, east = (terrain_m(lat, lon + by, grid) for by in (-wide, wide))
    here = np.isfinite(terrain_m(lat, lon, grid))
    slope = np.hypot(*(np.where(np.isfinite(part), part, 0.0) / 2.0 for part in (north - south, east - west)))
    return np.where(here, np.hypot(grid.error.vertical_m, slope), np.nan)[()]


@cache
def terrain_grid() -> Grid:
    """Load, once, the heights that come with trackkit: GLOBE, 30 arc-seconds, 31-38 N, 32-43 E."""
    return _stored("terrain", GLOBE_ERROR)


def void_share(grid: Grid) -> float:
    """The share of a grid's cells that hold no height."""
    return 0.0 if grid.void is None else float(np.mean(np.asarray(grid.height_m) == grid.void))


def _stored(name: str, error: GroundError) -> Grid:
    with np.load(data_folder() / "earth" / f"{name}.npz", allow_pickle=False) as stored:
        height = stored["height_m"]
        north, west, cells = (float(stored[name]) for name in ("north_deg", "west_deg", "cells_per_degree"))
        step = float(stored["step_m"]) if "step_m" in stored else 1.0
        height.flags.writeable = False
        return Grid(height, north, west, cells, error, step_m=step)


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
