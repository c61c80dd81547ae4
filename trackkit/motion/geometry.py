"""The compiled geometry: geodesic pieces, the way to a point, the ground, speeds; and what a path's state holds.

The earth is the WGS84 ellipsoid. A position is its unit normal vector n and a direction a unit tangent d; with
e'^2 the second eccentricity squared, N the radius of curvature in the prime vertical, M the meridional one and h the
height, a step u (a tangent vector, metres) moves

    dn = (u + e'^2 M / (M + h) * (u.z) (z - n (n.z))) / (N + h)

and d is carried along without turning about n: that is the geodesic, without a singularity at poles or the
antimeridian (it follows from Rodrigues' formula for curvature; checked against pyproj in the tests). The relation is
linear in u, so it can be asked the other way round: how far ahead and to the right a point lies.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trackkit.motion.scene import CAS_STEP_MPS, HEIGHT_STEP_M, Array

EARTH_M = 6_371_009.0  # mean radius, for the lengths of routes only
#: least ground speed (m/s) that is flown: winds that would stop a path are not met in earnest [assumed]
SLOWEST_MPS = 10.0
WGS84_A_M = 6_378_137.0
WGS84_E2 = 6.694379990141317e-3
WGS84_EP2 = WGS84_E2 / (1.0 - WGS84_E2)

# Arrays are handed over one by one: tuples of many arrays cost more to pass than a piece costs to fly.
# the plan: fixed for a path once its numbers are read
(
    P_TAKE_OFF, P_ROLL, P_LEAVE, P_GO, P_FALL, P_LEVEL, P_CLIMB, P_CAS, P_LOW_CAS, P_APPROACH, P_SLOPE, P_TAN_BANK,
    P_WIND_E, P_WIND_N, P_WIND_LOW, P_WIND_UP, P_ENDING, P_WAIT, P_FALL_RATE, P_RUNWAY, P_STRAIGHT, P_FAR_SIDE,
    P_PLACE, P_ROUTE, P_LEVEL_HIGH, P_COURSE_X, P_COURSE_Y, P_COURSE_Z, P_FIELD, P_LANDS, P_COUNT,
    P_MEAN_E, P_MEAN_E_UP, P_MEAN_N, P_MEAN_N_UP, P_SIZE,
) = range(36)  # fmt: skip
# the state: what changes along the path. First where it is and how it moves, then what the three channels are about.
(
    S_X, S_Y, S_Z, S_DX, S_DY, S_DZ, S_H, S_CAS, S_TAS, S_GS, S_VS, S_TRACK, S_TURNED, S_EAST, S_NORTH, S_PHASE,
    S_AIM, S_SIDE, S_TO_GO, S_AWAY, S_AHEAD, S_RIGHT, S_BANK,
    S_LEG, S_LEG_AT, S_LEFT, S_TARGET, S_TX, S_TY, S_TZ, S_HOLD, S_HOLD_AT, S_HOLD_S,
    S_CLIMB_LEG, S_CLIMB_AT, S_HEIGHT_TO, S_RATE, S_DOWNHILL, S_LEVELLING,
    S_SPEED_LEG, S_SPEED_AT, S_CAS_TO, S_LOW,
    S_ANGLE, S_EASY, S_CLIMB_LAW, S_CLIMB_VALUE, S_SPEED_LAW, S_SPEED_VALUE, S_MOST, S_ROW, S_COLUMN, S_SEEN,
    S_SLOWING, S_OVER, S_SIZE,
) = range(56)  # fmt: skip

# `_nrt=False`: nothing is allocated in here, and counting the users of every array that is handed on would cost more
# than flying does.
_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy", "_nrt": False}
_compiled = njit(**_OPTIONS)
_inlined = njit(**_OPTIONS, forceinline=True)


@_compiled
def _phi(z: float) -> float:
    """The standard normal distribution function, kept off 0 and 1."""
    return min(max(0.5 * math.erfc(-z * 0.7071067811865476), 1e-12), 1.0 - 1e-12)


@_compiled
def _wait(z: float, mean: float) -> float:
    return -mean * math.log(1.0 - _phi(z))


@_compiled
def _pick(z: float, count: int) -> int:
    return min(int(_phi(z) * count), count - 1)


@_inlined
def _true_speed(table: Array, cas: float, height: float) -> float:
    """True air speed (m/s), read off the table of `trackkit.air` in straight lines."""
    i = min(max(cas, 0.0) * (1.0 / CAS_STEP_MPS), table.shape[0] - 1.001)
    j = min(max(height, 0.0) * (1.0 / HEIGHT_STEP_M), table.shape[1] - 1.001)
    a, b = int(i), int(j)
    f, g = i - a, j - b
    low = (1 - g) * table[a, b] + g * table[a, b + 1]
    return (1 - f) * low + f * ((1 - g) * table[a + 1, b] + g * table[a + 1, b + 1])


@_inlined
def _sound(sound: Array, height: float) -> float:
    """Speed of sound (m/s), read off its table in straight lines."""
    j = min(max(height, 0.0) * (1.0 / HEIGHT_STEP_M), sound.shape[0] - 1.001)
    b = int(j)
    return sound[b] + (j - b) * (sound[b + 1] - sound[b])


@_compiled
def _row(z: float, flat: float, box: Array) -> float:
    return (box[0] - math.degrees(math.atan2(z, flat))) * box[2]


@_compiled
def _column(x: float, y: float, box: Array) -> float:
    away = math.degrees(math.atan2(y, x)) - box[1]
    return (away + 360.0 if away < -180.0 else away) * box[2]


@_inlined
def _cell(terrain: NDArray[np.float32], row: float, column: float) -> float:
    """Height of the ground (m) in a cell; the sea's where the ground model has nothing."""
    if row < 0.0 or column < 0.0 or row >= terrain.shape[0] or column >= terrain.shape[1]:
        return 0.0
    return float(terrain[int(row), int(column)])


