"""Type: its sizes, and text measured, wrapped and cut before it is set."""

from __future__ import annotations

from functools import cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from trackkit.errors import visible

__all__ = [
    "BODY", "HEADING", "LINE", "POINT_MM", "SMALL", "TITLE", "line_mm", "name_of", "plain", "shorten", "signed",
    "text_mm", "wrap",
]  # fmt: skip

POINT_MM = 25.4 / 72
#: type sizes in points: title, heading, text, smallest
TITLE, HEADING, BODY, SMALL = 9.0, 7.5, 7.0, 6.5
#: line spacing in sizes
LINE = 1.22


def plain(text: str) -> str:
    r"""The text as it stands, none of it taken for mathematics.

    >>> plain("$5 and $6")
    '\\$5 and \\$6'
    """
    return visible(text).replace("$", r"\$")


@cache
def text_mm(text: str, size: float = BODY, bold: bool = False) -> float:
    """The width of a line of text in print (mm)."""
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(visible(text), font, False)
    return float(width) * POINT_MM


def line_mm(size: float) -> float:
    """The height of a line of text (mm)."""
    return size * LINE * POINT_MM


def wrap(text: str, width_mm: float, size: float = BODY, bold: bool = False) -> list[str]:
    """The text in lines that fit a width; a single word that does not is left as it is."""
    lines, room = [""], width_mm
    for word in text.split():
        wide = text_mm(word, size, bold) + (text_mm(" ", size, bold) if lines[-1] else 0.0)
        if lines[-1] and wide > room:
            lines.append("")
            wide, room = text_mm(word, size, bold), width_mm
        lines[-1] += f" {word}" if lines[-1] else word
        room -= wide
    return lines


def shorten(text: str, width_mm: float, size: float = BODY, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it does not fit a width."""
    if text_mm(text, size, bold) <= width_mm:
        return text
    while text and text_mm(text + "…", size, bold) > width_mm:
        text = text[:-1]
    return text.rstrip() + "…"


def signed(value: float, digits: int = 1) -> str:
    """A number with a true minus sign.

    >>> signed(-3.14159)
    '−3.1'
    """
    return f"{value:,.{digits}f}".replace("-", "−")


def name_of(text: str) -> str:
    """An id in quotation marks, as titles name it."""
    return f"“{text}”"
