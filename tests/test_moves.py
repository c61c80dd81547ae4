"""The motion model's own proposals: they leave the prior alone and change what they say, no more."""

from __future__ import annotations

from pathlib import Path

import minimal
import numpy as np
import pytest
from scipy.stats import kstest

from trackkit import motion, read
from trackkit.model import Case
from trackkit.motion import waits
from trackkit.motion.numbers import FALL_AFTER, LEAVE

NAMES = ("take-off", "leave", "event", "pace", "elsewhere", "turns", "climbs", "speeds", "parallel", "fall", "quicker")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read.case(minimal.write(Path(tmp_path_factory.mktemp("case"))))


@pytest.fixture(scope="module")
def proposals(case: Case) -> dict[str, waits.Proposal]:
    made = motion.proposals(motion.scene(case), motion.story(case, case.hypotheses[0]))
    return dict(zip(NAMES, made, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_flat_target_stays_standard_normal(proposals: dict[str, waits.Proposal], name: str) -> None:
    """Metropolis steps with nothing but a proposal keep independent standard normals as they are."""
    rng = np.random.default_rng(NAMES.index(name))
    rows, moved = rng.standard_normal((8_000, motion.DIMENSION)), 0.0
    for _ in range(15):
        new, extra = proposals[name](rows, rng)
        take = np.log(rng.random(len(rows))) < extra
        rows[take] = new[take]
        moved += take.mean() / 15
    assert moved > 0.3
    assert min(kstest(column, "norm").pvalue for column in rows.T) > 0.01 / motion.DIMENSION
    assert np.abs(np.corrcoef(rows.T) - np.eye(motion.DIMENSION)).max() < 5.5 / np.sqrt(len(rows))


def test_a_proposal_without_a_jacobian_would_be_found_out(proposals: dict[str, waits.Proposal]) -> None:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((8_000, motion.DIMENSION))
    for _ in range(15):
        new, _ = proposals["turns"](rows, rng)
        rows = new
    assert min(kstest(column, "norm").pvalue for column in rows.T) < 1e-6


def test_one_manoeuvre_more_leaves_the_times_of_the_others(proposals: dict[str, waits.Proposal]) -> None:
    rng = np.random.default_rng(4)
    rows = rng.standard_normal((300, motion.DIMENSION))
    new, extra = proposals["turns"](rows, rng)
    before, after = (np.cumsum(waits.waits_of(z[:, waits.TURN_WAITS[1:]]), axis=1) for z in (rows, new))
    kept = [len(set(np.round(one, 9)) & set(np.round(other, 9))) for one, other in zip(before, after, strict=True)]
    assert min(kept) >= len(waits.TURN_WAITS) - 3
    assert np.isfinite(extra).all()


def test_leaving_later_can_leave_all_else_where_it_was(case: Case, proposals: dict[str, waits.Proposal]) -> None:
    rng, habits = np.random.default_rng(5), motion.HABITS
    rows = rng.standard_normal((500, motion.DIMENSION))
    new, extra = proposals["leave"](rows, rng)
    good = np.isfinite(extra)
    mean = motion.story(case, case.hypotheses[0]).leave_mean_s
    left = (waits.waits_of(new) - waits.waits_of(rows))[:, LEAVE] * mean
    fall = (waits.waits_of(new) - waits.waits_of(rows))[:, FALL_AFTER] * habits.fall_after_s
    back = good & (np.abs(fall) > 1e-9)
    assert back.sum() > 50
    np.testing.assert_allclose(fall[back], -left[back], atol=1e-6)
    np.testing.assert_array_equal(new[~good], rows[~good])


def test_waits_and_normals_are_each_others_inverse() -> None:
    z = np.linspace(-6.0, 6.0, 101)
    np.testing.assert_allclose(waits.normals_of(waits.waits_of(z)), z, atol=1e-9)
