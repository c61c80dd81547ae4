"""How a notebook hands over what it made: files for the report, and something to see in the notebook."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from trackkit import draw
from trackkit.errors import visible
from trackkit.report.words import number, share

__all__ = ["Shown", "figure", "safe", "shares", "table"]

#: how fine a figure is inside a notebook and in the page; the files have 300 dpi
_DPI = 160
#: colours of a picture in the page, and the longest text that is set in one line
_COLOURS, _WORD = 255, 24
_NUMBER = re.compile(r"|[-+]?[\d,.]+(e[-+]?\d+)?")
#: a text cell that begins so is taken for a formula by spreadsheets
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Shown:
    """What a notebook shows: its forms by media type, and notes on them."""

    forms: Mapping[str, str] = field(repr=False)
    notes: Mapping[str, Any]

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        return dict(self.forms), dict(self.notes)


def figure(figure: Figure, out: str | Path, name: str, words: str = "") -> Shown:
    """Hand a figure over to the report, and show it.

    Parameters
    ----------
    figure : Figure
    out : path
        The output folder; the files are ``figures/<name>.png``, ``.svg`` and ``.pdf`` in it.
    name : str
        Stem of the files.
    words : str
        What it shows, for those who do not see it; `trackkit.draw.alt` of it where not given.

    Returns
    -------
    Shown
        A cell that ends with it shows the figure.
    """
    words = draw.alt(draw.style.tell(figure, words or draw.alt(figure)))
    draw.save(figure, Path(out) / "figures", name)
    picture = base64.b64encode(_small(figure)).decode("ascii")
    notes = {"image/png": {"alt": words}, "trackkit": {"figure": name, "alt": words}}
    return Shown({"image/png": picture, "text/plain": words}, notes)


def table(table: pd.DataFrame, out: str | Path, name: str, caption: str = "") -> Shown:
    """Hand a table over to the report, and show it.

    Parameters
    ----------
    table : DataFrame
        Its columns are written, its index is not.
    out : path
        The output folder; the file is ``tables/<name>.csv`` in it, with every row and digit.
    name : str
        Stem of the file.
    caption : str
        What stands over it.

    Returns
    -------
    Shown
        A cell that ends with it shows the table, numbers rounded.
    """
    file = Path(out) / "tables" / f"{name}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_csv(table).encode())
    told = table.map(number).rename(columns=lambda name: str(name).replace("_", " "))
    notes = {"trackkit": {"table": name, "caption": caption}}
    return Shown({"text/html": _html(told, caption), "text/plain": f"{caption}\n{told.to_string(index=False)}"}, notes)


def shares(support: pd.DataFrame) -> pd.DataFrame:
    """Claims x hypotheses with the state of each claim under each hypothesis, and its share of the paths.

    Parameters
    ----------
    support : DataFrame
        Columns `trackkit.columns.SUPPORT`.
    """
    told = support.assign(told=[_told(row) for row in support.itertuples()])
    wide = told.pivot(index=["report", "claim"], columns="hypothesis", values="told")
    return wide.reset_index().rename_axis(columns=None)


def _told(row: Any) -> str:
    known = row.support == row.support and row.effective_paths == row.effective_paths
    return f"{row.state} ({share(row.support, row.effective_paths)})" if known else str(row.state)


def safe(value: object) -> object:
    """A text that no spreadsheet takes for a formula; everything else as it is.

    >>> safe("=1+1"), safe(-1.0)
    ("'=1+1", -1.0)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _small(figure: Figure) -> bytes:
    """A figure for the screen: fewer points, and as many colours as it has to have."""
    with io.BytesIO() as fine, io.BytesIO() as small, draw.style.context():
        figure.savefig(fine, format="png", dpi=_DPI)
        with Image.open(fine) as picture:
            few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(small, format="png", optimize=True)
        return small.getvalue()


def _html(table: pd.DataFrame, caption: str) -> str:
    """A table for eyes: numbers to the right, sentences wide enough to be read."""
    names, kinds = [str(name) for name in table.columns], [_kind(table[name]) for name in table.columns]
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(name)}</th>' for name, kind in zip(names, kinds, strict=True)
    )
    rows = [
        "".join(f'<td class="{kind}">{escape(str(value))}</td>' for value, kind in zip(row, kinds, strict=True))
        for row in table.itertuples(index=False)
    ]
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>"


def _kind(column: pd.Series) -> str:
    """``number``, ``sentence`` or ``word``: how wide a column is set, and to which side."""
    texts = [str(value) for value in column]
    if all(_NUMBER.fullmatch(text) for text in texts):
        return "number"
    return "sentence" if max(map(len, texts), default=0) > _WORD else "word"


def _csv(table: pd.DataFrame) -> str:
    plain = table.map(lambda value: "; ".join(map(str, value)) if isinstance(value, tuple | list) else value)
    shown = plain.map(lambda value: safe(visible(value)) if isinstance(value, str) else value)
    return str(shown.rename(columns=safe).to_csv(index=False, lineterminator="\n"))
