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

from trackkit import claims, columns, judge, read, reconstruct
from trackkit.errors import InputError
from trackkit.judge import person, weighing
from trackkit.judge import support as supporting
from trackkit.model import Case, Ensemble, Hypothesis, TrustRule

LANDED = {"id": "landed-lk", "says": "landed", "at": "OSLK", "origin": "tracker-one"}
AGAIN = {"id": "landed-again", "says": "landed", "at": "OSLK", "origin": "tracker-one", "copy_of": "landed-lk"}
FELL = {"id": "fell", "says": "crashed", "origin": "tracker-one"}
QUIET = {"id": "quiet", "says": "switched_off", "origin": "tracker-one"}
ABOARD = {"id": "aboard", "says": "carried", "person": "the passenger", "subject": "person", "origin": "tracker-one"}
ARRIVED = {"id": "arrived", "says": "arrived", "person": "the passenger", "at": "OSDI", "time": "02:50 UTC",
           "subject": "person", "origin": "tracker-one"}  # fmt: skip
STAYED = {**ARRIVED, "id": "stayed", "denied": True}
LATER = {**ARRIVED, "id": "later", "time": "after 02:50 UTC"}
STORY = {"id": "story", "says": "context", "about": "the night", "subject": "other", "origin": "tracker-one"}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return read.case(minimal.write(tmp_path, LANDED, AGAIN, FELL, QUIET, ABOARD, ARRIVED, STAYED, LATER, STORY))


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


def test_order_of_claims_changes_no_number(case: Case) -> None:
    turned = replace(case, claims=case.claims.iloc[::-1])
    for verb, keys in ((judge.claims, ["claim"]), (judge.without, ["left_out_kind", "left_out"])):
        tables = [verb(one, [ensemble(one, half(), hypothesis(one))]) for one in (case, turned)]
        ordered = [table.sort_values(keys, ignore_index=True) for table in tables]
        pd.testing.assert_frame_equal(*ordered)


def test_evidence_of_different_claims_is_not_compared(case: Case) -> None:
    pair = several(case, one=-3.0, two=-4.0)
    fewer = replace(pair[1], given=pair[1].given[:1])
    for verb in (judge.hypotheses, judge.without, judge.ratios):
        with pytest.raises(InputError, match="different claims"):
            verb(case, [pair[0], fewer])
        with pytest.raises(InputError, match="landed-lk"):
            verb(replace(case, claims=case.claims.drop("landed-lk")), pair)


def test_one_run_shows_no_spread(case: Case) -> None:
    pair = [ensemble(case, half(), hypothesis(case, name), value, np.nan) for name, value in (("a", -3.0), ("b", -9.0))]
    verdict = judge.hypotheses(case, pair)
    assert (verdict["posterior_low"] == 0.0).all()
    assert (verdict["posterior_high"] == 1.0).all()
    assert verdict["caution"].str.startswith("is of one run").all()
    ratio = judge.ratios(case, pair)
    assert ratio["ratio"][0] == "not quoted"
    assert ratio["caution"][0] == "the spread of a and of b is not known"


def test_paths_of_few_ancestors_are_told(case: Case) -> None:
    """The fewest of a run's stages count, summed over runs: 12 and 30."""
    rows = [(0, "story", 90), (0, "evidence", 40), (0, "evidence", 12), (1, "story", 30), (1, "evidence", 80)]
    record = pd.DataFrame(rows, columns=["run", "stage", "ancestors"])
    one = replace(ensemble(case, half(), hypothesis(case)), diagnostics=columns.conform(record, columns.DIAGNOSTICS))
    assert "descend from 42 first draws of 200" in judge.hypotheses(case, [one])["caution"][0]


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


def test_a_share_of_zero_is_no_exclusion(case: Case) -> None:
    """None of 100 paths lands: fewer than about 3 in 100. Of 40 paths none is told with too few to lean on."""
    reasons = {n: judge.claims(case, [ensemble(case, np.zeros(n, bool), hypothesis(case))]) for n in (100, 40)}
    assert row(reasons[100], claim="landed-lk")["reason"] == "under 3 % of the paths do what it says"
    assert row(reasons[40], claim="landed-lk")["reason"].endswith("of 40 effective ones: too few to lean on")


