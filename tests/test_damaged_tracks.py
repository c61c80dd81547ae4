"""Whatever is done to a file, a reader gives a Track with every row accounted for, or one error of ours, in time.

Each dialect is read from 2,000 damaged files (marked slow); ``TRACKKIT_FUZZ=100000`` makes it that many, for a night.
Seeds are fixed by dialect and number, so that a failure can be made again.
"""

import gzip
import io
import os
import random
import time
import tracemalloc
import zipfile

import dialects
import pytest
from dialects import FLIGHT

from trackkit import read
from trackkit.errors import TrackkitError
from trackkit.model import Track
from trackkit.read.tracks import contents
from trackkit.read.tracks.choose import track_of
from trackkit.read.tracks.sheets import Options

N = int(os.environ.get("TRACKKIT_FUZZ", "2000"))
LONGEST_S, LARGEST_BYTES = 5.0, 500_000_000
#: what damage is made of: odd numbers, words, marks of every format
TOKENS = [
    b"NaN", b"Infinity", b"1e999", b"1e9", b"-1", b"91", b"null", b"true", b"{}", b"[]", b'""', b'"', b"'",
    b",", b";", b":", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b"=1+1", b"$x$", b"\x1b[31m", b"9" * 400,
    b"[" * 3000, b'{"a":' * 200, b"<!DOCTYPE a>", b"<!ENTITY a 'b'>", b"&a;", b"<![CDATA[", b"]]>", b"</",
    b"<a>" * 3000,
    b"1970-01-01T00:00:00Z", b"0000-00-00T00:00:00Z", b"9999-12-31T23:59:59Z", "٣".encode(), "\u202e".encode(), b"1_0",
]  # fmt: skip


def damaged(data: bytes, dice: random.Random) -> bytes:
    """The bytes after one to four accidents: cut, left out, told twice, noise, odd words, flipped bits."""
    for _ in range(dice.randint(1, 4)):
        place, length = dice.randrange(len(data) + 1), dice.choice([1, 1, 2, 5, 20, 200])
        before, hit, after = data[:place], data[place : place + length], data[place + length :]
        flipped = bytes([hit[0] ^ 1 << dice.randrange(8)]) + hit[1:] if hit else hit
        word, noise = dice.choice(TOKENS), dice.randbytes(length)
        middle = dice.choice([b"", hit * 2, noise, word, word + hit, flipped])
        data = before + middle + after if dice.random() < 0.9 else before
    return data


def outcome(data: bytes, options: dict[str, str]) -> Track | TrackkitError:
    """What a reader makes of the bytes; anything but these two comes through."""
    try:
        return track_of(contents.Content("a file", "", contents.unpacked(data, "a file")), Options(**options))
    except TrackkitError as error:
        return error


def sound(found: Track | TrackkitError) -> bool:
    if isinstance(found, TrackkitError):
        return bool(str(found))
    reading, fixes = found.reading, found.fixes
    whole = reading.rows_read == reading.rows_kept + reading.rows_set_aside and reading.rows_kept == len(fixes) > 0
    inside = fixes.geometry.y.abs().max() <= 90 and fixes.geometry.x.abs().max() <= 180
    return bool(whole and inside and fixes.index.is_monotonic_increasing)


@pytest.mark.slow
@pytest.mark.parametrize("name", dialects.DIALECTS)
def test_damaged_file_is_read_or_refused(name):
    made = dialects.DIALECTS[name]
    data = made.write(FLIGHT[:5])
    tracks = 0
    for number in range(N):
        start = time.perf_counter()
        found = outcome(damaged(data, random.Random(f"{name} {number}")), made.options)
        assert sound(found), number
        assert time.perf_counter() - start < LONGEST_S, number
        tracks += isinstance(found, Track)
    assert 0 < tracks < N  # damage that does nothing, or all, would test nothing


