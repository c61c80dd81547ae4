"""Four figures as images, drawn of tiny fixed data: each was looked at, and found good, before it became the measure.

The tolerance is 4 of 255 (root mean square over all points): a label moved or a colour changed is more, another
rasteriser less.
After a change that is meant: ``pytest tests/test_images.py --mpl-generate-path=tests/baseline``, and look at each.
"""

from __future__ import annotations

from pathlib import Path

import minimal
import pytest
from matplotlib.figure import Figure
from test_draw import EVIDENCE, ensemble, support_of, verdict_of, without_of

from trackkit import draw, read
from trackkit.draw import style
from trackkit.model import Case

LIKE = {"style": ["default", style.RC], "savefig_kwargs": {"dpi": 100}, "deterministic": True}


@pytest.fixture(scope="module")
def case() -> Case:
    return read.case(Path(__file__).parents[1] / "data" / "planted")


def few(case: Case) -> tuple[float, ...]:
    return EVIDENCE[: len(case.hypotheses)]


@pytest.mark.mpl_image_compare(**LIKE)
def test_paths(tmp_path: Path) -> Figure:
    case = read.case(minimal.write(tmp_path / "small"))
    return draw.hypotheses(case, {one.id: ensemble(case, k) for k, one in enumerate(case.hypotheses)})


@pytest.mark.mpl_image_compare(**LIKE)
def test_support(case: Case) -> Figure:
    return draw.support(case, support_of(case), verdict_of(case, few(case)), seed=7)[0]


@pytest.mark.mpl_image_compare(**LIKE)
def test_timeline(case: Case) -> Figure:
    return draw.timeline(case)


@pytest.mark.mpl_image_compare(**LIKE)
def test_verdict(case: Case) -> Figure:
    return draw.verdict(case, verdict_of(case, few(case)), without_of(case, few(case)), seed=7)
