"""Who can hear what: radio horizon over terrain, on an earth 4/3 times as large.

A receiver's `horizon` is a table by azimuth and range of how steeply a ray must rise to pass all ground in between. It
is made once; then the lowest height at which a point is heard is one reading of it, for millions of points.

Notes
-----
Rays near the ground bend downward; on an earth of k times the radius they are straight. k = 4/3 is the mean of
temperate air (Recommendations ITU-R P.310 and P.834); 1.2 to 1.6 are common, and over warm sea in still air rays can
follow the surface, which this does not hold. Geometrical: no diffraction over the ridge, by which strong signals are
heard some tens of metres lower (Recommendation ITU-R P.526).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from trackkit.earth.geodesy import Array, _latitude, _refuse_bad, geocentric
from trackkit.earth.terrain import Grid, _between, terrain_grid, terrain_m
from trackkit.errors import InputError

__all__ = [
    "K_MEAN", "K_SD", "REACH_M", "RIDGE_M", "Horizon", "horizon", "line_of_sight", "lowest_heard_error_m",
    "lowest_heard_m", "radio_horizon_m",
]  # fmt: skip

#: the earth's radius for rays over its true one: mean, and standard deviation
K_MEAN, K_SD = 4.0 / 3.0, 0.15
#: how far receivers hear at all (m): 250 to 450 km (Flightradar24, How flight tracking works)
REACH_M = 450_000.0
#: how far ground stands above an antenna to be a ridge before it
RIDGE_M = 500.0
_EARTH_M = 6_371_009.0
_A_M, _E2 = 6_378_137.0, 0.0066943799901413165

_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}
_compiled = njit(**_OPTIONS)
_inlined = njit(**_OPTIONS, inline="always")
Floats = NDArray[np.float32]


class Horizon(NamedTuple):
    """What a receiver sees.

    Attributes
    ----------
    slope : (azimuths, ranges) array of float32
        The tangent of the elevation, on the larger earth, above which a ray passes all ground up to that range; NaN
        from where the ground is not known. Azimuths go once round from true north, and the first stands again at the
        end; ranges begin at zero.
    obstacle_m : (azimuths, ranges) array of float32
        How far away the ground lies that sets it.
    frame : (3, 3) array
        Unit vectors up, east and north at the receiver.
    antenna_m : float
        Height of the antenna above sea level.
    ground_m : float
        Height of the ground under it, as the grid has it.
    radius_m : float
        The true radius of the earth there: the root of the two radii of curvature's product.
    k : float
    step_m : float
        From one range to the next.
    """

    slope: Floats
    obstacle_m: Floats
    frame: Array
    antenna_m: float
    ground_m: float
    radius_m: float
    k: float
    step_m: float


def radio_horizon_m(antenna_m: ArrayLike, altitude_m: ArrayLike, k: float = K_MEAN) -> Array:
    """How far apart (m) two points above a smooth sea can be and still see each other.

    >>> round(float(radio_horizon_m(10.0, 1_000.0)) / 1000)  # 4.12 (sqrt 10 + sqrt 1000) km
    143
    """
    radius = k * _EARTH_M
    heights = (np.asarray(height, float) for height in (antenna_m, altitude_m))
    near, far = (radius * np.arccos(radius / (radius + height)) for height in heights)
    return np.asarray(near + far)[()]


def horizon(
    latitude: float,
    longitude: float,
    antenna_m: float,
    grid: Grid | None = None,
    reach_m: float = REACH_M,
    step_m: float = 250.0,
    azimuths: int = 1440,
    k: float = K_MEAN,
    raised_m: float = 0.0,
    shifted_deg: tuple[float, float] = (0.0, 0.0),
) -> Horizon:
    """Look from a receiver all round.

    Parameters
    ----------
    latitude, longitude : float
        Degrees.
    antenna_m : float
        Height of the antenna above the ground.
    grid : Grid, optional
        The ground; GLOBE where not given.
    reach_m, step_m : float
        How far to look, and in what steps.
    azimuths : int
    k : float
        The radius of the earth for rays over its true one.
    raised_m : float
        What to add to ridges, since GLOBE has them up to 50 m low: in full to ground that stands `RIDGE_M` or more
        above the antenna, in part to ground between.
    shifted_deg : (float, float)
        By how much the grid is to be moved north and east, under the receiver too: it may lie 0.6 km off.

    Raises
    ------
    InputError
        If the receiver stands where the ground is not known, or the grid is one that cannot mask.
    """
    _refuse_bad(latitude=(latitude,), longitude=(longitude,), antenna=(antenna_m,), k=(k,))
    grid = terrain_grid() if grid is None else grid
    if not grid.error.masks:
        raise InputError("this ground cannot mask", grid.error.source, "a grid of about 30 arc-seconds or finer")
    ground = float(terrain_m(latitude - shifted_deg[0], longitude - shifted_deg[1], grid))
    if not math.isfinite(ground):
        raise InputError("a receiver where the ground is not known", (latitude, longitude), "a point on the grid")
    frame, radius = _frame(latitude, longitude), _radius(latitude)
    ranges = int(reach_m // step_m) + 1
    slope, obstacle = (np.empty((azimuths + 1, ranges), np.float32) for _ in range(2))
    edges = np.array([grid.north_deg + shifted_deg[0], grid.west_deg + shifted_deg[1], grid.cells_per_degree,
                      grid.across, math.nan if grid.void is None else grid.void])  # fmt: skip
    height = np.ascontiguousarray(grid.height_m, dtype=grid.height_m.dtype.newbyteorder("="))
    antenna = ground + antenna_m
    _look(height, edges, grid.step_m, frame, antenna, radius, k, step_m, raised_m, slope, obstacle)
    return Horizon(slope, obstacle, frame, antenna, ground, radius, k, step_m)


def lowest_heard_m(one: Horizon, latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """The lowest height above sea level (m) at which a point is in a receiver's sight.

    Parameters
    ----------
    one : Horizon
    latitude, longitude : array_like
        Degrees; shapes broadcast.

    Returns
    -------
    height_m : array
        Never below the ground as the grid has it. NaN beyond the horizon's reach, where the ground on the way is not
        known, and where a coordinate is NaN.
    """
    return _asked(one, latitude, longitude)[0]


def lowest_heard_error_m(
    one: Horizon, latitude: ArrayLike, longitude: ArrayLike, ridge_m: float = 50.0, antenna_m: float = 15.0,
    k: float = K_SD,
) -> Array:  # fmt: skip
    """Standard deviation (m) of the lowest height heard: of ridge, antenna and bending, as they act at that range.

    An error of a ridge grows by the distance of the point over that of the ridge. The place of the receiver is taken
    as right.

    Parameters
    ----------
    one : Horizon
    latitude, longitude : array_like
        Degrees; shapes broadcast.
    ridge_m, antenna_m, k : float
        Standard deviations.
    """
    _, range_m, obstacle_m = _asked(one, latitude, longitude)
    grown = np.maximum(range_m / np.maximum(obstacle_m, one.step_m), 1.0)
    beyond = range_m * np.maximum(range_m - obstacle_m, 0.0) / (2.0 * one.k**2 * one.radius_m)
    return np.sqrt((ridge_m * grown) ** 2 + (antenna_m * (grown - 1.0)) ** 2 + (k * beyond) ** 2)[()]


def line_of_sight(
    horizons: Sequence[Horizon], latitude: ArrayLike, longitude: ArrayLike, altitude_m: ArrayLike
) -> NDArray[np.float32]:
    """How far above (or, negative, below) the lowest height at which it is heard each point lies, for each receiver.

    Parameters
    ----------
    horizons : sequence of Horizon
    latitude, longitude : array_like
        Degrees; shapes broadcast, as (paths, points) for instance.
    altitude_m : array_like
        Height above mean sea level.

    Returns
    -------
    clearance_m : array of float32, shape (receivers, ...)
        Positive: in sight. NaN where that cannot be said (see `lowest_heard_m`): neither seen nor hidden.
    """
    lat, lon, altitude = np.broadcast_arrays(*(np.asarray(one, float) for one in (latitude, longitude, altitude_m)))
    _latitude(lat)
    clearance = np.empty((len(horizons), lat.size), np.float32)
    normals, flat = _normals(lat, lon), np.ascontiguousarray(altitude).ravel()
    for one, row in zip(horizons, clearance, strict=True):
        _cleared(one, normals, flat, row)
    return clearance.reshape(len(horizons), *lat.shape)


def _asked(one: Horizon, latitude: ArrayLike, longitude: ArrayLike) -> tuple[Array, Array, Array]:
    """Lowest height heard, range, and range of what hides, at points."""
    lat, lon = np.broadcast_arrays(_latitude(latitude), np.asarray(longitude, float))
    answer = _lowest_at(one, _normals(lat, lon))
    height, range_m, obstacle = (part.reshape(lat.shape)[()] for part in answer)
    return height, range_m, obstacle


def _lowest_at(one: Horizon, normals: Array) -> Array:
    """The same, at points whose normals are at hand; shape (3, points)."""
    answer = np.empty((3, normals.shape[1]))
    _lowest(one, normals, answer)
    return answer


def _normals(latitude: Array, longitude: Array) -> Array:
    normals = np.empty((3, latitude.size))
    _upright(np.ascontiguousarray(latitude).ravel(), np.ascontiguousarray(longitude).ravel(), normals)
    return normals


def _frame(latitude: float, longitude: float) -> Array:
    lat, lon = math.radians(latitude), math.radians(longitude)
    east = [-math.sin(lon), math.cos(lon), 0.0]
    north = [-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)]
    return np.array([geocentric(latitude, longitude), east, north])


def _radius(latitude: float) -> float:
    return _A_M * math.sqrt(1.0 - _E2) / (1.0 - _E2 * math.sin(math.radians(latitude)) ** 2)


@_compiled
def _upright(latitude: Array, longitude: Array, normals: Array) -> None:
    degree = math.pi / 180.0
    for i in range(len(latitude)):
        lat, lon = latitude[i] * degree, longitude[i] * degree
        cos = math.cos(lat)
        normals[0, i], normals[1, i], normals[2, i] = cos * math.cos(lon), cos * math.sin(lon), math.sin(lat)


@_compiled
def _look(
    height: NDArray[Any], edges: Array, unit_m: float, frame: Array, antenna: float, radius: float, k: float,
    step: float, raised: float, slope: Floats, obstacle: Floats,
) -> None:  # fmt: skip
    """Fill the tables of a horizon, one azimuth after the other, outward."""
    large, ranges, azimuths = k * radius, slope.shape[1], slope.shape[0] - 1
    along = np.empty((4, ranges))
    for i in range(ranges):
        way = i * step / radius
        along[0, i], along[1, i] = math.cos(way), math.sin(way)
        along[2, i], along[3, i] = math.cos(way / k), math.sin(way / k)
    for j in range(azimuths + 1):
        angle = 2.0 * math.pi * (j % azimuths) / azimuths
        e, n = math.sin(angle), math.cos(angle)
        tx, ty = e * frame[1, 0] + n * frame[2, 0], e * frame[1, 1] + n * frame[2, 1]
        tz = e * frame[1, 2] + n * frame[2, 2]
        best, at = -1e3, 0.0
        slope[j, 0], obstacle[j, 0] = -1e3, 0.0
        for i in range(1, ranges):
            c, s = along[0, i], along[1, i]
            x, y, z = c * frame[0, 0] + s * tx, c * frame[0, 1] + s * ty, c * frame[0, 2] + s * tz
            lat, lon = math.degrees(math.asin(z)), math.degrees(math.atan2(y, x))
            ground = unit_m * _between(height, edges[0], edges[1], edges[2], edges[3], edges[4], lat, lon)
            top = large + ground + raised * min(max((ground - antenna) / RIDGE_M, 0.0), 1.0)
            tan = (top * along[2, i] - large - antenna) / (top * along[3, i])
            if best == best and not tan <= best:  # true also of not-a-number, which then stays to the end
                best, at = tan, i * step
            slope[j, i], obstacle[j, i] = best, at


@_inlined
def _sight(one: Horizon, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Lowest height heard at a point, its range, and the range of what hides it."""
    up = x * one.frame[0, 0] + y * one.frame[0, 1] + z * one.frame[0, 2]
    east = x * one.frame[1, 0] + y * one.frame[1, 1] + z * one.frame[1, 2]
    north = x * one.frame[2, 0] + y * one.frame[2, 1] + z * one.frame[2, 2]
    way = math.atan2(math.sqrt(east * east + north * north), up)
    azimuths, ranges = one.slope.shape[0] - 1, one.slope.shape[1]
    column, turned = way * one.radius_m / one.step_m, math.atan2(east, north) * azimuths / (2.0 * math.pi)
    if not column <= ranges - 1.0:
        return math.nan, way * one.radius_m, math.nan
    row = turned if turned >= 0.0 else turned + azimuths
    r, c = min(int(row), azimuths - 1), min(int(column), ranges - 2)
    down, across = row - r, column - c
    if c == 0:  # what lies beside the antenna hides nothing: by the first step
        c, across = 1, 0.0
    near, far = one.slope[r, c], one.slope[r + 1, c]
    tan = (1.0 - across) * ((1.0 - down) * near + down * far)
    if across > 0.0:
        tan += across * ((1.0 - down) * one.slope[r, c + 1] + down * one.slope[r + 1, c + 1])
    bent, large = way / one.k, one.k * one.radius_m
    height = (large + one.antenna_m) / (math.cos(bent) - tan * math.sin(bent)) - large
    return height, way * one.radius_m, float(one.obstacle_m[r if down < 0.5 else r + 1, c])


@_compiled
def _lowest(one: Horizon, normals: Array, answer: Array) -> None:
    for i in range(normals.shape[1]):
        answer[0, i], answer[1, i], answer[2, i] = _sight(one, normals[0, i], normals[1, i], normals[2, i])


@_compiled
def _cleared(one: Horizon, normals: Array, altitude: Array, clearance: Floats) -> None:
    for i in range(normals.shape[1]):
        height, _, _ = _sight(one, normals[0, i], normals[1, i], normals[2, i])
        clearance[i] = altitude[i] - height
