"""Highest-density regions, weighted quantiles and even samples: what an ensemble looks like, with the level it holds.

The thresholds of a region are read off the drawn surface at the points themselves (Hyndman, The American Statistician
50 (1996) 120-126), so that what is drawn holds its stated level, whatever the smoothing did.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from trackkit.model import Extent

__all__ = ["Regions", "highest_density", "quantiles", "spread_evenly"]

Array = NDArray[np.float64]

_DEGREE_M = 111_195.0
_CELL_M = 1_200.0
_SMOOTH_M = 4_000.0
_FEWEST, _MOST = 60, 400  # cells along a side


@dataclass(frozen=True)
class Regions:
    """A smooth surface over a box, and the heights at which it is cut.

    Attributes
    ----------
    longitude, latitude : array
        The knots of the surface, degrees.
    density : array, shape (latitude, longitude)
        Weight per cell, smoothed; its scale has no meaning.
    levels, thresholds, held : tuple of float
        The shares asked for, the density at which each region is cut, and the share of all weight that lies in it.
        `held` falls short of the level only where more than the rest lies outside the box.
    outside : float
        The share of the weight outside the box.
    """

    longitude: Array = field(repr=False)
    latitude: Array = field(repr=False)
    density: Array = field(repr=False)
    levels: tuple[float, ...]
    thresholds: tuple[float, ...]
    held: tuple[float, ...]
    outside: float

    def at(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """The surface at points, bilinear as contours are drawn; zero outside the box."""
        rows = _index(np.asarray(latitude, float), self.latitude)
        columns = _index(np.asarray(longitude, float), self.longitude)
        return np.asarray(map_coordinates(self.density, [rows, columns], order=1, cval=0.0), float)

    def area_km2(self, level: float) -> float:
        """The area of the region of a level that was asked for."""
        cut = self.thresholds[self.levels.index(level)]
        across = np.cos(np.radians(self.latitude)) * (self.longitude[1] - self.longitude[0])
        cells = (self.density >= cut).sum(axis=1) * across * (self.latitude[1] - self.latitude[0])
        return float(cells.sum() * (_DEGREE_M / 1000.0) ** 2)

    def contours(self, level: float) -> list[Array]:
        """The outlines (longitude, latitude) of the region of a level that was asked for."""
        axes = Figure().add_subplot()
        drawn = axes.contour(self.longitude, self.latitude, self.density, [self.thresholds[self.levels.index(level)]])
        return [np.asarray(line) for line in drawn.allsegs[0]]


def highest_density(
    latitude: ArrayLike,
    longitude: ArrayLike,
    weight: ArrayLike,
    levels: tuple[float, ...],
    extent: Extent,
    smooth_m: float = _SMOOTH_M,
) -> Regions:
    """Find the smallest regions that hold given shares of weighted points.

    Parameters
    ----------
    latitude, longitude, weight : array_like
        Points (degrees) and what each weighs; points that are not finite or weigh nothing are left out.
    levels : tuple of float
        Shares of the weight, such as 0.5 and 0.9.
    extent : Extent
        The box in which regions are drawn; points outside it count in the whole.
    smooth_m : float
        Standard deviation of the smoothing (m).

    Returns
    -------
    Regions
    """
    lat, lon, share = _clean(latitude, longitude, weight)
    x, y = _knots(extent)
    surface = _surface(lat, lon, share, x, y, smooth_m)
    bare = Regions(x, y, surface, levels, (), (), 0.0)
    height = bare.at(lat, lon)
    outside = float(share[(lon < x[0]) | (lon > x[-1]) | (lat < y[0]) | (lat > y[-1])].sum())
    cuts = tuple(_threshold(height, share, level) for level in levels)
    held = tuple(float(share[height >= cut].sum()) for cut in cuts)
    return Regions(x, y, surface, levels, cuts, held, outside)


def quantiles(values: ArrayLike, weight: ArrayLike, shares: tuple[float, ...]) -> Array:
    """Weighted quantiles over the first axis; shape (shares, ...). Values that are not finite count as the lowest."""
    array, mass = np.asarray(values, float), np.asarray(weight, float)
    order = np.argsort(np.where(np.isfinite(array), array, -np.inf), axis=0)
    climbed = np.cumsum(mass[order], axis=0) / mass.sum()
    ranked = np.take_along_axis(array, order, axis=0)
    rows = [np.minimum((climbed < share - 1e-12).sum(axis=0), len(array) - 1) for share in shares]
    return np.stack([np.take_along_axis(ranked, row[None], axis=0)[0] for row in rows])


def spread_evenly(weight: ArrayLike, count: int) -> NDArray[np.int64]:
    """Indices of a sample by weight, without chance: one at the middle of each of `count` equal parts of the weight.

    >>> spread_evenly([0.5, 0.0, 0.5], 4).tolist()
    [0, 0, 2, 2]
    """
    climbed = np.cumsum(np.asarray(weight, float))
    wanted = (np.arange(count) + 0.5) / count * climbed[-1]
    return np.minimum(np.searchsorted(climbed, wanted), len(climbed) - 1).astype(np.int64)


def _clean(latitude: ArrayLike, longitude: ArrayLike, weight: ArrayLike) -> tuple[Array, Array, Array]:
    lat, lon, share = (np.ravel(np.asarray(values, float)) for values in (latitude, longitude, weight))
    good = np.isfinite(lat) & np.isfinite(lon) & (share > 0.0)
    return lat[good], lon[good], share[good] / max(share[good].sum(), 1e-300)


def _knots(extent: Extent) -> tuple[Array, Array]:
    """Middles of cells of about `_CELL_M`, the outermost on the edges of the box."""
    across = np.cos(np.radians(0.5 * (extent.south + extent.north))) * _DEGREE_M
    columns = int(np.clip((extent.east - extent.west) * across / _CELL_M, _FEWEST, _MOST))
    rows = int(np.clip((extent.north - extent.south) * _DEGREE_M / _CELL_M, _FEWEST, _MOST))
    return np.linspace(extent.west, extent.east, columns), np.linspace(extent.south, extent.north, rows)


def _surface(lat: Array, lon: Array, share: Array, x: Array, y: Array, smooth_m: float) -> Array:
    """Weight in each cell, smoothed by a Gaussian that is round on the ground."""
    dx, dy = x[1] - x[0], y[1] - y[0]
    box = ((y[0] - dy / 2, y[-1] + dy / 2), (x[0] - dx / 2, x[-1] + dx / 2))
    counted, _, _ = np.histogram2d(lat, lon, (len(y), len(x)), box, weights=share)
    across = _DEGREE_M * np.cos(np.radians(0.5 * (y[0] + y[-1])))
    return np.asarray(
        gaussian_filter(counted, (smooth_m / (dy * _DEGREE_M), smooth_m / (dx * across)), mode="constant")
    )


def _index(value: Array, knots: Array) -> Array:
    return (value - knots[0]) / (knots[1] - knots[0])


def _threshold(height: Array, share: Array, level: float) -> float:
    """The height above which the level's share of the points lies; above zero even where they do not suffice."""
    if not len(height) or height.max() <= 0.0:
        return np.inf
    order = np.argsort(-height, kind="stable")
    climbed = np.cumsum(share[order])
    cut = height[order][min(int(np.searchsorted(climbed, level - 1e-12)), len(order) - 1)]
    return float(cut) if cut > 0.0 else float(height[height > 0.0].min())
