"""Vague words as named distributions, versioned and editable.

No published study says how many minutes "shortly before" means in the news, or how many kilometres "near" means in
aviation. The figures below are defaults, each with its basis and a caution; an analyst's own 5, 50 and 95 % points
(`wording.toml` of the case) win over them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from trackkit.errors import InputError

__all__ = ["VERSION", "WORDS", "Word", "lognormal", "meaning", "normal"]

#: version of this table; it goes into every manifest
VERSION = "2026.11"

_Z95 = 1.6448536269514722  # 95 % point of the standard normal


@dataclass(frozen=True)
class Word:
    """What a vague word is taken to mean.

    Attributes
    ----------
    word : str
    of : str
        What it is a measure of, with its unit.
    low, median, high : float
        5, 50 and 95 % points.
    reference, caution : str
        Where the figures come from, and how far they can be leaned on.
    """

    word: str
    of: str
    low: float
    median: float
    high: float
    reference: str
    caution: str

    def __str__(self) -> str:
        return f"“{self.word}”: {self.of}, {self.low:g} to {self.high:g} (90 %), median {self.median:g}"


_OWN = "our choice; no measured figure was found"
_POINT_RADIUS = "after the point-radius method (Wieczorek, Guo and Hijmans 2004, IJGIS 18:745-767)"
_PRACTICE = "common practice of transport flying (normal descents 1,500 to 3,000 ft/min)"

_TABLE = (
    Word("at", "distance from the middle in radii of the place", 0.2, 0.7, 1.2, _POINT_RADIUS, "its own extent"),
    Word("over", "distance from the middle in radii of the place", 0.3, 1.0, 2.0, _OWN, "ground track, not height"),
    Word("near", "distance from the middle in radii of the place", 0.8, 2.8, 6.0,
     "people's field models of nearness (Hall, Smart and Jones 2011)", "depends on map and audience; widen freely"),
    Word("toward", "angle off the bearing of the place, degrees", -50.0, 0.0, 50.0, _OWN, "for a few minutes at least"),
    Word("a few minutes", "seconds", 120.0, 210.0, 420.0, "under “several” (Katzir and Ariel 2023)", _OWN),
    Word("few minutes", "seconds", 120.0, 210.0, 420.0, "under “several” (Katzir and Ariel 2023)", _OWN),
    Word("several minutes", "seconds", 180.0, 360.0, 720.0, "over “a few” (Katzir and Ariel 2023)", _OWN),
    Word("minutes", "seconds", 90.0, 300.0, 900.0, _OWN, "a bare plural says little"),
    Word("shortly before", "seconds before", 60.0, 300.0, 900.0,
     "scales with the length of the event (Kenneweg and others 2024)", "our scale for a flight of half an hour"),
    Word("shortly after", "seconds after", 60.0, 300.0, 900.0,
     "scales with the length of the event (Kenneweg and others 2024)", "our scale for a flight of half an hour"),
    Word("about", "half-width in steps of the rounding", 0.1, 0.7, 2.0, "people differ widely (Ferson and others 2015)",
     "adds little on round numbers"),
    Word("around", "half-width in steps of the rounding", 0.1, 0.7, 2.0, "taken as “about”",
     "adds little on round numbers"),
    Word("just over", "above the number, in steps of the rounding", 0.05, 0.4, 1.0, _OWN, "one-sided"),
    Word("under", "below the number, in steps of the rounding", 0.05, 0.5, 2.0, _OWN, "one-sided"),
    Word("before", "seconds before", 30.0, 600.0, 3600.0, _OWN, "an order, not a time"),
    Word("after", "seconds after", 30.0, 600.0, 3600.0, _OWN, "an order, not a time"),
    Word("quickly", "descent rate that earns the word, m/s", 6.0, 12.0, 18.0, _PRACTICE,
     "readers of a tracker see any slope"),
    Word("fast", "descent rate that earns the word, m/s", 6.0, 12.0, 18.0, "taken as “quickly”", "as “quickly”"),
    Word("rapidly", "descent rate that earns the word, m/s", 6.0, 12.0, 18.0, "taken as “quickly”", "as “quickly”"),
    Word("steadily", "descent rate that earns the word, m/s", 1.0, 4.0, 12.0, _OWN, "says evenness rather than rate"),
    Word("gradually", "descent rate that earns the word, m/s", 1.0, 3.0, 8.0, _OWN, "says evenness rather than rate"),
    Word("turn", "size of a turn that earns the word, degrees", 20.0, 40.0, 70.0, _OWN, "size only"),
    Word("sharp", "size of a turn that earns the word, degrees", 40.0, 70.0, 110.0, _OWN, "off a map: size, not rate"),
    Word("abruptly", "size of a turn that earns the word, degrees", 30.0, 60.0, 100.0, _OWN, "read off a map"),
    Word("suddenly", "size of a turn that earns the word, degrees", 30.0, 60.0, 100.0, _OWN, "read off a map"),
    Word("strong", "size of a turn that earns the word, degrees", 40.0, 70.0, 110.0, "taken as “sharp”", "as “sharp”"),
    Word("steep", "size of a turn that earns the word, degrees", 40.0, 70.0, 110.0, "taken as “sharp”", "as “sharp”"),
    Word("U-turn", "size of a turn, degrees", 145.0, 180.0, 215.0, "a reversal within 30 degrees", "either side"),
    Word("reversed", "size of a turn, degrees", 140.0, 180.0, 220.0, "a reversal within 40 degrees", "either side"),
)  # fmt: skip

#: every word that a claim may use
WORDS: Mapping[str, Word] = {word.word: word for word in _TABLE}


def meaning(word: str, overrides: Mapping[str, Mapping[str, float | str]] | None = None) -> Word:
    """What a word is taken to mean, the case's own figures first.

    Raises
    ------
    InputError
        If the word is not in the table.
    """
    if word not in WORDS:
        raise InputError("unknown word", word, WORDS)
    default, own = WORDS[word], (overrides or {}).get(word)
    if own is None:
        return default
    points = [float(own.get(name, getattr(default, name))) for name in ("low", "median", "high")]
    if not points[0] <= points[1] <= points[2]:
        raise InputError("points of a word out of order", points, "low <= median <= high", row=word)
    return Word(word, default.of, points[0], points[1], points[2], *_said_of(own))


def _said_of(own: Mapping[str, float | str]) -> tuple[str, str]:
    return str(own.get("reference", "the analyst's own")), str(own.get("caution", ""))


def lognormal(word: Word) -> tuple[float, float]:
    """Location and scale of the logarithm, from the 5 and 95 % points about the median.

    >>> mu, sigma = lognormal(WORDS["a few minutes"])
    >>> round(math.exp(mu)), round(sigma, 2)
    (210, 0.38)
    """
    return math.log(word.median), math.log(word.high / word.low) / (2 * _Z95)


def normal(word: Word) -> tuple[float, float]:
    """Mean and standard deviation, from the median and the 5 and 95 % points."""
    return word.median, (word.high - word.low) / (2 * _Z95)
