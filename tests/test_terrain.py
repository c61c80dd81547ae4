"""An analyst's own tile: made here, read as it stands, voids carried and counted, what is damaged refused."""

from pathlib import Path

import numpy as np
import pytest

from trackkit import earth
from trackkit.errors import InputError
from trackkit.read.terrain import SRTM_ERROR, terrain


@pytest.fixture
def tile(tmp_path: Path) -> Path:
    """Heights that rise by a metre a row from the north, and one void."""
    height = np.repeat(np.arange(1201)[:, None], 1201, axis=1)
    height[600, 600] = -32_768
    height.astype(">i2").tofile(tmp_path / "N34E036.hgt")
    return tmp_path / "N34E036.hgt"


def test_a_tile_is_mapped_and_read_between_its_points(tile: Path) -> None:
    grid = terrain(tile)
    assert isinstance(grid.height_m, np.memmap)
    found = earth.terrain_m([35.0, 34.0, 34.75, 34.0 + 0.5 / 1200], [36.0, 37.0, 36.1, 36.3], grid)
    np.testing.assert_allclose(found, [0.0, 1200.0, 300.0, 1199.5], atol=1e-6)
    assert np.isnan(earth.terrain_m(36.0, 36.5, grid))


def test_a_void_is_carried_and_counted(tile: Path) -> None:
    grid = terrain(tile)
    assert np.isnan(earth.terrain_m(34.5, 36.5, grid))
    assert earth.void_share(grid) == pytest.approx(1 / 1201**2)


def test_a_receiver_looks_over_a_tile(tile: Path) -> None:
    one = earth.horizon(34.2, 36.2, 20.0, terrain(tile), reach_m=30_000.0)
    assert np.isfinite(earth.lowest_heard_m(one, 34.3, 36.2))


def test_what_is_no_tile_is_refused(tile: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        terrain(tile.with_name("N35E036.hgt"))
    short = tile.with_name("N33E036.hgt")
    short.write_bytes(tile.read_bytes()[:-2])
    with pytest.raises(InputError, match="another size"):
        terrain(short)
    with pytest.raises(InputError, match="where it lies"):
        terrain(tile.rename(tile.with_name("mine.hgt")))


@pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # affine, by way of rasterio
def test_a_geotiff_is_read_and_must_say_how_far_it_may_be_off(tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    file, height = tmp_path / "made.tif", np.arange(12, dtype=np.int16).reshape(3, 4)
    place = rasterio.transform.from_origin(36.0, 35.0, 0.25, 0.5)
    with rasterio.open(file, "w", driver="GTiff", height=3, width=4, count=1, dtype="int16", crs="EPSG:4326",
                       transform=place, nodata=11) as made:  # fmt: skip
        made.write(height, 1)
    with pytest.raises(InputError, match="not known"):
        terrain(file)
    grid = terrain(file, SRTM_ERROR)
    assert float(earth.terrain_m(34.75, 36.125, grid)) == pytest.approx(0.0)
    assert float(earth.terrain_m(34.25, 36.375, grid)) == pytest.approx(5.0)
    assert np.isnan(earth.terrain_m(33.75, 36.875, grid))
