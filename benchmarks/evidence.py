"""How far the log evidence of each story of the Syrian case differs between seeds, and what a story costs.

    python benchmarks/evidence.py [paths] [seeds] [hypothesis ...]

Each seed draws an ensemble of so many paths for each story. Prints, for each story, the mean and the standard deviation
over seeds, the standard error that the ensembles themselves state (median), the time (median) and the most memory that
the process has held; and in how many seeds each order of the stories was found.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from pathlib import Path

import pandas as pd

import trackkit as tk

CASE = Path(__file__).parents[1] / "data" / "syrian-air-9218"


def drawn(case: tk.model.Case, story: tk.model.Hypothesis, paths: int, seed: int) -> dict[str, object]:
    """One ensemble's log evidence, its stated error, and its cost."""
    start = time.perf_counter()
    ensemble = tk.reconstruct.paths(case, story, n=paths, seed=seed)
    return {
        "story": story.id, "seed": seed, "log evidence": ensemble.log_evidence,
        "stated": ensemble.log_evidence_sd, "seconds": time.perf_counter() - start,
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
    }  # fmt: skip


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a story."""
    by = rows.groupby("story", sort=False)
    return pd.DataFrame({
        "mean": by["log evidence"].mean(), "sd": by["log evidence"].std(), "stated": by["stated"].median(),
        "seconds": by["seconds"].median(), "MiB": by["MiB"].max(),
    })  # fmt: skip


def orders(rows: pd.DataFrame) -> Counter[str]:
    """How often each order of the stories, the best explained first."""
    ranked = rows.sort_values("log evidence", ascending=False).groupby("seed")["story"]
    return Counter(ranked.agg(", ".join))


def main(paths: int = 4000, seeds: int = 10, *names: str) -> None:
    """Print the tables."""
    case = tk.read.case(CASE)
    stories = [story for story in case.hypotheses if not names or story.id in names]
    tk.reconstruct.paths(case, stories[0], n=32, seed=0)  # compile
    rows = pd.DataFrame([drawn(case, story, paths, seed) for seed in range(seeds) for story in stories])
    print(f"{paths} paths a story, {seeds} seeds; log evidence in nats")
    print(table(rows).round(2).to_string())
    for order, count in orders(rows).most_common():
        print(f"{count} of {seeds}: {order}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]), *sys.argv[3:])
