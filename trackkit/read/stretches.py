"""How real flights turned, sped up and climbed, step by step: the training flights of `data/priors`."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trackkit import earth
from trackkit.units import FT_M

__all__ = ["STEP_S", "Stretches", "stretches"]

#: seconds from one step to the next
STEP_S = 5.0
_COURSE_RAD, _SPEED_MPS, _HEIGHT_M = np.radians(0.1), 0.25, 25.0 * FT_M


class Stretches(NamedTuple):
    """Flights on an even grid of `STEP_S`, one after the other; no positions.

    `course_rad` runs on through full circles; `piece` numbers parts without a pause, `flight` flights; `kind` counts
    into `kinds`.
    """

    course_rad: NDArray[np.float64]
    speed_mps: NDArray[np.float64]
    height_m: NDArray[np.float64]
    piece: NDArray[np.int64]
    flight: NDArray[np.int64]
    kind: NDArray[np.int64]
    kinds: tuple[str, ...]


@cache
def stretches() -> Stretches:
    """The training flights, loaded once. ``data/priors/README.md`` says which they are and how they were cut."""
    with np.load(earth.data_folder() / "priors" / "stretches.npz", allow_pickle=False) as stored:
        table = {name: stored[name] for name in stored.files}
    whole = {name: table[name].astype(np.int64) for name in ("piece", "flight", "kind")}
    return Stretches(
        np.cumsum(table["course"].astype(np.int64)) * _COURSE_RAD,
        table["speed"] * _SPEED_MPS,
        table["height"] * _HEIGHT_M,
        **whole,
        kinds=tuple(str(kind) for kind in table["kinds"]),
    )
