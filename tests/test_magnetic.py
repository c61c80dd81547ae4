"""Declination against two other models of the field (pygeomag's WMM, NOAA's WMM2025), as written down in 2026."""

import numpy as np
import pytest

from trackkit import earth
from trackkit.errors import InputError


@pytest.mark.parametrize(
    ("time", "other_deg"),
    [("2015-11-24T12Z", 4.97), ("2018-09-17T12Z", 5.20), ("2024-12-07T12Z", 5.44), ("2026-11-22T12Z", 5.48)],
)
def test_declination_at_hmeimim_is_that_of_the_world_magnetic_model(time: str, other_deg: float) -> None:
    assert earth.declination_deg(35.4011, 35.9487, 48.0, time) == pytest.approx(other_deg, abs=0.1)


def test_declination_broadcasts_and_carries_what_is_not_known() -> None:
    found = earth.declination_deg([[35.0], [55.97]], [36.0, 37.41, np.nan], 0.0, "2018-09-17T00:00+03:00")
    assert found.shape == (2, 3)
    assert found[1, 1] == pytest.approx(11.28, abs=0.1)  # Moscow
    assert np.isnan(found[:, 2]).all()


@pytest.mark.parametrize(
    ("latitude", "time", "words"),
    [(35.0, "2024-12-08", "zone"), (35.0, "2031-01-01T00:00Z", "years"), (90.0, "2024-12-08T00:00Z", "pole")],
)
def test_what_has_no_declination_is_refused(latitude: float, time: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        earth.declination_deg(latitude, 36.0, 0.0, time)
