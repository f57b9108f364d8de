"""Graphs as SVG pictures: well formed, explained, and seen on a white and on a dark ground."""

from xml.etree import ElementTree

import pytest

from samples.packet_script import parse_script
from tcptui.drawing.doubts import doubts_of
from tcptui.drawing.graph import SIGNS
from tcptui.drawing.graph_signs import COLORS
from tcptui.drawing.graph_svg import DARK, LIGHT, graph_svg
from tcptui.engine.saturation import LARGEST
from tcptui.graphs.bins import Bins
from tcptui.graphs.kinds import FLOW_GRAPHS, flow_series
from tcptui.graphs.series import Series, Unit
from tests.engine.feeding import analysed
from tests.graphs.test_drawing import TENTH, series_of

KINDS = [one.name for one in FLOW_GRAPHS]
SECOND = 1_000_000_000
MIDSTREAM = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
1 30 A PA 1 1 64000 100
2 50 B A 1 101 4000 0
"""
LEAST_CONTRAST = 3
"""Of graphical objects (WCAG 2.1, 1.4.11)."""


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def texts(picture: str) -> list[str]:
    return [one.text or "" for one in parsed(picture).iter() if one.tag.endswith("text")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_well_formed_and_has_its_title(kind: str) -> None:
    title = "a < b & \x1b[31m\ufffe"
    picture = graph_svg(title, series_of(kind), 60, 14)
    assert parsed(picture).findtext("{*}title") == "a < b & \ufffd[31m\ufffd"
    assert "\x1b" not in picture
    assert len(parsed(picture).findall(".//{*}path")) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_each_sign_is_explained(kind: str) -> None:
    series = series_of(kind)
    shown = texts(graph_svg("", series, 60, 14))
    names = {one.name.partition(".")[2] for one in series if len(one) and one.largest()}
    assert {SIGNS[name].meaning for name in names & SIGNS.keys()} <= set(shown)
    assert kind != "time" or {"server", "client", "network", "idle"} <= set(shown)


def test_a_picture_grows_with_what_it_explains() -> None:
    small = parsed(graph_svg("", series_of("time-sequence"), 30, 5))
    assert int(small.attrib["height"]) > 5 * 17


def test_one_bin_is_as_wide_as_the_picture() -> None:
    bins = Bins(0, 0, SECOND)
    bins.add_amount(1, 0, 7)
    picture = graph_svg("", [bins.fill(Series("packets", Unit.COUNT), 1, 1)], 60, 14)
    assert {"packets, in bins of 1.00 s", "0 s", "500 ms", "1.00 s", "7"} <= set(texts(picture))
    assert "M80 " in picture
    assert "H460" in picture


def test_what_is_not_known_is_dotted_and_said() -> None:
    """The window of a side whose SYN was not captured."""
    engine = analysed(parse_script(MIDSTREAM).packets)
    flow = engine.flows[0]
    series = flow_series(FLOW_GRAPHS[0], engine, flow, TENTH, None)
    picture = graph_svg("", series, 60, 14, doubts_of(flow))
    assert 'stroke-dasharray="1 4"' in picture
    assert any("window scale unknown (no SYN" in text for text in texts(picture))


def test_nothing_is_drawn_of_nothing() -> None:
    assert "nothing to draw: no points" in texts(graph_svg("", [], 60, 14))


@pytest.mark.parametrize("times", [(0, LARGEST), (-LARGEST, LARGEST), (LARGEST, LARGEST)])
def test_any_times_are_drawn(times: tuple[int, int]) -> None:
    one = Series("c.rtt", Unit.SECONDS)
    for time in times:
        one.add_point(1, time, 5)
    assert parsed(graph_svg("", [one], 60, 14)).tag.endswith("svg")


@pytest.mark.parametrize("ground", [LIGHT, DARK])
def test_colors_are_seen_on_both_grounds(ground: str) -> None:
    dim = {color for color in COLORS.values() if contrast(color, ground) < LEAST_CONTRAST}
    assert dim == set()


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.1 has it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
