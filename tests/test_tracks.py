"""Every dialect reads back the flight it was written from; every trap has its test; every row is accounted for."""

import gzip
import json
import re
from pathlib import Path

import dialects
import numpy as np
import pandas as pd
import pytest
from dialects import FLIGHT

from trackkit import columns, read
from trackkit.errors import TrackError
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
TRUTH = {
    "altitude_baro_m": [fix.altitude_ft * FT_M for fix in FLIGHT],
    "altitude_geom_m": [fix.altitude_ft * FT_M for fix in FLIGHT],
    "altitude_msl_m": [fix.altitude_ft * FT_M for fix in FLIGHT],
    "groundspeed_mps": [fix.speed_kt * KT_MPS for fix in FLIGHT],
    "track_deg": [fix.track_deg for fix in FLIGHT],
    "vertical_rate_mps": [fix.rate_ftmin * FTMIN_MPS for fix in FLIGHT],
}


def kept(folder: Path, data: bytes, **options: str):
    """The track of these bytes, under a name that says nothing."""
    path = folder / "a file"
    path.write_bytes(data)
    track = read.track(path, **options)
    assert track.reading.rows_read == track.reading.rows_kept + track.reading.rows_set_aside
    assert track.reading.rows_kept == len(track.fixes)
    return track


def reasons(track) -> dict[str, int]:
    return track.reading.set_aside["reason"].value_counts().to_dict()


def refusal(folder: Path, data: bytes, **options: str) -> str:
    with pytest.raises(TrackError) as caught:
        kept(folder, data, **options)
    return str(caught.value)


# -- all dialects ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", dialects.DIALECTS)
def test_dialect_reads_the_flight_it_was_written_from(name, tmp_path):
    made = dialects.DIALECTS[name]
    track = kept(tmp_path, made.write(FLIGHT), **made.options)
    fixes, flight = track.fixes, FLIGHT[: made.rows]
    assert track.reading.dialect == name.split(", ")[0]
    assert track.name.upper() in (dialects.HEX.upper(), dialects.CALLSIGN)
    assert list(fixes.columns) == [*(column.name for column in columns.FIXES), "geometry"]
    assert str(fixes.index.dtype) == "datetime64[us, UTC]"
    assert fixes.crs == "EPSG:4326"
    np.testing.assert_allclose(fixes.geometry.y, [fix.latitude for fix in flight], atol=made.degrees)
    np.testing.assert_allclose(fixes.geometry.x, [fix.longitude for fix in flight], atol=made.degrees)
    told_s = fixes.index.tz_localize(None).to_numpy().astype("int64") / 1e6
    np.testing.assert_allclose(told_s, [fix.time_s for fix in flight], atol=made.seconds)
    assert not fixes["on_ground"].any()
    for column, truth in TRUTH.items():
        if column in made.has:
            told = fixes[column].notna()
            np.testing.assert_allclose(fixes[column][told], np.array(truth[: made.rows])[told], atol=made.metres)
            assert told.all() or column == "altitude_geom_m", column
        elif name != "Flightradar24 playback JSON":  # which has some geometric altitudes
            assert fixes[column].isna().all(), column


@pytest.mark.parametrize("name", dialects.DIALECTS)
def test_gzip_changes_nothing(name, tmp_path):
    made = dialects.DIALECTS[name]
    plain = kept(tmp_path, made.write(FLIGHT), **made.options)
    if name != "KML, KMZ":
        packed = kept(tmp_path, gzip.compress(made.write(FLIGHT)), **made.options)
        pd.testing.assert_frame_equal(pd.DataFrame(plain.fixes), pd.DataFrame(packed.fixes))
        assert plain.reading.sha256 != packed.reading.sha256


def test_unknown_file_is_refused_with_what_is_known(tmp_path):
    assert "readsb trace" in refusal(tmp_path, b"hello, world")
    assert "empty file" in refusal(tmp_path, b"")


# -- readsb ---------------------------------------------------------------------------------------------------


