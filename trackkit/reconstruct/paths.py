"""Paths of a hypothesis: what can have been flown under its story, weighed by the claims."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.special import logsumexp

from trackkit import claims, motion, sampler
from trackkit.errors import InputError
from trackkit.model import Case, Ensemble, Groups, Hypothesis, TrustRule
from trackkit.reconstruct.drawn import Drawn, Making, drawn
from trackkit.reconstruct.problem import Problem, problem_of

__all__ = ["RUNS", "open_hypothesis", "paths"]

#: independent runs of the sampler that an ensemble is put together from
RUNS = 4
#: the share of an ensemble's paths with which the density of a false signal is found
_FALSE_SHARE = 2


def paths(
    case: Case,
    hypothesis: Hypothesis,
    given: Iterable[str] | None = None,
    n: int = 4000,
    seed: int = 0,
    executor: Executor | None = None,
    runs: int = RUNS,
    settings: sampler.Settings | None = None,
    keep: str | Path | None = None,
) -> Ensemble:
    """An ensemble of plausible paths under a hypothesis.

    Parameters
    ----------
    case : Case
    hypothesis : Hypothesis
        Its story is asserted and costs nothing; the claims are evidence.
    given : iterable of str, optional
        Ids of the claims to weigh; all testable ones where not given. Copies of one number count once.
    n : int
        Paths in all.
    seed : int
        With case, hypothesis and run it keys the random numbers; same seed, same paths, whatever the executor.
    executor : concurrent.futures.Executor, optional
        Runs are mapped over it; threads of this process where not given.
    runs : int
        Independent runs of n / runs paths each; their spread gives the error of the log evidence.
    settings : sampler.Settings, optional
    keep : path, optional
        A folder to keep the drawn numbers in, and to take them back from where case, hypothesis, claims, n, seed and
        the engine's own source are the same.

    Returns
    -------
    Ensemble

    Raises
    ------
    InputError
        For a claim id that the case does not have, or n that the runs do not divide.
    """
    if n % runs or n // runs < 8:
        raise InputError("n must be a multiple of the runs, with 8 paths or more in each", n, f"multiples of {runs}")
    weighed = _weighed(case, given)
    made = Making(n, seed, runs, settings, executor, keep)
    groups = _with_false_signals(case, claims.groups(case, hypothesis, weighed), weighed, made)
    return _made(case, hypothesis, weighed, groups, made)


def open_hypothesis(case: Case) -> Hypothesis:
    """The hypothesis that asserts nothing: the shared beginning, then any ending at any airport of the case.

    Every origin is taken at its word (trust 1; single slips stay possible); used for "the world according to one
    report", and for what a false signal may show.
    """
    fields = tuple(place.id for place in case.places.values() if place.runways)
    return Hypothesis(
        id="open",
        says="Nothing is taken as given beyond the shared beginning of the flight.",
        prior=1.0,
        ends=("flying", "landed", "crashed"),
        at=fields,
        trust=(TrustRule("*", 1.0),),
        asserts=case.claims.iloc[:0],
        leaves_after_s=480.0,
        leaves_mean_s=720.0,
        assumptions=("every origin is taken at its word", "any ending, at any airport of the case"),
    )


def _weighed(case: Case, given: Iterable[str] | None) -> pd.DataFrame:
    if given is None:
        return claims.independent(case.claims)
    names = list(given)
    for name in names:
        if name not in case.claims.index:
            raise InputError("a claim that the case does not have", name, case.claims.index)
    return claims.independent(case.claims.loc[[name for name in case.claims.index if name in set(names)]])


def _made(case: Case, hypothesis: Hypothesis, weighed: pd.DataFrame, groups: Groups, made: Making) -> Ensemble:
    problem = problem_of(case, hypothesis, weighed, groups)
    return _ensemble(case, problem, weighed, drawn(case, problem, weighed, made), made)


def _with_false_signals(case: Case, groups: Groups, weighed: pd.DataFrame, made: Making) -> Groups:
    """The groups with the density of a false signal where claims were read off one (see `claims.signals`)."""
    log_false, part, sd = groups.log_false.copy(), groups.log_false_part.copy(), groups.log_false_sd.copy()
    fewer = replace(made, n=max(made.n // _FALSE_SHARE // made.runs, 8) * made.runs)
    for number, names in claims.signals(case, groups, weighed).items():
        if groups.trust[number] == 1.0:
            continue
        shown = _false_signal(case, weighed.loc[list(names)], fewer)
        if shown.log_evidence <= log_false[number]:
            continue
        log_false[number], sd[number] = shown.log_evidence, shown.log_evidence_sd
        part[groups.of_claim == number] = _parts(shown)
    return replace(groups, log_false=log_false, log_false_part=part, log_false_sd=sd)


def _false_signal(case: Case, weighed: pd.DataFrame, made: Making) -> Ensemble:
    """What a signal shows that is not the aircraft's: some plausible flight, read off without a doubt of the origin."""
    shown = replace(open_hypothesis(case), id="a false signal")
    return _made(case, shown, weighed, claims.groups(case, shown, weighed), made)


