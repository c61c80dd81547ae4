"""What is written is opened again by others: lxml and fastkml, json, geopandas, pyarrow, the csv module."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import fastkml
import geopandas as gpd
import minimal
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from lxml import etree

import trackkit as tk
from trackkit import columns, write
from trackkit.errors import InputError
from trackkit.model import Reading, Track

HOSTILE = "=HYPERLINK(1) <script>f()</script> ]]> <![CDATA[x]]> $\\frac{1}{2}$ \x1b[31m \u202eabc"
SHOWN = "=HYPERLINK(1) <script>f()</script> ]]> <![CDATA[x]]> $\\frac{1}{2}$ [U+001B][31m [U+202E]abc"
LIGHT = tk.sampler.Settings(first=2, warm=1, sweeps=(2, 2))
KML = {"k": "http://www.opengis.net/kml/2.2", "gx": "http://www.google.com/kml/ext/2.2"}


def track(name: str = HOSTILE) -> Track:
    """Six fixes: a hole of five minutes after the third, one told by its source before the last."""
    time = pd.DatetimeIndex(pd.to_datetime([0, 10, 20, 320, 330, 340], unit="s", utc=True), name="time")
    values = {"altitude_baro_m": np.linspace(1000.0, 1500.0, 6), "gap_before": [False] * 5 + [True]}
    fixes = columns.conform(pd.DataFrame(values, index=time), columns.FIXES)
    points = gpd.points_from_xy(np.linspace(179.8, 180.0, 6), np.linspace(34.0, 34.5, 6))
    table = gpd.GeoDataFrame(fixes, geometry=points, crs="EPSG:4326")
    return Track(name, "made for a test", table, Reading("test", 6, 6, columns.empty(columns.SET_ASIDE), {}))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A small case with a hostile claim, and an ensemble of it."""
    claim = {"id": "turned", "says": "turned", "near": "Homs", "words": "It turned."}
    case = tk.read.case(minimal.write(tmp_path_factory.mktemp("case"), claim))
    ensemble = tk.reconstruct.paths(case, case.hypotheses[0], n=32, seed=1, settings=LIGHT)
    claims = case.claims.assign(words=HOSTILE)
    return SimpleNamespace(case=replace(case, claims=claims), ensemble=ensemble)


def flown(made: SimpleNamespace, path: int) -> np.ndarray:
    """Where a path moves: longitude, latitude, altitude."""
    one = made.ensemble.paths.isel(path=path)
    moving = ~np.isin(one["phase"].to_numpy(), [tk.motion.PHASES.index("parked"), tk.motion.PHASES.index("down")])
    return np.column_stack([one[name].to_numpy()[moving] for name in ("longitude", "latitude", "altitude_m")])


# -- Google Earth ------------------------------------------------------------------------------------------------


def test_kml_moves_with_the_clock_and_is_cut_at_holes(made: SimpleNamespace, tmp_path: Path) -> None:
    tree = etree.parse(write.kml([made.ensemble, track(), made.case], tmp_path / "a.kml"))
    folders = tree.findall(".//k:Folder", KML)
    assert len(folders) == 3
    paths = folders[0].findall(".//gx:Track", KML)
    assert len(paths) == 32
    told = np.array([[float(one) for one in node.text.split()] for node in paths[0].findall("gx:coord", KML)])
    np.testing.assert_allclose(told, flown(made, 0), atol=0.06)
    assert len(paths[0].findall("k:when", KML)) == len(told)
    assert [len(one.findall("k:when", KML)) for one in folders[1].findall(".//gx:Track", KML)] == [3, 2, 1]


def test_kml_is_read_by_another_library_and_its_words_are_words(made: SimpleNamespace, tmp_path: Path) -> None:
    text = write.kml([track(), made.case], tmp_path / "a.kml").read_text(encoding="utf-8")
    text = text.partition("?>")[2]  # the other library takes text without a declaration
    document = next(iter(fastkml.KML.from_string(text, strict=False).features))
    first, claims = document.features
    assert first.name == SHOWN.replace("<![", "< ![")
    described = next(iter(claims.features)).description
    assert "<" not in described  # a balloon is HTML: nothing in it is a tag
    assert "&lt;script&gt;f()" in described


def test_kml_is_the_same_bytes_whatever_was_written_before(made: SimpleNamespace, tmp_path: Path) -> None:
    first, second = (write.kml([made.ensemble, track()], tmp_path / name, sample=4) for name in ("a.kml", "b.kml"))
    assert first.read_bytes() == second.read_bytes()
    tree = etree.parse(first)
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert {node.text[1:] for node in tree.iterfind(".//k:styleUrl", KML)} <= set(ids)


# -- Cesium ------------------------------------------------------------------------------------------------------


