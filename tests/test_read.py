"""A case folder is read whole, or refused in one sentence that says where and why."""

import math
from pathlib import Path

import minimal
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackkit import columns, earth, read
from trackkit.errors import CaseError, HashError, InputError
from trackkit.read import phrases
from trackkit.read.kinds import KINDS

WINDOW = (pd.Timestamp("2024-12-08T01:50Z"), pd.Timestamp("2024-12-08T02:55Z"))
ZONES = {"UTC": "UTC", "local": "Asia/Damascus", "Moscow": "Europe/Moscow", "Swedish": "Europe/Stockholm"}
CLOCK = phrases.Clock(ZONES, WINDOW)
SYRIAN = Path(__file__).parent.parent / "data" / "syrian-air-9218"

HEIGHT = {"id": "height", "says": "flew_at", "altitude": "495 m", "datum": "pressure"}
LOST = {"id": "lost", "says": "lost_signal", "position": "13 km west of Homs", "time": "02:39 UTC"}


def read_claim(folder, **keys):
    """The row of a single claim."""
    case = read.case(minimal.write(folder, {"id": "one", **keys}))
    return case.claims.loc["one"]


def refusal(folder, *claims, **files):
    """The sentence with which a folder is refused."""
    with pytest.raises(CaseError) as caught:
        read.case(minimal.write(folder, *claims, **files))
    return str(caught.value)


# -- a whole case -----------------------------------------------------------------------------------------


def test_a_case_is_read_whole(tmp_path):
    case = read.case(minimal.write(tmp_path, minimal.TURNED, HEIGHT, LOST))
    assert case.name == "A small case"
    assert case.person == "the passenger"
    assert case.window == WINDOW
    assert case.aircraft.icao_type == "IL76"
    assert list(case.places) == ["OSDI", "OSLK", "Homs", "coast"]
    assert case.places["OSDI"].elevation_m == pytest.approx(615.696)
    assert case.places["OSLK"].runways[0].length_m == 2797.0
    assert case.flight.routes[0].via == ("Homs",)
    assert case.flight.level_high_m == pytest.approx(8534.4)
    assert case.origins["tracker-one"].via == "transponder"
    assert case.events["text"].tolist() == ["First light."]
    assert set(case.registry) == {"case.toml", "hypotheses.toml", "reports/paper.toml"}


def test_tables_have_the_declared_columns(tmp_path):
    case = read.case(minimal.write(tmp_path))
    assert list(case.claims.columns) == [column.name for column in columns.CLAIMS]
    assert list(case.reports.columns) == [column.name for column in columns.REPORTS]
    assert list(case.claims.index) == ["turned"]
    assert list(case.reports.index) == ["paper"]


def test_hypotheses_are_read(tmp_path):
    case = read.case(minimal.write(tmp_path))
    crashed, landed = case.hypotheses
    assert (crashed.leaves_after_s, crashed.leaves_mean_s) == (720.0, 480.0)
    assert (landed.leaves_after_s, landed.at, landed.aboard) == (None, ("OSLK",), 0.5)
    assert list(crashed.asserts.index) == ["crashed:assert-1"]
    assert crashed.asserts.loc["crashed:assert-1", "place"] == "Homs"
    assert list(crashed.asserts.columns) == [column.name for column in columns.CLAIMS]
    assert landed.trust[1].start == pd.Timestamp("2024-12-08T02:20Z")
    assert case.hypothesis("landed") is landed
    with pytest.raises(InputError, match=r"unknown hypothesis; given: 'lnded'; .*did you mean 'landed'"):
        case.hypothesis("lnded")


def test_order_does_not_depend_on_files(tmp_path):
    claims = [minimal.claim(**{**minimal.TURNED, "id": name}) for name in ("z", "a")]
    files = {"b": minimal.report("b", *claims), "a-b": minimal.report("a-b", minimal.claim(**HEIGHT))}
    case = read.case(minimal.write(tmp_path, **files))
    assert list(case.reports.index) == ["a-b", "b", "paper"]
    assert list(case.claims.index) == ["height", "z", "a", "turned"]
    assert case.claims_of("b") == ("z", "a")
    with pytest.raises(InputError, match="unknown report"):
        case.claims_of("c")


def test_the_case_as_of_a_time(tmp_path):
    copy = {**HEIGHT, "id": "second", "copy_of": "height"}
    files = {
        "early": minimal.report("early", minimal.claim(**copy), published="2024-12-08T06:00:00Z"),
        "late": minimal.report("late", minimal.claim(**HEIGHT), published="2024-12-09"),
        "third": minimal.report("third", minimal.claim(**{**copy, "id": "third"}), published="2024-12-08"),
    }
    case = read.case(minimal.write(tmp_path, **files))
    then = case.as_of("2024-12-08T12:00:00Z")
    assert list(then.reports.index) == ["early", "paper", "third"]
    assert then.claims["copy_of"].to_dict() == {"second": "", "turned": "", "third": "second"}
    assert case.as_of("2024-12-10T00:00:00Z").claims.equals(case.claims)
    assert list(case.as_of("2024-12-08T05:00:00+02:00").reports.index) == ["paper", "third"]
    assert len(case.as_of("2024-12-01T00:00:00Z").claims) == 0
    with pytest.raises(InputError, match="without zone"):
        case.as_of("2024-12-08 12:00")


