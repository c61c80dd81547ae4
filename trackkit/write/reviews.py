"""What was judged of each claim, as schema.org's ClaimReview has it, with no rating of true or false."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from trackkit.errors import visible
from trackkit.model import Case

__all__ = ["claim_review"]

_AUTHOR = {"@type": "Organization", "name": "The trackkit authors"}
_CONDITION = (
    "Held against paths drawn under each story, this claim left out of the conditioning. Support is the share of paths "
    "that do what the claim says; little support is tension under these assumptions and excludes nothing."
)


def claim_review(case: Case, support: pd.DataFrame, file: str | Path) -> Path:
    """Write a ClaimReview for each claim that was judged, as JSON-LD.

    Parameters
    ----------
    case : Case
    support : DataFrame
        Columns `trackkit.columns.SUPPORT`, as the judging gives them.
    file : path

    Returns
    -------
    Path
        The rating is in words and names each story; there is no scale from false to true, since none was used.
    """
    judged = support[support["support"].notna()]
    told = [_review(case, str(name), rows) for name, rows in judged.groupby("claim", sort=True)]
    graph = {"@context": "https://schema.org", "@graph": told}
    Path(file).write_bytes((json.dumps(graph, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())
    return Path(file)


def _review(case: Case, name: str, rows: pd.DataFrame) -> dict[str, Any]:
    claim: dict[Any, Any] = case.claims.loc[[name]].to_dict("records")[0]
    return {
        "@type": "ClaimReview",
        "@id": f"#{name}",
        "claimReviewed": visible(claim["words"]),
        "itemReviewed": _item(case, claim),
        "author": _AUTHOR,
        "reviewBody": _CONDITION,
        "reviewRating": [{"@type": "Rating", "alternateName": _rating(rows)}, *map(_under, rows.itertuples())],
    }


def _item(case: Case, claim: dict[Any, Any]) -> dict[str, Any]:
    report: dict[Any, Any] = case.reports.loc[[claim["report"]]].to_dict("records")[0]
    source: dict[str, Any] = {"@type": "CreativeWork", "name": visible(report["title"])}
    if str(report["url"]).startswith(("https://", "http://")):
        source["url"] = str(report["url"])
    return {
        "@type": "Claim",
        "author": {"@type": "Organization", "name": visible(report["publisher"])},
        "datePublished": report["published"].strftime("%Y-%m-%d"),
        "appearance": source,
        "isBasedOn": visible(case.origins[claim["origin"]].name),
    }


def _rating(rows: pd.DataFrame) -> str:
    """How many stories the claim is consistent with, and how many it is in tension with."""
    count = rows["state"].value_counts()
    fits, tense = int(count.get("consistent", 0)), int(count.get("in tension", 0))
    return (
        f"Consistent with {fits} of {len(rows)} stories, in tension with {tense}; {len(rows) - fits - tense} require "
        "something further"
    )


def _under(row: Any) -> dict[str, Any]:
    """The state of a claim under one story, with its support and what that rests on."""
    spread = f", standard error {row.support_sd:.2g}" if math.isfinite(row.support_sd) else ""
    rests = f"Support {row.support:.3g} from {row.effective_paths:.0f} effective paths{spread}."
    return {
        "@type": "Rating",
        "reviewAspect": f"under the story {row.hypothesis}",
        "alternateName": visible(row.state),
        "ratingExplanation": visible(f"{row.reason} {rests}"),
    }
