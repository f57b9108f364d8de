"""A remembered list comes back from its bytes as it was; other bytes are none."""

import json
from functools import partial
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import drawing
from tcptui.panes.flows.remembered import from_bytes, remember_rows, to_bytes
from tcptui.session import analyse

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.pcapng"))
MADE_OF = bytes(range(32))
WIDTHS = drawing.Widths(2, 21, 15, 21, 14, 40, 10, 0)
ROW = [{"trouble": [["lost \x1b[2J", "warning"]]}, "10.0.0.1", 5]
RUN_WITHOUT_STYLE = [{"trouble": [["lost", "blinking"]]}, "10.0.0.1", 5]


def list_of(count: int, numbers: list[int], widths: object, rows: object) -> bytes:
    """A list as bytes, with a digest that is right, whatever it holds."""
    order = b"".join(number.to_bytes(4, "little", signed=True) for number in numbers)
    body = MADE_OF + count.to_bytes(4) + order + json.dumps([widths, rows]).encode()
    return blake2b(body, digest_size=32).digest() + body


GOOD = list_of(2, [1, 0], WIDTHS, [[1, ROW]])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_lines_are_those_of_the_flows(sample: Path) -> None:
    captures = Captures(CaptureOptions(), WIRESHARK_4_0)
    opened = captures.open_files([str(sample)])
    for _ in analyse(opened.session.source, opened.engine):
        pass
    captures.stop()
    engine = opened.engine
    judge = Judge(engine, lambda row: b"")
    order = list(range(len(engine.flows)))[::-1]
    work = remember_rows(engine, judge, order, drawing.DEFAULT)
    while True:
        try:
            next(work)
        except StopIteration as end:
            rows = end.value
            break
    found = from_bytes(to_bytes(MADE_OF, order, rows, WIDTHS), MADE_OF)
    assert found is not None
    assert list(found.order) == order
    assert found.widths == WIDTHS
    for width in (80, 200):
        placed = drawing.place_columns(drawing.DEFAULT, WIDTHS, width)
        for index, row in found.rows.items():
            drawn = drawing.line_of(placed, partial(row.cell, utc=True))
            assert drawn == drawing.row(engine.flows[index], placed, judge, True)


def test_control_characters_are_shown_as_pictures() -> None:
    found = from_bytes(GOOD, MADE_OF)
    assert found is not None
    assert found.rows[1].cells["trouble"][0].text == "lost ␛[2J"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        list_of(0, [], WIDTHS, []),
        list_of(2, [1], WIDTHS, []),
        list_of(2, [1, 1], WIDTHS, []),
        list_of(2, [1, 2], WIDTHS, []),
        list_of(0xFFFFFFFF, [0, 1], WIDTHS, []),
        list_of(2, [1, 0], [1, 2], []),
        list_of(2, [1, 0], [-1] * 8, []),
        list_of(2, [1, 0], None, []),
        list_of(2, [1, 0], WIDTHS, [[2, ROW]]),
        list_of(2, [1, 0], WIDTHS, [[True, ROW]]),
        list_of(2, [1, 0], WIDTHS, [[1, RUN_WITHOUT_STYLE]]),
        list_of(2, [1, 0], WIDTHS, [[1, [{"no column": []}, "10.0.0.1", 5]]]),
        list_of(2, [1, 0], WIDTHS, [[1, [{}, 10, 5]]]),
        list_of(2, [1, 0], WIDTHS, [[1, [{}, "10.0.0.1", 1 << 63]]]),
        list_of(2, [1, 0], WIDTHS, [[1, [[], "10.0.0.1", 5]]]),
        list_of(2, [1, 0], WIDTHS, [[1, [{"trouble": [[["x"], "text"]]}, "10.0.0.1", 5]]]),
        list_of(2, [1, 0], WIDTHS, [[1, [{"trouble": [["x", ["text"]]]}, "10.0.0.1", 5]]]),
    ],
)
def test_what_is_wrong_inside_is_no_list(data: bytes) -> None:
    assert from_bytes(data, MADE_OF) is None


def test_a_list_of_something_else_is_none() -> None:
    assert from_bytes(GOOD, MADE_OF[::-1]) is None


@given(some.integers(0, len(GOOD) - 1), some.integers(1, 255))
def test_a_byte_that_differs_is_noticed(at: int, change: int) -> None:
    data = bytearray(GOOD)
    data[at] ^= change
    assert from_bytes(bytes(data), MADE_OF) is None


@given(some.integers(0, len(GOOD) - 1))
def test_a_list_that_is_cut_is_none(size: int) -> None:
    assert from_bytes(GOOD[:size], MADE_OF) is None


LEAVES = some.none() | some.integers() | some.text()
ANY_JSON = some.recursive(
    LEAVES, lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner)
)


@settings(max_examples=30, deadline=None)
@given(ANY_JSON)
def test_any_json_is_a_list_or_none(value: object) -> None:
    found = from_bytes(list_of(2, [1, 0], WIDTHS, value), MADE_OF)
    assert found is None or list(found.order) == [1, 0]
