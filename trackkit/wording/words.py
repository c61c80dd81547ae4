"""The table of vague words, as data: each a named distribution with its reference and a caution."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trackkit.earth import compass_deg
from trackkit.errors import InputError

__all__ = ["PACE", "VERSION", "WINDS", "WORDS", "Word", "lognormal", "meaning", "normal", "wind"]

#: version of this table; it goes into every manifest
VERSION = "2026.11.2"
#: the sixteen winds, clockwise from north
WINDS = (
    "north", "north-north-east", "north-east", "east-north-east", "east", "east-south-east", "south-east",
    "south-south-east", "south", "south-south-west", "south-west", "west-south-west", "west",
    "west-north-west", "north-west", "north-north-west",
)  # fmt: skip

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
_PRACTICE = "common practice of transport flying (normal descents 1,500 to 3,000 ft/min), as a share of the type's own"
#: what words of pace measure
PACE = "pace that earns the word, in normal rates of the type"
_HOUR = "over “a few minutes” by the same share"

_TABLE = (
    Word("at", "distance from the middle in radii of the place", 0.2, 0.7, 1.2, _POINT_RADIUS, "its own extent"),
    Word("over", "distance from the middle in radii of the place", 0.3, 1.0, 2.0, _OWN, "ground track, not height"),
    Word("near", "distance from the middle in radii of the place", 0.8, 2.8, 6.0,
     "people's field models of nearness (Hall, Smart and Jones 2011)", "depends on map and audience; widen freely"),
    Word("toward", "angle off the bearing of the place, degrees", -50.0, 0.0, 50.0, _OWN, "for a few minutes at least"),
    Word("a few minutes", "seconds", 120.0, 210.0, 420.0, "under “several” (Katzir and Ariel 2023)", _OWN),
    Word("few minutes", "seconds", 120.0, 210.0, 420.0, "under “several” (Katzir and Ariel 2023)", _OWN),
    Word("several minutes", "seconds", 180.0, 360.0, 720.0, "over “a few” (Katzir and Ariel 2023)", _OWN),
    Word("a few hours", "seconds", 7200.0, 12600.0, 25200.0, _HOUR, _OWN),
    Word("several hours", "seconds", 10800.0, 21600.0, 43200.0, _HOUR, _OWN),
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
    Word("just under", "below the number, in steps of the rounding", 0.05, 0.4, 1.0, "“just over” mirrored",
     "one-sided"),
    Word("nearly", "below the number, in steps of the rounding", 0.05, 0.4, 1.0, "taken as “just under”", "one-sided"),
    Word("under", "below the number, in steps of the rounding", 0.05, 0.5, 2.0, _OWN, "one-sided"),
    Word("up to", "below the number, in steps of the rounding", 0.0, 0.3, 1.5, _OWN, "the number itself fits"),
    Word("more than", "above the number, in steps of the rounding", 0.05, 0.5, 2.0, "“under” mirrored", "one-sided"),
    Word("at least", "above the number, in steps of the rounding", 0.0, 0.3, 1.5, "“up to” mirrored",
     "one-sided; the number itself fits"),
    Word("before", "seconds before", 30.0, 600.0, 3600.0, _OWN, "an order, not a time"),
    Word("after", "seconds after", 30.0, 600.0, 3600.0, _OWN, "an order, not a time"),
    Word("early hours", "hours after local midnight", 0.5, 3.0, 5.5, _OWN, "from midnight to first light, by season"),
    Word("around midnight", "hours after local midnight", -1.0, 0.0, 1.0, _OWN, "that which begins the day"),
    Word("morning", "hours after local midnight", 5.0, 9.0, 12.0, _OWN, "some count the early hours in"),
    Word("afternoon", "hours after local midnight", 12.0, 15.0, 18.0, _OWN, "by custom and season"),
    Word("evening", "hours after local midnight", 17.0, 20.0, 23.0, _OWN, "by custom and season"),
    Word("quickly", PACE, 0.6, 1.2, 1.8, _PRACTICE, "readers of a tracker see any slope"),
    Word("fast", PACE, 0.6, 1.2, 1.8, "taken as “quickly”", "as “quickly”"),
    Word("rapidly", PACE, 0.6, 1.2, 1.8, "taken as “quickly”", "as “quickly”"),
    Word("steeply", PACE, 0.6, 1.2, 1.8, "taken as “quickly”", "as “quickly”"),
    Word("steadily", PACE, 0.1, 0.4, 1.2, _OWN, "says evenness rather than rate"),
    Word("gradually", PACE, 0.1, 0.3, 0.8, _OWN, "says evenness rather than rate"),
    Word("descended", "height lost that earns the word, m", 100.0, 300.0, 600.0, _OWN, "where no height is told"),
    Word("climbed", "height gained that earns the word, m", 100.0, 300.0, 600.0, _OWN, "where no height is told"),
    Word("turn", "size of a turn that earns the word, degrees", 20.0, 40.0, 70.0, _OWN, "size only"),
    Word("sharp", "size of a turn that earns the word, degrees", 40.0, 70.0, 110.0, _OWN, "off a map: size, not rate"),
    Word("abruptly", "size of a turn that earns the word, degrees", 30.0, 60.0, 100.0, _OWN, "read off a map"),
    Word("suddenly", "size of a turn that earns the word, degrees", 30.0, 60.0, 100.0, _OWN, "read off a map"),
    Word("strong", "size of a turn that earns the word, degrees", 40.0, 70.0, 110.0, "taken as “sharp”", "as “sharp”"),
    Word("steep", "size of a turn that earns the word, degrees", 40.0, 70.0, 110.0, "taken as “sharp”", "as “sharp”"),
    Word("U-turn", "size of a turn, degrees", 145.0, 180.0, 215.0, "a reversal within 30 degrees", "either side"),
    Word("reversed", "size of a turn, degrees", 140.0, 180.0, 220.0, "a reversal within 40 degrees", "either side"),
)  # fmt: skip



def _winds() -> Iterator[Word]:
    """The sixteen winds: a standard deviation of half the sector, so that tails reach into the neighbours'."""
    for wind in WINDS:
        half = compass_deg(wind)[1]
        reach = round(_Z95 * half, 6)
        yield Word(wind, "angle off the wind's bearing, degrees", -reach, 0.0, reach, _POINT_RADIUS,
                   "normal; half the sector to the next wind named so is one standard deviation")  # fmt: skip


#: every word that a claim may use
WORDS: Mapping[str, Word] = {word.word: word for word in (*_TABLE, *_winds())}


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


def wind(bearing_deg: float) -> str:
    """The name of the wind nearest to a bearing.

    >>> wind(315.0), wind(359.0)
    ('north-west', 'north')
    """
    return WINDS[round(bearing_deg / 22.5) % 16]


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