def test_reports_told_to_the_day_or_the_minute(tmp_path):
    full = minimal.report("full", published="2024-12-08T09:30:00+03:00")
    reports = read.case(minimal.write(tmp_path, full=full)).reports
    assert reports["published_to"].to_dict() == {"full": "minute", "paper": "day"}
    assert reports.loc["full", "published"] == pd.Timestamp("2024-12-08T06:30Z")


# -- the values of a claim --------------------------------------------------------------------------------


def test_a_position_is_a_place_with_distance_and_direction(tmp_path):
    row = read_claim(tmp_path, **{**LOST, "id": "one"})
    assert (row["place"], row["relation"], row["distance_m"]) == ("Homs", "of", 13_000.0)
    assert (row["bearing_deg"], row["bearing_half_deg"], row["latitude"]) == (270.0, 45.0, 34.724)
    assert (row["time"], row["time_rounding_s"]) == (pd.Timestamp("2024-12-08T02:39Z"), 60.0)
    assert row["as_reported"] == "02:39 UTC, 13 km west of Homs"


def test_a_direction_from_a_place_needs_no_distance(tmp_path):
    row = read_claim(tmp_path, says="crashed", position="north-west of Homs")
    assert (row["bearing_deg"], row["relation"]) == (315.0, "of")
    assert pd.isna(row["distance_m"])


def test_places_answer_to_their_other_names(tmp_path):
    row = read_claim(tmp_path, says="took_off", at="Damascus airport", time="about 05:00 Moscow")
    assert (row["place"], row["relation"], row["place_radius_m"]) == ("OSDI", "at", 3_000.0)
    assert (row["time_hedge"], row["time_rounding_s"]) == ("about", 600.0)


def test_a_point_has_its_own_radius(tmp_path):
    row = read_claim(tmp_path, says="was_at", latitude=34.7, longitude=36.5, radius="5 km")
    assert (row["relation"], row["latitude"], row["place_radius_m"]) == ("point", 34.7, 5_000.0)


def test_a_descent_has_two_heights_and_a_span(tmp_path):
    keys = {
        "from_": "12,000 ft",
        "to": "3,500 ft",
        "datum": "pressure",
        "within": "minutes",
        "how": "quickly",
    }
    row = read_claim(tmp_path, says="descended", rate="2,429 ft/min", **keys)
    assert (row["from_altitude_m"], row["altitude_m"]) == pytest.approx((3657.6, 1066.8))
    assert (row["from_rounding_m"], row["within"], row["how"]) == (pytest.approx(304.8), "minutes", "quickly")
    assert pd.isna(row["within_s"])
    assert row["rate_mps"] == pytest.approx(12.339, abs=1e-3)
    assert row["as_reported"] == (
        "quickly, from 12,000 ft, to 3,500 ft, above pressure, at 2,429 ft/min, within minutes"
    )


def test_turns_directions_and_parts_of_the_flight(tmp_path):
    turn = read_claim(tmp_path / "a", says="turned", angle="80 deg", side="left", over="Homs")
    assert (turn["angle_deg"], turn["side"], turn["relation"]) == (80.0, "left", "over")
    word = read_claim(tmp_path / "b", says="turned", angle="U-turn", how="abruptly")
    assert (word["angle_word"], word["how"]) == ("U-turn", "abruptly")
    assert pd.isna(word["angle_deg"])
    way = read_claim(tmp_path / "c", says="headed", heading="north-east", phase="first", length="100 km")
    assert (way["heading_deg"], way["heading_half_deg"], way["length_m"]) == (45.0, 22.5, 100_000.0)
    aim = read_claim(tmp_path / "d", says="flew_toward", toward="coast", before="Homs", lasting="5 min")
    assert (aim["toward"], aim["before"], aim["anchor_latitude"]) == ("coast", "Homs", 34.724)
    assert (aim["lasting"], aim["lasting_s"]) == ("5 min", 300.0)


def test_an_arrival_may_have_only_its_day(tmp_path):
    row = read_claim(tmp_path, says="arrived", subject="person", person="he", at="OSLK", date="2024-12-08")
    assert (row["time"], row["time_rounding_s"]) == (pd.Timestamp("2024-12-07T21:00Z"), 86_400.0)


def test_a_paraphrase_has_no_quotation(tmp_path):
    row = read_claim(tmp_path, says="switched_off", quote="", paraphrase=True, denied=True, assumed=["time"])
    assert (row["quote"], row["paraphrase"], row["denied"], row["assumed"]) == ("", True, True, ("time",))


