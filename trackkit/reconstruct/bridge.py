"""Holes of a track as ensembles, and what answers where no path of the type can join the ends of one."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trackkit import air, earth
from trackkit.errors import InputError
from trackkit.model import Aircraft, Ensemble, Track
from trackkit.reconstruct.ends import Fixes, end_of, fixes_of
from trackkit.reconstruct.ensemble import ensemble_of
from trackkit.reconstruct.halves import Bounds, halves

__all__ = ["NoPath", "bounds_of", "bridge", "bridges", "holes", "moment"]

#: lengths of holes that are bridged (s), and from which pause on `bridges` takes one for a hole
SHORTEST_S, LONGEST_S, HOLE_S = 15.0, 10_800.0, 60.0
#: wind that ground speeds may have over air speeds (m/s), and what is assumed of an aircraft of no given type
WIND_MPS, FASTEST_MPS, BANK_DEG, RATE_MPS = 70.0, 340.0, 45.0, 60.0


@dataclass(frozen=True)
class NoPath:
    """A hole whose ends no path of the type joins: how far off it is, and what would make it possible.

    `needs_mps` is the mean ground speed that the great circle asks for, `allowed_mps` the greatest of the type with
    the wind assumed, `needs_minutes` the time that the way (or the change of height) would take at that.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    needs_mps: float
    allowed_mps: float
    needs_minutes: float
    why: str


def bridge(
    track: Track,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    aircraft: Aircraft | None = None,
    n: int = 2000,
    seed: int = 0,
    executor: Executor | None = None,
) -> Ensemble:
    """An ensemble of what may have been flown through a hole of a track.

    Halves are flown on from the last fix before the hole and back from the first one behind it, as real flights (the
    training flights of `data/priors`, and this flight itself on either side) went on from such states; pairs that
    meet are joined, the nearer the likelier. Small wandering is laid over them.

    Parameters
    ----------
    track : Track
    start, end : str or Timestamp
        Inside or at the edges of the hole: "09:24" is of the track's first day, UTC; else ISO 8601 with a zone. What
        fixes lie strictly between is not looked at.
    aircraft : Aircraft, optional
        Its greatest speed and bank bound the paths; where not given, what no aircraft of the training flights passes.
    n : int
        Paths.
    seed : int
    executor : concurrent.futures.Executor, optional
        The halves are mapped over it.

    Returns
    -------
    Ensemble
        Of a hypothesis "bridge" that asserts nothing; all paths weigh the same. `diagnostics` has a row for the plane
        and one for height: the pairs that met, and what they are worth.

    Raises
    ------
    InputError
        If a time is not one, there is no fix on a side, or no path of the type joins the ends: the message says what
        speed or time that would need.
    """
    if n < 8:
        raise InputError("too few paths", n, "8 or more")
    found = _bridged(track, (moment(track, start), moment(track, end)), aircraft, n, seed, executor)
    if isinstance(found, NoPath):
        raise InputError(found.why, f"{found.start:%H:%M:%S} to {found.end:%H:%M:%S}", row=track.name)
    return found


def bridges(
    track: Track, aircraft: Aircraft | None = None, n: int = 2000, seed: int = 0, executor: Executor | None = None
) -> tuple[Ensemble | NoPath, ...]:
    """Every hole of a track as `bridge` fills it, or, where no path joins its ends, the reason.

    A hole is a pause of a minute or more between fixes in the air; of those that are longer than three hours each is
    answered by a `NoPath` too.
    """
    return tuple(_bridged(track, hole, aircraft, n, seed, executor) for hole in holes(track))


def holes(track: Track) -> tuple[tuple[pd.Timestamp, pd.Timestamp], ...]:
    """The pauses of a minute or more between fixes in the air, as times of the fixes on either side."""
    t = fixes_of(track).t_s
    wide = np.flatnonzero(np.diff(t) >= HOLE_S)
    return tuple((_time(t[k]), _time(t[k + 1])) for k in wide)


def moment(track: Track, time: str | pd.Timestamp) -> pd.Timestamp:
    """A time as UTC: "09:24" is of the first day of the track.

    Raises
    ------
    InputError
        If it cannot be read, or has a date and no zone.
    """
    first = track.fixes.index[0]
    allowed = '"09:24" of the track\'s first day, or ISO 8601 with a zone'
    try:
        short = isinstance(time, str) and len(time) <= 8 and ":" in time
        found = pd.Timestamp(f"{first:%Y-%m-%d} {time}", tz="UTC") if short else pd.Timestamp(time)
    except ValueError as error:
        raise InputError("not a time", str(time), allowed) from error
    if found.tzinfo is None:
        raise InputError("a time without zone", str(time), allowed)
    return found.tz_convert("UTC")


