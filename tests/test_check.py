"""Findings: each test fires on what it is for, says its numbers, and keeps silent otherwise."""

from pathlib import Path

import minimal
import pytest

from trackkit import check, columns, read

SYRIAN = Path(__file__).parent.parent / "data" / "syrian-air-9218"
TESTS = {
    "copies of one number", "hour slips", "times of one event", "speeds", "vertical rates", "implied speeds",
    "directions", "heights in sequence", "heights and ground",
}  # fmt: skip


def found(folder, *claims, second=()):
    """The findings on a case of one report with these claims, or of two."""
    files = {"second": minimal.report("second", *[minimal.claim(**one) for one in second])} if second else {}
    return check.case(read.case(minimal.write(folder, *claims, **files)))


def height(name, altitude, **keys):
    return {"id": name, "says": "flew_at", "altitude": altitude, "datum": "pressure", **keys}


def speed(name, value, **keys):
    return {"id": name, "says": "flew_at", "speed": value, **keys}


def timed(name, says, time, **keys):
    return {"id": name, "says": says, "time": time, **keys}


def test_a_case_in_order_has_no_findings(tmp_path):
    claims = [
        timed("off", "took_off", "01:57 UTC", at="OSDI"),
        height("top", "23,650 ft", time="02:10 UTC"),
        speed("fast", "442 kt", time="02:10 UTC"),
        timed("lost", "lost_signal", "02:32 UTC", near="Homs"),
        {"id": "way", "says": "headed", "heading": "north-west", "before": "Homs"},
        {"id": "aim", "says": "flew_toward", "toward": "coast", "before": "Homs"},
        {"id": "down", "says": "descended", "from": "12,000 ft", "to": "8,725 ft", "datum": "pressure"},
    ]
    findings = found(tmp_path, *claims)
    assert findings.empty
    assert list(findings.columns) == [column.name for column in columns.FINDINGS]


@pytest.mark.parametrize(
    ("one", "other", "quantity"),
    [
        (height("a", "3,650 m"), height("b", "12,000 ft"), "height"),
        (height("a", "2.6 km"), height("b", "8,725 ft"), "height"),
        (height("a", "495 m"), height("b", "1,625 ft"), "height"),
        (speed("a", "90 kt"), speed("b", "167 km/h"), "speed"),
    ],
)
def test_one_number_in_two_units(tmp_path, one, other, quantity):
    row = found(tmp_path / "a", one, second=[{**other, "origin": "tracker-two"}]).iloc[0]
    assert (row["test"], row["claim"], row["other"]) == ("copies of one number", "b", "a")
    assert f"tell one {quantity}" in row["finding"]
    assert "not marked as a copy, so it would count twice" in row["finding"]
    row = found(tmp_path / "b", one, second=[{**other, "copy_of": "a"}]).iloc[0]
    assert (row["claim"], row["other"]) == ("b", "a")
    assert "marked as a copy, so it counts once" in row["finding"]
    assert "not marked" not in row["finding"]


def test_two_numbers_are_two(tmp_path):
    assert found(tmp_path / "a", height("a", "23,650 ft"), second=[height("b", "20,000 ft")]).empty
    assert found(tmp_path / "b", speed("a", "442 kt"), second=[speed("b", "430 kt")]).empty
    apart = found(tmp_path / "c", height("a", "3,650 m"), second=[height("b", "3,650 m", origin="an-official")])
    assert apart.empty


def test_copies_of_a_copy_are_told_once(tmp_path):
    more = [height("b", "500 m", copy_of="a"), height("c", "495 m", copy_of="a")]
    findings = found(tmp_path, height("a", "1,625 ft"), second=more)
    copies = findings[findings["test"] == "copies of one number"]
    assert copies[["claim", "other"]].to_numpy().tolist() == [["b", "a"], ["c", "a"]]


