"""Figures on the engine itself: what they say, and that nothing lies over anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import worlds
from matplotlib.figure import Figure
from matplotlib.text import Text

from trackkit import calibrate, draw, reconstruct, sampler
from trackkit.model import Ensemble

SHORT = sampler.Settings(keep=0.4, sweeps=(1, 1))


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    case = worlds.told(tmp_path_factory.mktemp("case"), {"says": "turned", "near": "Homs"})
    return reconstruct.paths(case, case.hypotheses[1], n=64, seed=3, settings=SHORT)


def told(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text))


def assert_clear(figure: Figure) -> None:
    """No two texts of a sheet lie over each other, and none leaves it."""
    figure.draw_without_rendering()
    every = [(text.get_text(), text.get_window_extent()) for text in _texts(figure) if text.get_text().strip()]
    width, height = figure.bbox.width, figure.bbox.height
    off = [name for name, box in every if box.x0 < -1.0 or box.y0 < -1.0 or box.x1 > width + 1 or box.y1 > height + 1]
    assert off == []
    assert [(a, b) for (a, one), (b, two) in combinations(every, 2) if one.overlaps(two)] == []


def _texts(figure: Figure) -> Iterator[Text]:
    """What is written on a sheet: its own lines, titles, labels of axes, and of ticks within their limits."""
    yield from figure.texts
    for axes in figure.axes:
        yield from (axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label)
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low - 1e-9 <= tick.get_loc() <= high + 1e-9]
            yield from (tick.label1 for tick in ticks if tick.label1.get_visible())


def test_the_true_path_is_drawn_over_the_paths(ensemble: Ensemble, tmp_path: Path) -> None:
    case = worlds.told(tmp_path, {"says": "turned", "near": "Homs"})
    path = pd.DataFrame({"latitude": [33.5, 34.7], "longitude": [36.5, 36.7]})
    figure = draw.truth(case, ensemble, path)
    (line,) = [line for line in figure.axes[0].get_lines() if line.get_label() == "true path"]
    assert line.get_xydata().tolist() == [[36.5, 33.5], [36.7, 34.7]]
    assert "n = 64, seed = 3, runs = 4" in told(figure)
    assert "invented flight" in told(figure)
    assert_clear(figure)


def test_the_oracle_tells_its_largest_error() -> None:
    figure = draw.oracle({100: [-3.2, -2.9], 400: [-3.0, -3.04]}, -3.0, 5)
    assert "at most 0.05 nat" in told(figure)
    assert "seed = 5" in told(figure)
    assert "100 vectors -0.050" in draw.alt(figure)
    assert_clear(figure)


def test_ranks_that_stray_are_named() -> None:
    rng = np.random.default_rng(0)
    found = {"even": rng.integers(0, 10, 200), "crowded": rng.integers(3, 7, 200), "third": rng.integers(0, 10, 200)}
    figure = draw.ranks(found, 9, calibrate.ecdf_envelope(200, 9, 0.99), 0.99, "Source: made for a test, seed = 0.")
    assert "2 of 3 quantities" in told(figure)
    assert "Outside: crowded." in draw.alt(figure)
    assert "n = 200 replicates" in told(figure)
    assert_clear(figure)


def test_health_tells_ancestors_and_spread(ensemble: Ensemble) -> None:
    figure = draw.health(ensemble)
    record = ensemble.diagnostics
    fewest = record[record["stage"] == "evidence"].groupby("run")["ancestors"].last().sum()
    assert f"64 paths descend from {fewest} " in told(figure)
    assert "n = 64, seed = 3, runs = 4" in told(figure)
    apart = 2.0 * ensemble.log_evidence_sd  # the standard error of the mean of four runs, times the root of four
    assert f"differ by {apart:.1f} nat (standard deviation)" in told(figure)
    assert len(figure.axes) == 4
    assert all(0.0 <= value <= 1.0 for axes in figure.axes for line in axes.get_lines() for value in line.get_ydata())
    assert_clear(figure)


def test_health_of_one_run_does_not_know_its_spread(ensemble: Ensemble) -> None:
    record = ensemble.diagnostics
    one = replace(ensemble, runs=1, diagnostics=record[record["run"] == 0])
    assert "is not known" in told(draw.health(one))


def test_health_of_many_runs_keeps_its_colours_apart(ensemble: Ensemble) -> None:
    record = ensemble.diagnostics
    many = pd.concat([record.assign(run=record["run"] + 4 * number) for number in range(2)])
    more = replace(ensemble, runs=8, diagnostics=many)
    lines = draw.health(more).axes[0].get_lines()
    looks = {(line.get_color(), str(line.get_linestyle())) for line in lines if len(line.get_xdata())}
    assert len(looks) > 4


def test_the_same_figure_twice_is_the_same_bytes(ensemble: Ensemble, tmp_path: Path) -> None:
    one, other = (draw.save(draw.health(ensemble), tmp_path / name, "health") for name in ("one", "other"))
    assert [file.read_bytes() for file in one] == [file.read_bytes() for file in other]
