"""The motion model: one path from one vector of standard normal numbers.

`simulate` is a pure function. Every choice of a path (when it took off, from which runway, by which route, when it
left it, each turn, climb and change of speed, where it ended) is read off a vector of independent standard normal
numbers, so that inference can walk in the space of those vectors. There are no random numbers in here.

A path has a beginning that all hypotheses of a case share (take-off, climb, a route or free flight) and a story that
tells them apart (it leaves the route or stays; it lands, falls or flies on). Three channels run side by side: lateral
(hold, turn, fly direct, orbit), vertical (level, climb, descend, approach) and speed. Turns are limited by bank,
speeds by stall, VMO and MMO, climbs and descents by the rates of the type at that height, and every path by the
ground.

The earth is the WGS84 ellipsoid. A position is its unit normal vector n and a direction a unit tangent d; with
e'^2 the second eccentricity squared, N the radius of curvature in the prime vertical, M the meridional one and h the
height, a step ds moves

    dn = ds / (N + h) * (d + e'^2 M / (M + h) * (d.z) (z - n (n.z)))

and d is carried along without turning about n: that is the geodesic, without a singularity at poles or the
antimeridian (it follows from Rodrigues' formula for curvature; checked against pyproj in the tests).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trackkit import air, earth
from trackkit.errors import InputError
from trackkit.model import Aircraft, Case, Hypothesis, Place
from trackkit.units import FT_M, KT_MPS

__all__ = [
    "BLOCKS",
    "DIMENSION",
    "ENDINGS",
    "ENVELOPE",
    "PHASES",
    "SIZES",
    "STEP_S",
    "STORE_S",
    "WAITS",
    "Envelope",
    "Flown",
    "Scene",
    "Story",
    "envelope",
    "latitude_longitude",
    "scene",
    "simulate",
    "story",
]  # fmt: skip

Array = NDArray[np.float64]

#: what a path is doing at a moment, by its code in `phase`
PHASES = ("parked", "take-off roll", "on the route", "free", "approach", "landing roll", "falling", "down")
#: how a path ends, by its code in `ending`
ENDINGS = ("flying", "landed", "crashed", "struck the ground")

PARKED, ROLL, ROUTE, FREE, APPROACH, LANDED, FALLING, DOWN = range(8)
FLYING, SAFE, CRASHED, STRUCK = range(4)

#: inner step of the integration and step of the stored path, seconds
STEP_S = 10.0
STORE_S = 10.0

#: braking after touchdown and the ground speed up to which a path may touch down: 2,250 m to a stop [assumed]
BRAKING_MPS2, FASTEST_TOUCH_MPS = 1.8, 90.0
EVERY = int(STORE_S / STEP_S)
#: standard deviation of the height error of pressure altitude where QNH is not known: 8 hPa [assumed]
QNH_SD_M = 66.0
CAS_STEP_MPS = 5.0
HEIGHT_STEP_M = 200.0

EARTH_M = 6_371_009.0  # mean radius, for guidance only
WGS84_A_M = 6_378_137.0
WGS84_E2 = 6.694379990141317e-3
WGS84_EP2 = WGS84_E2 / (1.0 - WGS84_E2)

# ---------------------------------------------------------------------------------------------------------------
# the vector of normals: single numbers first, then the legs of the three channels
# ---------------------------------------------------------------------------------------------------------------

_SINGLE = (
    "take_off", "runway", "route", "straight_out", "climb", "level", "cruise", "wind_east", "wind_north", "qnh",
    "leave", "descent_angle", "approach_speed", "bank", "ending", "place", "landing_runway", "final", "interlude",
    "fall_after", "fall_rate", "low_speed", "activity", "first_turn",
)  # fmt: skip
(
    TAKE_OFF, RUNWAY, ROUTE_PICK, STRAIGHT_OUT, CLIMB, LEVEL, CRUISE, WIND_EAST, WIND_NORTH, QNH, LEAVE,
    DESCENT_ANGLE, APPROACH_SPEED, BANK, ENDING, PLACE, LANDING_RUNWAY, FINAL, INTERLUDE, FALL_AFTER, FALL_RATE,
    LOW_SPEED, ACTIVITY, FIRST_TURN,
) = range(len(_SINGLE))  # fmt: skip

MAX_POINTS = 6
TURNS, TURN_SIZE = 10, 5  # lateral legs: wait, kind, size, bank, target
CLIMBS, CLIMB_SIZE = 6, 3  # vertical legs: wait, height, rate
SPEEDS, SPEED_SIZE = 4, 2  # speed legs: wait, speed
OFFSETS = len(_SINGLE)
LATERAL = OFFSETS + 2 * MAX_POINTS
VERTICAL = LATERAL + TURNS * TURN_SIZE
SPEED = VERTICAL + CLIMBS * CLIMB_SIZE
DIMENSION = SPEED + SPEEDS * SPEED_SIZE


def _blocks() -> tuple[NDArray[np.int64], ...]:
    """The numbers that belong together: groups of single ones, the route's offsets, each leg of each channel."""
    groups = [
        [TAKE_OFF, STRAIGHT_OUT, CLIMB, LEVEL, CRUISE],
        [RUNWAY, FIRST_TURN, STRAIGHT_OUT],
        [ROUTE_PICK, LEAVE],
        [LEAVE, ENDING, PLACE, INTERLUDE, FALL_AFTER, FALL_RATE],
        [DESCENT_ANGLE, LEVEL, LOW_SPEED, APPROACH_SPEED],
        [PLACE, LANDING_RUNWAY, FINAL],
        [WIND_EAST, WIND_NORTH, QNH],
        [ACTIVITY, BANK],
        list(range(OFFSETS, LATERAL)),
    ]
    groups += [list(range(LATERAL + k * TURN_SIZE, LATERAL + (k + 1) * TURN_SIZE)) for k in range(TURNS)]
    groups += [list(range(LATERAL + k * TURN_SIZE, VERTICAL)) for k in range(0, TURNS, 2)]
    groups += [list(range(VERTICAL + k * CLIMB_SIZE, VERTICAL + (k + 1) * CLIMB_SIZE)) for k in range(CLIMBS)]
    groups += [list(range(SPEED + k * SPEED_SIZE, SPEED + (k + 1) * SPEED_SIZE)) for k in range(SPEEDS)]
    return tuple(np.array(group, dtype=np.int64) for group in groups)


