"""Synthetic files of every dialect of track, all of one made-up flight, and what each must read as."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

import pandas as pd

from trackkit.units import FT_M, FTMIN_MPS, KT_MPS

HEX, CALLSIGN = "4b1815", "TST12"
START = datetime(2024, 12, 8, 2, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Fix:
    """One fix of the made-up flight, in the units of the air."""

    time_s: float
    latitude: float
    longitude: float
    altitude_ft: int
    speed_kt: int
    track_deg: int
    rate_ftmin: int

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.time_s, UTC)


@dataclass(frozen=True)
class Made:
    """How a dialect is written, and what its reader must be told and may not know."""

    write: Callable[[list[Fix]], bytes]
    options: dict[str, str] = field(default_factory=dict)
    #: columns that the format has
    has: tuple[str, ...] = ("altitude_baro_m", "groundspeed_mps", "track_deg", "vertical_rate_mps")
    degrees: float = 1e-6
    seconds: float = 0.01
    metres: float = 0.51
    #: how many of the fixes it can hold
    rows: int | None = None


FLIGHT = [
    Fix(START.timestamp() + 30 * n, 33.5 + 0.05 * n, 36.5 + 0.01 * n, 5000 + 500 * n, 250 + n, 10 + n, 1024)
    for n in range(12)
]


def readsb_trace(fixes: list[Fix], members: int = 14, **top: object) -> bytes:
    base = float(int(fixes[0].time_s)) if fixes else START.timestamp()
    detail = {
        "type": "adsb_icao",
        "flight": f"{CALLSIGN}  ",
        "nic": 8,
        "nac_p": 9,
        "sil": 3,
        "version": 2,
        "squawk": "0416",
    }
    rows = [
        [
            round(fix.time_s - base, 2), fix.latitude, fix.longitude, fix.altitude_ft, fix.speed_kt, fix.track_deg, 0,
            fix.rate_ftmin, detail if number % 4 == 0 else None, "adsb_icao", None, None, None, None, "a-b",
        ][:members]
        for number, fix in enumerate(fixes)
    ]  # fmt: skip
    return json.dumps({"icao": HEX, "timestamp": base, "trace": rows} | top).encode()


def fr24_csv(fixes: list[Fix]) -> bytes:
    lines = ["Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction"]
    lines += [
        f'{int(fix.time_s)},{fix.moment:%Y-%m-%dT%H:%M:%SZ},{CALLSIGN},"{fix.latitude:.6f},{fix.longitude:.6f}",'
        f"{fix.altitude_ft},{fix.speed_kt},{fix.track_deg}"
        for fix in fixes
    ]
    return ("\n".join(lines) + "\n").encode()


def aircraft_json(fixes: list[Fix]) -> bytes:
    """One moment: the first fix, beside another aircraft."""
    fix = fixes[0]
    own = {
        "hex": HEX, "type": "adsb_icao", "flight": f"{CALLSIGN}  ", "alt_baro": fix.altitude_ft, "gs": fix.speed_kt,
        "track": fix.track_deg, "baro_rate": fix.rate_ftmin, "squawk": "0416", "nic": 8, "lat": fix.latitude,
        "lon": fix.longitude, "seen_pos": 2.5, "seen": 0.1, "mlat": [], "tisb": [],
    }  # fmt: skip
    other = {"hex": "aa0000", "rr_lat": 33.0, "rr_lon": 36.0, "seen": 1.0}
    return json.dumps({"now": fix.time_s + 2.5, "messages": 1, "aircraft": [own, other]}).encode()


def fr24_granular(fixes: list[Fix]) -> bytes:
    lines = [
        "network_time,receiver_time,hex,callsign,latitude,longitude,no_position,altitude,squawk,speed,track,vspeed,"
        "on_ground,flags,position_class,,,,"
    ]
    lines += [
        f"{fix.moment:%Y-%m-%d %H:%M:%SZ}.900,{fix.moment:%Y-%m-%d %H:%M:%SZ}.000,0x{HEX},{CALLSIGN},"
        f"{fix.latitude:.5f},{fix.longitude:.5f},P,{fix.altitude_ft},416,{fix.speed_kt},{fix.track_deg},{fix.rate_ftmin},A,0,ADS-B,"
        f"P:8,MACH:756,GPSA:{fix.altitude_ft},MACH:0.756" + ",ROLL:0.0" * (number % 2)
        for number, fix in enumerate(fixes)
    ]
    return ("\n".join(lines) + "\n").encode()


def fr24_granular_old(fixes: list[Fix]) -> bytes:
    lines = [
        "time (UTC),hex,callsign,latitude,longitude,Altitude (ft AMSL),squawk,Ground speed (kts),track,"
        "Vertical speed (fpm)"
    ]
    lines += [
        f"{fix.moment:%Y-%m-%d %H:%M:%SZ}.000,0x{HEX},{CALLSIGN}  ,{fix.latitude:.5f},{fix.longitude:.5f},"
        f"{fix.altitude_ft},416,{fix.speed_kt},{fix.track_deg},{fix.rate_ftmin}"
        for fix in fixes
    ]
    return "\r".join(lines).encode()


def fr24_playback(fixes: list[Fix]) -> bytes:
    track = [
        {
            "latitude": fix.latitude, "longitude": fix.longitude, "altitude": {"feet": fix.altitude_ft, "meters": 1},
            "speed": {"kmh": 1.0, "kts": fix.speed_kt, "mph": 1.0}, "heading": fix.track_deg, "squawk": "416",
            "verticalSpeed": {"fpm": fix.rate_ftmin, "ms": 1.0}, "timestamp": int(fix.time_s),
            "ems": {"ts": int(fix.time_s), "altGPS": fix.altitude_ft, "rollAngle": 1.5} if number % 2 else None,
        }
        for number, fix in enumerate(fixes)
    ]  # fmt: skip
    flight = {"identification": {"id": "3376ab31", "callsign": CALLSIGN}, "airport": {"real": None}, "track": track}
    return json.dumps({"result": {"response": {"data": {"flight": flight}}}}).encode()


def fr24_api(fixes: list[Fix]) -> bytes:
    tracks = [
        {
            "timestamp": f"{fix.moment:%Y-%m-%dT%H:%M:%SZ}", "lat": fix.latitude, "lon": fix.longitude,
            "alt": fix.altitude_ft, "gspeed": fix.speed_kt, "vspeed": fix.rate_ftmin, "track": fix.track_deg,
            "squawk": "0416", "callsign": CALLSIGN, "source": "ESTIMATED" if number == 3 else "ADSB",
        }
        for number, fix in enumerate(fixes)
    ]  # fmt: skip
    return json.dumps([{"fr24_id": "35f2ffd9", "tracks": tracks}]).encode()


def fr24_kml(fixes: list[Fix], trail: bool = True) -> bytes:
    points = "".join(
        f"<Placemark><name>{fix.moment:%H:%M}</name><description><![CDATA[<div><b>Altitude:</b></span> <span>"
        f"{fix.altitude_ft} ft</span></div><b>Speed:</b></span> <span>{fix.speed_kt} kt</span><b>Heading:</b></span> "
        f"<span>{fix.track_deg}&deg;</span>]]></description>"
        f"<TimeStamp><when>{fix.moment:%Y-%m-%dT%H:%M:%S}+00:00</when></TimeStamp><Style><IconStyle><heading>"
        f"{fix.track_deg}</heading></IconStyle></Style><Point><altitudeMode>absolute</altitudeMode><coordinates>"
        f"{fix.longitude:.6f},{fix.latitude:.6f},{fix.altitude_ft * FT_M:.0f}</coordinates></Point></Placemark>"
        for fix in fixes
    )
    lines = "".join(
        f"<Placemark><LineString><coordinates>{a.longitude},{a.latitude},0 {b.longitude},{b.latitude},0</coordinates>"
        "</LineString></Placemark>"
        for a, b in pairwise(fixes)
    )
    more = f"<Folder><name>Trail</name>{lines}</Folder>" if trail else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>VB7083/'
        f"{CALLSIGN}</name><Folder><name>Route</name>{points}</Folder>{more}</Document></kml>"
    ).encode()


def _gx(fixes: list[Fix], places: int, mode: str = "<altitudeMode>absolute</altitudeMode>") -> str:
    whens = "".join(f"<when>{fix.moment:%Y-%m-%dT%H:%M:%SZ}</when>" for fix in fixes)
    coords = "".join(
        f"<gx:coord>{fix.longitude:.{places}f} {fix.latitude:.{places}f} {fix.altitude_ft * FT_M:.0f}</gx:coord>"
        for fix in fixes
    )
    return f"<gx:Track>{mode}{whens}{coords}</gx:Track>"


def _kml(inside: str) -> bytes:
    spaces = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'
    return f'<?xml version="1.0" encoding="UTF-8"?><kml {spaces}>{inside}</kml>'.encode()


def flightaware_kml(fixes: list[Fix]) -> bytes:
    ends = "<Placemark><name>KSJC</name><Point><coordinates>-121,37,0</coordinates></Point></Placemark><Placemark/>"
    return _kml(
        f"<Document><name>FlightAware ✈ {CALLSIGN} 08-Dec-2024 (OSDI-OSLK)</name>{ends}<Placemark>{_gx(fixes, 5)}"
        "</Placemark></Document>"
    )


def tar1090_kml(fixes: list[Fix]) -> bytes:
    """Two sections; each repeats its last sample, and the second begins with it."""
    half = len(fixes) // 2
    first, second = [*fixes[:half], *fixes[half - 1 : half]], [*fixes[half - 1 :], *fixes[-1:]]
    parts = "".join(f"<Placemark>{_gx(part, 6)}</Placemark>" for part in (first, second))
    return _kml(f"<Folder><Folder><name>{HEX.upper()} track</name>{parts}</Folder></Folder>")


def kmz(fixes: list[Fix]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._doc.kml", b"nothing")
        archive.writestr(
            "files/doc.kml", _kml(f"<Document><name>{CALLSIGN}</name><Placemark>{_gx(fixes, 6)}</Placemark></Document>")
        )
    return packed.getvalue()


def opensky_states(fixes: list[Fix]) -> bytes:
    """One moment: the first fix, seven seconds old, beside another aircraft; one row of 17, one of 18."""
    fix = fixes[0]
    own = [
        HEX, f"{CALLSIGN}   ", "Nowhere", int(fix.time_s), int(fix.time_s) + 3, fix.longitude, fix.latitude,
        fix.altitude_ft * FT_M, False, fix.speed_kt * KT_MPS, fix.track_deg, fix.rate_ftmin * FTMIN_MPS, None, None,
        "0416", False, 0,
    ]  # fmt: skip
    other = [
        "aa0000",
        None,
        "Nowhere",
        None,
        1,
        None,
        None,
        None,
        True,
        None,
        None,
        None,
        None,
        None,
        None,
        False,
        2,
        0,
    ]
    return json.dumps({"time": int(fix.time_s) + 7, "states": [own, other]}).encode()


def opensky_track(fixes: list[Fix]) -> bytes:
    path = [
        [int(fix.time_s), fix.latitude, fix.longitude, fix.altitude_ft * FT_M, fix.track_deg, False] for fix in fixes
    ]
    top = {"icao24": HEX, "calllsign": CALLSIGN, "startTime": path[0][0], "endTime": path[-1][0]}
    return json.dumps(top | {"path": path}).encode()


def _history(fixes: list[Fix]) -> pd.DataFrame:
    """Two rows a fix, the second without a new position."""
    rows = [
        {
            "time": int(fix.time_s) + late, "icao24": HEX, "lat": fix.latitude, "lon": fix.longitude,
            "velocity": fix.speed_kt * KT_MPS, "heading": float(fix.track_deg), "callsign": f"{CALLSIGN} ",
            "vertrate": fix.rate_ftmin * FTMIN_MPS, "onground": False, "squawk": "0416", "serials": [1, 2],
            "baroaltitude": fix.altitude_ft * FT_M, "geoaltitude": None, "lastposupdate": fix.time_s,
        }
        for fix in fixes for late in (0, 1)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def opensky_csv(fixes: list[Fix]) -> bytes:
    return _history(fixes).drop(columns="serials").to_csv(index=False).encode()


def opensky_parquet(fixes: list[Fix]) -> bytes:
    packed = io.BytesIO()
    _history(fixes).to_parquet(packed)
    return packed.getvalue()


def traffic_csv(fixes: list[Fix]) -> bytes:
    lines = ["timestamp,icao24,callsign,latitude,longitude,altitude,groundspeed,track,vertical_rate,onground"]
    lines += [
        f"{fix.moment:%Y-%m-%d %H:%M:%S}+00:00,{HEX},{CALLSIGN},{fix.latitude},{fix.longitude},{fix.altitude_ft},"
        f"{fix.speed_kt},{fix.track_deg},{fix.rate_ftmin},False"
        for fix in fixes
    ]
    return ("\n".join(lines) + "\n").encode()


def aeroapi(fixes: list[Fix]) -> bytes:
    positions = [
        {
            "fa_flight_id": f"{CALLSIGN}-1733", "altitude": fix.altitude_ft // 100, "altitude_change": "C",
            "groundspeed": fix.speed_kt, "heading": fix.track_deg, "latitude": fix.latitude, "longitude": fix.longitude,
            "timestamp": f"{fix.moment:%Y-%m-%dT%H:%M:%SZ}", "update_type": "PAZMD"[number % 5],
        }
        for number, fix in enumerate(fixes)
    ]  # fmt: skip
    return json.dumps({"actual_distance": 100, "positions": positions}).encode()


def sbs(fixes: list[Fix], suffix: str = "") -> bytes:
    """Velocity in one line, position a second later in the next."""
    lines = []
    for fix in fixes:
        times = [
            datetime.fromtimestamp(fix.time_s + late, UTC).strftime("%Y/%m/%d,%H:%M:%S.%f")[:-3] for late in (-1, 0)
        ]
        start = f"1,1,{HEX.upper()},1"
        lines += [
            f"MSG,4,{start},{times[0]},{times[0]},,,{fix.speed_kt},{fix.track_deg},,,{fix.rate_ftmin}{suffix},,,,,0",
            f"MSG,3,{start},{times[1]},{times[1]},,{fix.altitude_ft}{suffix},,,{fix.latitude:.5f},{fix.longitude:.5f},,,0,"
            "0,0,0",
        ]
    return ("\r\n".join(lines) + "\r\n").encode()


def gpx(fixes: list[Fix]) -> bytes:
    points = [
        f'<trkpt lat="{fix.latitude:.6f}" lon="{fix.longitude:.6f}"><ele>{fix.altitude_ft * FT_M:.1f}</ele>'
        f"<time>{fix.moment:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for fix in fixes
    ]
    segments = f"<trkseg>{''.join(points[:5])}</trkseg><trkseg>{''.join(points[5:])}</trkseg>"
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="a test" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>'
        f"{CALLSIGN}</name>{segments}</trk></gpx>"
    ).encode()


def geojson(fixes: list[Fix], milliseconds: bool = False) -> bytes:
    factor = 1000 if milliseconds else 1
    line = [[fix.longitude, fix.latitude, fix.altitude_ft * FT_M, int(fix.time_s * factor)] for fix in fixes]
    lines = [
        {
            "type": "Feature", "properties": {"callsign": CALLSIGN},
            "geometry": {"type": "LineString", "coordinates": part},
        }
        for part in (line[:5], line[5:])
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": lines}).encode()


def igc(fixes: list[Fix], date: str = "HFDTEDATE:081224,01") -> bytes:
    lines = ["AXXXABC FLIGHT:1", date, "HFFXA100", f"HFGIDGLIDERID:{CALLSIGN}", "I013638FXA"]
    for fix in fixes:
        metres = round(fix.altitude_ft * FT_M)
        latitude, longitude = (
            f"{int(value):0{n}d}{round(value % 1 * 60_000):05d}" for value, n in ((fix.latitude, 2), (fix.longitude, 3))
        )
        lines.append(f"B{fix.moment:%H%M%S}{latitude}N{longitude}EA{metres:05d}{metres:05d}100")
    return ("\r\n".join([*lines, "GABCDEF"]) + "\r\n").encode()


def asterix(fixes: list[Fix]) -> bytes:
    """Category 021, one record a block: 010, 040, 071, 131, 080, 145, 155, 160."""
    blocks = []
    for fix in fixes:
        record = bytes([0xCB, 0x11, 0x03, 0x28]) + bytes([25, 1, 0])
        record += int((fix.time_s % 86_400) * 128).to_bytes(3, "big")
        record += struct.pack(">ii", round(fix.latitude * 2**30 / 180), round(fix.longitude * 2**30 / 180))
        record += bytes.fromhex(HEX) + struct.pack(">h", fix.altitude_ft // 25)
        record += struct.pack(">H", int(fix.rate_ftmin / 6.25) & 0x7FFF)
        record += struct.pack(">HH", round(fix.speed_kt / 3600 * 2**14), round(fix.track_deg * 65536 / 360))
        blocks.append(bytes([21]) + (len(record) + 3).to_bytes(2, "big") + record)
    return b"".join(blocks)


_TRACK = ("altitude_baro_m", "groundspeed_mps", "track_deg")
_HEIGHT = ("altitude_msl_m",)

DIALECTS: dict[str, Made] = {
    "readsb trace": Made(readsb_trace),
    "readsb aircraft JSON": Made(aircraft_json, {"aircraft": HEX}, rows=1),
    "Flightradar24 CSV": Made(fr24_csv, has=_TRACK, seconds=1.0),
    "Flightradar24 granular CSV": Made(fr24_granular, has=(*Made.has, "altitude_geom_m"), degrees=1e-5),
    "Flightradar24 granular CSV, older": Made(fr24_granular_old, degrees=1e-5),
    "Flightradar24 playback JSON": Made(fr24_playback, seconds=1.0),
    "Flightradar24 API": Made(fr24_api, seconds=1.0),
    "Flightradar24 KML": Made(fr24_kml, has=_TRACK, seconds=1.0),
    "OpenSky states": Made(opensky_states, {"aircraft": HEX}, rows=1),
    "OpenSky track": Made(opensky_track, has=("altitude_baro_m", "track_deg")),
    "OpenSky history": Made(opensky_csv),
    "OpenSky history, Parquet": Made(opensky_parquet),
    "CSV with the columns of traffic": Made(traffic_csv),
    "FlightAware KML": Made(flightaware_kml, has=("altitude_baro_m",), degrees=1e-5, seconds=1.0),
    "FlightAware AeroAPI": Made(aeroapi, has=_TRACK, seconds=1.0),
    "SBS-1": Made(sbs, {"zone": "UTC"}, degrees=1e-5),
    "GPX": Made(gpx, {"datum": "sea level"}, has=_HEIGHT),
    "KML": Made(tar1090_kml, {"datum": "sea level"}, has=_HEIGHT),
    "KML, KMZ": Made(kmz, {"datum": "sea level"}, has=_HEIGHT),
    "GeoJSON trip": Made(geojson, has=("altitude_geom_m",)),
    "IGC": Made(igc, has=("altitude_baro_m", "altitude_geom_m"), degrees=2e-5),
    "ASTERIX": Made(asterix, {"date": "2024-12-08"}, metres=4.0),
}
