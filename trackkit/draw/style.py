"""One visual language: sizes, colours, titles, footers, and files that are the same bytes on every run.

Sheets are laid out in millimetres from their upper left corner, so that what is read in print is what was set here.
Colours are those of Okabe and Ito, kept apart from each other also by line, hatch or mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from trackkit.draw.letters import (
    BODY,
    HEADING,
    LINE,
    POINT_MM,
    SMALL,
    TITLE,
    line_mm,
    name_of,
    plain,
    shorten,
    signed,
    text_mm,
    wrap,
)  # fmt: skip
from trackkit.errors import visible
from trackkit.model import Case, Ensemble

__all__ = [
    "BLACK", "BLUE", "BODY", "FAINT", "FEW", "FULL_MM", "GREEN", "GREY", "HALF_MM", "HEADING", "INK", "LINE",
    "ORANGE", "POINT_MM", "PURPLE", "SKY", "SMALL", "TITLE", "VERMILION", "YELLOW", "Look", "alt", "context",
    "counted", "dark", "effective", "extent_mm", "footer", "footer_mm", "hypothesis_looks", "legible", "line_mm",
    "looks_of", "made_of", "name_of", "origin_kinds", "origin_look", "panel", "paragraph", "plain", "rows",
    "save", "sheet", "shorten", "signed", "sources_of", "styled", "tell", "text_mm", "title", "wrap", "write",
]  # fmt: skip

P = ParamSpec("P")
R = TypeVar("R")

FULL_MM, HALF_MM = 180.0, 88.0
MM = 1 / 25.4
#: kept free at the right edge, for screens that set type a little wider than print
MARGIN_MM = 1.5
#: effective paths below which a number says so
FEW = 50.0
INK, GREY, FAINT = "#1a1a1a", "#5c5c5c", "#c9c9c9"

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip

RC = {
    "font.family": "DejaVu Sans",
    "font.size": BODY,
    "text.color": INK,
    "text.hinting": "none",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": BODY,
    "axes.titlesize": HEADING,
    "axes.linewidth": 0.5,
    "axes.labelpad": 2.0,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 0.8,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "svg.hashsalt": "trackkit",
    "pdf.fonttype": 42,
}


class Look(NamedTuple):
    """How one thing looks wherever it is drawn: colour, and line, hatch or mark as second channel."""

    color: str
    line: str | tuple[int, tuple[float, ...]] = "-"
    hatch: str = ""
    mark: str = "o"


_HYPOTHESES = (
    Look(BLUE, "-", "", "o"),
    Look(VERMILION, (0, (5.0, 1.5)), "////", "s"),
    Look(GREEN, (0, (5.0, 1.5, 1.0, 1.5)), "\\\\\\\\", "D"),
    Look(PURPLE, (0, (1.0, 1.0)), "....", "^"),
    Look(ORANGE, (0, (8.0, 2.0)), "xxxx", "v"),
    Look(SKY, (0, (3.0, 1.0, 1.0, 1.0, 1.0, 1.0)), "||||", "P"),
    Look(BLACK, (0, (2.0, 2.0)), "----", "X"),
    Look("#9a8c00", "-", "++++", "h"),
)
_ORIGINS = {
    "sensor": Look(BLACK, mark="o"),
    "tracker": Look(BLUE, mark="s"),
    "statement": Look(GREEN, mark="D"),
    "unnamed source": Look(ORANGE, mark="^"),
    "outlet": Look(SKY, mark="v"),
    "named person": Look(PURPLE, mark="P"),
    "imagery": Look(VERMILION, mark="h"),
}
_OTHER_ORIGIN = Look(GREY, mark="X")


def context() -> AbstractContextManager[None]:
    """Matplotlib's own defaults with the look of trackkit over them, for as long as a figure is made or written."""
    return matplotlib.style.context(["default", RC])


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function under `context`."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with context():
            return function(*args, **kwargs)

    return inside


def hypothesis_looks(names: Iterable[str]) -> dict[str, Look]:
    """The look of each hypothesis, by its place in the case."""
    return {name: _HYPOTHESES[number % len(_HYPOTHESES)] for number, name in enumerate(names)}


