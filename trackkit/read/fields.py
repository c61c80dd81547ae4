"""Single values of a TOML table, checked as they are taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from trackkit import units
from trackkit.errors import CaseError, InputError

__all__ = [
    "check_chains",
    "check_keys",
    "choice",
    "flag",
    "fraction",
    "measure",
    "number",
    "sums_to_one",
    "text",
    "texts",
]

Table = Mapping[str, Any]


def check_keys(table: Table, required: Collection[str], optional: Collection[str] = ()) -> None:
    """Nothing else in the table than these keys, and all the required ones.

    Raises
    ------
    InputError
        If a key is unknown or one is missing.
    """
    for key in table:
        if key not in required and key not in optional:
            raise InputError("unknown key", key, {*required, *optional})
    for key in sorted(required):
        if key not in table:
            raise InputError(f"the key {key!r} is missing", None, sorted({*required, *optional}))


def text(table: Table, key: str, default: str = "") -> str:
    """A text, or the default where the key is absent."""
    value = table.get(key, default)
    if not isinstance(value, str):
        raise InputError(f"{key} must be text", value, "text in quotes")
    return value


def texts(table: Table, key: str) -> tuple[str, ...]:
    """A list of texts, empty where the key is absent."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{key} must be a list of texts", value, '["…", "…"]')
    return tuple(value)


def choice(table: Table, key: str, allowed: Iterable[str], default: str = "") -> str:
    """One of the allowed words, or the default where the key is absent."""
    if key not in table:
        return default
    words = list(allowed)
    value = text(table, key)
    if value not in words:
        raise InputError(f"{key} is not one of the words allowed", value, words)
    return value


def flag(table: Table, key: str) -> bool:
    """True or false, false where the key is absent."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise InputError(f"{key} must be true or false", value, "true, false")
    return value


def number(table: Table, key: str, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite number from `low` to `high`."""
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{key} must be a number", value, f"a number from {low:g} to {high:g}")
    if not low <= value <= high:
        nearest = low if value < low else high
        raise InputError(f"{key} is out of range", value, f"from {low:g} to {high:g}, the nearest is {nearest:g}")
    return float(value)


def fraction(table: Table, key: str) -> float:
    """A probability or a weight, 0 to 1."""
    return number(table, key, 0.0, 1.0)


def measure(table: Table, key: str, dimension: str, low: float = -math.inf) -> float:
    """A quantity with its unit (``"5 km"``), in SI units; not below `low`."""
    value = units.quantity(text(table, key), dimension).si
    if value < low:
        raise InputError(f"{key} is out of range", table[key], f"{low:g} or more")
    return value


def sums_to_one(values: Iterable[float], what: str) -> None:
    """Raise an InputError unless the values sum to one (to 1e-6)."""
    total = math.fsum(values)
    if abs(total - 1.0) > 1e-6:
        raise InputError(f"{what} do not sum to 1", round(total, 9), "a sum of 1 (to 1e-6)")


def check_chains(links: Mapping[str, str | None], what: str, file_of: Callable[[str], str]) -> None:
    """Every link must lead to a known name, and none back to where it came from."""
    for name in links:
        walked, link = [name], links[name]
        while link:
            if link not in links:
                raise CaseError(f"unknown {what}", link, links, file_of(walked[-1]), walked[-1])
            if link in walked:
                chain = " -> ".join([*walked, link])
                what = f"a circular chain of {what}s"
                allowed = f"a chain with an end, as without {walked[-1]} -> {link}"
                raise CaseError(what, chain, allowed, file_of(name), name)
            walked.append(link)
            link = links[link]
