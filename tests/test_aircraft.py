"""Laws that hold for every type of aircraft, our own tables and OpenAP's alike, and the engine flying each of them."""

from __future__ import annotations

from dataclasses import replace

import minimal
import numpy as np
import pytest
import worlds

from trackkit import air, earth, motion, read
from trackkit.errors import InputError
from trackkit.model import Aircraft, Case
from trackkit.read import openap_types
from trackkit.read.aircraft import GRADES

G = 9.80665
CLASSES = ("HEAVY", "NARROW", "BUSINESS", "TURBOPROP", "LIGHT", "HELICOPTER")
TYPES = (*CLASSES, "IL76", *openap_types.designators())
ROLL, FALLING = motion.PHASES.index("take-off roll"), motion.PHASES.index("falling")
LANDED = motion.PHASES.index("landing roll")


@pytest.fixture(scope="module")
def fleet() -> dict[str, Aircraft]:
    return {name: read.aircraft(name) for name in TYPES}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read.case(minimal.write(tmp_path_factory.mktemp("small")))


@pytest.fixture(params=TYPES)
def kind(request: pytest.FixtureRequest, fleet: dict[str, Aircraft]) -> Aircraft:
    return fleet[request.param]


# -- the tables ----------------------------------------------------------------------------------------------


def test_openap_has_its_37_types_and_ours_come_first() -> None:
    assert len(openap_types.designators()) == 37
    assert len(TYPES) == len(set(TYPES)) == 44
    files = (earth.data_folder() / "aircraft").glob("*.toml")
    assert len(list(files)) == len(CLASSES) + 1


def test_every_limit_is_there_with_a_source_and_a_grade(kind: Aircraft) -> None:
    assert set(motion.ENVELOPE) <= set(kind.limits)
    for limit in kind.limits.values():
        assert limit.grade in GRADES
        assert len(limit.source) > 20
        assert np.isfinite(limit.values).all()
        assert len(limit.values) == len(limit.heights_m)
        assert min(limit.values) > 0.0


def test_every_type_has_the_same_limits(kind: Aircraft, fleet: dict[str, Aircraft]) -> None:
    assert set(kind.limits) == set(fleet["HEAVY"].limits)


def test_speeds_rise_from_stall_to_the_limits(kind: Aircraft) -> None:
    speeds = [kind[name].value for name in ("stall_cas_landing", "approach_cas", "cruise_cas", "vmo_cas")]
    assert speeds == sorted(set(speeds))
    assert kind["stall_cas_landing"].value <= kind["stall_cas_clean"].value < kind["cruise_cas"].value
    assert 1.05 * kind["stall_cas_landing"].value < kind["approach_cas"].value
    assert kind["rotate_cas"].value < kind["vmo_cas"].value
    assert 0.2 < kind["mmo"].value < 0.95


def test_the_stall_is_slower_than_the_mach_limit_at_the_ceiling(kind: Aircraft) -> None:
    stall = air.tas_mps(1.05 * kind["stall_cas_clean"].value, kind["ceiling"].value)
    assert air.mach(stall, kind["ceiling"].value) < kind["mmo"].value


def test_rates_and_banks_are_in_order(kind: Aircraft) -> None:
    assert kind["descent_rate_normal"].value <= max(kind["descent_rate_emergency"].values)
    assert kind["climb_rate"].values[0] > kind["climb_rate"].values[-1]
    assert kind["climb_rate"].heights_m[-1] >= kind["ceiling"].value
    assert 0.0 < kind["bank_normal"].value < kind["bank_limit"].value <= 60.0
    assert kind["acceleration_normal"].value < kind["acceleration_limit"].value
    assert kind["mass_low"].value < kind["mass_high"].value


# -- from OpenAP ---------------------------------------------------------------------------------------------


def test_a_measured_limit_names_its_table_and_statistic(fleet: dict[str, Aircraft]) -> None:
    climb, approach = fleet["A320"]["climb_rate"], fleet["A320"]["approach_cas"]
    assert climb.grade == approach.grade == "measured"
    assert "WRAP table of A320: 99 % quantile of the climb near the ground" in climb.source
    assert climb.values[0] == pytest.approx(12.59 + 2.3263 * 2.09, abs=1e-3)  # normal, 12.59 and 2.09 in WRAP
    assert fleet["A320"]["descent_rate_normal"].values == (10.03, 10.03)  # the middle at constant calibrated speed
    assert (approach.value, fleet["A320"]["vmo_cas"].value) == (72.0, pytest.approx(350 * 1852 / 3600))


