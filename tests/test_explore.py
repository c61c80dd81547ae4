"""The page to move in: its data, its bytes, hostile words, and the page in a real browser without a network."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import minimal
import numpy as np
import pandas as pd
import pytest

import trackkit as tk
from trackkit.draw import moving
from trackkit.errors import InputError

HOSTILE = (
    "<script>window.hit=1</script><img src=x onerror='window.hit=1'> $$\\frac{1}{2}$$ =HYPERLINK(1) \x1b[31m \u202eabc"
)
SHOWN = HOSTILE.replace("\x1b", "[U+001B]").replace("\u202e", "[U+202E]")
LIGHT = tk.sampler.Settings(first=2, warm=1, sweeps=(2, 2))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A small case with hostile words, its ensembles, and the page."""
    claims = (
        {"id": "turned", "says": "turned", "near": "Homs", "words": "It turned."},
        {"id": "seen", "says": "was_at", "near": "Homs", "time": "02:10 UTC", "words": "It passed Homs."},
    )
    case = tk.read.case(minimal.write(tmp_path_factory.mktemp("case"), *claims))
    words = case.claims["words"].where(case.claims.index != "turned", HOSTILE)
    case = replace(case, reports=case.reports.assign(publisher=HOSTILE), claims=case.claims.assign(words=words))
    ensembles = [tk.reconstruct.paths(case, one, n=64, seed=1, settings=LIGHT) for one in case.hypotheses]
    rows = [
        {"claim": name, "report": "paper", "hypothesis": one.id, "support": 0.25, "effective_paths": 60.0,
         "state": "consistent", "reason": HOSTILE}
        for name in case.claims.index for one in case.hypotheses
    ]  # fmt: skip
    support = pd.DataFrame(rows)
    page = tk.draw.explore(case, ensembles, support, sample=10)
    return SimpleNamespace(case=case, ensembles=ensembles, support=support, page=page)


def embedded(page: Any, name: str) -> Any:
    return json.loads(re.search(rf'id="{name}">(.*?)</script>', page.html, re.DOTALL)[1])


def test_regions_hold_their_level_at_every_moment(made: SimpleNamespace) -> None:
    """Shares inside the polygons, counted by another library, whatever was rounded on the way."""
    import shapely

    one = made.ensembles[0]
    ticks = moving.clock([one])
    found = moving.moving(made.case, one, ticks, 10)
    weight = np.exp(one.log_weight.to_numpy())
    for at, levels in list(zip(ticks.drawn, found.regions, strict=True))[::8]:
        step = one.paths.isel(time=int(ticks.steps[at]))
        points = shapely.points(step["longitude"].to_numpy(), step["latitude"].to_numpy())
        for level, polygons in zip(moving.LEVELS, levels, strict=True):
            rings = [[np.reshape(ring, (-1, 2)) / moving.DEGREE for ring in rings] for rings in polygons]
            area = shapely.union_all([shapely.Polygon(outer, holes).buffer(0.01) for outer, *holes in rings])
            assert weight @ shapely.covers(area, points) > level - 0.02


def test_the_page_says_what_the_ensembles_hold(made: SimpleNamespace) -> None:
    data = embedded(made.page, "data")
    one, told = made.ensembles[0], data["hypotheses"][0]
    assert told["id"] == one.hypothesis.id
    assert len(told["lon"]) == 10
    chosen = tk.draw.regions.spread_evenly(np.exp(one.log_weight.to_numpy()), 10)
    steps = moving.clock([one]).steps
    lon = one.paths["longitude"].transpose("path", "time").to_numpy()[chosen][:, steps]
    np.testing.assert_allclose(np.array(told["lon"]) / data["degree"], lon, atol=1e-4)
    assert all(
        low <= middle <= high for low, middle, high in zip(told["low"], told["middle"], told["high"], strict=True)
    )
    assert max(told["airborne"]) > 0.9
    assert len(data["ms"]) <= 200


def test_the_page_is_the_same_bytes_twice_and_asks_no_network(made: SimpleNamespace) -> None:
    again = tk.draw.explore(made.case, made.ensembles, made.support, sample=10)
    assert again == made.page
    assert len(made.page.html) < 8e6
    assert "default-src 'none'" in made.page.html
    assert not re.search(r'<(?:script|link|img)[^>]+(?:src|href)="(?!data:)', made.page.html)


def test_hostile_words_are_words_in_the_page(made: SimpleNamespace) -> None:
    markup = re.sub(r"<script.*?</script>", "", made.page.html, flags=re.DOTALL)
    assert "<img" not in markup
    assert "&lt;script&gt;window.hit=1&lt;/script&gt;" in markup
    assert "\x1b" not in made.page.html
    assert "\u202e" not in made.page.html
    claims = json.dumps(embedded(made.page, "plots"))
    assert "[U+202E]abc" in claims


