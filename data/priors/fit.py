"""Fit the rates of the motion model's prior on real flights: `python data/priors/fit.py WHEEL [OUT]`.

WHEEL is the package traffic 2.13, whose hash is verified; only its five training collections are opened. OUT is the
table to write, by default `manoeuvres.toml` beside this file. README.md says in words what is done and what is weak.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import flights
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import least_squares, minimize

Array = NDArray[np.float64]

DRAWS, SEED = 200, 20_241_124
#: no figure is told that rests on fewer (manoeuvres or minutes), no kind that has fewer flights
LEAST, LEAST_FLIGHTS = 10, 6
#: a distribution of mean waits is fitted to stretches of this length (s), from so many manoeuvres on
STRETCH_S, LEAST_FOR_SPREAD = 600.0, 50
LAGS_S = (5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0)
#: place of the lag at which the spectral density is told; shortest straight part that serves, longest time constant (s)
LAG_OF_Q, STRAIGHT_S, LONGEST_TIME_S = LAGS_S.index(60.0), 150.0, 600.0
#: `bank_normal` of the class that stands for each kind (deg)
BANK_NORMAL_DEG = {
    "any": 30.0, "airliner": 30.0, "light": 30.0, "survey": 30.0, "tanker": 30.0, "helicopter": 25.0, "glider": 30.0,
}  # fmt: skip
WHAT = {
    "any": "all flights of the kinds below together, by their hours: for a flight of which nothing is known",
    "airliner": "quickstart: arrivals, departures and overflights of Paris, October 2021, every second",
    "light": "quickstart: the few flights that never exceeded 214 kt",
    "survey": "calibration: aircraft that check radio beacons at 24 airports, every five seconds, positions only",
    "tanker": "firefighting: tankers and lead aircraft in California, 2020, a fix for each 60 degrees of turn",
    "helicopter": "ambulances, and the aircraft of firefighting whose middle speed is below 110 kt",
    "glider": "gliders: eight long flights, a fix every nine seconds or so; pauses cut out most thermals",
}
TURN_COLUMNS = ("size_deg", "bank_deg", "lasts_s", "kind", "bank_known")
CLIMB_COLUMNS, SPEED_COLUMNS = ("height_m", "rate_mps"), ("speed_mps", "acceleration_mps2")
CHANNELS = ("", "_low", "_high", "_along")
KINDS = ("turn", "direct", "orbit", "hold", "gentle")


class Flight(NamedTuple):
    """What one flight shows: seconds flown and turning, ten-minute stretches, manoeuvres, wandering by channel and lag.

    A row of `stretches` has its seconds, its middle height (m) and the turns, climbs and changes of speed begun in it.
    """

    seconds: float
    turning_s: float
    stretches: Array
    columns: dict[str, NDArray]
    wander: dict[str, tuple[Array, ...]]


class Figure(NamedTuple):
    """One fitted number, what it rests on, its unit."""

    value: float
    n: int
    unit: str


# -- flights ---------------------------------------------------------------------------------------------------


def read(wheel: Path) -> dict[str, list[Flight]]:
    """The flights of each kind."""
    found: dict[str, dict[str, list[flights.Piece]]] = {kind: {} for kind in WHAT}
    for rows in flights.fixes(wheel):
        for piece in flights.pieces(rows):
            found[piece.kind].setdefault(piece.flight, []).append(piece)
    by_kind = {kind: [_flight(pieces) for pieces in parts.values()] for kind, parts in found.items()}
    return by_kind | {"any": [flight for sample in by_kind.values() for flight in sample]}


def _flight(pieces: list[flights.Piece]) -> Flight:
    turns = [flights.turns(piece) for piece in pieces]
    masks = [flights.turning(piece, table) for piece, table in zip(pieces, turns, strict=True)]
    inside = sum(flights.turning(piece, table, 0).sum() for piece, table in zip(pieces, turns, strict=True))
    climbs = [flights.climbs(piece) for piece in pieces]
    speeds = [flights.speed_changes(piece, mask) for piece, mask in zip(pieces, masks, strict=True)]
    columns = {
        name: np.concatenate([table[name].to_numpy(str if name == "kind" else float) for table in tables])
        for tables, names in ((turns, TURN_COLUMNS), (climbs, CLIMB_COLUMNS), (speeds, SPEED_COLUMNS))
        for name in names
    }
    stretches = np.concatenate([_stretches(*parts) for parts in zip(pieces, turns, climbs, speeds, strict=True)])
    seconds = sum(map(len, masks)) * flights.STEP_S
    return Flight(seconds, inside * flights.STEP_S, stretches, columns, _wander(pieces, masks))


def _stretches(piece: flights.Piece, turns: pd.DataFrame, *others: pd.DataFrame) -> Array:
    steps, length = len(piece.height_m), int(STRETCH_S / flights.STEP_S)
    edges = np.arange(0, steps, length)
    firsts = [turns["first"][turns["kind"] != ""], *(table["first"] for table in others)]
    counts = [np.bincount(first.to_numpy(int) // length, minlength=len(edges)) for first in firsts]
    heights = [np.median(piece.height_m[a : a + length]) for a in edges]
    lengths = np.minimum(length, steps - edges) * flights.STEP_S
    return np.stack([lengths, heights, *counts], axis=1)


def _wander(pieces: list[flights.Piece], masks: list[NDArray[np.bool_]]) -> dict[str, tuple[Array, ...]]:
    """Changes of velocity across and along straight parts, by lag; low and high apart for those across."""
    found: dict[str, list[list[Array]]] = {name: [[] for _ in LAGS_S] for name in CHANNELS}
    for piece, mask in zip(pieces, masks, strict=True):
        if piece.spacing_s > flights.BANK_SPACING_S:
            continue
        for a, b in flights.runs((~mask).astype(np.int8), 0.0):
            if (b - a) * flights.STEP_S >= STRAIGHT_S:
                _add_changes(found, piece, slice(a, b + 1))
    return {name: tuple(np.concatenate([[], *part]) for part in lags) for name, lags in found.items()}


def _add_changes(found: dict[str, list[list[Array]]], piece: flights.Piece, part: slice) -> None:
    angle = np.radians(piece.course_deg[part] - np.median(piece.course_deg[part]))
    speed, height = piece.speed_mps[part], piece.height_m[part]
    level = np.abs(np.gradient(height, flights.STEP_S)) < flights.LEAST_RATE_MPS
    name = "_low" if np.median(height) < flights.LOW_M else "_high"
    for k, lag in enumerate(LAGS_S):
        steps = int(lag / flights.STEP_S)
        across = (speed * np.sin(angle))[steps:] - (speed * np.sin(angle))[:-steps]
        along = speed[steps:] - speed[:-steps]
        found[""][k].append(across)
        found[name][k].append(across)
        found["_along"][k].append(along[level[steps:] & level[:-steps]])


# -- laws ------------------------------------------------------------------------------------------------------


def waits(counts: Array, seconds: Array) -> tuple[float, float]:
    """Middle and spread (of the logarithm) over stretches of the mean wait, from counts that are Poisson given it."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(24)
    start = np.log(seconds.sum() / max(counts.sum(), 1.0))

    def loss(theta: Array) -> float:
        mean = seconds[:, None] / np.exp(theta[0] + np.exp(theta[1]) * nodes)
        terms = counts[:, None] * np.log(mean) - mean
        top = terms.max(axis=1, keepdims=True)
        prior = 0.5 * (np.exp(theta[1]) / 1.5) ** 2  # keeps a spread that few flights leave open from running off
        return float(prior - (top[:, 0] + np.log(np.exp(terms - top) @ weights)).sum())

    found = minimize(loss, [start, np.log(0.5)], method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3})
    return float(np.exp(found.x[0])), float(np.exp(found.x[1]))