def test_czml_is_there_only_while_something_is_known(made: SimpleNamespace, tmp_path: Path) -> None:
    packets = json.loads(write.czml([track(), made.ensemble, made.case], tmp_path / "a.czml").read_text("utf-8"))
    head, one, *others = packets
    assert (head["id"], head["version"]) == ("document", "1.0")
    assert head["clock"]["interval"].startswith("1970-01-01T00:00:00.000Z/2024-12-08T02:")
    assert [len(part["cartographicDegrees"]) // 4 for part in one["position"]] == [3, 2, 1]
    assert one["availability"] == [part["interval"] for part in one["position"]]
    assert one["availability"][:2] == [
        "1970-01-01T00:00:00.000Z/1970-01-01T00:00:20.000Z", "1970-01-01T00:05:20.000Z/1970-01-01T00:05:30.000Z"
    ]  # fmt: skip
    assert {part["interpolationAlgorithm"] for part in one["position"]} == {"LINEAR"}
    told = np.reshape(others[0]["position"][0]["cartographicDegrees"], (-1, 4))
    np.testing.assert_allclose(told[:, 1:], flown(made, 0), atol=1e-3)
    assert len({packet["id"] for packet in packets}) == len(packets)
    assert "<script" not in json.dumps([packet.get("description") for packet in packets])


# -- tables ------------------------------------------------------------------------------------------------------


def test_geoparquet_keeps_every_moment_of_every_path(made: SimpleNamespace, tmp_path: Path) -> None:
    file = write.geoparquet(made.ensemble, tmp_path / "a.parquet")
    told = gpd.read_parquet(file)
    steps = made.ensemble.paths.sizes["time"]
    assert len(told) == 32 * steps
    assert told.crs == "EPSG:4326"
    np.testing.assert_allclose(told.geometry.x[:steps], made.ensemble.paths["longitude"][0])
    np.testing.assert_allclose(told.groupby("path")["weight"].first().sum(), 1.0)
    assert told["time"].dt.tz is not None
    assert told["synthetic"].all()
    assert json.loads(pq.read_schema(file).metadata[b"geo"])["version"] == "1.1.0"
    assert file.read_bytes() == write.geoparquet(made.ensemble, tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize("noun", ["track", "case"])
def test_geoparquet_keeps_tracks_and_claims(noun: str, made: SimpleNamespace, tmp_path: Path) -> None:
    what = track() if noun == "track" else made.case
    told = gpd.read_parquet(write.geoparquet(what, tmp_path / "a.parquet"))
    rows = what.fixes if isinstance(what, Track) else what.claims
    assert len(told) == len(rows)
    assert set(rows.columns) <= set(told.columns)


def test_geojson_is_cut_at_holes_and_keeps_the_clock(made: SimpleNamespace, tmp_path: Path) -> None:
    file = write.geojson([track(), made.ensemble, made.case], tmp_path / "a.geojson", sample=4)
    told = gpd.read_file(file)
    assert list(told.geom_type[:3]) == ["LineString", "LineString", "Point"]
    assert len(told) == 3 + 4 + 1
    features = json.loads(file.read_text("utf-8"))["features"]
    for feature in features[:2] + features[3:7]:
        assert len(feature["properties"]["times"]) == len(feature["geometry"]["coordinates"])
    assert features[-1]["properties"]["words"] == SHOWN


@pytest.mark.parametrize("noun", ["track", "case", "ensemble"])
def test_csv_runs_nothing_in_a_spreadsheet_or_a_terminal(noun: str, made: SimpleNamespace, tmp_path: Path) -> None:
    what = {"track": track(), "case": made.case, "ensemble": made.ensemble}[noun]
    file = write.csv(what, tmp_path / "a.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(write.tables.table(what))
    texts = [value for row in rows for value in row.values() if not value.replace("-", "", 1)[:1].isdigit()]
    assert not any(value.startswith(("=", "+", "@", "\t", "\r")) for value in texts)
    assert not any("\x1b" in value or "\u202e" in value for value in texts)
    if noun != "ensemble":
        assert f"'{SHOWN}" in texts
    assert {"longitude", "latitude"} <= set(rows[0])


def test_a_number_below_zero_is_no_formula(tmp_path: Path) -> None:
    one = track()
    low = replace(one, fixes=one.fixes.assign(vertical_rate_mps=-1.5))
    told = pd.read_csv(write.csv(low, tmp_path / "a.csv"))
    assert (told["vertical_rate_mps"] == -1.5).all()


# -- claim reviews -----------------------------------------------------------------------------------------------


def test_reviews_rate_no_claim_true_or_false(made: SimpleNamespace, tmp_path: Path) -> None:
    row = {"claim": "turned", "report": "paper", "origin": made.case.claims["origin"].iloc[0], "subject": "aircraft",
           "support_sd": 0.01, "effective_paths": 90.0, "explained": 0.5, "reason": "Because."}  # fmt: skip
    rows = [{**row, "hypothesis": "landed", "support": 0.8, "state": "consistent"},
            {**row, "hypothesis": "crashed", "support": 0.0, "state": "in tension"},
            {**row, "claim": "not-judged", "hypothesis": "crashed", "support": np.nan, "state": "context"}]  # fmt: skip
    told = json.loads(write.claim_review(made.case, pd.DataFrame(rows), tmp_path / "a.json").read_text("utf-8"))
    (review,) = told["@graph"]
    assert review["@type"] == "ClaimReview"
    assert review["claimReviewed"] == SHOWN
    overall, *each = review["reviewRating"]
    assert overall["alternateName"].startswith("Consistent with 1 of 2 stories, in tension with 1")
    assert [one["alternateName"] for one in each] == ["consistent", "in tension"]
    assert "90 effective paths" in each[0]["ratingExplanation"]
    assert "ratingValue" not in json.dumps(told)
    assert review["itemReviewed"]["author"]["name"] == made.case.reports["publisher"].iloc[0]


# -- what cannot be written --------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [[], ["a"], pd.DataFrame({"a": [1]})])
def test_what_is_no_noun_is_refused(what: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing to write|not a noun"):
        write.kml(what, tmp_path / "a.kml")
    assert not (tmp_path / "a.kml").exists()
