"""Figure 7, where to look: the density of the ends of paths, and which observations would tell the stories apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trackkit.draw import keys, labels, maps, style
from trackkit.draw.regions import highest_density
from trackkit.model import Case, Ensemble

__all__ = ["where"]

_MAP_MM, _BARS, _ROW_MM = 96.0, 10, 9.6
#: how far ends in the air are smoothed (m): they lie wide apart
_SMOOTH_M = 12_000.0
_MARKS = {"receiver": "^", "apron": "s", "wreckage": "X"}
_WORDS = {"receiver": "receiver: was it heard", "apron": "picture of an apron", "wreckage": "search on the ground"}
_COLORS = {"receiver": "#4a4a4a", "apron": "#8a8a8a", "wreckage": "#bdbdbd"}
_FELL = ("crashed", "struck the ground")


@style.styled
def where(case: Case, ensembles: Iterable[Ensemble], observations: pd.DataFrame) -> Figure:
    """Draw where paths end, and the observations that would tell most.

    Parameters
    ----------
    case : Case
    ensembles : iterable of Ensemble
    observations : DataFrame
        Columns `trackkit.columns.OBSERVATIONS`, the most telling first.
    """
    several, shown = list(ensembles), observations.head(_BARS)
    foot = _foot(case, several, observations, len(shown))
    height = maps.height_for(case.extent, _MAP_MM - 6.0)
    figure = style.sheet(style.FULL_MM, 37.0 + max(height, len(shown) * _ROW_MM) + style.footer_mm(foot))
    top = style.title(figure, _message(observations), _SUBTITLE)
    top = _key(figure, case, several, top) + 3.5
    axes = maps.map(case, style.panel(figure, 7.0, top, _MAP_MM - 6.0, height), names=False)
    for one in several:
        _ends(axes, case, one)
    _spots(axes, shown)
    _list(figure, shown, top)
    style.footer(figure, foot)
    return style.tell(figure, _alt(several, shown))


_SUBTITLE = (
    "Left: where paths end; outlines hold nine tenths of the ends in the air or on open ground, filled marks are "
    "airports where paths land. Right: information to be expected from an answer; numbers lead to the map."
)


def _key(figure: Figure, case: Case, several: list[Ensemble], top: float) -> float:
    looks = style.looks_of(case)
    known = [one.hypothesis.id for one in several if one.hypothesis.id in looks]
    entries = [keys.Entry(keys.line(looks[name].color, looks[name].line, 1.2), name) for name in known]
    entries += [keys.Entry(keys.mark(_MARKS[kind], style.INK, _COLORS[kind]), word) for kind, word in _WORDS.items()]
    return keys.row(figure, 0.0, top, style.FULL_MM, entries)


def _ends(axes: Axes, case: Case, ensemble: Ensemble) -> None:
    """The region of the ends of those that fell or still fly, and the airports of those that landed."""
    look = style.looks_of(case).get(ensemble.hypothesis.id, style.Look(style.GREY))
    last, weight = ensemble.paths.isel(time=-1), np.exp(ensemble.log_weight.to_numpy())
    ending = ensemble.paths["ending"].to_numpy()
    for kinds, fill in ((_FELL, 0.25), (("flying",), 0.0)):
        chosen = np.isin(ending, kinds)
        if weight[chosen].sum() > 0.02:
            _region(axes, case, last, weight * chosen, (look, fill))
    _landed(axes, case, ensemble, weight * (ending == "landed"), look)


def _region(axes: Axes, case: Case, last: Any, weight: np.ndarray, how: tuple[style.Look, float]) -> None:
    look, fill = how
    smooth = 4_000.0 if fill else _SMOOTH_M
    found = highest_density(last["latitude"], last["longitude"], weight, (0.9,), case.extent, smooth)
    if not np.isfinite(found.thresholds[0]) or found.density.max() <= found.thresholds[0]:
        return
    grid = (found.longitude, found.latitude, found.density)
    if fill:
        inside = [found.thresholds[0], found.density.max() * 1.01]
        axes.contourf(*grid, inside, colors=[look.color], alpha=fill, zorder=3)
    axes.contour(*grid, [found.thresholds[0]], colors=[look.color], linewidths=1.1, linestyles=[look.line], zorder=3.5)


def _landed(axes: Axes, case: Case, ensemble: Ensemble, weight: np.ndarray, look: style.Look) -> None:
    """A filled mark at each airport, its area by the share of the paths that land there."""
    places = ensemble.paths["place"].to_numpy()
    for name in sorted(set(places[weight > 0.0])):
        share = float(weight[places == name].sum())
        if share > 0.02 and name in case.places:
            place = case.places[name]
            axes.scatter(place.longitude, place.latitude, s=110.0 * share, color=look.color, marker=look.mark,
                         edgecolor="white", lw=0.5, alpha=0.85, zorder=4)  # fmt: skip


def _spots(axes: Axes, shown: pd.DataFrame) -> None:
    """The places of the observations, numbered as in the list; those at one place share a label."""
    dots, tags = [], []
    for _, rows in shown.reset_index(drop=True).groupby("place", sort=False):
        kind, longitude, latitude = (rows[name].iloc[0] for name in ("kind", "longitude", "latitude"))
        axes.plot(longitude, latitude, _MARKS[kind], color=_COLORS[kind], ms=4.0, mec=style.INK, mew=0.4, zorder=6)
        x, y = labels.points(axes, longitude, latitude)
        dots.append(labels.Box(x - 2.5, y - 2.5, x + 2.5, y + 2.5))
        numbers = ", ".join(str(int(number) + 1) for number in rows.index)
        tags.append(labels.Label(f"{numbers} {rows['place'].iloc[0]}", longitude, latitude, weight="bold", must=True))
    labels.put(axes, tags, labels.boxes_of(axes), dots)


def _list(figure: Figure, shown: pd.DataFrame, top: float) -> None:
    """A question a row, and below it its bar with the spread of independent runs."""
    left, width = _MAP_MM + 10.0, style.FULL_MM - _MAP_MM - 13.0
    bits = shown["bits"] + shown["bits_sd"].fillna(0.0)
    scale = (width - 16.0) / max(float(bits.max()) if len(bits) else 1.0, 1e-9)
    for number, row in enumerate(style.rows(shown)):
        y = top + number * _ROW_MM
        keys.mark(_MARKS[row.kind], style.INK, _COLORS[row.kind])(figure, left - 5.2, y + 1.1)
        below = style.paragraph(figure, left, y, width, f"{number + 1}  {row.question}", style.SMALL)
        _bar(figure, row, left, below + 1.2, scale)


def _bar(figure: Figure, row: Any, left: float, y: float, scale: float) -> None:
    long, off = row.bits * scale, np.nan_to_num(row.bits_sd) * scale
    keys.segment(figure, (left, left + long), (y, y), color=_COLORS[row.kind], lw=4.0, solid_capstyle="butt")
    keys.segment(figure, (left + max(long - off, 0.0), left + long + off), (y, y), color=style.INK, lw=0.9)
    style.write(figure, left + long + off + 1.0, y - 1.2, f"{row.bits:.2f} bit", style.SMALL)


def _message(observations: pd.DataFrame) -> str:
    if observations.empty or not observations["bits"].iloc[0] > 0.0:
        return "None of the observations considered would tell these stories apart"
    row = observations.iloc[0]
    return (
        f"Ask first: {row['question'][0].lower()}{row['question'][1:]} A yes is expected most by “{row['most']}” "
        f"({_share(row['most_yes'])}), least by “{row['least']}” ({_share(row['least_yes'])})"
    )


def _share(value: float) -> str:
    return "under 1 %" if value < 0.01 else f"{100.0 * value:.0f} %"


def _foot(case: Case, several: list[Ensemble], observations: pd.DataFrame, shown: int) -> list[str]:
    assumed = observations.drop_duplicates("kind")
    return [
        f"{style.sources_of(case)} {style.made_of(several)}",
        f"The {shown} most telling of {len(observations)} observations considered; bits with the priors of the case, "
        "black line: one standard error over independent runs. An answer not asked for here may tell more.",
        " ".join(f"{row.kind.capitalize()}: {row.assumes}." for row in style.rows(assumed)),
        "Borders: de facto lines, Natural Earth; relief: GLOBE.",
    ]


def _alt(several: list[Ensemble], shown: pd.DataFrame) -> str:
    said = "; ".join(f"{row.question} {row.bits:.2f} bit" for row in style.rows(shown))
    return f"Map of the ends of paths of {len(several)} stories, and observations by expected information: {said}."