def exponent(sizes_deg: Array) -> float:
    """The g by which sizes up to 180 degrees look most like 180 u^g with u even: the mean of -log(size / 180)."""
    return float(-np.log(np.abs(sizes_deg) / 180.0).mean())


def spread_of(values: Array) -> float:
    """Variance of a normal law with the same middle four fifths: what is further out is left to the manoeuvres."""
    size = np.abs(values)
    kept = size[size <= np.quantile(size, 0.8)]
    return float((kept**2).mean() / 0.43767)


def velocity(half: Array) -> tuple[float, float, float]:
    """Spread and time constant of an Ornstein-Uhlenbeck velocity, and the spread of the noise on it."""
    lags, seen = np.array(LAGS_S), np.log(np.maximum(half, 1e-9))

    def model(theta: Array) -> Array:
        sd2, time, noise2 = np.exp(theta)
        return np.log(noise2 + sd2 * (1.0 - np.exp(-lags / time))) - seen

    bounds = (np.log([1e-4, 5.0, 1e-6]), np.log([1e3, LONGEST_TIME_S, 1e2]))
    first = np.log([np.clip(half[-1], 1e-3, 1e2), 60.0, np.clip(half[0] / 2.0, 1e-5, 10.0)])
    sd2, time, noise2 = np.exp(least_squares(model, first, bounds=bounds).x)
    return float(np.sqrt(sd2)), float(time), float(np.sqrt(noise2))