@pytest.mark.parametrize(("share", "state"), [(0.2, "consistent"), (0.19, "needs an uncommon path"),
                                              (0.05, "needs an uncommon path"), (0.04, "in tension")])  # fmt: skip
def test_states_at_their_bounds(case: Case, share: float, state: str) -> None:
    one = ensemble(case, half(), hypothesis(case))
    row_of = next(row for row in case.claims.itertuples(index=False) if row.id == "landed-lk")
    assert supporting._state(case, one.hypothesis, row_of, share, 200.0, -1.0)[0] == state
    precise = supporting._state(case, one.hypothesis, row_of, 0.04, 200.0, 0.1)
    assert precise[0] == "needs an uncommon path"


def test_what_is_not_about_the_aircraft_says_so(case: Case) -> None:
    other = case.claims.assign(subject=case.claims["subject"].mask(case.claims["id"] == "landed-again", "other"))
    support = judge.claims(replace(case, claims=other), [ensemble(case, half(), hypothesis(case))])
    assert row(support, claim="landed-again")["state"] == "not testable"
    assert "not about the aircraft" in row(support, claim="landed-again")["reason"]
    assert "receivers" in row(support, claim="quiet")["reason"]


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


@pytest.mark.parametrize("aboard", [0.0, 0.5, 1.0])
def test_no_path_makes_anybody_arrive(case: Case, aboard: float) -> None:
    """Denying an arrival is not the opposite of leaving time for one."""
    support = judge.claims(case, [ensemble(case, half(), hypothesis(case, aboard=aboard))])
    assert row(support, claim="stayed")["support"] == 1.0
    assert row(support, claim="stayed")["state"] == "consistent"


def test_after_an_hour_leaves_time(case: Case) -> None:
    """Of half the paths the person lives; nobody who was aboard the others arrives."""
    support = judge.claims(case, [ensemble(case, half(), hypothesis(case, aboard=1.0))])
    assert row(support, claim="later")["support"] == pytest.approx(0.5)


def test_who_was_not_aboard_is_free(case: Case) -> None:
    one = row(judge.claims(case, [ensemble(case, half(), hypothesis(case, aboard=0.0))]), claim="arrived")
    assert one["support"] == 1.0
    assert one["state"] == "consistent"


def test_a_journey_begins_after_an_hour_on_the_ground(case: Case) -> None:
    """Down at 2 700 s, an hour, then some 221 km (less the place's 3 km) at 230 m/s: about 950 s."""
    one = ensemble(case, np.ones(100, bool), hypothesis(case))
    row_of = next(row for row in case.claims.itertuples(index=False) if row.id == "arrived")
    start = case.window[0]
    for seconds, share in ((7_000.0, 0.0), (7_500.0, 1.0)):
        told = row_of._replace(time=start + pd.Timedelta(seconds=seconds), time_rounding_s=0.0)
        assert person.in_time(case, one, told) == pytest.approx(share)


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


def test_a_claim_that_says_nothing_changes_nothing(case: Case) -> None:
    """Likelihood and background are both a half, so right, slipped or false it multiplies by a half."""
    one = ensemble(case, half(), hypothesis(case))
    silent = one.log_likelihood.copy()
    silent.loc[{"claim": "fell"}] = np.log(0.5)
    mute = row(judge.without(case, [replace(one, log_likelihood=silent)]), left_out_kind="claim", left_out="fell")
    assert mute["change"] == pytest.approx(np.log(2.0))
    assert mute["effective_paths"] == pytest.approx(200.0)
    assert not mute["flips"]


def test_a_copy_goes_out_with_the_number_it_copies(case: Case) -> None:
    table = judge.without(case, [ensemble(case, half(), hypothesis(case))])
    assert "landed-again" not in set(table["left_out"])
    assert row(table, left_out_kind="report", left_out="paper")["claims"] == 2


