"""The figures of `data/priors`: their schema, their sample sizes and, where the flights are at hand, the fit."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trackkit import earth, motion, read
from trackkit.errors import InputError

FOLDER = Path(__file__).parents[1] / "data" / "priors"
TABLES: dict[str, Any] = tomllib.loads((FOLDER / "manoeuvres.toml").read_text(encoding="utf-8"))
KINDS = [name for name in TABLES if name != "inputs"]
FIGURES = [(kind, name) for kind in KINDS for name, row in TABLES[kind].items() if isinstance(row, dict)]
#: what the motion model asks of every kind
NEEDED = {
    "share_straight", "share_turn", "share_direct", "share_orbit", "share_hold", "share_gentle", "share_right",
    "turn_size_exponent", "turn_size_median_deg", "turn_size_sigma", "wait_turn_s", "wait_climb_s", "wait_speed_s",
    "climb_height_median_m", "climb_height_sigma", "descent_rate_median_mps", "descent_rate_sigma",
}  # fmt: skip
#: and of those that are flown often
COMMON = NEEDED | {
    "mean_wait_turn_s_low", "mean_wait_turn_s_high", "mean_wait_turn_s_median", "mean_wait_turn_sigma",
    "bank_mean_of_normal", "bank_sd_of_normal", "climb_rate_median_mps", "climb_rate_sigma",
    "wander_sd_mps", "wander_time_s", "wander_q_m2s3",
}  # fmt: skip
UNITS = {"s": "_s", "m/s": "_mps", "m/s2": "_mps2", "m2/s3": "_m2s3", "m": "_m", "deg": "_deg"}
WHEEL = os.environ.get("TRACKKIT_TRAFFIC_WHEEL", "")


def test_only_training_flights_were_opened() -> None:
    opened = {name.split("/")[0] for name in TABLES["inputs"]["collections"]}
    assert opened == {"collections", "calibration", "gliders", "firefighting", "ambulances"}
    assert "collections/quickstart.json.gz" in TABLES["inputs"]["collections"]
    assert "collections/" not in TABLES["inputs"]["collections"]


def test_the_inputs_hash_stands_wherever_it_is_named() -> None:
    digest = TABLES["inputs"]["sha256"]
    assert len(digest) == 64
    assert all(digest in (FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "flights.py"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_what_it_rests_on(kind: str) -> None:
    table = TABLES[kind]
    assert table["flights"] >= 6
    assert table["hours"] > 0.0
    assert table["manoeuvres"] >= 10
    assert set(table) >= NEEDED
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| `{kind}` | {table['flights']} | {table['hours']} | {table['manoeuvres']:,} |" in readme


@pytest.mark.parametrize("kind", ["any", "airliner", "survey"])
def test_the_usual_kinds_have_all_that_the_model_asks_for(kind: str) -> None:
    assert set(TABLES[kind]) >= COMMON


@pytest.mark.parametrize(("kind", "name"), FIGURES)
def test_a_figure_has_value_interval_n_and_unit(kind: str, name: str) -> None:
    row = TABLES[kind][name]
    assert set(row) == {"value", "interval", "n", "unit"}
    low, high = row["interval"]
    assert low <= high
    assert row["n"] >= 10 or name == "share_straight"
    assert row["unit"] == "1" or UNITS[row["unit"]] in name
    if not name.endswith("_of_rate"):
        assert min(row["value"], low) >= 0.0
    if name.startswith("share_"):
        assert max(row["value"], high) <= 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_shares_of_kinds_add_up_and_laws_agree(kind: str) -> None:
    value = {name: row["value"] for name, row in TABLES[kind].items() if isinstance(row, dict)}
    shares = [value[f"share_{name}"] for name in ("turn", "direct", "orbit", "hold", "gentle")]
    assert sum(shares) == pytest.approx(1.0, abs=0.01)
    assert value["turn_size_exponent_from_20"] < value["turn_size_exponent"]
    if "mean_wait_turn_s_low" in value:
        middle = (value["mean_wait_turn_s_low"] * value["mean_wait_turn_s_high"]) ** 0.5
        assert middle == pytest.approx(value["mean_wait_turn_s_median"], rel=0.01)


def test_no_share_of_zero_is_told_without_what_it_may_be() -> None:
    shares = [TABLES[kind][name] for kind, name in FIGURES if name.startswith("share_")]
    zeros = [row for row in shares if row["value"] == 0.0]
    assert zeros
    assert all(row["interval"][1] == pytest.approx(3.0 / row["n"], rel=0.01) for row in zeros)


@pytest.mark.slow
@pytest.mark.skipif(not WHEEL, reason="the flights are not at hand: TRACKKIT_TRAFFIC_WHEEL names their package")
def test_the_fit_is_reproduced(tmp_path: Path) -> None:
    out = tmp_path / "again.toml"
    subprocess.run([sys.executable, "-W", "error", FOLDER / "fit.py", WHEEL, out], check=True)
    again = tomllib.loads(out.read_text(encoding="utf-8"))
    assert list(again) == list(TABLES)
    for kind, name in FIGURES:
        told, new = TABLES[kind][name], again[kind][name]
        assert (new["n"], new["unit"]) == (told["n"], told["unit"])
        assert [new["value"], *new["interval"]] == pytest.approx([told["value"], *told["interval"]], rel=0.02, abs=1e-3)


def test_another_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.whl").write_bytes(b"not it")
    ran = subprocess.run(
        [sys.executable, FOLDER / "fit.py", tmp_path / "other.whl", tmp_path / "out.toml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode != 0
    assert "not the package that was registered" in ran.stderr
    assert not (tmp_path / "out.toml").exists()


# -- the fit, on flights and numbers that are known -----------------------------------------------------------


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module("fit")


def piece(fit: ModuleType, bank_deg: np.ndarray, speed: float = 100.0, rate: np.ndarray | float = 0.0) -> Any:
    """A flight at one speed that banks and climbs as told, a number for each step."""
    turn = np.degrees(9.80665 * np.tan(np.radians(bank_deg)) / speed) * fit.flights.STEP_S
    ones, height = np.ones(len(turn)), 2_000.0 + np.cumsum(rate * np.ones(len(turn))) * fit.flights.STEP_S
    return fit.flights.Piece("survey", "made", np.cumsum(turn), speed * ones, speed * ones, height, 5.0)


def legs(*parts: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(steps, value) for value, steps in parts])


def test_turns_are_found_with_their_size_bank_and_kind(fit: ModuleType) -> None:
    # at 100 m/s and 25 degrees of bank: 2.62 degrees a second
    bank = legs((0, 40), (25, 7), (0, 40), (-25, 30), (0, 40), (25, 14), (0, 20), (25, 14), (0, 40), (6, 30), (0, 40))
    found = fit.flights.turns(piece(fit, bank))
    assert list(found["kind"]) == ["turn", "orbit", "hold", "", "gentle"]
    assert found["size_deg"].to_numpy() == pytest.approx([91.7, -393.0, 183.4, 183.4, 88.6], rel=0.02)
    assert found["bank_deg"].to_numpy() == pytest.approx([25.0, 25.0, 25.0, 25.0, 6.0], rel=0.05)


def test_two_half_circles_to_different_sides_or_far_apart_are_no_hold(fit: ModuleType) -> None:
    for bank in (
        legs((0, 40), (25, 14), (0, 20), (-25, 14), (0, 40)),
        legs((0, 40), (25, 14), (0, 60), (25, 14), (0, 40)),
    ):
        assert list(fit.flights.turns(piece(fit, bank))["kind"]) == ["turn", "turn"]


def test_a_small_change_of_course_is_direct_and_a_smaller_one_nothing(fit: ModuleType) -> None:
    bank = legs((0, 40), (15, 2), (0, 40), (5, 1), (0, 40))
    found = fit.flights.turns(piece(fit, bank))
    assert list(found["kind"]) == ["direct"]
    assert found["size_deg"].to_numpy() == pytest.approx([15.0], rel=0.03)


def test_climbs_are_found_with_height_and_rate(fit: ModuleType) -> None:
    rate = legs((0, 60), (8, 40), (0, 60), (-4, 50), (0, 60))
    found = fit.flights.climbs(piece(fit, np.zeros(270), rate=rate))
    assert found["height_m"].to_numpy() == pytest.approx([1_600.0, -1_000.0], rel=0.03)
    assert found["rate_mps"].to_numpy() == pytest.approx([8.0, 4.0], rel=0.1)


def test_the_law_of_waits_is_found_again(fit: ModuleType) -> None:
    random = np.random.default_rng(1)
    seconds = np.full(2_000, 600.0)
    mean = 150.0 * np.exp(0.6 * random.standard_normal(2_000))
    middle, spread = fit.waits(random.poisson(seconds / mean).astype(float), seconds)
    assert (middle, spread) == (pytest.approx(150.0, rel=0.06), pytest.approx(0.6, rel=0.1))
    middle, spread = fit.waits(random.poisson(4.0, 2_000).astype(float), seconds)
    assert middle == pytest.approx(150.0, rel=0.05)
    assert spread < 0.2


def test_the_exponent_is_found_again(fit: ModuleType) -> None:
    sizes = 180.0 * np.random.default_rng(2).uniform(size=20_000) ** 1.5
    assert fit.exponent(sizes) == pytest.approx(1.5, rel=0.03)


def test_a_wandering_velocity_is_found_again_under_noise_and_outliers(fit: ModuleType) -> None:
    random, step = np.random.default_rng(3), 5.0
    decay, velocity = np.exp(-step / 40.0), [0.0]
    for shock in random.standard_normal(40_000):
        velocity.append(decay * velocity[-1] + 0.9 * np.sqrt(1.0 - decay**2) * shock)
    seen = np.array(velocity) + 0.2 * random.standard_normal(len(velocity))
    seen[::400] += 30.0
    steps = [int(lag / step) for lag in fit.LAGS_S]
    half = np.array([0.5 * fit.spread_of(seen[k:] - seen[:-k]) for k in steps])
    sd, time, noise = fit.velocity(half)
    assert (sd, time) == (pytest.approx(0.9, rel=0.08), pytest.approx(40.0, rel=0.15))
    assert noise == pytest.approx(0.2, abs=0.1)
    assert fit.density(half) == pytest.approx(2.0 * 0.81 * (1.0 - np.exp(-1.5)) / 60.0, rel=0.1)


def test_a_flight_is_cut_at_pauses_unless_they_were_straight(fit: ModuleType) -> None:
    t = np.concatenate([np.arange(0, 300, 5), np.arange(400, 700, 5), np.arange(800, 1_100, 5)]).astype(float)
    track = np.where(t < 750, 0.0, 90.0)
    north = np.where(t < 750, 100.0 * t, 75_000.0)  # the second pause holds a turn
    east = np.where(t < 750, 0.0, 100.0 * (t - 750.0))
    rows = pd.DataFrame({
        "t_s": t, "latitude": np.degrees(north / 6_371_009.0), "longitude": np.degrees(east / 6_371_009.0),
        "track": track, "speed_mps": 100.0, "height_m": 2_000.0, "collection": "ambulances", "flight": "made",
    })  # fmt: skip
    found = list(fit.flights.pieces(rows))
    assert [len(part.course_deg) for part in found] == [139, 59]
    assert not any(len(fit.flights.turns(part)) for part in found)


def test_stale_repeats_and_the_ground_are_dropped(fit: ModuleType) -> None:
    rows = pd.DataFrame({
        "timestamp": pd.date_range("2021-01-01", periods=6, freq="s", tz="UTC"), "latitude": [1, 1, 2, 2, 3, 4.0],
        "longitude": [0.0] * 6, "altitude": [1_000.0] * 6, "groundspeed": [100.0] * 6, "track": [0.0] * 6,
        "onground": [False] * 5 + [True],
    })  # fmt: skip
    kept = fit.flights._clean(rows)
    assert list(kept["latitude"]) == [1.0, 2.0, 3.0]
    assert list(np.diff(kept["t_s"])) == [2.0, 2.0]


# -- read.priors ---------------------------------------------------------------------------------------------


def test_priors_are_read_as_they_are_told() -> None:
    for kind in KINDS:
        known = read.priors(kind)
        assert (known.kind, known.flights, known.hours) == (kind, TABLES[kind]["flights"], TABLES[kind]["hours"])
        assert set(known.figures) == {name for of, name in FIGURES if of == kind}
    wait, told = read.priors("survey")["wait_turn_s"], TABLES["survey"]["wait_turn_s"]
    assert ([wait.low, wait.high], wait.value, wait.n) == (told["interval"], told["value"], told["n"])


def test_unknown_kinds_and_figures_are_answered_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"given: 'airlner'; allowed: airliner, any, .*did you mean 'airliner'"):
        read.priors("airlner")
    with pytest.raises(InputError, match="'helicopter' have no such figure; given: 'climb_rate_median_mps'"):
        _ = read.priors("helicopter")["climb_rate_median_mps"]


def test_a_figure_of_another_form_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "priors").mkdir()
    bent = '[one]\nwhat = "a test"\nflights = 1\nhours = 1.0\nbank_normal_deg = 30.0\nwait_turn_s = { valu = 1.0 }\n'
    (tmp_path / "priors" / "manoeuvres.toml").write_text(bent, encoding="utf-8")
    monkeypatch.setattr(earth, "data_folder", lambda: tmp_path)
    with pytest.raises(InputError, match=r"manoeuvres\.toml, one: .*did you mean 'value'"):
        read.priors("one")


def test_the_motion_model_flies_as_flights_of_all_kinds_did() -> None:
    """The habits of free flight are the fitted figures; the shares leave one part in twenty to holding the track."""
    habits, fitted = motion.HABITS, read.priors("any")
    for mine, name in (
        ("busy_s", "mean_wait_turn_s_low"), ("calm_s", "mean_wait_turn_s_high"), ("turn_power", "turn_size_exponent"),
        ("leg_bank_mean", "bank_mean_of_normal"), ("leg_bank_spread", "bank_sd_of_normal"),
        ("height_s", "wait_climb_s"), ("speed_s", "wait_speed_s"),
    ):  # fmt: skip
        assert getattr(habits, mine) == pytest.approx(fitted[name].value, rel=0.01), mine
    for mine, name in (("turn", "turn"), ("gentle", "gentle"), ("orbit", "orbit"), ("hold", "hold")):
        assert getattr(habits, mine) == pytest.approx(0.95 * fitted[f"share_{name}"].value, abs=0.002), mine
    assert habits.place + habits.point == pytest.approx(0.95 * fitted["share_direct"].value, abs=0.002)
    rates = fitted["climb_rate_median_mps"].value, fitted["descent_rate_median_mps"].value
    assert min(rates) <= habits.rate_mps <= max(rates)
