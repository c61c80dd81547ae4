"""The sampler against targets whose answer is known exactly."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import kstest, multivariate_normal, norm

from trackkit import sampler

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """Readings y = H z + noise of a vector z of standard normals: everything about it is known."""

    h: Array
    y: Array
    sd: float

    def terms(self, noise: Array) -> Array:
        return norm.logpdf(noise @ self.h.T, self.y, self.sd)

    def density(self, terms: Array, stage: str, beta: float) -> Array:
        return beta * terms.sum(axis=1)

    @property
    def log_evidence(self) -> float:
        cover = self.h @ self.h.T + self.sd**2 * np.eye(len(self.y))
        return float(multivariate_normal.logpdf(self.y, np.zeros(len(self.y)), cover))

    @property
    def posterior(self) -> tuple[Array, Array]:
        cover = np.linalg.inv(np.eye(self.h.shape[1]) + self.h.T @ self.h / self.sd**2)
        return cover @ self.h.T @ self.y / self.sd**2, cover


@dataclass(frozen=True)
class TwoModes:
    """The first number is near 2 or near -2, the latter three times as often as the prior alone would have it."""

    sd: float = 0.2

    def terms(self, noise: Array) -> Array:
        near = [norm.logpdf(noise[:, 0], 2.0, self.sd), np.log(3.0) + norm.logpdf(noise[:, 0], -2.0, self.sd)]
        return np.logaddexp(*near)[:, None]

    def density(self, terms: Array, stage: str, beta: float) -> Array:
        return beta * terms[:, 0]

    @property
    def log_evidence(self) -> float:
        return float(np.log(4.0) + norm.logpdf(2.0, 0.0, np.hypot(1.0, self.sd)))


def layout(dimension: int) -> sampler.Layout:
    """Two halves as blocks, and pairs of neighbours."""
    numbers = np.arange(dimension)
    pairs = np.stack([numbers[:-1], numbers[1:]], axis=1)
    blocks = (numbers[: dimension // 2], numbers[dimension // 2 :])
    return sampler.Layout(dimension, blocks, pairs, numbers[:1], (doubled,))


def doubled(noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """A proposal of a model's own, with a Jacobian: all numbers times the same factor, or divided by it."""
    factor = np.exp(0.5 * rng.standard_normal(len(noise)))[:, None]
    new = noise * factor
    return new, 0.5 * ((noise**2).sum(axis=1) - (new**2).sum(axis=1)) + noise.shape[1] * np.log(factor[:, 0])


def run(
    target: sampler.Target, dimension: int, n: int, seed: int, settings: sampler.Settings | None = None
) -> sampler.Population:
    rng, shape = sampler.rng_of("test", seed), layout(dimension)
    return sampler.anneal(sampler.prior(target, n, shape, rng), target, "evidence", shape, rng, settings)


@pytest.fixture(scope="module")
def linear() -> Linear:
    rng = np.random.default_rng(3)
    return Linear(rng.standard_normal((3, 8)), np.array([2.0, -1.0, 1.5]), 0.3)


@pytest.fixture(scope="module")
def runs(linear: Linear) -> list[sampler.Population]:
    return [run(linear, 8, 4_000, seed) for seed in range(40)]


def test_log_evidence_of_the_linear_case(linear: Linear, runs: list[sampler.Population]) -> None:
    found = [population.log_normaliser for population in runs]
    assert np.mean(found) == pytest.approx(linear.log_evidence, abs=0.1)
    assert np.std(found) < 0.2


def test_means_and_covariance_of_the_linear_case(linear: Linear, runs: list[sampler.Population]) -> None:
    """Within four and a half of the standard errors that the 40 runs themselves show (Student's t: 1 in 10,000)."""
    mean, cover = linear.posterior
    means = np.array([population.noise.mean(axis=0) for population in runs])
    covers = np.array([np.cov(population.noise.T) for population in runs])
    for found, exact in ((means, mean), (covers, cover)):
        error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
        assert (np.abs(found.mean(axis=0) - exact) / error < 4.5).all()


