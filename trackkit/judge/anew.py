"""Weighing the same paths by claims that are read otherwise: other words, other trusts, fewer reports.

The paths of an ensemble are put to the claims again, and take the weight that those give them:

    log Z' = log Z + log E_w[exp(l' - l)]

with l and l' the log-likelihood of the claims as they were weighed and as they are read now. What a false signal shows
is weighed anew in the same way, on the paths that it was found with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import logsumexp

from trackkit import claims as asking
from trackkit import earth, motion, reconstruct
from trackkit.judge.health import effective_paths
from trackkit.model import Case, Ensemble, Groups, Hypothesis
from trackkit.sampler import effective

__all__ = ["Anew", "Outcome", "flown", "outcome", "run_changes"]

Array = NDArray[np.float64]


class Outcome(NamedTuple):
    """Log evidence of claims as they are read now, its standard error, and the effective paths it rests on."""

    log_evidence: float
    log_evidence_sd: float
    effective_paths: float


def flown(case: Case, paths: xr.Dataset) -> motion.Flown:
    """The paths of an ensemble as claims look at them; what was turned is added up from step to step."""
    latitude, longitude = (paths[name].to_numpy().astype(float) for name in ("latitude", "longitude"))
    normals = earth.geocentric(latitude, longitude).astype(np.float32)
    track = paths["track_deg"].to_numpy()
    steps = earth.wrap_deg(np.diff(track.astype(float), axis=1, prepend=track[:, :1].astype(float)))
    places = [*sorted(case.places), ""]
    routes = [route.name for route in case.flight.routes]
    start = case.window[0].tz_convert(None)
    x, y, z = (np.ascontiguousarray(normals[..., axis]) for axis in range(3))
    return motion.Flown(
        x, y, z, _plain(paths, "altitude_m", np.float32), _plain(paths, "groundspeed_mps", np.float32),
        _plain(paths, "track_deg", np.float32), _plain(paths, "vertical_rate_mps", np.float32),
        np.cumsum(steps, axis=1).astype(np.float32), _plain(paths, "phase", np.int8),
        (paths["take_off"].to_numpy() - start.to_numpy()) / np.timedelta64(1, "s"),
        _plain(paths, "end_s", np.float64), _numbers(paths, "ending", motion.ENDINGS, np.int8),
        _numbers(paths, "place", places, np.int16, last=-1), _numbers(paths, "route", routes, np.int8),
        _plain(paths, "qnh_offset_m", np.float64),
    )  # fmt: skip


def _plain(paths: xr.Dataset, name: str, kind: type) -> NDArray:
    return np.ascontiguousarray(paths[name].to_numpy()).astype(kind)


def _numbers(paths: xr.Dataset, name: str, words: Iterable[str], kind: type, last: int | None = None) -> NDArray:
    """The place of each word in a list; of the last one `last`, where given."""
    known = {word: number for number, word in enumerate(words)}
    if last is not None:
        known[list(known)[-1]] = last
    return np.array([known[word] for word in paths[name].to_numpy()], dtype=kind)


@dataclass(frozen=True)
class Anew:
    """An ensemble made ready to be weighed anew, with the paths of a false signal by the group that it stands for."""

    case: Case
    ensemble: Ensemble
    flown: motion.Flown = field(repr=False)
    scene: motion.Scene = field(repr=False)
    asked: Mapping[str, asking.Asked] = field(repr=False)
    shown: Mapping[str, Anew] = field(repr=False)

    @classmethod
    def of(cls, case: Case, ensemble: Ensemble, keep: str | Path | None = None) -> Anew:
        """Make an ensemble ready; paths of a false signal are taken from `keep`, or drawn again."""
        every = asking.ask(case, case.claims[asking.testable(case.claims)])
        shown = {name: cls.of(case, one) for name, one in _false_signals(case, ensemble, keep).items()}
        way, scene = flown(case, ensemble.paths), motion.scene(case)
        return cls(case, ensemble, way, scene, {one.id: one for one in every}, shown)

    def outcome(self, case: Case, hypothesis: Hypothesis, given: Iterable[str]) -> Outcome:
        """What these claims, as this case and this hypothesis read them, make of the evidence."""
        return outcome(self.ensemble, self.change(case, hypothesis, given))

    def change(self, case: Case, hypothesis: Hypothesis, given: Iterable[str]) -> Array:
        """What reading claims so adds to the log-likelihood of each path."""
        ids = list(given)
        if not ids:
            return -self._total(self.case, self.ensemble.groups, list(self.ensemble.given))
        groups = asking.groups(case, hypothesis, case.claims.loc[ids])
        now = self._total(case, self._with_signals(case, groups, ids), ids)
        return now - self._total(self.case, self.ensemble.groups, list(self.ensemble.given))

    def _total(self, case: Case, groups: Groups, ids: list[str]) -> Array:
        asked, likelihood = self._asked(case, ids)
        return asking.weigh(likelihood, asked, groups)[0]

    def _asked(self, case: Case, ids: list[str]) -> tuple[tuple[asking.Asked, ...], Array]:
        """The claims as questions, and their log-likelihood; put to the paths only where they are read otherwise."""
        if case is self.case:
            asked = tuple(self.asked[name] for name in ids)
            return asked, self.ensemble.log_likelihood.sel(claim=ids).to_numpy()
        asked = asking.ask(case, case.claims.loc[ids])
        likelihood = self.ensemble.log_likelihood.sel(claim=ids).to_numpy().copy()
        others = case.claims is not self.case.claims
        new = [k for k, one in enumerate(asked) if others or one.words != self.asked[one.id].words]
        if new:
            likelihood[:, new] = asking.evaluate(self.flown, self.scene, tuple(asked[k] for k in new))[0]
        return asked, likelihood

    def _with_signals(self, case: Case, groups: Groups, ids: list[str]) -> Groups:
        """The groups with the density of a false signal as it is read now."""
        log_false = groups.log_false.copy()
        drawn = dict(zip(self.ensemble.groups.names, self.ensemble.groups.log_false, strict=True))
        for number, name in enumerate(groups.names):
            members = [one for one, group in zip(ids, groups.of_claim, strict=True) if group == number]
            if name in self.shown and len(members) > 1:
                shown = self.shown[name]
                found = outcome(shown.ensemble, shown.change(case, shown.ensemble.hypothesis, members))
                gained = found.log_evidence - shown.ensemble.log_evidence
                log_false[number] = max(log_false[number], drawn[name] + gained)
        return replace(groups, log_false=log_false)


def outcome(ensemble: Ensemble, change: Array) -> Outcome:
    """Log evidence with `change` added to each path's log-likelihood; the spread is that of the runs, so changed."""
    log_weight = ensemble.log_weight.to_numpy() + change
    log_evidence = ensemble.log_evidence + float(logsumexp(log_weight))
    others = max(ensemble.log_evidence_sd**2 - _error(ensemble, np.zeros(ensemble.n)) ** 2, 0.0)
    sd = float(np.hypot(_error(ensemble, change), np.sqrt(others)))
    return Outcome(log_evidence, sd, min(effective(log_weight), effective_paths(ensemble)))


