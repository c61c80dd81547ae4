"""What went in and what came out, by hash: the manifest, and whether the files are still those it names."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import pandas as pd

from trackkit import earth, wording
from trackkit.errors import InputError, visible
from trackkit.model import Case
from trackkit.report.running import Notebook

__all__ = ["CRATE", "FILE", "PAGES", "SUFFIXES", "compared", "made", "read", "sha256", "verify", "versions", "write"]

FILE, CRATE = "manifest.json", "ro-crate-metadata.json"
#: the folders of an output that a report fills anew each time
FOLDERS = ("figures", "tables", "notebooks")
#: what it fills them with; a file of another kind is not ours
SUFFIXES = (".csv", ".html", ".ipynb", ".json", ".pdf", ".png", ".svg")
#: the files beside them
PAGES = ("report.html", "report.pdf", "explore.html", "claim-review.json", CRATE)
_OWN = ("trackkit", "bleach", "jinja2", "mistune")


def made(out: Path) -> list[str]:
    """The files that a report made, by name from its folder."""
    inside = [path for folder in FOLDERS for path in (out / folder).glob("*") if path.is_file()]
    pages = [out / name for name in PAGES if (out / name).is_file()]
    return sorted(path.relative_to(out).as_posix() for path in (*inside, *pages))


def write(
    out: Path, case: Case, notebooks: Sequence[Notebook], parameters: Mapping[str, object], times: Mapping[str, Any]
) -> Path:
    """Write ``manifest.json``: all that may differ between two runs stands under ``times``."""
    told = {
        "case": {"name": visible(case.name), "folder": case.folder.resolve().name, "files": dict(case.registry)},
        "earth": _listed(earth.data_folder() / "earth" / "SHA256SUMS"),
        "aircraft": _hashes(earth.data_folder() / "aircraft", "*.toml"),
        "engine": _hashes(Path(earth.__file__).parents[1], "**/*.py"),
        "notebooks": {notebook.file.name: sha256(notebook.file) for notebook in notebooks},
        "parameters": dict(parameters),
        "python": platform.python_version(),
        "versions": versions(),
        "wording": wording.VERSION,
        "files": {name: sha256(out / name) for name in made(out)},
        "times": dict(times),
    }
    (out / FILE).write_bytes((json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())
    return out / FILE


def verify(out: str | Path) -> pd.DataFrame:
    """Hash the files of a report again, and compare with its manifest.

    Parameters
    ----------
    out : path
        The folder that a report was written to.

    Returns
    -------
    DataFrame
        Columns ``file`` and ``state``: as made, changed, missing, or not in the manifest.

    Raises
    ------
    InputError
        If there is no manifest, or it is none.
    """
    out = Path(out)
    known = read(out)["files"]
    states = {name: _state(out / name, expected) for name, expected in known.items()}
    states |= {name: "not in the manifest" for name in made(out) if name not in known}
    return pd.DataFrame(sorted(states.items()), columns=["file", "state"], dtype="str")


def read(out: str | Path) -> dict[str, Any]:
    """The manifest of a report, its files' names and hashes checked to be such.

    Raises
    ------
    InputError
        If there is no manifest, or it is none.
    """
    file = Path(out) / FILE
    if not file.is_file():
        raise InputError("there is no manifest", str(file), "the folder that a report was written to")
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        told["files"] = {str(name): str(value) for name, value in told["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError("not a manifest of trackkit", allowed="JSON with the key files", file=file) from None
    _refuse_outside(told["files"], file)
    return dict(told)


def compared(first: Mapping[str, Any], second: Mapping[str, Any]) -> pd.DataFrame:
    """Two manifests beside each other: what became of each file, and which inputs are not the same.

    Returns
    -------
    DataFrame
        Columns ``file`` and ``state``.
    """
    one, other = first["files"], second["files"]
    states = {name: _beside(one.get(name), other.get(name)) for name in {*one, *other}}
    parts = ("case", "earth", "aircraft", "engine", "notebooks", "parameters", "python", "versions", "wording")
    states |= {f"({part})": "input differs" for part in parts if first.get(part) != second.get(part)}
    return pd.DataFrame(sorted(states.items()), columns=["file", "state"], dtype="str")


def _beside(one: str | None, other: str | None) -> str:
    if one is None or other is None:
        return "only in the second" if one is None else "only in the first"
    return "the same again" if one == other else "differs"


def versions() -> dict[str, str]:
    """The version of trackkit and of each library that it asks for."""
    named = [_name(requirement) for requirement in requires("trackkit") or () if "extra ==" not in requirement]
    return {name: found for name in sorted({*_OWN, *named}) if (found := _version(name))}


def sha256(file: Path) -> str:
    """The hash of a file's bytes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _refuse_outside(names: Iterable[str], file: Path) -> None:
    for name in names:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise InputError("a path out of the folder", name, "a file of the report", file)


def _state(file: Path, expected: str) -> str:
    if not file.is_file():
        return "missing"
    return "as made" if sha256(file) == expected else "changed"


def _hashes(folder: Path, pattern: str) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(folder.glob(pattern))}


def _listed(file: Path) -> dict[str, str]:
    """File name to hash, as ``sha256sum`` lists them."""
    pairs = [line.split(maxsplit=1) for line in file.read_text(encoding="utf-8").splitlines()]
    return {name.strip(): value for value, name in pairs}


def _name(requirement: str) -> str:
    return requirement.split(";")[0].split(">")[0].split("=")[0].split("<")[0].split("[")[0].strip()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
