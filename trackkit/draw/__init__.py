"""Draw: values to figures, each with a message for a title, the same bytes on every run.

Nothing of a case is computed here; no verb is called. Every figure names its sources, n and seed, and what was assumed.

- ``map``, ``paths``, ``claims``: parts, drawn on axes
- ``reports``, ``hypotheses``, ``support``, ``timeline``, ``chain``, ``verdict``: whole figures
- ``explore``: one page to move in: map, heights, claims and a clock, linked
- ``agreement``, ``sweep``, ``where``: whole figures of what would change the answer
- ``quality``: where a track can be trusted, along its time; ``smoothed``: its fixes beside the smoothed ones
- ``reach``, ``profiles``: from what height an aircraft is heard, and each story over the ground
- ``reliability``, ``scores``, ``gaps``: what ensembles were worth on real flights
- ``save``: PNG, SVG and PDF; ``alt``: a figure in words
"""

from trackkit.draw import style
from trackkit.draw.copies import chain
from trackkit.draw.ends import where
from trackkit.draw.explorer import explore
from trackkit.draw.flights import hypotheses
from trackkit.draw.maps import map, paths
from trackkit.draw.matrix import support
from trackkit.draw.measured import gaps, reliability, scores
from trackkit.draw.multiples import reports
from trackkit.draw.overlap import agreement
from trackkit.draw.profile import profiles
from trackkit.draw.ranking import verdict
from trackkit.draw.reach import reach
from trackkit.draw.style import alt, save
from trackkit.draw.times import timeline
from trackkit.draw.told import claims
from trackkit.draw.tornado import sweep
from trackkit.draw.trust import health, oracle, ranks, truth
from trackkit.draw.trusted import quality, smoothed

__all__ = [
    "agreement", "alt", "chain", "claims", "explore", "gaps", "health", "hypotheses", "map", "oracle", "paths",
    "profiles", "quality", "ranks", "reach", "reliability", "reports", "save", "scores", "smoothed", "style",
    "support", "sweep", "timeline", "truth", "verdict", "where",
]  # fmt: skip
