"""What claims share: where, when, how high, and the small compiled functions that put such parts to a path.

A claim is made ready with plain numbers in the fields below; `stack` puts the claims of a kind together, so that one
compiled loop asks all of them of a path while it is at hand.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trackkit import motion

Array = NDArray[np.float64]
#: one claim's number, truth, triple or weights; or an array with those of many claims along its first axis
Each = Any

#: log-likelihood of what a path does not do at all, and the least of a miss
NEVER = -690.0
#: a squared distance beyond all others
HUGE = 1e9

# Nothing is allocated in here, and counting the users of every array would cost more than asking does: `_nrt=False`.
# No not-a-number is made in here, so that the least of a row may be found in lanes: `fastmath`.
_OPTIONS: dict[str, Any] = {
    "nogil": True, "cache": True, "error_model": "numpy", "fastmath": {"nnan", "nsz"}, "_nrt": False,
}  # fmt: skip
_compiled = njit(**_OPTIONS)
_inlined = njit(**_OPTIONS, forceinline=True)


class Where(NamedTuple):
    """Places as two-dimensional normal distributions in their own tangent planes, areas with soft edges, or no place.

    `up`, `east`, `north` are unit vectors at the middle; `radii` the radii of curvature (m) eastward and northward;
    `precision` the inverse covariance (xx, xy, yy; per square metre), of an area that of its edge. `area` holds an
    area's distances from its edge (m, negative inside) on a grid of the tangent plane, no rows where there is none;
    `box` is that grid's south-west corner and its steps (east, north, east step, north step; m).
    """

    given: Each
    up: Each
    east: Each
    north: Each
    radii: Each
    precision: Each
    log_density: Each
    area: Each
    box: Each


class When(NamedTuple):
    """The moments that claims may mean: weights over the stored steps, or a part of each path.

    `part` is 0 for absolute weights (zero outside `first` to `last`, `whole` their sum), 1 for the first minutes after
    take-off, 2 for the minutes about the closest approach to `anchor` (a unit normal), 3 for a first stretch of so many
    metres flown; `span_s` is their reach (of 3: seconds after take-off, and metres).
    """

    part: Each
    weights: Each
    first: Each
    last: Each
    whole: Each
    anchor: Each
    span_s: Each


class Height(NamedTuple):
    """Heights: value, standard deviation and datum (0 pressure, 1 sea level, 2 ground)."""

    given: Each
    value_m: Each
    sd_m: Each
    datum: Each


class Aid(NamedTuple):
    """What several claims need of the same paths.

    The stored steps in flight (first and past the last), and the cosine and sine of the track, shape (paths, time).
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    cos: NDArray[np.float32]
    sin: NDArray[np.float32]


def aid(flown: motion.Flown) -> Aid:
    """Look at paths once for all claims."""
    n, steps = flown.x.shape
    made = Aid(
        np.zeros(n, np.int64), np.zeros(n, np.int64), np.empty((n, steps), np.float32), np.empty((n, steps), np.float32)
    )
    _look(flown, made.first, made.last, made.cos, made.sin)
    return made


@_compiled
def _look(flown: motion.Flown, first: NDArray, last: NDArray, cos: NDArray, sin: NDArray) -> None:
    steps = flown.x.shape[1]
    for i in range(len(first)):
        phase, track = flown.phase[i], flown.track_deg[i]
        a, b = 0, steps
        while a < steps and not _flies(phase[a]):
            a += 1
        while b > a and not _flies(phase[b - 1]):
            b -= 1
        first[i], last[i] = a, b
        for k in range(a, b):
            cos[i, k], sin[i, k] = _cos_sin(track[k])


@_inlined
def _cos_sin(degrees: float) -> tuple[float, float]:
    """Cosine and sine of an angle between 0 and 360 degrees by their series about 180 degrees (error below 1e-6)."""
    u = math.radians(degrees) - math.pi
    q = u * u
    s, c = 1.0, 1.0
    for k in range(8, 0, -1):
        s = 1.0 - q / ((2 * k) * (2 * k + 1)) * s
        c = 1.0 - q / ((2 * k - 1) * (2 * k)) * c
    return -c, -u * s


