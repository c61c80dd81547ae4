"""Hostile words in a case (its name, reports, origins, stories) and in a callsign are words in all that is made."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import lxml.etree
import lxml.html
import minimal
import numpy as np
import pandas as pd
import pypdf
import pytest
from matplotlib.text import Text
from test_report import PARAMETERS, notebook

import trackkit as tk
from trackkit import __main__ as command
from trackkit import columns, report
from trackkit.model import Reading, Track

HOSTILE = "=HYPERLINK(1) <script>f()</script> <img src=x onerror=f()> $\\frac{1}{2}$ \x1b[2J \u202eabc"
SHOWN = "=HYPERLINK(1) <script>f()</script> <img src=x onerror=f()> $\\frac{1}{2}$ [U+001B][2J [U+202E]abc"
#: pieces of it that a line break may part, each to be found as it is shown
PIECES = ("=HYPERLINK(1)", "<script>f()</script>", "onerror=f()>", "$\\frac{1}{2}$", "[U+001B][2J", "[U+202E]abc")
LIGHT = tk.sampler.Settings(first=2, warm=1, sweeps=(2, 2))
MADE = """
import trackkit as tk
from trackkit import read, report
from IPython.display import display
case = read.case(CASE)
display(report.figure(tk.draw.timeline(case), OUT, "timeline"))
told = case.claims[["words", "quote", "origin"]].assign(who=case.reports["publisher"].iloc[0])
report.table(told, OUT, "claims", case.name)
"""


def toml(text: str, *replaced: str) -> str:
    """The text of a file with these of its strings hostile."""
    for one in replaced:
        assert one in text
        text = text.replace(one, json.dumps(HOSTILE)[1:-1])
    return text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A case read from files in which every free text is hostile, its ensembles, its judgement, and a track."""
    folder = tmp_path_factory.mktemp("hostile")
    words = {"quote": "a few words", "words": "A sentence."}
    claims = (minimal.claim(id="turned", says="turned", near="Homs", time="02:20 UTC", **words),
              minimal.claim(id="said", says="context", about="mood", origin="an-official", **words))  # fmt: skip
    paper = toml(minimal.report("paper", *claims), "A paper", "[a text]", "A sentence.")
    frame = toml(minimal.CASE, "A small case", "Where did it go?", "the aircraft's own signal", "one tracker",
                 "an official", "First light.")  # fmt: skip
    stories = toml(minimal.HYPOTHESES, "It crashed near Homs.", "the last positions were right")
    case = tk.read.case(minimal.write(folder / "case", case=frame, hypotheses=stories, paper=paper))
    ensembles = [tk.reconstruct.paths(case, one, n=32, seed=1, settings=LIGHT) for one in case.hypotheses]
    support, verdict = tk.judge.claims(case, ensembles), tk.judge.hypotheses(case, ensembles)
    judged = {"support": support, "verdict": verdict}
    return SimpleNamespace(folder=folder, case=case, ensembles=ensembles, track=track(), **judged)


def track() -> Track:
    """Four fixes of an aircraft with a hostile callsign."""
    time = pd.date_range("2024-12-08T02:00:00Z", periods=4, freq="10s", name="time")
    values = {"altitude_baro_m": np.linspace(1000.0, 1300.0, 4), "callsign": [HOSTILE] * 4, "gap_before": False}
    fixes = columns.conform(pd.DataFrame(values, index=time), columns.FIXES)
    places = gpd.points_from_xy(np.linspace(36.0, 36.1, 4), np.full(4, 34.0))
    table = gpd.GeoDataFrame(fixes, geometry=places, crs="EPSG:4326")
    return Track(HOSTILE, HOSTILE, table, Reading("test", 4, 4, columns.empty(columns.SET_ASIDE), {}))


def inert(text: str) -> None:
    """Nothing in a text that a terminal or an editor would obey."""
    assert not {"\x1b", "\u202e"} & set(text)


