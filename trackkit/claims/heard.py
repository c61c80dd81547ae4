"""Hearing: what `lost_signal`, `switched_off` and silence ask of a path, over networks of assumed receivers.

A signal that ends says two things: the aircraft was in sight of a receiver when it was last heard; afterward it was
out of sight, or down, or its transponder was off. Each is a probability of a path, smooth in its height:

- in sight at a moment: Phi((height - lowest height heard) / `EDGE_SD_M`), since hearing fades over a ridge;
- unheard from a moment on: the product over the steps in flight of 1 - q times that, with q such that an aircraft in
  sight is heard within a minute with probability `HEARD_A_MINUTE`; on the ground and after a crash nothing is heard;
- silent for another reason (switched off, a receiver down, a tracker's filter): `OFF`, the same for every path.

Networks are drawn (`trackkit.earth.networks`), and a network is the same for all paths: likelihoods are averaged over
networks at the very end. All of this rests on receivers that are assumed. So it is asked of finished ensembles and
weighs them anew, and does not steer where paths are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import columns, earth, motion
from trackkit.claims.meant import CLOCK_SD_S, _ground_of, _spread, given
from trackkit.claims.parts import Array, _cdf, _compiled, _flies, _inlined
from trackkit.claims.says import EVEN
from trackkit.claims.weigh import SLIP, chain
from trackkit.errors import InputError
from trackkit.model import Case, Ensemble, Hypothesis

__all__ = [
    "EDGE_SD_M",
    "HEARD_A_MINUTE",
    "OFF",
    "Heard",
    "hear",
    "hearing",
    "last_heard",
    "last_places",
    "own_signal",
    "switched_off",
]  # fmt: skip

#: over how much height hearing fades in (m, standard deviation): diffraction, aerials, the raster [assumed]
EDGE_SD_M = 150.0
#: probability that an aircraft in sight of a receiver is heard within a minute [assumed]
HEARD_A_MINUTE = 0.9
#: probability of a silence that has nothing to do with sight [assumed]
OFF = 0.1
#: effective paths below which a row says so
_FEW = 50.0
#: shares of the networks between which the height heard is told
_SHARES = {"heard_low_m": 0.05, "heard_m": 0.5, "heard_high_m": 0.95}
#: a height that no aircraft reaches, for "not heard at any height"
_NOWHERE_M = 30_000.0


class Heard(NamedTuple):
    """What networks hear of paths; each of shape (paths, networks), but `unknown`.

    Attributes
    ----------
    last : array
        Probability of being in sight at the moment last heard.
    after : array
        Probability of being unheard from then on, the transponder being on; given last heard then.
    ever : array
        Probability of being unheard all along, the transponder being on.
    both : array
        Probability of being heard last then: in sight, and then unheard or off.
    unknown : float
        Share of flown steps for which sight cannot be said.
    """

    last: Array
    after: Array
    ever: Array
    both: Array
    unknown: float


def hear(ensemble: Ensemble, network: earth.Network, last: pd.Timestamp, off: float = OFF) -> Heard:
    """Put an ensemble's paths to networks of receivers.

    Parameters
    ----------
    ensemble : Ensemble
    network : Network
        From `trackkit.earth.networks`.
    last : Timestamp
        When the signal was last heard (UTC); meant within the error of clocks, 30 s.
    off : float
        Probability of a silence that has nothing to do with sight.

    Raises
    ------
    InputError
        If the time is naive, or outside the paths' window.
    """
    weights = _moments(ensemble, last)
    paths = ensemble.paths
    names = ("latitude", "longitude", "altitude_m")
    fields = [np.ascontiguousarray(paths[name].to_numpy(), np.float32) for name in names]
    phase = np.ascontiguousarray(paths["phase"].to_numpy(), np.int8)
    out = np.zeros((phase.shape[0], len(network.lowest_m), 4))
    count = np.zeros(2)
    raster = np.array([network.north_deg, network.west_deg, network.per_degree])
    miss = 1.0 - (1.0 - HEARD_A_MINUTE) ** (motion.STORE_S / 60.0)
    _hear(network.lowest_m, raster, *fields, phase, weights, np.array([miss, EDGE_SD_M, off]), out, count)
    seen, after, ever, both = (out[:, :, part] for part in range(4))
    return Heard(seen, after, ever, both, float(count[0] / max(count[1], 1.0)))


def hearing(
    case: Case,
    ensembles: Iterable[Ensemble],
    network: earth.Network,
    last: pd.Timestamp | None = None,
    off: float = OFF,
    name: str = "",
) -> pd.DataFrame:
    """What being heard, and then not, adds to the log evidence of each hypothesis.

    The paths of each ensemble are weighed anew; nothing is drawn. Under a hypothesis that calls the signal another's
    from the start, no receiver may have heard the aircraft itself all along.

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble
    network : Network
    last : Timestamp, optional
        When the signal ended; the latest that a claim `lost_signal` says, where not given.
    off : float
        Probability of a silence that has nothing to do with sight.
    name : str
        What to call the network in the table.

    Returns
    -------
    DataFrame
        Columns ``HEARING``. As with any claim, the chance of a slip (1 in 20) keeps the factor from falling below
        log 0.025.
    """
    moment = last_heard(case) if last is None else last
    rows = [_row(case, ensemble, network, moment, off, name) for ensemble in ensembles]
    return columns.conform(pd.DataFrame(rows), columns.HEARING)


def switched_off(case: Case, ensembles: Iterable[Ensemble], network: earth.Network) -> pd.DataFrame:
    """How far the claims `switched_off` are borne out: by paths that would have been heard on with the transponder on.

    A claim without a time is taken to mean the end of the signal. A path that is out of sight, or down, needs no
    switch to be silent.

    Returns
    -------
    DataFrame
        One row a claim and hypothesis: `claim, hypothesis, support`; `support` is the mean probability that receivers
        would have heard the path afterward; of the denial, one less that.
    """
    rows, several = [], list(ensembles)
    claimed: Any = case.claims[case.claims["says"] == "switched_off"].itertuples()
    for row in claimed:
        moment = row.time if given(row.time) else last_heard(case)
        for ensemble in several:
            after = hear(ensemble, network, moment).after.mean(axis=1)
            share = float(np.exp(ensemble.log_weight.to_numpy()) @ (1.0 - after))
            rows.append((row.id, ensemble.hypothesis.id, 1.0 - share if row.denied else share))
    return pd.DataFrame(rows, columns=["claim", "hypothesis", "support"])


def last_places(case: Case, network: earth.Network, count: int = 200) -> pd.DataFrame:
    """The places where the signal is said to have ended, with the ground there and the height from which it is heard.

    Each place once, as the claim `lost_signal` that told it first has it. Ground is read at points spread as the place
    is meant, hearing at the middle of it.

    Parameters
    ----------
    case : Case
    network : Network
    count : int
        Points a claim.

    Returns
    -------
    DataFrame
        Columns ``LAST_PLACES``, in the order of the claims.
    """
    lost = case.claims[(case.claims["says"] == "lost_signal") & case.claims["latitude"].notna()]
    taken: Any = lost[lost["copy_of"] == ""].drop_duplicates(["latitude", "longitude", "relation", "distance_m"])
    ground = _ground_of(case)
    rows = [_place_row(ground, row, network, count) for row in taken.itertuples()]
    return columns.conform(pd.DataFrame(rows), columns.LAST_PLACES)


def _place_row(ground: Any, row: Any, network: earth.Network, count: int) -> dict[str, Any]:
    """One row of `last_places`."""
    middle, along, across, axis, _ = _spread(ground, row)
    number = np.arange(count) + 0.5
    radius, angle = np.sqrt(-2.0 * np.log1p(-number / count)), number * math.pi * (3.0 - math.sqrt(5.0))
    ahead, aside = along * radius * np.cos(angle), across * radius * np.sin(angle)
    lat, lon = earth.forward(*middle, axis + np.degrees(np.arctan2(aside, ahead)), np.hypot(ahead, aside))
    height, error = earth.terrain_m(lat, lon), earth.terrain_error_m(lat, lon)
    heard = {name: float(earth.heard_from_m(network, share, *middle)) for name, share in _SHARES.items()}
    return {
        "claim": row.id, "words": row.words, "latitude": middle[0], "longitude": middle[1],
        "ground_m": np.nanmedian(height), "ground_low_m": np.nanquantile(height - error, 0.05),
        "ground_high_m": np.nanquantile(height + error, 0.95), **heard,
    }  # fmt: skip


def last_heard(case: Case) -> pd.Timestamp:
    """The latest time that a claim `lost_signal` gives within the window.

    Raises
    ------
    InputError
        If none gives one.
    """
    time = case.claims.loc[case.claims["says"] == "lost_signal", "time"]
    inside = time[(time >= case.window[0]) & (time <= case.window[1])]
    if inside.empty:
        raise InputError("no claim says when the signal was lost", None, "a lost_signal with a time in the window")
    return pd.Timestamp(inside.max())


def own_signal(case: Case, hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis takes the signal for the aircraft's own, its content right or wrong, at least at first."""
    sensors = {name for name in case.origins if any(_sensor(case, one) for one in chain(case.origins, name))}
    rules = [rule for rule in hypothesis.trust if rule.start is None and rule.origin in sensors]
    return not rules or any(rule.trust > 0.0 for rule in rules)


