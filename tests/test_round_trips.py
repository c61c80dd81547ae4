"""What is written is read again by our own readers: nothing is lost but what the format rounds or does not hold."""

import io
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackkit import columns, read, write
from trackkit.model import Reading, Track

#: column and rounding of the traffic columns, which a CSV keeps in full
FULL = {
    "altitude_baro_m": 1e-6, "altitude_geom_m": 1e-6, "groundspeed_mps": 1e-9, "track_deg": 1e-9,
    "vertical_rate_mps": 1e-9, "roll_deg": 1e-9,
}  # fmt: skip
HEIGHTS = {"altitude_baro_m": 0.06}
NUMBERS = {
    "latitude": st.floats(-80.0, 80.0), "longitude": st.floats(-179.0, 179.0), "altitude_baro_m": st.floats(0, 12e3),
    "altitude_geom_m": st.floats(0, 12e3), "groundspeed_mps": st.floats(0, 300), "track_deg": st.floats(0, 359.9),
    "vertical_rate_mps": st.floats(-50, 50), "roll_deg": st.floats(-60, 60),
}  # fmt: skip


@st.composite
def tracks(draw):
    """A few fixes, ten seconds apart, anywhere but at 0, 0; heights are told throughout."""
    n = draw(st.integers(2, 5))
    values = {name: draw(st.lists(one, min_size=n, max_size=n)) for name, one in NUMBERS.items()}
    latitude, longitude = (np.array(values.pop(name)) + 0.01 for name in ("latitude", "longitude"))
    missing = draw(st.integers(0, n - 1))
    values["roll_deg"][missing] = np.nan
    values["groundspeed_mps"][missing] = np.nan
    start = draw(st.integers(400_000_000, 4_000_000_000))
    time = pd.DatetimeIndex(pd.to_datetime(start + 10 * np.arange(n), unit="s", utc=True).as_unit("us"), name="time")
    fixes = columns.conform(pd.DataFrame(values, index=time), columns.FIXES)
    table = gpd.GeoDataFrame(fixes, geometry=gpd.points_from_xy(longitude, latitude), crs="EPSG:4326")
    return Track("4b1815", "made", table, Reading("made", n, n, columns.empty(columns.SET_ASIDE), {}))


def same(before, after, degrees, held):
    """Times, places, and every value that the format holds."""
    assert list(after.fixes.index) == list(before.fixes.index)
    for axis in ("x", "y"):
        np.testing.assert_allclose(
            getattr(after.fixes.geometry, axis), getattr(before.fixes.geometry, axis), atol=degrees
        )
    for name, by in held.items():
        np.testing.assert_allclose(after.fixes[name], before.fixes[name], atol=by, err_msg=name)


@given(tracks())
@settings(max_examples=25)
def test_frame_gives_back_what_it_was_given(track):
    same(track, read.frame(write.frame(track)), 0.0, FULL)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@given(track=tracks())
@settings(max_examples=15)
def test_frame_kept_in_a_file_is_read_back(form, track, tmp_path_factory):
    path, frame, stored = tmp_path_factory.mktemp("frame") / "a file", write.frame(track), io.BytesIO()
    frame.to_csv(stored, index=False) if form == "csv" else frame.to_parquet(stored, index=False)
    path.write_bytes(stored.getvalue())
    same(track, read.track(path), 1e-12, FULL)


@given(track=tracks())
@settings(max_examples=8)
def test_kml_is_read_back(track, tmp_path_factory):
    track = replace(track, fixes=track.fixes.assign(altitude_geom_m=np.nan))  # a KML holds one height
    path = write.kml(track, tmp_path_factory.mktemp("kml") / "a.kml")
    same(track, read.track(path, datum="pressure"), 1e-6, HEIGHTS)
