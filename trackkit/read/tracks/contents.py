"""The content of a track file: opened within bounds, unpacked while counting, parsed strictly."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from trackkit.errors import TrackError

__all__ = ["LARGEST_BYTES", "LARGEST_RATIO", "LARGEST_TREE_BYTES", "Content", "load", "unpacked"]

#: no file is larger, packed or unpacked
LARGEST_BYTES = 200_000_000
#: no JSON or XML that is parsed whole is larger
LARGEST_TREE_BYTES = 50_000_000
#: nothing unpacks to more than this many times its size, beyond the first megabytes
LARGEST_RATIO = 200
_RATIO_FROM_BYTES = 10_000_000
_MOST_MEMBERS = 1000
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Content:
    """A file as read: its name, the hash of its bytes as stored, and what they unpack to."""

    name: str
    sha256: str
    data: bytes

    @cached_property
    def text(self) -> str:
        """As UTF-8 without byte order mark; UTF-16 where the mark says so.

        Raises
        ------
        TrackError
            If it is no text.
        """
        wide = self.data[:2] in (b"\xff\xfe", b"\xfe\xff")
        try:
            return self.data.decode("utf-16" if wide else "utf-8-sig")
        except UnicodeDecodeError as error:
            raise TrackError(f"not UTF-8 text: byte {error.start}", file=self.name) from None

    @cached_property
    def is_text(self) -> bool:
        """Whether the first bytes can be text."""
        return b"\x00" not in self.data[:512] or self.data[:2] in (b"\xff\xfe", b"\xfe\xff")

    @cached_property
    def start(self) -> str:
        """The first characters, white space and byte order mark taken off, whatever the rest may be."""
        wide = self.data[:2] in (b"\xff\xfe", b"\xfe\xff")
        return self.data[:4096].decode("utf-16" if wide else "utf-8", "replace").lstrip("\ufeff \t\r\n")

    @cached_property
    def head(self) -> str:
        """The first line that is not empty."""
        return next(iter(self.start.splitlines()), "").strip()

    @cached_property
    def json(self) -> Any:
        """The JSON it holds, read strictly; None where it holds none by its first character.

        Raises
        ------
        TrackError
            If it is damaged, has a key twice, NaN or Infinity, or is too deep or too large.
        """
        if self.start[:1] not in ("{", "["):
            return None
        _bounded(len(self.data), LARGEST_TREE_BYTES, self.name)
        try:
            return json.loads(self.text, object_pairs_hook=_object, parse_constant=_no_constant)
        except TrackError as error:
            raise error.at(self.name) from None
        except RecursionError:
            raise TrackError("JSON that is nested too deep", file=self.name) from None
        except ValueError as error:
            raise TrackError(f"not valid JSON: {str(error)[:200]}", file=self.name) from None

    @cached_property
    def xml(self) -> Element | None:
        """The root of the XML it holds; None where it holds none by its first character.

        Raises
        ------
        TrackError
            If it is damaged, too large, or has a document type, an entity or an external reference.
        """
        if not self.start.startswith("<"):
            return None
        _bounded(len(self.data), LARGEST_TREE_BYTES, self.name)
        try:
            root: Element = fromstring(self.data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        except DefusedXmlException:
            raise TrackError("XML with a document type or an entity", None, "plain XML", self.name) from None
        except (ParseError, ValueError, LookupError, RecursionError) as error:
            raise TrackError(f"not valid XML: {str(error)[:200]}", file=self.name) from None
        return root

    def rows(self, delimiter: str = ",") -> list[list[str]]:
        """The lines of a CSV file as cells, ragged as they are; empty lines are empty lists.

        Raises
        ------
        TrackError
            If a cell is longer than any cell of a track can be.
        """
        try:
            return list(csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise TrackError(f"not valid CSV: {error}", file=self.name) from None


def load(path: str | Path) -> Content:
    """The content of a file; gzip and zip (KMZ) are unpacked, whatever the name says.

    Raises
    ------
    TrackError
        If there is no such file, it cannot be read, is empty, damaged, or too large packed or unpacked.
    """
    path = Path(path)
    try:
        _bounded(path.stat().st_size, LARGEST_BYTES, path.name)
        data = path.read_bytes()
    except OSError as error:
        raise TrackError("a file that cannot be read", error.strerror, "a file", path.name) from None
    except ValueError:
        raise TrackError("not the name of a file", str(path)) from None
    if not data:
        raise TrackError("an empty file", file=path.name)
    return Content(path.name, hashlib.sha256(data).hexdigest(), unpacked(data, path.name))


def unpacked(data: bytes, name: str) -> bytes:
    """What gzip or zip bytes hold; others as they are.

    Raises
    ------
    TrackError
        If they are damaged, end early or unpack to too much.
    """
    if data[:2] == b"\x1f\x8b":
        return _counted(_gunzipped(data, name), len(data), name)
    if data[:4] == b"PK\x03\x04":
        return _counted(_unzipped(data, name), len(data), name)
    return data


def _counted(chunks: Iterator[bytes], packed: int, name: str) -> bytes:
    """The chunks together, refused as soon as they are too many."""
    most = min(LARGEST_BYTES, max(_RATIO_FROM_BYTES, LARGEST_RATIO * packed))
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        _bounded(size, most, name)
        parts.append(chunk)
    return b"".join(parts)


def _bounded(size: int, most: int, name: str) -> None:
    if size > most:
        raise TrackError("a file that is too large", f"{size} bytes or more", f"up to {most} bytes", name)


def _gunzipped(data: bytes, name: str) -> Iterator[bytes]:
    """Chunks of every member of a gzip stream; zero bytes after it are padding."""
    while data.strip(b"\x00"):
        engine = zlib.decompressobj(wbits=31)
        try:
            while not engine.eof:
                chunk = engine.decompress(data, _CHUNK)
                data = engine.unconsumed_tail
                yield chunk
                if not chunk and not data and not engine.eof:
                    raise TrackError("a gzip stream that ends early", None, "the whole file", name)
        except zlib.error as error:
            raise TrackError(f"damaged gzip: {error}", file=name) from None
        data = engine.unused_data


def _unzipped(data: bytes, name: str) -> Iterator[bytes]:
    """Chunks of the main file of a KMZ, in memory: nothing is written, other members stay shut."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(_main(archive, name)) as member:
            yield from iter(lambda: member.read(_CHUNK), b"")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError) as error:
        raise TrackError(f"damaged zip: {str(error)[:200]}", file=name) from None


def _main(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise TrackError("a zip of too many members", len(members), f"up to {_MOST_MEMBERS}", name)
    files = [one for one in members if one.filename.lower().endswith(".kml") and _inside(one.filename)]
    if not files:
        raise TrackError("a zip without a KML file", None, "a KMZ, which holds doc.kml", name)
    return next((one for one in files if one.filename.lower() == "doc.kml"), files[0])


def _inside(member: str) -> bool:
    parts = member.replace("\\", "/").split("/")
    return not member.startswith(("/", "\\", "__MACOSX")) and ".." not in parts and not parts[-1].startswith("._")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise TrackError("a JSON object with a key twice", next(key for key in keys if keys.count(key) > 1))
    return found


def _no_constant(word: str) -> float:
    raise TrackError("a number that JSON does not have", word, "finite numbers and null")
