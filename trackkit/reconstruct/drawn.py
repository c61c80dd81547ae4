"""Independent runs of the sampler, drawn or taken back from where they were kept."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm.auto import tqdm

from trackkit import columns, sampler
from trackkit.model import Case
from trackkit.reconstruct.problem import Problem, target_of

__all__ = ["Drawn", "Making", "drawn"]

#: the sources that decide what is drawn: rooms whole, modules by name
_SOURCES = ("air.py", "claims/*.py", "earth/*.py", "motion/*.py", "reconstruct/drawn.py", "reconstruct/paths.py",
            "reconstruct/problem.py", "sampler/*.py", "wording/*.py")  # fmt: skip


@dataclass(frozen=True)
class Making:
    """How an ensemble is made: the arguments of `paths` that are not about the question."""

    n: int
    seed: int
    runs: int
    settings: sampler.Settings | None
    executor: Executor | None
    keep: str | Path | None


@dataclass(frozen=True)
class Drawn:
    """What the sampler brought back: vectors, the run of each, and each run's log evidence and record."""

    noise: NDArray[np.float64]
    log_evidence: NDArray[np.float64]
    record: pd.DataFrame


def drawn(case: Case, problem: Problem, weighed: pd.DataFrame, made: Making) -> Drawn:
    """What the sampler brings back, drawn now or taken back from where it was kept."""
    kept = _kept_file(case, problem, weighed, made)
    if kept is not None and kept.exists():
        return _load(kept)
    found = _draw(case.name, problem, made)
    if kept is not None:
        _save(kept, found)
    return found


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
    rng, target, layout = sampler.rng_of(name, problem.hypothesis.id, seed, run), target_of(problem), problem.layout()
    settings = settings or sampler.Settings()
    population = sampler.prior(target, n * settings.first, layout, rng)
    story = sampler.anneal(population, target, "story", layout, rng, settings, run, n=n * settings.warm)
    sure = sampler.anneal(story, target, "evidence", layout, rng, settings, run, n=n)
    free = sampler.anneal(sure, target, "release", layout, rng, settings, run)
    return replace(free, log_normaliser=sure.log_normaliser + free.log_normaliser)


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
    folder = Path(__file__).parents[1]
    sources = [file for name in _SOURCES for file in sorted(folder.glob(name))]
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
