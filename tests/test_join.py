"""Halves that meet: drawn as the product of both clouds has it, and closed without a kink."""

import numpy as np
import pytest

from trackkit.reconstruct import join
from trackkit.reconstruct.join import closed, meet


def test_pairs_that_meet_are_drawn_as_the_product_of_both_densities() -> None:
    """Two normal clouds: the join is normal, half as wide in variance, half way between."""
    rng = np.random.default_rng(2)
    here, there = rng.normal(0.0, 1.0, (6_000, 1)), rng.normal(1.0, 1.0, (6_000, 1))
    pairs = meet(here, there, 4_000, 0.0, 2.0, rng)
    assert pairs is not None
    found = 0.5 * (here[pairs.first] + there[pairs.second])
    assert found.mean() == pytest.approx(0.5, abs=0.06)
    assert found.std() == pytest.approx(np.sqrt(0.5), abs=0.05)


def test_clouds_that_do_not_meet_give_none() -> None:
    rng = np.random.default_rng(2)
    assert meet(rng.random((500, 2)), 90.0 + rng.random((500, 2)), 100, 0.0, 2.0, rng) is None


def test_a_closed_series_keeps_both_ends_and_has_no_kink() -> None:
    t = np.linspace(0.0, 50.0, 101)[None, :]
    forward, backward = 2.0 * t, 260.0 - 3.0 * t
    whole = closed(forward, backward, 0.5)
    assert whole.shape == (1, 201)
    assert whole[0, 0] == 0.0
    assert whole[0, -1] == 260.0
    speed = np.diff(whole[0]) / 0.5
    assert np.abs(np.diff(speed)).max() < 0.1
    assert speed[0] == pytest.approx(2.0, abs=0.02)
    assert speed[-1] == pytest.approx(3.0, abs=0.02)


def test_clouds_that_all_meet_are_joined_by_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join, "_MOST_PAIRS", 10_000)
    rng = np.random.default_rng(3)
    here, there = rng.standard_normal((2, 1_500, 2))
    pairs = join.meet(here, there, 200, 50.0, 60.0, rng)
    assert pairs is not None
    assert pairs.met == 1_500**2
    assert pairs.first.max() < 1_500
    assert len(np.unique(pairs.first)) > 60
    assert abs(here[pairs.first].mean(axis=0)).max() < 0.5
