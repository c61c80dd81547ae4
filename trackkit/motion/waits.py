"""Waits, of which a path's times are made: where they stand in a vector, and what changing them does to the prior.

In a wait itself, w = -log(1 - Phi(z)) in units of its mean, the prior is exponential.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri_exp

from trackkit.motion.numbers import (
    ACTIVITY,
    CLIMB_SIZE,
    CLIMBS,
    LATERAL,
    SPEED,
    SPEED_SIZE,
    SPEEDS,
    TURN_SIZE,
    TURNS,
    VERTICAL,
)  # fmt: skip
from trackkit.motion.scene import Scene, Story

Array = NDArray[np.float64]
Proposal = Callable[[Array, np.random.Generator], tuple[Array, Array]]

TURN_WAITS = LATERAL + TURN_SIZE * np.arange(TURNS)
CLIMB_WAITS = VERTICAL + CLIMB_SIZE * np.arange(CLIMBS)
SPEED_WAITS = SPEED + SPEED_SIZE * np.arange(SPEEDS)
#: how often what comes after takes a shift back
TAKEN_BACK = 0.7


def waits_of(z: Array) -> Array:
    """Exponential waits, in units of their mean, of standard normal numbers."""
    return np.asarray(-log_ndtr(-z), float)


def normals_of(waits: Array) -> Array:
    """The standard normal numbers of such waits."""
    return np.asarray(-ndtri_exp(-waits), float)


def _leave_mean(scene: Scene, story: Story) -> float:
    return story.leave_mean_s if story.leaves and story.leave_mean_s > 0.0 else scene.habits.free_mean_s


def _pace_s(noise: Array, scene: Scene) -> Array:
    """The mean wait between lateral manoeuvres (s)."""
    habits = scene.habits
    return np.asarray(habits.busy_s * np.exp(ndtr(noise[:, ACTIVITY]) * np.log(habits.calm_s / habits.busy_s)))


def _shifts(n: int, rng: np.random.Generator, scales_s: tuple[float, float]) -> Array:
    """Shifts of a time (s), small and large."""
    least, most = scales_s
    return rng.standard_normal(n) * np.exp(rng.uniform(math.log(least), math.log(most), n))


def _signed(n: int, rng: np.random.Generator, sizes_s: tuple[float, float]) -> Array:
    """Seconds of either sign, their size log-uniform."""
    least, most = sizes_s
    return np.asarray(np.exp(rng.uniform(math.log(least), math.log(most), n)) * rng.choice([-1.0, 1.0], n))


def _with_waits(noise: Array, where: NDArray[np.int64], change: Array) -> tuple[Array, Array]:
    """Vectors with waits changed by so many of their means, and the log prior ratio; -1 in `where` for none.

    A wait that would be negative makes the whole proposal void.
    """
    rows, used = np.arange(len(noise))[:, None], where >= 0
    waits = waits_of(noise[rows, where]) + change
    good = np.asarray(((waits > 0.0) | ~used).all(axis=1), bool)
    put, new = used & good[:, None], noise.copy()
    new[np.broadcast_to(rows, where.shape)[put], where[put]] = normals_of(waits[put])
    return new, np.where(good, -np.where(used, change, 0.0).sum(axis=1), -np.inf)
