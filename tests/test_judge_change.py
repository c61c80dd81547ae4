"""What would change the answer: sweeps, conflicts, observations and dates, on small worlds."""

import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import minimal
import numpy as np
import pandas as pd
import pytest
import test_judge as by_hand

from trackkit import check, claims, judge, motion, read, reconstruct, report, sampler
from trackkit.errors import InputError
from trackkit.judge import anew, observations
from trackkit.judge.competing import information_bits
from trackkit.model import Case, Ensemble

FORBIDDEN = re.compile(r"\b(ruled\s+out|proved|impossible)\b", re.IGNORECASE)
LIGHT = sampler.Settings(first=2, warm=1, sweeps=(1, 2))
TOLD = (
    {"id": "low", "says": "flew_at", "altitude": "1,070 m", "datum": "pressure", "time": "02:20 UTC"},
    {"id": "high", "says": "flew_at", "altitude": "5,660 m", "datum": "pressure", "time": "02:20 UTC"},
    {"id": "near", "says": "was_at", "near": "Homs", "time": "about 02:20 UTC"},
    {"id": "fell", "says": "crashed", "origin": "an-official"},
    {"id": "aboard", "says": "carried", "person": "the passenger", "subject": "person"},
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read.case(minimal.write(tmp_path_factory.mktemp("case"), *TOLD))


@pytest.fixture(scope="module")
def drawn(case: Case) -> list[Ensemble]:
    return [reconstruct.paths(case, one, n=64, runs=4, seed=3, settings=LIGHT) for one in case.hypotheses]


@pytest.fixture(scope="module")
def keep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the paths of false signals are kept, drawn once."""
    return tmp_path_factory.mktemp("kept")


def exclusive(tmp_path: Path, n: int = 400) -> tuple[Case, Ensemble]:
    case = read.case(minimal.write(tmp_path, by_hand.LANDED, by_hand.FELL))
    return case, by_hand.ensemble(case, by_hand.half(n), by_hand.hypothesis(case))


def test_paths_are_read_back_as_they_were_flown(case: Case, drawn: list[Ensemble], keep: Path) -> None:
    """Positions are kept to a metre, so likelihoods are those of the sampler but for that."""
    asked = claims.ask(case, case.claims[claims.testable(case.claims)])
    for one in drawn:
        ready = anew.Anew.of(case, one, keep)
        likelihood, _ = claims.evaluate(ready.flown, ready.scene, asked)
        assert np.abs(likelihood - one.log_likelihood.to_numpy()).max() < 0.05


def test_the_same_reading_changes_nothing(case: Case, drawn: list[Ensemble], keep: Path) -> None:
    sweep = judge.wording(case, drawn, keep)
    stands = sweep[sweep["kind"] == "none"]
    assert stands["change"].to_numpy() == pytest.approx(0.0)
    verdict = judge.hypotheses(case, drawn).set_index("hypothesis")["posterior"]
    assert stands.set_index("hypothesis")["posterior"].to_dict() == pytest.approx(verdict.to_dict())
    assert (sweep.groupby(["kind", "name", "setting"])["posterior"].sum() - 1.0).abs().max() < 1e-9
    assert (sweep["change"][sweep["kind"] == "prior"] == 0.0).all()
    assert {"near", "about", "all words together"} <= set(sweep["name"][sweep["kind"] == "word"])


def test_a_word_touches_only_the_claims_that_use_it(case: Case, drawn: list[Ensemble], keep: Path) -> None:
    """Without the claim that says "about" and "near", what they mean is of no weight."""
    fewer = [name for name in drawn[0].given if name != "near"]
    ready = anew.Anew.of(case, drawn[0], keep)
    wide = replace(case, wording={"near": {"low": 0.1, "median": 0.2, "high": 9.0}})
    story = drawn[0].hypothesis
    assert ready.change(wide, story, fewer) == pytest.approx(ready.change(case, story, fewer))
    assert ready.change(wide, story, drawn[0].given) != pytest.approx(np.zeros(64))


def test_three_times_the_prior_odds(case: Case, drawn: list[Ensemble], keep: Path) -> None:
    sweep = judge.wording(case, drawn, keep)
    odds = {}
    for setting in ("as it stands", "three times the odds"):
        kind = "none" if setting == "as it stands" else "prior"
        rows = sweep[(sweep["kind"] == kind) & (sweep["setting"] == setting)]
        rows = rows[rows["name"].isin(["as it stands", "landed"])].set_index("hypothesis")["posterior"]
        odds[setting] = np.log(rows["landed"]) - np.log(rows["crashed"])
    assert odds["three times the odds"] - odds["as it stands"] == pytest.approx(np.log(3.0))


def test_order_changes_no_number(case: Case, drawn: list[Ensemble], keep: Path) -> None:
    turned = replace(case, claims=case.claims.iloc[::-1], hypotheses=case.hypotheses[::-1])
    verbs = {
        "conflicts": judge.conflicts, "next_evidence": judge.next_evidence, "passenger": judge.passenger,
        "wording": lambda case, several: judge.wording(case, several, keep),
        "origins": lambda case, several: judge.origins(case, several, keep),
        "as_of": lambda case, several: judge.as_of(case, several, ["2025-01-01T00:00Z"], keep),
    }  # fmt: skip
    for verb in verbs.values():
        first = verb(case, drawn)
        for order in permutations(drawn):
            pd.testing.assert_frame_equal(first, verb(case, list(order)))
        pd.testing.assert_frame_equal(first, verb(turned, drawn))


def test_what_excludes_each_other_is_a_conflict(tmp_path: Path) -> None:
    """Half the paths land, half fell: a quarter would do both if by chance, and none does."""
    case, one = exclusive(tmp_path)
    found = judge.conflicts(case, [one])
    assert found["claims"].tolist() == [("fell", "landed-lk")]
    row = found.iloc[0]
    assert (row["together"], row["expected"], row["fewest"]) == pytest.approx((0.0, 0.25, 0.5))
    assert row["paths"] == 400
    assert row["reason"] == "crash and landing at OSLK"


def test_few_paths_make_no_conflict(tmp_path: Path) -> None:
    """Of 20 paths five would do both by chance: too few to tell."""
    case, one = exclusive(tmp_path, 20)
    assert judge.conflicts(case, [one]).empty


def test_what_one_ensemble_can_do_is_no_conflict(tmp_path: Path) -> None:
    case, one = exclusive(tmp_path)
    does = one.satisfied.copy(data=np.ones(one.satisfied.shape, bool))
    assert judge.conflicts(case, [one, replace(one, satisfied=does, seed=8)]).empty
    with pytest.raises(InputError, match="share of a conflict"):
        judge.conflicts(case, [one], together=0.2)


def test_two_heights_at_one_time_are_in_conflict(case: Case, drawn: list[Ensemble]) -> None:
    """A path is at one height at a time: by hand, half the paths at each."""
    does = drawn[0].satisfied.copy(data=np.zeros(drawn[0].satisfied.shape, bool))
    does.loc[{"claim": "low"}] = np.arange(64) < 32
    does.loc[{"claim": "high"}] = np.arange(64) >= 32
    even = drawn[0].log_weight.copy(data=np.full(64, -np.log(64.0)))
    found = judge.conflicts(case, [replace(drawn[0], satisfied=does, log_weight=even)])
    row = found[found["claims"] == ("high", "low")].iloc[0]
    assert "5,660 m" in row["reason"]
    assert "1,070 m" in row["reason"]


def test_all_published_is_the_verdict(case: Case, drawn: list[Ensemble], keep: Path) -> None:
    dated = judge.as_of(case, drawn, ["2024-12-01T00:00Z", "2025-01-01T00:00Z"], keep)
    verdict = judge.hypotheses(case, drawn).set_index("hypothesis")
    late = dated[dated["claims"] > 0].set_index("hypothesis")
    assert late["posterior"].to_dict() == pytest.approx(verdict["posterior"].to_dict(), abs=1e-3)
    early = dated[dated["claims"] == 0].set_index("hypothesis")
    assert early["log_evidence"].to_numpy() != pytest.approx(late["log_evidence"].to_numpy())
    with pytest.raises(InputError, match="zone"):
        judge.as_of(case, drawn, ["2025-01-01"], keep)


def test_shares_of_origins_add_up(case: Case, drawn: list[Ensemble], keep: Path) -> None:
    table = judge.origins(case, drawn, keep)
    assert table["share"].sum() == pytest.approx(1.0)
    assert set(table["origin"]) == {"transponder", "an-official"}
    assert table["claims"].sum() == len(drawn[0].given)


def test_one_world_agrees_with_itself(drawn: list[Ensemble]) -> None:
    table = judge.agreement({"a": drawn[0], "b": drawn[0], "c": drawn[1]})
    same = table[(table["first"] == "a") & (table["second"] == "b")].iloc[0]
    assert same["overlap"] == pytest.approx(1.0)
    assert same["alike"] == 1.0
    assert table["at_most"].between(0.0, 1.0).all()
    ac, bc = (table[(table["first"] == name) & (table["second"] == "c")]["overlap"].iloc[0] for name in "ab")
    assert ac == pytest.approx(bc)


@pytest.mark.parametrize("yes", [[0.2, 0.2, 0.2], [1.0, 0.0], [0.9, 0.5, 0.1]])
def test_information_is_held_by_its_bounds(yes: list[float]) -> None:
    bits = information_bits(yes)
    assert 0.0 <= bits <= min(1.0, np.log2(len(yes)))
    assert bits == pytest.approx(information_bits(yes[::-1]))
    assert bits == pytest.approx(information_bits([1.0 - value for value in yes]))


def test_the_apron_tells_a_landing_from_a_crash(case: Case, drawn: list[Ensemble]) -> None:
    table = judge.next_evidence(case, drawn)
    apron = table[(table["kind"] == "apron") & (table["place"] == "OSLK")].iloc[0]
    assert (apron["most"], apron["least"]) == ("landed", "crashed")
    assert (apron["most_yes"], apron["least_yes"]) == pytest.approx(observations.SEEN)
    assert table["bits"].is_monotonic_decreasing
    assert (table["assumes"] != "").all()


def test_a_receiver_hears_to_its_horizon() -> None:
    """The 4.12 sqrt(h) km of the handbooks."""
    assert observations.radio_horizon_m(np.array([2_500.0]), 0.0)[0] == pytest.approx(4_120.0 * 50.0, rel=2e-3)
    with pytest.raises(InputError, match="below the ground"):
        observations.radio_horizon_m(np.array([1.0]), -1.0)


def test_marks_follow_support(case: Case, drawn: list[Ensemble]) -> None:
    support = judge.claims(case, drawn)
    table = judge.competing(support)
    assert set(table["claim"]) == {"low", "high", "near", "fell"}
    told = support.set_index(["claim", "hypothesis"])["support"]
    for row in table.itertuples():
        value = told[row.claim, row.hypothesis]
        assert row.mark == ("consistent" if value >= 0.2 else "inconsistent" if value < 0.05 else "between")


def test_the_person_is_asked_twice(case: Case, drawn: list[Ensemble]) -> None:
    table = judge.passenger(case, drawn).set_index(["hypothesis", "aboard"])
    assert table.loc[("landed", True), "consistent"] == 1
    assert table.loc[("landed", False), "tension_with"] == ("aboard",)
    assert np.isnan(table.loc[("crashed", True), "stated"])


def test_generated_sentences_are_honest(case: Case, drawn: list[Ensemble], keep: Path) -> None:
    verdict, support = judge.hypotheses(case, drawn), judge.claims(case, drawn)
    conflicts, person = judge.conflicts(case, drawn), judge.passenger(case, drawn)
    said = [
        report.wrong(case, conflicts, support, check.case(case)),
        report.requires(case, support, judge.requires(case, drawn)),
        report.change(
            verdict, judge.without(case, drawn), judge.wording(case, drawn, keep), judge.next_evidence(case, drawn)
        ),
        report.passenger(case, person),
    ]  # fmt: skip
    assert all(said)
    assert not any(FORBIDDEN.search(text) for text in said)
    assert "landed" in said[1]
    assert "roughly even chance" in said[3]


def test_what_a_story_requires_is_what_its_paths_do(case: Case, drawn: list[Ensemble]) -> None:
    """A constant descent of 1,200 m in ten minutes after level flight, straight on, at 100 m/s over the ground."""
    one = drawn[1]
    steps = np.arange(one.paths.sizes["time"])
    height = np.broadcast_to(5_000.0 - 20.0 * np.clip(steps - 10, 0, 60), one.paths["altitude_m"].shape)
    phase = np.where(steps <= 70, motion.PHASES.index("free"), motion.PHASES.index("down"))
    flat = {"altitude_m": height, "track_deg": np.full(height.shape, 350.0),
            "groundspeed_mps": np.full(height.shape, 100.0), "phase": np.broadcast_to(phase, height.shape)}  # fmt: skip
    paths = one.paths.assign({name: (("path", "time"), values) for name, values in flat.items()})
    found = judge.requires(case, [replace(one, paths=paths)]).set_index("quantity")
    level = 0 * found["median"]
    assert found["median"]["mean descent"] == pytest.approx(20.0 * 60 / 0.3048 / (70 / 6), rel=1e-3)
    assert found["median"]["steepest minute"] == pytest.approx(120.0 / 0.3048)
    assert found["median"][["bank", "turn"]].to_list() == level[["bank", "turn"]].to_list()
    assert found["median"]["runway"] == pytest.approx(100.0**2 / 4.0)
    assert (found["low90"] <= found["low50"]).all()
    assert (found["high50"] <= found["high90"]).all()
