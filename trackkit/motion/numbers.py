"""The vector of normals that a path is read off: single numbers first, then the legs of the three channels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
TURNS, TURN_SIZE = 10, 6  # lateral legs: wait, kind, size, bank, and two for a target or a hold
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

#: numbers that pick among things: the runways, the route, the ending, and of each turn its kind and its target
CHOICES = np.array([
    RUNWAY, ROUTE_PICK, ENDING, PLACE, LANDING_RUNWAY, FIRST_TURN, *range(LATERAL + 1, VERTICAL, TURN_SIZE),
    *range(LATERAL + 4, VERTICAL, TURN_SIZE),
], dtype=np.int64)  # fmt: skip
