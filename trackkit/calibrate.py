"""Calibration: whether ensembles mean what they say, tried on paths and claims drawn from the model itself.

Draw a path from the prior, draw what is told of it from the claims' own likelihood, reconstruct, and look where the
true value ranks among the paths drawn. If prior, likelihood and reconstruction belong together, every rank is as
likely as any other, whatever quantity is looked at (Talts, Betancourt, Simpson, Vehtari and Gelman 2018,
arXiv:1804.06788); a quantity that also looks at the data, such as their likelihood, sees more than one that does not
(Modrák and others 2023, Bayesian Analysis 20:461-488).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, chdtrc

from trackkit import claims, earth, motion
from trackkit.errors import InputError
from trackkit.model import Case, Hypothesis

__all__ = ["Uniformity", "ecdf_envelope", "prior", "ranks", "retold", "uniform_p"]

Array = NDArray[np.float64]
Rng = np.random.Generator
Values = dict[str, Any]

#: paths flown at once in search of those that tell the story, and how often before giving up
_CHUNK, _CHUNKS = 256, 400
#: draws of the null hypothesis by which envelopes are set
_NULL = 2_000


class Uniformity(NamedTuple):
    """Two p-values for "every rank is as likely": of counts in bins, and of the whole distribution function."""

    chi_squared: float
    ecdf: float


# ---------------------------------------------------------------------------------------------------------------
# ranks
# ---------------------------------------------------------------------------------------------------------------


def ranks(truth: ArrayLike, draws: ArrayLike, rng: Rng) -> NDArray[np.int64]:
    """The rank of each true value among its draws: how many lie below it, equal ones put in order by chance.

    Parameters
    ----------
    truth : array_like, shape (replicates,)
    draws : array_like, shape (replicates, draws)
    rng : numpy Generator

    Examples
    --------
    >>> ranks([0.5, 9.0], [[0.1, 0.7, 0.2], [0.1, 0.7, 0.2]], np.random.default_rng(0)).tolist()
    [2, 3]
    """
    true, drawn = np.asarray(truth, float)[:, None], np.asarray(draws, float)
    below, equal = (drawn < true).sum(axis=1), (drawn == true).sum(axis=1)
    return np.asarray(below + rng.integers(0, equal + 1), np.int64)


def ecdf_envelope(count: int, draws: int, level: float = 0.95, seed: int = 0) -> tuple[Array, Array, Array]:
    """Where the distribution function of ranks stays in a stated share of cases, at all points together.

    Binomial intervals at every point, narrowed by simulation until they hold together (Säilynoja, Bürkner and Vehtari
    2022, Statistics and Computing 32:32).

    Parameters
    ----------
    count : int
        Replicates.
    draws : int
        Draws by which each was ranked, so that ranks run from 0 to this number.
    level : float
    seed : int
        Of the simulation.

    Returns
    -------
    points, low, high : arrays, shape (draws,)
        Where the function is looked at, and the least and greatest value there.
    """
    points = np.arange(1, draws + 1) / (draws + 1)
    narrow = float(np.quantile(_null(count, draws, seed), 1.0 - level))
    below = bdtr(np.arange(count + 1)[:, None], count, points)
    low, high = ((below >= share).argmax(axis=0) for share in (0.5 * narrow, 1.0 - 0.5 * narrow))
    return points, low / count, high / count


def uniform_p(found: ArrayLike, draws: int, bins: int = 10, seed: int = 0) -> Uniformity:
    """How often ranks that are uniform would look less so than these.

    Parameters
    ----------
    found : array_like of int
        Ranks between 0 and `draws`.
    draws : int
    bins : int
        Of the chi-squared test, even in width as far as the ranks allow.
    seed : int
        Of the simulation behind the test of the distribution function (see `ecdf_envelope`).
    """
    rank = np.asarray(found, int)
    edges = np.round(np.linspace(0, draws + 1, min(bins, draws + 1) + 1))
    expected = len(rank) * np.diff(edges) / (draws + 1)
    statistic = ((np.histogram(rank, edges - 0.5)[0] - expected) ** 2 / expected).sum()
    own = _depth(_climbed(rank[None], draws), len(rank))[0]
    null = _null(len(rank), draws, seed)
    return Uniformity(float(chdtrc(len(expected) - 1, statistic)), float((1 + (null <= own).sum()) / (1 + len(null))))


def _climbed(rank: NDArray[np.int64], draws: int) -> NDArray[np.int64]:
    """How many ranks lie below each of 1 to `draws`, by row."""
    counts = np.stack([np.bincount(row, minlength=draws + 1) for row in rank])
    return np.asarray(np.cumsum(counts, axis=1)[:, :-1], np.int64)


def _depth(climbed: NDArray[np.int64], count: int) -> Array:
    """The two-sided binomial tail at the worst point: small where a distribution function strays."""
    draws = climbed.shape[1]
    numbers, points = np.arange(count + 1)[:, None], np.arange(1, draws + 1) / (draws + 1)
    tails = np.minimum(bdtr(numbers, count, points), bdtrc(numbers - 1, count, points))
    return np.asarray(np.minimum(2.0 * tails[climbed, np.arange(draws)], 1.0).min(axis=1), float)


def _null(count: int, draws: int, seed: int) -> Array:
    """Depths of ranks that are uniform."""
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(count, np.full(draws + 1, 1.0 / (draws + 1)), _NULL)
    return _depth(np.cumsum(counts, axis=1)[:, :-1], count)


# ---------------------------------------------------------------------------------------------------------------
# paths of the prior, and claims drawn anew
# ---------------------------------------------------------------------------------------------------------------


def prior(case: Case, hypothesis: Hypothesis, count: int, rng: Rng) -> motion.Flown:
    """Paths drawn from what a hypothesis says before any claim is heard.

    Paths are flown from fresh numbers; one that ends otherwise than the story says is left out, and one that does what
    the story asserts only in part is kept with that probability.

    Raises
    ------
    InputError
        If the story is told by too few.
    """
    scene, story, envelope = motion.scene(case), motion.story(case, hypothesis), motion.envelope(case.aircraft)
    asserted = claims.ask(case, hypothesis.asserts[claims.testable(hypothesis.asserts)])
    allowed = [motion.ENDINGS.index(end) for end in hypothesis.ends]
    kept: list[motion.Flown] = []
    for _ in range(_CHUNKS):
        flown = motion.simulate(rng.standard_normal((_CHUNK, motion.DIMENSION)), scene, story, envelope)
        _, fit = claims.evaluate(flown, scene, asserted)
        told = np.isin(flown.ending, allowed) & (rng.random(_CHUNK) < fit.prod(axis=1))
        kept.append(_some(flown, told))
        if sum(len(one.take_off_s) for one in kept) >= count:
            joined = motion.Flown(*(np.concatenate(parts) for parts in zip(*kept, strict=True)))
            return _some(joined, slice(count))
    raise InputError("too few paths tell this story", hypothesis.id, f"{count} in {_CHUNK * _CHUNKS:,}")


def retold(case: Case, hypothesis: Hypothesis, flown: motion.Flown, path: int, rng: Rng) -> Case:
    """The case with its claims drawn anew, as the model says that they come about if one path is the true one.

    Origins are right with the hypothesis's trust, single claims slip, and what is false is told from the background.
    A claim keeps its kind, time, origin and rounding; drawn are its position, height, speed, direction and time of
    take-off, or whether it is denied. Kinds whose likelihood is no density of what was told (places named by a word,
    descents from a height, times of an ending) cannot be drawn.

    Raises
    ------
    InputError
        For a claim that cannot be drawn, a copy, or several claims read off one signal.
    """
    rows = case.claims[claims.testable(case.claims)].assign(denied=False)
    groups = claims.groups(case, hypothesis, rows)
    if claims.signals(case, groups, rows) or rows["copy_of"].ne("").any():
        raise InputError("claims that hang together by more than their trust", list(rows["id"]), "no copies, no signal")
    right = rng.random(len(groups.trust)) < groups.trust
    sound = right[groups.of_claim] & (rng.random(len(rows)) >= claims.SLIP)
    true = _Seen(case, motion.scene(case), _some(flown, slice(path, path + 1)), rng)
    told = [
        _draw(true, row, asked, is_sound)
        for row, asked, is_sound in zip(rows.itertuples(index=False), claims.ask(case, rows), sound, strict=True)
    ]
    table = case.claims.copy()
    for name, values in zip(rows.index, told, strict=True):
        for column, value in values.items():
            table.loc[name, column] = value
    return replace(case, claims=table)


class _Seen(NamedTuple):
    """The path that is true, and what it takes to tell of it."""

    case: Case
    scene: motion.Scene
    flown: motion.Flown
    rng: Rng


def _some(flown: motion.Flown, which: Any) -> motion.Flown:
    return motion.Flown(*(part[which] for part in flown))


def _draw(true: _Seen, row: Any, asked: claims.Asked, sound: bool) -> Values:
    for kind, drawn in _KINDS.items():
        if isinstance(asked.parameters, kind):
            return drawn(true, row, asked, sound)
    raise InputError("a claim whose telling cannot be drawn", row.says, "fixes, directions, turns, times of take-off")


def _fix(true: _Seen, row: Any, asked: claims.Asked, sound: bool) -> Values:
    """Place, height and speed at one of the moments that the claim may mean."""
    one: Any = asked.parameters
    rng, values = true.rng, Values()
    _only(one.where.given <= (row.relation == "point"), row)
    _only(not one.height.given or row.datum != "ground", row)
    k = _moment(true, row, one.when)
    if one.where.given:
        values |= _near(true, k, one.where.precision[0] ** -0.5) if sound else _anywhere(true)
    if one.height.given:
        height = true.flown.altitude_m[0, k] - (true.flown.qnh_offset_m[0] if row.datum == "pressure" else 0.0)
        told = height + one.height.sd_m * rng.standard_normal()
        values["altitude_m"] = told if sound else claims.HEIGHT_RANGE_M * rng.random()
    if one.speed_given:
        told = true.flown.groundspeed_mps[0, k] + one.speed_sd_mps * rng.standard_normal()
        values["speed_mps"] = told if sound else claims.SPEED_RANGE_MPS * rng.random()
    return values


def _course(true: _Seen, row: Any, asked: claims.Asked, sound: bool) -> Values:
    one: Any = asked.parameters
    _only(not one.to_place, row)
    k = _moment(true, row, one.when)
    told = true.flown.track_deg[0, k] + one.sd_deg * true.rng.standard_normal()
    return {"heading_deg": float(told % 360.0) if sound else 360.0 * true.rng.random()}


def _turn(true: _Seen, row: Any, asked: claims.Asked, sound: bool) -> Values:
    one: Any = asked.parameters
    _only(not one.where.given, row)
    return _whether(true, asked, sound)


def _descent(true: _Seen, row: Any, asked: claims.Asked, sound: bool) -> Values:
    one: Any = asked.parameters
    _only(not (one.where.given or one.start.given or one.end.given or one.log_within[1] or one.rate[1]), row)
    return _whether(true, asked, sound)


def _event(true: _Seen, row: Any, asked: claims.Asked, sound: bool) -> Values:
    one: Any = asked.parameters
    if not one.time_given and not one.where.given and one.kind:
        return _whether(true, asked, sound)
    _only(one.kind == 0 and one.place < 0 and not row.time_hedge, row)
    start, end = true.case.window
    told = true.flown.take_off_s[0] + one.sd_s * true.rng.standard_normal()
    seconds = told if sound else (end - start).total_seconds() * true.rng.random()
    return {"time": (start + pd.Timedelta(seconds=float(seconds))).as_unit("us")}


_KINDS: dict[type, Callable[[_Seen, Any, claims.Asked, bool], Values]] = {
    claims.Fix: _fix, claims.Course: _course, claims.Turn: _turn, claims.Descent: _descent, claims.Event: _event,
}  # fmt: skip


def _only(can: bool, row: Any) -> None:
    if not can:
        raise InputError("a claim whose telling cannot be drawn", row.as_reported, "see `retold`", row=row.id)


def _whether(true: _Seen, asked: claims.Asked, sound: bool) -> Values:
    """Whether the word is used of the path, or denied."""
    log_likelihood, _ = claims.evaluate(true.flown, true.scene, (asked,))
    said = math.exp(log_likelihood[0, 0]) if sound else claims.EVEN
    return {"denied": bool(true.rng.random() >= said)}


def _moment(true: _Seen, row: Any, when: claims.When) -> int:
    """One of the stored moments that a claim may mean; the path must be flying then."""
    _only(when.part == 0, row)
    k = int(true.rng.choice(len(when.weights), p=when.weights / when.weights.sum()))
    _only(motion.ROUTE <= int(true.flown.phase[0, k]) <= motion.FALLING, row)
    return k


def _near(true: _Seen, k: int, sd_m: float) -> Values:
    """A position told of the path at a moment, normal about the true one."""
    latitude, longitude = motion.latitude_longitude(*(true.flown[axis][:, k] for axis in range(3)))
    east, north = sd_m * true.rng.standard_normal(2)
    told = earth.forward(latitude[0], longitude[0], math.degrees(math.atan2(east, north)), math.hypot(east, north))
    return {"latitude": float(told[0]), "longitude": float(told[1])}


def _anywhere(true: _Seen) -> Values:
    """A position that means nothing: anywhere in the extent of the case."""
    box, (u, v) = true.case.extent, true.rng.random(2)
    south, north = (math.sin(math.radians(edge)) for edge in (box.south, box.north))
    return {
        "latitude": math.degrees(math.asin(south + u * (north - south))),
        "longitude": box.west + v * (box.east - box.west),
    }
