"""From a row of the table of claims to what it asks: places, times, heights and words as distributions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import motion, wording
from trackkit.claims.kinds import (
    HEIGHT_RANGE_M,
    Climb,
    Course,
    Descent,
    Event,
    Fix,
    Height,
    Turn,
    When,
    Where,
    climb,
    course,
    descent,
    event,
    fix,
    turn,
)  # fmt: skip
from trackkit.model import Case

Array = NDArray[np.float64]

#: even odds that a claim which means nothing says that a thing happened
EVEN = 0.5

EARTH_M = 6_371_009.0
_A_M, _E2 = 6_378_137.0, 6.694379990141317e-3  # WGS84
CLOCK_SD_S = 30.0
FIX_SD_M = 1_000.0
HEIGHT_SD_M = 60.0
SPEED_SD_MPS = 5.0
HEADING_SD_DEG = 5.0
SPEED_RANGE_MPS = 300.0
RATE_RANGE_MPS = 30.0
RATE_SD_MPS = 1.5
DURATION_RANGE_S = 3_600.0
FIRST_S = (60.0, 600.0)
LAST_S = 600.0

@dataclass(frozen=True)
class Asked:
    """A claim made ready: its compiled function and parameters, its background, and what its words were taken to mean.

    `dimensions` is the number of normal terms in the fit, by which `satisfied` sets its bound.
    """

    id: str
    function: Callable[..., None]
    parameters: NamedTuple
    log_background: float
    dimensions: int
    denied: bool
    words: tuple[wording.Word, ...]


@dataclass(frozen=True)
class Ground:
    """What every claim of a case is read against: window, steps, area and the time the signal was said to end."""

    case: Case
    steps: int
    area_m2: float
    duration_s: float
    signal_end_s: float


#: kinds that a path can be tested for
PATH_KINDS = (
    "took_off", "landed", "crashed", "was_at", "headed", "flew_toward", "turned", "reversed", "climbed", "descended",
    "flew_at", "lost_signal",
)  # fmt: skip


def testable(claims: pd.DataFrame) -> pd.Series:
    """Which claims a path can be tested for: those about the aircraft, of a kind that paths satisfy or not."""
    return claims["says"].isin(PATH_KINDS) & (claims["subject"] == "aircraft")


def independent(claims: pd.DataFrame) -> pd.DataFrame:
    """The testable claims with copies taken together.

    Of each number the claim that told it first is kept, or, where that one is not among those here, the first of its
    copies.
    """
    usable = claims[testable(claims)]
    roots = usable["id"].map(lambda name: root(claims, name))
    told_first = (roots == usable["id"]).sort_values(ascending=False, kind="stable").index
    kept = roots.loc[told_first].drop_duplicates().index
    return usable[usable.index.isin(kept)]


def root(claims: pd.DataFrame, name: str) -> str:
    """The claim that told this number first, as far as the table goes."""
    known = dict(zip(claims["id"], claims["copy_of"], strict=True))
    while known.get(name):
        name = known[name]
    return name


def ask(case: Case, claims: pd.DataFrame) -> tuple[Asked, ...]:
    """Make claims ready to be put to paths.

    Parameters
    ----------
    case : Case
        For window, extent, places and wording.
    claims : DataFrame
        Rows of `Case.claims`, all testable.
    """
    ground = _ground_of(case)
    return tuple(_ask(ground, row) for row in claims.itertuples(index=False))


def _ground_of(case: Case) -> Ground:
    duration = (case.window[1] - case.window[0]).total_seconds()
    box = case.extent
    height = math.radians(box.north - box.south) * EARTH_M
    width = math.radians(box.east - box.west) * EARTH_M * math.cos(math.radians(0.5 * (box.north + box.south)))
    lost = case.claims[(case.claims["says"] == "lost_signal") & case.claims["time"].notna()]
    inside = lost["time"][(lost["time"] >= case.window[0]) & (lost["time"] <= case.window[1])]
    end = (inside.max() - case.window[0]).total_seconds() if len(inside) else duration
    return Ground(case, int(duration // motion.STORE_S) + 1, height * width, duration, end)


def _ask(ground: Ground, row: Any) -> Asked:
    function, parameters, log_background, dimensions, words = _KINDS[row.says](ground, row)
    if row.denied:
        log_background = math.log(EVEN)
    return Asked(row.id, function, parameters, log_background, dimensions, bool(row.denied), tuple(words))


def given(value: object) -> bool:
    """Whether a cell of the table has something in it."""
    return value == value and value is not None and value is not pd.NaT and value != ""


def _ask_fix(ground: Ground, row: Any) -> tuple:
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    height = _height(row.altitude_m, row.altitude_rounding_m, row.datum)
    fast = given(row.speed_mps)
    sd = math.hypot((row.speed_rounding_mps if fast else 0.0) / math.sqrt(12), SPEED_SD_MPS)
    log_norm = where.log_density + _log_peak(height) + (-math.log(sd * math.sqrt(2 * math.pi)) if fast else 0.0)
    background = log_place - (math.log(HEIGHT_RANGE_M) if height.given else 0.0)
    background -= math.log(SPEED_RANGE_MPS) if fast else 0.0
    parameters = Fix(where, when, height, fast, row.speed_mps if fast else 0.0, sd, log_norm)
    return fix, parameters, background, 2 * where.given + height.given + fast, words + more


def _ask_course(ground: Ground, row: Any) -> tuple:
    when, words = _when(ground, row)
    if row.toward:
        word = wording.meaning("toward", ground.case.wording)
        place, heading, sd = _normal_of(row.toward_latitude, row.toward_longitude), 0.0, wording.normal(word)[1]
        words = [*words, word]
    else:
        place, heading, sd = _ORIGIN, row.heading_deg, math.hypot(row.heading_half_deg, HEADING_SD_DEG)
    log_norm = -math.log(sd * math.sqrt(2 * math.pi))
    return course, Course(when, bool(row.toward), place, heading, sd, log_norm), -math.log(360.0), 1, words


def _ask_turn(ground: Ground, row: Any) -> tuple:
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    word = row.angle_word or ("reversed" if row.says == "reversed" else row.how or "turn")
    if given(row.angle_deg):
        size, sd, two_sided, meant = row.angle_deg, 20.0, True, []
    else:
        meant = [wording.meaning(word, ground.case.wording)]
        (size, sd), two_sided = wording.normal(meant[0]), word in ("U-turn", "reversed")
    side = {"left": -1.0, "right": 1.0}.get(row.side, 0.0)
    parameters = Turn(where, when, size, sd, two_sided, side, where.log_density)
    return turn, parameters, log_place + math.log(EVEN), 2 * where.given + 1, words + more + meant


def _ask_descent(ground: Ground, row: Any) -> tuple:
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    start = _height(row.from_altitude_m, row.from_rounding_m, row.datum)
    end = _height(row.altitude_m, row.altitude_rounding_m, row.datum)
    log_within, meant = _within(ground, row.within, row.within_s)
    rate = (row.rate_mps, RATE_SD_MPS) if given(row.rate_mps) else (0.0, 0.0)
    manner = (0.0, 0.0)
    if row.how:
        meant = [*meant, wording.meaning(row.how, ground.case.wording)]
        manner = wording.normal(meant[-1])
    background = log_place + (math.log(EVEN) if row.how else 0.0)
    log_norm = where.log_density
    for height in (start, end):
        if height.given:
            log_norm -= math.log(height.sd_m * math.sqrt(2 * math.pi))
            background -= math.log(HEIGHT_RANGE_M)
    if log_within[1] > 0:
        log_norm -= math.log(log_within[1] * math.sqrt(2 * math.pi))
        background -= math.log(math.log(DURATION_RANGE_S / 5.0))
    if rate[1] > 0:
        log_norm -= math.log(rate[1] * math.sqrt(2 * math.pi))
        background -= math.log(RATE_RANGE_MPS)
    dimensions = 2 * where.given + start.given + end.given + (log_within[1] > 0) + (rate[1] > 0) + (manner[1] > 0)
    parameters = Descent(where, when, start, end, log_within, rate, manner, log_norm)
    return descent, parameters, background, max(dimensions, 1), words + more + meant


def _ask_climb(ground: Ground, row: Any) -> tuple:
    if not row.at_most:
        return _ask_fix(ground, row)
    when, words = _when(ground, row)
    height = _height(row.altitude_m, row.altitude_rounding_m, row.datum)
    return climb, Climb(when, height, _log_peak(height)), -math.log(HEIGHT_RANGE_M), 1, words


def _ask_event(ground: Ground, row: Any) -> tuple:
    kind = ("took_off", "landed", "crashed").index(row.says)
    places = sorted(ground.case.places)
    where, log_place, words = _where(ground, row) if kind == 2 else (_nowhere(), 0.0, [])
    time = given(row.time)
    moment, sd, more = _moment(ground, row) if time else (0.0, 1.0, [])
    log_norm = where.log_density - (math.log(sd * math.sqrt(2 * math.pi)) if time else 0.0)
    background = log_place + (0.0 if kind == 0 else math.log(EVEN)) - (math.log(ground.duration_s) if time else 0.0)
    elsewhere = row.place and (kind == 1 or (kind == 0 and row.place != ground.case.flight.origin))
    place = places.index(row.place) if elsewhere else -1
    parameters = Event(kind, place, where, time, moment, sd, log_norm)
    return event, parameters, background, max(2 * where.given + time, 1), words + more


def _moment(ground: Ground, row: Any) -> tuple[float, float, list[wording.Word]]:
    """The time of an event in seconds from the start of the window, its standard deviation, and the words used."""
    told = (row.time - ground.case.window[0]).total_seconds()
    clock = math.hypot(row.time_rounding_s / math.sqrt(12), 2 * CLOCK_SD_S)
    if row.time_hedge not in ("before", "after", "shortly before", "shortly after"):
        return told, clock, []
    word = wording.meaning(row.time_hedge, ground.case.wording)
    sign = -1.0 if row.time_hedge.endswith("before") else 1.0
    return told + sign * word.median, math.hypot(wording.normal(word)[1], 2 * CLOCK_SD_S), [word]


_KINDS: dict[str, Callable[[Ground, Any], tuple]] = {
    "was_at": _ask_fix, "lost_signal": _ask_fix, "flew_at": _ask_fix, "headed": _ask_course, "flew_toward": _ask_course,
    "turned": _ask_turn, "reversed": _ask_turn, "descended": _ask_descent, "climbed": _ask_climb,
    "took_off": _ask_event, "landed": _ask_event, "crashed": _ask_event,
}  # fmt: skip


_ORIGIN = (0.0, 0.0, 0.0)


def _normal_of(latitude: float, longitude: float) -> tuple[float, float, float]:
    lat, lon = math.radians(latitude), math.radians(longitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


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
    root = math.sqrt(1.0 - _E2 * math.sin(math.radians(latitude)) ** 2)
    return _A_M / root, _A_M * (1.0 - _E2) / root**3


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
