"""Judgement, on ensembles of a few paths whose answers are done in the head."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import minimal
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.typing import NDArray

from trackkit import claims, columns, judge, read
from trackkit.model import Case, Ensemble, Hypothesis, TrustRule

LANDED = {"id": "landed-lk", "says": "landed", "at": "OSLK", "origin": "tracker-one"}
AGAIN = {"id": "landed-again", "says": "landed", "at": "OSLK", "origin": "tracker-one", "copy_of": "landed-lk"}
FELL = {"id": "fell", "says": "crashed", "origin": "tracker-one"}
QUIET = {"id": "quiet", "says": "switched_off", "origin": "tracker-one"}
ABOARD = {"id": "aboard", "says": "carried", "person": "the passenger", "subject": "person", "origin": "tracker-one"}
ARRIVED = {"id": "arrived", "says": "arrived", "person": "the passenger", "at": "OSDI", "time": "02:50 UTC",
           "subject": "person", "origin": "tracker-one"}  # fmt: skip
STORY = {"id": "story", "says": "context", "about": "the night", "subject": "other", "origin": "tracker-one"}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return read.case(minimal.write(tmp_path, LANDED, AGAIN, FELL, QUIET, ABOARD, ARRIVED, STORY))


def hypothesis(case: Case, name: str = "one", trust: float = 0.8, **other: object) -> Hypothesis:
    one = replace(case.hypotheses[0], id=name, says=f"Story {name}.", prior=0.5, trust=(TrustRule("*", trust),))
    return replace(one, **other)


def ensemble(
    case: Case, landed: NDArray[np.bool_], one: Hypothesis, log_evidence: float = -3.0, sd: float = 0.1
) -> Ensemble:
    """Paths of even weight that stand at Hmeimim; some have landed there, the others fell."""
    n, weighed = len(landed), claims.independent(case.claims)
    every = case.claims[claims.testable(case.claims)]
    does = np.stack([{"landed": landed, "crashed": ~landed}[kind] for kind in every["says"]], axis=1)
    likelihood = np.where(does, 0.0, -690.0)
    asked = claims.ask(case, weighed)
    groups = claims.groups(case, one, weighed)
    chosen = [list(every["id"]).index(name) for name in weighed["id"]]
    explained = claims.explained(likelihood[:, chosen], asked, groups)
    times = pd.date_range("2024-12-08T01:50", "2024-12-08T02:55", freq="600s")
    place = case.places["OSLK"]
    paths = xr.Dataset(
        {
            "latitude": (("path", "time"), np.full((n, len(times)), place.latitude)),
            "longitude": (("path", "time"), np.full((n, len(times)), place.longitude)),
            "ending": ("path", np.where(landed, "landed", "crashed").astype(object)),
            "end_s": ("path", np.full(n, 2_700.0)),
        },
        {"time": times},
    )
    names, dims = {"claim": every["id"].to_numpy(object)}, ("path", "claim")
    background = xr.DataArray([claim.log_background for claim in claims.ask(case, every)], names, "claim")
    return Ensemble(
        one, tuple(weighed["id"]), paths, xr.DataArray(np.full(n, -np.log(n)), dims="path"),
        xr.DataArray(explained, {"claim": weighed["id"].to_numpy(object)}, dims), xr.DataArray(likelihood, names, dims),
        xr.DataArray(does, names, dims), background, groups, log_evidence, sd, columns.empty(columns.DIAGNOSTICS),
        n, 7, 4,
    )  # fmt: skip


def half(n: int = 200) -> NDArray[np.bool_]:
    return np.arange(n) < n // 2


def several(case: Case, **evidence: float) -> list[Ensemble]:
    return [ensemble(case, half(), hypothesis(case, name), value) for name, value in evidence.items()]


def row(table: pd.DataFrame, **wanted: str) -> pd.Series:
    mask = np.logical_and.reduce([table[key] == value for key, value in wanted.items()])
    assert mask.sum() == 1
    return table[mask].iloc[0]


def test_posterior_is_prior_times_evidence(case: Case) -> None:
    verdict = judge.hypotheses(case, several(case, one=-3.0, two=-3.0 - np.log(3)))
    assert list(verdict["hypothesis"]) == ["one", "two"]
    assert verdict["posterior"].to_numpy() == pytest.approx([0.75, 0.25])
    assert (verdict["posterior_low"] < verdict["posterior"]).all()
    assert (verdict["posterior"] < verdict["posterior_high"]).all()


def test_certain_evidence_leaves_no_interval(case: Case) -> None:
    pair = [ensemble(case, half(), hypothesis(case, name), -3.0, 0.0) for name in ("one", "two")]
    verdict = judge.hypotheses(case, pair)
    assert verdict["posterior_low"].to_numpy() == pytest.approx(0.5)
    assert verdict["posterior_high"].to_numpy() == pytest.approx(0.5)


def test_order_of_ensembles_changes_nothing(case: Case) -> None:
    three = several(case, a=-3.0, b=-4.0, c=-4.0)
    for verb in (judge.hypotheses, judge.claims, judge.without, judge.ratios):
        tables = [verb(case, list(order)) for order in permutations(three)]
        for table in tables[1:]:
            pd.testing.assert_frame_equal(tables[0], table)


def test_a_wide_spread_and_few_paths_are_told(case: Case) -> None:
    verdict = judge.hypotheses(case, [ensemble(case, half(40), hypothesis(case), sd=0.8)])
    assert "40 effective paths" in verdict["caution"][0]
    assert "1.6 nats" in verdict["caution"][0]
    fine = judge.hypotheses(case, [ensemble(case, half(400), hypothesis(case, trust=0.3), sd=0.1)])
    assert fine["caution"][0] == "explains its trusted claims less than half as often as it trusts them"


def test_support_leaves_the_claim_itself_out(case: Case) -> None:
    """Half the paths land. Given that it fell (trusted 0.8, slip 0.05), those that land weigh 0.12/0.88 of the others.

    Without "landed" in its group, L + B for a path that fell: 0.8 (0.95 + 0.025) + 0.2 0.5 = 0.88; that landed:
    0.8 (0.025) + 0.1 = 0.12.
    """
    support = judge.claims(case, [ensemble(case, half(), hypothesis(case))])
    assert row(support, claim="landed-lk")["support"] == pytest.approx(0.12)
    assert row(support, claim="landed-again")["support"] == pytest.approx(0.12)
    assert row(support, claim="fell")["support"] == pytest.approx(0.12)


def test_states_follow_from_support_and_trust(case: Case) -> None:
    none = ensemble(case, np.zeros(100, bool), hypothesis(case))
    assert row(judge.claims(case, [none]), claim="landed-lk")["state"] == "in tension"
    assert row(judge.claims(case, [none]), claim="fell")["state"] == "consistent"
    doubting = ensemble(case, np.zeros(100, bool), hypothesis(case, trust=0.1))
    assert row(judge.claims(case, [doubting]), claim="landed-lk")["state"].startswith("needs ")


def test_what_paths_cannot_tell_is_not_judged(case: Case) -> None:
    support = judge.claims(case, [ensemble(case, half(), hypothesis(case))])
    assert row(support, claim="quiet")["state"] == "not testable"
    assert row(support, claim="story")["state"] == "context"
    assert np.isnan(row(support, claim="quiet")["support"])
    assert len(support) == len(case.claims)


@pytest.mark.parametrize(("aboard", "expected"), [(0.0, 0.0), (0.3, 0.3), (1.0, 1.0)])
def test_carried_is_what_the_hypothesis_says(case: Case, aboard: float, expected: float) -> None:
    support = judge.claims(case, [ensemble(case, half(), hypothesis(case, aboard=aboard))])
    assert row(support, claim="aboard")["support"] == expected


def test_an_arrival_needs_time_or_another_way(case: Case) -> None:
    """Ten minutes after landing 220 km away nobody can be there: who arrived was not aboard."""
    one = row(judge.claims(case, [ensemble(case, half(), hypothesis(case, aboard=0.5))]), claim="arrived")
    assert one["support"] == pytest.approx(0.5)
    assert one["state"] == "needs the person not to have been aboard"
    sure = row(judge.claims(case, [ensemble(case, half(), hypothesis(case, aboard=1.0))]), claim="arrived")
    assert sure["state"] == "in tension"
    silent = row(judge.claims(case, [ensemble(case, half(), hypothesis(case, aboard=None))]), claim="arrived")
    assert silent["state"] == "not testable"


def test_trust_nothing_is_as_good_as_no_claim(case: Case) -> None:
    """Claims of an origin that is never right add a constant: leaving them out moves no path."""
    table = judge.without(case, [ensemble(case, half(), hypothesis(case, trust=0.0))])
    one = row(table, left_out_kind="origin", left_out="tracker-one")
    assert one["change"] == pytest.approx(-2 * np.log(0.5))
    assert one["effective_paths"] == pytest.approx(200.0)


def test_leaving_out_by_hand(case: Case) -> None:
    """All paths fell. With both claims: 0.8 (0.025)(0.975) + 0.2 (0.25); without "landed": 0.8 (0.975) + 0.2 (0.5)."""
    table = judge.without(case, [ensemble(case, np.zeros(100, bool), hypothesis(case))])
    change = np.log(0.8 * 0.975 + 0.2 * 0.5) - np.log(0.8 * 0.025 * 0.975 + 0.2 * 0.25)
    assert row(table, left_out_kind="claim", left_out="landed-lk")["change"] == pytest.approx(change)
    assert set(table["left_out_kind"]) == {"origin", "report", "claim"}


def test_a_flip_is_called(case: Case) -> None:
    """Only the claim "landed" holds the first story ahead."""
    first = ensemble(case, np.ones(100, bool), hypothesis(case, "lands"), -3.0)
    second = ensemble(case, np.zeros(100, bool), hypothesis(case, "falls"), -3.2)
    table = judge.without(case, [first, second])
    flips = table[table["left_out"] == "landed-lk"]["flips"]
    assert flips.all()
    assert not table[table["left_out"] == "fell"]["flips"].any()


def test_ratios_are_capped_and_name_both(case: Case) -> None:
    table = judge.ratios(case, several(case, one=-3.0, two=-13.0))
    assert table["ratio"][0] == "more than 100"
    assert table["word"][0] == "moderate support"
    assert table["sentence"][0] == "The claims are more than 100 times more probable if story one than if story two"


def test_no_ratio_is_quoted_where_runs_differ(case: Case) -> None:
    wide = ensemble(case, half(), hypothesis(case, "one"), -3.0, 0.6)
    table = judge.ratios(case, [wide, ensemble(case, half(), hypothesis(case, "two"), -4.0)])
    assert table["ratio"][0] == "not quoted"
    assert table["word"][0] == ""
    assert "runs of one differ" in table["caution"][0]


@pytest.mark.parametrize(("log_ratio", "word"), [(np.log(1.9), "no support either way"), (np.log(5.0), "weak support"),
                                                 (np.log(50.0), "moderate support")])  # fmt: skip
def test_enfsi_words(case: Case, log_ratio: float, word: str) -> None:
    assert judge.ratios(case, several(case, one=0.0, two=-log_ratio))["word"][0] == word


WORDS = {0.02: "almost no chance", 0.2: "very unlikely", 0.3: "unlikely", 0.5: "roughly even chance", 0.7: "likely",
         0.9: "very likely", 0.99: "almost certain"}  # fmt: skip


@pytest.mark.parametrize(("probability", "word"), WORDS.items())
def test_icd_203_words(probability: float, word: str) -> None:
    assert judge.icd203(probability) == word
