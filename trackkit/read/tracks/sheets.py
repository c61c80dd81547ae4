"""The rows of a file, each either a fix or set aside with its reason: the one way from a dialect to a Track."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from numpy.typing import NDArray
from pyproj import CRS

from trackkit import columns
from trackkit.errors import TrackError
from trackkit.model import Reading, Track
from trackkit.read.tracks.values import Fault, Floats, Masks, instants_s, plain, zone_named

__all__ = [
    "DATUMS",
    "EARLIEST_S",
    "LATEST_S",
    "Options",
    "Sheet",
    "assembled",
    "heights",
    "one_aircraft",
    "repeats",
    "timed",
    "track",
]

#: no fix of an aircraft is older or later (1 January 1980 and 2100, Unix seconds)
EARLIEST_S, LATEST_S = 315_532_800.0, 4_102_444_800.0
#: what a figure may be at all; whether an aircraft can do it, `check.segments` asks
_RANGES: dict[str, tuple[float, float]] = {
    "altitude_baro_m": (-2_000.0, 100_000.0),
    "altitude_geom_m": (-2_000.0, 100_000.0),
    "altitude_msl_m": (-2_000.0, 100_000.0),
    "groundspeed_mps": (0.0, 3_000.0),
    "track_deg": (0.0, 360.0),
    "heading_deg": (-360.0, 360.0),
    "vertical_rate_mps": (-1_000.0, 1_000.0),
}
#: what heights may be above, where a file leaves it open, and the column it means
DATUMS = {"pressure": "altitude_baro_m", "sea level": "altitude_msl_m", "ellipsoid": "altitude_geom_m", "unknown": ""}
_OPEN = ", ".join(f'"{name}"' for name in DATUMS)
_DTYPES = {"float": "float64", "bool": "bool", "int": "int64"}


@dataclass(frozen=True)
class Options:
    """What an analyst adds because the file does not say it: see `trackkit.read.track`."""

    zone: str | None = None
    datum: str | None = None
    date: str | None = None
    aircraft: str | None = None


@dataclass(frozen=True)
class Sheet:
    """What a dialect makes of a file, one entry a row, in the order of the file.

    Attributes
    ----------
    dialect, name, origin : str
        The format, what the aircraft goes by, and who made the file.
    table : mapping
        ``time_s`` (Unix seconds), ``latitude`` and ``longitude``, NaN where not told, and any other columns of
        `trackkit.columns.FIXES`, in SI.
    given : function
        The text of the row at a place, for the report.
    faults : list of (mask, reason)
        Rows that the dialect sets aside; the first reason counts.
    rows : int or array of int
        The number of the first row in the file, or those of all.
    notes : tuple of str
        What the format leaves open and how it was taken.
    """

    dialect: str
    name: str
    origin: str
    table: Mapping[str, Any]
    given: Callable[[int], object]
    faults: Sequence[Fault] = ()
    rows: int | NDArray[np.int64] = 1
    notes: tuple[str, ...] = ()

    @property
    def where(self) -> tuple[Floats, Floats, Floats]:
        """Time, latitude and longitude of each row."""
        return self.table["time_s"], self.table["latitude"], self.table["longitude"]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The number of each row in the file."""
        return self.rows + np.arange(len(self.where[0])) if isinstance(self.rows, int) else self.rows


def track(sheet: Sheet, file: str, sha256: Mapping[str, str]) -> Track:
    """The track of a sheet: rows checked, sorted by time, every one accounted for.

    Raises
    ------
    TrackError
        If no row is a fix.
    """
    reason = _reasons(sheet)
    kept = np.flatnonzero(reason == "")
    kept = kept[np.argsort(sheet.table["time_s"][kept], kind="stable")]
    aside = _set_aside(sheet, reason, file)
    if not len(kept):
        raise TrackError("no row is a fix", _counts(aside), "at least one time with its position", file)
    reading = Reading(sheet.dialect, len(reason), len(kept), aside, sha256, sheet.notes)
    return Track(sheet.name or file, sheet.origin, _fixes(sheet, kept, file), reading)