@pytest.mark.slow
@pytest.mark.parametrize("name", ["readsb trace", "Flightradar24 CSV", "GPX"])
def test_damaged_gzip_is_read_or_refused(name):
    made = dialects.DIALECTS[name]
    data = gzip.compress(made.write(FLIGHT[:5]))
    for number in range(N // 4):
        assert sound(outcome(damaged(data, random.Random(number)), made.options)), number


def bomb(kind: str) -> bytes:
    """A small file that unpacks, nests or grows beyond measure."""
    packed = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", b" " * 300_000_000)
    return {
        "gzip": lambda: gzip.compress(b" " * 300_000_000),
        "gzip in members": lambda: gzip.compress(b" " * 3_000_000) * 100,
        "zip": packed.getvalue,
        "deep JSON": lambda: b"[" * 1_000_000,
        "deep objects": lambda: b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
        "deep KML": lambda: b"<kml>" + b"<Folder>" * 100_000 + b"</Folder>" * 100_000 + b"</kml>",
        "entities": lambda: b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><kml>&b;</kml>',
        "long cell": lambda: b"Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction\n" + b"1" * 1_000_000,
        "many rows": lambda: b'{"icao":"4b1815","timestamp":1,"trace":[' + b"[]," * 100_000 + b"[]]}",
    }[kind]()


BOMBS = [
    "gzip", "gzip in members", "zip", "deep JSON", "deep objects", "deep KML", "entities", "long cell", "many rows",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOMBS)
def test_bomb_is_refused_within_time_and_memory(kind):
    data = bomb(kind)
    tracemalloc.start()
    try:
        found = outcome(data, {})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    start = time.perf_counter()
    outcome(data, {})
    assert isinstance(found, TrackkitError)
    assert len(str(found)) < 2000
    assert time.perf_counter() - start < LONGEST_S
    assert peak < LARGEST_BYTES


# -- what the security rules name -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (b'{"icao": "4b1815", "timestamp": NaN, "trace": []}', "a number that JSON does not have"),
        (b'{"icao": "4b1815", "icao": "aa0000", "timestamp": 1, "trace": []}', "a key twice"),
        (b'{"icao": "4b1815", "timestamp": 1, "trace": [[' + b"9" * 5000 + b"]]}", "not valid JSON"),
        (b'<?xml version="1.0"?><!DOCTYPE kml><kml/>', "a document type or an entity"),
        (b'<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>', "a document type or an entity"),
        ('<!DOCTYPE kml><kml/>'.encode("utf-16"), "a document type or an entity"),
        (b"\x80\x04\x95\x00\x00\x00\x00.", "no known format"),
        (b"\x1f\x8b\x08\x00", "ends early"),
        (b"PK\x03\x04", "damaged zip"),
        (b"PAR1\x00\x00PAR1", "damaged Parquet"),
    ],
)  # fmt: skip
def test_unsafe_content_is_refused(inside, says, tmp_path):
    (tmp_path / "a file").write_bytes(inside)
    with pytest.raises(TrackkitError, match=says):
        read.track(tmp_path / "a file")


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("name", ["../evil.kml", "/evil.kml", "a/../../evil.kml", "__MACOSX/._a.kml", "a.txt", "a.kmz"])
def test_zip_member_outside_or_of_another_kind_is_not_opened(name):
    assert "a zip without a KML file" in str(outcome(zipped((name, b"<kml/>")), {}))


def test_zip_of_too_many_members_is_refused():
    many = zipped(*((f"{number}.kml", b"") for number in range(1001)))
    assert "too many members" in str(outcome(many, {}))


def test_file_that_is_not_there_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "nothing", tmp_path, "a\0b"):
        with pytest.raises(TrackkitError):
            read.track(path)


def test_text_from_files_cannot_command_a_terminal(tmp_path):
    data = dialects.fr24_csv(FLIGHT).replace(b"TST12", b"\x1b[31mTST").replace(b'"33.550000', b'"\x1b]0;x\x07')
    track = outcome(data, {})
    shown = "".join([track.name, *track.fixes["callsign"], *track.reading.set_aside["given"]])
    assert "\\x1b" in shown
    assert shown.isprintable()
