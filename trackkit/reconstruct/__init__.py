"""Ensembles of plausible paths: what can have been flown under a hypothesis, weighed by the claims.

- ``smooth``: a track's fixes without their noise, each with its uncertainty; nothing across a hole
- ``bridge``, ``bridges``: what may have been flown through a hole of a track, through each of its holes
- ``after``: after the last contact; ``within_reach``: the airports that it can have reached
- ``paths``: the paths of a hypothesis of a case; ``open_hypothesis``: the one that asserts nothing

Example
-------
>>> import trackkit as tk                                             # doctest: +SKIP
>>> case = tk.read.case("data/syrian-air-9218")                       # doctest: +SKIP
>>> ensemble = tk.reconstruct.paths(case, case.hypotheses[0], n=4000, seed=7)   # doctest: +SKIP
"""

from trackkit.reconstruct.after import after, within_reach
from trackkit.reconstruct.bridge import NoPath, bridge, bridges, holes
from trackkit.reconstruct.paths import RUNS, open_hypothesis, paths
from trackkit.reconstruct.smoothing import smooth

__all__ = [
    "RUNS", "NoPath", "after", "bridge", "bridges", "holes", "open_hypothesis", "paths", "smooth", "within_reach",
]  # fmt: skip