@_inlined
def _off(where: Where, j: int, x: NDArray, y: NDArray, z: NDArray, off: Array) -> None:
    """Add the squared distances from the middle in standard deviations; large on the far side of the earth."""
    ux, uy, uz = where.up[j]
    ex, ey, ez = where.east[j]
    nx, ny, nz = where.north[j]
    ea, no = where.radii[j]
    pxx, pxy, pyy = where.precision[j]
    if where.area.shape[1] > 0:
        for k in range(len(x)):
            off[k] += _off_area(where, j, x[k], y[k], z[k])
        return
    for k in range(len(x)):
        east = (x[k] * ex + y[k] * ey + z[k] * ez) * ea
        north = (x[k] * nx + y[k] * ny + z[k] * nz) * no
        up = x[k] * ux + y[k] * uy + z[k] * uz
        off[k] += (east * east * pxx + 2.0 * east * north * pxy + north * north * pyy) if up >= 0.5 else HUGE


@_inlined
def _off_one(where: Where, j: int, x: float, y: float, z: float) -> float:
    """The same for one point."""
    if where.area.shape[1] > 0:
        return _off_area(where, j, x, y, z)
    if x * where.up[j, 0] + y * where.up[j, 1] + z * where.up[j, 2] < 0.5:
        return HUGE
    east = (x * where.east[j, 0] + y * where.east[j, 1] + z * where.east[j, 2]) * where.radii[j, 0]
    north = (x * where.north[j, 0] + y * where.north[j, 1] + z * where.north[j, 2]) * where.radii[j, 1]
    p = where.precision[j]
    return east * east * p[0] + 2.0 * east * north * p[1] + north * north * p[2]


@_inlined
def _off_area(where: Where, j: int, x: float, y: float, z: float) -> float:
    """Squared distance from an area in standard deviations of its edge: nothing inside; beyond the grid no less."""
    if x * where.up[j, 0] + y * where.up[j, 1] + z * where.up[j, 2] < 0.5:
        return HUGE
    east = (x * where.east[j, 0] + y * where.east[j, 1] + z * where.east[j, 2]) * where.radii[j, 0]
    north = (x * where.north[j, 0] + y * where.north[j, 1] + z * where.north[j, 2]) * where.radii[j, 1]
    rows, columns = where.area.shape[1], where.area.shape[2]
    c, r = (east - where.box[j, 0]) / where.box[j, 2], (north - where.box[j, 1]) / where.box[j, 3]
    inside_c, inside_r = min(max(c, 0.0), columns - 1.001), min(max(r, 0.0), rows - 1.001)
    a, b = int(inside_r), int(inside_c)
    down, across = inside_r - a, inside_c - b
    lower = where.area[j, a, b] * (1.0 - across) + where.area[j, a, b + 1] * across
    upper = where.area[j, a + 1, b] * (1.0 - across) + where.area[j, a + 1, b + 1] * across
    over_c, over_r = (c - inside_c) * where.box[j, 2], (r - inside_r) * where.box[j, 3]
    beyond = max(lower * (1.0 - down) + upper * down, 0.0) + math.sqrt(over_c * over_c + over_r * over_r)
    return beyond * beyond * where.precision[j, 0]


@_inlined
def _lift(
    flown: motion.Flown, scene: motion.Scene, i: int, datum: int, first: int, last: int, lift: Array
) -> None:
    """What to take off the path's heights above sea level to have them above the claim's datum (m), from `first` on."""
    lift[:] = flown.qnh_offset_m[i] if datum == 0 else 0.0
    if datum == 2:
        x, y, z = flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last]
        for k in range(len(x)):
            lift[k] = motion._ground(scene.terrain_m, scene.terrain_box, x[k], y[k], z[k])


@_inlined
def _flies(phase: int) -> bool:
    return motion.ROUTE <= phase <= motion.FALLING and phase != motion.LANDED


