"""Figure 4: when what is said to have happened, and when it was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from trackkit.draw import keys, style
from trackkit.draw.flights import clock, local_zone
from trackkit.model import Case

__all__ = ["timeline"]

_ROW = 3.0
_WORDS, _LEFT_OUT = 78.0, 11.0  # mm: the claims' words, and the strip of times before the window
_AXES = _WORDS + _LEFT_OUT + 2.0
_DAY_S = 86_400.0


@dataclass(frozen=True)
class Told:
    """A claim that names a time, with its copies, which may name another."""

    claim: Any
    copies: tuple[Any, ...]
    origin: str

    @property
    def lines(self) -> list[str]:
        """Its words, and how many copies there are."""
        count = len(self.copies)
        copies = f" (+{count} {'copy' if count == 1 else 'copies'})" if count else ""
        return style.wrap(f"{self.claim.words}{copies}", _WORDS - 1.5, style.SMALL)

    @property
    def mm(self) -> float:
        """The height of its row."""
        return _ROW + (len(self.lines) - 1) * style.line_mm(style.SMALL)


@style.styled
def timeline(case: Case) -> Figure:
    """Draw the flight's window with every timed claim about the aircraft, and the days of publication below.

    Parameters
    ----------
    case : Case

    Returns
    -------
    Figure
    """
    told, foot, days = _told(case), _foot(case), _by_day(case)
    days_mm = 9.5 + sum(_day_mm(entries) for _, entries in days)
    window_mm = max(_ROW * len({one.origin for one in told}) + sum(one.mm for one in told), _ROW)
    figure = style.sheet(style.FULL_MM, 39.5 + window_mm + days_mm + style.footer_mm(foot))
    top = style.title(figure, _message(case, told), _subtitle(case))
    top = _key(figure, case, told, top) + 8.5
    _window(figure, case, told, top, window_mm)
    _days(figure, days, top + window_mm + 9.0)
    style.footer(figure, foot)
    return style.tell(figure, _alt(case, told))


def _told(case: Case) -> list[Told]:
    """Timed claims about the aircraft, copies with the claim that told it first; by origin, then time."""
    claims = case.claims
    timed = claims[(claims["subject"] == "aircraft") & (claims["says"] != "context") & claims["time"].notna()]
    roots = pd.Series({name: _root(claims, str(name)) for name in timed.index}, dtype="str")
    groups = []
    for root in roots.unique():
        rows = style.rows(timed[roots == root])
        first = next((row for row in rows if row.Index == root), rows[0])
        groups.append(Told(first, tuple(row for row in rows if row is not first), str(first.origin)))
    order = list(case.origins)
    return sorted(groups, key=lambda one: (order.index(one.origin), one.claim.time, str(one.claim.Index)))


def _root(claims: pd.DataFrame, name: str) -> str:
    while claims.at[name, "copy_of"]:
        name = str(claims.at[name, "copy_of"])
    return name


# ---------------------------------------------------------------------------------------------------------------
# the flight's window
# ---------------------------------------------------------------------------------------------------------------


def _window(figure: Figure, case: Case, told: list[Told], top: float, height: float) -> None:
    """Rows of claims, words on the left, marks at their times on the right."""
    axes = style.panel(figure, _AXES, top, style.FULL_MM - _AXES - 1.0, height)
    _dress(axes, case, height)
    down = 0.0
    for number, one in enumerate(told):
        if number == 0 or told[number - 1].origin != one.origin:
            _origin_row(figure, axes, case, one.origin, top, down)
            down += _ROW
        _claim_row(figure, axes, case, one, top, down)
        down += one.mm


def _dress(axes: Axes, case: Case, height: float) -> None:
    """Time across; down the axes goes mm."""
    axes.set_xlim(*(date2num(moment.tz_convert(None)) for moment in case.window))
    axes.set_ylim(height, 0.0)
    axes.set_yticks([])
    clock(axes, case)
    axes.grid(axis="x", color="#e3e3e0", lw=0.5)
    axes.set_axisbelow(True)


def _origin_row(figure: Figure, axes: Axes, case: Case, origin: str, top: float, down: float) -> None:
    axes.axhspan(down + 0.2, down + _ROW - 0.2, color="#ececea", lw=0, zorder=0.5)
    name = style.shorten(case.origins[origin].name, style.FULL_MM - 4.0, style.SMALL, True)
    style.write(figure, 0.0, top + down + 0.45, name, style.SMALL, weight="bold")


def _claim_row(figure: Figure, axes: Axes, case: Case, one: Told, top: float, down: float) -> None:
    """The first claim with a full mark, its copies with hollow ones; times before the window in words."""
    for number, line in enumerate(one.lines):
        style.write(figure, 1.5, top + down + 0.45 + number * style.line_mm(style.SMALL), line, style.SMALL)
    look, start = style.origin_look(case, one.origin), case.window[0]
    for row in one.copies:
        if row.time >= start:
            _mark(axes, row, down + 0.5 * one.mm, look, False)
    if one.claim.time >= start:
        _mark(axes, one.claim, down + 0.5 * one.mm, look, True)
    early = sorted({_early(row.time, start) for row in (one.claim, *one.copies) if row.time < start})
    if early:
        style.write(
            figure, _AXES - 1.0, top + down + 0.45, f"◂ {', '.join(early)}", style.SMALL, style.legible(look.color),
            align="right",
        )  # fmt: skip


def _early(time: pd.Timestamp, start: pd.Timestamp) -> str:
    """A time before the window, with its day where that is another."""
    return f"{time:%H:%M}" if time.date() == start.date() else f"{time:%H:%M} on {time:%-d %b}"


def _mark(axes: Axes, row: Any, y: float, look: style.Look, full: bool) -> None:
    """The time, as wide as it was rounded; an arrow where the words say before or after."""
    at = date2num(row.time.tz_convert(None))
    half = 0.5 * row.time_rounding_s / _DAY_S
    left, right = _reach(row, at, half, axes.get_xlim())
    axes.plot(
        [left, right], [y, y], color=look.color, lw=1.6 if full else 0.8, solid_capstyle="butt", alpha=0.7, zorder=3
    )
    if "after" in row.time_hedge or "before" in row.time_hedge:
        tip = right if "after" in row.time_hedge else left
        axes.plot(tip, y, ">" if "after" in row.time_hedge else "<", color=look.color, ms=2.6, mew=0, zorder=4)
    axes.plot(at, y, look.mark, mfc=look.color if full else "white", mec=look.color, ms=3.4 if full else 2.8, mew=0.7,
              zorder=5 if full else 4)  # fmt: skip


def _reach(row: Any, at: float, half: float, limits: tuple[float, float]) -> tuple[float, float]:
    """From when to when a time reaches: its rounding, or eight minutes to the side that its words name."""
    open_end = 480.0 / _DAY_S
    left = at - (open_end if "before" in row.time_hedge else half)
    right = at + (open_end if "after" in row.time_hedge else half)
    if "after" in row.time_hedge:
        left = at
    return max(left, limits[0]), min(right, limits[1])


# ---------------------------------------------------------------------------------------------------------------
# the days of publication
# ---------------------------------------------------------------------------------------------------------------


Entries = list[keys.Entry]
_DATE_MM = 23.0


def _by_day(case: Case) -> list[tuple[pd.Timestamp, Entries]]:
    """Reports, events and dated claims about the person, by day."""
    found = [*_report_entries(case), *_event_entries(case), *_person_entries(case)]
    days = sorted({day for day, _ in found})
    return [(day, [entry for when, entry in found if when == day]) for day in days]


def _report_entries(case: Case) -> list[tuple[pd.Timestamp, keys.Entry]]:
    found = []
    for name, report in case.reports.sort_index().iterrows():
        origins = case.claims.loc[case.claims["report"] == name, "origin"]
        look = style.origin_look(case, str(origins.mode().iloc[0])) if len(origins) else style.Look(style.GREY)
        found.append(
            (report["published"].normalize(), keys.Entry(keys.mark(look.mark, look.color, "", 3.2), str(name)))
        )
    return found


def _event_entries(case: Case) -> list[tuple[pd.Timestamp, keys.Entry]]:
    mark = keys.mark("|", style.INK)
    return [
        (row.time.normalize(), keys.Entry(mark, f"{row.time:%H:%M} UTC: {row.text}")) for row in style.rows(case.events)
    ]


def _person_entries(case: Case) -> list[tuple[pd.Timestamp, keys.Entry]]:
    """Claims about the person that name a day; one told in local time is put at the day's middle."""
    claims = case.claims[(case.claims["subject"] == "person") & case.claims["time"].notna()]
    found = []
    for row in style.rows(claims):
        day = (row.time + pd.Timedelta(seconds=row.time_rounding_s / 2)).normalize()
        look = style.origin_look(case, str(row.origin))
        found.append((day, keys.Entry(keys.mark("*", look.color, "white", 4.4), f"{row.words} ({row.report})")))
    return found


