"""Where a track can be trusted, drawn: states, holes and what fired come out of the table and nothing else."""

from pathlib import Path

import numpy as np
import pytest
import tracks
from matplotlib.collections import PolyCollection

from trackkit import check, draw, read
from trackkit.draw import trusted

NARROW = read.aircraft("NARROW")


def spoiled(**made):
    """A flight with a jump, and a hole after it."""
    return tracks.shifted(tracks.frame(**made), slice(500, 600), 30.0, 3e4).drop(index=range(900, 1100))


@pytest.fixture(scope="module")
def drawn():
    track = tracks.track(spoiled())
    segments = check.segments(track, NARROW)
    return track, segments, draw.quality(track, segments, "synthetic")


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.get_yticklabels()] + [
        text.get_text() for text in figure.texts
    ]


def test_it_says_what_was_found_and_what_it_does_not_say(drawn):
    _, segments, figure = drawn
    words = " ".join(texts(figure))
    bad = segments["state"].isin(["suspect", "inconsistent"])
    share = 100.0 * segments.loc[bad, "fixes"].sum() / segments["fixes"].sum()
    assert f"{share:.0f} % of the fixes" in words
    assert "Source: synthetic" in words
    assert "not that the positions are true" in " ".join(words.split())
    assert "teleport" in words


def test_every_stretch_is_told_to_those_who_do_not_see_it(drawn):
    _, segments, figure = drawn
    words = draw.alt(figure)
    for row in segments.itertuples():
        assert f"{row.start:%H:%M:%S} to {row.end:%H:%M:%S}: {row.state}" in words


def test_nothing_is_drawn_in_a_hole(drawn):
    track, _, figure = drawn
    first, last = trusted._num(track.fixes.index[[899, 900]])
    assert last - first > 200.0 / 86_400.0
    for axes in figure.axes[:3]:
        for line in axes.lines:
            x = np.asarray(line.get_xdata(), float)
            assert not ((x[:-1] <= first) & (x[1:] >= last)).any()
        for patch in axes.patches:
            assert patch.get_x() >= last or patch.get_x() + patch.get_width() < last


def test_each_test_that_fired_has_its_row(drawn):
    _, segments, figure = drawn
    axes = figure.axes[3]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert set(names) == {name for row in segments["tests"] for name in row}
    bars = [one for one in axes.collections if isinstance(one, PolyCollection)]
    assert len(bars) == sum(len(row) for row in segments["tests"])


def test_roundings_do_not_fill_an_axis(drawn):
    low, high = drawn[2].axes[1].get_ylim()
    assert high - low >= 60.0


@pytest.mark.parametrize("column", ["altitude", "groundspeed"])
def test_a_value_that_is_not_told_leaves_its_panel_empty(column):
    df = tracks.frame(minutes=5.0).drop(columns=[column])
    track = tracks.track(df if column != "altitude" else df.drop(columns="geoaltitude"))
    figure = draw.quality(track, check.segments(track, NARROW))
    assert "no stretch is in tension" in " ".join(texts(figure))


def test_it_can_be_saved_and_is_the_same_twice(drawn, tmp_path: Path):
    track, segments, figure = drawn
    draw.save(figure, tmp_path, "one")
    draw.save(draw.quality(track, segments, "synthetic"), tmp_path, "two")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_a_mark_in_a_text_is_no_markup():
    track = tracks.track(tracks.frame(minutes=2.0))
    figure = draw.quality(track, check.segments(track, NARROW), "costs $5 and $6 <b>")
    marked = [text for text in figure.texts if "5 and" in text.get_text()]
    assert marked
    assert all(not text.get_parse_math() or "\\$5" in text.get_text() for text in marked)
