"""A small valid case folder, written for a test and then bent by it."""

from __future__ import annotations

import hashlib
from pathlib import Path

CASE = """
name = "A small case"
question = "Where did it go?"
aircraft = "IL76"
subject_person = "the passenger"

[window]
start = "2024-12-08T01:50:00Z"
end = "2024-12-08T02:55:00Z"

[map]
west = 35.0
south = 33.2
east = 38.0
north = 36.0

[zones]
UTC = "UTC"
GMT = "UTC"
local = "Asia/Damascus"
Moscow = "Europe/Moscow"
Swedish = "Europe/Stockholm"

[flight]
from = "OSDI"
earliest = "2024-12-08T01:53:00Z"
latest = "2024-12-08T02:02:00Z"
levels = ["20000 ft", "28000 ft"]
[[flight.route]]
name = "airway"
weight = 0.7
via = ["Homs"]
to = "OSLK"
source = "a guess"
[[flight.route]]
name = "free"
weight = 0.3
source = "a guess"

[[place]]
id = "OSDI"
kind = "airport"
also = ["Damascus airport"]
latitude = 33.4115
longitude = 36.5156
radius = "3 km"
elevation = "2020 ft"
source = "made for a test"
[[place.runway]]
ident = "05R"
latitude = 33.4062
longitude = 36.4993
heading = 48
length = "3600 m"
[[place]]
id = "OSLK"
kind = "airport"
also = ["Hmeimim"]
latitude = 35.4011
longitude = 35.9487
radius = "3 km"
source = "made for a test"
[[place.runway]]
ident = "17"
latitude = 35.4139
longitude = 35.9475
heading = 177
length = "2797 m"
[[place]]
id = "Homs"
kind = "city"
latitude = 34.7240
longitude = 36.7256
radius = "5 km"
source = "made for a test"
[[place]]
id = "coast"
kind = "area"
latitude = 34.9
longitude = 35.87
radius = "10 km"
source = "made for a test"

[[origin]]
id = "transponder"
name = "the aircraft's own signal"
kind = "sensor"
[[origin]]
id = "tracker-one"
name = "one tracker"
kind = "tracker"
via = "transponder"
[[origin]]
id = "tracker-two"
name = "another tracker"
kind = "tracker"
via = "transponder"
[[origin]]
id = "an-official"
name = "an official"
kind = "official"

[[event]]
time = "2024-12-08T03:05:00Z"
text = "First light."
source = "made for a test"
"""

HYPOTHESES = """
[[hypothesis]]
id = "crashed"
says = "It crashed near Homs."
prior = 0.4
leaves = { after = "12 min", mean = "8 min" }
ends = ["crashed"]
asserts = [{ says = "crashed", near = "Homs" }]
assumptions = ["the last positions were right"]
[[hypothesis.trust]]
origin = "*"
trust = 0.8
[[hypothesis]]
id = "landed"
says = "It landed at Hmeimim."
prior = 0.6
leaves = false
ends = ["landed"]
at = ["Hmeimim"]
aboard = 0.5
asserts = [{ says = "landed", at = "OSLK" }]
[[hypothesis.trust]]
origin = "*"
trust = 0.8
[[hypothesis.trust]]
origin = "transponder"
from = "2024-12-08T02:20:00Z"
trust = 0.1
"""

REPORT = """
id = "{id}"
publisher = "A paper"
title = "[a text]"
published = "{published}"
url = ""
language = "en"
seen = "copy"
seen_in = "a test"
via = ["tracker-one"]
reliability = "C"
"""

TURNED = {"id": "turned", "says": "turned", "near": "Homs"}


def claim(**keys: object) -> str:
    """A [[claim]] with these keys over the common ones; a key whose value is None is left out."""
    common = {"quote": "a few words", "words": "A sentence.", "subject": "aircraft", "origin": "tracker-one",
              "credibility": "3"}  # fmt: skip
    given = {key.rstrip("_"): value for key, value in {**common, **keys}.items() if value is not None}
    return "[[claim]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in given.items())


def report(name: str, *claims: str, published: str = "2024-12-08") -> str:
    """A report file with these claims."""
    return REPORT.format(id=name, published=published) + "\n".join(claims)


def write(folder: Path, *claims: dict[str, object], **files: str) -> Path:
    """A case folder whose one report `paper` has these claims; `files` replace or add files by their stem."""
    contents = {
        "case.toml": files.pop("case", CASE),
        "hypotheses.toml": files.pop("hypotheses", HYPOTHESES),
        "reports/paper.toml": report("paper", *[claim(**one) for one in claims or (TURNED,)]),
    }
    if "wording" in files:
        contents["wording.toml"] = files.pop("wording")
    contents.update({f"reports/{name}.toml": text for name, text in files.items()})
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    register(folder)
    return folder


def register(folder: Path) -> None:
    """Write the registry of a folder as it stands."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.toml"))
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "registry.txt").write_text("".join(lines), encoding="utf-8")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
