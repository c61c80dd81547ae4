"""Vague words: the table is in order, the analyst's own figures win, an unknown word is refused."""

import math
from pathlib import Path

import minimal
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import lognorm, norm

from trackkit import claims, earth, read, wording
from trackkit.errors import InputError

POINTS = ("low", "median", "high")


@pytest.mark.parametrize("word", wording.WORDS.values(), ids=lambda word: word.word)
def test_every_word_is_in_order_and_says_on_what_it_rests(word: wording.Word) -> None:
    assert word.low <= word.median <= word.high
    assert word.low < word.high
    assert word.of
    assert word.reference
    assert word.caution
    assert word.word in str(word)


def test_words_are_listed_under_themselves() -> None:
    assert all(name == word.word for name, word in wording.WORDS.items())


@pytest.mark.parametrize(
    ("less", "more"),
    [("at", "over"), ("over", "near"), ("a few minutes", "several minutes"), ("turn", "sharp"), ("sharp", "U-turn"),
     ("gradually", "quickly")],
)  # fmt: skip
def test_words_stand_in_the_order_of_the_language(less: str, more: str) -> None:
    assert wording.meaning(less).median < wording.meaning(more).median


def test_the_analysts_own_figures_win_where_given() -> None:
    own = {"near": {"median": 2.0, "reference": "a survey"}}
    word = wording.meaning("near", own)
    assert (word.low, word.median, word.high) == (wording.WORDS["near"].low, 2.0, wording.WORDS["near"].high)
    assert word.reference == "a survey"
    assert wording.meaning("over", own) == wording.WORDS["over"]
    assert wording.meaning("near") == wording.WORDS["near"]


def test_own_figures_without_reference_are_called_the_analysts() -> None:
    assert "analyst" in wording.meaning("near", {"near": {"high": 9.0}}).reference


def test_points_out_of_order_are_refused() -> None:
    with pytest.raises(InputError, match="order"):
        wording.meaning("near", {"near": {"low": 5.0, "median": 2.0, "high": 6.0}})


def test_an_unknown_word_is_refused_with_the_nearest_spelling() -> None:
    with pytest.raises(InputError, match="unknown word") as error:
        wording.meaning("quickley")
    assert "quickly" in str(error.value)


positive = st.floats(0.1, 1e4)


@given(median=positive, spread=st.floats(1.05, 20.0))
def test_lognormal_holds_the_points_of_an_even_word(median: float, spread: float) -> None:
    word = wording.Word("x", "y", median / spread, median, median * spread, "", "")
    mu, sigma = wording.lognormal(word)
    for share, point in zip((0.05, 0.5, 0.95), POINTS, strict=True):
        assert lognorm.ppf(share, sigma, scale=math.exp(mu)) == pytest.approx(getattr(word, point), rel=1e-6)


@given(median=st.floats(-100, 100), half=st.floats(0.1, 50.0))
def test_normal_holds_the_points_of_an_even_word(median: float, half: float) -> None:
    word = wording.Word("x", "y", median - half, median, median + half, "", "")
    for share, point in zip((0.05, 0.5, 0.95), POINTS, strict=True):
        assert norm.ppf(share, *wording.normal(word)) == pytest.approx(getattr(word, point), abs=1e-6)


# -- the words of a case -----------------------------------------------------------------------------------

SYRIAN = Path(__file__).parent.parent / "data" / "syrian-air-9218"


def used(folder: Path, *claims: dict[str, object], **files: str) -> pd.DataFrame:
    return wording.used(read.case(minimal.write(folder, *claims, **files))).set_index("word")


def test_words_for_places_are_told_in_kilometres_by_place(tmp_path: Path) -> None:
    table = used(tmp_path, {"id": "a", "says": "was_at", "near": "Homs"}, {"id": "b", "says": "was_at", "near": "OSDI"})
    assert table.at["near", "taken_as"] == "Homs: 4.0 to 30.0 km; OSDI: 2.4 to 18.0 km"
    assert table.at["near", "ids"] == ("a", "b")


def test_words_for_a_pace_are_told_in_metres_a_second_of_the_type(tmp_path: Path) -> None:
    table = used(tmp_path, {"id": "a", "says": "descended", "how": "quickly"})
    assert table.at["quickly", "taken_as"].endswith("descended: 6.1 to 18.3 m/s")


def test_the_analysts_own_figures_are_marked(tmp_path: Path) -> None:
    rows = ({"id": "a", "says": "turned", "near": "Homs"}, {"id": "b", "says": "headed", "heading": "west"})
    table = used(tmp_path, *rows, wording="[near]\nhigh = 9.0\n")
    assert table["own"].to_dict() == {"near": True, "turn": False, "west": False}
    assert table.at["near", "high"] == 9.0


def test_words_of_a_few_claims_only() -> None:
    case = read.case(SYRIAN)
    table = wording.used(case, case.claims.loc[["axios-turn", "axios-descent"]])
    assert list(table["word"]) == ["near", "after", "quickly", "turn"]


def test_every_word_that_a_path_is_held_against_is_listed() -> None:
    case = read.case(SYRIAN)
    listed = wording.used(case).set_index("word")["ids"]
    for one in claims.ask(case, case.claims[claims.testable(case.claims)]):
        for word in one.words:
            assert one.id in listed[word.word]


@pytest.mark.parametrize(("bearing", "word"), [(0.0, "north"), (315.0, "north-west"), (350.0, "north")])
def test_winds_by_bearing(bearing: float, word: str) -> None:
    assert wording.wind(bearing) == word
    assert wording.normal(wording.WORDS[word])[1] == pytest.approx(earth.compass_deg(word)[1], rel=1e-6)