def _day_mm(entries: Entries) -> float:
    return keys.row_mm(_DATE_MM, style.FULL_MM, entries) + 1.2


def _days(figure: Figure, days: list[tuple[pd.Timestamp, Entries]], top: float) -> None:
    heading = "Reports by day of publication; stars: what is said of the person, on the day told; bars: events"
    style.write(figure, 0.0, top, heading, style.HEADING, weight="bold")
    top += 4.6
    for day, entries in days:
        keys.segment(figure, (0.0, style.FULL_MM), (top - 0.5, top - 0.5), color=style.FAINT, lw=0.5)
        style.write(figure, 0.0, top, f"{day:%-d %b %Y}", style.SMALL, weight="bold")
        keys.row(figure, _DATE_MM, top, style.FULL_MM, entries)
        top += _day_mm(entries)


# ---------------------------------------------------------------------------------------------------------------
# words
# ---------------------------------------------------------------------------------------------------------------


def _message(case: Case, told: list[Told]) -> str:
    """From when to when the signal is said to have been lost, and who first told it."""
    lost = sorted(one.claim.time for one in told if one.claim.says == "lost_signal")
    copies = sum(len(one.copies) for one in told)
    said = f"{len(told) + copies} timed claims about the aircraft are {len(told)} first-hand ones and {copies} copies"
    if len(lost) < 2 or lost[0] == lost[-1]:
        return said
    return f"{said}; the signal is said to have ended between {lost[0]:%H:%M} and {lost[-1]:%H:%M} UTC"


