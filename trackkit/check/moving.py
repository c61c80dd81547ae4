"""Tests of a track's motion against the type: implied speed, teleports, acceleration, turn rate, stall.

A jump cuts the positions into pieces. Of these the heaviest sequence that the type can have flown, from piece to piece,
is taken as the path; what lies off it is a teleport, with or without a return. That is a choice, not a finding: with
two halves that cannot be joined it is the longer one that stands.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trackkit import air, earth
from trackkit.check.fixes import Array, Fixes, Index, Mask, Steps, between, running, steps, windows
from trackkit.check.speeds import HEADWIND_MPS, SOUND_MPS, TAILWIND_MPS
from trackkit.model import Aircraft

__all__ = [
    "accelerations", "airborne", "chain", "cuts", "fastest_mps", "flying", "implied", "jumps", "landing", "outliers",
    "reach_m", "slow", "slowest_mps", "teleports", "turns",
]  # fmt: skip

#: error of a position (m), and of its time (s) beside half the step: ADS-B rows of 1 s are late by up to 1.3 s along
#: the track in 9,999 of 10,000 (residuals of the tuning flights, benchmarks/attacks.py)
POSITION_M, LATE_S = 150.0, 2.0
#: and for each second of their spacing, as coarse rows are often means of finer ones (m/s)
COARSE_MPS = 100.0
#: what a turn within a step adds across (m/s2, and m at most), and from when on it may lead anywhere (s)
TURN_MPS2, TURN_M, TURN_ANY_S = 10.0, 1_000.0, 10.0
#: a step longer than this (s) is tested for its speed only
LONGEST_JUMP_S = 30.0
#: so many positions one after the other that the path goes on without may be outliers
OUTLIERS = 2
#: how many pieces back the path may take up again
LOOK_BACK = 200
#: above the lowest height of ten minutes (m), or this high anyway, it flies: no airport lies above 4,411 m
ABOVE_M, ABOVE_S, HIGH_M = 300.0, 600.0, 5_000.0
#: of the stall with landing flaps: slower than this, and low, it may be on a runway
SLOW_SHARE = 1.4
#: no wind is stronger below the first height (m) than HEADWIND, none above the second than TAILWIND
WINDS_M = (3_000.0, 9_000.0)
#: landing flaps below the first height (m), none above the second
FLAPS_M = (3_000.0, 6_000.0)
#: windows (s) of acceleration and turn, and what they leave to gusts and roundings (m/s, deg)
PACE_S, TURN_S, GUST_MPS, GUST_DEG = 10.0, 15.0, 10.0, 10.0
#: steps of a turn's window, at most (s): longer ones leave open which way it turned
TURN_STEP_S = 6.0


def fastest_mps(aircraft: Aircraft) -> float:
    """A ground speed beyond the type: its Mach number at sea level, with a jet stream behind it."""
    return aircraft["mmo"].value * SOUND_MPS + TAILWIND_MPS


def slowest_mps(height_m: Array, aircraft: Aircraft) -> Array:
    """A ground speed below the type in flight: its stall less a strong wind for the height.

    Up to 3 km the stall is that with landing flaps; from 6 km on no one flies slower than 1.3 times the clean stall.
    """
    height = np.clip(np.nan_to_num(height_m), 0.0, 15_000.0)
    stalls = (aircraft["stall_cas_landing"].value, 1.3 * aircraft["stall_cas_clean"].value)
    wind = np.interp(height, WINDS_M, (HEADWIND_MPS, TAILWIND_MPS))
    return air.tas_mps(np.interp(height, FLAPS_M, stalls), height) - wind


def airborne(fixes: Fixes) -> Mask:
    """Fixes that are in the air by their height: well above the ground, or above the lowest height around."""
    ground = earth.terrain_m(fixes.latitude, fixes.longitude, earth.terrain_grid())  # 5 arc-minutes fill valleys
    floor = np.where(np.isfinite(ground), ground, _lowest(fixes.t_s, fixes.height_m))
    with np.errstate(invalid="ignore"):
        above = (fixes.height_m > floor + ABOVE_M) | (fixes.height_m > HIGH_M)
    return ~fixes.on_ground & above


def flying(fixes: Fixes, aircraft: Aircraft) -> Mask:
    """Fixes that are in the air by their height, or too fast for a runway."""
    with np.errstate(invalid="ignore"):
        fast = fixes.speed_mps > SLOW_SHARE * aircraft["stall_cas_landing"].value
    return airborne(fixes) | (fast & ~fixes.on_ground)


def landing(fixes: Fixes, aircraft: Aircraft) -> Callable[[Index, Array], Mask]:
    """Where, after flying at a speed, an aircraft may be on a runway: not known to be in the air, and slow."""
    high = airborne(fixes)
    slow = SLOW_SHARE * aircraft["stall_cas_landing"].value
    return lambda at, speed_mps: fixes.on_ground[at] | (~high[at] & (speed_mps < slow))


def _lowest(t_s: Array, height_m: Array) -> Array:
    """The lowest height within ten minutes of each fix, to the minute."""
    if not len(t_s):
        return height_m
    minute = (t_s // 60.0).astype(int)
    low = np.full(minute[-1] + 1, np.inf)
    np.fmin.at(low, minute, height_m)
    reach = int(ABOVE_S // 60.0)
    padded = np.concatenate([np.full(reach, np.inf), low, np.full(reach, np.inf)])
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1)[minute]


# -- jumps ----------------------------------------------------------------------------------------------------


def implied(steps: Steps, aircraft: Aircraft) -> Mask:
    """Steps longer than the fastest flight, whatever the positions are late by."""
    return steps.metres > reach_m(steps.seconds, fastest_mps(aircraft))


def reach_m(seconds: Array, fastest: float) -> Array:
    """How far apart two positions may lie: what can be flown, and what they may be late by, at most their spacing."""
    return fastest * (seconds + LATE_S + np.minimum(seconds, TURN_ANY_S)) + POSITION_M


def jumps(steps: Steps, spacings: int = 1) -> Mask:
    """Steps that the velocities reported at both ends do not explain, whatever the positions are late by.

    Over more than ten seconds an aircraft may turn any way, so that only a step which is too long says something. A
    step may lead over `spacings` of the rows.
    """
    seconds = np.maximum(steps.seconds, 1e-3)
    speed = np.hypot(steps.told_east_m, steps.told_north_m) / seconds
    late = LATE_S + seconds / spacings
    along, across = _parts(steps)
    slack = POSITION_M + COARSE_MPS * seconds / spacings + 1.5 * steps.change_mps * late
    with np.errstate(invalid="ignore"):
        aside = np.abs(across) > slack + np.minimum(TURN_MPS2 * seconds**2, TURN_M)
        off = (np.abs(along) > slack + speed * late) | aside
        long = steps.metres > 1.2 * speed * (seconds + late) + slack
    return np.where(seconds <= spacings * TURN_ANY_S, off, long) & (seconds <= spacings * LONGEST_JUMP_S) & ~steps.hole


def _parts(steps: Steps) -> tuple[Array, Array]:
    """What the steps differ by from the reported velocities, along these and to their right."""
    length = np.maximum(np.hypot(steps.told_east_m, steps.told_north_m), 1e-9)
    east, north = steps.told_east_m / length, steps.told_north_m / length
    off_east, off_north = steps.east_m - steps.told_east_m, steps.north_m - steps.told_north_m
    return off_east * east + off_north * north, off_east * north - off_north * east


def teleports(fresh: Fixes, cut: Mask, aircraft: Aircraft) -> Mask:
    """Positions that lie off the heaviest sequence of pieces that the type can have flown."""
    if not len(fresh):
        return np.zeros(0, bool)
    piece = np.concatenate([[0], np.cumsum(cut)])
    return ~chain(fresh, piece, fastest_mps(aircraft))[piece]


def outliers(fresh: Fixes, aircraft: Aircraft) -> Mask:
    """Positions without which the step from the one before to the one after is none that cuts."""
    found = np.zeros(len(fresh), bool)
    for _ in range(OUTLIERS):
        left = np.flatnonzero(~found)
        if len(left) < 3:
            break
        bad = np.flatnonzero(cuts(steps(fresh[left]), aircraft))
        over = ~cuts_over(fresh[left], aircraft)
        later = bad[bad < len(left) - 2]
        drop = later[over[later]] + 1
        earlier = bad[(bad > 0) & ~np.isin(bad + 1, drop) & ~np.isin(bad, drop)]
        found[left[np.concatenate([drop, earlier[over[earlier - 1]]])]] = True
    return found


def cuts(step: Steps, aircraft: Aircraft, spacings: int = 1) -> Mask:
    """Steps that cannot have been flown, or not with the velocities reported."""
    return implied(step, aircraft) | jumps(step, spacings)


def cuts_over(fresh: Fixes, aircraft: Aircraft) -> Mask:
    """As `cuts`, for the steps from each position to the one after the next."""
    both = np.zeros(len(fresh) - 2, bool)
    for start in (0, 1):
        both[start::2] = cuts(steps(fresh[start::2]), aircraft, 2)
    return both


def chain(fresh: Fixes, piece: Index, fastest: float) -> Mask:
    """Which pieces lie on the heaviest sequence, by number of positions, whose jumps a speed can make.

    Neighbours are never joined: the step between them is what cut them.
    """
    first = np.flatnonzero(np.diff(piece, prepend=-1))
    last = np.append(first[1:], len(piece)) - 1
    weight = (last - first + 1).astype(float)
    at = earth.geocentric(fresh.latitude, fresh.longitude) * 6_371_009.0
    before = np.full(len(first), -1)
    for k in range(2, len(first)):
        early = np.arange(max(0, k - LOOK_BACK), k - 1)
        away = np.linalg.norm(at[last[early]] - at[first[k]], axis=1)
        seconds = fresh.t_s[first[k]] - fresh.t_s[last[early]]
        near = early[away <= reach_m(seconds, fastest)]
        if len(near):
            before[k] = near[np.argmax(weight[near])]
            weight[k] += weight[before[k]]
    return _followed(before, int(np.argmax(weight)))


def _followed(before: NDArray[np.int64], end: int) -> Mask:
    kept = np.zeros(len(before), bool)
    while end >= 0:
        kept[end] = True
        end = int(before[end])
    return kept


# -- the type's limits ----------------------------------------------------------------------------------------


def accelerations(fresh: Fixes, piece: Index, aircraft: Aircraft) -> Mask:
    """Positions in ten seconds in which the reported speed changes by more than the type and gusts can make it."""
    first, last = windows(fresh.t_s, piece, PACE_S)
    seconds = fresh.t_s[last] - fresh.t_s[first]
    limit = 2.0 * aircraft["acceleration_limit"].value * seconds + GUST_MPS
    speed = running(fresh.speed_mps, 3)
    with np.errstate(invalid="ignore"):
        much = np.abs(speed[last] - speed[first]) > limit
    return between(first[much], last[much], len(fresh))


def turns(fresh: Fixes, steps: Steps, piece: Index, aircraft: Aircraft) -> Mask:
    """Positions in a quarter of a minute in which the course turns faster than the type's steepest bank gives."""
    turned = np.concatenate([[0.0, 0.0], earth.turn_deg(steps.course_deg[:-1], steps.course_deg[1:])])
    turned = np.where(np.concatenate([[0.0], steps.metres]) > POSITION_M / 3.0, turned, 0.0)[: len(fresh)]
    turned[2:][piece[2:] != piece[:-2]] = 0.0  # over a cut nothing was flown
    signed = np.cumsum(np.where(np.isfinite(turned), turned, 0.0))
    first, last = windows(fresh.t_s, piece, TURN_S)
    seconds = fresh.t_s[last] - fresh.t_s[first]
    way = np.concatenate([[0.0], np.cumsum(steps.metres)])
    speed = np.maximum((way[last] - way[first]) / seconds, 20.0)
    bank = np.radians(min(aircraft["bank_limit"].value + 10.0, 80.0))
    limit = np.degrees(air.GRAVITY_MPS2 * np.tan(bank) / speed) * seconds + GUST_DEG
    longest = np.concatenate([[0.0], steps.seconds])
    fine = (last - first) * TURN_STEP_S >= seconds
    much = fine & (np.abs(signed[last] - signed[first]) > limit) & (longest[last] <= TURN_STEP_S)
    return between(first[much], last[much], len(fresh))


def slow(fixes: Fixes, aircraft: Aircraft) -> Mask:
    """Fixes in the air at a reported ground speed below the type's stall, even against a strong wind.

    Where a row brings no new position it says nothing, since its speed may be as old.
    """
    with np.errstate(invalid="ignore"):
        return fixes.fresh & airborne(fixes) & (fixes.speed_mps < slowest_mps(fixes.height_m, aircraft))
