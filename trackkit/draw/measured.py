"""Figure 9, measured on real flights: regions against what they hold, scores, gaps with their truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from trackkit.draw import style
from trackkit.draw.regions import spread_evenly
from trackkit.model import Ensemble

__all__ = ["gaps", "reliability", "scores"]

Array = NDArray[np.float64]

_LINES = ((style.BLUE, "-", "o"), (style.VERMILION, (0, (5.0, 1.5)), "s"), (style.GREEN, (0, (1.0, 1.0)), "^"))
_MARKS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
_COLORS = (style.BLUE, style.GREY, style.BLACK, style.ORANGE, style.GREEN, style.PURPLE, style.SKY, style.VERMILION)
_M_PER_DEG = 111_195.0


@style.styled
def reliability(held: pd.DataFrame, aims: Mapping[float, tuple[float, float]], message: str, source: str) -> Figure:
    """Draw the share of truths that regions held against the share that they name, one panel a quantity.

    Parameters
    ----------
    held : DataFrame
        Rows with `panel`, `draw` (a line of the panel), `level`, `held` (shares from 0 to 1) and `n`.
    aims : mapping of float to pair of float
        By level the least and greatest share that is aimed at; drawn as bars.
    message, source : str
    """
    panels = list(dict.fromkeys(held["panel"]))
    foot = [source, "On the diagonal a region holds as often as it says; above it, regions are wider than need be, "
            "below it too narrow. Grey bars: what is aimed at. Gaps of one window depend on each other."]  # fmt: skip
    width = (style.FULL_MM - 12.0) / len(panels)
    figure = style.sheet(style.FULL_MM, 20.0 + width + style.footer_mm(foot))
    top = style.title(figure, message, "Share of truths inside highest-density regions, by the share a region names")
    for column, panel in enumerate(panels):
        axes = style.panel(figure, 11.0 + column * width, top + 5.0, width - 6.0, width - 6.0)
        _held(axes, held[held["panel"] == panel], aims)
        axes.set_title(panel, size=style.BODY, loc="left", pad=2.0)
        axes.tick_params(labelleft=column == 0)
        axes.set_xlabel("Level of the region")
        if column == 0:
            axes.set_ylabel("Truths inside, share")
    style.footer(figure, foot)
    return style.tell(figure, f"{message}. {_spoken(held)}")


def _held(axes: Axes, rows: pd.DataFrame, aims: Mapping[float, tuple[float, float]]) -> None:
    axes.plot([0.0, 1.0], [0.0, 1.0], color=style.GREY, lw=0.5)
    for level, (low, high) in aims.items():
        axes.plot([level, level], [low, high], color=style.FAINT, lw=5.0, solid_capstyle="butt", zorder=1)
    for (name, line), (color, dash, mark) in zip(rows.groupby("draw", sort=False), _LINES, strict=False):
        label = f"{name}, n = {int(line['n'].iloc[0])}"
        axes.plot(line["level"], line["held"], color=color, ls=dash, marker=mark, ms=2.6, lw=0.9, label=label)
    axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.02), xticks=[0.0, 0.5, 0.9], yticks=[0.0, 0.5, 0.9])
    axes.legend(loc="lower right", handlelength=2.6, borderaxespad=0.2)
    axes.spines[["top", "right"]].set_visible(False)


def _spoken(held: pd.DataFrame) -> str:
    rows = held[held["level"].isin((0.5, 0.9))]
    told = [f"{row.panel}, {row.draw}: {row.level:.0%} regions hold {row.held:.0%}" for row in style.rows(rows)]
    return "; ".join(told)


@style.styled
def scores(ratios: pd.DataFrame, counts: Mapping[str, int], message: str, source: str) -> Figure:
    """Draw scores over that of the Hermite curve, one row a class and length of gap, one mark a method.

    Parameters
    ----------
    ratios : DataFrame
        Index: the cells; columns: the methods, ours first; values: energy score over the Hermite curve's error.
    counts : mapping of str to int
        Gaps of each cell.
    message, source : str
    """
    foot = [source, "Left of the line: better than the Hermite curve. For methods of one line the score is the error. "
            "Marks on each other: methods that draw nearly the same line."]  # fmt: skip
    height = 6.5 * len(ratios)
    figure = style.sheet(style.FULL_MM, 29.0 + height + style.footer_mm(foot))
    top = style.title(figure, message)
    axes = style.panel(figure, 36.0, top + 7.0, style.FULL_MM - 40.0, height)
    for number, name in enumerate(ratios.columns):
        mark, color = _MARKS[number % len(_MARKS)], _COLORS[number % len(_COLORS)]
        filled, size = (color, 6.0) if number == 0 else ("none", 4.5)
        axes.plot(ratios[name], np.arange(len(ratios)), mark, color=color, mfc=filled, ms=size, mew=0.9, label=name)
    axes.axvline(1.0, color=style.GREY, lw=0.6)
    axes.set_xscale("log")
    low, high = 0.85 * float(ratios.min().min()), 1.2 * float(ratios.max().max())
    ticks = [tick for tick in (0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0) if low <= tick <= high]
    axes.set_xlim(low, high)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(ratios)), [f"{cell}, n = {counts[cell]}" for cell in ratios.index])
    axes.set_ylim(len(ratios) - 0.4, -0.6)
    axes.grid(axis="y", color="#e8e8e4", lw=0.4)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("Energy score over that of the cubic Hermite curve (logarithmic)")
    room = {"columnspacing": 1.2, "handletextpad": 0.2}
    axes.legend(loc="lower left", bbox_to_anchor=(-0.1, 1.0), ncols=len(ratios.columns), **room)
    style.footer(figure, foot)
    return style.tell(figure, f"{message}. {_ours(ratios)}")


def _ours(ratios: pd.DataFrame) -> str:
    name = ratios.columns[0]
    return f"{name}: " + "; ".join(f"{cell} {value:.2f}" for cell, value in ratios[name].items()) + "."


@style.styled
def gaps(
    drawn: Iterable[tuple[str, Ensemble, pd.DataFrame, pd.DataFrame]], message: str, source: str, sample: int = 60
) -> Figure:
    """Draw gaps of real flights, the paths through them, and what was flown.

    Parameters
    ----------
    drawn : iterable of tuple
        For each gap its heading (a line or two), the ensemble, the fixes that the reconstruction knew and those that
        it did not (columns `latitude`, `longitude`, degrees).
    message, source : str
    sample : int
        Paths drawn of each ensemble, evenly by weight.
    """
    several = list(drawn)
    foot = [source, style.made_of([one[1] for one in several]),
            f"{sample} paths of each are drawn; what was cut out is drawn after the reconstruction."]
    key = ("Kilometres east and north of the last fix before the gap, each panel to a scale of its own. Blue: paths; "
           "black: fixes known on either side; orange: fixes that were cut out.")  # fmt: skip
    rows = -(-len(several) // 3)
    width = (style.FULL_MM - style.MARGIN_MM) / 3
    figure = style.sheet(style.FULL_MM, 17.0 + rows * (width + 3.0) + style.footer_mm(foot))
    top = style.title(figure, message, key)
    for number, one in enumerate(several):
        row, column = divmod(number, 3)
        left, down = column * width, top + 1.0 + row * (width + 3.0)
        for line, text in enumerate(one[0].splitlines()):
            style.write(figure, left + 8.0, down + 3.2 * line, text, style.SMALL, weight="normal" if line else "bold")
        _gap(style.panel(figure, left + 8.0, down + 7.5, width - 11.0, width - 11.0), *one[1:], sample)
    style.footer(figure, foot)
    heads = "; ".join(one[0].replace("\n", ", ") for one in several)
    return style.tell(figure, f"{message}. Gaps: {heads}.")


def _gap(axes: Axes, ensemble: Ensemble, known: pd.DataFrame, truth: pd.DataFrame, sample: int) -> None:
    """One gap, about which a little of the known track is shown."""
    lat, lon = (ensemble.paths[name].to_numpy().astype(float) for name in ("latitude", "longitude"))
    origin = lat[0, 0], lon[0, 0]
    shown = spread_evenly(np.exp(ensemble.log_weight.to_numpy()), sample)
    east, north = _km(lat[shown], lon[shown], origin)
    axes.plot(east.T, north.T, color=style.BLUE, lw=0.3, alpha=0.5, zorder=2)
    lines = [_km(rows["latitude"].to_numpy(), rows["longitude"].to_numpy(), origin) for rows in (known, truth)]
    axes.plot(*lines[0], "o", color=style.BLACK, ms=1.6, mew=0, zorder=3)
    axes.plot(*lines[1], "o-", color=style.VERMILION, ms=1.6, mew=0, lw=1.0, zorder=4)
    _square(axes, np.concatenate([east.ravel(), lines[1][0]]), np.concatenate([north.ravel(), lines[1][1]]))


def _km(lat: Array, lon: Array, origin: tuple[float, float]) -> tuple[Array, Array]:
    turned = (lon - origin[1] + 180.0) % 360.0 - 180.0
    scale = _M_PER_DEG / 1000.0
    return turned * scale * float(np.cos(np.radians(origin[0]))), (lat - origin[0]) * scale


def _square(axes: Axes, east: Array, north: Array) -> None:
    half = 0.58 * max(float(np.ptp(east)), float(np.ptp(north)), 1e-3)
    x, y = (0.5 * (float(part.min()) + float(part.max())) for part in (east, north))
    axes.set(xlim=(x - half, x + half), ylim=(y - half, y + half), aspect="equal")
    axes.locator_params(nbins=5)
    axes.tick_params(labelsize=style.SMALL)
