"""After the last contact: where an aircraft can be, under none or one of four stories, and what it can have reached."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from pyproj import Proj

from trackkit import earth
from trackkit.errors import InputError
from trackkit.model import Aircraft, Ensemble, Track
from trackkit.read.stretches import STEP_S
from trackkit.reconstruct import flown as table
from trackkit.reconstruct.bridge import bounds_of
from trackkit.reconstruct.ends import End, Fixes, end_of, fixes_of, noise_m, own_parts
from trackkit.reconstruct.ensemble import ensemble_of
from trackkit.reconstruct.halves import SETTINGS, Halves, Task, begin, flown_half, mapped, state_of
from trackkit.reconstruct.join import Pairs

__all__ = ["HOW", "after", "free", "within_reach"]

Array = NDArray[np.float64]

#: the stories: nothing assumed; keeps course, speed and height; descends; flies to an airport; falls
HOW = ("any", "goes on", "descends", "diverts", "falls")
#: rates of a descent (m/s) and of a fall, bank of a diversion (deg), time in which a fall loses its way (s): our choice
_DESCENT_MPS, _FALL_MPS, _DIVERT_BANK_DEG, _SLOWING_S = (5.0, 25.0), (40.0, 120.0), 25.0, (8.0, 40.0)
_TURN_S = 90.0
_SAYS = {
    "any": "Flies on as real flights did from such a state.",
    "goes on": "Keeps its course, speed and height, but for small wandering.",
    "descends": "Flies on as real flights did, and descends from some moment on.",
    "diverts": "Turns, at some moment, to an airport within reach and flies there.",
    "falls": "Falls from some moment on.",
}


def after(
    track: Track,
    minutes: float,
    aircraft: Aircraft | None = None,
    n: int = 2000,
    seed: int = 0,
    executor: Executor | None = None,
    how: str = "any",
    airports: pd.DataFrame | None = None,
) -> Ensemble:
    """An ensemble of what may have been flown after the last fix of a track.

    Parameters
    ----------
    track : Track
    minutes : float
        How long after the last fix, up to 180.
    aircraft : Aircraft, optional
        Bounds speed and bank.
    n, seed, executor
        As in `bridge`.
    how : str
        One of `HOW`. Heights of the last four follow rates of our choice; no rate of falls can be fitted on flights.
    airports : DataFrame, optional
        For "diverts": rows with latitude and longitude (degrees), the index naming them; see `within_reach`.

    Returns
    -------
    Ensemble
        Of a hypothesis "after" that asserts nothing. `paths` has ending "crashed" and `end_s` where a path fell to
        height zero (terrain is not looked at), "flying" elsewhere.

    Raises
    ------
    InputError
        For an unknown story, minutes out of range, or no airport within reach where the story needs one.
    """
    if how not in HOW:
        raise InputError("unknown story", how, HOW)
    if not 0.2 <= minutes <= 180.0:
        raise InputError("minutes after the last contact", minutes, "0.2 to 180")
    fixes = fixes_of(track)
    last = float(fixes.t_s[-1])
    rng = np.random.default_rng([seed, round(last), round(60 * minutes)])
    drawn = free(fixes, last, 60.0 * minutes, n, rng, aircraft, executor)
    if how != "any":
        drawn = _told(drawn, how, end_of(fixes, last, False), _targets(track, minutes, aircraft, airports, how), rng)
    made = ensemble_of("after", _SAYS[how], drawn, last, seed, (f"how: {how}", "wind is not modelled"))
    return made if how != "falls" else _fallen(made, drawn)


def within_reach(
    track: Track, minutes: float, airports: pd.DataFrame, aircraft: Aircraft | None = None
) -> pd.DataFrame:
    """The airports that can be reached in so many minutes after the last fix: distance, bearing, least time.

    Least time is that of a turn at the greatest bank and the great circle behind it at the greatest ground speed: an
    outer bound, as descent and approach take longer. Columns `distance_m`, `bearing_deg`, `minutes_least` beside those
    given; nearest in time first. Fuel is not known from a track and not looked at.
    """
    fixes = fixes_of(track)
    end = end_of(fixes, float(fixes.t_s[-1]), False)
    bounds = bounds_of(aircraft, fixes, end.height_m)
    way, bearing = earth.inverse(end.latitude, end.longitude, airports["latitude"], airports["longitude"])
    turn = np.radians(np.abs(earth.turn_deg(np.degrees(end.course_rad), bearing)))
    radius = end.speed_mps**2 / (9.80665 * np.tan(np.radians(bounds.bank_deg)))
    least = np.maximum(way, 0.0) / bounds.fastest_mps + np.where(way > 2 * radius, turn * radius / end.speed_mps, 0.0)
    least = np.minimum(least, (way + 2 * radius * turn) / bounds.fastest_mps)
    found = airports.assign(distance_m=way, bearing_deg=bearing, minutes_least=least / 60.0)
    return found[found["minutes_least"] <= minutes].sort_values("minutes_least")


def _targets(
    track: Track, minutes: float, aircraft: Aircraft | None, airports: pd.DataFrame | None, how: str
) -> pd.DataFrame:
    if how != "diverts":
        return pd.DataFrame()
    found = pd.DataFrame() if airports is None else within_reach(track, minutes, airports, aircraft)
    if not len(found):
        raise InputError("no airport within reach", 0 if airports is None else len(airports), "airports=, or more time")
    return found


def free(
    fixes: Fixes, last: float, span: float, n: int, rng: np.random.Generator, aircraft: Aircraft | None,
    executor: Executor | None,
) -> Halves:  # fmt: skip
    """Paths flown on as real flights were, on the plane about the last fix."""
    end = end_of(fixes, last, False, noise_m(fixes))
    before, _ = own_parts(fixes, last, 1e18)
    steps = max(int(np.ceil(span / STEP_S)), 2)
    project = Proj(proj="aeqd", lat_0=end.latitude, lon_0=end.longitude, ellps="WGS84")
    known, state = table.flown(before), state_of(end, before[-1] if before else None, 1)
    bounds = bounds_of(aircraft, fixes, end.height_m)
    tasks = [
        Task(known, state, 1, begin(end, project, n, rng), kernel, steps, span / steps, bounds, SETTINGS,
             int(rng.integers(1 << 62)))
        for kernel in (SETTINGS.kernel, SETTINGS.kernel_z)
    ]  # fmt: skip
    side, height = mapped(flown_half, tasks, executor)
    every = Pairs(np.arange(n), np.arange(n), n, 0.0, float(n))
    return Halves(side[..., 0], side[..., 1], height[..., 4], span / steps, (end.latitude, end.longitude), every, every)


def _told(drawn: Halves, how: str, end: End, targets: pd.DataFrame, rng: np.random.Generator) -> Halves:
    n, count = drawn.x.shape
    t = drawn.dt * np.arange(count)
    begins = t[-1] * rng.random((n, 1))
    since = np.maximum(t - begins, 0.0)
    if how == "descends":
        rate = _log_even(_DESCENT_MPS, n, rng)
        return drawn._replace(z=np.maximum(_held(drawn.z, since) - rate * since, 0.0))
    if how == "falls":
        return _falling(drawn, since, rng)
    return _straight(drawn, end, targets, how, begins[:, 0], rng)


def _log_even(between: tuple[float, float], n: int, rng: np.random.Generator) -> Array:
    low, high = np.log(between)
    return np.asarray(np.exp(low + (high - low) * rng.random((n, 1))))


def _held(values: Array, since: Array) -> Array:
    """The values up to the moment, and from then on what they were."""
    last = np.argmax(since > 0.0, axis=1)
    last = np.where((since > 0.0).any(axis=1), np.maximum(last - 1, 0), values.shape[1] - 1)
    return np.asarray(np.where(since > 0.0, values[np.arange(len(values)), last][:, None], values))


def _falling(drawn: Halves, since: Array, rng: np.random.Generator) -> Halves:
    """Horizontal speed dies away, height is lost at a rate that is reached within seconds; down at height zero."""
    n = len(since)
    slow = _log_even(_SLOWING_S, n, rng)
    rate = _log_even(_FALL_MPS, n, rng)
    z = _held(drawn.z, since) - rate * (since - 8.0 * (1.0 - np.exp(-since / 8.0)))
    down = np.argmax(z <= 0.0, axis=1)
    down = np.where((z <= 0.0).any(axis=1), down, z.shape[1] - 1)
    until = np.minimum(since, since[np.arange(n), down][:, None])
    x, y = (_slowed(values, since, until, slow, drawn.dt) for values in (drawn.x, drawn.y))
    return drawn._replace(x=x, y=y, z=np.maximum(z, 0.0))


def _slowed(values: Array, since: Array, until: Array, slow: Array, dt: float) -> Array:
    velocity = _held(np.gradient(values, dt, axis=1), since)
    return np.asarray(_held(values, since) + np.where(since > 0, velocity * slow * (1.0 - np.exp(-until / slow)), 0.0))


def _straight(
    drawn: Halves, end: End, targets: pd.DataFrame, how: str, begins: Array, rng: np.random.Generator
) -> Halves:
    """Fly the course held, or turned at a bank towards an airport once the moment has come."""
    n, count = drawn.x.shape
    project = Proj(proj="aeqd", lat_0=drawn.centre[0], lon_0=drawn.centre[1], ellps="WGS84")
    state = begin(end, project, n, rng)
    x, y, course, speed, height = state.T
    aim = None
    if how == "diverts":
        chosen = targets.iloc[rng.integers(len(targets), size=n)]
        aim = project(chosen["longitude"].to_numpy(float), chosen["latitude"].to_numpy(float))
        spare = drawn.dt * (count - 1) - _TURN_S - chosen["distance_m"].to_numpy(float) / speed
        begins = np.maximum(0.5 * spare, 0.0) * rng.random(n)  # however it flew till then, it still arrives
    found = np.empty((2, n, count))
    most = 9.80665 * np.tan(np.radians(_DIVERT_BANK_DEG)) / speed * drawn.dt
    for k in range(count):
        found[:, :, k] = x, y
        course = course + 0.002 * np.sqrt(drawn.dt) * rng.standard_normal(n)
        if aim is not None:
            off = np.arctan2(aim[0] - x, aim[1] - y) - course
            off = (off + np.pi) % (2 * np.pi) - np.pi
            course = course + np.where(k * drawn.dt >= begins, np.clip(off, -most, most), 0.0)
        step = speed * drawn.dt
        if aim is not None:
            step = np.where(k * drawn.dt >= begins, np.minimum(step, np.hypot(aim[0] - x, aim[1] - y)), step)
        x, y = x + step * np.sin(course), y + step * np.cos(course)
    level = np.repeat(height[:, None], count, axis=1) if how == "goes on" else drawn.z
    return drawn._replace(x=found[0], y=found[1], z=level)


def _fallen(made: Ensemble, drawn: Halves) -> Ensemble:
    down = drawn.z <= 0.0
    fell = down.any(axis=1)
    end_s = np.where(fell, np.argmax(down, axis=1) * drawn.dt, 1e18)
    made.paths["ending"] = xr.DataArray(np.where(fell, "crashed", "flying").astype(object), dims="path")
    made.paths["end_s"] = ("path", end_s, {"unit": "s", "meaning": "from the last fix; inf: not ended"})
    return made
