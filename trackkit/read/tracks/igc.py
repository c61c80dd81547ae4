"""IGC flight recorders: B records. https://xp-soaring.github.io/igc_file_format/igc_format_2008.html

Times are UTC without a date: it stands in HFDTE, and a time far smaller than the one before is of the next day.
Pressure altitude is ISA 1013.25 hPa; GNSS altitude is above the WGS84 ellipsoid unless HFALG names the geoid. Lines
that are no record do not stop the reader.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import numpy as np

from trackkit.errors import TrackError
from trackkit.read.tracks.contents import Content
from trackkit.read.tracks.sheets import Options, Sheet
from trackkit.read.tracks.values import Floats, midnights, numbers, plain

__all__ = ["recognise", "sheet"]

_B = re.compile(
    r"B([0-2]\d)([0-5]\d)([0-5]\d)(\d\d)([0-5]\d{4})([NS])(\d{3})([0-5]\d{4})([EW])([AV])(-\d{4}|\d{5})(-\d{4}|\d{5}).*",
    re.ASCII,
)
_DATE = re.compile(r"HFDTE(?:DATE:)?\s*(\d\d)(\d\d)(\d\d)(?!\d)", re.ASCII)
_FIRST = re.compile(r"A[A-Z0-9]{3}")
_NAME = re.compile(r"HF(?:GID|CID)[^:]*:?\s*(.+)")
_GEOID = re.compile(r"HFALG[A-Z]*:?\s*GEO")
_RECORDS = "ABCDEFGHIJKL"
_DAY_S = 86_400
_NOTE = "GNSS heights are taken as above the ellipsoid, though some recorders write heights above the geoid"
_GEOID_NOTE = "the file says that its GNSS heights are above the geoid"


def recognise(content: Content) -> bool:
    """A first line ``A…`` with the maker, and B records or a date below it."""
    return content.is_text and bool(_FIRST.match(content.head)) and bool(re.search(r"\n(B\d{6}|HFDTE)", content.start))


def sheet(content: Content, options: Options) -> Sheet:
    """One row a B record or a line that is no record.

    Raises
    ------
    TrackError
        If no date stands before the first B record.
    """
    lines = _text(content).splitlines()
    places = [number for number, line in enumerate(lines) if line.startswith("B") or not _is_record(line)]
    rows = [lines[place] for place in places]
    found = [_B.fullmatch(row.rstrip()) for row in rows]
    bad = np.array([one is None for one in found], dtype=bool)
    cells = [one.groups() if one else ("0",) * 12 for one in found]
    values, _ = numbers({
        "altitude_baro_m": [one[10] for one in cells],
        "altitude_gnss": [one[11] if one[9] == "A" else None for one in cells],
    })  # fmt: skip
    geoid = any(_GEOID.match(line) for line in lines)
    table = {
        "altitude_msl_m" if geoid else "altitude_geom_m": values["altitude_gnss"],
        "altitude_baro_m": values["altitude_baro_m"], "latitude": _degrees(cells, 3), "longitude": _degrees(cells, 6),
        "time_s": _times(lines, places, found, content.name, options.date),
    }  # fmt: skip
    return Sheet(
        "IGC", next((plain(one[1]) for line in lines if (one := _NAME.match(line))), ""), "IGC recorder", table,
        given=rows.__getitem__, faults=[(bad, "a line that is no record")], rows=np.array(places, dtype=int) + 1,
        notes=(_GEOID_NOTE if geoid else _NOTE,),
    )  # fmt: skip


def _text(content: Content) -> str:
    """As text; recorders write names in Latin-1."""
    try:
        return content.text
    except TrackError:
        return content.data.decode("latin-1")


def _is_record(line: str) -> bool:
    return not line.strip() or line[0] in _RECORDS


def _degrees(cells: list[tuple[str, ...]], place: int) -> Floats:
    """Degrees of ``DD``, ``MMmmm`` and a letter at this place and the next two."""
    values = [float(one[place]) + float(one[place + 1]) / 60_000 for one in cells]
    return np.array([-value if one[place + 2] in "SW" else value for value, one in zip(values, cells, strict=True)])


def _times(lines: list[str], places: list[int], found: list[re.Match[str] | None], file: str,
           day: str | None) -> Floats:  # fmt: skip
    """Unix seconds of each row: days begin with a date, or with a time half a day before the one before it.

    The analyst's day counts where the file has none.
    """
    starts = {number: _day_s(match, file) for number, line in enumerate(lines) if (match := _DATE.match(line))}
    starts = starts or ({-1: _told_s(day, file)} if day is not None else {})
    good = [row for row, match in enumerate(found) if match]
    section = np.searchsorted(sorted(starts), [places[row] for row in good]) - 1
    if not starts or (section < 0).any():
        raise TrackError("no date before the first fix", None, "HFDTE with day, month and year, or date=", file)
    clock_s = np.array([_clock_s(match) for match in found if match], dtype=float)
    seconds = np.full(len(found), np.nan)
    seconds[good] = np.array(list(starts.values()))[section] + clock_s + _DAY_S * midnights(clock_s, section)
    return seconds


def _told_s(day: str, file: str) -> float:
    """Unix seconds of the beginning of a day that the analyst names."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC).timestamp()
    except ValueError:
        raise TrackError("not a day", day, 'date="2024-12-08"', file) from None


def _clock_s(match: re.Match[str]) -> int:
    hours, minutes, seconds = (int(part) for part in match.groups()[:3])
    return 3600 * hours + 60 * minutes + seconds


def _day_s(match: re.Match[str], file: str) -> float:
    """Unix seconds of the beginning of ``HFDTE081224``; years from 80 on are of the last century."""
    day, month, year = (int(part) for part in match.groups())
    try:
        return datetime(year + (1900 if year >= 80 else 2000), month, day, tzinfo=UTC).timestamp()
    except ValueError:
        raise TrackError("a date that there is not", match[0], "HFDTE with day, month and year", file) from None
