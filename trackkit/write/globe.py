"""CZML for Cesium: points that move with its clock and are there only while something is known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trackkit.model import Case, Ensemble, Track
from trackkit.write.lines import COLOURS, Line, Mark, lines, marks, nouns

__all__ = ["czml"]

_TRAIL_S = 600


def czml(what: Ensemble | Track | Case | Iterable[Ensemble | Track | Case], file: str | Path, sample: int = 40) -> Path:
    """Write nouns for Cesium.

    Parameters
    ----------
    what : Ensemble, Track, Case, or several of them
    file : path
        The ``.czml`` to write.
    sample : int
        Paths of an ensemble, taken by weight without chance.

    Returns
    -------
    Path
        Positions are interpolated linearly between fixes and cut at holes: one interval of availability each. Heights
        are written as they are known, and the words say above what; Cesium takes all for above the ellipsoid, which in
        Syria is some 25 m off.
    """
    packets = [packet for number, noun in enumerate(nouns(what)) for packet in _packets(noun, number, sample)]
    told = [_head(packets), *packets]
    Path(file).write_bytes((json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
    return Path(file)


def _head(packets: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The document, with a clock from the first to the last moment of what moves."""
    intervals = [part["interval"] for one in packets for part in one["position"] if "availability" in one]
    head: dict[str, Any] = {"id": "document", "name": "trackkit", "version": "1.0"}
    if intervals:
        start, end = min(one.split("/")[0] for one in intervals), max(one.split("/")[1] for one in intervals)
        head["clock"] = {"interval": f"{start}/{end}", "currentTime": start, "multiplier": 30}
    return head


def _packets(noun: Ensemble | Track | Case, number: int, sample: int) -> Iterator[dict[str, Any]]:
    colour = COLOURS[number % len(COLOURS)]
    for (group, path), parts in groupby(lines(noun, sample), key=lambda line: (line.group, line.number)):
        yield _moving(list(parts), f"{number}/{group}/{path}", colour)
    for mark in marks(noun):
        yield _standing(mark, number)


def _moving(parts: list[Line], name: str, colour: tuple[int, int, int]) -> dict[str, Any]:
    """A line with its parts: between them it is not there."""
    spans = [f"{_stamp(part.time[0])}/{_stamp(part.time[-1])}" for part in parts]
    return {
        "id": name,
        "name": name,
        "description": f"<p>{escape(parts[0].words)} Heights are {escape(parts[0].height)}.</p>",
        "availability": spans if len(spans) > 1 else spans[0],
        "position": [_position(part, span) for part, span in zip(parts, spans, strict=True)],
        "point": {"pixelSize": 5, "color": {"rgba": [*colour, 255]}},
        "path": {
            "width": 1, "leadTime": 0, "trailTime": _TRAIL_S, "resolution": 10,
            "material": {"solidColor": {"color": {"rgba": [*colour, 150]}}},
        },
    }  # fmt: skip


def _position(part: Line, span: str) -> dict[str, Any]:
    """Seconds, longitude, latitude and height, four numbers a fix; a height that is not known is taken for zero."""
    seconds = (part.time - part.time[0]) / pd.Timedelta(seconds=1)
    height = np.where(np.isfinite(part.height_m), part.height_m, 0.0)
    table = np.column_stack([seconds, part.longitude, part.latitude, height])
    return {
        "interval": span, "epoch": _stamp(part.time[0]), "interpolationAlgorithm": "LINEAR", "interpolationDegree": 1,
        "cartographicDegrees": [round(float(value), 6) for value in table.ravel()],
    }  # fmt: skip


def _standing(mark: Mark, number: int) -> dict[str, Any]:
    return {
        "id": f"{number}/{mark.name}",
        "name": mark.name,
        "description": f"<p>{escape(mark.words)} ({escape(mark.report)})</p>",
        "position": {"cartographicDegrees": [round(mark.longitude, 6), round(mark.latitude, 6), 0.0]},
        "point": {"pixelSize": 8, "color": {"rgba": [26, 26, 26, 255]}, "heightReference": "CLAMP_TO_GROUND"},
    }


def _stamp(time: pd.Timestamp) -> str:
    return time.tz_convert("UTC").isoformat(timespec="milliseconds").replace("+00:00", "Z")
