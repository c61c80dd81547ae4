"""The main job, from a case folder to a page."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from trackkit import claims, motion
from trackkit import read as reading
from trackkit.errors import InputError
from trackkit.model import Case
from trackkit.report import manifest, page, running
from trackkit.report.running import Notebook, Setting

__all__ = ["report"]

_MADE = (".csv", ".ipynb", ".pdf", ".png", ".svg")


def report(
    case_folder: str | Path,
    out: str | Path,
    notebooks: Iterable[str | Path] | None = None,
    n: int | None = None,
    seed: int | None = None,
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
) -> Path:
    """Run the notebooks on a case, and gather what they make.

    Parameters
    ----------
    case_folder : path
        As `trackkit.read.case` reads it.
    out : path
        Where ``report.html``, ``figures/``, ``tables/``, ``notebooks/`` (as run) and ``manifest.json`` go. What an
        earlier report left there is swept away first; ``ensembles/`` is kept, and used where nothing has changed.
    notebooks : iterable of path, optional
        Notebook files in their order; those in ``notebooks/`` of the checkout where not given. A notebook has its
        parameters in a cell tagged ``parameters``; those named CASE, OUT, N and SEED are set from here.
    n, seed : int, optional
        Paths in an ensemble, and the seed; as the notebooks have them where not given.
    tell : function
        Is told in a line what is done; standard error where not given.

    Returns
    -------
    Path
        Of ``report.html``.

    Raises
    ------
    TrackkitError
        If the case cannot be read, or a cell fails: the notebook, the cell, and the last lines of the error.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    case, out = reading.case(case_folder), Path(out)
    found = running.read(_files(notebooks))
    _sweep(out, found)
    _compile(case, tell)
    others = {name: value for name, value in (("N", n), ("SEED", seed)) if value is not None}
    executed, seconds = running.run(found, Setting(Path(case_folder), out, others))
    parameters = _parameters(found, others)
    written = page.write(out, case, found, executed, parameters)
    whole = time.perf_counter() - clock
    times = {"started": started.isoformat(timespec="seconds"), "seconds": seconds, "all": whole}
    manifest.write(out, case, found, parameters, times)
    _told(out, seconds, whole, tell)
    return written


def _files(notebooks: Iterable[str | Path] | None) -> list[Path]:
    if notebooks is not None:
        return [Path(file) for file in notebooks]
    folder = Path(__file__).parents[2] / "notebooks"
    return sorted(folder.glob("*.ipynb"))


def _sweep(out: Path, notebooks: Sequence[Notebook]) -> None:
    """Remove what an earlier report made, and nothing else."""
    if any(notebook.file.resolve().parent == (out / "notebooks").resolve() for notebook in notebooks):
        raise InputError("the report would be written over its own notebooks", str(out), "another folder")
    for folder in manifest.FOLDERS:
        (out / folder).mkdir(parents=True, exist_ok=True)
        for path in (out / folder).iterdir():
            if path.suffix in _MADE:
                path.unlink()
    for name in ("report.html", manifest.FILE):
        (out / name).unlink(missing_ok=True)


def _compile(case: Case, tell: Callable[[str], None]) -> None:
    """Compile the engine once, so that the notebooks that run side by side need not each do it."""
    clock = time.perf_counter()
    scene, hypothesis = motion.scene(case), case.hypotheses[0]
    asked = claims.ask(case, case.claims[claims.testable(case.claims)])
    tell(f"{case.name}: {len(case.claims)} claims in {len(case.reports)} reports; compiling the engine (long once)")
    flown = motion.simulate(
        np.zeros((2, motion.DIMENSION)), scene, motion.story(case, hypothesis), motion.envelope(case.aircraft)
    )
    claims.evaluate(flown, scene, asked)
    tell(f"compiled in {time.perf_counter() - clock:.0f} s; running the notebooks")


def _parameters(notebooks: Sequence[Notebook], others: dict[str, int]) -> dict[str, Any]:
    """Each notebook's parameters as they were run, but for folders."""
    declared = {notebook.name: running.parameters(notebook) for notebook in notebooks}
    return {
        name: values | {key: value for key, value in others.items() if key in values}
        for name, values in declared.items()
    }


def _told(out: Path, seconds: dict[str, float], whole: float, tell: Callable[[str], None]) -> None:
    count = {name: len(list((out / name).iterdir())) for name in manifest.FOLDERS}
    for name, took in seconds.items():
        tell(f"  {name}: {took:.0f} s")
    tell(f"{out / 'report.html'}: the report, one file, readable without a network")
    tell(f"{out / 'figures'}: {count['figures']} files, {out / 'tables'}: {count['tables']} files")
    tell(f"{out / 'notebooks'}: {count['notebooks']} notebooks as they were run")
    tell(f"{out / manifest.FILE}: every input and result by hash; compare with: tk verify {out}")
    tell(f"in {whole:.0f} s")
