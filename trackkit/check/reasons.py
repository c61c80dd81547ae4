"""Why a stretch of a track has its state, in a sentence with the figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from trackkit import earth
from trackkit.check.fixes import Fixes
from trackkit.units import KT_MPS

__all__ = ["missing", "reason"]

Teller = Callable[[Fixes, slice, np.ndarray], str]


def reason(fixes: Fixes, marks: pd.DataFrame, where: slice, state: str, names: tuple[str, ...]) -> str:
    """The tests that fired in a stretch with their figures, and what could not be tested there."""
    told = [f"{name}: {_TELLERS[name](fixes, where, marks[name].to_numpy())}" for name in names]
    if not told:
        told = ["too few positions between holes" if state == "not testable" else "no test fired"]
    absent = missing(fixes[where])
    return "; ".join(told) + (f". Not tested, as not told: {', '.join(absent)}." if absent else ".")


def missing(fixes: Fixes) -> list[str]:
    """What a stretch does not hold, and so cannot be tested on."""
    there = {
        "reported velocity": fixes.speed_mps + fixes.track_deg,
        "vertical rate": fixes.rate_mps,
        "height": fixes.height_m,
        "geometric height": fixes.geometric_m,
        "quality codes": np.fmax(fixes.nic, fixes.nac_p),
    }
    return [name for name, values in there.items() if not np.isfinite(values).any()]


def _jump(fixes: Fixes, where: slice, mark: np.ndarray) -> str:
    """The longest step into, within or out of the marked positions."""
    first, last = max(where.start - 1, 0), min(where.stop + 1, len(fixes))
    rows = np.flatnonzero(fixes.fresh[first:last]) + first
    if len(rows) < 2:
        return "a position that does not join with those before and after"
    latitude, longitude = fixes.latitude[rows], fixes.longitude[rows]
    metres = earth.inverse(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:])[0]
    k = int(np.argmax(metres))
    seconds = max(float(fixes.t_s[rows[k + 1]] - fixes.t_s[rows[k]]), 0.5)
    return f"{metres[k] / 1000:,.1f} km in {seconds:.0f} s, as if at {metres[k] / seconds / KT_MPS:,.0f} kt"


def _still(fixes: Fixes, where: slice, mark: np.ndarray) -> str:
    part = fixes[where]
    run = np.cumsum(part.fresh)
    longest = max(float(np.ptp(part.t_s[run == k])) for k in np.unique(run))
    speed = np.nanmax(part.speed_mps) if np.isfinite(part.speed_mps).any() else np.nan
    at = f" at a reported {speed / KT_MPS:.0f} kt" if np.isfinite(speed) else ""
    return f"one position for up to {longest:.0f} s{at}"


def _flown(fixes: Fixes, where: slice, mark: np.ndarray) -> str:
    """Speed by the positions against the one reported."""
    rows = np.flatnonzero(mark & fixes.fresh)
    rows = rows[(rows >= where.start) & (rows < where.stop)]
    if len(rows) < 2:
        return "way and reported velocity differ"
    part = fixes[rows]
    metres = earth.inverse(part.latitude[:-1], part.longitude[:-1], part.latitude[1:], part.longitude[1:])[0]
    flown = float(metres.sum() / max(part.t_s[-1] - part.t_s[0], 1.0))
    return f"positions come to {flown / KT_MPS:.0f} kt, {np.nanmean(part.speed_mps) / KT_MPS:.0f} kt are reported"


def _course(fixes: Fixes, where: slice, mark: np.ndarray) -> str:
    rows = np.flatnonzero(mark & fixes.fresh)
    rows = rows[(rows >= where.start) & (rows < where.stop)]
    if len(rows) < 2:
        return "way and reported track differ"
    part = fixes[rows]
    metres, course = earth.inverse(part.latitude[:-1], part.longitude[:-1], part.latitude[1:], part.longitude[1:])
    off = np.abs(earth.turn_deg(part.track_deg[1:], course))[metres > 20.0]
    middle = np.nanmedian(off) if np.isfinite(off).any() else np.nan
    return f"positions lead a median of {middle:.0f} degrees off the reported track"


def _span(values: str, unit: str, factor: float = 1.0) -> Teller:
    """From the least to the greatest of a value."""

    def tell(fixes: Fixes, where: slice, mark: np.ndarray) -> str:
        chosen = getattr(fixes, values)[where][mark[where]] / factor
        chosen = chosen[np.isfinite(chosen)]
        return f"{chosen.min():,.0f} to {chosen.max():,.0f} {unit}" if len(chosen) else "not told"

    return tell


def _apart(fixes: Fixes, where: slice, mark: np.ndarray) -> str:
    apart = (fixes.geometric_m - fixes.height_m)[where][mark[where]]
    return f"geometric less pressure height is {np.nanmin(apart):,.0f} to {np.nanmax(apart):,.0f} m"


def _codes(fixes: Fixes, where: slice, mark: np.ndarray) -> str:
    told = []
    for name, values in (("NIC", fixes.nic), ("NACp", fixes.nac_p), ("SIL", fixes.sil)):
        chosen = values[where][mark[where]]
        if np.isfinite(chosen).any():
            told.append(f"{name} down to {np.nanmin(chosen):.0f}")
    return ", ".join(told)


def _count(what: str) -> Teller:
    def tell(fixes: Fixes, where: slice, mark: np.ndarray) -> str:
        return f"{int(mark[where].sum())} {what}"

    return tell


_TELLERS: dict[str, Teller] = {
    "implied speed": _jump,
    "teleport": _jump,
    "outlier": _jump,
    "height outlier": _span("height_m", "m, and back at once"),
    "frozen position": _still,
    "circling": _count("fixes that circle under a straight track"),
    "re-sent position": _count("positions told once before"),
    "reported speed": _flown,
    "reported track": _course,
    "reported rate": _span("rate_mps", "m/s reported, not what the heights come to"),
    "acceleration": _span("speed_mps", "kt in seconds", KT_MPS),
    "turn rate": _count("fixes that turn faster than the type's steepest bank"),
    "below stall": _span("speed_mps", "kt in the air", KT_MPS),
    "height step": _span("height_m", "m, by a step"),
    "baro against geometric": _apart,
    "known attractor": _count("fixes at a known attractor of spoofers"),
    "position age": _span("age_s", "s old"),
    "no new position": _still,
    "quality codes": _codes,
    "mlat": _count("positions reckoned by receivers"),
    "interpolated": _count("positions in equal steps on a line, which somebody filled in"),
    "estimated": _count("positions that nobody observed"),
}
