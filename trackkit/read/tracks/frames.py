"""A DataFrame with the column names and units of `traffic` -> Track."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trackkit import columns
from trackkit.errors import InputError, TrackError
from trackkit.model import Track
from trackkit.read.tracks import sheets
from trackkit.read.tracks.values import Fault, Floats, instants_s, numbers, texts
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

__all__ = ["KNOWN", "NAMES", "cells", "frame", "sheet_of", "times"]

#: traffic's name -> (column of `trackkit.columns.FIXES`, factor to SI)
NAMES: dict[str, tuple[str, float]] = {
    "altitude": ("altitude_baro_m", FT_M),
    "geoaltitude": ("altitude_geom_m", FT_M),
    "groundspeed": ("groundspeed_mps", KT_MPS),
    "track": ("track_deg", 1.0),
    "vertical_rate": ("vertical_rate_mps", FTMIN_MPS),
    "roll": ("roll_deg", 1.0),
    "onground": ("on_ground", 1.0),
    "callsign": ("callsign", 1.0),
    "squawk": ("squawk", 1.0),
}
_NEEDED = ("timestamp", "latitude", "longitude")
_OWN = {column.name: column for column in columns.FIXES if column.name not in ("file", "row")}
#: all columns that are used
KNOWN = {*_NEEDED, *NAMES, *_OWN, "icao24", "last_position"}
_UTC = "times with a zone: df.timestamp.dt.tz_localize('UTC'), if they are UTC"
_TRUE, _FALSE = ("true", "1", "1.0", "g"), ("false", "0", "0.0", "a", "")


def frame(df: pd.DataFrame, *, name: str | None = None, aircraft: str | None = None) -> Track:
    """A track from a DataFrame as `traffic` has it.

    Parameters
    ----------
    df : DataFrame
        With ``timestamp`` (with zone), ``latitude``, ``longitude`` and any of ``altitude`` (pressure altitude, ft),
        ``geoaltitude`` (ft above the ellipsoid), ``groundspeed`` (kt), ``track`` (deg true), ``vertical_rate``
        (ft/min), ``roll`` (deg), ``onground``, ``callsign``, ``squawk``, ``icao24``, ``last_position`` (time with
        zone); columns of `trackkit.columns.FIXES` are taken as they are.
    name : str, optional
        What the aircraft goes by; else its ``icao24`` or first ``callsign``.
    aircraft : str, optional
        The ``icao24`` to take where there are several.

    Returns
    -------
    Track
        Row numbers count from 1 in the order given; columns that are not used are named in the notes.

    Raises
    ------
    TrackError
        If a column is missing or double, a timestamp has no zone, there are several aircraft, or no row is a fix.
    """
    table = _checked(df)
    try:
        sheet = sheet_of(table, aircraft)
    except InputError as error:
        raise error.at("DataFrame") from None
    found = sheets.track(sheet, "DataFrame", {})
    return Track(name or found.name, found.origin, found.fixes, found.reading)


def _checked(df: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(df, pd.DataFrame):
        raise TrackError("not a DataFrame", type(df).__name__, "a pandas DataFrame")
    names = [str(name) for name in df.columns]
    if missing := [name for name in _NEEDED if name not in names]:
        raise TrackError("a column is missing", missing, ", ".join(_NEEDED), "DataFrame")
    if len(set(names)) < len(names):
        raise TrackError("two columns of one name", names, "a name of its own for each", "DataFrame")
    return df.set_axis(names, axis=1).reset_index(drop=True)


def sheet_of(df: pd.DataFrame, aircraft: str | None) -> sheets.Sheet:
    """The rows of a DataFrame; raises as `frame`."""
    time_s, undated = times(df["timestamp"], "timestamp")
    position, unread = numbers({name: cells(df[name]) for name in ("latitude", "longitude")})
    table, faults = _table(df)
    addresses = texts(cells(df["icao24"])) if "icao24" in df else [""] * len(df)
    name, others = sheets.one_aircraft(addresses, aircraft, "DataFrame")
    if "last_position" in df:
        last_s, unread_age = times(df["last_position"], "last_position")
        table["position_age_s"] = time_s - last_s
        faults = [*faults, *unread_age]
    callsign = next((one for one in table.get("callsign", ()) if one), "")
    return sheets.Sheet(
        "DataFrame", name or callsign or "DataFrame", "DataFrame",
        {**position, **table, "time_s": time_s}, notes=_unused(df),
        given=lambda row: str([df[name].iat[row] for name in df]),
        faults=[(others, "another aircraft"), *undated, *unread, *faults],
    )  # fmt: skip


def _table(df: pd.DataFrame) -> tuple[dict[str, Any], list[Fault]]:
    """The columns of fixes in SI, and the cells that cannot be read."""
    names = {name: NAMES.get(name, (name, 1.0)) for name in df.columns if name in NAMES or name in _OWN}
    table: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, (column, factor) in names.items():
        if column in table:
            raise TrackError("two columns that say the same", name, f"one for {column}")
        table[column], found = _column(cells(df[name]), column, factor)
        faults += found
    return table, faults


def _column(found: list[Any], name: str, factor: float) -> tuple[Any, list[Fault]]:
    kind = _OWN[name].type
    if kind == "text":
        return texts(found), []
    if kind == "float":
        values, faults = numbers({name: found}, {name: factor})
        return values[name], faults
    words = [str("" if cell is None else cell).strip().lower() for cell in found]
    bad = np.array([word not in (*_TRUE, *_FALSE) for word in words], dtype=bool)
    return np.array([word in _TRUE for word in words], dtype=bool), [(bad, f"{name} that is neither true nor false")]


def cells(series: pd.Series) -> list[Any]:
    """The cells, with None for every way in which pandas says that there is none."""
    if series.dtype == "float64" and series.notna().all():
        return series.tolist()
    return series.astype(object).where(series.notna(), None).tolist()


def times(series: pd.Series, name: str) -> tuple[Floats, list[Fault]]:
    """Unix seconds of a column of times with their zones, and the cells that are none.

    Raises
    ------
    TrackError
        If a time has no zone.
    """
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        stamps = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        seconds = stamps.astype("datetime64[us]").astype("int64") / 1e6
        return np.where(np.isnat(stamps), np.nan, seconds), []
    if series.dtype.kind in "Miuf" and series.notna().any():
        raise TrackError(f"{name} without a time zone", series.dtype, _UTC)
    seconds, bad, zoneless = instants_s([_told(cell) for cell in cells(series)])
    if zoneless.any():
        row = int(np.flatnonzero(zoneless)[0])
        raise TrackError(f"{name} without a time zone", series.iloc[row], _UTC, row=f"row {row + 1}")
    return seconds, [(bad, f"{name} that is no time")]


def _told(cell: Any) -> Any:
    """A Timestamp or datetime in a column of objects as its ISO text."""
    return cell.isoformat() if hasattr(cell, "isoformat") else cell


def _unused(df: pd.DataFrame) -> tuple[str, ...]:
    unused = [name for name in df.columns if name not in KNOWN]
    return (f"columns not used: {', '.join(unused)}",) if unused else ()
