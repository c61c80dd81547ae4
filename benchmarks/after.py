"""Where real flights were after an artificial last contact: `python benchmarks/after.py WHEEL [--out TABLE.csv]`.

The scoring flights and scores of `gaps.py`; 1, 3, 5, 10 and 20 minutes ahead, held against dead reckoning.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gaps
import numpy as np
import pandas as pd

from trackkit import earth
from trackkit.reconstruct.after import free
from trackkit.reconstruct.ends import Fixes

MINUTES, PATHS = (1, 3, 5, 10, 20), 2_000


def scored(name: str, fixes: Fixes, centre: float, seed: int) -> list[dict[str, object]]:
    known = Fixes(*(part[fixes.t_s <= centre] for part in fixes))
    rng, last = np.random.default_rng([seed, int(centre)]), float(known.t_s[-1])
    drawn = free(known, last, 60.0 * max(MINUTES), PATHS, rng, None, None)
    rows = []
    for minutes in MINUTES:
        at = int(np.argmin(np.abs(fixes.t_s - last - 60.0 * minutes)))
        ahead = fixes.t_s[at] - last
        if abs(ahead - 60.0 * minutes) > 15.0 or ahead >= drawn.dt * (drawn.x.shape[1] - 1):
            continue
        part = (fixes.t_s > last) & (fixes.t_s <= fixes.t_s[at])
        turned = float(np.ptp(np.degrees(fixes.course_rad[part])))
        lat, lon = earth.forward(known.latitude[-1], known.longitude[-1], np.degrees(known.course_rad[-1]),
                                 known.speed_mps[-1] * ahead)  # fmt: skip
        line = float(earth.inverse(lat, lon, fixes.latitude[at], fixes.longitude[at])[0])
        judged = gaps.judged(drawn, known, fixes, at, last, rng)
        turning = turned >= gaps.TURNING_DEG
        rows.append({"flight": name, "minutes": minutes, "turning": turning, "reckoning": line} | judged)
    return rows


def figures(part: pd.DataFrame) -> pd.Series:
    ratio = (part["energy"] / part["minutes"]).sum() / (part["reckoning"] / part["minutes"]).sum()
    held = {f"{name}{int(100 * q)}": (part[name] <= q).mean() for name in ("rank", "rank_z") for q in gaps.LEVELS}
    return pd.Series({"n": len(part), "ratio": ratio} | held)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    rows = [
        row for name, fixes in gaps.flights(given.wheel, 3, rng) for centre in gaps.windows(fixes, 1, rng)
        for row in scored(name, fixes, centre, given.seed)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    if given.out:
        table.round(3).to_csv(given.out, index=False)
    for by in (["turning"], ["minutes"]):
        print(pd.DataFrame({key: figures(part) for key, part in table.groupby(by)}).T.round(2).to_string())


if __name__ == "__main__":
    main()
