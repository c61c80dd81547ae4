"""Profiles: the weighted quantile by hand, the columns, and a figure that says what it assumes."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from trackkit import claims, columns, draw, earth, read
from trackkit.claims.profile import _quantile

ROOT = Path(__file__).parents[1]


def an_ensemble(name: str) -> SimpleNamespace:
    """Four paths north from Homs: three alike, and a heavy one far to the east."""
    time = pd.date_range("2024-12-08T02:00:00", periods=5, freq="60s")
    lat = np.tile(34.7 + 0.02 * np.arange(5), (4, 1))
    lon = np.array([36.60, 36.62, 36.61, 37.50])[:, None] + np.zeros((4, 5))
    height = np.array([900.0, 1_100.0, 1_000.0, 5_000.0])[:, None] + np.zeros((4, 5))
    sides = ("path", "time")
    paths = xr.Dataset({"latitude": (sides, lat), "longitude": (sides, lon), "altitude_m": (sides, height)},
                       coords={"time": time})  # fmt: skip
    weight = xr.DataArray(np.log([0.24, 0.24, 0.26, 0.26]), dims="path")
    return SimpleNamespace(paths=paths, log_weight=weight, hypothesis=SimpleNamespace(id=name), n=4, seed=1, runs=1)


def test_the_weighted_quantile_is_the_least_value_that_holds_the_share() -> None:
    values, weight = np.array([[3.0], [1.0], [2.0]]), np.array([0.5, 0.2, 0.3])
    found = [float(_quantile(values, weight, share)[0]) for share in (0.1, 0.2, 0.4, 0.6, 1.0)]
    assert found == [1.0, 1.0, 2.0, 3.0, 3.0]


@pytest.fixture(scope="module")
def network() -> earth.Network:
    return earth.networks(earth.receivers(country="SY"), (36.0, 34.5, 38.0, 35.0), count=4, per_degree=15.0)


def test_the_typical_path_is_one_that_was_drawn_near_the_middle(network: earth.Network) -> None:
    one = an_ensemble("crashed-near-homs")
    assert claims.typical(one) == 2
    table = claims.profiles([one], network)
    assert list(table.columns) == [column.name for column in columns.PROFILES]
    assert table["altitude_m"].tolist() == [1_000.0] * 5
    assert table["altitude_high_m"].tolist() == [5_000.0] * 5
    np.testing.assert_allclose(table["ground_m"], earth.terrain_m(table["latitude"], table["longitude"]))


def test_the_figure_says_what_is_assumed(network: earth.Network) -> None:
    case, one = read.case(ROOT / "data" / "syrian-air-9218"), an_ensemble("crashed-near-homs")
    last = claims.last_places(case, network)
    figure = draw.profiles(case, [one], claims.profiles([one], network), last, network)
    small = " ".join(text.get_text() for text in figure.texts)
    assert "Receivers are assumed" in small
    assert len(figure.axes) >= 2
    assert "crashed-near-homs" in draw.alt(figure)
