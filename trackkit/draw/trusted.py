"""Figure 8: where a track can be trusted, along its time, with height, speed, what fired, and a small map."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from trackkit.draw import keys, style
from trackkit.model import Track
from trackkit.units import KT_MPS

__all__ = ["quality"]

#: colour and hatch of each state, from the least to the most serious
LOOKS = {
    "clean": (style.SKY, ""),
    "not testable": ("#e4e4e0", "...."),
    "degraded": (style.YELLOW, ""),
    "suspect": (style.ORANGE, "////"),
    "inconsistent": (style.VERMILION, "xxxx"),
}
_LEFT, _MAP_MM, _GAP = 30.0, 46.0, 6.0
_ROW_MM, _CURVE_MM, _STRIP_MM = 3.2, 21.0, 4.0


@style.styled
def quality(track: Track, segments: pd.DataFrame, source: str = "") -> Figure:
    """Draw the states of a track along time: height and speed as told, which tests fired when, and the way on a map.

    Parameters
    ----------
    track : Track
    segments : DataFrame
        Columns `trackkit.columns.SEGMENTS`, as `check.segments` gives them.
    source : str
        Where the track comes from, and what of it is synthetic; else its origin.

    Returns
    -------
    Figure
    """
    names = list(dict.fromkeys(name for row in segments["tests"] for name in row))
    foot = _foot(track, segments, source)
    height = 2 * (_CURVE_MM + 2.0) + _STRIP_MM + 2.0 + _ROW_MM * max(len(names), 1)
    figure = style.sheet(style.FULL_MM, 18.0 + height + 8.0 + style.footer_mm(foot))
    message = _message(track, segments)
    top = style.title(
        figure,
        message,
        "States, heights and speeds as told, the tests that fired, and the positions (from the triangle on).",
    )
    top = _key(figure, segments, top) + 1.5
    width = style.FULL_MM - _LEFT - _MAP_MM - _GAP - 14.0
    panels = _panels(figure, top, width, names)
    _curves(panels[0], track, segments, "altitude_baro_m", 1.0, "Pressure\nheight, m")
    _curves(panels[1], track, segments, "groundspeed_mps", KT_MPS, "Ground\nspeed, kt")
    _strip(panels[2], segments)
    _fired(panels[3], segments, names)
    _clock(panels, segments)
    _map(style.panel(figure, style.FULL_MM - _MAP_MM - 11.0, top, _MAP_MM, height), track, segments)
    style.footer(figure, foot)
    return style.tell(figure, _alt(message, segments))


def _panels(figure: Figure, top: float, width: float, names: list[str]) -> list[Axes]:
    heights = [_CURVE_MM, _CURVE_MM, _STRIP_MM, _ROW_MM * max(len(names), 1)]
    found = []
    for height in heights:
        found.append(style.panel(figure, _LEFT, top, width, height))
        top += height + 2.0
    return found


def _num(times: pd.Series | pd.DatetimeIndex) -> np.ndarray:
    return np.asarray(date2num(pd.DatetimeIndex(times).tz_convert(None)), float)


def _spans(segments: pd.DataFrame) -> list[tuple[float, float, str, tuple[str, ...]]]:
    """Beginning, end, state and tests of each stretch; one is at least as wide as can be seen."""
    first, last = _num(segments["start"]), _num(segments["end"])
    least = 0.003 * (last.max() - first.min())
    return [
        (start, max(end, start + least), state, tuple(tests))
        for start, end, state, tests in zip(first, last, segments["state"], segments["tests"], strict=True)
    ]


def _curves(axes: Axes, track: Track, segments: pd.DataFrame, column: str, factor: float, label: str) -> None:
    """A value as told, in pieces between holes, each stretch in its state's colour."""
    time, values = _num(track.fixes.index), track.fixes[column].to_numpy(float) / factor
    for start, end, state in zip(_num(segments["start"]), _num(segments["end"]), segments["state"], strict=True):
        inside = (time >= start) & (time <= end)
        color = style.GREY if state == "not testable" else LOOKS[state][0]
        axes.plot(time[inside], values[inside], color=style.INK, lw=0.5, zorder=3)
        axes.plot(time[inside], values[inside], ".", color=color, ms=2.4, mew=0, zorder=2)
    axes.set_ylabel(label, rotation=0, ha="right", va="center", labelpad=4.0)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="y", color="#e8e8e4", lw=0.4)


def _strip(axes: Axes, segments: pd.DataFrame) -> None:
    """The states as a band; holes stay white."""
    for start, end, state, _ in _spans(segments):
        color, hatch = LOOKS[state]
        axes.axvspan(start, end, fc=color, hatch=hatch, ec="#6a4a20" if hatch else color, lw=0.0)
    axes.set_yticks([0.5], ["state"])
    axes.set_ylim(0.0, 1.0)


