"""Ensembles: the same whatever computes them, kept and taken back, refused where the question is wrong."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import worlds
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from trackkit import claims, earth, motion, reconstruct, sampler
from trackkit.errors import InputError
from trackkit.model import Case, Ensemble, TrustRule

CLAIMS = (
    {"says": "turned", "near": "Homs"},
    {"says": "flew_at", "altitude": "6,500 m", "datum": "sea level", "time": "02:15 UTC"},
    {"says": "landed", "at": "OSLK", "origin": "an-official"},
    {"says": "flew_at", "altitude": "21,300 ft", "datum": "sea level", "time": "02:15 UTC", "copy_of": "claim-1"},
    {"says": "carried", "person": "the passenger", "subject": "person"},
)
SHORT = sampler.Settings(keep=0.4, sweeps=(1, 1))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return worlds.told(tmp_path_factory.mktemp("case"), *CLAIMS)


def draw(case: Case, n: int = 64, seed: int = 3, **given: object) -> Ensemble:
    return reconstruct.paths(case, case.hypotheses[1], n=n, seed=seed, settings=SHORT, **given)


@pytest.fixture(scope="module")
def ensemble(case: Case) -> Ensemble:
    return draw(case)


def assert_same(one: Ensemble, other: Ensemble) -> None:
    for name in ("paths", "log_weight", "explained", "log_likelihood", "satisfied", "log_background"):
        xr.testing.assert_identical(getattr(one, name), getattr(other, name))
    assert one.log_evidence == other.log_evidence
    assert one.log_evidence_sd == other.log_evidence_sd
    pd.testing.assert_frame_equal(one.diagnostics, other.diagnostics, check_exact=True)


def test_same_seed_same_bits_and_another_seed_other_paths(case: Case, ensemble: Ensemble) -> None:
    assert_same(ensemble, draw(case))
    assert draw(case, seed=4).log_evidence != ensemble.log_evidence


@pytest.mark.parametrize("workers", [1, 4])
def test_any_number_of_threads_gives_the_same_bits(workers: int, case: Case, ensemble: Ensemble) -> None:
    with ThreadPoolExecutor(workers) as pool:
        assert_same(ensemble, draw(case, executor=pool))


@pytest.mark.slow
def test_two_processes_give_the_same_bits(case: Case, ensemble: Ensemble) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert_same(ensemble, draw(case, executor=pool))


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_bits(case: Case, ensemble: Ensemble) -> None:
    """A real one of two processes on this machine (extra `cluster`)."""
    distributed = pytest.importorskip("dask.distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as pool,
    ):
        assert_same(ensemble, draw(case, executor=pool))


def test_what_is_kept_is_given_back(
    case: Case, ensemble: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_same(ensemble, draw(case, keep=tmp_path))
    assert list(tmp_path.iterdir())

    def refuse(*given: object) -> None:
        raise AssertionError("drawn anew")

    monkeypatch.setattr(sampler, "anneal", refuse)
    assert_same(ensemble, draw(case, keep=tmp_path))


def test_another_question_is_not_answered_from_what_was_kept(case: Case, tmp_path: Path) -> None:
    draw(case, keep=tmp_path)

    def files() -> int:
        return len(list(tmp_path.iterdir()))

    count = files()
    louder = replace(case.hypotheses[1], trust=tuple(replace(rule, trust=0.5) for rule in case.hypotheses[1].trust))
    others = (
        lambda: draw(case, seed=5, keep=tmp_path),
        lambda: draw(case, n=96, keep=tmp_path),
        lambda: draw(case, given=["claim-0"], keep=tmp_path),
        lambda: draw(replace(case, wording={"near": {"low": 0.5, "median": 1.0, "high": 2.0}}), keep=tmp_path),
        lambda: reconstruct.paths(case, louder, n=64, seed=3, settings=SHORT, keep=tmp_path),
    )
    for other in others:
        other()
        assert files() > count
        count = files()


def test_weights_are_those_of_the_runs_and_sum_to_one(ensemble: Ensemble) -> None:
    weight = np.exp(ensemble.log_weight.to_numpy())
    assert weight.sum() == pytest.approx(1.0)
    by_run = weight.reshape(ensemble.runs, -1)
    assert np.ptp(by_run, axis=1).max() < 1e-15
    last = ensemble.diagnostics.groupby(["run", "stage"])["log_normaliser"].last().unstack()
    run_evidence = last["evidence"] + last["release"]
    np.testing.assert_allclose(
        np.log(by_run[:, 0]) - np.log(by_run[0, 0]), run_evidence - run_evidence.iloc[0], atol=1e-9
    )
    exact = np.log(np.mean(np.exp(run_evidence - run_evidence.max()))) + run_evidence.max()
    assert ensemble.log_evidence == pytest.approx(exact)


def test_an_ensemble_holds_what_it_says(case: Case, ensemble: Ensemble) -> None:
    assert dict(ensemble.paths.sizes) == {"path": 64, "time": 391}
    assert ensemble.paths["time"].to_numpy()[0] == np.datetime64("2024-12-08T01:50:00")
    assert ensemble.paths["time"].dtype.kind == "M"
    assert ensemble.given == ("claim-0", "claim-1", "claim-2")  # no copy, no person
    assert list(ensemble.log_likelihood["claim"].to_numpy()) == ["claim-0", "claim-1", "claim-2", "claim-3"]
    assert list(ensemble.explained["claim"].to_numpy()) == list(ensemble.given)
    explained = ensemble.explained.to_numpy()
    assert np.all((explained >= 0.0) & (explained <= 1.0))
    assert (ensemble.n, ensemble.seed, ensemble.runs) == (64, 3, 4)


def test_the_story_is_told_by_every_path(ensemble: Ensemble) -> None:
    assert (ensemble.paths["ending"] == "landed").all()
    assert (ensemble.paths["place"] == "OSLK").all()
    assert ensemble.satisfied.sel(claim="claim-2").all()


def test_claims_move_the_paths(case: Case) -> None:
    low, high = (
        worlds.told(
            Path(str(case.folder) + name),
            {"says": "flew_at", "altitude": height, "datum": "sea level", "time": "02:15 UTC"},
        )
        for name, height in (("-low", "4,500 m"), ("-high", "6,500 m"))
    )
    means = []
    for this in (low, high):
        found = reconstruct.paths(this, this.hypotheses[1], n=400, seed=1)
        at = found.paths["altitude_m"].sel(time="2024-12-08T02:15:00").to_numpy()
        means.append(np.average(at, weights=np.exp(found.log_weight.to_numpy())))
    assert means[1] - means[0] > 1_000.0


def test_without_claims_the_evidence_is_nothing(case: Case) -> None:
    found = draw(case, given=[])
    assert found.log_evidence == pytest.approx(0.0, abs=1e-9)
    assert found.given == ()


def test_given_claims_alone_are_weighed(case: Case) -> None:
    found = draw(case, given=["claim-1", "claim-3"])
    assert found.given == ("claim-1",)
    assert draw(case, given=["claim-3"]).given == ("claim-3",)  # the copy stands in for what it copies


def test_an_unknown_claim_is_refused_with_the_nearest(case: Case) -> None:
    with pytest.raises(InputError, match="claim-11"):
        draw(case, given=["claim-11"])


@pytest.mark.parametrize("n", [0, 8, 66])
def test_a_number_that_the_runs_do_not_divide_is_refused(case: Case, n: int) -> None:
    with pytest.raises(InputError, match="multiple"):
        draw(case, n=n)


def test_one_run_has_no_spread(case: Case) -> None:
    assert np.isnan(draw(case, n=16, runs=1).log_evidence_sd)


def test_the_open_hypothesis_asserts_nothing_and_may_end_anyhow(case: Case) -> None:
    found = reconstruct.open_hypothesis(case)
    assert len(found.asserts) == 0
    assert set(found.at) == {"OSDI", "OSLK"}
    assert set(found.ends) == {"flying", "landed", "crashed"}
    flown = worlds.fly(case, found, worlds.noise(600, 1))
    assert {0, 1, 2} <= set(np.unique(flown.ending))
    ensemble = reconstruct.paths(case, found, given=[], n=64, settings=SHORT)
    assert set(ensemble.paths["ending"].to_numpy()) <= set(motion.ENDINGS[:3])


# -- laws --------------------------------------------------------------------------------------------------------


def moved_in_time(case: Case, by: pd.Timedelta) -> Case:
    """The whole case by another clock: window, flight, claims and rules of trust."""
    flight = replace(case.flight, earliest=case.flight.earliest + by, latest=case.flight.latest + by)
    rules = [
        tuple(rule if rule.start is None else replace(rule, start=rule.start + by) for rule in one.trust)
        for one in case.hypotheses
    ]
    told = [replace(one, trust=trust) for one, trust in zip(case.hypotheses, rules, strict=True)]
    table = case.claims.assign(time=case.claims["time"] + by)
    window = (case.window[0] + by, case.window[1] + by)
    return replace(case, window=window, flight=flight, claims=table, hypotheses=tuple(told))


@settings(max_examples=4)
@given(st.integers(-50_000, 50_000))
def test_the_hour_of_the_night_does_not_matter(case: Case, ensemble: Ensemble, minutes: int) -> None:
    by = pd.Timedelta(minutes=minutes)
    found = draw(moved_in_time(case, by))
    assert found.log_evidence == pytest.approx(ensemble.log_evidence, abs=1e-9)
    there = found.paths.assign_coords(time=found.paths["time"] - by.to_timedelta64())
    xr.testing.assert_identical(there.drop_vars("take_off"), ensemble.paths.drop_vars("take_off"))
    assert ((found.paths["take_off"] - by.to_timedelta64()) == ensemble.paths["take_off"]).all()


@pytest.fixture(scope="module")
def at_sea(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The small case moved to where there is no ground model: 100 degrees to the west, all fields at sea level."""
    told = worlds.told(
        tmp_path_factory.mktemp("sea"),
        {"says": "turned", "near": "Homs"},
        {"says": "was_at", "position": "20 km north of Homs", "time": "02:18 UTC"},
        {"says": "flew_toward", "toward": "OSLK", "before": "Homs"},
        {"says": "headed", "heading": "north-west", "time": "02:20 UTC"},
    )
    level = {name: replace(place, elevation_m=0.0) for name, place in told.places.items()}
    return turned_by(replace(told, places=level), -100.0)


