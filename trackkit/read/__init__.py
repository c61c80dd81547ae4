"""Files -> nouns: the only place that opens input.

`case` reads a case folder, `aircraft` the limits of a type, `priors` how flights of a kind manoeuvre,
`terrain` an analyst's own tile of heights.
"""

from trackkit.read.aircraft import aircraft
from trackkit.read.case import case
from trackkit.read.priors import priors
from trackkit.read.terrain import terrain

__all__ = ["aircraft", "case", "priors", "terrain"]
