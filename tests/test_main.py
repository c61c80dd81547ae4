"""The command line: what it says, and how it ends."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import minimal
import pandas as pd
import pytest

from trackkit import __main__ as command
from trackkit import read
from trackkit.read.case import _CASE, _PLACE

SKELETON = Path(command.__file__).parent / "skeleton"


def test_a_new_case_reads_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["new", str(tmp_path / "case")]) == 0
    case = read.case(tmp_path / "case")
    assert len(case.hypotheses) == 3
    assert str(tmp_path / "case") in capsys.readouterr().out


def test_new_writes_over_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert command.main(["new", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_skeleton_shows_every_key_of_the_frame() -> None:
    table = tomllib.loads((SKELETON / "case.toml").read_text(encoding="utf-8"))
    assert set(table) == {*_CASE, "subject_person", "event"}
    assert set(_PLACE) <= set(table["place"][0])


@pytest.mark.parametrize("file", sorted(SKELETON.rglob("*.toml")), ids=lambda path: path.name)
def test_the_skeleton_explains_itself(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert sum(line.startswith("# ") for line in lines) >= 5
    assert max(map(len, lines)) <= 130


def test_a_changed_file_is_refused_until_it_is_registered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "case"
    command.main(["new", str(folder)])
    text = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(text.replace("An example flight", "Another flight"), encoding="utf-8")
    assert command.main(["check", str(folder)]) == 2
    assert command.main(["register", str(folder)]) == 0
    capsys.readouterr()
    assert command.main(["check", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("Another flight: 3 claims in 1 reports")


def test_findings_are_told_and_are_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slow = {"id": "slow", "says": "flew_at", "speed": "34 kt", "time": "02:10 UTC"}
    assert command.main(["check", str(minimal.write(tmp_path, slow))]) == 0
    said = capsys.readouterr().out
    assert "34 kt" in said
    assert re.search(r"^[1-9]\d* findings$", said, re.M)


@pytest.mark.parametrize("arguments", [["check", "none"], ["verify", "none"], ["report", "none", "--out", "x"]])
def test_what_cannot_be_done_is_one_sentence_and_no_traceback(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("tk: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_register_refuses_a_folder_that_is_no_case(tmp_path: Path) -> None:
    assert command.main(["register", str(tmp_path)]) == 2


def test_verify_tells_by_its_code_whether_files_are_as_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "report.html").write_text("page")
    digest = command.sha256(tmp_path / "report.html")
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {"report.html": digest}}))
    assert command.main(["verify", str(tmp_path)]) == 0
    (tmp_path / "report.html").write_text("another")
    assert command.main(["verify", str(tmp_path)]) == 1
    assert "report.html: changed" in capsys.readouterr().out


def test_report_hands_on_what_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(command, "report", lambda *names, **rest: asked.append((names, rest)))
    assert command.main(["report", "a", "--out", str(tmp_path), "--n", "80", "--seed", "3"]) == 0
    assert asked == [((Path("a"), tmp_path), {"n": 80, "seed": 3})]


@pytest.mark.parametrize("arguments", [[], ["fly"], ["report", "a"]])
def test_a_wrong_command_is_told_how(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert "usage: tk" in capsys.readouterr().err


def test_nothing_that_a_report_says_is_obeyed_by_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "<script> $\\frac$ =HYPERLINK(1) [bold]x[/bold] \x1b[2J\x07 \u202eabc"
    findings = pd.DataFrame({"test": ["speeds"], "finding": [said]})
    monkeypatch.setattr(command.check, "case", lambda case: findings)
    assert command.main(["check", str(minimal.write(tmp_path))]) == 0
    told = capsys.readouterr().out
    assert "<script> $\\frac$ =HYPERLINK(1) [bold]x[/bold] [U+001B][2J[U+0007] [U+202E]abc" in told
    assert not {"\x1b", "\x07", "\u202e"} & set(told)
    assert command.main(["check", str(tmp_path / "\x1b[2J")]) == 2
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(("states", "code"), [(["the same again"] * 2, 0), (["the same again", "differs"], 1)])
def test_verify_with_a_case_runs_it_again(
    states: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {}}))
    monkeypatch.setattr(command, "again", lambda *_: pd.DataFrame({"file": ["a", "b"], "state": states}))
    assert command.main(["verify", str(tmp_path), "--case", "c"]) == code
    assert f"{states.count('the same again')} of 2 are the same again" in capsys.readouterr().out


@pytest.mark.slow
def test_draw_makes_figures_and_the_page_without_notebooks(tmp_path: Path) -> None:
    command.main(["new", str(tmp_path / "case")])
    assert command.main(["draw", str(tmp_path / "case"), "--out", str(tmp_path / "out"), "--n", "64"]) == 0
    figures = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
    assert {"timeline.pdf", "paths.png", "claims-1.svg"} <= figures
    assert (tmp_path / "out" / "explore.html").stat().st_size < 8e6


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in ("new", "check", "register", "draw", "report", "verify"))
