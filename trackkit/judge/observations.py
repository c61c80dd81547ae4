"""The next evidence: which observation, that an analyst could really get, would tell the hypotheses apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import columns, earth
from trackkit.errors import InputError
from trackkit.judge.competing import information_bits
from trackkit.judge.health import alike, effective_paths, posterior
from trackkit.model import Case, Ensemble, Place

__all__ = ["next_evidence", "radio_horizon_m"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: probability of a yes where the thing is so, and where it is not
HEARD, SEEN, FOUND = (0.95, 0.01), (0.9, 0.03), (0.9, 0.001)
#: height of an antenna above its ground, length of a listening slot, and reach of a search on the ground
ANTENNA_M, SLOT_S, SEARCH_M = 20.0, 600.0, 10_000.0
#: the earth's mean radius, and by 4/3, as radio waves bend in a standard atmosphere (ITU-R P.310)
EARTH_M = 6_371_009.0
BENT_EARTH_M = 4.0 / 3.0 * EARTH_M


class Observation(NamedTuple):
    """What may be observed: kind, place, reach, time, the question, what is assumed, and its two probabilities."""

    kind: str
    place: Place
    radius_m: float
    time: pd.Timestamp | None
    question: str
    assumes: str
    yes: tuple[float, float]


@dataclass(frozen=True)
class _Seen:
    """What observing needs of an ensemble's paths: arrays by (path, time) and by path, and its weights by run."""

    ensemble: Ensemble
    latitude: Array
    longitude: Array
    altitude_m: Array
    normals: NDArray[np.float32]
    ending: NDArray[np.object_]
    place: NDArray[np.object_]
    weight: Array

    @classmethod
    def of(cls, ensemble: Ensemble) -> _Seen:
        lat, lon, height = (ensemble.paths[name].to_numpy() for name in ("latitude", "longitude", "altitude_m"))
        ending, place = (ensemble.paths[name].to_numpy() for name in ("ending", "place"))
        normals = earth.geocentric(lat.astype(float), lon.astype(float)).astype(np.float32)
        return cls(ensemble, lat, lon, height, normals, ending, place, np.exp(ensemble.log_weight.to_numpy()))

    def yes(self, does: Mask, seen: Observation) -> Array:
        """Probability of a yes, over all paths and for each run by itself."""
        p = np.where(does, *seen.yes)
        runs = self.ensemble.runs if self.ensemble.n % self.ensemble.runs == 0 else 1
        each, mass = (p * self.weight).reshape(runs, -1).sum(axis=1), self.weight.reshape(runs, -1).sum(axis=1)
        return np.concatenate([[p @ self.weight], each / np.maximum(mass, 1e-300)])


def next_evidence(case: Case, ensembles: Iterable[Ensemble]) -> pd.DataFrame:
    """Observations that an analyst could get, by how much each can be expected to tell of which hypothesis holds.

    The figure is the mutual information (bits) of the hypothesis and the answer, from the share of each ensemble that
    would give a yes. Looked at are, for each city and airport in the map of the case, whether a receiver there heard
    the aircraft in some ten minutes, and whether such an aircraft stands on the apron in a picture of the first light;
    and for every named place whether wreckage lies within ten kilometres. A receiver hears what is above its radio
    horizon over a smooth earth, d = sqrt(2 R h) with 4/3 of the earth's radius; hills are not in it.

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble
        One a hypothesis, all given the same claims.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.OBSERVATIONS`, the most telling first; of receivers the most telling ten minutes.

    Raises
    ------
    InputError
        If the ensembles do not weigh the same claims.
    """
    named = alike(case, ensembles)
    seen = [_Seen.of(one) for one in named]
    prior = np.array([one.hypothesis.prior for one in named])
    now = posterior(prior, np.array([one.log_evidence for one in named]))
    rows = [_row(one, seen, prior, now) for one in _observations(case)] if seen else []
    table = pd.DataFrame(rows, columns=[column.name for column in columns.OBSERVATIONS])
    table = table.sort_values(["bits", "kind", "place"], ascending=[False, True, True], kind="stable")
    best = table.drop_duplicates(["kind", "place"]).reset_index(drop=True)
    return columns.conform(best, columns.OBSERVATIONS)


def radio_horizon_m(altitude_m: Array, antenna_m: float = ANTENNA_M) -> Array:
    """How far a receiver hears an aircraft at a height above the receiver's ground, over a smooth earth.

    Raises
    ------
    InputError
        If the antenna is below the ground.

    Examples
    --------
    >>> round(float(radio_horizon_m(np.array(10_000.0), 0.0)) / 1000.0)
    412
    """
    if antenna_m < 0.0:
        raise InputError("an antenna below the ground", antenna_m, "0 m or more")
    up = np.maximum(np.asarray(altitude_m, float), 0.0)
    return np.asarray(np.sqrt(2.0 * BENT_EARTH_M * up) + np.sqrt(2.0 * BENT_EARTH_M * antenna_m))


