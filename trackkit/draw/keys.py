"""Keys: what the marks, colours and shades of a sheet stand for, laid out in rows that break where they must."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle

from trackkit.draw import style
from trackkit.model import Case

__all__ = ["Entry", "chip", "claims_key", "line", "mark", "patch", "row", "row_mm", "segment"]

_SWATCH = 5.0
_AFTER = 3.2
_STEP = style.line_mm(style.SMALL) + 0.6


class Entry(NamedTuple):
    """A swatch and what it means; the swatch draws itself at a place of the sheet (mm), 5 mm wide."""

    draw: Callable[[Figure, float, float], None]
    text: str


def row(figure: Figure, left: float, top: float, right: float, entries: Iterable[Entry]) -> float:
    """Write entries one after the other, in as many rows as they need; returns where the sheet goes on (mm)."""
    several = list(entries)
    for entry, (x, y) in zip(several, _spots(left, right, several), strict=True):
        entry.draw(figure, x, top + y + 0.5 * style.line_mm(style.SMALL) - 0.2)
        style.write(figure, x + _SWATCH + 1.0, top + y, entry.text, style.SMALL)
    return top + row_mm(left, right, several)


def row_mm(left: float, right: float, entries: Iterable[Entry]) -> float:
    """The height that `row` needs (mm)."""
    spots = _spots(left, right, list(entries))
    return (spots[-1][1] if spots else 0.0) + _STEP


def _spots(left: float, right: float, entries: list[Entry]) -> list[tuple[float, float]]:
    """Where each entry begins: mm from the left of the sheet, and below the first row."""
    x, y, spots = left, 0.0, []
    for entry in entries:
        width = _SWATCH + 1.0 + style.text_mm(entry.text, style.SMALL)
        if x > left and x + width > right:
            x, y = left, y + _STEP
        spots.append((x, y))
        x += width + _AFTER
    return spots


def patch(color: str, alpha: float = 1.0, hatch: str = "", edge: str = "") -> Callable[[Figure, float, float], None]:
    """A filled swatch."""

    def draw(figure: Figure, x: float, y: float) -> None:
        across, down = style.extent_mm(figure)
        figure.add_artist(
            Rectangle((x / across, 1 - (y + 1.0) / down), _SWATCH / across, 2.0 / down, fc=to_rgba(color, alpha),
                      ec=edge or color, lw=0.4, hatch=hatch, transform=figure.transFigure)
        )  # fmt: skip

    return draw


def line(color: str, style_of: object = "-", width: float = 0.9) -> Callable[[Figure, float, float], None]:
    """A swatch that is a line."""

    def draw(figure: Figure, x: float, y: float) -> None:
        segment(figure, (x, x + _SWATCH), (y, y), color=color, ls=style_of, lw=width)

    return draw


def mark(marker: object, color: str, face: str = "", size: float = 4.0) -> Callable[[Figure, float, float], None]:
    """A swatch that is a mark."""

    def draw(figure: Figure, x: float, y: float) -> None:
        middle = x + 0.5 * _SWATCH
        segment(
            figure, (middle, middle), (y, y), color=color, marker=marker, mfc=face or color, ms=size, mew=0.8, ls=""
        )

    return draw


def chip(figure: Figure, x: float, y: float, text: str, color: str, filled: bool = True) -> None:
    """A number on its colour, or, hollow, in it; centred at a place of the sheet (mm)."""
    across, down = style.extent_mm(figure)
    width = max(3.9, style.text_mm(text, style.SMALL, True) + 0.9)
    figure.add_artist(
        FancyBboxPatch(
            ((x - width / 2) / across, 1 - (y + 1.15) / down), width / across, 2.3 / down,
            boxstyle="square,pad=0", fc=color if filled else "white", ec=color, lw=0.6, transform=figure.transFigure,
        )
    )  # fmt: skip
    ink = ("white" if style.dark(color) else "black") if filled else style.INK
    figure.text(x / across, 1 - y / down, text, size=style.SMALL, color=ink, weight="bold" if filled else "normal",
                ha="center", va="center_baseline")  # fmt: skip


def claims_key(figure: Figure, case: Case, top: float, origins: Iterable[str], path: str) -> float:
    """The key of maps with claims and paths; returns where the sheet goes on (mm)."""
    shapes = [
        Entry(patch(path, 0.45), "50 % of flown time"),
        Entry(patch(path, 0.20), "90 %"),
        Entry(line(path, "-", 0.4), "a path"),
        Entry(mark("o", path, "white", 3.0), "it landed"),
        Entry(mark("X", path, "", 3.2), "crashed"),
        Entry(mark(">", path, "", 3.0), "still flying"),
        Entry(mark("^", style.BLUE), "claim: took off"),
        Entry(mark("s", style.BLUE, "white"), "signal lost"),
        Entry(mark("x", style.BLUE), "crashed"),
        Entry(mark("o", style.BLUE, "white"), "landed"),
        Entry(line(style.BLUE, (0, (2.0, 1.2)), 0.6), "reach of its words"),
        Entry(line(style.BLUE), "headed"),
        Entry(line(style.BLUE, "--"), "flew toward"),
    ]
    kinds = [Entry(patch(look.color), kind) for kind, look in style.origin_kinds(case, origins).items()]
    top = row(figure, 0.0, top, style.FULL_MM, shapes)
    style.write(figure, 0.0, top, "Colour of a claim: the kind of its origin", style.SMALL)
    start = style.text_mm("Colour of a claim: the kind of its origin", style.SMALL) + 3.0
    return row(figure, start, top, style.FULL_MM, kinds)


def segment(figure: Figure, xs: tuple[float, float], ys: tuple[float, float], **look: object) -> None:
    """A line on the sheet (mm)."""
    across, down = style.extent_mm(figure)
    figure.add_artist(
        Line2D([x / across for x in xs], [1 - y / down for y in ys], transform=figure.transFigure, **look)  # type: ignore[arg-type]
    )
