"""One piece of a path: its shape as polynomials, where it leads, and its moments stored.

Inside a piece the turn rate, the vertical acceleration and the acceleration are constant; the ground speed is a
parabola through its values at beginning, middle and end; the way along and across the first direction is the integral
of that parabola in a direction that turns (evenly, but for the change of the turn rate with speed), as a polynomial.
So every stored moment costs a few multiplications, and no error is made by where the stored moments fall.
"""

from __future__ import annotations

import math

from trackkit import air
from trackkit.motion.geometry import (
    EARTH_M,
    S_ANGLE,
    S_AWAY,
    S_BANK,
    S_CAS,
    S_DX,
    S_DY,
    S_DZ,
    S_EAST,
    S_EASY,
    S_GS,
    S_H,
    S_LEFT,
    S_NORTH,
    S_OVER,
    S_SLOWING,
    S_TAS,
    S_TRACK,
    S_TURNED,
    S_VS,
    S_X,
    S_Y,
    S_Z,
    SLOWEST_MPS,
    _carry,
    _compiled,
    _ground_speed,
    _inlined,
    _point,
    _scales,
    _sine_cosine,
    _sound,
    _true_speed,
    _wind,
)  # fmt: skip
from trackkit.motion.pace import _climb_of, _pace_of
from trackkit.motion.scene import Array, Envelope

# the piece: its way along and across as polynomials of the share of its time, two directions in units of the normal,
# and how height, speed and track change
(
    C_ALONG, C_ACROSS, C_X, C_Y, C_Z, C_FX, C_FY, C_FZ, C_RX, C_RY, C_RZ, C_FF, C_FR, C_RR, C_TIME, C_TURN, C_V0, C_V1,
    C_V2, C_H, C_VS, C_CLIMB, C_TRACK, C_SWING, C_TURNED, C_BOW, C_SIZE,
) = (0, 8, *range(16, 41))  # fmt: skip

#: growth of true air speed with height at one calibrated speed (1/m), for predictions only
_THINNER = 5e-5


@_compiled
def _pieced(
    s: Array, p: Array, c: Array, table: Array, sound: Array, env: Envelope, time: float, largest: float
) -> float:
    """Lay out the piece: at most this long (s), no farther than where MMO begins or ends to hold."""
    cas, height, vs, tas, gs = s[S_CAS], s[S_H], s[S_VS], s[S_TAS], s[S_GS]
    turns, ends = s[S_ANGLE] != 0.0 and s[S_EASY] == 0.0, False
    if turns:
        time, ends = _turn_time(s, p, env, time, largest)
    swerve, over = _swerve(s, p) if turns else 0.0, s[S_OVER]
    for attempt in range(2):
        pace = _pace_of(s, p, env, time)
        slowing = tas * (pace / cas + _THINNER * vs)
        climb = _climb_of(s, env, slowing + swerve, time)
        middle, end = height + 0.5 * time * (vs + 0.25 * climb * time), height + time * (vs + 0.5 * climb * time)
        most = env.mmo * _sound(sound, end)
        tas_end = _true_speed(table, cas + pace * time, end)
        s[S_OVER] = tas_end - most
        if attempt == 1 or over * s[S_OVER] >= 0.0 or abs(over) < 0.02 or time < 0.1:
            break
        time, ends = time * abs(over) / (abs(over) + abs(s[S_OVER])), False
    tas_middle, tas_end = _true_speed(table, cas + 0.5 * pace * time, middle), min(tas_end, most)
    if max(over, s[S_OVER]) > -3.0:
        tas_middle = min(tas_middle, env.mmo * _sound(sound, middle))
    turn, bow = _turned(s, time, tas_middle, tas_end, ends) if turns else (_eased(s, time), 0.0)
    flat = max(math.sqrt(s[S_X] ** 2 + s[S_Y] ** 2), 1e-3)
    swing = turn + min(max(gs * time * s[S_EAST] * s[S_Z] / (flat * EARTH_M), -0.2), 0.2)
    q, r = _sine_cosine(0.5 * swing)
    east, north = r * s[S_EAST] + q * s[S_NORTH], r * s[S_NORTH] - q * s[S_EAST]
    gs_middle = _ground_speed(p, tas_middle, middle, east, north)
    gs_end = _ground_speed(p, tas_end, end, r * east + q * north, r * north - q * east)
    gs_middle = _no_dip(gs, gs_middle, gs_end)
    _shape(c, s, time, turn, bow, vs, climb, gs, gs_middle, gs_end)
    s[S_TAS], s[S_CAS], s[S_SLOWING] = tas_end, cas + pace * time, slowing
    return time