def assembled(table: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Fixes with exactly the declared columns, indexed by time (UTC, to the microsecond)."""
    time_s, latitude, longitude = (table[name] for name in ("time_s", "latitude", "longitude"))
    n = len(time_s)
    made = {column.name: _column(table.get(column.name), column.type, n) for column in columns.FIXES}
    made["geometry"] = GeometryArray(shapely.points(longitude, latitude), crs=_wgs84())
    stamps = np.round(time_s * 1e6).astype("int64").view("datetime64[us]")
    index = pd.DatetimeIndex(stamps, name="time").tz_localize("UTC")
    return gpd.GeoDataFrame(pd.DataFrame(made, index=index, copy=False), geometry="geometry")


def repeats(time_s: Floats, latitude: Floats, longitude: Floats) -> Masks:
    """Rows that say the time and position of a row before them again."""
    order = np.lexsort((longitude, latitude, time_s))  # stable: of equal rows the first of the file comes first
    same = [values[order][1:] == values[order][:-1] for values in (time_s, latitude, longitude)]
    again = np.zeros(len(order), dtype=bool)
    again[order[1:]] = np.logical_and.reduce(same)
    return again


def timed(cells: Sequence[Any], options: Options) -> tuple[Floats, Fault]:
    """Unix seconds of ISO times, and those that cannot be read.

    Raises
    ------
    TrackError
        If a time has no zone and the analyst has named none, or one that there is not.
    """
    if options.zone is not None:
        zone_named(options.zone)
    seconds, bad, zoneless = instants_s(cells, options.zone)
    if zoneless.any():
        row = int(np.flatnonzero(zoneless)[0])
        raise TrackError("a time without zone", plain(cells[row]), 'zone="UTC" or another', row=f"row {row + 1}")
    return seconds, (bad, "a time that cannot be read")


def heights(altitude_m: Floats, options: Options) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """The column that heights of an open datum belong to, and a note of what was assumed.

    Raises
    ------
    TrackError
        If there are heights and the analyst has not said what they are above.
    """
    if np.isnan(altitude_m).all():
        return {}, ()
    if options.datum is None:
        raise TrackError("heights of which the file does not say what they are above", None, f"datum= {_OPEN}")
    column = DATUMS[options.datum]
    taken = f"heights were taken as above {options.datum}, as told by the reader of the file"
    return ({column: altitude_m}, (taken,)) if column else ({}, ("heights were not taken: datum unknown",))


def one_aircraft(names: Sequence[str], wanted: str | None, file: str) -> tuple[str, Masks]:
    """The aircraft to read out of a file that may hold many, and a mask of the rows of others.

    Parameters
    ----------
    names : sequence of str
        The aircraft of each row, empty where not told.
    wanted : str or None
        The one asked for; needed where there are several.

    Raises
    ------
    TrackError
        If there are several and none, or one that is not there, is asked for.
    """
    found = {name.lower(): name for name in names if name}
    if wanted is None and len(found) > 1:
        few = ", ".join(sorted(found)[:12]) + (" …" if len(found) > 12 else "")
        raise TrackError("a file of several aircraft", None, f"aircraft= one of {few}", file)
    key = wanted.strip().lower() if wanted is not None else next(iter(found), "")
    if wanted is not None and key not in found:
        raise TrackError("an aircraft that is not in the file", wanted, list(found)[:200], file)
    return found.get(key, ""), np.array([name.lower() != key for name in names], dtype=bool)


def _reasons(sheet: Sheet) -> NDArray[np.object_]:
    """Why each row is no fix; empty for fixes."""
    reason = np.full(len(sheet.table["time_s"]), "", dtype=object)
    for mask, text in (*sheet.faults, *_faults(sheet)):
        reason[mask & (reason == "")] = text
    fixes = np.flatnonzero(reason == "")
    again = repeats(*(values[fixes] for values in sheet.where))
    reason[fixes[again]] = "time and position of a row before it"
    return reason


def _faults(sheet: Sheet) -> Iterable[Fault]:
    """What no row of any dialect may have."""
    time_s, latitude, longitude = sheet.where
    yield np.isnan(time_s), "no time"
    yield (time_s < EARLIEST_S) | (time_s >= LATEST_S), "a time out of range"
    yield np.isnan(latitude) | np.isnan(longitude), "no position"
    yield (np.abs(latitude) > 90) | (np.abs(longitude) > 180), "a position out of range"
    yield (latitude == 0) & (longitude == 0), "position 0, 0, which means none"
    for name, (low, high) in _RANGES.items():
        if name in sheet.table:
            values = sheet.table[name]
            yield (values < low) | (values > high), f"{name} out of range"


def _fixes(sheet: Sheet, kept: NDArray[np.int64], file: str) -> gpd.GeoDataFrame:
    whole = len(kept) == len(sheet.where[0]) and bool((np.diff(kept) == 1).all())
    table = {name: one if whole or isinstance(one, str) else _chosen(one, kept) for name, one in sheet.table.items()}
    return assembled(table | {"file": file, "row": sheet.numbers[kept]})


def _chosen(values: Any, kept: NDArray[np.int64]) -> Any:
    """Some of the values; texts stay the objects they are."""
    return (np.array(values, dtype=object) if isinstance(values, list) else np.asarray(values))[kept]


def _column(values: Any, kind: str, n: int) -> Any:
    """Values, or the empty ones of the kind, as pandas keeps them; a single text stands for all rows."""
    if kind == "text":
        if values is None or isinstance(values, str):
            return pd.array([values or ""], dtype="str").repeat(n)
        return pd.array(np.asarray(values, object), dtype="str")
    if values is None:
        return np.full(n, {"float": np.nan, "int": -1, "bool": False}[kind])
    return np.asarray(values, dtype=_DTYPES[kind])


def _set_aside(sheet: Sheet, reason: NDArray[np.object_], file: str) -> pd.DataFrame:
    rows = np.flatnonzero(reason != "")
    if not len(rows):
        return _nothing_aside().copy()
    given = np.array([plain(sheet.given(int(row))) for row in rows], dtype=object)
    table = {"file": file, "row": sheet.numbers[rows], "reason": reason[rows], "given": given}
    made = {column.name: _column(table[column.name], column.type, len(rows)) for column in columns.SET_ASIDE}
    return pd.DataFrame(made, copy=False)


def _counts(aside: pd.DataFrame) -> str:
    counts = aside["reason"].value_counts()
    return ", ".join(f"{count} × {reason}" for reason, count in counts.items()) or "no rows"


@cache
def _nothing_aside() -> pd.DataFrame:
    return columns.empty(columns.SET_ASIDE)


@cache
def _wgs84() -> CRS:
    return CRS.from_epsg(4326)
