"""Heights and their datums: ellipsoid, sea level (EGM96), ground, pressure. Conversions that refuse to guess.

No coordinate transformation of PROJ is asked, so none can fall back to a "ballpark": the geoid is a stored grid.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from trackkit.earth.geodesy import Array
from trackkit.earth.stored import data_folder
from trackkit.earth.terrain import Grid, GroundError, terrain_m
from trackkit.errors import InputError

__all__ = ["DATUMS", "geoid_m", "height_m"]

#: what a height may be above: "pressure" is the standard pressure surface, 1013.25 hPa
DATUMS = ("ellipsoid", "sea level", "ground", "pressure")
_CELLS = 4.0
_GEOID_ERROR = GroundError(0.0, 1.0, 0.0, False, "EGM96, 15 arc-minutes, bilinear; the model itself is good to 0.5-1 m")


def geoid_m(latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """Read the height of mean sea level (EGM96) above the WGS84 ellipsoid (m), bilinear between 15 arc-minutes.

    Parameters
    ----------
    latitude, longitude : array_like
        Degrees; shapes broadcast. NaN is carried.

    Raises
    ------
    InputError
        If a latitude lies beyond a pole.

    Notes
    -----
    Lemoine et al., The development of the joint NASA GSFC and NIMA geopotential model EGM96, NASA/TP-1998-206861.

    Examples
    --------
    >>> round(float(geoid_m(34.724, 36.7256)))  # Homs
    27
    """
    return terrain_m(latitude, longitude, _geoid())


def height_m(
    value_m: ArrayLike,
    latitude: ArrayLike,
    longitude: ArrayLike,
    given: str,
    wanted: str,
    qnh_offset_m: ArrayLike | None = None,
) -> Array:
    """Take a height from one datum to another.

    Parameters
    ----------
    value_m : array_like
        Height above the datum `given`.
    latitude, longitude : array_like
        Degrees; shapes broadcast.
    given, wanted : str
        One of `DATUMS`.
    qnh_offset_m : array_like, optional
        What to add to a pressure altitude to have the height above sea level: `trackkit.air.qnh_offset_m` of the QNH.
        It must be given where pressure is on one side only; there is no default, 1013.25 hPa least of all.

    Returns
    -------
    height_m : array
        NaN where the ground is asked and not known.

    Raises
    ------
    InputError
        If a datum is not named as in `DATUMS`, or pressure is asked without a QNH.
    """
    for name in (given, wanted):
        if name not in DATUMS:
            raise InputError("not a datum of heights", name, DATUMS)
    value = np.asarray(value_m, float)
    if given == wanted:
        return np.array(np.broadcast_arrays(value, latitude, longitude)[0], float)[()]
    if "pressure" in (given, wanted) and qnh_offset_m is None:
        raise InputError("pressure altitude without a QNH", None, "qnh_offset_m, see trackkit.air.qnh_offset_m")
    offset = 0.0 if qnh_offset_m is None else np.asarray(qnh_offset_m, float)
    return np.asarray(value + _over_sea(given, latitude, longitude, offset)
                      - _over_sea(wanted, latitude, longitude, offset))[()]  # fmt: skip


def _over_sea(datum: str, latitude: ArrayLike, longitude: ArrayLike, offset: ArrayLike) -> Array:
    """The height of a datum above mean sea level."""
    if datum == "ellipsoid":
        return -geoid_m(latitude, longitude)
    if datum == "ground":
        return terrain_m(latitude, longitude)
    lat, lon = np.broadcast_arrays(np.asarray(latitude, float), np.asarray(longitude, float))
    return (lat + lon) * 0.0 + (np.asarray(offset, float) if datum == "pressure" else 0.0)


@cache
def _geoid() -> Grid:
    """The whole world, from second differences (centimetres) along longitude and latitude; read-only."""
    with np.load(data_folder() / "earth" / "geoid.npz", allow_pickle=False) as stored:
        height = (stored["second_cm"].astype(np.int32).cumsum(0).cumsum(1) / 100.0).astype(np.float32)
    height.flags.writeable = False
    return Grid(height, 90.0 + 0.5 / _CELLS, -180.0 - 0.5 / _CELLS, _CELLS, _GEOID_ERROR)
