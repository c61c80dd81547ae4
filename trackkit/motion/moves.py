"""Proposals that know the motion model: a time, the pace of manoeuvres, one manoeuvre more or fewer, or elsewhere.

Waits add up, so that a change of one number moves everything that comes after it. Each proposal here changes one thing
and lets other numbers take it back: the route is left later while the turns after it keep their times; a quicker pace
with the same turns; a turn more between two that stay where they are (`trackkit.motion.together`: several at once).
What a proposal gives back beside the vectors is the log of that prior's ratio
and of the Jacobian (Green 1995, Biometrika 82:711-732), as the sampler asks for densities relative to the prior.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from trackkit.motion.numbers import (
    ACTIVITY,
    CLIMB_SIZE,
    CLIMBS,
    FALL_AFTER,
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
from trackkit.motion.together import fall, parallel, quicker
from trackkit.motion.waits import (
    CLIMB_WAITS,
    SPEED_WAITS,
    TAKEN_BACK,
    TURN_WAITS,
    Array,
    Proposal,
    _leave_mean,
    _pace_s,
    _shifts,
    _with_waits,
    normals_of,
    waits_of,
)  # fmt: skip

#: shifts of a time (s): their scale is log-uniform between these
SHIFTS_S, TAKE_OFF_SHIFTS_S = (1.5, 150.0), (1.0, 60.0)


def proposals(scene: Scene, story: Story) -> tuple[Proposal, ...]:
    """The proposals for paths of a scene and a story, each a function of (vectors, generator)."""
    return (
        _take_off(scene, story), _leave(scene, story), _event(scene, story), _pace(scene), _elsewhere,
        _one_more(LATERAL, TURNS, TURN_SIZE, 1), _one_more(VERTICAL, CLIMBS, CLIMB_SIZE, 0),
        _one_more(SPEED, SPEEDS, SPEED_SIZE, 0), parallel(scene, story), fall(scene), quicker(scene, story),
    )  # fmt: skip


def _take_off(scene: Scene, story: Story) -> Proposal:
    """Take off earlier or later; mostly the route is left at the same time as before."""
    span, mean = scene.latest_s - scene.earliest_s, _leave_mean(scene, story)

    def propose(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        shift = _shifts(len(noise), rng, TAKE_OFF_SHIFTS_S)
        share = ndtr(noise[:, TAKE_OFF]) + (shift / span if span > 0.0 else 0.0)
        inside = (share > 0.0) & (share < 1.0)
        where = np.where(rng.random((len(noise), 1)) < TAKEN_BACK, LEAVE, -1)
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
        back = np.where(rng.random(len(noise)) < TAKEN_BACK, nexts[which], -1)
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
