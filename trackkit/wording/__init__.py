"""Vague words as named distributions, versioned and editable.

No published study says how many minutes "shortly before" means in the news, or how many kilometres "near" means in
aviation. The figures of the table are defaults, each with its basis and a caution; an analyst's own 5, 50 and 95 %
points (`wording.toml` of the case) win over them. Words for places are scaled by the size of the place, words for a
pace by the limits of the type.

- ``WORDS``, ``VERSION``, ``meaning``: the table, and what a word means in a case
- ``used``: the words that a case, or the claims of a figure, rest on, and what they were taken to mean
"""

from trackkit.wording.used import LEAST_RADIUS_M, of_claim, pace_mps, used
from trackkit.wording.words import VERSION, WINDS, WORDS, Word, lognormal, meaning, normal, wind

__all__ = [
    "LEAST_RADIUS_M", "VERSION", "WINDS", "WORDS", "Word", "lognormal", "meaning", "normal", "of_claim", "pace_mps",
    "used", "wind",
]  # fmt: skip
