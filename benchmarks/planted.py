"""Forty planted flights: is the true path inside the region, and the true hypothesis as probable as is said?

    python benchmarks/planted.py [flights] [paths] [seed]

Each flight is drawn from one of the five hypotheses of the Syrian case in turn, told of in six to ten claims of which
one in ten is false, and reconstructed under all five. Prints one table.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import planted  # noqa: E402 - lies beside the tests

from trackkit import judge, read, reconstruct  # noqa: E402
from trackkit.model import Case  # noqa: E402

EDGES = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0)


@dataclass(frozen=True)
class Found:
    """What was found of one flight."""

    true: str
    inside: float
    moments: int
    posterior: dict[str, float]
    sd: float
    apart: bool
    claims: int
    false: int


def flight(case: Case, number: int, paths: int, seed: int, folder: Path) -> Found:
    """Plant one flight and reconstruct it under every hypothesis."""
    hypothesis = case.hypotheses[number % len(case.hypotheses)]
    one = planted.plant(case, hypothesis, folder, seed + number)
    ensembles = {this.id: reconstruct.paths(one.case, this, n=paths, seed=seed) for this in case.hypotheses}
    verdict = judge.hypotheses(one.case, ensembles.values()).set_index("hypothesis")
    inside = planted.covered(ensembles[hypothesis.id], one.flown)
    return Found(
        hypothesis.id, float(np.mean(inside)), len(inside), verdict["posterior"].to_dict(),
        float(verdict["log_evidence_sd"].max()), planted.apart(one), len(one.case.claims), len(one.false),
    )  # fmt: skip


def flights(count: int, paths: int, seed: int) -> list[Found]:
    """Plant flights from each hypothesis in turn."""
    case = read.case(ROOT / "data" / "syrian-air-9218")
    with tempfile.TemporaryDirectory() as folder:
        return [flight(case, number, paths, seed, Path(folder) / str(number)) for number in range(count)]


def measures(found: list[Found]) -> dict[str, float]:
    """The figures of the table, and of the slow test."""
    names = list(found[0].posterior)
    given = np.array([[one.posterior[name] for name in names] for one in found])
    true = np.array([[name == one.true for name in names] for one in found], float)
    first = (given * true).sum(axis=1) >= given.max(axis=1)
    told = np.array([one.apart for one in found])
    return {
        "flights": len(found),
        "claims": float(np.mean([one.claims for one in found])),
        "false claims": float(sum(one.false for one in found)),
        "in the 90 % region": float(np.average([one.inside for one in found], weights=[one.moments for one in found])),
        "Brier score": float(((given - true) ** 2).sum(axis=1).mean()),
        "mean posterior of the true one": float((given * true).sum(axis=1).mean()),
        "true one first": float(first.mean()),
        "told apart": float(told.sum()),
        "true one first, told apart": float(first[told].mean()) if told.any() else np.nan,
        "largest sd of log evidence (nat), median": float(np.median([one.sd for one in found])),
    }


def reliability(found: list[Found]) -> pd.DataFrame:
    """Of hypotheses given a posterior of so much, how many were true."""
    pairs = [(value, name == one.true) for one in found for name, value in one.posterior.items()]
    table = pd.DataFrame(pairs, columns=["posterior", "true"])
    table["of"] = pd.cut(table["posterior"], EDGES, include_lowest=True)
    return table.groupby("of", observed=True).agg(
        stories=("true", "size"), mean_posterior=("posterior", "mean"), share_true=("true", "mean")
    )


def main(count: int = 40, paths: int = 400, seed: int = 0) -> None:
    """Print the table."""
    start = time.process_time()
    found = flights(count, paths, seed)
    print(f"{count} planted flights, {paths} paths a story, seed {seed}, {time.process_time() - start:,.0f} s of CPU")
    print(pd.Series(measures(found)).to_string(float_format="{:.3f}".format))
    print(reliability(found).round(3).to_string())
    by_true = pd.DataFrame([(one.true, one.posterior[one.true], one.inside, one.apart) for one in found])
    print(by_true.groupby(0).agg({1: "mean", 2: "mean", 3: "sum"}).round(3).to_string(header=False))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
