"""What cannot be, or hardly: findings on the claims of a case, and the states of a track's stretches.

A finding says that something is in tension with something else; it takes no side and drops nothing. Every
test is a function from a case to rows of `trackkit.columns.FINDINGS`, and leans to silence: it fires only
beyond the slack that roundings, hedges and vague words leave. Tests on tracks do as much with noise and late rows.

- ``case``: the claims of a case against each other, the type and the ground
- ``chain``: which reports repeat which origin, which figures are one number, where a copy went wrong
- ``segments``: where a track can be trusted, stretch by stretch; ``fired``: the tests, fix by fix
"""

from trackkit.check.cases import TESTS, case
from trackkit.check.segments import STATES, fired, segments
from trackkit.origins import chain

__all__ = ["STATES", "TESTS", "case", "chain", "fired", "segments"]