#: groups of numbers that a move of the sampler redraws together
BLOCKS = _blocks()

def _pairs(base: int, count: int, size: int, offset: int) -> NDArray[np.int64]:
    """Index pairs of the same number of neighbouring legs."""
    first = base + offset + size * np.arange(count - 1)
    return np.stack([first, first + size], axis=1)


#: waits of neighbouring legs: moving the manoeuvre between them leaves all others where they are
WAITS = np.concatenate([_pairs(LATERAL, TURNS, TURN_SIZE, 0), _pairs(VERTICAL, CLIMBS, CLIMB_SIZE, 0),
                        _pairs(SPEED, SPEEDS, SPEED_SIZE, 0)])  # fmt: skip
#: sizes of neighbouring turns: more of one and less of the other leaves the course after both as it was
SIZES = _pairs(LATERAL, TURNS, TURN_SIZE, 2)

# ---------------------------------------------------------------------------------------------------------------
# what a path is flown with: the aircraft's envelope, the scene, the story
# ---------------------------------------------------------------------------------------------------------------

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


class Scene(NamedTuple):
    """Where and when all paths of a case begin, and the ground they fly over.

    Times are seconds from the start of the window. Points are unit normal vectors, shape (count, 3).
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
    terrain_m: NDArray[np.float32]
    terrain_box: Array
    true_speed_mps: Array
    sound_mps: Array


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


def scene(case: Case) -> Scene:
    """What all paths of a case share: window, runways, levels, routes, ground."""
    flight, start = case.flight, case.window[0]
    home = case.places[flight.origin]
    routes = [_route_points(case, route.via) for route in flight.routes]
    ids = sorted(case.places)
    grid, table = earth.terrain_grid(), air.speed_table(CAS_STEP_MPS, HEIGHT_STEP_M)
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
        grid.height_m.astype(np.float32),
        np.array([grid.north_deg, grid.west_deg, grid.cells_per_degree], dtype=float),
        table.tas_mps,
        table.sound_mps,
    )


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


def latitude_longitude(x: NDArray, y: NDArray, z: NDArray) -> tuple[Array, Array]:
    """Geodetic latitude and longitude (degrees) of unit normal vectors given by their components."""
    x, y, z = (np.asarray(part, float) for part in (x, y, z))
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def simulate(noise: Array, scene: Scene, story: Story, envelope: Envelope) -> Flown:
    """Fly one path for each row of `noise`.

    Parameters
    ----------
    noise : array, shape (paths, DIMENSION)
        Independent standard normal numbers.
    scene, story, envelope
        Made by the functions of the same names.

    Returns
    -------
    Flown
        Paths at every `STORE_S` seconds of the window, ends included.
    """
    noise = np.ascontiguousarray(noise, dtype=float)
    n, steps = len(noise), int(scene.duration_s // STORE_S) + 1
    track = np.zeros((8, n, steps), np.float32)
    flown = Flown(
        track[0], track[1], track[2], track[3], track[4], track[5], track[6], track[7], np.zeros((n, steps), np.int8),
        np.zeros(n), np.full(n, np.inf), np.zeros(n, np.int8), np.full(n, -1, np.int16), np.zeros(n, np.int8),
        np.zeros(n),
    )  # fmt: skip
    plan, state = np.zeros(P_COUNT + 1), np.zeros(S_TO_GO + 1)
    aim, rest = np.zeros((MAX_POINTS + 2, 3)), np.zeros(MAX_POINTS + 2)
    _fly(noise, scene, story, envelope, flown, plan, state, aim, rest)
    return flown


# ---------------------------------------------------------------------------------------------------------------
# the compiled part: small functions on plain numbers and on two small arrays, a path's plan and its state
# ---------------------------------------------------------------------------------------------------------------

# Arrays are handed over one by one: tuples of many arrays cost more to pass than a step costs to fly.
# the plan: fixed for a path once its numbers are read
(
    P_TAKE_OFF, P_ROLL, P_LEAVE, P_GO, P_FALL, P_LEVEL, P_CLIMB, P_CAS, P_LOW_CAS, P_APPROACH, P_SLOPE, P_TAN_BANK,
    P_WIND_E, P_WIND_N, P_ENDING, P_WAIT, P_FALL_RATE, P_RUNWAY, P_STRAIGHT, P_FAR_SIDE, P_PLACE, P_ROUTE,
    P_LEVEL_HIGH, P_COURSE_X, P_COURSE_Y, P_COURSE_Z, P_FIELD, P_COUNT,
) = range(28)  # fmt: skip
# the state: changes along the path
(
    S_X, S_Y, S_Z, S_DX, S_DY, S_DZ, S_H, S_CAS, S_TAS, S_GS, S_VS, S_PHASE, S_AIM, S_SIDE, S_LEG, S_LEG_AT, S_LEFT,
    S_TARGET, S_LEG_BANK, S_CLIMB_LEG, S_CLIMB_AT, S_HEIGHT_TO, S_RATE, S_SPEED_LEG, S_SPEED_AT, S_CAS_TO, S_DOWNHILL,
    S_TURNED, S_TO_GO,
) = range(29)  # fmt: skip

_compiled = njit(nogil=True, cache=True, error_model="numpy", forceinline=True)


@_compiled
def _phi(z: float) -> float:
    """The standard normal distribution function, kept off 0 and 1."""
    return min(max(0.5 * math.erfc(-z * 0.7071067811865476), 1e-12), 1.0 - 1e-12)


@_compiled
def _wait(z: float, mean: float) -> float:
    return -mean * math.log(1.0 - _phi(z))


@_compiled
def _pick(z: float, count: int) -> int:
    return min(int(_phi(z) * count), count - 1)


@_compiled
def _true_speed(table: Array, cas: float, height: float) -> float:
    """True air speed (m/s), read off the table of `trackkit.air` in straight lines."""
    i = min(max(cas, 0.0) / CAS_STEP_MPS, table.shape[0] - 1.001)
    j = min(max(height, 0.0) / HEIGHT_STEP_M, table.shape[1] - 1.001)
    a, b = int(i), int(j)
    f, g = i - a, j - b
    low = (1 - g) * table[a, b] + g * table[a, b + 1]
    return (1 - f) * low + f * ((1 - g) * table[a + 1, b] + g * table[a + 1, b + 1])


@_compiled
def _ground(terrain: NDArray[np.float32], box: Array, x: float, y: float, z: float) -> float:
    """Height of the ground (m) below a normal; the sea's where the ground model has nothing."""
    row = int((box[0] - math.degrees(math.atan2(z, math.sqrt(x * x + y * y)))) * box[2])
    column = int((math.degrees(math.atan2(y, x)) - box[1]) * box[2])
    if row < 0 or column < 0 or row >= terrain.shape[0] or column >= terrain.shape[1]:
        return 0.0
    return float(terrain[row, column])


