"""What a report claims, drawn on a map in its own geometry, each claim with its number.

A place is a circle as wide as its word reaches (the 95 % point of `trackkit.wording`), a direction from a place a
sector, a direction flown an arrow. What names no place is not drawn: `placed` tells which claims are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import FancyArrowPatch, Polygon

from trackkit import earth, wording
from trackkit.draw import labels, style
from trackkit.model import Case

__all__ = ["Arrow", "Drawn", "arrow", "claims", "of_aircraft", "outline", "placed", "reach_m"]

_DEGREE_M = 111_195.0
_ARROW_M = 42_000.0
_LEAST_RADIUS_M = 1_500.0
_SECTOR_RADII = 6.0  # how far a direction alone is taken, in radii of its place
_MARKS = {"crashed": "x", "landed": "o", "took_off": "^", "lost_signal": "s"}
_ROUND = np.arange(0.0, 361.0, 6.0)


class Drawn(NamedTuple):
    """A claim as it stands on the map: its number, and where its number is hung (None: it names no place)."""

    number: int
    claim: str
    longitude: float | None
    latitude: float | None


class Arrow(NamedTuple):
    """From where, in which direction, how far, and how far to either side the words leave it open."""

    latitude: float
    longitude: float
    bearing_deg: float
    length_m: float
    half_deg: float


def of_aircraft(case: Case, report: str) -> pd.DataFrame:
    """The claims of a report that a path can be held against, in its order."""
    claims = case.claims
    return claims[(claims["report"] == report) & (claims["subject"] == "aircraft") & (claims["says"] != "context")]


@style.styled
def claims(case: Case, ax: Axes, report: str | Iterable[str], words: bool = False) -> list[Drawn]:
    """Draw claims on a map, each in its own geometry and with its number.

    Parameters
    ----------
    case : Case
    ax : Axes
        A map of the case.
    report : str or iterable of str
        A report's id: its claims about the aircraft; or ids of claims.
    words : bool
        Write the claim's words beside its number, where there is room.

    Returns
    -------
    list of Drawn
        Numbers in the order of the report, for a key beside the map.
    """
    rows = of_aircraft(case, report) if isinstance(report, str) else case.claims.loc[list(report)]
    drawn = []
    for number, row in enumerate(style.rows(rows), 1):
        x, y = _draw(ax, case, rows, row)
        drawn.append(Drawn(number, str(row.Index), x, y))
    _numbers(ax, case, rows, drawn, words)
    return drawn


def placed(drawn: Drawn) -> bool:
    """Whether the claim has a place on the map."""
    return drawn.longitude is not None


def reach_m(row: Any, case: Case) -> float:
    """How far from the middle of its place a claim's word reaches (m)."""
    radius = max(row.place_radius_m, _LEAST_RADIUS_M)
    return radius * (wording.meaning(row.relation, case.wording).high if row.relation in wording.WORDS else 1.0)


# ---------------------------------------------------------------------------------------------------------------
# one claim
# ---------------------------------------------------------------------------------------------------------------


def _draw(axes: Axes, case: Case, rows: pd.DataFrame, row: Any) -> tuple[float | None, float | None]:
    """Draw one claim; the point (longitude, latitude) at which its number hangs."""
    color = style.origin_look(case, row.origin).color
    if row.says in ("headed", "flew_toward"):
        found = arrow(case, rows, row)
        return _draw_arrow(axes, found, color, row.says == "flew_toward") if found else (None, None)
    if not math.isfinite(row.latitude):
        return None, None
    middle = _draw_place(axes, case, row, color)
    _symbol(axes, row.says, middle, color)
    return middle


def _draw_place(axes: Axes, case: Case, row: Any, color: str) -> tuple[float, float]:
    """Draw the circle or sector of a claim; its middle (longitude, latitude)."""
    wide = 1.6 * reach_m(row, case) > _span_m(axes) / 2
    edge, middle = outline(case, row)
    axes.add_patch(
        Polygon(edge, fc=to_rgba(color, 0.0 if wide else 0.07), ec=color, lw=0.6, ls=(0, (2.0, 1.2)), zorder=5)
    )
    return middle


