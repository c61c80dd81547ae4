"""Judging: how well each hypothesis's paths explain every claim, what the answer rests on, and what would change it.

Only numbers that come with their spread and their effective paths leave this room. Words are "consistent with", "in
tension with" and "needs"; nothing is excluded.

- ``hypotheses``, ``ratios``, ``icd203``: the verdict, in numbers and in words
- ``claims``, ``competing``: support of each claim under each hypothesis; which claims can tell them apart
- ``requires``: what each story asks of the flight, as quantities of its paths
- ``passenger``: what is said of the person, joined to each story
- ``without``, ``wording``, ``origins``, ``as_of``: what the answer rests on, and what it was at an earlier time
- ``told``: a claim in the fewest words
- ``conflicts``, ``agreement``: claims that no plausible path satisfies together; reports that tell of one world
- ``next_evidence``: which observation would tell the hypotheses apart
"""

from trackkit.judge.agreement import agreement
from trackkit.judge.competing import competing
from trackkit.judge.conflicts import conflicts, told
from trackkit.judge.dated import as_of, origins
from trackkit.judge.demands import requires
from trackkit.judge.leaving import without
from trackkit.judge.observations import next_evidence
from trackkit.judge.person import passenger
from trackkit.judge.support import claims
from trackkit.judge.sweeps import wording
from trackkit.judge.verdict import hypotheses, icd203, ratios

__all__ = [
    "agreement", "as_of", "claims", "competing", "conflicts", "hypotheses", "icd203", "next_evidence", "origins",
    "passenger", "ratios", "requires", "told", "without", "wording",
]  # fmt: skip
