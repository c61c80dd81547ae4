"""Draw: values to figures, each with a message for a title, the same bytes on every run.

Nothing of a case is computed here; no verb is called. Every figure names its sources, n and seed, and what was assumed.

- ``map``, ``paths``, ``claims``: parts, drawn on axes
- ``reports``, ``hypotheses``, ``support``, ``timeline``, ``verdict``: whole figures
- ``save``: PNG, SVG and PDF; ``alt``: a figure in words
"""

from trackkit.draw import style
from trackkit.draw.flights import hypotheses
from trackkit.draw.maps import map, paths
from trackkit.draw.matrix import support
from trackkit.draw.multiples import reports
from trackkit.draw.ranking import verdict
from trackkit.draw.reach import reach
from trackkit.draw.style import alt, save
from trackkit.draw.times import timeline
from trackkit.draw.told import claims
from trackkit.draw.trust import health, oracle, ranks, truth

__all__ = [
    "alt", "claims", "health", "hypotheses", "map", "oracle", "paths", "ranks", "reach", "reports", "save", "style",
    "support", "timeline", "truth", "verdict",
]  # fmt: skip