def outline(case: Case, row: Any) -> tuple[np.ndarray, tuple[float, float]]:
    """The circle or sector of a claim that names a place, and its middle (longitude, latitude)."""
    if not math.isfinite(row.bearing_deg):
        return _circle(row.latitude, row.longitude, reach_m(row, case)), (float(row.longitude), float(row.latitude))
    near, far = _reaches(row)
    middle = earth.forward(row.latitude, row.longitude, row.bearing_deg, 0.5 * (near + far))
    return _sector(row, near, far), (float(middle[1]), float(middle[0]))


def _span_m(axes: Axes) -> float:
    """The height of a map (m)."""
    south, north = axes.get_ylim()
    return float(north - south) * _DEGREE_M


def _reaches(row: Any) -> tuple[float, float]:
    """From where to where a sector goes (m): about the distance told, or to six radii of the place."""
    if not math.isfinite(row.distance_m):
        return 0.0, _SECTOR_RADII * row.place_radius_m
    slack = row.place_radius_m + 0.5 * row.distance_rounding_m
    return max(row.distance_m - slack, 0.0), row.distance_m + slack


def _circle(latitude: float, longitude: float, radius_m: float) -> np.ndarray:
    lat, lon = earth.forward(latitude, longitude, _ROUND, radius_m)
    return np.column_stack([lon, lat])


def _sector(row: Any, near: float, far: float) -> np.ndarray:
    bearings = np.linspace(row.bearing_deg - row.bearing_half_deg, row.bearing_deg + row.bearing_half_deg, 25)
    outer = earth.forward(row.latitude, row.longitude, bearings, far)
    inner = earth.forward(row.latitude, row.longitude, bearings[::-1], max(near, 1.0))
    return np.column_stack([np.concatenate([outer[1], inner[1]]), np.concatenate([outer[0], inner[0]])])


def _symbol(axes: Axes, says: str, middle: tuple[float, float], color: str) -> None:
    """What is said to have happened there: a mark for an end or a beginning, a bent arrow for a turn."""
    if says in ("turned", "reversed"):
        _bend(axes, middle, color, says == "reversed")
    elif says in _MARKS:
        hollow = says in ("landed", "lost_signal")
        axes.plot(*middle, _MARKS[says], color=color, mfc="white" if hollow else color, ms=4.0, mew=1.1, zorder=7)
    else:
        axes.plot(*middle, "+", color=color, ms=4.0, mew=0.8, zorder=7)


