"""Maps of a case: the ground and its places, and the paths of an ensemble as regions with stated levels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from numpy.typing import NDArray

from trackkit.draw import ground, labels, style
from trackkit.draw.regions import Regions, highest_density, spread_evenly
from trackkit.model import Case, Ensemble, Extent, Place
from trackkit.motion import PHASES

__all__ = ["LEVELS", "aspect", "flown", "map", "paths"]

Array = NDArray[np.float64]

#: the shares of flown time that regions hold
LEVELS = (0.5, 0.9)
_ORDER = ("city", "airport", "fix", "navaid")
_MARKS = {"city": "o", "airport": "s", "fix": "^", "navaid": "^"}
_STILL = (PHASES.index("parked"), PHASES.index("down"))
_END_MARKS = {"landed": "o", "crashed": "X", "struck the ground": "v"}
_KM_PER_DEGREE = 111.195
_NM_KM = 1.852


class End(NamedTuple):
    """Where and how a path ends."""

    longitude: float
    latitude: float
    kind: str
    track_deg: float


def aspect(extent: Extent) -> float:
    """The length of a degree of latitude over one of longitude, in the middle of a box."""
    return float(1.0 / np.cos(np.radians(0.5 * (extent.south + extent.north))))


def height_for(extent: Extent, width: float) -> float:
    """The height of a map of this width."""
    return width * (extent.north - extent.south) / (extent.east - extent.west) * aspect(extent)


@style.styled
def map(case: Case, ax: Axes | None = None, names: bool = True, scale: bool = True) -> Axes:
    """Draw the ground of a case with its places.

    Parameters
    ----------
    case : Case
    ax : Axes, optional
        A half-column sheet of its own where not given.
    names, scale : bool
        Whether places are named, and a scale bar is drawn.

    Returns
    -------
    Axes
        Longitude across, latitude up, in degrees: equirectangular, true to scale at the middle latitude.
    """
    axes = _own_axes(case.extent) if ax is None else ax
    _frame(axes, case.extent)
    ground.draw(axes, case.extent)
    bar = [_scale_bar(axes, case.extent)] if scale else []
    _places(axes, case, bar, names)
    return axes


@style.styled
def paths(
    ensemble: Ensemble,
    ax: Axes,
    color: str = style.GREY,
    levels: tuple[float, ...] = LEVELS,
    sample: int = 40,
) -> Regions:
    """Draw an ensemble: the regions that hold stated shares of its flown time, and some of its paths.

    Parameters
    ----------
    ensemble : Ensemble
    ax : Axes
        A map; its limits bound the regions.
    color : str
    levels : tuple of float
        Shares of the flown time, every path by its weight.
    sample : int
        Paths drawn as lines, taken evenly by weight, without chance. Their ends are marked: a circle landed, a cross
        crashed, an arrow head still flying.

    Returns
    -------
    Regions
        What was drawn.
    """
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    regions = regions_of(ensemble, Extent(west, south, east, north), levels)
    lay(ensemble, ax, regions, color, sample)
    return regions


def lay(ensemble: Ensemble, ax: Axes, regions: Regions, color: str, sample: int) -> None:
    """Lay regions, a sample of paths and their ends on a map."""
    _draw_regions(ax, regions, color)
    chosen = [int(one) for one in spread_evenly(np.exp(ensemble.log_weight.to_numpy()), sample)] if sample else []
    lat, lon, _ = flown(ensemble)
    for number in chosen:
        ax.plot(lon[number], lat[number], color=color, lw=0.3, alpha=0.55, zorder=3.2)
    _draw_ends(ax, [_end(ensemble, number) for number in chosen], color)


def regions_of(ensemble: Ensemble, extent: Extent, levels: tuple[float, ...] = LEVELS) -> Regions:
    """The regions of a box that hold stated shares of an ensemble's flown time."""
    return highest_density(*flown(ensemble), levels, extent)


def flown(ensemble: Ensemble) -> tuple[Array, Array, Array]:
    """Latitude, longitude and weight of every stored step in which a path moves; NaN and zero where it stands still."""
    weight = np.exp(ensemble.log_weight.to_numpy())
    moving = ~np.isin(ensemble.paths["phase"].to_numpy(), _STILL)
    share = weight[:, None] * moving / np.maximum(moving.sum(axis=1), 1)[:, None]
    lat, lon = (ensemble.paths[name].to_numpy().astype(float) for name in ("latitude", "longitude"))
    return np.where(moving, lat, np.nan), np.where(moving, lon, np.nan), share


# ---------------------------------------------------------------------------------------------------------------
# frame, scale, places
# ---------------------------------------------------------------------------------------------------------------


def _own_axes(extent: Extent) -> Axes:
    width = style.HALF_MM - 12.0
    height = height_for(extent, width)
    figure = style.sheet(style.HALF_MM, height + 12.0)
    style.footer(figure, [ground.sources(extent)])
    return style.panel(figure, 8.5, 2.0, width, height)


def _frame(axes: Axes, extent: Extent) -> None:
    axes.set_xlim(extent.west, extent.east)
    axes.set_ylim(extent.south, extent.north)
    axes.set_aspect(aspect(extent))
    step = 1.0 if extent.east - extent.west > 1.5 else 0.25
    axes.set_xticks(_ticks(extent.west, extent.east, step), None)
    axes.set_yticks(_ticks(extent.south, extent.north, step), None)
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}°{'E' if value >= 0 else 'W'}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}°{'N' if value >= 0 else 'S'}")


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [float(at) for at in np.arange(np.ceil(low / step) * step, high + 1e-9, step)]


