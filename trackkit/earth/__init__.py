"""The earth: geodesics, bearings and compass words; the ground, heights and their datums; who can hear what.

Functions take numbers or arrays (which broadcast) and return numpy values. Positions are geodetic degrees,
distances metres along the ellipsoid, bearings degrees clockwise from true north.

- geodesics: `inverse`, `forward`, `geocentric`, `turn_deg`, `wrap_deg`, `compass_deg`
- ground: `terrain_m` with `terrain_error_m` and `terrain_masks`, on `terrain_grid`, `world_grid` or an analyst's own
  `Grid`
- magnetic north: `declination_deg`
- heights: `height_m` from one datum to another, `geoid_m`
- receivers: `receivers` that are assumed, and drawn `networks` of them with all their doubt
- hearing: a receiver's `horizon`, the lowest height heard, `line_of_sight` for many paths
"""

from trackkit.earth.geodesy import compass_deg, forward, geocentric, inverse, turn_deg, wrap_deg
from trackkit.earth.grids import Grid, GroundError, terrain_grid, void_share, world_grid
from trackkit.earth.heights import DATUMS, geoid_m, height_m
from trackkit.earth.magnetic import DECLINATION_SD_DEG, declination_deg
from trackkit.earth.receivers import NETWORKS, Network, heard_from_m, horizons, joined, networks, receivers
from trackkit.earth.sight import (
    K_MEAN,
    K_SD,
    Horizon,
    horizon,
    line_of_sight,
    lowest_heard_error_m,
    lowest_heard_m,
    radio_horizon_m,
)  # fmt: skip
from trackkit.earth.stored import data_folder
from trackkit.earth.terrain import terrain_error_m, terrain_m, terrain_masks

__all__ = [
    "DATUMS", "DECLINATION_SD_DEG", "K_MEAN", "K_SD", "NETWORKS", "Grid", "GroundError", "Horizon", "Network",
    "compass_deg", "data_folder", "declination_deg", "forward", "geocentric", "geoid_m", "heard_from_m", "height_m",
    "horizon", "horizons", "inverse", "joined", "line_of_sight", "lowest_heard_error_m", "lowest_heard_m", "networks",
    "radio_horizon_m", "receivers", "terrain_error_m", "terrain_grid", "terrain_m", "terrain_masks", "turn_deg",
    "void_share", "world_grid", "wrap_deg",
]  # fmt: skip
