"""Gaps cut into real flights and filled again: `python benchmarks/gaps.py WHEEL [--out T.csv] [--peer PYTHON]`.

WHEEL is the package traffic 2.13 (hash verified). Only scoring flights are opened, those of `SCORING`, on which nothing
was fitted or chosen. Every row of the table is one gap: errors of the lines, energy score and ranks of the ensemble,
and, where `--peer` names an interpreter that has them (see `gap_peers.py`), what other libraries say of the same gap.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Proj
from scipy.spatial import cKDTree

from trackkit import earth, read
from trackkit.errors import TrackkitError
from trackkit.reconstruct.bridge import bounds_of
from trackkit.reconstruct.ends import Fixes, fixes_of, noise_m
from trackkit.reconstruct.halves import halves

WHEEL_SHA256 = "5e0cd61d931d03103294361542188f08f959a55e862d5cba80ab61291021e66c"
SAMPLES = "traffic/data/samples/"
SCORING = (
    "collections/savan.json.gz", "collections/switzerland.json.gz", "featured/", "surveys/", "tv_relay/", "military/",
)  # fmt: skip
GAPS_S, CONTEXT_S, PATHS, TURNING_DEG = (60, 180, 300, 600), 120.0, 2_000, 20.0
LEVELS = (0.5, 0.8, 0.9, 0.95)


def flights(wheel: Path, most: int, rng: np.random.Generator) -> Iterator[tuple[str, Fixes]]:
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        raise SystemExit("not the package that was registered")
    with zipfile.ZipFile(wheel) as package:
        for name in sorted(package.namelist()):
            inside = name.removeprefix(SAMPLES)
            if inside.startswith(SCORING) and inside.endswith(".json.gz"):
                yield from _of(inside, pd.read_json(io.BytesIO(gzip.decompress(package.read(name)))), most, rng)


def _of(inside: str, rows: pd.DataFrame, most: int, rng: np.random.Generator) -> Iterator[tuple[str, Fixes]]:
    groups = [(key, flight) for key, flight in rows.groupby(["icao24", "callsign"]) if len(flight) > 100]
    for k in rng.permutation(len(groups))[:most]:
        (icao, callsign), flight = groups[k]
        flight = flight.assign(timestamp=pd.to_datetime(flight["timestamp"], utc=True)).drop_duplicates("timestamp")
        used = ["timestamp", "latitude", "longitude", "altitude", "groundspeed", "track", "vertical_rate", "onground"]
        kept = flight[[name for name in used if name in flight]].dropna(subset=["latitude", "longitude"])
        try:
            track = read.frame(kept.sort_values("timestamp").reset_index(drop=True))
            yield f"{inside}:{icao}/{callsign}", fixes_of(track)
        except TrackkitError as error:
            print(f"left out: {inside} {callsign}: {error}", file=sys.stderr)


def windows(fixes: Fixes, most: int, rng: np.random.Generator) -> Iterator[float]:
    """Centres around which fixes are close together, on both sides to the end, and the aircraft is in flight."""
    reach, found = 0.5 * max(GAPS_S) + CONTEXT_S, 0
    low, high = fixes.t_s[0] + reach, fixes.t_s[-1] - reach
    for _ in range(60):
        centre = rng.uniform(low, max(high, low))
        part = (fixes.t_s > centre - reach) & (fixes.t_s < centre + reach)
        edged = np.concatenate([[centre - reach], fixes.t_s[part], [centre + reach]])
        close = part.sum() > 40 and np.diff(edged).max() <= 25.0
        if high > low and close and fixes.speed_mps[part].min() > 15.0 and found < most:
            found += 1
            yield centre


def score(name: str, fixes: Fixes, centre: float, gap_s: int, seed: int) -> tuple[dict[str, object], dict[str, object]]:
    """A row of the table, and the gap as peers are asked of it, with the truth."""
    outside = (fixes.t_s <= centre - gap_s / 2) | (fixes.t_s >= centre + gap_s / 2)
    known, truth = (Fixes(*(part[mask] for part in fixes)) for mask in (outside, ~outside))
    start, end = known.t_s[known.t_s <= centre][-1], known.t_s[known.t_s >= centre][0]
    rng = np.random.default_rng([seed, int(centre), gap_s])
    began = time.perf_counter()
    drawn = halves(known, start, end, PATHS, rng, bounds_of(None, known, 0.0))
    seconds = time.perf_counter() - began
    turned = float(np.ptp(np.degrees(truth.course_rad)))
    row = {"flight": name, "centre_s": round(centre), "gap_s": gap_s, "turned_deg": round(turned, 1),
           "turning": turned >= TURNING_DEG, "seconds": round(seconds, 3), "joined": drawn is not None}  # fmt: skip
    at = int(np.argmin(np.abs(truth.t_s - 0.5 * (start + end))))
    lines = _lines(known, start, end, truth.t_s[at])
    here = truth.latitude[at], truth.longitude[at]
    for line, (lat, lon) in lines.items():
        row[line] = float(earth.inverse(lat, lon, *here)[0])
    height = np.interp(truth.t_s[at], [start, end], np.interp([start, end], known.t_s, known.height_m))
    row["line_z"] = abs(float(height - truth.height_m[at]))
    asked = _asked(known, start, end, truth.t_s[at]) | {"truth": [float(value) for value in here]}
    return row | (judged(drawn, known, truth, at, start, rng) if drawn is not None else {}), asked


def _asked(known: Fixes, start: float, end: float, at: float) -> dict[str, object]:
    near = (known.t_s >= start - CONTEXT_S) & (known.t_s <= end + CONTEXT_S)
    t, speed, course = known.t_s[near] - start, known.speed_mps[near], known.course_rad[near]
    parts = {"t": t, "lat": known.latitude[near], "lon": known.longitude[near],
             "east": speed * np.sin(course), "north": speed * np.cos(course)}  # fmt: skip
    return {name: values.tolist() for name, values in parts.items()} | {"at": float(at - start)}


def peers(python: str, gaps: list[dict[str, object]]) -> tuple[pd.DataFrame, dict[str, str]]:
    """By gap the error or the energy score, rank and seconds of each peer, and the peers' versions."""
    script, lines = Path(__file__).with_name("gap_peers.py"), "\n".join(json.dumps(gap) for gap in gaps)
    ran = subprocess.run([python, script], input=lines, capture_output=True, text=True, check=True)
    versions, *told = (json.loads(line) for line in ran.stdout.splitlines())
    return pd.DataFrame([_peers(one, gap["truth"]) for one, gap in zip(told, gaps, strict=True)]), versions


