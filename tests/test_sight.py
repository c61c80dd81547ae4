"""Line of sight: the smooth earth's textbook law, a ray by hand over a made ridge, geodesics step by step, refusals."""

from importlib import import_module

import numpy as np
import pytest
from numpy.testing import assert_allclose

from trackkit import earth
from trackkit.errors import InputError

BEIRUT = (33.9, 35.5)


def grid(height_m, north=10.0, west=0.0, cells=120.0, **more):
    return earth.Grid(np.asarray(height_m), north, west, cells, **more)


@pytest.fixture(scope="module")
def sea():
    return grid(np.zeros((600, 600), np.int16))


@pytest.fixture(scope="module")
def ridge():
    """A wall of 1,000 m, one cell thick, along 2.5 E; receivers stand west of it on the equator's side."""
    height = np.zeros((600, 600), np.int16)
    height[:, 300:302] = 1_000
    return grid(height)


def by_hand(latitude, longitude, antenna_m, lat, lon, k=earth.K_MEAN):
    """The same by another way: the geodesic, the bulge of the larger earth as a parabola, 50 m steps."""
    distance, azimuth = earth.inverse(latitude, longitude, lat, lon)
    way = np.arange(50.0, distance, 50.0)
    ground = earth.terrain_m(*earth.forward(latitude, longitude, azimuth, way))
    radius, top = k * 6_371_009.0, float(earth.terrain_m(latitude, longitude)) + antenna_m
    slope = ((ground - way**2 / (2 * radius) - top) / way).max()
    lowest = top + slope * distance + distance**2 / (2 * radius)
    return max(lowest, float(earth.terrain_m(lat, lon)))


def test_over_a_smooth_sea_it_is_the_radio_horizon(sea):
    one = earth.horizon(7.5, 2.5, 30.0, sea)
    for kilometres in (30.0, 80.0, 150.0, 200.0):
        lat, lon = earth.forward(7.5, 2.5, 77.0, kilometres * 1_000.0)
        lowest = float(earth.lowest_heard_m(one, lat, lon))
        assert float(earth.radio_horizon_m(30.0, lowest)) == pytest.approx(kilometres * 1_000.0, abs=600.0)


def test_the_radio_horizon_is_the_textbook_rule():
    heights = np.array([10.0, 300.0, 3_000.0])
    assert_allclose(earth.radio_horizon_m(10.0, heights), 4_121.0 * (np.sqrt(10.0) + np.sqrt(heights)), rtol=2e-3)


def test_a_ridge_throws_the_shadow_that_a_ruler_gives(ridge):
    one, radius = earth.horizon(7.5, 2.1, 50.0, ridge), earth.K_MEAN * 6_371_009.0
    to_ridge = float(earth.inverse(7.5, 2.1, 7.5, 2.5 + 0.5 / 120)[0])
    for lon in (3.0, 3.5, 4.0):
        way = float(earth.inverse(7.5, 2.1, 7.5, lon)[0])
        bulge = way * (way - to_ridge) / (2 * radius)
        expected = 50.0 + (1_000.0 - 50.0) * way / to_ridge + bulge
        assert float(earth.lowest_heard_m(one, 7.5, lon)) == pytest.approx(expected, rel=0.02)


def test_before_the_ridge_nothing_is_hidden(ridge):
    one = earth.horizon(7.5, 2.1, 50.0, ridge)
    assert float(earth.lowest_heard_m(one, 7.5, 2.3)) < 25.0


def test_it_is_the_ray_along_the_geodesic():
    rng = np.random.default_rng(3)
    lat, lon = rng.uniform(33.0, 36.0, 120), rng.uniform(35.0, 38.0, 120)
    one = earth.horizon(*BEIRUT, 15.0)
    off = earth.lowest_heard_m(one, lat, lon) - [by_hand(*BEIRUT, 15.0, *point) for point in zip(lat, lon, strict=True)]
    error = earth.lowest_heard_error_m(one, lat, lon)
    assert np.abs(np.median(off)) < 10.0
    assert np.quantile(np.abs(off) / error, 0.95) < 0.3  # far inside what the ground itself leaves open


