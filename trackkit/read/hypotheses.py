"""hypotheses.toml -> the hypotheses of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trackkit import columns
from trackkit.claims import QUANTITIES
from trackkit.errors import InputError
from trackkit.model import Hypothesis, Place, TrustRule
from trackkit.read import claims, fields, files, phrases

__all__ = ["ENDS", "FILE", "hypotheses"]

FILE = "hypotheses.toml"
ENDS = ("landed", "crashed", "flying")

_REQUIRED = ("id", "says", "prior", "ends")
_OPTIONAL = ("leaves", "at", "aboard", "asserts", "assumptions", "trust")


def hypotheses(table: dict[str, Any], context: claims.Context) -> tuple[Hypothesis, ...]:
    """The hypotheses, in the order of the file.

    Rules of trust and assumptions at the head of the file hold for all of them; a hypothesis's own come after, and
    the last rule that matches a claim holds.

    Raises
    ------
    CaseError
        If there is none, two share an id, a key or word is unknown, a probability is outside 0 to 1, or the
        priors do not sum to 1.
    """
    with files.told_at(FILE):
        fields.check_keys(table, ("hypothesis",), ("trust", "assumptions"))
        shared = fields.texts(table, "assumptions")
    rules = _rules(table, "shared", context)
    found: dict[str, Hypothesis] = {}
    for row, one in files.rows(table, "hypothesis", FILE):
        with files.told_at(FILE, one.get("id", row)):
            hypothesis = _hypothesis(one, context, rules, shared)
            if hypothesis.id in found:
                raise InputError("two hypotheses of one id", hypothesis.id, "an id of its own for each")
            found[hypothesis.id] = hypothesis
    with files.told_at(FILE, "prior"):
        fields.sums_to_one((one.prior for one in found.values()), "the priors of the hypotheses")
    return tuple(found.values())


def _hypothesis(
    table: dict[str, Any], context: claims.Context, rules: tuple[TrustRule, ...], shared: tuple[str, ...]
) -> Hypothesis:
    fields.check_keys(table, _REQUIRED, _OPTIONAL)
    name = fields.text(table, "id")
    leaves_after_s, leaves_mean_s = _leaves(table.get("leaves", False))
    return Hypothesis(
        id=name,
        says=fields.text(table, "says"),
        prior=fields.fraction(table, "prior"),
        ends=_ends(table),
        at=_landing_places(table, context),
        trust=(*rules, *_rules(table, name, context)),
        asserts=_asserts(table, name, context),
        leaves_after_s=leaves_after_s,
        leaves_mean_s=leaves_mean_s,
        aboard=fields.fraction(table, "aboard") if "aboard" in table else None,
        assumptions=(*fields.texts(table, "assumptions"), *shared),
    )


def _leaves(value: object) -> tuple[float | None, float | None]:
    if value is False:
        return None, None
    if not isinstance(value, dict):
        raise InputError("leaves has another form", value, 'false, or { after = "12 min", mean = "8 min" }')
    fields.check_keys(value, ("after", "mean"))
    return fields.measure(value, "after", "time", 0.0), fields.measure(value, "mean", "time", 1.0)


def _ends(table: dict[str, Any]) -> tuple[str, ...]:
    ends = fields.texts(table, "ends")
    for end in ends or ("",):
        if end not in ENDS:
            raise InputError("not an ending", end, ENDS)
    return ends


def _landing_places(table: dict[str, Any], context: claims.Context) -> tuple[str, ...]:
    names = tuple(with_runways(context.places, word).id for word in fields.texts(table, "at"))
    if "landed" in table["ends"] and not names:
        raise InputError("a hypothesis that lands without a place", None, 'at = ["<place with runways>"]')
    return names


def with_runways(places: Mapping[str, Place], word: str) -> Place:
    """The place that a word stands for, which must have runways."""
    place = claims.named(places, word)
    if not place.runways:
        having = {one.id for one in places.values() if one.runways}
        raise InputError("a place without runways", word, having)
    return place


def _rules(table: dict[str, Any], name: str, context: claims.Context) -> tuple[TrustRule, ...]:
    rules = []
    for row, rule in files.rows(table, "trust", FILE):
        with files.told_at(FILE, f"{name}, {row}"):
            fields.check_keys(rule, ("origin", "trust"), ("from", "quantity"))
            origin = fields.choice(rule, "origin", ("*", *context.origins))
            start = phrases.instant(fields.text(rule, "from")) if "from" in rule else None
            quantity = fields.choice(rule, "quantity", ("*", *QUANTITIES), "*")
            rules.append(TrustRule(origin, fields.fraction(rule, "trust"), start, quantity))
    return tuple(rules)


def _asserts(table: dict[str, Any], name: str, context: claims.Context) -> pd.DataFrame:
    found = []
    for number, (_, one) in enumerate(files.rows(table, "asserts", FILE), start=1):
        with files.told_at(FILE, f"{name}:assert-{number}"):
            found.append(claims.asserted(one, f"{name}:assert-{number}", context))
    return columns.conform(pd.DataFrame(found, index=[one["id"] for one in found]), columns.CLAIMS)
