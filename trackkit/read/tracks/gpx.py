"""GPX 1.0 and 1.1: the points of its tracks. https://www.topografix.com/GPX/1/1/

The schema does not say what `ele` is above, so it has to be told. A new segment means that reception was lost. Version
1.0 has speed (m/s) and course as well. Waypoints and routes are plans, not fixes, and are not read.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from trackkit.read.tracks import trees
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet, heights, one_aircraft, timed
from trackkit.read.tracks.values import numbers, plain

__all__ = ["recognise", "sheet"]

_NOTE = "waypoints and routes are not read"


def recognise(content: Content) -> bool:
    """XML whose root is ``gpx``."""
    return content.xml is not None and trees.local(content.xml) == "gpx"


def sheet(content: Content, options: Options) -> Sheet:
    """One row a ``trkpt``.

    Raises
    ------
    TrackError
        If there are several tracks and none is asked for, heights whose datum or times whose zone is not told.
    """
    root: Element = content.xml  # type: ignore[assignment]
    found = [
        (point, gap and number == 0, plain(trees.text(track, "name")))
        for track in trees.children(root, "trk")
        for gap, segment in enumerate(trees.children(track, "trkseg"))
        for number, point in enumerate(trees.children(segment, "trkpt"))
    ]
    points = [point for point, _, _ in found]
    name, others = one_aircraft([name for _, _, name in found], options.aircraft, content.name)
    values, faults = numbers({
        "latitude": [one.get("lat") for one in points], "longitude": [one.get("lon") for one in points],
        "altitude": [trees.text(one, "ele") for one in points],
        "groundspeed_mps": [trees.text(one, "speed") for one in points],
        "track_deg": [trees.text(one, "course") for one in points],
    })  # fmt: skip
    above, notes = heights(values.pop("altitude"), options)
    time_s, undated = timed([trees.text(one, "time") for one in points], options)
    table = {**values, **above, "time_s": time_s, "gap_before": [bool(gap) for _, gap, _ in found]}
    return Sheet(
        "GPX", name, plain(root.get("creator") or "GPX"), table, given=lambda row: _told(points[row]),
        faults=[(others, "another aircraft"), undated, *faults], notes=(*notes, _NOTE),
    )  # fmt: skip


def _told(point: Element) -> str:
    """What stands in a point, in short."""
    return " ".join(
        [str(point.get("lat")), str(point.get("lon")), *(f"{trees.local(one)}={one.text}" for one in point)]
    )
