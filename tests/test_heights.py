"""Heights: the geoid's published test values, circles of conversions, a table of fields, refusals."""

import itertools

import numpy as np
import pandas as pd
import pytest

from trackkit import air, earth
from trackkit.errors import InputError

#: latitude, longitude, undulation (m): the test points published with EGM96's own interpolation program
PUBLISHED = [
    (38.6281550, 269.7791550, -31.628), (-14.6212170, 305.0211140, -2.969), (46.8743190, 102.4487290, -43.575),
    (-23.6174460, 133.8747120, 15.871), (38.6254730, 359.9995000, 50.066), (-0.4667440, 0.0023000, 17.329),
    (90.0, 0.0, 13.605), (-90.0, 0.0, -29.535),
]  # fmt: skip
HOMS = (34.7240, 36.7256)
QNH_M = float(air.qnh_offset_m(102_000.0))


@pytest.mark.parametrize(("latitude", "longitude", "undulation"), PUBLISHED)
def test_the_geoid_is_that_of_egm96(latitude, longitude, undulation):
    assert float(earth.geoid_m(latitude, longitude)) == pytest.approx(undulation, abs=0.25)


def test_the_geoid_has_no_seam():
    lat = np.linspace(-90.0, 90.0, 50)
    np.testing.assert_allclose(earth.geoid_m(lat, 180.0), earth.geoid_m(lat, -180.0), atol=1e-3)
    np.testing.assert_allclose(earth.geoid_m(lat, 179.9999), earth.geoid_m(lat, 180.0001), atol=1e-2)


@pytest.mark.parametrize(("given", "wanted"), list(itertools.product(earth.DATUMS, repeat=2)))
def test_there_and_back_is_the_same(given, wanted):
    there = earth.height_m([100.0, 3_000.0], *HOMS, given, wanted, QNH_M)
    np.testing.assert_allclose(earth.height_m(there, *HOMS, wanted, given, QNH_M), [100.0, 3_000.0], atol=1e-6)


def test_each_datum_means_what_it_says():
    sea = float(earth.height_m(1_000.0, *HOMS, "ellipsoid", "sea level"))
    assert sea == pytest.approx(1_000.0 - float(earth.geoid_m(*HOMS)))
    assert float(earth.height_m(1_000.0, *HOMS, "pressure", "sea level", QNH_M)) == pytest.approx(1_056.0, abs=0.5)
    ground = float(earth.terrain_m(*HOMS))
    assert float(earth.height_m(0.0, *HOMS, "ground", "sea level")) == pytest.approx(ground)


def test_without_a_qnh_nothing_is_guessed():
    for given, wanted in (("pressure", "sea level"), ("ground", "pressure")):
        with pytest.raises(InputError, match="without a QNH"):
            earth.height_m(495.0, *HOMS, given, wanted)
    assert float(earth.height_m(495.0, *HOMS, "pressure", "pressure")) == 495.0


def test_a_datum_not_named_is_refused():
    with pytest.raises(InputError, match="did you mean 'sea level'"):
        earth.height_m(495.0, *HOMS, "sea levl", "ground")
    with pytest.raises(InputError, match="not a datum"):
        earth.height_m(495.0, *HOMS, "", "ground")


def test_where_the_ground_is_not_known_it_is_not_a_number():
    found = earth.height_m(1_000.0, [55.97, 34.7], [37.41, 36.7], "sea level", "ground")
    assert np.isnan(found).tolist() == [True, False]


def test_fields_stand_where_they_are_published_within_the_stated_error():
    fields = pd.read_csv(earth.data_folder() / "earth" / "airports.csv")
    fields["ground_m"] = earth.terrain_m(fields["latitude"], fields["longitude"])
    fields["sd_m"] = earth.terrain_error_m(fields["latitude"], fields["longitude"])
    known = fields[fields["ground_m"].notna() & fields["elevation_m"].notna()]
    off = (known["ground_m"] - known["elevation_m"]) / known["sd_m"]
    assert len(known) > 60
    assert (off.abs() < 2.0).mean() > 0.9
