"""What paths are flown with: the aircraft's envelope, habits, the scene and the story; and what comes of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from trackkit import air, earth
from trackkit.errors import InputError
from trackkit.model import Aircraft, Case, Hypothesis, Place
from trackkit.motion.numbers import MAX_POINTS
from trackkit.units import KT_MPS

Array = NDArray[np.float64]

#: what a path is doing at a moment, by its code in `phase`
PHASES = ("parked", "take-off roll", "on the route", "free", "approach", "landing roll", "falling", "down")
#: how a path ends, by its code in `ending`
ENDINGS = ("flying", "landed", "crashed", "struck the ground")

PARKED, ROLL, ROUTE, FREE, APPROACH, LANDED, FALLING, DOWN = range(8)
FLYING, SAFE, CRASHED, STRUCK = range(4)

CAS_STEP_MPS = 5.0
HEIGHT_STEP_M = 200.0
#: cells a side of the blocks by which high flight is told to be clear of the ground
RIDGE_CELLS = 16

#: how far about a case's extent and places the ground is taken, where it is of 5 arc-minutes (degrees)
GROUND_MARGIN_DEG = 5.0

#: the limits that `envelope` asks of an aircraft, by name in `Aircraft.limits`
ENVELOPE = (
    "stall_cas_clean", "stall_cas_landing", "approach_cas", "vmo_cas", "mmo", "ceiling", "climb_rate",
    "descent_rate_normal", "descent_rate_emergency", "bank_normal", "bank_limit", "acceleration_normal",
    "acceleration_limit", "cruise_cas", "rotate_cas", "takeoff_run",
)  # fmt: skip


class Envelope(NamedTuple):
    """The limits of an aircraft as plain numbers (SI, degrees)."""

    stall_clean_mps: float
    stall_landing_mps: float
    approach_mps: float
    vmo_mps: float
    mmo: float
    ceiling_m: float
    climb_low_mps: float
    climb_high_mps: float
    climb_from_m: float
    climb_to_m: float
    descent_mps: float
    emergency_mps: float
    bank_deg: float
    bank_limit_deg: float
    acceleration_mps2: float
    acceleration_limit_mps2: float
    cruise_mps: float
    rotate_mps: float
    takeoff_run_m: float


class Habits(NamedTuple):
    """How aircraft are flown: mean waits, shares and spreads.

    The rates of free flight are those that real flights of all kinds together showed (`data/priors`, table ``any``:
    393 training flights, 218 hours; a test compares them), shares of manoeuvres times 0.95, as deliberate straight legs
    cannot be told there; the rest is chosen.

    `_s` means mean waits of exponential times unless said otherwise; `_spread` standard deviations of a logarithm;
    shares of lateral manoeuvres are probabilities, and what they leave of 1 is to hold the track.
    """

    # take-off and route
    straight_least_s: float = 25.0  #: runway heading is held at least so long after take-off
    straight_mean_s: float = 45.0  #: and then so much longer, on the mean
    far_side: float = 0.25  #: share of first turns of more than 100 degrees that go the long way round
    climb_least: float = 0.45  #: least share of the best rate of climb
    cruise_spread: float = 0.08  #: of the cruising speed (CAS)
    low_mps: float = 250.0 * KT_MPS  #: speed below 10,000 ft (CAS)
    low_spread: float = 0.08
    offset_m: float = 2_500.0  #: standard deviation of the sideways deviation from a point of a route
    bank_mean: float = 0.8  #: bank on a route, as a share of the type's normal bank
    bank_spread: float = 0.15  #: standard deviation of that share
    free_after_s: float = 600.0  #: a route without destination is left no sooner, when the story does not say
    free_mean_s: float = 600.0
    # endings
    interlude_s: float = 240.0  #: free flight before turning in to land
    fall_after_s: float = 480.0  #: free flight before a fall
    fall_mps: float = 20.0  #: median rate of a fall
    fall_spread: float = 0.8
    approach_spread: float = 0.06  #: of the approach speed (CAS)
    slope_deg: float = 2.6  #: median angle of descent to land
    slope_spread: float = 0.28
    final_least_m: float = 9_000.0  #: the final approach point lies so far out at least
    final_range_m: float = 13_000.0  #: and so much farther at most, evenly
    # free flight: lateral
    busy_s: float = 123.0  #: the mean wait between manoeuvres is log-uniform from here
    calm_s: float = 571.0  #: to here
    turn: float = 0.518  #: share of turns to a new track
    gentle: float = 0.034  #: share of gentle turns that are kept up
    place: float = 0.133  #: share of direct flights to a place
    point: float = 0.133  #: share of direct flights to a point anywhere in the case's area
    orbit: float = 0.105  #: share of orbits, one or two
    hold: float = 0.027  #: share of holds, one to three rounds of two half turns and two straight legs
    turn_power: float = 1.7  #: a turn is 180 degrees times a uniform number to this power
    gentle_low_deg: float = 3.0  #: bank of gentle turns, evenly from here
    gentle_high_deg: float = 12.0  #: to here
    hold_s: float = 60.0  #: median time of a straight leg of a hold
    hold_spread: float = 0.3
    leg_bank_mean: float = 0.524  #: bank in free flight, as a share of the type's normal bank
    leg_bank_spread: float = 0.207
    # free flight: height and speed
    clearance_m: float = 250.0  #: new heights are this far above the ground at least
    height_first_s: float = 120.0  #: the first change of height, where the path does not climb as it begins
    height_s: float = 387.0  #: each further one
    rate_mps: float = 4.1  #: median rate of climb and descent
    rate_spread: float = 0.55
    speed_first_s: float = 300.0  #: the first change of speed
    speed_s: float = 526.0  #: each further one
    slowest: float = 1.2  #: new speeds are at least this many times the clean stall's
    fastest: float = 0.97  #: and at most this share of VMO
    # the air
    wind_mps: float = 3.0  #: standard deviation of either part of the wind at sea level
    wind_per_m: float = 1.5e-3  #: and how it grows with height (m/s a metre)
    wind_east_mps: float = 0.0  #: the wind's mean at sea level, towards the east; a case's own wind takes these places
    wind_east_per_m: float = 0.0
    wind_north_mps: float = 0.0
    wind_north_per_m: float = 0.0
    qnh_m: float = 66.0  #: standard deviation of the height error of pressure altitude: 8 hPa [assumed]


#: the habits that a scene is made with unless others are given
HABITS = Habits()


class Scene(NamedTuple):
    """Where and when all paths of a case begin, the ground they fly over, and the habits they are flown with.

    Times are seconds from the start of the window. Points are unit normal vectors, shape (count, 3); `extent_deg` is
    west, south, east, north. `ridge_m` has the highest ground in and about blocks of `RIDGE_CELLS` cells a side.
    """

    duration_s: float
    earliest_s: float
    latest_s: float
    runway_n: Array
    runway_d: Array
    runway_height_m: float
    level_low_m: float
    level_high_m: float
    route_weight: Array
    route_length: NDArray[np.int64]
    route_points: Array
    route_place: NDArray[np.int64]
    points: Array
    extent_deg: Array
    terrain_m: NDArray[np.float32]
    ridge_m: NDArray[np.float32]
    terrain_box: Array
    true_speed_mps: Array
    sound_mps: Array
    habits: Habits


class Story(NamedTuple):
    """What tells a hypothesis apart: when its paths leave the route, how and where they end."""

    leaves: bool
    leave_after_s: float
    leave_mean_s: float
    endings: NDArray[np.int64]
    choices: int
    places: NDArray[np.int64]
    runway_first: NDArray[np.int64]
    threshold_n: Array
    threshold_d: Array
    threshold_height_m: Array


class Flown(NamedTuple):
    """Paths as arrays by (path, time): normals, height, speed, track, vertical rate, degrees turned so far, phase."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    z: NDArray[np.float32]
    altitude_m: NDArray[np.float32]
    groundspeed_mps: NDArray[np.float32]
    track_deg: NDArray[np.float32]
    vertical_rate_mps: NDArray[np.float32]
    turned_deg: NDArray[np.float32]
    phase: NDArray[np.int8]
    take_off_s: Array
    end_s: Array
    ending: NDArray[np.int8]
    place: NDArray[np.int16]
    route: NDArray[np.int8]
    qnh_offset_m: Array


