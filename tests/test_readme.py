"""The README's example runs as it stands."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

ROOT = Path(__file__).parent.parent


def example() -> str:
    return re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)[1]


def test_the_example_has_at_most_twelve_lines() -> None:
    assert len([line for line in example().splitlines() if line.strip()]) <= 12


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(example(), "README.md", "exec"), {})
    plt.close("all")
    assert "log_evidence" in capsys.readouterr().out


def test_links_and_picture_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