def _sensor(case: Case, name: str) -> bool:
    return name in case.origins and case.origins[name].kind == "sensor"


def _moments(ensemble: Ensemble, last: pd.Timestamp) -> Array:
    """How much each stored step may be the one last heard; they add up to one."""
    if last.tzinfo is None:
        raise InputError("a time without a zone", last, "UTC")
    time = ensemble.paths["time"].to_numpy()
    told = last.tz_convert(None).to_datetime64()
    if not time[0] <= told <= time[-1]:
        raise InputError("outside the window of the paths", last, f"{time[0]} to {time[-1]}")
    off_s = (time - told) / np.timedelta64(1, "s")
    weights = np.exp(-0.5 * (off_s / CLOCK_SD_S) ** 2)
    weights[weights < 1e-4] = 0.0
    return np.asarray(weights / weights.sum(), float)


def _row(
    case: Case, ensemble: Ensemble, network: earth.Network, last: pd.Timestamp, off: float, name: str
) -> dict[str, Any]:
    own = own_signal(case, ensemble.hypothesis)
    heard = hear(ensemble, network, last, off)
    likelihood = heard.both if own else off + (1.0 - off) * heard.ever
    weight = np.exp(ensemble.log_weight.to_numpy())
    seen = weight @ heard.last
    silent = (weight[:, None] * heard.last * heard.after).sum() / max(seen.sum(), 1e-12) if own else weight @ heard.ever
    return {
        "network": name, "hypothesis": ensemble.hypothesis.id, "last_heard": last,
        "whose": "the aircraft's" if own else "another's", "heard": seen.mean() if own else math.nan,
        "unheard": float(np.mean(silent)), "networks": len(network.lowest_m), "unknown": heard.unknown,
        **_weighed(likelihood, weight),
    }  # fmt: skip


