"""The engine of a hole: halves flown on from one end and back from the other, joined where they meet."""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import Proj

from trackkit import earth
from trackkit.read.stretches import STEP_S
from trackkit.reconstruct import flown as table
from trackkit.reconstruct.ends import End, Fixes, end_of, noise_m, own_parts
from trackkit.reconstruct.join import Pairs, closed, meet
from trackkit.reconstruct.replay import replay

__all__ = [
    "SETTINGS", "Bounds", "Halves", "Settings", "Task", "begin", "convergence", "flown_half", "halves", "mapped",
    "state_of", "wander",
]  # fmt: skip

Array = NDArray[np.float64]
Part = tuple[Array, ...]

#: errors of the speed (m/s), course (deg) and height (m) that an end tells
SPEED_SD_MPS, COURSE_SD_DEG, HEIGHT_SD_M = 0.6, 0.5, 3.0
#: a hole up to this long wanders at the rate of its flight, a longer one less in proportion (s)
_SHORT_S = 120.0
#: velocities count as far apart as positions after this share of the hole: sideways, in height
_VELOCITY_SHARE, _RATE_SHARE = 0.25, 0.25
#: how far halves may miss each other and still be joined: share of the way flown, height (m)
_FARTHEST, _HIGHEST_M = 0.2, 4_000.0


class Settings(NamedTuple):
    """Everything that was chosen on training flights.

    `kernel` compares states sideways and `kernel_z` in height; `own_jump` is the chance that a jump stays with the
    flight's own stretches; `mean_s` the mean time between jumps; `quiet` and `side` make the spectral density (m2/s3)
    of small wandering, quiet + side a^1.5 with a the flight's acceleration sideways (m/s2).
    """

    kernel: table.Kernel = table.Kernel(0.6 * table.SIDEWAYS, 150.0)
    kernel_z: table.Kernel = table.Kernel(0.6 * table.IN_HEIGHT, 150.0)
    own_jump: float = 0.7
    mean_s: float = 150.0
    quiet: float = 0.005
    side: float = 1.0
    halves: int = 8_000


SETTINGS = Settings()


class Bounds(NamedTuple):
    """What no path passes: ground speeds (m/s), bank (deg)."""

    slowest_mps: float
    fastest_mps: float
    bank_deg: float


class Halves(NamedTuple):
    """Joined paths on a plane about `centre` (azimuthal equidistant): x, y, z (m), shape (paths, times), every dt s."""

    x: Array
    y: Array
    z: Array
    dt: float
    centre: tuple[float, float]
    pairs: Pairs
    pairs_z: Pairs


class Task(NamedTuple):
    """What one half of one channel needs."""

    known: table.Flown
    state: Array
    way: int
    begin: Array
    kernel: table.Kernel
    steps: int
    dt: float
    bounds: Bounds
    settings: Settings
    seed: int


