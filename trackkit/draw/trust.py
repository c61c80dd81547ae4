"""Whether the engine can be trusted: a path that is known, an exact evidence, ranks against chance, a run's health."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from trackkit.draw import ground, maps, style
from trackkit.model import Case, Ensemble

__all__ = ["health", "oracle", "ranks", "truth"]

Array = NDArray[np.float64]

_MAP_MM = 120.0
_LEFT, _GAP, _PANEL_MM = 12.0, 7.0, 30.0
_ACROSS = 4
_STAGES = ("story", "evidence", "release")
_MEASURES = (
    ("beta", "Inverse temperature"),
    ("effective_paths", "Effective paths after\na step, share"),
    ("acceptance", "Moves accepted, share"),
    ("ancestors", "Distinct ancestors within\nthe stage, share"),
)
_RUNS = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY, style.BLACK)
_LINES = ("-", (0, (5.0, 1.5)), (0, (1.0, 1.0)), (0, (5.0, 1.5, 1.0, 1.5)))


@style.styled
def truth(case: Case, ensemble: Ensemble, path: pd.DataFrame) -> Figure:
    """Draw the paths of an ensemble and over them the path that is true, where it is known.

    Parameters
    ----------
    case : Case
    ensemble : Ensemble
    path : DataFrame
        Columns `latitude` and `longitude` (degrees), in the order in which they were flown.
    """
    foot = [
        f"Source: {case.name}, an invented flight, so that its true path is known.",
        style.made_of([ensemble]),
        "Regions hold 50 % and 90 % of the flown time, paths by weight.",
        f"Lines are 40 paths taken evenly by weight. {ground.sources(case.extent)}",
    ]
    height = maps.height_for(case.extent, _MAP_MM - 16.0)
    figure = style.sheet(_MAP_MM, 21.0 + height + style.footer_mm(foot, _MAP_MM))
    message = f"The true path of “{case.name}” over those of “{ensemble.hypothesis.id}”"
    top = style.title(figure, message, "Orange: the true path. Blue: paths drawn from the claims, without knowing it.")
    axes = maps.map(case, style.panel(figure, 12.0, top + 1.0, _MAP_MM - 16.0, height))
    maps.paths(ensemble, axes, style.BLUE)
    axes.plot(path["longitude"], path["latitude"], color=style.VERMILION, lw=1.4, zorder=3.6, label="true path")
    style.footer(figure, foot)
    return style.tell(figure, f"{message}, {ensemble.n} paths, seed {ensemble.seed}.")


@style.styled
def oracle(found: Mapping[int, ArrayLike], exact: float, seed: int) -> Figure:
    """Draw log evidences of independent runs about the exact value, one row a size of population.

    Parameters
    ----------
    found : mapping of int to array_like
        Log evidences by the number of vectors in a run.
    exact : float
    seed : int
        For the footer.
    """
    off = {size: np.asarray(values, float) - exact for size, values in found.items()}
    runs = max(len(values) for values in off.values())
    foot = [f"Source: a linear case with an exact answer, {runs} runs a row, seed = {seed}. Circles: single runs; "
            "bars below them: mean ± one standard error."]  # fmt: skip
    height = 8.0 * len(off)
    figure = style.sheet(style.FULL_MM, 19.0 + height + style.footer_mm(foot))
    largest = max(abs(float(values.mean())) for values in off.values())
    top = style.title(figure, f"On average the evidence is off by at most {largest:.2f} nat")
    axes = style.panel(figure, 28.0, top + 2.0, style.FULL_MM - 32.0, height)
    for row, values in enumerate(off.values()):
        axes.plot(values, np.full(len(values), row), "o", ms=3.0, color=style.BLUE, mfc="none", mew=0.7)
        error = values.std(ddof=1) / np.sqrt(len(values))
        axes.errorbar(values.mean(), row + 0.28, xerr=error, fmt="|", ms=5.0, lw=1.2, color=style.VERMILION)
    axes.axvline(0.0, color=style.INK, lw=0.6)
    axes.set_yticks(range(len(off)), [f"{size:,} vectors" for size in off])
    axes.set_ylim(len(off) - 0.4, -0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("Log evidence less the exact value (nat)")
    style.footer(figure, foot)
    means = "; ".join(f"{size} vectors {values.mean():+.3f}" for size, values in off.items())
    return style.tell(figure, f"Log evidence of independent runs less the exact value, in nats. Means: {means}.")


@style.styled
def ranks(
    found: Mapping[str, ArrayLike], draws: int, envelope: tuple[Array, Array, Array], level: float, source: str
) -> Figure:
    """Draw how far the ranks of true values stray from uniform ones, one panel a quantity.

    Parameters
    ----------
    found : mapping of str to array_like of int
        Ranks between 0 and `draws`, by quantity.
    draws : int
    envelope : arrays
        Points, least and greatest value of the distribution function (`trackkit.calibrate.ecdf_envelope`).
    level : float
        The share of cases in which a uniform quantity stays inside.
    source : str
        Where the ranks come from, with the seed, for the footer.
    """
    points, low, high = (np.asarray(part, float) for part in envelope)
    share = {name: np.array([(np.asarray(rank) < point * (draws + 1)).mean() for point in points])
             for name, rank in found.items()}  # fmt: skip
    out = [name for name, value in share.items() if ((value < low - 1e-12) | (value > high + 1e-12)).any()]
    count = len(np.asarray(next(iter(found.values()))))
    foot = [f"{source} n = {count} replicates, {draws} draws in each.", f"Grey: a uniform quantity stays inside at all "
            f"points together in {level:.0%} of cases (Säilynoja and others 2022)."]  # fmt: skip
    rows = -(-len(found) // _ACROSS)
    figure = style.sheet(style.FULL_MM, 17.0 + rows * (_PANEL_MM + 10.0) + style.footer_mm(foot))
    message = f"{len(found) - len(out)} of {len(found)} quantities rank as chance has it"
    subtitle = "Share of replicates that rank below a point, less the share that uniform ranks would have there"
    top = style.title(figure, message, subtitle)
    reach = 1.15 * max(float(np.abs(np.stack([low, high, *share.values()]) - points).max()), 1e-9)
    width = (style.FULL_MM - _LEFT - style.MARGIN_MM) / _ACROSS
    for number, (name, value) in enumerate(share.items()):
        row, column = divmod(number, _ACROSS)
        place = (_LEFT + column * width, top + 5.0 + row * (_PANEL_MM + 10.0), width - 3.0, _PANEL_MM)
        axes = style.panel(figure, *place)
        _strayed(axes, points, low, high, value, reach)
        axes.set_title(name, size=style.BODY, loc="left", pad=2.0, color=style.VERMILION if name in out else style.INK)
        axes.tick_params(labelleft=column == 0)
        if number + _ACROSS >= len(share):
            axes.set_xlabel("Rank, as a share of its range")
    style.footer(figure, foot)
    return style.tell(figure, f"{message}. Outside: {', '.join(out) or 'none'}. {count} replicates.")


def _strayed(axes: Axes, points: Array, low: Array, high: Array, value: Array, reach: float) -> None:
    axes.fill_between(points, low - points, high - points, color=style.FAINT, lw=0.0)
    axes.axhline(0.0, color=style.GREY, lw=0.5)
    axes.plot(points, value - points, "o-", ms=2.0, lw=0.9, color=style.BLUE)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(-reach, reach)
    axes.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
    axes.locator_params(axis="y", nbins=5)
    axes.spines[["top", "right"]].set_visible(False)


@style.styled
def health(ensemble: Ensemble) -> Figure:
    """Draw the record of a run: ladder, effective paths, moves accepted and ancestors, by stage, a line a run."""
    record = ensemble.diagnostics
    begun = record.groupby(["run", "stage"])["paths"].transform("first")
    whole = {"effective_paths": record["paths"], "ancestors": begun}
    spread = _by_run(record)
    fewest = int(record.loc[record["stage"] == "evidence"].groupby("run")["ancestors"].last().sum())
    by_run = ", ".join(f"{value:.1f}" for value in spread).replace("-", "−")
    foot = [
        style.made_of([ensemble]),
        f"Log evidence by run: {by_run} nat. Shares: of the paths before a step (ancestors: before the stage).",
    ]
    figure = style.sheet(style.FULL_MM, 62.0 + style.footer_mm(foot))
    message = f"“{ensemble.hypothesis.id}”: {ensemble.n:,} paths descend from {fewest:,} in the stage of the evidence"
    apart = _apart(spread)
    top = style.title(figure, message, apart)
    width = (style.FULL_MM - style.MARGIN_MM) / len(_MEASURES)
    for column, (name, label) in enumerate(_MEASURES):
        axes = style.panel(figure, 7.0 + column * width, top + 9.0, width - 9.0, 38.0)
        _record(axes, record.assign(value=record[name] / whole.get(name, 1.0)))
        axes.set_title(label, size=style.BODY, loc="left", pad=2.0)
    style.footer(figure, foot)
    return style.tell(figure, f"Record of {ensemble.runs} runs. {message}. {apart}.")


def _apart(spread: Array) -> str:
    if len(spread) < 2:
        return "One run: how far independent runs differ is not known"
    sd = spread.std(ddof=1)
    return f"Independent runs differ by {sd:.1f} nat (standard deviation), {np.ptp(spread):.1f} at most"


def _by_run(record: pd.DataFrame) -> Array:
    last = record[record["stage"] != "story"].groupby(["run", "stage"])["log_normaliser"].last()
    return np.asarray(last.groupby("run").sum(), float)


def _record(axes: Axes, record: pd.DataFrame) -> None:
    """One measure along the three stages, each as wide as the others whatever its steps."""
    for number, (_, rows) in enumerate(record.groupby("run")):
        steps = rows.groupby("stage")["step"].transform("max")
        along = rows["stage"].map({stage: place for place, stage in enumerate(_STAGES)}) + (rows["step"] - 0.5) / steps
        color, line = _RUNS[number % len(_RUNS)], _LINES[number % len(_LINES)]
        for stage in _STAGES:
            chosen = rows["stage"] == stage
            axes.plot(along[chosen], rows["value"][chosen], color=color, ls=line, lw=0.9, marker=".", ms=2.0)
    axes.set_xlim(0.0, len(_STAGES) + 0.05)
    axes.set_ylim(0.0, 1.05)
    axes.set_xticks(np.arange(len(_STAGES)) + 0.5, _STAGES)
    axes.tick_params(axis="x", length=0.0)
    for edge in range(1, len(_STAGES)):
        axes.axvline(edge, color=style.FAINT, lw=0.6)
    axes.spines[["top", "right"]].set_visible(False)
