"""Exact factors to SI, and the door through which reported values come in.

Inside trackkit every value is in SI units, angles are in degrees and times are UTC. A factor multiplies on the
way in and divides on the way out. Factors are exact by definition (international foot and nautical mile).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trackkit.errors import InputError

FT_M = 0.3048
NM_M = 1852.0
KT_MPS = NM_M / 3600
KMH_MPS = 1000 / 3600
FTMIN_MPS = FT_M / 60

#: unit -> (dimension, factor to SI)
UNITS: dict[str, tuple[str, float]] = {
    "m": ("length", 1.0),
    "km": ("length", 1000.0),
    "ft": ("length", FT_M),
    "FL": ("length", 100 * FT_M),
    "NM": ("length", NM_M),
    "mi": ("length", 1609.344),
    "m/s": ("speed", 1.0),
    "km/h": ("speed", KMH_MPS),
    "kt": ("speed", KT_MPS),
    "mph": ("speed", 0.44704),
    "ft/min": ("speed", FTMIN_MPS),
    "s": ("time", 1.0),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "deg": ("angle", 1.0),
    "kg": ("mass", 1.0),
    "t": ("mass", 1000.0),
    "m/s2": ("acceleration", 1.0),
    "Mach": ("Mach", 1.0),
    "hPa": ("pressure", 100.0),
}

_ALIASES = {
    "feet": "ft", "foot": "ft", "metres": "m", "meters": "m", "nm": "NM", "nmi": "NM", "knots": "kt", "kts": "kt",
    "kmh": "km/h", "kph": "km/h", "fpm": "ft/min", "minutes": "min", "minute": "min", "hours": "h", "hour": "h",
    "seconds": "s", "degrees": "deg", "°": "deg", "m/s²": "m/s2", "mach": "Mach",
}  # fmt: skip
_NUMBER = re.compile(r"^\s*(?P<number>[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?)\s*(?P<unit>\D\S*)\s*$")


@dataclass(frozen=True)
class Quantity:
    """A reported value: as written, and in SI.

    `si` is the value in SI units; `rounding_si` is the place of its last non-zero digit in SI units (3,650 m has
    50 m, 12,000 ft has 304.8 m), which is how exactly the number was told.
    """

    text: str
    number: float
    unit: str
    dimension: str
    si: float
    rounding_si: float


def to_si(value: float, unit: str) -> float:
    """A value in `unit` as SI.

    >>> round(to_si(23_650, "ft"), 2)
    7208.52
    """
    return value * UNITS[_known(unit)][1]


def from_si(value: float, unit: str) -> float:
    """An SI value in `unit`."""
    return value / UNITS[_known(unit)][1]


def quantity(text: str, dimension: str) -> Quantity:
    """Read a value as it was reported.

    Parameters
    ----------
    text : str
        A number and its unit: ``"3,650 m"``, ``"442 kt"``, ``"2,429 ft/min"``. A comma groups thousands.
    dimension : str
        What kind of quantity it must be: ``length``, ``speed``, ``time``, ``angle``, ``mass`` …

    Raises
    ------
    InputError
        If there is no number, no unit, an unknown unit or a unit of another dimension.

    Examples
    --------
    >>> quantity("3,650 m", "length").rounding_si
    50.0
    """
    match = _NUMBER.match(text) if isinstance(text, str) else None
    if match is None:
        raise InputError(f"not a {dimension} with its unit", text, f"a number and one of {_units_of(dimension)}")
    unit = _known(match["unit"])
    if UNITS[unit][0] != dimension:
        raise InputError(f"not a unit of {dimension}", text, _units_of(dimension))
    digits = match["number"].replace(",", "")
    factor = UNITS[unit][1]
    return Quantity(text, float(digits), unit, dimension, float(digits) * factor, _last_place(digits) * factor)


def rounder(told: Quantity) -> Quantity | None:
    """The rounder number in feet or knots that a metric value was likely turned from: 3,650 m is 12,000 ft.

    Aircraft report feet and knots, and newspapers turn them into their own units. The roundest number within half a
    step of the value's own rounding is found, if its own step is at least four times that rounding; so one value in
    four at most has one by chance. A number of feet that 25 divides counts as told in steps of 25 ft, those of
    transponders.

    Examples
    --------
    >>> rounder(quantity("3,650 m", "length")).text, rounder(quantity("495 m", "length")).text
    ('12,000 ft', '1,625 ft')
    >>> rounder(quantity("16,000 ft", "length")) is None
    True
    """
    unit = _INSTRUMENTS.get(told.unit)
    if unit is None:
        return None
    factor = UNITS[unit][1]
    value, own = told.si / factor, told.rounding_si / factor
    for step in (10_000, 5_000, 1_000, 500, 100, 50, 25, 10, 5, 1):
        number = round(value / step) * step
        exact = max(_last_place(str(number)), 25.0 if unit == "ft" and number % 25 == 0 else 0.0)
        if number > 0 and abs(number - value) <= 0.5 * own and exact >= _LEAST_RATIO * own:
            return Quantity(f"{number:,} {unit}", float(number), unit, told.dimension, number * factor, exact * factor)
    return None


#: the unit of the instruments for each unit of the press
_INSTRUMENTS = {"m": "ft", "km": "ft", "km/h": "kt", "mph": "kt", "m/s": "kt"}
_LEAST_RATIO = 4.0


def _known(unit: str) -> str:
    unit = _ALIASES.get(unit, unit)
    if unit not in UNITS:
        raise InputError("unknown unit", unit, UNITS)
    return unit


def _units_of(dimension: str) -> str:
    return ", ".join(unit for unit, (kind, _) in UNITS.items() if kind == dimension)


def _last_place(digits: str) -> float:
    """The value of one step in the last non-zero digit; a trailing 5 counts half a step of the digit before it."""
    whole, _, fraction = digits.lstrip("+-").partition(".")
    if fraction:
        return 10.0 ** -len(fraction)
    stripped = whole.rstrip("0")
    zeros = len(whole) - len(stripped)
    if not stripped:
        return 1.0
    if stripped.endswith("5") and zeros > 0:
        return 5.0 * 10.0**zeros
    return 10.0**zeros
