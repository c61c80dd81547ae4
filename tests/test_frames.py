"""A DataFrame as `traffic` has it is read and written back; what it leaves open is refused."""

import dialects
import numpy as np
import pandas as pd
import pytest
from dialects import FLIGHT

from trackkit import read, write
from trackkit.errors import TrackError


def table(**more) -> pd.DataFrame:
    columns = {
        "timestamp": [pd.Timestamp(fix.moment) for fix in FLIGHT],
        "latitude": [fix.latitude for fix in FLIGHT],
        "longitude": [fix.longitude for fix in FLIGHT],
        "altitude": [float(fix.altitude_ft) for fix in FLIGHT],
        "groundspeed": [float(fix.speed_kt) for fix in FLIGHT],
        "track": [float(fix.track_deg) for fix in FLIGHT],
        "vertical_rate": [float(fix.rate_ftmin) for fix in FLIGHT],
    }
    return pd.DataFrame(columns | more)


def test_frame_is_in_si():
    track = read.frame(table(icao24="4b1815", callsign="TST12"))
    fix = track.fixes.iloc[1]
    assert track.name == "4b1815"
    assert (fix.geometry.x, fix.geometry.y) == (FLIGHT[1].longitude, FLIGHT[1].latitude)
    assert fix["altitude_baro_m"] == pytest.approx(1676.4)
    assert fix["groundspeed_mps"] == pytest.approx(251 * 1852 / 3600)
    assert fix["vertical_rate_mps"] == pytest.approx(1024 * 0.00508)
    assert fix["callsign"] == "TST12"


def test_written_frame_is_as_given():
    given = table(icao24="4b1815", callsign="TST12")
    back = write.frame(read.frame(given))[given.columns]
    pd.testing.assert_frame_equal(back, given, check_dtype=False)


@pytest.mark.parametrize("name", dialects.DIALECTS)
def test_written_frame_reads_back_as_the_same_fixes(name, tmp_path):
    made = dialects.DIALECTS[name]
    (tmp_path / "a file").write_bytes(made.write(FLIGHT))
    track = read.track(tmp_path / "a file", **made.options)
    back = read.frame(write.frame(track), name=track.name)
    own = ["file", "row"]
    assert back.name == track.name
    pd.testing.assert_frame_equal(
        pd.DataFrame(back.fixes.drop(columns=own)), pd.DataFrame(track.fixes.drop(columns=own)), rtol=1e-12
    )


@pytest.mark.parametrize(
    "times",
    [
        pd.date_range("2024-12-08", periods=12, freq="30s"),
        ["2024-12-08T02:00:00"] * 12,
        list(range(1733623200, 1733623212)),
        [pd.Timestamp("2024-12-08")] * 12,
    ],
)
def test_timestamps_without_zone_are_refused(times):
    with pytest.raises(TrackError, match="without a time zone"):
        read.frame(table(timestamp=times))


@pytest.mark.parametrize("zone", ["Asia/Damascus", "UTC"])
def test_other_zones_are_converted(zone):
    times = pd.Series([pd.Timestamp(fix.moment) for fix in FLIGHT]).dt.tz_convert(zone)
    for given in (times, times.astype(object), times.map(lambda time: time.isoformat())):
        assert read.frame(table(timestamp=given)).fixes.index[3] == FLIGHT[3].moment


def test_rows_that_are_no_fixes_are_set_aside():
    given = table()
    given.loc[1, "latitude"] = np.nan
    given.loc[2, "timestamp"] = pd.NaT
    given.loc[3, "altitude"] = np.inf
    given.loc[4, ["latitude", "longitude"]] = 0.0
    reading = read.frame(given).reading
    assert (reading.rows_read, reading.rows_kept, reading.rows_set_aside) == (12, 8, 4)
    assert reading.set_aside["reason"].tolist() == [
        "no position", "no time", "an altitude that is no number", "position 0, 0, which means none",
    ]  # fmt: skip


def test_rows_in_any_order_are_sorted_and_keep_their_numbers():
    fixes = read.frame(table().iloc[::-1]).fixes
    assert fixes.index.is_monotonic_increasing
    assert fixes["row"].tolist() == list(range(12, 0, -1))


def test_several_aircraft_need_a_choice():
    given = table(icao24=["4b1815"] * 6 + ["aa0000"] * 6)
    with pytest.raises(TrackError, match="several aircraft"):
        read.frame(given)
    track = read.frame(given, aircraft="AA0000")
    assert track.name == "aa0000"
    assert track.reading.set_aside["reason"].tolist() == ["another aircraft"] * 6


def test_columns_not_used_are_named():
    assert read.frame(table(wind=1.0)).reading.notes == ("columns not used: wind",)


def test_position_age_comes_of_the_last_position():
    last = table()["timestamp"] - pd.Timedelta("7s")
    assert read.frame(table(last_position=last)).fixes["position_age_s"].tolist() == [7.0] * 12


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([1, 2], "not a DataFrame"),
        (table().drop(columns="latitude"), "a column is missing"),
        (pd.concat([table(), table()[["altitude"]]], axis=1), "two columns of one name"),
        (table(altitude_baro_m=1.0), "two columns that say the same"),
        (table().head(0), "no row is a fix"),
        (table(latitude=[95.0] * 12), "no row is a fix"),
    ],
)
def test_what_cannot_be_read_is_refused(given, says):
    with pytest.raises(TrackError, match=says):
        read.frame(given)
