"""Nouns -> what other programs read."""

from trackkit.write.frames import frame

__all__ = ["frame"]
