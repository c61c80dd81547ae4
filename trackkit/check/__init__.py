"""What cannot be, or hardly: findings on the claims of a case, each a sentence with its numbers.

A finding says that something is in tension with something else; it takes no side and drops nothing. Every
test is a function from a case to rows of `trackkit.columns.FINDINGS`, and leans to silence: it fires only
beyond the slack that roundings, hedges and vague words leave.

- ``case``: the claims of a case against each other, the type and the ground
"""

from trackkit.check.cases import TESTS, case

__all__ = ["TESTS", "case"]
