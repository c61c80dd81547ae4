"""The form of the notebooks; that they run is seen by nbmake (0-tour in the quick suite, the others slow)."""

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from trackkit.report import page, running

FOLDER = Path(__file__).parents[1] / "notebooks"
FILES = sorted(FOLDER.glob("*.ipynb"))
LONGEST = 12


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def node(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=4)


def code(node: Any) -> list[Any]:
    return [cell for cell in node.cells if cell.cell_type == "code"]


def statements(cell: Any) -> list[type[ast.stmt]]:
    return [type(one) for one in ast.walk(ast.parse(cell.source)) if isinstance(one, ast.stmt)]


#: the notebooks and those that each waits for
SECOND = "2-plausible-paths"
WAITS = {
    "0-tour": (), "1-what-the-reports-claim": (), SECOND: (), "3-paths-against-claims": (SECOND,),
    "4-can-the-engine-be-trusted": (SECOND,), "5-what-would-change-the-answer": ("1-what-the-reports-claim", SECOND),
    "6-ground-and-reach": (SECOND,), "7-where-a-track-can-be-trusted": (), "9-measured-on-real-flights": (),
}  # fmt: skip


def test_all_are_there() -> None:
    assert [file.stem for file in FILES] == list(WAITS)


def test_it_is_stored_without_outputs(node: Any) -> None:
    nbformat.validate(node)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(node))
    assert node.metadata.kernelspec.name == "python3"
    assert "version" not in node.metadata.get("language_info", {})


def test_cells_are_short_and_named(node: Any) -> None:
    assert [cell.id for cell in node.cells if len(cell.source.splitlines()) > LONGEST] == []
    assert all(re.fullmatch(r"[a-z][a-z-]+", cell.id) for cell in node.cells)
    assert len({cell.id for cell in node.cells}) == len(node.cells)


def test_it_opens_with_its_question(node: Any) -> None:
    first = node.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert re.search(r"\*\*[^*]+\?\*\*", first.source)


def test_it_ends_with_asserts(node: Any) -> None:
    last = node.cells[-1]
    assert last.cell_type == "code"
    assert ast.Assert in statements(last)
    assert "checks" in running.tags(last)


def test_it_has_its_parameters_in_one_cell(node: Any) -> None:
    tagged = [cell for cell in node.cells if "parameters" in running.tags(cell)]
    assert len(tagged) == 1
    assert "OUT" in running._assigned(tagged[0].source)
    assert set(statements(tagged[0])) == {ast.Assign}


def test_its_tags_are_known(node: Any) -> None:
    for cell in node.cells:
        for tag in running.tags(cell):
            kind, _, word = tag.partition(":")
            assert tag in ("parameters", "checks") or kind == "case" or (kind == "section" and word in page.SECTIONS)


def test_its_words_are_honest(node: Any) -> None:
    prose = "\n".join(cell.source for cell in node.cells if cell.cell_type == "markdown")
    assert not re.search(r"\b(ruled\s+out|proved|proves|impossible|debunk\w*)\b", prose, re.IGNORECASE)


def test_the_order_can_be_kept() -> None:
    assert [notebook.after for notebook in running.read(FILES)] == list(WAITS.values())


def test_the_readme_lists_each_with_its_question() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([^\]]+)\]\(([^)]+)\) \| (.+?) \|", text, re.M)
    assert [(name, file) for name, file, _ in rows] == [(file.stem, file.name) for file in FILES]
    for file, (_, _, question) in zip(FILES, rows, strict=True):
        assert f"**{question}**" in nbformat.read(file, as_version=4).cells[0].source