# -- times ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "utc", "rounding", "hedge"),
    [
        ("02:32 UTC", "2024-12-08T02:32Z", 60.0, ""),
        ("04:59 local", "2024-12-08T01:59Z", 60.0, ""),
        ("5:40 Moscow", "2024-12-08T02:40Z", 60.0, ""),
        ("about 05:00 Moscow", "2024-12-08T02:00Z", 600.0, "about"),
        ("shortly before 04:55 local", "2024-12-08T01:55Z", 300.0, "shortly before"),
        ("around 02:32 UTC", "2024-12-08T02:32Z", 60.0, "around"),
        ("02:32:07 UTC", "2024-12-08T02:32:07Z", 1.0, ""),
        ("2024-12-08T02:32:00Z", "2024-12-08T02:32Z", 60.0, ""),
        ("2024-12-08T05:32:10+03:00", "2024-12-08T02:32:10Z", 1.0, ""),
        ("02:39 Swedish", "2024-12-08T01:39Z", 60.0, ""),
    ],
)
def test_times_of_the_press(text, utc, rounding, hedge):
    moment = phrases.moment(text, CLOCK)
    assert (moment.time, moment.rounding_s, moment.hedge) == (pd.Timestamp(utc), rounding, hedge)
    assert str(moment.time.tz) == "UTC"


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(sorted(ZONES)))
def test_a_clock_time_comes_back_in_its_zone(hour, minute, zone):
    moment = phrases.moment(f"{hour:02d}:{minute:02d} {zone}", CLOCK)
    local = moment.time.tz_convert(ZONES[zone])
    assert (local.hour, local.minute) == (hour, minute)
    assert local.date() in {time.tz_convert(ZONES[zone]).date() for time in WINDOW}


@given(st.datetimes(pd.Timestamp("1980-01-01"), pd.Timestamp("2060-01-01")))
def test_a_full_time_comes_back_to_the_second(time):
    text = f"{time:%Y-%m-%dT%H:%M:%S}Z"
    assert f"{phrases.instant(text):%Y-%m-%dT%H:%M:%SZ}" == text


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_window_over_midnight_puts_a_time_on_the_nearer_day(hour, minute):
    window = (pd.Timestamp("2024-12-08T23:30Z"), pd.Timestamp("2024-12-09T00:30Z"))
    time = phrases.moment(f"{hour:02d}:{minute:02d} UTC", phrases.Clock(ZONES, window)).time
    assert abs(time - pd.Timestamp("2024-12-09T00:00Z")) <= pd.Timedelta("12h")


def test_a_date_overrides_the_day_of_the_window():
    time = phrases.moment("03:59 local", CLOCK, "2024-12-07").time
    assert time == pd.Timestamp("2024-12-07T00:59Z")


@pytest.mark.parametrize("text", ["02:30 Berlin", "24:00 UTC", "2:60 UTC", "five o'clock", "12:30", "soon 02:30 UTC"])
def test_what_is_no_time_is_refused(text):
    march = (pd.Timestamp("2024-03-31T00:00Z"), pd.Timestamp("2024-03-31T03:00Z"))
    with pytest.raises(InputError):
        phrases.moment(text, phrases.Clock({"Berlin": "Europe/Berlin", "UTC": "UTC"}, march))


@given(st.integers(1, 500), st.sampled_from(["m", "km", "NM"]), st.sampled_from(["west", "north-east", "SSW"]))
def test_a_position_comes_back(number, unit, word):
    position = phrases.position(f"{number} {unit} {word} of Deir ez-Zor")
    assert (position.place, position.distance.text) == ("Deir ez-Zor", f"{number} {unit}")
    assert (position.bearing_deg, position.bearing_half_deg) == earth.compass_deg(word)


# -- bad input --------------------------------------------------------------------------------------------

TIMED = {"id": "x", "says": "lost_signal"}
HIGH = {"id": "x", "says": "flew_at", "datum": "pressure"}

