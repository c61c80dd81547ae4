"""Judging: how well each hypothesis's paths explain every claim, what the answer rests on, and what would change it.

Only numbers that come with their spread and their effective paths leave this room. Words are "consistent with", "in
tension with" and "needs"; nothing is excluded.

- ``hypotheses``, ``ratios``, ``icd203``: the verdict, in numbers and in words
- ``claims``: support of each claim under each hypothesis
- ``without``: what is left of the verdict where an origin, a report or a claim is left out
"""

from trackkit.judge.leaving import without
from trackkit.judge.support import claims
from trackkit.judge.verdict import hypotheses, icd203, ratios

__all__ = ["claims", "hypotheses", "icd203", "ratios", "without"]