def _weighed(likelihood: Array, weight: Array) -> dict[str, Any]:
    """The log factor with its errors, and the effective paths, of likelihoods by path and network."""
    mixed = (1.0 - SLIP) * likelihood + SLIP * EVEN
    by_network, by_path = weight @ mixed, mixed.mean(axis=1)
    factor = float(by_network.mean())
    paths_sd = math.sqrt(float((weight**2 * (by_path - factor) ** 2).sum()))
    network_sd = float(by_network.std(ddof=1)) / math.sqrt(len(by_network)) if len(by_network) > 1 else math.nan
    anew = weight * by_path / factor
    effective = float(1.0 / (anew**2).sum())
    low, high = np.log(np.quantile(by_network, (0.05, 0.95)))
    return {
        "log_factor": math.log(factor), "log_factor_sd": math.hypot(paths_sd, network_sd) / factor,
        "log_factor_low": float(low), "log_factor_high": float(high), "effective_paths": effective,
        "caution": f"rests on {effective:.0f} effective paths" if effective < _FEW else "",
    }  # fmt: skip


@_compiled
def _hear(
    lowest: NDArray, raster: Array, latitude: NDArray, longitude: NDArray, altitude: NDArray, phase: NDArray,
    weights: Array, chance: Array, out: Array, count: Array,
) -> None:  # fmt: skip
    """Fill in sight at the end, unheard after, unheard ever, and heard last; from the last step back."""
    steps = phase.shape[1]
    for i in range(phase.shape[0]):
        for s in range(lowest.shape[0]):
            silent, last, after, both = 1.0, 0.0, 0.0, 0.0
            for k in range(steps - 1, -1, -1):
                if not _flies(phase[i, k]):
                    continue
                sight = _in_sight(lowest[s], raster, latitude[i, k], longitude[i, k], altitude[i, k], chance[1])
                count[1] += 1.0
                if sight < 0.0:
                    count[0] += 1.0
                then = weights[k] * (sight if sight >= 0.0 else 0.5)
                last += then
                after += then * silent
                both += then * (chance[2] + (1.0 - chance[2]) * silent)
                silent *= 1.0 - chance[0] * max(sight, 0.0)
            out[i, s, 0], out[i, s, 1] = last, (after / last if last > 1e-12 else silent)
            out[i, s, 2], out[i, s, 3] = silent, both


@_inlined
def _in_sight(lowest: NDArray, raster: Array, latitude: float, longitude: float, altitude: float, edge: float) -> float:
    """The probability of being in sight, or -1 where it cannot be said."""
    row, column = (raster[0] - latitude) * raster[2], (longitude - raster[1]) * raster[2]
    rows, columns = lowest.shape
    if not (row >= 0.0 and column >= 0.0 and row <= rows - 1.0 and column <= columns - 1.0):
        return -1.0
    r, c = min(int(row), rows - 2), min(int(column), columns - 2)
    y, x = row - r, column - c
    height = (1.0 - y) * ((1.0 - x) * _capped(lowest[r, c]) + x * _capped(lowest[r, c + 1]))
    height += y * ((1.0 - x) * _capped(lowest[r + 1, c]) + x * _capped(lowest[r + 1, c + 1]))
    return _cdf((altitude - height) / edge) if height >= -1_000.0 else -1.0


@_inlined
def _capped(height: float) -> float:
    """No height is beyond this; what is not known is far below all, so that the sum shows it."""
    if math.isnan(height):
        return -1e9
    return min(height, _NOWHERE_M)
