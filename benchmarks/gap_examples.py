"""The six gaps that the notebook draws: `python benchmarks/gap_examples.py WHEEL [--out fixes.csv]`.

Chosen by rule from the table of a draw: of the gaps of 300 s and longer the three whose energy score by second of gap
is largest, each of another flight, and the one in the middle of straight 300 s, turning 300 s and turning 600 s. Fixes
up to ten minutes outside the gap are kept, 10 s apart or more, as the package has them (feet, knots, feet a minute).
"""

from __future__ import annotations

import argparse
import gzip
import io
import zipfile
from pathlib import Path

import gaps
import pandas as pd

STORED = Path(__file__).parents[1] / "data" / "gaps"
COLUMNS = ("timestamp", "latitude", "longitude", "altitude", "groundspeed", "track", "vertical_rate")
AROUND_S, APART_S = 600.0, 10.0


def chosen(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table, the three worst first, with `why`."""
    rows = table.dropna(subset="energy").assign(by_second=lambda found: found["energy"] / found["gap_s"])
    rows = rows[rows["gap_s"] >= 300].sort_values("by_second")
    worst = rows.drop_duplicates("flight", keep="last").tail(3).iloc[::-1]
    others, found = rows[~rows["flight"].isin(worst["flight"])], [worst.assign(why="among the three worst")]
    for word, turning, gap_s in (("straight", False, 300), ("turning", True, 300), ("turning", True, 600)):
        cell = others[(others["turning"] == turning) & (others["gap_s"] == gap_s)]
        middle = cell.iloc[[len(cell) // 2]]
        found.append(middle.assign(why=f"middle of {word}, {gap_s} s"))
        others = others[others["flight"] != middle["flight"].iloc[0]]
    return pd.concat(found, ignore_index=True)


def fixes(package: zipfile.ZipFile, flight: str, centre_s: float, gap_s: float) -> pd.DataFrame:
    inside, _, name = flight.partition(":")
    icao, callsign = name.split("/")
    rows = pd.read_json(io.BytesIO(gzip.decompress(package.read(gaps.SAMPLES + inside))))
    rows = rows[(rows["icao24"].astype(str) == icao) & (rows["callsign"].astype(str) == callsign)]
    rows = rows.assign(timestamp=pd.to_datetime(rows["timestamp"], utc=True)).sort_values("timestamp")
    rows = rows.dropna(subset=["latitude", "longitude"]).drop_duplicates("timestamp")
    time = rows["timestamp"].map(pd.Timestamp.timestamp)
    rows = rows[(time - centre_s).abs() <= gap_s / 2 + AROUND_S]
    slot = (rows["timestamp"].map(pd.Timestamp.timestamp) // APART_S).astype(int)
    return rows[~slot.duplicated()][[name for name in COLUMNS if name in rows]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--table", type=Path, default=STORED / "gaps-1.csv")
    parser.add_argument("--out", type=Path, default=STORED / "fixes.csv")
    given = parser.parse_args()
    kept = []
    with zipfile.ZipFile(given.wheel) as package:
        for row in chosen(pd.read_csv(given.table)).itertuples():
            part = fixes(package, row.flight, row.centre_s, row.gap_s)
            told = {"flight": row.flight, "why": row.why, "centre_s": row.centre_s, "gap_s": row.gap_s}
            kept.append(part.assign(**told))
    pd.concat(kept).to_csv(given.out, index=False)


if __name__ == "__main__":
    main()