def _scale_bar(axes: Axes, extent: Extent) -> labels.Box:
    """A bar in kilometres over one in nautical miles, lower left; returns the room it takes."""
    per_degree = _KM_PER_DEGREE / aspect(extent)
    wide = (extent.east - extent.west) * per_degree
    length = next(km for km in (500, 200, 100, 50, 20, 10, 5, 2, 1) if km <= 0.3 * wide or km == 1)
    miles = next(nm for nm in (200, 100, 50, 25, 10, 5, 2, 1) if nm * _NM_KM <= length or nm == 1)
    x, y = extent.west + 0.035 * (extent.east - extent.west), extent.south + 0.06 * (extent.north - extent.south)
    for size, unit, side in (
        (length / per_degree, f"{length} km", 1),
        (miles * _NM_KM / per_degree, f"{miles} NM", -1),
    ):
        axes.plot([x, x + size], [y, y], color=style.INK, lw=1.0, solid_capstyle="butt", zorder=9)
        axes.annotate(
            unit, (x + size, y), (-2.0, 1.5 * side), textcoords="offset points", size=style.SMALL, ha="right",
            va="bottom" if side > 0 else "top", zorder=9,
        )  # fmt: skip
        axes.plot(
            [x + size] * 2, [y, y + side * 0.012 * (extent.north - extent.south)], color=style.INK, lw=0.6, zorder=9
        )
    left, middle = labels.points(axes, x, y)
    right, _ = labels.points(axes, x + length / per_degree, y)
    return labels.Box(left, middle - 9.0, right, middle + 9.0)


def _places(axes: Axes, case: Case, taken: list[labels.Box], names: bool) -> None:
    inside = [place for place in _ordered(case) if _within(place, case.extent)]
    for place in inside:
        axes.plot(
            place.longitude, place.latitude, _MARKS[place.kind], color=style.INK, ms=2.4, mew=0.5, zorder=4,
            mfc="white" if place.kind != "city" else style.INK,
        )  # fmt: skip
    if names:
        dots = [_dot(axes, place) for place in inside]
        labels.put(axes, [_label(place) for place in inside], taken, dots)


def _ordered(case: Case) -> list[Place]:
    """Points that are worth a name, cities first; areas are drawn only where a claim names them."""
    listed = [place for place in case.places.values() if place.kind in _ORDER]
    alone = [place for place in listed if not _shadowed(place, listed)]
    return sorted(alone, key=lambda place: _ORDER.index(place.kind))


def _shadowed(place: Place, others: list[Place]) -> bool:
    """Whether an airport stands where this beacon does."""
    near = [one for one in others if np.hypot(one.latitude - place.latitude, one.longitude - place.longitude) < 0.03]
    return place.kind in ("fix", "navaid") and any(one.kind == "airport" for one in near)


def _within(place: Place, extent: Extent) -> bool:
    return extent.west < place.longitude < extent.east and extent.south < place.latitude < extent.north


def _label(place: Place) -> labels.Label:
    name = place.also[0] if place.kind == "airport" and place.also else place.id
    city = place.kind == "city"
    return labels.Label(name, place.longitude, place.latitude, style.BODY if city else style.SMALL,
                        style.INK if city else style.GREY, weight="bold" if city else "normal")  # fmt: skip


def _dot(axes: Axes, place: Place) -> labels.Box:
    x, y = labels.points(axes, place.longitude, place.latitude)
    return labels.Box(x - 1.2, y - 1.2, x + 1.2, y + 1.2)


# ---------------------------------------------------------------------------------------------------------------
# paths
# ---------------------------------------------------------------------------------------------------------------


def _draw_regions(axes: Axes, regions: Regions, color: str) -> None:
    """Each level filled, the widest one lightest, and outlined."""
    for level, cut in sorted(zip(regions.levels, regions.thresholds, strict=True), reverse=True):
        top = float(regions.density.max())
        if np.isfinite(cut) and cut < top:
            shade = to_rgba(color, 0.20 if level > 0.7 else 0.28)
            axes.contourf(regions.longitude, regions.latitude, regions.density, [cut, top], colors=[shade], zorder=3)
            axes.contour(regions.longitude, regions.latitude, regions.density, [cut], colors=[color],
                         linewidths=0.35 if level > 0.7 else 0.5, zorder=3.1)  # fmt: skip


def _end(ensemble: Ensemble, number: int) -> End:
    """Where a path was last on the move, and how it ended."""
    one = ensemble.paths.isel(path=number)
    moving = np.flatnonzero(~np.isin(one["phase"].to_numpy(), _STILL))
    last = int(moving[-1]) if len(moving) else 0
    values = (float(one[name].to_numpy()[last]) for name in ("longitude", "latitude", "track_deg"))
    longitude, latitude, track = values
    return End(longitude, latitude, str(one["ending"].item()), track)


def _draw_ends(axes: Axes, ends: list[End], color: str) -> None:
    for end in ends:
        mark = _flying(end.track_deg) if end.kind == "flying" else MarkerStyle(_END_MARKS.get(end.kind, "d"))
        face = "white" if end.kind == "landed" else color
        axes.scatter(end.longitude, end.latitude, s=5.0, marker=mark, fc=face, ec=color, lw=0.5, zorder=3.6)


def _flying(track_deg: float) -> MarkerStyle:
    """An arrow head along the track."""
    return MarkerStyle("^").rotated(deg=-track_deg)
