"""Exact factors, and values as they are reported."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackkit import units
from trackkit.errors import InputError

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-9)


@given(NUMBERS, st.sampled_from(sorted(units.UNITS)))
def test_there_and_back(value, unit):
    assert math.isclose(units.from_si(units.to_si(value, unit), unit), value, rel_tol=1e-14)


@given(st.integers(0, 999_999), st.sampled_from(["m", "km", "ft", "NM", "FL"]))
def test_a_length_is_read_as_it_is_written(number, unit):
    plain, grouped = (
        units.quantity(f"{number} {unit}", "length"),
        units.quantity(f"{number:,} {unit}", "length"),
    )
    assert plain.si == grouped.si == units.to_si(number, unit)
    assert plain.rounding_si > 0


@given(st.integers(1, 9_999), st.integers(0, 4))
def test_rounding_divides_the_number_that_was_told(number, zeros):
    told = units.quantity(f"{number * 10**zeros} m", "length")
    assert told.si % told.rounding_si == 0


@pytest.mark.parametrize(
    ("text", "dimension", "si", "rounding"),
    [
        ("3,650 m", "length", 3650.0, 50.0),
        ("12,000 ft", "length", 3657.6, 304.8),
        ("2.6 km", "length", 2600.0, 100.0),
        ("34 kt", "speed", 34 * 1852 / 3600, 1852 / 3600),
        ("64 km/h", "speed", 64 / 3.6, 1 / 3.6),
        ("2,429 ft/min", "speed", 2429 * 0.3048 / 60, 0.3048 / 60),
        ("5 minutes", "time", 300.0, 60.0),
        ("80 deg", "angle", 80.0, 10.0),
    ],
)
def test_values_of_the_press(text, dimension, si, rounding):
    told = units.quantity(text, dimension)
    assert told.si == pytest.approx(si, rel=1e-12)
    assert told.rounding_si == pytest.approx(rounding, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("495", "not a length with its unit"),
        ("m", "not a length with its unit"),
        ("495 kms", "did you mean 'km'"),
        ("495 kt", "not a unit of length"),
        (495, "not a length with its unit"),
    ],
)
def test_what_is_no_length_is_refused(text, says):
    with pytest.raises(InputError, match=says):
        units.quantity(text, "length")


@pytest.mark.parametrize(
    ("told", "was"),
    [("3,650 m", "12,000 ft"), ("1,070 m", "3,500 ft"), ("495 m", "1,625 ft"), ("7,209 m", "23,650 ft"),
     ("241 km/h", "130 kt"), ("12,000 ft", None), ("100 km/h", None), ("2.6 km", None), ("500 m", None)],
)  # fmt: skip
def test_metric_figures_that_were_feet_or_knots(told: str, was: str | None) -> None:
    found = units.rounder(units.quantity(told, "speed" if told.endswith("/h") else "length"))
    assert (found.text if found else None) == was
