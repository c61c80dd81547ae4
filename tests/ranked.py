"""A small world in which every claim can be drawn from its own likelihood, and where the truth ranks among paths."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import minimal
import numpy as np
import pandas as pd
import worlds
from numpy.typing import NDArray

from trackkit import calibrate, claims, motion, reconstruct, sampler
from trackkit.model import Case, Ensemble, Hypothesis, TrustRule

Array = NDArray[np.float64]

#: what is told in the small world; the numbers stand in for those drawn
TOLD = (
    {"id": "first", "says": "was_at", "latitude": 34.0, "longitude": 36.5, "radius": "30 km", "time": "02:08 UTC",
     "origin": "witness"},
    {"id": "second", "says": "was_at", "latitude": 34.0, "longitude": 36.5, "radius": "30 km", "time": "02:18 UTC",
     "altitude": "5,000 m", "datum": "pressure", "origin": "witness"},
    {"id": "course", "says": "headed", "heading": "north", "time": "02:13 UTC", "origin": "pilot"},
    {"id": "turn", "says": "turned", "how": "sharp", "time": "02:16 UTC", "origin": "pilot"},
    {"id": "start", "says": "took_off", "at": "OSDI", "time": "01:57 UTC", "origin": "tower"},
)  # fmt: skip
ORIGINS = "".join(
    f'[[origin]]\nid = "{name}"\nname = "a {name}"\nkind = "named person"\n' for name in ("witness", "pilot", "tower")
)
#: moments (minutes from the start of the window) at which quantities are looked at
LOOKS = (15, 22, 30)


def small(folder: Path, *told: dict[str, object], minutes: float = 35.0) -> Case:
    """The small case of the tests, cut to its first minutes, with three more origins."""
    text = minimal.CASE.replace("[[event]]", ORIGINS + "\n[[event]]")
    case = worlds.told(folder, *(told or TOLD), case=text)
    return replace(case, window=(case.window[0], case.window[0] + pd.Timedelta(minutes=minutes)))


def wanderer(case: Case) -> Hypothesis:
    """Leaves its route early and is still in the air at the end; three origins trusted by four fifths and half."""
    trust = (TrustRule("*", 0.8), TrustRule("pilot", 0.5))
    return replace(
        worlds.story("wanderer", leaves_after_s=240.0, leaves_mean_s=400.0, asserts=case.claims.iloc[:0]), trust=trust
    )


def of_paths(ensemble: Ensemble) -> dict[str, Array]:
    """The quantities of every path of an ensemble."""
    one = {name: ensemble.paths[name].to_numpy() for name in ("latitude", "longitude", "altitude_m", "track_deg")}
    start = ensemble.paths["time"].to_numpy()[0]
    given = ensemble.log_likelihood.sel(claim=list(ensemble.given)).to_numpy()
    take_off_s = (ensemble.paths["take_off"].to_numpy() - start) / np.timedelta64(1, "s")
    return _quantities(
        one, ensemble.paths["phase"].to_numpy(), take_off_s, ensemble.paths["qnh_offset_m"].to_numpy(), given
    )


def of_truth(case: Case, flown: motion.Flown, i: int) -> dict[str, Array]:
    """The same quantities of a path that is true."""
    true = motion.Flown(*(part[i : i + 1] for part in flown))
    latitude, longitude = (part.astype(np.float32) for part in motion.latitude_longitude(true.x, true.y, true.z))
    one = {"latitude": latitude, "longitude": longitude, "altitude_m": true.altitude_m, "track_deg": true.track_deg}
    asked = claims.ask(case, claims.independent(case.claims))
    given, _ = claims.evaluate(true, motion.scene(case), asked)
    return _quantities(one, true.phase, true.take_off_s, true.qnh_offset_m, given)


def _quantities(
    one: dict[str, Array], phase: Array, take_off_s: Array, qnh_m: Array, log_likelihood: Array
) -> dict[str, Array]:
    steps = [int(60 * minute // motion.STORE_S) for minute in LOOKS]
    free = phase >= worlds.FREE
    looks = dict(zip(LOOKS, steps, strict=True))
    found = {f"{name} {at} min": one[name][:, k] for name in ("latitude", "longitude") for at, k in looks.items()}
    found |= {f"height {at} min": one["altitude_m"][:, looks[at]] for at in LOOKS[:2]}
    found["track"] = one["track_deg"][:, steps[1]]
    found["leaves the route"] = np.where(free.any(axis=1), free.argmax(axis=1), phase.shape[1])
    found["take-off"] = np.round(take_off_s, 6)
    found["pressure"] = qnh_m
    found["highest"] = one["altitude_m"].max(axis=1)
    found["log-likelihood"] = log_likelihood.sum(axis=1)
    return {name: np.asarray(values, float) for name, values in found.items()}


def ranked(
    case: Case, hypothesis: Hypothesis, replicates: int, n: int, runs: int, draws: int, seed: int,
    settings: sampler.Settings | None = None, workers: int = 2,
) -> dict[str, NDArray[np.int64]]:  # fmt: skip
    """The rank of the truth among draws of the posterior, by quantity and replicate.

    With as many runs as draws one path is taken from each run, so that draws are independent of each other given what
    was told; else draws are taken from the whole ensemble by weight, as a user sees it, and share ancestors.
    """
    flown = calibrate.prior(case, hypothesis, replicates, np.random.default_rng([seed, 0]))

    def replicate(i: int) -> tuple[dict[str, Array], dict[str, Array]]:
        rng = np.random.default_rng([seed, 1, i])
        told = calibrate.retold(case, hypothesis, flown, i, rng)
        with ThreadPoolExecutor(1) as pool:
            ensemble = reconstruct.paths(told, hypothesis, n=n, seed=i, runs=runs, settings=settings, executor=pool)
        weight = np.exp(ensemble.log_weight.to_numpy())
        if runs == draws:
            chosen = np.arange(runs) * (n // runs) + rng.integers(n // runs, size=runs)
        else:
            chosen = rng.choice(n, draws, p=weight / weight.sum())
        return of_truth(told, flown, i), {name: values[chosen] for name, values in of_paths(ensemble).items()}

    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(replicate, range(replicates)))
    rng = np.random.default_rng([seed, 2])
    true = {name: np.concatenate([one[name] for one, _ in done]) for name in done[0][0]}
    return {name: calibrate.ranks(true[name], np.stack([drawn[name] for _, drawn in done]), rng) for name in true}
