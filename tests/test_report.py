"""Handing over, words, running, the page and the manifest; the whole job on small notebooks."""

import base64
import csv
import io
import json
import re
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import minimal
import nbformat
import numpy as np
import pandas as pd
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image
from rocrate.rocrate import ROCrate

from trackkit import read, report
from trackkit.errors import InputError, TrackkitError
from trackkit.report import handing, manifest, page, paper, running, words
from trackkit.report.running import Notebook, Setting

# -- handing over ---------------------------------------------------------------------------------------------


@given(st.text())
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    told = handing.safe(text)
    assert isinstance(told, str)
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert told.removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("value", [-1, -1.5, np.float64(-2.0), True, None])
def test_what_is_no_text_is_left_as_it_is(value: object) -> None:
    assert handing.safe(value) is value


def test_a_table_is_written_whole_and_shown_escaped(tmp_path: Path) -> None:
    values = {"=name": ["=1+1", "<b>bold</b>"], "value_m": [-1.23456789, float("nan")], "list": [("a", "b"), ()]}
    table = pd.DataFrame(values)
    shown = report.table(table, tmp_path, "1-one", "What it is")
    rows = list(csv.reader(io.StringIO((tmp_path / "tables" / "1-one.csv").read_text(encoding="utf-8"))))
    assert rows == [["'=name", "value_m", "list"], ["'=1+1", "-1.23456789", "a; b"], ["<b>bold</b>", "", ""]]
    assert b"\r" not in (tmp_path / "tables" / "1-one.csv").read_bytes()
    html = shown.forms["text/html"]
    assert "&lt;b&gt;bold" in html
    assert "<b>" not in html
    assert ">value m<" in html
    assert shown.notes["trackkit"] == {"table": "1-one", "caption": "What it is"}


def drawn() -> Figure:
    figure = Figure(figsize=(2.0, 1.0))
    figure.subplots().plot([0, 1], [1, 0])
    return figure


def test_a_figure_is_written_in_three_forms_and_shown_with_words(tmp_path: Path) -> None:
    shown = report.figure(drawn(), tmp_path, "2-two", "A falling line")
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["2-two.pdf", "2-two.png", "2-two.svg"]
    data, notes = shown._repr_mimebundle_()
    assert notes["trackkit"] == {"figure": "2-two", "alt": "A falling line"}
    assert data["text/plain"] == "A falling line"
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size == (320, 160)


def test_a_figure_is_the_same_bytes_twice(tmp_path: Path) -> None:
    first, second = (report.figure(drawn(), tmp_path / name, "f", "A line") for name in ("a", "b"))
    assert first == second
    for path in (tmp_path / "a" / "figures").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / "figures" / path.name).read_bytes()


def test_shares_say_what_paths_cannot_show() -> None:
    support = pd.DataFrame(
        {
            "report": "paper", "claim": ["a", "a", "b", "b"], "hypothesis": ["one", "two"] * 2,
            "state": ["consistent", "in tension", "not testable", "not testable"],
            "support": [0.5, 0.0, float("nan"), float("nan")], "effective_paths": [100.0, 60.0, 100.0, 100.0],
        }
    )  # fmt: skip
    wide = report.shares(support).set_index("claim")
    assert wide.loc["a", "one"] == "consistent (50 %)"
    assert wide.loc["a", "two"] == "in tension (under 5 %)"
    assert wide.loc["b", "one"] == "not testable"


# -- words ----------------------------------------------------------------------------------------------------


@given(st.floats(0.0, 1.0), st.integers(0, 100_000))
def test_a_share_never_claims_none_or_all(value: float, n: int) -> None:
    told = words.share(value, n)
    assert told not in ("0 %", "100 %")
    if value == 0.0:
        assert told.startswith("under")


