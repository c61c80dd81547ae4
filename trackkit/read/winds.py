"""An analyst's own wind: a file of a reanalysis or forecast (ERA5, GFS) on levels of pressure, as netCDF."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from trackkit import air, earth
from trackkit.errors import InputError

__all__ = ["ANALYSIS_SD_MPS", "wind"]

#: what an analysis's wind is off by itself, in either part (m/s) [assumed]
ANALYSIS_SD_MPS = 2.0

_EAST, _NORTH = ("u", "u_component_of_wind", "ugrd", "ua"), ("v", "v_component_of_wind", "vgrd", "va")
_LEVELS = ("pressure_level", "level", "isobaricInhPa", "isobaric", "plev", "lev")
_TIMES, _LATITUDES, _LONGITUDES = ("valid_time", "time"), ("latitude", "lat"), ("longitude", "lon")
_PASCALS = {"pa": 1.0, "pascal": 1.0, "pascals": 1.0, "hpa": 100.0, "mb": 100.0, "mbar": 100.0, "millibar": 100.0,
            "millibars": 100.0}  # fmt: skip

Box = tuple[float, float, float, float]
Span = tuple[pd.Timestamp, pd.Timestamp]


def wind(path: str | Path, box: Box, window: Span, sd_mps: float = ANALYSIS_SD_MPS) -> air.Wind:
    """The wind of a netCDF file over a box and a span of time, as straight lines over height with their spread.

    Parameters
    ----------
    path : path
        ERA5, GFS or the like: parts ``u`` and ``v`` (m/s) on levels of pressure. netCDF 3 needs nothing more, netCDF 4
        the extra ``weather``. Times are UTC, as the conventions (CF) have it. Longitudes may run from -180 or from 0.
    box : tuple
        West, south, east, north (degrees). All grid points in it are used.
    window : tuple of Timestamp
        First and last moment, with zones. All hours from the one before the first to the one after the last are used.
    sd_mps : float
        What the file's wind itself is off by, in either part.

    Returns
    -------
    air.Wind
        Heights are those of the standard atmosphere. What the lines leave, over heights, places and hours, is in the
        spread; `source` says of what it is made.

    Raises
    ------
    InputError
        If it is no netCDF file, lacks a variable or the box or span, its levels have no unit, its winds are in another
        one, or the window has no zone.
    """
    file = Path(path)
    if any(moment.tzinfo is None for moment in window):
        raise InputError("a time without a zone", str(window), "as in 2024-12-08T04:00Z", file)
    with _opened(file) as data:
        cut = _over(data, box, window, file)
        east, north = (_part(cut, names, file) for names in (_EAST, _NORTH))
        pressure, told = _pressure(cut, file), _told(cut, file)
    level = air.pressure_altitude_m(pressure)
    height = np.broadcast_to(level[:, None], east.shape)
    known = np.isfinite(east) & np.isfinite(north)
    return air.fitted_wind(height[known], east[known], north[known], sd_mps, told)


def _opened(file: Path) -> xr.Dataset:
    if not file.is_file():
        raise InputError("no such file", str(file), "a netCDF file")
    try:
        return xr.open_dataset(file)
    except (ValueError, OSError, TypeError, ImportError) as error:
        allowed = "netCDF with times in UTC (netCDF 4: pip install 'trackkit[weather]'; GRIB: convert it first)"
        raise InputError("a weather file that cannot be read", type(error).__name__, allowed, file) from error


def _name(data: xr.Dataset, names: Iterable[str], file: Path) -> str:
    present = {str(name).lower(): str(name) for name in data.variables}
    for name in names:
        if name.lower() in present:
            return present[name.lower()]
    raise InputError("a weather file lacks a variable", sorted(present.values()), " or ".join(names), file)


def _over(data: xr.Dataset, box: Box, window: Span, file: Path) -> xr.Dataset:
    """The points in the box and the hours about the window; longitudes are told from the box's western edge."""
    west, south, east, north = box
    lat, lon, when = (_name(data, names, file) for names in (_LATITUDES, _LONGITUDES, _TIMES))
    off = np.mod(data[lon].to_numpy() - west, 360.0)
    inside = {
        lon: off <= np.mod(east - west, 360.0),
        lat: (data[lat] >= south).to_numpy() & (data[lat] <= north).to_numpy(),
    }
    times = pd.DatetimeIndex(np.atleast_1d(data[when].to_numpy()))
    first, last = (moment.tz_convert("UTC").tz_localize(None) for moment in window)
    if not (times.min() <= first and last <= times.max()):
        raise InputError("a weather file of other hours", f"{times.min()} to {times.max()}", f"{first} to {last}", file)
    wanted = (times >= times[times <= first].max()) & (times <= times[times >= last].min())
    if not all(np.any(rows) for rows in inside.values()):
        raise InputError("a weather file of another region", None, f"west, south, east, north {box}", file)
    return data.isel({**{name: np.flatnonzero(rows) for name, rows in inside.items()}, when: np.flatnonzero(wanted)})


def _part(cut: xr.Dataset, names: Iterable[str], file: Path) -> np.ndarray:
    """One part of the wind by level and everything else, shape (levels, rest)."""
    name, level = _name(cut, names, file), _name(cut, _LEVELS, file)
    unit = str(cut[name].attrs.get("units", "")).replace(" ", "").replace("**", "")
    if unit not in ("ms-1", "m/s", "ms^-1"):
        raise InputError("a wind in no known unit", unit, "m s-1", file, name)
    values = cut[name].transpose(level, ...).to_numpy().astype(float)
    return values.reshape(len(values), -1)


def _pressure(cut: xr.Dataset, file: Path) -> np.ndarray:
    name = _name(cut, _LEVELS, file)
    unit = str(cut[name].attrs.get("units", "")).lower()
    if unit not in _PASCALS:
        raise InputError("levels of pressure in no known unit", unit, "Pa or hPa", file, name)
    return np.asarray(np.atleast_1d(cut[name].to_numpy()).astype(float) * _PASCALS[unit])


def _told(cut: xr.Dataset, file: Path) -> str:
    sizes = [cut[_name(cut, names, file)].size for names in (_LEVELS, _TIMES, _LATITUDES, _LONGITUDES)]
    east = float(earth.wrap_deg(cut[_name(cut, _LONGITUDES, file)].to_numpy()).max())
    return f"{file.name}: {sizes[0]} levels, {sizes[1]} hours, {sizes[2]} x {sizes[3]} points up to {east:g} E"
