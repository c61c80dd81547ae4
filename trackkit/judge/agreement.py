"""Agreement between reports: how far the paths that each of them allows overlap in place and time."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from trackkit import columns
from trackkit.errors import InputError
from trackkit.judge.health import effective_paths
from trackkit.model import Ensemble

__all__ = ["agreement"]

Array = NDArray[np.float64]
Box = tuple[float, float, float, float]

#: the cells in which paths are counted, and how far they are smoothed
CELL_DEG, CELL_S, SMOOTH_CELLS = 0.1, 120.0, 1.0


def agreement(ensembles: Mapping[str, Ensemble]) -> pd.DataFrame:
    """How far ensembles overlap, pair by pair: the world according to one report against that of another.

    The overlap of p and q is the mean over time of sum min(p, q) over places, each a share of weight in cells of a
    tenth of a degree, smoothed by one cell. Samples of one and the same distribution overlap less than whole; what two
    halves of one ensemble have in common (the runs of it, taken in turn) is told beside it, for the pair the mean of
    both.

    Parameters
    ----------
    ensembles : mapping of str to Ensemble
        By report; all over the same times.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.AGREEMENT`, by the names of the reports.

    Raises
    ------
    InputError
        If the ensembles are not of the same times.
    """
    names = sorted(ensembles)
    steps = {ensembles[name].paths.sizes["time"] for name in names}
    if len(steps) > 1:
        raise InputError("ensembles over different times cannot be compared", sorted(steps), "the same window")
    box = _box([ensembles[name] for name in names])
    whole = {name: _density(ensembles[name], np.ones(ensembles[name].n, bool), box) for name in names}
    halves = {name: _halves(ensembles[name], box) for name in names}
    rows = [_row(a, b, ensembles, whole, halves) for a, b in combinations(names, 2)]
    return columns.conform(pd.DataFrame(rows), columns.AGREEMENT)


def _row(
    a: str, b: str, ensembles: Mapping[str, Ensemble], whole: Mapping[str, Array], halves: Mapping[str, float]
) -> dict[str, object]:
    overlap, at_most = _overlap(whole[a], whole[b]), 0.5 * (halves[a] + halves[b])
    return {
        "first": a, "second": b, "overlap": overlap, "at_most": at_most, "alike": min(overlap / at_most, 1.0),
        "paths": min(ensembles[a].n, ensembles[b].n),
        "effective_paths": min(effective_paths(ensembles[a]), effective_paths(ensembles[b])),
    }  # fmt: skip


def _box(several: list[Ensemble]) -> Box:
    """South, north, west and east of all paths."""
    lat, lon = ([one.paths[name] for one in several] for name in ("latitude", "longitude"))
    low = [min((float(part.min()) for part in parts), default=0.0) for parts in (lat, lon)]
    high = [max((float(part.max()) for part in parts), default=1.0) for parts in (lat, lon)]
    return low[0], high[0], low[1], high[1]


def _density(ensemble: Ensemble, chosen: NDArray[np.bool_], box: Box) -> Array:
    """Share of weight by time and place; shape (times, cells, cells), each time summing to one."""
    south, north, west, east = box
    seconds = (ensemble.paths["time"].to_numpy() - ensemble.paths["time"].to_numpy()[0]) / np.timedelta64(1, "s")
    looks = np.flatnonzero(np.r_[True, np.diff(seconds // CELL_S) > 0])
    rows, cols = int((north - south) / CELL_DEG) + 7, int((east - west) / CELL_DEG) + 7
    weight = np.exp(ensemble.log_weight.to_numpy()) * chosen
    found = np.zeros((len(looks), rows, cols))
    for number, k in enumerate(looks):
        row = ((ensemble.paths["latitude"].to_numpy()[:, k] - south) / CELL_DEG).astype(int) + 3
        col = ((ensemble.paths["longitude"].to_numpy()[:, k] - west) / CELL_DEG).astype(int) + 3
        np.add.at(found[number], (row, col), weight / weight.sum())
    return np.asarray(gaussian_filter(found, (0.0, SMOOTH_CELLS, SMOOTH_CELLS)))


def _overlap(one: Array, other: Array) -> float:
    return float(np.minimum(one, other).sum(axis=(1, 2)).mean())


def _halves(ensemble: Ensemble, box: Box) -> float:
    """The overlap of two halves of an ensemble: its runs in turn, or, of one run, its paths in turn."""
    each = ensemble.n // ensemble.runs if ensemble.runs > 1 else 1
    first = (np.arange(ensemble.n) // each) % 2 == 0
    return _overlap(_density(ensemble, first, box), _density(ensemble, ~first, box))
