"""The tutorial is run as it stands; the reference names every room."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import trackkit as tk

ROOT = Path(__file__).parents[1]
TUTORIAL = ROOT / "docs" / "your-own-case.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    """Fenced blocks of the tutorial: their language and text, in order."""
    return [(match[1], match[2]) for match in BLOCK.finditer(TUTORIAL.read_text(encoding="utf-8"))]


def written(folder: Path, text: str) -> None:
    """A file of the tutorial, named by its first line."""
    name = text.splitlines()[0].removeprefix("# ")
    (folder / name).write_text(text, encoding="utf-8")


def run(folder: Path, commands: str) -> tuple[int, str]:
    """Commands of the tutorial, until one fails; their last exit code and all that they print."""
    said = ""
    for line in commands.splitlines():
        words = line.split()
        command = [sys.executable, "-m", "trackkit", *words[1:]] if words[0] == "tk" else words
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"MPLBACKEND": "Agg"}
        )
        said += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, said
    return 0, said


def follow(folder: Path, report: bool) -> None:
    """Do what the tutorial says, step by step, and hold what is printed against what it says is printed."""
    said = ""
    for language, text in blocks():
        if language == "toml":
            written(folder, text)
        elif language in ("sh", "shell"):  # `shell`: what is to be refused
            if "tk report" in text:
                text = text.replace("\n", " --n 40\n") if report else ""
            code, said = run(folder, text)
            assert (code == 0) == (language == "sh"), said
        elif language == "text":
            assert text.strip() in said


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one who followed the tutorial up to its report."""
    folder = tmp_path_factory.mktemp("followed")
    follow(folder, report=False)
    return folder


def test_tutorial_runs_up_to_its_report(followed: Path) -> None:
    case = tk.read.case(followed / "my-case")
    assert {"paper-turn", "paper-height"} <= set(case.claims.index)
    assert "broken" not in case.reports.index


def test_python_of_the_tutorial_runs(followed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(followed)
    (code,) = [text for language, text in blocks() if language == "python"]
    scope: dict[str, object] = {}
    exec(compile(code, str(TUTORIAL), "exec"), scope)
    ensemble = scope["ensemble"]
    assert isinstance(ensemble, tk.Ensemble)
    assert ensemble.n == 80


@pytest.mark.slow
def test_pages_are_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "your-own-case.html").exists()


@pytest.mark.slow
def test_tutorial_ends_with_a_report(tmp_path: Path) -> None:
    """The notebooks of the checkout hold for any case, and tell of no other."""
    follow(tmp_path, report=True)
    out = tmp_path / "build" / "my-case"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Where did the example flight go" in page
    assert "Syrian" not in re.sub(r"<details class=\"code\">.*?</details>", "", page, flags=re.DOTALL)
    assert run(tmp_path, "tk verify build/my-case")[0] == 0


def test_second_case_was_made_as_the_tutorial_says() -> None:
    case = tk.read.case(ROOT / "data" / "germanwings-9525")
    findings = tk.check.case(case)
    assert {"copies of one number", "times of one event"} <= set(findings["test"])
    assert sum(one.prior for one in case.hypotheses) == pytest.approx(1.0)


def test_reference_names_every_room() -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    rooms = {path.stem for path in (ROOT / "trackkit").glob("*.py") if not path.stem.startswith("_")}
    rooms |= {path.parent.name for path in (ROOT / "trackkit").glob("*/__init__.py")}
    assert set(re.findall(r"trackkit\.(\w+)$", page, re.MULTILINE)) == rooms
