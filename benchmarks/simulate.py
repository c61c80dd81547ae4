"""How fast paths are flown: ours, the same model in NumPy, a ceiling of arithmetic, and a peer.

    python benchmarks/simulate.py [--paths 100000] [--runs 5] [--peer PYTHON]

Prints one table. All rows are measured in one run, in turns, so that what else the machine does falls on all of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np
from numba import njit
from plain import simulate as plain

from trackkit import motion, read, reconstruct

SECONDS, CHUNK, LANES = 600, 2_000, 64
World = tuple[motion.Scene, motion.Story, motion.Envelope]


def world() -> World:
    """Ten minutes of free flight from take-off on, in the Syrian case."""
    case = read.case(Path(__file__).parents[1] / "data" / "syrian-air-9218")
    story = motion.story(case, reconstruct.open_hypothesis(case))
    story = story._replace(leave_after_s=0.0, leave_mean_s=1.0, endings=np.array([0]))
    roll = 2.0 * motion.envelope(case.aircraft).takeoff_run_m / motion.envelope(case.aircraft).rotate_mps
    scene = motion.scene(case)._replace(
        duration_s=SECONDS - 1.0, earliest_s=roll, latest_s=roll + 5.0, route_weight=np.array([1.0]),
        route_length=np.array([0]), route_place=np.array([-1]),
    )  # fmt: skip
    return scene, story, motion.envelope(case.aircraft)


def parts(paths: int) -> list[np.ndarray]:
    """The numbers of all paths, in chunks."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal((min(CHUNK, paths - k), motion.DIMENSION)) for k in range(0, paths, CHUNK)]


def ours(given: World, chunks: list[np.ndarray], threads: int) -> None:
    """Fly all chunks, each path stored each second with all its fields."""

    def fly(rows: np.ndarray) -> float:
        return float(motion.simulate(rows, *given, 1.0).x[0, -1])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fly, chunks))


def masks(given: World, chunks: list[np.ndarray]) -> None:
    """The same in NumPy."""
    for rows in chunks:
        plain(rows, *given)


@njit(nogil=True, fastmath=True)
def _ceiling(out: np.ndarray) -> None:
    for block in range(out.shape[1]):
        x, v = np.zeros(LANES, np.float32), np.ones(LANES, np.float32)
        for k in range(out.shape[2]):
            for lane in range(LANES):
                a = x[lane]
                q = a * a
                s = a * (1.0 - q * (0.16666667 - q * (0.008333333 - q * 0.00019841)))
                c = 1.0 - q * (0.5 - q * (0.041666667 - q * (0.0013888889 - q * 0.0000248)))
                b, e = s, c
                for _ in range(10):
                    b = b * np.float32(0.999) + e * np.float32(0.001)
                    e = e * np.float32(0.998) + b * np.float32(0.002)
                x[lane] = np.float32(0.5) * a + np.float32(0.01) * v[lane]
                v[lane] = np.float32(0.5) * v[lane] + np.float32(0.5) * b
                out[0, block, k, lane], out[1, block, k, lane], out[2, block, k, lane] = s, b, e


def ceiling(chunks: list[np.ndarray]) -> None:
    """For each stored second one sine and cosine by polynomial and 40 multiply-adds in lanes, three float32 written."""
    out = np.empty((3, CHUNK // LANES + 1, SECONDS, LANES), np.float32)
    for _ in chunks:
        _ceiling(out)


def peer(python: str) -> dict[str, float] | None:
    """Particle-steps a second of Stone Soup's particle predictor, in an interpreter of its own."""
    run = subprocess.run(
        [python, str(Path(__file__).with_name("peer.py"))], capture_output=True, text=True, check=False
    )
    return json.loads(run.stdout) if run.returncode == 0 else None


def timed(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--paths", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer", default=sys.executable, help="an interpreter that has Stone Soup")
    asked = parser.parse_args()
    given, chunks = world(), parts(asked.paths)
    fewer = chunks[: max(len(chunks) // 10, 1)]
    rows: dict[str, tuple[Callable[[], None], int]] = {
        "trackkit, 1 thread": (lambda: ours(given, chunks, 1), asked.paths),
        "trackkit, 2 threads": (lambda: ours(given, chunks, 2), asked.paths),
        "the same in NumPy, 1 thread (a tenth of the paths)": (lambda: masks(given, fewer), sum(map(len, fewer))),
        "ceiling of arithmetic, 1 thread": (lambda: ceiling(chunks), len(chunks) * (CHUNK // LANES + 1) * LANES),
    }
    ours(given, chunks[:1], 1)
    ceiling(chunks[:1])
    taken: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(asked.runs):
        for name, (work, count) in rows.items():
            taken[name].append(timed(work) / count)
    print(f"{asked.paths:,} paths x {SECONDS} stored steps of 1 s, {asked.runs} runs: median (least - most)\n")
    print(f"{'':52s}{'us a path':>24s}{'M steps/s':>12s}")
    for name, each in taken.items():
        us = [1e6 * one for one in sorted(each)]
        print(f"{name:52s}{f'{median(us):8.1f} ({us[0]:.1f} - {us[-1]:.1f})':>24s}{SECONDS / median(us):12.1f}")
    found = peer(asked.peer)
    if found is None:
        print("Stone Soup: not importable, left out")
    else:
        name = f"Stone Soup {found['version']}, predictor only, 1 thread"
        print(f"{name:52s}{SECONDS / found['median']:24.1f}{found['median']:12.1f}")


if __name__ == "__main__":
    main()
