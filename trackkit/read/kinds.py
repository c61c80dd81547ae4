"""The kinds of claim: what each must carry and what else it may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["KINDS", "MANNER", "REPORTED", "SOMEWHERE", "Kind"]

_PLACE = ("at", "near", "over", "inside", "position", "latitude", "longitude", "radius")
_WHEN = ("time", "date")
_PROFILE = ("from", "to", "datum", "within", "how", "rate")
_PART = ("phase", "before", "after", "lasting")
#: the ways to name a place, of which a claim has one
SOMEWHERE = ("at", "near", "over", "inside", "position", "latitude")

#: how values are joined in `as_reported`: the key, and the word before its value
REPORTED = {
    "time": "", "date": "", "phase": "phase ", "at": "at ", "near": "near ", "over": "over ", "inside": "inside ",
    "position": "",
    "latitude": "latitude ", "longitude": "longitude ", "radius": "radius ", "heading": "heading ",
    "toward": "toward ", "length": "for ", "side": "", "angle": "", "how": "", "speed": "", "from": "from ",
    "to": "to ", "altitude": "", "datum": "above ", "rate": "at ", "within": "within ", "lasting": "lasting ",
    "before": "before ", "after": "after ", "person": "", "about": "",
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """What a kind of claim must carry (`one_of`: at least one of each group) and what else it may."""

    one_of: tuple[tuple[str, ...], ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def allowed(self) -> set[str]:
        """Every key of the kind."""
        return {key for group in (*self.one_of, self.keys) for key in group}


KINDS: Mapping[str, Kind] = {
    "took_off": Kind((("at",),), _WHEN),
    "landed": Kind((SOMEWHERE,), (*_PLACE, *_WHEN)),
    "crashed": Kind((), (*_PLACE, *_WHEN)),
    "was_at": Kind((SOMEWHERE,), (*_PLACE, *_WHEN, "altitude", "datum", "speed", "phase")),
    "headed": Kind((("heading",),), (*_WHEN, *_PART, "length")),
    "flew_toward": Kind((("toward",),), (*_WHEN, *_PART)),
    "turned": Kind((), (*_PLACE, *_WHEN, "angle", "side", "how", "lasting")),
    "reversed": Kind((), (*_PLACE, *_WHEN, "side", "how", "lasting")),
    "climbed": Kind((), (*_PLACE, *_WHEN, *_PROFILE, "at_most")),
    "descended": Kind((), (*_PLACE, *_WHEN, *_PROFILE)),
    "flew_at": Kind((("speed", "altitude"),), (*_PLACE, *_WHEN, "datum", "phase")),
    "lost_signal": Kind((), (*_PLACE, *_WHEN, "altitude", "datum")),
    "switched_off": Kind((), _WHEN),
    "carried": Kind((("person",),)),
    "arrived": Kind((("person",), ("at",)), _WHEN),
    "context": Kind((), ("about",)),
}

#: what the word of `how` is a measure of, by kind
MANNER = {
    "turned": "the size of a turn",
    "reversed": "the size of a turn",
    "climbed": "the pace of a climb",
    "descended": "the pace of a descent",
}