def _subtitle(case: Case) -> str:
    zone = local_zone(case)
    local = f" and {zone.rpartition('/')[2]} time" if zone else ""
    return (
        f"{case.name}: above, each timed claim about the aircraft at its stated time (UTC{local}); full marks: told "
        "first, hollow: copies. Below, when the reports came out."
    )


def _key(figure: Figure, case: Case, told: list[Told], top: float) -> float:
    kinds = [keys.Entry(keys.mark(look.mark, look.color), kind)
             for kind, look in style.origin_kinds(case, case.claims["origin"]).items()]  # fmt: skip
    more = [
        keys.Entry(keys.line(style.GREY, "-", 1.6), "as wide as the time was rounded"),
        keys.Entry(keys.mark(">", style.GREY, "", 3.0), "“after”, “before”: no more than an order"),
        keys.Entry(keys.mark("<", style.GREY, "", 3.0), "before the window: an hour or a day off, or more"),
    ]
    return keys.row(figure, 0.0, top, style.FULL_MM, [*kinds, *more])


def _foot(case: Case) -> list[str]:
    assumed = sum(1 for row in style.rows(case.claims) if row.time is not pd.NaT and "time" in row.assumed)
    events = "; ".join(sorted({str(source) for source in case.events["source"]}))
    return [
        f"{style.sources_of(case)} Times stand as reported, none is mended; in {assumed} claims the time is our "
        f"assumption. Events: {events or 'none'}.",
        "Colour and mark: the kind of a claim's origin (below: that of the origin of most of a report's claims).",
    ]


def _alt(case: Case, told: list[Told]) -> str:
    said = " ".join(f"{one.claim.time:%H:%M} UTC: {one.claim.words}" for one in told)
    what = f"{len(told)} timed claims about the aircraft by origin, and the days of publication"
    return f"Timeline of {case.name}: {what}. {said}"
