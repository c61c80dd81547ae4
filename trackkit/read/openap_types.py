"""Types of aircraft from the tables of OpenAP, for which trackkit has no table of its own.

OpenAP (TU Delft, LGPL-3) has masses, areas and certified speeds of 37 types and, for 17 of them, the statistics of
ADS-B flights (its WRAP tables; Sun, Ellerbroek and Hoekstra, 2019). What it lacks comes from one of our general
classes, and says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any, NamedTuple

from trackkit import air, units
from trackkit.model import Aircraft, Limit

__all__ = ["aircraft", "class_of", "designators"]

#: types of the heavy and the business class; all others of OpenAP are narrow-body or regional jets
HEAVY = ["A332", "A333", "A343", "A359", "A388", "B744", "B748", "B763", "B772", "B773", "B77W", "B788", "B789"]
BUSINESS = ["C550", "GLF6"]
#: no transport is certified for more (kt): a greater VMO of OpenAP is a slip (it has 515 for the Boeing 787)
GREATEST_VMO_KT = 400.0
SEA_LEVEL_KGM3, LIGHT_SHARE, APPROACH_OVER_STALL = 1.225, 1.2, 1.23
#: lift coefficients at the stall, clean and of a business jet's landing flaps [assumed]
LIFT_CLEAN, LIFT_LANDING = 1.4, 2.1
LEAST_CLIMB_MPS = 1.5

Limits = dict[str, Limit]


def designators() -> tuple[str, ...]:
    """ICAO designators of the types that OpenAP has."""
    return tuple(name.upper() for name in _openap("prop").available_aircraft())


def class_of(icao_type: str) -> str:
    """The general class whose limits stand in for those that OpenAP lacks."""
    if icao_type in BUSINESS:
        return "BUSINESS"
    return "HEAVY" if icao_type in HEAVY else "NARROW"


def aircraft(icao_type: str, general: Aircraft) -> Aircraft:
    """A type of OpenAP as limits, each with the table and the statistic it comes from.

    Parameters
    ----------
    icao_type : str
        One of `designators`.
    general : Aircraft
        The class of `class_of`, for limits that OpenAP does not have.
    """
    known = _openap("prop").aircraft(icao_type.lower())
    flown = None if class_of(icao_type) == "BUSINESS" else _wrap(icao_type)
    limits = {name: _borrowed(limit, general) for name, limit in general.limits.items()}
    limits |= _certified(known) | _computed(known)
    if flown is not None:
        limits |= _speeds(flown) | _runs(flown) | _rates(flown, known["ceiling"])
    return Aircraft(known["aircraft"], icao_type, limits)


def _openap(name: str) -> ModuleType:
    """A module of OpenAP, imported on first use: it takes longer to import than all of trackkit."""
    return import_module(f"openap.{name}")


def _borrowed(limit: Limit, general: Aircraft) -> Limit:
    source = f"OpenAP has none for this type: as {general.name} ({general.icao_type}). {limit.source}"
    return replace(limit, source=source, grade="assumed")


# -- what OpenAP lists of the type itself -----------------------------------------------------------------------


def _certified(known: Mapping[str, Any]) -> Limits:
    ceiling = _one(known["ceiling"], "ceiling, m", known)
    limits = {"mmo": _one(known["mmo"], "MMO", known), "ceiling": ceiling}
    if known["vmo"] is not None and known["vmo"] <= GREATEST_VMO_KT:
        limits["vmo_cas"] = _one(units.to_si(known["vmo"], "kt"), f"VMO, {known['vmo']} kt", known)
    limits["mass_high"] = _one(known["mtow"], "greatest take-off mass, kg", known)
    return limits


def _one(value: float, what: str, known: Mapping[str, Any]) -> Limit:
    return Limit((float(value),), (0.0,), f"OpenAP {version('openap')}, {known['aircraft']}: {what}", "secondary")


def _computed(known: Mapping[str, Any]) -> Limits:
    """The light mass, the stalls at that mass, and the speed of the cruise that OpenAP gives."""
    cruise = known["cruise"]
    tas = cruise["mach"] / float(air.mach(1.0, cruise["height"]))
    cruising = f"Computed: OpenAP's cruise, Mach {cruise['mach']} at {cruise['height']:,} m, standard atmosphere"
    return {
        "mass_low": Limit((LIGHT_SHARE * known["oew"],), (0.0,), f"Our choice: {_light(known)}", "assumed"),
        "stall_cas_clean": _stall(known, LIFT_CLEAN),
        "stall_cas_landing": _stall(known, LIFT_LANDING),
        "cruise_tas": Limit((tas,), (0.0,), cruising, "secondary"),
    }


def _light(known: Mapping[str, Any]) -> str:
    return f"{LIGHT_SHARE * known['oew'] / 1000.0:.1f} t, {LIGHT_SHARE:g} times the empty mass (OpenAP)"


def _stall(known: Mapping[str, Any], lift: float) -> Limit:
    weight, area = LIGHT_SHARE * known["oew"] * air.GRAVITY_MPS2, known["wing"]["area"]
    speed = math.sqrt(2.0 * weight / (SEA_LEVEL_KGM3 * area * lift))
    said = f"Computed: {_light(known)}, {area:g} m2 of wing, sea level, lift coefficient {lift} (our choice)"
    return Limit((speed,), (0.0,), said, "assumed")


# -- what flights of the type showed: WRAP ----------------------------------------------------------------------


class _Wrap(NamedTuple):
    """The statistics of a type's flights; `stands_for` is empty, or says whose they are."""

    table: Any
    whose: str
    stands_for: str

    def middle(self, name: str, what: str, factor: float = 1.0) -> Limit:
        value = factor * abs(float(_statistics(self, name)["default"]))
        return self.limit(value, f"middle of {what}")

    def limit(self, value: float, what: str, grade: str = "") -> Limit:
        source = f"OpenAP {version('openap')}, WRAP table of {self.whose}{self.stands_for}: {what}"
        return Limit((value,), (0.0,), source, grade or ("secondary" if self.stands_for else "measured"))


