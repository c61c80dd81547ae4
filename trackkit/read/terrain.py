"""An analyst's own ground: an SRTM tile (.hgt), mapped into memory, or a GeoTIFF by way of rasterio."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import numpy as np

from trackkit.earth import Grid, GroundError
from trackkit.errors import InputError

__all__ = ["SRTM_ERROR", "terrain"]

_NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})\.hgt", re.IGNORECASE)
_VOID = -32_768
SRTM_ERROR = GroundError(
    20.0, 10.0, 15.0, True,
    "SRTM: 20 m across and 16 m in height at 90 % (Farr et al., Reviews of Geophysics 45 (2007) RG2004)",
)  # fmt: skip


def terrain(path: str | Path, error: GroundError | None = None) -> Grid:
    """Read a tile of heights above sea level, for `earth.terrain_m` and `earth.horizon`.

    Parameters
    ----------
    path : path
        ``N34E036.hgt`` (SRTM: 1 or 3 arc-seconds; the name says where it lies), which is mapped, not read; or a GeoTIFF
        in latitude and longitude (needs the extra ``terrain``), which is read whole.
    error : GroundError, optional
        How far it may be off. Must be given for a GeoTIFF, which does not say what it is.

    Returns
    -------
    Grid
        Voids are read as NaN; `earth.void_share` counts them.

    Raises
    ------
    InputError
        If the file is neither, is cut short, or its error is not known.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError("no such file", str(file), "a .hgt or GeoTIFF file")
    if file.suffix.lower() == ".hgt":
        return _hgt(file, error or SRTM_ERROR)
    if error is None:
        raise InputError("how far this ground may be off is not known", file.name, "error=GroundError(…)")
    return _geotiff(file, error)


def _hgt(file: Path, error: GroundError) -> Grid:
    named, side = _NAME.fullmatch(file.name), round((file.stat().st_size / 2) ** 0.5)
    if named is None:
        raise InputError("a tile's name does not say where it lies", file.name, "as in N34E036.hgt")
    if side not in (1201, 3601) or 2 * side * side != file.stat().st_size:
        raise InputError("a tile of another size", file.stat().st_size, "1201 or 3601 points a side", file)
    south = int(named[2]) * (1 if named[1].upper() == "N" else -1)
    west = int(named[4]) * (1 if named[3].upper() == "E" else -1)
    half = 0.5 / (side - 1)  # points stand on the tile's edges: a cell reaches half a step beyond
    height = np.memmap(file, ">i2", "r", shape=(side, side))
    return Grid(height, south + 1 + half, west - half, side - 1.0, error, _VOID)


def _geotiff(file: Path, error: GroundError) -> Grid:
    try:
        rasterio = import_module("rasterio")
    except ImportError as missing:
        raise InputError("a GeoTIFF needs rasterio", file.name, "pip install 'trackkit[terrain]'") from missing
    with rasterio.open(file) as tile:
        place = tile.transform
        if tile.crs is None or not tile.crs.is_geographic or place.b or place.d:
            raise InputError("not in latitude and longitude", str(tile.crs), "WGS84 degrees, north up", file)
        height = tile.read(1)
        height.flags.writeable = False
        return Grid(height, place.f, place.c, -1.0 / place.e, error, tile.nodata, 1.0 / place.a)
