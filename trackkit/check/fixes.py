"""The fixes of a track as arrays: which bring a new position, the steps between those, and windows over them.

A row that repeats the position before it brings no news: steps go from each new position to the next. Velocities are
east and north (m/s) at the fix; a step's displacement lies along its geodesic.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import earth
from trackkit.model import Track

__all__ = ["HOLE_S", "Fixes", "Steps", "arrays", "between", "marked", "pauses", "running", "steps", "windows"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Index = NDArray[np.int64]

#: no fix for so long (s), or for so many usual steps, is a hole
HOLE_S, HOLE_STEPS = 60.0, 6.0
#: no new position for so long (s), or for so many usual steps, is a pause
PAUSE_S, PAUSE_STEPS = 10.0, 3.0


@dataclass(frozen=True)
class Fixes:
    """The columns of a track's fixes as arrays, SI and degrees, and seconds since its first fix.

    `speed_mps`, `track_deg` and `rate_mps` are as reported; `hole` says that one lies before a fix; `fresh` that its
    position is not that of the fix before.
    """

    t_s: Array
    latitude: Array
    longitude: Array
    height_m: Array
    geometric_m: Array
    speed_mps: Array
    track_deg: Array
    rate_mps: Array
    on_ground: Mask
    source: NDArray[np.str_]
    nic: Array
    nac_p: Array
    sil: Array
    age_s: Array
    hole: Mask
    fresh: Mask

    def __len__(self) -> int:
        """The number of fixes."""
        return len(self.t_s)

    def __getitem__(self, chosen: Mask | Index | slice) -> Fixes:
        """Some of the fixes."""
        return Fixes(**{column.name: getattr(self, column.name)[chosen] for column in fields(self)})


@dataclass(frozen=True)
class Steps:
    """From each new position to the next; all of one length less than the positions.

    `east_m`, `north_m` are flown, `told_east_m`, `told_north_m` what the reported velocities at both ends come to;
    `change_mps` is how much these differ; `hole` says that the step leads over one.
    """

    seconds: Array
    metres: Array
    course_deg: Array
    east_m: Array
    north_m: Array
    told_east_m: Array
    told_north_m: Array
    change_mps: Array
    hole: Mask


def arrays(track: Track) -> Fixes:
    """The fixes of a track as arrays."""
    rows = track.fixes
    t = (rows.index - rows.index[0]).total_seconds().to_numpy(float) if len(rows) else np.zeros(0)
    latitude, longitude = rows.geometry.y.to_numpy(float), rows.geometry.x.to_numpy(float)
    step = np.diff(t, prepend=t[:1])
    usual = float(np.median(step[step > 0.0])) if (step > 0.0).any() else 0.0
    moved = (np.diff(latitude, prepend=np.nan) != 0.0) | (np.diff(longitude, prepend=np.nan) != 0.0)
    numbers = {
        name: rows[column].to_numpy(float)
        for name, column in (
            ("geometric_m", "altitude_geom_m"), ("speed_mps", "groundspeed_mps"), ("track_deg", "track_deg"),
            ("rate_mps", "vertical_rate_mps"), ("nic", "nic"), ("nac_p", "nac_p"), ("sil", "sil"),
            ("age_s", "position_age_s"),
        )
    }  # fmt: skip
    height = rows["altitude_baro_m"].fillna(rows["altitude_msl_m"]).fillna(rows["altitude_geom_m"])
    hole = rows["gap_before"].to_numpy(bool) | (step > max(HOLE_S, HOLE_STEPS * usual))
    return Fixes(
        t, latitude, longitude, height.to_numpy(float), on_ground=rows["on_ground"].to_numpy(bool),
        source=rows["source"].to_numpy(str), hole=hole, fresh=moved, **numbers,
    )  # fmt: skip


def steps(fresh: Fixes) -> Steps:
    """The steps between fixes, all of them with new positions."""
    metres, course = earth.inverse(fresh.latitude[:-1], fresh.longitude[:-1], fresh.latitude[1:], fresh.longitude[1:])
    seconds = np.diff(fresh.t_s)
    angle, track = np.radians(course), np.radians(fresh.track_deg)
    east, north = fresh.speed_mps * np.sin(track), fresh.speed_mps * np.cos(track)
    return Steps(
        seconds, metres, course, metres * np.sin(angle), metres * np.cos(angle),
        0.5 * (east[1:] + east[:-1]) * seconds, 0.5 * (north[1:] + north[:-1]) * seconds,
        np.hypot(np.diff(east), np.diff(north)), fresh.hole[1:],
    )  # fmt: skip


def windows(t_s: Array, piece: Index, length_s: float, share: float = 0.8) -> tuple[Index, Index]:
    """First and last fix of each window of about a length that lies in one piece; one window from each fix.

    A window falls short of its length by no more than a share, so that a track's last seconds are seen too.
    """
    first = np.arange(len(t_s))
    last = np.searchsorted(t_s, t_s + length_s, side="right") - 1
    kept = (last > first) & (piece[last] == piece[first]) & (t_s[last] - t_s[first] >= share * length_s)
    return first[kept], last[kept]


def between(first: Index, last: Index, count: int) -> Mask:
    """The fixes that lie in any of several windows, their ends included."""
    edges = np.zeros(count + 1, np.int64)
    np.add.at(edges, first, 1)
    np.add.at(edges, last + 1, -1)
    return np.cumsum(edges[:-1]) > 0


def pauses(seconds: Array) -> Mask:
    """Steps so long, for these, that what was told at their ends says little of what was flown."""
    usual = float(np.median(seconds)) if len(seconds) else 0.0
    return seconds > max(PAUSE_S, PAUSE_STEPS * usual)


def running(values: Array, count: int) -> Array:
    """The running median of a few neighbours; of fewer at the ends, NaN left aside."""
    return np.asarray(pd.Series(values).rolling(count, center=True, min_periods=1).median(), float)


def marked(fixes: Fixes, fresh: Mask) -> Mask:
    """A mark on new positions, carried to the rows that repeat them."""
    place = np.cumsum(fixes.fresh) - 1
    return np.asarray(fresh, bool)[place] if len(fixes) else np.zeros(0, bool)
