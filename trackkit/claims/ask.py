"""From a row of the table of claims to what it asks of a path."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from trackkit import wording
from trackkit.claims.meant import Ground, _ground_of
from trackkit.claims.says import EVEN, SAYS
from trackkit.model import Case


@dataclass(frozen=True)
class Asked:
    """A claim made ready: its compiled function and parameters, its background, and what its words were taken to mean.

    `dimensions` is the number of normal terms in the fit, by which `satisfied` sets its bound.
    """

    id: str
    function: Callable[..., None]
    parameters: NamedTuple
    log_background: float
    dimensions: int
    denied: bool
    words: tuple[wording.Word, ...]


#: kinds that a path can be tested for
PATH_KINDS = tuple(SAYS)


def testable(claims: pd.DataFrame) -> pd.Series:
    """Which claims a path can be tested for: those about the aircraft, of a kind that paths satisfy or not."""
    return claims["says"].isin(PATH_KINDS) & (claims["subject"] == "aircraft")


def independent(claims: pd.DataFrame) -> pd.DataFrame:
    """The testable claims with copies taken together.

    Of each number the claim that told it first is kept, or, where that one is not among those here, the first of its
    copies by name. They stand in the order of their names, so that the order of files and claims changes no number.
    """
    usable = claims[testable(claims)].sort_values("id", kind="stable")
    roots = usable["id"].map(lambda name: root(claims, name))
    told_first = (roots == usable["id"]).sort_values(ascending=False, kind="stable").index
    kept = roots.loc[told_first].drop_duplicates().index
    return usable[usable.index.isin(kept)]


def root(claims: pd.DataFrame, name: str) -> str:
    """The claim that told this number first, as far as the table goes."""
    known = dict(zip(claims["id"], claims["copy_of"], strict=True))
    while known.get(name):
        name = known[name]
    return name


def ask(case: Case, claims: pd.DataFrame) -> tuple[Asked, ...]:
    """Make claims ready to be put to paths.

    Parameters
    ----------
    case : Case
        For window, extent, places and wording.
    claims : DataFrame
        Rows of `Case.claims`, all testable.
    """
    ground = _ground_of(case)
    return tuple(_ask(ground, row) for row in claims.itertuples(index=False))


def _ask(ground: Ground, row: Any) -> Asked:
    said = SAYS[row.says](ground, row)
    log_background = math.log(EVEN) if row.denied else said.log_background
    words, dimensions = tuple(dict.fromkeys(said.words)), max(said.dimensions, 1)
    return Asked(row.id, said.function, said.parameters, log_background, dimensions, bool(row.denied), words)
