"""One test for each trap of a format that a reader can fall into without noticing."""

import hashlib
import json
from pathlib import Path

import dialects
import minimal
import numpy as np
import pytest
from dialects import FLIGHT, HEX
from test_tracks import kept, reasons, refusal

from trackkit import read
from trackkit.errors import CaseError, HashError
from trackkit.units import FT_M, FTMIN_MPS

# -- tracks of a case -------------------------------------------------------------------------------------------


def with_track(folder: Path, data: bytes) -> Path:
    """A small case with one registered track."""
    minimal.write(folder)
    (folder / "tracks").mkdir()
    (folder / "tracks" / "one.json").write_bytes(data)
    with (folder / "registry.txt").open("a") as registry:
        registry.write(f"{hashlib.sha256(data).hexdigest()}  tracks/one.json\n")
    return folder


def test_tracks_of_a_case_are_read_and_hashed(tmp_path):
    case = read.case(with_track(tmp_path, dialects.readsb_trace(FLIGHT)))
    track = case.tracks["one"]
    assert len(track.fixes) == len(FLIGHT)
    assert track.reading.sha256 == {"tracks/one.json": case.registry["tracks/one.json"]}


def test_track_of_a_case_that_was_changed_or_not_registered_is_refused(tmp_path):
    folder = with_track(tmp_path, dialects.readsb_trace(FLIGHT))
    (folder / "tracks" / "one.json").write_bytes(b"{}")
    with pytest.raises(HashError, match="not the one that was registered"):
        read.case(folder)
    (folder / "tracks" / "two.json").write_bytes(b"{}")
    with pytest.raises(HashError, match="not in the registry"):
        read.case(folder)


def test_track_of_a_case_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(CaseError, match=r"tracks/one\.json"):
        read.case(with_track(tmp_path, b"hello"))


@pytest.mark.parametrize(
    ("write", "says", "adds"),
    [
        (dialects.sbs, 'zone="UTC"', 'zone = "Asia/Damascus"'),
        (dialects.gpx, "what they are above", 'datum = "sea level"'),
        (lambda flight: dialects.igc(flight).replace(b"HFDTE", b"HFXXX"), "date=", 'date = "2024-12-08"'),
    ],
)
def test_case_adds_to_a_track_what_its_file_leaves_open(write, says, adds, tmp_path):
    folder = with_track(tmp_path, write(FLIGHT))
    with pytest.raises(CaseError, match=says):
        read.case(folder)
    assert len(read.case(told(folder, f'file = "one.json"\n{adds}')).tracks["one"].fixes) == len(FLIGHT)


@pytest.mark.parametrize(
    ("adds", "says"),
    [
        ('file = "two.json"', "not a track file"),
        ('file = "one.json"\nzone = "Damascus"', "unknown time zone"),
        ('file = "one.json"\ndatum = "QNH"', "unknown datum"),
        ('file = "one.json"\ndate = "8.12.2024"', "not a day"),
        ('file = "one.json"\nzones = "UTC"', "unknown key"),
    ],
)
def test_case_adds_nothing_that_cannot_be(adds, says, tmp_path):
    with pytest.raises(CaseError, match=says):
        read.case(told(with_track(tmp_path, dialects.sbs(FLIGHT)), adds))


def told(folder: Path, adds: str) -> Path:
    """The case with a [[track]] of these lines, registered anew."""
    data = (folder / "case.toml").read_bytes()
    more = data + f"\n[[track]]\n{adds}\n".encode()
    (folder / "case.toml").write_bytes(more)
    registry = (folder / "registry.txt").read_text()
    old, new = (hashlib.sha256(text).hexdigest() for text in (data, more))
    (folder / "registry.txt").write_text(registry.replace(old, new))
    return folder


# -- readsb, one moment -----------------------------------------------------------------------------------------


def test_now_may_be_in_milliseconds_and_positions_are_older(tmp_path):
    top = json.loads(dialects.aircraft_json(FLIGHT))
    api = {"now": top["now"] * 1000, "ac": top["aircraft"]}
    for data in (top, api):
        fixes = kept(tmp_path, json.dumps(data).encode(), aircraft=HEX).fixes
        assert fixes.index[0] == FLIGHT[0].moment
        assert fixes["position_age_s"].tolist() == [2.5]


def test_rough_place_of_the_receiver_is_no_position(tmp_path):
    assert "1 × no time" in refusal(tmp_path, dialects.aircraft_json(FLIGHT), aircraft="aa0000")


# -- Flightradar24 ----------------------------------------------------------------------------------------------


def test_granular_takes_the_receivers_time_with_z_before_the_fraction(tmp_path):
    data = dialects.fr24_granular(FLIGHT).replace(b"02:00:30Z.000", b"02:00:30Z.515")
    assert kept(tmp_path, data).fixes.index[1].microsecond == 515_000


