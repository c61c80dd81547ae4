"""Every finding on the claims of a case, test by test."""

from __future__ import annotations

import pandas as pd

from trackkit import columns
from trackkit.check.copies import copies
from trackkit.check.directions import sides, toward
from trackkit.check.heights import height_sequences, near_ground
from trackkit.check.speeds import implied_speeds, rates, speeds
from trackkit.check.times import event_times, hour_slips
from trackkit.model import Case

__all__ = ["TESTS", "case"]


def case(case: Case) -> pd.DataFrame:
    """Every finding on the claims of a case.

    Parameters
    ----------
    case : Case

    Returns
    -------
    DataFrame
        Columns `trackkit.columns.FINDINGS`, in the order of `TESTS`.
    """
    rows = [row for test in TESTS for row in test(case)]
    return columns.conform(pd.DataFrame(rows), columns.FINDINGS)


#: the tests, in the order of their findings
TESTS = (
    copies, hour_slips, event_times, speeds, rates, implied_speeds, toward, sides, height_sequences,
    near_ground,
)  # fmt: skip
