"""Winds: the climate's figures, an analyst's file of both longitudes and units, and paths that fly in them."""

import hashlib
from dataclasses import replace
from pathlib import Path

import minimal
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from trackkit import air, motion, read
from trackkit.errors import InputError
from trackkit.model import Case

BOX = (35.0, 33.0, 38.0, 36.0)
SPAN = (pd.Timestamp("2024-12-08T02:00Z"), pd.Timestamp("2024-12-08T04:30Z"))


def planted(longitudes: str = "east", unit: str = "hPa") -> xr.Dataset:
    """East part 5 m/s and 3 m/s more a kilometre, north part -2 m/s everywhere in the box; other wind outside."""
    level, hours = np.array([1000.0, 700.0, 400.0, 250.0]), pd.date_range("2024-12-08", periods=8, freq="h")
    lat, lon = np.arange(40.0, 29.0, -1.0), np.arange(30.0, 42.0)
    east = 5.0 + 3e-3 * air.pressure_altitude_m(100.0 * level)
    away = 50.0 * ((lat[:, None] > 36.5) | (lon < 34.5))
    u = np.broadcast_to(east[:, None, None] + away, (8, 4, 11, 12))
    held = {"u": (("time", "level", "lat", "lon"), u, {"units": "m s**-1"}),
            "v": (("time", "level", "lat", "lon"), np.full(u.shape, -2.0), {"units": "m s**-1"})}  # fmt: skip
    scale, turn = {"hPa": 1.0, "Pa": 100.0, "": 1.0}[unit], {"east": 0.0, "west": 360.0}[longitudes]
    return xr.Dataset(held, {"time": hours, "level": ("level", level * scale, {"units": unit}),
                             "lat": lat, "lon": lon - turn})  # fmt: skip


def kept(data: xr.Dataset, folder: Path) -> Path:
    data.to_netcdf(folder / "own.nc", engine="scipy")
    return folder / "own.nc"


@pytest.mark.parametrize(("longitudes", "unit"), [("east", "hPa"), ("west", "Pa")])
def test_a_planted_file_gives_its_own_line(tmp_path: Path, longitudes: str, unit: str) -> None:
    wind = read.wind(kept(planted(longitudes, unit), tmp_path), BOX, SPAN)
    assert wind[:4] == pytest.approx((5.0, 3e-3, -2.0, 0.0), abs=1e-3)
    assert wind.sd_mps == pytest.approx(2.0, abs=1e-3)
    assert "4 levels, 4 hours, 4 x 4 points" in wind.source


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data.drop_vars("v"), "lacks a variable"),
        (lambda data: data.assign_coords(level=data["level"].drop_attrs()), "levels of pressure in no known unit"),
        (lambda data: data.drop_attrs(deep=True), "no known unit"),
        (lambda data: data.isel(time=[0, 1]), "other hours"),
        (lambda data: data.isel(lat=[0, 1]), "another region"),
    ],
)
def test_a_file_that_lacks_something_says_what(tmp_path: Path, change, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read.wind(kept(change(planted()), tmp_path), BOX, SPAN)


def test_a_window_without_zone_or_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="zone"):
        read.wind(kept(planted(), tmp_path), BOX, (SPAN[0].tz_localize(None), SPAN[1]))
    (tmp_path / "own.grib").write_bytes(b"GRIB")
    with pytest.raises(InputError, match="cannot be read"):
        read.wind(tmp_path / "own.grib", BOX, SPAN)


def test_the_climate_is_within_its_spread_of_every_figure_it_rests_on() -> None:
    january = air.climate_wind(1)
    east, north, spread = january.at(air.pressure_altitude_m([85_000.0, 70_000.0, 50_000.0, 30_000.0, 20_000.0]))
    assert np.all(np.abs(east - [2.8, 6.5, 14.0, 27.3, 35.9]) < 0.5 * spread)
    assert north[-1] == pytest.approx(0.8)
    assert spread[[2, 4]] == pytest.approx([9.0, 14.0], abs=0.5)
    assert air.climate_wind(12) == january
    with pytest.raises(InputError, match="month"):
        air.climate_wind(0)


@pytest.fixture(scope="module")
def case() -> Case:
    return read.case(Path(__file__).parents[1] / "data" / "syrian-air-9218")


def test_paths_drift_in_a_planted_wind_as_by_hand(case: Case) -> None:
    """Ground speed by the triangle: along the track all of the wind's part, across it a loss of the root."""
    wind = air.Wind(12.0, 1e-3, -5.0, 5e-4, 0.0, 0.0, "planted")
    z = np.random.default_rng(3).standard_normal((60, motion.DIMENSION))
    env, hypothesis = motion.envelope(case.aircraft), case.hypotheses[0]
    still, blown = (
        motion.simulate(z, motion.scene(replace(case, wind=given)), motion.story(case, hypothesis), env)
        for given in (air.Wind(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, "none"), wind)
    )
    # early in the climb both fly at one time, one height, one air speed and one track
    same = (still.phase == 2) & (blown.phase == 2) & (np.abs(still.altitude_m - blown.altitude_m) < 1.0)
    same &= np.abs((still.track_deg - blown.track_deg + 180.0) % 360.0 - 180.0) < 0.05
    assert same.sum() > 50
    height, track = still.altitude_m[same].astype(float), np.radians(still.track_deg[same].astype(float))
    east, north = 12.0 + 1e-3 * height, -5.0 + 5e-4 * height
    along = east * np.sin(track) + north * np.cos(track)
    across = east * np.cos(track) - north * np.sin(track)
    tas = still.groundspeed_mps[same].astype(float)
    by_hand = along + np.sqrt(tas**2 - across**2)
    assert blown.groundspeed_mps[same] == pytest.approx(by_hand, abs=0.1)


@pytest.mark.parametrize("named", ["climate", "own.nc"])
def test_a_case_flies_in_the_wind_it_names(tmp_path: Path, named: str) -> None:
    assert read.case(minimal.write(tmp_path)).wind is None
    kept(planted(), tmp_path)
    toml = tmp_path / "case.toml"
    told = toml.read_text(encoding="utf-8").replace("[map]", f'[wind]\nfrom = "{named}"\n[map]')
    toml.write_text(told, encoding="utf-8")
    minimal.register(tmp_path)
    with (tmp_path / "registry.txt").open("a", encoding="utf-8") as registry:
        registry.write(f"{hashlib.sha256((tmp_path / 'own.nc').read_bytes()).hexdigest()}  own.nc\n")
    wind = read.case(tmp_path).wind
    assert wind is not None
    if named == "climate":
        assert wind == air.climate_wind(12)  # the window lies in December
    else:
        assert wind.east_per_m == pytest.approx(3e-3, abs=1e-5)
