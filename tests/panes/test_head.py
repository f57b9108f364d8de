"""The first line of the screen, and what is cut in it."""

import pytest

from tcptui.drawing.cells import cut_middle, cut_words, plain
from tcptui.panes.head.drawing import head_lines

FACTS = ("406 packets", "3 flows", "493 ms")
LEADS = ("refused ×2 in 2 flows", "abort ×1 in 1 flow")


def test_the_causes_yield_then_the_figures() -> None:
    assert [plain(line) for line in head_lines("a.pcap", FACTS, LEADS)] == [
        " tcptui  a.pcap · 406 packets · 3 flows · 493 ms"
        "   refused ×2 in 2 flows · abort ×1 in 1 flow",
        " tcptui  a.pcap · 406 packets · 3 flows · 493 ms   refused ×2 in 2 flows · …",
        " tcptui  a.pcap · 406 packets · 3 flows   refused ×2 in 2 flows · …",
        " tcptui  a.pcap · 406 packets   refused ×2 in 2 flows · …",
        " tcptui  a.pcap   refused ×2 in 2 flows · …",
    ]


def test_without_causes() -> None:
    assert plain(head_lines("a.pcap", FACTS, ())[-1]) == " tcptui  a.pcap"


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("lost before here", 16, "lost before here"),
        ("lost before here", 15, "lost before …"),
        ("lost before here", 13, "lost before …"),
        ("lost before here", 12, "lost before…"),
        ("unbroken/words/only", 10, "unbroken/…"),
        ("state CLOSED, server", 18, "state CLOSED …"),
    ],
)
def test_a_sentence_is_cut_behind_a_word(text: str, width: int, shown: str) -> None:
    assert cut_words(text, width) == shown


def test_a_name_keeps_its_end() -> None:
    assert cut_middle("capture-of-2026-11-23.pcapng", 18) == "capture-of-…pcapng"
    assert cut_middle("short.pcap", 18) == "short.pcap"
