"""Competing hypotheses: which claim is consistent with which, and which claims can tell them apart."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from trackkit import columns
from trackkit.judge.person import CONSISTENT, TENSION

__all__ = ["competing", "information_bits"]


def competing(support: pd.DataFrame) -> pd.DataFrame:
    """The table of competing hypotheses (Heuer, Psychology of Intelligence Analysis, 1999, chapter 8), from numbers.

    A claim is consistent with a hypothesis from a support of 0.2 on, inconsistent below 0.05. Its diagnosticity is the
    mutual information (bits) of which hypothesis holds, all being equally probable, and whether the path does what the
    claim says: a claim that fits all alike tells nothing. Supports are held off 0 and 1 by what their effective paths
    can show.

    Parameters
    ----------
    support : DataFrame
        Columns `trackkit.columns.SUPPORT`.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.COMPETING`: claims about the aircraft, the most telling first.
    """
    rows = support[(support["subject"] == "aircraft") & (support["state"] != "context")].copy()
    rows["mark"] = [_mark(value) for value in rows["support"]]
    least = np.clip(1.5 / rows["effective_paths"].fillna(3.0), 0.0, 0.5)
    rows["held"] = rows["support"].clip(least, 1.0 - least)
    told = {name: information_bits(held.dropna()) for name, held in rows.groupby("claim")["held"]}
    rows["diagnosticity"] = rows["claim"].map(told)
    rows = rows.sort_values(["diagnosticity", "claim", "hypothesis"], ascending=[False, True, True], kind="stable")
    names = [column.name for column in columns.COMPETING]
    return columns.conform(rows[names].reset_index(drop=True), columns.COMPETING)


def information_bits(yes: ArrayLike, prior: Iterable[float] | None = None) -> float:
    """Mutual information (bits) of a hypothesis and a yes or no, from the probabilities of a yes under each.

    >>> information_bits([1.0, 0.0]), information_bits([0.3, 0.3])
    (1.0, 0.0)
    """
    p = np.asarray(yes, float)
    if not len(p):
        return float("nan")
    weight = np.full(len(p), 1.0 / len(p)) if prior is None else np.asarray(list(prior), float)
    weight = weight / weight.sum()
    return float(max(_entropy_bits(np.asarray(weight @ p)) - weight @ _entropy_bits(p), 0.0))


def _entropy_bits(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-(xlogy(p, p) + xlogy(1.0 - p, 1.0 - p)) / np.log(2.0), float)


def _mark(support: float) -> str:
    if support != support:
        return "not testable"
    return "consistent" if support >= CONSISTENT else "inconsistent" if support < TENSION else "between"