@_compiled
def _angle_to(s: Array, x: float, y: float, z: float) -> float:
    """The angle (radians, right positive) from the direction of flight to a point's direction."""
    dot = x * s[S_X] + y * s[S_Y] + z * s[S_Z]
    ux, uy, uz = x - dot * s[S_X], y - dot * s[S_Y], z - dot * s[S_Z]
    cross = (
        s[S_X] * (s[S_DY] * uz - s[S_DZ] * uy)
        + s[S_Y] * (s[S_DZ] * ux - s[S_DX] * uz)
        + s[S_Z] * (s[S_DX] * uy - s[S_DY] * ux)
    )
    return -math.atan2(cross, s[S_DX] * ux + s[S_DY] * uy + s[S_DZ] * uz)


@_compiled
def _distance(s: Array, x: float, y: float, z: float) -> float:
    """Distance (m) to a point along the chord's arc; good to 0.3 %, used for guidance only."""
    dx, dy, dz = x - s[S_X], y - s[S_Y], z - s[S_Z]
    square = dx * dx + dy * dy + dz * dz
    return EARTH_M * math.sqrt(square) * (1.0 + square * (1.0 / 24.0 + square * (3.0 / 640.0)))


@_compiled
def _plan(z: Array, scene: Scene, story: Story, env: Envelope, p: Array) -> None:
    """Read the single numbers of a path."""
    p[P_TAKE_OFF] = scene.earliest_s + _phi(z[TAKE_OFF]) * (scene.latest_s - scene.earliest_s)
    p[P_ROLL] = p[P_TAKE_OFF] - 2.0 * env.takeoff_run_m / env.rotate_mps
    p[P_RUNWAY] = _pick(z[RUNWAY], len(scene.runway_n))
    p[P_STRAIGHT] = 25.0 + _wait(z[STRAIGHT_OUT], 45.0)
    p[P_FAR_SIDE] = 1.0 if _phi(z[FIRST_TURN]) < 0.25 else 0.0
    p[P_CLIMB] = 0.45 + 0.55 * _phi(z[CLIMB])
    p[P_LEVEL] = min(
        scene.level_low_m + _phi(z[LEVEL]) * (scene.level_high_m - scene.level_low_m), env.ceiling_m
    )
    p[P_CAS] = min(max(env.cruise_mps * math.exp(0.08 * z[CRUISE]), 1.3 * env.stall_clean_mps), 0.97 * env.vmo_mps)
    p[P_LOW_CAS] = min(250.0 * KT_MPS * math.exp(0.08 * z[LOW_SPEED]), p[P_CAS])
    approach = max(env.approach_mps * math.exp(0.06 * z[APPROACH_SPEED]), 1.1 * env.stall_landing_mps)
    p[P_APPROACH] = min(approach, 1.4 * env.approach_mps)
    p[P_SLOPE] = math.tan(math.radians(2.6 * math.exp(0.28 * z[DESCENT_ANGLE])))
    p[P_TAN_BANK] = math.tan(math.radians(min(max(env.bank_deg * (0.8 + 0.15 * z[BANK]), 8.0), env.bank_limit_deg)))
    p[P_LEVEL_HIGH] = scene.level_high_m
    p[P_WIND_E] = z[WIND_EAST]
    p[P_WIND_N] = z[WIND_NORTH]
    p[P_WAIT] = 40.0 * math.exp(_phi(z[ACTIVITY]) * math.log(900.0 / 40.0))
    p[P_FALL_RATE] = min(max(20.0 * math.exp(0.8 * z[FALL_RATE]), 3.0), 120.0)
    _plan_route(z, scene, story, p)


