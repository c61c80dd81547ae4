"""The planted case: reports of an invented flight whose true path is known."""

from pathlib import Path

import numpy as np
import pandas as pd
import planted
import pytest

from trackkit import claims, earth, read, reconstruct
from trackkit.model import Case, Ensemble

FOLDER = Path(__file__).parents[1] / "data" / "planted"
TRUE = "landed-corvane"
SLIP, PER_RUN = "planelog-slip", 800
SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def case() -> Case:
    return read.case(FOLDER)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    """The true path, by time."""
    return pd.read_csv(FOLDER / "truth.csv", parse_dates=["time"], index_col="time")


def test_the_true_path_is_on_the_grid_of_the_case(case: Case, truth: pd.DataFrame) -> None:
    start, end = case.window
    assert truth.index.equals(pd.date_range(start, end, freq="10s"))
    corvane = case.places["Corvane"]
    distance, _ = earth.inverse(
        corvane.latitude, corvane.longitude, truth["latitude"].iloc[-1], truth["longitude"].iloc[-1]
    )
    assert distance < 3_000.0
    assert truth["groundspeed_mps"].iloc[-1] == 0.0


def test_the_case_says_what_it_is(case: Case) -> None:
    assert "SYNTHETIC" in (FOLDER / "README.md").read_text(encoding="utf-8")
    assert 4 <= len(case.reports) <= 6
    assert claims.testable(case.claims).sum() >= 12
    assert len(claims.independent(case.claims)) == claims.testable(case.claims).sum() - 1  # one copy


def test_told_values_are_the_true_ones_but_for_the_slip(case: Case, truth: pd.DataFrame) -> None:
    """Within half a step of their rounding, and for pressure heights the offset of the day (-9 m)."""
    timed = case.claims[case.claims["time"].notna() & claims.testable(case.claims)]
    now = truth.reindex(timed["time"]).set_index(timed.index)
    height, speed = timed["altitude_m"].notna() & (timed["says"] != "climbed"), timed["speed_mps"].notna()
    off = (timed["altitude_m"] - (now["altitude_m"] + 9.0))[height].abs()
    assert (off > 0.5 * timed["altitude_rounding_m"][height] + 1.0).pipe(lambda wrong: list(wrong.index[wrong])) == [
        SLIP
    ]
    fast = (timed["speed_mps"] - now["groundspeed_mps"])[speed].abs()
    assert (fast <= 0.5 * timed["speed_rounding_mps"][speed] + 0.1).all()
    top = case.claims.loc["skyplot-highest"]
    assert abs(top["altitude_m"] - truth["altitude_m"].max() - 9.0) <= 0.5 * top["altitude_rounding_m"] + 1.0


@pytest.fixture(scope="module", params=SEEDS)
def ensembles(request: pytest.FixtureRequest, case: Case) -> dict[str, Ensemble]:
    return {one.id: reconstruct.paths(case, one, n=4 * PER_RUN, seed=request.param) for one in case.hypotheses}


@pytest.mark.slow
def test_the_true_hypothesis_comes_first_and_clearly(ensembles: dict[str, Ensemble]) -> None:
    evidence = {name: one.log_evidence for name, one in ensembles.items()}
    others = [value for name, value in evidence.items() if name != TRUE]
    assert evidence[TRUE] > max(others) + 3.0


@pytest.mark.slow
def test_the_true_path_lies_inside_the_region(ensembles: dict[str, Ensemble], truth: pd.DataFrame) -> None:
    """Inside the 90 % highest-density region of positions (a weighted kernel density) at 80 % of the times."""
    flying = np.flatnonzero(truth["groundspeed_mps"] > 70.0)
    places = truth[["latitude", "longitude"]].to_numpy()
    inside = [planted.in_region(ensembles[TRUE], *places[step], step) for step in flying]
    assert len(flying) > 150
    assert np.mean(inside) >= 0.8


@pytest.mark.slow
def test_the_slip_is_seen_through_and_the_rest_believed(ensembles: dict[str, Ensemble]) -> None:
    true = ensembles[TRUE]
    explained = np.exp(true.log_weight.to_numpy()) @ true.explained.to_numpy()
    found = dict(zip(true.given, explained, strict=True))
    assert found.pop(SLIP) < 0.01
    assert np.mean(list(found.values())) > 0.9
