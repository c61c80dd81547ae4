"""What a claim asks of a path: one small compiled function for each kind of claim.

Every kind takes paths as arrays and gives two numbers a path. `log_likelihood` is the log density of what the report
says, given the path: per square metre for a place, per metre for a height, per m/s for a speed, per degree for a
direction, per second for a time, and a plain probability for things that happened or did not. `fit` is how well the
path satisfies the claim on a scale from 1 (perfectly) to 0, without regard to how much the claim says.

A claim that means nothing has the density `log_background`: uniform over the extent of the case, over its window, over
the heights and speeds of the type, and even odds for a happening. With trust r in its origin a claim weighs
log(r L + (1 - r) B); see `weigh`.

`SAYS` has one function for each kind of claim, whose docstring says in words and formula what it accepts.

Times are folded in by integrating over them: a claim "at 02:32" is the average of what it says over the moments that
"02:32" may mean, not a wider circle. A place without a time is a place somewhere along the flight.
"""

from trackkit.claims.ask import PATH_KINDS, Asked, ask, independent, root, testable
from trackkit.claims.heard import Heard, hear, hearing, last_heard, last_places, own_signal, switched_off
from trackkit.claims.heights import Descent
from trackkit.claims.kinds import Course, Event, Fix, Turn
from trackkit.claims.meant import CLOCK_SD_S, FIX_SD_M, HEIGHT_SD_M
from trackkit.claims.parts import When
from trackkit.claims.says import EVEN, HEIGHT_RANGE_M, SAYS, SPEED_RANGE_MPS, Said
from trackkit.claims.weigh import (
    QUANTITIES,
    SLIP,
    Sheet,
    chain,
    evaluate,
    explained,
    groups,
    quantities,
    rule,
    satisfied,
    sheets,
    signals,
    weigh,
)
from trackkit.model import Groups

__all__ = [
    "CLOCK_SD_S", "EVEN", "FIX_SD_M", "HEIGHT_RANGE_M", "HEIGHT_SD_M", "PATH_KINDS", "QUANTITIES", "SAYS", "SLIP",
    "SPEED_RANGE_MPS", "Asked", "Course", "Descent", "Event", "Fix", "Groups", "Heard", "Said", "Sheet", "Turn",
    "When", "ask", "chain", "evaluate", "explained", "groups", "hear", "hearing", "independent", "last_heard",
    "last_places", "own_signal", "quantities", "root", "rule", "satisfied", "sheets", "signals", "switched_off",
    "testable", "weigh",
]  # fmt: skip