BAD_CLAIMS = [
    ({**TIMED, "tme": "02:32 UTC"}, ["unknown key", "'tme'", "allowed: ", "did you mean 'time'?"]),
    ({**TIMED, "speed": "3 kt"}, ["unknown key", "'speed'"]),
    ({**TIMED, "says": "lost_signall"}, ["'lost_signall'", "took_off", "did you mean 'lost_signal'?"]),
    ({**TIMED, "time": "02:32"}, ["a time without zone", "'02:32'", "GMT, Moscow, Swedish, UTC, local"]),
    ({**TIMED, "time": "02:32 Mosow"}, ["unknown zone word", "'Mosow'", "did you mean 'Moscow'?"]),
    ({**TIMED, "time": "2024-12-08T02:32:00"}, ["a time without zone", "2024-12-08T02:32:00Z"]),
    ({**TIMED, "time": "abot 02:32 UTC"}, ["unknown hedge", "'abot'", "did you mean 'about'?"]),
    (
        {**TIMED, "time": "02:32 UTC", "date": "2024-12-05"},
        ["outside the window", "2024-12-05", "2024-12-08", "the nearest is 08 December"],
    ),
    ({**TIMED, "date": "2024-12-08"}, ["a date without a time", "'2024-12-08'"]),
    ({**TIMED, "near": "Hms"}, ["unknown place", "'Hms'", "OSDI", "did you mean 'Homs'?"]),
    ({**TIMED, "position": "13 klm west of Homs"}, ["unknown unit", "'klm'", "did you mean 'km'?"]),
    ({**TIMED, "position": "13 km wst of Homs"}, ["not a compass word", "'wst'", "did you mean 'west'?"]),
    ({**TIMED, "position": "by Homs"}, ["not a position", "'by Homs'", "13 km west of <place>"]),
    ({**TIMED, "near": "Homs", "over": "Homs"}, ["more than one place", "'near', 'over'"]),
    ({**TIMED, "latitude": 34.7}, ["half a position", "latitude and longitude"]),
    ({**TIMED, "latitude": 94.7, "longitude": 36.0}, ["latitude is out of range", "94.7", "from -90 to 90"]),
    (
        {**HIGH, "altitude": "495 m", "datum": None},
        ["without datum", "'495 m'", "ground, pressure, sea level"],
    ),
    ({**HIGH, "altitude": "495 m", "datum": "sea levl"}, ["'sea levl'", "did you mean 'sea level'?"]),
    ({**HIGH, "speed": "34 kt"}, ["a datum without a height"]),
    ({**HIGH, "speed": "34 knt", "datum": None}, ["unknown unit", "'knt'", "did you mean 'kt'?"]),
    ({**HIGH, "speed": "34 m", "datum": None}, ["not a unit of speed", "'34 m'", "m/s, km/h, kt"]),
    ({**HIGH, "datum": None}, ["without its value", "speed or altitude"]),
    ({"id": "x", "says": "descended", "how": "quikly"}, ["'quikly'", "did you mean 'quickly'?"]),
    ({"id": "x", "says": "descended", "how": "sharp"}, ["the pace of a descent", "'sharp'", "quickly"]),
    (
        {"id": "x", "says": "descended", "within": "a few minuts"},
        ["a span of time", "did you mean 'a few minutes'?"],
    ),
    ({"id": "x", "says": "descended", "within": "0 min"}, ["not above zero", "'0 min'"]),
    ({"id": "x", "says": "turned", "angle": "V-turn"}, ["'V-turn'", "did you mean 'U-turn'?"]),
    ({"id": "x", "says": "turned", "side": "lft"}, ["'lft'", "did you mean 'left'?"]),
    ({"id": "x", "says": "headed", "heading": "norh"}, ["not a compass word", "did you mean 'north'?"]),
    ({"id": "x", "says": "headed", "heading": "400 deg"}, ["not a direction", "'400 deg'", '"40 deg"']),
    ({"id": "x", "says": "headed", "heading": "-20 deg"}, ["not a direction", '"340 deg"']),
    ({**HIGH, "altitude": "jst over 12,000 ft"}, ["unknown hedge of a figure", "did you mean 'just over'?"]),
    ({**TIMED, "time": "between 02:30 and 02:10 UTC"}, ["ends before it starts", "the earlier time first"]),
    ({**TIMED, "time": "early hours"}, ["a time without zone", "'early hours'"]),
    ({**TIMED, "inside": "coast"}, ["inside a place that has no outline", "'coast'"]),
    ({**TIMED, "credited": "tracker-on"}, ["credited", "did you mean 'tracker-one'?"]),
    ({"id": "x", "says": "climbed", "at_most": True}, ["the highest of the flight, without a height", "to"]),
    ({"id": "x", "says": "headed", "heading": "north", "phase": "lst"}, ["'lst'", "did you mean 'last'?"]),
    (
        {"id": "x", "says": "headed", "heading": "east", "phase": "last", "after": "Homs"},
        ["more than one part"],
    ),
    ({**TIMED, "origin": "tracker-on"}, ["origin", "'tracker-on'", "did you mean 'tracker-one'?"]),
    ({**TIMED, "subject": "aircrft"}, ["'aircrft'", "did you mean 'aircraft'?"]),
    ({**TIMED, "credibility": "7"}, ["'7'", "1, 2, 3, 4, 5, 6"]),
    ({**TIMED, "assumed": ["zon"]}, ["'zon'", "did you mean 'zone'?"]),
    ({**TIMED, "denied": "yes"}, ["denied must be true or false", "'yes'"]),
    ({**TIMED, "quote": "word " * 16}, ["a quotation of 16 words", "15 words at most"]),
    ({**TIMED, "quote": ""}, ["a quotation that is empty", "paraphrase = true"]),
    ({**TIMED, "paraphrase": True}, ["a quotation in a paraphrase", 'quote = ""']),
    ({**TIMED, "words": None}, ["the key 'words' is missing"]),
    ({**TIMED, "words": " "}, ["words is empty"]),
    ({**TIMED, "copy_of": "lst"}, ["unknown claim", "'lst'"]),
    ({**TIMED, "copy_of": "x"}, ["a circular chain of claims", "x -> x"]),
]