def test_granular_receiver_clock_at_1970_is_not_told(tmp_path):
    data = dialects.fr24_granular(FLIGHT).replace(b"2024-12-08 02:00:30Z.000", b"1970-01-01 00:00:00Z.000")
    fixes = kept(tmp_path, data).fixes
    assert len(fixes) == len(FLIGHT)
    assert fixes.index[1].microsecond == 900_000


def test_granular_zeros_are_not_told_and_codes_keep_theirs(tmp_path):
    data = dialects.fr24_granular(FLIGHT).replace(b",416,251,11,", b",0,0,0,")
    fixes = kept(tmp_path, data).fixes
    assert np.isnan(fixes[["groundspeed_mps", "track_deg"]].iloc[1]).all()
    assert fixes["squawk"].tolist()[:2] == ["0416", ""]


def test_granular_marks_lines_without_position(tmp_path):
    data = dialects.fr24_granular(FLIGHT).replace(b"36.51000,P,", b"36.51000,N,")
    assert reasons(kept(tmp_path, data)) == {"marked as without position": 1}


def test_granular_older_has_zeros_for_no_position_and_cr_alone(tmp_path):
    data = dialects.fr24_granular_old(FLIGHT).replace(b"33.55000,36.51000", b"0,0")
    assert b"\n" not in data
    assert reasons(kept(tmp_path, data)) == {"position 0, 0, which means none": 1}


def test_playback_extra_of_another_time_is_not_taken(tmp_path):
    data = json.loads(dialects.fr24_playback(FLIGHT))
    track = data["result"]["response"]["data"]["flight"]["track"]
    track[1]["ems"]["ts"] -= 14
    fixes = kept(tmp_path, json.dumps(data).encode()).fixes
    assert fixes["altitude_geom_m"].notna().tolist()[:4] == [False, False, False, True]


def test_api_keeps_estimated_positions_apart(tmp_path):
    assert kept(tmp_path, dialects.fr24_api(FLIGHT)).fixes["source"].tolist()[2:5] == ["adsb", "estimated", "adsb"]


def test_kml_route_and_trail_are_one_flight(tmp_path):
    whole, route = (kept(tmp_path, dialects.fr24_kml(FLIGHT, trail)) for trail in (True, False))
    assert whole.reading.rows_read == route.reading.rows_read == len(FLIGHT)


# -- OpenSky ----------------------------------------------------------------------------------------------------


def test_state_time_is_that_of_the_position(tmp_path):
    fixes = kept(tmp_path, dialects.opensky_states(FLIGHT), aircraft=HEX).fixes
    assert fixes.index[0] == FLIGHT[0].moment
    assert fixes["position_age_s"].tolist() == [7.0]
    assert "no time" in refusal(tmp_path, dialects.opensky_states(FLIGHT), aircraft="aa0000")


def test_states_may_be_null(tmp_path):
    assert "no row is a fix" in refusal(tmp_path, b'{"time": 1733623200, "states": null}')


def test_history_rows_without_a_new_position_are_set_aside(tmp_path):
    track = kept(tmp_path, dialects.opensky_csv(FLIGHT))
    assert reasons(track) == {"time and position of a row before it": len(FLIGHT)}


# -- FlightAware ------------------------------------------------------------------------------------------------


def test_aeroapi_projected_are_estimated_and_virtual_no_fixes(tmp_path):
    data = dialects.aeroapi(FLIGHT).replace(b'"update_type": "Z"', b'"update_type": "V"', 1)
    track = kept(tmp_path, data)
    assert reasons(track) == {"a virtual event, which is no observation": 1}
    assert track.fixes["source"].tolist()[:2] == ["estimated", "adsb"]


def test_flightaware_ends_have_no_time(tmp_path):
    assert reasons(kept(tmp_path, dialects.flightaware_kml(FLIGHT))) == {"no time": 1}


# -- SBS-1 ------------------------------------------------------------------------------------------------------


def test_sbs_needs_a_zone_and_takes_it(tmp_path):
    assert 'zone="UTC"' in refusal(tmp_path, dialects.sbs(FLIGHT))
    local = kept(tmp_path, dialects.sbs(FLIGHT), zone="Asia/Damascus")
    assert (local.fixes.index[0] - FLIGHT[0].moment).total_seconds() == -3 * 3600
    assert "unknown time zone" in refusal(tmp_path, dialects.sbs(FLIGHT), zone="Damascus/Asia")


def test_sbs_h_means_geometric(tmp_path):
    fixes = kept(tmp_path, dialects.sbs(FLIGHT, "H"), zone="UTC").fixes
    assert fixes["altitude_baro_m"].isna().all()
    assert fixes["altitude_geom_m"].iloc[0] == 5000 * FT_M
    assert set(fixes["rate_kind"]) == {"geometric"}


def test_sbs_state_grows_old(tmp_path):
    data = dialects.sbs(FLIGHT).replace(b"02:00:29.000", b"02:00:15.000")
    fixes = kept(tmp_path, data, zone="UTC").fixes
    assert fixes["groundspeed_mps"].isna().tolist()[:3] == [False, True, False]
    assert fixes["vertical_rate_mps"].iloc[0] == pytest.approx(1024 * FTMIN_MPS)


