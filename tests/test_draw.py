"""Figures: the values behind them, their words, their regions, and their files' bytes.

Ensembles are made by hand: straight paths north from Damascus, so that what must be drawn is known beforehand.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import matplotlib
import minimal
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.dates import num2date
from matplotlib.figure import Figure
from matplotlib.text import Text

from trackkit import columns, draw, earth, origins, read
from trackkit.draw import flights, labels, maps, matrix, ranking, regions, style, told
from trackkit.model import Case, Ensemble, Extent, Groups
from trackkit.motion import PHASES

FORBIDDEN = re.compile(r"\b(ruled\s+out|proved|impossible)\b", re.IGNORECASE)
EXTENT = Extent(35.0, 33.2, 38.0, 36.0)
FREE, DOWN, PARKED = (PHASES.index(name) for name in ("free", "down", "parked"))


@pytest.fixture(scope="module")
def case() -> Case:
    return read.case(Path(__file__).parents[1] / "data" / "syrian-air-9218")


@pytest.fixture
def small(tmp_path: Path) -> Case:
    return read.case(
        minimal.write(tmp_path, {"id": "turned", "says": "turned", "near": "Homs", "words": "It cost $5 or $6."})
    )


def ensemble(case: Case, number: int = 0, n: int = 60, log_evidence: float = -10.0, sd: float = 0.3) -> Ensemble:
    """Paths due north along 36.5 E and beside it, down after forty minutes; all weigh alike."""
    times = pd.date_range(case.window[0].tz_convert(None), case.window[1].tz_convert(None), freq="60s")
    along = np.clip((np.arange(len(times)) - 5.0) / 40.0, 0.0, 1.0)
    spread = np.linspace(-0.3, 0.3, n)[:, None]
    phase = np.where(along >= 1.0, DOWN, np.where(along <= 0.0, PARKED, FREE)) * np.ones((n, 1), int)
    both = ("path", "time")
    shape = np.ones((n, 1))
    data = {
        "latitude": (both, 33.4 + 2.0 * along * shape),
        "longitude": (both, 36.5 + spread * along),
        "altitude_m": (both, 7_000.0 * np.sin(np.pi * along) * shape + 100.0 * spread),
        "track_deg": (both, np.zeros((n, len(times)))),
        "phase": (both, phase),
        "ending": ("path", np.array(["landed"] * n, object)),
    }
    none, empty = xr.DataArray(np.zeros((n, 0)), dims=("path", "claim")), np.zeros(0)
    return Ensemble(
        case.hypotheses[number], (), xr.Dataset(data, {"time": times.to_numpy()}),
        xr.DataArray(np.full(n, -np.log(n)), dims="path"), none, none, none, xr.DataArray(empty, dims="claim"),
        Groups(empty.astype(int), empty, (), empty, empty, empty), log_evidence, sd, pd.DataFrame(), n, 7, 4,
    )  # fmt: skip


def verdict_of(case: Case, evidence: tuple[float, ...], effective: float = 200.0, caution: str = "") -> pd.DataFrame:
    weight = np.exp(np.array(evidence) - max(evidence))
    rows = [
        {"hypothesis": one.id, "says": one.says, "prior": one.prior, "log_evidence": value, "log_evidence_sd": 0.2,
         "runs": 4, "effective_paths": effective, "paths": 400, "posterior": share, "posterior_low": 0.9 * share,
         "posterior_high": min(1.1 * share, 1.0), "caution": caution}
        for one, value, share in zip(case.hypotheses, evidence, weight / weight.sum(), strict=False)
    ]  # fmt: skip
    return columns.conform(pd.DataFrame(rows), columns.VERDICT)


def support_of(case: Case, effective: float = 200.0) -> pd.DataFrame:
    judged = case.claims[case.claims["says"] != "context"]
    rows = [
        {"claim": claim, "report": row["report"], "origin": row["origin"], "hypothesis": one.id,
         "subject": row["subject"], "support": 0.0 if number else 0.75, "effective_paths": effective,
         "state": "in tension" if number else "consistent"}
        for claim, row in judged.iterrows() for number, one in enumerate(case.hypotheses)
    ]  # fmt: skip
    return columns.conform(pd.DataFrame(rows), columns.SUPPORT)


def without_of(case: Case, evidence: tuple[float, ...]) -> pd.DataFrame:
    """Leaving out the first origin turns the order; leaving out the first report changes nothing."""
    rows = [("origin", "flightradar24", -9.0), ("report", "bbc", 0.0)]
    return pd.DataFrame(
        {"left_out_kind": kind, "left_out": name, "hypothesis": one.id, "posterior": 0.5, "effective_paths": 200.0,
         "log_evidence": value + (change if number == 0 else 0.0)}
        for kind, name, change in rows
        for number, (one, value) in enumerate(zip(case.hypotheses, evidence, strict=False))
    )  # fmt: skip


def words(figure: Figure) -> list[Text]:
    """Every text that a figure shows."""
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def said(figure: Figure) -> str:
    return " ".join(text.get_text() for text in words(figure))


EVIDENCE = (-12.0, -15.0, -20.0, -21.0, -22.0)


@pytest.fixture(scope="module")
def figures(case: Case) -> dict[str, Figure]:
    """One of each figure."""
    made = {
        one.id: ensemble(case, number, log_evidence=-10.0 - 5.0 * number) for number, one in enumerate(case.hypotheses)
    }
    verdict, few = verdict_of(case, EVIDENCE), replace(case, reports=case.reports.loc[["bbc", "axios", "flightglobal"]])
    return {
        "reports": draw.reports(few, {"bbc": ensemble(case)})[0],
        "hypotheses": draw.hypotheses(case, made),
        "support": draw.support(case, support_of(case), verdict, seed=7)[0],
        "timeline": draw.timeline(case),
        "verdict": draw.verdict(case, verdict, without_of(case, EVIDENCE), seed=7),
    }


NAMES = ("reports", "hypotheses", "support", "timeline", "verdict")


# -- regions --------------------------------------------------------------------------------------------------


def test_region_holds_its_level_of_points_it_has_not_seen() -> None:
    rng = np.random.default_rng(1)
    seen, unseen = rng.normal([34.6, 36.5], [0.25, 0.3], (2, 20_000, 2))
    found = regions.highest_density(*seen.T, np.ones(len(seen)), (0.5, 0.9), EXTENT)
    for level, cut in zip(found.levels, found.thresholds, strict=True):
        assert (found.at(*unseen.T) >= cut).mean() == pytest.approx(level, abs=0.015)


def test_region_of_a_normal_is_its_ellipse() -> None:
    points = np.random.default_rng(2).normal([34.6, 36.5], 0.2, (40_000, 2))
    found = regions.highest_density(*points.T, np.ones(len(points)), (0.5,), EXTENT)
    radius = 0.2 * np.sqrt(-2.0 * np.log(0.5))
    (outline,) = found.contours(0.5)
    off = np.hypot(outline[:, 0] - 36.5, outline[:, 1] - 34.6)
    assert off.mean() == pytest.approx(radius, rel=0.05)
    across = np.cos(np.radians(34.6)) * 111.195**2
    assert found.area_km2(0.5) == pytest.approx(np.pi * radius**2 * across, rel=0.1)


def test_region_weighs_points() -> None:
    latitude, longitude = np.r_[np.full(90, 34.0), np.full(10, 35.5)], np.r_[np.full(90, 36.0), np.full(10, 37.5)]
    weight = np.r_[np.full(90, 1.0), np.full(10, 81.0)]  # the ten weigh nine tenths
    found = regions.highest_density(latitude, longitude, weight, (0.5,), EXTENT)
    inside = found.at([34.0, 35.5], [36.0, 37.5]) >= found.thresholds[0]
    assert inside.tolist() == [False, True]
    assert found.held[0] == pytest.approx(0.9)


def test_region_says_what_lies_outside() -> None:
    found = regions.highest_density([34.0, 40.0], [36.0, 36.0], [0.7, 0.3], (0.9,), EXTENT)
    assert found.outside == pytest.approx(0.3)
    assert found.held[0] == pytest.approx(0.7)
    nothing = regions.highest_density([40.0], [36.0], [1.0], (0.9,), EXTENT)
    assert nothing.held == (0.0,)


def test_quantiles_are_numpys_where_weights_are_equal() -> None:
    values = np.random.default_rng(3).normal(size=(101, 4))
    ours = regions.quantiles(values, np.ones(101), (0.05, 0.5, 0.95))
    assert np.allclose(ours, np.quantile(values, [0.05, 0.5, 0.95], axis=0, method="inverted_cdf"))


def test_sample_follows_weight_without_chance() -> None:
    weight = np.array([0.1, 0.6, 0.0, 0.3])
    counted = np.bincount(regions.spread_evenly(weight, 40), minlength=4)
    assert counted.tolist() == [4, 24, 0, 12]


def test_standing_still_is_not_flown_time(case: Case) -> None:
    lat, _, weight = maps.flown(ensemble(case))
    assert weight.sum() == pytest.approx(1.0)
    assert np.isnan(lat[:, 0]).all()
    assert np.isnan(lat[:, -1]).all()


# -- style ----------------------------------------------------------------------------------------------------


def test_wrapped_lines_fit() -> None:
    lines = style.wrap("It was brought down by a missile west of Homs at about half past five, local time.", 40.0, 6.2)
    assert len(lines) > 1
    assert all(style.text_mm(line, 6.2) <= 40.0 for line in lines)


@pytest.mark.parametrize("size", [6.2, 9.0])
def test_measured_width_is_the_drawn_width(size: float) -> None:
    with style.context():
        text = style.write(style.sheet(180, 20), 0, 0, "The record ends at 02:39 UTC", size)
        drawn = text.get_window_extent().width / 100 * 25.4
    assert style.text_mm("The record ends at 02:39 UTC", size) == pytest.approx(drawn, rel=0.02)


def test_colours_keep_their_place(case: Case) -> None:
    looks = style.looks_of(case)
    assert list(looks) == [one.id for one in case.hypotheses]
    assert len({look.color for look in looks.values()}) == len({look.hatch for look in looks.values()}) == len(looks)
    assert style.looks_of(replace(case, hypotheses=case.hypotheses[:2])).items() <= looks.items()


def test_dollar_is_shown_as_text(small: Case, tmp_path: Path) -> None:
    (figure,) = draw.reports(small, {})
    shown = [text for text in words(figure) if "cost" in text.get_text()]
    assert [text.get_text() for text in shown] == [r"It cost \$5 or \$6."]
    assert shown[0]._preprocess_math(shown[0].get_text()) == ("It cost $5 or $6.", False)
    draw.save(figure, tmp_path, "dollar")


def test_files_are_the_same_bytes_twice(case: Case, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        axes = draw.map(case)
        draw.paths(ensemble(case), axes)
        draw.claims(case, axes, "bbc")
        saved = draw.save(axes.figure, tmp_path / folder, "map")
    assert [path.suffix for path in saved] == [".png", ".svg", ".pdf"]
    for path in saved:
        assert path.read_bytes() == (tmp_path / "first" / path.name).read_bytes()


def test_files_do_not_depend_on_the_clock_or_the_users_settings(small: Case, tmp_path: Path) -> None:
    script = (
        "import sys, matplotlib; matplotlib.rcParams.update({'font.size': 20, 'savefig.bbox': 'tight'});"
        "from trackkit import draw, read; draw.save(draw.timeline(read.case(sys.argv[1])), sys.argv[2], 'a')"
    )
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1", "PYTHONHASHSEED": "3"}
    subprocess.run([sys.executable, "-c", script, small.folder, tmp_path / "b"], check=True, env=environment)
    for path in draw.save(draw.timeline(small), tmp_path / "a", "a"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


# -- maps and claims ------------------------------------------------------------------------------------------


def test_map_shows_the_extent_true_to_scale(case: Case) -> None:
    axes = draw.map(case)
    assert axes.get_xlim() == (case.extent.west, case.extent.east)
    assert axes.get_ylim() == (case.extent.south, case.extent.north)
    assert axes.get_aspect() == pytest.approx(1.0 / np.cos(np.radians(34.6)))


def test_scale_bar_is_as_long_as_it_says(case: Case) -> None:
    axes = draw.map(case, names=False)
    bars = [line for line in axes.lines if len(set(line.get_ydata())) == 1 and len(line.get_xdata()) == 2]
    true = sorted(float(earth.inverse(34.6, bar.get_xdata()[0], 34.6, bar.get_xdata()[1])[0]) for bar in bars)
    assert [text.get_text() for text in axes.texts] == ["50 km", "25 NM"]
    assert true == pytest.approx([25 * 1852.0, 50_000.0], rel=0.01)


def test_place_names_do_not_overlap(case: Case) -> None:
    axes = draw.map(case)
    boxes = labels.boxes_of(axes)
    assert {"Homs", "Damascus", "Hmeimim"} <= {text.get_text() for text in axes.texts}
    assert not any(one.meets(other, 0.0) for n, one in enumerate(boxes) for other in boxes[n + 1 :])


def test_paths_draw_region_sample_and_ends(case: Case) -> None:
    axes = draw.map(case, names=False, scale=False)
    before = len(axes.lines)
    found = draw.paths(ensemble(case), axes, sample=12)
    assert len(axes.lines) - before == 12
    assert found.levels == (0.5, 0.9)
    assert found.held == pytest.approx((0.5, 0.9), abs=0.01)


def test_circle_reaches_as_far_as_its_word(case: Case) -> None:
    axes = draw.map(case, names=False)
    draw.claims(case, axes, ["axios-turn"])
    outline = axes.patches[-2].get_xy() if len(axes.patches) > 1 else axes.patches[0].get_xy()
    homs = case.places["Homs"]
    off, _ = earth.inverse(homs.latitude, homs.longitude, outline[:, 1], outline[:, 0])
    assert off == pytest.approx(np.full(len(off), 6.0 * homs.radius_m), rel=1e-6)


def test_sector_opens_where_the_report_says(case: Case) -> None:
    axes = draw.map(case, names=False)
    (drawn,) = draw.claims(case, axes, ["bbc-lost"])
    row = case.claims.loc["bbc-lost"]
    off, bearing = earth.inverse(row["latitude"], row["longitude"], drawn.latitude, drawn.longitude)
    assert (float(off), float(bearing)) == pytest.approx((13_000.0, 270.0), abs=1.0)


def test_arrow_before_a_place_ends_there(case: Case) -> None:
    arrow = told.arrow(case, case.claims, next(case.claims.loc[["axios-northwest"]].itertuples()))
    assert arrow is not None
    lat, lon = earth.forward(arrow.latitude, arrow.longitude, arrow.bearing_deg, arrow.length_m)
    homs = case.places["Homs"]
    assert (float(lat), float(lon)) == pytest.approx((homs.latitude, homs.longitude), abs=0.01)
    assert arrow.bearing_deg == 315.0


def test_claims_without_a_place_are_not_placed(case: Case) -> None:
    drawn = draw.claims(case, draw.map(case), "bbc")
    assert [one.number for one in drawn] == list(range(1, len(drawn) + 1))
    assert {one.claim for one in drawn if not told.placed(one)} == {"bbc-u-turn", "bbc-last-height"}


# -- whole figures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_figure_can_be_read_in_print(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    width, height = style.extent_mm(figure)
    assert width == pytest.approx(180.0)
    assert height <= 262.0
    assert min(text.get_fontsize() for text in words(figure)) >= 6.0


@pytest.mark.parametrize("name", NAMES)
def test_figure_keeps_its_words_on_the_sheet_and_apart(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    with style.context():
        boxes = [(text.get_text(), text.get_window_extent()) for text in figure.texts]
    assert [text for text, box in boxes if not _within(box, figure)] == []
    assert list(_overlaps(boxes)) == []


def _within(box: object, figure: Figure) -> bool:
    width, height = figure.bbox.width, figure.bbox.height
    return box.x0 >= -0.5 and box.y0 >= -0.5 and box.x1 <= width + 0.5 and box.y1 <= height + 0.5


def _overlaps(boxes: list) -> Iterator[tuple[str, str]]:
    for number, (text, box) in enumerate(boxes):
        for other, against in boxes[number + 1 :]:
            across = min(box.x1, against.x1) - max(box.x0, against.x0)
            if across > 0.5 and min(box.y1, against.y1) - max(box.y0, against.y0) > 2.0:
                yield text, other


@pytest.mark.parametrize("name", NAMES)
def test_figure_says_what_it_rests_on(figures: dict[str, Figure], name: str) -> None:
    text = said(figures[name])
    assert re.search(r"Source: Syrian Air 9218, 166 claims in \d+ reports", text)
    assert not FORBIDDEN.search(text + draw.alt(figures[name]))
    if name != "timeline":
        assert "seed = 7" in text
        assert "n = " in text
    assert len(draw.alt(figures[name])) > 100


def test_reports_have_a_map_each_with_their_claims(case: Case) -> None:
    pages = draw.reports(case, {})
    shown = [name for page in pages for name in re.findall(r"^([a-z0-9-]+) · ", "\n".join(_texts(page)), re.MULTILINE)]
    speaking = {name for name in case.reports.index if len(told.of_aircraft(case, name))}
    assert sorted(shown) == sorted(speaking)
    assert max(len(page.axes) for page in pages) <= 9


def _texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in words(figure)]


def test_profile_is_the_weighted_height(case: Case) -> None:
    one = ensemble(case)
    bands = flights._bands(one)
    assert bands.shape == (5, one.paths.sizes["time"])
    assert (np.diff(bands, axis=0) >= 0).all()
    assert bands[2].max() == pytest.approx(7_000.0, abs=5.0)


def test_reported_heights_are_told_once(case: Case) -> None:
    heights = flights.reported_heights(case)
    assert not heights.duplicated(["altitude_m", "time"]).any()
    assert {round(height) for height in heights["altitude_m"]} >= {7209, 2659, 495}


@pytest.mark.parametrize(("gap", "wanted"), [(5.0, "foretells the claims best: 5.0 nat"), (0.5, "about equally")])
def test_hypotheses_title_knows_the_spread(case: Case, gap: float, wanted: str) -> None:
    made = {one.id: ensemble(case, at, 8, log_evidence=-gap * at) for at, one in enumerate(case.hypotheses[:2])}
    assert wanted in said(draw.hypotheses(case, made))


@pytest.mark.parametrize(
    ("support", "effective", "shown"),
    [(0.934, 300.0, "93"), (0.0, 300.0, "<1"), (0.0, 30.0, "<10"), (1.0, 300.0, "100"), (0.0, 1.0, "<100")],
)
def test_zero_is_not_shown_as_an_exclusion(support: float, effective: float, shown: str) -> None:
    assert matrix.cell_text(support, effective) == shown


def test_support_shows_every_claim(case: Case) -> None:
    pages = draw.support(case, support_of(case), verdict_of(case, EVIDENCE))
    text = " ".join(said(page) for page in pages)
    missing = [row.Index for row in case.claims.itertuples() if row.words.split()[-1] not in text]
    assert missing == []
    assert text.count("Context: told with the reports, never judged") == 1
    assert "0 are in tension with “crashed-near-homs”, the fewest" in text
    assert max(style.extent_mm(page)[1] for page in pages) <= 257.0


def test_support_hatches_what_rests_on_few_paths(small: Case) -> None:
    for effective, count in ((200.0, 1), (20.0, 3)):  # one hatched patch is the key's
        (page,) = draw.support(small, support_of(small, effective), verdict_of(small, EVIDENCE[:2]))
        assert sum(bool(getattr(artist, "get_hatch", str)()) for artist in page.artists + page.patches) == count


def test_timeline_puts_claims_at_their_times(case: Case, figures: dict[str, Figure]) -> None:
    axes = figures["timeline"].axes[0]
    marks = [line for line in axes.lines if line.get_marker() in "osD^vPh" and len(line.get_xdata()) == 1]
    timed = case.claims[(case.claims["subject"] == "aircraft") & case.claims["time"].notna()]
    inside = timed[(timed["time"] >= case.window[0]) & (timed["says"] != "context")]
    assert len(marks) == len(inside)
    shown = sorted({round(float(line.get_xdata()[0]) * 1440) for line in marks})
    assert shown == sorted({round(time.timestamp() / 60) for time in inside["time"]})
    assert "between 02:29 and 02:39 UTC" in said(figures["timeline"])


def test_swings_find_what_turns_the_order(case: Case) -> None:
    verdict, without = verdict_of(case, EVIDENCE), without_of(case, EVIDENCE)
    table = ranking.swings(verdict, without, "crashed-near-homs", "landed-hmeimim")
    assert table["left_out"].tolist() == ["flightradar24", "bbc"]
    assert table["change"].tolist() == pytest.approx([-9.0, 0.0])
    assert table["gap"].tolist() == pytest.approx([-6.0, 3.0])


def test_verdict_shows_posterior_and_cautions(case: Case) -> None:
    verdict = verdict_of(case, EVIDENCE, 20.0, "rests on 20 effective paths")
    text = said(draw.verdict(case, verdict, without_of(case, EVIDENCE)))
    assert "most consistent with “crashed-near-homs”" in text
    assert "cautions below" in text
    assert text.count("rests on 20 effective paths") == len(case.hypotheses)


def test_verdict_says_when_intervals_overlap(case: Case) -> None:
    text = said(draw.verdict(case, verdict_of(case, (-12.0, -12.1, -20.0, -21.0, -22.0)), without_of(case, EVIDENCE)))
    assert "their intervals overlap" in text


@pytest.mark.parametrize("draws", [draw.map, draw.timeline], ids=["map", "timeline"])
def test_drawing_leaves_the_users_settings_alone(small: Case, draws: Callable[[Case], Axes | Figure]) -> None:
    before = dict(matplotlib.rcParams)
    draws(small)
    assert dict(matplotlib.rcParams) == before


def test_quarters_keep_off_the_edges_where_panels_meet(case: Case) -> None:
    """A window from 01:50 to 02:45: the last quarter is at its end and is left out."""
    start = case.window[0]
    short = replace(case, window=(start, start + pd.Timedelta(minutes=55)))
    hours = [num2date(at).strftime("%H:%M") for at in flights._quarters(short)]
    assert hours == ["02:00", "02:15", "02:30"]


# -- the chain of copies ----------------------------------------------------------------------------------------------


def test_the_chain_draws_every_print_of_every_repeated_number(case: Case) -> None:
    graph = origins.chain(case)
    figure = draw.chain(case, graph)
    text = said(figure)
    table = origins.numbers(graph)
    repeated = table[table["reports"] > 1]
    for printed in repeated["printed"]:
        assert printed in text
    assert "Daily The Destination 8,725 ft: end taken for start, credits Flightradar24" in text
    assert f"come from {len(repeated)} numbers; 9 copies went wrong" in text
    assert "Source: Syrian Air 9218" in text
    assert not FORBIDDEN.search(text + draw.alt(figure))


def test_the_texts_of_the_chain_lie_on_the_sheet_and_not_on_each_other(case: Case) -> None:
    figure = draw.chain(case, origins.chain(case))
    with style.context():
        boxes = [(text.get_text(), text.get_window_extent()) for text in figure.texts]
    assert [text for text, box in boxes if not _within(box, figure)] == []
    assert list(_overlaps(boxes)) == []


def test_a_chain_without_copies_says_so(small: Case) -> None:
    assert "0 numbers" in said(draw.chain(small, origins.chain(small)))