def envelope(aircraft: Aircraft) -> Envelope:
    """The limits of an aircraft as the engine needs them.

    Raises
    ------
    InputError
        If the aircraft lacks one of the limits named in `ENVELOPE`.
    """
    for name in ENVELOPE:
        if name not in aircraft.limits:
            raise InputError(f"{aircraft.name} has no limit of this name", name, aircraft.limits)
    one = {name: aircraft[name].value for name in ENVELOPE}
    climb, emergency = aircraft["climb_rate"], aircraft["descent_rate_emergency"]
    return Envelope(
        one["stall_cas_clean"], one["stall_cas_landing"], one["approach_cas"], one["vmo_cas"], one["mmo"],
        one["ceiling"], climb.values[0], climb.values[-1], climb.heights_m[0], climb.heights_m[-1],
        one["descent_rate_normal"], max(emergency.values), one["bank_normal"], one["bank_limit"],
        one["acceleration_normal"], one["acceleration_limit"], one["cruise_cas"], one["rotate_cas"],
        one["takeoff_run"],
    )  # fmt: skip


def scene(case: Case, habits: Habits = HABITS) -> Scene:
    """What all paths of a case share: window, runways, levels, routes, ground, and the habits they are flown with."""
    flight, start = case.flight, case.window[0]
    home = case.places[flight.origin]
    routes = [_route_points(case, route.via) for route in flight.routes]
    ids = sorted(case.places)
    grid, table = _ground_under(case), air.speed_table(CAS_STEP_MPS, HEIGHT_STEP_M)
    return Scene(
        (case.window[1] - start).total_seconds(),
        (flight.earliest - start).total_seconds(),
        (flight.latest - start).total_seconds(),
        *_thresholds([home]),
        home.elevation_m or 0.0,
        flight.level_low_m,
        flight.level_high_m,
        np.array([route.weight for route in flight.routes]),
        np.array([len(points) for points in routes], dtype=np.int64),
        _stack(routes),
        np.array([ids.index(route.to) if route.to else -1 for route in flight.routes], dtype=np.int64),
        _normals([case.places[name] for name in ids]),
        np.array([case.extent.west, case.extent.south, case.extent.east, case.extent.north], dtype=float),
        grid.height_m.astype(np.float32),
        _ridges(grid.height_m),
        np.array([grid.north_deg, grid.west_deg, grid.cells_per_degree], dtype=float),
        table.tas_mps,
        table.sound_mps,
        _in_the_wind(habits, case.wind),
    )