@_compiled
def _plan_route(z: Array, scene: Scene, story: Story, p: Array) -> None:
    u, route = _phi(z[ROUTE_PICK]), 0
    while route < len(scene.route_weight) - 1 and u > scene.route_weight[route]:
        u -= scene.route_weight[route]
        route += 1
    p[P_ROUTE] = route
    to = scene.route_place[route]
    p[P_PLACE] = -1.0
    for k in range(len(story.places)):
        if story.places[k] == to:
            p[P_PLACE] = k
    leaves = story.leaves or to < 0
    after = story.leave_after_s if story.leaves else 600.0
    p[P_LEAVE] = p[P_TAKE_OFF] + after + _wait(z[LEAVE], story.leave_mean_s if story.leaves else 600.0)
    p[P_ENDING] = story.endings[_pick(z[ENDING], len(story.endings))]
    p[P_GO] = p[P_FALL] = math.inf
    if not leaves:
        p[P_LEAVE] = math.inf
    elif p[P_ENDING] == SAFE:
        p[P_PLACE] = _pick(z[PLACE], story.choices)
        p[P_GO] = p[P_LEAVE] + _wait(z[INTERLUDE], 240.0)
    elif p[P_ENDING] == CRASHED:
        p[P_FALL] = p[P_LEAVE] + _wait(z[FALL_AFTER], 480.0)


@_compiled
def _land_points(z: Array, story: Story, p: Array, aim: Array, count: int) -> int:
    """Append the final approach point and the threshold of the chosen runway."""
    place = int(p[P_PLACE])
    first, last = story.runway_first[place], story.runway_first[place + 1]
    runway = first + _pick(z[LANDING_RUNWAY], last - first)
    far = (9_000.0 + 13_000.0 * _phi(z[FINAL])) / EARTH_M
    for k in range(3):
        aim[count, k] = story.threshold_n[runway, k] - far * story.threshold_d[runway, k]
        aim[count + 1, k] = story.threshold_n[runway, k]
    norm = math.sqrt(aim[count, 0] ** 2 + aim[count, 1] ** 2 + aim[count, 2] ** 2)
    for k in range(3):
        aim[count, k] /= norm
    p[P_COURSE_X], p[P_COURSE_Y], p[P_COURSE_Z] = story.threshold_d[runway]
    p[P_FIELD] = story.threshold_height_m[runway]
    p[P_RUNWAY] = runway
    return count + 2


@_compiled
def _route_points_of(z: Array, scene: Scene, story: Story, p: Array, aim: Array) -> int:
    """The points of the route, each with the sideways deviation that real flights show, then its runway."""
    route = int(p[P_ROUTE])
    count = scene.route_length[route]
    for j in range(count):
        for k in range(3):
            aim[j, k] = scene.route_points[route, j, k]
        _shift(aim, j, 2_500.0 * z[OFFSETS + 2 * j], 2_500.0 * z[OFFSETS + 2 * j + 1])
    if scene.route_place[route] >= 0:
        keep = p[P_PLACE]
        for k in range(len(story.places)):
            if story.places[k] == scene.route_place[route]:
                p[P_PLACE] = k
        count = _land_points(z, story, p, aim, count)
        p[P_PLACE] = keep
    return count


@_compiled
def _shift(aim: Array, j: int, east_m: float, north_m: float) -> None:
    """Move a point by metres east and north."""
    x, y, z = aim[j, 0], aim[j, 1], aim[j, 2]
    flat = max(math.sqrt(x * x + y * y), 1e-9)
    e, n = east_m / EARTH_M, north_m / EARTH_M
    aim[j, 0] = x - e * y / flat - n * z * x / flat
    aim[j, 1] = y + e * x / flat - n * z * y / flat
    aim[j, 2] = z + n * flat
    norm = math.sqrt(aim[j, 0] ** 2 + aim[j, 1] ** 2 + aim[j, 2] ** 2)
    for k in range(3):
        aim[j, k] /= norm


@_compiled
def _measure(aim: Array, count: int, rest: Array) -> None:
    """The length (m) from each point along the others to the last."""
    rest[count - 1] = 0.0
    for j in range(count - 2, -1, -1):
        chord = math.sqrt(
            (aim[j, 0] - aim[j + 1, 0]) ** 2 + (aim[j, 1] - aim[j + 1, 1]) ** 2 + (aim[j, 2] - aim[j + 1, 2]) ** 2
        )
        rest[j] = rest[j + 1] + EARTH_M * chord


@_compiled
def _follow(s: Array, p: Array, aim: Array, count: int, rest: Array, lands: bool) -> float:
    """The turn (radians, right positive) that the route asks for; goes on to the next point in time to turn."""
    j = int(s[S_AIM])
    away = _distance(s, aim[j, 0], aim[j, 1], aim[j, 2])
    angle = _angle_to(s, aim[j, 0], aim[j, 1], aim[j, 2])
    s[S_TO_GO] = away + rest[j]
    if j < count - 1:
        radius = s[S_GS] * s[S_GS] / (air.GRAVITY_MPS2 * p[P_TAN_BANK])
        if away < 2.0 * radius + 2_000.0 and _is_time(s, aim, j, away, radius, angle):
            s[S_AIM] = j + 1
            s[S_SIDE] = 0.0
            return _follow_last(s, p, aim, count, lands)
        return _round_far_side(s, p, angle)
    return _follow_last(s, p, aim, count, lands)


@_compiled
def _is_time(s: Array, aim: Array, j: int, away: float, radius: float, angle: float) -> bool:
    """Whether to turn to the next point now: by the lead of the turn (120 degrees at most), or the point is passed."""
    early = radius * math.tan(0.5 * min(_bend(s, aim, j), 2.1)) + 0.5 * s[S_GS] * STEP_S
    return away < early or abs(angle) > 1.6


