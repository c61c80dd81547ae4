"""Profiles: a path of each story over the ground, and from what height up it is heard along its way."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import columns, earth
from trackkit.model import Ensemble

__all__ = ["profiles", "typical"]

Array = NDArray[np.float64]

#: of the paths that hold this share of the weight, the heaviest first, the typical one is taken
_HEAVIEST = 0.5
_KM_PER_DEGREE = 111.195


def profiles(ensembles: Iterable[Ensemble], network: earth.Network) -> pd.DataFrame:
    """Tell, for each story, heights of its paths over time, and ground and height heard along its typical path.

    Parameters
    ----------
    ensembles : iterable of Ensemble
    network : Network
        Networks of assumed receivers, see `earth.networks`.

    Returns
    -------
    DataFrame
        Columns ``PROFILES``, a row for each story and stored moment. Heights are above mean sea level.
    """
    return columns.conform(pd.concat([_profile(one, network) for one in ensembles]), columns.PROFILES)


def typical(ensemble: Ensemble) -> int:
    """The number of the path that stays nearest to the weighted median of place and height, of the heaviest paths.

    Where paths go two ways, it is a path of one of them: an example, not a mean.
    """
    weight, paths = np.exp(ensemble.log_weight.to_numpy()), ensemble.paths
    lat, lon, height = (paths[name].to_numpy().astype(float) for name in ("latitude", "longitude", "altitude_m"))
    east = earth.wrap_deg(lon - lon[0, 0]) * np.cos(np.radians(lat))
    apart = [_KM_PER_DEGREE * (part - _quantile(part, weight, 0.5)) for part in (lat, east)]
    off = np.sqrt(apart[0] ** 2 + apart[1] ** 2 + ((height - _quantile(height, weight, 0.5)) / 100.0) ** 2).mean(axis=1)
    order = np.argsort(-weight, kind="stable")
    heavy = order[: int(np.searchsorted(np.cumsum(weight[order]), _HEAVIEST * weight.sum())) + 1]
    return int(heavy[off[heavy].argmin()])


def _profile(ensemble: Ensemble, network: earth.Network) -> pd.DataFrame:
    number, weight = typical(ensemble), np.exp(ensemble.log_weight.to_numpy())
    one, every = ensemble.paths.isel(path=number), ensemble.paths["altitude_m"].to_numpy().astype(float)
    lat, lon = (one[name].to_numpy().astype(float) for name in ("latitude", "longitude"))
    heard = {name: earth.heard_from_m(network, share, lat, lon)
             for name, share in (("heard_low_m", 0.05), ("heard_m", 0.5), ("heard_high_m", 0.95))}  # fmt: skip
    return pd.DataFrame({
        "hypothesis": ensemble.hypothesis.id, "path": number,
        "time": pd.DatetimeIndex(one["time"].to_numpy()).tz_localize("UTC"), "latitude": lat, "longitude": lon,
        "altitude_m": every[number], "altitude_low_m": _quantile(every, weight, 0.05),
        "altitude_high_m": _quantile(every, weight, 0.95), "ground_m": earth.terrain_m(lat, lon),
        "ground_sd_m": earth.terrain_error_m(lat, lon), **heard,
    })  # fmt: skip


def _quantile(values: Array, weight: Array, share: float) -> Array:
    """The weighted quantile of each column."""
    order = np.argsort(values, axis=0)
    summed = np.cumsum(weight[order], axis=0)
    row = (summed < share * summed[-1]).sum(axis=0)
    found = np.take_along_axis(values, np.take_along_axis(order, row[None], axis=0), axis=0)
    return np.asarray(found[0], float)