@pytest.mark.parametrize(("keys", "parts"), BAD_CLAIMS)
def test_a_bad_claim_is_refused_where_it_stands(tmp_path, keys, parts):
    said = refusal(tmp_path, keys)
    assert said.startswith("reports/paper.toml, x: ")
    for part in parts:
        assert part in said


def test_two_claims_of_one_id_are_refused(tmp_path):
    said = refusal(tmp_path, second=minimal.report("second", minimal.claim(**minimal.TURNED)))
    assert said == (
        "reports/second.toml, turned: two claims of one id; given: 'turned'; "
        "allowed: an id of its own; paper has this one"
    )


def test_a_claim_without_id_is_named_by_its_number(tmp_path):
    assert refusal(tmp_path, {"says": "turned"}).startswith("reports/paper.toml, [[claim]] 1: the key 'id'")


def test_copies_in_a_circle_are_refused(tmp_path):
    pair = [{**TIMED, "id": "a", "copy_of": "b"}, {**TIMED, "id": "b", "copy_of": "a"}]
    assert "a circular chain of claims; given: 'a -> b -> a'" in refusal(tmp_path, *pair)


BAD_CASES = [
    ('kind = "sensor"', 'kind = "sensr"', ["case.toml, transponder", "did you mean 'sensor'?"]),
    (
        'via = "transponder"',
        'via = "transpnder"',
        ["tracker-one: unknown origin", "did you mean 'transponder'?"],
    ),
    ('kind = "sensor"', 'kind = "sensor"\nvia = "tracker-one"', ["a circular chain of origins", "->"]),
    ('kind = "city"', 'kind = "town"', ["case.toml, Homs", "'town'", "airport, area, city"]),
    ('kind = "city"', 'kind = "city"\nradius_km = 3', ["unknown key", "'radius_km'"]),
    ('radius = "5 km"', 'radius = "5 kms"', ["case.toml, Homs", "unknown unit", "did you mean 'km'?"]),
    ('also = ["Hmeimim"]', 'also = ["OSDI"]', ["two places of one word", "'OSDI'"]),
    ("latitude = 34.7240", 'latitude = "34.7"', ["latitude must be a number"]),
    ("latitude = 34.7240", "latitude = nan", ["latitude must be a number"]),
    ("weight = 0.3", "weight = 0.2", ["[flight]", "weights of the routes do not sum to 1", "given: 0.9"]),
    ("weight = 0.3", "weight = 1.3", ["case.toml, free: weight is out of range", "from 0 to 1"]),
    ('via = ["Homs"]', 'via = ["Hams"]', ["case.toml, airway: unknown place", "did you mean 'Homs'?"]),
    ('to = "OSLK"', 'to = "Homs"', ["a place without runways", "OSDI, OSLK"]),
    ('levels = ["20000 ft", "28000 ft"]', 'levels = ["20000 ft"]', ["not a range of levels"]),
    ('earliest = "2024-12-08T01:53:00Z"', 'earliest = "2024-12-08T02:53:00Z"', ["before the earliest"]),
    ('end = "2024-12-08T02:55:00Z"', 'end = "2024-12-08T01:00:00Z"', ["[window]", "ends before it starts"]),
    ('end = "2024-12-08T02:55:00Z"', 'end = "2024-12-08T02:55:00"', ["[window]", "a time without zone"]),
    (
        'local = "Asia/Damascus"',
        'local = "Asia/Damaskus"',
        ["[zones]", "unknown time zone", "'Asia/Damaskus'"],
    ),
    ("east = 38.0", "east = 34.0", ["[map]", "west < east"]),
    ('question = "', 'qestion = "', ["case.toml: unknown key", "did you mean 'question'?"]),
    ('aircraft = "IL76"', 'aircraft = "IL67"', ["case.toml: unknown type of aircraft", "'IL67'", "IL76"]),
    ("[[event]]", "[[evnt]]", ["case.toml: unknown key", "did you mean 'event'?"]),
    ('name = "A small case"', "name = 3", ["case.toml: name must be text"]),
    ('name = "A small case"', "name = ", ["case.toml: not valid TOML"]),
]


@pytest.mark.parametrize(("old", "new", "parts"), BAD_CASES)
def test_a_bad_case_file_is_refused(tmp_path, old, new, parts):
    assert old in minimal.CASE
    said = refusal(tmp_path, case=minimal.CASE.replace(old, new, 1))
    assert said.startswith("case.toml")
    for part in parts:
        assert part in said


