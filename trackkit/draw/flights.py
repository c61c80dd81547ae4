"""Figure 2: the paths of each hypothesis, on the map and in height over time, with what is reported beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator
from numpy.typing import NDArray

from trackkit.draw import ground, keys, maps, style
from trackkit.draw.regions import quantiles
from trackkit.model import Case, Ensemble
from trackkit.units import FT_M

__all__ = ["clock", "hypotheses", "local_zone", "reported_heights"]

_COLUMNS = 3
_LEFT, _RIGHT, _GAP = 8.5, 8.5, 2.6
_WIDTH = (style.FULL_MM - _LEFT - _RIGHT - (_COLUMNS - 1) * _GAP) / _COLUMNS
_HEAD, _PROFILE, _BETWEEN, _BELOW = 9.6, 26.0, 10.0, 9.5
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


@style.styled
def hypotheses(case: Case, ensembles: Mapping[str, Ensemble]) -> Figure:
    """Draw the paths of each hypothesis: one map each, and below it the height over time.

    One map for all was tried and could not be read where the paths share the airway.

    Parameters
    ----------
    case : Case
    ensembles : mapping of hypothesis id to Ensemble

    Returns
    -------
    Figure
    """
    names = [one.id for one in case.hypotheses if one.id in ensembles]
    map_mm = maps.height_for(case.extent, _WIDTH)
    row_mm = _HEAD + map_mm + _BETWEEN + _PROFILE + _BELOW
    rows = math.ceil(len(names) / _COLUMNS)
    foot, top_m = _foot(case, ensembles), _top_m(case, ensembles)
    figure = style.sheet(style.FULL_MM, 17.5 + rows * row_mm + style.footer_mm(foot))
    top = style.title(figure, _message(names, ensembles), _subtitle(case))
    top = _key(figure, top) + 1.5
    for number, name in enumerate(names):
        left = _LEFT + (number % _COLUMNS) * (_WIDTH + _GAP)
        _cell(figure, case, ensembles[name], left, top + (number // _COLUMNS) * row_mm, (number, len(names)), top_m)
    if len(names) % _COLUMNS:
        _stories(
            figure, case, names, _LEFT + (len(names) % _COLUMNS) * (_WIDTH + _GAP) + 9.0, top + (rows - 1) * row_mm
        )
    style.footer(figure, foot)
    return style.tell(figure, _alt(case, names, ensembles))


#: independent runs that differ by more leave the order of hypotheses open
_WIDEST_NATS = 1.0


def _message(names: list[str], ensembles: Mapping[str, Ensemble]) -> str:
    """Which hypothesis foretells the claims best, and whether by more than the spread between runs."""
    ranked = sorted(names, key=lambda name: -ensembles[name].log_evidence)
    if len(ranked) < 2:
        return (
            f"Paths consistent with {style.name_of(ranked[0])} and the claims" if ranked else "No paths were handed in"
        )
    first, second = (ensembles[name] for name in ranked[:2])
    gap = first.log_evidence - second.log_evidence
    spread = math.hypot(first.log_evidence_sd, second.log_evidence_sd)
    widest = max(one.log_evidence_sd * math.sqrt(one.runs) for one in ensembles.values())
    if not widest <= _WIDEST_NATS:
        return (f"Paths that each of {len(names)} stories allows, given all claims; independent runs differ by up to "
                f"{widest:.1f} nats")  # fmt: skip
    if not gap > 2.0 * spread:
        return (f"{style.name_of(ranked[0])} and {style.name_of(ranked[1])} foretell the claims about equally: "
                f"{gap:.1f} nat apart, spread {spread:.1f}")  # fmt: skip
    return (f"Of {len(names)} stories, {style.name_of(ranked[0])} foretells the claims best: {gap:.1f} nat over "
            f"{style.name_of(ranked[1])}, spread {spread:.1f}")  # fmt: skip


def _subtitle(case: Case) -> str:
    return (
        f"{case.name}: map and height above mean sea level of each hypothesis, given all claims. Diamonds: reported "
        "heights at their reported times; ticks at the right edge: heights reported without a time."
    )


def _foot(case: Case, ensembles: Mapping[str, Ensemble]) -> list[str]:
    return [
        f"{style.sources_of(case)} {style.made_of(ensembles.values())} Each story trusts origins as its file says.",
        "Regions hold 50 % and 90 % of the flown time, paths by weight; bands hold 50 % and 90 % of the weight at each "
        "moment; lines are 40 paths taken evenly by weight. Reported heights are mostly above the pressure datum, and "
        f"were not corrected. {ground.sources(case.extent)}",
    ]


def _key(figure: Figure, top: float) -> float:
    grey = style.GREY
    entries = [
        keys.Entry(keys.patch(grey, 0.45), "50 %"),
        keys.Entry(keys.patch(grey, 0.20), "90 %"),
        keys.Entry(keys.line(grey, "-", 0.4), "a path"),
        keys.Entry(keys.mark("o", grey, "white", 3.0), "landed"),
        keys.Entry(keys.mark("X", grey, "", 3.2), "crashed"),
        keys.Entry(keys.mark(">", grey, "", 3.0), "still flying"),
        keys.Entry(keys.line(grey, "-", 1.1), "median height"),
        keys.Entry(keys.mark("D", style.INK, "white", 3.2), "reported height"),
        keys.Entry(keys.line(style.INK, (0, (1.0, 1.5)), 0.6), "signal said to be lost"),
    ]
    return keys.row(figure, 0.0, top, style.FULL_MM, entries)


def _cell(
    figure: Figure, case: Case, ensemble: Ensemble, left: float, top: float, place: tuple[int, int], top_m: float
) -> None:
    """Heading, map and profile of one hypothesis."""
    name, look = ensemble.hypothesis.id, style.looks_of(case)[ensemble.hypothesis.id]
    style.write(figure, left, top, style.shorten(name, _WIDTH, style.HEADING, True), style.HEADING,
                style.legible(look.color), "bold")  # fmt: skip
    style.write(figure, left, top + 3.4, _evidence(ensemble), style.SMALL, style.GREY)
    style.write(figure, left, top + 6.1, _health(ensemble), style.SMALL, style.GREY)
    map_mm = maps.height_for(case.extent, _WIDTH)
    axes = style.panel(figure, left, top + _HEAD, _WIDTH, map_mm)
    maps.map(case, axes)
    maps.paths(ensemble, axes, look.color)
    first, last = place[0] % _COLUMNS == 0, place[0] % _COLUMNS == _COLUMNS - 1 or place[0] == place[1] - 1
    axes.tick_params(labelleft=first)
    axes.set_xticks([at for at in axes.get_xticks() if at < case.extent.east - 0.1])
    below = style.panel(figure, left, top + _HEAD + map_mm + _BETWEEN, _WIDTH, _PROFILE)
    below.set_ylim(0.0, 1.06 * top_m)
    _profile(below, case, ensemble, look)
    _sides(below, first, last)


def _stories(figure: Figure, case: Case, names: list[str], left: float, top: float) -> None:
    """What each hypothesis says, where a cell is left free."""
    width = style.FULL_MM - left
    for name in names:
        look = style.looks_of(case)[name]
        top = style.paragraph(figure, left, top, width, name, style.BODY, style.legible(look.color), "bold")
        top = style.paragraph(figure, left, top, width, case.hypothesis(name).says, style.SMALL) + 2.5


def _evidence(ensemble: Ensemble) -> str:
    return f"log evidence {style.signed(ensemble.log_evidence)} ± {ensemble.log_evidence_sd:.1f} nat"


def _health(ensemble: Ensemble) -> str:
    effective = style.effective(ensemble)
    few = ": too few" if effective < style.FEW else ""
    return f"{effective:,.0f} effective of {ensemble.n:,} paths{few}"


# ---------------------------------------------------------------------------------------------------------------
# height over time
# ---------------------------------------------------------------------------------------------------------------


def _profile(axes: Axes, case: Case, ensemble: Ensemble, look: style.Look) -> None:
    """Median and bands of the height, and the reported heights."""
    times = date2num(ensemble.paths["time"].to_numpy())
    bands = _bands(ensemble)
    axes.fill_between(times, bands[0], bands[4], color=look.color, alpha=0.20, lw=0)
    axes.fill_between(times, bands[1], bands[3], color=look.color, alpha=0.28, lw=0)
    axes.plot(times, bands[2], color=look.color, lw=1.1)
    axes.set_xlim(date2num(case.window[0].tz_convert(None)), date2num(case.window[1].tz_convert(None)))
    _reported(axes, case)
    clock(axes, case)


def _bands(ensemble: Ensemble) -> NDArray[np.float64]:
    """Weighted quantiles of the height at each moment (m); on the ground a path counts with the ground's height."""
    return quantiles(ensemble.paths["altitude_m"].to_numpy(), np.exp(ensemble.log_weight.to_numpy()), _SHARES)


