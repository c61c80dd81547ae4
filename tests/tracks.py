"""Synthetic tracks for tests: a flight of known truth, as a tracker would show it, and ways to spoil it."""

import numpy as np
import pandas as pd

from trackkit import earth, read
from trackkit.units import FT_M, FTMIN_MPS, KT_MPS


def frame(minutes=30.0, step_s=1.0, seed=0, speed_mps=210.0, height_m=10_000.0, jitter_s=0.1, turns=True):
    """A cruise with two turns, in the columns of `traffic`: late by a jitter along the track, 2 m off across it."""
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, 60.0 * minutes, step_s)
    middle = 0.5 * t[-1]
    rate = np.where(turns & (np.abs(t - middle) < 40.0), 1.0, 0.0)
    track = (315.0 + np.cumsum(rate * step_s)) % 360.0
    angle = np.radians(track)
    east, north = (np.cumsum(speed_mps * part * step_s) for part in (np.sin(angle), np.cos(angle)))
    late, aside = speed_mps * jitter_s * rng.standard_normal(len(t)), 2.0 * rng.standard_normal(len(t))
    east = east + late * np.sin(angle) + aside * np.cos(angle)
    north = north + late * np.cos(angle) - aside * np.sin(angle)
    latitude, longitude = earth.forward(34.0, 36.5, np.degrees(np.arctan2(east, north)), np.hypot(east, north))
    height = height_m + 5.0 * np.sin(t / 300.0)
    return pd.DataFrame({
        "timestamp": pd.Timestamp("2024-12-01 10:00", tz="UTC") + pd.to_timedelta(t, unit="s"),
        "icao24": "abc123", "latitude": latitude, "longitude": longitude,
        "altitude": np.round(height / FT_M / 25.0) * 25.0,
        "geoaltitude": np.round((height + 60.0) / FT_M / 25.0) * 25.0,
        "groundspeed": np.round(speed_mps / KT_MPS + 0.6 * np.sin(t / 11.0)), "track": np.round(track, 1),
        "vertical_rate": np.gradient(height, step_s) / FTMIN_MPS, "nic": 8.0, "nac_p": 9.0, "sil": 3.0,
    })  # fmt: skip


def track(df=None, **made):
    return read.frame(frame(**made) if df is None else df, name="TEST1")


def shifted(df, rows, bearing, metres):
    """The frame with the positions of some rows moved."""
    df = df.copy()
    at = df.index[rows]
    df.loc[at, "latitude"], df.loc[at, "longitude"] = earth.forward(
        df.loc[at, "latitude"], df.loc[at, "longitude"], bearing, metres
    )
    return df
