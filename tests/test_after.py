"""After the last contact: within reach, told by its story, the same for the same seed."""

import numpy as np
import pandas as pd
import pytest
from test_bridge import straight

from trackkit import earth, reconstruct
from trackkit.errors import InputError
from trackkit.reconstruct.after import HOW

#: two fields within a hundred kilometres of the last fix of the made track, and one on the equator
LAST = earth.forward(48.0, 2.0, 60.0, 419_000.0)
NEAR = [earth.forward(*LAST, azimuth, way) for azimuth, way in ((200.0, 40_000.0), (90.0, 90_000.0))]
FIELDS = pd.DataFrame([*NEAR, (0.0, 0.0)], ["AAAA", "BBBB", "FAR"], ["latitude", "longitude"], float)


@pytest.mark.parametrize("how", HOW)
def test_every_path_begins_at_the_last_fix_and_stays_within_the_outer_bound(how: str) -> None:
    track = straight()
    last = track.fixes.geometry.iloc[-1]
    ensemble = reconstruct.after(track, 10.0, n=200, how=how, airports=FIELDS)
    lat, lon = (ensemble.paths[name].to_numpy().astype(float) for name in ("latitude", "longitude"))
    off, _ = earth.inverse(last.y, last.x, lat, lon)
    assert np.quantile(off[:, 0], 0.99) < 150.0
    assert off.max() < 340.0 * 600.0 + 500.0
    assert len(ensemble.paths["time"]) == 121
    assert float(ensemble.paths["altitude_m"].min()) > -150.0


def test_stories_differ_as_they_say() -> None:
    track = straight()
    on, down, fall = (reconstruct.after(track, 10.0, n=300, how=how).paths for how in ("goes on", "descends", "falls"))
    assert float(on["altitude_m"].isel(time=-1).std()) < 20.0
    assert float(down["altitude_m"].isel(time=-1).median()) < 9_000.0
    fell = fall["ending"].to_numpy() == "crashed"
    assert 0.3 < fell.mean() < 1.0
    assert np.isfinite(fall["end_s"].to_numpy()[fell]).all()
    assert (fall["altitude_m"].isel(time=-1).to_numpy()[fell] == 0.0).all()


def test_airports_within_reach_are_told_and_flown_to() -> None:
    track = straight()
    table = reconstruct.within_reach(track, 30.0, FIELDS)
    assert "FAR" not in table.index
    assert (table["minutes_least"] <= 30.0).all()
    paths = reconstruct.after(track, 30.0, n=200, how="diverts", airports=FIELDS).paths.isel(time=-1)
    near = [
        earth.inverse(row.latitude, row.longitude, paths["latitude"].to_numpy().astype(float),
                      paths["longitude"].to_numpy().astype(float))[0]
        for row in table.itertuples()
    ]  # fmt: skip
    assert (np.min(near, axis=0) < 3_000.0).mean() > 0.9


def test_bad_questions_are_refused() -> None:
    for wrong in ({"minutes": 0.0}, {"minutes": 5.0, "how": "explodes"}, {"minutes": 5.0, "how": "diverts"}):
        with pytest.raises(InputError):
            reconstruct.after(straight(), n=50, **wrong)
