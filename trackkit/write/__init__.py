"""Nouns -> what other programs read.

A noun is an `Ensemble`, a `Track` or a `Case` (its claims); each function takes one, or several in a list. Paths of an
ensemble are synthetic and every file says so.

- ``kml``: Google Earth, with time; ``czml``: Cesium, cut where nothing is known
- ``frame``: a track as the table that others work with, in feet and knots
- ``geoparquet``, ``geojson``, ``csv``: tables for geographic information systems and spreadsheets
- ``claim_review``: what was judged of each claim, as schema.org has it
"""

from trackkit.write.frames import frame
from trackkit.write.globe import czml
from trackkit.write.google import kml
from trackkit.write.reviews import claim_review
from trackkit.write.tables import csv, geojson, geoparquet

__all__ = ["claim_review", "csv", "czml", "frame", "geojson", "geoparquet", "kml"]
