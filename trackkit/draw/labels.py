"""Words on a map that do not lie on each other: boxes put down one after the other, each where there is room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from trackkit.draw import style

__all__ = ["Box", "Label", "boxes_of", "put"]

_AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1), (2, 1), (-2, 1), (2, -1), (-2, -1))


class Box(NamedTuple):
    """A box on the sheet, in points."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box, gap: float = 0.6) -> bool:
        """Whether two boxes lie on each other, or closer than a gap."""
        apart = self.left > other.right + gap or other.left > self.right + gap
        return not (apart or self.bottom > other.top + gap or other.bottom > self.top + gap)

    def inside(self, other: Box) -> bool:
        """Whether this box lies within another."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.bottom <= self.bottom and self.top <= other.top


class Label(NamedTuple):
    """What to write at a point of the map (longitude, latitude), and how."""

    text: str
    x: float
    y: float
    size: float = style.SMALL
    color: str = style.INK
    fill: str = ""
    weight: str = "normal"
    italic: bool = False
    must: bool = False
    reach: float = 3.0


def put(axes: Axes, labels: Sequence[Label], taken: Iterable[Box] = (), dots: Sequence[Box] = ()) -> list[Box]:
    """Write labels near their points, first come first served; returns their boxes.

    None lies on what is `taken` or on `dots`, the marks of all points, nor nearer to another dot than to its own.

    What finds no room is left out, unless it `must` stand: then it goes to the nearest free place, with a line to its
    point.
    """
    full, frame = [*taken, *dots], _frame(axes)
    done: list[Box] = []
    for label in labels:
        found = _room(axes, label, frame, full, dots)
        if found is not None:
            _write(axes, label, found)
            full.append(found)
            done.append(found)
    return done


def boxes_of(axes: Axes) -> list[Box]:
    """The boxes of the texts that axes hold already."""
    scale, boxes = 72.0 / axes.get_figure(root=True).dpi, []  # type: ignore[union-attr]
    for text in axes.texts:
        patch = text.get_bbox_patch()
        drawn = patch.get_window_extent() if patch is not None else text.get_window_extent()
        boxes.append(Box(*(float(value) * scale for value in drawn.extents)))
    return boxes


def points(axes: Axes, x: float, y: float) -> tuple[float, float]:
    """A point of the map in points of the sheet."""
    figure = axes.get_figure(root=True)
    pixel = axes.transData.transform((x, y)) * 72.0 / figure.dpi  # type: ignore[union-attr]
    return float(pixel[0]), float(pixel[1])


def _frame(axes: Axes) -> Box:
    axes.apply_aspect()
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    return Box(*points(axes, west, south), *points(axes, east, north))


def _size(label: Label) -> tuple[float, float]:
    """Width and height in points, the room of a filled box included."""
    width = style.text_mm(label.text, label.size, label.weight == "bold") / style.POINT_MM
    if label.fill:
        return max(width + 2.4, label.size + 1.6), label.size + 1.6
    return width, label.size


def _room(axes: Axes, label: Label, frame: Box, taken: list[Box], dots: Sequence[Box]) -> Box | None:
    """The first free place round the label's point, near ones first."""
    x, y = points(axes, label.x, label.y)
    rings = range(1, 26 if label.must else 3)
    for ring in rings:
        for across, up in _directions(ring):
            box = _box(x, y, _size(label), across, up, label.reach + 3.0 * (ring - 1))
            if box.inside(frame) and not any(box.meets(other) for other in taken) and _own(box, (x, y), dots):
                return box
    return None


def _own(box: Box, point: tuple[float, float], dots: Sequence[Box]) -> bool:
    """Whether a box is clearly nearer to its own point than to any other dot."""
    own = _away(box, *point)
    middles = [((dot.left + dot.right) / 2, (dot.bottom + dot.top) / 2) for dot in dots]
    others = [middle for middle in middles if np.hypot(middle[0] - point[0], middle[1] - point[1]) > 0.5]
    return all(_away(box, *other) > own + 1.0 for other in others)


def _away(box: Box, x: float, y: float) -> float:
    """How far a point is from a box."""
    across = max(box.left - x, 0.0, x - box.right)
    return float(np.hypot(across, max(box.bottom - y, 0.0, y - box.top)))


def _directions(ring: int) -> list[tuple[float, float]]:
    if ring == 1:
        return [(np.sign(a) * min(abs(a), 1), b) for a, b in _AROUND[:8]]
    angles = np.radians(np.arange(0.0, 360.0, 30.0))
    return [(float(np.cos(angle)), float(np.sin(angle))) for angle in angles]


def _box(x: float, y: float, size: tuple[float, float], across: float, up: float, reach: float) -> Box:
    """A box that lies in a direction from a point, its nearer edge at the reach."""
    middle_x = x + across * (reach + size[0] / 2)
    middle_y = y + up * (reach + size[1] / 2)
    return Box(middle_x - size[0] / 2, middle_y - size[1] / 2, middle_x + size[0] / 2, middle_y + size[1] / 2)


def _write(axes: Axes, label: Label, box: Box) -> None:
    """The label centred on its box; a line to its point where it had to go far, or always for filled ones."""
    x, y = points(axes, label.x, label.y)
    middle = ((box.left + box.right) / 2 - x, (box.bottom + box.top) / 2 - y)
    far = label.must and np.hypot(*middle) > label.reach + max(_size(label)) / 2 + 1.0
    text = axes.annotate(
        style.plain(label.text), (label.x, label.y), middle, textcoords="offset points", ha="center", va="center",
        size=label.size, color=label.color, weight=label.weight, style="italic" if label.italic else "normal",
        zorder=12 if label.fill else 10, annotation_clip=False,
        bbox=_fill(label),
        arrowprops={"arrowstyle": "-", "lw": 0.4, "color": label.fill or style.GREY, "shrinkA": 0, "shrinkB": 0}
        if far else None,
    )  # fmt: skip
    if not label.fill:
        text.set_path_effects([withStroke(linewidth=1.4, foreground="white", alpha=0.85)])


def _fill(label: Label) -> dict[str, object] | None:
    if not label.fill:
        return None
    return {"boxstyle": "round,pad=0.14,rounding_size=0.5", "fc": label.fill, "ec": "white", "lw": 0.3}