# -- GPX, KML, GeoJSON ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [dialects.gpx, dialects.kmz, dialects.tar1090_kml])
def test_heights_of_an_open_datum_have_to_be_named(write, tmp_path):
    assert "what they are above" in refusal(tmp_path, write(FLIGHT))
    assert "unknown datum" in refusal(tmp_path, write(FLIGHT), datum="QNH")
    fixes = kept(tmp_path, write(FLIGHT), datum="unknown").fixes
    assert fixes[["altitude_baro_m", "altitude_geom_m", "altitude_msl_m"]].isna().all(axis=None)
    assert kept(tmp_path, write(FLIGHT), datum="ellipsoid").fixes["altitude_geom_m"].notna().all()


def test_gpx_segment_is_a_gap_and_a_zoneless_time_is_refused(tmp_path):
    gaps = kept(tmp_path, dialects.gpx(FLIGHT), datum="sea level").fixes["gap_before"]
    assert np.flatnonzero(gaps).tolist() == [5]
    local = dialects.gpx(FLIGHT).replace(b"Z</time>", b"</time>")
    assert "without zone" in refusal(tmp_path, local, datum="sea level")
    assert len(kept(tmp_path, local, datum="sea level", zone="UTC").fixes) == len(FLIGHT)


def test_kml_repeated_ends_of_sections_count_once(tmp_path):
    track = kept(tmp_path, dialects.tar1090_kml(FLIGHT), datum="pressure")
    assert reasons(track) == {"time and position of a row before it": 3}


def test_kml_without_mode_has_no_height_and_is_on_ground_for_tar1090(tmp_path):
    data = dialects.tar1090_kml(FLIGHT).replace(b"<altitudeMode>absolute</altitudeMode>", b"")
    fixes = kept(tmp_path, data).fixes
    assert fixes["on_ground"].all()
    assert fixes["altitude_msl_m"].isna().all()


def test_kml_of_fewer_times_than_places_is_refused(tmp_path):
    data = dialects.kmz(FLIGHT)
    plain = dialects.tar1090_kml(FLIGHT).replace(b"<when>2024-12-08T02:00:00Z</when>", b"", 1)
    assert len(kept(tmp_path, data, datum="sea level").fixes) == len(FLIGHT)
    assert "which time belongs to which place" in refusal(tmp_path, plain, datum="sea level")


def test_kml_time_of_a_camera_is_no_time(tmp_path):
    camera = b"<LookAt><TimeStamp><when>2024-12-08T02:00:00Z</when></TimeStamp></LookAt>"
    data = b"<kml><Placemark>" + camera + b"<Point><coordinates>36,33</coordinates></Point></Placemark></kml>"
    assert "no time" in refusal(tmp_path, data)


def test_trips_in_milliseconds_and_lines_as_gaps(tmp_path):
    fixes = kept(tmp_path, dialects.geojson(FLIGHT, milliseconds=True)).fixes
    assert fixes.index[0] == FLIGHT[0].moment
    assert np.flatnonzero(fixes["gap_before"]).tolist() == [5]


# -- IGC, ASTERIX -----------------------------------------------------------------------------------------------


def test_igc_passes_midnight_and_stays_on_its_day(tmp_path):
    data = dialects.igc(FLIGHT[:2]).replace(b"B020000", b"B235950").replace(b"B020030", b"B000010")
    assert kept(tmp_path, data).fixes.index.strftime("%d %H:%M:%S").tolist() == ["08 23:59:50", "09 00:00:10"]


def test_igc_bad_lines_do_not_stop_it_and_v_has_no_gnss_height(tmp_path):
    data = dialects.igc(FLIGHT).replace(b"B020030", b"B02x030").replace(b"EA01829", b"EV01829")
    track = kept(tmp_path, data + b"\r\nzzz\r\n")
    assert reasons(track) == {"a line that is no record": 2}
    assert track.fixes["altitude_geom_m"].isna().sum() == 1


def test_igc_needs_its_date_and_says_when_heights_are_above_the_geoid(tmp_path):
    assert "no date" in refusal(tmp_path, dialects.igc(FLIGHT, "HFXXX"))
    geoid = dialects.igc(FLIGHT, "HFDTE081224\r\nHFALGALTGPS:GEO")
    assert kept(tmp_path, geoid).fixes["altitude_msl_m"].notna().all()


def test_asterix_needs_its_day_and_keeps_tests_apart(tmp_path):
    data = dialects.asterix(FLIGHT)
    assert 'date="2024-12-08"' in refusal(tmp_path, data)
    assert "not a day" in refusal(tmp_path, data, date="yesterday")
    assert "does not fit" in refusal(tmp_path, data[:-1], date="2024-12-08")


def test_asterix_without_its_decoder_names_the_extra(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "asterix", None)
    assert "trackkit[asterix]" in refusal(tmp_path, dialects.asterix(FLIGHT), date="2024-12-08")
