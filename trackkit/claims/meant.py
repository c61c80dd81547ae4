"""What the words of a claim were taken to mean: places, moments and heights as distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import earth, motion, wording
from trackkit.claims.area import area
from trackkit.claims.parts import Height, When, Where
from trackkit.model import Case

Array = NDArray[np.float64]

EARTH_M = 6_371_009.0
CLOCK_SD_S = 30.0
FIX_SD_M = 1_000.0
HEIGHT_SD_M = 60.0
#: "at first" and "at last": seconds after take-off, and before the end of the signal
FIRST_S, LAST_S = (60.0, 600.0), 600.0
#: "before" and "after" a place: this long (s), where the claim does not say
ABOUT_S = 240.0
_ORIGIN = (0.0, 0.0, 0.0)
_NO_AREA, _NO_BOX = np.zeros((0, 0)), (0.0, 0.0, 1.0, 1.0)


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
    return Where(False, _ORIGIN, _ORIGIN, _ORIGIN, (1.0, 1.0), _ORIGIN, 0.0, _NO_AREA, _NO_BOX)


def _where(ground: Ground, row: Any) -> tuple[Where, float, list[wording.Word]]:
    """The place of a claim as a distribution, its background (log per square metre) and the words used."""
    if not given(row.latitude):
        return _nowhere(), 0.0, []
    if row.relation == "inside":
        place = ground.case.places[row.place]
        point = (place.latitude, place.longitude)
        frame = (_normal_of(*point), *_tangents(*point), _radii(place.latitude))
        return area(place, ground.case.extent, frame), -math.log(ground.area_m2), []
    middle, along_sd, across_sd, axis, words = _spread(ground, row)
    c, s = math.cos(math.radians(axis)), math.sin(math.radians(axis))
    a, b = 1 / along_sd**2, 1 / across_sd**2
    precision = (a * s * s + b * c * c, (a - b) * s * c, a * c * c + b * s * s)
    log_density = -math.log(2 * math.pi * along_sd * across_sd)
    frame = (_normal_of(*middle), *_tangents(*middle), _radii(middle[0]))
    where = Where(True, *frame, precision, log_density, _NO_AREA, _NO_BOX)
    return where, -math.log(ground.area_m2), words


def _spread(ground: Ground, row: Any) -> tuple[tuple[float, float], float, float, float, list[wording.Word]]:
    """Middle (latitude, longitude), standard deviations along and across an axis (m), and that axis (degrees)."""
    middle = (row.latitude, row.longitude)
    if row.relation in ("at", "near", "over"):
        word = wording.meaning(row.relation, ground.case.wording)
        sd = math.hypot(word.median / 1.1774 * max(row.place_radius_m, wording.LEAST_RADIUS_M), FIX_SD_M)
        return middle, sd, sd, 0.0, [word]
    if row.relation == "point":
        sd = math.hypot(0.5 * row.place_radius_m, FIX_SD_M)
        return middle, sd, sd, 0.0, []
    return _spread_of(ground, row)


def _spread_of(ground: Ground, row: Any) -> tuple[tuple[float, float], float, float, float, list[wording.Word]]:
    """A distance and direction from a place; a direction alone is taken as far as three radii of the place."""
    told = given(row.distance_m)
    reach = 3.0 * row.place_radius_m
    value, step = (row.distance_m, row.distance_rounding_m) if told else (reach, 2.0 * reach)
    distance, sd, words = _stated(ground, value, step, row.distance_hedge)
    along = math.sqrt((0.12 * distance) ** 2 + sd**2 + (0.5 * row.place_radius_m) ** 2 + FIX_SD_M**2)
    half, more = _half_deg(ground, row.bearing_word, row.bearing_half_deg)
    across = math.hypot(distance * math.sin(math.radians(min(half, 60.0))), 0.5 * row.place_radius_m)
    c, s = math.cos(math.radians(row.bearing_deg)), math.sin(math.radians(row.bearing_deg))
    east_m, north_m = _radii(row.latitude)
    latitude = row.latitude + math.degrees(distance * c / north_m)
    longitude = row.longitude + math.degrees(distance * s / (east_m * math.cos(math.radians(row.latitude))))
    return (latitude, longitude), along, math.hypot(across, FIX_SD_M), row.bearing_deg, words + more


def _half_deg(ground: Ground, word: str, half_deg: float) -> tuple[float, list[wording.Word]]:
    """The standard deviation (degrees) of a direction: that of its wind, or half its rounding."""
    if not word:
        return (half_deg if given(half_deg) else 180.0), []
    meant = wording.meaning(word, ground.case.wording)
    return wording.normal(meant)[1], [meant]


def _stated(ground: Ground, value: float, step: float, hedge: str) -> tuple[float, float, list[wording.Word]]:
    """A figure as a normal: its mean and standard deviation from its rounding and hedge, and the words used.

    Without hedge it may be anywhere in its step; "about" widens the step; "just over" and its like move the mean to
    the word's median and take the word's own spread.
    """
    step = step if given(step) else 0.0
    if not hedge:
        return value, step / math.sqrt(12), []
    word = wording.meaning(hedge, ground.case.wording)
    if word.of.startswith("half-width"):
        return value, (1.0 + word.median) * step / math.sqrt(12), [word]
    side = 1.0 if word.of.startswith("above") else -1.0
    middle, sd = wording.normal(word)
    return value + side * middle * step, sd * step, [word]


def _tangents(latitude: float, longitude: float) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Unit vectors east and north at a point."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    east = (-math.sin(lon), math.cos(lon), 0.0)
    return east, (-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat))


def _radii(latitude: float) -> tuple[float, float]:
    root = math.sqrt(1.0 - motion.WGS84_E2 * math.sin(math.radians(latitude)) ** 2)
    return motion.WGS84_A_M / root, motion.WGS84_A_M * (1.0 - motion.WGS84_E2) / root**3


def _height(ground: Ground, row: Any, which: str = "") -> tuple[Height, list[wording.Word]]:
    """The height of a claim, or (``"from_"``) that before its descent or climb, above its datum."""
    value = getattr(row, f"{which}altitude_m")
    if not given(value):
        return Height(False, 0.0, 1.0, 1), []
    name = which or "altitude_"
    value, sd, words = _stated(ground, value, getattr(row, f"{name}rounding_m"), getattr(row, f"{name}hedge"))
    datum = ("pressure", "sea level", "ground").index(row.datum)
    return Height(True, value, math.hypot(sd, HEIGHT_SD_M), datum), words


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
    lasting, words = _lasting(ground, row)
    if row.phase == "last":
        end = ground.signal_end_s
        return _at(((seconds >= end - LAST_S) & (seconds <= end)).astype(float)), words
    every = np.ones(ground.steps)
    if row.phase == "first":
        return _first(row, every, lasting), words
    if row.before or row.after:
        anchor = _normal_of(row.anchor_latitude, row.anchor_longitude)
        lasting = ABOUT_S if lasting is None else lasting
        span = (-lasting, 0.0) if row.before else (0.0, lasting)
        return When(2, every, 0, ground.steps, 0.0, anchor, span), words
    return _at(every), words


def _lasting(ground: Ground, row: Any) -> tuple[float | None, list[wording.Word]]:
    """For how long (s) something went on, None where it is not told."""
    if given(row.lasting_s) or not row.lasting:
        return (float(row.lasting_s) if given(row.lasting_s) else None), []
    word = wording.meaning(row.lasting, ground.case.wording)
    return word.median, [word]


def _first(row: Any, every: Array, lasting: float | None) -> When:
    """The first minutes after take-off, or the first stretch of a length."""
    if given(row.length_m):
        return When(3, every, 0, len(every), 0.0, _ORIGIN, (FIRST_S[0], float(row.length_m)))
    until = FIRST_S[1] if lasting is None else FIRST_S[0] + lasting
    return When(1, every, 0, len(every), 0.0, _ORIGIN, (FIRST_S[0], until))


def _at(weights: Array) -> When:
    """Absolute moments, by their weights."""
    inside = np.flatnonzero(weights > 0.0)
    first, last = (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 1)
    return When(0, weights, first, last, weights[first:last].sum(), _ORIGIN, (0.0, 0.0))


def _time_weights(ground: Ground, row: Any, seconds: Array) -> tuple[Array, list[wording.Word]]:
    """How much each moment may be meant, the likeliest one 1; "after" a time: evenly until the signal ended."""
    told = (row.time - ground.case.window[0]).total_seconds()
    if given(row.until):
        return _span_weights(ground, row, seconds, told), []
    if row.time_hedge in _PARTS_OF_DAY:
        middle, sd, words = _part_of_day(ground, row, told)
        return np.exp(-0.5 * ((seconds - middle) / sd) ** 2), words
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


def _span_weights(ground: Ground, row: Any, seconds: Array, start: float) -> Array:
    """Evenly over a span of time, its ends as soft as a clock time."""
    end = (row.until - ground.case.window[0]).total_seconds()
    outside = np.maximum(np.maximum(start - seconds, seconds - end), 0.0)
    weights = np.exp(-0.5 * (outside / math.hypot(row.time_rounding_s / math.sqrt(12), CLOCK_SD_S)) ** 2)
    return np.where(weights > 1e-6, weights, 0.0)


_PARTS_OF_DAY = frozenset(word for word, meant in wording.WORDS.items() if meant.of.startswith("hours after"))


def _part_of_day(ground: Ground, row: Any, told: float) -> tuple[float, float, list[wording.Word]]:
    """A part of a day: its middle (s from the start of the window), standard deviation (s), and the word."""
    word = wording.meaning(row.time_hedge, ground.case.wording)
    middle, sd = wording.normal(word)
    return told + 3_600.0 * (middle - wording.WORDS[word.word].median), 3_600.0 * sd, [word]


def _moment(ground: Ground, row: Any) -> tuple[float, float, float, list[wording.Word]]:
    """The time of an event: its middle (s from the start of the window), half its span, its error, the words used."""
    told = (row.time - ground.case.window[0]).total_seconds()
    clock = math.hypot(row.time_rounding_s / math.sqrt(12), 2 * CLOCK_SD_S)
    if given(row.until):
        half = 0.5 * (row.until - row.time).total_seconds()
        return told + half, half, clock, []
    if row.time_hedge in _PARTS_OF_DAY:
        middle, sd, words = _part_of_day(ground, row, told)
        return middle, 0.0, sd, words
    if row.time_hedge not in ("before", "after", "shortly before", "shortly after"):
        return told, 0.0, clock, []
    word = wording.meaning(row.time_hedge, ground.case.wording)
    sign = -1.0 if row.time_hedge.endswith("before") else 1.0
    return told + sign * word.median, 0.0, math.hypot(wording.normal(word)[1], 2 * CLOCK_SD_S), [word]