def _peers(told: dict[str, list[float] | str], truth: list[float]) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for name, said in told.items():
        if isinstance(said, str):
            found[f"{name}_failed"] = said
            continue
        lat, lon, seconds, *spread = said
        found |= {name: float(earth.inverse(lat, lon, *truth)[0]), f"{name}_s": seconds}
        if spread:
            covariance = np.array(spread)[[[0, 1], [1, 2]]]
            seen = np.array(Proj(proj="aeqd", lat_0=lat, lon_0=lon, ellps="WGS84")(truth[1], truth[0]))
            cloud = np.random.default_rng(7).multivariate_normal(np.zeros(2), covariance, PATHS)
            found |= {f"{name}_energy": energy(cloud, seen), f"{name}_rank": rank(cloud, seen)}
    return found


def _lines(known: Fixes, start: float, end: float, at: float) -> dict[str, tuple[float, float]]:
    i, j = np.searchsorted(known.t_s, start), np.searchsorted(known.t_s, end)
    u, span = (at - start) / (end - start), end - start
    lat, lon = known.latitude[[i, j]], known.longitude[[i, j]]
    course, speed = known.course_rad[[i, j]], known.speed_mps[[i, j]]
    way, azimuth = earth.inverse(lat[0], lon[0], lat[1], lon[1])
    circle = earth.forward(lat[0], lon[0], azimuth, u * way)
    middle = earth.forward(lat[0], lon[0], azimuth, 0.5 * way)
    project = Proj(proj="aeqd", lat_0=float(middle[0]), lon_0=float(middle[1]), ellps="WGS84")
    place = np.stack(project(lon, lat), axis=1)
    ahead = earth.forward(lat, lon, np.degrees(course), 500.0)
    way_2 = np.stack(project(ahead[1], ahead[0]), axis=1) - place
    velocity = way_2 / np.linalg.norm(way_2, axis=1)[:, None] * speed[:, None]
    x, y = ((2 * u**3 - 3 * u**2 + 1) * place[0] + (u**3 - 2 * u**2 + u) * span * velocity[0]
            + (3 * u**2 - 2 * u**3) * place[1] + (u**3 - u**2) * span * velocity[1])  # fmt: skip
    lon_h, lat_h = project(x, y, inverse=True)
    return {"great_circle": (float(circle[0]), float(circle[1])), "hermite": (lat_h, lon_h)}


