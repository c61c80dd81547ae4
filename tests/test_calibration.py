"""The engine against answers known beforehand: brute force, its own prior, and flights that were planted.

All of it is slow. The sizes below hold the whole file under eight minutes on two cores where a path and its claims
take about 60 microseconds.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import planted
import pytest
import ranked
import test_sampler
from scipy.special import logsumexp

from trackkit import calibrate, claims, motion, reconstruct, sampler
from trackkit.model import Case, Hypothesis, TrustRule

pytestmark = pytest.mark.slow

#: brute force: paths of the prior, and paths at once; the oracle is refused if its own error is larger than this (nat)
ORACLE_PATHS, ORACLE_CHUNK, ORACLE_ERROR = 1_000_000, 4_000, 0.03
#: the engine against brute force: seeds, and paths by seed
ORACLE_SEEDS, ORACLE_N = 8, 800
#: simulation-based calibration: replicates, independent runs in each, of which one path is drawn, and paths in a run
REPLICATES, DRAWS, EACH = 240, 9, 40
#: how these many small runs are moved: few places to begin from, short ladders
LIGHT = sampler.Settings(first=8, warm=1, sweeps=(4, 10))
#: the same tests on a linear case: sets of ranks, and replicates in a set
SETS, IN_A_SET = 6, 50
#: planted flights: how many, and paths for each story
FLIGHTS, FLIGHT_PATHS = 10, 160
#: false alarms in a hundred that calibration may give over all quantities and both tests
ALARMS = 0.01

# -- brute force -------------------------------------------------------------------------------------------------

SAID = (
    {"id": "place", "says": "was_at", "latitude": 34.0, "longitude": 36.6, "radius": "30 km", "time": "02:10 UTC",
     "altitude": "5,000 m", "datum": "sea level", "origin": "witness"},
    {"id": "course", "says": "headed", "heading": "north-west", "time": "02:16 UTC", "origin": "witness"},
    {"id": "turn", "says": "turned", "how": "sharp", "time": "02:13 UTC", "origin": "witness"},
)  # fmt: skip


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Half an hour, three claims of three kinds, one origin that is right four times in five."""
    return ranked.small(tmp_path_factory.mktemp("toy"), *SAID, minutes=30.0)


def teller(case: Case) -> Hypothesis:
    return replace(ranked.wanderer(case), trust=(TrustRule("*", 0.8),))


@dataclass(frozen=True)
class Weighing:
    """Paths of the prior, flown and weighed a chunk at a time; those that end otherwise than the story do not count."""

    case: Case
    hypothesis: Hypothesis

    def __call__(self, seed: int) -> np.ndarray:
        case, hypothesis = self.case, self.hypothesis
        scene, story, envelope = motion.scene(case), motion.story(case, hypothesis), motion.envelope(case.aircraft)
        asked = claims.ask(case, case.claims)
        rows = np.random.default_rng([11, seed]).standard_normal((ORACLE_CHUNK, motion.DIMENSION))
        flown = motion.simulate(rows, scene, story, envelope)
        told = np.isin(flown.ending, [motion.ENDINGS.index(end) for end in hypothesis.ends])
        likelihood, _ = claims.evaluate(flown, scene, asked)
        total, _, _ = claims.weigh(likelihood, asked, claims.groups(case, hypothesis, case.claims))
        return total[told]


