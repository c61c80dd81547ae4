"""Figures of what was measured on real flights, and the scores behind them: held against known truths."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from trackkit import draw, read, reconstruct
from trackkit.model import Ensemble

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def gaps() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gaps", BENCHMARKS / "gaps.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def track() -> pd.DataFrame:
    """Straight, level flight to the east with a hole of three minutes."""
    t = np.r_[0:600:10, 780:1380:10]
    return pd.DataFrame({
        "timestamp": pd.Timestamp("2024-06-01T09:00Z") + pd.to_timedelta(t, unit="s"),
        "latitude": 50.0, "longitude": 10.0 + 0.0025 * t, "altitude": 30_000.0, "groundspeed": 347.0, "track": 90.0,
    })  # fmt: skip


@pytest.fixture(scope="module")
def bridged(track: pd.DataFrame) -> Ensemble:
    return reconstruct.bridge(read.frame(track), "09:09:50", "09:13:00", n=64, seed=1)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_ranks_of_gaussian_truths_hold_their_level(gaps: ModuleType, level: float) -> None:
    rng = np.random.default_rng(5)
    mixing = np.array([[3.0, 0.0], [2.0, 0.5]])
    clouds, truths = rng.standard_normal((400, 500, 2)) @ mixing.T, rng.standard_normal((400, 2)) @ mixing.T
    ranks = np.array([gaps.rank(cloud, truth) for cloud, truth in zip(clouds, truths, strict=True)])
    assert (ranks <= level).mean() == pytest.approx(level, abs=4.0 * np.sqrt(level * (1 - level) / 400))


def test_the_energy_of_a_gaussian_is_its_closed_form(gaps: ModuleType) -> None:
    cloud = np.random.default_rng(2).standard_normal((200_000, 1))
    at_the_mean = (np.sqrt(2.0) - 1.0) / np.sqrt(np.pi)
    assert gaps.energy(cloud, np.zeros(1)) == pytest.approx(at_the_mean, abs=0.005)


def test_reliability_tells_what_was_held() -> None:
    rows = [("Place", "Seed 1", level, level, 40) for level in (0.1, 0.5, 0.9)]
    held = pd.DataFrame(rows, columns=["panel", "draw", "level", "held", "n"])
    figure = draw.reliability(held, {0.5: (0.43, 0.57)}, "As often as they say", "Source: made for a test.")
    assert "Place, Seed 1: 90% regions hold 90%" in draw.alt(figure)
    assert "Seed 1, n = 40" in [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def test_scores_draw_every_method_and_tell_ours() -> None:
    ratios = pd.DataFrame({"ours": [0.5, 0.4], "theirs": [0.9, 1.2]}, index=["Straight", "Turning"])
    figure = draw.scores(ratios, {"Straight": 3, "Turning": 4}, "Ours is nearer", "Source: made for a test.")
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["ours", "theirs"]
    assert "ours: Straight 0.50; Turning 0.40" in draw.alt(figure)
    assert figure.axes[0].get_yticklabels()[1].get_text() == "Turning, n = 4"


def test_gaps_draw_paths_and_truth_from_the_same_origin(track: pd.DataFrame, bridged: Ensemble) -> None:
    truth = pd.DataFrame({"latitude": 50.0, "longitude": 10.0 + 0.0025 * np.arange(600, 780, 10)})
    figure = draw.gaps([("EAST\na test", bridged, track, truth)], "One gap", "Source: made.", sample=10)
    lines = figure.axes[0].get_lines()
    assert len(lines) == 12
    assert np.hypot(*(part[0] for part in lines[0].get_data())) < 1.0
    assert lines[-1].get_xdata()[0] == pytest.approx(1.79, abs=0.1)
    assert "EAST, a test" in draw.alt(figure)


def test_paths_lays_a_bridge_on_a_map(bridged: Ensemble) -> None:
    case = read.case(Path(__file__).parents[1] / "data" / "planted")
    axes = draw.map(case)
    axes.set(xlim=(11.2, 12.2), ylim=(49.8, 50.2))
    found = draw.paths(bridged, axes, sample=5)
    assert found.outside < 0.01
    assert all(held >= level - 0.01 for held, level in zip(found.held, found.levels, strict=True))
