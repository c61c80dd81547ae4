"""Smoothing: nearer to the truth than what was told, no fix moved beyond its error, nothing over a hole, and exact."""

import numpy as np
import tracks

from trackkit import columns, earth, reconstruct
from trackkit.reconstruct import smoothing


def off_m(df, smooth, names):
    clean = tracks.frame(jitter_s=0.0)
    return earth.inverse(clean["latitude"], clean["longitude"], smooth[names[0]], smooth[names[1]])[0]


def test_smoothed_is_nearer_to_the_truth_than_told():
    df = tracks.frame(seed=3)
    smooth = reconstruct.smooth(tracks.track(df))
    assert list(smooth.columns) == [column.name for column in columns.SMOOTHED]
    told, found = (
        off_m(df, smooth, names) for names in (("latitude", "longitude"), ("smooth_latitude", "smooth_longitude"))
    )
    assert np.median(found) < 0.5 * np.median(told)


def test_no_fix_is_moved_beyond_its_error_unless_it_is_set_aside():
    df = tracks.shifted(tracks.frame(seed=4), slice(500, 501), 30.0, 800.0)
    smooth = reconstruct.smooth(tracks.track(df))
    kept = smooth[~smooth["set_aside"]]
    assert (kept["moved_along_m"].abs() <= 3.0 * kept["error_along_m"] + 1e-9).all()
    assert (kept["moved_across_m"].abs() <= 3.0 * kept["error_across_m"] + 1e-9).all()
    assert smooth["set_aside"].to_numpy().nonzero()[0].tolist() == [500]


def test_nothing_across_a_hole():
    df = tracks.frame().drop(index=range(700, 900))
    whole, early = reconstruct.smooth(tracks.track(df)), reconstruct.smooth(tracks.track(df.iloc[:700]))
    assert len(whole) == len(df)
    assert whole["part"].nunique() == 2
    assert np.allclose(whole["smooth_latitude"].iloc[:700], early["smooth_latitude"], rtol=0, atol=1e-12)


def test_rows_without_news_have_no_smoothed_position():
    df = tracks.frame()
    df.loc[600:603, ["latitude", "longitude"]] = df.loc[600, ["latitude", "longitude"]].to_numpy(float)
    smooth = reconstruct.smooth(tracks.track(df))
    assert smooth["smooth_latitude"].isna().to_numpy().nonzero()[0].tolist() == [601, 602, 603]


def test_the_solution_is_that_of_rauch_tung_and_striebel():
    rng = np.random.default_rng(5)
    count = 40
    seconds, wander = rng.uniform(0.5, 5.0, count - 1), rng.uniform(0.1, 2.0, count - 1)
    seen = rng.standard_normal((count, 2)) * 10.0
    noise = np.stack([np.diag(rng.uniform(1.0, 50.0, 2)) for _ in range(count)])
    mean, spread = rts(seen, noise, seconds, wander)
    assert np.allclose(smoothing._mean(seen, noise, seconds, wander), mean, atol=1e-5)
    assert np.allclose(smoothing._spreads(seen, noise, seconds, wander), spread, atol=1e-5)


def rts(seen, noise, seconds, wander):
    """The textbook's forward and backward passes, from a flat start."""
    means, spreads, ahead, moves = [], [], [], []
    guess, before, move = np.zeros(2), np.eye(2) * 1e9, np.eye(2)
    for k in range(len(seen)):
        if k:
            dt, q = seconds[k - 1], wander[k - 1]
            move = np.array([[1.0, dt], [0.0, 1.0]])
            guess = move @ means[-1]
            shake = q * np.array([[dt**3 / 3.0, dt**2 / 2.0], [dt**2 / 2.0, dt]])
            before = move @ spreads[-1] @ move.T + shake
        gain = before @ np.linalg.inv(before + noise[k])
        ahead.append((guess, before))
        moves.append(move)
        means.append(guess + gain @ (seen[k] - guess))
        spreads.append(before - gain @ before)
    for k in range(len(seen) - 2, -1, -1):
        back = spreads[k] @ moves[k + 1].T @ np.linalg.inv(ahead[k + 1][1])
        means[k] = means[k] + back @ (means[k + 1] - ahead[k + 1][0])
        spreads[k] = spreads[k] + back @ (spreads[k + 1] - ahead[k + 1][1]) @ back.T
    return np.array(means), np.array(spreads)