def test_nobody_is_heard_below_the_ground():
    lat, lon = np.meshgrid(np.linspace(33.2, 36.0, 60), np.linspace(35.0, 38.0, 60))
    lowest = earth.lowest_heard_m(earth.horizon(*BEIRUT, 15.0), lat, lon)
    assert (lowest - earth.terrain_m(lat, lon)).min() > -60.0  # the ridge between two steps of the table


@pytest.mark.parametrize(("change", "sign"), [({"antenna_m": 200.0}, -1), ({"k": 1.1}, 1), ({"raised_m": 50.0}, 1)])
def test_higher_aerials_hear_lower_and_thin_air_or_higher_ridges_less(change, sign):
    lat, lon = np.meshgrid(np.linspace(33.5, 35.5, 20), np.linspace(36.2, 37.8, 20))
    first = earth.lowest_heard_m(earth.horizon(*BEIRUT, **{"antenna_m": 15.0}), lat, lon)
    changed = earth.lowest_heard_m(earth.horizon(*BEIRUT, **{"antenna_m": 15.0, **change}), lat, lon)
    assert (sign * (changed - first)).min() >= -1e-6
    assert np.abs(changed - first).max() > 50.0


def test_the_error_grows_as_the_ridge_is_left_behind():
    one = earth.horizon(*BEIRUT, 15.0)
    lat, lon = earth.forward(*BEIRUT, 60.0, np.array([50_000.0, 80_000.0, 160_000.0]))
    error = earth.lowest_heard_error_m(one, lat, lon)
    assert (np.diff(error) > 0.0).all()
    raised = earth.horizon(*BEIRUT, 15.0, raised_m=50.0)
    moved = earth.lowest_heard_m(raised, lat, lon) - earth.lowest_heard_m(one, lat, lon)
    alone = earth.lowest_heard_error_m(one, lat, lon, ridge_m=50.0, antenna_m=0.0, k=0.0)
    assert_allclose(moved, alone, rtol=0.1)  # raising the ridge by 50 m does what the formula says


def test_sight_is_the_height_above_the_lowest_heard():
    horizons = [earth.horizon(*BEIRUT, 15.0), earth.horizon(35.53, 35.79, 20.0)]
    lat, lon = np.array([[34.7, 35.0, 33.5]]), np.array([[36.5, 36.0, 36.3]])
    clearance = earth.line_of_sight(horizons, lat, lon, 3_000.0)
    assert clearance.shape == (2, 1, 3)
    for one, row in zip(horizons, clearance, strict=True):
        assert_allclose(row, 3_000.0 - earth.lowest_heard_m(one, lat, lon), rtol=1e-5, atol=1e-2)


def test_what_cannot_be_said_is_not_a_number():
    one = earth.horizon(*BEIRUT, 15.0, reach_m=100_000.0)
    lowest = earth.lowest_heard_m(one, [34.0, 36.0, np.nan, 34.0], [35.9, 38.0, 36.0, np.nan])
    assert np.isfinite(lowest).tolist() == [True, False, False, False]
    edge = earth.horizon(31.2, 36.0, 15.0)
    assert np.isnan(earth.lowest_heard_m(edge, 30.5, 36.0))  # the ground on the way is off the grid
    assert np.isnan(earth.line_of_sight([edge], 30.5, 36.0, 9_000.0)).all()


def test_a_void_on_the_way_is_carried():
    height = np.zeros((600, 600), np.int16)
    height[:, 300] = -32_768
    one = earth.horizon(7.5, 2.1, 50.0, grid(height, void=-32_768))
    assert np.isfinite(earth.lowest_heard_m(one, 7.5, 2.3))
    assert np.isnan(earth.lowest_heard_m(one, 7.5, 3.0))


def test_a_coarse_ground_is_refused():
    coarse = earth.GroundError(5_000.0, 125.0, 1_000.0, False, "5 arc-minutes")
    with pytest.raises(InputError, match="cannot mask"):
        earth.horizon(7.5, 2.5, 30.0, grid(np.zeros((60, 60), np.int16), cells=12.0, error=coarse))