def _top_m(case: Case, ensembles: Mapping[str, Ensemble]) -> float:
    """The greatest height that is drawn (m)."""
    told = [float(height) for height in reported_heights(case)["altitude_m"]]
    return max([*told, *(float(np.nanmax(_bands(one)[-1])) for one in ensembles.values())], default=1.0)


def reported_heights(case: Case) -> pd.DataFrame:
    """The heights that claims about the aircraft tell, each number once: altitude_m, time (or NaT), says, claim."""
    claims = case.claims
    told = claims[(claims["subject"] == "aircraft") & claims["altitude_m"].notna() & (claims["copy_of"] == "")]
    kept = told.assign(time=told["time"].where(told["time_hedge"] != "after"), claim=told.index)
    return kept[["altitude_m", "time", "says", "claim"]].drop_duplicates(["altitude_m", "time"])


def _reported(axes: Axes, case: Case) -> None:
    heights = reported_heights(case)
    timed = heights[heights["time"].notna()]
    axes.plot(date2num(timed["time"].dt.tz_convert(None)), timed["altitude_m"], "D", ms=3.2, mfc="white", mec=style.INK,
              mew=0.8, zorder=6)  # fmt: skip
    for height in heights.loc[heights["time"].isna(), "altitude_m"]:
        axes.plot(
            [0.965, 1.0], [height, height], color=style.INK, lw=1.0, transform=axes.get_yaxis_transform(), zorder=6
        )
    for moment in _lost(case):
        axes.axvline(date2num(moment.tz_convert(None)), color=style.INK, lw=0.6, ls=(0, (1.0, 1.5)), zorder=1)


