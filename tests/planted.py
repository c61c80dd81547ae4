"""Planted flights: drawn from a hypothesis, told of as reports tell, and looked for under every hypothesis."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import minimal
import numpy as np
import pandas as pd
import telling
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from trackkit import calibrate, claims, earth, judge, motion, read, reconstruct
from trackkit.model import Case, Ensemble, Hypothesis

Array = NDArray[np.float64]

#: one claim in so many is false: its values are drawn from the background, whatever its origin
FALSE_SHARE = 0.1
#: what is told of a flight, and by whom; the first six always, the others as the flight allows
MENU = (
    ("was_at", "flightradar24"), ("was_at", "flightaware"), ("height", "flightradar24"), ("speed", "flightradar24"),
    ("headed", "foreign-media"), ("took_off", "foreign-media"), ("turned", "flightradar24"),
    ("descended", "flightaware"), ("ended", "al-jazeera-officer"), ("ended", "eekad-imagery"),
)  # fmt: skip
#: which kind of planted claim gives which figure
TOLD = {"latitude": "was_at", "altitude_m": "height", "from_altitude_m": "descended", "speed_mps": "speed"}
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
        figures = {name: 1.0 if kind == of else np.nan for name, of in TOLD.items()}
        row = SimpleNamespace(origin=origin, time=time, phase="", says=KINDS.get(kind, kind), **figures)
        shown = other if claims.rule(case, hypothesis, row).trust == 0.0 else flown
        lie = bool(rng.random() < FALSE_SHARE)
        words = telling.invent(rng, case, kind) if lie else telling.tell(rng, case, shown, kind, time)
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
    steps = np.flatnonzero(telling.aloft(flown))[every // 2 :: every]
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


def _flying(flown: motion.Flown, rng: np.random.Generator) -> int:
    return int(rng.choice(np.flatnonzero(telling.aloft(flown))))


# -- regions ----------------------------------------------------------------------------------------------------


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


# -- what is measured (benchmarks/planted.py prints it) ---------------------------------------------------------

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
