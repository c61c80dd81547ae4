"""Ranks and their envelope against nulls that are known, and claims drawn anew against their own likelihood."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import ranked
import worlds
from scipy.stats import kstest

from trackkit import calibrate, claims, motion
from trackkit.errors import InputError
from trackkit.model import Case, Hypothesis, TrustRule


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return ranked.small(tmp_path_factory.mktemp("case"))


def sure(case: Case, trust: float = 1.0) -> Hypothesis:
    return replace(ranked.wanderer(case), trust=(TrustRule("*", trust),))


def rows(case: Case, told: list[Case], column: str, claim: str) -> np.ndarray:
    return np.array([one.claims.at[claim, column] for one in told])


# -- ranks -----------------------------------------------------------------------------------------------------


def test_ranks_count_what_lies_below() -> None:
    rng = np.random.default_rng(0)
    assert calibrate.ranks([2.5, -1.0, 9.0], [[1.0, 2.0, 3.0]] * 3, rng).tolist() == [2, 0, 3]


def test_equal_values_are_put_in_order_by_chance() -> None:
    found = calibrate.ranks(np.zeros(4_000), np.zeros((4_000, 4)), np.random.default_rng(1))
    counts = np.bincount(found, minlength=5)
    assert len(counts) == 5
    assert np.abs(counts - 800).max() < 5 * np.sqrt(800)


@pytest.mark.parametrize(("count", "draws"), [(100, 9), (300, 15)])
def test_the_tests_hold_their_level(count: int, draws: int) -> None:
    """Of 300 sets of uniform ranks about one in twenty falls below 5 %."""
    rng = np.random.default_rng(2)
    found = [calibrate.uniform_p(rng.integers(0, draws + 1, count), draws) for _ in range(300)]
    for values in (np.array([one.chi_squared for one in found]), np.array([one.ecdf for one in found])):
        assert 0.01 < (values < 0.05).mean() < 0.1
        assert (values <= 1.0).all()


@pytest.mark.parametrize("shape", [(1.4, 1.0), (0.6, 0.6), (2.0, 2.0)])
def test_ranks_that_lean_or_crowd_are_seen(shape: tuple[float, float]) -> None:
    rng = np.random.default_rng(3)
    found = calibrate.uniform_p((rng.beta(*shape, 400) * 10).astype(int), 9)
    assert found.chi_squared < 0.001
    assert found.ecdf < 0.001


def test_the_envelope_holds_its_level_at_all_points_together() -> None:
    points, low, high = calibrate.ecdf_envelope(200, 15, 0.9)
    ranks = np.random.default_rng(4).integers(0, 16, (1_000, 200))
    share = np.stack([(ranks < k).mean(axis=1) for k in range(1, 16)], axis=1)
    inside = ((share >= low - 1e-12) & (share <= high + 1e-12)).all(axis=1).mean()
    assert 0.88 < inside < 0.94  # counts are whole numbers, so a little more than the level
    assert (low < points).all()
    assert (high > points).all()


def test_envelope_and_p_value_say_the_same() -> None:
    rng = np.random.default_rng(5)
    _, low, high = calibrate.ecdf_envelope(150, 9, 0.9)
    for _ in range(40):
        rank = np.minimum((rng.beta(1.0, 1.15, 150) * 10).astype(int), 9)
        share = np.array([(rank < k).mean() for k in range(1, 10)])
        outside = bool(((share < low - 1e-12) | (share > high + 1e-12)).any())
        assert outside == (calibrate.uniform_p(rank, 9).ecdf < 0.1)


# -- paths of the prior ----------------------------------------------------------------------------------------


def test_paths_of_the_prior_tell_the_story(case: Case) -> None:
    flown = calibrate.prior(case, sure(case), 300, np.random.default_rng(0))
    assert len(flown.take_off_s) == len(flown.x) == 300
    assert set(flown.ending) == {motion.ENDINGS.index("flying")}


def test_what_is_asserted_is_done(tmp_path: Path) -> None:
    whole = worlds.told(tmp_path, {"says": "turned", "near": "Homs"})
    flown = calibrate.prior(whole, whole.hypothesis("landed"), 20, np.random.default_rng(0))
    assert set(flown.ending) == {motion.ENDINGS.index("landed")}
    assert set(flown.place) == {sorted(whole.places).index("OSLK")}


def test_a_story_that_no_path_tells_is_refused(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "_CHUNKS", 2)
    with pytest.raises(InputError, match="too few paths"):
        calibrate.prior(case, replace(sure(case), ends=()), 5, np.random.default_rng(0))


# -- claims drawn anew -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def true(case: Case) -> motion.Flown:
    return calibrate.prior(case, sure(case), 1, np.random.default_rng(7))


@pytest.fixture(scope="module")
def told(case: Case, true: motion.Flown) -> list[Case]:
    """Told 200 times by origins that are right."""
    rng = np.random.default_rng(8)
    return [calibrate.retold(case, sure(case), true, 0, rng) for _ in range(200)]


def test_the_case_handed_in_is_as_it_was(case: Case, told: list[Case]) -> None:
    assert case.claims.at["first", "latitude"] == 34.0
    assert told[0].claims.at["first", "latitude"] != 34.0
    assert told[0].claims.dtypes.equals(case.claims.dtypes)


def test_the_same_generator_tells_the_same(case: Case, true: motion.Flown) -> None:
    one, other = (calibrate.retold(case, sure(case), true, 0, np.random.default_rng(9)) for _ in range(2))
    assert one.claims.equals(other.claims)


def test_densities_are_those_of_the_values_drawn(case: Case, true: motion.Flown, told: list[Case]) -> None:
    """The mean of 1 / density over values drawn is the volume they were drawn from: here that of a window.

    For a density p, E[1(x in A) / p(x)] is the size of A, whatever p is; A is the middle of each claim.
    """
    windows = {"start": ("time", 60.0), "course": ("heading_deg", 5.0)}
    for claim, (column, half) in windows.items():
        values = rows(case, told, column, claim)
        if column == "time":
            values = np.array([(value - case.window[0]).total_seconds() for value in values])
        middle = np.median(values)
        inside = np.abs(values - middle) < half
        density = np.exp([own(one, case, true, claim) for one in told])
        density = (1.0 - claims.SLIP) * density + claims.SLIP * np.exp(background(case, claim))
        error = 4.0 * np.std(inside / density) / np.sqrt(len(values))
        assert np.mean(inside / density) == pytest.approx(2.0 * half, abs=error)


def own(told: Case, case: Case, true: motion.Flown, claim: str) -> float:
    """The log-likelihood of a claim of a retold case, given the true path."""
    asked = claims.ask(told, told.claims.loc[[claim]])
    return float(claims.evaluate(true, motion.scene(case), asked)[0][0, 0])


def background(case: Case, claim: str) -> float:
    return claims.ask(case, case.claims.loc[[claim]])[0].log_background


def test_positions_and_heights_told_are_normal_about_the_true_ones(
    case: Case, true: motion.Flown, told: list[Case]
) -> None:
    asked = claims.ask(case, case.claims.loc[["second"]])[0].parameters
    weights = asked.when.weights / asked.when.weights.sum()
    middle = weights @ (true.altitude_m[0] - true.qnh_offset_m[0])
    off = (rows(case, told, "altitude_m", "second") - middle) / asked.height.sd_m
    slips = 0.05 * (1.0 - 6.0 * asked.height.sd_m / claims.HEIGHT_RANGE_M)  # those far enough off to be seen
    near = off[np.abs(off) < 3.0]
    assert (np.abs(off) > 4.0).mean() == pytest.approx(slips, abs=4.5 * np.sqrt(slips / len(told)))
    assert near.std() == pytest.approx(1.0, abs=0.25)
    latitude, _ = motion.latitude_longitude(true.x, true.y, true.z)
    metres = (rows(case, told, "latitude", "second") - weights @ latitude[0]) * 110_900.0
    north = metres * asked.where.precision[2] ** 0.5
    assert kstest(north[np.abs(north) < 4.0], "norm").pvalue > 1e-3


def test_words_are_used_as_often_as_they_are_likely(case: Case, true: motion.Flown, told: list[Case]) -> None:
    said = np.exp(own(case, case, true, "turn"))
    share = 0.95 * (1.0 - said) + 0.05 * claims.EVEN
    found = rows(case, told, "denied", "turn").mean()
    assert found == pytest.approx(share, abs=4.5 * np.sqrt(max(share * (1.0 - share), 0.01) / len(told)))


def test_false_origins_tell_of_anything(case: Case, true: motion.Flown) -> None:
    rng = np.random.default_rng(10)
    lies = [calibrate.retold(case, sure(case, 0.0), true, 0, rng) for _ in range(150)]
    box, start, end = case.extent, *case.window
    spans = {
        ("first", "longitude"): (box.west, box.east - box.west),
        ("second", "altitude_m"): (0.0, claims.HEIGHT_RANGE_M),
        ("course", "heading_deg"): (0.0, 360.0),
    }
    for (claim, column), span in spans.items():
        assert kstest(rows(case, lies, column, claim), "uniform", span).pvalue > 1e-3
    seconds = [(one.claims.at["start", "time"] - start).total_seconds() for one in lies]
    assert kstest(seconds, "uniform", (0.0, (end - start).total_seconds())).pvalue > 1e-3
    assert 0.4 < rows(case, lies, "denied", "turn").mean() < 0.6


@pytest.mark.parametrize(
    "claim",
    [
        {"says": "turned", "near": "Homs"},
        {"says": "was_at", "near": "Homs"},
        {"says": "flew_at", "speed": "700 km/h", "phase": "first"},
        {"says": "flew_toward", "toward": "Homs"},
        {"says": "descended", "from": "5,000 m", "datum": "sea level"},
        {"says": "climbed", "to": "6,500 m", "datum": "sea level", "at_most": True},
        {"says": "landed", "at": "OSLK", "time": "02:20 UTC"},
        {"says": "flew_at", "speed": "700 km/h", "time": "01:51 UTC"},
    ],
)
def test_what_cannot_be_drawn_is_refused(claim: dict[str, object], tmp_path: Path) -> None:
    odd = ranked.small(tmp_path, {"origin": "pilot", **claim})
    flown = calibrate.prior(odd, sure(odd), 1, np.random.default_rng(0))
    with pytest.raises(InputError, match="cannot be drawn"):
        calibrate.retold(odd, sure(odd), flown, 0, np.random.default_rng(0))


def test_claims_that_hang_together_are_refused(tmp_path: Path) -> None:
    said = {"says": "flew_at", "speed": "700 km/h", "time": "02:15 UTC"}
    copies = ({"id": "one", "origin": "pilot", **said}, {"id": "two", "origin": "pilot", "copy_of": "one", **said})
    signal = ({"id": "one", **said}, {"id": "two", **said})
    for number, several in enumerate((copies, signal)):
        odd = ranked.small(tmp_path / str(number), *several)
        flown = calibrate.prior(odd, sure(odd), 1, np.random.default_rng(0))
        with pytest.raises(InputError, match="hang together"):
            calibrate.retold(odd, sure(odd), flown, 0, np.random.default_rng(0))
