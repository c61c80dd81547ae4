"""Figure: heights of each story over the ground, and from what height up assumed receivers hear along its way."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from trackkit import earth
from trackkit.draw import flights, keys, style
from trackkit.model import Case, Ensemble

__all__ = ["profiles"]

_LEFT, _RIGHT, _GAP, _BETWEEN = 9.0, 2.0, 9.0, 19.0
_COLUMNS, _PANEL = 2, 34.0
_WIDTH = (style.FULL_MM - _LEFT - _RIGHT - (_COLUMNS - 1) * _GAP) / _COLUMNS
_TOP_KM = 6.0
_SOIL = "#8c6d46"


@style.styled
def profiles(
    case: Case, ensembles: Sequence[Ensemble], table: pd.DataFrame, last: pd.DataFrame, network: earth.Network
) -> Figure:
    """Draw the height of each story over the ground, the height from which it is heard, and the last places told.

    Parameters
    ----------
    case : Case
    ensembles : sequence of Ensemble
        Those of the table, for the note below it.
    table : DataFrame
        `claims.profiles`.
    last : DataFrame
        `claims.last_places` with the same network.
    network : Network

    Returns
    -------
    Figure
    """
    names = list(dict.fromkeys(table["hypothesis"]))
    rows, foot = math.ceil((len(names) + 1) / _COLUMNS), _foot(case, ensembles, network)
    figure = style.sheet(style.FULL_MM, 23.0 + rows * (_PANEL + _BETWEEN) + style.footer_mm(foot))
    top = style.title(figure, "Height over the ground, and from what height up it is heard", _subtitle(case))
    top = _key(figure, top) + 11.0
    for number, name in enumerate(names):
        axes = _panel(figure, number, top, name, style.looks_of(case)[name].color)
        _over_ground(axes, case, table[table["hypothesis"] == name], style.looks_of(case)[name].color)
    _last(_panel(figure, len(names), top, "Where the signal is said to have ended", style.INK), last)
    style.footer(figure, foot)
    return style.tell(figure, _alt(names, table, last))


def _subtitle(case: Case) -> str:
    return (
        f"{case.name}: height above sea level in km, up to {_TOP_KM:g}. Ground and hearing are told along one path of "
        "each story, typical of it; above the dashed line half of the networks drawn hear it."
    )


def _foot(case: Case, ensembles: Sequence[Ensemble], network: earth.Network) -> list[str]:
    return [
        f"{style.sources_of(case)} {style.made_of(ensembles)}",
        "The path shown is the one nearest to the weighted median of place and height, of the heaviest paths that hold "
        "half of the weight: an example. The band holds 90 % of the weight at each moment, over all paths.",
        f"Receivers are assumed: {len(network.lowest_m)} networks, seed {network.seed}; grey: from the height from "
        "which 5 % of them hear to that from which 95 % do. Ground: GLOBE, 30 arc-seconds, with two standard "
        "deviations; outside its box 5 arc-minutes, which cannot mask.",
    ]


def _key(figure: Figure, top: float) -> float:
    entries = [
        keys.Entry(keys.patch(_SOIL, 0.85), "ground"),
        keys.Entry(keys.line(style.GREY, "-", 1.1), "a path of the story"),
        keys.Entry(keys.patch(style.GREY, 0.25), "90 % of its paths"),
        keys.Entry(keys.line(style.INK, (0, (3.0, 1.5)), 0.9), "heard by half of the networks"),
        keys.Entry(keys.patch(style.FAINT, 0.6), "by 5 to 95 %"),
    ]
    return keys.row(figure, 0.0, top, style.FULL_MM, entries)


def _panel(figure: Figure, number: int, top: float, name: str, color: str) -> Axes:
    left = _LEFT + (number % _COLUMNS) * (_WIDTH + _GAP)
    upper = top + (number // _COLUMNS) * (_PANEL + _BETWEEN)
    style.write(figure, left, upper - 10.0, name, style.HEADING, style.legible(color), "bold")
    return style.panel(figure, left, upper, _WIDTH, _PANEL)


def _over_ground(axes: Axes, case: Case, rows: pd.DataFrame, color: str) -> None:
    times = date2num(rows["time"].dt.tz_convert(None).to_numpy())
    km = {name: rows[name].to_numpy() / 1_000.0 for name in rows.columns if name.endswith("_m")}
    axes.fill_between(times, km["heard_low_m"], km["heard_high_m"], color=style.FAINT, alpha=0.6, lw=0)
    axes.fill_between(times, km["altitude_low_m"], km["altitude_high_m"], color=color, alpha=0.25, lw=0)
    axes.fill_between(times, 0.0, km["ground_m"] + 2.0 * km["ground_sd_m"], color=_SOIL, alpha=0.35, lw=0, zorder=3)
    axes.fill_between(times, 0.0, km["ground_m"], color=_SOIL, alpha=0.85, lw=0, zorder=3)
    axes.plot(times, km["heard_m"], color=style.INK, lw=0.9, ls=(0, (3.0, 1.5)), zorder=4)
    axes.plot(times, km["altitude_m"], color=color, lw=1.2, zorder=5)
    axes.set_xlim(date2num(case.window[0].tz_convert(None)), date2num(case.window[1].tz_convert(None)))
    axes.set_ylim(0.0, _TOP_KM)
    axes.set_ylabel("km", size=style.SMALL)
    flights.clock(axes, case)


def _last(axes: Axes, last: pd.DataFrame) -> None:
    """Ground and height heard where each claim says that the signal ended."""
    for at, row in enumerate(style.rows(last)):
        axes.plot([row.ground_low_m / 1e3, row.ground_high_m / 1e3], [at + 0.14] * 2, color=_SOIL, lw=4.0,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot([row.heard_low_m / 1e3, row.heard_high_m / 1e3], [at - 0.14] * 2, color=style.FAINT, lw=4.0,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot([row.heard_m / 1e3], [at - 0.14], "|", color=style.INK, ms=6.0, mew=1.2)
        axes.annotate(row.claim, (_TOP_KM, at + 0.26), (-2.0, 0.0), textcoords="offset points", size=style.SMALL,
                      ha="right", va="center")  # fmt: skip
    axes.set_xlim(0.0, _TOP_KM)
    axes.set_ylim(len(last) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xlabel("km above mean sea level; bar of ground, bar of hearing", size=style.SMALL, labelpad=1.0)


def _alt(names: Sequence[str], table: pd.DataFrame, last: pd.DataFrame) -> str:
    under = [
        f"{name}: {float((rows['altitude_m'] > rows['heard_m']).mean()):.0%} of moments above it"
        for name in names
        for rows in [table[table["hypothesis"] == name]]
    ]
    ends = [f"{row.claim}: ground {row.ground_m:,.0f} m, heard from {row.heard_m:,.0f} m" for row in style.rows(last)]
    told = f"{'; '.join(under)}. {'; '.join(ends)}."
    return f"Height profiles over the ground against the height heard by half of the networks. {told}"