def turned_by(case: Case, by: float) -> Case:
    """The whole case turned about the axis of the earth by some degrees."""

    def along(longitude: float) -> float:
        return float(earth.wrap_deg(longitude + by))

    places = {
        name: replace(
            place, longitude=along(place.longitude),
            runways=tuple(replace(runway, longitude=along(runway.longitude)) for runway in place.runways),
        )
        for name, place in case.places.items()
    }  # fmt: skip
    table = case.claims.copy()
    for name in ("longitude", "anchor_longitude", "toward_longitude"):
        table[name] = table[name].map(along, na_action="ignore")
    extent = replace(case.extent, west=case.extent.west + by, east=case.extent.east + by)
    return replace(case, places=places, claims=table, extent=extent)


@settings(max_examples=6)
@given(st.one_of(st.floats(-140.0, -70.0), st.floats(-8.0, 38.0)))  # the Pacific and the Atlantic: there is no ground
def test_the_meridian_does_not_matter(at_sea: Case, by: float) -> None:
    """Same numbers, same paths but for the turn, over the antimeridian too; the same evidence but for rounding.

    Held against the plain mean over paths of the prior: the sampler accepts or refuses by a hair's breadth, so that a
    rounding in the last place leads it to other, equally good paths.
    """
    hypothesis, rows, evidence, flown = at_sea.hypotheses[0], worlds.noise(400, 5), [], []
    for case in (at_sea, turned_by(at_sea, by)):
        paths = worlds.fly(case, hypothesis, rows)
        asked = claims.ask(case, case.claims)
        likelihood, _ = claims.evaluate(paths, motion.scene(case), asked)
        total, _, _ = claims.weigh(likelihood, asked, claims.groups(case, hypothesis, case.claims))
        evidence.append(logsumexp(total))
        flown.append(paths)
    assert evidence[1] == pytest.approx(evidence[0], abs=1e-2)
    here, there = (motion.latitude_longitude(paths.x, paths.y, paths.z) for paths in flown)
    same = np.abs(earth.turn_deg(here[1] + by, there[1])) < 1e-3
    assert same.mean() > 0.99  # a path that grazes a limit may take the other branch
    assert (np.abs(here[0] - there[0]) < 1e-3).mean() > 0.99
    assert (np.abs(flown[0].altitude_m - flown[1].altitude_m) < 1.0).mean() > 0.99


