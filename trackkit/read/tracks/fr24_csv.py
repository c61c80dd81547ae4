"""Flightradar24's CSV of one flight: ``Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction``.

Layout: https://www.flightradar24.com/blog/inside-flightradar24/using-the-new-flightradar24-kml-and-csv-export-tools/ .
Altitude is pressure altitude in feet, 0 on the ground; times are whole seconds; nothing says which positions are
Flightradar24's own estimates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet
from trackkit.read.tracks.values import Fault, Floats, Masks, instants_s, numbers, texts
from trackkit.units import FT_M, KT_MPS

__all__ = ["first_name", "named_columns", "recognise", "sheet"]

_NEEDED = ("timestamp", "callsign", "position", "altitude", "speed", "direction")
_NOTE = "times are whole seconds; the file does not say which positions are estimated; 0 ft is taken as on the ground"
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_FACTORS = {"altitude_baro_m": FT_M, "groundspeed_mps": KT_MPS}


def recognise(content: Content) -> bool:
    """A first line with its columns, between commas or semicolons."""
    return content.is_text and set(_NEEDED) <= set(_header(content.head))


def sheet(content: Content, options: Options) -> Sheet:
    """The lines below the header."""
    lines = content.rows(_delimiter(content.head))
    start = next(number for number, line in enumerate(lines) if any(cell.strip() for cell in line)) + 1
    rows, names = lines[start:], _header(content.head)
    cells, ragged = named_columns(rows, names)
    values, faults = numbers({
        "time_s": cells["timestamp"], "altitude_baro_m": cells["altitude"], "groundspeed_mps": cells["speed"],
        "track_deg": cells["direction"],
    }, _FACTORS)  # fmt: skip
    (latitude, longitude), unread = _positions(cells["position"])
    ground = values["altitude_baro_m"] == 0
    table = {
        **values, "latitude": latitude, "longitude": longitude, "on_ground": ground,
        "altitude_baro_m": np.where(ground, np.nan, values["altitude_baro_m"]),
        "callsign": (callsigns := texts(cells["callsign"])),
    }  # fmt: skip
    return Sheet(
        "Flightradar24 CSV", first_name(callsigns), "Flightradar24", table,
        given=lambda row: ",".join(rows[row]), rows=start + 1, notes=(_NOTE,),
        faults=[*ragged, *faults, *unread, *_disagreeing(table["time_s"], cells.get("utc"))],
    )  # fmt: skip


def named_columns(rows: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[dict[str, list[str]], list[Fault]]:
    """Cells by the names of the header, and the lines that are empty or not as long as it."""
    n = len(names)
    lengths = np.array([len(row) for row in rows], dtype=int)
    cells = list(zip(*[row if len(row) == n else [""] * n for row in rows], strict=True)) if rows else [()] * n
    faults = [(lengths == 0, "an empty line"), (lengths != n, "a line of another length than the header")]
    return {name: list(column) for name, column in zip(names, cells, strict=True)}, faults


def first_name(callsigns: Sequence[str]) -> str:
    """The first callsign that is told, empty where none is."""
    return next((callsign for callsign in callsigns if callsign), "")


def _header(line: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in line.split(_delimiter(line))]


def _delimiter(line: str) -> str:
    """A comma, or what a spreadsheet wrote in its place."""
    return max(",;\t", key=line.count)


def _positions(cells: Sequence[str]) -> tuple[tuple[Floats, Floats], list[Fault]]:
    """Latitude and longitude of ``"42.77,141.69"``."""
    parts = [cell.split(",") for cell in cells]
    wrong = np.array([len(part) != 2 and part != [""] for part in parts], dtype=bool)
    pairs = [part if len(part) == 2 else ("", "") for part in parts]
    values, faults = numbers({"latitude": [one[0] for one in pairs], "longitude": [one[1] for one in pairs]})
    return (values["latitude"], values["longitude"]), [(wrong, "a position that is not latitude,longitude"), *faults]


def _disagreeing(time_s: Floats, told: Sequence[str] | None) -> list[Fault]:
    """Rows whose UTC is no time or another than their Timestamp; the oldest files have no UTC."""
    if told is None:
        return []
    utc_s, bad, zoneless = _utc(told)
    differ = np.abs(utc_s - time_s) > 1.0
    return [(bad | zoneless, "UTC that is no time with its zone"), (differ, "two times that differ")]


def _utc(told: Sequence[str]) -> tuple[Floats, Masks, Masks]:
    """Unix seconds of ISO times; all of one form are read at once."""
    if all(_ISO.fullmatch(cell) for cell in told):
        try:
            seconds = np.array([cell[:-1] for cell in told], dtype="datetime64[s]").astype(float)
            return seconds, (none := np.zeros(len(told), dtype=bool)), none
        except ValueError:
            pass
    return instants_s(told)