def test_few_paths_left_are_told(case: Case) -> None:
    """One path in a hundred fell; without "landed" it carries nearly all the weight that "fell" gives."""
    one = ensemble(case, np.arange(100) > 0, hypothesis(case, trust=1.0))
    table = judge.without(case, [one])
    assert "effective paths: draw anew" in row(table, left_out_kind="claim", left_out="landed-lk")["caution"]
    assert row(table, left_out_kind="origin", left_out="tracker-one")["caution"] == ""


@pytest.mark.parametrize(("trust", "off", "told"), [(0.5, 4.0, True), (0.5, 0.5, False), (1.0, 4.0, False)])
def test_part_of_a_false_signal_is_told(case: Case, trust: float, off: float, told: bool) -> None:
    """Three readings of a false signal, of which two go out; what each has in it misses the whole by so many nats."""
    one = ensemble(case, half(), hypothesis(case))
    parts = np.array([-1.0, -2.0, -3.0])
    groups = replace(
        one.groups, of_claim=np.zeros(3, np.int64), trust=np.array([trust]), names=("signal",),
        log_false=np.array([-6.0 - off]), log_false_part=parts, log_false_sd=np.zeros(1),
    )  # fmt: skip
    three = replace(one, given=("a", "b", "c"), groups=groups)
    weighed = weighing.Weighed(three, (), np.zeros((200, 3)), ("a", "b", "c"), np.zeros(200))
    assert (weighed.rough(("a", "b")) == pytest.approx(off)) == (trust < 1.0)
    assert ("may be off" in weighing.weak(200.0, weighed.rough(("a", "b")))) == told
    assert weighed.rough(("a",)) == weighed.rough(("a", "b", "c")) == 0.0


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


SCALE = {1.9: "no support either way", 2.1: "weak support", 9.9: "weak support", 10.1: "moderate support",
         99.0: "moderate support", 101.0: "moderately strong support", 1.1e3: "strong support",
         1.1e4: "very strong support", 1.1e6: "extremely strong support"}  # fmt: skip


@pytest.mark.parametrize(("ratio", "word"), SCALE.items())
def test_enfsi_words(case: Case, ratio: float, word: str) -> None:
    pair = several(case, one=0.0, two=-np.log(ratio))
    assert judge.ratios(case, pair, cap=1e9)["word"][0] == word


WORDS = {0.02: "almost no chance", 0.2: "very unlikely", 0.3: "unlikely", 0.5: "roughly even chance", 0.7: "likely",
         0.9: "very likely", 0.99: "almost certain"}  # fmt: skip


@pytest.mark.parametrize(("probability", "word"), WORDS.items())
def test_icd_203_words(probability: float, word: str) -> None:
    assert judge.icd203(probability) == word


ENDS = {0.0: "almost no chance", 0.05: "almost no chance", 0.45: "unlikely", 0.55: "roughly even chance", 0.8: "likely",
        0.95: "very likely", 1.0: "almost certain"}  # fmt: skip


@pytest.mark.parametrize(("end", "below"), ENDS.items())
def test_icd_203_words_at_the_ends_of_their_ranges(end: float, below: str) -> None:
    assert judge.icd203(end) == below


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_has_no_word(value: float) -> None:
    with pytest.raises(InputError, match="not a probability"):
        judge.icd203(value)


@pytest.mark.slow
def test_the_real_case_is_judged_whole() -> None:
    real = read.case(Path(__file__).parents[1] / "data" / "syrian-air-9218")
    drawn = [reconstruct.paths(real, one, n=64, seed=7, runs=2) for one in real.hypotheses]
    verdict, support, without = judge.hypotheses(real, drawn), judge.claims(real, drawn), judge.without(real, drawn)
    assert verdict["posterior"].sum() == pytest.approx(1.0)
    assert (verdict["caution"] != "").all()
    assert len(support) == len(real.claims) * len(drawn)
    assert support["support"].dropna().between(0.0, 1.0 + 1e-9).all()
    assert np.isfinite(without[["log_evidence", "posterior"]]).all(axis=None)
    words = " ".join([*support["reason"], *support["state"], *judge.ratios(real, drawn)["sentence"]])
    assert not any(word in words for word in ("ruled out", "proved", "impossible"))