def _lost(case: Case) -> list[pd.Timestamp]:
    """The times, inside the window, at which the signal is said to have been lost."""
    claims = case.claims
    lost = claims[(claims["says"] == "lost_signal") & (claims["copy_of"] == "") & claims["time"].notna()]
    return sorted(moment for moment in set(lost["time"]) if case.window[0] <= moment <= case.window[1])


def clock(axes: Axes, case: Case) -> None:
    """UTC below and local time above, every quarter of an hour but for the edges, where panels meet."""
    axes.xaxis.set_major_locator(FixedLocator(_quarters(case)))
    axes.xaxis.set_major_formatter(DateFormatter("%H:%M"))
    axes.set_xlabel("UTC", size=style.SMALL, labelpad=1.0)
    above, zone = axes.secondary_xaxis("top"), local_zone(case)
    if zone:
        above.xaxis.set_major_locator(FixedLocator(_quarters(case)))
        above.xaxis.set_major_formatter(DateFormatter("%H:%M", tz=ZoneInfo(zone)))
        above.set_xlabel(f"local time ({zone.rpartition('/')[2]})", size=style.SMALL, labelpad=1.5)


def _quarters(case: Case) -> list[float]:
    """The quarters of an hour inside the window that lie three minutes or more from its ends."""
    start, end = (moment.tz_convert(None) for moment in case.window)
    inside = pd.date_range(start.ceil("15min"), end, freq="15min")
    margin = pd.Timedelta(minutes=3)
    return [float(date2num(at)) for at in inside if start + margin <= at <= end - margin]


def local_zone(case: Case) -> str:
    """The IANA zone that the case calls local; empty where it has none."""
    return case.zones.get("local", "")


def _sides(axes: Axes, first: bool, last: bool) -> None:
    """Feet on the left of the first column, metres on the right of the last."""
    feet = np.arange(0, axes.get_ylim()[1] / FT_M + 1, 5_000)
    metres = np.arange(0, axes.get_ylim()[1] + 1, 2_000)
    axes.set_yticks(feet[feet * FT_M <= axes.get_ylim()[1]] * FT_M)
    axes.yaxis.set_major_formatter(lambda value, _: f"{round(value / FT_M / 1000):g}")
    right = axes.secondary_yaxis("right")
    right.set_yticks([float(at) for at in metres if at <= axes.get_ylim()[1]])
    right.yaxis.set_major_formatter(lambda value, _: f"{value / 1000:g}")
    axes.tick_params(labelleft=first)
    right.tick_params(labelright=last)
    if first:
        axes.set_ylabel("1,000 ft", size=style.SMALL)
    if last:
        right.set_ylabel("1,000 m", size=style.SMALL)


def _alt(case: Case, names: list[str], ensembles: Mapping[str, Ensemble]) -> str:
    parts = [f"{name}: {ensembles[name].hypothesis.says} {_evidence(ensembles[name])}, {_health(ensembles[name])}"
             for name in names]  # fmt: skip
    return f"Maps and height profiles of {len(names)} hypotheses of {case.name}. {' '.join(parts)}"