def brute_force(case: Case, hypothesis: Hypothesis) -> tuple[float, float]:
    """Log evidence by the plain mean over paths of the prior, and its standard error."""
    with ThreadPoolExecutor(2) as pool:
        total = np.concatenate(list(pool.map(Weighing(case, hypothesis), range(ORACLE_PATHS // ORACLE_CHUNK))))
    found = float(logsumexp(total) - np.log(len(total)))
    return found, float(np.exp(total - found).std() / np.sqrt(len(total)))


def test_the_evidence_is_that_of_brute_force(toy: Case) -> None:
    """A million paths of the prior give the evidence; the engine must give it too, on average over its seeds."""
    exact, error = brute_force(toy, teller(toy))
    assert error < ORACLE_ERROR
    found = [reconstruct.paths(toy, teller(toy), n=ORACLE_N, seed=seed).log_evidence for seed in range(ORACLE_SEEDS)]
    print(f"brute force {exact:.3f} +- {error:.3f}, engine {np.round(found, 2)}, mean {np.mean(found):.3f}")
    assert logsumexp(found) - np.log(len(found)) == pytest.approx(exact, abs=0.1)
    assert np.mean(found) == pytest.approx(exact, abs=0.1)


# -- simulation-based calibration --------------------------------------------------------------------------------


def smallest_p(ranks: dict[str, np.ndarray], draws: int) -> dict[str, float]:
    """The smaller p-value of both tests by quantity, times the number of tests made in all (Bonferroni)."""
    both = {name: calibrate.uniform_p(found, draws, bins=draws + 1) for name, found in ranks.items()}
    return {name: 2.0 * len(ranks) * min(one) for name, one in both.items()}


def test_true_values_rank_anywhere_among_those_drawn(tmp_path: Path) -> None:
    """Talts and others 2018. Both tests for every quantity, at 1 % after Bonferroni.

    One path is drawn from each of nine independent runs: paths of one run descend from few ancestors, and ranks among
    them would crowd at either end although every path by itself is a fair draw.
    """
    case = ranked.small(tmp_path)
    ranks = ranked.ranked(case, ranked.wanderer(case), REPLICATES, DRAWS * EACH, DRAWS, DRAWS, 1, LIGHT)
    assert len(ranks) >= 8
    found = smallest_p(ranks, DRAWS)
    print({name: round(value, 3) for name, value in found.items()})
    assert {name: value for name, value in found.items() if value < ALARMS} == {}


def linear_ranks(seed: int, replicates: int, spoiled: float = 1.0) -> np.ndarray:
    """Ranks of what was read in the linear case, drawn as paths are; spoiled: the error of reading is misjudged."""
    rng = np.random.default_rng([21, seed])
    h, sd = np.random.default_rng(3).standard_normal((3, 8)), 1.0
    shape = test_sampler.layout(8)
    true, drawn = rng.standard_normal((replicates, 8)), np.empty((replicates, DRAWS))
    for i, z in enumerate(true):
        target = test_sampler.Linear(h, h @ z + sd * rng.standard_normal(3), spoiled * sd)
        for run in range(DRAWS):
            start = sampler.prior(target, EACH, shape, rng)
            end = sampler.anneal(start, target, "evidence", shape, rng)
            drawn[i, run] = h[0] @ end.noise[rng.integers(EACH)]
    return calibrate.ranks(true @ h[0], drawn, rng)


def test_the_test_itself_has_its_level_and_sees_what_is_wrong() -> None:
    """Where the posterior is known, few sets of ranks fail; where the readings' error is misjudged, all do."""
    fair = [min(calibrate.uniform_p(linear_ranks(seed, IN_A_SET), DRAWS, DRAWS + 1)) for seed in range(SETS)]
    assert sum(value < 0.05 for value in fair) <= 3  # at most 0.6 expected; more than 3 in fewer than 1 of 500
    spoiled = linear_ranks(99, 2 * IN_A_SET, spoiled=0.3)
    assert min(calibrate.uniform_p(spoiled, DRAWS, DRAWS + 1)) < 0.001


# -- planted flights ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def flights() -> list[planted.Found]:
    """Two flights from each of the five hypotheses of the Syrian case, one claim in ten false."""
    return planted.flights(FLIGHTS, FLIGHT_PATHS, seed=0)


def test_planted_flights_are_told_of_as_they_should_be(flights: list[planted.Found]) -> None:
    assert len(flights) == FLIGHTS
    assert all(5 <= one.claims <= 10 for one in flights)
    assert sum(one.false for one in flights) >= 1
    assert all(sum(one.posterior.values()) == pytest.approx(1.0) for one in flights)


def test_planted_paths_lie_in_the_region(flights: list[planted.Found]) -> None:
    """Ten flights, some dozen moments each, and few paths to draw a region from: the bound is far below 90 %."""
    found = planted.measures(flights)
    print(found)
    assert found["in the 90 % region"] > 0.4


def test_planted_hypotheses_are_found_better_than_by_guessing(flights: list[planted.Found]) -> None:
    """Guessing evenly among five has a mean posterior of 0.2 and a Brier score of 0.8; being sure and wrong has 2."""
    found = planted.measures(flights)
    assert found["mean posterior of the true one"] > 0.25
    assert found["Brier score"] < 1.0
