"""The kinds of claim that a path can be held against: what each accepts, in words and formula.

One function for each kind, from a row of the table of claims to a `Said`: the compiled function that is put to paths
(`trackkit.claims.kinds`, `trackkit.claims.heights`), its parameters, and the density of a claim that means nothing.

N(x) stands for a normal density about what is told, with the spread of its word or rounding; P(word | x) for the share
of tellers who would use the word of x (a normal distribution function); a part that a claim does not give drops out.
Moments are those that the claim's time, span of time or part of the flight may mean, each with its weight. A place is a
normal about its middle, or an area with soft edges; heights are held against the datum they are told above (pressure
altitude by the path's own QNH, sea level, the ground under it). A claim `denied` has the likelihood ``1 - fit``.

Three kinds are of no path. `carried` and `arrived` are about a person and are judged by what a hypothesis says of who
was aboard, and by the time the journey needs from where paths end (`trackkit.judge.claims`); `context` accepts
everything and is never judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from trackkit import wording
from trackkit.claims.heights import Climb, Descent, climb, descent
from trackkit.claims.kinds import Course, Event, Fix, Turn, course, event, fix, turn
from trackkit.claims.meant import (
    _ORIGIN,
    Ground,
    _half_deg,
    _height,
    _lasting,
    _log_peak,
    _moment,
    _normal_of,
    _nowhere,
    _stated,
    _when,
    _where,
    _within,
    given,
)  # fmt: skip

__all__ = ["EVEN", "HEIGHT_RANGE_M", "SAYS", "SPEED_RANGE_MPS", "Said"]

#: even odds that a claim which means nothing says that a thing happened
EVEN = 0.5

SPEED_SD_MPS, HEADING_SD_DEG, RATE_SD_MPS = 5.0, 5.0, 1.5
#: an angle told in degrees, and how long a new track was kept, are good to this
ANGLE_SD_DEG, LASTING_SD = 20.0, 0.3
#: over what a claim that means nothing is spread evenly
HEIGHT_RANGE_M, SPEED_RANGE_MPS, RATE_RANGE_MPS, DURATION_RANGE_S = 13_000.0, 300.0, 30.0, 3_600.0
_LOG_DURATIONS = math.log(math.log(DURATION_RANGE_S / 5.0))


class Said(NamedTuple):
    """What a claim says of a path, made ready: function and parameters, background, normal terms, words used."""

    function: Callable[..., None]
    parameters: Any
    log_background: float
    dimensions: int
    words: list[wording.Word]


# -- at a moment ------------------------------------------------------------------------------------------


def was_at(ground: Ground, row: Any) -> Said:
    """Be at a place, with the height and speed given, at one of the moments: L = mean of N(place) N(height) N(speed).

    A moment on the ground adds nothing. Without a time it is a place somewhere along the flight.
    """
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    height, hedged = _height(ground, row)
    fast = given(row.speed_mps)
    speed, sd, paced = _stated(ground, row.speed_mps if fast else 0.0, row.speed_rounding_mps, row.speed_hedge)
    sd = math.hypot(sd, SPEED_SD_MPS)
    log_norm = where.log_density + _log_peak(height) + (_log_normal(sd) if fast else 0.0)
    background = log_place - (math.log(HEIGHT_RANGE_M) if height.given else 0.0)
    background -= math.log(SPEED_RANGE_MPS) if fast else 0.0
    parameters = Fix(where, when, height, fast, speed, sd, log_norm)
    return Said(fix, parameters, background, 2 * where.given + height.given + fast, words + more + hedged + paced)


def flew_at(ground: Ground, row: Any) -> Said:
    """Have a speed or a height at one of the moments: L = mean of N(speed) N(height) N(place)."""
    return was_at(ground, row)


def lost_signal(ground: Ground, row: Any) -> Said:
    """Be there, so high, at the moment when the signal ended: L = mean of N(place) N(height)."""
    return was_at(ground, row)


# -- directions -------------------------------------------------------------------------------------------


def headed(ground: Ground, row: Any) -> Said:
    """Fly a direction: L = mean over the moments of N(track - direction), wrapped.

    A wind's word has a standard deviation of half the sector to the next wind of its sort. The moments may be the first
    minutes after take-off, a first stretch of a length, or the minutes before or after a place.
    """
    when, words = _when(ground, row)
    half, more = _half_deg(ground, row.heading_word, row.heading_half_deg)
    sd = math.hypot(half, HEADING_SD_DEG)
    parameters = Course(when, False, _ORIGIN, row.heading_deg, sd, _log_normal(sd))
    return Said(course, parameters, -math.log(360.0), 1, words + more)


def flew_toward(ground: Ground, row: Any) -> Said:
    """Close on a place: L = mean over the moments of N(track - bearing of the place from the path), wrapped."""
    when, words = _when(ground, row)
    word = wording.meaning("toward", ground.case.wording)
    place, sd = _normal_of(row.toward_latitude, row.toward_longitude), wording.normal(word)[1]
    parameters = Course(when, True, place, 0.0, sd, _log_normal(sd))
    return Said(course, parameters, -math.log(360.0), 1, [*words, word])


# -- turns ------------------------------------------------------------------------------------------------


def turned(ground: Ground, row: Any) -> Said:
    """Change track, by an angle, to a side, at a place, as far as given: L = P(word | turn) N(place) N(log t).

    The largest turn within three minutes counts. Of a "turn" any larger one will do; an angle told, or a U-turn, has
    two sides: N(turn - angle). t is how long the new track was kept, where that is told.
    """
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    word = row.angle_word or ("reversed" if row.says == "reversed" else row.how or "turn")
    size, sd, two_sided, meant = row.angle_deg, ANGLE_SD_DEG, True, []
    if not given(size):
        meant = [wording.meaning(word, ground.case.wording)]
        (size, sd), two_sided = wording.normal(meant[0]), word in ("U-turn", "reversed")
    log_lasting, kept = _kept(ground, row)
    log_norm = where.log_density + (_log_normal(log_lasting[1]) if log_lasting[1] > 0.0 else 0.0)
    background = log_place + math.log(EVEN) - (_LOG_DURATIONS if log_lasting[1] > 0.0 else 0.0)
    side = {"left": -1.0, "right": 1.0}.get(row.side, 0.0)
    parameters = Turn(where, when, size, sd, two_sided, side, log_lasting, log_norm)
    dimensions = 2 * where.given + 1 + (log_lasting[1] > 0.0)
    return Said(turn, parameters, background, dimensions, words + more + meant + kept)


def reversed(ground: Ground, row: Any) -> Said:
    """Turn back: as `turned`, by half a circle either way; L = N(turn - 180) N(place) N(log t)."""
    return turned(ground, row)


def _kept(ground: Ground, row: Any) -> tuple[tuple[float, float], list[wording.Word]]:
    """How long a new track was kept, as a lognormal (s); nothing where it is not told."""
    lasting, words = _lasting(ground, row)
    if lasting is None:
        return (0.0, 0.0), []
    return (wording.lognormal(words[0]) if words else (math.log(lasting), LASTING_SD)), words


# -- heights gained and lost ------------------------------------------------------------------------------


def descended(ground: Ground, row: Any) -> Said:
    """Lose height: L = N(first height) N(second height) N(log time between) N(rate) P(manner | rate) N(place).

    The descent starts where the path is last at the first height told, or where it last leaves its highest, and ends
    where it is then first at the second, or at its lowest; the place is that of its start, the rate its steepest
    minute. A time is that of its start: x the share of that moment; after or before a time, or over a span, all of it
    happens then. "Quickly" and its like are scaled by the type's normal rate of descent. Where none of this is told:
    P(the word | height lost).
    """
    return _profile(ground, row, 1.0)


def climbed(ground: Ground, row: Any) -> Said:
    """Gain height: as `descended`, upwards. A height alone: be so high at one of the moments, L = mean of N(height).

    Called the highest of the flight: L = N(highest) and, at a time, mean of N(height then).
    """
    if row.at_most:
        when, words = _when(ground, row)
        height, more = _height(ground, row)
        return Said(climb, Climb(when, height, _log_peak(height)), -math.log(HEIGHT_RANGE_M), 1, words + more)
    profile = given(row.from_altitude_m) or row.within or row.how or given(row.rate_mps)
    return was_at(ground, row) if given(row.altitude_m) and not profile else _profile(ground, row, -1.0)


def _profile(ground: Ground, row: Any, way: float) -> Said:
    """A descent (`way` 1) or a climb (-1) as far as it is told."""
    where, log_place, words = _where(ground, row)
    when, more = _when(ground, row)
    (start, hedged), (end, also) = _height(ground, row, "from_"), _height(ground, row)
    log_within, spent = _within(ground, row.within, row.within_s)
    rate = (row.rate_mps, RATE_SD_MPS) if given(row.rate_mps) else (0.0, 0.0)
    manner, lost, meant = _manner(ground, row, bool(start.given or end.given or rate[1]))
    log_norm, background = where.log_density, log_place + (math.log(EVEN) if manner[1] or lost[1] else 0.0)
    for height in (start, end):
        if height.given:
            log_norm += _log_peak(height)
            background -= math.log(HEIGHT_RANGE_M)
    if log_within[1] > 0:
        log_norm, background = log_norm + _log_normal(log_within[1]), background - _LOG_DURATIONS
    if rate[1] > 0:
        log_norm, background = log_norm + _log_normal(rate[1]), background - math.log(RATE_RANGE_MPS)
    begins = given(row.time) and not given(row.until) and row.time_hedge not in ("before", "after")
    if begins:
        log_norm, background = log_norm - math.log(max(when.whole, 1e-9)), background - math.log(ground.steps)
    terms = (start.given, end.given, log_within[1] > 0, rate[1] > 0, manner[1] > 0, lost[1] > 0, begins)
    parameters = Descent(way, begins, where, when, start, end, log_within, rate, manner, lost, log_norm)
    words = words + more + hedged + also + spent + meant
    return Said(descent, parameters, background, 2 * where.given + sum(terms), words)


def _manner(
    ground: Ground, row: Any, figures: bool
) -> tuple[tuple[float, float], tuple[float, float], list[wording.Word]]:
    """The rate that earns the word of manner (m/s), or, where nothing is told, the height that earns the kind's own."""
    if row.how:
        word = wording.meaning(row.how, ground.case.wording)
        middle, sd = wording.normal(word)
        pace = wording.pace_mps(ground.case, row.says)
        return (middle * pace, sd * pace), (0.0, 0.0), [word]
    if figures:
        return (0.0, 0.0), (0.0, 0.0), []
    word = wording.meaning(row.says, ground.case.wording)
    return (0.0, 0.0), wording.normal(word), [word]