def _in_the_wind(habits: Habits, wind: air.Wind | None) -> Habits:
    """The habits with the case's wind in the place of the broad one without direction."""
    if wind is None:
        return habits
    return habits._replace(
        wind_mps=wind.sd_mps, wind_per_m=wind.sd_per_m, wind_east_mps=wind.east_mps, wind_east_per_m=wind.east_per_m,
        wind_north_mps=wind.north_mps, wind_north_per_m=wind.north_per_m,
    )  # fmt: skip


def _ground_under(case: Case) -> earth.Grid:
    """GLOBE where the case's extent lies in it; else 5 arc-minutes, of all about the extent and the places."""
    box = case.extent
    grid = earth.terrain_grid((box.west, box.south, box.east, box.north))
    if grid.error.masks:
        return grid
    # longitudes on from the extent's western edge, by the shorter way
    off = earth.wrap_deg(np.array([place.longitude for place in case.places.values()]) - box.west)
    wests, norths = [0.0, *off], [box.south, box.north, *(place.latitude for place in case.places.values())]
    wide = max((box.east - box.west) % 360.0, *wests)
    south, north = max(min(norths) - GROUND_MARGIN_DEG, -90.0), min(max(norths) + GROUND_MARGIN_DEG, 90.0)
    return earth.terrain_grid(
        (box.west + min(wests) - GROUND_MARGIN_DEG, south, box.west + wide + GROUND_MARGIN_DEG, north)
    )


