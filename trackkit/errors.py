"""What trackkit says when input cannot be used: what was given, what is allowed, where it stands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["CaseError", "HashError", "InputError", "TrackError", "TrackkitError", "nearest", "visible"]


#: what a screen obeys and does not show: control characters, marks of direction, lone halves of characters
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)


class TrackkitError(Exception):
    """The kind that every error of trackkit belongs to."""


class InputError(TrackkitError):
    """A value that cannot be used.

    Parameters
    ----------
    what : str
        The sentence that says what is wrong.
    given : object, optional
        The value as it was given.
    allowed : str or iterable of str, optional
        What would be right; with several words, the nearest spelling to `given` is named as well.
    file, row : optional
        Where it stands: the file, and the line, claim or key inside it.
    """

    def __init__(
        self,
        what: str,
        given: object = None,
        allowed: str | Iterable[str] | None = None,
        file: str | Path | None = None,
        row: object = None,
    ) -> None:
        self.what, self.given, self.file, self.row = what, given, file, row
        self.allowed = allowed if allowed is None or isinstance(allowed, str) else sorted(allowed)
        super().__init__(_sentence(what, given, self.allowed, file, row))

    def at(self, file: str | Path | None = None, row: object = None) -> InputError:
        """The same error, told where it stands (places already named are kept)."""
        return type(self)(self.what, self.given, self.allowed, self.file or file, self.row or row)


class CaseError(InputError):
    """A case folder that cannot be read: an unknown key, a zone-less time, two claims of one id …"""


class HashError(CaseError):
    """A file that is not the one that was registered."""


class TrackError(InputError):
    """A track file that cannot be read."""


def nearest(given: object, allowed: Iterable[str]) -> str | None:
    """The allowed word whose spelling is nearest to the given one, or None if none is near."""
    words = sorted(str(word) for word in allowed)
    return next(iter(difflib.get_close_matches(str(given), words, n=1, cutoff=0.6)), None)


def visible(text: str) -> str:
    r"""The text with what a screen would obey shown instead: terminal escapes, marks of direction, control characters.

    >>> visible("SYR9218\x1b[31m\u202e")
    'SYR9218[U+001B][31m[U+202E]'
    """
    return _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def _sentence(what: str, given: object, allowed: str | list[str] | None, file: object, row: object) -> str:
    place = ", ".join(visible(str(part)) for part in (file, row) if part is not None)
    parts = [f"{place}: {what}" if place else what]
    if given is not None:
        parts.append(f"given: {given!r}")
    if isinstance(allowed, str):
        parts.append(f"allowed: {allowed}")
    elif allowed is not None:
        parts.append(f"allowed: {', '.join(allowed)}")
        near = nearest(given, allowed)
        if near is not None and near != given:
            parts.append(f"did you mean {near!r}?")
    return "; ".join(parts)
