"""Tables of nouns: GeoParquet, GeoJSON and CSV.

A row is a moment of a path, a fix of a track, or a claim. Columns carry their units in their names; times are UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from trackkit import columns
from trackkit.errors import visible
from trackkit.model import Case, Ensemble, Track
from trackkit.motion import PHASES
from trackkit.write.lines import lines, marks, nouns

__all__ = ["csv", "geojson", "geoparquet", "table"]

Noun = Ensemble | Track | Case
_FLOWN = ("altitude_m", "groundspeed_mps", "track_deg", "vertical_rate_mps")
#: a text cell that begins so is taken for a formula by spreadsheets
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(noun: Noun) -> gpd.GeoDataFrame:
    """A noun as one table with points in EPSG:4326.

    Parameters
    ----------
    noun : Ensemble, Track or Case
        Of an ensemble every moment of every path, with the path's weight; of a track its fixes, as they are; of a case
        its claims, those without a place with an empty geometry.
    """
    if isinstance(noun, Ensemble):
        return _ensemble(noun)
    if isinstance(noun, Track):
        return noun.fixes.reset_index(names="time").assign(track=noun.name, origin=noun.origin)
    claims = noun.claims.reset_index(drop=True)
    plain = claims.assign(**{name: claims[name].map("; ".join) for name in _lists(claims)})
    return gpd.GeoDataFrame(plain, geometry=gpd.points_from_xy(plain["longitude"], plain["latitude"]), crs="EPSG:4326")


def geoparquet(noun: Noun, file: str | Path) -> Path:
    """Write the table of a noun as GeoParquet 1.1, every row and digit, the same bytes on every run."""
    table(_one(noun)).to_parquet(file, index=False, schema_version="1.1.0", compression="zstd")
    return Path(file)


def csv(noun: Noun, file: str | Path) -> Path:
    """Write the table of a noun as CSV, longitude and latitude as columns; safe to open in a spreadsheet.

    A text that a spreadsheet would take for a formula has an apostrophe before it; control characters and marks of
    direction are shown, not obeyed.
    """
    made = table(_one(noun))
    points = made.assign(longitude=made.geometry.x, latitude=made.geometry.y).drop(columns="geometry")
    safe = pd.DataFrame(points).map(lambda value: _safe(value) if isinstance(value, str) else value)
    Path(file).write_bytes(safe.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%S.%fZ").encode())
    return Path(file)


def geojson(what: Noun | Iterable[Noun], file: str | Path, sample: int = 40) -> Path:
    """Write nouns as GeoJSON (RFC 7946): paths and tracks as lines with the time of each point, claims as points.

    Parameters
    ----------
    what : Ensemble, Track, Case, or several of them
    file : path
    sample : int
        Paths of an ensemble, taken by weight without chance.

    Returns
    -------
    Path
        The times of a line stand in its property ``times``, one a point; its height is the third coordinate, above
        what the property ``height`` says, and left out where it is not known.
    """
    features = [feature for noun in nouns(what) for feature in [*_lines(noun, sample), *_marks(noun)]]
    told = {"type": "FeatureCollection", "features": features}
    Path(file).write_bytes((json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n").encode())
    return Path(file)


def _one(noun: Noun) -> Noun:
    return nouns(noun)[0]


def _ensemble(one: Ensemble) -> gpd.GeoDataFrame:
    paths = one.paths
    n, steps = len(one.log_weight), paths.sizes["time"]
    field = {name: paths[name].transpose("path", "time").to_numpy() for name in ("longitude", "latitude", *_FLOWN)}
    made = pd.DataFrame(
        {
            "hypothesis": one.hypothesis.id,
            "path": np.repeat(np.arange(n), steps),
            "weight": np.repeat(np.exp(one.log_weight.to_numpy()), steps),
            "time": np.tile(pd.DatetimeIndex(paths["time"].to_numpy()).tz_localize("UTC"), n),
            **{name: field[name].ravel() for name in _FLOWN},
            "phase": np.asarray(PHASES, dtype=object)[paths["phase"].transpose("path", "time").to_numpy().ravel()],
            "n": one.n,
            "seed": one.seed,
            "synthetic": True,
        }
    )
    points = gpd.points_from_xy(field["longitude"].ravel().astype(float), field["latitude"].ravel().astype(float))
    return gpd.GeoDataFrame(made, geometry=points, crs="EPSG:4326")


def _lists(claims: pd.DataFrame) -> list[str]:
    return [column.name for column in columns.CLAIMS if column.type == "list" and column.name in claims]


def _lines(noun: Noun, sample: int) -> Iterable[dict[str, Any]]:
    for line in lines(noun, sample):
        known = bool(np.isfinite(line.height_m).all())
        fields = (line.longitude, line.latitude, *((line.height_m,) if known else ()))
        points = [[round(float(value), 6) for value in point] for point in zip(*fields, strict=True)]
        properties = {
            "name": line.group, "path": line.number, "part": line.part, "weight": line.weight, "words": line.words,
            "height": line.height if known else "not known", "times": [_stamp(one) for one in line.time],
        }  # fmt: skip
        geometry = {"type": "LineString", "coordinates": points} if len(points) > 1 else _point(points[0])
        yield {"type": "Feature", "geometry": geometry, "properties": properties}


def _marks(noun: Noun) -> Iterable[dict[str, Any]]:
    for mark in marks(noun):
        time = None if mark.time is None else _stamp(mark.time)
        properties = {"name": mark.name, "report": mark.report, "words": mark.words, "time": time}
        where = [round(mark.longitude, 6), round(mark.latitude, 6)]
        yield {"type": "Feature", "geometry": _point(where), "properties": properties}


def _point(where: list[float]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": where}


def _stamp(time: pd.Timestamp) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _safe(text: str) -> str:
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
