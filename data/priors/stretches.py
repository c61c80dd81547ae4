"""What training flights did, step by step: `python data/priors/stretches.py WHEEL [OUT]` writes `stretches.npz`.

Course, speed and height every five seconds, of the flights of `fit.py` and cut as there. No position, time or name is
kept: only how each flight turned, changed its speed and climbed. Whole numbers: course in tenths of a degree, speed in
quarters of a m/s, height in steps of 25 ft.
"""

from __future__ import annotations

import sys
from pathlib import Path

import flights
import numpy as np

from trackkit.units import FT_M

COURSE_DEG, SPEED_MPS, HEIGHT_M = 0.1, 0.25, 25.0 * FT_M
KINDS = ("airliner", "light", "survey", "tanker", "helicopter", "glider")


def main(wheel: Path, out: Path) -> None:
    """Read, round and write."""
    rows: dict[str, list[np.ndarray]] = {name: [] for name in ("course", "speed", "height", "flight", "piece", "kind")}
    names: dict[str, int] = {}
    pieces = [piece for fixes in flights.fixes(wheel) for piece in flights.pieces(fixes)]
    for number, piece in enumerate(pieces):
        steps = len(piece.height_m)
        flight = names.setdefault(piece.flight, len(names))
        course = np.round(piece.course_deg / COURSE_DEG).astype(np.int64)
        rows["course"].append(np.diff(course, prepend=course[0]).astype(np.int16))
        rows["speed"].append(np.round(piece.speed_mps / SPEED_MPS).astype(np.int16))
        rows["height"].append(np.round(piece.height_m / HEIGHT_M).astype(np.int16))
        rows["flight"].append(np.full(steps, flight, np.int16))
        rows["piece"].append(np.full(steps, number, np.int16))
        rows["kind"].append(np.full(steps, KINDS.index(piece.kind), np.int8))
    np.savez_compressed(out, **{name: np.concatenate(parts) for name, parts in rows.items()}, kinds=np.array(KINDS))
    hours = sum(map(len, rows["kind"])) * flights.STEP_S / 3600
    print(f"{len(names)} flights, {len(pieces)} pieces, {hours:.1f} hours")


if __name__ == "__main__":
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).with_name("stretches.npz")
    main(Path(sys.argv[1]), target)
