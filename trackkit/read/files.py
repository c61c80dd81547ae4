"""The files of a case folder: registered, unchanged, inside the folder, of bounded size."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trackkit.errors import CaseError, HashError, InputError

__all__ = ["LARGEST_BYTES", "REGISTRY", "TRACKS", "registered", "rows", "tables", "told_at", "toml", "tracks"]

#: no TOML file of a case is larger
LARGEST_BYTES = 1_000_000
REGISTRY = "registry.txt"
TRACKS = "tracks"

_NEEDED = ("case.toml", "hypotheses.toml")
_OPTIONAL = ("wording.toml",)
_LINE = re.compile(r"^(?P<sha256>[0-9a-f]{64})  (?P<name>\S.*)$")


@contextmanager
def told_at(file: str, row: object = None) -> Iterator[None]:
    """Make an InputError raised inside a CaseError that says where; places named before are kept."""
    try:
        yield
    except HashError:
        raise
    except InputError as error:
        where = (error.file or file, error.row or row)
        raise CaseError(error.what, error.given, error.allowed, *where) from None


def tables(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """The registry of a case folder, verified, and every TOML file of it, parsed.

    Raises
    ------
    HashError
        If a file is not the one that was registered, is not registered, or is gone.
    CaseError
        If a file is a link, lies outside the folder, is too large or is not TOML.
    """
    registry = registered(folder)
    for name in (*_NEEDED, *_present(folder)):
        if name not in registry:
            raise HashError("a file that is not in the registry", name, registry, REGISTRY)
    contents = {name: _verified(folder, name, sha256) for name, sha256 in sorted(registry.items())}
    return registry, {name: toml(data, name) for name, data in contents.items() if name.endswith(".toml")}


def tracks(folder: Path, registry: Mapping[str, str]) -> dict[str, bytes]:
    """The track files of a case folder by their names in it, verified.

    Raises
    ------
    HashError
        If a file is not the one that was registered.
    CaseError
        If a file is a link or lies outside the folder.
    """
    names = [name for name in sorted(registry) if name.startswith(f"{TRACKS}/")]
    return {name: _verified(folder, name, registry[name]) for name in names}


def registered(folder: Path) -> dict[str, str]:
    """File name to sha256, as the registry has it (the format of ``sha256sum``).

    Raises
    ------
    CaseError
        If there is no such folder or registry, a line is no entry, or a file stands in it twice.
    """
    if not folder.is_dir():
        raise CaseError("there is no such case folder", str(folder), "a folder with case.toml")
    names: dict[str, str] = {}
    for number, line in enumerate(_text(_bytes(folder, REGISTRY), REGISTRY).splitlines(), start=1):
        match = _LINE.match(line)
        if match is None:
            raise CaseError("not an entry", line, "<sha256>  <relative name>", REGISTRY, f"line {number}")
        if match["name"] in names:
            raise CaseError("a file registered twice", match["name"], None, REGISTRY, f"line {number}")
        names[match["name"]] = match["sha256"]
    return names


def toml(data: bytes, name: str) -> dict[str, Any]:
    """The table that a TOML file holds.

    Raises
    ------
    CaseError
        If it is too large, not UTF-8 or not TOML.
    """
    if len(data) > LARGEST_BYTES:
        raise _too_large(name, len(data))
    try:
        return tomllib.loads(_text(data, name))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CaseError(f"not valid TOML: {error}", file=name) from None


def rows(table: Mapping[str, Any], key: str, file: str) -> list[tuple[str, dict[str, Any]]]:
    """The tables of an array ``[[key]]``, each with the name of its row; none where the key is absent.

    Raises
    ------
    CaseError
        If the value is not an array of tables.
    """
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise CaseError("not an array of tables", found, f"[[{key}]]", file, key)
    return [(f"[[{key}]] {number}", row) for number, row in enumerate(found, start=1)]


def _present(folder: Path) -> list[str]:
    """The files of the folder that must be registered."""
    reports = folder / "reports"
    inside = sorted(path.name for path in reports.glob("*") if not path.name.startswith("."))
    for name in inside:
        if not name.endswith(".toml"):
            raise CaseError("a file among the reports that is no report", name, "<id>.toml", "reports")
    optional = [name for name in _OPTIONAL if (folder / name).exists()]
    tracks = sorted(path.name for path in (folder / TRACKS).glob("*") if not path.name.startswith("."))
    return optional + [f"reports/{name}" for name in inside] + [f"{TRACKS}/{name}" for name in tracks]


def _verified(folder: Path, name: str, sha256: str) -> bytes:
    data = _bytes(folder, name)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise HashError("the file is not the one that was registered", found, f"sha256 {sha256}", name)
    return data


def _bytes(folder: Path, name: str) -> bytes:
    path, parts = folder / name, Path(name).parts
    steps = [folder.joinpath(*parts[: n + 1]) for n in range(len(parts))]
    if Path(name).is_absolute() or ".." in parts or any(step.is_symlink() for step in steps):
        raise CaseError("a link, or a path out of the folder", name, "a plain file of the folder", REGISTRY)
    if not path.is_file():
        raise HashError("a file of the case is missing", name, "every file that the registry names", REGISTRY)
    if path.suffix == ".toml" and path.stat().st_size > LARGEST_BYTES:
        raise _too_large(name, path.stat().st_size)
    return path.read_bytes()


def _too_large(name: str, size: int) -> CaseError:
    return CaseError("a file that is too large", f"{size} bytes", f"up to {LARGEST_BYTES} bytes", name)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CaseError(f"not UTF-8 text: byte {error.start}", file=name) from None
