"""What the words of a claim were taken to mean: places, moments and heights as distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import earth, motion, wording
from trackkit.claims.parts import Height, When, Where
from trackkit.model import Case

Array = NDArray[np.float64]

EARTH_M = 6_371_009.0
CLOCK_SD_S = 30.0
FIX_SD_M = 1_000.0
HEIGHT_SD_M = 60.0
#: "at first" and "at last": seconds after take-off, and before the end of the signal
FIRST_S, LAST_S = (60.0, 600.0), 600.0
_ORIGIN = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Ground:
    """What every claim of a case is read against: window, steps, area and the time the signal was said to end."""

    case: Case
    steps: int
    area_m2: float
    duration_s: float
    signal_end_s: float


def _ground_of(case: Case) -> Ground:
    duration = (case.window[1] - case.window[0]).total_seconds()
    box = case.extent
    height = math.radians(box.north - box.south) * EARTH_M
    width = math.radians(box.east - box.west) * EARTH_M * math.cos(math.radians(0.5 * (box.north + box.south)))
    lost = case.claims[(case.claims["says"] == "lost_signal") & case.claims["time"].notna()]
    inside = lost["time"][(lost["time"] >= case.window[0]) & (lost["time"] <= case.window[1])]
    end = (inside.max() - case.window[0]).total_seconds() if len(inside) else duration
    return Ground(case, int(duration // motion.STORE_S) + 1, height * width, duration, end)


def given(value: object) -> bool:
    """Whether a cell of the table has something in it."""
    return value == value and value is not None and value is not pd.NaT and value != ""


def _normal_of(latitude: float, longitude: float) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in earth.geocentric(latitude, longitude))
    return x, y, z


def _nowhere() -> Where:
    return Where(False, _ORIGIN, _ORIGIN, _ORIGIN, (1.0, 1.0), _ORIGIN, 0.0)


def _where(ground: Ground, row: Any) -> tuple[Where, float, list[wording.Word]]:
    """The place of a claim as a distribution, its background (log per square metre) and the words used."""
    if not given(row.latitude):
        return _nowhere(), 0.0, []
    middle, along_sd, across_sd, axis, words = _spread(ground, row)
    c, s = math.cos(math.radians(axis)), math.sin(math.radians(axis))
    a, b = 1 / along_sd**2, 1 / across_sd**2
    precision = (a * s * s + b * c * c, (a - b) * s * c, a * c * c + b * s * s)
    log_density = -math.log(2 * math.pi * along_sd * across_sd)
    where = Where(True, _normal_of(*middle), *_tangents(*middle), _radii(middle[0]), precision, log_density)
    return where, -math.log(ground.area_m2), words


def _spread(ground: Ground, row: Any) -> tuple[tuple[float, float], float, float, float, list[wording.Word]]:
    """Middle (latitude, longitude), standard deviations along and across an axis (m), and that axis (degrees)."""
    middle = (row.latitude, row.longitude)
    if row.relation in ("at", "near", "over"):
        word = wording.meaning(row.relation, ground.case.wording)
        sd = math.hypot(word.median / 1.1774 * max(row.place_radius_m, 1_500.0), FIX_SD_M)
        return middle, sd, sd, 0.0, [word]
    if row.relation == "point":
        sd = math.hypot(0.5 * row.place_radius_m, FIX_SD_M)
        return middle, sd, sd, 0.0, []
    return _spread_of(row)


def _spread_of(row: Any) -> tuple[tuple[float, float], float, float, float, list[wording.Word]]:
    """A distance and direction from a place; a direction alone is taken as far as three radii of the place."""
    told = given(row.distance_m)
    distance = row.distance_m if told else 3.0 * row.place_radius_m
    rounding = row.distance_rounding_m if told else 2.0 * distance
    along = math.sqrt((0.12 * distance) ** 2 + rounding**2 / 12 + (0.5 * row.place_radius_m) ** 2 + FIX_SD_M**2)
    half = row.bearing_half_deg if given(row.bearing_half_deg) else 180.0
    across = math.hypot(distance * math.sin(math.radians(min(half, 60.0))), 0.5 * row.place_radius_m)
    c, s = math.cos(math.radians(row.bearing_deg)), math.sin(math.radians(row.bearing_deg))
    east_m, north_m = _radii(row.latitude)
    latitude = row.latitude + math.degrees(distance * c / north_m)
    longitude = row.longitude + math.degrees(distance * s / (east_m * math.cos(math.radians(row.latitude))))
    return (latitude, longitude), along, math.hypot(across, FIX_SD_M), row.bearing_deg, []


def _tangents(latitude: float, longitude: float) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Unit vectors east and north at a point."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    east = (-math.sin(lon), math.cos(lon), 0.0)
    return east, (-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat))


def _radii(latitude: float) -> tuple[float, float]:
    root = math.sqrt(1.0 - motion.WGS84_E2 * math.sin(math.radians(latitude)) ** 2)
    return motion.WGS84_A_M / root, motion.WGS84_A_M * (1.0 - motion.WGS84_E2) / root**3


def _height(value: float, rounding: float, datum: str) -> Height:
    if not given(value):
        return Height(False, 0.0, 1.0, 1)
    step = rounding if given(rounding) else 0.0
    sd = math.hypot(step / math.sqrt(12), HEIGHT_SD_M)
    return Height(True, value, sd, ("pressure", "sea level", "ground").index(datum))


def _log_peak(height: Height) -> float:
    return -math.log(height.sd_m * math.sqrt(2 * math.pi)) if height.given else 0.0


def _within(ground: Ground, word: str, seconds: float) -> tuple[tuple[float, float], list[wording.Word]]:
    if given(seconds):
        return (math.log(seconds), 0.3), []
    if not word:
        return (0.0, 0.0), []
    meant = wording.meaning(word, ground.case.wording)
    return wording.lognormal(meant), [meant]


def _when(ground: Ground, row: Any) -> tuple[When, list[wording.Word]]:
    """The moments of a claim: its time, or a part of the flight, or all of it."""
    seconds = np.arange(ground.steps, dtype=float) * motion.STORE_S
    if given(row.time):
        weights, words = _time_weights(ground, row, seconds)
        return _at(weights), words
    lasting, words = row.lasting_s if given(row.lasting_s) else 240.0, []
    if row.lasting and not given(row.lasting_s):
        words = [wording.meaning(row.lasting, ground.case.wording)]
        lasting = words[0].median
    if row.phase == "last":
        end = ground.signal_end_s
        return _at(((seconds >= end - LAST_S) & (seconds <= end)).astype(float)), words
    every = np.ones(ground.steps)
    if row.phase == "first":
        return When(1, every, 0, ground.steps, 0.0, _ORIGIN, FIRST_S), words
    if row.before or row.after:
        anchor = _normal_of(row.anchor_latitude, row.anchor_longitude)
        span = (-float(lasting), 0.0) if row.before else (0.0, float(lasting))
        return When(2, every, 0, ground.steps, 0.0, anchor, span), words
    return _at(every), words


def _at(weights: Array) -> When:
    """Absolute moments, by their weights."""
    inside = np.flatnonzero(weights > 0.0)
    first, last = (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 1)
    return When(0, weights, first, last, weights[first:last].sum(), _ORIGIN, (0.0, 0.0))


def _time_weights(ground: Ground, row: Any, seconds: Array) -> tuple[Array, list[wording.Word]]:
    """How much each moment may be meant, the likeliest one 1; "after" a time: evenly until the signal ended."""
    told = (row.time - ground.case.window[0]).total_seconds()
    if row.time_hedge == "before":
        return (seconds <= told).astype(float), []
    if row.time_hedge == "after":
        return ((seconds >= told) & (seconds <= max(ground.signal_end_s, told))).astype(float), []
    if row.time_hedge in ("shortly before", "shortly after"):
        word = wording.meaning(row.time_hedge, ground.case.wording)
        mu, sigma = wording.lognormal(word)
        lag = (told - seconds) if row.time_hedge.endswith("before") else (seconds - told)
        inside = np.log(np.maximum(lag, 1.0))
        return np.where(lag > 0, np.exp(-0.5 * ((inside - mu) / sigma) ** 2), 0.0), [word]
    words = [wording.meaning(row.time_hedge, ground.case.wording)] if row.time_hedge else []
    widen = 1.0 + (words[0].median if words else 0.0)
    sd = math.hypot(widen * row.time_rounding_s / math.sqrt(12), CLOCK_SD_S)
    weights = np.exp(-0.5 * ((seconds - told) / sd) ** 2)
    return np.where(weights > 1e-6, weights, 0.0), words


def _moment(ground: Ground, row: Any) -> tuple[float, float, list[wording.Word]]:
    """The time of an event in seconds from the start of the window, its standard deviation, and the words used."""
    told = (row.time - ground.case.window[0]).total_seconds()
    clock = math.hypot(row.time_rounding_s / math.sqrt(12), 2 * CLOCK_SD_S)
    if row.time_hedge not in ("before", "after", "shortly before", "shortly after"):
        return told, clock, []
    word = wording.meaning(row.time_hedge, ground.case.wording)
    sign = -1.0 if row.time_hedge.endswith("before") else 1.0
    return told + sign * word.median, math.hypot(wording.normal(word)[1], 2 * CLOCK_SD_S), [word]
