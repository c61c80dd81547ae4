"""The command line: ``tk new``, ``check``, ``register``, ``draw``, ``report`` and ``verify``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from trackkit import check, draw, judge, read, reconstruct
from trackkit.errors import InputError, TrackkitError, visible
from trackkit.report import again, report, verify
from trackkit.report.manifest import sha256

__all__ = ["app", "main"]

#: exit codes: done; done, and something is not as it should be; not done
FINE, DIFFERS, REFUSED = 0, 1, 2

#: what typer raises for a command that it does not understand
_NotUnderstood: Any = typer.BadParameter.__base__

app = typer.Typer(
    name="tk", help="Plausible flight paths against what each report claims.", no_args_is_help=False,
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done; 1 done, and something is not as it should be; 2 not done.",
)  # fmt: skip

CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="a case folder")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="where it goes")]
N = Annotated[int | None, typer.Option("--n", help="paths in an ensemble, a multiple of 4 (default: as the notebooks)")]
Seed = Annotated[int | None, typer.Option("--seed", help="the seed (default: as the notebooks)")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line where not given.

    Raises
    ------
    SystemExit
        With code 2 where the command itself is not understood.
    """
    command = typer.main.get_command(app)
    try:
        done = command.main(None if arguments is None else list(arguments), prog_name="tk", standalone_mode=False)
        return int(done or FINE)
    except typer.Abort:
        _tell("tk: stopped", error=True)
        return REFUSED
    except TrackkitError as error:
        _tell(f"tk: {error}", error=True)
        return REFUSED
    except _NotUnderstood as error:
        usage = error.ctx.get_usage().replace("Usage:", "usage:") if error.ctx else "usage: tk COMMAND"
        _tell(f"{usage}\ntk: {error.format_message()}", error=True)
        raise SystemExit(REFUSED) from None


@app.command("new")
def _new(folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="a new folder")]) -> int:
    """Write a commented case folder to start from; it runs at once."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("the folder is there already, and not empty", str(folder), "a new folder")
    shutil.copytree(Path(__file__).parent / "skeleton", folder, dirs_exist_ok=True)
    _register(folder)
    _tell(f"{folder}: a case to start from. Edit its files, then: tk register {folder}; tk check {folder}")
    return FINE


@app.command("check")
def _check(case_folder: CaseFolder) -> int:
    """Tell what in a case cannot be, or hardly."""
    case = read.case(case_folder)
    findings = check.case(case)
    _tell(f"{case.name}: {len(case.claims)} claims in {len(case.reports)} reports, {len(case.hypotheses)} hypotheses")
    for test, finding in zip(findings["test"], findings["finding"], strict=True):
        _tell(f"  {test}: {finding}")
    _tell(f"{len(findings)} findings")
    return FINE


@app.command("register")
def _register(case_folder: CaseFolder) -> int:
    """Enter the files of a case folder, as they stand, in its registry."""
    found = (*case_folder.glob("*.toml"), *case_folder.glob("reports/*.toml"), *case_folder.glob("*.nc"))
    files = sorted(path for path in found if path.is_file())
    if not files:
        raise InputError("no case folder: there is no *.toml in it", str(case_folder), "a folder with case.toml")
    lines = [f"{sha256(path)}  {path.relative_to(case_folder).as_posix()}\n" for path in files]
    (case_folder / "registry.txt").write_bytes("".join(lines).encode())
    _tell(f"{case_folder}: {len(files)} files registered")
    return FINE


@app.command("draw")
def _draw(case_folder: CaseFolder, out: Out, n: N = None, seed: Seed = None) -> int:
    """Draw a case without its notebooks: timeline, paths, claims, verdict, and the page to move in."""
    case = read.case(case_folder)
    n, seed = (400 if n is None else n), (7 if seed is None else seed)
    kept = out / "ensembles"
    ensembles = {one.id: reconstruct.paths(case, one, n=n, seed=seed, keep=kept) for one in case.hypotheses}
    verdict, support = judge.hypotheses(case, ensembles.values()), judge.claims(case, ensembles.values())
    sheets = {"timeline": draw.timeline(case), "paths": draw.hypotheses(case, ensembles)}
    sheets |= {f"claims-{k}": one for k, one in enumerate(draw.support(case, support, verdict, seed), 1)}
    for name, sheet in sheets.items():
        draw.save(sheet, out / "figures", name)
        _tell(f"{out / 'figures' / name}.png, .svg, .pdf")
    draw.explore(case, ensembles, support, verdict).save(out / "explore.html")
    _tell(f"{out / 'explore.html'}: map, heights, claims and a clock to move")
    return FINE


@app.command("report")
def _report(case_folder: CaseFolder, out: Out, n: N = None, seed: Seed = None) -> int:
    """Run the notebooks on a case: report.html, report.pdf, explore.html, figures, tables, manifest.json."""
    report(case_folder, out, n=n, seed=seed)
    return FINE


@app.command("verify")
def _verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="the folder of a report")],
    case_folder: Annotated[Path | None, typer.Option("--case", metavar="CASE", help="run it again from here")] = None,
) -> int:
    """Hash the files of a report again and compare with its manifest; with --case also run it again and compare."""
    states = verify(folder)
    code = _compared(states, "as made")
    _tell(f"{(states['state'] == 'as made').sum()} of {len(states)} files are as made")
    if case_folder is None:
        return code
    anew = again(folder, case_folder)
    code = max(code, _compared(anew, "the same again"))
    same = (anew["state"] == "the same again").sum()
    _tell(f"run again from {case_folder}: {same} of {len(anew)} are the same again")
    return code


def _compared(states: pd.DataFrame, right: str) -> int:
    """Name what is not as it should be; the code that says whether anything is."""
    wrong = states[states["state"] != right]
    for name, state in zip(wrong["file"], wrong["state"], strict=True):
        _tell(f"  {name}: {state}")
    return FINE if wrong.empty else DIFFERS


def _tell(line: str, error: bool = False) -> None:
    """A line for a terminal, in which nothing that a report says is obeyed."""
    print(visible(line), file=sys.stderr if error else sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