@_compiled
def _round_far_side(s: Array, p: Array, angle: float) -> float:
    """A first turn of more than 100 degrees may be flown the long way round."""
    if s[S_SIDE] == 0.0:
        s[S_SIDE] = 2.0 if abs(angle) < 1.75 or p[P_FAR_SIDE] == 0.0 else (-1.0 if angle > 0 else 1.0)
    if abs(s[S_SIDE]) == 1.0:
        if s[S_SIDE] * angle > 0.0 and abs(angle) < 1.2:
            s[S_SIDE] = 2.0
        else:
            return s[S_SIDE] * 3.0
    return angle


@_compiled
def _bend(s: Array, aim: Array, j: int) -> float:
    """The angle between the way to point j and the way on from it."""
    ax, ay, az = aim[j, 0] - s[S_X], aim[j, 1] - s[S_Y], aim[j, 2] - s[S_Z]
    bx, by, bz = aim[j + 1, 0] - aim[j, 0], aim[j + 1, 1] - aim[j, 1], aim[j + 1, 2] - aim[j, 2]
    size = math.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz))
    return math.acos(min(max((ax * bx + ay * by + az * bz) / max(size, 1e-300), -1.0), 1.0))


@_compiled
def _follow_last(s: Array, p: Array, aim: Array, count: int, lands: bool) -> float:
    """The turn towards the current point; on final approach, towards a point ahead on the centre line."""
    j = int(s[S_AIM])
    if j < count - 1 or not lands:
        return _angle_to(s, aim[j, 0], aim[j, 1], aim[j, 2])
    cx, cy, cz = p[P_COURSE_X], p[P_COURSE_Y], p[P_COURSE_Z]
    along = (aim[j, 0] - s[S_X]) * cx + (aim[j, 1] - s[S_Y]) * cy + (aim[j, 2] - s[S_Z]) * cz
    if along * EARTH_M < -400.0:  # past the threshold and not down: go round by the final approach point
        s[S_AIM], s[S_DOWNHILL], s[S_PHASE] = j - 1.0, 0.0, APPROACH
        return _angle_to(s, aim[j - 1, 0], aim[j - 1, 1], aim[j - 1, 2])
    ahead = along - 2_500.0 / EARTH_M
    return _angle_to(s, aim[j, 0] - ahead * cx, aim[j, 1] - ahead * cy, aim[j, 2] - ahead * cz)


@_compiled
def _manoeuvre(z: Array, s: Array, p: Array, points: Array, env: Envelope, t: float) -> float:
    """Free flight: the turn (radians, right positive) that the present lateral manoeuvre asks for."""
    leg = int(s[S_LEG])
    if t >= s[S_LEG_AT] and leg < TURNS:
        base = LATERAL + leg * TURN_SIZE
        kind = _phi(z[base + 1])
        s[S_TARGET] = -1.0
        s[S_LEFT] = 0.0
        if kind < 0.55:
            size = 2.0 * _phi(abs(z[base + 2])) - 1.0
            s[S_LEFT] = math.copysign(math.pi * size**1.5, z[base + 2])
        elif kind < 0.75:
            s[S_TARGET] = _pick(z[base + 4], len(points))
        elif kind < 0.85:
            s[S_LEFT] = (2.0 if z[base + 2] > 0 else -2.0) * math.pi * (1.0 + _pick(z[base + 4], 2))
        bank = env.bank_deg * (0.8 + 0.2 * z[base + 3])
        s[S_LEG_BANK] = math.tan(math.radians(min(max(bank, 5.0), env.bank_limit_deg)))
        s[S_LEG] = leg + 1.0
        s[S_LEG_AT] = t + (_wait(z[base + TURN_SIZE], p[P_WAIT]) if leg + 1 < TURNS else math.inf)
    if s[S_TARGET] >= 0:
        k = int(s[S_TARGET])
        if _distance(s, points[k, 0], points[k, 1], points[k, 2]) < 3_000.0:
            s[S_TARGET] = -1.0
            return 0.0
        return _angle_to(s, points[k, 0], points[k, 1], points[k, 2])
    return s[S_LEFT]


@_compiled
def _free_height(z: Array, s: Array, p: Array, terrain: NDArray[np.float32], box: Array, t: float) -> float:
    """Free flight: the vertical rate that the present vertical manoeuvre asks for."""
    leg = int(s[S_CLIMB_LEG])
    if t >= s[S_CLIMB_AT] and leg < CLIMBS:
        base = VERTICAL + leg * CLIMB_SIZE
        low = max(_ground(terrain, box, s[S_X], s[S_Y], s[S_Z]), 0.0) + 250.0
        s[S_HEIGHT_TO] = low + _phi(z[base + 1]) * (max(p[P_LEVEL_HIGH], low + 500.0) - low)
        s[S_RATE] = 7.0 * math.exp(0.55 * z[base + 2])
        s[S_CLIMB_LEG] = leg + 1.0
        s[S_CLIMB_AT] = t + (_wait(z[base + CLIMB_SIZE], 300.0) if leg + 1 < CLIMBS else math.inf)
    gap = s[S_HEIGHT_TO] - s[S_H]
    return min(max(gap / 15.0, -s[S_RATE]), s[S_RATE])