@_inlined
def _no_dip(first: float, middle: float, last: float) -> float:
    """The ground speed (m/s) at the middle: on the straight line where the parabola would dip below the slowest."""
    bend, slope = 2.0 * (first - 2.0 * middle + last), 4.0 * middle - 3.0 * first - last
    if bend > 0.0 and 0.0 < -slope < 2.0 * bend and first - 0.25 * slope * slope / bend < SLOWEST_MPS:
        return 0.5 * (first + last)
    return middle


@_inlined
def _rate_of(s: Array, tas: float) -> float:
    """The turn rate (radians a second) at a true air speed."""
    return air.GRAVITY_MPS2 * s[S_BANK] / max(tas, 40.0)


@_inlined
def _turn_time(s: Array, p: Array, env: Envelope, time: float, largest: float) -> tuple[float, bool]:
    """The time of a turning piece, and whether the turn ends with it."""
    rate = _rate_of(s, s[S_TAS])
    time = min(time, largest / rate)
    whole = abs(s[S_ANGLE]) / rate
    if whole > 1.5 * time:
        return time, False
    change = 0.5 * whole * (_pace_of(s, p, env, min(time, whole)) / s[S_CAS] + _THINNER * s[S_VS])
    whole = max(whole * (1.0 + min(max(change, -0.3), 0.3)), 1e-3)
    return min(time, whole), whole <= time


@_inlined
def _swerve(s: Array, p: Array) -> float:
    """How the ground speed changes (m/s2) as the turn brings the wind round."""
    we, wn = _wind(p, s[S_H])
    across = we * s[S_NORTH] - wn * s[S_EAST]
    return math.copysign(_rate_of(s, s[S_TAS]), s[S_ANGLE]) * across


@_inlined
def _turned(s: Array, time: float, tas_middle: float, tas_end: float, ends: bool) -> tuple[float, float]:
    """The turn of a piece (radians), and the part of it that is due to the change of the turn rate."""
    first, rate, last = _rate_of(s, s[S_TAS]), _rate_of(s, tas_middle), _rate_of(s, tas_end)
    turn = s[S_ANGLE]
    bow = (0.5 if turn > 0.0 else -0.5) * (last - first) * time
    if not ends:
        turn = math.copysign(min((first + 4.0 * rate + last) / 6.0 * time, abs(turn)), turn)
    if s[S_LEFT] != 0.0:
        s[S_LEFT] = 0.0 if ends else s[S_LEFT] - turn
    return turn, bow


@_inlined
def _eased(s: Array, time: float) -> float:
    """A small turn spread over the piece, so that at its end the path heads for the point; 0 where none is asked."""
    if s[S_EASY] == 0.0:
        return 0.0
    return s[S_ANGLE] * s[S_AWAY] / max(s[S_AWAY] - 0.5 * s[S_GS] * time, 0.5 * s[S_AWAY])


