"""The earth: geodesics, bearings and compass words; the ground, heights and their datums; who can hear what.

Functions take numbers or arrays (which broadcast) and return numpy values. Positions are geodetic degrees,
distances metres along the ellipsoid, bearings degrees clockwise from true north.

- geodesics: `inverse`, `forward`, `geocentric`, `turn_deg`, `wrap_deg`, `compass_deg`
- ground: `terrain_m` with `terrain_error_m`, on `terrain_grid`, `world_grid` or an analyst's own `Grid`
"""

from trackkit.earth.geodesy import compass_deg, forward, geocentric, inverse, turn_deg, wrap_deg
from trackkit.earth.stored import data_folder
from trackkit.earth.terrain import (
    Grid,
    GroundError,
    terrain_error_m,
    terrain_grid,
    terrain_m,
    void_share,
    world_grid,
)  # fmt: skip

__all__ = [
    "Grid", "GroundError", "compass_deg", "data_folder", "forward", "geocentric", "inverse", "terrain_error_m",
    "terrain_grid", "terrain_m", "turn_deg", "void_share", "world_grid", "wrap_deg",
]  # fmt: skip
