"""What other libraries say of gaps: `gaps.py --peer PYTHON` runs this in an environment that has them.

Reads gaps as JSON lines (context of 120 s on either side: `t` s, `lat`, `lon`, `east`, `north` m/s; and `at`, the time
asked for) and writes a line each: by method a place and, where the method has one, a covariance (m², east and north).
The process noise is that of the recorded baselines (13.92 m²/s³, fitted to training flights), the noise of places 20 m.

    pip install "traffic==2.13" "pandas<3" filterpy stonesoup movingpandas
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta
from importlib.metadata import version

import geopandas as gpd
import movingpandas as mpd
import numpy as np
import pandas as pd
from filterpy.kalman import KalmanFilter
from pyproj import Proj
from shapely.geometry import Point
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.smoother.kalman import KalmanSmoother
from stonesoup.types.detection import Detection, MissedDetection
from stonesoup.types.hypothesis import SingleHypothesis
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.types.update import GaussianStateUpdate
from stonesoup.updater.kalman import KalmanUpdater
from traffic.core import Flight

Q, PLACE_M, SPEED_MPS = 13.92, 20.0, 2.0
BEGIN = datetime(2024, 1, 1)  # noqa: DTZ001 peers want times without zone
NAMES = ("filterpy", "stonesoup", "traffic", "movingpandas", "pandas", "numpy")


def filterpy(t: np.ndarray, place: np.ndarray, velocity: np.ndarray, at: float) -> tuple[np.ndarray, np.ndarray]:
    """Constant velocity, positions only; smoothed by the method, whose matrices are those that lead to a step."""
    made = KalmanFilter(dim_x=4, dim_z=2)
    made.H, made.R = np.eye(4)[[0, 2]], np.eye(2) * PLACE_M**2
    made.x = np.array([place[0, 0], velocity[0, 0], place[0, 1], velocity[0, 1]])[:, None]
    made.P = np.diag([PLACE_M**2, 100.0**2] * 2)
    times = np.sort(np.append(t, at))
    means, covariances, moves, noises = [], [], [], []
    for before, now in zip([times[0], *times[:-1]], times, strict=True):
        dt = now - before
        move = np.kron(np.eye(2), [[1.0, dt], [0.0, 1.0]])
        noise = np.kron(np.eye(2), Q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]))
        made.predict(F=move, Q=noise)
        if now != at:
            made.update(place[np.searchsorted(t, now)][:, None])
        for kept, value in zip((means, covariances, moves, noises), (made.x, made.P, move, noise), strict=True):
            kept.append(value.copy())
    x, p, _, _ = made.rts_smoother(np.array(means), np.array(covariances), moves, noises)
    k = int(np.searchsorted(times, at))
    return x[k][[0, 2], 0], p[k][np.ix_([0, 2], [0, 2])]


def stonesoup(t: np.ndarray, place: np.ndarray, velocity: np.ndarray, at: float) -> tuple[np.ndarray, np.ndarray]:
    """Constant velocity, places and velocities; the time asked for is an update by a missed detection."""
    model = CombinedLinearGaussianTransitionModel([ConstantVelocity(Q)] * 2)
    sight = LinearGaussian(4, (0, 1, 2, 3), np.diag([PLACE_M**2, SPEED_MPS**2] * 2))
    seen = np.stack([place[:, 0], velocity[:, 0], place[:, 1], velocity[:, 1]], axis=1)
    predictor, updater = KalmanPredictor(model), KalmanUpdater(sight)
    state = GaussianState(seen[0], np.diag([PLACE_M**2, SPEED_MPS**2] * 2), timestamp=_when(t[0]))
    track = Track([state])
    for now in np.sort(np.append(t[1:], at)):
        prediction = predictor.predict(track[-1], timestamp=_when(now))
        if now == at:
            missed = SingleHypothesis(prediction, MissedDetection(timestamp=_when(now)))
            track.append(GaussianStateUpdate(prediction.state_vector, prediction.covar, missed, timestamp=_when(now)))
        else:
            told = Detection(seen[np.searchsorted(t, now)], timestamp=_when(now), measurement_model=sight)
            track.append(updater.update(SingleHypothesis(prediction, told)))
    smooth = KalmanSmoother(model).smooth(track)
    one = next(state for state in smooth if state.timestamp == _when(at))
    mean, covariance = np.asarray(one.state_vector, float).ravel(), np.asarray(one.covar, float)
    return mean[[0, 2]], covariance[np.ix_([0, 2], [0, 2])]


def _when(t: float) -> datetime:
    return BEGIN + timedelta(seconds=float(t))


def traffic(t: np.ndarray, lat: np.ndarray, lon: np.ndarray, at: float) -> tuple[float, float]:
    """`Flight.resample("1s")`, as it ships."""
    rows = pd.DataFrame({"timestamp": pd.to_datetime([_when(x) for x in t], utc=True), "latitude": lat,
                         "longitude": lon, "icao24": "000000", "callsign": "GAP"})  # fmt: skip
    found = Flight(rows).resample("1s").data
    times = (found["timestamp"] - pd.Timestamp(BEGIN, tz="UTC")).dt.total_seconds()
    return tuple(float(np.interp(at, times, found[name])) for name in ("latitude", "longitude"))


def movingpandas(t: np.ndarray, lat: np.ndarray, lon: np.ndarray, at: float) -> tuple[float, float]:
    """`Trajectory.interpolate_position_at`."""
    points = [Point(*pair) for pair in zip(lon, lat, strict=True)]
    frame = gpd.GeoDataFrame(geometry=points, index=[_when(x) for x in t], crs=4326)
    found = mpd.Trajectory(frame, 1).interpolate_position_at(_when(at))
    return found.y, found.x


def said(gap: dict) -> dict[str, list[float] | str]:
    """By method latitude, longitude, seconds and, of smoothers, three numbers of a covariance; or the error met."""
    names = ("t", "lat", "lon", "east", "north")
    t, lat, lon, east, north = (np.array(gap[name]) for name in names)
    k = int(np.searchsorted(t, gap["at"]))
    project = Proj(proj="aeqd", lat_0=(lat[k - 1] + lat[k]) / 2, lon_0=(lon[k - 1] + lon[k]) / 2, ellps="WGS84")
    place, velocity = np.stack(project(lon, lat), axis=1), np.stack([east, north], axis=1)
    found: dict[str, list[float] | str] = {}
    for method in (filterpy, stonesoup, traffic, movingpandas):
        began, smoother = time.perf_counter(), method in (filterpy, stonesoup)
        try:
            one, other = method(t, *((place, velocity) if smoother else (lat, lon)), gap["at"])
        except Exception as error:  # what a peer does not answer is counted
            found[method.__name__] = repr(error)[:120]
            continue
        where = project(*one, inverse=True)[::-1] if smoother else (one, other)
        spread = [other[0, 0], other[0, 1], other[1, 1]] if smoother else []
        found[method.__name__] = [float(x) for x in (*where, time.perf_counter() - began, *spread)]
    return found


if __name__ == "__main__":
    print(json.dumps({name: version(name) for name in NAMES}))
    for line in sys.stdin:
        print(json.dumps(said(json.loads(line))))
