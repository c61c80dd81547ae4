"""Elements of an XML tree by their local names: files use many namespaces, and none."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

__all__ = ["child", "children", "descendants", "local", "text"]


def local(element: Element) -> str:
    """``{http://www.opengis.net/kml/2.2}Point`` -> ``Point``; the ``gx:`` of an undeclared prefix is taken off too."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2].rpartition(":")[2].strip()


def children(element: Element | None, name: str) -> list[Element]:
    """The direct children of this name."""
    return [] if element is None else [one for one in element if local(one) == name]


def child(element: Element | None, *names: str) -> Element | None:
    """The first child, grandchild … along these names, or None."""
    for name in names:
        element = next(iter(children(element, name)), None)
    return element


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """All elements of these names, in the order of the file."""
    return (one for one in element.iter() if local(one) in names)


def text(element: Element | None, *names: str) -> str:
    """The text of the element along these names, stripped; empty where there is none."""
    found = child(element, *names)
    return (found.text or "").strip() if found is not None else ""
