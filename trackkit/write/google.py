"""KML for Google Earth: lines that move with its clock, and claims at the places they name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trackkit.errors import visible
from trackkit.model import Case, Ensemble, Track
from trackkit.write.lines import COLOURS, Line, Mark, lines, marks, nouns

__all__ = ["kml"]


def kml(what: Ensemble | Track | Case | Iterable[Ensemble | Track | Case], file: str | Path, sample: int = 40) -> Path:
    """Write nouns for Google Earth, each in a folder of its own.

    Parameters
    ----------
    what : Ensemble, Track, Case, or several of them
    file : path
        The ``.kml`` to write.
    sample : int
        Paths of an ensemble, taken by weight without chance.

    Returns
    -------
    Path
        The same bytes on every run. Words of reports stand in it escaped twice: Google Earth reads descriptions as
        HTML.
    """
    document = _document()
    for number, noun in enumerate(nouns(what)):
        folder = document.newfolder(name=_plain(_name(noun)), visibility=1)
        for line in lines(noun, sample):
            _line(folder, line, COLOURS[number % len(COLOURS)])
        for mark in marks(noun):
            _mark(folder, mark)
    Path(file).write_bytes(_settled(document).encode())
    return Path(file)


def _document() -> Any:
    import simplekml  # type: ignore[import-untyped]

    return simplekml.Kml(name="trackkit")


def _name(noun: Ensemble | Track | Case) -> str:
    return visible(noun.hypothesis.id if isinstance(noun, Ensemble) else noun.name)


def _line(folder: Any, line: Line, colour: tuple[int, int, int]) -> None:
    """A moving point with its line (gx:Track), heights absolute where they are known."""
    import simplekml

    known = bool(np.isfinite(line.height_m).all())
    label = f"{line.group} {line.number}" + (f", part {line.part + 1}" if line.part else "")
    words = f"{line.words} Heights are {line.height if known else 'not known'}."
    track = folder.newgxtrack(name=_plain(label), description=_html(words))
    track.altitudemode = simplekml.AltitudeMode.absolute if known else simplekml.AltitudeMode.clamptoground
    track.newwhen([_stamp(one) for one in line.time])
    height = line.height_m if known else np.zeros(len(line.time))
    track.newgxcoord([tuple(round(float(one), digits) for one, digits in zip(three, (6, 6, 1), strict=True))
                      for three in zip(line.longitude, line.latitude, height, strict=True)])  # fmt: skip
    track.style.linestyle.color = simplekml.Color.rgb(*colour, 170)
    track.style.linestyle.width = 1.5
    track.style.iconstyle.scale = 0.5


def _mark(folder: Any, mark: Mark) -> None:
    point = folder.newpoint(
        name=_plain(mark.name), description=_html(f"{mark.words} ({mark.report})"),
        coords=[(round(mark.longitude, 6), round(mark.latitude, 6))],
    )  # fmt: skip
    if mark.time is not None:
        point.timestamp.when = _stamp(mark.time)


def _html(words: str) -> str:
    """Words for a balloon, which is HTML; the library makes them XML."""
    return escape(words)


def _plain(words: str) -> str:
    """Words that the library does not take for XML of its own."""
    return words.replace("<![", "< ![")


def _stamp(time: datetime | pd.Timestamp) -> str:
    return pd.Timestamp(time).tz_convert("UTC").isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _settled(document: Any) -> str:
    """The document with ids counted from one: those of the library go on counting from file to file."""
    ids: dict[str, str] = {}
    text = str(document.kml())
    for found in re.findall(r'\bid="(\w+)"', text):
        ids.setdefault(found, f"i{len(ids) + 1}")
    for one, other in sorted(ids.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(f'id="{one}"', f'id="{other}"').replace(f"#{one}<", f"#{other}<")
    return text