def _parts(shown: Ensemble) -> NDArray[np.float64]:
    """What each claim has in the log density of a false signal, by leaving it out under the paths that were drawn."""
    likelihood = shown.log_likelihood.sel(claim=list(shown.given)).to_numpy()
    background = shown.log_background.sel(claim=list(shown.given)).to_numpy()
    each = np.logaddexp(np.log1p(-claims.SLIP) + likelihood, np.log(claims.SLIP) + background)
    return np.asarray(-logsumexp(shown.log_weight.to_numpy()[:, None] - each, axis=0), float)


def _ensemble(case: Case, problem: Problem, weighed: pd.DataFrame, found: Drawn, made: Making) -> Ensemble:
    flown = motion.simulate(found.noise, problem.scene, problem.story, problem.envelope)
    every = case.claims[claims.testable(case.claims)]
    asked = claims.ask(case, every)
    likelihood, fit = claims.evaluate(flown, problem.scene, asked)
    chosen = [list(every["id"]).index(name) for name in weighed["id"]]
    _, right, sound = claims.weigh(likelihood[:, chosen], problem.asked, problem.groups)
    log_weight = np.repeat(found.log_evidence - logsumexp(found.log_evidence), made.n // made.runs)
    log_weight -= np.log(made.n // made.runs)
    names, dims = {"claim": every["id"].to_numpy(object)}, ("path", "claim")
    false = np.exp(log_weight) @ (1.0 - right)
    return Ensemble(
        hypothesis=problem.hypothesis,
        given=tuple(weighed["id"]),
        paths=_dataset(case, flown),
        log_weight=xr.DataArray(log_weight, dims="path"),
        explained=xr.DataArray(
            right[:, problem.groups.of_claim] * sound, {"claim": weighed["id"].to_numpy(object)}, dims
        ),
        log_likelihood=xr.DataArray(likelihood, names, dims),
        satisfied=xr.DataArray(claims.satisfied(fit, asked), names, dims),
        log_background=xr.DataArray([claim.log_background for claim in asked], names, "claim"),
        groups=problem.groups,
        log_evidence=float(logsumexp(found.log_evidence) - np.log(made.runs)),
        log_evidence_sd=_error(found.log_evidence, false * problem.groups.log_false_sd),
        diagnostics=found.record,
        n=made.n,
        seed=made.seed,
        runs=made.runs,
    )


def _error(log_evidence: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Standard error of the log of the mean over independent runs (unknown from one), and of what was taken over."""
    if len(log_evidence) < 2:
        return float("nan")
    own = log_evidence.std(ddof=1) / np.sqrt(len(log_evidence))
    return float(np.sqrt(own**2 + (others**2).sum()))


def _dataset(case: Case, flown: motion.Flown) -> xr.Dataset:
    """Paths as a labelled Dataset; times are UTC without a zone, as xarray needs."""
    latitude, longitude = motion.latitude_longitude(flown.x, flown.y, flown.z)
    start = case.window[0].tz_convert(None)
    time = start + pd.to_timedelta(np.arange(flown.x.shape[1]) * motion.STORE_S, unit="s")
    ids, both = sorted(case.places), ("path", "time")
    place = np.array([*ids, ""], dtype=object)[flown.place]
    return xr.Dataset(
        {
            "latitude": (both, latitude.astype(np.float32), {"unit": "deg"}),
            "longitude": (both, longitude.astype(np.float32), {"unit": "deg"}),
            "altitude_m": (both, flown.altitude_m, {"unit": "m", "datum": "mean sea level"}),
            "groundspeed_mps": (both, flown.groundspeed_mps, {"unit": "m/s"}),
            "track_deg": (both, flown.track_deg, {"unit": "deg"}),
            "vertical_rate_mps": (both, flown.vertical_rate_mps, {"unit": "m/s"}),
            "phase": (both, flown.phase),
            "take_off": ("path", (start + pd.to_timedelta(flown.take_off_s, unit="s")).to_numpy()),
            "ending": ("path", np.array(motion.ENDINGS, dtype=object)[flown.ending]),
            "end_s": ("path", flown.end_s, {"unit": "s", "meaning": "from the start of the window; inf: not ended"}),
            "place": ("path", place),
            "route": ("path", np.array([route.name for route in case.flight.routes], dtype=object)[flown.route]),
            "qnh_offset_m": ("path", flown.qnh_offset_m, {"unit": "m"}),
        },
        coords={"time": time.to_numpy()},
    )