BAD_HYPOTHESES = [
    ("prior = 0.4", "prior = 0.5", ["hypotheses.toml, prior", "do not sum to 1", "given: 1.1"]),
    ("prior = 0.4", "prior = -0.4", ["hypotheses.toml, crashed: prior is out of range", "from 0 to 1"]),
    ("trust = 0.1", "trust = 1.1", ["landed, [[trust]] 2: trust is out of range", "from 0 to 1"]),
    ("aboard = 0.5", "aboard = 2", ["hypotheses.toml, landed: aboard is out of range"]),
    ('origin = "transponder"', 'origin = "transpondr"', ["[[trust]] 2", "did you mean 'transponder'?"]),
    ('ends = ["crashed"]', 'ends = ["crash"]', ["not an ending", "did you mean 'crashed'?"]),
    ('ends = ["crashed"]', "ends = []", ["not an ending", "crashed, flying, landed"]),
    ('at = ["Hmeimim"]', 'at = ["Hmeimm"]', ["unknown place", "did you mean 'Hmeimim'?"]),
    ('at = ["Hmeimim"]', "at = []", ["lands without a place"]),
    ('at = ["Hmeimim"]', 'at = ["Homs"]', ["a place without runways", "OSLK"]),
    ("leaves = false", "leaves = true", ["leaves has another form", "12 min"]),
    ('after = "12 min"', 'after = "12 km"', ["not a unit of time", "'12 km'"]),
    ('near = "Homs"', 'near = "Hams"', ["hypotheses.toml, crashed:assert-1", "did you mean 'Homs'?"]),
    ('id = "landed"', 'id = "crashed"', ["two hypotheses of one id", "'crashed'"]),
    ('says = "It crashed near Homs."', 'say = "It crashed."', ["unknown key", "did you mean 'says'?"]),
    ("leaves = false", "[[hypotesis]]", ["hypotheses.toml: unknown key", "did you mean 'hypothesis'?"]),
]


@pytest.mark.parametrize(("old", "new", "parts"), BAD_HYPOTHESES)
def test_bad_hypotheses_are_refused(tmp_path, old, new, parts):
    assert old in minimal.HYPOTHESES
    said = refusal(tmp_path, hypotheses=minimal.HYPOTHESES.replace(old, new, 1))
    assert said.startswith("hypotheses.toml")
    for part in parts:
        assert part in said


BAD_WORDING = [
    ('["a few minuts"]\nlow = 1', ["wording.toml: unknown key", "did you mean 'a few minutes'?"]),
    ('["a few minutes"]\nlw = 1', ["unknown key", "did you mean 'low'?"]),
    ('["a few minutes"]\nlow = "x"', ["wording.toml, a few minutes: low must be a number"]),
    ('["a few minutes"]\nlow = 9000', ["wording.toml, a few minutes: points of a word out of order"]),
]


@pytest.mark.parametrize(("text", "parts"), BAD_WORDING)
def test_bad_wording_is_refused(tmp_path, text, parts):
    said = refusal(tmp_path, wording=text)
    for part in parts:
        assert part in said


def test_own_wording_is_read(tmp_path):
    case = read.case(minimal.write(tmp_path, wording='["a few minutes"]\nlow = 60\nreference = "we"'))
    assert case.wording == {"a few minutes": {"low": 60, "reference": "we"}}


BAD_REPORTS = [
    ('reliability = "C"', 'reliability = "G"', ["'G'", "A, B, C, D, E, F"]),
    ('seen = "copy"', 'seen = "copies"', ["'copies'", "did you mean 'copy'?"]),
    ('via = ["tracker-one"]', 'via = ["tracker-on"]', ["unknown origin", "did you mean 'tracker-one'?"]),
    ('published = "2024-12-08"', 'published = "8 December"', ["not a full time", "'8 December'"]),
    ('published = "2024-12-08"', 'published = "2024-12-08T10:00:00"', ["a time without zone"]),
    ('published = "2024-12-08"', 'published = "2024-13-08"', ["no such time"]),
    ('publisher = "A paper"', 'publishr = "A paper"', ["unknown key", "did you mean 'publisher'?"]),
    ('id = "other"', 'id = "othr"', ["not the name of its file", "did you mean 'other'?"]),
    ('language = "en"', "claim = 3\nlanguage = 'en'", ["not an array of tables", "[[claim]]"]),
]


@pytest.mark.parametrize(("old", "new", "parts"), BAD_REPORTS)
def test_a_bad_report_is_refused(tmp_path, old, new, parts):
    text = minimal.report("other")
    assert old in text
    said = refusal(tmp_path, other=text.replace(old, new, 1))
    assert said.startswith("reports/other.toml")
    for part in parts:
        assert part in said


# -- files ------------------------------------------------------------------------------------------------


