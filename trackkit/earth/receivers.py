"""Receivers that are assumed, with their doubt, and what networks of them can hear.

Where the volunteers' receivers of a tracker stand is not public. So networks are drawn: each receiver is there or not,
somewhere about its town, on a higher or a lower roof, over ground that may be shifted and whose ridges may be higher
than the grid has them, under air that bends rays more or less. What is said of hearing is said over all of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from os import cpu_count
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trackkit import columns
from trackkit.earth.geodesy import Array, forward, inverse
from trackkit.earth.sight import K_MEAN, K_SD, REACH_M, Horizon, _lowest_at, _normals, horizon
from trackkit.earth.stored import data_folder
from trackkit.earth.terrain import Grid, terrain_grid, terrain_m
from trackkit.errors import InputError

__all__ = ["NETWORKS", "Network", "heard_from_m", "horizons", "joined", "networks", "receivers"]

#: networks drawn where not said otherwise
NETWORKS = 32
#: standard deviation of the logarithm of an antenna's height
_ANTENNA_SPREAD = 0.5
_K_RANGE = (1.0, 2.0)
_METRES_PER_DEGREE = 111_195.0


class Network(NamedTuple):
    """The lowest height above sea level at which networks of receivers hear, on a raster of latitude and longitude.

    Attributes
    ----------
    lowest_m : (networks, rows, columns) array of float32
        At the crossings of the raster, rows from north to south: by any receiver that the network has. Infinite where
        none reaches so far; NaN where the ground on the way is not known.
    north_deg, west_deg : float
        The first crossing.
    per_degree : float
    present : (networks, receivers) array of bool
    receivers : DataFrame
        As `receivers` gives them.
    seed : int
    """

    lowest_m: NDArray[np.float32]
    north_deg: float
    west_deg: float
    per_degree: float
    present: NDArray[np.bool_]
    receivers: pd.DataFrame
    seed: int


def receivers(without: Iterable[str] = (), country: str | None = None) -> pd.DataFrame:
    """The receivers assumed in the eastern Mediterranean (columns ``RECEIVERS``), with their doubt.

    Parameters
    ----------
    without : iterable of str
        Countries to leave out, by ISO code.
    country : str, optional
        Only those of one country.

    Notes
    -----
    No list of receivers is public. Places are towns, probabilities our judgement; see ``data/earth/README.md``.
    """
    file = data_folder() / "earth" / "receivers.csv"
    table = columns.conform(pd.read_csv(file, keep_default_na=False), columns.RECEIVERS)
    kept = ~table["country"].isin(list(without)) & (table["country"].eq(country) if country else True)
    return table[kept].reset_index(drop=True)


def horizons(table: pd.DataFrame, grid: Grid | None = None, **options: Any) -> list[Horizon]:
    """The horizon of each receiver as it is assumed, without its doubt; `options` as for `horizon`."""
    rows: Any = table.itertuples()
    return [horizon(row.latitude, row.longitude, row.antenna_m, grid, **options) for row in rows]


def networks(
    table: pd.DataFrame,
    box: tuple[float, float, float, float],
    count: int = NETWORKS,
    seed: int = 0,
    per_degree: float = 60.0,
    grid: Grid | None = None,
    executor: Executor | None = None,
) -> Network:
    """Draw networks of receivers, and find the lowest height that each of them hears over a box.

    Parameters
    ----------
    table : DataFrame
        Columns ``RECEIVERS``.
    box : (west, south, east, north)
        Degrees.
    count : int
        Networks drawn.
    seed : int
        A receiver's draws are keyed by its name too: they are the same whichever others are in the table.
    per_degree : float
        Crossings of the raster in a degree.
    grid : Grid, optional
        The ground; GLOBE where not given.
    executor : concurrent.futures.Executor, optional
        Receivers are mapped over it; threads of this process where not given.

    Raises
    ------
    InputError
        If a receiver may stand where the ground is not known, a probability is none, or the box is empty.
    """
    west, south, east, north = box
    if not (west < east and south < north):
        raise InputError("an empty box", box, "west, south, east, north, in degrees")
    if not table["probability"].between(0.0, 1.0).all():
        raise InputError("not a probability", table["probability"].tolist(), "0 to 1")
    grid = terrain_grid() if grid is None else grid
    lat = north - np.arange(int(np.ceil((north - south) * per_degree)) + 1) / per_degree
    lon = west + np.arange(int(np.ceil((east - west) * per_degree)) + 1) / per_degree
    air = _airs(count, seed, grid)
    job = partial(_heard_by, count=count, seed=seed, air=air, grid=grid, latitude=lat[:, None], longitude=lon[None, :])
    with _pool(executor) as pool:
        heard = list(pool.map(job, table.itertuples(index=False, name="Receiver")))
    lowest = np.full((count, len(lat), len(lon)), np.inf, np.float32)
    for _, one in heard:
        lowest = np.minimum(lowest, one)
    present = np.array([there for there, _ in heard], bool).reshape(len(table), count).T
    return Network(lowest, north, west, per_degree, present, table, seed)


def joined(one: Network, other: Network) -> Network:
    """Two networks of receivers as one: it hears what either hears. Drawn from the same seed over the same box.

    Raises
    ------
    InputError
        If they are not.
    """
    alike = [(made.seed, made.lowest_m.shape, made.north_deg, made.west_deg, made.per_degree) for made in (one, other)]
    if alike[0] != alike[1]:
        raise InputError("networks that do not belong together", alike[1], f"seed and raster as {alike[0]}")
    return one._replace(
        lowest_m=np.minimum(one.lowest_m, other.lowest_m),
        present=np.concatenate([one.present, other.present], axis=1),
        receivers=pd.concat([one.receivers, other.receivers], ignore_index=True),
    )


def heard_from_m(network: Network, share: float, latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """The height above sea level (m) from which up a share of the networks hear a point.

    Parameters
    ----------
    network : Network
    share : float
        0.5: as many networks hear there as do not.
    latitude, longitude : array_like
        Degrees; shapes broadcast.

    Returns
    -------
    height_m : array
        NaN outside the raster, and where fewer networks than that hear at any height.
    """
    lowest = np.quantile(network.lowest_m, share, axis=0, method="inverted_cdf")
    half = 0.5 / network.per_degree
    raster = Grid(np.where(np.isfinite(lowest), lowest, np.nan).astype(np.float32), network.north_deg + half,
                  network.west_deg - half, network.per_degree)  # fmt: skip
    return terrain_m(latitude, longitude, raster)


def _pool(executor: Executor | None) -> ThreadPoolExecutor | nullcontext[Executor]:
    return ThreadPoolExecutor(cpu_count()) if executor is None else nullcontext(executor)


def _airs(count: int, seed: int, grid: Grid) -> Array:
    """What a network's receivers share: bending, what ridges lack (m), the grid's shift north and east (degrees)."""
    rng = np.random.default_rng([seed, 0])
    k = np.clip(rng.normal(K_MEAN, K_SD, count), *_K_RANGE)
    raised = rng.uniform(0.0, grid.error.ridge_m, count)
    shift = rng.normal(0.0, grid.error.horizontal_m / _METRES_PER_DEGREE, (2, count))
    middle = np.radians(grid.north_deg - 0.5 * grid.height_m.shape[0] / grid.cells_per_degree)
    return np.stack([k, raised, shift[0], shift[1] / np.cos(middle)], axis=1)


def _heard_by(
    row: Any, count: int, seed: int, air: Array, grid: Grid, latitude: Array, longitude: Array
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """In which networks a receiver is, and the lowest height that it hears in each."""
    rng = np.random.default_rng([seed, zlib.crc32(row.id.encode())])
    there = rng.random(count) < row.probability
    off_m, bearing = row.place_sd_m * np.sqrt(rng.chisquare(2, count)), rng.uniform(0.0, 360.0, count)
    antenna = row.antenna_m * np.exp(rng.normal(0.0, _ANTENNA_SPREAD, count))
    places = np.stack(forward(row.latitude, row.longitude, bearing, off_m), axis=1)
    corners = np.array([(a, b) for a in (latitude[0, 0], latitude[-1, 0]) for b in (longitude[0, 0], longitude[0, -1])])
    away = float(inverse(row.latitude, row.longitude, *corners.T)[0].max()) + 4.0 * row.place_sd_m
    normals = _normals(*np.broadcast_arrays(latitude, longitude))
    lowest = np.full((count, latitude.size, longitude.size), np.inf, np.float32)
    for number in np.flatnonzero(there):
        one = _seen(places[number], antenna[number], min(away, REACH_M), air[number], grid)
        height, range_m, _ = _lowest_at(one, normals)
        beyond = range_m > (one.slope.shape[1] - 1) * one.step_m
        lowest[number] = np.where(beyond, np.inf, height).reshape(lowest.shape[1:])
    return there, lowest


def _seen(place: Array, antenna_m: float, reach_m: float, air: Array, grid: Grid) -> Horizon:
    """The horizon of one receiver of one network."""
    k, raised_m, north, east = (float(one) for one in air)
    latitude, longitude = (float(one) for one in place)
    return horizon(latitude, longitude, antenna_m, grid, reach_m, 500.0, 720, k, raised_m, (north, east))