@_compiled
def _shape(
    c: Array, s: Array, time: float, turn: float, bow: float, vs: float, climb: float, gs: float, gs_middle: float,
    gs_end: float,
) -> None:  # fmt: skip
    """Write a piece down: polynomials of the way, the directions of the way, height, speed and track."""
    a, b, e = gs * time, (4.0 * gs_middle - 3.0 * gs - gs_end) * time, 2.0 * (gs - 2.0 * gs_middle + gs_end) * time
    f = turn - bow
    q = f * f
    c[C_ALONG], c[C_ALONG + 1], c[C_ALONG + 2] = a, 0.5 * b, e / 3.0 - a * q / 6.0
    c[C_ALONG + 3] = -b * q / 8.0 - bow * a * f / 4.0
    c[C_ALONG + 4] = q * (a * q / 120.0 - e / 10.0) - bow * b * f / 5.0
    c[C_ALONG + 5] = b * q * q / 144.0 - bow * f * (e - a * q / 6.0) / 6.0
    c[C_ALONG + 6] = q * q * (e / 168.0 - a * q / 5040.0) + bow * f * b * q / 42.0
    c[C_ACROSS], c[C_ACROSS + 1] = 0.5 * a * f, (b * f + bow * a) / 3.0
    c[C_ACROSS + 2] = f * (e / 4.0 - a * q / 24.0) + bow * b / 4.0
    c[C_ACROSS + 3] = -f * b * q / 30.0 + bow * (e - 0.5 * a * q) / 5.0
    c[C_ACROSS + 4] = f * q * (a * q / 720.0 - e / 36.0) - bow * b * q / 12.0
    c[C_ACROSS + 5] = f * b * q * q / 840.0 + bow * q * (a * q / 24.0 - 0.5 * e) / 7.0
    nx, ny, nz, dx, dy, dz = s[S_X], s[S_Y], s[S_Z], s[S_DX], s[S_DY], s[S_DZ]
    rx, ry, rz = dy * nz - dz * ny, dz * nx - dx * nz, dx * ny - dy * nx
    radius, bulge = _scales(nz + 0.5 * (a + 0.5 * b) * dz / 6.37e6, s[S_H] + 0.5 * vs * time)
    f, r, radius = bulge * dz, bulge * rz, 1.0 / radius
    c[C_X], c[C_Y], c[C_Z] = nx, ny, nz
    c[C_FX], c[C_FY], c[C_FZ] = (
        (dx - f * nx * nz) * radius, (dy - f * ny * nz) * radius, (dz + f * (1.0 - nz * nz)) * radius,
    )  # fmt: skip
    c[C_RX], c[C_RY], c[C_RZ] = (
        (rx - r * nx * nz) * radius, (ry - r * ny * nz) * radius, (rz + r * (1.0 - nz * nz)) * radius,
    )  # fmt: skip
    c[C_FF] = c[C_FX] ** 2 + c[C_FY] ** 2 + c[C_FZ] ** 2
    c[C_FR] = c[C_FX] * c[C_RX] + c[C_FY] * c[C_RY] + c[C_FZ] * c[C_RZ]
    c[C_RR] = c[C_RX] ** 2 + c[C_RY] ** 2 + c[C_RZ] ** 2
    c[C_TIME], c[C_TURN], c[C_BOW], c[C_V0], c[C_V1], c[C_V2] = time, turn, bow, gs, b / time, e / time
    c[C_H], c[C_VS], c[C_CLIMB], c[C_TRACK], c[C_TURNED] = s[S_H], vs, climb, s[S_TRACK], s[S_TURNED]
    x, y, z = _at(c, 1.0)
    _carry(s, x, y, z, turn)
    _point(s)
    swing = s[S_TRACK] - c[C_TRACK] - turn
    c[C_SWING] = turn + swing - 2.0 * math.pi * math.floor(swing / (2.0 * math.pi) + 0.5)


@_inlined
def _at(c: Array, u: float) -> tuple[float, float, float]:
    """The normal (nearly of length one) at a share of the piece."""
    a, b = _along(c, u), _across(c, u)
    square = a * a * c[C_FF] + 2.0 * a * b * c[C_FR] + b * b * c[C_RR]
    stay, go = 1.0 - 0.5 * square, 1.0 - square / 6.0
    a, b = a * go, b * go
    return (
        stay * c[C_X] + a * c[C_FX] + b * c[C_RX],
        stay * c[C_Y] + a * c[C_FY] + b * c[C_RY],
        stay * c[C_Z] + a * c[C_FZ] + b * c[C_RZ],
    )


@_inlined
def _along(c: Array, u: float) -> float:
    return u * (c[0] + u * (c[1] + u * (c[2] + u * (c[3] + u * (c[4] + u * (c[5] + u * c[6]))))))


@_inlined
def _across(c: Array, u: float) -> float:
    return u * u * (c[8] + u * (c[9] + u * (c[10] + u * (c[11] + u * (c[12] + u * c[13])))))


@_inlined
def _height(c: Array, u: float) -> float:
    return c[C_H] + u * c[C_TIME] * (c[C_VS] + 0.5 * u * c[C_TIME] * c[C_CLIMB])


@_inlined
def _arrive(c: Array, s: Array, share: float) -> None:
    """Go to the end of the piece, or to the share of it where the ground was met."""
    if share < 1.0:
        s[S_X], s[S_Y], s[S_Z] = _at(c, share)
        s[S_TRACK] = c[C_TRACK] + share * (c[C_SWING] + (share - 1.0) * c[C_BOW])
    s[S_H], s[S_VS] = _height(c, share), c[C_VS] + c[C_CLIMB] * share * c[C_TIME]
    s[S_GS] = c[C_V0] + share * (c[C_V1] + share * c[C_V2])
    s[S_TURNED] = c[C_TURNED] + share * (c[C_TURN] + (share - 1.0) * c[C_BOW])


@_inlined
def _way(c: Array, u: float) -> float:
    """Distance flown (m) in a share of the piece."""
    return c[C_TIME] * u * (c[C_V0] + u * (0.5 * c[C_V1] + u * c[C_V2] / 3.0))