@_inlined
def _nearest_s(flown: motion.Flown, aid: Aid, i: int, anchor: Array) -> float:
    """When a path is nearest to a point (s), by the parabola through the three nearest stored points."""
    first, last = aid.first[i], aid.last[i]
    x, y, z = flown.x[i, first:last], flown.y[i, first:last], flown.z[i, first:last]
    ax, ay, az = anchor
    least, at = HUGE, 0
    for k in range(len(x)):
        square = (x[k] - ax) ** 2 + (y[k] - ay) ** 2 + (z[k] - az) ** 2
        at = k if square < least else at
        least = min(least, square)
    share = 0.0
    if 0 < at < len(x) - 1:
        before = (x[at - 1] - ax) ** 2 + (y[at - 1] - ay) ** 2 + (z[at - 1] - az) ** 2
        after = (x[at + 1] - ax) ** 2 + (y[at + 1] - ay) ** 2 + (z[at + 1] - az) ** 2
        share = 0.5 * (before - after) / max(before - 2.0 * least + after, 1e-30)
    return (first + at + share) * motion.STORE_S


@_inlined
def _flown_by(flown: motion.Flown, i: int, low: float, length_m: float) -> float:
    """The step by which a path has flown a distance over the ground since a step."""
    left, k = length_m, max(int(low), 0)
    while left > 0.0 and k < flown.groundspeed_mps.shape[1]:
        left -= flown.groundspeed_mps[i, k] * motion.STORE_S
        k += 1
    return float(k)


@_inlined
def _moments(when: When, j: int, flown: motion.Flown, aid: Aid, i: int, weights: Array) -> tuple[int, int, float]:
    """The steps in flight that a claim may mean (first, past the last), their weights, and the weight of all it means.

    A stored step stands for the time half a step either way: at the ends of a part of the path it counts by its share.
    """
    first, last, whole, steps = when.first[j], when.last[j], when.whole[j], flown.x.shape[1]
    low, high = -1.0, float(steps)
    if when.part[j] != 0:
        middle = _nearest_s(flown, aid, i, when.anchor[j]) if when.part[j] == 2 else flown.take_off_s[i]
        low = min(max((middle + when.span_s[j, 0]) / motion.STORE_S, -0.5), steps - 1.0)
        high = (middle + when.span_s[j, 1]) / motion.STORE_S
        if when.part[j] == 3:
            high = _flown_by(flown, i, low, when.span_s[j, 1])
        high = min(max(high, low + 0.5), steps - 0.5)
        first, last, whole = int(low + 0.5), int(high + 0.5) + 1, high - low
    first, last = max(first, aid.first[i]), max(min(last, aid.last[i]), aid.first[i])
    given = when.weights[j, first:last]
    for k in range(len(given)):
        share = min(first + k + 0.5, high) - max(first + k - 0.5, low)
        weights[k] = given[k] * min(max(share, 0.0), 1.0)
    return first, last, whole


@_inlined
def _log(value: float) -> float:
    return math.log(max(value, 1e-300))


@_inlined
def _cdf(x: float) -> float:
    return 0.5 * math.erfc(-x * 0.7071067811865476)


@_inlined
def _bells(weights: Array, off: Array, count: int, least: float) -> float:
    """Sum of w exp(-(off - least) / 2), with exp(x) as the 256th power of a short series (error below 1e-6).

    `off` is used up; a moment whose squared distance is 120 or more beyond the least adds nothing that counts.
    """
    for k in range(count):
        x = max(-0.5 * (off[k] - least), -60.0) / 256.0
        e = 1.0 + x * (1.0 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x / 5040))))))
        for _ in range(8):
            e *= e
        off[k] = weights[k] * e
    total = 0.0
    for k in range(count):
        total += off[k]
    return total


def stack(claims: list[Any]) -> Any:
    """The parameters of several claims of one kind as one, each field an array with a first axis for the claims."""
    first = claims[0]
    if hasattr(first, "_fields"):
        return type(first)(*(stack(list(part)) for part in zip(*claims, strict=True)))
    kind = bool if isinstance(first, bool | np.bool_) else np.int64 if isinstance(first, int | np.int64) else float
    return np.ascontiguousarray(claims, dtype=kind)