def looks_of(case: Case) -> dict[str, Look]:
    """The look of each hypothesis of a case."""
    return hypothesis_looks(one.id for one in case.hypotheses)


def origin_look(case: Case, origin: str) -> Look:
    """The look of an origin, by its kind."""
    known = case.origins.get(origin)
    return _ORIGINS.get(known.kind, _OTHER_ORIGIN) if known else _OTHER_ORIGIN


def origin_kinds(case: Case, origins: Iterable[str]) -> dict[str, Look]:
    """The kinds among these origins and their looks, in a fixed order."""
    present = {case.origins[origin].kind for origin in origins if origin in case.origins}
    ordered = [kind for kind in _ORIGINS if kind in present] + sorted(present - _ORIGINS.keys())
    return {kind: _ORIGINS.get(kind, _OTHER_ORIGIN) for kind in ordered}


def dark(color: str) -> bool:
    """Whether white is easier to read on this colour than black."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140.0


def legible(color: str) -> str:
    """A colour made as dark as type on white paper asks (contrast of 4.5 to 1, WCAG 2.2), its hue kept.

    >>> legible(BLUE) == BLUE.lower(), legible(ORANGE)
    (True, '#9c6c00')
    """
    light = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255.0
    share = next(share for share in np.arange(1.0, -0.01, -0.01) if _luminance(share * light) <= 1.05 / 4.5 - 0.05)
    return "#" + "".join(f"{round(255.0 * value):02x}" for value in share * light)


def _luminance(light: NDArray[np.float64]) -> float:
    """The relative luminance of a colour in sRGB (WCAG 2.2)."""
    linear = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


# ---------------------------------------------------------------------------------------------------------------
# type: measured, wrapped, written
# ---------------------------------------------------------------------------------------------------------------


def sheet(width_mm: float, height_mm: float) -> Figure:
    """An empty sheet."""
    figure = Figure(figsize=(width_mm * MM, height_mm * MM), dpi=100)
    FigureCanvasAgg(figure)
    return figure


def extent_mm(figure: Figure) -> tuple[float, float]:
    """Width and height of a sheet (mm)."""
    width, height = figure.get_size_inches()
    return float(width / MM), float(height / MM)


def panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place of the sheet, in mm from its upper left corner."""
    across, down = extent_mm(figure)
    return figure.add_axes((left / across, 1.0 - (top + height) / down, width / across, height / down))


def write(
    figure: Figure,
    left: float,
    top: float,
    text: str,
    size: float = BODY,
    color: str = INK,
    weight: str = "normal",
    align: str = "left",
) -> Text:
    """A line of text whose first baseline region begins at a place of the sheet (mm)."""
    across, down = extent_mm(figure)
    return figure.text(
        left / across, 1.0 - top / down, plain(text), size=size, color=color, weight=weight, ha=align, va="top",
        linespacing=LINE,
    )  # fmt: skip


def paragraph(
    figure: Figure,
    left: float,
    top: float,
    width: float,
    text: str,
    size: float = SMALL,
    color: str = INK,
    weight: str = "normal",
) -> float:
    """Wrapped text; the place (mm from the top) where it ends."""
    for number, line in enumerate(wrap(text, width, size, weight == "bold")):
        write(figure, left, top + number * line_mm(size), line, size, color, weight)
    return top + len(wrap(text, width, size, weight == "bold")) * line_mm(size)


def title(figure: Figure, message: str, subtitle: str = "") -> float:
    """The message, bold and left, in at most two lines; returns where the sheet below it begins (mm)."""
    width = extent_mm(figure)[0] - MARGIN_MM
    size = next((s for s in (TITLE, 8.0, 7.0) if len(wrap(message, width, s, True)) <= 2), 7.0)
    lines = _balanced(message, width, size)
    kept = [*lines[:1], shorten(" ".join(lines[1:]), width, size, True)] if len(lines) > 2 else lines
    for number, line in enumerate(kept):
        write(figure, 0.0, 0.6 + number * line_mm(size), line, size, weight="bold")
    top = 1.2 + len(kept) * line_mm(size)
    return paragraph(figure, 0.0, top, width, subtitle, SMALL, GREY) + 1.0 if subtitle else top + 1.0