def run_changes(ensemble: Ensemble, change: Array) -> Array:
    """Log evidence of each independent run less that of all, with `change` added to the log-likelihoods."""
    log_weight = (ensemble.log_weight.to_numpy() + change).reshape(ensemble.runs, -1)
    return np.asarray(logsumexp(log_weight, axis=1) + np.log(ensemble.runs), float)


def _error(ensemble: Ensemble, change: Array) -> float:
    if ensemble.runs < 2 or ensemble.n % ensemble.runs:
        return float("nan")
    return float(run_changes(ensemble, change).std(ddof=1) / np.sqrt(ensemble.runs))


def _false_signals(case: Case, ensemble: Ensemble, keep: str | Path | None) -> dict[str, Ensemble]:
    """What a false signal shows, for the groups whose falsehood was taken so: the paths that it was found with."""
    given, groups = case.claims.loc[list(ensemble.given)], ensemble.groups
    invented = np.bincount(
        groups.of_claim, [one.log_background for one in asking.ask(case, given)], minlength=len(groups.trust)
    )
    n = max(ensemble.n // 2 // ensemble.runs, 8) * ensemble.runs
    story = replace(reconstruct.open_hypothesis(case), id="a false signal")
    return {
        groups.names[number]: reconstruct.paths(
            case, story, names, n=n, seed=ensemble.seed, runs=ensemble.runs, keep=keep
        )
        for number, names in asking.signals(case, groups, given).items()
        if groups.trust[number] < 1.0 and groups.log_false[number] > invented[number] + 1e-6
    }