def test_a_changed_file_is_refused(tmp_path):
    folder = minimal.write(tmp_path)
    path = folder / "reports" / "paper.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(HashError, match=r"reports/paper\.toml: the file is not the one .*allowed: sha256 "):
        read.case(folder)


def test_a_file_that_is_not_registered_is_refused(tmp_path):
    folder = minimal.write(tmp_path)
    (folder / "reports" / "papers.toml").write_text("", encoding="utf-8")
    with pytest.raises(HashError, match=r"not in the registry; given: 'reports/papers\.toml'; .*did you mean"):
        read.case(folder)


def test_a_registered_file_that_is_gone_is_refused(tmp_path):
    folder = minimal.write(tmp_path)
    (folder / "hypotheses.toml").unlink()
    with pytest.raises(HashError, match=r"missing; given: 'hypotheses\.toml'"):
        read.case(folder)


def test_a_folder_without_registry_is_refused(tmp_path):
    with pytest.raises(HashError, match=r"given: 'registry\.txt'"):
        read.case(tmp_path)
    with pytest.raises(CaseError, match="there is no such case folder"):
        read.case(tmp_path / "absent")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("abc  case.toml", "registry.txt, line 4: not an entry"),
        (f"{'0' * 64}  case.toml", "registry.txt, line 4: a file registered twice"),
        (f"{'0' * 64}  ../case.toml", "a path out of the folder"),
        (f"{'0' * 64}  /etc/hostname", "a path out of the folder"),
    ],
)
def test_a_bad_registry_is_refused(tmp_path, line, says):
    folder = minimal.write(tmp_path)
    registry = folder / "registry.txt"
    registry.write_text(registry.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read.case(folder)
    assert says in str(caught.value)


def test_a_link_is_refused(tmp_path):
    folder = minimal.write(tmp_path / "case")
    outside = tmp_path / "outside.toml"
    outside.write_bytes((folder / "hypotheses.toml").read_bytes())
    (folder / "hypotheses.toml").unlink()
    (folder / "hypotheses.toml").symlink_to(outside)
    with pytest.raises(CaseError, match="a link, or a path out of the folder"):
        read.case(folder)


def test_a_folder_of_reports_that_is_a_link_is_refused(tmp_path):
    folder = minimal.write(tmp_path / "case")
    (folder / "reports").rename(tmp_path / "elsewhere")
    (folder / "reports").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CaseError, match="a link, or a path out of the folder"):
        read.case(folder)


def test_a_file_that_is_too_large_is_refused(tmp_path):
    said = refusal(tmp_path, other=minimal.report("other") + "#" * 1_000_001)
    assert said.startswith("reports/other.toml: a file that is too large")
    assert "up to 1000000 bytes" in said


def test_a_stray_among_the_reports_is_refused(tmp_path):
    folder = minimal.write(tmp_path)
    (folder / "reports" / "notes.txt").write_text("", encoding="utf-8")
    with pytest.raises(CaseError, match=r"no report; given: 'notes\.txt'"):
        read.case(folder)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    folder = minimal.write(tmp_path)
    (folder / "case.toml").write_bytes(b"\xff")
    minimal.register(folder)
    with pytest.raises(CaseError, match=r"case\.toml: not UTF-8 text: byte 0"):
        read.case(folder)


# -- aircraft ---------------------------------------------------------------------------------------------

AIRCRAFT = """
name = "A type"
icao_type = "AAAA"
[mmo]
value = 0.77
unit = "Mach"
source = "a test"
grade = "official"
[climb_rate]
values = [2000, 500]
heights = [0, 30000]
height_unit = "ft"
unit = "ft/min"
source = "a test"
grade = "assumed"
"""


@pytest.fixture
def hangar(tmp_path, monkeypatch):
    """A data folder with one type of aircraft, which a test may bend."""
    (tmp_path / "aircraft").mkdir()
    monkeypatch.setattr(earth, "data_folder", lambda: tmp_path)

    def put(text: str = AIRCRAFT) -> None:
        (tmp_path / "aircraft" / "a-type.toml").write_text(text, encoding="utf-8")

    put()
    return put


def test_an_aircraft_is_found_by_its_type(hangar):
    kind = read.aircraft("AAAA")
    assert (kind.name, kind["mmo"].value, kind["mmo"].grade) == ("A type", 0.77, "official")
    assert kind["climb_rate"].values == pytest.approx((10.16, 2.54))
    assert kind["climb_rate"].heights_m == pytest.approx((0.0, 9144.0))
    with pytest.raises(
        InputError, match=r"unknown type of aircraft; given: 'AAAB'; allowed: A19N, .*; did you mean 'AAAA'"
    ):
        read.aircraft("AAAB")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('unit = "Mach"', 'unit = "Mac"', r"a-type\.toml, mmo: .*did you mean 'Mach'"),
        ('grade = "official"', 'grade = "offical"', "did you mean 'official'"),
        ("value = 0.77", "valu = 0.77", "did you mean 'value'"),
        ("heights = [0, 30000]", "heights = [0]", "one for each value, rising"),
        ("values = [2000, 500]", "values = []", "values must be a list of numbers"),
        ('icao_type = "AAAA"', 'icao = "AAAA"', "unknown key"),
    ],
)
def test_a_bad_table_of_an_aircraft_is_refused(hangar, old, new, says):
    hangar(AIRCRAFT.replace(old, new, 1))
    with pytest.raises(CaseError, match=says):
        read.aircraft("AAAA")


