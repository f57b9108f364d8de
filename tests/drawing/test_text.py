"""Cells, numbers and names: what a text becomes."""

import pytest

from tcptui.drawing.cells import (
    Run,
    clean,
    column_title,
    cut,
    fit,
    fit_line,
    plain,
    rule,
    width_of,
    wrap,
)
from tcptui.glyphs import to_ascii
from tcptui.text.amounts import amount, count, plural, short_count, size
from tcptui.text.durations import countdown, delta, duration

MS = 1_000_000


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 ns"), (999, "999 ns"), (35_400, "35 µs"), (999_900, "1.00 ms"), (MS, "1.00 ms"),
        (201 * MS, "201 ms"), (999 * MS, "999 ms"), (999_900_000, "1.00 s"), (4_100 * MS, "4.10 s"),
        (61_000 * MS, "61.0 s"), (125_000 * MS, "2 m 05 s"), (11_040_000 * MS, "3 h 04 m"),
        (864_000_000 * MS, "10 d 00 h"),
    ],
)  # fmt: skip
def test_duration(ns: int, text: str) -> None:
    assert duration(ns) == text
    assert delta(ns) == f"+{text}"


def test_a_clock_that_went_back() -> None:
    assert duration(-35_000) == "an unknown time (the clock went back)"
    assert delta(-35_000) == "-35 µs"


@pytest.mark.parametrize(
    ("ns", "text"),
    [(640 * MS, "0.6 s"), (41_900 * MS, "41 s"), (182_000 * MS, "3 m 02 s")],
)
def test_countdown(ns: int, text: str) -> None:
    assert countdown(ns) == text


def test_the_column_that_sorts_has_an_arrow() -> None:
    assert column_title("rtt", sorts=False, descending=True) == Run("rtt", "head")
    assert column_title("rtt", sorts=True, descending=True) == Run("rtt▼", "head-sorted")
    assert column_title("rtt", sorts=True, descending=False) == Run("rtt▲", "head-sorted")


@pytest.mark.parametrize(("number", "text"), [(0, "0 bytes"), (1, "1 byte"), (4380, "4,380 bytes")])
def test_amount(number: int, text: str) -> None:
    assert amount(number, "byte") == text
    assert plural(number, "byte") == text.split()[1]


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (39_096, "39.1 kB"), (999_600, "1.00 MB")],
)
def test_size(amount: int, text: str) -> None:
    assert size(amount) == text


@pytest.mark.parametrize(
    ("number", "text"), [(7, "7"), (999, "999"), (1234, "1.2k"), (48_264, "48k"), (999_999, "1.0M")]
)
def test_short_count(number: int, text: str) -> None:
    assert short_count(number) == text


def test_count() -> None:
    assert count(1_261_005) == "1,261,005"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"), ("a\x1b[31mb", "a␛[31mb"), ("line\nbreak", "line␊break"),
        ("\x7f", "␡"), ("\u202eevil", "\\u202eevil"), ("\udc80", "\\udc80"), ("[red]x", "[red]x"),
    ],
)  # fmt: skip
def test_what_comes_from_a_capture_is_harmless(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("192.0.2.10", 10, "192.0.2.10"), ("192.0.2.10", 9, "192.0.2.…"), ("x", 0, ""),
     ("日本語", 6, "日本語"), ("日本語", 4, "日 …")],
)  # fmt: skip
def test_a_cut_is_seen(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown
    assert width_of(fit(text, width)) == width


def test_lines_have_exactly_their_width() -> None:
    line = [Run("abc"), Run("defgh", "dim")]
    for width in range(20):
        assert width_of(plain(fit_line(line, width))) == width
        assert width_of(plain(rule([Run("title")], "right", width))) == width
    assert plain(fit_line(line, 3)) == "ab…"


def test_wrap_keeps_words_and_says_that_there_is_more() -> None:
    assert wrap("one two three", 7, 5) == ["one two", "three"]
    assert wrap("one two three four", 7, 2) == ["one two", "three …"]


def test_ascii_is_cell_for_cell() -> None:
    text = "│── SYN 0 ─►│ 35 µs ⇄ ×14 … é"
    assert to_ascii(text).isascii()
    assert len(to_ascii(text)) == len(text)
