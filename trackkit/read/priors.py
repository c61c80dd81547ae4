"""How real flights manoeuvre: the figures of `data/priors`, by kind of flight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trackkit import earth
from trackkit.errors import InputError
from trackkit.read import fields, files

__all__ = ["Fitted", "Priors", "priors"]

_FIGURE = ("value", "interval", "n", "unit")


@dataclass(frozen=True)
class Fitted:
    """A fitted number with its 5 and 95 % bounds, what it rests on, and its unit."""

    value: float
    low: float
    high: float
    n: int
    unit: str


@dataclass(frozen=True)
class Priors:
    """What flights of one kind showed; `priors["wait_turn_s"]` is one figure."""

    kind: str
    what: str
    flights: int
    hours: float
    bank_normal_deg: float
    figures: Mapping[str, Fitted] = field(repr=False)

    def __getitem__(self, name: str) -> Fitted:
        if name not in self.figures:
            raise InputError(f"flights of the kind {self.kind!r} have no such figure", name, self.figures)
        return self.figures[name]


def priors(kind: str) -> Priors:
    """The figures of a kind of flight, each with what it rests on.

    Parameters
    ----------
    kind : str
        ``"airliner"``, ``"survey"``, ``"tanker"``, ``"helicopter"``, ``"glider"``, or ``"any"`` for all of them.

    Raises
    ------
    InputError
        If there is no such kind; the message names those that there are.

    Examples
    --------
    >>> priors("airliner")["wait_turn_s"].n
    792
    """
    path = earth.data_folder() / "priors" / "manoeuvres.toml"
    tables = files.toml(path.read_bytes(), path.name)
    kinds = {name: table for name, table in tables.items() if name != "inputs"}
    if kind not in kinds:
        raise InputError("unknown kind of flight", kind, kinds)
    table = kinds[kind]
    with files.told_at(path.name, kind):
        figures = {name: _fitted(row) for name, row in table.items() if isinstance(row, dict)}
        hours, bank = fields.number(table, "hours"), fields.number(table, "bank_normal_deg")
        return Priors(kind, fields.text(table, "what"), int(table["flights"]), hours, bank, figures)


def _fitted(row: dict[str, Any]) -> Fitted:
    fields.check_keys(row, _FIGURE)
    low, high = row["interval"]
    return Fitted(fields.number(row, "value"), float(low), float(high), int(row["n"]), fields.text(row, "unit"))
