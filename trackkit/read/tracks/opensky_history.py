"""OpenSky's history tables (state vectors, CSV or Parquet), and tables with the column names of `traffic`.

https://opensky-network.org/data/trino . One row a second whether or not a new position came: the time of a fix is
``lastposupdate``, and rows that repeat one are set aside. Metres and m/s, or feet and knots under `traffic`'s names.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from trackkit.errors import TrackError
from trackkit.read.tracks import contents, frames
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.fr24_csv import named_columns
from trackkit.read.tracks.sheets import Options, Sheet, one_aircraft
from trackkit.read.tracks.values import Fault, Floats, numbers, squawks, texts

__all__ = ["recognise", "sheet"]

_NEEDED = {"time", "icao24", "lat", "lon"}
_TRAFFIC = {"timestamp", "latitude", "longitude"}
_KEYS = {
    "latitude": "lat", "longitude": "lon", "groundspeed_mps": "velocity", "track_deg": "heading",
    "vertical_rate_mps": "vertrate", "altitude_baro_m": "baroaltitude", "altitude_geom_m": "geoaltitude",
}  # fmt: skip
_OTHERS = ("onground", "callsign", "squawk", "lastposupdate")
_TRUE, _FALSE = ("true", "1", "t"), ("false", "0", "f", "")
_NOTE = "the time of a fix is lastposupdate, that of its position; not said what the vertical rate is of"
_NO_UPDATE = "without lastposupdate, the time is that of the row, and positions may be repeated"


def recognise(content: Content) -> bool:
    """Parquet, or a CSV header with the columns of a state vector or of `traffic`."""
    if content.data[:4] == b"PAR1":
        return True
    names = set(_header(content.head))
    return content.is_text and (names >= _NEEDED or names >= _TRAFFIC)


def sheet(content: Content, options: Options) -> Sheet:
    """The rows of the table.

    Raises
    ------
    TrackError
        If it has other columns, is damaged, or holds several aircraft and none is asked for.
    """
    parquet = content.data[:4] == b"PAR1"
    table, ragged, first = _parquet(content) if parquet else _csv(content)
    if set(table.columns) >= _TRAFFIC:
        found = frames.sheet_of(table, options.aircraft)
        dialect = f"{'Parquet' if parquet else 'CSV'} with the columns of traffic"
        return replace(found, dialect=dialect, faults=[*ragged, *found.faults], rows=first, origin=dialect)
    if not set(table.columns) >= _NEEDED:
        raise TrackError("a table of other columns", list(table.columns), f"{_words(_NEEDED)}; or {_words(_TRAFFIC)}")
    return _states(table, ragged, first, options, content.name)


def _header(line: str) -> list[str]:
    return [name.strip().strip('"') for name in line.split(",")]


def _words(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _csv(content: Content) -> tuple[pd.DataFrame, list[Fault], int]:
    """The cells as text, the lines that are too short or too long, and the number of the first one."""
    lines = content.rows()
    start = next(number for number, line in enumerate(lines) if any(cell.strip() for cell in line)) + 1
    cells, ragged = named_columns(lines[start:], _header(content.head))
    return pd.DataFrame(cells, dtype=object), ragged, start + 1


def _parquet(content: Content) -> tuple[pd.DataFrame, list[Fault], int]:
    """The columns that are known, of any flat type; its size is looked at before it is unpacked."""
    wanted = _NEEDED | _TRAFFIC | {*_KEYS.values(), *_OTHERS} | frames.KNOWN
    try:
        file = pq.ParquetFile(pa.BufferReader(content.data))
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        if not 0 <= size <= contents.LARGEST_BYTES or file.metadata.num_rows > contents.LARGEST_BYTES // 100:
            raise TrackError("a table that is too large", f"{size} bytes", f"up to {contents.LARGEST_BYTES} bytes")
        names = [name for name in file.schema_arrow.names if name in wanted]
        return file.read(columns=names, use_threads=False).to_pandas(), [], 1
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError) as error:
        raise TrackError(f"damaged Parquet: {str(error)[:200]}", file=content.name) from None


def _states(df: pd.DataFrame, ragged: list[Fault], first: int, options: Options, file: str) -> Sheet:
    cells = {name: frames.cells(df[name]) if name in df else [None] * len(df) for name in (*_KEYS.values(), *_OTHERS)}
    name, others = one_aircraft(texts(frames.cells(df["icao24"])), options.aircraft, file)
    told_s, undated = _seconds(df, "time")
    updated = "lastposupdate" in df
    time_s, unread = _seconds(df, "lastposupdate") if updated else (told_s, [])
    values, faults = numbers({own: cells[key] for own, key in _KEYS.items()})
    truths = [str("" if cell is None else cell).strip().lower() for cell in cells["onground"]]
    odd = np.array([word not in (*_TRUE, *_FALSE) for word in truths], dtype=bool)
    table = {
        **values, "time_s": time_s, "on_ground": np.array([word in _TRUE for word in truths], dtype=bool),
        "callsign": texts(cells["callsign"]), "squawk": squawks(cells["squawk"]),
        "position_age_s": told_s - time_s if updated else None,
    }  # fmt: skip
    return Sheet(
        "OpenSky history", name, "OpenSky", {key: one for key, one in table.items() if one is not None},
        given=lambda row: str([df[name].iat[row] for name in df]), rows=first,
        notes=(_NOTE if updated else _NO_UPDATE,),
        faults=[*ragged, (others, "another aircraft"), *undated, *unread, (odd, "onground that is no truth"), *faults],
    )  # fmt: skip


def _seconds(df: pd.DataFrame, name: str) -> tuple[Floats, list[Fault]]:
    """Unix seconds of a column of numbers or of times with their zone."""
    if df[name].dtype.kind == "M":
        return frames.times(df[name], name)
    values, faults = numbers({"time": frames.cells(df[name])})
    return values["time"], faults
