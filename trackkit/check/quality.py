"""Tests of how a fix was had: quality codes, age of the position, MLAT and estimates, known attractors of spoofers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trackkit import earth
from trackkit.check.fixes import Fixes, Mask, between

__all__ = ["attracted", "estimated", "interpolated", "multilaterated", "old", "poor"]

#: what air traffic control asks of ADS-B (14 CFR 91.227(c)): containment under 0.2 NM, accuracy under 0.05 NM
LEAST_NIC, LEAST_NAC_P = 7.0, 8.0
#: a source whose error leaves its containment more than once in 100,000 hours
LEAST_SIL = 2.0
#: a network shows a position for so long after it was heard (OpenSky's documents: 15 s)
OLD_S = 15.0
#: so many steps of equal rate, in latitude and longitude alike to this (deg/s), are a straight line between two fixes:
#: real rows of the tuning flights have 6 in a row at most, rows that others filled in have 20 and more
EQUAL_STEPS, EQUAL_DPS, MOVES_DPS = 13, 2e-9, 1e-6
#: at an attractor, but so far above its runways (m) that it does not land there
ABOVE_M = 1_000.0


def poor(fixes: Fixes) -> Mask:
    """Fixes whose integrity, accuracy or source level is below what surveillance asks for. Not told is not poor."""
    with np.errstate(invalid="ignore"):
        return (fixes.nic < LEAST_NIC) | (fixes.nac_p < LEAST_NAC_P) | (fixes.sil < LEAST_SIL)


def old(fixes: Fixes) -> Mask:
    """Fixes whose position was old when it was told."""
    with np.errstate(invalid="ignore"):
        return fixes.age_s > OLD_S


def multilaterated(fixes: Fixes) -> Mask:
    """Positions reckoned by a network of receivers, whose accuracy varies."""
    return fixes.source == "mlat"


def estimated(fixes: Fixes) -> Mask:
    """Positions that nobody observed."""
    return fixes.source == "estimated"


def interpolated(fixes: Fixes) -> Mask:
    """Positions on a line of equal steps, which somebody drew between two fixes: nobody observed them.

    Only where positions are told to more digits than the steps could be equal in by rounding.
    """
    rows = np.flatnonzero(fixes.fresh)
    if len(rows) <= EQUAL_STEPS:
        return np.zeros(len(fixes), bool)
    places = np.stack([fixes.latitude[rows], fixes.longitude[rows]])
    rates = np.diff(places) / np.maximum(np.diff(fixes.t_s[rows]), 1e-3)
    fine = np.any(np.abs(np.round(places, 6) - places) > 1e-9, axis=0)
    moves = (np.abs(rates[:, 1:]) > MOVES_DPS).any(axis=0) & ~fixes.hole[rows][2:]
    equal = (np.abs(np.diff(rates)) < EQUAL_DPS).all(axis=0) & moves & np.asarray(fine)[1:-1]
    edges = np.flatnonzero(np.diff(equal, prepend=False, append=False))
    first, last = edges[::2], edges[1::2] - 1
    long = last - first + 2 >= EQUAL_STEPS
    return between(rows[first[long] + 1], rows[last[long] + 1], len(fixes))  # the ends of the line were observed


def attracted(fixes: Fixes, attractors: pd.DataFrame, time: pd.DatetimeIndex) -> Mask:
    """Fixes at a known attractor of spoofers, in its time, too high to be landing there.

    Parameters
    ----------
    fixes : Fixes
    attractors : DataFrame
        Columns `trackkit.columns.ATTRACTORS`.
    time : DatetimeIndex
        Of the fixes.
    """
    found = np.zeros(len(fixes), bool)
    row: Any
    for row in attractors.itertuples():
        away = earth.inverse(fixes.latitude, fixes.longitude, row.latitude, row.longitude)[0]
        there = (away <= row.radius_m) & ~fixes.on_ground & (time >= row.first) & (time < row.last)
        with np.errstate(invalid="ignore"):
            found |= there & (fixes.height_m > row.elevation_m + ABOVE_M)
    return found
