"""Magnetic declination, from the International Geomagnetic Reference Field."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trackkit.errors import InputError

__all__ = ["DECLINATION_SD_DEG", "declination_deg"]

#: what a model of the main field leaves open, crust and storms, at middle latitudes [assumed]
DECLINATION_SD_DEG = 0.5
_FIRST, _LAST = pd.Timestamp("1900-01-01", tz="UTC"), pd.Timestamp("2030-01-01", tz="UTC")


def declination_deg(
    latitude: ArrayLike, longitude: ArrayLike, height_m: ArrayLike, time: pd.Timestamp | str
) -> NDArray[np.float64]:
    """How far magnetic north lies east of true north: true bearing = magnetic bearing + declination.

    IGRF-14, through ppigrf. What it leaves open is taken as 0.5 degrees at middle latitudes (`DECLINATION_SD_DEG`),
    and is far more towards the magnetic poles.

    Parameters
    ----------
    latitude, longitude, height_m : array_like
        Geodetic degrees and metres above the WGS84 ellipsoid; they broadcast. NaN is carried.
    time : Timestamp or str
        With a zone, from 1900 to 2029; a position's field moves by some 0.1 degrees a year.

    Returns
    -------
    array
        Degrees, positive to the east, from -180 to 180.

    Raises
    ------
    InputError
        If the time has no zone or lies outside the model, or a latitude is a pole's, where there is no north.
    """
    moment = pd.Timestamp(time)
    if moment.tzinfo is None:
        raise InputError("a time without a zone", str(time), "as in 2024-12-08T04:00Z")
    if not _FIRST <= moment < _LAST:
        raise InputError("outside the years of the magnetic field's model", str(time), "1900 to 2029")
    phi, lam, height = np.broadcast_arrays(*(np.asarray(part, float) for part in (latitude, longitude, height_m)))
    if np.any(np.abs(phi) >= 90.0):
        raise InputError("no declination at a pole or beyond", float(np.abs(phi).max()), "a latitude within 90 degrees")
    model = import_module("ppigrf")  # on first use: it reads its coefficients
    plain = moment.tz_convert("UTC").tz_localize(None).to_pydatetime()
    east, north, _ = model.igrf(lam.ravel(), phi.ravel(), height.ravel() / 1_000.0, plain)
    return np.degrees(np.arctan2(east[0], north[0])).reshape(phi.shape)
