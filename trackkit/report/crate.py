"""The research object: what a report was made of and what it gave, as ``ro-crate-metadata.json`` (RO-Crate 1.1)."""

from __future__ import annotations

import json
import mimetypes
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trackkit.errors import visible
from trackkit.model import Case
from trackkit.report import manifest
from trackkit.report.running import EPOCH

__all__ = ["FILE", "write"]

FILE = manifest.CRATE
_ACTION = "#report"
_LICENCE = "https://spdx.org/licenses/MIT"
_WORDS = (
    "Paths are synthetic, drawn by trackkit under stated assumptions. Quotations are 15 words at most; the copyright "
    "of the reports remains with their publishers. Places: OurAirports (public domain), GeoNames (CC BY 4.0). Ground: "
    "NOAA GLOBE, elsewhere ITU-R P.1511-2. Borders: de facto lines, Natural Earth (public domain). Shores: GSHHG "
    "(LGPL-3 or later)."
)
#: what the ground of the figures is made of, with the licence of each
_GROUND = (
    ("Natural Earth", "https://www.naturalearthdata.com/", "https://creativecommons.org/publicdomain/mark/1.0/"),
    ("GSHHG", "https://www.soest.hawaii.edu/pwessel/gshhg/", "https://spdx.org/licenses/LGPL-3.0-or-later"),
    ("OurAirports", "https://ourairports.com/data/", "https://creativecommons.org/publicdomain/mark/1.0/"),
    ("GeoNames", "https://www.geonames.org/", "https://creativecommons.org/licenses/by/4.0/"),
    ("NOAA GLOBE", "https://www.ngdc.noaa.gov/mgg/topo/globe.html", "https://creativecommons.org/publicdomain/mark/1.0/"),
)  # fmt: skip


def write(out: Path, case: Case, parameters: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write ``ro-crate-metadata.json``: files with hash and size, inputs by hash, versions, seeds and licences.

    Parameters
    ----------
    out : Path
        The folder of the report, its files made.
    case : Case
    parameters : mapping
        Each notebook's parameters, as they were run.
    """
    from rocrate.model import ContextEntity, File  # type: ignore[import-untyped]
    from rocrate.rocrate import ROCrate  # type: ignore[import-untyped]

    crate = ROCrate()
    named = [ContextEntity(crate, one.pop("@id"), properties=one) for one in _entities(case, parameters)]
    crate.add(*named)
    for name in manifest.made(out):
        if name != FILE and name.endswith(manifest.SUFFIXES):
            crate.add(File(crate, dest_path=name, properties=_of_file(out / name, name)))
    for key, value in _root(case, parameters).items():
        crate.root_dataset[key] = value
    told = _settled(crate.metadata.generate())
    (out / FILE).write_bytes((json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())
    return out / FILE


def _root(case: Case, parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "name": f"{visible(case.name)}: plausible paths against what each report claims",
        "description": f"{visible(case.question)} {_WORDS}",
        "datePublished": _clock(),
        "license": {"@id": _LICENCE},
        "mentions": [{"@id": _ACTION}],
        "keywords": [f"{name}: {key} = {value}" for name, key, value in _numbers(parameters)],
    }


def _entities(case: Case, parameters: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is no file of the report: licence, sources, software with versions, inputs, and the run."""
    inputs = [_input(case, name, digest) for name, digest in sorted(case.registry.items())]
    ground = [{"@id": url, "@type": "CreativeWork", "name": name, "license": {"@id": licence}}
              for name, url, licence in _GROUND]  # fmt: skip
    seeds = [{"@id": f"#{name}-{key}", "@type": "PropertyValue", "name": f"{name}: {key}", "value": value}
             for name, key, value in _numbers(parameters)]  # fmt: skip
    used = [*_software(), *inputs, *ground, *seeds]
    action = {
        "@id": _ACTION, "@type": "CreateAction", "name": "The report: notebooks run on a case",
        "instrument": [{"@id": one["@id"]} for one in used if one["@type"] == "SoftwareApplication"],
        "object": [{"@id": one["@id"]} for one in used if one["@type"] != "SoftwareApplication"],
        "result": {"@id": "./"},
    }  # fmt: skip
    return [{"@id": _LICENCE, "@type": "CreativeWork", "name": "MIT License"}, *used, action]


def _input(case: Case, name: str, digest: str) -> dict[str, Any]:
    return {"@id": f"#{case.folder.resolve().name}/{name}", "@type": "CreativeWork", "name": name, "sha256": digest}


def _software() -> Iterable[dict[str, Any]]:
    for name, version in manifest.versions().items():
        yield {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}


def _numbers(parameters: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, Any]]:
    """Numbers of paths, seeds and the like, by notebook."""
    return [(name, key, value) for name, values in sorted(parameters.items()) for key, value in sorted(values.items())
            if not isinstance(value, str)]  # fmt: skip


def _of_file(file: Path, name: str) -> dict[str, Any]:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = "application/x-ipynb+json" if name.endswith(".ipynb") else kind
    return {
        "name": name, "encodingFormat": kind, "contentSize": str(file.stat().st_size), "sha256": manifest.sha256(file)
    }  # fmt: skip


def _settled(told: dict[str, Any]) -> dict[str, Any]:
    """The crate with its entities in one order, and none of the clock of the run."""
    return {"@context": told["@context"], "@graph": sorted(told["@graph"], key=lambda one: str(one["@id"]))}


def _clock() -> str:
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)), UTC).isoformat()
