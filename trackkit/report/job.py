"""The main job, from a case folder to a page."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trackkit import claims, motion
from trackkit import read as reading
from trackkit.errors import InputError, visible
from trackkit.model import Case
from trackkit.report import crate, manifest, page, paper, running
from trackkit.report.running import Notebook, Setting

__all__ = ["again", "report"]


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
        Where ``report.html``, ``report.pdf``, ``figures/``, ``tables/``, ``notebooks/`` (as run),
        ``ro-crate-metadata.json`` and ``manifest.json`` go. What an
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
    paper.write(out)
    crate.write(out, case, parameters)
    whole = time.perf_counter() - clock
    times = {"started": started.isoformat(timespec="seconds"), "seconds": seconds, "all": whole}
    manifest.write(out, case, found, parameters, times)
    _told(out, seconds, whole, tell)
    return written


def again(
    out: str | Path,
    case_folder: str | Path,
    notebooks: Iterable[str | Path] | None = None,
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
) -> pd.DataFrame:
    """Run a report once more, from its case and with its numbers, and compare every file by hash.

    Parameters
    ----------
    out : path
        The folder that a report was written to. It stands aside as ``<name>.first`` while the new one is made in its
        place, since notebooks name their folder, and is put back as it was.
    case_folder, notebooks, tell
        As in `report`.

    Returns
    -------
    DataFrame
        Columns ``file`` and ``state``: the same again, differs, only in the first, only in the second; and for
        inputs that are not those of the first run, ``input differs``.
    """
    out, first = Path(out), manifest.read(out)
    aside = out.with_name(f"{out.name}.first")
    if aside.exists():
        raise InputError("a report that stood aside is there already", str(aside), "to be put back or removed first")
    out.rename(aside)
    try:
        report(case_folder, out, notebooks, **_given(first), tell=tell)
        return manifest.compared(first, manifest.read(out))
    finally:
        shutil.rmtree(out, ignore_errors=True)
        aside.rename(out)


def _given(told: dict[str, Any]) -> dict[str, int | None]:
    """The number of paths and the seed that a report was made with, where all its notebooks share them."""
    values = {name: {one[name] for one in told.get("parameters", {}).values() if name in one} for name in ("N", "SEED")}
    found = {name: several.pop() if len(several) == 1 else None for name, several in values.items()}
    return {"n": found["N"], "seed": found["SEED"]}


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
            if path.suffix in manifest.SUFFIXES:
                path.unlink()
    for name in (*manifest.PAGES, manifest.FILE):
        (out / name).unlink(missing_ok=True)


def _compile(case: Case, tell: Callable[[str], None]) -> None:
    """Compile the engine once, so that the notebooks that run side by side need not each do it."""
    clock = time.perf_counter()
    scene, hypothesis = motion.scene(case), case.hypotheses[0]
    asked = claims.ask(case, case.claims[claims.testable(case.claims)])
    told = f"{visible(case.name)}: {len(case.claims)} claims in {len(case.reports)} reports"
    tell(f"{told}; compiling the engine (long once)")
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
    count = {name: f"{len(list((out / name).iterdir()))} files, {_mb(out / name)}" for name in manifest.FOLDERS}
    size = {name: _mb(out / name) for name in ("report.html", "report.pdf", "explore.html") if (out / name).is_file()}
    for name, took in seconds.items():
        tell(f"  {name}: {took:.0f} s")
    tell(f"{out / 'report.html'} ({size['report.html']}): the report, one file, readable without a network")
    tell(f"{out / 'report.pdf'} ({size['report.pdf']}): the same for print, tagged, its fonts inside")
    if "explore.html" in size:
        tell(f"{out / 'explore.html'} ({size['explore.html']}): map, heights, claims and clock to move, one file")
    tell(f"{out / 'figures'}: {count['figures']}; {out / 'tables'}: {count['tables']}")
    tell(f"{out / 'notebooks'}: {count['notebooks']}, the notebooks as they were run")
    tell(f"{out / manifest.CRATE}: files, inputs, versions, seeds and licences, for archives")
    tell(f"{out / manifest.FILE}: every input and result by hash; compare with: tk verify {out}")
    tell(f"in {whole:.0f} s")


def _mb(path: Path) -> str:
    """The size of a file, or of all files in a folder (MB)."""
    files = [path] if path.is_file() else [one for one in path.iterdir() if one.is_file()]
    return f"{sum(one.stat().st_size for one in files) / 1e6:.1f} MB"
