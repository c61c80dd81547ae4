"""Grids of the ground: what one is and how far it may be off, and the two that come with trackkit.

GLOBE (NOAA National Geophysical Data Center, 1999), 30 arc-seconds, for one box; ITU-R P.1511-2 (2019), 5 arc-minutes,
for the rest of the world. Where they come from and how far they can be leaned on: ``data/earth/README.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackkit.earth.stored import data_folder
from trackkit.errors import InputError

__all__ = ["Grid", "GroundError", "terrain_grid", "void_share", "world_grid"]


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
WORLD_ERROR = GroundError(
    6_000.0, 85.0, 2_500.0, False,
    "ITU-R P.1511-2, 5 arc-minutes, against GLOBE: rms 18 m in plains, 77 m about Syria, 160 to 240 m in mountains",
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


def terrain_grid(box: tuple[float, float, float, float] | None = None) -> Grid:
    """Give the finest ground stored for a box: GLOBE where all of the box lies in it, else a window of the world.

    Parameters
    ----------
    box : (west, south, east, north), optional
        Degrees; across the 180th meridian where east is less than west. Without it, GLOBE.

    Returns
    -------
    Grid
        GLOBE whole: 30 arc-seconds, 31-38 N, 32-43 E. Or the cells of `world_grid` that touch the box, 5 arc-minutes,
        whose error says that it cannot mask; all longitudes where the box is wider than half a turn.

    Raises
    ------
    InputError
        If the box is empty.
    """
    if box is None:
        return _globe()
    west, south, east, north = box
    if not south < north or east == west:
        raise InputError("an empty box", box, "west, south, east, north, in degrees")
    east += 360.0 if east < west else 0.0
    if _holds(_globe(), west, south, east, north):
        return _globe()
    return _window(-180.0, south, 180.0, north) if east - west > 180.0 else _window(west, south, east, north)


def _window(west: float, south: float, east: float, north: float) -> Grid:
    """The cells of the world that touch a box; east is greater than west."""
    world, per = world_grid(), world_grid().cells_per_degree
    turn, rows = round(360.0 * per), world.height_m.shape[0]
    first, last = (min(max(int(np.floor((world.north_deg - at) * per)), 0), rows - 1) for at in (north, south))
    left, right = (int(np.floor((at - world.west_deg) * per)) for at in (west, east))
    columns = np.arange(left, min(right + 1, left + turn)) % turn
    height = np.ascontiguousarray(world.height_m[first : last + 1, columns])
    height.flags.writeable = False
    edge = (world.west_deg + left / per + 180.0) % 360.0 - 180.0
    return replace(world, height_m=height, north_deg=world.north_deg - first / per, west_deg=edge)


@cache
def world_grid() -> Grid:
    """Load, once, the ground of the whole world: ITU-R P.1511-2, 5 arc-minutes, in whole metres.

    It cannot mask: ridges of high mountains are up to 2.5 km too low. A column more on either side, so that heights
    are read across the 180th meridian.
    """
    with np.load(data_folder() / "earth" / "world.npz", allow_pickle=False) as stored:
        low, high = stored["step_planes"].astype(np.uint16)
        height = np.pad((low | high << 8).view(np.int16).cumsum(1, np.int16), ((0, 0), (1, 1)), "wrap")
        north, west, cells = (float(stored[name]) for name in ("north_deg", "west_deg", "cells_per_degree"))
    height.flags.writeable = False
    return Grid(height, north, west - 1.0 / cells, cells, WORLD_ERROR)


def void_share(grid: Grid) -> float:
    """The share of a grid's cells that hold no height."""
    return 0.0 if grid.void is None else float(np.mean(np.asarray(grid.height_m) == grid.void))


@cache
def _globe() -> Grid:
    with np.load(data_folder() / "earth" / "terrain.npz", allow_pickle=False) as stored:
        height = stored["height_m"]
        north, west, cells = (float(stored[name]) for name in ("north_deg", "west_deg", "cells_per_degree"))
    height.flags.writeable = False
    return Grid(height, north, west, cells)


def _holds(grid: Grid, west: float, south: float, east: float, north: float) -> bool:
    """Whether all of a box lies in a grid."""
    rows, columns = grid.height_m.shape
    least, right = grid.north_deg - rows / grid.cells_per_degree, grid.west_deg + columns / grid.across
    return grid.west_deg <= west and least <= south and east <= right and north <= grid.north_deg
