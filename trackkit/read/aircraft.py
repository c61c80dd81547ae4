"""Types of aircraft from the tables that come with trackkit, and from OpenAP where there is no table of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trackkit import earth, units
from trackkit.errors import CaseError, InputError
from trackkit.model import Aircraft, Limit
from trackkit.read import fields, files, openap_types

__all__ = ["DIMENSIONS", "GRADES", "aircraft"]

GRADES = ("official", "measured", "secondary", "assumed")
DIMENSIONS = ("length", "speed", "time", "angle", "mass", "acceleration", "Mach")

_ONE = ("value", "unit", "source", "grade")
_BY_HEIGHT = ("values", "heights", "height_unit", "unit", "source", "grade")


def aircraft(icao_type: str) -> Aircraft:
    """The limits of a type of aircraft, each with its source.

    Parameters
    ----------
    icao_type : str
        ICAO type designator, such as ``"IL76"`` or ``"A320"``, or a general class: ``"HEAVY"``, ``"NARROW"``,
        ``"BUSINESS"``, ``"TURBOPROP"``, ``"LIGHT"``, ``"HELICOPTER"``.

    Returns
    -------
    Aircraft
        Limits in SI units (angles in degrees).

    Raises
    ------
    InputError
        If neither trackkit nor OpenAP has the type; the message names those that there are.
    CaseError
        If a table has an unknown key, unit or grade.
    """
    paths = sorted((earth.data_folder() / "aircraft").glob("*.toml"))
    known = {kind.icao_type: kind for kind in map(_read, paths)}
    if icao_type in known:
        return known[icao_type]
    others = openap_types.designators()
    if icao_type not in others:
        raise InputError("unknown type of aircraft", icao_type, {*known, *others})
    return openap_types.aircraft(icao_type, known[openap_types.class_of(icao_type)])


def _read(path: Path) -> Aircraft:
    table = files.toml(path.read_bytes(), path.name)
    limits = {name: row for name, row in table.items() if isinstance(row, dict)}
    with files.told_at(path.name):
        fields.check_keys({key: table[key] for key in table if key not in limits}, ("name", "icao_type"))
        name, icao_type = fields.text(table, "name"), fields.text(table, "icao_type")
    return Aircraft(name, icao_type, {key: _limit(row, path.name, key) for key, row in limits.items()})


def _limit(table: dict[str, Any], file: str, row: str) -> Limit:
    with files.told_at(file, row):
        fields.check_keys(table, _BY_HEIGHT if "values" in table else _ONE, ("note",))
        values, heights = _by_height(table) if "values" in table else _one_value(table)
        if len(values) != len(heights) or list(heights) != sorted(set(heights)):
            raise CaseError("heights that do not go with the values", heights, "one for each value, rising")
        return Limit(values, heights, fields.text(table, "source"), fields.choice(table, "grade", GRADES))


def _one_value(table: dict[str, Any]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return (units.to_si(fields.number(table, "value"), _unit(table, "unit", DIMENSIONS)),), (0.0,)


def _by_height(table: dict[str, Any]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    height_unit = _unit(table, "height_unit", ("length",))
    return _numbers(table, "values", _unit(table, "unit", DIMENSIONS)), _numbers(table, "heights", height_unit)


def _unit(table: dict[str, Any], key: str, dimensions: tuple[str, ...]) -> str:
    return fields.choice(table, key, [unit for unit, (kind, _) in units.UNITS.items() if kind in dimensions])


def _numbers(table: dict[str, Any], key: str, unit: str) -> tuple[float, ...]:
    given = table[key]
    if not isinstance(given, list) or not given:
        raise CaseError(f"{key} must be a list of numbers", given, "[1.0, 2.0]")
    return tuple(units.to_si(fields.number({key: value}, key), unit) for value in given)
