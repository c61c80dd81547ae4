"""The words of a case, and what they were taken to mean: the table to stand beside a figure that rests on them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from trackkit import columns
from trackkit.model import Case
from trackkit.wording.words import PACE, VERSION, WORDS, Word, meaning

__all__ = ["LEAST_RADIUS_M", "of_claim", "pace_mps", "used"]

#: no place is taken to be smaller than this (m)
LEAST_RADIUS_M = 1_500.0

#: the columns of a claim that hold a word of the table
_WORDED = (
    "relation", "time_hedge", "altitude_hedge", "from_hedge", "speed_hedge", "distance_hedge", "bearing_word",
    "heading_word", "angle_word", "how", "within", "lasting",
)  # fmt: skip


def of_claim(row: Any) -> tuple[str, ...]:
    """The vague words that a claim rests on (a row of `Case.claims`), each once, in a fixed order."""
    told = [str(getattr(row, name)) for name in _WORDED]
    if row.toward:
        told.append("toward")
    if row.says in ("turned", "reversed", "climbed", "descended"):
        told += _bare(row)
    return tuple(dict.fromkeys(word for word in told if word in WORDS))


def _bare(row: Any) -> list[str]:
    """The kind's own word, where it stands alone: a turn without angle or manner, a descent without height."""
    if row.says in ("turned", "reversed"):
        sized = row.angle_deg == row.angle_deg or row.angle_word or (row.says == "turned" and row.how)
        return [] if sized else ["turn" if row.says == "turned" else "reversed"]
    figures = (row.altitude_m, row.from_altitude_m, row.rate_mps)
    return [] if row.how or any(figure == figure for figure in figures) else [row.says]


def used(case: Case, claims: pd.DataFrame | None = None) -> pd.DataFrame:
    """What the vague words of a case were taken to mean, for beside a figure or in a report.

    Parameters
    ----------
    case : Case
    claims : DataFrame, optional
        Rows of `Case.claims`: those that a figure rests on; all of the case where not given.

    Returns
    -------
    DataFrame
        One row a word, in the order of the table; columns `trackkit.columns.WORDS_USED`.
    """
    by_word: dict[str, list[Any]] = {}
    for row in (case.claims if claims is None else claims).itertuples(index=False):
        for word in of_claim(row):
            by_word.setdefault(word, []).append(row)
    rows = [_used(case, word, by_word[word]) for word in WORDS if word in by_word]
    return columns.conform(pd.DataFrame(rows), columns.WORDS_USED)


def _used(case: Case, name: str, rows: list[Any]) -> dict[str, Any]:
    word = meaning(name, case.wording)
    points = {"low": word.low, "median": word.median, "high": word.high}
    return {"word": name, "of": word.of, **points, "taken_as": _taken_as(case, word, rows), "claims": len(rows),
            "ids": tuple(sorted(row.id for row in rows)), "reference": word.reference, "caution": word.caution,
            "own": name in case.wording, "version": VERSION}  # fmt: skip


def _taken_as(case: Case, word: Word, rows: list[Any]) -> str:
    """The 90 % range in plain units: by place for words scaled by places, by type for paces."""
    if word.of.endswith("radii of the place"):
        sizes = {row.place: max(row.place_radius_m, LEAST_RADIUS_M) / 1000 for row in rows}
        reaches = (f"{name}: {word.low * km:.1f} to {word.high * km:.1f} km" for name, km in sorted(sizes.items()))
        return "; ".join(reaches)
    if word.of == PACE:
        scales = {row.says: pace_mps(case, row.says) for row in rows if row.says in ("climbed", "descended")}
        told = (f"{says}: {word.low * mps:.1f} to {word.high * mps:.1f} m/s" for says, mps in sorted(scales.items()))
        return f"{case.aircraft.name}, {'; '.join(told)}"
    if word.of.endswith("in steps of the rounding"):
        return f"{word.low:g} to {word.high:g} steps"
    if word.of.startswith("hours after"):
        return f"{word.low:g} to {word.high:g} h"
    if word.of.startswith("seconds"):
        return f"{word.low / 60:g} to {word.high / 60:g} min"
    return f"{word.low:.3g} to {word.high:.3g} {word.of.rpartition(', ')[2] if ', ' in word.of else ''}".strip()


def pace_mps(case: Case, says: str) -> float:
    """The type's normal rate of descent, or half its best rate of climb (m/s): what words of pace are scaled by."""
    if says == "climbed":
        return 0.5 * max(case.aircraft["climb_rate"].values)
    return max(case.aircraft["descent_rate_normal"].values)
