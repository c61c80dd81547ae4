"""The figures of claims through the tests of a track: what each is held against, and what the Syrian case comes to."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trackkit import check, columns, earth, read
from trackkit.check import moving
from trackkit.units import KT_MPS

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def case():
    return read.case(DATA / "syrian-air-9218")


@pytest.fixture(scope="module")
def told(case):
    return check.told(case)


def row(told, claim, test):
    return told[(told["claim"] == claim) & (told["test"] == test)].squeeze()


def changed(case, claim, **values):
    """The case with other values of a claim."""
    claims = case.claims.copy()
    for name, value in values.items():
        claims.loc[claim, name] = value
    return replace(case, claims=claims)


def test_the_reported_numbers_of_the_syrian_case(told):
    speeds = {"fg-last-speed": (34, "suspect"), "fg-slowed": (86, "clean"), "fg-top-speed": (442, "clean")}
    for claim, (kt, state) in speeds.items():
        found = row(told, claim, "ground speed")
        assert (round(found["value"] / KT_MPS), found["state"]) == (kt, state)
    height = row(told, "bbc-last-height", "height and ground")
    assert (round(height["value"]), height["state"], height["other"]) == (495, "suspect", "bbc-lost")
    step = row(told, "bbc-lost", "implied speed")
    assert step["state"] == "clean"
    assert 0.0 < step["value"] < step["high"]


def test_limits_are_those_of_the_tests_on_tracks(case, told):
    last = row(told, "fg-last-speed", "ground speed")
    assert last["low"] == moving.slowest_mps(np.array([case.claims.at["fg-last-height", "altitude_m"]]), case.aircraft)
    assert last["high"] == moving.fastest_mps(case.aircraft)
    homs = row(told, "bbc-over-homs", "height and ground")
    place = case.claims.loc["bbc-over-homs"]
    assert homs["low"] == pytest.approx(earth.terrain_m(place["latitude"], place["longitude"]) + 150.0)


def test_a_height_not_told_leaves_the_lowest_stall(told):
    assert "no height is told" in row(told, "fg-slowed", "ground speed")["reason"]
    assert row(told, "fg-slowed", "ground speed")["low"] < row(told, "fg-last-speed", "ground speed")["low"]


@pytest.mark.parametrize(("kt", "state"), [(20.0, "suspect"), (300.0, "clean"), (900.0, "inconsistent")])
def test_a_speed_too_low_and_too_high(case, kt, state):
    told = check.told(changed(case, "fg-top-speed", speed_mps=kt * KT_MPS))
    assert row(told, "fg-top-speed", "ground speed")["state"] == state


def test_a_place_too_far_for_the_time(case):
    told = check.told(changed(case, "bbc-lost", latitude=55.75, longitude=37.6))
    assert row(told, "bbc-lost", "implied speed")["state"] == "inconsistent"


def test_ground_of_coarse_cells_says_so(case, told):
    far = check.told(changed(case, "bbc-over-homs", latitude=55.75, longitude=37.6))
    assert "5 arc-minutes" in row(far, "bbc-over-homs", "height and ground")["reason"]
    assert "5 arc-minutes" not in row(told, "bbc-over-homs", "height and ground")["reason"]


def test_it_agrees_with_the_findings_and_tells_a_number_once(case, told):
    assert list(told.columns) == [column.name for column in columns.TOLD]
    assert not case.claims.loc[told["claim"], "copy_of"].astype(bool).any()
    findings = check.case(case)
    grounded = set(findings.loc[findings["test"] == "heights and ground", "claim"])
    mine = told[(told["test"] == "height and ground") & (told["state"] == "suspect")]
    assert set(mine["claim"]) <= grounded
    assert set(told["state"]) <= set(check.STATES)


@pytest.mark.parametrize("name", ["planted", "germanwings-9525"])
def test_other_cases(name):
    told = check.told(read.case(DATA / name))
    assert len(told) > 0
    assert told["reason"].ne("").all()
