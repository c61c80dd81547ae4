"""How fast track files are read: ours and `traffic`, the same files in turns in one run.

    python benchmarks/reading.py [--runs 15] [--trace FILE] [--csv FILE] [--peer PYTHON]

The peer needs an environment of its own, since it wants pandas before 3:

    python -m venv peer && peer/bin/pip install "traffic==2.13" "pandas<3"
    python benchmarks/reading.py --peer peer/bin/python

Without files of yours, synthetic ones are written: a readsb trace of 2,500 rows and a Flightradar24 CSV of 305. The
peer does not read gzip under a name that ends in ``.json``, as archives have it, so both get the trace unpacked.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from trackkit import read
from trackkit.read.tracks.contents import load

PEER = """
import sys, time, warnings
warnings.simplefilter("ignore")
from traffic.core import Flight
for line in sys.stdin:
    kind, path = line.split(" ", 1)
    start = time.perf_counter()
    flight = {"trace": Flight.from_readsb, "csv": Flight.from_fr24}[kind](path.strip())
    print(time.perf_counter() - start, len(flight), flush=True)
"""


def synthetic(folder: Path) -> dict[str, Path]:
    """A made-up flight as a trace and as a CSV."""
    steps, start = np.arange(2_500), 1_733_616_000
    detail = {"type": "adsb_icao", "flight": "TST12   ", "alt_geom": 36000, "nic": 8, "rc": 186, "nac_p": 9, "sil": 3}
    rows = [
        [
            10.0 * n, round(33.0 + n / 1000, 6), round(36.0 + n / 2000, 6), int(5_000 + 10 * n), 450.0, 22.6, 0, 64,
            detail if n % 4 == 0 else None, "adsb_icao", int(5_100 + 10 * n), 64, None, None,
        ]
        for n in steps.tolist()
    ]  # fmt: skip
    trace, csv = folder / "trace.json", folder / "flight.csv"
    trace.write_text(json.dumps({"icao": "4b1815", "timestamp": float(start), "trace": rows}))
    lines = [
        f'{start + 10 * n},{np.datetime64(start + 10 * n, "s")}Z,TST12,"{33 + n / 1000:.6f},36.5",{5000 + n},450,22'
        for n in steps[:305].tolist()
    ]
    csv.write_text("\n".join(["Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction", *lines]) + "\n")
    return {"trace": trace, "csv": csv}


def given(options: argparse.Namespace, folder: Path) -> dict[str, Path]:
    """The files to read, unpacked: those named, else synthetic ones."""
    files = synthetic(folder)
    for kind, named in (("trace", options.trace), ("csv", options.csv)):
        if named is not None:
            files[kind].write_bytes(load(named).data)
    return files


def ours(path: Path) -> tuple[float, int]:
    start = time.perf_counter()
    track = read.track(path)
    return time.perf_counter() - start, track.reading.rows_read


def theirs(peer: subprocess.Popen[str], kind: str, path: Path) -> tuple[float, int]:
    assert peer.stdin is not None
    assert peer.stdout is not None
    peer.stdin.write(f"{kind} {path}\n")
    peer.stdin.flush()
    seconds, rows = peer.stdout.readline().split()
    return float(seconds), int(rows)


def told(seconds: list[float]) -> str:
    """Median (least - most) in milliseconds."""
    return f"{1e3 * median(seconds):.1f} ({1e3 * min(seconds):.1f} - {1e3 * max(seconds):.1f})"


def measured(kind: str, path: Path, runs: int, peer: subprocess.Popen[str] | None) -> str:
    """One row of the table."""
    pairs = [(ours(path), theirs(peer, kind, path) if peer else (float("nan"), 0)) for _ in range(runs + 2)][2:]
    mine, other = ([pair[place][0] for pair in pairs] for place in (0, 1))
    row = f"| {kind} | {pairs[0][0][1]} | {told(mine)} |"
    return f"{row} {told(other)} | {median(other) / median(mine):.1f} |" if peer else f"{row} - | - |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--trace", type=Path)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--peer")
    options = parser.parse_args()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    peer = subprocess.Popen([options.peer, "-c", PEER], **pipes) if options.peer else None
    print("| file | rows | trackkit, ms | traffic 2.13, ms | ratio of medians |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for kind, path in given(options, Path(folder)).items():
            print(measured(kind, path, options.runs, peer))
    if peer is not None and peer.stdin is not None:
        peer.stdin.close()
        peer.wait()


if __name__ == "__main__":
    main()