def _ridges(height_m: NDArray[np.int16]) -> NDArray[np.float32]:
    """The highest ground in each block of cells and the blocks about it; the sea's level where there is none."""
    rows, columns = (-(-size // RIDGE_CELLS) for size in height_m.shape)
    padded = np.zeros(((rows + 2) * RIDGE_CELLS, (columns + 2) * RIDGE_CELLS), np.float32)
    padded[RIDGE_CELLS:, RIDGE_CELLS:][: height_m.shape[0], : height_m.shape[1]] = height_m
    blocks = padded.reshape(rows + 2, RIDGE_CELLS, columns + 2, RIDGE_CELLS).max(axis=(1, 3))
    return np.asarray(sliding_window_view(np.pad(blocks, 1), (3, 3)).max(axis=(2, 3)), np.float32)


def story(case: Case, hypothesis: Hypothesis) -> Story:
    """What tells a hypothesis's paths apart. The runways where routes end are always known to it."""
    ids = sorted(case.places)
    names = list(dict.fromkeys([*hypothesis.at, *(route.to for route in case.flight.routes if route.to)]))
    places = [case.places[name] for name in names]
    return Story(
        hypothesis.leaves_after_s is not None,
        hypothesis.leaves_after_s or 0.0,
        hypothesis.leaves_mean_s or 0.0,
        np.array([ENDINGS.index(end) for end in hypothesis.ends], dtype=np.int64),
        len(hypothesis.at),
        np.array([ids.index(name) for name in names], dtype=np.int64),
        np.cumsum([0, *(len(place.runways) for place in places)]).astype(np.int64),
        *_thresholds(places),
        np.array([place.elevation_m or 0.0 for place in places for _ in place.runways]),
    )


def _route_points(case: Case, names: tuple[str, ...]) -> Array:
    if len(names) > MAX_POINTS:
        raise InputError(f"a route of more than {MAX_POINTS} points", len(names), f"{MAX_POINTS} at most")
    return _normals([case.places[name] for name in names])


def _normals(places: list[Place]) -> Array:
    if not places:
        return np.zeros((0, 3))
    return earth.geocentric([place.latitude for place in places], [place.longitude for place in places])


def _stack(routes: list[Array]) -> Array:
    stacked = np.zeros((len(routes), MAX_POINTS, 3))
    for row, points in zip(stacked, routes, strict=True):
        row[: len(points)] = points
    return stacked


def _thresholds(places: list[Place]) -> tuple[Array, Array]:
    """Normals and tangents of all runways of the places, in their order."""
    runways = [runway for place in places for runway in place.runways]
    if not runways:
        return np.zeros((0, 3)), np.zeros((0, 3))
    latitude = np.radians([runway.latitude for runway in runways])
    longitude = np.radians([runway.longitude for runway in runways])
    heading = np.radians([runway.heading_deg for runway in runways])
    east = np.stack([-np.sin(longitude), np.cos(longitude), np.zeros_like(longitude)], axis=-1)
    north = np.stack(
        [-np.sin(latitude) * np.cos(longitude), -np.sin(latitude) * np.sin(longitude), np.cos(latitude)], axis=-1
    )
    normals = earth.geocentric(np.degrees(latitude), np.degrees(longitude))
    return normals, np.cos(heading)[:, None] * north + np.sin(heading)[:, None] * east