def density(half: Array) -> float:
    """Spectral density (m2/s3) that the change of velocity over a minute would need as a Wiener process."""
    sd, time, _ = velocity(half)
    return 2.0 * sd**2 * (1.0 - float(np.exp(-LAGS_S[LAG_OF_Q] / time))) / LAGS_S[LAG_OF_Q]


# -- the figures -----------------------------------------------------------------------------------------------


def figures(kind: str, sample: list[Flight]) -> dict[str, Figure]:
    """Every figure of a kind of flight that rests on enough, by the name that it has in the table."""
    column = {name: np.concatenate([flight.columns[name] for flight in sample]) for name in sample[0].columns}
    parts = (_turning(column, sample), _sizes(column), _banks(column, BANK_NORMAL_DEG[kind]), _waiting(sample),
             _heights(column), _speeds(column), _wandering(sample), _activity(sample))  # fmt: skip
    return {name: figure for part in parts for name, figure in part}


Found = Iterator[tuple[str, Figure]]


def _turning(column: dict[str, NDArray], sample: list[Flight]) -> Found:
    straight = 1.0 - sum(flight.turning_s for flight in sample) / sum(flight.seconds for flight in sample)
    yield "share_straight", Figure(straight, len(sample), "1")
    kinds = column["kind"][column["kind"] != ""]
    if len(kinds) >= LEAST:
        for kind in KINDS:
            yield f"share_{kind}", Figure(float((kinds == kind).mean()), len(kinds), "1")
        yield "share_right", Figure(float((column["size_deg"] > 0.0).mean()), len(column["size_deg"]), "1")


def _sizes(column: dict[str, NDArray]) -> Found:
    size, simple = np.abs(column["size_deg"]), np.isin(column["kind"], ("turn", "direct", "gentle"))
    within = size[simple & (size <= 180.0)]
    larger = within[within >= flights.COURSE_DEG]
    circles = size[column["kind"] == "orbit"] / 360.0
    if len(larger) >= LEAST:
        yield "turn_size_exponent", Figure(exponent(within), len(within), "1")
        yield "turn_size_exponent_from_20", Figure(exponent(larger), len(larger), "1")
        yield "turn_over_180_share", Figure(float((size[simple] > 180.0).mean()), int(simple.sum()), "1")
    yield from _log_normal("turn_size_median_deg", "turn_size_sigma", "deg", size[simple])
    if len(circles) >= LEAST:
        yield "orbit_circles_median", Figure(float(np.median(circles)), len(circles), "1")