def judged(low: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Verdict, support and ratios of the two hypotheses of the small case; `low` is the lower end of the first."""
    verdict = pd.DataFrame(
        {
            "hypothesis": ["landed", "crashed"], "says": ["It landed.", "It crashed."], "prior": [0.6, 0.4],
            "log_evidence": [-10.0, -12.0], "log_evidence_sd": [0.1, 0.1], "runs": 4, "effective_paths": [300.0, 20.0],
            "paths": [400, 400], "posterior": [0.9, 0.1], "posterior_low": [low, 0.05], "posterior_high": [0.95, 0.2],
            "caution": ["", "rests on 20 effective paths"],
        }
    )  # fmt: skip
    support = pd.DataFrame(
        {
            "claim": "turned", "report": "paper", "hypothesis": ["landed", "crashed"], "subject": "aircraft",
            "support": [0.01, 0.9], "state": ["in tension", "consistent"],
        }
    )  # fmt: skip
    ratio = {"first": "landed", "second": "crashed", "sentence": "A sentence", "word": "weak support", "caution": ""}
    ratios = pd.DataFrame([ratio])
    return verdict, support, ratios


def test_a_clear_verdict_is_told_with_its_condition(tmp_path: Path) -> None:
    told = report.summary(read.case(minimal.write(tmp_path)), *judged(0.85))
    assert told.startswith("**Under the assumptions stated below, and among these 2 stories only")
    assert "A sentence: weak support" in told
    assert "Read with caution: crashed (rests on 20 effective paths)" in told
    assert "consistent with 0 and in tension with 1" in told
    assert "What tells the stories apart most (1 claims): A sentence (paper)." in told


def test_an_open_verdict_is_told_first_and_without_an_order(tmp_path: Path) -> None:
    told = report.summary(read.case(minimal.write(tmp_path)), *judged(0.1))
    assert told.startswith("**Unresolved.**")
    assert told.index("**crashed**") < told.index("**landed**")  # as in the case, not by probability
    assert not re.search(r"\bruled out\b|\bproved\b", told)


def test_runs_that_disagree_leave_the_verdict_open(tmp_path: Path) -> None:
    verdict, support, ratios = judged(0.85)
    told = report.summary(read.case(minimal.write(tmp_path)), verdict.assign(log_evidence_sd=1.0), support, ratios)
    assert told.startswith("**Unresolved.** Independent runs differ by up to 2.0 nats")


# -- running --------------------------------------------------------------------------------------------------


def notebook(folder: Path, name: str, *cells: tuple[str, str, list[str]], after: tuple[str, ...] = ()) -> Path:
    """Write a notebook of cells (kind, source, tags)."""
    node = nbformat.v4.new_notebook(metadata={"trackkit": {"after": list(after)}} if after else {})
    for number, (kind, source, tags) in enumerate(cells):
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        node.cells.append(make(source, id=f"cell-{number}", metadata={"tags": tags} if tags else {}))
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


PARAMETERS = ("code", 'CASE = "x"\nOUT = "y"\nN = 8\nWORD = "w"', ["parameters"])


def stored(file: Path) -> Notebook:
    return running.read([file])[0]


def test_only_declared_parameters_are_set_and_folders_are_told_from_the_notebook(tmp_path: Path) -> None:
    file = notebook(tmp_path / "notebooks", "one", ("markdown", "# Why?", []), PARAMETERS)
    setting = Setting(tmp_path / "data" / "a-case", tmp_path / "build", {"N": 16, "SEED": 3})
    injected = running.prepared(stored(file), setting).cells[2]
    assert injected.source == "CASE = '../data/a-case'\nOUT = '../build'\nN = 16"
    assert running.parameters(stored(file)) == {"N": 8, "WORD": "w"}


def test_cells_of_other_cases_are_left_out(tmp_path: Path) -> None:
    file = notebook(tmp_path, "one", ("markdown", "ours", ["case:mine"]), ("markdown", "theirs", ["case:other"]))
    cells = running.prepared(stored(file), Setting(tmp_path / "mine", tmp_path, {})).cells
    assert [cell.source for cell in cells] == ["ours"]


def test_notebooks_that_cannot_be_run_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no notebooks"):
        running.read([])
    (tmp_path / "bad.ipynb").write_text("{")
    with pytest.raises(InputError, match=r"bad\.ipynb: not a notebook"):
        running.read([tmp_path / "bad.ipynb"])
    lonely = notebook(tmp_path, "lonely", PARAMETERS, after=("one",))
    with pytest.raises(InputError, match="waits for a notebook that does not come before it"):
        running.read([lonely])


# -- the page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>", '<p onclick="f()">a</p>', '<img src="http://x/y">', "<style>p{}</style>",
        '<a href="javascript:f()">a</a>', '<iframe src="//x"></iframe>', '<svg onload="f()"></svg>',
        '<link rel="stylesheet" href="//x">', "<td style='background:url(//x)'>a</td>", "<SCRIPT\n>f()</SCRIPT >",
    ],
)  # fmt: skip
def test_nothing_active_gets_through(hostile: str) -> None:
    for html in (page.clean(hostile), page.markdown(hostile)):
        tags = re.findall(r"<[^>]*>", html)
        assert not any(re.search(r"script|onclick|onload|src=|style|iframe|svg|link", tag) for tag in tags), html


def output(**forms: str) -> Any:
    return nbformat.v4.new_output("display_data", {key.replace("_", "/"): text for key, text in forms.items()})


def test_cells_stand_in_the_section_that_was_opened(tmp_path: Path) -> None:
    code = nbformat.v4.new_code_cell("1 < 2", outputs=[output(text_html="<table><tr><td>a</td></tr></table>")])
    code.metadata["tags"] = ["section:conclusions"]
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Why?"), code])
    told = list(page.blocks("one", node))
    assert [block.section for block in told] == ["analysis", "conclusions", "conclusions"]
    assert "<h3>Why?</h3>" in told[0].html
    assert "<td>a</td>" in told[1].html
    assert "1 &lt; 2" in told[2].html


def test_a_picture_without_words_has_those_of_its_text() -> None:
    picture = base64.b64encode(b"png").decode()
    shown = page._output(output(image_png=picture, text_plain='a "figure"'))
    assert 'alt="a &#34;figure&#34;"' in shown
    with pytest.raises(ValueError, match=r"base64|padding|Incorrect"):
        page._output(output(image_png='"><script>', text_plain="x"))


# -- the whole job --------------------------------------------------------------------------------------------

FIGURE = """
from matplotlib.figure import Figure
from trackkit import read, report
import pandas as pd
case = read.case(CASE)
figure = Figure(figsize=(1, 1))
figure.subplots().plot([0, N])
report.figure(figure, OUT, "1-line", "A line")
"""
TABLE = 'report.table(pd.DataFrame({"a": [N]}), OUT, "1-table", "A table")'


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A report on the small case, made twice by two notebooks of which the second waits for the first."""
    folder = tmp_path_factory.mktemp("job")
    claim = {"id": "turned", "says": "turned", "near": "Homs", "words": "It <b>turned</b>."}
    case = minimal.write(folder / "case", claim)
    question = ("markdown", "# Why?", ["section:factual"])
    first = notebook(folder / "books", "1-first", question, PARAMETERS, ("code", FIGURE, []), ("code", TABLE, []))
    waits = ("code", "from pathlib import Path\nassert (Path(OUT) / 'tables/1-table.csv').exists()", [])
    second = notebook(folder / "books", "2-second", PARAMETERS, waits, after=("1-first",))
    out, lines = folder / "out", []
    contents = []
    for _ in range(2):
        report.report(case, out, [first, second], n=12, tell=lines.append)
        contents.append({name: (out / name).read_bytes() for name in (*manifest.made(out), "manifest.json")})
        (out / "figures" / "stale.png").write_bytes(b"old")
        (out / "figures" / "notes.txt").write_text("mine")
    (out / "figures" / "stale.png").unlink()
    return SimpleNamespace(case=case, out=out, lines=lines, contents=contents, books=[first, second])


def test_a_second_report_is_the_same_but_for_times(job: SimpleNamespace) -> None:
    first, second = ({**one} for one in job.contents)
    told = [json.loads(one.pop("manifest.json")) for one in (first, second)]
    assert set(second) - set(first) == {"figures/notes.txt"}  # what is not ours is left, and what was ours was swept
    assert {name: second[name] for name in first} == first
    assert all(set(one.pop("times")) == {"started", "seconds", "all"} for one in told)
    told[1]["files"].pop("figures/notes.txt")
    assert told[0] == told[1]


def test_the_manifest_names_what_went_in_and_came_out(job: SimpleNamespace) -> None:
    told = json.loads((job.out / "manifest.json").read_text(encoding="utf-8"))
    assert list(told) == sorted(told)
    assert told["case"]["files"] == dict(read.case(job.case).registry)
    assert told["parameters"]["1-first"] == {"N": 12, "WORD": "w"}
    assert told["notebooks"]["1-first.ipynb"] == manifest.sha256(job.books[0])
    assert {"numpy", "trackkit", "matplotlib"} <= set(told["versions"])
    assert "terrain.npz" in told["earth"]
    assert {"report.html", "figures/1-line.svg", "tables/1-table.csv", "notebooks/2-second.ipynb"} <= set(told["files"])


def test_the_page_asks_no_network_and_runs_nothing(job: SimpleNamespace) -> None:
    html = (job.out / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<iframe|@import|url\(|srcset|\son\w+=", html)
    assert all(source.startswith("data:image/png;base64,") for source in re.findall(r'src="([^"]*)"', html))
    assert re.findall(r'<img [^>]*alt="([^"]*)"', html) == ["A line"]
    assert "default-src 'none'" in html
    assert str(job.out.parent) not in html  # no folder of ours leaks


def test_the_page_has_its_sections_in_order(job: SimpleNamespace) -> None:
    html = (job.out / "report.html").read_text(encoding="utf-8")
    titles = re.findall(r"<h2[^>]*>([^<]*)</h2>", html)
    assert titles == list(page.SECTIONS.values())
    assert titles[1:4] == ["Factual information", "Analysis", "Conclusions"]
    assert html.count("<h1") == 1


def test_what_was_made_is_told(job: SimpleNamespace) -> None:
    told = "\n".join(job.lines)
    assert str(job.out / "report.html") in told
    assert "1-first" in told


def test_verify_sees_what_was_changed(job: SimpleNamespace, tmp_path: Path) -> None:
    assert set(report.verify(job.out)["state"]) == {"as made"}
    for name in ("figures", "tables"):
        (tmp_path / name).mkdir()
    told = {"files": {"tables/a.csv": manifest.sha256(job.books[0]), "tables/gone.csv": "0" * 64}}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    (tmp_path / "tables" / "a.csv").write_text("1")
    (tmp_path / "figures" / "new.png").write_text("1")
    states = report.verify(tmp_path).set_index("file")["state"]
    assert states["figures/new.png"] == "not in the manifest"
    assert (states["tables/a.csv"], states["tables/gone.csv"]) == ("changed", "missing")


@pytest.mark.parametrize("text", ["", "[]", '{"files": 1}', '{"files": {"../x": "0"}}', '{"files": {"/etc/x": "0"}}'])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"not a manifest|out of the folder"):
        report.verify(tmp_path)


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no manifest"):
        report.verify(tmp_path)


def test_a_failing_cell_ends_the_job_with_its_number(job: SimpleNamespace, tmp_path: Path) -> None:
    cells = (("markdown", "# Why?", []), PARAMETERS, ("code", "raise ValueError('the reason')", []))
    file = notebook(tmp_path, "broken", *cells)
    with pytest.raises(TrackkitError) as caught:
        report.report(job.case, tmp_path / "out", [file], tell=lambda line: None)
    assert str(caught.value).startswith("broken.ipynb, cell 3 (cell-2): the cell failed:")
    assert str(caught.value).endswith("ValueError: the reason")
    assert (tmp_path / "out" / "notebooks" / "broken.ipynb").exists()
    assert not (tmp_path / "out" / "report.html").exists()


def test_a_report_is_never_written_over_its_notebooks(job: SimpleNamespace, tmp_path: Path) -> None:
    file = notebook(tmp_path / "notebooks", "one", PARAMETERS)
    with pytest.raises(InputError, match="over its own notebooks"):
        report.report(job.case, tmp_path, [file], tell=lambda line: None)
    assert file.exists()


# -- the page in print, the research object, and a run again -----------------------------------------------------

HOSTILE = "<script>f()</script> $\\frac{1}{2}$ =HYPERLINK(1) \x1b[31m \u202eabc #strong[x] 漢 [U+0000]"


def test_the_print_says_what_the_page_says(job: SimpleNamespace) -> None:
    pdf = pypdf.PdfReader(job.out / "report.pdf")
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert pdf.metadata.title == "Where did it go?"
    words = " ".join(page.extract_text() for page in pdf.pages)
    assert [words.count(title) > 1 for title in page.SECTIONS.values()] == [True] * len(page.SECTIONS)
    assert "It <b>turned</b>." not in words or "<b>" in words
    assert "Figure 1-line" in words


def test_the_print_has_its_fonts_inside_and_words_for_pictures(job: SimpleNamespace) -> None:
    pdf = pypdf.PdfReader(job.out / "report.pdf")
    fonts = [font.get_object() for one in pdf.pages for font in one["/Resources"].get("/Font", {}).values()]
    inner = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert inner
    assert all({"/FontFile2", "/FontFile3"} & set(one.get_object()) for one in inner)
    alts = [one.get("/Alt") for one in map(pdf.get_object, range(1, len(pdf.xref[0]) + 1)) if isinstance(one, dict)]
    assert "A line" in alts


def test_hostile_words_are_set_as_words(tmp_path: Path) -> None:
    body = f"<h1>{escape(HOSTILE)}</h1><h2>A</h2><p>{escape(HOSTILE)}</p>"
    table = f"<table><tr><th>{escape(HOSTILE)}</th></tr><tr><td>a</td></tr></table>"
    (tmp_path / "report.html").write_text(f"<html><body>{body}{table}</body></html>", encoding="utf-8")
    words = " ".join(one.extract_text() for one in pypdf.PdfReader(paper.write(tmp_path)).pages)
    for piece in ("<script>f()</script>", "$\\frac{1}{2}$", "[U+001B][31m", "[U+202E]abc", "#strong[x]", "[U+6F22]"):
        assert words.count(piece) >= 2, piece


def test_the_crate_names_every_file_by_hash(job: SimpleNamespace) -> None:
    crate = ROCrate(job.out)
    files = {one.id: one["sha256"] for one in crate.get_entities() if one.type == "File"}
    assert files == {
        name: manifest.sha256(job.out / name)
        for name in manifest.made(job.out)
        if name not in (manifest.CRATE, "figures/notes.txt")
    }
    told = {one.id: one for one in crate.get_entities()}
    assert told["#1-first-N"]["value"] == 12
    assert told["#numpy"]["softwareVersion"] == np.__version__
    assert {one.id.rpartition("/")[2] for one in told["#report"]["object"]} >= {"case.toml", "#1-first-N"}
    assert crate.root_dataset["datePublished"] == "2024-12-08T00:00:00+00:00"


def test_a_run_again_makes_every_file_anew_and_sees_what_differs(job: SimpleNamespace) -> None:
    states = report.again(job.out, job.case, job.books, tell=lambda line: None).set_index("file")["state"]
    assert set(states.drop("figures/notes.txt", errors="ignore")) == {"the same again"}
    assert (job.out / "figures" / "notes.txt").exists()  # put back as it was
    told = manifest.read(job.out)
    other = {**told, "files": {**told["files"], "tables/1-table.csv": "0"}, "python": "1.0"}
    found = manifest.compared(told, other).set_index("file")["state"]
    assert (found["tables/1-table.csv"], found["(python)"]) == ("differs", "input differs")
