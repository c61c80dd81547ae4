"""Figure: from what height up an aircraft is heard over the region, by networks of assumed receivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from trackkit import earth
from trackkit.draw import maps, style
from trackkit.model import Case

__all__ = ["reach"]

_LEVELS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
_LEFT, _GAP, _BAR = 8.5, 10.0, 9.0
_SHADES = "cividis_r"


@style.styled
def reach(case: Case, networks: Mapping[str, earth.Network], marks: Mapping[str, tuple[float, float]]) -> Figure:
    """Draw the height from which half of the networks drawn hear, one map for each assumption.

    Parameters
    ----------
    case : Case
    networks : mapping of what is assumed to Network
        Two of them.
    marks : mapping of name to (latitude, longitude)
        Points whose height is written beside them.

    Returns
    -------
    Figure
    """
    width = (style.FULL_MM - _LEFT - _GAP - 4.0) / 2
    height = maps.height_for(case.extent, width)
    foot = _foot(networks)
    figure = style.sheet(style.FULL_MM, 20.0 + height + _BAR + 6.0 + style.footer_mm(foot))
    top = style.title(figure, "Near the ground, only a receiver close by hears an aircraft", _subtitle(case)) + 5.0
    for number, (name, network) in enumerate(networks.items()):
        left = _LEFT + number * (width + _GAP)
        style.write(figure, left, top - 4.5, name, style.HEADING, weight="bold")
        axes = style.panel(figure, left, top, width, height)
        shaded = _map(axes, case, network, marks)
    bar = style.panel(figure, _LEFT + 20.0, top + height + 6.5, style.FULL_MM - 2 * _LEFT - 40.0, 2.5)
    figure.colorbar(shaded, cax=bar, orientation="horizontal").set_label("km above mean sea level", size=style.SMALL)
    style.footer(figure, foot)
    return style.tell(figure, _alt(networks, marks))


def _subtitle(case: Case) -> str:
    return (
        f"{case.name}: height above sea level from which up half of the networks drawn hear an aircraft. Triangles: "
        "assumed receivers. Written: that height, in metres, at dots."
    )


def _foot(networks: Mapping[str, earth.Network]) -> list[str]:
    one = next(iter(networks.values()))
    return [
        f"Receivers are assumed, their places are not public: {len(one.lowest_m)} networks, seed {one.seed}, each "
        "receiver there or not, about its town, on any roof; earth of 4/3 radius, give or take 0.15; ridges up to 50 m "
        "higher than the ground model has them, which may lie 0.6 km off. No diffraction.",
        "Borders: de facto lines, Natural Earth; relief and ground: GLOBE, 30 arc-seconds.",
    ]


def _map(axes: Axes, case: Case, network: earth.Network, marks: Mapping[str, tuple[float, float]]) -> Any:
    maps.map(case, axes, names=False)
    lat, lon, height = _raster(case, network)
    shaded = axes.contourf(lon, lat, height / 1_000.0, _LEVELS, cmap=_SHADES, alpha=0.72, extend="max", zorder=1.5)
    inside = network.receivers
    axes.plot(inside["longitude"], inside["latitude"], "^", ms=3.2, mfc="white", mec=style.VERMILION, mew=0.8, zorder=5)
    for place, (latitude, longitude) in marks.items():
        told = float(earth.heard_from_m(network, 0.5, latitude, longitude))
        axes.plot(longitude, latitude, "o", ms=2.6, color=style.INK, zorder=6)
        axes.annotate(
            f"{style.plain(place)}\n{round(told, -1):,.0f} m", (longitude, latitude), (4.0, 3.0),
            textcoords="offset points", zorder=7, size=style.SMALL, weight="bold",
            bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 0.8},
        )  # fmt: skip
    return shaded


def _raster(case: Case, network: earth.Network) -> tuple[NDArray, NDArray, NDArray]:
    box = case.extent
    lat, lon = np.linspace(box.south, box.north, 220), np.linspace(box.west, box.east, 220)
    return lat, lon, np.maximum(earth.heard_from_m(network, 0.5, lat[:, None], lon[None, :]), 0.0)


def _alt(networks: Mapping[str, earth.Network], marks: Mapping[str, tuple[float, float]]) -> str:
    def heights(one: earth.Network) -> str:
        return ", ".join(f"{place} {float(earth.heard_from_m(one, 0.5, *at)):,.0f} m" for place, at in marks.items())

    parts = [f"{name}: {heights(one)}" for name, one in networks.items()]
    return f"Maps of the height from which an aircraft is heard by half of the networks drawn. {'; '.join(parts)}."