def _banks(column: dict[str, NDArray], normal_deg: float) -> Found:
    long = (np.abs(column["size_deg"]) >= flights.COURSE_DEG) & (column["lasts_s"] >= 3 * flights.STEP_S)
    bank = column["bank_deg"][long & column["bank_known"].astype(bool)] / normal_deg
    if len(bank) >= LEAST:
        yield "bank_mean_of_normal", Figure(float(bank.mean()), len(bank), "1")
        yield "bank_sd_of_normal", Figure(float(bank.std(ddof=1)), len(bank), "1")


def _waiting(sample: list[Flight]) -> Found:
    """Mean waits, all, low and high, and their law over stretches of ten minutes."""
    stretches = np.concatenate([flight.stretches for flight in sample])
    low = stretches[:, 1] < flights.LOW_M
    for k, name in enumerate(("turn", "climb", "speed"), start=2):
        for where, rows in (("", stretches), ("_low", stretches[low]), ("_high", stretches[~low])):
            if rows[:, k].sum() >= LEAST:
                yield f"wait_{name}{where}_s", Figure(rows[:, 0].sum() / rows[:, k].sum(), int(rows[:, k].sum()), "s")
        if stretches[:, k].sum() >= LEAST_FOR_SPREAD:
            yield from _wait_law(name, stretches[:, k], stretches[:, 0])


def _wait_law(name: str, counts: Array, seconds: Array) -> Found:
    """The log-normal law of the mean wait, and the even law of its logarithm with the same middle and spread."""
    middle, spread = waits(counts, seconds)
    reach = float(np.exp(np.sqrt(3.0) * spread))
    yield f"mean_wait_{name}_s_median", Figure(middle, len(counts), "s")
    yield f"mean_wait_{name}_sigma", Figure(spread, len(counts), "1")
    yield f"mean_wait_{name}_s_low", Figure(middle / reach, len(counts), "s")
    yield f"mean_wait_{name}_s_high", Figure(middle * reach, len(counts), "s")


def _counted(flight: Flight) -> int:
    return int((flight.columns["kind"] != "").sum())


def _heights(column: dict[str, NDArray]) -> Found:
    height, rate = column["height_m"], column["rate_mps"]
    if len(height) >= LEAST:
        yield "share_up", Figure(float((height > 0.0).mean()), len(height), "1")
    yield from _log_normal("climb_height_median_m", "climb_height_sigma", "m", np.abs(height))
    yield from _log_normal("climb_rate_median_mps", "climb_rate_sigma", "m/s", rate[height > 0.0])
    yield from _log_normal("descent_rate_median_mps", "descent_rate_sigma", "m/s", rate[height < 0.0])


def _speeds(column: dict[str, NDArray]) -> Found:
    yield from _log_normal("speed_change_median_mps", "speed_change_sigma", "m/s", np.abs(column["speed_mps"]))
    pace = column["acceleration_mps2"]
    yield from _log_normal("speed_acceleration_median_mps2", "speed_acceleration_sigma", "m/s2", pace)


def _log_normal(median: str, sigma: str, unit: str, values: Array) -> Found:
    if len(values) >= LEAST:
        yield median, Figure(float(np.median(values)), len(values), unit)
        yield sigma, Figure(float(np.log(values).std(ddof=1)), len(values), "1")


def variogram(sample: list[Flight], channel: str) -> Array:
    """Half the variance of the change of velocity at each lag, without its tails."""
    pooled = [np.concatenate([flight.wander[channel][k] for flight in sample]) for k in range(len(LAGS_S))]
    return np.array([0.5 * spread_of(part) for part in pooled])