def _bend(axes: Axes, middle: tuple[float, float], color: str, back: bool) -> None:
    """A bent arrow: a quarter for a turn, a half circle for a way back."""
    across = 0.035 * (axes.get_xlim()[1] - axes.get_xlim()[0])
    end = (middle[0] + across, middle[1] - (0.0 if back else 0.6 * across))
    axes.add_patch(
        FancyArrowPatch(
            (middle[0] - 0.4 * across, middle[1] - 0.4 * across), end, arrowstyle="-|>,head_length=2.2,head_width=1.3",
            connectionstyle=f"arc3,rad={-1.3 if back else -0.6}", color=color, lw=0.9, shrinkA=0, shrinkB=0, zorder=7,
        )
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------
# directions
# ---------------------------------------------------------------------------------------------------------------


def arrow(case: Case, rows: pd.DataFrame, row: Any) -> Arrow | None:
    """A direction flown, hung where the claim says when: at the start, the end, or before or after a place."""
    base = _base(case, rows, row)
    if base is None:
        return None
    length = row.length_m if math.isfinite(row.length_m) else _ARROW_M
    if row.says == "headed":
        return _hung(base, float(row.heading_deg), length, float(row.heading_half_deg), bool(row.before))
    _, bearing = earth.inverse(*base, row.toward_latitude, row.toward_longitude)
    return _hung(base, float(bearing), length, 0.0, False)


def _hung(base: tuple[float, float], bearing: float, length: float, half: float, ends_there: bool) -> Arrow:
    """The arrow from its base, or, if it leads up to it, to its base."""
    if ends_there:
        lat, lon = earth.forward(*base, bearing + 180.0, length)
        base = (float(lat), float(lon))
    return Arrow(*base, bearing, length, half)


def _base(case: Case, rows: pd.DataFrame, row: Any) -> tuple[float, float] | None:
    """Where a direction begins (latitude, longitude), as far as the claim or its report says."""
    if math.isfinite(row.anchor_latitude):
        return float(row.anchor_latitude), float(row.anchor_longitude)
    if row.phase == "first":
        start = case.places[case.flight.origin]
        return start.latitude, start.longitude
    ends = rows[rows["says"].isin(["lost_signal", "turned", "reversed"]) & rows["latitude"].notna()]
    if row.phase == "last" and len(ends):
        found = ends.iloc[-1]
        return float(found["latitude"]), float(found["longitude"])
    return None


def _draw_arrow(axes: Axes, arrow: Arrow, color: str, toward: bool) -> tuple[float, float]:
    """The arrow, with the sector its word leaves open; its middle (longitude, latitude)."""
    along = [
        earth.forward(arrow.latitude, arrow.longitude, arrow.bearing_deg, part * arrow.length_m) for part in (0.5, 1)
    ]
    start, end = (arrow.longitude, arrow.latitude), (float(along[1][1]), float(along[1][0]))
    if arrow.half_deg > 0.0:
        sides = np.linspace(arrow.bearing_deg - arrow.half_deg, arrow.bearing_deg + arrow.half_deg, 25)
        lat, lon = earth.forward(arrow.latitude, arrow.longitude, sides, 0.8 * arrow.length_m)
        fan = np.column_stack([np.r_[start[0], lon], np.r_[start[1], lat]])
        axes.add_patch(Polygon(fan, fc=to_rgba(color, 0.10), ec="none", zorder=5))
    axes.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>,head_length=2.6,head_width=1.5", color=color, lw=1.1, shrinkA=0,
                        shrinkB=0, ls="--" if toward else "-", zorder=6)
    )  # fmt: skip
    return float(along[0][1]), float(along[0][0])


# ---------------------------------------------------------------------------------------------------------------
# numbers
# ---------------------------------------------------------------------------------------------------------------


def _numbers(axes: Axes, case: Case, rows: pd.DataFrame, drawn: list[Drawn], words: bool) -> None:
    """Hang the numbers; those of one point and colour hang together."""
    spots: dict[tuple[float, float, str], list[int]] = {}
    for one, origin in zip(drawn, rows["origin"], strict=True):
        if one.longitude is not None and one.latitude is not None and _inside(axes, one.longitude, one.latitude):
            color = style.origin_look(case, origin).color
            spots.setdefault((round(one.longitude, 3), round(one.latitude, 3), color), []).append(one.number)
    chips = [
        labels.Label(
            _chip_text(rows, numbers, words), x, y, color="white" if style.dark(color) else "black", fill=color,
            weight="bold", must=True, reach=5.0,
        )
        for (x, y, color), numbers in spots.items()
    ]  # fmt: skip
    labels.put(axes, chips, labels.boxes_of(axes))


def _inside(axes: Axes, x: float, y: float) -> bool:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    return bool(west <= x <= east and south <= y <= north)


def _chip_text(rows: pd.DataFrame, numbers: list[int], words: bool) -> str:
    together = "·".join(str(number) for number in numbers)
    return f"{together} {rows['words'].iloc[numbers[0] - 1]}" if words and len(numbers) == 1 else together