def halves(
    fixes: Fixes, start_s: float, end_s: float, n: int, rng: np.random.Generator, bounds: Bounds,
    settings: Settings = SETTINGS, executor: Executor | None = None, without: NDArray[np.int64] | None = None,
) -> Halves | None:  # fmt: skip
    """As many paths over a hole; None where no halves of the kind meet."""
    noise = noise_m(fixes)
    ends = end_of(fixes, start_s, False, noise), end_of(fixes, end_s, True, noise)
    parts = own_parts(fixes, start_s, end_s)
    near = parts[0][-1] if parts[0] else None, parts[1][0] if parts[1] else None
    known = table.flown([*parts[0], *parts[1]], without)
    steps = max(int(np.ceil((end_s - start_s) / 2 / STEP_S)), 2)
    dt = (end_s - start_s) / 2 / steps
    centre = _middle(*ends)
    project = Proj(proj="aeqd", lat_0=centre[0], lon_0=centre[1], ellps="WGS84")
    tasks = []
    for end, part, way in zip(ends, near, (1, -1), strict=True):
        for kernel, count in ((settings.kernel, settings.halves), (settings.kernel_z, settings.halves // 3)):
            tasks.append(Task(known, state_of(end, part, way), way, begin(end, project, count, rng), kernel, steps, dt,
                              bounds, settings, int(rng.integers(1 << 62))))  # fmt: skip
    one, one_z, other, other_z = mapped(flown_half, tasks, executor)
    return _joined((one, other), (one_z, other_z), n, dt, centre, _restless(tasks, end_s - start_s), settings, rng)


def mapped(function: Any, tasks: list[Any], executor: Executor | None) -> list[Any]:
    """The function's answers in the order of the tasks, whatever computes them."""
    with nullcontext(executor) as pool:
        return list(pool.map(function, tasks)) if pool is not None else list(map(function, tasks))


def flown_half(task: Task) -> Array:
    """Paths flown on, or back, from one end, shape (paths, steps + 1, 5): x, y, course, speed, height."""
    rng = np.random.default_rng(task.seed)
    places, mirrors = table.enter(task.known, task.state, task.way, len(task.begin), task.kernel, rng)
    side = 9.80665 * np.tan(np.radians(task.bounds.bank_deg))
    limits = (task.bounds.slowest_mps, task.bounds.fastest_mps, float(side))
    return np.asarray(replay(
        task.begin, places, mirrors, task.steps, task.dt, float(task.way), table.tables(task.known, task.way),
        task.settings.own_jump, task.settings.mean_s, limits, task.seed,
    ))  # fmt: skip


def _restless(tasks: list[Task], span_s: float) -> float:
    """The greatest acceleration sideways (m/s2, root mean square) about either end."""
    over = (1, 2) if span_s > 240.0 else (1,)
    return max(float(np.exp(task.state[k])) for task in tasks for k in over)


def _joined(
    sides: tuple[Array, Array], heights: tuple[Array, Array], n: int, dt: float, centre: tuple[float, float],
    restless: float, settings: Settings, rng: np.random.Generator,
) -> Halves | None:  # fmt: skip
    steps = sides[0].shape[1] - 1
    span = 2 * steps * dt
    most = _FARTHEST * span * float(sides[0][:, 0, 3].mean())
    here, there = (_cloud(part, _VELOCITY_SHARE * span) for part in sides)
    pairs = meet(here, there, n, 0.0, most, rng)
    pairs_z = meet(_rising(heights[0], _RATE_SHARE * span, dt), _rising(heights[1], -_RATE_SHARE * span, dt), n, 0.0,
                   _HIGHEST_M, rng)  # fmt: skip
    if pairs is None or pairs_z is None:
        return None
    x, y = (closed(sides[0][pairs.first, :, k], sides[1][pairs.second, :, k], dt) for k in (0, 1))
    density = settings.quiet + settings.side * restless**1.5
    density = density * min(_SHORT_S / span, 1.0) * np.exp(rng.standard_normal(n))[:, None]
    order = rng.permutation(n)
    z = closed(heights[0][pairs_z.first[order], :, 4], heights[1][pairs_z.second[order], :, 4], dt)
    x, y = x + wander(density, 2 * steps, dt, rng), y + wander(density, 2 * steps, dt, rng)
    return Halves(x, y, z, dt, centre, pairs, pairs_z)


def _middle(one: End, other: End) -> tuple[float, float]:
    way, azimuth = earth.inverse(one.latitude, one.longitude, other.latitude, other.longitude)
    lat, lon = earth.forward(one.latitude, one.longitude, azimuth, 0.5 * way)
    return float(lat), float(lon)


def _cloud(half: Array, time_s: float) -> Array:
    """Where a half ends, and its velocity times a time."""
    x, y, course, speed = half[:, -1, :4].T
    return np.stack([x, y, time_s * speed * np.sin(course), time_s * speed * np.cos(course)], axis=1)


def _rising(half: Array, time_s: float, dt: float) -> Array:
    z = half[:, :, 4]
    return np.stack([z[:, -1], time_s * (z[:, -1] - z[:, -2]) / dt], axis=1)


def begin(end: End, project: Proj, count: int, rng: np.random.Generator) -> Array:
    """States that an end may have been in, shape (count, 5): x, y, course on the plane, speed, height."""
    noise = rng.standard_normal((5, count))
    x, y = project(end.longitude, end.latitude)
    course = end.course_rad - convergence(project, end)
    s, c = np.sin(course), np.cos(course)
    along, across = end.along_m * noise[0], end.across_m * noise[1]
    return np.stack([
        x + along * s + across * c, y + along * c - across * s, course + np.radians(COURSE_SD_DEG) * noise[2],
        np.maximum(end.speed_mps + SPEED_SD_MPS * noise[3], 5.0), end.height_m + HEIGHT_SD_M * noise[4],
    ], axis=1)  # fmt: skip


def convergence(project: Proj, end: End) -> float:
    """What to take from a true course for the course on the plane (rad)."""
    lat, lon = earth.forward(end.latitude, end.longitude, np.degrees(end.course_rad), 500.0)
    x0, y0 = project(end.longitude, end.latitude)
    x1, y1 = project(float(lon), float(lat))
    return float(end.course_rad - np.arctan2(x1 - x0, y1 - y0))


def state_of(end: End, part: Part | None, way: int) -> Array:
    """The state at an end as the flight's own stretch tells it; of a quiet flight where there is none."""
    if part is None:
        return np.array([0.0, np.log(0.3), np.log(0.4), 0.0, np.log(max(end.speed_mps, 5.0)), 0.0, 0.0, end.height_m])
    own = table.own_states(part)
    return own[0][-1] if way > 0 else own[1][0]


def wander(density: Array, steps: int, dt: float, rng: np.random.Generator) -> Array:
    """Integrated Wiener processes that begin and end without displacement or velocity, shape (paths, steps + 1).

    Taking off the cubic through the end's own displacement and velocity leaves the process given that both are zero.
    """
    n = len(density)
    speed = np.cumsum(np.sqrt(density * dt) * rng.standard_normal((n, steps)), axis=1)
    speed = np.concatenate([np.zeros((n, 1)), speed], axis=1)
    moved = np.cumsum(0.5 * (speed[:, 1:] + speed[:, :-1]) * dt, axis=1)
    moved = np.concatenate([np.zeros((n, 1)), moved], axis=1)
    u = np.linspace(0.0, 1.0, steps + 1)
    return np.asarray(moved - moved[:, -1:] * (3 * u**2 - 2 * u**3) - steps * dt * speed[:, -1:] * (u**3 - u**2))
