"""Join halves: paths flown on from one end and back from the other that meet, and the bends that close them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

__all__ = ["Pairs", "closed", "meet"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

#: points of one cloud, and neighbours of each in the other, from which the radius is told
_ASKED, _NEIGHBOURS = 1_000, 48
#: pairs that are looked at; where more meet, as where a flight orbits, they are those of a sample of both clouds
_MOST_PAIRS = 4_000_000


class Pairs(NamedTuple):
    """Which halves were joined, how many pairs met, how near (m), and what they are worth."""

    first: Whole
    second: Whole
    met: int
    radius_m: float
    effective: float


def meet(here: Array, there: Array, n: int, least: float, most: float, rng: np.random.Generator) -> Pairs | None:
    """Draw n pairs of points of two clouds that lie within a radius of each other, by how near they are.

    The radius is about the least at which four pairs for each that is wanted meet; None where hardly any do at `most`.
    Drawing pairs that (nearly) meet among all pairs is drawing from both halves given that they join.
    """
    one, other = cKDTree(here), cKDTree(there)
    asked = here[:: max(len(here) // _ASKED, 1)]
    near, _ = other.query(asked, k=_NEIGHBOURS, distance_upper_bound=most)
    near = np.sort(near[np.isfinite(near)])
    wanted = int(4 * n * len(asked) / len(here))
    if len(near) < max(wanted // 100, 1):
        return None
    radius = max(float(near[min(wanted, len(near) - 1)]), least)
    met = int(one.count_neighbors(other, radius))
    first, second = (_some(len(cloud), met, rng) for cloud in (here, there))
    found = cKDTree(here[first]).sparse_distance_matrix(cKDTree(there[second]), radius, output_type="ndarray")
    weight = 1.0 - (found["v"] / radius) ** 2
    climbed = np.cumsum(weight)
    spread = (rng.random() + np.arange(n)) / n * climbed[-1]
    drawn = np.minimum(np.searchsorted(climbed, spread), len(found) - 1)
    worth = float(weight.sum() ** 2 / (weight**2).sum())
    return Pairs(first[found["i"][drawn]], second[found["j"][drawn]], met, radius, worth)


def _some(count: int, met: int, rng: np.random.Generator) -> Whole:
    """Indices of a cloud: all, or so many that of the pairs that meet about the most that are looked at are left."""
    if met <= _MOST_PAIRS:
        return np.arange(count)
    kept = max(int(count * np.sqrt(_MOST_PAIRS / met)), 1)
    return np.asarray(np.sort(rng.choice(count, kept, replace=False)))


def closed(forward: Array, backward: Array, dt: float) -> Array:
    """One series from two halves, each bent by a cubic that begins without change and meets the other half way.

    `forward` and `backward` have shape (paths, steps + 1), the latter counted back from the end; returns
    (paths, 2 steps + 1).
    """
    gap = backward[:, -1] - forward[:, -1]
    slope = _slope(forward, dt) + _slope(backward, dt)
    one = forward + _bend(forward, 0.5 * gap, -0.5 * slope, dt)
    other = backward + _bend(backward, -0.5 * gap, -0.5 * slope, dt)
    return np.concatenate([one, other[:, -2::-1]], axis=1)


def _slope(half: Array, dt: float) -> Array:
    return np.asarray((half[:, -1] - half[:, -2]) / dt)


def _bend(half: Array, by: Array, slope: Array, dt: float) -> Array:
    """A cubic over the half: zero and flat at its start, `by` with `slope` at its end."""
    u = np.linspace(0.0, 1.0, half.shape[1])
    length = dt * (half.shape[1] - 1)
    bent = by[:, None] * (3.0 * u**2 - 2.0 * u**3) + length * slope[:, None] * (u**3 - u**2)
    return np.asarray(bent)
