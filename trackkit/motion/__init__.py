"""The motion model: one path from one vector of standard normal numbers.

`simulate` is a pure function. Every choice of a path (when it took off, from which runway, by which route, when it
left it, each turn, climb and change of speed, where it ended) is read off a vector of independent standard normal
numbers, so that inference can walk in the space of those vectors. There are no random numbers in here.

A path has a beginning that all hypotheses of a case share (take-off, climb, a route or free flight) and a story that
tells them apart (it leaves the route or stays; it lands, falls or flies on). Three channels run side by side: lateral
(hold the track, turn, fly direct, orbit, hold in rounds), vertical (level, climb, descend, approach) and speed. Turns
are limited by bank, speeds by stall, VMO and MMO, climbs and descents by the rates of the type at that height, and
every path by the ground.

`numbers` has the layout of the vector, `scene` what paths are flown with; the rest is compiled: `geometry`, the `plan`
of a path, what its channels ask for (`turn`, `pace`), one `piece` of it, the `ground`, how it is put into `store`, the
`phases`, and `fly`, from event to event.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackkit.motion.fly import STORE_S, simulate
from trackkit.motion.geometry import WGS84_A_M, WGS84_E2
from trackkit.motion.geometry import _course as _course
from trackkit.motion.geometry import _ground as _ground
from trackkit.motion.moves import proposals
from trackkit.motion.numbers import (
    ACTIVITY,
    BLOCKS,
    CHOICES,
    DIMENSION,
    LATERAL,
    MAX_POINTS,
    OFFSETS,
    SIZES,
    SPEED,
    TURN_SIZE,
    VERTICAL,
    WAITS,
    WIND_EAST,
    WIND_NORTH,
)  # fmt: skip
from trackkit.motion.scene import (
    CRASHED,
    ENDINGS,
    ENVELOPE,
    FALLING,
    HABITS,
    LANDED,
    PHASES,
    ROUTE,
    SAFE,
    STRUCK,
    Envelope,
    Flown,
    Habits,
    Scene,
    Story,
    envelope,
    scene,
    story,
)  # fmt: skip

__all__ = [
    "ACTIVITY", "BLOCKS", "CHOICES", "CRASHED", "DIMENSION", "ENDINGS", "ENVELOPE", "FALLING", "HABITS", "LANDED",
    "LATERAL", "MAX_POINTS", "OFFSETS", "PHASES", "ROUTE", "SAFE", "SIZES", "SPEED", "STORE_S", "STRUCK", "TURN_SIZE",
    "VERTICAL", "WAITS", "WGS84_A_M", "WGS84_E2", "WIND_EAST", "WIND_NORTH", "Envelope", "Flown", "Habits", "Scene",
    "Story", "envelope", "latitude_longitude", "proposals", "scene", "simulate", "story",
]  # fmt: skip


def latitude_longitude(x: NDArray, y: NDArray, z: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Geodetic latitude and longitude (degrees) of unit normal vectors given by their components."""
    x, y, z = (np.asarray(part, float) for part in (x, y, z))
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