@_compiled
def _rate(
    z: Array, s: Array, p: Array, env: Envelope, terrain: NDArray[np.float32], box: Array, t: float, lands: bool
) -> float:
    """The vertical rate (m/s) that the phase asks for, inside what the type can do at that height."""
    phase = int(s[S_PHASE])
    if phase == FALLING:
        return -p[P_FALL_RATE]
    share = (s[S_H] - env.climb_from_m) / (env.climb_to_m - env.climb_from_m)
    best = max(env.climb_low_mps + share * (env.climb_high_mps - env.climb_low_mps), 0.5)
    if phase == FREE:
        return min(max(_free_height(z, s, p, terrain, box, t), -env.emergency_mps), best)
    if lands:
        above = s[S_H] - p[P_FIELD] - 15.0
        if s[S_DOWNHILL] == 0.0 and above > p[P_SLOPE] * s[S_TO_GO]:
            s[S_DOWNHILL] = 1.0
        if s[S_DOWNHILL] == 1.0:
            return max(-s[S_GS] * above / max(s[S_TO_GO], 500.0), -1.3 * env.descent_mps)
    if phase == APPROACH:
        return 0.0
    return min(max((p[P_LEVEL] - s[S_H]) / 15.0, -env.descent_mps), p[P_CLIMB] * best)


@_compiled
def _speed(z: Array, s: Array, p: Array, env: Envelope, t: float, lands: bool) -> float:
    """The calibrated air speed (m/s) that the phase asks for."""
    if s[S_PHASE] == FREE or s[S_PHASE] == FALLING:
        leg = int(s[S_SPEED_LEG])
        if t >= s[S_SPEED_AT] and leg < SPEEDS:
            base = SPEED + leg * SPEED_SIZE
            slowest = 1.2 * env.stall_clean_mps
            s[S_CAS_TO] = slowest + _phi(z[base + 1]) * (0.97 * env.vmo_mps - slowest)
            s[S_SPEED_LEG] = leg + 1.0
            s[S_SPEED_AT] = t + (_wait(z[base + SPEED_SIZE], 400.0) if leg + 1 < SPEEDS else math.inf)
        return s[S_CAS_TO]
    if lands and s[S_TO_GO] < 28_000.0:
        share = min(max((s[S_TO_GO] - 9_000.0) / 19_000.0, 0.0), 1.0)
        return p[P_APPROACH] + share * (p[P_LOW_CAS] - p[P_APPROACH])
    if s[S_H] < 10_000.0 * FT_M:
        return p[P_LOW_CAS]
    return p[P_CAS]


@_compiled
def _toward(value: float, target: float, most: float) -> float:
    return value + min(max(target - value, -most), most)


@_compiled
def _move(s: Array, turn: float, distance: float) -> None:
    """Turn by half, go along the geodesic, turn by the other half (radians, right positive; metres)."""
    _rotate(s, 0.5 * turn)
    nz, dz = s[S_Z], s[S_DZ]
    root = math.sqrt(1.0 - WGS84_E2 * nz * nz)
    prime = WGS84_A_M / root
    meridional = WGS84_A_M * (1.0 - WGS84_E2) / (root * root * root)
    step = distance / (prime + s[S_H])
    bulge = WGS84_EP2 * dz * meridional / (meridional + s[S_H])
    mx = s[S_DX] - bulge * s[S_X] * nz
    my = s[S_DY] - bulge * s[S_Y] * nz
    mz = dz + bulge * (1.0 - nz * nz)
    size = math.sqrt(mx * mx + my * my + mz * mz)
    mx, my, mz, arc = mx / size, my / size, mz / size, step * size
    c, q = 1.0 - 0.5 * arc * arc, arc - arc * arc * arc / 6.0
    x, y, z = s[S_X], s[S_Y], s[S_Z]
    s[S_X], s[S_Y], s[S_Z] = c * x + q * mx, c * y + q * my, c * z + q * mz
    _carry(s, x, y, z)
    _rotate(s, 0.5 * turn)


@_compiled
def _carry(s: Array, x: float, y: float, z: float) -> None:
    """Carry the direction over from the old normal to the new one without turning about it."""
    lean = s[S_DX] * s[S_X] + s[S_DY] * s[S_Y] + s[S_DZ] * s[S_Z]
    share = lean / (1.0 + x * s[S_X] + y * s[S_Y] + z * s[S_Z])
    dx = s[S_DX] - share * (x + s[S_X])
    dy = s[S_DY] - share * (y + s[S_Y])
    dz = s[S_DZ] - share * (z + s[S_Z])
    norm = math.sqrt(s[S_X] ** 2 + s[S_Y] ** 2 + s[S_Z] ** 2)
    s[S_X], s[S_Y], s[S_Z] = s[S_X] / norm, s[S_Y] / norm, s[S_Z] / norm
    dot = dx * s[S_X] + dy * s[S_Y] + dz * s[S_Z]
    dx, dy, dz = dx - dot * s[S_X], dy - dot * s[S_Y], dz - dot * s[S_Z]
    norm = math.sqrt(dx * dx + dy * dy + dz * dz)
    s[S_DX], s[S_DY], s[S_DZ] = dx / norm, dy / norm, dz / norm


@_compiled
def _rotate(s: Array, angle: float) -> None:
    """Turn the direction of flight to the right by an angle (radians)."""
    if angle == 0.0:
        return
    c, q = math.cos(angle), math.sin(angle)
    lx = s[S_Y] * s[S_DZ] - s[S_Z] * s[S_DY]
    ly = s[S_Z] * s[S_DX] - s[S_X] * s[S_DZ]
    lz = s[S_X] * s[S_DY] - s[S_Y] * s[S_DX]
    s[S_DX], s[S_DY], s[S_DZ] = c * s[S_DX] - q * lx, c * s[S_DY] - q * ly, c * s[S_DZ] - q * lz


