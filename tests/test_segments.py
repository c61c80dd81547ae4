"""Where a track can be trusted: what each test is for it finds, and a clean track leaves all of them silent."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tracks
from hypothesis import given
from hypothesis import strategies as st

from trackkit import check, columns, earth, read
from trackkit.check.segments import TESTS
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

NARROW = read.aircraft("NARROW")
SHARED = Path(__file__).parents[1].parent / "shared" / "data"


def found(df, aircraft=NARROW):
    segments = check.segments(tracks.track(df), aircraft)
    return segments, {name for row in segments["tests"] for name in row}


def at(segments, second):
    """The state at a second of the flight."""
    time = pd.Timestamp("2024-12-01 10:00", tz="UTC") + pd.Timedelta(seconds=second)
    return segments[(segments["start"] <= time) & (segments["end"] >= time)]["state"].iloc[0]


@pytest.mark.parametrize("step_s", [1.0, 5.0, 10.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_clean_track_is_clean(step_s, seed):
    segments, fired = found(tracks.frame(step_s=step_s, seed=seed))
    assert segments["state"].tolist() == ["clean"]
    assert not fired
    assert list(segments.columns) == [column.name for column in columns.SEGMENTS]


@pytest.mark.parametrize(("rows", "state"), [(30, "not testable"), (8, "clean")])
def test_rows_filled_in_on_a_line_are_no_observations(rows, state):
    df = tracks.frame(step_s=10.0, turns=False)
    where = slice(60, 60 + rows)
    for name in ("latitude", "longitude"):
        df.loc[where, name] = np.linspace(df.loc[60, name], df.loc[60 + rows, name], rows + 1)
    df.loc[where, "track"] = np.linspace(0.0, 300.0, rows + 1) if rows > 10 else df.loc[where, "track"]
    segments, fired = found(df)
    assert at(segments, 600 + 5 * rows) == state
    assert fired == ({"interpolated"} if rows > 10 else set())


@pytest.mark.parametrize(("rate", "fires"), [(9.0, False), (0.0, True)])
def test_height_shown_late_is_no_step_where_the_rate_comes_to_it(rate, fires):
    df = tracks.frame(step_s=10.0, turns=False)
    height = 8000.0 + rate * 10.0 * np.arange(len(df))
    height[50:54] = height[49]
    height[54:] += 360.0 * (rate == 0.0)
    df["altitude"], df["vertical_rate"] = height / FT_M, rate / FTMIN_MPS
    df = df.drop(columns="geoaltitude")
    assert ("height step" in found(df)[1]) is fires


@given(st.integers(0, 400), st.floats(3e3, 5e5), st.floats(0.0, 360.0))
def test_a_teleport_is_found_and_what_lies_around_it_stays_clean(start, metres, bearing):
    rows = slice(300 + start, 360 + start)
    segments, fired = found(tracks.shifted(tracks.frame(minutes=20.0), rows, bearing, metres))
    assert "teleport" in fired
    assert at(segments, 310 + start) == "inconsistent"
    assert at(segments, 100) == at(segments, 1100) == "clean"


@pytest.mark.parametrize("bearing", [0.0, 90.0, 135.0, 200.0, 315.0])
def test_a_jump_is_no_turn(bearing):
    segments, fired = found(tracks.shifted(tracks.frame(turns=False), slice(500, 600), bearing, 3e4))
    assert fired == {"implied speed", "teleport"}
    assert segments["state"].tolist() == ["clean", "inconsistent", "clean"]


def test_a_teleport_is_found_from_its_second_sample_on():
    spoiled = tracks.shifted(tracks.frame(minutes=10.0).iloc[:402], slice(400, 402), 90.0, 5e3)
    assert "teleport" in found(spoiled)[1]


def test_one_lone_position_is_an_outlier_and_no_more():
    segments, fired = found(tracks.shifted(tracks.frame(), slice(500, 501), 90.0, 5e4))
    assert fired == {"outlier"}
    assert set(segments["state"]) == {"clean", "degraded"}


def test_a_frozen_position():
    df = tracks.frame()
    df.loc[600:700, ["latitude", "longitude"]] = df.loc[600, ["latitude", "longitude"]].to_numpy(float)
    segments, fired = found(df)
    assert {"frozen position", "no new position"} <= fired
    assert at(segments, 650) == "inconsistent"


def test_rows_sent_again_whole_are_no_more_than_degraded():
    df = tracks.frame()
    names = [name for name in df.columns if name != "timestamp"]
    for name in names:
        df.loc[600:650, name] = df.loc[600, name]
    segments, fired = found(df)
    assert fired == {"no new position"}
    assert at(segments, 640) == "degraded"


def test_circling_under_a_straight_track():
    df = tracks.frame(turns=False)
    angle = np.radians(np.arange(200) * 2.0)
    east, north = 6000.0 * np.sin(angle), 6000.0 * (1.0 - np.cos(angle))
    start = df.loc[600, ["latitude", "longitude"]].to_numpy(float)
    df.loc[600:799, "latitude"] = start[0] + north / 111_000.0
    df.loc[600:799, "longitude"] = start[1] + east / 111_000.0 / np.cos(np.radians(start[0]))
    segments, fired = found(df)
    assert {"circling", "reported track"} & fired
    assert at(segments, 700) in ("suspect", "inconsistent")


@pytest.mark.parametrize(("speed", "caught"), [(0.5, False), (20.0, True)])
def test_drift_against_the_reported_velocity(speed, caught):
    df = tracks.frame()
    t = np.clip(np.arange(len(df)) - 600.0, 0.0, None)
    fired = found(tracks.shifted(df, slice(None), 45.0, speed * t))[1]
    assert bool(fired & {"reported speed", "reported track"}) is caught


def test_height_step_and_geometric_height():
    df = tracks.frame()
    df.loc[700:900, "altitude"] += 3000.0
    segments, fired = found(df)
    assert {"height step", "baro against geometric"} <= fired
    assert at(segments, 800) == "suspect"


def test_a_real_dive_is_no_error_by_its_rate():
    df = tracks.frame()
    t = np.arange(len(df)) - 900.0
    rate = -np.clip(0.15 * 30.0 * np.clip(t, 0.0, 20.0), 0.0, 60.0) * (t < 120.0)
    df["altitude"] += np.cumsum(rate) / 0.3048
    df["geoaltitude"] += np.cumsum(rate) / 0.3048
    df["vertical_rate"] += rate / 0.3048 * 60.0
    assert df["vertical_rate"].min() < -10_000.0
    assert found(df)[1] <= {"height step"} - {"height step"}


def test_below_stall_and_acceleration():
    df = tracks.frame()
    df.loc[1000:1100, "groundspeed"] = 34.0
    fired = found(df)[1]
    assert {"below stall", "acceleration"} <= fired


@pytest.mark.parametrize(
    ("column", "value", "test", "state"),
    [
        ("nic", 0.0, "quality codes", "degraded"),
        ("nac_p", 5.0, "quality codes", "degraded"),
        ("position_age_s", 40.0, "position age", "degraded"),
        ("source", "mlat", "mlat", "degraded"),
        ("source", "estimated", "estimated", "not testable"),
    ],
)
def test_how_a_fix_was_had(column, value, test, state):
    df = tracks.frame()
    df[column] = "adsb" if column == "source" else df.get(column, 0.0)
    df.loc[600:700, column] = value
    segments, fired = found(df)
    assert fired == {test}
    assert at(segments, 650) == state


def test_absent_codes_are_not_good_ones():
    segments, _ = found(tracks.frame().drop(columns=["nic", "nac_p", "sil", "geoaltitude"]))
    assert segments["state"].tolist() == ["clean"]
    assert "Not tested, as not told: geometric height, quality codes." in segments["reason"].iloc[0]


def test_a_hole_ends_a_stretch():
    df = tracks.frame()
    segments, _ = found(df.drop(index=range(700, 900)))
    assert len(segments) == 2
    assert (segments["start"].iloc[1] - segments["end"].iloc[0]).total_seconds() == 201.0


def test_at_a_known_attractor():
    df = tracks.frame()
    df.loc[600:700, ["latitude", "longitude"]] = (33.8209, 35.4884)
    segments, fired = found(df)
    assert {"known attractor", "frozen position"} <= fired
    assert at(segments, 650) == "inconsistent"
    assert (read.attractors()["source"] != "").all()


def test_every_fix_is_in_one_stretch_and_every_test_has_a_state():
    segments, _ = found(tracks.shifted(tracks.frame(), slice(500, 700), 10.0, 3e4))
    assert segments["fixes"].sum() == len(tracks.frame())
    assert set(TESTS.values()) <= set(check.STATES)
    assert not segments["reason"].str.contains("nan").any()


def test_a_lone_fix_and_two():
    for count in (1, 2):
        segments, _ = found(tracks.frame().iloc[:count])
        assert segments["state"].tolist() == ["not testable"]


def test_jt610_keeps_its_descent():
    path = SHARED / "jt610" / "JT610_Granular_ADSB_Data.csv"
    if not path.exists():
        pytest.skip("the file is not here")
    track = read.track(path)
    fired = check.fired(track, NARROW)
    assert fired["re-sent position"].any() or fired["teleport"].any()
    steep = track.fixes["vertical_rate_mps"].abs().to_numpy() > 10_000 * 0.00508
    assert steep.any()
    assert not fired.loc[steep, ["reported rate", "height step", "height outlier", "outlier"]].any(axis=None)


# -- attacks by the dozen (real flights: benchmarks/attacks.py) -----------------------------------------------

#: spacing of the rows
SECONDS = 1.0


def jump(df, first, last, rng):
    return tracks.shifted(df, slice(first, last), rng.uniform(0.0, 360.0), np.exp(rng.uniform(*np.log([5e3, 5e5]))))


def still(df, first, last, rng):
    df = df.copy()
    df.loc[first : last - 1, ["latitude", "longitude"]] = df.loc[first, ["latitude", "longitude"]].to_numpy(float)
    return df


def round_and_round(df, first, last, rng):
    df, rows = df.copy(), np.arange(first, last)
    radius, start = rng.uniform(1e3, 4e3), df.loc[first, ["latitude", "longitude"]].to_numpy(float)
    speed = df.loc[first, "groundspeed"] * KT_MPS
    bearing = rng.uniform(0.0, 360.0) + np.degrees(speed * (rows - first) * SECONDS / radius)
    df.loc[rows, "latitude"], df.loc[rows, "longitude"] = earth.forward(*start, bearing, radius)
    return df


def higher(df, first, last, rng):
    df = df.copy()
    df.loc[first : last - 1, "altitude"] += rng.choice([-1.0, 1.0]) * rng.uniform(300.0, 3000.0) / FT_M
    return df


#: attack -> seconds that are watched, and the share that is found at least
SHARES = {jump: (2.0, 0.99), round_and_round: (60.0, 0.95), still: (60.0, 0.95), higher: (60.0, 0.95)}


@pytest.mark.slow
@pytest.mark.parametrize("attack", SHARES, ids=lambda attack: attack.__name__)
def test_attacks_by_the_dozen(attack):
    rng, (watched_s, least), found_so_far = np.random.default_rng(41), SHARES[attack], 0
    for seed in range(60):
        df = tracks.frame(minutes=6.0, seed=seed, speed_mps=rng.uniform(120.0, 250.0), height_m=rng.uniform(4e3, 11e3))
        first = int(rng.integers(60, 290))
        last = first + int(watched_s / SECONDS)
        spoiled = attack(df, first, last, rng).iloc[:last]
        states = found(spoiled)[0]
        start = spoiled["timestamp"].iloc[first]
        found_so_far += states.loc[states["end"] >= start, "state"].isin(["suspect", "inconsistent"]).any()
        assert not states.loc[states["end"] < start - pd.Timedelta(minutes=1), "state"].isin(["inconsistent"]).any()
    assert found_so_far >= least * 60


@pytest.mark.slow
def test_ten_hours_of_clean_flights_set_off_nothing():
    rng = np.random.default_rng(43)
    for seed in range(30):
        speed, height, step = rng.uniform(120.0, 250.0), rng.uniform(4e3, 11e3), rng.choice([1.0, 4.0, 10.0])
        df = tracks.frame(minutes=20.0, step_s=step, seed=seed, speed_mps=speed, height_m=height)
        assert found(df)[0]["state"].tolist() == ["clean"]
