"""The free flight of the motion model once more, in NumPy: masks over paths, steps of 10 s, stored each second.

The same numbers, channels, limits, wind and ground as `trackkit.motion` has for a story that flies freely from take-off
on. Simpler where the compiled one is exact: what happens, happens on a whole step of 10 s; the moments between are
stored on the straight line; levelling off is exponential; a hold is flown as an orbit; direct flight turns towards its
point at once. It is here to be compared in speed, and checks nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from trackkit import motion
from trackkit.motion.numbers import (
    ACTIVITY,
    CLIMB,
    CLIMB_SIZE,
    CLIMBS,
    LATERAL,
    LEAVE,
    LEVEL,
    RUNWAY,
    SPEED,
    SPEED_SIZE,
    SPEEDS,
    STRAIGHT_OUT,
    TAKE_OFF,
    TURN_SIZE,
    TURNS,
    VERTICAL,
    WIND_EAST,
    WIND_NORTH,
)  # fmt: skip

Array = NDArray[np.float64]
STEP_S = 10.0
RADIUS_M = 6_371_009.0
EP2 = 6.694379990141317e-3 / (1.0 - 6.694379990141317e-3)


def wait(z: Array, mean: Array | float) -> Array:
    """Exponential waits."""
    return -mean * np.log1p(-ndtr(z))


def true_speed(scene: motion.Scene, cas: Array, height: Array) -> Array:
    """Bilinear in the table of true air speeds."""
    table = scene.true_speed_mps
    i = np.clip(cas / 5.0, 0.0, table.shape[0] - 1.001)
    j = np.clip(height / 200.0, 0.0, table.shape[1] - 1.001)
    a, b = i.astype(int), j.astype(int)
    f, g = i - a, j - b
    low = (1 - g) * table[a, b] + g * table[a, b + 1]
    return (1 - f) * low + f * ((1 - g) * table[a + 1, b] + g * table[a + 1, b + 1])


def ground(scene: motion.Scene, n: Array) -> Array:
    """Nearest cell of the ground."""
    box, (rows, columns) = scene.terrain_box, scene.terrain_m.shape
    row = np.floor((box[0] - np.degrees(np.arctan2(n[2], np.hypot(n[0], n[1])))) * box[2]).astype(int)
    column = np.floor((np.degrees(np.arctan2(n[1], n[0])) - box[1]) * box[2]).astype(int)
    inside = (row >= 0) & (column >= 0) & (row < rows) & (column < columns)
    return np.where(inside, scene.terrain_m[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)], 0.0)


def rotate(n: Array, d: Array, angle: Array) -> Array:
    """Turn directions to the right."""
    left = np.cross(n, d, axis=0)
    return np.cos(angle) * d - np.sin(angle) * left


def move(n: Array, d: Array, height: Array, turn: Array, way: Array) -> tuple[Array, Array]:
    """Rotate half, along the geodesic of WGS84, rotate half."""
    d = rotate(n, d, 0.5 * turn)
    root = np.sqrt(1.0 - 6.694379990141317e-3 * n[2] ** 2)
    prime, meridional = 6_378_137.0 / root, 6_378_137.0 * (1.0 - 6.694379990141317e-3) / root**3
    bulge = EP2 * d[2] * meridional / (meridional + height)
    m = d - bulge * n[2] * n
    m[2] += bulge
    size = np.sqrt((m * m).sum(axis=0))
    arc = way / (prime + height) * size
    new = np.cos(arc) * n + np.sin(arc) * m / size
    lean = (d * new).sum(axis=0) / (1.0 + (n * new).sum(axis=0))
    d = d - lean * (n + new)
    return new, rotate(new, d / np.sqrt((d * d).sum(axis=0)), 0.5 * turn)


class Lateral:
    """The lateral channel of all paths."""

    def __init__(self, z: Array, scene: motion.Scene, env: motion.Envelope, start: Array) -> None:
        self.z, self.scene, self.env, self.at = z, scene, env, start.copy()
        self.leg, self.left = np.zeros(len(z), int), np.zeros(len(z))
        self.target, self.bank = np.full((3, len(z)), np.nan), np.full(len(z), np.tan(0.4))
        habits = scene.habits
        self.mean = habits.busy_s * np.exp(ndtr(z[:, ACTIVITY]) * np.log(habits.calm_s / habits.busy_s))

    def begin(self, t: float) -> None:
        """Read the next leg of the paths for which it is time."""
        due = np.flatnonzero((t >= self.at) & (self.leg < TURNS))
        if not len(due):
            return
        habits, env = self.scene.habits, self.env
        base = LATERAL + self.leg[due] * TURN_SIZE
        kind, size, bank, first, second = (self.z[due, base + k] for k in range(1, 6))
        side, kind = np.where(size > 0.0, 1.0, -1.0), ndtr(kind)
        edges = np.cumsum([habits.turn, habits.gentle, habits.place, habits.point, habits.orbit + habits.hold])
        pick = np.searchsorted(edges, kind, side="right")
        turn = side * np.pi * (2.0 * ndtr(np.abs(size)) - 1.0) ** habits.turn_power
        orbit = side * 2.0 * np.pi * (1.0 + (first > 0.0))
        self.left[due] = np.select([pick == 0, pick == 1, pick == 4], [turn, side * 1e6, orbit], 0.0)
        degrees = env.bank_deg * (habits.leg_bank_mean + habits.leg_bank_spread * bank)
        gentle = habits.gentle_low_deg + ndtr(bank) * (habits.gentle_high_deg - habits.gentle_low_deg)
        degrees = np.clip(np.where(pick == 1, gentle, degrees), 3.0, env.bank_limit_deg)
        self.bank[due] = np.tan(np.radians(degrees))
        to_point = np.where(pick == 3, self.point(first, second), np.nan)
        self.target[:, due] = np.where(pick == 2, self.place(first), to_point)
        self.leg[due] += 1
        after = np.minimum(base + TURN_SIZE, self.z.shape[1] - 1)
        self.at[due] = np.where(self.leg[due] < TURNS, t + wait(self.z[due, after], self.mean[due]), np.inf)

    def place(self, z: Array) -> Array:
        """One of the places."""
        points = self.scene.points
        return points[np.minimum((ndtr(z) * len(points)).astype(int), len(points) - 1)].T

    def point(self, east: Array, north: Array) -> Array:
        """A point of the area."""
        box = np.radians(self.scene.extent_deg)
        longitude = box[0] + ndtr(east) * (box[2] - box[0])
        latitude = box[1] + ndtr(north) * (box[3] - box[1])
        return np.stack(
            [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
        )

    def ask(self, n: Array, d: Array) -> Array:
        """The turn that each path wants."""
        direct = np.flatnonzero(~np.isnan(self.target[0]))
        if len(direct):
            to, here, way = self.target[:, direct], n[:, direct], d[:, direct]
            u = to - (to * here).sum(axis=0) * here
            near = (u * u).sum(axis=0) < (3_000.0 / RADIUS_M) ** 2
            angle = np.arctan2(-(np.cross(here, way, axis=0) * u).sum(axis=0), (way * u).sum(axis=0))
            self.left[direct] = np.where(near, 0.0, angle)
            self.target[:, direct[near]] = np.nan
        return self.left


def simulate(z: Array, scene: motion.Scene, story: motion.Story, env: motion.Envelope) -> Array:
    """Positions (normals), height, speed, track, rate and turn of paths at each second, shape (8, paths, seconds)."""
    habits, count, steps = scene.habits, len(z), int(scene.duration_s) + 1
    out = np.empty((8, count, steps), np.float32)
    runway = np.minimum((ndtr(z[:, RUNWAY]) * len(scene.runway_n)).astype(int), len(scene.runway_n) - 1)
    n, d = scene.runway_n[runway].T.copy(), scene.runway_d[runway].T.copy()
    take_off = scene.earliest_s + ndtr(z[:, TAKE_OFF]) * (scene.latest_s - scene.earliest_s)
    straight = take_off + habits.straight_least_s + wait(z[:, STRAIGHT_OUT], habits.straight_mean_s)
    leave = np.minimum(take_off + story.leave_after_s + wait(z[:, LEAVE], story.leave_mean_s), straight)
    level = np.minimum(scene.level_low_m + ndtr(z[:, LEVEL]) * (scene.level_high_m - scene.level_low_m), env.ceiling_m)
    share = habits.climb_least + (1.0 - habits.climb_least) * ndtr(z[:, CLIMB])
    lateral = Lateral(z, scene, env, leave)
    height, vs, speed = np.full(count, scene.runway_height_m), np.zeros(count), np.zeros(count)
    cas, turned, alive = np.full(count, env.rotate_mps), np.zeros(count), np.ones(count, bool)
    height_to, rate, climb_leg = level.copy(), np.full(count, np.inf), np.zeros(count, int)
    climb_at = leave + wait(z[:, VERTICAL], habits.height_s)
    cas_to, speed_leg, speed_at = cas.copy(), np.zeros(count, int), leave + wait(z[:, SPEED], habits.speed_first_s)
    pace = 0.5 * env.rotate_mps**2 / env.takeoff_run_m
    within = np.arange(STEP_S) / STEP_S
    for k in range(int(np.ceil(scene.duration_s / STEP_S))):
        t = k * STEP_S
        air = (t >= take_off) & alive
        rolls = (t >= take_off - env.rotate_mps / pace) & (t < take_off)
        lateral.begin(t)
        due = np.flatnonzero((t >= climb_at) & (climb_leg < CLIMBS))
        if len(due):
            base = VERTICAL + climb_leg[due] * CLIMB_SIZE
            low = np.maximum(ground(scene, n[:, due]), 0.0) + habits.clearance_m
            top = np.maximum(min(scene.level_high_m, env.ceiling_m), low + 500.0)
            height_to[due] = low + ndtr(z[due, base + 1]) * (top - low)
            rate[due] = habits.rate_mps * np.exp(habits.rate_spread * z[due, base + 2])
            climb_leg[due] += 1
            after = np.minimum(base + CLIMB_SIZE, z.shape[1] - 1)
            climb_at[due] = np.where(climb_leg[due] < CLIMBS, t + wait(z[due, after], habits.height_s), np.inf)
        due = np.flatnonzero((t >= speed_at) & (speed_leg < SPEEDS))
        if len(due):
            base = SPEED + speed_leg[due] * SPEED_SIZE
            slowest = habits.slowest * env.stall_clean_mps
            cas_to[due] = slowest + ndtr(z[due, base + 1]) * (habits.fastest * env.vmo_mps - slowest)
            speed_leg[due] += 1
            after = np.minimum(base + SPEED_SIZE, z.shape[1] - 1)
            speed_at[due] = np.where(speed_leg[due] < SPEEDS, t + wait(z[due, after], habits.speed_s), np.inf)
        best = env.climb_low_mps + (height - env.climb_from_m) * (
            (env.climb_high_mps - env.climb_low_mps) / (env.climb_to_m - env.climb_from_m)
        )
        best = np.where(climb_leg > 0, np.maximum(best, 0.5), share * np.maximum(best, 0.5))
        most = np.minimum(rate, env.emergency_mps)
        asked = np.clip((height_to - height) / 15.0, -most, np.minimum(rate, best))
        vs = np.where(air, vs + np.clip(asked - vs, -STEP_S, STEP_S), 0.0)
        cas = cas + np.clip(cas_to - cas, -env.acceleration_mps2 * STEP_S, env.acceleration_mps2 * STEP_S)
        cas = np.clip(cas, 1.05 * env.stall_clean_mps, env.vmo_mps)
        sound = scene.sound_mps[np.clip((height / 200.0).astype(int), 0, len(scene.sound_mps) - 1)]
        tas = np.minimum(true_speed(scene, cas, height), env.mmo * sound)
        flat = np.maximum(np.hypot(n[0], n[1]), 1e-12)
        east, north = (-n[1] * d[0] + n[0] * d[1]) / flat, d[2] / flat
        strength = habits.wind_mps + habits.wind_per_m * np.maximum(height, 0.0)
        along = strength * (z[:, WIND_EAST] * east + z[:, WIND_NORTH] * north)
        across = strength * (z[:, WIND_EAST] * north - z[:, WIND_NORTH] * east)
        flying = np.maximum(along + np.sqrt(np.maximum(tas * tas - across * across, 0.0)), 10.0)
        speed = np.where(air, flying, np.where(rolls, np.minimum(speed + pace * STEP_S, env.rotate_mps), 0.0))
        limit = 9.80665 * lateral.bank / np.maximum(tas, 40.0) * STEP_S
        turn = np.where(air, np.clip(lateral.ask(n, d), -limit, limit), 0.0)
        lateral.left = np.where(np.isnan(lateral.target[0]), lateral.left - turn, 0.0)
        new, new_d = move(n, d, height, turn, speed * STEP_S)
        first, last = k * int(STEP_S), min((k + 1) * int(STEP_S), steps)
        u = within[: last - first]
        for axis in range(3):
            out[axis, :, first:last] = n[axis][:, None] + (new[axis] - n[axis])[:, None] * u
        out[3, :, first:last] = height[:, None] + vs[:, None] * (STEP_S * u)
        out[4, :, first:last] = speed[:, None]
        track = np.degrees(np.arctan2(east, north))
        out[5, :, first:last] = (track[:, None] + np.degrees(turn)[:, None] * u) % 360.0
        out[6, :, first:last] = vs[:, None]
        out[7, :, first:last] = np.degrees(turned)[:, None] + np.degrees(turn)[:, None] * u
        n, d, turned = new, new_d, turned + turn
        height = np.minimum(height + vs * STEP_S, env.ceiling_m)
        low = np.flatnonzero(air & (height < 4_000.0) & (t > take_off + 60.0))
        if len(low):
            floor = ground(scene, n[:, low])
            met = height[low] <= floor
            alive[low[met]], height[low[met]] = False, floor[met]
    if last < steps:
        out[:, :, last:] = out[:, :, last - 1 : last]
    return out
