"""The wind as a straight line over height with its spread, and the climate's for the eastern Mediterranean."""

from __future__ import annotations

import csv
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackkit.air.atmosphere import pressure_altitude_m
from trackkit.earth import data_folder
from trackkit.errors import InputError

__all__ = ["WIND_BOX", "Wind", "climate_wind", "fitted_wind"]

Array = NDArray[np.float64]

#: where the climate's figures are taken to hold: west, south, east, north (degrees)
WIND_BOX = (32.0, 31.0, 43.0, 38.0)
_SEASONS = ((12, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11))


class Wind(NamedTuple):
    """What the air moves with, by height above sea level: mean, and the spread of either part of it.

    Towards the east and north (m/s at sea level, and m/s a metre of height). `sd_mps` and `sd_per_m` are the standard
    deviation of each part, drawn once for a whole path. `source` says what it rests on.
    """

    east_mps: float
    east_per_m: float
    north_mps: float
    north_per_m: float
    sd_mps: float
    sd_per_m: float
    source: str

    def at(self, height_m: ArrayLike) -> tuple[Array, Array, Array]:
        """The means to the east and north, and the spread (m/s), at heights above sea level (m)."""
        up = np.maximum(np.asarray(height_m, float), 0.0)
        return (
            self.east_mps + self.east_per_m * up,
            self.north_mps + self.north_per_m * up,
            self.sd_mps + self.sd_per_m * up,
        )


def fitted_wind(height_m: ArrayLike, east_mps: ArrayLike, north_mps: ArrayLike, sd_mps: float, source: str) -> Wind:
    """The straight lines of least squares through winds (m/s) at heights (m), with what they leave in the spread.

    The spread is the root of `sd_mps` squared and the mean square of what the lines leave over both parts. All arrays
    have one shape; at least two different heights are needed.

    Raises
    ------
    InputError
        If fewer than two different heights are given.
    """
    height = np.ravel(np.asarray(height_m, float))
    if len(np.unique(height)) < 2:
        raise InputError("a wind of fewer than two heights", len(np.unique(height)), "two levels or more")
    parts = np.stack([np.ravel(np.asarray(part, float)) for part in (east_mps, north_mps)], axis=1)
    design = np.stack([np.ones_like(height), height], axis=1)
    line = np.linalg.lstsq(design, parts, rcond=None)[0]
    spread = float(np.sqrt(sd_mps**2 + np.mean((parts - design @ line) ** 2)))
    (east, north), (east_up, north_up) = line.tolist()
    return Wind(east, east_up, north, north_up, spread, 0.0, source)


def climate_wind(month: int) -> Wind:
    """The climate's wind over Syria and Lebanon in the season of a month, from `data/earth/winds.csv`.

    A broad prior: means of a few levels and months out of coarse grids (2.5 degrees and more), in a straight line over
    height; the spread is our judgement, fitted likewise, and so is that there is no
    mean at sea level. The northward part is known at 200 hPa only: a straight line from nothing at 850 hPa is taken.

    Raises
    ------
    InputError
        If there is no such month.
    """
    if month not in range(1, 13):
        raise InputError("no such month", month, "1 to 12")
    season = next(months for months in _SEASONS if month in months)
    with (data_folder() / "earth" / "winds.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    rows = [row for row in table if int(row["month"]) in season]
    height = pressure_altitude_m([100.0 * float(row["pressure_hpa"]) for row in rows])
    east = np.polyfit(height, [float(row["east_mps"]) for row in rows], 1)
    spread = np.polyfit(height, [float(row["sd_mps"]) for row in rows], 1)
    high, low = float(pressure_altitude_m(20_000.0)), float(pressure_altitude_m(85_000.0))
    slope = float(np.mean([float(row["north_mps"]) for row in rows if row["north_mps"]])) / (high - low)
    return Wind(
        float(east[1]), float(east[0]), -slope * low, slope, float(spread[1]), float(spread[0]),
        f"climate, months {', '.join(str(m) for m in season)} over Syria, Lebanon: {len(rows)} figures: a broad prior",
    )  # fmt: skip
