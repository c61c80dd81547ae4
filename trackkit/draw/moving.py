"""What the clock moves: paths, regions and heights of each hypothesis, moment by moment, in plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

from trackkit.draw.regions import Regions, highest_density, quantiles, spread_evenly
from trackkit.model import Case, Ensemble
from trackkit.motion import PHASES

__all__ = ["DEGREE", "LEVELS", "Clock", "Moving", "clock", "moving"]

Array = NDArray[np.float64]

#: shares of the weight that regions hold, and those of the heights' bands
LEVELS, _SHARES = (0.5, 0.9), (0.05, 0.25, 0.5, 0.75, 0.95)
#: steps of the clock at most, and moments at which regions are drawn at most
_MOST, _REGIONS = 200, 66
#: parts of a degree that places are rounded to (some 10 m)
DEGREE = 10_000
_STILL = (PHASES.index("parked"), PHASES.index("down"))


class Clock(NamedTuple):
    """The moments of the clock, which stored steps they are, and which of them have regions."""

    times: pd.DatetimeIndex
    steps: NDArray[np.int64]
    drawn: NDArray[np.int64]


class Moving(NamedTuple):
    """One hypothesis, moment by moment.

    `paths` are those of the sample: longitude, latitude (parts of a degree) and height (m), each (path, moment);
    `regions` are for each drawn moment, for each level, polygons of rings (outer one first) in parts of a degree;
    `bands` (shares, moment) are the weighted quantiles of height; `airborne` is the share of weight in the air.
    """

    paths: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
    regions: list[list[list[list[list[int]]]]]
    bands: Array
    airborne: Array


def clock(ensembles: Iterable[Ensemble]) -> Clock:
    """The moments of ensembles that share their stored steps."""
    stored = pd.DatetimeIndex(next(iter(ensembles)).paths["time"].to_numpy())
    steps = np.arange(0, len(stored), -(-len(stored) // _MOST))
    return Clock(stored[steps], steps, np.arange(0, len(steps), -(-len(steps) // _REGIONS)))


def moving(case: Case, ensemble: Ensemble, ticks: Clock, sample: int) -> Moving:
    """An ensemble at the moments of a clock."""
    weight = np.exp(ensemble.log_weight.to_numpy())
    at = ensemble.paths.isel(time=ticks.steps).transpose("path", "time", ...)
    lon, lat, height = (at[name].to_numpy().astype(float) for name in ("longitude", "latitude", "altitude_m"))
    chosen = spread_evenly(weight, sample)
    airborne = weight @ ~np.isin(at["phase"].to_numpy(), _STILL)
    regions = [_regions(lat[:, k], lon[:, k], weight, case) for k in ticks.drawn]
    paths = (_whole(DEGREE * lon[chosen]), _whole(DEGREE * lat[chosen]), _whole(height[chosen]))
    return Moving(paths, regions, quantiles(height, weight, _SHARES), airborne)


def _regions(lat: Array, lon: Array, weight: Array, case: Case) -> list[list[list[list[int]]]]:
    found = highest_density(lat, lon, weight, LEVELS, case.extent)
    return [_polygons(found, cut) for cut in found.thresholds]


def _polygons(regions: Regions, cut: float) -> list[list[list[int]]]:
    """Polygons of a region, each a list of rings, a ring as longitude, latitude, longitude, latitude …"""
    if not np.isfinite(cut):
        return []
    drawn = contour_generator(regions.longitude, regions.latitude, regions.density, fill_type=FillType.OuterOffset)
    parts: Sequence[Any] = list(zip(*drawn.filled(cut, np.inf), strict=True))
    return [[_ring(points[first:last]) for first, last in pairwise(ends)]
            for points, ends in parts]  # fmt: skip


def _ring(points: Array) -> list[int]:
    """A ring with every other vertex: they lie about a kilometre apart."""
    few = points[::2] if len(points) > 16 else points
    return [int(one) for one in _whole(DEGREE * few).ravel()]


def _whole(values: Array) -> NDArray[np.int64]:
    return np.rint(np.nan_to_num(values)).astype(np.int64)
