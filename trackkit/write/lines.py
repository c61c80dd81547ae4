"""Nouns as lines in time and as marked places: what all formats with a map and a clock are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit.errors import InputError, visible
from trackkit.model import Case, Ensemble, Track
from trackkit.motion import PHASES

__all__ = ["COLOURS", "GAP_S", "Line", "Mark", "lines", "marks", "nouns"]

Array = NDArray[np.float64]
Noun = Ensemble | Track | Case

#: fixes further apart than this (s) are not joined: nothing is known in between
GAP_S = 60.0
#: red, green, blue of each noun in turn (Okabe and Ito)
COLOURS = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233))
_STILL = (PHASES.index("parked"), PHASES.index("down"))


class Line(NamedTuple):
    """A line in space and time without a hole in it.

    Heights are above mean sea level where `height` says so; times are UTC. `group` names what it belongs to, `number`
    the line among those of its noun, `part` the part of it where it was cut.
    """

    group: str
    number: int
    part: int
    words: str
    height: str
    weight: float
    time: pd.DatetimeIndex
    longitude: Array
    latitude: Array
    height_m: Array


class Mark(NamedTuple):
    """A claim that names a place: its id, report and words, where, and when if it says."""

    name: str
    report: str
    words: str
    longitude: float
    latitude: float
    time: pd.Timestamp | None


def nouns(what: Noun | Iterable[Noun]) -> list[Noun]:
    """One noun or several, as a list.

    Raises
    ------
    InputError
        If there is none, or one is neither Ensemble, Track nor Case.
    """
    several: list[Noun] = [what] if isinstance(what, Ensemble | Track | Case) else list(what)
    for one in several:
        if not isinstance(one, Ensemble | Track | Case):
            raise InputError("not a noun that can be written", type(one).__name__, ["Case", "Ensemble", "Track"])
    if not several:
        raise InputError("there is nothing to write", allowed="an Ensemble, a Track, a Case, or a list of them")
    return several


def lines(noun: Noun, sample: int) -> Iterator[Line]:
    """The lines of a noun: a sample of an ensemble's paths by weight, a track cut at its holes; of a case none."""
    if isinstance(noun, Ensemble):
        yield from _paths(noun, sample)
    elif isinstance(noun, Track):
        yield from _track(noun)


def marks(noun: Noun) -> Iterator[Mark]:
    """The claims of a case that name a place; of other nouns none."""
    if not isinstance(noun, Case):
        return
    claims = noun.claims
    row: Any
    for row in claims[claims["latitude"].notna()].itertuples():
        time = None if row.time is pd.NaT else row.time
        yield Mark(str(row.Index), visible(row.report), visible(row.words), row.longitude, row.latitude, time)


def evenly(weight: Array, count: int) -> list[int]:
    """Distinct indices taken by weight, without chance, at the middle of equal parts of the weight; all where few."""
    if count >= len(weight):
        return list(range(len(weight)))
    climbed = np.cumsum(weight)
    wanted = (np.arange(count) + 0.5) / count * climbed[-1]
    return sorted({int(one) for one in np.minimum(np.searchsorted(climbed, wanted), len(climbed) - 1)})


def told(ensemble: Ensemble) -> str:
    """What an ensemble is, in a sentence."""
    one = ensemble.hypothesis
    return visible(f"{one.id}: {one.says} Synthetic, drawn by trackkit: n = {ensemble.n}, seed = {ensemble.seed}.")


def _paths(ensemble: Ensemble, sample: int) -> Iterator[Line]:
    weight = np.exp(ensemble.log_weight.to_numpy())
    time = pd.DatetimeIndex(ensemble.paths["time"].to_numpy()).tz_localize("UTC")
    fields = [ensemble.paths[name].transpose("path", "time").to_numpy().astype(float)
              for name in ("longitude", "latitude", "altitude_m")]  # fmt: skip
    moving = ~np.isin(ensemble.paths["phase"].transpose("path", "time").to_numpy(), _STILL)
    for number in evenly(weight, sample):
        at = moving[number]
        if at.sum() > 1:
            where = (field[number, at] for field in fields)
            yield Line(ensemble.hypothesis.id, number, 0, told(ensemble), "above mean sea level", float(weight[number]),
                       time[at], *where)  # fmt: skip


def _track(track: Track) -> Iterator[Line]:
    fixes = track.fixes
    height, values = _height(track)
    step = np.diff(fixes.index.to_numpy()) / np.timedelta64(1, "s")
    cut = np.concatenate([[True], (step > GAP_S) | fixes["gap_before"].to_numpy(bool)[1:]])
    words = visible(f"{track.name}, from {track.origin}. Nothing is drawn over more than {GAP_S:g} s without a fix.")
    for part, rows in fixes.assign(height_m=values).groupby(np.cumsum(cut) - 1):
        place = (rows.geometry.x.to_numpy(float), rows.geometry.y.to_numpy(float))
        yield Line(visible(track.name), 0, int(part), words, height, 1.0, pd.DatetimeIndex(rows.index), *place,
                   rows["height_m"].to_numpy(float))  # fmt: skip


def _height(track: Track) -> tuple[str, pd.Series]:
    """The best height that a track has, and what it is above."""
    names = {
        "altitude_msl_m": "above mean sea level", "altitude_geom_m": "above the ellipsoid",
        "altitude_baro_m": "pressure altitude",
    }  # fmt: skip
    best = max(names, key=lambda name: int(track.fixes[name].notna().sum()))
    return names[best], track.fixes[best].astype(float)