def strings(value: Any) -> Iterable[str]:
    """Every string in what JSON holds."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inside for text in strings(one)]


def shown(text: str, least: int) -> None:
    """Each piece stands in a text, as often as this at least."""
    flat = re.sub(r"\s+", " ", text)
    assert {piece: flat.count(piece) >= least for piece in PIECES} == dict.fromkeys(PIECES, True)


def page(html: str, least: int, scripts: int) -> None:
    """A page has its own scripts alone, no handler, and the words as words."""
    tree = lxml.html.fromstring(html)
    assert len(tree.findall(".//script")) == scripts
    assert not [name for one in tree.iter() for name in one.attrib if name.startswith("on")]
    assert not [one for one in tree.iter("img") if not one.get("src").startswith("data:")]
    for one in tree.findall(".//script") + tree.findall(".//style"):
        one.drop_tree()
    shown(tree.text_content(), least)
    inert(html)


def test_in_tables_and_maps_of_other_programs(made: SimpleNamespace) -> None:
    nouns = [made.case, made.track, made.ensembles[0]]
    for name, write in {"kml": tk.write.kml, "czml": tk.write.czml, "geojson": tk.write.geojson}.items():
        text = write(nouns, made.folder / f"x.{name}").read_text(encoding="utf-8")
        inert(text)
        if name == "kml":
            tree = lxml.etree.fromstring(text.encode())
            assert not list(tree.iter("{*}script"))
            told = [one.text for one in tree.iter("{*}name", "{*}description") if one.text]
            assert not [one for one in tree.iter("{*}description") if "<" in (one.text or "")]  # a balloon is HTML
        else:
            told = list(strings(json.loads(text)))
            inert(" ".join(told))
            packets = json.loads(text) if name == "czml" else []
            balloons = [one["description"] for one in packets if "description" in one]
            assert not [one for one in balloons if "<" in one.removeprefix("<p>").removesuffix("</p>")]
        assert sum("[U+202E]abc" in one for one in told) >= 2, name
    for noun in (made.case, made.track):
        for row in csv.reader(tk.write.csv(noun, made.folder / "x.csv").read_text(encoding="utf-8").splitlines()):
            inert("".join(row))
            assert not [cell for cell in row if re.match(r"[=+@\t\r]", cell)]
    review = json.loads(tk.write.claim_review(made.case, made.support, made.folder / "r.json").read_text("utf-8"))
    inert(" ".join(strings(review)))
    assert SHOWN in list(strings(review))


@pytest.mark.slow
def test_in_every_figure_and_the_page_to_move_in(made: SimpleNamespace) -> None:
    case, several = made.case, {one.hypothesis.id: one for one in made.ensembles}
    page(tk.draw.explore(case, several, made.support, made.verdict, sample=4).html, 3, 4)
    sheets = [
        tk.draw.timeline(case), tk.draw.hypotheses(case, several), tk.draw.chain(case, tk.check.chain(case)),
        *tk.draw.support(case, made.support, made.verdict, seed=1),
        *tk.draw.reports(case, {"paper": made.ensembles[0]}),
    ]  # fmt: skip
    for number, sheet in enumerate(sheets):
        told = [text for text in sheet.findobj(Text) if text.get_text().strip()]
        inert(" ".join([tk.draw.alt(sheet), *(text.get_text() for text in told)]))
        assert all(r"\$" in text.get_text() or not text.get_parse_math() for text in told if "$" in text.get_text())
        files = tk.draw.save(sheet, made.folder / "figures", f"f{number}")
        tree = lxml.etree.parse(files[1])
        assert not list(tree.iter("{*}script"))
        inert(files[1].read_text(encoding="utf-8"))


def test_in_a_terminal(made: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check", str(made.folder / "case")]) == 0
    said = capsys.readouterr().out
    assert said.startswith(SHOWN)
    inert(said)


@pytest.mark.slow
def test_in_the_report_and_its_research_object(made: SimpleNamespace) -> None:
    book = notebook(made.folder / "books", "1-all", PARAMETERS, ("code", MADE, []))
    lines: list[str] = []
    report.report(made.folder / "case", made.folder / "out", [book], n=8, tell=lines.append)
    out = made.folder / "out"
    page((out / "report.html").read_text(encoding="utf-8"), 6, 0)
    printed = pypdf.PdfReader(out / "report.pdf")
    words = "".join(one.extract_text() for one in printed.pages)
    shown(words, 3)
    inert(words + str(printed.metadata))
    crate = json.loads((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    inert(" ".join(strings(crate)))
    for file in [*(out / "tables").iterdir(), *(out / "figures").glob("*.svg"), out / "manifest.json"]:
        inert(file.read_text(encoding="utf-8"))
    rows = csv.reader((out / "tables" / "claims.csv").read_text(encoding="utf-8").splitlines())
    cells = [cell for row in rows for cell in row]
    assert f"'{SHOWN}" in cells
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]", cell)]
