"""Flightradar24's KML: the points of its folder Route; its folder Trail draws the same flight again and is not read.

Altitude is pressure altitude in metres, 0 on the ground. Speed and heading stand only in the description, which is HTML
from outside: two numbers are taken from it and nothing else.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import numpy as np

from trackkit.read.tracks import trees
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet, timed
from trackkit.read.tracks.values import numbers, plain
from trackkit.units import KT_MPS

__all__ = ["recognise", "sheet"]

_NOTE = (
    "altitudes are pressure altitudes, 0 taken as on the ground; speed and heading from the points' descriptions; not "
    "said which positions are estimated; the folder Trail, which repeats the flight without times, is not read"
)
_TAG = re.compile(r"<[^<>]{0,500}>")
_SPEED, _HEADING = re.compile(r"Speed:\s*(\d{1,4})\s*kt"), re.compile(r"Heading:\s*(\d{1,3})")


def recognise(content: Content) -> bool:
    """KML with a folder Route whose points tell their speed."""
    root = content.xml
    points = _points(root) if root is not None and trees.local(root) == "kml" else []
    return any("Speed" in trees.text(one, "description") for one in points[:5])


def sheet(content: Content, options: Options) -> Sheet:
    """The points of Route."""
    root: Element = content.xml  # type: ignore[assignment]
    points = _points(root)
    told = [_TAG.sub("", trees.text(one, "description")[:4000]) for one in points]
    places = [trees.text(one, "Point", "coordinates") for one in points]
    parts = [place.split(",") for place in places]
    wrong = np.array([len(part) != 3 for part in parts], dtype=bool)
    cells = [part if len(part) == 3 else ["", "", ""] for part in parts]
    values, faults = numbers({
        "longitude": [one[0] for one in cells], "latitude": [one[1] for one in cells],
        "altitude_baro_m": [one[2] for one in cells], "groundspeed_mps": [_found(_SPEED, text) for text in told],
        "track_deg": [_found(_HEADING, text) for text in told],
    }, {"groundspeed_mps": KT_MPS})  # fmt: skip
    time_s, undated = timed([trees.text(one, "TimeStamp", "when") for one in points], options)
    ground = values["altitude_baro_m"] == 0
    table = {
        **values, "time_s": time_s, "on_ground": ground,
        "altitude_baro_m": np.where(ground, np.nan, values["altitude_baro_m"]),
    }  # fmt: skip
    name = plain(trees.text(root, "Document", "name")).rpartition("/")[2]
    return Sheet(
        "Flightradar24 KML", name, "Flightradar24", table, given=places.__getitem__, notes=(_NOTE,),
        faults=[(wrong, "coordinates of another form"), undated, *faults],
    )  # fmt: skip


def _points(root: Element) -> list[Element]:
    """The placemarks of the folder Route."""
    routes = [one for one in trees.descendants(root, "Folder") if trees.text(one, "name") == "Route"]
    return trees.children(routes[0], "Placemark") if routes else []


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""
