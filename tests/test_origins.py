"""The chain of copies: which figures are one number, who told it first, and where a copy went wrong."""

from pathlib import Path

import minimal
import networkx as nx
import pandas as pd
import pytest

from trackkit import check, columns, origins, read
from trackkit.errors import InputError

SYRIAN = Path(__file__).parent.parent / "data" / "syrian-air-9218"

FIRST = (
    {"id": "low", "says": "flew_at", "altitude": "8,725 ft", "datum": "pressure", "time": "02:32 UTC"},
    {"id": "slow", "says": "flew_at", "speed": "34 kt", "phase": "last"},
    {"id": "off", "says": "took_off", "at": "OSDI", "time": "01:59 UTC"},
)


def told(folder: Path, *copies: dict[str, object], first: tuple[dict[str, object], ...] = FIRST) -> nx.DiGraph:
    second = minimal.report("second", *[minimal.claim(**one) for one in copies])
    return check.chain(read.case(minimal.write(folder, *first, second=second)))


def copy(of: str, **keys: object) -> dict[str, object]:
    return {"id": f"{of}-again", "copy_of": of, **keys}


def differences(graph: nx.DiGraph, node: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return graph.nodes[node]["differs"], graph.nodes[node]["wrong"]


def test_a_copy_in_other_units_is_the_same_number(tmp_path: Path) -> None:
    graph = told(tmp_path, copy("slow", says="flew_at", speed="63 km/h", phase="last"))
    table = origins.numbers(graph).set_index("number")
    assert table.at["slow:speed", "forms"] == ("34 kt", "63 km/h")
    assert table.at["slow:speed", "told_by"] == ("paper", "second")
    assert differences(graph, "slow-again:speed") == (("in other units",), ())
    assert nx.has_path(graph, "transponder", "slow-again:speed")
    assert list(graph.predecessors("slow-again:speed")) == ["slow:speed"]


def test_figures_that_nobody_marked_as_copies_stay_two_numbers(tmp_path: Path) -> None:
    graph = told(tmp_path, {"id": "other", "says": "flew_at", "speed": "34 kt", "phase": "last"})
    assert {"number:slow:speed", "number:other:speed"} <= set(graph)


def test_one_report_that_tells_a_figure_twice_tells_one_number(tmp_path: Path) -> None:
    down = {"id": "down", "says": "descended", "to": "8,725 ft", "datum": "pressure"}
    table = origins.numbers(told(tmp_path, first=(*FIRST, down)))
    assert table[table["quantity"] == "height"]["tellings"].tolist() == [2]


def test_a_wrong_zone_is_seen_and_an_hour_rounded_is_none(tmp_path: Path) -> None:
    graph = told(tmp_path, copy("off", says="took_off", at="OSDI", time="03:59 local"),
                 {**copy("off", says="took_off", at="OSDI", time="about 05:00 local"), "id": "rounded"})  # fmt: skip
    assert differences(graph, "off-again:time") == ((), ("1 h off, as in another zone",))
    assert differences(graph, "rounded:time") == (("rounded",), ())


def test_an_end_taken_for_a_start_is_seen(tmp_path: Path) -> None:
    graph = told(tmp_path, copy("low", says="descended", from_="8,725 ft", datum="pressure"))
    assert differences(graph, "low-again:from")[1] == ("end taken for start",)


def test_a_tracker_misnamed_is_seen_and_the_line_of_origins_is_not(tmp_path: Path) -> None:
    again = {"says": "flew_at", "speed": "34 kt", "phase": "last"}
    graph = told(tmp_path, copy("slow", **again, credited="tracker-two"),
                 {**copy("slow", **again, credited="transponder"), "id": "right"})  # fmt: skip
    assert differences(graph, "slow-again:speed")[1] == ("credits another tracker",)
    assert differences(graph, "right:speed")[1] == ()


def test_the_graph_has_no_circle_and_begins_at_origins(tmp_path: Path) -> None:
    graph = check.chain(read.case(SYRIAN))
    assert nx.is_directed_acyclic_graph(graph)
    assert {graph.nodes[node]["kind"] for node, degree in graph.in_degree() if degree == 0} == {"origin"}
    assert set(origins.numbers(graph).columns) == {column.name for column in columns.NUMBERS}


def test_thirteen_heights_and_speeds_of_the_syrian_case_are_six() -> None:
    table = origins.numbers(check.chain(read.case(SYRIAN)))
    turned = table[table["quantity"].isin(["height", "speed"]) & (table["forms"].map(len) > 1)]
    assert sorted(turned["printed"]) == ["1,625 ft", "12,000 ft", "3,500 ft", "34 kt", "442 kt", "8,725 ft"]
    assert (turned["forms"].map(len).sum(), turned["tellings"].sum()) == (13, 22)
    wrong = {fault for faults in table["wrong"] for fault in faults}
    assert {"numerama: 25 h off, as on another day", "buta-media: credits Flightradar24",
            "daily-the-destination: end taken for start"} <= wrong  # fmt: skip


def test_the_order_of_files_and_claims_changes_nothing(tmp_path: Path) -> None:
    again = copy("slow", says="flew_at", speed="63 km/h", phase="last")
    one = origins.numbers(told(tmp_path / "one", again))
    other = origins.numbers(told(tmp_path / "other", again, first=FIRST[::-1]))
    pd.testing.assert_frame_equal(one, other)


def test_a_case_without_figures_has_no_numbers(tmp_path: Path) -> None:
    graph = check.chain(read.case(minimal.write(tmp_path)))
    assert len(origins.numbers(graph)) == 0


@pytest.mark.parametrize(("origin", "chain"), [("tracker-one", "transponder -> tracker-one -> transponder"),
                                               ("an-official", "an-official -> an-official")])  # fmt: skip
def test_origins_in_a_circle_are_refused_with_the_link_to_cut(tmp_path: Path, origin: str, chain: str) -> None:
    head = f'id = "{"transponder" if origin == "tracker-one" else origin}"\n'
    with pytest.raises(InputError, match="circular chain of origins") as error:
        read.case(minimal.write(tmp_path, case=minimal.CASE.replace(head, f'{head}via = "{origin}"\n', 1)))
    assert chain in str(error.value)
    assert "as without" in str(error.value)