def _wandering(sample: list[Flight]) -> Found:
    for channel in CHANNELS:
        minutes = int(sum(len(flight.wander[channel][-1]) for flight in sample) * flights.STEP_S / 60.0)
        if minutes < LEAST:
            continue
        half = variogram(sample, channel)
        sd, time, noise = velocity(half)
        pooled = np.concatenate([flight.wander[channel][LAG_OF_Q] for flight in sample])
        whole = float((pooled**2).mean()) / LAGS_S[LAG_OF_Q]
        yield f"wander{channel}_sd_mps", Figure(sd, minutes, "m/s")
        yield f"wander{channel}_time_s", Figure(time, minutes, "s")
        yield f"wander{channel}_noise_mps", Figure(noise, minutes, "m/s")
        yield f"wander{channel}_q_m2s3", Figure(density(half), minutes, "m2/s3")
        yield f"wander{channel}_q_with_tails_m2s3", Figure(whole, minutes, "m2/s3")


def _activity(sample: list[Flight]) -> Found:
    """By which power of a flight's rate of turns its wandering across grows (least squares on logarithms)."""
    used = [flight for flight in sample if len(flight.wander[""][LAG_OF_Q]) > 20]
    if len(used) >= 2 * LEAST:
        rate = np.log([(_counted(flight) + 0.5) / flight.seconds for flight in used])
        size = np.log([max(float(np.median(np.abs(flight.wander[""][LAG_OF_Q]))), 1e-3) for flight in used])
        yield "wander_power_of_rate", Figure(float(np.polyfit(rate, size, 1)[0]), len(used), "1")


# -- the table -------------------------------------------------------------------------------------------------


def bounds(kind: str, sample: list[Flight]) -> dict[str, tuple[float, float]]:
    """5 and 95 % of each figure over draws of flights with replacement."""
    random = np.random.default_rng([SEED, *kind.encode()])
    found: dict[str, list[float]] = {}
    for picks in random.integers(len(sample), size=(DRAWS, len(sample))):
        for name, figure in figures(kind, [sample[k] for k in picks]).items():
            found.setdefault(name, []).append(figure.value)
    return {name: tuple(np.quantile(values, [0.05, 0.95])) for name, values in found.items()}


def table(by_kind: dict[str, list[Flight]]) -> Iterable[str]:
    """The lines of `manoeuvres.toml`."""
    yield "# Written by fit.py: change that, not this. README.md says what each figure is and how far to trust it."
    yield f"# interval: 5 and 95 % over {DRAWS} draws of flights with replacement. n counts what the figure rests on."
    yield "# A share of nothing among n has 3/n as its upper end."
    yield f'\n[inputs]\npackage = "traffic 2.13"\nsha256 = "{flights.WHEEL_SHA256}"'
    yield "collections = [" + ", ".join(f'"{name}"' for name in flights.TRAINING) + "]"
    enough = {kind: sample for kind, sample in by_kind.items() if len(sample) >= LEAST_FLIGHTS}
    for kind, sample in enough.items():
        hours, number = sum(flight.seconds for flight in sample) / 3_600.0, sum(map(_counted, sample))
        yield f'\n[{kind}]\nwhat = "{WHAT[kind]}"\nflights = {len(sample)}\nhours = {hours:.1f}\nmanoeuvres = {number}'
        yield f"bank_normal_deg = {BANK_NORMAL_DEG[kind]:.1f}"
        found = bounds(kind, sample)
        for name, figure in figures(kind, sample).items():
            low, high = found[name]
            high = 3.0 / figure.n if name.startswith("share") and figure.value == 0.0 else high
            told = f"value = {_told(figure.value)}, interval = [{_told(low)}, {_told(high)}]"
            yield f'{name} = {{ {told}, n = {figure.n}, unit = "{figure.unit}" }}'


def _told(value: float) -> str:
    """Three digits, always with a point; a spread that the fit left at its start of the scale is none."""
    return repr(float(f"{value:.3g}")) if abs(value) >= 1e-4 else "0.0"


def main(arguments: list[str]) -> None:
    """Read the wheel named first and write the table named second."""
    out = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).with_name("manoeuvres.toml")
    out.write_text("\n".join(table(read(Path(arguments[0])))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