def test_the_il76_has_the_limits_that_the_checks_ask_for():
    kind = read.aircraft("IL76")
    assert 40 < kind["approach_cas"].value < 90
    assert 0.6 < kind["mmo"].value < 0.9
    assert max(kind["descent_rate_emergency"].values) > 10


# -- the real case ----------------------------------------------------------------------------------------


@pytest.mark.skipif(not (SYRIAN / "registry.txt").exists(), reason="the case is not there")
def test_the_syrian_case_is_read():
    case = read.case(SYRIAN)
    assert len(case.reports) >= 21
    assert len(case.hypotheses) >= 5
    assert case.claims.index.is_unique
    assert (case.claims["quote"].str.split().str.len() <= 15).all()
    seed = {"took_off", "headed", "flew_toward", "turned", "reversed", "descended", "lost_signal", "crashed",
            "switched_off", "arrived", "context", "landed", "flew_at"}  # fmt: skip
    assert seed <= set(case.claims["says"]) <= set(KINDS)


# -- areas, spans, parts of a day and trust ---------------------------------------------------------------

AREA = """[[place]]
id = "the area"
kind = "area"
{drawn}
source = "made for a test"

[[origin]]"""


def with_area(folder, drawn):
    text = minimal.CASE.replace("[[origin]]", AREA.replace("{drawn}", drawn), 1)
    return read.case(minimal.write(folder, case=text)).places["the area"]


def test_a_country_has_its_size(tmp_path):
    lebanon, syria = (with_area(tmp_path / name, f'country = "{name}"') for name in ("Lebanon", "Syria"))
    # As published; the stored borders lie 0.9 km off on the median, over some 600 km around Lebanon: 5 %.
    for place, area_km2 in ((lebanon, 10_452), (syria, 185_180)):
        assert math.pi * (place.radius_m / 1000) ** 2 == pytest.approx(area_km2, rel=0.05)


@pytest.mark.parametrize(
    ("drawn", "parts"),
    [
        ('country = "Lebanonn"', ["not a country of the stored borders", "did you mean 'Lebanon'?"]),
        ('country = "Jordan"', ["not a country of the stored borders", "Lebanon"]),  # its lines are not closed
        ("outline = [[34.0, 36.0], [35.0, 36.0]]", ["not an outline", "three points or more"]),
        ("outline = [[34.0, 36.0], [35.0, 37.0], [35.0, 36.0], [34.0, 37.0]]", ["crosses itself"]),
        ("outline = [[34.0, 36.0], [95.0, 37.0], [35.0, 36.0]]", ["not an outline"]),
    ],
)
def test_a_bad_area_is_refused(tmp_path, drawn, parts):
    with pytest.raises(CaseError) as error:
        with_area(tmp_path, drawn)
    assert str(error.value).startswith("case.toml, the area: ")
    assert all(part in str(error.value) for part in parts)


def test_a_span_of_time_and_a_part_of_a_day():
    span = phrases.moment("between 02:10 and 02:30 UTC", CLOCK)
    assert (span.time, span.until) == (pd.Timestamp("2024-12-08T02:10Z"), pd.Timestamp("2024-12-08T02:30Z"))
    night = phrases.moment("early hours local", CLOCK)
    assert (night.time, night.hedge) == (pd.Timestamp("2024-12-08T00:00Z"), "early hours")


@pytest.mark.parametrize(("trust", "nearest"), [("1.2", "1"), ("-0.1", "0")])
def test_a_trust_that_is_no_probability_is_refused_with_the_nearest(tmp_path, trust, nearest):
    text = minimal.HYPOTHESES.replace("trust = 0.8", f"trust = {trust}", 1)
    with pytest.raises(CaseError, match="trust is out of range") as error:
        read.case(minimal.write(tmp_path, hypotheses=text))
    assert f"the nearest is {nearest}" in str(error.value)


def test_a_trust_about_an_unknown_quantity_is_refused(tmp_path):
    text = minimal.HYPOTHESES.replace("trust = 0.8", 'trust = 0.8\nquantity = "hight"', 1)
    with pytest.raises(CaseError, match="did you mean 'height'"):
        read.case(minimal.write(tmp_path, hypotheses=text))


def test_the_admiralty_pair_stands_beside_the_claim(tmp_path):
    assert read.case(minimal.write(tmp_path)).claims["admiralty"].tolist() == ["C3"]
