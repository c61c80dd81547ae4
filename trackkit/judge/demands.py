"""What each story requires of the flight, as quantities of its paths: rates, turns, minutes, heights, lengths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trackkit import columns, earth, motion, units
from trackkit.judge.health import effective_paths
from trackkit.model import Case, Ensemble
from trackkit.sampler import effective

__all__ = ["requires"]

Array = NDArray[np.float64]

#: the points told: the middle, and the ends of the 50 and 90 % intervals
POINTS = (0.05, 0.25, 0.5, 0.75, 0.95)
#: over what a bank, a rate and a turn are averaged (s), and the height above ground that counts as low
_BANK_S, _RATE_S, _TURN_S, LOW_M = 30.0, 60.0, 180.0, 1_000.0
#: deceleration on the runway that turns a touchdown speed into a length: assumed, of firm but ordinary braking
BRAKING_MPS2 = 2.0
_GRAVITY_MPS2 = 9.80665
_IN_FLIGHT = ("on the route", "free", "approach", "falling")


class Quantity(NamedTuple):
    """A name, its unit, what it is a measure of in words, what is assumed, and a value a path (NaN: has none)."""

    name: str
    unit: str
    words: str
    assumes: str
    values: Array


def requires(case: Case, ensembles: Iterable[Ensemble]) -> pd.DataFrame:
    """What each story's paths do where they do what it tells, in quantities that a person can judge.

    A figure describes the paths as weighed by the claims, and rests on the motion model: what the story asks of the
    flight, not what was measured on it.

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.REQUIRES`: the middle and the 50 and 90 % intervals of each quantity over the
        weighted paths that have it, with their share and effective number. Quantities that no path has are left out.
    """
    named = sorted(ensembles, key=lambda one: one.hypothesis.id)
    rows = [_row(one, quantity) for one in named for quantity in _quantities(case, one)]
    return columns.conform(
        pd.DataFrame([row for row in rows if row], columns=[one.name for one in columns.REQUIRES]), columns.REQUIRES
    )


def _row(one: Ensemble, asked: Quantity) -> dict[str, object]:
    has = np.isfinite(asked.values)
    if not has.any():
        return {}
    weight = np.exp(one.log_weight.to_numpy())
    points = _quantiles(asked.values[has], weight[has])
    size = min(effective(np.log(weight[has])), effective_paths(one))
    return {
        "hypothesis": one.hypothesis.id, "quantity": asked.name, "unit": asked.unit, "median": points[2],
        "low50": points[1], "high50": points[3], "low90": points[0], "high90": points[4],
        "share": float(weight[has].sum() / weight.sum()), "paths": int(has.sum()), "effective_paths": size,
        "words": asked.words, "assumes": asked.assumes,
    }  # fmt: skip


def _quantiles(values: Array, weight: Array) -> Array:
    """Weighted quantiles: the least value up to which so much of the weight lies."""
    order = np.argsort(values, kind="stable")
    climbed = np.cumsum(weight[order])
    places = np.searchsorted(climbed, np.array(POINTS) * climbed[-1])
    return np.asarray(values[order][np.minimum(places, len(values) - 1)], float)


def _quantities(case: Case, one: Ensemble) -> Iterator[Quantity]:
    flown = _Flown.of(case, one)
    rate, minutes = flown.descent()
    yield Quantity("mean descent", "ft/min", "a mean descent, from the highest point to the end, of", "", rate)
    yield Quantity("time of descent", "min", "kept up for", "", minutes)
    falls = flown.most(-flown.change(flown.altitude_m, _RATE_S) / _RATE_S / units.FTMIN_MPS)
    yield Quantity("steepest minute", "ft/min", "in the steepest minute a descent of", "", falls)
    yield Quantity("bank", "deg", "a bank, kept for half a minute, of up to", "turns are level and coordinated",
                   flown.most(flown.bank()))  # fmt: skip
    turns = flown.most(np.abs(flown.change(flown.turned_deg, _TURN_S)))
    yield Quantity("turn", "deg", "within three minutes a turn of", "", turns)
    low = flown.minutes(flown.above_m < LOW_M)
    yield Quantity("time near the ground", "min", f"time within {LOW_M:,.0f} m of the ground, take-off included, of",
                   "ground of the terrain grid", low)  # fmt: skip
    last = _last_told(case)
    if last is not None:
        after = flown.minutes(flown.time > last.tz_convert(None).to_datetime64())
        yield Quantity("time unheard", "min", f"flight beyond the last contact told ({last:%H:%M} UTC) of", "", after)
    yield Quantity("runway", "m", "a runway to stop on of", f"braking at {BRAKING_MPS2:g} m/s2 from the touchdown",
                   flown.stopping())  # fmt: skip


def _last_told(case: Case) -> pd.Timestamp | None:
    """The latest time at which a claim has the signal lost."""
    told = case.claims["time"][(case.claims["says"] == "lost_signal") & ~case.claims["denied"].astype(bool)].dropna()
    return told.max() if len(told) else None


class _Flown(NamedTuple):
    """Paths as arrays by (path, time), NaN where not in flight; times without a zone."""

    time: NDArray[np.datetime64]
    airborne: NDArray[np.bool_]
    altitude_m: Array
    above_m: Array
    groundspeed_mps: Array
    turned_deg: Array
    landed: NDArray[np.bool_]
    step_s: float

    @classmethod
    def of(cls, case: Case, one: Ensemble) -> _Flown:
        """The paths of an ensemble in flight."""
        flying = np.isin(one.paths["phase"].to_numpy(), [motion.PHASES.index(name) for name in _IN_FLIGHT])
        lat, lon, height, speed, track = (
            one.paths[name].to_numpy().astype(float)
            for name in ("latitude", "longitude", "altitude_m", "groundspeed_mps", "track_deg")
        )
        steps = earth.wrap_deg(np.diff(track, axis=1, prepend=track[:, :1]))
        ground = np.where(flying, earth.terrain_m(lat, lon), np.nan)
        turned = steps.cumsum(axis=1)
        height, speed, turned = (np.where(flying, values, np.nan) for values in (height, speed, turned))
        landed = (one.paths["ending"].to_numpy() == "landed")[:, None]
        time = one.paths["time"].to_numpy()
        return cls(time, flying, height, height - ground, speed, turned, landed, motion.STORE_S)

    def most(self, values: Array) -> Array:
        """The largest value of each path; NaN of a path that has none."""
        filled = np.where(np.isfinite(values), values, -np.inf).max(axis=1, initial=-np.inf)
        return np.where(np.isfinite(filled), filled, np.nan)

    def change(self, values: Array, seconds: float) -> Array:
        """How much a value has changed over the seconds before each moment."""
        steps = round(seconds / self.step_s)
        return values[:, steps:] - values[:, :-steps]

    def minutes(self, when: ArrayLike) -> Array:
        """How long each path is in flight and so."""
        return np.asarray((self.airborne & np.asarray(when)).sum(axis=1) * self.step_s / 60.0, float)

    def bank(self) -> Array:
        """The bank of a level coordinated turn, tan b = v w / g."""
        rate = np.radians(np.abs(self.change(self.turned_deg, _BANK_S))) / _BANK_S
        return np.degrees(np.arctan(self.groundspeed_mps[:, round(_BANK_S / self.step_s) :] * rate / _GRAVITY_MPS2))

    def descent(self) -> tuple[Array, Array]:
        """Mean rate (ft/min) and minutes from the highest point in flight to the end of flight."""
        height = np.where(self.airborne, self.altitude_m, -np.inf)
        top, any_ = height.argmax(axis=1), self.airborne.any(axis=1)
        end = self.airborne.shape[1] - 1 - self.airborne[:, ::-1].argmax(axis=1)
        rows, minutes = np.arange(len(top)), (end - top) * self.step_s / 60.0
        fallen = np.where(any_, self.altitude_m[rows, top] - self.altitude_m[rows, end], np.nan)
        rate = np.where(minutes > 0.0, fallen / np.where(minutes > 0.0, minutes, 1.0) / units.FT_M, np.nan)
        return rate, np.where(np.isfinite(rate), minutes, np.nan)

    def stopping(self) -> Array:
        """The runway (m) that a path which lands needs from the speed of its last moment in flight."""
        end = self.airborne.shape[1] - 1 - self.airborne[:, ::-1].argmax(axis=1)
        speed = self.groundspeed_mps[np.arange(len(end)), end]
        return np.where(self.landed[:, 0], speed**2 / (2.0 * BRAKING_MPS2), np.nan)