@_compiled
def _east_north(s: Array) -> tuple[float, float]:
    """The east and north parts of the direction of flight."""
    flat = max(math.sqrt(s[S_X] ** 2 + s[S_Y] ** 2), 1e-12)
    return (-s[S_Y] * s[S_DX] + s[S_X] * s[S_DY]) / flat, s[S_DZ] / flat


@_compiled
def _ground_speed(s: Array, p: Array) -> float:
    """Ground speed along the track, by the wind triangle; the wind grows with height (see the plan)."""
    east, north = _east_north(s)
    strength = 3.0 + 1.5e-3 * max(s[S_H], 0.0)
    we, wn = strength * p[P_WIND_E], strength * p[P_WIND_N]
    along, across = we * east + wn * north, we * north - wn * east
    return max(along + math.sqrt(max(s[S_TAS] ** 2 - across * across, 0.0)), 10.0)


@_compiled
def _start(s: Array, scene: Scene, p: Array) -> None:
    runway = int(p[P_RUNWAY])
    for k in range(3):
        s[S_X + k] = scene.runway_n[runway, k]
        s[S_DX + k] = scene.runway_d[runway, k]
    s[S_H] = scene.runway_height_m
    s[S_TARGET] = -1.0


@_compiled
def _leave(s: Array, p: Array, t: float, z: Array) -> None:
    """Begin free flight: the first lateral manoeuvre now, height and speed as they are until their own."""
    s[S_PHASE] = FREE
    s[S_LEG], s[S_LEG_AT], s[S_LEFT], s[S_TARGET] = 0.0, t, 0.0, -1.0
    s[S_CLIMB_LEG], s[S_CLIMB_AT] = 0.0, t + _wait(z[VERTICAL], 300.0 if s[S_VS] > 1.0 else 120.0)
    s[S_RATE] = max(abs(s[S_VS]), 1.0)
    s[S_HEIGHT_TO] = s[S_H]
    if s[S_VS] > 1.0:
        s[S_HEIGHT_TO] = max(p[P_LEVEL], s[S_H])
    elif s[S_VS] < -1.0:
        s[S_HEIGHT_TO] = min(s[S_H], max(s[S_H] + 240.0 * s[S_VS], 1_500.0))
    s[S_SPEED_LEG], s[S_SPEED_AT], s[S_CAS_TO] = 0.0, t + _wait(z[SPEED], 300.0), s[S_CAS]


