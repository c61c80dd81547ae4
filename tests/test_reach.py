"""The figure of reach: two maps, the heights written where they are read, what is assumed said."""

from pathlib import Path

from trackkit import draw, earth, read


def test_reach_writes_the_heights_and_says_what_is_assumed() -> None:
    case = read.case(Path(__file__).parents[1] / "data" / "syrian-air-9218")
    box = (case.extent.west, case.extent.south, case.extent.east, case.extent.north)
    near = earth.networks(earth.receivers(country="SY"), box, count=3, per_degree=15.0)
    alone = earth.networks(earth.receivers(country="LB"), box, count=3, per_degree=15.0)
    place = (34.732, 36.571)
    figure = draw.reach(case, {"near": near, "far": alone}, {"Homs": place})
    told = [text.get_text() for axes in figure.axes for text in axes.texts]
    for one in (near, alone):
        assert f"Homs\n{round(float(earth.heard_from_m(one, 0.5, *place)), -1):,.0f} m" in told
    small = " ".join(text.get_text() for text in figure.texts)
    assert "Receivers are assumed" in small
    assert "de facto lines" in small
    assert "Homs" in draw.alt(figure)
