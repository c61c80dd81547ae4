"""Paths on a plane as an Ensemble: positions on the ellipsoid, velocities, and a hypothesis that asserts nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from pyproj import Proj

from trackkit import columns, earth, motion
from trackkit.model import Ensemble, Groups, Hypothesis
from trackkit.reconstruct.halves import Halves

__all__ = ["ensemble_of", "paths_of"]

Array = NDArray[np.float64]


def ensemble_of(
    name: str, says: str, drawn: Halves, start_s: float, seed: int, assumptions: tuple[str, ...] = ()
) -> Ensemble:
    """An ensemble of equally weighted paths under a hypothesis of its own, without claims."""
    n = len(drawn.x)
    none = np.array([], dtype=object)
    by_claim = xr.DataArray(np.zeros((n, 0)), {"claim": none}, ("path", "claim"))
    story = Hypothesis(name, says, 1.0, ("flying",), (), (), columns.empty(columns.CLAIMS), assumptions=assumptions)
    return Ensemble(
        hypothesis=story, given=(), paths=paths_of(drawn, start_s),
        log_weight=xr.DataArray(np.full(n, -np.log(n)), dims="path"), explained=by_claim, log_likelihood=by_claim,
        satisfied=by_claim.astype(bool), log_background=xr.DataArray(np.zeros(0), {"claim": none}, "claim"),
        groups=Groups(np.zeros(0, np.int64), np.zeros(0), (), np.zeros(0), np.zeros(0), np.zeros(0)),
        log_evidence=0.0, log_evidence_sd=0.0, diagnostics=_diagnostics(drawn), n=n, seed=seed, runs=1,
    )  # fmt: skip


def _diagnostics(drawn: Halves) -> pd.DataFrame:
    rows = [
        {"run": 0, "stage": stage, "step": 0, "beta": 1.0, "paths": pairs.met, "effective_paths": pairs.effective,
         "ancestors": len(np.unique(pairs.first)), "log_normaliser": 0.0}
        for stage, pairs in (("plane", drawn.pairs), ("height", drawn.pairs_z))
    ]  # fmt: skip
    return columns.conform(pd.DataFrame(rows), columns.DIAGNOSTICS)


def paths_of(drawn: Halves, start_s: float) -> xr.Dataset:
    """Paths as a labelled Dataset; times are UTC without a zone, as xarray needs."""
    n, count = drawn.x.shape
    project = Proj(proj="aeqd", lat_0=drawn.centre[0], lon_0=drawn.centre[1], ellps="WGS84")
    lon, lat = project(drawn.x, drawn.y, inverse=True)
    lat, lon = np.clip(lat, -90.0, 90.0), earth.wrap_deg(lon)
    speed, course = _velocity(lat, lon, drawn.dt)
    start = pd.Timestamp(round(start_s * 1e6), unit="us")
    time = start + pd.to_timedelta(np.round(np.arange(count) * drawn.dt * 1e6).astype(np.int64), unit="us")
    both = ("path", "time")
    return xr.Dataset(
        {
            "latitude": (both, lat.astype(np.float32), {"unit": "deg"}),
            "longitude": (both, lon.astype(np.float32), {"unit": "deg"}),
            "altitude_m": (both, drawn.z.astype(np.float32), {"unit": "m", "datum": "that of the track's heights"}),
            "groundspeed_mps": (both, speed.astype(np.float32), {"unit": "m/s"}),
            "track_deg": (both, course.astype(np.float32), {"unit": "deg"}),
            "vertical_rate_mps": (both, np.gradient(drawn.z, drawn.dt, axis=1).astype(np.float32), {"unit": "m/s"}),
            "phase": (both, np.full((n, count), motion.PHASES.index("free"), np.int8)),
            "ending": ("path", np.full(n, "flying", dtype=object)),
            "end_s": ("path", np.full(n, np.inf), {"unit": "s"}),
            "place": ("path", np.full(n, "", dtype=object)),
        },
        coords={"time": time.to_numpy()},
    )


def _velocity(lat: Array, lon: Array, dt: float) -> tuple[Array, Array]:
    """Ground speed and true track of the steps, at the times between which they lie the mean of both."""
    way, azimuth = earth.inverse(lat[:, :-1], lon[:, :-1], lat[:, 1:], lon[:, 1:])
    east, north = (_between(way / dt * part(np.radians(azimuth))) for part in (np.sin, np.cos))
    return np.hypot(east, north), np.degrees(np.arctan2(east, north)) % 360.0


def _between(steps: Array) -> Array:
    inner = 0.5 * (steps[:, 1:] + steps[:, :-1])
    return np.concatenate([steps[:, :1], inner, steps[:, -1:]], axis=1)
