"""The fixes of a track without their noise: an exact smoother with heavy-tailed errors along and across the track.

Positions of ADS-B are late rather than wrong: their errors along the track are ten times those across it. Each part of
a track between holes and jumps is smoothed by itself, so that nothing is drawn where nothing was heard.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from trackkit import columns, earth
from trackkit.check import fixes as told
from trackkit.check import moving
from trackkit.check.fixes import Fixes
from trackkit.model import Track

__all__ = ["smooth"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: standard error of a position: late by so many seconds, at least so many metres, and across the track (m): 17 m median
#: along and 1.5 m across in rows of 1 s (residuals of a local cubic on sample flights of traffic 2.13)
LATE_S, LEAST_M, ACROSS_M = 0.17, 5.0, 2.5
#: NACp -> 95 % bound of the position (m), DO-260B; what is below 8 widens the error
EPU_M = {0: 20_000.0, 1: 18_520.0, 2: 7_408.0, 3: 3_704.0, 4: 1_852.0, 5: 926.0, 6: 556.0, 7: 185.0}
RAYLEIGH_95 = 2.448
#: standard errors of velocity (m/s), of its time (s), of height (m, steps of 25 ft) and vertical rate (m/s)
SPEED_MPS, SPEED_LATE_S, HEIGHT_M, RATE_MPS = 1.0, 1.0, 5.0, 1.5
#: wandering of the velocity (m2/s3) in straight flight, and of the vertical rate
WANDER, WANDER_UP = 0.5, 0.3
#: degrees of freedom of the errors, rounds of reweighting, errors beyond which a fix is set aside, and at most moved
FREEDOM, ROUNDS, ASIDE, FURTHEST = 4.0, 5, 8.0, 3.0
FEWEST = 3
UNKNOWN = 1e12


def smooth(track: Track) -> pd.DataFrame:
    """Smooth a track: raw beside smoothed, with the uncertainty of each fix.

    Parameters
    ----------
    track : Track

    Returns
    -------
    DataFrame
        Indexed like the fixes; columns `trackkit.columns.SMOOTHED`. Rows that repeat the position before them, and
        parts of fewer than three positions, have no smoothed values. No fix is moved by more than three of its
        standard errors along or across the track, unless it is `set_aside`: then it belongs to none of the others.

    Notes
    -----
    A Kalman filter with constant velocity (white acceleration, more of it where the reported velocity changes) and the
    Rauch-Tung-Striebel smoother (AIAA Journal 3, 1965, 1445-1450), for reported position and velocity at once. Errors
    have Student's distribution of four degrees of freedom, by reweighting. The sums of steps east and north serve as
    plane: exact for the shifts, whatever the length of the flight.
    """
    every = told.arrays(track)
    rows = np.flatnonzero(every.fresh)
    fresh = every[rows]
    part = np.cumsum(every.hole)[rows] + _breaks(fresh)
    found = pd.DataFrame(index=range(len(rows)), columns=_NAMES, dtype=float)
    for number in np.unique(part):
        at = np.flatnonzero(part == number)
        if len(at) >= FEWEST:
            found.loc[at, _NAMES] = _part(fresh[at])
    table = pd.DataFrame({"latitude": every.latitude, "longitude": every.longitude, "height_m": every.height_m})
    found.index = rows
    table = table.join(found).assign(part=pd.Series(part, index=rows))
    table["part"] = table["part"].ffill()
    table["set_aside"] = table["set_aside"].eq(1.0)
    return columns.conform(table.set_axis(track.fixes.index), columns.SMOOTHED)


_NAMES = [
    "smooth_latitude", "smooth_longitude", "smooth_height_m", "smooth_groundspeed_mps", "smooth_track_deg",
    "smooth_rate_mps", "sd_along_m", "sd_across_m", "sd_height_m", "error_along_m", "error_across_m", "moved_along_m",
    "moved_across_m", "moved_height_m", "set_aside",
]  # fmt: skip


def _breaks(fresh: Fixes) -> NDArray[np.int64]:
    """The number of holes between positions, and of jumps, up to each of them."""
    if not len(fresh):
        return np.zeros(0, np.int64)
    step = told.steps(fresh)
    usual = float(np.median(step.seconds)) if len(step.seconds) else 0.0
    hole = step.seconds > max(told.HOLE_S, told.HOLE_STEPS * usual)
    lone = _lone(fresh)
    jump = moving.jumps(step) & ~lone[1:] & ~lone[:-1]
    return np.concatenate([[0], np.cumsum(hole | jump)])


def _lone(fresh: Fixes) -> Mask:
    """Positions that stand alone off those around them: they are set aside, not parts of their own."""
    found = np.zeros(len(fresh), bool)
    if len(fresh) >= FEWEST:
        bad = moving.jumps(told.steps(fresh))
        over = np.zeros(len(fresh) - 2, bool)
        for start in (0, 1):
            over[start::2] = moving.jumps(told.steps(fresh[start::2]))
        found[1:-1] = bad[:-1] & bad[1:] & ~over
    return found


def _part(fixes: Fixes) -> Array:
    """One part smoothed; columns `_NAMES`."""
    step = told.steps(fixes)
    plane = np.stack([_sums(step.east_m), _sums(step.north_m)], axis=1)
    course = np.where(np.isfinite(fixes.track_deg), fixes.track_deg, np.append(step.course_deg, step.course_deg[-1:]))
    angle = np.radians(course)
    ahead = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    right = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    flown = np.hypot(*np.gradient(plane, fixes.t_s, axis=0).T)
    speed = np.where(np.isfinite(fixes.speed_mps), fixes.speed_mps, flown)
    along, across = _errors(fixes, speed)
    mean, spread, far = _flat(fixes, step.seconds, plane, ahead, right, along, across)
    off = mean[:, :2] - plane
    moved_along = _held((off * ahead).sum(axis=1), along, far)
    moved_across = _held((off * right).sum(axis=1), across, far)
    off = moved_along[:, None] * ahead + moved_across[:, None] * right
    latitude, longitude = earth.forward(
        fixes.latitude, fixes.longitude, np.degrees(np.arctan2(off[:, 0], off[:, 1])), np.hypot(off[:, 0], off[:, 1])
    )
    height, rate, height_sd = _upright(fixes, step.seconds)
    return np.stack([
        latitude, longitude, height, np.hypot(mean[:, 2], mean[:, 3]),
        np.degrees(np.arctan2(mean[:, 2], mean[:, 3])) % 360.0, rate, _spread(spread, ahead), _spread(spread, right),
        height_sd, along, across, moved_along, moved_across, height - fixes.height_m, far.astype(float),
    ], axis=1)  # fmt: skip


def _sums(steps_m: Array) -> Array:
    return np.concatenate([[0.0], np.cumsum(steps_m)])


def _spread(spread: Array, way: Array) -> Array:
    """Standard deviation of a position along a direction."""
    return np.asarray(np.sqrt(np.einsum("ni,nij,nj->n", way, spread[:, :2, :2], way)), float)


def _held(moved: Array, error: Array, far: Mask) -> Array:
    """Shifts no longer than what a fix may be off, but for those set aside."""
    return np.where(far, moved, np.clip(moved, -FURTHEST * error, FURTHEST * error))


def _errors(fixes: Fixes, speed: Array) -> tuple[Array, Array]:
    """Standard errors of the positions along and across the track."""
    bound = pd.Series(fixes.nac_p).map(EPU_M).fillna(0.0).to_numpy(float) / RAYLEIGH_95
    return np.maximum(np.hypot(LEAST_M, LATE_S * np.nan_to_num(speed)), bound), np.maximum(ACROSS_M, bound)


def _flat(
    fixes: Fixes, seconds: Array, plane: Array, ahead: Array, right: Array, along: Array, across: Array
) -> tuple[Array, Array, Mask]:
    """Position and velocity in the plane, their covariance, and which positions are set aside."""
    angle = np.radians(fixes.track_deg)
    velocity = np.stack([fixes.speed_mps * np.sin(angle), fixes.speed_mps * np.cos(angle)], axis=1)
    change = np.hypot(*np.diff(velocity, axis=0).T) / np.maximum(seconds, 1e-3)
    change = np.nan_to_num(change, nan=2.0)
    wander = WANDER + change**2 * np.maximum(seconds, 1.0)
    known = np.isfinite(velocity).all(axis=1)
    turning = np.maximum(np.append(change, 0.0), np.insert(change, 0, 0.0))
    late = SPEED_MPS**2 + (SPEED_LATE_S * turning) ** 2
    seen = np.concatenate([plane, np.nan_to_num(velocity)], axis=1)
    weight = _first_weight(plane, along, across, ahead, right)
    for _ in range(ROUNDS):
        noise = np.zeros((len(seen), 4, 4))
        noise[:, :2, :2] = _turned(along, across, ahead, right) / weight[:, None, None]
        noise[:, 2, 2] = noise[:, 3, 3] = np.where(known, late, UNKNOWN)
        mean = _mean(seen, noise, seconds, wander)
        distance = _distance(plane - mean[:, :2], along, across, ahead, right)
        weight = (FREEDOM + 2.0) / (FREEDOM + distance**2)
        weight = np.where(distance > ASIDE, 1e-9, weight)
    return mean, _spreads(seen, noise, seconds, wander), distance > ASIDE


def _turned(along: Array, across: Array, ahead: Array, right: Array) -> Array:
    """Covariances of the positions in the plane."""
    return (along**2)[:, None, None] * ahead[:, :, None] * ahead[:, None, :] + (across**2)[:, None, None] * right[
        :, :, None
    ] * right[:, None, :]


def _distance(off: Array, along: Array, across: Array, ahead: Array, right: Array) -> Array:
    """How many standard errors positions are off."""
    return np.asarray(np.hypot((off * ahead).sum(axis=1) / along, (off * right).sum(axis=1) / across), float)


def _first_weight(plane: Array, along: Array, across: Array, ahead: Array, right: Array) -> Array:
    """Weights to begin with: next to none for what lies far off the running median of its neighbours."""
    middle = np.stack([told.running(plane[:, k], 5) for k in (0, 1)], axis=1)
    middle[:2], middle[-2:] = plane[:2], plane[-2:]
    return np.where(_distance(plane - middle, along, 10.0 * across, ahead, right) > 20.0, 1e-9, 1.0)


def _upright(fixes: Fixes, seconds: Array) -> tuple[Array, Array, Array]:
    """Height, vertical rate and the standard deviation of the height."""
    known = np.isfinite(fixes.height_m)
    if known.sum() < FEWEST:
        nothing = np.full(len(fixes), np.nan)
        return nothing, nothing, nothing
    seen = np.stack([np.nan_to_num(fixes.height_m), np.nan_to_num(fixes.rate_mps)], axis=1)
    change = np.abs(np.nan_to_num(np.diff(fixes.rate_mps))) / np.maximum(seconds, 1e-3)
    wander = WANDER_UP + change**2 * np.maximum(seconds, 1.0)
    middle = told.running(fixes.height_m, 5)
    weight = np.where(np.abs(fixes.height_m - middle) > 40.0 * HEIGHT_M, 1e-9, 1.0)
    for _ in range(ROUNDS):
        noise = np.zeros((len(seen), 2, 2))
        noise[:, 0, 0] = np.where(known, HEIGHT_M**2 / weight, UNKNOWN)
        noise[:, 1, 1] = np.where(np.isfinite(fixes.rate_mps), RATE_MPS**2, UNKNOWN)
        mean = _mean(seen, noise, seconds, wander)
        distance = np.abs(np.nan_to_num(fixes.height_m - mean[:, 0])) / HEIGHT_M
        weight = np.where(distance > ASIDE, 1e-9, (FREEDOM + 1.0) / (FREEDOM + distance**2))
    return mean[:, 0], mean[:, 1], np.sqrt(_spreads(seen, noise, seconds, wander)[:, 0, 0])


# -- the smoother: normal equations of seen places and velocities, with white acceleration between ---------------
#
# Their solution is the mean of the Rauch-Tung-Striebel smoother, the blocks on the diagonal of their inverse are its
# covariances. Places come first in each row of `seen`, then their velocities.


def _mean(seen: Array, noise: Array, seconds: Array, wander: Array) -> Array:
    """Smoothed places and velocities, solved for as shifts of what was seen."""
    own, next_to, pull = _equations(seen, np.asarray(np.linalg.inv(noise), float), seconds, wander)
    return seen + solveh_banded(_banded(own, next_to), pull.ravel(), lower=True).reshape(seen.shape)


def _spreads(seen: Array, noise: Array, seconds: Array, wander: Array) -> Array:
    """Covariances of the smoothed places and velocities."""
    own, next_to, _ = _equations(seen, np.asarray(np.linalg.inv(noise), float), seconds, wander)
    return _covariances(own, next_to)


def _equations(seen: Array, precision: Array, seconds: Array, wander: Array) -> tuple[Array, Array, Array]:
    """Blocks on and below the diagonal, and the pull on what was seen by the motion between."""
    move, inverse = _motion(seconds, wander, seen.shape[1] // 2)
    own = precision.copy()
    own[1:] += inverse
    own[:-1] += move.transpose(0, 2, 1) @ inverse @ move
    next_to = -inverse @ move
    force = np.einsum("nij,nj->ni", inverse, seen[1:] - np.einsum("nij,nj->ni", move, seen[:-1]))
    pull = np.zeros_like(seen)
    pull[1:] -= force
    pull[:-1] += np.einsum("nji,nj->ni", move, force)
    return own, next_to, pull


def _motion(seconds: Array, wander: Array, half: int) -> tuple[Array, Array]:
    """Matrices of motion, and inverse covariances of what it wanders (integrated white acceleration)."""
    move = np.tile(np.eye(2 * half), (len(seconds), 1, 1))
    inverse = np.zeros_like(move)
    dt, q = np.maximum(seconds, 1e-3), wander
    for i in range(half):
        move[:, i, half + i] = seconds
        inverse[:, i, i], inverse[:, half + i, half + i] = 12.0 / (q * dt**3), 4.0 / (q * dt)
        inverse[:, i, half + i] = inverse[:, half + i, i] = -6.0 / (q * dt**2)
    return move, inverse


def _banded(own: Array, next_to: Array) -> Array:
    """The lower bands of a block-tridiagonal matrix, as `scipy.linalg.solveh_banded` takes them."""
    count, size = own.shape[:2]
    bands = np.zeros((2 * size, count * size))
    for column in range(size):
        for row in range(column, size):
            bands[row - column, column::size] = own[:, row, column]
        for row in range(size):
            bands[size + row - column, column : (count - 1) * size : size] = next_to[:, row, column]
    return bands


def _covariances(own: Array, next_to: Array) -> Array:
    """The blocks on the diagonal of the inverse of a block-tridiagonal matrix."""
    left = np.empty_like(own)
    left[0] = np.linalg.inv(own[0])
    for k in range(1, len(own)):
        left[k] = np.linalg.inv(own[k] - next_to[k - 1] @ left[k - 1] @ next_to[k - 1].T)
    for k in range(len(own) - 2, -1, -1):
        gain = left[k] @ next_to[k].T
        left[k] += gain @ left[k + 1] @ gain.T
    return left
