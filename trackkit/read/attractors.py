"""Places at which spoofed receivers are known to have shown themselves, with dates and sources."""

from __future__ import annotations

import pandas as pd

from trackkit import columns, earth

__all__ = ["attractors"]

#: the end of what has no end yet
OPEN = pd.Timestamp("2100-01-01", tz="UTC")


def attractors() -> pd.DataFrame:
    """The known attractors of spoofers, as far as public reports tell: not a full list.

    Returns
    -------
    DataFrame
        Columns `trackkit.columns.ATTRACTORS`; `last` is far off where no end was reported.
    """
    table = pd.read_csv(earth.data_folder() / "earth" / "attractors.csv")
    for name in ("first", "last"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return columns.conform(table.assign(last=table["last"].fillna(OPEN)), columns.ATTRACTORS)
