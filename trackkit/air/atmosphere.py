"""Standard atmosphere: pressure altitude and QNH, true and calibrated air speed, Mach number, the air itself.

The atmosphere itself is openap.aero's (ISA, geopotential height); this module names the conversions that trackkit
uses and tabulates true air speed for the compiled engine.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "GRAVITY_MPS2", "STANDARD_QNH_PA", "Air", "SpeedTable", "cas_mps", "mach", "pressure_altitude_m", "qnh_offset_m",
    "speed_table", "standard", "tas_mps",
]  # fmt: skip

STANDARD_QNH_PA = 101_325.0
GRAVITY_MPS2 = 9.80665

Array = NDArray[np.float64]


@cache
def _aero() -> ModuleType:
    """The atmosphere's library, imported on first use: it takes longer to import than all of trackkit."""
    return import_module("openap.aero")


def tas_mps(cas: ArrayLike, altitude_m: ArrayLike) -> Array:
    """True air speed (m/s) of a calibrated air speed (m/s) at a height (m), in the standard atmosphere."""
    return np.asarray(_aero().cas2tas(np.asarray(cas, float), np.asarray(altitude_m, float)), float)


def cas_mps(tas: ArrayLike, altitude_m: ArrayLike) -> Array:
    """Calibrated air speed (m/s) of a true air speed (m/s) at a height (m), in the standard atmosphere."""
    return np.asarray(_aero().tas2cas(np.asarray(tas, float), np.asarray(altitude_m, float)), float)


def mach(tas: ArrayLike, altitude_m: ArrayLike) -> Array:
    """Mach number of a true air speed (m/s) at a height (m), in the standard atmosphere."""
    return np.asarray(_aero().tas2mach(np.asarray(tas, float), np.asarray(altitude_m, float)), float)


def qnh_offset_m(qnh_pa: ArrayLike) -> Array:
    """What to add to a pressure altitude to get the height above mean sea level, by the altimeter's own rule.

    An altimeter set to QNH reads pressure altitude less the pressure altitude of QNH (ICAO Doc 7488, ISA below
    11 km). With QNH 1,020 hPa the offset is +56 m.

    >>> round(float(qnh_offset_m(102_000.0)))
    56
    """
    return -44_330.77 * (1.0 - (np.asarray(qnh_pa, float) / STANDARD_QNH_PA) ** 0.190263)


class Air(NamedTuple):
    """Air at a height: pressure (Pa), temperature (K), density (kg/m3) and speed of sound (m/s)."""

    pressure_pa: Array
    temperature_k: Array
    density_kgpm3: Array
    sound_mps: Array


def standard(altitude_m: ArrayLike) -> Air:
    """The standard atmosphere at a pressure altitude (m, geopotential), up to 20 km, as openap.aero has it.

    Against `fluids` (US Standard 1976, the same as ISA there) pressure and density are within 0.05 %, temperature and
    speed of sound within 0.01 %, by the tests.
    """
    height = np.asarray(altitude_m, float)
    pressure, density, temperature = _aero().atmos(height)
    sound = _aero().vsound(height)
    return Air(*(np.asarray(value, float) for value in (pressure, temperature, density, sound)))


def pressure_altitude_m(pressure_pa: ArrayLike) -> Array:
    """The pressure altitude (m, geopotential) at which the standard atmosphere has a pressure (Pa), up to 20 km.

    ICAO Doc 7488: a lapse of 6.5 K/km up to 11 km (22,632 Pa), the same temperature above.

    >>> [round(float(pressure_altitude_m(pascals))) for pascals in (50_000.0, 20_000.0)]
    [5574, 11784]
    """
    share = np.asarray(pressure_pa, float) / STANDARD_QNH_PA
    below = 44_330.77 * (1.0 - share**0.190263)
    above = 11_000.0 - 6_341.62 * np.log(share / 0.2233611)
    return np.where(share > 0.2233611, below, above)


class SpeedTable(NamedTuple):
    """True air speed by calibrated air speed and height, and the speed of sound by height, for the engine.

    `tas_mps` has shape (calibrated speeds, heights); both axes start at zero and have even steps. Read between the
    points in a straight line: the error stays under 0.1 m/s within any transport's envelope.
    """

    tas_mps: Array
    cas_step_mps: float
    sound_mps: Array
    height_step_m: float


@cache
def speed_table(cas_step_mps: float = 5.0, height_step_m: float = 200.0) -> SpeedTable:
    """The table of true air speeds up to 300 m/s calibrated and 20 km."""
    cas = np.arange(0.0, 300.0 + cas_step_mps, cas_step_mps)
    height = np.arange(0.0, 20_000.0 + height_step_m, height_step_m)
    return SpeedTable(
        tas_mps(cas[:, None], height[None, :]), cas_step_mps, np.asarray(_aero().vsound(height), float), height_step_m
    )
