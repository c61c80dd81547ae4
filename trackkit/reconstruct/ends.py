"""The ends of a hole: where, how fast and which way an aircraft was, and how well that is known; its own flying."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import earth
from trackkit.errors import InputError
from trackkit.model import Track
from trackkit.read.stretches import STEP_S

__all__ = ["End", "Fixes", "end_of", "fixes_of", "noise_m", "own_parts"]

Array = NDArray[np.float64]

#: a pause between fixes that cuts the flight's own stretches, and how much of its past and future is looked at (s)
PAUSE_S, AROUND_S = 30.0, 7_200.0
#: fixes whose positions tell the end (s); of courses from positions (s); told and found courses that disagree (deg)
NEAR_S, BASE_S, DISAGREE_DEG = 12.0, 15.0, 12.0
#: the least error of a position along and across (m)
LEAST_ALONG_M, LEAST_ACROSS_M = 10.0, 3.0


class Fixes(NamedTuple):
    """Fixes as plain arrays, by time: s, degrees, m, m/s; course unwrapped (rad)."""

    t_s: Array
    latitude: Array
    longitude: Array
    height_m: Array
    speed_mps: Array
    course_rad: Array


class End(NamedTuple):
    """The state at one end and its standard errors (m along, m across)."""

    latitude: float
    longitude: float
    height_m: float
    speed_mps: float
    course_rad: float
    along_m: float
    across_m: float


def fixes_of(track: Track) -> Fixes:
    """The airborne fixes of a track with a position that moves and a height; speeds and courses as told, or found.

    Raises
    ------
    InputError
        If fewer than four such fixes are there.
    """
    table = track.fixes
    flying = table[~table["on_ground"].astype(bool) & ~table.geometry.is_empty]
    rows = pd.DataFrame({
        "t_s": flying.index.as_unit("ns").asi8 / 1e9,
        "latitude": flying.geometry.y.to_numpy(), "longitude": flying.geometry.x.to_numpy(),
        "height_m": _height(flying), "speed": flying["groundspeed_mps"].to_numpy(float),
        "track": flying["track_deg"].to_numpy(float),
    })  # fmt: skip
    rows = rows.dropna(subset=["latitude", "longitude"]).drop_duplicates("t_s")
    place = rows[["latitude", "longitude"]]
    rows = rows[(place != place.shift()).any(axis=1)]
    if len(rows) < 4:
        raise InputError("too few moving fixes in the air", len(rows), "four or more", row=track.name)
    return _with_velocity(rows)


def _height(flying: pd.DataFrame) -> Array:
    """Pressure altitude where it is told, else the others; between fixes without one, straight lines."""
    height = flying["altitude_baro_m"].astype(float)
    height = height.fillna(flying["altitude_msl_m"]).fillna(flying["altitude_geom_m"])
    return np.asarray(height.interpolate().ffill().bfill().fillna(0.0), float)


def _with_velocity(rows: pd.DataFrame) -> Fixes:
    t, latitude, longitude, height = (rows[name].to_numpy(float) for name in rows.columns[:4])
    speed, course = _found(t, latitude, longitude)
    told = np.radians(rows["track"].to_numpy(float))
    apart = np.abs(earth.wrap_deg(np.degrees(told - course)))
    good = np.isfinite(told)
    if good.mean() > 0.5 and np.nanmedian(apart) < DISAGREE_DEG:
        course = np.where(good, told, course)
    own = rows["speed"].to_numpy(float)
    good = np.isfinite(own) & (own > 1.0)
    return Fixes(t, latitude, longitude, height, np.where(good, own, speed), np.unwrap(course))


def _found(t: Array, latitude: Array, longitude: Array) -> tuple[Array, Array]:
    """Speed and course from the positions some seconds before and after each fix."""
    here = np.arange(len(t))
    low = np.minimum(np.searchsorted(t, t - 0.5 * BASE_S), np.maximum(here - 1, 0))
    high = np.maximum(np.searchsorted(t, t + 0.5 * BASE_S, side="right") - 1, np.minimum(here + 1, len(t) - 1))
    way, azimuth = earth.inverse(latitude[low], longitude[low], latitude[high], longitude[high])
    return way / np.maximum(t[high] - t[low], 0.1), np.radians(azimuth)


def noise_m(fixes: Fixes) -> tuple[float, float]:
    """How far single positions are off along and across the path (m, one sd), the outliers' tails cut.

    Each fix is held against the middle of where its neighbours, carried to it by the velocities told, put it. Most of
    the error along track of real fixes is that of their times.
    """
    index = np.arange(len(fixes.t_s))
    east, north = _plane(fixes, index[:-1], index[1:])
    t = np.diff(fixes.t_s)
    for part, axis in ((np.sin, east), (np.cos, north)):
        velocity = fixes.speed_mps * part(fixes.course_rad)
        axis -= t * 0.5 * (velocity[1:] + velocity[:-1])
    x, y = 0.5 * (east[:-1] - east[1:]), 0.5 * (north[:-1] - north[1:])
    close = (t[:-1] < PAUSE_S / 2) & (t[1:] < PAUSE_S / 2)
    course = fixes.course_rad[1:-1]
    along, across = x * np.sin(course) + y * np.cos(course), x * np.cos(course) - y * np.sin(course)
    return _robust(along[close], LEAST_ALONG_M), _robust(across[close], LEAST_ACROSS_M)


def _plane(fixes: Fixes, one: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[Array, Array]:
    way, azimuth = earth.inverse(
        fixes.latitude[one], fixes.longitude[one], fixes.latitude[other], fixes.longitude[other]
    )
    return way * np.sin(np.radians(azimuth)), way * np.cos(np.radians(azimuth))


def _robust(residual: Array, least: float) -> float:
    """The sd of one fix from residuals whose variance is one and a half times its own."""
    if len(residual) < 5:
        return 25.0
    return max(float(np.quantile(np.abs(residual), 0.8)) / 1.2816 / np.sqrt(1.5), least)


def end_of(fixes: Fixes, at_s: float, after: bool, noise: tuple[float, float] = (25.0, 5.0)) -> End:
    """The state at the last fix up to a time, or at the first from it on, as the fixes near it tell it together.

    Each near fix is carried to the end with the velocities told in between; their mean is the end.
    """
    near = (fixes.t_s >= at_s) if after else (fixes.t_s <= at_s)
    index = np.flatnonzero(near)
    index = index[:12] if after else index[-12:][::-1]
    index = index[np.abs(fixes.t_s[index] - fixes.t_s[index[0]]) <= NEAR_S]
    one = index[0]
    origin = fixes.latitude[one], fixes.longitude[one]
    way, azimuth = earth.inverse(*origin, fixes.latitude[index], fixes.longitude[index])
    east, north = way * np.sin(np.radians(azimuth)), way * np.cos(np.radians(azimuth))
    east, north = east - _carried(fixes, index, np.sin), north - _carried(fixes, index, np.cos)
    course, speed = fixes.course_rad[one], fixes.speed_mps[one]
    x, y = float(east.mean()), float(north.mean())
    lat, lon = earth.forward(*origin, np.degrees(np.arctan2(x, y)), np.hypot(x, y))
    root = np.sqrt(len(index))
    return End(float(lat), float(lon), float(fixes.height_m[one]), float(speed), float(course),
               max(noise[0] / root, LEAST_ALONG_M), max(noise[1] / root, LEAST_ACROSS_M))  # fmt: skip


def _carried(fixes: Fixes, index: NDArray[np.int64], part: np.ufunc) -> Array:
    """How far (m, east or north) each fix lies from the first of them, by the velocities told in between."""
    velocity = fixes.speed_mps[index] * part(fixes.course_rad[index])
    t = fixes.t_s[index]
    return np.concatenate([[0.0], np.cumsum(np.diff(t) * 0.5 * (velocity[1:] + velocity[:-1]))])


def own_parts(fixes: Fixes, before_s: float, after_s: float) -> tuple[list[tuple[Array, ...]], list[tuple[Array, ...]]]:
    """The flight's own course, speed and height on the grid, before a hole and after it; each by parts without a pause.

    The last part before ends at the hole, the first part after begins at it.
    """
    flat = fixes._replace(course_rad=np.unwrap(fixes.course_rad - _own_turn(fixes)))
    early = fixes.t_s <= before_s
    early &= fixes.t_s >= before_s - AROUND_S
    late = (fixes.t_s >= after_s) & (fixes.t_s <= after_s + AROUND_S)
    return _parts(flat, early, True), _parts(flat, late, False)


def _own_turn(fixes: Fixes) -> Array:
    """How far (rad) the course of a geodesic through the fixes has turned by itself, against north."""
    here, there = slice(None, -1), slice(1, None)
    lat, lon = fixes.latitude, fixes.longitude
    _, leaves = earth.inverse(lat[here], lon[here], lat[there], lon[there])
    _, back = earth.inverse(lat[there], lon[there], lat[here], lon[here])
    return np.concatenate([[0.0], np.cumsum(np.radians(earth.turn_deg(leaves, back + 180.0)))])


def _parts(fixes: Fixes, mask: NDArray[np.bool_], to_the_end: bool) -> list[tuple[Array, ...]]:
    index = np.flatnonzero(mask)
    if not len(index):
        return []
    cuts = np.flatnonzero(np.diff(fixes.t_s[index]) > PAUSE_S) + 1
    return [_on_grid(fixes, part, to_the_end) for part in np.split(index, cuts) if _long(fixes, part)]


def _long(fixes: Fixes, part: NDArray[np.int64]) -> bool:
    return bool(len(part) >= 3 and fixes.t_s[part[-1]] - fixes.t_s[part[0]] >= 2 * STEP_S)


def _on_grid(fixes: Fixes, part: NDArray[np.int64], to_the_end: bool) -> tuple[Array, ...]:
    t = fixes.t_s[part]
    steps = int((t[-1] - t[0]) / STEP_S)
    grid = t[-1] - STEP_S * np.arange(steps, -1, -1) if to_the_end else t[0] + STEP_S * np.arange(steps + 1)
    return tuple(np.interp(grid, t, values[part]) for values in (fixes.course_rad, fixes.speed_mps, fixes.height_m))