def trace(rows: list, **top) -> bytes:
    return json.dumps({"icao": "4b1815", "timestamp": 1733623200.0, "trace": rows} | top).encode()


@pytest.mark.parametrize("members", [8, 9, 14, 15])
def test_trace_rows_of_every_length(members, tmp_path):
    track = kept(tmp_path, dialects.readsb_trace(FLIGHT, members))
    np.testing.assert_allclose(track.fixes["altitude_baro_m"], TRUTH["altitude_baro_m"])
    assert (track.fixes["nic"].notna().sum() == 3) == (members > 8)
    assert track.fixes["source"].tolist()[0] == ("adsb" if members > 8 else "")


def test_trace_ground_is_a_state_and_its_track_a_heading(tmp_path):
    fix = kept(tmp_path, trace([[0, 33.5, 36.5, "ground", 12.0, 48.0, 0, None]])).fixes.iloc[0]
    assert fix["on_ground"]
    assert np.isnan(fix["altitude_baro_m"])
    assert np.isnan(fix["track_deg"])
    assert fix["heading_deg"] == 48.0


def test_trace_flags_move_altitude_and_rate(tmp_path):
    fixes = kept(
        tmp_path, trace([[0, 33.5, 36.5, 1000, 300, 48, 12, 640], [9, 33.6, 36.5, 1000, 300, 48, 0, 640]])
    ).fixes
    assert fixes["altitude_baro_m"].isna().tolist() == [True, False]
    assert fixes["altitude_geom_m"].iloc[0] == 1000 * FT_M
    assert fixes["rate_kind"].tolist() == ["geometric", "baro"]


def test_trace_stale_and_new_leg_are_gaps(tmp_path):
    rows = [[10 * n, 33.5 + n / 10, 36.5, 1000, 300, 48, flag, 0] for n, flag in enumerate([0, 1, 2, 4])]
    assert kept(tmp_path, trace(rows)).fixes["gap_before"].tolist() == [False, True, True, False]


def test_trace_detail_is_not_carried_forward_and_keeps_zeros(tmp_path):
    fixes = kept(tmp_path, dialects.readsb_trace(FLIGHT)).fixes
    assert fixes["squawk"].tolist()[:2] == ["0416", ""]
    assert fixes["callsign"].tolist()[0] == "TST12"
    assert fixes["adsb_version"].tolist()[0] == 2


def test_trace_time_that_goes_back_is_set_aside(tmp_path):
    track = kept(tmp_path, trace([[t, 33.5 + t / 1000, 36.5, 1000, 300, 48, 0, 0] for t in (0, 20, 10, 30)]))
    assert reasons(track) == {"a time before that of an earlier row": 1}
    assert track.reading.set_aside["row"].tolist() == [3]
    assert track.reading.set_aside["given"].tolist()[0].startswith("[10, 33.51")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([1e9, 33.5, 36.5, 1000, 300, 48, 0, 0], "an offset beyond two days"),
        ([5, 91.0, 36.5, 1000, 300, 48, 0, 0], "a position out of range"),
        ([5, None, None, None, None, None, None, None], "no position"),
        ([5, 0, 0, 1000, 300, 48, 0, 0], "position 0, 0, which means none"),
        ([5, 33.5, 36.5, "low", 300, 48, 0, 0], "an altitude that is no number"),
        ([5, 33.5], "a row that is too short"),
        ("row", "a row that is too short"),
        ([5, 33.5, 36.5, 1000, -3, 48, 0, 0], "groundspeed_mps out of range"),
        ([0, 33.4, 36.4, 2000, 300, 48, 0, 0], "time and position of a row before it"),
    ],
)
def test_trace_damaged_row_is_set_aside_alone(row, reason, tmp_path):
    track = kept(tmp_path, trace([[0, 33.4, 36.4, 1000, 300, 48, 0, 0], row, [9, 33.6, 36.6, 900, 300, 48, 0, 0]]))
    assert reasons(track) == {reason: 1}
    assert track.fixes["row"].tolist() == [1, 3]