def test_a_number_told_twice_by_one_report_is_no_copy(tmp_path):
    descent = {"id": "down", "says": "descended", "from": "23,650 ft", "to": "8,725 ft", "datum": "pressure"}
    copy = height("copy", "23,650 ft", copy_of="top")
    findings = found(tmp_path, height("top", "23,650 ft"), descent, second=[copy])
    assert findings["claim"].tolist() == ["copy"]


@pytest.mark.parametrize(
    ("slip", "hours"),
    [("03:59 local", 1), ("01:59 local", 3), ("02:59 Swedish", 0), ("00:59 local", 4), ("01:59 Swedish", 1)],
)
def test_an_hour_slip(tmp_path, slip, hours):
    sound = [timed(name, "took_off", time, at="OSDI") for name, time in (("a", "01:59 UTC"), ("b", "04:55 local"))]
    wrong = timed("wrong", "took_off", slip, at="OSDI", origin="tracker-two")
    findings = found(tmp_path, *sound, second=[wrong])
    slips = findings[findings["test"] == "hour slips"]
    assert slips["claim"].tolist() == (["wrong"] if hours in (1, 3) else [])
    assert all(f"{hours} h off" in text for text in slips["finding"])


def test_events_at_several_times(tmp_path):
    findings = found(
        tmp_path,
        timed("a", "lost_signal", "02:32 UTC"),
        timed("b", "lost_signal", "02:39 UTC"),
        second=[timed("c", "lost_signal", "02:39 Swedish")],
    )
    row = findings[findings["test"] == "times of one event"].iloc[0]
    assert (row["claim"], row["other"], row["value"], row["unit"]) == ("c", "b", 60.0, "min")
    assert "3 claims put lost_signal at 3 times between 2024-12-08 01:39 UTC (c)" in row["finding"]
    assert "Without the 1 that look like hour slips the spread is 7 min." in row["finding"]


def test_times_within_their_rounding_agree(tmp_path):
    agreeing = [
        timed("a", "took_off", "01:59 UTC", at="OSDI"),
        timed("b", "took_off", "about 05:00 Moscow", at="OSDI"),
    ]
    assert found(tmp_path, *agreeing).empty


@pytest.mark.parametrize(("value", "fires"), [("34 kt", True), ("64 km/h", True), ("130 kt", False), ("760 kt", True)])
def test_speeds_of_no_flight(tmp_path, value, fires):
    findings = found(tmp_path, speed("a", value))
    assert findings["test"].tolist() == ["speeds"] * fires
    assert all("in tension with the Ilyushin Il-76T in flight" in text for text in findings["finding"])


def test_descents_steeper_than_an_emergency(tmp_path):
    fall = {"says": "descended", "from": "20,000 ft", "to": "2,000 ft", "datum": "pressure"}
    findings = found(tmp_path, {**fall, "id": "a", "within": "1 min"}, {**fall, "id": "b", "within": "20 min"})
    assert findings["test"].tolist() == ["vertical rates"]
    assert findings["claim"].tolist() == ["a"]
    assert "18,000 ft/min" in findings["finding"].iloc[0]
    told = found(tmp_path / "b", {"id": "c", "says": "descended", "rate": "30,000 ft/min"})
    assert told["claim"].tolist() == ["c"]


def test_positions_that_no_flight_joins(tmp_path):
    here = {"id": "a", "says": "was_at", "at": "OSDI", "time": "02:00 UTC"}
    there = {"id": "b", "says": "was_at", "at": "OSLK", "time": "02:03 UTC", "origin": "tracker-two"}
    row = found(tmp_path / "a", here, there).iloc[0]
    assert (row["test"], row["claim"], row["other"]) == ("implied speeds", "a", "b")
    assert "at most 4 min apart" in row["finding"]
    assert found(tmp_path / "b", here, {**there, "time": "02:33 UTC"}).empty
    assert found(tmp_path / "c", here, {**there, "origin": "an-official"}).empty


