"""Ensembles of plausible paths: what can have been flown under a hypothesis, weighed by the claims.

Example
-------
>>> import trackkit as tk                                             # doctest: +SKIP
>>> case = tk.read.case("data/syrian-air-9218")                       # doctest: +SKIP
>>> ensemble = tk.reconstruct.paths(case, case.hypotheses[0], n=4000, seed=7)   # doctest: +SKIP
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.special import logsumexp
from tqdm.auto import tqdm

from trackkit import claims, columns, motion, sampler
from trackkit.errors import InputError
from trackkit.model import Case, Ensemble, Groups, Hypothesis, TrustRule

Fields = TypeVar("Fields", motion.Scene, motion.Story)

__all__ = ["RUNS", "open_hypothesis", "paths"]

#: independent runs of the sampler that an ensemble is put together from
RUNS = 4
#: log density of a path that does not do what its story asserts
_BROKEN = -60.0
#: log factor that keeps falsehood out until the release
_NO_DOUBT = -1000.0
#: the share of an ensemble's paths with which the density of a false signal is found
_FALSE_SHARE = 2
#: paths that are simulated and asked at a time, so that they stay at hand and memory small
_CHUNK = 256


@dataclass(frozen=True)
class Problem:
    """Everything a run needs: the flight's setting, the story, and the claims put as questions."""

    scene: motion.Scene
    story: motion.Story
    envelope: motion.Envelope
    hypothesis: Hypothesis
    asserted: tuple[claims.Asked, ...]
    asked: tuple[claims.Asked, ...]
    groups: Groups

    def layout(self) -> sampler.Layout:
        """Which numbers of a path belong together, and how they are best changed."""
        own = motion.proposals(self.scene, self.story)
        return sampler.Layout(motion.DIMENSION, motion.BLOCKS, motion.SIZES, own)


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


@dataclass(frozen=True)
class Making:
    """How an ensemble is made: the arguments of `paths` that are not about the question."""

    n: int
    seed: int
    runs: int
    settings: sampler.Settings | None
    executor: Executor | None
    keep: str | Path | None


def _made(case: Case, hypothesis: Hypothesis, weighed: pd.DataFrame, groups: Groups, made: Making) -> Ensemble:
    """The ensemble, drawn or taken back from where it was kept."""
    problem = _problem(case, hypothesis, weighed, groups)
    kept = _kept_file(case, problem, weighed, made)
    if kept is not None and kept.exists():
        drawn = _load(kept)
    else:
        drawn = _draw(case.name, problem, made)
        if kept is not None:
            _save(kept, drawn)
    return _ensemble(case, problem, weighed, drawn, made)


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


def _problem(case: Case, hypothesis: Hypothesis, weighed: pd.DataFrame, groups: Groups) -> Problem:
    asserted = hypothesis.asserts[claims.testable(hypothesis.asserts)]
    return Problem(
        motion.scene(case),
        motion.story(case, hypothesis),
        motion.envelope(case.aircraft),
        hypothesis,
        claims.ask(case, asserted),
        claims.ask(case, weighed),
        groups,
    )