def test_trace_address_that_is_not_icao_keeps_its_mark(tmp_path):
    assert kept(tmp_path, dialects.readsb_trace(FLIGHT, icao="~2c1234")).name == "~2c1234"


def test_trace_says_that_an_address_is_private(tmp_path):
    assert any("PIA" in note for note in kept(tmp_path, dialects.readsb_trace(FLIGHT, dbFlags=4)).reading.notes)


# -- Flightradar24 CSV ------------------------------------------------------------------------------------------


def test_fr24_zero_altitude_is_ground(tmp_path):
    data = dialects.fr24_csv(FLIGHT).replace(b'36.500000",5000', b'36.500000",0')
    fix = kept(tmp_path, data).fixes.iloc[0]
    assert fix["on_ground"]
    assert np.isnan(fix["altitude_baro_m"])


def test_fr24_oldest_files_have_no_utc(tmp_path):
    lines = dialects.fr24_csv(FLIGHT).decode().splitlines()
    six = [",".join(cell for number, cell in enumerate(line.split(",")) if number != 1) for line in lines]
    assert len(kept(tmp_path, "\n".join(six).encode()).fixes) == len(FLIGHT)


SAVED = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "BOM": lambda text: "\ufeff" + text,
    "semicolons": lambda text: re.sub(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', ";", text),
    "UTF-16": lambda text: text,
}


@pytest.mark.parametrize("change", SAVED)
def test_fr24_as_other_programs_save_it(change, tmp_path):
    text = SAVED[change](dialects.fr24_csv(FLIGHT).decode())
    track = kept(tmp_path, text.encode("utf-16" if change == "UTF-16" else "utf-8"))
    assert track.fixes["row"].tolist() == list(range(2, 14))


def test_fr24_damaged_rows_are_set_aside(tmp_path):
    lines = dialects.fr24_csv(FLIGHT).decode().splitlines()
    lines[2] = lines[2].replace("T02:00:30Z", "T03:00:30Z")
    lines[3] = lines[3].replace("36.520000", "36,520000")
    lines[4] = lines[4].replace('"', "")
    lines[5] = ""
    track = kept(tmp_path, "\n".join(lines).encode())
    assert reasons(track) == {
        "two times that differ": 1,
        "a position that is not latitude,longitude": 1,
        "a line of another length than the header": 1,
        "an empty line": 1,
    }
    assert track.reading.set_aside["row"].tolist() == [3, 4, 5, 6]


# -- several files ----------------------------------------------------------------------------------------------


def test_join_over_midnight_counts_every_row(tmp_path):
    parts = []
    for folder, part in (("1", FLIGHT[:8]), ("2", FLIGHT[6:])):
        (tmp_path / folder).mkdir()
        parts.append(kept(tmp_path / folder, dialects.readsb_trace(part)))
    whole = read.join(parts)
    assert whole.reading.rows_read == 14 == whole.reading.rows_kept + whole.reading.rows_set_aside
    assert reasons(whole) == {"a fix that another file has": 2}
    assert len(whole.fixes) == len(FLIGHT)
    assert whole.fixes.index.is_monotonic_increasing
    assert len(whole.reading.sha256) == 2
    assert set(whole.fixes["file"]) == set(whole.reading.sha256)


def test_join_of_different_names_needs_one(tmp_path):
    parts = [kept(tmp_path, dialects.readsb_trace(FLIGHT)), kept(tmp_path, dialects.fr24_csv(FLIGHT))]
    with pytest.raises(TrackError, match="different names"):
        read.join(parts)
    assert read.join(parts, name="TST12").name == "TST12"


# -- real files -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not here")
@pytest.mark.parametrize("path", sorted(SHARED.glob("*/*")), ids=lambda path: path.name)
def test_real_file_is_read_whole(path):
    reading = (track := read.track(path)).reading
    assert reading.rows_read == reading.rows_kept + reading.rows_set_aside
    assert len(track.fixes) == reading.rows_kept > 0
