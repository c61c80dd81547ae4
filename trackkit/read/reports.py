"""reports/<id>.toml -> the tables of reports and claims."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from trackkit import columns
from trackkit.errors import CaseError, InputError
from trackkit.read import claims, fields, files, phrases

__all__ = ["SEEN", "reports"]

SEEN = ("original", "copy", "excerpt")

_REPORT = (
    "id", "publisher", "title", "published", "url", "language", "seen", "seen_in", "via", "reliability",
)  # fmt: skip
_TOLD = ("publisher", "title", "url", "language", "seen_in", "note")


def reports(tables: Mapping[str, dict[str, Any]], context: claims.Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All reports, sorted by id, and their claims."""
    rows: list[dict[str, Any]] = []
    found: dict[str, dict[str, Any]] = {}
    names = [name for name in tables if name.startswith("reports/")]
    for file in sorted(names, key=lambda name: Path(name).stem):
        with files.told_at(file):
            rows.append(_report(tables[file], file, context))
        for row, one in files.rows(tables[file], "claim", file):
            with files.told_at(file, one.get("id", row)):
                _add(found, _paired(claims.claim(one, Path(file).stem, context), rows[-1]["reliability"]))
    if not rows:
        raise CaseError("a case without reports", None, "reports/<id>.toml", "reports")
    copies = {name: row["copy_of"] for name, row in found.items()}
    fields.check_chains(copies, "claim", lambda name: f"reports/{found[name]['report']}.toml")
    return _indexed(rows, columns.REPORTS), _indexed(list(found.values()), columns.CLAIMS)


def _add(found: dict[str, dict[str, Any]], row: dict[str, Any]) -> None:
    if row["id"] in found:
        other = f"an id of its own; {found[row['id']]['report']} has this one"
        raise InputError("two claims of one id", row["id"], other)
    found[row["id"]] = row


def _paired(row: dict[str, Any], reliability: str) -> dict[str, Any]:
    """The row with its Admiralty pair: letter of the source, digit of the information."""
    return {**row, "admiralty": f"{reliability}{row['credibility']}"}


def _indexed(rows: list[dict[str, Any]], declared: tuple[columns.Column, ...]) -> pd.DataFrame:
    return columns.conform(pd.DataFrame(rows, index=[row["id"] for row in rows]), declared)


def _report(table: dict[str, Any], file: str, context: claims.Context) -> dict[str, Any]:
    fields.check_keys(table, _REPORT, ("note", "claim"))
    if fields.text(table, "id") != Path(file).stem:
        raise InputError("a report whose id is not the name of its file", table["id"], [Path(file).stem])
    published, precision = _published(fields.text(table, "published"))
    return {
        "id": table["id"],
        "published": published,
        "published_to": precision,
        "seen": fields.choice(table, "seen", SEEN),
        "via": _via(table, context),
        "reliability": fields.choice(table, "reliability", "ABCDEF"),
        **{key: fields.text(table, key) for key in _TOLD},
    }


def _published(text: str) -> tuple[pd.Timestamp, str]:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return phrases.day(text), "day"
    return phrases.instant(text), "minute"


def _via(table: dict[str, Any], context: claims.Context) -> tuple[str, ...]:
    names = fields.texts(table, "via")
    for name in names:
        if name not in context.origins:
            raise InputError("unknown origin", name, context.origins)
    return names
