"""The command line: ``tk report``, ``tk check``, ``tk verify``, ``tk new`` and ``tk register``."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from trackkit import check, read
from trackkit.errors import InputError, TrackkitError
from trackkit.report import report, verify
from trackkit.report.manifest import sha256

__all__ = ["main"]

#: exit codes: done; done, and something is not as it should be; not done
FINE, DIFFERS, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line where not given.
    """
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except TrackkitError as error:
        print(f"tk: {error}", file=sys.stderr)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tk", description="Plausible flight paths against what each report claims.")
    words = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_report(words)
    for name, run, what, told in (
        ("check", _check, "case", "tell what in a case cannot be, or hardly"),
        ("verify", _verify, "folder", "compare the files of a report with its manifest"),
        ("new", _new, "folder", "write a commented case folder to start from"),
        ("register", _register, "case", "enter the files of a case folder, as they stand, in its registry"),
    ):
        command = words.add_parser(name, help=told, description=told)
        command.add_argument(what, type=Path, metavar=what.upper())
        command.set_defaults(run=run)
    return parser


def _add_report(words: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "run the notebooks on a case: report.html, figures, tables, manifest.json"
    command = words.add_parser("report", help=told, description=told)
    command.add_argument("case", type=Path, metavar="CASE")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where it goes")
    command.add_argument("--n", type=int, help="paths in an ensemble, a multiple of 4 (default: as the notebooks say)")
    command.add_argument("--seed", type=int, help="the seed (default: as the notebooks say)")
    command.set_defaults(run=_report)


def _report(given: argparse.Namespace) -> int:
    report(given.case, given.out, n=given.n, seed=given.seed)
    return FINE


def _check(given: argparse.Namespace) -> int:
    case = read.case(given.case)
    findings = check.case(case)
    print(f"{case.name}: {len(case.claims)} claims in {len(case.reports)} reports, {len(case.hypotheses)} hypotheses")
    for test, finding in zip(findings["test"], findings["finding"], strict=True):
        print(f"  {test}: {finding}")
    print(f"{len(findings)} findings")
    return FINE


def _verify(given: argparse.Namespace) -> int:
    states = verify(given.folder)
    wrong = states[states["state"] != "as made"]
    for row in wrong.itertuples():
        print(f"  {row.file}: {row.state}")
    print(f"{len(states) - len(wrong)} of {len(states)} files are as made")
    return FINE if wrong.empty else DIFFERS


def _new(given: argparse.Namespace) -> int:
    folder: Path = given.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("the folder is there already, and not empty", str(folder), "a new folder")
    shutil.copytree(Path(__file__).parent / "skeleton", folder, dirs_exist_ok=True)
    _register(argparse.Namespace(case=folder))
    print(f"{folder}: a case to start from. Edit its files, then: tk register {folder}; tk check {folder}")
    return FINE


def _register(given: argparse.Namespace) -> int:
    folder: Path = given.case
    files = sorted(path for path in (*folder.glob("*.toml"), *folder.glob("reports/*.toml")) if path.is_file())
    if not files:
        raise InputError("no case folder: there is no *.toml in it", str(folder), "a folder with case.toml")
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "registry.txt").write_bytes("".join(lines).encode())
    print(f"{folder}: {len(files)} files registered")
    return FINE


if __name__ == "__main__":
    sys.exit(main())
