"""Proposals that change several numbers together, so that what comes after stays where and when it was.

Straight legs longer and shorter so that the legs after them are flown where they were (as the concerted rotations of
chain molecules: Dodd, Boone and Theodorou 1993, Mol. Phys. 78:961-996); a fall sooner and slower to the same end;
another speed on the route, which is left where and when it was.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from trackkit.motion.numbers import (
    CRUISE,
    FALL_AFTER,
    FALL_RATE,
    INTERLUDE,
    LATERAL,
    LEAVE,
    SPEED,
    TAKE_OFF,
    TURN_SIZE,
    TURNS,
    VERTICAL,
)  # fmt: skip
from trackkit.motion.scene import Scene, Story
from trackkit.motion.waits import (
    TAKEN_BACK,
    TURN_WAITS,
    Array,
    Proposal,
    _leave_mean,
    _pace_s,
    _signed,
    _with_waits,
    normals_of,
    waits_of,
)  # fmt: skip

#: lengthenings of straight legs and shifts of the beginning of a fall (s): log-uniform between these
LONGER_S = (2.0, 150.0)
#: how often the first of three legs is that on the route, that after the first turn, and so on
_FIRST_LEG = np.array([3, 3, 2, 2, 1, 1, 1]) / 13.0
#: the height (m) from which a fall is taken to begin when its rate makes good for its time
_FALL_FROM_M = 5_000.0
#: the share of a change of speed that a route's time follows: its beginning is flown at the speed for low heights
_AT_CRUISE = 0.8


def parallel(scene: Scene, story: Story) -> Proposal:
    """Three straight legs longer or shorter so that the legs after them are flown where they were.

    A leg's wait moves what comes after along its track, so that the changes are those that make the three tracks add up
    to nothing. Turns alone are followed; where a leg aims at a place, the legs after it stay all the more.
    """
    habits, starts, mean = scene.habits, np.array([LEAVE, *TURN_WAITS[1:]]), _leave_mean(scene, story)
    timed = np.array([VERTICAL, SPEED, FALL_AFTER, INTERLUDE])
    timed_s = np.array([habits.height_first_s, habits.speed_first_s, habits.fall_after_s, habits.interlude_s])

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        n, rows = len(noise), np.arange(len(noise))[:, None]
        first = rng.choice(len(_FIRST_LEG), n, p=_FIRST_LEG)
        legs = np.minimum(
            first[:, None] + np.cumsum([np.zeros(n, int), *rng.integers(1, 3, (2, n))], axis=0).T, TURNS - 1
        )
        a, b, c = _tracks(noise, scene)[rows, legs].T
        change = np.stack([np.sin(c - b), np.sin(a - c), np.sin(b - a)], axis=1)
        length = np.sqrt((change**2).sum(axis=1))
        seconds = _signed(n, rng, LONGER_S)[:, None] * change / np.maximum(length, 1e-9)[:, None]
        pace = np.where(legs == 0, mean, _pace_s(noise, scene)[:, None])
        later = np.where(legs[:, :1] == 0, seconds[:, :1], 0.0)
        back = np.where((later != 0.0) & (rng.random((n, 1)) < TAKEN_BACK), timed, -1)
        where, shifts = np.hstack([starts[legs], back]), np.hstack([seconds / pace, -later / timed_s])
        new, extra = _with_waits(noise, where, shifts)
        return new, np.where((length > 1e-3) & (legs[:, 1] < legs[:, 2]), extra, -np.inf)

    return propose


def fall(scene: Scene) -> Proposal:
    """A fall that begins sooner and is slower, or later and quicker, and ends when it did."""
    habits = scene.habits

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        lasts = _FALL_FROM_M / (habits.fall_mps * np.exp(habits.fall_spread * noise[:, FALL_RATE]))
        shift = _signed(len(noise), rng, LONGER_S)
        good = lasts > shift + 1.0
        shorter = np.where(good, lasts - shift, lasts)
        new, extra = _with_waits(noise, np.full((len(noise), 1), FALL_AFTER), shift[:, None] / habits.fall_after_s)
        new[:, FALL_RATE] = np.log(_FALL_FROM_M / (habits.fall_mps * shorter)) / habits.fall_spread
        extra = extra + 0.5 * (noise[:, FALL_RATE] ** 2 - new[:, FALL_RATE] ** 2) + np.log(lasts / shorter)
        return new, np.where(good, extra, -np.inf)

    return propose


def quicker(scene: Scene, story: Story) -> Proposal:
    """Another cruising speed, with the route left at about the same place and at the same hour."""
    habits, span, mean = scene.habits, scene.latest_s - scene.earliest_s, _leave_mean(scene, story)
    after = story.leave_after_s if story.leaves else habits.free_after_s

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        n, new = len(noise), noise.copy()
        step = np.exp(rng.uniform(np.log(0.05), 0.0, n))
        new[:, CRUISE] = np.sqrt(1.0 - step * step) * noise[:, CRUISE] + step * rng.standard_normal(n)
        ratio = np.exp(_AT_CRUISE * habits.cruise_spread * (noise[:, CRUISE] - new[:, CRUISE]))
        flown = after + mean * waits_of(noise[:, LEAVE])
        share = ndtr(noise[:, TAKE_OFF]) + (flown * (1.0 - ratio) / span if span > 0.0 else 0.0)
        wait = (flown * ratio - after) / mean
        good = (wait > 0.0) & (share > 0.0) & (share < 1.0)
        new[good, LEAVE], new[good, TAKE_OFF] = normals_of(wait[good]), ndtri(share[good])
        return new, np.where(good, waits_of(noise[:, LEAVE]) - wait + np.log(ratio), -np.inf)

    return propose


def _tracks(noise: Array, scene: Scene) -> Array:
    """The track (radians) before each lateral manoeuvre, from that at leaving the route, by the turns to a new one."""
    kind, size = noise[:, LATERAL + 1 : VERTICAL : TURN_SIZE], noise[:, LATERAL + 2 : VERTICAL : TURN_SIZE]
    turn = np.sign(size) * np.pi * (2.0 * ndtr(np.abs(size)) - 1.0) ** scene.habits.turn_power
    turns = np.cumsum(np.where(ndtr(kind) < scene.habits.turn, turn, 0.0), axis=1)
    return np.asarray(np.hstack([np.zeros((len(noise), 1)), turns[:, :-1]]), float)
