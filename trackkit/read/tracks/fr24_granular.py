"""Flightradar24's "granular" CSV, given out after accidents: every message, with cells ``KEY:value`` at the end.

Two sets of columns are in use (JAL516 of 2024, Lion Air 610 of 2018). The same message comes from many receivers and
lines are not in order of time. Zero stands for what is not told: squawk, speed in the air, a position of 0, 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.fr24_csv import first_name
from trackkit.read.tracks.sheets import Options, Sheet
from trackkit.read.tracks.values import Fault, instants_s, numbers, squawks, texts
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

__all__ = ["recognise", "sheet"]

#: our name -> how the header of a column may begin
_BEGINS = {
    "time": ("receiver_time", "time (utc)"), "network": ("network_time",), "hex": ("hex",), "callsign": ("callsign",),
    "latitude": ("latitude",), "longitude": ("longitude",), "no_position": ("no_position",), "altitude": ("altitude",),
    "squawk": ("squawk",), "speed": ("speed", "ground speed"), "track": ("track",),
    "rate": ("vspeed", "vertical speed"), "ground": ("on_ground",), "class": ("position_class",),
}  # fmt: skip
_NEEDED = ("time", "hex", "callsign", "latitude", "longitude", "altitude", "squawk", "speed", "track", "rate")
_FACTORS = {
    "altitude_baro_m": FT_M, "groundspeed_mps": KT_MPS, "vertical_rate_mps": FTMIN_MPS, "altitude_geom_m": FT_M,
}  # fmt: skip
_SOURCES = {"ADS-B": "adsb", "MLAT": "mlat", "ESTIMATED": "estimated", "FLARM": "flarm", "UAT": "uat"}
_NOTE = (
    "the time is the receiver's where it is told; altitude is pressure altitude, whatever the header calls it; GPSA is "
    "taken as above the ellipsoid; HDG is not taken (not said whether true); zeros of squawk and of speed in the air "
    "are taken as not told"
)


def recognise(content: Content) -> bool:
    """A header with either set of columns."""
    return content.is_text and set(_NEEDED) <= set(_places(content.head))


def sheet(content: Content, options: Options) -> Sheet:
    """The lines below the header, of any length."""
    lines = content.rows()
    start = next(number for number, line in enumerate(lines) if any(cell.strip() for cell in line)) + 1
    rows, places = lines[start:], _places(content.head)
    width = max(places.values()) + 1
    short = np.array([len(row) < width for row in rows], dtype=bool)
    whole = [row if len(row) >= width else [""] * width for row in rows]
    cells = {name: [row[place] for row in whole] for name, place in places.items()}
    extras = [_extras(row[width:]) for row in whole]
    table, faults = _table(cells, extras)
    return Sheet(
        "Flightradar24 granular CSV", first_name(table["callsign"]) or first_name(texts(cells["hex"])),
        "Flightradar24", table, given=lambda row: ",".join(rows[row]), rows=start + 1, notes=(_NOTE,),
        faults=[(short, "a line that is too short"), *_unplaced(cells, short), *faults],
    )  # fmt: skip


def _places(header: str) -> dict[str, int]:
    """The place of each of our columns in the header."""
    names = [name.strip().strip('"').lower() for name in header.split(",")]
    found = {}
    for own, begins in _BEGINS.items():
        places = [place for place, name in enumerate(names) if name.startswith(begins)]
        if places:
            found[own] = places[0]
    return found


def _extras(cells: Sequence[str]) -> dict[str, str]:
    """``ROLL:0.0`` -> its value by its key; the first of a key counts."""
    pairs = [cell.split(":", 1) for cell in cells if ":" in cell]
    return dict(reversed(pairs))


def _table(cells: dict[str, list[str]], extras: list[dict[str, str]]) -> tuple[dict[str, Any], list[Fault]]:
    values, faults = numbers({
        "latitude": cells["latitude"], "longitude": cells["longitude"], "altitude_baro_m": cells["altitude"],
        "groundspeed_mps": cells["speed"], "track_deg": cells["track"], "vertical_rate_mps": cells["rate"],
        "altitude_geom_m": [one.get("GPSA") for one in extras], "roll_deg": [one.get("ROLL") for one in extras],
    }, _FACTORS)  # fmt: skip
    ground = np.array([cell.strip() == "G" for cell in cells.get("ground", cells["hex"])], dtype=bool)
    told = cells["time"] if "network" not in cells else _first(cells["time"], cells["network"])
    time_s, bad, zoneless = instants_s(told, "UTC")
    unknown = ~ground & (values["groundspeed_mps"] == 0)
    words = cells.get("class", [""] * len(ground))
    return {
        **values, "time_s": time_s, "on_ground": ground, "callsign": texts(cells["callsign"]),
        "groundspeed_mps": np.where(unknown, np.nan, values["groundspeed_mps"]),
        "track_deg": np.where(unknown & (values["track_deg"] == 0), np.nan, values["track_deg"]),
        "squawk": squawks(cells["squawk"]), "source": [_SOURCES.get(word.strip(), "") for word in words],
    }, [(bad | zoneless, "a time that cannot be read"), *faults]  # fmt: skip


def _first(cells: Sequence[str], others: Sequence[str]) -> list[str]:
    """The receiver's time, or the network's where that is none: its clock then stands at 1970."""
    pairs = zip(cells, others, strict=True)
    return [other if not cell.strip() or cell.startswith("1970") else cell for cell, other in pairs]


def _unplaced(cells: dict[str, list[str]], short: Any) -> list[Fault]:
    """Lines that say themselves that they have no position."""
    words = cells.get("no_position")
    if words is None:
        return []
    return [(np.array([word.strip() != "P" for word in words], dtype=bool) & ~short, "marked as without position")]
