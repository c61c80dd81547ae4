"""Worlds with a known truth: paths drawn from a hypothesis, what is told of them, and whether it is found again."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import minimal
import numpy as np
import pandas as pd
import worlds
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from trackkit import calibrate, claims, earth, judge, motion, read, reconstruct, sampler
from trackkit.model import Case, Ensemble, Hypothesis, TrustRule

Array = NDArray[np.float64]

# ---------------------------------------------------------------------------------------------------------------
# a small world in which every claim can be drawn from its own likelihood
# ---------------------------------------------------------------------------------------------------------------

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


# ---------------------------------------------------------------------------------------------------------------
# quantities of a path that are ranked
# ---------------------------------------------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------------------------------------------
# regions
# ---------------------------------------------------------------------------------------------------------------


def in_region(ensemble: Ensemble, latitude: float, longitude: float, step: int) -> bool:
    """Whether a place lies in the 90 % highest-density region of the positions at a step."""
    weight = np.exp(ensemble.log_weight.to_numpy())
    lat, lon = (ensemble.paths[name].to_numpy()[:, step].astype(float) for name in ("latitude", "longitude"))
    distance, bearing = earth.inverse(latitude, longitude, lat, lon)
    points = distance * np.stack([np.sin(np.radians(bearing)), np.cos(np.radians(bearing))])
    density = gaussian_kde(points, weights=weight)
    return bool(density([[0.0], [0.0]])[0] >= lowest_tenth(density(points), weight))


def lowest_tenth(values: Array, weight: Array) -> float:
    """The value below which a tenth of the weight lies."""
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weight[order]) / weight.sum(), 0.1)])



# ---------------------------------------------------------------------------------------------------------------
# planted flights: drawn from a hypothesis, told of as reports tell, reconstructed under every hypothesis
# ---------------------------------------------------------------------------------------------------------------

#: one claim in so many is false: its values are drawn from the background, whatever its origin
FALSE_SHARE = 0.1
#: what is told of a flight, and by whom; the first six always, the others as the flight allows
MENU = (
    ("was_at", "flightradar24"), ("was_at", "flightaware"), ("height", "flightradar24"), ("speed", "flightradar24"),
    ("headed", "foreign-media"), ("took_off", "foreign-media"), ("turned", "flightradar24"),
    ("descended", "flightaware"), ("ended", "al-jazeera-officer"), ("ended", "eekad-imagery"),
)  # fmt: skip
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
KINDS = {"height": "flew_at", "speed": "flew_at"}


@dataclass(frozen=True)
class Planted:
    """A flight that is true under a hypothesis, the case that tells of it, and the claims that are false."""

    hypothesis: Hypothesis
    flown: motion.Flown
    case: Case
    false: tuple[str, ...]


def plant(case: Case, hypothesis: Hypothesis, folder: Path, seed: int) -> Planted:
    """Draw a flight, and write what is told of it into a copy of the case folder, read by the reader."""
    rng = np.random.default_rng([31, seed])
    flown = calibrate.prior(case, hypothesis, 1, rng)
    other = calibrate.prior(case, reconstruct.open_hypothesis(case), 1, rng)
    told: list[dict[str, object]] = []
    false: list[str] = []
    for number, (kind, origin) in enumerate(MENU):
        time = case.window[0] + pd.Timedelta(seconds=float(motion.STORE_S * _flying(flown, rng)))
        row = SimpleNamespace(origin=origin, time=time, phase="", says=KINDS.get(kind, kind))
        shown = other if claims.rule(case, hypothesis, row).trust == 0.0 else flown
        lie = bool(rng.random() < FALSE_SHARE)
        words = invent(rng, case, kind) if lie else tell(rng, case, shown, kind, time)
        if words:
            told.append({"id": f"claim-{number}", "says": row.says, "origin": origin, **words})
            false += [f"claim-{number}"] if lie else []
    return Planted(hypothesis, flown, told_by(case, folder, told), tuple(false))


def told_by(case: Case, folder: Path, told: list[dict[str, object]]) -> Case:
    """The case with these claims for all of its own."""
    files = {name: (case.folder / f"{name}.toml").read_text(encoding="utf-8") for name in ("case", "hypotheses")}
    paper = minimal.report("paper", *[minimal.claim(**one) for one in told])
    files["paper"] = paper.replace('via = ["tracker-one"]', 'via = ["flightradar24"]')
    return read.case(minimal.write(folder, **files))


def tell(rng: np.random.Generator, case: Case, flown: motion.Flown, kind: str, time: pd.Timestamp) -> dict[str, object]:
    """What a report says of a path: rounded, a little off, in words; nothing where there is nothing to say."""
    k = int((time - case.window[0]).total_seconds() // motion.STORE_S)
    if kind in ("was_at", "height", "speed", "headed"):
        return _at_a_moment(rng, case, flown, kind, k) if _aloft(flown)[k] else {}
    if kind == "took_off":
        return {"at": case.flight.origin, "time": _clock(rng, case, float(flown.take_off_s[0]))}
    return {"turned": _turned, "descended": _descended, "ended": _ended}[kind](case, flown)


def invent(rng: np.random.Generator, case: Case, kind: str) -> dict[str, object]:
    """What is said of no path: drawn from the background of the kind."""
    minutes = int((case.window[1] - case.window[0]).total_seconds() // 60)
    time = f"{case.window[0] + pd.Timedelta(minutes=int(rng.integers(minutes))):%H:%M} UTC"
    heights = np.sort(rng.uniform(300.0, claims.HEIGHT_RANGE_M, 2))
    city = str(rng.choice(_cities(case)))
    field = str(rng.choice([place.id for place in case.places.values() if place.runways]))
    box = case.extent
    return {
        "was_at": {"latitude": round(rng.uniform(box.south, box.north), 2), "radius": "3 km", "time": time,
                   "longitude": round(rng.uniform(box.west, box.east), 2)},
        "height": {"altitude": _metres(heights[0]), "datum": "pressure", "time": time},
        "speed": {"speed": _kmh(rng.uniform(30.0, claims.SPEED_RANGE_MPS)), "time": time},
        "headed": {"heading": str(rng.choice(WINDS)), "time": time},
        "took_off": {"at": case.flight.origin, "time": time},
        "turned": {"near": city},
        "descended": {"from": _metres(heights[1]), "to": _metres(heights[0]), "datum": "pressure"},
        "ended": {"says": "landed", "at": field} if rng.random() < 0.5 else {"says": "crashed", "near": city},
    }[kind]  # fmt: skip


def apart(one: Planted, nats: float = 3.0) -> bool:
    """Whether what is told can set the true hypothesis apart from each of the others.

    For each other one, either the true path's own likelihood is lower by more than `nats` under that one's trust than
    under the true one's, or a sound claim tells an ending that the other story does not have. No ensemble is asked.
    """
    case, independent = one.case, claims.independent(one.case.claims)
    asked = claims.ask(case, independent)
    likelihood, _ = claims.evaluate(one.flown, motion.scene(case), asked)
    own = {
        other.id: float(claims.weigh(likelihood, asked, claims.groups(case, other, independent))[0][0])
        for other in case.hypotheses
    }
    ended = [row for row in independent.itertuples() if row.says in ("landed", "crashed") and row.id not in one.false]
    return all(
        own[one.hypothesis.id] - own[other.id] > nats or any(not _ends_so(other, row) for row in ended)
        for other in case.hypotheses
        if other.id != one.hypothesis.id
    )


def covered(ensemble: Ensemble, flown: motion.Flown, every: int = 12) -> list[bool]:
    """Whether the true position lies in the 90 % region, every two minutes of flight."""
    latitude, longitude = motion.latitude_longitude(flown.x[0], flown.y[0], flown.z[0])
    steps = np.flatnonzero(_aloft(flown))[every // 2 :: every]
    return [in_region(ensemble, latitude[k], longitude[k], int(k)) for k in steps]


def above(ensemble: Ensemble, one: Planted) -> float:
    """The share of the weight of paths under which the claims are less likely than under the true path.

    Even between 0 and 1 where an ensemble is what it should be; near 1 where its paths have not come as near to the
    claims as the true one does.
    """
    asked = claims.ask(one.case, claims.independent(one.case.claims))
    true, _ = claims.evaluate(one.flown, motion.scene(one.case), asked)
    drawn = ensemble.log_likelihood.sel(claim=list(ensemble.given)).to_numpy()
    own, others = (claims.weigh(some, asked, ensemble.groups)[0] for some in (true, drawn))
    return float(np.exp(ensemble.log_weight.to_numpy()) @ (others < own[0]))


def _ends_so(hypothesis: Hypothesis, row: Any) -> bool:
    return row.says in hypothesis.ends and (row.says == "crashed" or row.place in hypothesis.at)


def _aloft(flown: motion.Flown) -> NDArray[np.bool_]:
    phase = flown.phase[0]
    return (phase >= motion.PHASES.index("on the route")) & (phase <= motion.PHASES.index("approach"))


def _flying(flown: motion.Flown, rng: np.random.Generator) -> int:
    return int(rng.choice(np.flatnonzero(_aloft(flown))))


def _at_a_moment(
    rng: np.random.Generator, case: Case, flown: motion.Flown, kind: str, k: int
) -> dict[str, object]:
    said: dict[str, object] = {"time": _clock(rng, case, k * motion.STORE_S)}
    if kind == "was_at":
        latitude, longitude = motion.latitude_longitude(*(flown[axis][:, k] for axis in range(3)))
        lat, lon = earth.forward(latitude[0], longitude[0], 360.0 * rng.random(), abs(rng.normal(0.0, 2_000.0)))
        return {**said, "latitude": round(float(lat), 2), "longitude": round(float(lon), 2), "radius": "3 km"}
    if kind == "height":
        height = max(float(flown.altitude_m[0, k] - flown.qnh_offset_m[0]), 100.0)
        return {**said, "altitude": _metres(height), "datum": "pressure"}
    if kind == "speed":
        return {**said, "speed": _kmh(float(flown.groundspeed_mps[0, k]) + rng.normal(0.0, 3.0))}
    return {**said, "heading": WINDS[round(float(flown.track_deg[0, k]) / 45.0) % 8]}


def _turned(case: Case, flown: motion.Flown) -> dict[str, object]:
    """The largest turn within three minutes, by the nearest city, where both are worth a word."""
    half = int(90.0 // motion.STORE_S)
    turned, aloft = flown.turned_deg[0], _aloft(flown)
    size = np.abs(turned[2 * half :] - turned[: -2 * half]) * aloft[half:-half]
    k = int(size.argmax()) + half
    latitude, longitude = motion.latitude_longitude(*(flown[axis][:, k] for axis in range(3)))
    name, distance = _nearest(case, float(latitude[0]), float(longitude[0]))
    return {"near": name} if size.max() > 60.0 and distance < 40_000.0 else {}


def _descended(case: Case, flown: motion.Flown) -> dict[str, object]:
    """From the highest point to the lowest in the ten minutes after it, where that is a descent."""
    height = np.where(_aloft(flown), flown.altitude_m[0] - flown.qnh_offset_m[0], -np.inf)
    top = int(height.argmax())
    after = height[top : top + 60]
    low = float(after[np.isfinite(after)].min())
    if height[top] - low < 1_500.0:
        return {}
    return {"from": _metres(float(height[top])), "to": _metres(max(low, 100.0)), "datum": "pressure"}


def _ended(case: Case, flown: motion.Flown) -> dict[str, object]:
    ending = motion.ENDINGS[int(flown.ending[0])]
    if ending == "landed":
        return {"says": "landed", "at": sorted(case.places)[int(flown.place[0])]}
    if ending != "crashed":
        return {}
    latitude, longitude = motion.latitude_longitude(*(flown[axis][:, -1] for axis in range(3)))
    return {"says": "crashed", "near": _nearest(case, float(latitude[0]), float(longitude[0]))[0]}


def _cities(case: Case) -> list[str]:
    box = case.extent
    inside = [place for place in case.places.values() if place.kind == "city" and place.latitude < box.north]
    return [place.id for place in inside]


def _nearest(case: Case, latitude: float, longitude: float) -> tuple[str, float]:
    places = [case.places[name] for name in _cities(case)]
    distance, _ = earth.inverse(
        latitude, longitude, [place.latitude for place in places], [place.longitude for place in places]
    )
    return places[int(distance.argmin())].id, float(distance.min())


def _clock(rng: np.random.Generator, case: Case, seconds: float) -> str:
    """To the minute, by a clock that is half a minute off."""
    told = case.window[0] + pd.Timedelta(seconds=seconds + rng.normal(0.0, claims.CLOCK_SD_S))
    return f"{told.round('min'):%H:%M} UTC"


def _metres(height: float) -> str:
    return f"{100 * round(height / 100.0)} m"


def _kmh(speed_mps: float) -> str:
    return f"{10 * round(speed_mps * 3.6 / 10.0)} km/h"


# ---------------------------------------------------------------------------------------------------------------
# what is measured of planted flights (benchmarks/planted.py prints it)
# ---------------------------------------------------------------------------------------------------------------

#: edges of the reliability table
EDGES = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0)


@dataclass(frozen=True)
class Found:
    """What was found of one flight."""

    true: str
    inside: float
    moments: int
    posterior: dict[str, float]
    sd: float
    apart: bool
    claims: int
    false: int
    above: float


def flight(case: Case, number: int, paths: int, seed: int, folder: Path) -> Found:
    """Plant one flight and reconstruct it under every hypothesis."""
    hypothesis = case.hypotheses[number % len(case.hypotheses)]
    one = plant(case, hypothesis, folder, seed + number)
    ensembles = {this.id: reconstruct.paths(one.case, this, n=paths, seed=seed + number) for this in case.hypotheses}
    verdict = judge.hypotheses(one.case, ensembles.values()).set_index("hypothesis")
    inside = covered(ensembles[hypothesis.id], one.flown)
    return Found(
        hypothesis.id, float(np.mean(inside)), len(inside), verdict["posterior"].to_dict(),
        float(verdict["log_evidence_sd"].max()), apart(one), len(one.case.claims), len(one.false),
        above(ensembles[hypothesis.id], one),
    )  # fmt: skip


def flights(count: int, paths: int, seed: int) -> list[Found]:
    """Plant flights from each hypothesis of the Syrian case in turn."""
    case = read.case(Path(__file__).parents[1] / "data" / "syrian-air-9218")
    with tempfile.TemporaryDirectory() as folder:
        return [flight(case, number, paths, seed, Path(folder) / str(number)) for number in range(count)]


def measures(found: list[Found]) -> dict[str, float]:
    """The figures of the table, and of the slow test."""
    names = list(found[0].posterior)
    given = np.array([[one.posterior[name] for name in names] for one in found])
    true = np.array([[name == one.true for name in names] for one in found], float)
    first = (given * true).sum(axis=1) >= given.max(axis=1)
    told = np.array([one.apart for one in found])
    return {
        "flights": len(found),
        "claims": float(np.mean([one.claims for one in found])),
        "false claims": float(sum(one.false for one in found)),
        "in the 90 % region": float(np.average([one.inside for one in found], weights=[one.moments for one in found])),
        "paths less likely than the true one": float(np.mean([one.above for one in found])),
        "Brier score": float(((given - true) ** 2).sum(axis=1).mean()),
        "mean posterior of the true one": float((given * true).sum(axis=1).mean()),
        "true one first": float(first.mean()),
        "told apart": float(told.sum()),
        "true one first, told apart": float(first[told].mean()) if told.any() else np.nan,
        "largest sd of log evidence (nat), median": float(np.median([one.sd for one in found])),
    }


def reliability(found: list[Found]) -> pd.DataFrame:
    """Of hypotheses given a posterior of so much, how many were true."""
    pairs = [(value, name == one.true) for one in found for name, value in one.posterior.items()]
    table = pd.DataFrame(pairs, columns=["posterior", "true"])
    table["of"] = pd.cut(table["posterior"], EDGES, include_lowest=True)
    return table.groupby("of", observed=True).agg(
        stories=("true", "size"), mean_posterior=("posterior", "mean"), share_true=("true", "mean")
    )
