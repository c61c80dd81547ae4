"""trackkit: plausible flight paths against what each report claims.

The verbs, in the order in which data flow: ``read -> check -> reconstruct -> judge -> draw``.
"""

from trackkit import (
    air,
    calibrate,
    check,
    claims,
    draw,
    earth,
    judge,
    motion,
    origins,
    read,
    reconstruct,
    report,
    sampler,
    units,
    wording,
    write,
)  # fmt: skip
from trackkit.errors import TrackkitError
from trackkit.model import Aircraft, Case, Ensemble, Hypothesis, Track

__all__ = [
    "Aircraft", "Case", "Ensemble", "Hypothesis", "Track", "TrackkitError", "air", "calibrate", "check", "claims",
    "draw", "earth", "judge", "motion", "origins", "read", "reconstruct", "report", "sampler", "units", "wording",
    "write",
]  # fmt: skip