def _balanced(message: str, width: float, size: float) -> list[str]:
    """The message in as many lines as it needs, none much longer than the others."""
    fewest = len(wrap(message, width, size, True))
    narrow = next(
        share for share in np.arange(0.5, 1.01, 0.05) if len(wrap(message, share * width, size, True)) == fewest
    )
    return wrap(message, float(narrow) * width, size, True)


def footer_mm(texts: Iterable[str], width: float = FULL_MM) -> float:
    """The height that `footer` needs (mm)."""
    width -= MARGIN_MM
    return sum(len(wrap(text, width, SMALL)) for text in texts if text) * line_mm(SMALL) + 1.5


def footer(figure: Figure, texts: Iterable[str]) -> None:
    """Small print at the foot of the sheet: sources, n, seed, what was derived, assumed or synthetic."""
    width, height = extent_mm(figure)
    texts = [text for text in texts if text]
    top = height - footer_mm(texts, width) + 1.0
    for text in texts:
        top = paragraph(figure, 0.0, top, width - MARGIN_MM, text, SMALL, GREY)


def made_of(ensembles: Iterable[Ensemble]) -> str:
    """How ensembles were made, for a footer."""
    several = list(ensembles)
    if not several:
        return "No paths were handed in."
    parts = [_several(name, {getattr(one, name) for one in several}) for name in ("n", "seed", "runs")]
    return f"Paths are synthetic, drawn by trackkit: {', '.join(parts)} for each ensemble."


def rows(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, as tuples with names."""
    return list(table.itertuples())


def effective(ensemble: Ensemble) -> float:
    """The effective number of an ensemble's paths: how many of equal weight would say as much."""
    weight = np.exp(ensemble.log_weight.to_numpy() - ensemble.log_weight.to_numpy().max())
    return float(weight.sum() ** 2 / (weight**2).sum())


def _several(name: str, values: set[int]) -> str:
    return f"{name} = {' or '.join(format(value, ',') for value in sorted(values))}"


def counted(verdict: pd.DataFrame, seed: int | None) -> str:
    """How the ensembles behind a verdict were made, for a footer."""
    if verdict.empty:
        return "No paths were handed in."
    parts = [_several("n", set(verdict["paths"])), _several("runs", set(verdict["runs"]))]
    return f"Paths are synthetic, drawn by trackkit: {', '.join(parts + [f'seed = {seed}'] * (seed is not None))}."


def sources_of(case: Case) -> str:
    """Where the case's claims come from, for a footer."""
    count = f"{len(case.claims)} claims in {len(case.reports)} reports"
    return f"Source: {case.name}, {count}, data/{case.folder.name}/reports."


# ---------------------------------------------------------------------------------------------------------------
# what a figure says to those who do not see it, and its files
# ---------------------------------------------------------------------------------------------------------------


def tell(figure: Figure, text: str) -> Figure:
    """The figure with its alternative text, in which nothing is obeyed by who reads it."""
    figure.set_label(visible(text))
    return figure


def alt(figure: Figure) -> str:
    """The alternative text of a figure: what it shows, in words."""
    return str(figure.get_label())


def save(figure: Figure, folder: str | Path, name: str) -> tuple[Path, Path, Path]:
    """Write a figure as PNG (300 dpi), SVG and PDF, the same bytes on every run; returns the three paths.

    Parameters
    ----------
    figure : Figure
    folder : path
        Made where it is missing.
    name : str
        Stem of the files.
    """
    target, words = Path(folder), alt(figure)
    target.mkdir(parents=True, exist_ok=True)
    notes: dict[str, dict[str, str | None]] = {
        ".png": {"Software": None, "Description": words},
        ".svg": {"Date": None, "Description": words},
        ".pdf": {"CreationDate": None, "Subject": words},
    }
    with context():
        for suffix, note in notes.items():
            figure.savefig(target / f"{name}{suffix}", dpi=300, metadata=note)
    return target / f"{name}.png", target / f"{name}.svg", target / f"{name}.pdf"
