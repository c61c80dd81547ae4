"""The earth: laws of geodesics and turns, Karney's table, known heights, compass words, refusals."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from trackkit import earth
from trackkit.errors import InputError

few = settings(max_examples=60, deadline=None)
angles = st.floats(-1e6, 1e6)
latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
bearings = st.floats(0, 360)

#: places and heights (m) of the ground: what GLOBE reads between cells, and what maps say
KNOWN_HEIGHTS = {
    "Qurnat as Sawda": (34.300, 36.117, 2961, 3088),
    "Homs": (34.7240, 36.7256, 506, 500),
    "Damascus airport": (33.4115, 36.5156, 607, 616),
    "Shayrat": (34.4903, 36.9090, 809, 806),
    "Hmeimim": (35.4011, 35.9487, 40, 48),
    "Beirut airport": (33.8209, 35.4884, 10, 27),
    "Al-Qusayr": (34.5078, 36.5803, 541, 530),
    "Riyaq": (33.8508, 35.9877, 914, 920),
    "Homs gap": (34.67, 36.25, 238, 260),
    "sea": (34.5, 35.0, 0, 0),
}
#: places beyond the box: what the source's nearest cell has (m), the true height, and by how much the source is low
WORLD_HEIGHTS = {
    "Sheremetyevo": (55.97, 37.41, 182, 190, 0),
    "Schiphol": (52.3, 4.76, -2, -3, 0),
    "Mont Blanc": (45.8326, 6.8652, 2_649, 4_806, 2_150),
    "Gulf of Lion": (42.0, 4.0, 0, 0, 0),
    "Quito airport": (-0.129, -78.357, 2_450, 2_400, -50),
}
#: summits: box (south, north, west, east), highest cell of GLOBE in it, true height (m)
SUMMITS = {
    "Hermon": (33.3, 33.5, 35.75, 36.0, 2767, 2814),
    "Nabi Yunis": (35.5, 35.75, 36.1, 36.3, 1511, 1562),
    "Qurnat as Sawda": (34.2, 34.4, 36.0, 36.2, 3053, 3088),
}


def arc_m(lat1, lon1, lat2, lon2):
    return float(earth.inverse(lat1, lon1, lat2, lon2)[0])


# --- angles ---


@few
@given(angles)
def test_wrap_is_the_same_angle_in_the_half_open_turn(angle):
    wrapped = float(earth.wrap_deg(angle))
    assert -180.0 < wrapped <= 180.0
    turns = (angle - wrapped) / 360.0
    assert turns == pytest.approx(round(turns), abs=1e-9)


@few
@given(st.floats(-180, 180, exclude_min=True))
def test_wrap_leaves_what_is_wrapped(angle):
    assert float(earth.wrap_deg(angle)) == angle


def test_wrap_at_the_seams():
    given_angles = [-540.0, -180.0, np.nextafter(-180.0, 0.0), 0.0, 180.0, 181.0, 360.0, 540.0, np.nan]
    wrapped = [180.0, 180.0, np.nextafter(-180.0, 0.0), 0.0, 180.0, -179.0, 0.0, 180.0, np.nan]
    assert_array_equal(earth.wrap_deg(given_angles), wrapped)


@few
@given(bearings, st.floats(-179.9, 179.9))
def test_turn_undoes_turning(track, turn):
    assert float(earth.turn_deg(track, track + turn)) == pytest.approx(turn, abs=1e-9)


@few
@given(bearings, bearings)
def test_turn_back_is_the_opposite_turn(a, b):
    there, back = float(earth.turn_deg(a, b)), float(earth.turn_deg(b, a))
    assert there == pytest.approx(-back, abs=1e-9) or there == back == 180.0


def test_turn_right_is_positive():
    assert_array_equal(earth.turn_deg([350.0, 20.0, 0.0], [20.0, 350.0, 180.0]), [30.0, -30.0, 180.0])


# --- geodesics ---


@few
@given(latitudes, longitudes, bearings, st.floats(1.0, 1.99e7))
def test_inverse_undoes_forward(lat, lon, azimuth, distance):
    end = earth.forward(lat, lon, azimuth, distance)
    assert arc_m(lat, lon, *end) == pytest.approx(distance, abs=1e-3)


@few
@given(st.floats(-89, 89), longitudes, bearings, st.floats(100.0, 1e7))
def test_forward_undoes_inverse(lat, lon, azimuth, distance):
    end = earth.forward(lat, lon, azimuth, distance)
    back = earth.forward(lat, lon, *earth.inverse(lat, lon, *end)[::-1])
    assert arc_m(*back, *end) < 1e-3


@few
@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_the_same_both_ways(lat1, lon1, lat2, lon2):
    assert arc_m(lat1, lon1, lat2, lon2) == pytest.approx(arc_m(lat2, lon2, lat1, lon1), abs=1e-6)


@few
@given(latitudes, longitudes, latitudes, longitudes, latitudes, longitudes)
def test_no_detour_is_shorter(lat1, lon1, lat2, lon2, lat3, lon3):
    detour = arc_m(lat1, lon1, lat2, lon2) + arc_m(lat2, lon2, lat3, lon3)
    assert arc_m(lat1, lon1, lat3, lon3) <= detour + 1e-6


@few
@given(latitudes, longitudes, longitudes, bearings)
def test_turning_the_earth_changes_nothing(lat, lon, shift, azimuth):
    lat2, lon2 = earth.forward(lat, lon, azimuth, 300e3)
    assert arc_m(lat, lon + shift, lat2, lon2 + shift) == pytest.approx(300e3, abs=1e-3)


def test_karneys_table():
    """The twenty geodesics with which GeographicLib tests itself, computed with extra precision."""
    cases = np.array(pytest.importorskip("geographiclib.test.test_geodesic").GeodesicTest.testcases)
    lat1, lon1, azimuth1, lat2, lon2, _, distance = cases.T[:7]
    found_distance, found_azimuth = earth.inverse(lat1, lon1, lat2, lon2)
    assert_allclose(found_distance, distance, rtol=0, atol=1e-8)
    assert_allclose(earth.turn_deg(azimuth1, found_azimuth), 0.0, atol=1e-12)
    found_lat, found_lon = earth.forward(lat1, lon1, azimuth1, distance)
    assert_allclose(found_lat, lat2, rtol=0, atol=1e-12)
    assert_allclose(earth.turn_deg(lon2, found_lon), 0.0, atol=1e-12)


@pytest.mark.parametrize(
    ("start", "end", "metres", "azimuth"),
    [
        # rows 1 and 13 of Karney's table
        ((35.60777, -139.44815), (-11.17491, -69.95921), 8_935_244.5604818305, 111.098748429560326),
        ((-19.79938, -174.47484), (-11.99349, -154.35109), 2_319_004.8601169389, 71.167275780171533),
        # the quarter of a meridian, and a degree of the equator: pi a / 180
        ((0.0, 10.0), (90.0, 10.0), 10_001_965.729, 0.0),
        ((0.0, 179.5), (0.0, -179.5), 111_319.4908, 90.0),
    ],
)
def test_known_geodesics(start, end, metres, azimuth):
    found_metres, found_azimuth = earth.inverse(*start, *end)
    assert float(found_metres) == pytest.approx(metres, abs=1e-3)
    assert float(earth.turn_deg(azimuth, found_azimuth)) == pytest.approx(0.0, abs=1e-9)


def test_over_the_antimeridian():
    lat, lon = earth.forward([0.0, 10.0], [179.9, -179.9], [90.0, 270.0], 50e3)
    assert_array_equal(np.sign(lon), [-1.0, 1.0])
    assert_allclose(earth.inverse(lat, lon, [0.0, 10.0], [179.9, -179.9])[0], 50e3, atol=1e-6)


def test_over_the_pole():
    lat, lon = earth.forward(89.9, 20.0, 0.0, 30e3)
    assert 89.8 < lat < 90.0
    assert float(lon) == pytest.approx(-160.0)
    assert float(earth.inverse(lat, lon, 89.9, 20.0)[1]) == pytest.approx(0.0, abs=1e-9)


def test_at_the_pole_every_longitude_is_one_point():
    assert arc_m(90.0, 0.0, 90.0, 77.0) == pytest.approx(0.0, abs=1e-9)


@few
@given(latitudes, longitudes, latitudes, longitudes)
def test_ranges_of_answers(lat1, lon1, lat2, lon2):
    _, azimuth = earth.inverse(lat1, lon1, lat2, lon2)
    _, lon = earth.forward(lat1, lon1, azimuth, 1e6)
    assert 0.0 <= azimuth < 360.0
    assert -180.0 < lon <= 180.0


def test_shapes_broadcast():
    distance, azimuth = earth.inverse(np.zeros((3, 1)), 0.0, np.ones(4), [0.0, 1.0, 2.0, 3.0])
    assert distance.shape == azimuth.shape == (3, 4)
    lat, lon = earth.forward(0.0, 0.0, 90.0, np.ones((2, 0)))
    assert lat.shape == lon.shape == (2, 0)
    assert np.ndim(earth.inverse(0, 0, 1, 1)[0]) == 0


def test_what_is_given_is_not_written_to():
    lat, lon = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    earth.forward(lat, lon, 0.0, 1e5)
    earth.inverse(lat, lon, lat, lon)
    assert_array_equal([lat, lon], [[1.0, 2.0], [3.0, 4.0]])


# --- normals ---


@few
@given(latitudes, longitudes)
def test_normals_hold_the_position(lat, lon):
    x, y, z = earth.geocentric(lat, lon)
    assert np.hypot(np.hypot(x, y), z) == pytest.approx(1.0, abs=1e-15)
    assert arc_m(lat, lon, np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))) < 1e-6


def test_normals_along_the_axes():
    axes = earth.geocentric([0.0, 0.0, 90.0], [0.0, 90.0, 45.0])
    assert_allclose(axes, np.eye(3), atol=1e-15)
    assert earth.geocentric(np.zeros((2, 5)), 0.0).shape == (2, 5, 3)


# --- compass ---


@pytest.mark.parametrize(
    ("word", "bearing", "half_sector"),
    [
        ("north", 0.0, 45.0), ("E", 90.0, 45.0), ("South", 180.0, 45.0), ("w", 270.0, 45.0),
        ("north-east", 45.0, 22.5), ("northwest", 315.0, 22.5), ("NW", 315.0, 22.5),
        ("south west", 225.0, 22.5), ("west-north-west", 292.5, 11.25), ("west-northwest", 292.5, 11.25),
        ("SSE", 157.5, 11.25), (" north-north-east ", 22.5, 11.25),
    ],
)  # fmt: skip
def test_compass_words(word, bearing, half_sector):
    assert earth.compass_deg(word) == (bearing, half_sector)


def test_letters_go_round_the_compass():
    west = ["S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
    winds = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", *west]
    assert [earth.compass_deg(wind)[0] for wind in winds] == [22.5 * i for i in range(16)]


@pytest.mark.parametrize("word", ["", "up", "north-south", "west-west-north", "nowhere", None, 90])
def test_other_words_are_refused(word):
    with pytest.raises(InputError, match="not a compass word"):
        earth.compass_deg(word)


def test_a_slip_of_spelling_is_answered():
    with pytest.raises(InputError, match="did you mean 'north-west'"):
        earth.compass_deg("noth-west")


# --- refusals ---


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", range(4))
def test_what_is_not_a_number_is_refused(bad, place):
    values = [10.0, 20.0, 30.0, 40.0]
    values[place] = bad
    for function in (earth.forward, earth.inverse):
        with pytest.raises(InputError, match="not a number"):
            function(*values)


@pytest.mark.parametrize("latitude", [90.0001, -91.0, 180.0])
def test_beyond_the_poles_is_refused(latitude):
    calls = [
        lambda: earth.inverse(latitude, 0, 0, 0),
        lambda: earth.inverse(0, 0, latitude, 0),
        lambda: earth.forward(latitude, 0, 0, 1),
        lambda: earth.geocentric(latitude, 0),
        lambda: earth.terrain_m(latitude, 36),
    ]
    for call in calls:
        with pytest.raises(InputError, match="latitude beyond a pole"):
            call()


def test_the_error_names_value_and_place():
    with pytest.raises(InputError, match=r"91\.0") as caught:
        earth.forward([10.0, 91.0], 0.0, 0.0, 1.0)
    assert (caught.value.given, caught.value.row) == (91.0, 1)


# --- ground ---


@pytest.mark.parametrize("place", KNOWN_HEIGHTS)
def test_height_at_known_points(place):
    latitude, longitude, globe, true = KNOWN_HEIGHTS[place]
    height = float(earth.terrain_m(latitude, longitude))
    assert height == pytest.approx(globe, abs=3)
    assert height == pytest.approx(true, abs=130 if true > 1_500 else 30)


@pytest.mark.parametrize("summit", SUMMITS)
def test_ridges_are_at_most_fifty_metres_low(summit):
    south, north, west, east, globe, true = SUMMITS[summit]
    grid = earth.terrain_grid()
    rows = slice(round((grid.north_deg - north) * 120), round((grid.north_deg - south) * 120))
    columns = slice(round((west - grid.west_deg) * 120), round((east - grid.west_deg) * 120))
    highest = grid.height_m[rows, columns].max()
    assert highest == globe
    assert true - 55 < highest < true


def test_middles_of_cells_are_read_as_they_stand():
    grid = earth.terrain_grid()
    rows, columns = np.meshgrid([0, 1, 400, 839], [0, 7, 700, 1319], indexing="ij")
    latitude = grid.north_deg - (rows + 0.5) / grid.cells_per_degree
    longitude = grid.west_deg + (columns + 0.5) / grid.cells_per_degree
    assert_allclose(earth.terrain_m(latitude, longitude), grid.height_m[rows, columns], atol=1e-6)


@few
@given(st.floats(31.0, 38.0), st.floats(32.0, 43.0))
def test_height_lies_between_the_cells_around(latitude, longitude):
    grid = earth.terrain_grid()
    row = int(np.clip((38.0 - latitude) * 120 - 0.5, 0, 838))
    column = int(np.clip((longitude - 32.0) * 120 - 0.5, 0, 1318))
    around = grid.height_m[row : row + 2, column : column + 2]
    assert around.min() - 1e-6 <= earth.terrain_m(latitude, longitude) <= around.max() + 1e-6


def test_outside_a_grid_is_not_a_number():
    latitude = [38.0001, 30.9999, 34.0, 34.0, 55.97, -34.0, np.nan, 34.0]
    longitude = [36.0, 36.0, 31.9999, 43.0001, 37.41, 36.0, 36.0, np.nan]
    assert np.isnan(earth.terrain_m(latitude, longitude, earth.terrain_grid())).all()
    assert_array_equal(np.isnan(earth.terrain_m(latitude, longitude)), [False] * 6 + [True] * 2)
    assert not earth.terrain_masks(latitude, longitude).any()


@pytest.mark.parametrize("place", WORLD_HEIGHTS)
def test_the_world_beyond_the_box(place):
    latitude, longitude, source, true, low = WORLD_HEIGHTS[place]
    cell = float(earth.terrain_m(latitude, longitude))
    assert cell == pytest.approx(source, abs=60)
    assert true - cell == pytest.approx(low, abs=200)


@few
@given(st.floats(-90.0, 90.0), longitudes)
def test_every_place_has_a_height_with_an_error(latitude, longitude):
    fine, error = bool(earth.terrain_masks(latitude, longitude)), float(earth.terrain_error_m(latitude, longitude))
    assert fine == (31.0 <= latitude <= 38.0 and 32.0 <= longitude <= 43.0)
    assert np.isfinite(earth.terrain_m(latitude, longitude))
    assert error >= (15.0 if fine else 85.0)


def test_the_world_has_no_seam():
    either = earth.terrain_m(68.0, [179.999999, -179.999999])
    assert either[0] == pytest.approx(either[1], abs=0.01)
    assert either[0] > 0.0
    assert earth.terrain_m(68.0, -179.97) == pytest.approx(float(earth.terrain_m(68.0, 180.03)))


def test_the_error_holds_the_difference_of_both_grounds():
    rng = np.random.default_rng(7)
    latitude, longitude = rng.uniform(32.0, 37.5, 20_000), rng.uniform(34.0, 40.0, 20_000)
    fine, world = earth.terrain_m(latitude, longitude), earth.terrain_m(latitude, longitude, earth.world_grid())
    apart, land = np.abs(world - fine), fine > 0
    error = earth.terrain_error_m(latitude, longitude, earth.world_grid())
    assert np.sqrt(np.mean(apart[land] ** 2)) == pytest.approx(77.0, abs=10.0)
    assert np.mean(apart[land] < 2.0 * error[land]) > 0.95


def test_a_box_takes_the_finest_ground_that_holds_it():
    world, whole = earth.terrain_grid((30.0, 31.0, 43.0, 38.0)), earth.world_grid()
    assert earth.terrain_grid((32.0, 31.0, 43.0, 38.0)) is earth.terrain_grid()
    assert (earth.terrain_grid().error.masks, world.error.masks) == (True, False)
    row, column = round((90.0 - world.north_deg) * 12), round((world.west_deg - whole.west_deg) * 12)
    rows, columns = world.height_m.shape
    assert_array_equal(world.height_m, whole.height_m[row : row + rows, column : column + columns])
    assert rows >= 7 * 12
    assert columns >= 13 * 12
    with pytest.raises(InputError, match="empty box"):
        earth.terrain_grid((1.5, 45.5, 8.0, 41.0))


def test_five_arc_minutes_hide_nothing():
    with pytest.raises(InputError, match="cannot mask"):
        earth.horizon(44.0, 6.0, 10.0, earth.terrain_grid((1.5, 41.0, 8.0, 45.5)))


def test_the_corners_of_the_grid_are_inside():
    assert np.isfinite(earth.terrain_m([31.0, 31.0, 38.0, 38.0], [32.0, 43.0, 32.0, 43.0])).all()


def test_longitudes_are_one_turn_apart():
    assert earth.terrain_m(34.3, 36.117) == pytest.approx(float(earth.terrain_m(34.3, 36.117 - 360.0)))


def test_the_grid_is_loaded_once_and_cannot_be_written():
    grid = earth.terrain_grid()
    assert grid is earth.terrain_grid()
    assert (grid.north_deg, grid.west_deg, grid.cells_per_degree) == (38.0, 32.0, 120.0)
    assert (grid.height_m.shape, grid.height_m.dtype) == ((840, 1320), np.int16)
    with pytest.raises(ValueError, match="read-only"):
        grid.height_m[0, 0] = 1


def test_the_files_are_the_ones_that_were_built():
    folder = earth.data_folder() / "earth"
    stated = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert {"terrain.npz", "world.npz", "runways.csv", "borders.geojson"} <= set(stated)
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in stated} == stated