# -- beginnings and ends ----------------------------------------------------------------------------------


def took_off(ground: Ground, row: Any) -> Said:
    """Begin so: L = 1 if it left that field, else 0; x N(time), flat over a span of time."""
    place = row.place if row.place != ground.case.flight.origin else ""
    return _event(ground, row, 0, place, _nowhere(), 0.0, [])


def landed(ground: Ground, row: Any) -> Said:
    """End safely, at that field, or, at a place without runways, there: L = 1 or 0; x N(time) N(place of the end)."""
    place = row.place if row.place and ground.case.places[row.place].runways and row.relation == "at" else ""
    where, log_place, words = (_nowhere(), 0.0, []) if place else _where(ground, row)
    return _event(ground, row, 1, place, where, log_place, words)


def crashed(ground: Ground, row: Any) -> Said:
    """Hit the ground: L = 1 if it did, else 0; x N(time) N(place of the end)."""
    return _event(ground, row, 2, "", *_where(ground, row))


def _event(
    ground: Ground, row: Any, kind: int, place: str, where: Any, log_place: float, words: list[wording.Word]
) -> Said:
    time = given(row.time)
    moment, half, sd, more = _moment(ground, row) if time else (0.0, 0.0, 1.0, [])
    log_norm = where.log_density - (math.log(sd * math.sqrt(2 * math.pi) + 2.0 * half) if time else 0.0)
    background = log_place + (0.0 if kind == 0 else math.log(EVEN)) - (math.log(ground.duration_s) if time else 0.0)
    number = sorted(ground.case.places).index(place) if place else -1
    parameters = Event(kind, number, where, time, moment, half, sd, log_norm)
    return Said(event, parameters, background, max(2 * where.given + time, 1), words + more)


def _log_normal(sd: float) -> float:
    """Log of a normal's peak."""
    return -math.log(sd * math.sqrt(2 * math.pi))


#: each kind of claim that a path can be tested for
SAYS: Mapping[str, Callable[[Ground, Any], Said]] = {
    "took_off": took_off, "landed": landed, "crashed": crashed, "was_at": was_at, "headed": headed,
    "flew_toward": flew_toward, "turned": turned, "reversed": reversed, "climbed": climbed, "descended": descended,
    "flew_at": flew_at, "lost_signal": lost_signal,
}  # fmt: skip
