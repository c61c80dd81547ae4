"""Tiny worlds for the tests of the engine: cases bent by hand, and paths made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import minimal
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trackkit import earth, motion, read
from trackkit.model import Case, Flight, Hypothesis, Place, Route, Runway, TrustRule

FREE = motion.PHASES.index("free")
TAKE_OFF = pd.Timestamp("2024-12-08T01:52:00Z")
Noise = NDArray[np.float64]


def noise(n: int, seed: int = 0, calm: bool = False) -> Noise:
    """Rows of standard normals; calm: without wind."""
    rows = np.random.default_rng(seed).standard_normal((n, motion.DIMENSION))
    if calm:
        rows[:, [motion.WIND_EAST, motion.WIND_NORTH]] = 0.0
    return rows


def fly(case: Case, hypothesis: Hypothesis, rows: Noise, every_s: float = motion.STORE_S) -> motion.Flown:
    with_what = motion.scene(case), motion.story(case, hypothesis), motion.envelope(case.aircraft)
    return motion.simulate(rows, *with_what, every_s)


def field(name: str, latitude: float, longitude: float, *headings: float) -> Place:
    """An airport at sea level with a threshold at its middle for each heading."""
    runways = tuple(Runway(f"{heading:03.0f}", latitude, longitude, heading, 3_000.0) for heading in headings)
    return Place(name, "airport", latitude, longitude, 3_000.0, "made for a test", 0.0, (), runways)


def story(name: str = "free", ends: tuple[str, ...] = ("flying",), **given: object) -> Hypothesis:
    """A hypothesis that leaves at once, asserts nothing and trusts everybody by nine tenths."""
    fields = {"leaves_after_s": 0.0, "leaves_mean_s": 1.0, "at": (), "asserts": None, **given}
    return Hypothesis(name, "Made for a test.", 1.0, ends, trust=(TrustRule("*", 0.9),), **fields)


def elsewhere(case: Case, origin: Place, *others: Place, routes: tuple[Route, ...] = (), minutes: float = 65) -> Case:
    """The case moved to other places, with free flight where no route is given."""
    start = case.window[0]
    free = (Route("free", 1.0, (), None, "made for a test"),)
    flight = Flight(origin.id, TAKE_OFF, TAKE_OFF, 6_000.0, 9_000.0, routes or free)
    places = {place.id: place for place in (origin, *others)}
    return replace(case, places=places, flight=flight, window=(start, start + pd.Timedelta(minutes=minutes)))


def told(folder: Path, *claims: dict[str, object], **files: str) -> Case:
    """The small case with these claims."""
    named = [{"id": f"claim-{number}", **one} for number, one in enumerate(claims)]
    return read.case(minimal.write(folder, *named, **files))


def flown(
    latitude: ArrayLike, longitude: ArrayLike, altitude_m: ArrayLike = 5_000.0, groundspeed_mps: ArrayLike = 200.0,
    track_deg: ArrayLike = 0.0, turned_deg: ArrayLike = 0.0, phase: ArrayLike = FREE,
    take_off_s: float = 180.0, end_s: float = np.inf, ending: str = "flying", place: int = -1,
    qnh_offset_m: float = 0.0,
) -> motion.Flown:  # fmt: skip
    """Paths by (path, time) made by hand; one row or several, each value a number or an array that broadcasts."""
    shape = np.broadcast_shapes(*(np.shape(part) for part in (latitude, longitude, altitude_m, track_deg)))
    n = shape[0]

    def full(value: ArrayLike, kind: type = np.float32) -> NDArray:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(value), shape)).astype(kind)

    normals = earth.geocentric(np.broadcast_to(latitude, shape), np.broadcast_to(longitude, shape)).astype(np.float32)
    x, y, z = (np.ascontiguousarray(normals[..., axis]) for axis in range(3))
    return motion.Flown(
        x, y, z, full(altitude_m), full(groundspeed_mps), full(track_deg), full(0.0), full(turned_deg),
        full(phase, np.int8), np.full(n, float(take_off_s)), np.full(n, float(end_s)),
        np.full(n, motion.ENDINGS.index(ending), np.int8), np.full(n, place, np.int16), np.zeros(n, np.int8),
        np.full(n, float(qnh_offset_m)),
    )  # fmt: skip


def joined(paths: Iterable[motion.Flown]) -> motion.Flown:
    """Several sets of paths as one."""
    return motion.Flown(*(np.concatenate(parts) for parts in zip(*paths, strict=True)))