# ---------------------------------------------------------------------------------------------------------------
# what can be observed
# ---------------------------------------------------------------------------------------------------------------


def _observations(case: Case) -> Iterator[Observation]:
    box = case.extent
    inside = [
        place for _, place in sorted(case.places.items())
        if box.west <= place.longitude <= box.east and box.south <= place.latitude <= box.north
    ]  # fmt: skip
    for place in inside:
        if place.kind in ("city", "airport"):
            yield from _listening(case, place)
        if place.runways:
            yield _apron(case, place)
        yield _search(place)


def _listening(case: Case, place: Place) -> Iterator[Observation]:
    start, length = case.window[0], (case.window[1] - case.window[0]).total_seconds()
    assumes = (
        f"transponder on; antenna {ANTENNA_M:g} m high, smooth earth, no hills; heard with {HEARD[0]:g} where in "
        f"sight, with {HEARD[1]:g} where not"
    )
    for k in range(int(length // SLOT_S)):
        time = start + pd.Timedelta(seconds=k * SLOT_S)
        until = time + pd.Timedelta(seconds=SLOT_S)
        question = f"Was it heard at {place.id}, {time:%H:%M} to {until:%H:%M} UTC?"
        yield Observation("receiver", place, 0.0, time, question, assumes, HEARD)


def _apron(case: Case, place: Place) -> Observation:
    question = f"Does an aircraft of the type stand at {place.id} the morning after?"
    assumes = (
        f"it stays where it landed and lands nowhere after {case.window[1]:%H:%M} UTC; seen with {SEEN[0]:g} where it "
        f"stands, another taken for it with {SEEN[1]:g}"
    )
    return Observation("apron", place, place.radius_m, case.window[1], question, assumes, SEEN)


def _search(place: Place) -> Observation:
    question = f"Does wreckage lie within {SEARCH_M / 1000.0:g} km of {place.id}?"
    assumes = f"found with {FOUND[0]:g} where it lies, something taken for it with {FOUND[1]:g}"
    return Observation("wreckage", place, SEARCH_M, None, question, assumes, FOUND)


def _does(one: _Seen, seen: Observation) -> Mask:
    """Which paths would make the answer a yes, if nothing were missed or mistaken."""
    if seen.kind == "apron":
        return np.asarray((one.ending == "landed") & (one.place == seen.place.id), bool)
    if seen.kind == "wreckage":
        off, _ = earth.inverse(one.latitude[:, -1], one.longitude[:, -1], seen.place.latitude, seen.place.longitude)
        fell = np.isin(one.ending, ("crashed", "struck the ground"))
        return np.asarray(fell & (off <= seen.radius_m), bool)
    return _heard(one, seen)


def _heard(one: _Seen, seen: Observation) -> Mask:
    """Above the radio horizon of a receiver at any stored moment of the slot."""
    times = one.ensemble.paths["time"].to_numpy()
    assert seen.time is not None
    start = seen.time.tz_convert(None).to_datetime64()
    inside = (times >= start) & (times < start + np.timedelta64(int(SLOT_S), "s"))
    chord = one.normals[:, inside] - earth.geocentric(seen.place.latitude, seen.place.longitude).astype(np.float32)
    distance = EARTH_M * np.sqrt((chord**2).sum(axis=-1))
    ground = float(earth.terrain_m(seen.place.latitude, seen.place.longitude))
    return np.asarray((distance <= radio_horizon_m(one.altitude_m[:, inside] - ground)).any(axis=1), bool)


def _row(seen: Observation, several: Sequence[_Seen], prior: Array, now: Array) -> dict[str, object]:
    yes = np.array([one.yes(_does(one, seen), seen) for one in several])
    runs = yes[:, 1:] if len({one.ensemble.runs for one in several}) == 1 else yes[:, :0]
    each = np.array([information_bits(runs[:, k], prior) for k in range(runs.shape[1])])
    names = [one.ensemble.hypothesis.id for one in several]
    most, least = int(yes[:, 0].argmax()), int(yes[:, 0].argmin())
    return {
        "kind": seen.kind, "place": seen.place.id, "latitude": seen.place.latitude, "longitude": seen.place.longitude,
        "radius_m": seen.radius_m, "time": pd.NaT if seen.time is None else seen.time, "question": seen.question,
        "bits": information_bits(yes[:, 0], prior),
        "bits_sd": each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.nan,
        "bits_now": information_bits(yes[:, 0], now), "most": names[most], "most_yes": yes[most, 0],
        "least": names[least], "least_yes": yes[least, 0],
        "effective_paths": min(effective_paths(one.ensemble) for one in several), "assumes": seen.assumes,
    }  # fmt: skip
