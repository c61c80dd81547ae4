"""Claims put to paths, and weighed by the trust in their origins."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import motion
from trackkit.claims import parts
from trackkit.claims.ask import Asked, ask
from trackkit.claims.meant import given
from trackkit.errors import InputError
from trackkit.model import Case, Groups, Hypothesis, Origin, TrustRule

Array = NDArray[np.float64]

#: probability that a single claim was taken down or printed wrongly although its origin is right
SLIP = 0.05


class Sheet(NamedTuple):
    """Claims of one kind put together: their compiled function, their columns, and their parameters stacked."""

    function: Callable[..., None]
    columns: NDArray[np.int64]
    parameters: Any


def sheets(asked: tuple[Asked, ...]) -> tuple[Sheet, ...]:
    """Claims sorted by kind, as `evaluate` puts them; make them once where paths are many."""
    layouts = [_layout(claim) for claim in asked]
    columns = {layout: [j for j, one in enumerate(layouts) if one == layout] for layout in dict.fromkeys(layouts)}
    return tuple(
        Sheet(function, np.array(members), parts.stack([asked[j].parameters for j in members]))
        for (function, _), members in columns.items()
    )


def _layout(claim: Asked) -> tuple[Callable[..., None], bool]:
    """What claims must share to be put together: their function, and whether they name an area."""
    where = getattr(claim.parameters, "where", None)
    return claim.function, where is not None and where.area.size > 0


def evaluate(
    flown: motion.Flown, scene: motion.Scene, asked: tuple[Asked, ...], ready: tuple[Sheet, ...] | None = None
) -> tuple[Array, Array]:
    """Put claims to paths.

    Parameters
    ----------
    flown, scene
        From `trackkit.motion`.
    asked : tuple of Asked
    ready : tuple of Sheet, optional
        The same claims from `sheets`, to save making them anew.

    Returns
    -------
    log_likelihood, fit : arrays, shape (paths, claims)
        See the head of `trackkit.claims`. A denied claim has likelihood ``1 - fit``.
    """
    if not asked:
        return np.zeros((len(flown.take_off_s), 0)), np.zeros((len(flown.take_off_s), 0))
    n, aid, work = len(flown.take_off_s), parts.aid(flown), np.zeros((3, flown.x.shape[1]))
    result = np.zeros((n, len(asked), 2))
    for sheet in sheets(asked) if ready is None else ready:
        out = np.zeros((n, len(sheet.columns), 2))
        sheet.function(flown, scene, aid, sheet.parameters, out, work)
        result[:, sheet.columns] = out
    log_likelihood, fit = np.ascontiguousarray(result[:, :, 0]), np.ascontiguousarray(result[:, :, 1])
    denied = np.array([claim.denied for claim in asked], bool)
    if denied.any():
        fit[:, denied] = 1.0 - fit[:, denied]
        log_likelihood[:, denied] = np.log(np.maximum(fit[:, denied], 1e-300))
    return log_likelihood, fit


#: half of the 95 % point of chi-squared by degrees of freedom
_CHI2_HALF = (0.0, 1.9207, 2.9957, 3.9074, 4.7439, 5.5353, 6.2958, 7.0336)


def satisfied(fit: Array, asked: tuple[Asked, ...]) -> NDArray[np.bool_]:
    """Which paths satisfy which claims: inside the 95 % region of what the words were taken to mean."""
    bound = np.exp([-_CHI2_HALF[min(claim.dimensions, 7)] for claim in asked])
    return fit >= bound


def chain(origins: Mapping[str, Origin], origin: str) -> tuple[str, ...]:
    """An origin and those it leans on, nearest first."""
    names: list[str] = []
    while origin and origin not in names:
        names.append(origin)
        origin = origins[origin].via or "" if origin in origins else ""
    return tuple(names)


def groups(case: Case, hypothesis: Hypothesis, claims: pd.DataFrame) -> Groups:
    """Sort claims by the hypothesis's rules of trust: the last rule that matches holds.

    Where rules are about a kind of quantity, a claim that tells several (a height at a place) falls under the one of
    least trust: it is as right as its weakest part.

    Raises
    ------
    InputError
        If no rule matches a claim's origin.
    """
    keys = [_key(case, hypothesis, row) for row in claims.itertuples(index=False)]
    names = sorted(set(keys))
    of_claim = np.array([names.index(key) for key in keys], dtype=np.int64)
    trust = np.array([hypothesis.trust[int(key.split(":")[0])].trust for key in names])
    background = np.array([claim.log_background for claim in ask(case, claims)])
    log_false = np.array([background[of_claim == number].sum() for number in range(len(names))])
    return Groups(of_claim, trust, tuple(names), log_false, background, np.zeros(len(names)))


def signals(case: Case, groups: Groups, claims: pd.DataFrame) -> dict[int, tuple[str, ...]]:
    """The groups whose claims were read off one signal: their numbers and the ids of their claims.

    A false signal shows a track all the same, and those who read it agree about that track. If such a group is false,
    its claims are therefore not so many separate inventions; their density is that of a track which is not the
    aircraft's (`trackkit.reconstruct` draws it from the open hypothesis), and never less than that of inventions.
    """
    rooted = claims["origin"].map(lambda name: _is_signal(case, name)).to_numpy(bool)
    found = {}
    for number in range(len(groups.trust)):
        members = groups.of_claim == number
        if members.sum() > 1 and rooted[members].all():
            found[number] = tuple(claims["id"].to_numpy()[members])
    return found


def _is_signal(case: Case, origin: str) -> bool:
    return any(case.origins[name].kind == "sensor" for name in chain(case.origins, origin) if name in case.origins)


def rule(case: Case, hypothesis: Hypothesis, row: Any) -> TrustRule:
    """The rule of trust that holds for a claim: the last one that matches it (see `groups` for several quantities).

    Raises
    ------
    InputError
        If none does.
    """
    return hypothesis.trust[_matching(case, hypothesis, row)]


def _key(case: Case, hypothesis: Hypothesis, row: Any) -> str:
    """What tells groups apart: the rule, and the origin that it is about."""
    number = _matching(case, hypothesis, row)
    origin = hypothesis.trust[number].origin
    return f"{number:03d}:{row.origin if origin == '*' else origin}"


def _matching(case: Case, hypothesis: Hypothesis, row: Any) -> int:
    """The number of the rule that holds for a claim: of those for its quantities the one of least trust."""
    line = ("*", *chain(case.origins, row.origin))
    found = {_last(hypothesis, row, line, quantity) for quantity in quantities(row) or ("",)}
    if None in found:
        raise InputError("no rule of trust for this origin", row.origin, "an origin, or * for all", row=hypothesis.id)
    return min((number for number in found if number is not None), key=lambda one: (hypothesis.trust[one].trust, -one))


def _last(hypothesis: Hypothesis, row: Any, line: tuple[str, ...], quantity: str) -> int | None:
    """The last rule that matches a claim, its line of origins and one of its quantities."""
    for number, one in reversed(list(enumerate(hypothesis.trust))):
        fits = one.origin in line and one.quantity in ("*", quantity)
        if fits and (one.start is None or _from(row, one.start)):
            return number
    return None


#: the kinds of quantity that a rule of trust may be about
QUANTITIES = ("position", "height", "speed", "direction", "time", "outcome")
_OUTCOMES = ("took_off", "landed", "crashed")


def quantities(row: Any) -> tuple[str, ...]:
    """The kinds of quantity that a claim tells, of `QUANTITIES`; a signal lost, without place or time, tells none.

    A time is one where it is what is told (of a beginning, an end, the last of the signal), not where it only says
    when something else was so.
    """
    heights = given(row.altitude_m) or given(row.from_altitude_m) or row.says in ("climbed", "descended")
    told = {
        "position": given(row.latitude),
        "height": heights,
        "speed": given(row.speed_mps),
        "direction": row.says in ("headed", "flew_toward", "turned", "reversed"),
        "time": given(row.time) and row.says in (*_OUTCOMES, "lost_signal"),
        "outcome": row.says in _OUTCOMES,
    }
    return tuple(name for name in QUANTITIES if told[name])


def _from(row: Any, start: pd.Timestamp) -> bool:
    """Whether a claim is about the time from `start` on."""
    if given(row.time):
        return bool(row.time >= start)
    return row.phase == "last" or row.says == "lost_signal"


def weigh(
    log_likelihood: Array, asked: tuple[Asked, ...], groups: Groups, slip: float = SLIP, beta: float = 1.0,
    doubt: float = 0.0,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Weigh claims by trust.

    For each group g of claims with trust r, the log of

        r prod_c ((1 - e) L_c^b + e B_c^b) + d (1 - r) F_g

    with e the probability of a slip in a single claim and F_g the density of the group if its origin is false; groups
    add up. For the evidence itself the inverse temperature b and the factor d (`doubt` is its logarithm) are 1;
    `trackkit.sampler` says what other values are for.

    Returns
    -------
    total : array, shape (paths,)
        The log-likelihood of all claims.
    right : array, shape (paths, groups)
        The probability that each group is right, given the path.
    sound : array, shape (paths, claims)
        The probability that each claim did not slip, given the path and that its group is right.
    """
    background = beta * np.array([claim.log_background for claim in asked])
    good = math.log1p(-slip) + beta * log_likelihood
    either = np.logaddexp(good, (math.log(slip) if slip > 0.0 else -math.inf) + background)
    total, right = np.zeros(len(log_likelihood)), np.zeros((len(log_likelihood), len(groups.trust)))
    for number, trust in enumerate(groups.trust):
        members = groups.of_claim == number
        with np.errstate(divide="ignore"):
            true = np.log(trust) + either[:, members].sum(axis=1)
            false = np.log1p(-trust) + groups.log_false[number] + (doubt if trust > 0.0 else 0.0)
        both = np.logaddexp(true, false)
        total += both
        right[:, number] = np.exp(true - both)
    return total, right, np.exp(good - either)


def explained(log_likelihood: Array, asked: tuple[Asked, ...], groups: Groups) -> Array:
    """The probability that each claim is right, neither slipped nor of a false origin; shape (paths, claims)."""
    _, right, sound = weigh(log_likelihood, asked, groups)
    return right[:, groups.of_claim] * sound
