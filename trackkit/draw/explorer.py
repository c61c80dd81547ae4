"""Figure 10: a page to move in. Map, heights, claims and a clock, linked, in one file that asks no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trackkit.draw import plots, style
from trackkit.draw.flights import local_zone
from trackkit.draw.ground import sources
from trackkit.draw.moving import DEGREE, LEVELS, Clock, Moving, clock, moving
from trackkit.errors import InputError, visible
from trackkit.model import Case, Ensemble

__all__ = ["Explorer", "explore"]

_PARTS = Path(__file__).parent / "page"
_ID = re.compile(r'"p(\d{4,})"')
_SIGNS = {"consistent": ("fits", "✓"), "in tension": ("tense", "✗")}
_FRAME_PX = 1500


@dataclass(frozen=True)
class Explorer:
    """A page to move in: `save` writes it as a file; in a notebook it shows itself, in a frame of its own."""

    html: str = field(repr=False)
    words: str

    def save(self, file: str | Path) -> Path:
        """Write the page, one file."""
        Path(file).write_bytes(self.html.encode())
        return Path(file)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        frame = (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" title="{escape(self.words)}" '
            f'style="width:100%;height:{_FRAME_PX}px;border:0"></iframe>'
        )
        return {"text/html": frame, "text/plain": self.words}


def explore(
    case: Case,
    ensembles: Mapping[str, Ensemble] | Iterable[Ensemble],
    support: pd.DataFrame | None = None,
    verdict: pd.DataFrame | None = None,
    sample: int = 40,
) -> Explorer:
    """Draw one page with map, height profile, claims and timeline linked, and a clock that moves all hypotheses.

    Parameters
    ----------
    case : Case
    ensembles : mapping or iterable of Ensemble
        Of the same case, with the same stored steps.
    support, verdict : DataFrame, optional
        Columns `trackkit.columns.SUPPORT` and `VERDICT`: shown beside the claims and hypotheses.
    sample : int
        Paths drawn of each ensemble, taken evenly by weight; regions and bands are of all its paths.

    Returns
    -------
    Explorer
        The same bytes on every run.

    Raises
    ------
    InputError
        If there is no ensemble.
    """
    several = list(ensembles.values() if isinstance(ensembles, Mapping) else ensembles)
    if not several:
        raise InputError("there are no ensembles to explore", allowed="those of the hypotheses of the case")
    ticks = clock(several)
    moved = {one.hypothesis.id: moving(case, one, ticks, sample) for one in several}
    words = _words(case, several, sample)
    values = {
        "name": visible(case.name), "words": words, "foot": _foot(case, several, sample), "count": len(ticks.times),
        "hypotheses": [_hypothesis(case, one, verdict) for one in several],
        "reports": _reports(case, support, [one.hypothesis.id for one in several]),
        "data": _json(_data(case, moved, ticks)), "plots": _json(_document(case, moved, ticks)),
        "start": len(ticks.times) // 2,
    }  # fmt: skip
    return Explorer(_rendered(values), words)


def _words(case: Case, ensembles: list[Ensemble], sample: int) -> str:
    paths = sum(one.n for one in ensembles)
    return visible(
        f"{case.name}: {len(ensembles)} hypotheses in motion, {paths:,} paths behind the regions, up to {sample} of "
        "each drawn, with every claim about the aircraft"
    )


def _foot(case: Case, ensembles: list[Ensemble], sample: int) -> list[str]:
    held = " and ".join(f"{100 * level:.0f} %" for level in LEVELS)
    return [
        visible(f"{style.sources_of(case)} {style.made_of(ensembles)}"),
        f"Regions hold {held} of the weight of all paths at the moment, on the ground or in the air, drawn each minute "
        f"or so; bands of height hold 90 %, the line is the median; points and lines are {sample} paths taken evenly "
        "by weight. A region is where a story could be; it is not where the aircraft was.",
        "Dashed outlines: how far the words of a claim reach; hollow marks: copies. "
        + sources(case.extent),
    ]


def _hypothesis(case: Case, one: Ensemble, verdict: pd.DataFrame | None) -> dict[str, str]:
    """A hypothesis as the page lists it, with its row of the verdict where there is one."""
    name, told = one.hypothesis.id, ""
    rows = verdict[verdict["hypothesis"] == name] if verdict is not None else None
    if rows is not None and len(rows):
        row = rows.iloc[0]
        told = f"log evidence {style.signed(row['log_evidence'])} ± {row['log_evidence_sd']:.1f} nat. {row['caution']}"
    effective = f"{style.effective(one):,.0f} effective of {one.n:,} paths"
    return {"id": visible(name), "says": visible(one.hypothesis.says), "told": visible(told), "effective": effective,
            "color": style.looks_of(case)[name].color}  # fmt: skip


def _reports(case: Case, support: pd.DataFrame | None, names: list[str]) -> list[dict[str, Any]]:
    """Reports with their claims about the aircraft, each with its support under each hypothesis."""
    rows = case.claims[(case.claims["subject"] == "aircraft") & (case.claims["says"] != "context")]
    known = {} if support is None else {(row.claim, row.hypothesis): row for row in style.rows(support)}
    found: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(style.rows(rows)):
        cells = [_cell(known.get((row.Index, name))) for name in names]
        claim = {"number": number, "words": visible(row.words), "cells": cells, "repeated": bool(row.copy_of),
                 "color": style.origin_look(case, row.origin).color,
                 "origin": visible(case.origins[row.origin].name)}  # fmt: skip
        found.setdefault(str(row.report), []).append(claim)
    publishers = case.reports["publisher"]
    return [{"id": visible(name), "publisher": visible(str(publishers[name])), "claims": claims}
            for name, claims in found.items()]  # fmt: skip


def _cell(row: Any) -> dict[str, str]:
    """A sign, a share and a sentence: what a claim is to a story."""
    if row is None or row.support != row.support:
        return {"kind": "none", "sign": "–", "share": "", "words": "not tested" if row is None else str(row.state)}
    kind, sign = _SIGNS.get(row.state, ("needs", "○"))
    paths = f"{row.effective_paths:,.0f} effective paths"
    return {"kind": kind, "sign": sign, "share": _share(row.support, row.effective_paths),
            "words": visible(f"{row.state}: {row.reason} ({paths})")}  # fmt: skip


def _share(value: float, n: float) -> str:
    """A share of n paths that claims no more than n can say."""
    least = 3.0 / max(n, 3.0)
    if value < least:
        return f"<{100 * least:.2g} %"
    return f">{100 - 100 * least:.3g} %" if value > 1.0 - least else f"{100 * value:.2g} %"


# ---------------------------------------------------------------------------------------------------------------
# what the script is given
# ---------------------------------------------------------------------------------------------------------------


def _data(case: Case, moved: Mapping[str, Moving], ticks: Clock) -> dict[str, Any]:
    """The moments, and each hypothesis at them."""
    utc = ticks.times.tz_localize("UTC")
    zone = local_zone(case)
    local = [f"{at:%H:%M:%S}" for at in utc.tz_convert(zone)] if zone else []
    region = np.searchsorted(ticks.drawn, np.arange(len(utc)), side="right") - 1
    return {
        "degree": DEGREE, "ms": [int(at.timestamp() * 1000) for at in utc], "utc": [f"{at:%H:%M:%S}" for at in utc],
        "local": local, "zone": zone.rpartition("/")[2], "region": region.tolist(), "alphas": [0.30, 0.16],
        "trail": int(ticks.times.searchsorted(ticks.times[0] + pd.Timedelta(minutes=5))),
        "aspect": float(1.0 / np.cos(np.radians(0.5 * (case.extent.south + case.extent.north)))),
        "extent": [case.extent.west, case.extent.south, case.extent.east, case.extent.north],
        "hypotheses": [_flown(name, one, style.looks_of(case)[name].color) for name, one in moved.items()],
    }  # fmt: skip


def _flown(name: str, one: Moving, color: str) -> dict[str, Any]:
    lon, lat, height = (field.tolist() for field in one.paths)
    low, middle, high = (np.rint(one.bands[at]).astype(int).tolist() for at in (0, 2, 4))
    return {
        "id": visible(name), "color": color, "lon": lon, "lat": lat, "height": height, "regions": one.regions,
        "low": low, "middle": middle, "high": high, "airborne": np.round(one.airborne, 3).tolist(),
    }  # fmt: skip


def _document(case: Case, moved: Mapping[str, Moving], ticks: Clock) -> dict[str, Any]:
    """The plots as their library reads them, and which of them goes where."""
    from bokeh.document import Document

    claims = plots.claims_source(case)
    ground = plots.ground_map(case, claims)
    now = next(one.data_source for one in ground.renderers if one.data_source.name == "now")
    profile = plots.heights(case, moved, ticks, now)
    document = Document()
    for one in (ground, profile, plots.timeline(case, claims, profile.x_range)):
        document.add_root(one)
    roots = {root.id: f"plot-{root.name}" for root in document.roots}
    items = [{"docid": "page", "roots": roots, "root_ids": list(roots)}]
    return {"docs": {"page": document.to_json(deferred=False)}, "items": items}


def _json(value: Any) -> str:
    """JSON for a script element: the library's ids numbered from one, and nothing that could close the element."""
    from bokeh.core.json_encoder import serialize_json

    ids: dict[str, str] = {}
    text = _ID.sub(lambda found: f'"p{ids.setdefault(found[1], str(len(ids) + 1))}"', serialize_json(value))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _rendered(values: Mapping[str, Any]) -> str:
    import jinja2
    from bokeh.resources import INLINE

    loader = jinja2.FileSystemLoader(_PARTS)
    pages = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
                               lstrip_blocks=True)  # fmt: skip
    library = "\n".join(INLINE.clone(components=["bokeh"]).js_raw)
    more = {name: (_PARTS / f"explore.{name}").read_text(encoding="utf-8") for name in ("css", "js")}
    return str(pages.get_template("explore.html").render(**values, **more, library=library))