def _wrap(icao_type: str) -> _Wrap:
    table = _openap("kinematic").WRAP(icao_type)
    whose = table.ac.upper()
    return _Wrap(table, whose, "" if whose == icao_type else f", which OpenAP puts in the place of {icao_type}")


def _statistics(flown: _Wrap, name: str) -> dict[str, Any]:
    return getattr(flown.table, name)()


def _quantile(flown: _Wrap, name: str, share: float) -> float:
    """A quantile of the distribution that WRAP fitted: its name and parameters are those of scipy."""
    row = _statistics(flown, name)
    parameters = [float(value) for value in row["statmodel_params"]]
    ppf: Callable[..., float] = getattr(import_module("scipy.stats"), row["statmodel"]).ppf
    return float(ppf(share, *parameters))


def _speeds(flown: _Wrap) -> Limits:
    slow = _quantile(flown, "finalapp_vcas", 0.05)
    said = f"computed: 5 % quantile of final approach speed, {slow:.1f} m/s, over {APPROACH_OVER_STALL} (CS 25.125)"
    return {
        "stall_cas_landing": flown.limit(slow / APPROACH_OVER_STALL, said, "assumed"),
        "approach_cas": flown.middle("finalapp_vcas", "final approach speed"),
        "cruise_cas": flown.middle("cruise_mean_vcas", "mean calibrated speed in cruise"),
        "rotate_cas": flown.middle("takeoff_speed", "take-off speed (over the ground)"),
    }


def _runs(flown: _Wrap) -> Limits:
    return {
        "takeoff_run": flown.middle("takeoff_distance", "take-off distance", 1_000.0),
        "landing_run": flown.middle("landing_distance", "braking distance", 1_000.0),
    }


def _rates(flown: _Wrap, ceiling_m: float) -> Limits:
    descent = flown.middle("descent_vs_concas", "descents at constant calibrated speed")
    descent = replace(descent, values=descent.values * 2, heights_m=(0.0, float(ceiling_m)))
    return {"climb_rate": _climb(flown, float(ceiling_m)), "descent_rate_normal": descent}


def _climb(flown: _Wrap, ceiling_m: float) -> Limit:
    """A straight line from the quick first climbs through the quick climbs at constant Mach number."""
    low = max(_quantile(flown, name, 0.99) for name in ("initclimb_vs", "climb_vs_pre_concas"))
    high = _quantile(flown, "climb_vs_conmach", 0.95)
    levels = [_statistics(flown, name)["default"] for name in ("climb_cross_alt_conmach", "cruise_alt")]
    at_m = 500.0 * sum(map(float, levels))
    top = max(low + (high - low) * ceiling_m / at_m, LEAST_CLIMB_MPS)
    said = (
        f"99 % quantile of the climb near the ground, {low:.1f} m/s; a straight line from there through the 95 % "
        f"quantile at constant Mach number, {high:.1f} m/s at {at_m:,.0f} m, up to the ceiling"
    )
    return replace(flown.limit(low, said), values=(low, top), heights_m=(0.0, ceiling_m))