@_compiled
def _ground(terrain: NDArray[np.float32], box: Array, x: float, y: float, z: float) -> float:
    """Height of the ground (m) below a normal; the sea's where the ground model has nothing."""
    return _cell(terrain, _row(z, math.sqrt(x * x + y * y), box), _column(x, y, box))


@_inlined
def _distance(s: Array, x: float, y: float, z: float) -> float:
    """Distance (m) to a point along the chord's arc; good to 0.3 %, for the length of a route only."""
    dx, dy, dz = x - s[S_X], y - s[S_Y], z - s[S_Z]
    square = dx * dx + dy * dy + dz * dz
    return EARTH_M * math.sqrt(square) * (1.0 + square * (1.0 / 24.0 + square * (3.0 / 640.0)))


@_inlined
def _scales(z: float, height: float) -> tuple[float, float]:
    """N + h, and e'^2 M / (M + h), at a latitude given by the z of its normal."""
    square = 1.0 / (1.0 - WGS84_E2 * z * z)
    prime = WGS84_A_M * math.sqrt(square)
    meridional = prime * (1.0 - WGS84_E2) * square
    return prime + height, WGS84_EP2 * meridional / (meridional + height)


@_inlined
def _look(s: Array, x: float, y: float, z: float) -> None:
    """How far a point lies ahead and to the right (m), and how far away, in the plane of the path's own normal."""
    dot = x * s[S_X] + y * s[S_Y] + z * s[S_Z]
    ux, uy, uz = x - dot * s[S_X], y - dot * s[S_Y], z - dot * s[S_Z]
    square = ux * ux + uy * uy + uz * uz
    if dot > 0.9:
        stretch = 1.0 + square * (1.0 / 6.0 + square * (3.0 / 40.0 + square * (5.0 / 112.0 + square * 35.0 / 1152.0)))
    else:
        stretch = math.atan2(math.sqrt(square), dot) / max(math.sqrt(square), 1e-12)
    radius, bulge = _scales(0.5 * (s[S_Z] + z), s[S_H])
    radius *= stretch
    nz = s[S_Z]
    uz_m = uz * radius / (1.0 + bulge * (1.0 - nz * nz))
    ex, ey, ez = (
        radius * ux + bulge * uz_m * nz * s[S_X],
        radius * uy + bulge * uz_m * nz * s[S_Y],
        radius * uz - bulge * uz_m * (1.0 - nz * nz),
    )
    rx = s[S_DY] * s[S_Z] - s[S_DZ] * s[S_Y]
    ry = s[S_DZ] * s[S_X] - s[S_DX] * s[S_Z]
    rz = s[S_DX] * s[S_Y] - s[S_DY] * s[S_X]
    ahead = ex * s[S_DX] + ey * s[S_DY] + ez * s[S_DZ]
    right = ex * rx + ey * ry + ez * rz
    s[S_AHEAD], s[S_RIGHT], s[S_AWAY] = ahead, right, math.sqrt(ahead * ahead + right * right)