@pytest.mark.parametrize("kind", sampler.MOVES)
def test_each_kind_of_move_leaves_the_posterior_alone(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many sweeps of one kind alone, begun in a population weighed to the posterior, must end in the posterior."""
    monkeypatch.setattr(sampler.moves, "_SHARES", tuple(float(one == kind) for one in sampler.MOVES))
    target = Linear(np.eye(2), np.ones(2), 1.0)
    population = run(target, 2, 6_000, 5, sampler.Settings(keep=0.4, sweeps=(40, 40)))
    mean, cover = target.posterior
    for number in range(2):
        scaled = (population.noise[:, number] - mean[number]) / np.sqrt(cover[number, number])
        assert scaled.var() == pytest.approx(1.0, abs=3.5 * np.sqrt(2.0 / 6_000))


def test_two_modes_keep_their_weights() -> None:
    target = TwoModes()
    found = [run(target, 3, 2_000, seed) for seed in range(6)]
    evidence = [population.log_normaliser for population in found]
    assert np.mean(evidence) == pytest.approx(target.log_evidence, abs=0.1)
    share = np.mean([(population.noise[:, 0] < 0.0).mean() for population in found])
    assert share == pytest.approx(0.75, abs=0.04)


def test_what_is_not_asked_about_stays_standard_normal() -> None:
    population = run(TwoModes(), 3, 4_000, 1)
    for number in (1, 2):
        assert kstest(population.noise[:, number], "norm").pvalue > 1e-4


def test_same_seed_same_bits(linear: Linear) -> None:
    one, other = run(linear, 8, 300, 7), run(linear, 8, 300, 7)
    assert one.noise.tobytes() == other.noise.tobytes()
    assert one.log_normaliser == other.log_normaliser
    assert one.record == other.record
    assert run(linear, 8, 300, 8).log_normaliser != one.log_normaliser


def test_the_terms_that_are_kept_are_those_of_the_vectors(linear: Linear) -> None:
    population = run(linear, 8, 300, 9)
    np.testing.assert_array_equal(population.terms, linear.terms(population.noise))


def test_a_flat_target_costs_nothing_and_takes_one_step() -> None:
    population = run(Linear(np.zeros((1, 4)), np.zeros(1), 1.0), 4, 500, 2)
    assert len(population.record) == 1
    assert population.log_normaliser == pytest.approx(norm.logpdf(0.0), abs=1e-12)


def test_the_record_tells_every_step(linear: Linear, runs: list[sampler.Population]) -> None:
    rows = list(runs[0].record)
    beta = [row["beta"] for row in rows]
    assert beta == sorted(beta)
    assert beta[-1] == 1.0
    assert [row["step"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1]["log_normaliser"] == runs[0].log_normaliser
    assert all(0.0 < row["acceptance"] < 1.0 and 1 <= row["ancestors"] <= 4_000 for row in rows)


def test_stop_early_by_raising_from_tell(linear: Linear) -> None:
    class Enough(Exception):
        pass

    heard: list[float] = []

    def tell(beta: float) -> None:
        heard.append(beta)
        if len(heard) == 2:
            raise Enough

    rng, shape = sampler.rng_of("stop"), layout(8)
    start = sampler.prior(linear, 400, shape, rng)
    before = start.noise.copy()
    with pytest.raises(Enough):
        sampler.anneal(start, linear, "evidence", shape, rng, tell=tell)
    assert heard == sorted(heard)
    assert len(heard) == 2
    np.testing.assert_array_equal(start.noise, before)  # what was handed in is as it was


def test_random_numbers_are_keyed_by_name() -> None:
    first = sampler.rng_of("a", 1).random(4)
    assert np.array_equal(first, sampler.rng_of("a", 1).random(4))
    for other in (("a", 2), ("b", 1), ("a1",), (1, "a")):
        assert not np.array_equal(first, sampler.rng_of(*other).random(4))


@given(st.lists(st.floats(-50.0, 50.0), min_size=1, max_size=50), st.floats(-1e3, 1e3))
def test_effective_lies_between_one_and_all(log_weight: list[float], shift: float) -> None:
    weight = np.array(log_weight)
    found = sampler.effective(weight)
    assert 1.0 - 1e-9 <= found <= len(weight) + 1e-9
    assert sampler.effective(weight + shift) == pytest.approx(found, rel=1e-6)


def test_effective_of_even_and_of_single_weights() -> None:
    assert sampler.effective(np.full(37, -4.0)) == pytest.approx(37.0)
    assert sampler.effective(np.array([0.0, -1e4, -1e4])) == pytest.approx(1.0)
    assert sampler.effective(np.log([2.0, 1.0, 1.0])) == pytest.approx(16.0 / 6.0)
