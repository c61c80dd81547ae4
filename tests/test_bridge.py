"""Holes as ensembles: every path joins both ends, anywhere on earth; what cannot be joined is answered."""

import numpy as np
import pandas as pd
import pytest

from trackkit import earth, read, reconstruct
from trackkit.errors import InputError
from trackkit.model import Track
from trackkit.reconstruct.halves import wander
from trackkit.units import FT_M, KT_MPS


def straight(latitude: float = 48.0, longitude: float = 2.0, azimuth: float = 60.0, hole_s: float = 300.0) -> Track:
    """Half an hour at 200 m/s along a geodesic, a fix every 5 s, with a hole in its middle."""
    t = np.arange(0.0, 1800.0 + hole_s, 5.0)
    lat, lon = earth.forward(latitude, longitude, azimuth, 200.0 * t)
    _, course = earth.inverse(lat, lon, *earth.forward(latitude, longitude, azimuth, 200.0 * t + 100.0))
    table = pd.DataFrame({
        "timestamp": pd.Timestamp("2024-05-01T09:00:00Z") + pd.to_timedelta(t, unit="s"), "latitude": lat,
        "longitude": lon, "altitude": 10_000.0 / FT_M, "groundspeed": 200.0 / KT_MPS, "track": course,
        "vertical_rate": 0.0, "callsign": "TEST1", "icao24": "abc123",
    })  # fmt: skip
    return read.frame(table[(t <= 900.0) | (t >= 900.0 + hole_s)].reset_index(drop=True))


@pytest.mark.parametrize(
    ("latitude", "longitude", "azimuth"),
    [(48.0, 2.0, 60.0), (10.0, 178.5, 80.0), (88.0, 20.0, 5.0), (-89.0, 100.0, 180.0)],
)  # fmt: skip
def test_every_path_leaves_and_joins_the_track_anywhere(latitude: float, longitude: float, azimuth: float) -> None:
    ensemble = reconstruct.bridge(straight(latitude, longitude, azimuth), "09:15", "09:20", n=200, seed=1)
    for at, way in ((0, 180_000.0), (-1, 240_000.0)):
        lat, lon = earth.forward(latitude, longitude, azimuth, way)
        one = ensemble.paths.isel(time=at)
        off, _ = earth.inverse(lat, lon, *(one[name].to_numpy().astype(float) for name in ("latitude", "longitude")))
        assert np.quantile(off, 0.99) < 150.0
    middle = ensemble.paths.isel(time=len(ensemble.paths["time"]) // 2)
    lat, lon = earth.forward(latitude, longitude, azimuth, 210_000.0)
    off, _ = earth.inverse(lat, lon, *(middle[name].to_numpy().astype(float) for name in ("latitude", "longitude")))
    assert np.median(off) < 1_500.0
    assert float(np.abs(middle["altitude_m"] - 10_000.0).median()) < 100.0
    assert float(ensemble.paths["groundspeed_mps"].max()) < 345.0


def test_same_seed_same_paths() -> None:
    track = straight()
    one, again = (reconstruct.bridge(track, "09:15", "09:20", n=100, seed=4) for _ in range(2))
    assert one.paths.identical(again.paths)
    assert not one.paths.identical(reconstruct.bridge(track, "09:15", "09:20", n=100, seed=5).paths)


def test_all_holes_are_found_and_filled() -> None:
    (ensemble,) = reconstruct.bridges(straight(), n=100)
    assert ensemble.hypothesis.id == "bridge"
    assert len(ensemble.paths["path"]) == 100


@pytest.mark.parametrize("hole_s", [20.0, 3_600.0])
def test_short_and_long_holes(hole_s: float) -> None:
    track = straight(hole_s=hole_s)
    end = pd.Timestamp("2024-05-01T09:15:00Z") + pd.Timedelta(seconds=hole_s)
    ensemble = reconstruct.bridge(track, "09:15", end, n=100)
    assert ensemble.paths["time"].to_numpy()[-1] == end.tz_convert(None).to_datetime64()
    assert np.isfinite(ensemble.paths["latitude"]).all()


def test_ends_that_no_path_joins_are_answered_with_what_it_would_need() -> None:
    track = straight()
    fixes = track.fixes.copy()
    late = fixes.index > "2024-05-01T09:18Z"
    fixes.loc[late, "geometry"] = fixes.loc[late, "geometry"].translate(xoff=8.0)
    spoofed = Track(track.name, track.origin, fixes, track.reading)
    with pytest.raises(InputError, match=r"requires [\d,]+ m/s over ground, 340 m/s is allowed, at which it takes"):
        reconstruct.bridge(spoofed, "09:15", "09:20", n=100)
    (answer,) = reconstruct.bridges(spoofed, n=100)
    assert isinstance(answer, reconstruct.NoPath)
    assert answer.needs_mps > 2.0 * answer.allowed_mps
    assert answer.needs_minutes > 5.0


@pytest.mark.parametrize(
    ("start", "end"), [("09:20", "09:15"), ("08:00", "09:20"), ("2024-05-01T09:15:00", "09:20"), ("noon", "09:20")]
)
def test_bad_times_are_refused(start: str, end: str) -> None:
    with pytest.raises(InputError):
        reconstruct.bridge(straight(), start, end, n=100)


def test_wandering_is_an_integrated_wiener_bridge() -> None:
    """Its variance at the middle is q T^3 / 192, and it begins and ends at rest."""
    drawn = wander(np.full((4_000, 1), 2.0), 60, 1.0, np.random.default_rng(3))
    assert np.abs(drawn[:, [0, -1]]).max() < 1e-6
    assert drawn[:, 30].var() == pytest.approx(2.0 * 60.0**3 / 192.0, rel=0.1)