@_inlined
def _sine_cosine(angle: float) -> tuple[float, float]:
    """Sine and cosine of an angle of less than a radian."""
    q = angle * angle
    sine = angle * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0))))
    return sine, 1.0 - 0.5 * q * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0 * (1.0 - q / 90.0))))


@_inlined
def _course(east: float, north: float) -> float:
    """The track (radians) of a direction, good to 4e-8: a polynomial for the arc tangent from 0 to 45 degrees."""
    a, b = abs(east), abs(north)
    small, large = min(a, b), max(a, b, 1e-300)
    x = small / large
    q = x * x
    angle = -0.05591226789566384 + q * (0.02186291377776364 - q * 0.004054554243914881)
    angle = 0.19946565447133832 + q * (-0.13908628239959892 + q * (0.09642193437988525 + q * angle))
    angle = x * (0.9999993355795206 + q * (-0.3332986077418355 + q * angle))
    angle = 0.5 * math.pi - angle if a > b else angle
    angle = math.pi - angle if north < 0.0 else angle
    return -angle if east < 0.0 else angle


@_inlined
def _point(s: Array) -> None:
    """Read east, north and track off the direction of flight."""
    flat = max(math.sqrt(s[S_X] ** 2 + s[S_Y] ** 2), 1e-12)
    s[S_EAST], s[S_NORTH] = (-s[S_Y] * s[S_DX] + s[S_X] * s[S_DY]) / flat, s[S_DZ] / flat
    s[S_TRACK] = _course(s[S_EAST], s[S_NORTH])


@_inlined
def _wind(p: Array, height: float) -> tuple[float, float]:
    """The wind's parts to the east and north: a mean and one draw a path, both straight lines over height."""
    up = max(height, 0.0)
    strength = p[P_WIND_LOW] + p[P_WIND_UP] * up
    east = strength * p[P_WIND_E] + (p[P_MEAN_E] + p[P_MEAN_E_UP] * up)
    return east, strength * p[P_WIND_N] + (p[P_MEAN_N] + p[P_MEAN_N_UP] * up)


@_inlined
def _ground_speed(p: Array, tas: float, height: float, east: float, north: float) -> float:
    """Ground speed along a track, by the wind triangle."""
    we, wn = _wind(p, height)
    along, across = we * east + wn * north, we * north - wn * east
    return max(along + math.sqrt(max(tas * tas - across * across, 0.0)), SLOWEST_MPS)


@_inlined
def _carry(s: Array, x: float, y: float, z: float, angle: float) -> None:
    """Go to a new normal: carry the direction over without turning about it, then turn it to the right (radians)."""
    norm = 1.0 / math.sqrt(x * x + y * y + z * z)
    x, y, z = x * norm, y * norm, z * norm
    lean = s[S_DX] * x + s[S_DY] * y + s[S_DZ] * z
    share = lean / (1.0 + x * s[S_X] + y * s[S_Y] + z * s[S_Z])
    dx = s[S_DX] - share * (x + s[S_X])
    dy = s[S_DY] - share * (y + s[S_Y])
    dz = s[S_DZ] - share * (z + s[S_Z])
    dot = dx * x + dy * y + dz * z
    dx, dy, dz = dx - dot * x, dy - dot * y, dz - dot * z
    norm = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz)
    dx, dy, dz = dx * norm, dy * norm, dz * norm
    if angle != 0.0:
        q, c = _sine_cosine(angle)
        rx, ry, rz = dy * z - dz * y, dz * x - dx * z, dx * y - dy * x
        dx, dy, dz = c * dx + q * rx, c * dy + q * ry, c * dz + q * rz
    s[S_X], s[S_Y], s[S_Z], s[S_DX], s[S_DY], s[S_DZ] = x, y, z, dx, dy, dz
