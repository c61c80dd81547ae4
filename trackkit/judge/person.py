"""Claims about a person, joined to the paths by what a hypothesis asserts and by the time a journey needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from trackkit import columns, earth
from trackkit.judge.health import effective_paths, told_share
from trackkit.model import Case, Ensemble

__all__ = ["CONSISTENT", "TENSION", "in_time", "passenger", "person_claim"]

#: support from which a claim is called consistent, and below which it is called in tension with a hypothesis
CONSISTENT, TENSION = 0.2, 0.05
#: speed and time on the ground assumed for a person's onward journey
ONWARD_MPS, ONWARD_WAIT_S = 230.0, 3_600.0


def passenger(case: Case, ensembles: Iterable[Ensemble]) -> pd.DataFrame:
    """What is said of the person, against each story twice: the person aboard, and not aboard.

    A path and a person meet only here: by what is asserted, and by the time that the onward journey needs.

    Returns
    -------
    DataFrame
        Columns in `trackkit.columns.PASSENGER`; copies of a number count once.
    """
    asked = case.claims[case.claims["says"].isin(("carried", "arrived")) & (case.claims["copy_of"] == "")]
    named = sorted(ensembles, key=lambda one: one.hypothesis.id)
    rows = [_aboard(case, one, asked.sort_values("id"), aboard) for one in named for aboard in (True, False)]
    return columns.conform(pd.DataFrame(rows), columns.PASSENGER)


def _aboard(case: Case, ensemble: Ensemble, asked: pd.DataFrame, aboard: bool) -> dict[str, object]:
    stated = ensemble.hypothesis.aboard
    taken = replace(ensemble, hypothesis=replace(ensemble.hypothesis, aboard=float(aboard)))
    states = {row.id: str(person_claim(case, taken, row)["state"]) for row in asked.itertuples(index=False)}
    count = {word: sum(state == word for state in states.values()) for word in ("consistent", "in tension")}
    return {
        "hypothesis": ensemble.hypothesis.id, "aboard": aboard,
        "stated": float("nan") if stated is None else stated if aboard else 1.0 - stated, "claims": len(states),
        "consistent": count["consistent"], "in_tension": count["in tension"],
        "needs": len(states) - sum(count.values()),
        "tension_with": tuple(name for name, state in states.items() if state == "in tension"),
        "effective_paths": effective_paths(ensemble),
    }  # fmt: skip


def person_claim(case: Case, ensemble: Ensemble, row: Any) -> dict[str, object]:
    """A claim about a person, joined to the path by whether the person was aboard and the time a journey needs."""
    aboard = ensemble.hypothesis.aboard
    if aboard is None:
        return {"state": "not testable", "reason": "the hypothesis does not say whether the person was aboard"}
    told = _carried(aboard, row) if row.says == "carried" else _arrived(case, ensemble, aboard, row)
    return {"support_sd": float("nan"), "effective_paths": effective_paths(ensemble)} | told


def _carried(aboard: float, row: Any) -> dict[str, object]:
    """Support = a, the probability of being aboard; 1 - a where the report denies it."""
    support = 1.0 - aboard if row.denied else aboard
    reason = f"the hypothesis puts the person aboard with probability {aboard:g}"
    return {"support": support, "state": _person_state(support), "reason": reason}


def _arrived(case: Case, ensemble: Ensemble, aboard: float, row: Any) -> dict[str, object]:
    """Support = (1 - a) + a s, with a the probability of being aboard and s the share of paths that leave time.

    No path makes anybody go on a journey, so that somebody did not arrive is consistent with every one.
    """
    if row.denied:
        return {"support": 1.0, "state": "consistent", "reason": "no path makes a person go on to that place"}
    share = in_time(case, ensemble, row)
    told = told_share(share, effective_paths(ensemble))
    reason = f"aboard (probability {aboard:g}): {told} of the paths leave time for the journey; else open"
    support = 1.0 - aboard + aboard * share
    state = _person_state(support)
    if state == "consistent" and share < TENSION and aboard > 0.0:
        state, reason = "needs the person not to have been aboard", f"{reason}: requires that the person was not aboard"
    return {"support": support, "state": state, "reason": reason}


def _person_state(support: float) -> str:
    return "consistent" if support >= CONSISTENT else "in tension" if support < TENSION else "needs a less likely case"


def in_time(case: Case, ensemble: Ensemble, row: Any) -> float:
    """Share of paths from whose end the person can reach the place in time."""
    paths = ensemble.paths
    last = paths.isel(time=-1)
    distance, _ = earth.inverse(last["latitude"], last["longitude"], row.latitude, row.longitude)
    down = np.where(np.isfinite(paths["end_s"]), paths["end_s"], (case.window[1] - case.window[0]).total_seconds())
    free = np.maximum(distance - row.place_radius_m, 0.0) / ONWARD_MPS
    needs = np.where(distance > row.place_radius_m, down + ONWARD_WAIT_S + free, down)
    lives = ~np.isin(paths["ending"].to_numpy(), ("crashed", "struck the ground"))
    return float(np.exp(ensemble.log_weight.to_numpy()) @ (lives & (needs <= _deadline(case, row))))


def _deadline(case: Case, row: Any) -> float:
    """The end (s from the start of the window) of the hour told; none for no hour, or one that it was after."""
    if row.time is pd.NaT or row.time_hedge.endswith("after"):
        return float("inf")
    return float((row.time - case.window[0]).total_seconds() + row.time_rounding_s)