def bounds_of(aircraft: Aircraft | None, fixes: Fixes, height_m: float) -> Bounds:
    """Speeds and bank that no path passes."""
    slow = max(0.5 * float(np.quantile(fixes.speed_mps, 0.02)), 5.0)
    if aircraft is None:
        return Bounds(slow, FASTEST_MPS, BANK_DEG)
    fast = min(float(air.tas_mps(aircraft["vmo_cas"].value, height_m)), aircraft["mmo"].value * 340.0)
    return Bounds(min(slow, 0.5 * fast), fast + WIND_MPS, aircraft["bank_limit"].value)


def _time(t_s: float) -> pd.Timestamp:
    return pd.Timestamp(round(t_s * 1e6), unit="us", tz="UTC")


def _bridged(
    track: Track, hole: tuple[pd.Timestamp, pd.Timestamp], aircraft: Aircraft | None, n: int, seed: int,
    executor: Executor | None,
) -> Ensemble | NoPath:  # fmt: skip
    fixes = fixes_of(track)
    start_s, end_s = _edges(track, fixes, hole)
    bounds = bounds_of(aircraft, fixes, float(np.interp(start_s, fixes.t_s, fixes.height_m)))
    refused = _refusal(fixes, start_s, end_s, bounds)
    if refused is not None:
        return refused
    kept = (fixes.t_s <= start_s) | (fixes.t_s >= end_s)
    rng = np.random.default_rng([seed, round(start_s), round(end_s)])
    drawn = halves(Fixes(*(part[kept] for part in fixes)), start_s, end_s, n, rng, bounds, executor=executor)
    if drawn is None:
        return _unjoined(fixes, start_s, end_s, bounds, "halves flown from both ends do not meet")
    return ensemble_of("bridge", "Flown between two fixes.", drawn, start_s, seed)


def _edges(track: Track, fixes: Fixes, hole: tuple[pd.Timestamp, pd.Timestamp]) -> tuple[float, float]:
    start, end = (time.timestamp() for time in hole)
    if not start < end:
        raise InputError("a hole that does not end after it begins", [str(time) for time in hole], row=track.name)
    before, after = fixes.t_s[fixes.t_s <= start], fixes.t_s[fixes.t_s >= end]
    if not len(before) or not len(after):
        raise InputError(
            "no fix in the air on a side of the hole", [str(time) for time in hole],
            f"between {_time(fixes.t_s[0])} and {_time(fixes.t_s[-1])}", row=track.name,
        )  # fmt: skip
    return float(before[-1]), float(after[0])


def _refusal(fixes: Fixes, start_s: float, end_s: float, bounds: Bounds) -> NoPath | None:
    """Why the ends cannot be joined, where the bare figures say so."""
    one, other = end_of(fixes, start_s, False), end_of(fixes, end_s, True)
    way, _ = earth.inverse(one.latitude, one.longitude, other.latitude, other.longitude)
    span, rise = end_s - start_s, abs(other.height_m - one.height_m)
    if float(way) > bounds.fastest_mps * span + 500.0:
        return _unjoined(fixes, start_s, end_s, bounds, "the ends lie too far apart")
    if rise > RATE_MPS * span + 100.0:
        why = f"the change of height, {rise:,.0f} m, requires {rise / span:,.0f} m/s; {RATE_MPS:.0f} m/s is allowed"
        return NoPath(_time(start_s), _time(end_s), float(way) / span, bounds.fastest_mps, rise / RATE_MPS / 60.0, why)
    if span > LONGEST_S:
        return _unjoined(fixes, start_s, end_s, bounds, "longer than the three hours that are bridged")
    return None


def _unjoined(fixes: Fixes, start_s: float, end_s: float, bounds: Bounds, why: str) -> NoPath:
    one, other = end_of(fixes, start_s, False), end_of(fixes, end_s, True)
    way = float(earth.inverse(one.latitude, one.longitude, other.latitude, other.longitude)[0])
    span = end_s - start_s
    minutes = way / bounds.fastest_mps / 60.0
    told = (
        f"no path joins the ends of this hole: {why}; {way / 1000:,.1f} km in {span / 60:,.1f} min requires "
        f"{way / span:,.0f} m/s over ground, {bounds.fastest_mps:,.0f} m/s is allowed, at which it takes "
        f"{minutes:,.1f} min"
    )
    return NoPath(_time(start_s), _time(end_s), way / span, bounds.fastest_mps, minutes, told)
