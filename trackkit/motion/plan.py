"""The plan of a path: what its single numbers say before it flies, and the points that it flies by."""

from __future__ import annotations

import math

from trackkit.motion.geometry import (
    EARTH_M,
    P_APPROACH,
    P_CAS,
    P_CLIMB,
    P_COUNT,
    P_COURSE_X,
    P_ENDING,
    P_FALL,
    P_FALL_RATE,
    P_FAR_SIDE,
    P_FIELD,
    P_GO,
    P_LANDS,
    P_LEAVE,
    P_LEVEL,
    P_LEVEL_HIGH,
    P_LOW_CAS,
    P_MEAN_E,
    P_MEAN_E_UP,
    P_MEAN_N,
    P_MEAN_N_UP,
    P_PLACE,
    P_ROLL,
    P_ROUTE,
    P_RUNWAY,
    P_SLOPE,
    P_STRAIGHT,
    P_TAKE_OFF,
    P_TAN_BANK,
    P_WAIT,
    P_WIND_E,
    P_WIND_LOW,
    P_WIND_N,
    P_WIND_UP,
    _compiled,
    _inlined,
    _phi,
    _pick,
    _scales,
    _wait,
)  # fmt: skip
from trackkit.motion.numbers import (
    ACTIVITY,
    APPROACH_SPEED,
    BANK,
    CLIMB,
    CRUISE,
    DESCENT_ANGLE,
    ENDING,
    FALL_AFTER,
    FALL_RATE,
    FINAL,
    FIRST_TURN,
    INTERLUDE,
    LANDING_RUNWAY,
    LEAVE,
    LEVEL,
    LOW_SPEED,
    OFFSETS,
    PLACE,
    ROUTE_PICK,
    RUNWAY,
    STRAIGHT_OUT,
    TAKE_OFF,
    WIND_EAST,
    WIND_NORTH,
)  # fmt: skip
from trackkit.motion.scene import CRASHED, SAFE, Array, Envelope, Scene, Story

#: points that end a route to an airport: where the final approach begins, one on the centre line, the threshold
LAST_POINTS = 3
#: the point on the centre line lies at this share of the final approach
_HALF_WAY = 0.4


@_inlined
def _plan(z: Array, scene: Scene, story: Story, env: Envelope, p: Array) -> None:
    """Read the single numbers of a path."""
    habits = scene.habits
    p[P_TAKE_OFF] = scene.earliest_s + _phi(z[TAKE_OFF]) * (scene.latest_s - scene.earliest_s)
    p[P_ROLL] = p[P_TAKE_OFF] - 2.0 * env.takeoff_run_m / env.rotate_mps
    p[P_RUNWAY] = _pick(z[RUNWAY], len(scene.runway_n))
    p[P_STRAIGHT] = p[P_TAKE_OFF] + habits.straight_least_s + _wait(z[STRAIGHT_OUT], habits.straight_mean_s)
    p[P_FAR_SIDE] = 1.0 if _phi(z[FIRST_TURN]) < habits.far_side else 0.0
    p[P_CLIMB] = habits.climb_least + (1.0 - habits.climb_least) * _phi(z[CLIMB])
    p[P_LEVEL] = min(scene.level_low_m + _phi(z[LEVEL]) * (scene.level_high_m - scene.level_low_m), env.ceiling_m)
    p[P_LEVEL_HIGH] = min(scene.level_high_m, env.ceiling_m)
    cas = max(env.cruise_mps * math.exp(habits.cruise_spread * z[CRUISE]), 1.3 * env.stall_clean_mps)
    p[P_CAS] = min(cas, 0.97 * env.vmo_mps)
    p[P_LOW_CAS] = min(habits.low_mps * math.exp(habits.low_spread * z[LOW_SPEED]), p[P_CAS])
    approach = max(env.approach_mps * math.exp(habits.approach_spread * z[APPROACH_SPEED]), 1.1 * env.stall_landing_mps)
    p[P_APPROACH] = min(approach, 1.4 * env.approach_mps)
    p[P_SLOPE] = math.tan(math.radians(habits.slope_deg * math.exp(habits.slope_spread * z[DESCENT_ANGLE])))
    bank = env.bank_deg * (habits.bank_mean + habits.bank_spread * z[BANK])
    p[P_TAN_BANK] = math.tan(math.radians(min(max(bank, 8.0), env.bank_limit_deg)))
    p[P_WIND_E], p[P_WIND_N] = z[WIND_EAST], z[WIND_NORTH]
    p[P_WIND_LOW], p[P_WIND_UP] = habits.wind_mps, habits.wind_per_m
    p[P_MEAN_E], p[P_MEAN_E_UP] = habits.wind_east_mps, habits.wind_east_per_m
    p[P_MEAN_N], p[P_MEAN_N_UP] = habits.wind_north_mps, habits.wind_north_per_m
    p[P_WAIT] = habits.busy_s * math.exp(_phi(z[ACTIVITY]) * math.log(habits.calm_s / habits.busy_s))
    p[P_FALL_RATE] = min(max(habits.fall_mps * math.exp(habits.fall_spread * z[FALL_RATE]), 3.0), 120.0)
    _plan_route(z, scene, story, p)