def judged(drawn, known: Fixes, truth: Fixes, at: int, start: float, rng: np.random.Generator) -> dict[str, float]:
    """Energy score, CRPS and ranks in highest density; the error of the fix that is the truth laid over the paths."""
    place = (truth.t_s[at] - start) / drawn.dt
    k, part = int(place), place - int(place)
    x, y, z = (values[:, k] * (1 - part) + values[:, k + 1] * part for values in (drawn.x, drawn.y, drawn.z))
    project = Proj(proj="aeqd", lat_0=drawn.centre[0], lon_0=drawn.centre[1], ellps="WGS84")
    along, across = (sd * rng.standard_normal(len(x)) for sd in noise_m(known))
    s, c = np.sin(truth.course_rad[at]), np.cos(truth.course_rad[at])
    cloud = np.stack([x + along * s + across * c, y + along * c - across * s], axis=1)
    seen = np.array(project(truth.longitude[at], truth.latitude[at]))
    height = (z + rng.uniform(-4.0, 4.0, len(z)))[:, None]
    told = np.array([truth.height_m[at]])
    return {"energy": energy(cloud, seen), "crps_z": energy(height, told), "rank": rank(cloud, seen),
            "rank_z": rank(height, told), "radius_m": drawn.pairs.radius_m, "met": drawn.pairs.met}  # fmt: skip


def energy(cloud: np.ndarray, seen: np.ndarray) -> float:
    """The energy score (CRPS in one dimension), its second term over five shifted copies of the shuffled sample."""
    own = np.random.default_rng(1).permutation(cloud)
    apart = [np.linalg.norm(own - np.roll(own, shift, axis=0), axis=1).mean() for shift in (1, 37, 101, 211, 503)]
    return float(np.linalg.norm(cloud - seen, axis=1).mean() - 0.5 * np.mean(apart))


def rank(cloud: np.ndarray, seen: np.ndarray) -> float:
    """The share of the sample that lies where it is denser than about the point: the level of its smallest region."""
    near, tree = int(np.sqrt(len(cloud))), cKDTree(cloud)
    own, other = tree.query(cloud, near + 1)[0][:, -1], tree.query(seen, near)[0][-1]
    return float((own < other).mean())


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """By class and length: gaps, score over that of the Hermite curve and the great circle, coverage, median time."""
    kinds = {word: rows[rows["turning"] == flag] for word, flag in (("straight", False), ("turning", True))}
    parts = [("all", 0, rows), *((word, 0, part) for word, part in kinds.items())]
    parts += [(word, gap, cell) for word, part in kinds.items() for gap, cell in part.groupby("gap_s")]
    return pd.DataFrame([{"class": word, "gap_s": gap} | _figures(part) for word, gap, part in parts])


def _figures(part: pd.DataFrame) -> dict[str, float]:
    span, found = part["gap_s"], {"n": len(part)}
    for line in ("hermite", "great_circle"):
        found[line] = (part["energy"] / span).sum() / (part[line] / span).sum()
    found["z"] = part["crps_z"].sum() / part["line_z"].sum()
    for name in ("rank", "rank_z"):
        found |= {f"{name}{int(100 * level)}": (part[name] <= level).mean() for level in LEVELS}
    return found | {"seconds": part["seconds"].median()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--flights", type=int, default=3, help="flights taken of a file")
    parser.add_argument("--windows", type=int, default=1, help="windows of a flight")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--peer", help="an interpreter that has the peers, see gap_peers.py")
    given = parser.parse_args()
    rng, rows, asked = np.random.default_rng(given.seed), [], []
    for name, fixes in flights(given.wheel, given.flights, rng):
        for centre in windows(fixes, given.windows, rng):
            for gap in GAPS_S:
                row, gap_asked = score(name, fixes, centre, gap, given.seed)
                rows, asked = [*rows, row], [*asked, gap_asked]
    table = pd.DataFrame(rows)
    if given.peer:
        found, versions = peers(given.peer, asked)
        table = pd.concat([table, found], axis=1)
        print("peers:", ", ".join(f"{name} {version}" for name, version in versions.items()))
    if given.out:
        table.round(3).to_csv(given.out, index=False)
    print(summary(table).round(2).to_string(index=False))


if __name__ == "__main__":
    main()
