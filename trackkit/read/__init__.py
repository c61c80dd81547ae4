"""Files -> nouns: the only place that opens input.

`case` reads a case folder, `aircraft` the limits of a type.
"""

from trackkit.read.aircraft import aircraft
from trackkit.read.case import case

__all__ = ["aircraft", "case"]
