"""Conflicts: the smallest sets of claims that hardly any plausible path satisfies together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import claims as asking
from trackkit import columns, reconstruct
from trackkit.errors import InputError
from trackkit.judge.health import effective_paths
from trackkit.model import Case, Ensemble

__all__ = ["conflicts", "told"]

Array = NDArray[np.float64]
Sets = NDArray[np.int64]

#: below this largest share a set is in conflict, and from this on a smaller set can be satisfied
TOGETHER, APART = 0.01, 0.05
#: so many paths must be expected to satisfy a set if chance alone kept them apart, and so many times more than do
_EXPECTED, _TIMES = 10.0, 10.0
_VERBS = {
    "took_off": "take-off", "landed": "landing", "crashed": "crash", "was_at": "position", "turned": "turn",
    "reversed": "reversal", "climbed": "highest", "descended": "descent", "lost_signal": "signal lost",
}  # fmt: skip


class Level(NamedTuple):
    """Sets of one size over all ensembles: members, largest share of each, and what chance alone would give."""

    sets: Sets
    largest: Array
    expected: Array
    certain: NDArray[np.bool_]


def conflicts(
    case: Case,
    ensembles: Iterable[Ensemble],
    together: float = TOGETHER,
    most: int = 3,
    search: int = 0,
    keep: str | Path | None = None,
) -> pd.DataFrame:
    """Find the smallest sets of claims that hardly any plausible path satisfies together.

    A set is in conflict if in every ensemble less than the share `together` of the weight satisfies all of it, while
    each smaller set inside is satisfied by 5 % or more in some ensemble. What is rare by chance is no conflict: there
    must be an ensemble in which ten paths or more would satisfy the set if one claim were independent of the others,
    and less than a tenth of that do. Copies of a number are one claim.

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble
        The more kinds the better: those of the stories, the open hypothesis (`trackkit.reconstruct.open_hypothesis`),
        and those of single reports. Their order changes nothing.
    together : float
        The share.
    most : int
        Claims in a set at most.
    search : int
        Paths to draw under the open hypothesis from each set alone, to look for what the others lack; 0: none.
    keep : path, optional
        Where ensembles are kept (`trackkit.reconstruct.paths`).

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.CONFLICTS`; small sets first. A row says what was not found among so many paths,
        not that there is no such path.

    Raises
    ------
    InputError
        If `together` does not lie between 0 and 0.05.
    """
    if not 0.0 < together < APART:
        raise InputError("the share of a conflict", together, f"more than 0, less than {APART:g}")
    several = sorted(ensembles, key=lambda one: (one.hypothesis.id, one.seed, one.n, *one.given))
    names = sorted(asking.independent(case.claims)["id"])
    looked = [_Looked.of(one, names) for one in several]
    found = [one for level in _levels(looked, len(names), together, most) for one in level]
    rows = [_row(case, [names[k] for k in members], shares, several) for members, *shares in found]
    table = columns.conform(pd.DataFrame(rows), columns.CONFLICTS)
    return _searched(case, table, search, keep) if search else table


def told(row: Any) -> str:
    """What a claim says, in the fewest words: its kind and its values as reported.

    >>> from types import SimpleNamespace
    >>> values = "after 02:18 UTC, to 3,500 ft, above pressure"
    >>> told(SimpleNamespace(says="descended", as_reported=values, denied=False))
    'descent after 02:18 UTC, to 3,500 ft'
    """
    said = str(row.as_reported).replace(", above pressure", "")
    words = f"{'no ' if row.denied else ''}{_VERBS.get(row.says, '')} {said}".strip()
    return words or str(row.says).replace("_", " ")


@dataclass(frozen=True)
class _Looked:
    """What an ensemble's paths satisfy, by claim, with their weights."""

    does: NDArray[np.float32]
    weight: NDArray[np.float32]
    size: float

    @classmethod
    def of(cls, ensemble: Ensemble, names: Sequence[str]) -> _Looked:
        known = set(ensemble.satisfied["claim"].to_numpy())
        if missing := [name for name in names if name not in known]:
            raise InputError("an ensemble that was not asked about a claim", missing[0], known)
        does = ensemble.satisfied.sel(claim=list(names)).to_numpy().astype(np.float32)
        weight = np.exp(ensemble.log_weight.to_numpy()).astype(np.float32)
        return cls(does, weight, effective_paths(ensemble))

    def shares(self, sets: Sets) -> Array:
        """The share of the weight that satisfies every set whole."""
        if not sets.shape[1]:
            return np.ones(len(sets))
        head, inverse = np.unique(sets[:, :-1], axis=0, return_inverse=True)
        both = np.ones((len(self.weight), len(head)), np.float32)
        for k in range(head.shape[1]):
            both *= self.does[:, head[:, k]]
        grid = (both * self.weight[:, None]).T @ self.does
        return np.asarray(grid[inverse.ravel(), sets[:, -1]], float)


def _levels(
    looked: Sequence[_Looked], count: int, together: float, most: int
) -> Iterable[list[tuple[list[int], float, float, float]]]:
    """Conflicts by size; a larger set is looked at only where all smaller ones inside can be satisfied."""
    sets: Sets = np.arange(count)[:, None]
    can: dict[tuple[int, ...], float] = {(): 1.0}
    for size in range(1, most + 1):
        if not len(sets) or not looked:
            return
        level = _level(looked, sets, together)
        clash = (level.largest < together) & (level.certain if size > 1 else True)
        fewest = [min(can[part] for part in combinations(members, size - 1)) for members in map(tuple, sets)]
        yield [
            (members, level.largest[k], level.expected[k], fewest[k])
            for k, members in enumerate(sets.tolist()) if clash[k]
        ]  # fmt: skip
        can |= {tuple(sets[k]): float(level.largest[k]) for k in np.flatnonzero(level.largest >= APART)}
        sets = _larger(can, count, size + 1)


def _level(looked: Sequence[_Looked], sets: Sets, together: float) -> Level:
    """Shares of all sets; what chance alone would give only of those that are in conflict."""
    shares = [one.shares(sets) for one in looked]
    largest = np.max(shares, axis=0)
    expected, certain = np.zeros(len(sets)), np.zeros(len(sets), bool)
    few = np.flatnonzero(largest < together)
    for one, share in zip(looked, shares, strict=True):
        chance = _by_chance(one, sets[few])
        expected[few] = np.maximum(expected[few], chance)
        certain[few] |= (chance * one.size >= _EXPECTED) & (share[few] * _TIMES < chance)
    return Level(sets, largest, expected, certain)


def _by_chance(one: _Looked, sets: Sets) -> Array:
    """The share that would satisfy each set if one of its claims were independent of the others: the least of these."""
    single = one.shares(np.arange(one.does.shape[1])[:, None])
    each = [one.shares(np.delete(sets, k, axis=1)) * single[sets[:, k]] for k in range(sets.shape[1])]
    return np.asarray(np.min(each, axis=0), float)


def _larger(can: dict[tuple[int, ...], float], count: int, size: int) -> Sets:
    """The sets of a size all of whose parts can be satisfied."""
    parts = [members for members in can if len(members) == size - 1]
    found = [
        (*members, last)
        for members in parts for last in range(members[-1] + 1, count)
        if all((*members[:k], *members[k + 1 :], last) in can for k in range(size - 1))
    ]  # fmt: skip
    return np.array(found, dtype=np.int64).reshape(len(found), size)


def _row(case: Case, names: list[str], shares: Sequence[float], several: Sequence[Ensemble]) -> dict[str, object]:
    rows, (together, expected, fewest) = case.claims.loc[names], shares
    alone = "hardly any plausible path does this: " if len(names) == 1 else ""
    return {
        "claims": tuple(names), "reports": tuple(rows["report"]), "origins": tuple(rows["origin"]),
        "reason": alone + " and ".join(told(row) for row in rows.itertuples()), "together": together,
        "expected": expected if len(names) > 1 else np.nan, "fewest": fewest, "ensembles": len(several),
        "paths": sum(one.n for one in several), "effective_paths": sum(effective_paths(one) for one in several),
    }  # fmt: skip


def _searched(case: Case, table: pd.DataFrame, search: int, keep: str | Path | None) -> pd.DataFrame:
    """Paths drawn from each set alone, and how many of them satisfy all of it."""
    story, found = reconstruct.open_hypothesis(case), []
    for names in table["claims"]:
        one = reconstruct.paths(case, story, names, n=search, keep=keep)
        both = one.satisfied.sel(claim=list(names)).to_numpy().all(axis=1)
        found.append(float(np.exp(one.log_weight.to_numpy()) @ both))
    return table.assign(searched=found, searched_paths=search)
