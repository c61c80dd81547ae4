"""A Track -> a DataFrame with the column names and units of `traffic`."""

from __future__ import annotations

import re

import pandas as pd

from trackkit import columns
from trackkit.model import Track
from trackkit.read.tracks.frames import NAMES

__all__ = ["frame"]

_ADDRESS = re.compile(r"~?[0-9a-f]{6}", re.IGNORECASE)


def frame(track: Track) -> pd.DataFrame:
    """A track as `traffic` has it; `trackkit.read.frame` reads it back.

    Parameters
    ----------
    track : Track

    Returns
    -------
    DataFrame
        ``timestamp`` (UTC), ``icao24`` where the track goes by an address, ``callsign``, ``latitude``, ``longitude``,
        ``altitude`` (pressure altitude, ft), ``geoaltitude`` (ft above the ellipsoid), ``groundspeed`` (kt),
        ``track`` (deg true), ``vertical_rate`` (ft/min), ``roll`` (deg), ``onground``, ``squawk``; then those columns
        of `trackkit.columns.FIXES` that `traffic` has no name for and that hold anything, in SI.
    """
    fixes = track.fixes
    table = {"timestamp": fixes.index, "latitude": fixes.geometry.y, "longitude": fixes.geometry.x}
    if _ADDRESS.fullmatch(track.name):
        table["icao24"] = track.name
    for name, (column, factor) in NAMES.items():
        table[name] = fixes[column] / factor if factor != 1.0 else fixes[column]
    made = pd.DataFrame(table).assign(**{name: fixes[name] for name in _more(fixes)})
    return made.reset_index(drop=True)


def _more(fixes: pd.DataFrame) -> list[str]:
    """Columns that `traffic` has no name for and that hold anything."""
    named = {"file", "row", *(column for column, _ in NAMES.values())}
    others = [column for column in columns.FIXES if column.name not in named]
    empty = {"text": "", "bool": False}
    return [one.name for one in others if (fixes[one.name].notna() & (fixes[one.name] != empty.get(one.type))).any()]
