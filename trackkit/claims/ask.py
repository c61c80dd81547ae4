"""From a row of the table of claims to what it asks of a path."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from trackkit import wording
from trackkit.claims.heights import Climb, Descent, climb, descent
from trackkit.claims.kinds import Course, Event, Fix, Turn, course, event, fix, turn
from trackkit.claims.meant import (
    _ORIGIN,
    Ground,
    _ground_of,
    _height,
    _log_peak,
    _moment,
    _normal_of,
    _nowhere,
    _when,
    _where,
    _within,
    given,
)  # fmt: skip
from trackkit.model import Case

#: even odds that a claim which means nothing says that a thing happened
EVEN = 0.5

SPEED_SD_MPS = 5.0
HEADING_SD_DEG = 5.0
#: over what a claim that means nothing is spread evenly
HEIGHT_RANGE_M, SPEED_RANGE_MPS, RATE_RANGE_MPS, DURATION_RANGE_S = 13_000.0, 300.0, 30.0, 3_600.0
RATE_SD_MPS = 1.5


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


def _ask(ground: Ground, row: Any) -> Asked:
    function, parameters, log_background, dimensions, words = _KINDS[row.says](ground, row)
    if row.denied:
        log_background = math.log(EVEN)
    return Asked(row.id, function, parameters, log_background, dimensions, bool(row.denied), tuple(words))


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


_KINDS: dict[str, Callable[[Ground, Any], tuple]] = {
    "was_at": _ask_fix, "lost_signal": _ask_fix, "flew_at": _ask_fix, "headed": _ask_course, "flew_toward": _ask_course,
    "turned": _ask_turn, "reversed": _ask_turn, "descended": _ask_descent, "climbed": _ask_climb,
    "took_off": _ask_event, "landed": _ask_event, "crashed": _ask_event,
}  # fmt: skip
