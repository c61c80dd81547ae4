"""Tests of what a track tells against itself: velocity, rate and height against positions, frozen and re-sent ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

from trackkit import earth
from trackkit.check.fixes import Array, Fixes, Index, Mask, Steps, between, pauses, running, windows

__all__ = [
    "baro_geometric", "circling", "frozen", "height_steps", "resent", "stale", "told_rate", "told_velocity",
]  # fmt: skip

Landing: TypeAlias = Callable[[Index, Array], Mask]

#: windows (s) over which told and flown velocity are held against each other, and what they may differ by (m/s)
WINDOWS = ((60.0, 5.0), (240.0, 2.5))
#: the windows of other tests (s), and how many steps every window has at least
WINDOW_S, WINDOW_STEPS = 60.0, 6.0
#: how late velocity and position may be against each other (s, and share of a step)
LATE_S, LATE_STEPS = 2.0, 0.5
#: what coarse rows, often means of finer ones, lie aside by (m for each second of their spacing)
ASIDE_MPS = 200.0
#: a turn of the positions (deg) under a told track that turns no more than this
CIRCLE_DEG, STRAIGHT_DEG = 150.0, 40.0
#: how long a position may stand while other values go on changing (s, number of changes), or stands re-sent (s)
FROZEN_S, FROZEN_CHANGES, STALE_S = 30.0, 3, 15.0
#: rows so far apart (s) are coarse: there one change has to be enough
COARSE_S = 5.0
#: a position told once more after this long at most (s), when it had moved on by so much (m)
RESENT_S, RESENT_M = 600.0, 1_000.0
#: a step of height (m), what the rate may do within it (m/s), neighbours that tell the rates around it (s)
STEP_M, CHANGE_MPS, RATE_S = 150.0, 10.0, 12.0
#: a height may be shown for so long (s) while the rate goes on
HELD_S = 120.0
#: a step and its like back (s): what lies between is marked
BACK_S = 600.0
#: so few heights between a step and its like back are outliers
OUTLIERS = 2
#: what told and flown vertical rate may differ by (m/s)
RATE_MPS = 12.0
#: a step of the geometric against the pressure altitude (m); how far they may be apart (m, and share of the height):
#: 50 hPa of pressure, 100 m of geoid, 20 K of temperature
APART_STEP_M, APART_M, APART_SHARE = 250.0, 600.0, 0.1


# -- velocity against positions ---------------------------------------------------------------------------------


def told_velocity(fresh: Fixes, steps: Steps, piece: Index, landing: Landing) -> tuple[Mask, Mask]:
    """Positions in windows whose way is not that of the reported velocities: in length, and in direction.

    `landing` says where, after a window flown at a speed, an aircraft may be on a runway: there trackers go on showing
    the last velocity heard in the air.
    """
    step = float(np.median(steps.seconds)) if len(steps.seconds) else 0.0
    far, aside = np.zeros(len(fresh), bool), np.zeros(len(fresh), bool)
    for length_s, speed_mps in WINDOWS:
        first, last = _known(fresh, steps, *windows(fresh.t_s, piece, max(length_s, WINDOW_STEPS * step)), landing)
        seconds = fresh.t_s[last] - fresh.t_s[first]
        along, across, length, changed = _apart(steps, first, last)
        late = LATE_S + LATE_STEPS * step
        slack = speed_mps * seconds + late * changed
        much = np.abs(along) > slack + late * length / seconds
        off = np.abs(across) > slack + 0.02 * length + ASIDE_MPS * step
        far |= between(first[much], last[much], len(fresh))
        aside |= between(first[off], last[off], len(fresh))
    return far, aside


def _known(fresh: Fixes, steps: Steps, first: Index, last: Index, landing: Landing) -> tuple[Index, Index]:
    """The windows in which every velocity is told, and that do not end on a runway."""
    known = np.concatenate([[0], np.cumsum(np.isfinite(steps.told_east_m))])
    speed = (_off(steps.metres)[last] - _off(steps.metres)[first]) / (fresh.t_s[last] - fresh.t_s[first])
    kept = (known[last] - known[first] == last - first) & ~landing(last, speed)
    return first[kept], last[kept]


def _apart(steps: Steps, first: Index, last: Index) -> tuple[Array, Array, Array, Array]:
    """Of each window: flown less told along and across the told way, its length, and the changes of velocity in it."""
    off_east, off_north = (
        running(_off(flown - told), 5)
        for flown, told in ((steps.east_m, steps.told_east_m), (steps.north_m, steps.told_north_m))
    )
    east, north, off_e, off_n, changed = (
        sums[last] - sums[first]
        for sums in (_off(steps.told_east_m), _off(steps.told_north_m), off_east, off_north, _off(steps.change_mps))
    )
    length = np.maximum(np.hypot(east, north), 1e-9)
    return (off_e * east + off_n * north) / length, (off_e * north - off_n * east) / length, length, changed


def _off(values: Array) -> Array:
    """Running sum at each fix of what the steps hold."""
    return np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])


def circling(fresh: Fixes, steps: Steps, piece: Index) -> Mask:
    """Positions in windows in which the way turns by most of a half circle, while the reported track does not."""
    flown = earth.turn_deg(steps.course_deg[:-1], steps.course_deg[1:])
    moving = (steps.metres[:-1] > 50.0) & (steps.metres[1:] > 50.0) & (piece[2:] == piece[:-2])
    flown = np.where(moving, flown, 0.0)
    told = earth.turn_deg(fresh.track_deg[:-1], fresh.track_deg[1:])
    turned, said = _off(np.concatenate([[0.0], flown]))[: len(fresh)], _off(told)
    step = float(np.median(steps.seconds)) if len(steps.seconds) else 0.0
    first, last = windows(fresh.t_s, piece, max(WINDOW_S, WINDOW_STEPS * step))
    known = np.isfinite(fresh.track_deg[first]) & np.isfinite(fresh.track_deg[last])
    round_ = np.abs(turned[last] - turned[first]) > CIRCLE_DEG
    found = known & round_ & (np.abs(said[last] - said[first]) < STRAIGHT_DEG)
    return between(first[found], last[found], len(fresh))


# -- positions that do not move ---------------------------------------------------------------------------------


def frozen(fixes: Fixes, flying: Mask) -> Mask:
    """Rows of one position in the air that goes on for half a minute while the velocity changes.

    Not where the age of the position is told and grows with it: there it is known to be old.
    """
    run, since = _runs(fixes)
    values = np.stack([fixes.speed_mps, fixes.track_deg, fixes.rate_mps])
    news = (np.nan_to_num(np.diff(values, axis=1, prepend=np.nan), nan=0.0) != 0.0).any(axis=0)
    table = pd.DataFrame({"run": run, "news": news & ~fixes.fresh, "since": since, "flying": flying})
    table["old"] = fixes.age_s > 0.5 * since
    whole = table.groupby("run").agg({"news": "sum", "since": "max", "flying": "any", "old": "last"})
    coarse = len(run) > 1 and float(np.median(np.diff(fixes.t_s))) >= COARSE_S
    changes = 1 if coarse else FROZEN_CHANGES
    found = (whole["since"] >= FROZEN_S) & (whole["news"] >= changes) & whole["flying"] & ~whole["old"]
    return found.to_numpy(bool)[run] if len(run) else np.zeros(0, bool)


def stale(fixes: Fixes) -> Mask:
    """Rows that repeat a position for longer than a network goes on showing it."""
    run, since = _runs(fixes)
    longest = pd.Series(since).groupby(run).transform("max").to_numpy(float)
    return (longest >= STALE_S) & (since > 0.0) & ~fixes.on_ground


def _runs(fixes: Fixes) -> tuple[Index, Array]:
    """The run of equal positions that each fix lies in, and the time since its first (s)."""
    run = np.cumsum(fixes.fresh) - 1
    start = fixes.t_s[fixes.fresh]
    return run, fixes.t_s - start[run] if len(fixes) else fixes.t_s


def resent(fresh: Fixes, steps: Steps) -> Mask:
    """Positions told once before, minutes ago, when the aircraft had moved on in between."""
    place = pd.DataFrame({"latitude": fresh.latitude, "longitude": fresh.longitude, "t_s": fresh.t_s})
    way = np.concatenate([[0.0], np.cumsum(steps.metres)])
    place["way"] = way[: len(fresh)]
    by = place.groupby(["latitude", "longitude"])
    since, moved = by["t_s"].diff().to_numpy(float), by["way"].diff().to_numpy(float)
    with np.errstate(invalid="ignore"):
        return (since <= RESENT_S) & (moved > RESENT_M)


# -- heights ----------------------------------------------------------------------------------------------------


def height_steps(fixes: Fixes) -> tuple[Mask, Mask]:
    """Fixes between a step of height and the step back, or at a step: one that the rates around it do not explain.

    Apart from them, outliers: heights that are back after a moment, as when another aircraft's was taken for its own.
    """
    rows = np.flatnonzero(np.isfinite(fixes.height_m) & fixes.fresh)
    if len(rows) < 2:
        return np.zeros(len(fixes), bool), np.zeros(len(fixes), bool)
    t, height = fixes.t_s[rows], fixes.height_m[rows]
    rate = np.nan_to_num(fixes.rate_mps[rows])
    step = _step(t, height, rate)
    step[_held(t, height, rate)] = 0.0
    at = np.flatnonzero((step != 0.0) & (np.diff(t) <= 2.5 * RATE_S)) + 1
    return _between_steps(at, step[at - 1], rows, fixes)


def _between_steps(at: Index, step: Array, rows: Index, fixes: Fixes) -> tuple[Mask, Mask]:
    """The fixes between steps and their like back, longer stretches and outliers apart."""
    found, outlying = np.zeros(len(fixes), bool), np.zeros(len(fixes), bool)
    for here, back, returned in _pairs(at, step, fixes.t_s[rows]):
        brief = returned and back - here <= OUTLIERS
        (outlying if brief else found)[rows[here] : rows[back - 1] + 1] = True
    return found, outlying


def _step(t_s: Array, height_m: Array, rate_mps: Array) -> Array:
    """What each step of height has beyond the rates on both its sides, those told where none can be reckoned."""
    count = np.arange(len(t_s))
    early = np.searchsorted(t_s, t_s - RATE_S)
    late = np.searchsorted(t_s, t_s + RATE_S, side="right") - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        before = np.where(early < count, (height_m - height_m[early]) / (t_s - t_s[early]), rate_mps)[:-1]
        after = np.where(late > count, (height_m[late] - height_m) / (t_s[late] - t_s), rate_mps)[1:]
    seconds = np.diff(t_s)
    beyond = np.diff(height_m) - 0.5 * (before + after) * seconds
    limit = STEP_M + (0.5 * np.abs(after - before) + CHANGE_MPS) * seconds
    return np.where(np.abs(beyond) > limit, beyond, 0.0)


def _held(t_s: Array, height_m: Array, rate_mps: Array) -> Mask:
    """Steps of height that the rates told since the height last changed come to: it was shown late."""
    changed = np.concatenate([[0], np.where(np.diff(height_m) != 0.0, np.arange(1, len(t_s)), 0)])
    since = np.maximum.accumulate(changed)[:-1]
    climbed = np.concatenate([[0.0], np.cumsum(0.5 * (rate_mps[1:] + rate_mps[:-1]) * np.diff(t_s))])
    told = climbed[1:] - climbed[since]
    late = t_s[1:] - t_s[since] > 2.0 * np.diff(t_s)
    return late & (t_s[1:] - t_s[since] <= HELD_S) & (np.abs(np.diff(height_m) - told) <= STEP_M)


def _pairs(at: Index, step: Array, t_s: Array) -> list[tuple[int, int, bool]]:
    """First fix, the one after the last, and whether it came back, of each stretch between a step and its like."""
    pairs, k = [], 0
    while k < len(at):
        like = k + 1 < len(at) and abs(step[k] + step[k + 1]) < 0.3 * abs(step[k])
        back = like and t_s[at[k + 1]] - t_s[at[k]] <= BACK_S
        pairs.append((int(at[k]), int(at[k + 1] if back else at[k] + 1), bool(back)))
        k += 2 if back else 1
    return pairs


def told_rate(fixes: Fixes, piece: Index) -> Mask:
    """Fixes in half-minute windows whose change of height is not that of the reported vertical rates."""
    rows = np.flatnonzero(np.isfinite(fixes.height_m) & np.isfinite(fixes.rate_mps) & fixes.fresh)
    t, height, rate = fixes.t_s[rows], running(fixes.height_m[rows], 5), fixes.rate_mps[rows]
    told = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(t))])[: len(rows)]
    swing = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(rate)))])[: len(rows)]
    step = float(np.median(np.diff(t))) if len(t) > 1 else 0.0
    part = piece[rows] + np.concatenate([[0], np.cumsum(pauses(np.diff(t)))])[: len(t)]
    first, last = windows(t, part, max(0.5 * WINDOW_S, 0.5 * WINDOW_STEPS * step))
    off = np.abs(height[last] - height[first] - told[last] + told[first])
    late = LATE_S + LATE_STEPS * step
    much = off > RATE_MPS * (t[last] - t[first]) + late * (swing[last] - swing[first])
    found = np.zeros(len(fixes), bool)
    found[rows] = between(first[much], last[much], len(rows))
    return found


def baro_geometric(fixes: Fixes) -> tuple[Mask, Mask]:
    """Fixes whose geometric height leaves the pressure altitude by a step, or is further off than weather makes it.

    Outliers apart, as in `height_steps`.
    """
    rows = np.flatnonzero(np.isfinite(fixes.height_m) & np.isfinite(fixes.geometric_m) & fixes.fresh)
    if len(rows) < 2:
        return np.zeros(len(fixes), bool), np.zeros(len(fixes), bool)
    apart = fixes.geometric_m[rows] - fixes.height_m[rows]
    rate = np.abs(np.nan_to_num(fixes.rate_mps[rows]))
    step, seconds = np.diff(apart), np.diff(fixes.t_s[rows])
    stepped = (np.abs(step) > APART_STEP_M + rate[1:] * (3.0 + seconds)) & (seconds <= RATE_S)
    stepped[1:] &= seconds[:-1] <= RATE_S  # the first row after a silence mixes old values with new ones
    at = np.flatnonzero(stepped) + 1
    found, outlying = _between_steps(at, step[at - 1], rows, fixes)
    far = np.zeros(len(fixes), bool)
    far[rows] = np.abs(apart) > APART_M + APART_SHARE * np.maximum(fixes.height_m[rows], 0.0)
    run = np.cumsum(np.diff(far[rows], prepend=False))
    brief = np.zeros(len(fixes), bool)
    brief[rows] = far[rows] & (np.bincount(run)[run] <= OUTLIERS)
    return found | (far & ~outlying & ~brief), outlying | brief
