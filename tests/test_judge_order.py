"""Permuting files, claims and hypotheses changes no number, sampling included."""

from __future__ import annotations

from pathlib import Path

import minimal
import pandas as pd
import pytest
import test_judge_change as small

from trackkit import judge, read, reconstruct
from trackkit.model import Case, Ensemble

STORIES = minimal.HYPOTHESES.split("[[hypothesis]]\n")[1:]
PAPERS = {"paper": small.TOLD[:3], "gazette": small.TOLD[3:]}


def told(folder: Path, turn: int) -> tuple[Case, list[Ensemble]]:
    """One case as a folder whose files, claims and stories stand in this order or the other, and its ensembles."""
    folder.mkdir()
    stories = [f"[[hypothesis]]\n{one}" for one in STORIES[::turn]]
    written = {
        name: minimal.report(name, *[minimal.claim(**one) for one in rows[::turn]])
        for name, rows in list(PAPERS.items())[::turn]
    }
    case = read.case(minimal.write(folder, hypotheses="\n".join(stories), **written))
    drawn = [reconstruct.paths(case, one, n=32, runs=2, seed=3, settings=small.LIGHT) for one in case.hypotheses]
    return case, drawn


def numbers(case: Case, drawn: list[Ensemble], keep: Path) -> dict[str, pd.DataFrame]:
    """Every table of judgement, its rows put in an order of their own."""
    tables = {
        "hypotheses": judge.hypotheses(case, drawn), "claims": judge.claims(case, drawn),
        "without": judge.without(case, drawn), "ratios": judge.ratios(case, drawn),
        "conflicts": judge.conflicts(case, drawn), "next": judge.next_evidence(case, drawn),
        "wording": judge.wording(case, drawn, keep), "passenger": judge.passenger(case, drawn),
    }  # fmt: skip
    return {name: _sorted(table) for name, table in tables.items()}


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    words = [name for name in table if not pd.api.types.is_float_dtype(table[name])]
    return table.sort_values(words, key=lambda column: column.astype(str), kind="stable", ignore_index=True)


@pytest.mark.slow
def test_permuting_files_claims_and_hypotheses_changes_no_number(tmp_path: Path) -> None:
    one, other = (
        numbers(*told(tmp_path / name, turn), tmp_path / name / "kept") for name, turn in (("a", 1), ("b", -1))
    )
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name], check_exact=True, obj=name)
