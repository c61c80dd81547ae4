"""How fast the ground is read and paths are put to receivers; medians of several runs in one process.

    python benchmarks/earth.py [--runs 5]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from trackkit import earth

PATHS, POINTS, RECEIVERS, LOOKUPS = 4_000, 270, 10, 10_000_000


def median_s(work: Callable[[], object], runs: int) -> float:
    work()
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    rng = np.random.default_rng(0)
    lat, lon = rng.uniform(31.0, 38.0, LOOKUPS), rng.uniform(32.0, 43.0, LOOKUPS)
    table = earth.receivers().iloc[:RECEIVERS]
    start = rng.uniform(34.0, 35.5, (2, PATHS, 1)) + np.array([0.0, 1.5])[:, None, None]
    way = start + np.cumsum(rng.normal(0.0, 0.004, (2, PATHS, POINTS)), axis=2)
    horizons = earth.horizons(table)
    read = median_s(lambda: earth.terrain_m(lat, lon), runs)
    look = median_s(lambda: earth.horizons(table), runs)
    see = median_s(lambda: earth.line_of_sight(horizons, way[0], way[1], 3_000.0), runs)
    print(f"terrain look-ups, at random over the grid: {LOOKUPS / read / 1e6:.0f} million a second (one thread)")
    print(f"{RECEIVERS} horizons: {look:.2f} s")
    print(f"line of sight, {PATHS:,} paths x {POINTS} points x {RECEIVERS} receivers: {see:.2f} s more")


if __name__ == "__main__":
    main()
