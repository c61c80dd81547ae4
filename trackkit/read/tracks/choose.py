"""Which dialect a file is, by its content; several files of one flight joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pandas as pd

from trackkit.errors import InputError, TrackError
from trackkit.model import Reading, Track
from trackkit.read.tracks import (
    aeroapi,
    asterix,
    contents,
    fr24_csv,
    fr24_granular,
    fr24_kml,
    fr24_web,
    geojson,
    gpx,
    igc,
    kml,
    opensky,
    opensky_history,
    readsb,
    readsb_live,
    sbs,
    sheets,
)
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet

__all__ = ["DIALECTS", "join", "track", "track_of"]


class Dialect(Protocol):
    """A module that reads one format."""

    __name__: str

    def recognise(self, content: Content) -> bool:
        """Whether the content is of this format."""

    def sheet(self, content: Content, options: Options) -> Sheet:
        """Its rows."""


#: in the order in which they are asked
DIALECTS: tuple[Dialect, ...] = (
    readsb, readsb_live, fr24_web, opensky, aeroapi, geojson, fr24_kml, kml, gpx, fr24_csv, fr24_granular,
    opensky_history, igc, sbs, asterix,
)  # fmt: skip
_KNOWN = (
    "readsb trace or aircraft JSON; Flightradar24 CSV, granular CSV, playback or API JSON, KML; OpenSky states, track, "
    "history; FlightAware KML, AeroAPI JSON; SBS-1; GPX; KML, KMZ; GeoJSON trip; IGC; ASTERIX 021, 062; CSV or Parquet "
    "with the columns of traffic"
)


def track(
    path: str | Path,
    *,
    zone: str | None = None,
    datum: str | None = None,
    date: str | None = None,
    aircraft: str | None = None,
) -> Track:
    """Read a track file; its format is recognised by its content, its name does not matter.

    Parameters
    ----------
    path : str or Path
        Plain, gzip or zip (KMZ).
    zone : str, optional
        IANA name of the time zone, for files whose times have none (SBS-1, some GPX and KML).
    datum : str, optional
        What heights are above, for files that do not say it (GPX, KML): ``"pressure"``, ``"sea level"``,
        ``"ellipsoid"``, or ``"unknown"`` (heights are then not taken).
    date : str, optional
        The UTC day, ``"2024-12-08"``, for files that hold only the time of day (ASTERIX, IGC without its date).
    aircraft : str, optional
        Address or callsign, for files of several aircraft.

    Returns
    -------
    Track
        Every row of the file is a fix or stands in ``reading.set_aside`` with its reason:
        ``rows_read == rows_kept + rows_set_aside``.

    Raises
    ------
    TrackError
        If the file cannot be read, is of no known format, damaged or too large, leaves open what must be given here,
        or holds no fix.
    """
    options = Options(zone, datum, date, aircraft)
    if datum is not None and datum not in sheets.DATUMS:
        raise TrackError("unknown datum", datum, sheets.DATUMS)
    return track_of(contents.load(path), options)


def track_of(content: Content, options: Options) -> Track:
    """The track that a content holds.

    Raises
    ------
    TrackError
        As `track`.
    """
    for dialect in DIALECTS:
        if dialect.recognise(content):
            return sheets.track(_sheet(dialect, content, options), content.name, {content.name: content.sha256})
    raise TrackError("a file of no known format", content.head[:60], _KNOWN, content.name)


def _sheet(dialect: Dialect, content: Content, options: Options) -> Sheet:
    """The rows of a content; every error names the file."""
    try:
        return dialect.sheet(content, options)
    except InputError as error:
        raise error.at(content.name) from None
    except RecursionError:
        raise TrackError("a file that is nested too deep", file=content.name) from None


def join(tracks: Sequence[Track], *, name: str | None = None) -> Track:
    """One track of several files of the same flight, over midnight too.

    Parameters
    ----------
    tracks : sequence of Track
    name : str, optional
        What the aircraft goes by; needed where the tracks go by different names.

    Returns
    -------
    Track
        All fixes by time. A fix whose time and position stand in an earlier file is set aside.

    Raises
    ------
    TrackError
        If there is no track, or they go by different names and none is given.
    """
    parts = _apart(list(tracks))
    names = list(dict.fromkeys(part.name for part in parts))
    if not names or (len(names) > 1 and name is None):
        raise TrackError("tracks of different names", names, "tracks of one aircraft, or name=")
    fixes = pd.concat([part.fixes for part in parts]).sort_index(kind="stable")
    again = sheets.repeats(fixes.index.to_numpy(), fixes.geometry.x.to_numpy(), fixes.geometry.y.to_numpy())
    reading = _joined(parts, fixes[again])
    return Track(name or names[0], _distinct(part.origin for part in parts), fixes[~again], reading)


def _joined(parts: Sequence[Track], again: pd.DataFrame) -> Reading:
    """The account of all files; fixes that an earlier file has are set aside as well."""
    readings = [part.reading for part in parts]
    said = again["file"] + " repeats a fix"
    table = {"file": again["file"], "row": again["row"], "reason": "a fix that another file has", "given": said}
    aside = pd.concat([*(one.set_aside for one in readings), pd.DataFrame(table)], ignore_index=True)
    read = sum(one.rows_read for one in readings)
    hashes = {name: sha256 for one in readings for name, sha256 in one.sha256.items()}
    notes = tuple(dict.fromkeys(note for one in readings for note in one.notes))
    return Reading(_distinct(one.dialect for one in readings), read, read - len(aside), aside, hashes, notes)


def _apart(parts: list[Track]) -> list[Track]:
    """The tracks, with the hash in the name of files that share one: a day's trace has the name of the next day's."""
    names = [name for part in parts for name in part.reading.sha256]
    return [_renamed(part, {name for name in part.reading.sha256 if names.count(name) > 1}) for part in parts]


def _renamed(part: Track, shared: set[str]) -> Track:
    if not shared:
        return part
    hashes = part.reading.sha256
    new = {name: f"{name} ({hashes[name][:8]})" if name in shared else name for name in hashes}
    aside = part.reading.set_aside.replace({"file": new})
    reading = replace(part.reading, sha256={new[name]: hashes[name] for name in hashes}, set_aside=aside)
    return replace(part, fixes=part.fixes.assign(file=part.fixes["file"].replace(new)), reading=reading)


def _distinct(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
