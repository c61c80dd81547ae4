"""Files -> nouns: the only place that opens input.

`case` reads a case folder, `aircraft` the limits of a type, `priors` how flights of a kind manoeuvre, `attractors`
where spoofed receivers are known to show themselves, `terrain` an analyst's own tile of heights, `wind` an own file of
winds; `track` reads a track file of any dialect, `frame` a DataFrame, `join` makes one track of several.
"""

from trackkit.read.aircraft import aircraft
from trackkit.read.attractors import attractors
from trackkit.read.case import case
from trackkit.read.priors import priors
from trackkit.read.terrain import terrain
from trackkit.read.tracks.choose import join, track
from trackkit.read.tracks.frames import frame
from trackkit.read.winds import wind

__all__ = ["aircraft", "attractors", "case", "frame", "join", "priors", "terrain", "track", "wind"]