def test_an_origin_without_trust_is_as_good_as_absent(case: Case) -> None:
    """Its claims cost what they would if they meant nothing, and move no path."""
    one = case.hypotheses[1]
    deaf = replace(one, trust=(*one.trust, TrustRule("an-official", 0.0)))
    background = {asked.id: asked.log_background for asked in claims.ask(case, case.claims.loc[["claim-2"]])}
    heard = reconstruct.paths(case, deaf, n=64, seed=3, settings=SHORT)
    absent = reconstruct.paths(case, deaf, given=["claim-0", "claim-1"], n=64, seed=3, settings=SHORT)
    assert heard.log_evidence - absent.log_evidence == pytest.approx(background["claim-2"], abs=1e-6)
    for name in ("latitude", "longitude", "altitude_m"):
        np.testing.assert_allclose(heard.paths[name], absent.paths[name], atol=1e-3)
    assert (heard.explained.sel(claim="claim-2") == 0.0).all()


@pytest.mark.parametrize("copied", ["claim-0", "claim-1", "claim-2"])
def test_one_more_copy_changes_no_bit(copied: str, case: Case, ensemble: Ensemble) -> None:
    copy = case.claims.loc[[copied]].assign(id="again", copy_of=copied).rename(index={copied: "again"})
    found = draw(replace(case, claims=pd.concat([case.claims, copy])))
    xr.testing.assert_identical(found.paths, ensemble.paths)
    xr.testing.assert_identical(found.explained, ensemble.explained)
    assert found.log_evidence == ensemble.log_evidence
    pd.testing.assert_frame_equal(found.diagnostics, ensemble.diagnostics, check_exact=True)
