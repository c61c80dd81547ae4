"""Cells of a file -> arrays of numbers, seconds and texts, with a mask of the cells that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from trackkit.errors import TrackError

__all__ = [
    "Fault", "Floats", "Masks", "instant_s", "instants_s", "midnights", "number", "numbers", "plain", "squawks",
    "texts", "within", "zone_named",
]  # fmt: skip

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]
#: rows, and why they are no fixes
Fault = tuple[Masks, str]

#: kinds of cells that need no look at each: numbers, and None where nothing is told
_PLAIN = {int, float, type(None)}
_HALF_DAY_S = 43_200.0
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(Z?)([.,]\d+)?\s*(Z|[+-]\d\d:?\d\d|UTC)?")


def numbers(
    cells: Mapping[str, Sequence[Any]], factors: Mapping[str, float] | None = None
) -> tuple[dict[str, Floats], list[Fault]]:
    """Columns of numbers in SI.

    Parameters
    ----------
    cells : mapping of column name to its cells
        Numbers, texts of numbers, or None and ``""`` where nothing is told.
    factors : mapping, optional
        What a column is multiplied by; 1 where not named.

    Returns
    -------
    columns : dict of name to array
        NaN where nothing is told or the cell cannot be read.
    faults : list of (mask, reason)
        The cells that cannot be read, by column.
    """
    columns, faults = {}, []
    for name, column in cells.items():
        values, bad = number(column)
        columns[name] = values * (factors or {}).get(name, 1.0)
        if bad.any():
            faults.append((bad, f"{_word(name)} that is no number"))
    return columns, faults


def number(cells: Sequence[Any]) -> tuple[Floats, Masks]:
    """An array of numbers, NaN where nothing is told, and a mask of the cells that cannot be read."""
    kinds = set(map(type, cells))
    try:
        if kinds <= _PLAIN:
            values = np.array(cells, dtype=float)
            if not np.isinf(values).any():
                return values, np.zeros(len(values), dtype=bool)
        elif kinds == {str} and "" not in cells and "_" not in "".join(cells):
            values = np.array(list(map(float, cells)))
            if not np.isinf(values).any():
                return values, np.zeros(len(values), dtype=bool)
    except (ValueError, OverflowError):
        pass
    values = np.array([_float(cell) for cell in cells], dtype=float)
    bad = np.isinf(values)
    return np.where(bad, np.nan, values), bad


def texts(cells: Iterable[Any]) -> list[str]:
    """Texts as they may be shown: stripped, control characters as escapes; empty where nothing is told."""
    told = list(cells)
    if not set(map(type, told)) <= {str, type(None)}:
        return ["" if cell is None else plain(cell) for cell in told]
    shown = {cell: plain(cell) if cell else "" for cell in set(told)}
    return [shown[cell] for cell in told]


def squawks(cells: Iterable[Any]) -> list[str]:
    """Transponder codes of four octal digits; leading zeros that a number lost are put back, 0 is not told."""
    told = texts(cells)
    return [code.zfill(4) if code.isdigit() and int(code) else code if code != "0" else "" for code in told]


def within(row: Any, *keys: str) -> Any:
    """What stands in nested objects under these keys; None where there is no such thing."""
    for key in keys:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def plain(value: object, longest: int = 120) -> str:
    """The beginning of a value as text of one line that no terminal takes for a command."""
    text = value if isinstance(value, str) else repr(value)
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text[:longest].strip())


def instants_s(cells: Sequence[Any], zone: str | None = None) -> tuple[Floats, Masks, Masks]:
    """Unix seconds of texts such as ``2024-01-02T07:27:38Z``; ``07:41:03Z.515`` is read as well.

    Returns
    -------
    seconds : array
        NaN where there is no time.
    bad : mask
        Cells that are no time.
    zoneless : mask
        Times without a zone, where none is given either.
    """
    found = [instant_s(cell, zone) for cell in cells]
    seconds = np.array([np.nan if isinstance(one, str) else one for one in found], dtype=float)
    bad, zoneless = (np.array([one == word for one in found], dtype=bool) for word in ("bad", "zoneless"))
    return seconds, bad, zoneless


def instant_s(cell: Any, zone: str | None = None) -> float | str:
    """Unix seconds of one time; NaN where nothing is told, ``"bad"`` or ``"zoneless"`` where it cannot be read."""
    if cell is None or cell == "":
        return float("nan")
    match = _INSTANT.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if match is None:
        return "bad"
    day, clock, early, fraction, late = match.groups()
    offset = "+00:00" if early or late in ("Z", "UTC") else late
    if not offset and not zone:
        return "zoneless"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        moment = moment if offset else moment.replace(tzinfo=zone_named(zone))
        if moment.utcoffset() != moment.replace(fold=1).utcoffset():  # an hour that clocks show twice, or never
            return "bad"
        return moment.astimezone(UTC).timestamp() + float("0." + fraction[1:] if fraction else 0.0)
    except (ValueError, OverflowError):
        return "bad"


def midnights(clock_s: Floats, section: NDArray[np.int64] | None = None, both: bool = False) -> NDArray[np.int64]:
    """How many midnights have passed at each time of day: one where it falls by more than half a day.

    `section` numbers runs of times, ascending, that each begin with none; with `both` a rise by more than half a day
    goes back over midnight, as times that come a little out of order do.
    """
    sections = np.zeros(len(clock_s), dtype=int) if section is None else section
    known = np.flatnonzero(~np.isnan(clock_s))
    steps = np.diff(clock_s[known], prepend=clock_s[known[:1]])
    fresh = np.diff(sections[known], prepend=sections[known[:1]]) > 0
    passed = np.zeros(len(clock_s), dtype=int)
    passed[known] = np.cumsum(((steps < -_HALF_DAY_S).astype(int) - (both & (steps > _HALF_DAY_S))) * ~fresh)
    return passed - passed[np.searchsorted(sections, sections)]


def zone_named(zone: str | None) -> ZoneInfo:
    """The time zone of this IANA name.

    Raises
    ------
    TrackError
        If there is none.
    """
    try:
        return ZoneInfo(zone or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TrackError("unknown time zone", zone, 'an IANA name such as "UTC" or "Asia/Damascus"') from None


def _float(cell: Any) -> float:
    """A number; NaN where nothing is told, infinity where it cannot be read."""
    if cell is None or cell == "":
        return float("nan")
    if isinstance(cell, bool) or not isinstance(cell, int | float | str) or "_" in str(cell)[:400]:
        return float("inf")
    try:
        return float(cell)
    except (ValueError, OverflowError):
        return float("inf")


def _word(name: str) -> str:
    """``altitude_baro_m`` -> ``an altitude``."""
    word = name.split("_")[0]
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
