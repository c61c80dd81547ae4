"""The main job: run the notebooks on a case, and gather what they made into one report.

- ``report``: runs them; writes ``report.html``, ``report.pdf``, ``figures/``, ``tables/``, ``notebooks/``,
  ``ro-crate-metadata.json`` and ``manifest.json``
- ``verify``: whether the files are still those that the manifest names; ``again``: whether a new run makes them anew
- ``figure``, ``table``: how a notebook hands over what it made
- ``summary``: verdict and support in words
- ``wrong``, ``change``, ``requires``, ``passenger``: what editors ask, answered from the numbers
"""

from trackkit.report.answers import change, passenger, requires, wrong
from trackkit.report.handing import figure, shares, table
from trackkit.report.job import again, report
from trackkit.report.manifest import verify
from trackkit.report.words import share, summary

__all__ = [
    "again", "change", "figure", "passenger", "report", "requires", "share", "shares", "summary", "table", "verify",
    "wrong",
]  # fmt: skip
