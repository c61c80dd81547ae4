"""Hearing, where the answer can be worked out in the head: paths and networks made by hand."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import worlds
import xarray as xr

from trackkit import claims, columns, earth, motion
from trackkit.errors import InputError
from trackkit.model import TrustRule

STEPS = 391
START = pd.Timestamp("2024-12-08T01:50:00")
LAST = pd.Timestamp("2024-12-08T02:30:00Z")
AT = 240  # the step of 02:30
FREE, DOWN = motion.PHASES.index("free"), motion.PHASES.index("down")
FLOOR = np.log(claims.SLIP * claims.EVEN)


def flights(
    *heights: object, phase: object = FREE, trust: tuple[TrustRule, ...] = (TrustRule("*", 0.9),)
) -> SimpleNamespace:
    """One path a row, over one point at the heights given (numbers or arrays over time), all of equal weight."""
    shape = (len(heights), STEPS)
    altitude = np.stack([np.broadcast_to(np.asarray(height, np.float32), STEPS) for height in heights])
    fields = {"latitude": 34.5, "longitude": 36.5, "altitude_m": altitude, "phase": phase}
    data = {name: (("path", "time"), np.array(np.broadcast_to(value, shape))) for name, value in fields.items()}
    time = (START + pd.to_timedelta(np.arange(STEPS) * motion.STORE_S, unit="s")).to_numpy()
    weight = xr.DataArray(np.full(len(heights), -np.log(len(heights))), dims="path")
    story = replace(worlds.story(), trust=trust)
    return SimpleNamespace(paths=xr.Dataset(data, coords={"time": time}), log_weight=weight, hypothesis=story)


def network(*lowest: float) -> earth.Network:
    """Networks that hear from the same height up everywhere."""
    raster = np.array(lowest, np.float32)[:, None, None] * np.ones((1, 121, 181), np.float32)
    return earth.Network(raster, 35.5, 35.0, 60.0, np.ones((len(lowest), 1), bool), earth.receivers().iloc[:1], 0)


def dives(low: float) -> np.ndarray:
    """At 5,000 m to 02:30, and low from the next step on."""
    return np.where(np.arange(STEPS) <= AT + 6, 5_000.0, low)


def test_what_sinks_under_the_horizon_falls_silent():
    heard = claims.hear(flights(dives(500.0), 5_000.0), network(2_000.0), LAST)
    assert heard.last[:, 0] == pytest.approx([1.0, 1.0], abs=0.02)
    assert heard.after[0, 0] > 0.1  # the clock's error leaves a minute or so in sight
    assert heard.after[1, 0] < 1e-6
    assert heard.both[1, 0] == pytest.approx(claims.heard.OFF, abs=1e-6)  # it needs a switch
    assert heard.unknown == 0.0


def test_what_is_never_in_sight_was_not_heard_last():
    heard = claims.hear(flights(500.0), network(2_000.0), LAST)
    assert heard.last[0, 0] == pytest.approx(0.0, abs=1e-9)
    assert heard.ever[0, 0] == pytest.approx(1.0)
    assert heard.both[0, 0] == pytest.approx(0.0, abs=1e-9)


def test_at_the_edge_the_odds_are_even_and_rise_with_height():
    edge = claims.heard.EDGE_SD_M
    heights = 2_000.0 + edge * np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    last = claims.hear(flights(*heights), network(2_000.0), LAST).last[:, 0]
    np.testing.assert_allclose(last, [0.02275, 0.15866, 0.5, 0.84134, 0.97725], atol=2e-4)


def test_a_minute_in_sight_is_heard_as_often_as_is_said():
    steps = int(60.0 / motion.STORE_S)
    window = (np.arange(STEPS) >= 50) & (np.arange(STEPS) < 50 + steps)
    ever = claims.hear(flights(np.where(window, 9_000.0, 0.0)), network(2_000.0), LAST).ever
    assert ever[0, 0] == pytest.approx(1.0 - claims.heard.HEARD_A_MINUTE, rel=1e-4)


def test_the_ground_and_the_crashed_are_silent():
    down = np.where(np.arange(STEPS) > AT, DOWN, FREE)
    heard = claims.hear(flights(5_000.0, phase=down), network(2_000.0), LAST)
    assert heard.last[0, 0] == pytest.approx(0.5, abs=0.1)  # the clock's error reaches past the end
    assert heard.after[0, 0] > 0.3


def test_where_sight_cannot_be_said_neither_speaks():
    unknown = network(np.nan)
    heard = claims.hear(flights(5_000.0), unknown, LAST)
    assert heard.unknown == 1.0
    assert heard.last[0, 0] == pytest.approx(0.5)
    assert heard.ever[0, 0] == 1.0


def test_networks_are_averaged_last(tmp_path: Path):
    """Half the networks hear: the factor is the mean over networks, not that of a mean network."""
    case = worlds.told(tmp_path, {"says": "lost_signal", "near": "Homs", "time": "02:30 UTC"})
    path = dives(500.0)
    parts = [claims.hearing(case, [flights(path)], network(low))["log_factor"].item() for low in (2_000.0, np.inf)]
    both = claims.hearing(case, [flights(path)], network(2_000.0, np.inf)).iloc[0]
    assert both["log_factor"] == pytest.approx(np.log(np.exp(parts).mean()))
    assert parts[1] == pytest.approx(FLOOR, abs=1e-6)
    assert both["heard"] == pytest.approx(0.5, abs=0.01)
    assert both["networks"] == 2


def test_the_table_is_as_declared_and_weighs_paths_anew(tmp_path: Path):
    case = worlds.told(tmp_path, {"says": "lost_signal", "near": "Homs", "time": "02:30 UTC"})
    table = claims.hearing(case, [flights(*[dives(500.0)] * 20, *[500.0] * 20)], network(2_000.0, 2_100.0), name="two")
    assert list(table.columns) == [column.name for column in columns.HEARING]
    row = table.iloc[0]
    assert (row["network"], row["last_heard"]) == ("two", LAST)
    assert 20.0 < row["effective_paths"] < 25.0  # the half that was never heard weighs little
    assert "effective paths" in row["caution"]


def test_a_signal_that_is_anothers_asks_for_silence_all_along(tmp_path: Path):
    case = worlds.told(tmp_path, {"says": "lost_signal", "near": "Homs", "time": "02:30 UTC"})
    sensor = next(name for name, one in case.origins.items() if one.kind == "sensor")
    false = (TrustRule("*", 0.9), TrustRule(sensor, 0.0))
    late = (*false[:1], TrustRule(sensor, 0.9), TrustRule(sensor, 0.0, START.tz_localize("UTC")))
    assert not claims.own_signal(case, replace(worlds.story(), trust=false))
    assert claims.own_signal(case, replace(worlds.story(), trust=late))
    low, high = (claims.hearing(case, [flights(h, trust=false)], network(2_000.0)).iloc[0] for h in (500.0, 5_000.0))
    assert low["whose"] == "another's"
    assert low["log_factor"] > high["log_factor"]


def test_a_switch_is_needed_by_those_in_sight(tmp_path: Path):
    case = worlds.told(
        tmp_path, {"says": "lost_signal", "near": "Homs", "time": "02:30 UTC"}, {"says": "switched_off"},
        {"says": "switched_off", "denied": True},
    )  # fmt: skip
    support = [claims.switched_off(case, [flights(h)], network(2_000.0))["support"] for h in (5_000.0, 500.0)]
    high, low = (one.tolist() for one in support)
    np.testing.assert_allclose(high, [1.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(low, [0.0, 1.0], atol=1e-6)


def test_times_are_refused_that_say_nothing(tmp_path: Path):
    ensemble = flights(5_000.0)
    with pytest.raises(InputError, match="without a zone"):
        claims.hear(ensemble, network(2_000.0), pd.Timestamp("2024-12-08T02:30:00"))
    with pytest.raises(InputError, match="outside the window"):
        claims.hear(ensemble, network(2_000.0), pd.Timestamp("2024-12-08T04:30:00Z"))
    with pytest.raises(InputError, match="no claim says when"):
        claims.last_heard(worlds.told(tmp_path, {"says": "crashed", "near": "Homs"}))