@_inlined
def _plan_route(z: Array, scene: Scene, story: Story, p: Array) -> None:
    """Which route, when it is left, and what then."""
    habits = scene.habits
    u, route = _phi(z[ROUTE_PICK]), 0
    while route < len(scene.route_weight) - 1 and u > scene.route_weight[route]:
        u -= scene.route_weight[route]
        route += 1
    p[P_ROUTE] = route
    to = scene.route_place[route]
    p[P_LANDS] = 1.0 if to >= 0 else 0.0
    p[P_PLACE] = _place_at(story, to)
    after = story.leave_after_s if story.leaves else habits.free_after_s
    mean = story.leave_mean_s if story.leaves else habits.free_mean_s
    p[P_LEAVE] = p[P_TAKE_OFF] + after + _wait(z[LEAVE], mean)
    p[P_ENDING] = story.endings[_pick(z[ENDING], len(story.endings))]
    p[P_GO] = p[P_FALL] = math.inf
    if not (story.leaves or to < 0):
        p[P_LEAVE] = math.inf
    elif p[P_ENDING] == SAFE:
        p[P_PLACE] = _pick(z[PLACE], story.choices)
        p[P_GO] = p[P_LEAVE] + _wait(z[INTERLUDE], habits.interlude_s)
    elif p[P_ENDING] == CRASHED:
        p[P_FALL] = p[P_LEAVE] + _wait(z[FALL_AFTER], habits.fall_after_s)


@_inlined
def _place_at(story: Story, to: int) -> int:
    """The story's place that a route leads to, or -1."""
    found = -1
    for k in range(len(story.places)):
        if story.places[k] == to:
            found = k
    return found


@_inlined
def _place_of(story: Story, runway: int) -> int:
    """The case's place that a runway of the story belongs to."""
    place = 0
    while story.runway_first[place + 1] <= runway:
        place += 1
    return story.places[place]


@_inlined
def _land_points(z: Array, scene: Scene, story: Story, p: Array, aim: Array, place: int, count: int) -> int:
    """Append the points of the final approach to a runway of a place."""
    first, last = story.runway_first[place], story.runway_first[place + 1]
    runway = first + _pick(z[LANDING_RUNWAY], last - first)
    far = scene.habits.final_least_m + scene.habits.final_range_m * _phi(z[FINAL])
    nz, dz = story.threshold_n[runway, 2], story.threshold_d[runway, 2]
    radius, bulge = _scales(nz, story.threshold_height_m[runway])
    for k in range(3):
        at, along = story.threshold_n[runway, k], story.threshold_d[runway, k]
        along = (along + bulge * dz * ((1.0 if k == 2 else 0.0) - at * nz)) / radius
        aim[count, k] = at - far * along
        aim[count + 1, k] = at - _HALF_WAY * far * along
        aim[count + 2, k] = at
    _unit(aim, count)
    _unit(aim, count + 1)
    for k in range(3):
        p[P_COURSE_X + k] = story.threshold_d[runway, k]
    p[P_FIELD] = story.threshold_height_m[runway]
    p[P_RUNWAY] = runway
    return count + LAST_POINTS


@_inlined
def _route_points_of(z: Array, scene: Scene, story: Story, p: Array, aim: Array) -> int:
    """The points of the route, each with the sideways deviation that real flights show, then its runway."""
    route, habits = int(p[P_ROUTE]), scene.habits
    count = scene.route_length[route]
    for j in range(count):
        for k in range(3):
            aim[j, k] = scene.route_points[route, j, k]
        _shift(aim, j, habits.offset_m * z[OFFSETS + 2 * j], habits.offset_m * z[OFFSETS + 2 * j + 1])
    if scene.route_place[route] >= 0:
        count = _land_points(z, scene, story, p, aim, _place_at(story, scene.route_place[route]), count)
    p[P_COUNT] = count
    return count


@_compiled
def _unit(aim: Array, j: int) -> None:
    norm = math.sqrt(aim[j, 0] ** 2 + aim[j, 1] ** 2 + aim[j, 2] ** 2)
    for k in range(3):
        aim[j, k] /= norm


@_compiled
def _shift(aim: Array, j: int, east_m: float, north_m: float) -> None:
    """Move a point by metres east and north."""
    x, y, z = aim[j, 0], aim[j, 1], aim[j, 2]
    flat = max(math.sqrt(x * x + y * y), 1e-9)
    e, n = east_m / EARTH_M, north_m / EARTH_M
    aim[j, 0] = x - e * y / flat - n * z * x / flat
    aim[j, 1] = y + e * x / flat - n * z * y / flat
    aim[j, 2] = z + n * flat
    _unit(aim, j)


@_compiled
def _measure(aim: Array, count: int, rest: Array) -> None:
    """The length (m) from each point along the others to the last."""
    rest[count - 1] = 0.0
    for j in range(count - 2, -1, -1):
        chord = math.sqrt(
            (aim[j, 0] - aim[j + 1, 0]) ** 2 + (aim[j, 1] - aim[j + 1, 1]) ** 2 + (aim[j, 2] - aim[j + 1, 2]) ** 2
        )
        rest[j] = rest[j + 1] + EARTH_M * chord