@pytest.mark.parametrize("place", [(55.9, 37.4), (30.0, 36.0)])
def test_a_receiver_off_the_ground_is_refused(place):
    with pytest.raises(InputError, match="ground is not known"):
        earth.horizon(*place, 15.0)


# --- receivers ---


def test_receivers_are_assumed_and_say_so():
    table = earth.receivers()
    assert table["id"].is_unique
    assert table["probability"].between(0.05, 0.95).all()  # none is known to be there, none is known not to be
    assert table["why"].str.contains("our judgement").all()
    assert set(earth.receivers(without=["SY"])["country"]) == set(table["country"]) - {"SY"}
    assert np.isfinite(earth.terrain_m(table["latitude"], table["longitude"])).all()


BOX = (35.6, 34.2, 36.8, 35.6)


@pytest.fixture(scope="module")
def drawn():
    near = earth.receivers(country="SY")
    return near, earth.networks(near, BOX, count=6, seed=1, per_degree=20.0)


def test_a_network_hears_what_the_best_of_its_receivers_hears(drawn):
    near, both = drawn
    halves = [earth.networks(part, BOX, count=6, seed=1, per_degree=20.0) for part in (near.iloc[:2], near.iloc[2:])]
    joined = earth.joined(*halves)
    assert_allclose(joined.lowest_m, both.lowest_m)
    assert (joined.present == both.present).all()
    assert (both.lowest_m <= halves[0].lowest_m).all()


def test_half_the_networks_hear_from_the_middle_height(drawn):
    _, made = drawn
    row, column = 10, 12
    latitude, longitude = made.north_deg - row / 20.0, made.west_deg + column / 20.0
    heights = np.sort(made.lowest_m[:, row, column])
    found = [float(earth.heard_from_m(made, share, latitude, longitude)) for share in (0.5, 1.0)]
    np.testing.assert_allclose(found, np.where(np.isfinite(heights[[2, 5]]), heights[[2, 5]], np.nan), rtol=1e-4)
    assert np.isnan(earth.heard_from_m(made, 0.5, 33.0, 36.0))


def test_a_network_of_nobody_hears_nothing(drawn):
    near, _ = drawn
    none = earth.networks(near.assign(probability=0.0), BOX, count=2, per_degree=20.0)
    assert np.isposinf(none.lowest_m).all()
    assert not none.present.any()


def test_without_doubt_a_network_is_its_receivers(monkeypatch):
    room = import_module("trackkit.earth.receivers")  # the function has the module's name
    near = earth.receivers(country="SY").assign(probability=1.0, place_sd_m=0.0)
    monkeypatch.setattr(room, "_ANTENNA_SPREAD", 0.0)
    monkeypatch.setattr(room, "_airs", lambda count, seed, grid: np.tile([earth.K_MEAN, 0.0, 0.0, 0.0], (count, 1)))
    made = earth.networks(near, BOX, count=1, per_degree=20.0)
    lat, lon = np.meshgrid(made.north_deg - np.arange(29) / 20.0, made.west_deg + np.arange(25) / 20.0, indexing="ij")
    lowest = np.min([earth.lowest_heard_m(one, lat, lon) for one in earth.horizons(near)], axis=0)
    assert np.quantile(np.abs(made.lowest_m[0] - lowest), 0.9) < 60.0


@pytest.mark.parametrize("box", [(36.0, 34.0, 35.0, 35.0), (35.0, 35.0, 36.0, 35.0)])
def test_an_empty_box_is_refused(box):
    with pytest.raises(InputError, match="empty box"):
        earth.networks(earth.receivers(country="SY"), box)


def test_networks_that_do_not_belong_together_are_refused(drawn):
    near, made = drawn
    other = earth.networks(near.iloc[:1], BOX, count=6, seed=2, per_degree=20.0)
    with pytest.raises(InputError, match="do not belong together"):
        earth.joined(made, other)


def test_odds_that_are_none_are_refused():
    with pytest.raises(InputError, match="not a probability"):
        earth.networks(earth.receivers(country="SY").assign(probability=1.2), BOX)