def test_a_gamma_of_wrap_has_the_quantile_of_its_draws(fleet: dict[str, Aircraft]) -> None:
    draws = 3.22 + np.random.default_rng(3).gamma(4.76, 0.65, 400_000)  # first climb of the A380 in WRAP
    climb = max(np.quantile(draws, 0.99), 7.85 + 2.3263 * 1.16)
    assert fleet["A388"]["climb_rate"].values[0] == pytest.approx(climb, rel=0.01)


def test_another_types_table_is_named_and_graded_lower(fleet: dict[str, Aircraft]) -> None:
    approach = fleet["A20N"]["approach_cas"]
    assert approach.grade == "secondary"
    assert "WRAP table of A320, which OpenAP puts in the place of A20N" in approach.source


def test_what_openap_lacks_comes_from_the_class_and_is_assumed(fleet: dict[str, Aircraft]) -> None:
    for name, general in (("A320", "NARROW"), ("B744", "HEAVY"), ("GLF6", "BUSINESS")):
        bank = fleet[name]["bank_limit"]
        assert bank.values == fleet[general]["bank_limit"].values
        assert bank.grade == "assumed"
        assert f"({general})" in bank.source
    assert "E190" not in " ".join(limit.source for limit in fleet["C550"].limits.values())


def test_a_slip_of_openap_is_not_taken_over(fleet: dict[str, Aircraft]) -> None:
    assert fleet["B788"]["vmo_cas"].value == fleet["HEAVY"]["vmo_cas"].value
    assert fleet["GLF6"]["vmo_cas"].grade == "assumed"


def test_an_unknown_type_is_answered_with_all_that_there_are() -> None:
    with pytest.raises(InputError, match=r"given: 'LIGTH'; allowed: A19N.*IL76.*did you mean 'LIGHT'"):
        read.aircraft("LIGTH")


# -- flown ---------------------------------------------------------------------------------------------------


def test_the_engine_flies_every_type_inside_its_envelope(case: Case, kind: Aircraft) -> None:
    for hypothesis in case.hypotheses:
        flown = worlds.fly(replace(case, aircraft=kind), hypothesis, worlds.noise(60, 5, calm=True))
        stays_inside(flown, kind)


def test_calm_rows_are_calm_and_wind_does_not_stop_a_helicopter(case: Case, fleet: dict[str, Aircraft]) -> None:
    slow = replace(case, aircraft=fleet["HELICOPTER"])
    calm = worlds.fly(slow, case.hypotheses[0], worlds.noise(200, 6, calm=True))
    windy = worlds.fly(slow, case.hypotheses[0], worlds.noise(200, 6))
    assert np.isfinite(windy.x).all()
    part = in_air(windy)
    assert windy.groundspeed_mps[:, 1:][part].min() >= 10.0
    assert calm.groundspeed_mps[:, 1:][in_air(calm)].min() >= 1.05 * fleet["HELICOPTER"]["stall_cas_clean"].value - 0.1


def in_air(flown: motion.Flown) -> np.ndarray:
    """Steps that begin and end in the air."""
    up = (flown.phase > ROLL) & (flown.phase < motion.PHASES.index("down")) & (flown.phase != LANDED)
    return up[:, 1:] & up[:, :-1]


def stays_inside(flown: motion.Flown, kind: Aircraft) -> None:
    part, env = in_air(flown), motion.envelope(kind)
    assert part.sum() > 1_000
    height, speed = flown.altitude_m[:, :-1][part], flown.groundspeed_mps[:, 1:][part].astype(float)
    cas, mach = air.cas_mps(speed, height), air.mach(speed, height)
    slowest = 1.05 * np.where(flown.phase[:, 1:][part] == worlds.FREE, env.stall_clean_mps, env.stall_landing_mps)
    assert np.all((cas >= slowest - 0.2) | (mach >= env.mmo - 0.005))
    assert cas.max() <= env.vmo_mps + 0.2
    assert mach.max() <= env.mmo + 0.01
    assert flown.altitude_m.max() <= env.ceiling_m
    turn = np.abs(np.diff(flown.turned_deg.astype(float), axis=1))[part] / motion.STORE_S
    assert np.degrees(np.arctan(np.radians(turn) * speed / G)).max() <= env.bank_limit_deg + 0.1
    rate, falling = flown.vertical_rate_mps[:, 1:][part], flown.phase[:, 1:][part] == FALLING
    now, line = flown.altitude_m[:, 1:][part], (env.climb_low_mps, env.climb_high_mps)
    best = np.interp(now, (env.climb_from_m, env.climb_to_m), line)
    assert np.all(rate <= np.maximum(best, 0.5) + 0.01)
    assert rate[~falling].min() >= -max(env.emergency_mps, 1.3 * env.descent_mps) - 0.01
