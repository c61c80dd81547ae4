"""Geodesics on the WGS84 ellipsoid, bearings and turns, compass words."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from trackkit.errors import InputError

__all__ = ["compass_deg", "forward", "geocentric", "inverse", "turn_deg", "wrap_deg"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_WGS84 = Geod(ellps="WGS84")

_WINDS = (
    "north", "north-north-east", "north-east", "east-north-east", "east", "east-south-east", "south-east",
    "south-south-east", "south", "south-south-west", "south-west", "west-south-west", "west",
    "west-north-west", "north-west", "north-north-west",
)  # fmt: skip
_HALF_SECTOR_DEG = (45.0, 22.5, 11.25)  # by how many words the name has


def wrap_deg(angle: ArrayLike) -> Array:
    """Bring an angle (degrees) to (-180, 180]; exact, and NaN stays NaN.

    >>> float(wrap_deg(190.0)), float(wrap_deg(-180.0))
    (-170.0, 180.0)
    """
    rest = np.fmod(np.asarray(angle, float), 360.0)
    return rest - 360.0 * (rest > 180.0) + 360.0 * (rest <= -180.0)


def turn_deg(from_track: ArrayLike, to_track: ArrayLike) -> Array:
    """Measure the smallest turn (degrees) from one track to another, right positive, in (-180, 180].

    >>> float(turn_deg(350.0, 20.0)), float(turn_deg(20.0, 350.0))
    (30.0, -30.0)
    """
    return wrap_deg(np.asarray(to_track, float) - np.asarray(from_track, float))


def inverse(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> tuple[Array, Array]:
    """Distance and bearing from one point to another along the shortest geodesic of WGS84.

    Parameters
    ----------
    lat1, lon1, lat2, lon2 : array_like
        Degrees; shapes broadcast.

    Returns
    -------
    distance_m, azimuth_deg : array
        Metres, and the bearing at the first point in [0, 360). Between coincident points the distance is zero
        and the bearing has no meaning.

    Raises
    ------
    InputError
        If a value is not finite or a latitude lies beyond a pole.

    Notes
    -----
    Karney, Algorithms for geodesics, Journal of Geodesy 87 (2013) 43-55, as PROJ has it; good to nanometres.

    Examples
    --------
    >>> distance, azimuth = inverse(33.4115, 36.5156, 35.4011, 35.9487)
    >>> round(float(distance)), round(float(azimuth), 1)
    (226776, 346.9)
    """
    _refuse_bad(latitude=(lat1, lat2), longitude=(lon1, lon2))
    shape, (lat1, lon1, lat2, lon2) = _flat(lat1, lon1, lat2, lon2)
    azimuth, _, distance = _WGS84.inv(lon1, lat1, lon2, lat2)
    return _shaped(distance, shape), _shaped(_bearing(azimuth), shape)


def forward(lat: ArrayLike, lon: ArrayLike, azimuth_deg: ArrayLike, distance_m: ArrayLike) -> tuple[Array, Array]:
    """Find the point that lies a distance along the geodesic which leaves a point on a bearing.

    Parameters
    ----------
    lat, lon, azimuth_deg : array_like
        Degrees; shapes broadcast. At a pole the bearing counts from the meridian of `lon`.
    distance_m : array_like
        Metres, of any length; negative goes backwards.

    Returns
    -------
    lat, lon : array
        Degrees, longitude in (-180, 180].

    Raises
    ------
    InputError
        If a value is not finite or a latitude lies beyond a pole.

    Examples
    --------
    >>> lat, lon = forward(0.0, 179.9, 90.0, 22_264.0)
    >>> round(float(lat), 3), round(float(lon), 3)
    (0.0, -179.9)
    """
    _refuse_bad(latitude=(lat,), longitude=(lon,), azimuth=(azimuth_deg,), distance=(distance_m,))
    shape, (lat, lon, azimuth, distance) = _flat(lat, lon, azimuth_deg, distance_m)
    end_lon, end_lat, _ = _WGS84.fwd(lon, lat, azimuth, distance)
    return _shaped(end_lat, shape), _shaped(wrap_deg(end_lon), shape)


def geocentric(latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """Make unit vectors (earth-centred, earth-fixed) along the outward normal of the ellipsoid: n-vectors.

    Parameters
    ----------
    latitude, longitude : array_like
        Geodetic degrees; shapes broadcast.

    Returns
    -------
    normals : array, shape (..., 3)
        x towards 0 N 0 E, y towards 0 N 90 E, z towards the north pole. They hold the geodetic latitude, not
        the direction of the point from the earth's centre.

    Raises
    ------
    InputError
        If a value is not finite or a latitude lies beyond a pole.

    Notes
    -----
    Gade, A non-singular horizontal position representation, Journal of Navigation 63 (2010) 395-417.

    Examples
    --------
    >>> geocentric(0.0, 0.0).tolist()
    [1.0, 0.0, 0.0]
    """
    _refuse_bad(latitude=(latitude,), longitude=(longitude,))
    phi, lam = np.broadcast_arrays(np.radians(latitude), np.radians(longitude))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def compass_deg(word: str) -> tuple[float, float]:
    """Look up the bearing and half-sector (degrees) of a compass word.

    Parameters
    ----------
    word : str
        One of the sixteen winds, in full or as letters, in any case, with hyphens, blanks or neither:
        ``"north-west"``, ``"northwest"``, ``"NW"``, ``"west-north-west"``.

    Returns
    -------
    bearing_deg, half_sector_deg : float
        The half-sector is what the word leaves open to either side: 45 for the four winds, 22.5 for the four
        between them, 11.25 for the eight between those.

    Raises
    ------
    InputError
        If the word is none of the sixteen.

    Notes
    -----
    Half-sectors after the point-radius method (Wieczorek, Guo and Hijmans, International Journal of
    Geographical Information Science 18 (2004) 745-767): as precise a direction as the word chosen, no more.

    Examples
    --------
    >>> compass_deg("NW"), compass_deg("west-north-west")
    ((315.0, 22.5), (292.5, 11.25))
    """
    cleaned = re.sub(r"[\s-]", "", word).lower() if isinstance(word, str) else ""
    for index, wind in enumerate(_WINDS):
        if cleaned in (wind.replace("-", ""), _letters(wind)):
            return 22.5 * index, _HALF_SECTOR_DEG[wind.count("-")]
    raise InputError("not a compass word", word, _WINDS)


def _letters(wind: str) -> str:
    return "".join(part[0] for part in wind.split("-"))


def _bearing(azimuth: Array) -> Array:
    return np.where(azimuth < 0.0, azimuth + 360.0, azimuth) % 360.0


def _refuse_bad(**values: tuple[ArrayLike, ...]) -> None:
    for name, arrays in values.items():
        for array in arrays:
            _refuse_where(~np.isfinite(np.asarray(array, float)), array, f"{name} is not a number")
    for array in values["latitude"]:
        _latitude(array)


def _latitude(latitude: ArrayLike) -> Array:
    array = np.asarray(latitude, float)
    _refuse_where(np.abs(array) > 90.0, array, "latitude beyond a pole", "-90 to 90 degrees")
    return array


def _refuse_where(bad: Mask, array: ArrayLike, what: str, allowed: str = "finite numbers") -> None:
    if np.any(bad):
        index = int(np.flatnonzero(bad)[0])
        raise InputError(what, float(np.ravel(array)[index]), allowed, row=index if np.ndim(bad) else None)


def _flat(*values: ArrayLike) -> tuple[tuple[int, ...], list[Array]]:
    """Give the common shape of the values, and each of them as one flat array of that many numbers."""
    arrays = np.broadcast_arrays(*[np.asarray(value, float) for value in values])
    return arrays[0].shape, [np.array(array).ravel() for array in arrays]


def _shaped(flat: Array, shape: tuple[int, ...]) -> Array:
    return np.asarray(flat, float).reshape(shape)[()]
