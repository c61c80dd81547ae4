"""The stretches of a track and what may be said of each: clean, degraded, suspect, inconsistent, not testable.

No stretch is called spoofed: a state says which tests fired, not why. Estimated points are not observations, so nothing
can be tested there. A value that a track does not hold is not tested, and the reason says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trackkit import columns
from trackkit.check import moving, quality, reasons, telling
from trackkit.check.fixes import Fixes, Index, Mask, arrays, between, marked, pauses, steps
from trackkit.model import Aircraft, Track
from trackkit.read.attractors import attractors

__all__ = ["STATES", "TESTS", "fired", "segments"]

#: from the least to the most serious
STATES = ("clean", "not testable", "degraded", "suspect", "inconsistent")
#: each test, and the state that it leads to
TESTS = {
    "implied speed": "inconsistent",
    "teleport": "inconsistent",
    "frozen position": "inconsistent",
    "circling": "inconsistent",
    "re-sent position": "suspect",
    "reported speed": "suspect",
    "reported track": "suspect",
    "reported rate": "suspect",
    "acceleration": "suspect",
    "turn rate": "suspect",
    "below stall": "suspect",
    "height step": "suspect",
    "baro against geometric": "suspect",
    "known attractor": "suspect",
    "outlier": "degraded",
    "height outlier": "degraded",
    "position age": "degraded",
    "no new position": "degraded",
    "quality codes": "degraded",
    "mlat": "degraded",
    "interpolated": "not testable",
    "estimated": "not testable",
}
#: fixes of one state closer than this (s) are one stretch
JOIN_S = 30.0
#: new positions that a stretch between holes needs, or it cannot be tested
LEAST_FIXES = 3


def segments(track: Track, aircraft: Aircraft) -> pd.DataFrame:
    """The stretches of a track, each with the tests that fired.

    Parameters
    ----------
    track : Track
    aircraft : Aircraft
        Whose limits the motion is held against: a type, or a general class where the type is not known.

    Returns
    -------
    DataFrame
        Columns `trackkit.columns.SEGMENTS`, in order of time. Stretches end at holes, so that the time between two rows
        is a hole or one step. A rate of descent alone, however high, makes no stretch suspect.

    Notes
    -----
    Thresholds stand in the modules of the tests; they were chosen on tuning flights, and what they find and what they
    miss was measured on others: ``benchmarks/attacks.py``.
    """
    fixes = arrays(track)
    if not len(fixes):
        return columns.empty(columns.SEGMENTS)
    marks = fired(track, aircraft)
    state, part = _states(fixes, marks)
    edges = np.flatnonzero((np.diff(state, prepend=-1) != 0) | (np.diff(part, prepend=-1) != 0))
    rows = [
        _row(track, fixes, marks, slice(int(first), int(end)), STATES[state[first]])
        for first, end in zip(edges, [*edges[1:], len(fixes)], strict=True)
    ]
    return columns.conform(pd.DataFrame(rows), columns.SEGMENTS)


def fired(track: Track, aircraft: Aircraft) -> pd.DataFrame:
    """Which tests fired at each fix of a track.

    Parameters
    ----------
    track : Track
    aircraft : Aircraft

    Returns
    -------
    DataFrame of bool
        Indexed like the fixes, one column for each of `TESTS`.
    """
    fixes = arrays(track)
    drawn = quality.interpolated(fixes)
    marks = _positions(fixes[fixes.fresh], drawn[fixes.fresh], aircraft)
    found = {name: marked(fixes, mark) & ~drawn for name, mark in marks.items()} | _rows(fixes, drawn, aircraft)
    found["known attractor"] = quality.attracted(fixes, attractors(), track.fixes.index)
    return pd.DataFrame(found, index=track.fixes.index)[list(TESTS)]


def _positions(every: Fixes, drawn: Mask, aircraft: Aircraft) -> dict[str, np.ndarray]:
    """The tests on new positions, those that nobody observed left out."""
    outlying = np.zeros(len(every), bool)
    outlying[~drawn] = moving.outliers(every[~drawn], aircraft)
    kept = ~outlying & ~drawn
    found = _path(every[kept], aircraft)
    marks = {name: np.zeros(len(every), bool) for name in found}
    for name, mark in found.items():
        marks[name][kept] = mark
    return marks | {"outlier": outlying}


def _path(fresh: Fixes, aircraft: Aircraft) -> dict[str, np.ndarray]:
    """The tests on new positions that are no outliers."""
    step = steps(fresh)
    cut = moving.cuts(step, aircraft)
    piece = np.concatenate([[0], np.cumsum(cut | step.hole | pauses(step.seconds))])[: len(fresh)]
    off = moving.teleports(fresh, cut, aircraft)
    speed, course = telling.told_velocity(fresh, step, piece, moving.landing(fresh, aircraft))
    return {
        "implied speed": off & _either_end(moving.implied(step, aircraft), len(fresh)),
        "teleport": off,
        "circling": telling.circling(fresh, step, piece),
        "re-sent position": telling.resent(fresh, step),
        "reported speed": speed,
        "reported track": course,
        "acceleration": moving.accelerations(fresh, piece, aircraft),
        "turn rate": moving.turns(fresh, step, piece, aircraft),
    }


def _either_end(step: np.ndarray, count: int) -> np.ndarray:
    """The fixes at the ends of steps."""
    found = np.zeros(count, bool)
    found[1:] |= step
    found[:-1] |= step
    return found


def _rows(fixes: Fixes, drawn: Mask, aircraft: Aircraft) -> dict[str, np.ndarray]:
    """The tests on all rows, those that nobody observed left out."""
    observed = _observed(fixes[~drawn], aircraft)
    found = {name: np.zeros(len(fixes), bool) for name in observed}
    for name, mark in observed.items():
        found[name][~drawn] = mark
    return found | {"interpolated": drawn}


def _observed(fixes: Fixes, aircraft: Aircraft) -> dict[str, np.ndarray]:
    """The tests on rows that were observed."""
    steps_of_height, outlying = telling.height_steps(fixes)
    apart, also = telling.baro_geometric(fixes)
    return {
        "frozen position": telling.frozen(fixes, moving.flying(fixes, aircraft)),
        "reported rate": telling.told_rate(fixes, np.cumsum(fixes.hole)),
        "below stall": moving.slow(fixes, aircraft),
        "height step": steps_of_height,
        "height outlier": outlying | also,
        "baro against geometric": apart,
        "position age": quality.old(fixes),
        "no new position": telling.stale(fixes),
        "quality codes": quality.poor(fixes),
        "mlat": quality.multilaterated(fixes),
        "estimated": quality.estimated(fixes),
    }


def _states(fixes: Fixes, marks: pd.DataFrame) -> tuple[Index, Index]:
    """The state of each fix, as its place in `STATES`, and the part between holes that it lies in."""
    part = np.cumsum(fixes.hole, dtype=np.int64)
    state = np.zeros(len(fixes), np.int64)
    for name, leads_to in TESTS.items():
        state = np.maximum(state, STATES.index(leads_to) * marks[name].to_numpy())
    new = np.bincount(part, weights=fixes.fresh)[part]
    state[(state == 0) & (new < LEAST_FIXES)] = STATES.index("not testable")
    for level in range(len(STATES) - 1, 0, -1):
        state[_joined(fixes.t_s, part, state, level)] = level
    return state, part


def _joined(t_s: np.ndarray, part: Index, state: np.ndarray, level: int) -> np.ndarray:
    """The fixes of a level, and those of lower ones between two of them that are close in time."""
    at = np.flatnonzero(state == level)
    first, last = at[:-1], at[1:]
    above = np.cumsum(state > level)
    near = (t_s[last] - t_s[first] <= JOIN_S) & (part[first] == part[last]) & (above[first] == above[last])
    return (state == level) | between(first[near], last[near], len(state))


def _row(track: Track, fixes: Fixes, marks: pd.DataFrame, where: slice, state: str) -> dict[str, object]:
    names = tuple(name for name in TESTS if marks[name].to_numpy()[where].any())
    return {
        "start": track.fixes.index[where.start],
        "end": track.fixes.index[where.stop - 1],
        "fixes": where.stop - where.start,
        "state": state,
        "tests": names,
        "reason": reasons.reason(fixes, marks, where, state, names),
    }
