"""The report in print: the page set as a tagged PDF, by a template that takes its words as data, never as source.

What stands in ``report.html`` stands in ``report.pdf``, but for the folded code; figures are set from their SVG files.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from PIL import Image

from trackkit.errors import visible
from trackkit.report import elements
from trackkit.report.elements import Element
from trackkit.report.running import EPOCH

__all__ = ["write"]

_LEFT_OUT = {"head", "nav", "style"}
_LEFT_OUT_CLASSES = {"code", "files"}
_SPACE = re.compile(r"\s+")
#: a table with more rows than that is for machines: so many are printed, and the file is named
_MOST_ROWS, _SOME_ROWS = 200, 40
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
#: columns are as wide as their words ask, within bounds (letters): the mean of their cells, the root of the longest
_NARROW, _WIDE, _MEAN, _ROOT = 4, 46, 1.3, 2.8
#: how wide a picture may be (points), how many points an inch has, and how fine pictures of the page are (dpi)
_ACROSS_PT, _INCH_PT, _DPI = 498.0, 72.0, 160.0
_SVG_WIDTH = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)pt"')


@dataclass
class _Setting:
    """What is known while the page is turned into data: its folder, that of the setting, what came so far."""

    out: Path
    folder: Path
    pictures: int = 0
    level: int = 0

    def blocks(self, element: Element) -> Iterator[dict[str, Any]]:
        """The blocks of an element, each as plain data."""
        words: list[Element | str] = []
        for child in element.children:
            if isinstance(child, str) or child.tag in _INLINE:
                words.append(child)
            else:
                yield from _paragraph(words)
                words = []
                yield from self._block(child)
        yield from _paragraph(words)

    def _block(self, element: Element) -> Iterator[dict[str, Any]]:
        if element.tag in _LEFT_OUT or element.attributes.get("class") in _LEFT_OUT_CLASSES:
            return
        make = _BLOCKS.get(element.tag, _Setting.blocks)
        yield from make(self, element)

    def heading(self, element: Element) -> Iterator[dict[str, Any]]:
        """A heading, never more than one level below the one before it; the first one is the title."""
        if element.tag != "h1":
            self.level = min(int(element.tag[1]) - 1, self.level + 1)
            yield {"is": "heading", "level": self.level, "of": _inline(element)}

    def paragraph(self, element: Element) -> Iterator[dict[str, Any]]:
        """A paragraph."""
        yield from _paragraph(element.children, element.attributes.get("class", ""))

    def items(self, element: Element) -> Iterator[dict[str, Any]]:
        """A list."""
        items = [list(self.blocks(child)) for child in element.children if isinstance(child, Element)]
        yield {"is": "list", "numbered": element.tag == "ol", "items": items}

    def verbatim(self, element: Element) -> Iterator[dict[str, Any]]:
        """Text as it stands."""
        yield {"is": "verbatim", "text": _legible(element.text)}

    def figure(self, element: Element) -> Iterator[dict[str, Any]]:
        """A picture with its words, or a table with its caption."""
        picture = next(element.find("img"), None)
        caption = next(element.find("figcaption"), None)
        if picture is None:
            told = _SPACE.sub(" ", "".join(_words_of(caption))).strip() if caption else ""
            for table in element.find("table"):
                yield _table(table, told)
            return
        name = _SPACE.sub(" ", caption.text).partition(".")[0].strip() if caption else ""
        file = self._picture(picture, name)
        alt = _legible(picture.attributes.get("alt", "")) or "a picture"
        yield {"is": "picture", "file": file.name, "width": _width_pt(file), "caption": _legible(name), "alt": alt}

    def _picture(self, picture: Element, name: str) -> Path:
        """The file of a picture in the folder of the setting: its SVG, or that of the page where there is none."""
        drawn = self.out / "figures" / f"{name.removeprefix('Figure ')}.svg"
        self.pictures += 1
        if name and drawn.is_file():
            file = self.folder / f"{self.pictures}.svg"
            shutil.copyfile(drawn, file)
        else:
            file = self.folder / f"{self.pictures}.png"
            file.write_bytes(base64.b64decode(picture.attributes["src"].partition(",")[2]))
        return file

    def table(self, element: Element) -> Iterator[dict[str, Any]]:
        """A table that stands by itself."""
        caption = next(element.find("caption"), None)
        yield _table(element, _SPACE.sub(" ", caption.text).strip() if caption else "")

    def nothing(self, element: Element) -> Iterator[dict[str, Any]]:
        """What is not printed."""
        return iter(())

    def aside(self, element: Element) -> Iterator[dict[str, Any]]:
        """The line of a folded part, which is unfolded in print."""
        yield {"is": "paragraph", "class": "aside", "of": _inline(element)}


_INLINE = {"a", "abbr", "b", "br", "code", "del", "em", "i", "span", "strong", "sub", "sup"}
_BLOCKS = {
    **{f"h{level}": _Setting.heading for level in range(1, 7)}, "p": _Setting.paragraph, "ul": _Setting.items,
    "ol": _Setting.items, "pre": _Setting.verbatim, "figure": _Setting.figure, "table": _Setting.table,
    "summary": _Setting.aside, "hr": _Setting.nothing,
}  # fmt: skip


def write(out: Path) -> Path:
    """Set ``report.html`` and its figures as ``report.pdf``: PDF/UA-1, its fonts inside, the same bytes on every run.

    Parameters
    ----------
    out : Path
        The folder of the report.
    """
    import typst

    page = elements.parsed((out / "report.html").read_text(encoding="utf-8"))
    clock = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)), UTC)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page.json").write_text(json.dumps(_told(page, out, folder), ensure_ascii=False), encoding="utf-8")
        shutil.copyfile(Path(__file__).parent / "paper.typ", folder / "paper.typ")
        made = typst.compile(
            folder / "paper.typ", root=folder, font_paths=[_FONTS], ignore_system_fonts=True, pdf_standards=["ua-1"],
            timestamp=int(clock.timestamp()),
        )  # fmt: skip
    (out / "report.pdf").write_bytes(made)
    return out / "report.pdf"


def _width_pt(file: Path) -> float:
    """The width at which a picture was drawn, where the page has room for it."""
    if file.suffix == ".svg":
        found = _SVG_WIDTH.search(file.read_text(encoding="utf-8"))
        return min(float(found[1]), _ACROSS_PT) if found else _ACROSS_PT
    with Image.open(file) as picture:
        return min(picture.width / _DPI * _INCH_PT, _ACROSS_PT)


def _told(page: Element, out: Path, folder: Path) -> dict[str, Any]:
    """The page as plain data: its title, the lines about it, and its blocks."""
    title = next(page.find("h1"))
    body = next(page.find("body"))
    kicker = next((one.text for one in body.find("p") if one.attributes.get("class") == "kicker"), "")
    return {
        "title": _legible(_SPACE.sub(" ", title.text).strip()),
        "kicker": _legible(kicker),
        "blocks": [block for block in _Setting(out, folder).blocks(body) if block.get("class") != "kicker"],
    }


def _paragraph(words: list[Element | str], kind: str = "") -> Iterator[dict[str, Any]]:
    told = _inline(Element("", {}, words))
    if any(piece["text"].strip() for piece in told):
        yield {"is": "paragraph", "class": kind, "of": told}


def _inline(element: Element, style: str = "", address: str = "") -> list[dict[str, str]]:
    """The words of an element in pieces, each with its style, and its address where it is a link."""
    pieces: list[dict[str, str]] = []
    for child in element.children:
        if isinstance(child, str):
            pieces.append({"text": _legible(_SPACE.sub(" ", child)), "style": style, "to": address})
        elif child.tag == "br":
            pieces.append({"text": "\n", "style": style, "to": ""})
        elif child.attributes.get("class") not in _LEFT_OUT_CLASSES:
            pieces += _inline(child, _STYLES.get(child.tag, style), _address(child) or address)
    return pieces


_STYLES = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "code": "code"}


def _address(element: Element) -> str:
    address = element.attributes.get("href", "")
    return address if address.startswith(("https://", "http://")) else ""


def _words_of(caption: Element) -> Iterator[str]:
    for child in caption.children:
        if isinstance(child, str):
            yield _legible(child)


def _table(element: Element, caption: str) -> dict[str, Any]:
    """A table as data: heads, rows of cells in pieces, and how wide each column should be beside the others."""
    rows = [[cell for cell in row.children if isinstance(cell, Element)] for row in element.find("tr")]
    across = max((len(row) for row in rows), default=0)
    head = rows[0] if rows and any(cell.tag == "th" for cell in rows[0]) else []
    body, caption = _printed(rows[1:] if head else rows, caption)
    rows = [head, *body] if head else body
    return {
        "is": "table",
        "caption": caption,
        "head": [_inline(cell) for cell in head],
        "rows": [[_inline(cell) for cell in row] for row in body if len(row) == across],
        "widths": [_width([row[at].text for row in rows if len(row) == across]) for at in range(across)],
        "right": ["number" in cell.attributes.get("class", "") for cell in rows[-1]] if rows else [],
    }


def _printed(rows: list[list[Element]], caption: str) -> tuple[list[list[Element]], str]:
    """The rows that are printed, and the caption, which says where the others are."""
    if len(rows) <= _MOST_ROWS:
        return rows, caption
    told = f"the first {_SOME_ROWS} of {len(rows)} rows; its CSV file holds all"
    return rows[:_SOME_ROWS], f"{caption}: {told}" if caption else told


def _width(texts: list[str]) -> float:
    """How many letters wide a column is set: as its longest word asks, or its sentences on average."""
    word = max((len(word) for text in texts for word in re.split(r"[\s_/.-]", text)), default=0)
    mean = _MEAN * sum(map(len, texts)) / max(len(texts), 1)
    root = _ROOT * max(map(len, texts), default=0) ** 0.5
    return float(min(max(1.25 * word + 1.0, mean, root, _NARROW), _WIDE))


def _legible(text: str) -> str:
    """The text with letters that the fonts lack told by their number: no word is lost."""
    known = _letters()
    return "".join(one if one in "\n" or ord(one) in known else f"[U+{ord(one):04X}]" for one in visible(text))


@cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    return frozenset(TTFont(_FONTS / "DejaVuSans.ttf").getBestCmap())