def test_in_a_notebook_the_page_shows_itself_in_a_frame(made: SimpleNamespace) -> None:
    forms = made.page._repr_mimebundle_()
    assert forms["text/html"].startswith("<iframe srcdoc=")
    assert 'sandbox="allow-scripts"' in forms["text/html"]
    assert "64" in forms["text/plain"] or "128" in forms["text/plain"]


def test_without_ensembles_there_is_no_page(made: SimpleNamespace) -> None:
    with pytest.raises(InputError, match="no ensembles"):
        tk.draw.explore(made.case, [])


def test_hostile_words_are_words_in_figures(made: SimpleNamespace, tmp_path: Path) -> None:
    files = tk.draw.save(tk.draw.timeline(made.case), tmp_path, "timeline")
    assert all(file.stat().st_size > 1000 for file in files)


# -- in a real browser -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


def opened(browser: Any, file: Path, width: int = 1400) -> tuple[Any, list[str], list[str]]:
    """The page, its complaints, and what it asked of a network that is not there."""
    tab = browser.new_context(viewport={"width": width, "height": 900}, offline=True).new_page()
    complaints: list[str] = []
    asked: list[str] = []
    tab.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda one: asked.append(one.url) if not one.url.startswith(("data:", "file:")) else None)
    tab.goto(file.as_uri())
    tab.wait_for_selector("body[data-ready=yes]", timeout=30_000)
    return tab, complaints, asked


SOURCE = "name => Bokeh.documents[0].get_model_by_name(name).data"
FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.slow
def test_the_clock_moves_paths_and_switches_switch(made: SimpleNamespace, browser: Any, tmp_path: Path) -> None:
    tab, complaints, asked = opened(browser, made.page.save(tmp_path / "explore.html"))
    before, moment = tab.evaluate(SOURCE, "now"), tab.inner_text("#moment")
    assert len(before["x"]) == 10 * len(made.ensembles)
    tab.focus("#time")
    for _ in range(12):
        tab.keyboard.press("ArrowRight")  # works from the keyboard
    tab.evaluate(FRAME)
    after = tab.evaluate(SOURCE, "now")
    assert (after["x"], after["h"]) != (before["x"], before["h"])
    assert tab.inner_text("#moment") != moment
    tab.focus(".story")
    tab.keyboard.press("Space")
    assert len(tab.evaluate(SOURCE, "now")["x"]) == 10 * (len(made.ensembles) - 1)
    view = "() => Bokeh.documents[0].get_model_by_name('switched').filter.indices"
    assert tab.evaluate(view) == [0, 1]
    tab.locator(".claim").first.uncheck()
    assert tab.evaluate(view) == [1]
    assert "✓\xa01" in tab.inner_text("#score-0")
    tab.locator(".report-on").first.check()
    assert tab.evaluate(view) == [0, 1]
    tab.locator(".find").nth(1).click()
    assert tab.inner_text("#moment").startswith("02:10:00 UTC")
    assert tab.evaluate("window.hit") is None
    assert (complaints, asked) == ([], [])


@pytest.mark.slow
def test_the_page_fits_a_phone_and_shows_every_plot(made: SimpleNamespace, browser: Any, tmp_path: Path) -> None:
    tab, complaints, _ = opened(browser, made.page.save(tmp_path / "explore.html"), width=390)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("map", "heights", "timeline"):
        box = tab.locator(f"#plot-{name}").bounding_box()
        assert box["width"] > 300
        assert box["height"] > 100
    scale = tab.evaluate("""() => { const m = Bokeh.documents[0].get_model_by_name('map');
        return (m.x_range.end - m.x_range.start) / m.inner_width / (m.y_range.end - m.y_range.start)
            * m.inner_height }""")
    assert scale == pytest.approx(embedded(made.page, "data")["aspect"], rel=1e-3)  # true to scale
    assert complaints == []


@pytest.mark.slow
def test_the_page_is_there_and_steps_in_time(made: SimpleNamespace, browser: Any, tmp_path: Path) -> None:
    tab, _, _ = opened(browser, made.page.save(tmp_path / "explore.html"))
    assert tab.evaluate("performance.getEntriesByType('paint')[0].startTime") < 2000
    steps = tab.evaluate("""async () => { const took = [];
        for (let k = 20; k < 80; k += 2) { const begun = performance.now(); trackkit.step(k);
            await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
            took.push(performance.now() - begun); }
        return took.sort((a, b) => a - b) }""")
    assert steps[0] < 50.0  # the quickest of thirty: other work on the machine is not the page's
