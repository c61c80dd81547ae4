"""The page: what the notebooks told, in the order of an accident report, in one file that asks no network."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from trackkit import motion, wording
from trackkit.errors import visible
from trackkit.model import Case, Hypothesis
from trackkit.report import manifest
from trackkit.report.running import Notebook, tags

__all__ = ["SECTIONS", "Block", "blocks", "clean", "markdown", "write"]

#: sections of the page in their order, after ICAO Annex 13; a cell's tag `section:<word>` opens one
SECTIONS = {
    "summary": "Summary",
    "factual": "Factual information",
    "analysis": "Analysis",
    "conclusions": "Conclusions",
    "method": "Method",
    "assumptions": "Assumptions",
    "limits": "What this does not establish",
    "sources": "Sources",
}
_SECTION_TAG = "section:"
_QUIET = ("parameters", "injected-parameters")
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": ["href", "title"], "th": ["scope", "class", "colspan", "rowspan"],
               "td": ["class", "colspan", "rowspan"]}  # fmt: skip
_SILENT = re.compile(r"<(style|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"<(/?)h([1-6])>")


class Block(NamedTuple):
    """A piece of the page: the section it belongs to, and its HTML, made safe."""

    section: str
    html: str


def write(
    out: Path,
    case: Case,
    notebooks: Sequence[Notebook],
    executed: Mapping[str, Any],
    parameters: Mapping[str, Any],
) -> Path:
    """Write ``report.html``."""
    told = [block for notebook in notebooks for block in blocks(notebook.name, executed[notebook.name])]
    page = (
        _environment()
        .get_template("page.html")
        .render(
            case=case,
            sections=SECTIONS,
            blocks={key: [block.html for block in told if block.section == key] for key in SECTIONS},
            parameters={
                name: {key: one for key, one in values.items() if not isinstance(one, str)}
                for name, values in parameters.items()
            },
            shared=[*shared_assumptions(case.hypotheses), wind_assumed(case)],
            words=wording.WORDS.values(),
            versions=manifest.versions(),
            wording=wording.VERSION,
            style=(Path(__file__).parent / "page.css").read_text(encoding="utf-8"),
        )
    )
    (out / "report.html").write_bytes(visible(page).encode())
    return out / "report.html"


def blocks(name: str, node: Any) -> Iterator[Block]:
    """The pieces of a notebook as it was run, each in its section."""
    section = "analysis"
    for number, cell in enumerate(node.cells, start=1):
        opened = [tag.removeprefix(_SECTION_TAG) for tag in tags(cell) if tag.startswith(_SECTION_TAG)]
        section = next((key for key in opened if key in SECTIONS), section)
        if cell.cell_type == "markdown":
            yield Block(section, markdown(cell.source))
        elif cell.cell_type == "code" and not set(_QUIET) & set(tags(cell)):
            yield from (Block(section, html) for html in _told(cell, f"{name}, cell {number}"))


def _told(cell: Any, name: str) -> Iterator[str]:
    """A cell's outputs, and its code, folded."""
    yield from (html for output in cell.outputs if (html := _output(output)))
    label = "Checked: the numbers stated above" if "checks" in tags(cell) else "Code"
    yield _render("code.html", label=label, where=name, source=cell.source)


def _output(output: Any) -> str:
    if output.output_type == "stream":
        return _render("text.html", text=output.text) if output.name == "stdout" else ""
    forms, notes = output.get("data", {}), output.get("metadata", {}).get("trackkit", {})
    if "image/png" in forms:
        return _figure(forms["image/png"], notes, forms.get("text/plain", ""))
    if "text/html" in forms:
        return _render("table.html", html=clean(forms["text/html"]), **_notes(notes, "table", "caption"))
    if "text/markdown" in forms:
        return markdown(forms["text/markdown"])
    return _render("text.html", text=forms["text/plain"]) if "text/plain" in forms else ""


def _figure(picture: str, notes: Mapping[str, str], text: str) -> str:
    data = base64.b64encode(base64.b64decode(picture)).decode("ascii")  # nothing but base64 gets into the page
    told = _notes(notes, "figure", "alt")
    return _render("figure.html", data=data, figure=told["figure"], alt=told["alt"] or text)


def _notes(notes: Mapping[str, str], *keys: str) -> dict[str, str]:
    return {key: str(notes.get(key, "")) for key in keys}


def markdown(text: str) -> str:
    """Markdown to HTML made safe: its first heading is a third one of the page; raw HTML is shown, not obeyed.

    >>> markdown("# A *title*").strip()
    '<h3>A <em>title</em></h3>'
    """
    import mistune

    html = str(mistune.create_markdown(escape=True, plugins=["table"])(text))
    return clean(_HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + 2, 6)}>", html))


def clean(html: str) -> str:
    """HTML with words, lists, tables and links alone: no script, style, picture or address that is fetched.

    >>> clean('<p onclick="f()">a<script>b</script><img src="http://c"></p>')
    '<p>a</p>'
    """
    from nbconvert.preprocessors.sanitize import SanitizeHTML

    sanitizer = SanitizeHTML(tags=sorted(_TAGS), attributes=_ATTRIBUTES, strip=True)
    return str(sanitizer.sanitize_html_tags(_SILENT.sub("", html)))


def shared_assumptions(hypotheses: Iterable[Hypothesis]) -> list[str]:
    """The assumptions that all hypotheses make."""
    several = [one.assumptions for one in hypotheses]
    return [said for said in several[0] if all(said in other for other in several)] if several else []


def wind_assumed(case: Case) -> str:
    """The wind that paths fly in, in words."""
    broad, wind = motion.HABITS, case.wind
    if wind is None:
        low, up = broad.wind_mps, 1e3 * broad.wind_per_m
        return f"wind without direction; sd of either part {low:g} m/s at sea level, {up:g} m/s more a kilometre"
    east, north, spread = (float(part) for part in wind.at(6_000.0))
    return f"wind at 6 km: {east:.0f} m/s to the east, {north:.0f} to the north, ±{spread:.0f} either ({wind.source})"


def _render(part: str, **values: object) -> str:
    return str(_environment().get_template(part).render(**values))


def _environment() -> Any:
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent / "parts")
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
