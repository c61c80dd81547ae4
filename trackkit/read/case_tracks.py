"""The track files of a case folder, read with what ``case.toml`` adds where a file leaves something open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from trackkit.errors import InputError
from trackkit.model import Track
from trackkit.read import fields, files
from trackkit.read.tracks.choose import track_of
from trackkit.read.tracks.contents import Content, unpacked
from trackkit.read.tracks.sheets import DATUMS, Options
from trackkit.read.tracks.values import zone_named

__all__ = ["tracks"]

_FILE = "case.toml"


def tracks(table: fields.Table, registry: Mapping[str, str], folder: Path) -> dict[str, Track]:
    """The tracks of a case folder by the stems of their files.

    Parameters
    ----------
    table : mapping
        That of ``case.toml``: each ``[[track]]`` names a ``file`` and what this leaves open (``zone``, ``datum``,
        ``date``, ``aircraft``, as in `trackkit.read.track`).
    registry : mapping
        File name to sha256.
    folder : Path

    Raises
    ------
    CaseError
        If a track cannot be read, leaves open what the case does not say either, or the case names a file, zone, datum
        or day that there is not.
    """
    options = _options(table, registry)
    found: dict[str, Track] = {}
    for name, data in files.tracks(folder, registry).items():
        with files.told_at(name):
            if Path(name).stem in found:
                raise InputError("two tracks of one name", Path(name).stem, "a name of its own for each")
            content = Content(name, registry[name], unpacked(data, name))
            found[Path(name).stem] = track_of(content, options.get(name, Options()))
    return found


def _options(table: fields.Table, registry: Mapping[str, str]) -> dict[str, Options]:
    """What the case adds to its track files where these do not say it, by their names in the folder."""
    known = [name for name in registry if name.startswith(f"{files.TRACKS}/")]
    found: dict[str, Options] = {}
    for row, one in files.rows(table, "track", _FILE):
        with files.told_at(_FILE, one.get("file", row)):
            fields.check_keys(one, ("file",), ("zone", "datum", "date", "aircraft"))
            name = f"{files.TRACKS}/{fields.text(one, 'file')}"
            if name not in known or name in found:
                raise InputError("not a track file of the case, or told twice", name, known)
            found[name] = _checked(Options(**{key: fields.text(one, key) for key in one if key != "file"}))
    return found


def _checked(options: Options) -> Options:
    """The options of a track, each of them one that can be.

    Raises
    ------
    InputError
        If there is no such zone, datum or day.
    """
    if options.zone is not None:
        zone_named(options.zone)
    if options.datum is not None and options.datum not in DATUMS:
        raise InputError("unknown datum", options.datum, DATUMS)
    if options.date is not None:
        try:
            date.fromisoformat(options.date)
        except ValueError:
            raise InputError("not a day", options.date, 'a UTC day such as "2024-12-08"') from None
    return options