@dataclass(frozen=True)
class Target:
    """The densities that the sampler moves through: the first term is the story's, the others are the claims'."""

    problem: Problem
    asserted: tuple[claims.Sheet, ...]
    asked: tuple[claims.Sheet, ...]

    def terms(self, noise: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log density of the story, then the log-likelihood of each claim."""
        chunks = [self._terms(noise[start : start + _CHUNK]) for start in range(0, len(noise), _CHUNK)]
        return np.concatenate(chunks)

    def _terms(self, noise: NDArray[np.float64]) -> NDArray[np.float64]:
        problem = self.problem
        flown = motion.simulate(noise, problem.scene, problem.story, problem.envelope)
        likelihood, _ = claims.evaluate(flown, problem.scene, problem.asked, self.asked)
        _, fit = claims.evaluate(flown, problem.scene, problem.asserted, self.asserted)
        return np.column_stack([_told(flown, fit, problem), likelihood])

    def density(self, terms: NDArray[np.float64], stage: str, beta: float) -> NDArray[np.float64]:
        """Through the story; then, the story held, through the claims with every origin right; then let doubt in."""
        if stage == "story":
            return beta * terms[:, 0]
        if stage == "evidence" and beta == 0.0:
            return terms[:, 0]
        heat, doubt = (beta, _NO_DOUBT) if stage == "evidence" else (1.0, (1.0 - beta) * _NO_DOUBT)
        total, _, _ = claims.weigh(terms[:, 1:], self.problem.asked, self.problem.groups, beta=heat, doubt=doubt)
        return terms[:, 0] + total


def _target(problem: Problem) -> Target:
    """A target with arrays of its own: threads that share them slow each other down."""
    problem = replace(problem, scene=_copied(problem.scene), story=_copied(problem.story))
    return Target(problem, claims.sheets(problem.asserted), claims.sheets(problem.asked))


def _told(flown: motion.Flown, fit: NDArray[np.float64], problem: Problem) -> NDArray[np.float64]:
    """Log density of the story: the ending it names, and how well the path fits what it asserts."""
    allowed = [motion.ENDINGS.index(end) for end in problem.hypothesis.ends]
    story = np.where(np.isin(flown.ending, allowed), 0.0, _BROKEN)
    return np.asarray(story + np.log(np.maximum(fit, np.exp(_BROKEN))).sum(axis=1), float)


@dataclass(frozen=True)
class Drawn:
    """What the sampler brought back: vectors, the run of each, and each run's log evidence and record."""

    noise: NDArray[np.float64]
    log_evidence: NDArray[np.float64]
    record: pd.DataFrame


def _draw(name: str, problem: Problem, made: Making) -> Drawn:
    tasks = [(name, problem, made.n // made.runs, made.seed, run, made.settings) for run in range(made.runs)]
    done = []
    bar = tqdm(total=made.runs, desc=problem.hypothesis.id, unit="run", leave=False)
    with bar, _pool(made.executor) as pool:
        for population in pool.map(_run, *zip(*tasks, strict=True)):
            done.append(population)
            bar.update()
    return Drawn(
        np.concatenate([population.noise for population in done]),
        np.array([population.log_normaliser for population in done]),
        sampler.record(tuple(row for population in done for row in population.record)),
    )


def _pool(executor: Executor | None) -> ThreadPoolExecutor | nullcontext[Executor]:
    return ThreadPoolExecutor(cpu_count()) if executor is None else nullcontext(executor)


def _run(
    name: str, problem: Problem, n: int, seed: int, run: int, settings: sampler.Settings | None
) -> sampler.Population:
    """One independent run: the prior, the story, the evidence with every origin right, and doubt let in."""
    rng, target, layout = sampler.rng_of(name, problem.hypothesis.id, seed, run), _target(problem), problem.layout()
    settings = settings or sampler.Settings()
    population = sampler.prior(target, n * settings.first, layout, rng)
    story = sampler.anneal(population, target, "story", layout, rng, settings, run, n=n * settings.warm)
    sure = sampler.anneal(story, target, "evidence", layout, rng, settings, run, n=n)
    free = sampler.anneal(sure, target, "release", layout, rng, settings, run)
    return replace(free, log_normaliser=sure.log_normaliser + free.log_normaliser)


def _copied(fields: Fields) -> Fields:
    """A named tuple with its arrays copied."""
    parts: list[Any] = [part.copy() if isinstance(part, np.ndarray) else part for part in fields]
    return type(fields)(*parts)


def _ensemble(case: Case, problem: Problem, weighed: pd.DataFrame, drawn: Drawn, made: Making) -> Ensemble:
    flown = motion.simulate(drawn.noise, problem.scene, problem.story, problem.envelope)
    every = case.claims[claims.testable(case.claims)]
    asked = claims.ask(case, every)
    likelihood, fit = claims.evaluate(flown, problem.scene, asked)
    chosen = [list(every["id"]).index(name) for name in weighed["id"]]
    _, right, sound = claims.weigh(likelihood[:, chosen], problem.asked, problem.groups)
    log_weight = np.repeat(drawn.log_evidence - logsumexp(drawn.log_evidence), made.n // made.runs)
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
        log_evidence=float(logsumexp(drawn.log_evidence) - np.log(made.runs)),
        log_evidence_sd=_error(drawn.log_evidence, false * problem.groups.log_false_sd),
        diagnostics=drawn.record,
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


# ---------------------------------------------------------------------------------------------------------------
# keeping what was drawn
# ---------------------------------------------------------------------------------------------------------------


def _kept_file(case: Case, problem: Problem, weighed: pd.DataFrame, made: Making) -> Path | None:
    if made.keep is None:
        return None
    name = problem.hypothesis.id.replace(" ", "-")
    return Path(made.keep) / f"{name}-{_key(case, problem, weighed, made)[:24]}.npz"


def _key(case: Case, problem: Problem, weighed: pd.DataFrame, made: Making) -> str:
    """A hash of all that decides what is drawn: the input, the question, and the engine's own source."""
    hypothesis, groups = problem.hypothesis, problem.groups
    folder = Path(__file__).parent
    sources = [folder / f"{name}.py" for name in ("air", "earth", "sampler", "reconstruct")]
    sources += [*sorted((folder / "motion").glob("*.py")), *sorted((folder / "claims").glob("*.py"))]
    sources += sorted((folder / "wording").glob("*.py"))
    parts = [
        case.name, repr((case.window, case.extent, case.flight)),
        repr((sorted(case.places.items()), sorted(case.origins.items()))),
        repr(sorted(case.aircraft.limits.items())), repr(sorted(case.wording.items())),
        repr(replace(hypothesis)), hypothesis.asserts.to_csv(), weighed.to_csv(), repr(groups),
        repr((made.n, made.seed, made.runs, made.settings)),
        *(hashlib.sha256(source.read_bytes()).hexdigest() for source in sources), version("numpy"), version("numba"),
    ]  # fmt: skip
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _save(file: Path, drawn: Drawn) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    record = np.array(drawn.record.to_csv(index=False))
    np.savez_compressed(file, noise=drawn.noise, log_evidence=drawn.log_evidence, record=record)


def _load(file: Path) -> Drawn:
    with np.load(file, allow_pickle=False) as stored:
        table = pd.read_csv(io.StringIO(str(stored["record"])))
        return Drawn(stored["noise"], stored["log_evidence"], columns.conform(table, columns.DIAGNOSTICS))