def _fired(axes: Axes, segments: pd.DataFrame, names: list[str]) -> None:
    """One row a test: when it fired."""
    for start, end, state, tests in _spans(segments):
        for name in tests:
            row = names.index(name)
            axes.fill_between([start, end], row - 0.36, row + 0.36, color=LOOKS[state][0], lw=0)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.set_yticks(np.arange(0.5, len(names) - 0.5), minor=True)
    axes.grid(axis="y", which="minor", color="#e8e8e4", lw=0.4)
    axes.tick_params(axis="y", which="minor", length=0)


def _clock(panels: list[Axes], segments: pd.DataFrame) -> None:
    first, last = _num(segments["start"]).min(), _num(segments["end"]).max()
    edge = 0.01 * max(last - first, 1e-4)
    for axes in panels:
        axes.set_xlim(first - edge, last + edge)
        axes.xaxis.set_major_locator(AutoDateLocator(maxticks=7))
        axes.tick_params(axis="x", labelbottom=axes is panels[-1])
    panels[-1].xaxis.set_major_formatter(ConciseDateFormatter(panels[-1].xaxis.get_major_locator(), show_offset=False))
    panels[-1].set_xlabel("UTC")


def _map(axes: Axes, track: Track, segments: pd.DataFrame) -> None:
    """The way, broken at holes and where the state changes, in the colours of the states; the worst on top."""
    time = _num(track.fixes.index)
    x, y = track.fixes.geometry.x.to_numpy(), track.fixes.geometry.y.to_numpy()
    order = list(LOOKS)
    for start, end, state in zip(_num(segments["start"]), _num(segments["end"]), segments["state"], strict=True):
        inside = (time >= start) & (time <= end)
        color, level = (style.GREY if state == "not testable" else LOOKS[state][0]), order.index(state)
        axes.plot(x[inside], y[inside], "o" if level else "-", color=color, ms=1.6, mew=0, lw=1.4, zorder=2 + level)
    axes.plot(x[:1], y[:1], "^", color=style.INK, ms=4.0, zorder=9)
    axes.set_aspect(1.0 / np.cos(np.radians(float(np.median(y)))), adjustable="datalim")
    axes.yaxis.tick_right()
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter("{x:g}° E")
    axes.yaxis.set_major_formatter("{x:g}° N")


def _key(figure: Figure, segments: pd.DataFrame, top: float) -> float:
    present = [state for state in LOOKS if (segments["state"] == state).any()]
    entries = [keys.Entry(keys.patch(*_patch(state)), f"{state}: {_share(segments, state)}") for state in present]
    return keys.row(figure, 0.0, top, style.FULL_MM, entries)


def _patch(state: str) -> tuple[str, float, str, str]:
    color, hatch = LOOKS[state]
    return color, 1.0, hatch, "#6a4a20" if hatch else color


def _share(segments: pd.DataFrame, state: str) -> str:
    fixes = int(segments.loc[segments["state"] == state, "fixes"].sum())
    return f"{fixes:,} of {int(segments['fixes'].sum()):,} fixes"


def _message(track: Track, segments: pd.DataFrame) -> str:
    bad = segments[segments["state"].isin(["suspect", "inconsistent"])]
    if bad.empty:
        return f"{track.name}: no stretch is in tension with itself or the type"
    share = 100.0 * bad["fixes"].sum() / segments["fixes"].sum()
    several = "one stretch is" if len(bad) == 1 else f"{len(bad)} stretches are"
    return f"{track.name}: {several} suspect or inconsistent, {share:.0f} % of the fixes"


def _foot(track: Track, segments: pd.DataFrame, source: str) -> list[str]:
    span = f"{track.fixes.index[0]:%-d %B %Y %H:%M} to {track.fixes.index[-1]:%H:%M} UTC"
    return [
        f"Source: {source or track.origin or 'not said'}. {len(track.fixes):,} fixes, {span}; rows set aside "
        f"on reading: {track.reading.rows_set_aside:,}. White between stretches: nothing was heard, nothing is drawn.",
        "A state says which tests fired, not why: jamming, spoofing, a damaged receiver and a mixed-up file look "
        "alike. Clean means that no test fired, not that the positions are true.",
    ]


def _alt(message: str, segments: pd.DataFrame) -> str:
    rows = [
        f"{row.start:%H:%M:%S} to {row.end:%H:%M:%S}: {row.state} ({', '.join(row.tests)})"
        for row in style.rows(segments)[:40]
    ]
    return f"{message}. {'; '.join(rows)}."
