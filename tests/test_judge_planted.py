"""Random claims written on planted flights, true, false and undecidable: what judgement calls them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import planted
import pytest
import telling

from trackkit import claims, judge, motion, read, reconstruct
from trackkit.model import Case, Hypothesis

KINDS = ("was_at", "height", "speed", "headed", "took_off", "turned", "descended", "ended")
#: a false claim differs physically if the true path makes it less likely than a meaningless one by so many nats
APART_NATS = 3.0
FLIGHTS, EACH, PATHS = 10, 20, 96
#: what no path can decide: of somebody else's doing, of a person of whom the story says nothing, of receivers
UNDECIDABLE = (
    {"says": "was_at", "at": "Homs", "subject": "other"},
    {"says": "carried", "person": "the passenger", "subject": "person"},
    {"says": "switched_off", "time": "02:20 UTC"},
)


def written(case: Case, flown: motion.Flown, rng: np.random.Generator) -> list[dict[str, object]]:
    """Claims on a flight, half of them true; the kind and the moment are drawn."""
    found: list[dict[str, object]] = []
    while len(found) < EACH - len(UNDECIDABLE):
        true, kind = len(found) % 2 == 0, str(rng.choice(KINDS))
        time = case.window[0] + pd.Timedelta(seconds=float(motion.STORE_S * planted._flying(flown, rng)))
        words = telling.tell(rng, case, flown, kind, time) if true else telling.invent(rng, case, kind)
        if words:
            name = f"{'true' if true else 'false'}-{len(found)}"
            found.append({"id": name, "says": planted.KINDS.get(kind, kind), "origin": "foreign-media", **words})
    return found + [{"id": f"open-{k}", "origin": "foreign-media", **one} for k, one in enumerate(UNDECIDABLE)]


def judged(case: Case, story: Hypothesis, folder: Path, number: int) -> pd.DataFrame:
    """One flight, reconstructed from what is told of it, and the state of each claim that had no part in that."""
    rng = np.random.default_rng([57, number])
    one = planted.plant(case, story, folder / "told", 500 + number)
    told = [{"id": row.id, "copy": row} for row in one.case.claims.itertuples()]
    both = planted.told_by(case, folder / "all", written(case, one.flown, rng))
    joined = replace(one.case, claims=pd.concat([one.case.claims, both.claims]))
    mute = replace(story, aboard=None)
    given = [row["id"] for row in told if row["id"] not in one.false]
    ensemble = reconstruct.paths(joined, mute, given, n=PATHS, runs=2, seed=number)
    support = judge.claims(joined, [ensemble]).set_index("claim")
    return support.loc[both.claims.index].assign(apart=apart(joined, one.flown, list(both.claims.index)))


def apart(case: Case, flown: motion.Flown, names: list[str]) -> list[bool]:
    """Whether the true path itself speaks against each claim."""
    rows = case.claims.loc[names]
    asked = claims.ask(case, rows[claims.testable(rows)])
    likelihood, _ = claims.evaluate(flown, motion.scene(case), asked)
    against = {one.id: one.log_background - likelihood[0, k] > APART_NATS for k, one in enumerate(asked)}
    return [against.get(name, False) for name in names]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    case = read.case(Path(__file__).parents[1] / "data" / "syrian-air-9218")
    folder = tmp_path_factory.mktemp("planted")
    tables = [
        judged(case, case.hypotheses[number % len(case.hypotheses)], folder / str(number), number)
        for number in range(FLIGHTS)
    ]
    return pd.concat(tables)


@pytest.mark.slow
def test_what_no_path_decides_is_not_testable(found: pd.DataFrame) -> None:
    assert len(found) == FLIGHTS * EACH
    kind = found.index.str.split("-").str[0]
    assert (found["state"][kind == "open"] == "not testable").all()
    assert (kind == "true").sum() >= 80


@pytest.mark.slow
def test_false_claims_are_called_far_more_often_than_true_ones(found: pd.DataFrame) -> None:
    """Far, but not yet by what is aimed at (5 % of the true ones, 80 % of the false): benchmarks/README.md has both."""
    kind = found.index.str.split("-").str[0]
    true, false = found[kind == "true"], found[(kind == "false") & found["apart"]]
    assert len(false) >= 60
    assert (true["state"] == "in tension").mean() < 0.2
    assert (false["state"] == "in tension").mean() > 0.6
