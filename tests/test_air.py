"""Air against the ICAO standard atmosphere (Doc 7488), against openap.aero and against fluids."""

import numpy as np
import pytest
from fluids.atmosphere import ATMOSPHERE_1976
from hypothesis import given
from hypothesis import strategies as st
from openap import aero

from trackkit import air

speeds = st.floats(30.0, 180.0)
heights = st.floats(0.0, 13_000.0)


@given(cas=speeds, height=heights)
def test_true_speed_and_back(cas: float, height: float) -> None:
    tas = air.tas_mps(cas, height)
    assert tas >= cas - 1e-6
    assert air.cas_mps(tas, height) == pytest.approx(cas, rel=1e-6)


@given(cas=speeds, low=heights, high=heights)
def test_the_same_dial_is_faster_higher_up(cas: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert air.tas_mps(cas, low) <= air.tas_mps(cas, high) + 1e-9


@pytest.mark.parametrize(
    ("height", "sound"), [(0.0, 340.294), (5_000.0, 320.545), (11_000.0, 295.069), (15_000.0, 295.069)]
)
def test_speed_of_sound_is_that_of_icao(height: float, sound: float) -> None:
    assert 1.0 / air.mach(1.0, height) == pytest.approx(sound, abs=0.05)


@given(cas=speeds, height=st.floats(0.0, 10_900.0))
def test_true_speed_follows_from_the_impact_pressure(cas: float, height: float) -> None:
    """Doc 7488 by hand: the dial measures the impact pressure that its speed would make at sea level."""
    temperature = 288.15 - 0.0065 * height
    pressure = 101_325.0 * (temperature / 288.15) ** 5.25588
    impact = 101_325.0 * ((1.0 + 0.2 * (cas / 340.294) ** 2) ** 3.5 - 1.0)
    number = np.sqrt(5.0 * ((1.0 + impact / pressure) ** (1.0 / 3.5) - 1.0))
    tas = number * np.sqrt(1.4 * 287.05287 * temperature)
    assert air.tas_mps(cas, height) == pytest.approx(tas, rel=3e-4)
    assert air.mach(tas, height) == pytest.approx(number, rel=3e-4)


def test_the_conversions_are_those_of_openap() -> None:
    speed, height = np.meshgrid(np.linspace(40, 170, 14), np.linspace(0, 12_000, 13))
    np.testing.assert_array_equal(air.tas_mps(speed, height), aero.cas2tas(speed, height))
    np.testing.assert_array_equal(air.cas_mps(speed, height), aero.tas2cas(speed, height))
    np.testing.assert_array_equal(air.mach(speed, height), aero.tas2mach(speed, height))


@pytest.mark.parametrize("qnh", [97_000.0, 100_000.0, 102_000.0, 104_000.0])
def test_qnh_offset_is_the_height_of_that_pressure(qnh: float) -> None:
    """The offset is minus the pressure altitude of QNH: openap's atmosphere has QNH at that height."""
    height = -float(air.qnh_offset_m(qnh))
    assert float(aero.pressure(height)) == pytest.approx(qnh, rel=2e-4)


def test_qnh_offset_is_nothing_in_the_standard_and_rises_with_pressure() -> None:
    assert air.qnh_offset_m(air.STANDARD_QNH_PA) == 0.0
    offsets = air.qnh_offset_m(np.linspace(95_000.0, 105_000.0, 21))
    assert np.all(np.diff(offsets) > 0.0)
    assert air.qnh_offset_m(101_425.0) == pytest.approx(8.3, abs=0.1)  # 27 ft a hectopascal near sea level


def test_the_table_is_read_to_a_tenth_of_a_metre_a_second() -> None:
    table = air.speed_table(5.0, 200.0)
    cas, height = np.meshgrid(np.linspace(45.0, 180.0, 300), np.linspace(0.0, 13_000.0, 300))
    i, j = cas / table.cas_step_mps, height / table.height_step_m
    a, b = i.astype(int), j.astype(int)
    f, g = i - a, j - b
    low = (1 - g) * table.tas_mps[a, b] + g * table.tas_mps[a, b + 1]
    high = (1 - g) * table.tas_mps[a + 1, b] + g * table.tas_mps[a + 1, b + 1]
    assert np.abs((1 - f) * low + f * high - air.tas_mps(cas, height)).max() < 0.1


def test_the_table_covers_the_flying_heights() -> None:
    table = air.speed_table()
    assert table.tas_mps[0].max() == pytest.approx(0.0, abs=1e-9)
    assert table.tas_mps.shape[1] == len(table.sound_mps)
    assert (len(table.sound_mps) - 1) * table.height_step_m >= 20_000.0
    assert np.all(np.isfinite(table.tas_mps))


@pytest.mark.parametrize("height", [-200.0, 0.0, 1_500.0, 5_000.0, 9_000.0, 11_000.0, 12_500.0, 18_000.0])
def test_the_standard_air_is_that_of_fluids(height: float) -> None:
    """fluids asks for the geometric height: a pressure altitude is a geopotential one."""
    other = ATMOSPHERE_1976(6_356_766.0 * height / (6_356_766.0 - height))
    ours = air.standard(height)
    assert ours.pressure_pa == pytest.approx(other.P, rel=5e-4)
    assert ours.density_kgpm3 == pytest.approx(other.rho, rel=5e-4)
    assert ours.temperature_k == pytest.approx(other.T, rel=1e-4)
    assert ours.sound_mps == pytest.approx(other.v_sonic, rel=1e-4)
    assert air.pressure_altitude_m(other.P) == pytest.approx(height, abs=0.5)
