"""Forty planted flights: is the true path inside the region, and the true hypothesis as probable as is said?

    python benchmarks/planted.py [flights] [paths] [seed]

Each flight is drawn from one of the five hypotheses of the Syrian case in turn, told of in six to ten claims of which
one in ten is false, and reconstructed under all five. Prints one table.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import planted


def main(count: int = 40, paths: int = 400, seed: int = 0) -> None:
    """Print the table."""
    start = time.process_time()
    found = planted.flights(count, paths, seed)
    print(f"{count} planted flights, {paths} paths a story, seed {seed}, {time.process_time() - start:,.0f} s of CPU")
    print(pd.Series(planted.measures(found)).to_string(float_format="{:.3f}".format))
    print(planted.reliability(found).round(3).to_string())
    by_true = pd.DataFrame([(one.true, one.posterior[one.true], one.inside, one.apart) for one in found])
    print(by_true.groupby(0).agg({1: "mean", 2: "mean", 3: "sum"}).round(3).to_string(header=False))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
