"""Draw the true path of the planted case and store it: truth.csv, then registry.txt.

    python data/planted/make.py            writes registry.txt only, and says what truth.csv reads at the claims' times
    python data/planted/make.py --again    flies the true path again and writes truth.csv over

The true path is one draw of the motion model under TRUE: of paths flown from the normals of numpy's PCG64 seeded with
SEED, the first that does what the hypothesis asserts (lands at Corvane within the window). No claim had a part in the
choice. The claims in reports/ were then written by hand from it, rounded as a report would. A later motion model may
fly another path from the same numbers; the stored one stays the truth, so `--again` calls for new claims.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from trackkit import claims, motion, read

HERE = Path(__file__).parent
TRUE, SEED, DRAWS = "landed-corvane", 417, 200


def truth() -> pd.DataFrame:
    """The true path every ten seconds."""
    case = read.case(HERE)
    hypothesis = case.hypothesis(TRUE)
    scene, story = motion.scene(case), motion.story(case, hypothesis)
    noise = np.random.default_rng(SEED).standard_normal((DRAWS, motion.DIMENSION))
    flown = motion.simulate(noise, scene, story, motion.envelope(case.aircraft))
    _, fit = claims.evaluate(flown, scene, claims.ask(case, hypothesis.asserts))
    allowed = [motion.ENDINGS.index(end) for end in hypothesis.ends]
    first = int(np.flatnonzero((fit.min(axis=1) > 0.5) & np.isin(flown.ending, allowed))[0])
    latitude, longitude = motion.latitude_longitude(flown.x[first], flown.y[first], flown.z[first])
    seconds = np.arange(flown.x.shape[1]) * motion.STORE_S
    print(f"draw {first} of seed {SEED}: route {case.flight.routes[flown.route[first]].name!r}, "
          f"take-off {flown.take_off_s[first]:.0f} s, landed {flown.end_s[first]:.0f} s, "
          f"QNH offset {flown.qnh_offset_m[first]:.0f} m")  # fmt: skip
    return pd.DataFrame(
        {
            "time": (case.window[0] + pd.to_timedelta(seconds, unit="s")).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "latitude": latitude.round(6),
            "longitude": longitude.round(6),
            "altitude_m": flown.altitude_m[first].astype(float).round(1),
            "groundspeed_mps": flown.groundspeed_mps[first].astype(float).round(2),
            "track_deg": flown.track_deg[first].astype(float).round(2),
        }
    )


def register() -> None:
    """Write registry.txt for the files as they stand."""
    names = sorted(str(path.relative_to(HERE)) for path in HERE.rglob("*.toml"))
    lines = [f"{hashlib.sha256((HERE / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (HERE / "registry.txt").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    register()
    if "--again" in sys.argv:
        truth().to_csv(HERE / "truth.csv", index=False, lineterminator="\n")
    table = pd.read_csv(HERE / "truth.csv")
    print(table.iloc[::6].to_string())
