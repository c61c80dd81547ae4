"""The air: the standard atmosphere with speeds and heights in it, and the wind over height.

- `standard`, `pressure_altitude_m`, `qnh_offset_m`; `tas_mps`, `cas_mps`, `mach`; `speed_table` for the engine
- `Wind`: straight lines over height with their spread; `climate_wind` of a month, `fitted_wind` through given winds
"""

from trackkit.air.atmosphere import (
    GRAVITY_MPS2,
    STANDARD_QNH_PA,
    Air,
    SpeedTable,
    cas_mps,
    mach,
    pressure_altitude_m,
    qnh_offset_m,
    speed_table,
    standard,
    tas_mps,
)
from trackkit.air.winds import WIND_BOX, Wind, climate_wind, fitted_wind

__all__ = [
    "GRAVITY_MPS2", "STANDARD_QNH_PA", "WIND_BOX", "Air", "SpeedTable", "Wind", "cas_mps", "climate_wind",
    "fitted_wind", "mach", "pressure_altitude_m", "qnh_offset_m", "speed_table", "standard", "tas_mps",
]  # fmt: skip