def test_north_east_is_not_toward_the_coast(tmp_path):
    aim = {"id": "aim", "says": "flew_toward", "toward": "coast", "before": "Homs"}
    way = {"id": "way", "says": "headed", "heading": "north-east", "before": "Homs"}
    row = found(tmp_path / "a", way, aim).iloc[0]
    assert (row["test"], row["claim"], row["other"], row["unit"]) == ("directions", "way", "aim", "deg")
    assert row["value"] > 90
    assert "from Homs" in row["finding"]
    assert found(tmp_path / "b", {**way, "heading": "west"}, aim).empty
    assert found(tmp_path / "c", {**way, "before": None, "phase": "first"}, aim).empty


def test_east_of_against_west_of(tmp_path):
    east = {"id": "east", "says": "lost_signal", "position": "east of Homs"}
    west = {"id": "west", "says": "lost_signal", "position": "13 km west of Homs", "origin": "tracker-two"}
    row = found(tmp_path / "a", east, second=[west]).iloc[0]
    assert (row["test"], row["value"], row["limit"]) == ("directions", 180.0, 90.0)
    assert found(tmp_path / "b", east, second=[{**west, "position": "north-east of Homs"}]).empty
    assert found(tmp_path / "c", east, second=[{**west, "origin": "an-official"}]).empty


def test_a_climb_after_the_highest_point(tmp_path):
    told = [
        height("top", "23,650 ft", time="02:10 UTC"),
        height("low", "3,500 ft", time="02:30 UTC"),
        height("end", "8,725 ft", time="02:32 UTC", origin="tracker-two"),
    ]
    findings = found(tmp_path / "a", *told)
    row = findings[findings["test"] == "heights in sequence"].iloc[0]
    assert (row["claim"], row["other"]) == ("low", "end")
    assert "would need a climb of 1,593 m after the highest point told in at most 3 min" in row["finding"]
    assert found(tmp_path / "b", *told[::2]).empty


def test_a_fall_beyond_the_type(tmp_path):
    findings = found(tmp_path, height("a", "23,650 ft", time="02:10 UTC"), height("b", "2,000 ft", time="02:11 UTC"))
    assert findings["test"].tolist() == ["heights in sequence"]
    assert "descent of 6,599 m" in findings["finding"].iloc[0]


def test_a_height_at_the_ground(tmp_path):
    where = timed("where", "lost_signal", "02:39 UTC", position="13 km west of Homs")
    row = found(tmp_path / "a", where, height("low", "495 m", time="02:39 UTC")).iloc[0]
    assert (row["test"], row["claim"], row["other"]) == ("heights and ground", "low", "where")
    assert "in tension with an aircraft still in flight" in row["finding"]
    assert row["value"] < 150
    assert found(tmp_path / "b", where, height("high", "2,000 m", time="02:39 UTC")).empty
    assert found(tmp_path / "c", where, height("agl", "495 m", time="02:39 UTC", datum="ground")).empty


def test_denied_claims_and_those_about_people_are_left_out(tmp_path):
    person = {
        "id": "c",
        "says": "arrived",
        "person": "he",
        "at": "OSLK",
        "time": "02:01 UTC",
        "subject": "person",
    }
    start = timed("d", "took_off", "02:00 UTC", at="OSDI")
    assert found(tmp_path, speed("a", "34 kt", denied=True), person, start).empty


@pytest.mark.skipif(not (SYRIAN / "registry.txt").exists(), reason="the case is not there")
def test_the_syrian_case_shows_its_conflicts():
    case = read.case(SYRIAN)
    findings = check.case(case)
    assert set(findings["test"]) <= TESTS
    assert {"copies of one number", "hour slips", "speeds", "directions", "heights and ground"} <= set(findings["test"])
    assert set(findings["claim"]) <= set(case.claims.index)
    for word in ("impossible", "ruled out", "proved"):
        assert not findings["finding"].str.contains(word).any()
