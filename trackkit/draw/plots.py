"""The three plots of the interactive page: map, heights and timeline, with the sources that its script moves."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trackkit import earth
from trackkit.draw import maps, style, told
from trackkit.draw.flights import reported_heights
from trackkit.draw.moving import Clock, Moving
from trackkit.errors import visible
from trackkit.model import Case
from trackkit.units import FT_M

__all__ = ["claims_source", "ground_map", "heights", "lanes", "timeline"]

#: how wide the picture of the ground is, and how many colours it has; a picture with nothing on it
_PIXELS, _COLOURS = 1000, 160
_CLEAR = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5E"
    "rkJggg=="
)
_MARKERS = {"took_off": "triangle", "landed": "circle", "crashed": "x", "lost_signal": "square"}
_NOWHERE = float("nan")
_GREY_LINE = {"line_color": style.INK, "line_width": 2}


def _library() -> tuple[Any, Any]:
    """The library of the plots, imported only where a page is drawn."""
    from bokeh import models, plotting

    return models, plotting


def claims_source(case: Case) -> tuple[Any, Any]:
    """The claims about the aircraft, one row each, and the view that says which are switched on (all)."""
    models, _ = _library()

    rows = case.claims[(case.claims["subject"] == "aircraft") & (case.claims["says"] != "context")]
    origins = lanes(case)
    table = [_claim(case, row, origins) for row in style.rows(rows)]
    columns = {name: [one[name] for one in table] for name in (table[0] if table else {"id": ""})}
    source = models.ColumnDataSource(columns, name="claims")
    return source, models.CDSView(filter=models.IndexFilter(indices=list(range(len(table)))), name="switched")


def _claim(case: Case, row: Any, origins: list[str]) -> dict[str, Any]:
    """A claim as the plots draw it: place, outline, arrow, time and row, colour and mark."""
    edge, middle = _edge(case, row)
    line = _arrow(case, row)
    lane = -float(origins.index(row.origin)) if row.origin in origins else _NOWHERE
    when = _NOWHERE if row.time is pd.NaT else row.time.timestamp() * 1000.0
    return {
        "id": str(row.Index), "report": visible(row.report), "words": visible(row.words), "when": when,
        "told": "" if row.time is pd.NaT else f"{row.time:%H:%M} UTC", "lane": lane,
        "lon": middle[0], "lat": middle[1], "xs": edge[0], "ys": edge[1], "lx": line[0], "ly": line[1],
        "color": style.origin_look(case, row.origin).color, "mark": _MARKERS.get(row.says, "diamond"),
        "fill": 0.0 if row.copy_of else 0.9,
    }  # fmt: skip


def _edge(case: Case, row: Any) -> tuple[tuple[list[float], list[float]], tuple[float, float]]:
    if row.says in ("headed", "flew_toward") or not math.isfinite(row.latitude):
        return ([], []), (_NOWHERE, _NOWHERE)
    edge, middle = told.outline(case, row)
    return ([float(x) for x in edge[:, 0]], [float(y) for y in edge[:, 1]]), middle


def _arrow(case: Case, row: Any) -> tuple[list[float], list[float]]:
    """The shaft and the head of a direction flown."""
    found = told.arrow(case, told.of_aircraft(case, row.report), row) if row.says in ("headed", "flew_toward") else None
    if found is None:
        return [], []
    tip = earth.forward(found.latitude, found.longitude, found.bearing_deg, found.length_m)
    barbs = [earth.forward(*tip, found.bearing_deg + side, 0.18 * found.length_m) for side in (155.0, 205.0)]
    points: list[Any] = [(found.latitude, found.longitude), tip, barbs[0], tip, barbs[1]]
    return [float(point[1]) for point in points], [float(point[0]) for point in points]


def ground_map(case: Case, claims: tuple[Any, Any]) -> Any:
    """The map: ground and places, whole paths (the script draws them, faintly), and what the clock moves."""
    models, plotting = _library()

    box = case.extent
    plot = plotting.figure(
        name="map", x_range=(box.west, box.east), y_range=(box.south, box.north), sizing_mode="stretch_width",
        aspect_ratio=0.94 / maps.height_for(box, 1.0), tools="pan,wheel_zoom,box_zoom,reset",
        toolbar_location="above", active_drag=None,
    )  # fmt: skip
    _dress(plot)
    plot.axis.visible = False
    _laid(plot, case, _ground_picture(case), "ground")
    _laid(plot, case, _CLEAR, "whole paths")
    source, view = claims
    area = plot.patches("xs", "ys", source=source, view=view, fill_color="color", fill_alpha=0.03, line_color="color",
                        line_alpha=0.5, line_dash=[4, 3], selection_fill_alpha=0.35, nonselection_fill_alpha=0.02,
                        nonselection_line_alpha=0.25)  # fmt: skip
    plot.multi_line("lx", "ly", source=source, view=view, color="color", line_width=1.6, nonselection_line_alpha=0.25)
    for name, columns in _EMPTY.items():
        _moved(plot, models.ColumnDataSource(columns, name=name), name)
    marks = plot.scatter("lon", "lat", source=source, view=view, marker="mark", size=9, color="color",
                         fill_alpha="fill", nonselection_alpha=0.25, **_selected())  # fmt: skip
    plot.add_tools(models.HoverTool(renderers=[marks, area], tooltips=[("", "@words (@report)"), ("", "@told")]))
    return plot


#: a layer of its own: what stands still beneath is not painted anew when the clock moves
_MOVING = "overlay"
_EMPTY: dict[str, dict[str, list[Any]]] = {
    "regions": {"xs": [], "ys": [], "color": [], "alpha": []},
    "trails": {"xs": [], "ys": [], "color": []},
    "now": {"x": [], "y": [], "h": [], "t": [], "color": []},
}


def _moved(plot: Any, source: Any, name: str) -> None:
    if name == "regions":
        plot.multi_polygons("xs", "ys", source=source, fill_color="color", fill_alpha="alpha", line_color="color",
                            line_width=1.2, level=_MOVING)  # fmt: skip
    elif name == "trails":
        plot.multi_line("xs", "ys", source=source, color="color", line_alpha=0.7, line_width=0.9, level=_MOVING)
    else:
        plot.scatter("x", "y", source=source, size=5, color="color", line_color="white", line_width=0.6, level=_MOVING)


def _laid(plot: Any, case: Case, picture: str, name: str) -> None:
    """Lay a picture over the box of the case; its source has a name."""
    models, _ = _library()

    box, source = case.extent, models.ColumnDataSource({"url": [picture]}, name=name)
    plot.image_url("url", box.west, box.north, box.east - box.west, box.north - box.south, source=source)


@style.styled
def _ground_picture(case: Case) -> str:
    """The ground with its places and scale bar, as in the printed maps."""
    figure, axes = _bare(case)
    maps.map(case, axes)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return _picture(figure)


def _bare(case: Case) -> tuple[Any, Any]:
    """A sheet that is all map."""
    height = maps.height_for(case.extent, style.HALF_MM)
    figure = style.sheet(style.HALF_MM, height)
    return figure, style.panel(figure, 0.0, 0.0, style.HALF_MM, height)


def _picture(figure: Any) -> str:
    """A figure as an address that holds it."""
    from PIL import Image

    with io.BytesIO() as fine, io.BytesIO() as small:
        figure.savefig(fine, format="png", dpi=_PIXELS / style.HALF_MM * 25.4)
        with Image.open(fine) as picture:
            picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
        return f"data:image/png;base64,{base64.b64encode(small.getvalue()).decode('ascii')}"


def heights(case: Case, moved: Mapping[str, Moving], ticks: Clock, now: Any) -> Any:
    """Height over time: a band and a median for each hypothesis, reported heights, and the moment."""
    models, plotting = _library()

    told_m = reported_heights(case)
    top = 1.06 * max([1.0, *told_m["altitude_m"], *(float(np.nanmax(one.bands[-1])) for one in moved.values())])
    plot = plotting.figure(
        name="heights", x_axis_type="datetime", height=250, sizing_mode="stretch_width", y_range=(0.0, top),
        x_range=(ticks.times[0], ticks.times[-1]), tools="", toolbar_location=None,
    )  # fmt: skip
    _dress(plot)
    for name, one in moved.items():
        color, label = style.looks_of(case)[name].color, f"paths {name}"
        plot.varea(ticks.times, one.bands[0], one.bands[4], fill_color=color, fill_alpha=0.13, name=label)
        plot.line(ticks.times, one.bands[2], color=color, line_width=1.8, name=label)
    plot.scatter("t", "h", source=now, size=4, color="color", line_color="white", line_width=0.4, level=_MOVING)
    timed = told_m[told_m["time"].notna()]
    plot.scatter(timed["time"].dt.tz_convert(None), timed["altitude_m"], marker="diamond", size=9, fill_color="white",
                 line_color=style.INK)  # fmt: skip
    plot.extra_y_ranges = {"ft": models.Range1d(0.0, top / FT_M)}
    plot.add_layout(models.LinearAxis(y_range_name="ft", axis_label="ft"), "right")
    plot.yaxis[0].axis_label = "m above the sea"
    plot.add_layout(models.Span(dimension="height", location=0, name="at heights", **_GREY_LINE))
    _clock(plot)
    return plot


def timeline(case: Case, claims: tuple[Any, Any], times: Any) -> Any:
    """Timed claims in lanes, one for each origin, and the moment."""
    models, plotting = _library()

    source, view = claims
    origins = lanes(case)
    plot = plotting.figure(
        name="timeline", x_axis_type="datetime", height=max(70 + 26 * len(origins), 150), x_range=times,
        y_range=(0.6 - len(origins), 0.9), sizing_mode="stretch_width", tools="", toolbar_location=None,
    )  # fmt: skip
    _dress(plot)
    start = float(case.window[0].timestamp() * 1000.0)
    names = [visible(case.origins[name].name) for name in origins]
    at = [-float(number) for number in range(len(origins))]
    plot.text([start] * len(at), [lane + 0.42 for lane in at], names, x_offset=4, text_baseline="middle",
              text_font_size="11px", text_color=style.GREY)  # fmt: skip
    end = float(case.window[1].timestamp() * 1000.0)
    plot.segment([start] * len(at), at, [end] * len(at), at, color="#dddddd")
    marks = plot.scatter("when", "lane", source=source, view=view, marker="mark", size=10, color="color",
                         fill_alpha="fill", nonselection_alpha=0.3, **_selected())  # fmt: skip
    plot.add_tools(
        models.HoverTool(renderers=[marks], tooltips=[("", "@told: @words (@report)")]),
        models.TapTool(renderers=[marks]),
    )
    plot.yaxis.visible = False
    plot.add_layout(models.Span(dimension="height", location=0, name="at timeline", **_GREY_LINE))
    _clock(plot)
    return plot


def lanes(case: Case) -> list[str]:
    """The origins of timed claims about the aircraft, in the order of the case: a lane of the timeline each."""
    timed = case.claims[(case.claims["subject"] == "aircraft") & case.claims["time"].between(*case.window)]
    found = set(timed.loc[timed["says"] != "context", "origin"])
    return [name for name in case.origins if name in found]


def _selected() -> dict[str, Any]:
    return {"selection_line_color": style.INK, "selection_line_width": 2.5}


def _dress(plot: Any) -> None:
    plot.grid.visible = False
    plot.min_border = 4
    plot.toolbar.logo = None
    plot.outline_line_color = "#bbbbbb"
    plot.background_fill_color = plot.border_fill_color = "white"


def _clock(plot: Any) -> None:
    models, _ = _library()

    plot.xaxis.formatter = models.DatetimeTickFormatter(hours="%H:%M", minutes="%H:%M", hourmin="%H:%M", days="%H:%M")
    plot.xaxis.ticker.desired_num_ticks = 5
    plot.xaxis.minor_tick_line_color = None
    plot.xaxis.axis_label = "UTC"
