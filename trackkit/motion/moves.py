"""Proposals that know the motion model: a time, the pace of manoeuvres, one manoeuvre more or fewer, or elsewhere.

Waits add up, so that a change of one number moves everything that comes after it. Each proposal here changes one thing
and lets other numbers take it back: the route is left later while the turns after it keep their times; a quicker pace
with the same turns; a turn more between two that stay where they are; straight legs longer and shorter so that what
comes after is flown where it was (as the concerted rotations of chain molecules: Dodd, Boone and Theodorou 1993, Mol.
Phys. 78:961-996); a fall sooner and slower to the same end. In a wait itself, w = -log(1 - Phi(z)) in units
of its mean, the prior is exponential. What a proposal gives back beside the vectors is the log of that prior's ratio
and of the Jacobian (Green 1995, Biometrika 82:711-732), as the sampler asks for densities relative to the prior.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri, ndtri_exp

from trackkit.motion.numbers import (
    ACTIVITY,
    CLIMB_SIZE,
    CLIMBS,
    CRUISE,
    FALL_AFTER,
    FALL_RATE,
    INTERLUDE,
    LATERAL,
    LEAVE,
    SPEED,
    SPEED_SIZE,
    SPEEDS,
    TAKE_OFF,
    TURN_SIZE,
    TURNS,
    VERTICAL,
    WAITS,
)  # fmt: skip
from trackkit.motion.scene import Scene, Story

Array = NDArray[np.float64]
Proposal = Callable[[Array, np.random.Generator], tuple[Array, Array]]

TURN_WAITS = LATERAL + TURN_SIZE * np.arange(TURNS)
CLIMB_WAITS = VERTICAL + CLIMB_SIZE * np.arange(CLIMBS)
SPEED_WAITS = SPEED + SPEED_SIZE * np.arange(SPEEDS)
#: shifts of a time (s): their scale is log-uniform between these
SHIFTS_S, TAKE_OFF_SHIFTS_S = (1.5, 150.0), (1.0, 60.0)
#: lengthenings of straight legs and shifts of the beginning of a fall (s): log-uniform between these
LONGER_S = (2.0, 150.0)
#: how often what comes after takes a shift back
_TAKEN_BACK = 0.7
#: how often the first of three legs is that on the route, that after the first turn, and so on
_FIRST_LEG = np.array([3, 3, 2, 2, 1, 1, 1]) / 13.0
#: the height (m) from which a fall is taken to begin when its rate makes good for its time
_FALL_FROM_M = 5_000.0
#: the share of a change of speed that a route's time follows: its beginning is flown at the speed for low heights
_AT_CRUISE = 0.8


def proposals(scene: Scene, story: Story) -> tuple[Proposal, ...]:
    """The proposals for paths of a scene and a story, each a function of (vectors, generator)."""
    return (
        _take_off(scene, story), _leave(scene, story), _event(scene, story), _pace(scene), _elsewhere,
        _one_more(LATERAL, TURNS, TURN_SIZE, 1), _one_more(VERTICAL, CLIMBS, CLIMB_SIZE, 0),
        _one_more(SPEED, SPEEDS, SPEED_SIZE, 0), _parallel(scene, story), _fall(scene), _quicker(scene, story),
    )  # fmt: skip


def waits_of(z: Array) -> Array:
    """Exponential waits, in units of their mean, of standard normal numbers."""
    return np.asarray(-log_ndtr(-z), float)


def normals_of(waits: Array) -> Array:
    """The standard normal numbers of such waits."""
    return np.asarray(-ndtri_exp(-waits), float)


def _take_off(scene: Scene, story: Story) -> Proposal:
    """Take off earlier or later; mostly the route is left at the same time as before."""
    span, mean = scene.latest_s - scene.earliest_s, _leave_mean(scene, story)

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        shift = _shifts(len(noise), rng, TAKE_OFF_SHIFTS_S)
        share = ndtr(noise[:, TAKE_OFF]) + (shift / span if span > 0.0 else 0.0)
        inside = (share > 0.0) & (share < 1.0)
        where = np.where(rng.random((len(noise), 1)) < _TAKEN_BACK, LEAVE, -1)
        new, extra = _with_waits(noise, where, -shift[:, None] / mean)
        new[inside, TAKE_OFF] = ndtri(share[inside])
        return new, np.where(inside, extra, -np.inf)

    return propose


def _leave(scene: Scene, story: Story) -> Proposal:
    """Leave the route earlier or later; all, some or none of what comes after keep their times."""
    habits, after = scene.habits, np.array([LEAVE, TURN_WAITS[1], VERTICAL, SPEED, FALL_AFTER, INTERLUDE])
    means = np.array([
        -_leave_mean(scene, story), np.inf, habits.height_first_s, habits.speed_first_s, habits.fall_after_s,
        habits.interlude_s,
    ])  # fmt: skip

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        change = -_shifts(len(noise), rng, SHIFTS_S)[:, None] / means
        change[:, 1] = change[:, 0] * means[0] / _pace_s(noise, scene)
        free = rng.random(change.shape) < rng.choice([0.0, 0.3, 1.0], len(noise))[:, None]
        free[:, 0] = False
        return _with_waits(noise, np.where(free, -1, after), change)

    return propose


def _event(scene: Scene, story: Story) -> Proposal:
    """One manoeuvre or ending earlier or later, rather an early one; mostly the next keeps its time."""
    habits = scene.habits
    alone = [(FALL_AFTER, habits.fall_after_s), (INTERLUDE, habits.interlude_s), (LEAVE, _leave_mean(scene, story))]
    starts = np.concatenate([TURN_WAITS[1:], CLIMB_WAITS, SPEED_WAITS, [index for index, _ in alone]])
    nexts = np.concatenate([TURN_WAITS[2:], [-1], CLIMB_WAITS[1:], [-1], SPEED_WAITS[1:], [-1], [-1] * len(alone)])
    means = np.concatenate([
        np.zeros(TURNS - 1), np.full(CLIMBS, habits.height_s), np.full(SPEEDS, habits.speed_s),
        [mean for _, mean in alone],
    ])  # fmt: skip
    odds = np.concatenate([
        0.5 * 0.75 ** np.arange(TURNS - 1), 0.3 * 0.6 ** np.arange(CLIMBS), 0.2 * 0.6 ** np.arange(SPEEDS),
        np.full(len(alone), 0.2),
    ])  # fmt: skip

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        shift = _shifts(len(noise), rng, SHIFTS_S)
        which = rng.choice(len(starts), len(noise), p=odds / odds.sum())
        mean = np.where(means[which] > 0.0, means[which], _pace_s(noise, scene))
        back = np.where(rng.random(len(noise)) < _TAKEN_BACK, nexts[which], -1)
        change = np.stack([shift, -shift], axis=1) / mean[:, None]
        return _with_waits(noise, np.stack([starts[which], back], axis=1), change)

    return propose


def _pace(scene: Scene) -> Proposal:
    """Another pace of lateral manoeuvres, of which the first few keep their times."""

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        n, new = len(noise), noise.copy()
        step = np.exp(rng.uniform(np.log(0.02), 0.0, n))
        new[:, ACTIVITY] = np.sqrt(1.0 - step * step) * noise[:, ACTIVITY] + step * rng.standard_normal(n)
        log_ratio = np.log(_pace_s(noise, scene) / _pace_s(new, scene))
        kept = np.arange(1, TURNS) < rng.integers(2, TURNS + 1, n)[:, None]
        old = waits_of(noise[:, TURN_WAITS[1:]])
        waits = np.where(kept, old * np.exp(log_ratio)[:, None], old)
        new[:, TURN_WAITS[1:]] = np.where(kept, normals_of(waits), noise[:, TURN_WAITS[1:]])
        return new, (old - waits).sum(axis=1) + kept.sum(axis=1) * log_ratio

    return propose


def _elsewhere(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """One manoeuvre anywhere between the two beside it, which keep their times: given the sum, the share is uniform."""
    rows, pair = np.arange(len(noise))[:, None], WAITS[rng.integers(len(WAITS), size=len(noise))]
    share = rng.random((len(noise), 1))
    total = waits_of(noise[rows, pair]).sum(axis=1, keepdims=True)
    new = noise.copy()
    new[rows, pair] = normals_of(total * np.concatenate([share, 1.0 - share], axis=1))
    return new, np.zeros(len(noise))


def _one_more(base: int, count: int, size: int, first: int) -> Proposal:
    """One manoeuvre more, in the middle of a wait, or one fewer; all others keep their times.

    A vector holds a fixed number of manoeuvres: the last one falls out, or a new last one is drawn.
    """
    places = np.arange(count)

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        n, rows = len(noise), np.arange(len(noise))
        legs = noise[:, base : base + count * size].reshape(n, count, size)
        at = np.minimum(rng.integers(first, count - 1, n), rng.integers(first, count - 1, n))
        more = rng.random(n) < 0.5
        apart, together = places - (places > at[:, None]), np.minimum(places + (places >= at[:, None]), count - 1)
        new = np.take_along_axis(legs, np.where(more[:, None], apart, together)[:, :, None], axis=1)
        new[rows, np.where(more, at, count - 1)] = rng.standard_normal((n, size))
        wait, next_wait, share = waits_of(legs[rows, at, 0]), waits_of(legs[rows, at + 1, 0]), rng.random(n)
        new[rows, at, 0] = normals_of(np.where(more, share * wait, wait + next_wait))
        new[rows[more], at[more] + 1, 0] = normals_of((1.0 - share[more]) * wait[more])
        changed = noise.copy()
        changed[:, base : base + count * size] = new.reshape(n, -1)
        return changed, np.where(more, np.log(wait), -np.log(wait + next_wait))

    return propose


def _parallel(scene: Scene, story: Story) -> Proposal:
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
        back = np.where((later != 0.0) & (rng.random((n, 1)) < _TAKEN_BACK), timed, -1)
        where, shifts = np.hstack([starts[legs], back]), np.hstack([seconds / pace, -later / timed_s])
        new, extra = _with_waits(noise, where, shifts)
        return new, np.where((length > 1e-3) & (legs[:, 1] < legs[:, 2]), extra, -np.inf)

    return propose


def _tracks(noise: Array, scene: Scene) -> Array:
    """The track (radians) before each lateral manoeuvre, from that at leaving the route, by the turns to a new one."""
    kind, size = noise[:, LATERAL + 1 : VERTICAL : TURN_SIZE], noise[:, LATERAL + 2 : VERTICAL : TURN_SIZE]
    turn = np.sign(size) * np.pi * (2.0 * ndtr(np.abs(size)) - 1.0) ** scene.habits.turn_power
    turns = np.cumsum(np.where(ndtr(kind) < scene.habits.turn, turn, 0.0), axis=1)
    return np.asarray(np.hstack([np.zeros((len(noise), 1)), turns[:, :-1]]), float)


def _fall(scene: Scene) -> Proposal:
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


def _quicker(scene: Scene, story: Story) -> Proposal:
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


def _signed(n: int, rng: np.random.Generator, sizes_s: tuple[float, float]) -> Array:
    """Seconds of either sign, their size log-uniform."""
    least, most = sizes_s
    return np.asarray(np.exp(rng.uniform(math.log(least), math.log(most), n)) * rng.choice([-1.0, 1.0], n))


def _leave_mean(scene: Scene, story: Story) -> float:
    return story.leave_mean_s if story.leaves and story.leave_mean_s > 0.0 else scene.habits.free_mean_s


def _pace_s(noise: Array, scene: Scene) -> Array:
    """The mean wait between lateral manoeuvres (s)."""
    habits = scene.habits
    return np.asarray(habits.busy_s * np.exp(ndtr(noise[:, ACTIVITY]) * np.log(habits.calm_s / habits.busy_s)))


def _shifts(n: int, rng: np.random.Generator, scales_s: tuple[float, float]) -> Array:
    """Shifts of a time (s), small and large."""
    least, most = scales_s
    return rng.standard_normal(n) * np.exp(rng.uniform(math.log(least), math.log(most), n))


def _with_waits(noise: Array, where: NDArray[np.int64], change: Array) -> tuple[Array, Array]:
    """Vectors with waits changed by so many of their means, and the log prior ratio; -1 in `where` for none.

    A wait that would be negative makes the whole proposal void.
    """
    rows, used = np.arange(len(noise))[:, None], where >= 0
    waits = waits_of(noise[rows, where]) + change
    good = np.asarray(((waits > 0.0) | ~used).all(axis=1), bool)
    put, new = used & good[:, None], noise.copy()
    new[np.broadcast_to(rows, where.shape)[put], where[put]] = normals_of(waits[put])
    return new, np.where(good, -np.where(used, change, 0.0).sum(axis=1), -np.inf)