@njit(nogil=True, cache=True, error_model="numpy")
def _fly(
    noise: Array, scene: Scene, story: Story, env: Envelope, out: Flown, p: Array,
    s: Array, aim: Array, rest: Array,
) -> None:  # fmt: skip
    for i in range(len(noise)):
        s[:] = 0.0
        p[:] = 0.0
        z = noise[i]
        _plan(z, scene, story, env, p)
        _start(s, scene, p)
        count = _route_points_of(z, scene, story, p, aim)
        lands = scene.route_place[int(p[P_ROUTE])] >= 0
        if count > 0:
            _measure(aim, count, rest)
        else:
            p[P_LEAVE] = min(p[P_LEAVE], p[P_TAKE_OFF] + p[P_STRAIGHT])
        out.take_off_s[i], out.route[i], out.qnh_offset_m[i] = p[P_TAKE_OFF], int(p[P_ROUTE]), QNH_SD_M * z[QNH]
        last = out.x.shape[1] - 1
        for k in range(last * EVERY):
            t = k * STEP_S
            if k % EVERY == 0:
                _store(s, out, i, k // EVERY)
            turned = _turning_point(z, s, p, story, aim, rest, t)
            if turned != 0:
                lands, count = turned > 0, turned if turned > 0 else count
            if _on_ground(s, p, env, t):
                continue
            met = _step(
                z, env, scene.true_speed_mps, scene.sound_mps, scene.terrain_m, scene.terrain_box, scene.points, p, s,
                aim, count, rest, t, lands,
            )
            if met >= 0:
                _end(out, story, i, met, t, int(p[P_RUNWAY]))
        _store(s, out, i, last)


@_compiled
def _turning_point(z: Array, s: Array, p: Array, story: Story, aim: Array, rest: Array, t: float) -> int:
    """Leave the route (-1), or turn in to land (the number of points from then on); 0 for neither."""
    if s[S_PHASE] == ROUTE and t >= p[P_LEAVE]:
        _leave(s, p, t, z)
        return -1
    if s[S_PHASE] == FREE and t >= p[P_GO]:
        s[S_PHASE], s[S_AIM], s[S_DOWNHILL], s[S_SIDE], p[P_GO] = APPROACH, 0.0, 0.0, 2.0, math.inf
        count = _land_points(z, story, p, aim, 0)
        _measure(aim, count, rest)
        return count
    return 0


@_compiled
def _end(out: Flown, story: Story, i: int, met: int, t: float, runway: int) -> None:
    out.ending[i], out.end_s[i] = met, t + STEP_S
    if met == SAFE:
        out.place[i] = _place_of(story, runway)


@_compiled
def _on_ground(s: Array, p: Array, env: Envelope, t: float) -> bool:
    """Parked, rolling or down: move along the runway, and say so."""
    if s[S_PHASE] == PARKED and t >= p[P_ROLL]:
        s[S_PHASE] = ROLL
    if s[S_PHASE] == ROLL and t >= p[P_TAKE_OFF]:
        s[S_PHASE], s[S_CAS] = ROUTE, env.rotate_mps
    if s[S_PHASE] == FREE and t >= p[P_FALL]:
        s[S_PHASE] = FALLING
    if s[S_PHASE] == ROLL:
        _roll(s, env.rotate_mps, 0.5 * env.rotate_mps**2 / env.takeoff_run_m)
    elif s[S_PHASE] == LANDED:
        _roll(s, 0.0, BRAKING_MPS2)
    return s[S_PHASE] < ROUTE or s[S_PHASE] == LANDED or s[S_PHASE] == DOWN


@_compiled
def _roll(s: Array, speed: float, rate: float) -> None:
    """Along the runway, to a speed at a rate."""
    before = s[S_GS]
    s[S_GS] = _toward(before, speed, rate * STEP_S)
    s[S_VS] = 0.0
    _move(s, 0.0, 0.5 * (before + s[S_GS]) * STEP_S)


@_compiled
def _step(
    z: Array, env: Envelope, table: Array, sound: Array, terrain: NDArray[np.float32], box: Array, points: Array,
    p: Array, s: Array, aim: Array, count: int, rest: Array, t: float, lands: bool,
) -> int:  # fmt: skip
    """One step in the air: steer, climb, pace, move. Gives the ending that was met, or -1."""
    angle, bank = 0.0, p[P_TAN_BANK]
    if s[S_PHASE] == FREE or s[S_PHASE] == FALLING:
        angle, bank = _manoeuvre(z, s, p, points, env, t), max(s[S_LEG_BANK], 0.05)
    elif t >= p[P_TAKE_OFF] + p[P_STRAIGHT]:
        angle = _follow(s, p, aim, count, rest, lands)
        if not lands and int(s[S_AIM]) == count - 1 and s[S_TO_GO] < 3_000.0:
            p[P_LEAVE] = t
    else:
        s[S_TO_GO] = _distance(s, aim[0, 0], aim[0, 1], aim[0, 2]) + rest[0]
    stall = env.stall_landing_mps if lands else env.stall_clean_mps
    cas = _toward(s[S_CAS], _speed(z, s, p, env, t, lands), env.acceleration_mps2 * STEP_S)
    s[S_CAS] = min(max(cas, 1.05 * stall), env.vmo_mps)
    agility = (4.0 if s[S_PHASE] == FALLING else 1.0) * STEP_S
    s[S_VS] = _toward(s[S_VS], _rate(z, s, p, env, terrain, box, t, lands), agility)
    most_tas = env.mmo * sound[min(int(max(s[S_H], 0.0) / HEIGHT_STEP_M), len(sound) - 1)]
    s[S_TAS] = min(_true_speed(table, s[S_CAS], s[S_H]), most_tas)
    s[S_GS] = _ground_speed(s, p)
    most = air.GRAVITY_MPS2 * bank / max(s[S_TAS], 40.0) * STEP_S
    turn = min(max(angle, -most), most)
    s[S_LEFT] = s[S_LEFT] - turn if s[S_TARGET] < 0 else 0.0
    if lands and int(s[S_AIM]) == count - 1 and _touches(s, p, aim, count):
        _land(s, p, aim, count)
        return SAFE
    _move(s, turn, s[S_GS] * STEP_S)
    s[S_TURNED] += math.degrees(turn)
    s[S_H] = min(s[S_H] + s[S_VS] * STEP_S, env.ceiling_m)
    clear_of_field = t > p[P_TAKE_OFF] + 60.0 and not (lands and s[S_TO_GO] < 7_000.0)
    if s[S_H] < 4_000.0 and (clear_of_field or s[S_PHASE] == FALLING):
        return _meets_ground(s, _ground(terrain, box, s[S_X], s[S_Y], s[S_Z]))
    return -1


@_compiled
def _touches(s: Array, p: Array, aim: Array, count: int) -> bool:
    """Over the threshold in this step, low, slow and along the runway."""
    j = count - 1
    if _distance(s, aim[j, 0], aim[j, 1], aim[j, 2]) > s[S_GS] * STEP_S + 60.0 or s[S_GS] > FASTEST_TOUCH_MPS:
        return False
    along = s[S_DX] * p[P_COURSE_X] + s[S_DY] * p[P_COURSE_Y] + s[S_DZ] * p[P_COURSE_Z]
    return along > 0.9 and abs(s[S_H] - p[P_FIELD]) < 120.0


@_compiled
def _land(s: Array, p: Array, aim: Array, count: int) -> None:
    for k in range(3):
        s[S_X + k] = aim[count - 1, k]
        s[S_DX + k] = p[P_COURSE_X + k]
    s[S_H], s[S_VS], s[S_PHASE] = p[P_FIELD], 0.0, LANDED


@_compiled
def _place_of(story: Story, runway: int) -> int:
    place = 0
    while story.runway_first[place + 1] <= runway:
        place += 1
    return story.places[place]


@_compiled
def _meets_ground(s: Array, ground: float) -> int:
    """Met the ground, as the story says or against it; or -1."""
    if s[S_H] > ground:
        return -1
    met = CRASHED if s[S_PHASE] == FALLING else STRUCK
    s[S_H], s[S_VS], s[S_GS], s[S_PHASE] = ground, 0.0, 0.0, DOWN
    return met


@_compiled
def _store(s: Array, out: Flown, i: int, k: int) -> None:
    east, north = _east_north(s)
    out.x[i, k], out.y[i, k], out.z[i, k] = s[S_X], s[S_Y], s[S_Z]
    out.altitude_m[i, k], out.groundspeed_mps[i, k], out.vertical_rate_mps[i, k] = s[S_H], s[S_GS], s[S_VS]
    track = math.degrees(math.atan2(east, north))
    out.track_deg[i, k] = track if track >= 0.0 else track + 360.0
    out.turned_deg[i, k] = s[S_TURNED]
    out.phase[i, k] = int(s[S_PHASE])
