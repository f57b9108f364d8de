"""Words in the filter bar search text, unless they look like fields that there are not."""

import pytest

from tcptui.filters.complete import complete
from tcptui.screens.triage_filter import Wrong, asked
from tests.cli.running import run
from tests.screens.opened import LOSSY, opened, press, screen_of, settled


@pytest.mark.parametrize(
    ("text", "what", "column"),
    [
        ("dns", 'dns is a protocol that is not decoded here: write "dns" in quotes', 1),
        ("tls", 'write "tls" in quotes to search text', 1),
        ("closed tls", 'write "tls" in quotes to search text', 8),
        ("http.request", 'http.request is not a field here: write "http.request" in quotes', 1),
        ("example.com", 'write "example.com" in quotes to search text', 1),
    ],
)
def test_refused(text: str, what: str, column: int) -> None:
    with pytest.raises(Wrong) as refused:
        asked(text, "4.0")
    assert what in refused.value.what
    assert refused.value.column == column


@pytest.mark.parametrize(
    "text",
    [
        "stalled",
        "10.9.0.",
        "fe80::1",
        '"dns"',
        '"tls"',
        '"server stalled" 80',
        "8080 closed",
        "data",
    ],
)
def test_taken_as_words(text: str) -> None:
    assert asked(text, "4.0").kind.startswith("text search")


@pytest.mark.parametrize("text", ["tcp", "tcp.port == 80", "ip", 'tcp contains "dns"'])
def test_filters_stay_filters(text: str) -> None:
    assert asked(text, "4.0").kind.startswith("display filter")


async def test_what_stands_in_quotes_is_one_word() -> None:
    async with opened(LOSSY) as pilot:
        flows, found = screen_of(pilot).panes.flows, []
        for text in ('"8080"', '"80 80"'):
            screen_of(pilot).flow_order.use_filter(text)
            await settled(pilot)
            found.append(flows.count > 0)
        assert found == [True, False]


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("tcp.port in {80, 443}", [" and", " or"]),
        ('http contains "x"', [" and", " or"]),
        ("(tcp.port == 80)", [" and", " or"]),
        ("tcp.port == 80 ", ["and", "or"]),
        ("tcp.port == 80", []),
    ],
)
def test_after_a_finished_term_only_what_joins_is_offered(text: str, offers: list[str]) -> None:
    assert [offer.text for offer in complete(text, len(text))] == offers


NOT_YET = "Wireshark 4.0 has no such field; 4.4 is the first that has it (--rules 4.4)"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("tcp.stream.pnum", 1),
        ("tcp.stream.pnum == 1", 1),
        ("tcp.len && tcp.stream.pnum > 2", 12),
        ("(tcp.stream.pnum)", 2),
    ],
)
def test_a_field_of_a_newer_release_is_refused_in_the_words_of_the_command_line(
    text: str, column: int
) -> None:
    with pytest.raises(Wrong) as refused:
        asked(text, "4.0")
    assert (refused.value.what, refused.value.column) == (f"tcp.stream.pnum: {NOT_YET}", column)
    said = run("packets", "--rules", "4.0", "-Y", text, str(LOSSY)).stderr
    assert said.startswith(f"tcptui: -Y: column {column}: {refused.value.what}\n")
    assert asked(text, "4.4").kind == "display filter"


async def test_the_bar_refuses_and_does_not_complete_it() -> None:
    async with opened(LOSSY, size=(160, 40)) as pilot:
        bar = screen_of(pilot).panes.filter_bar
        await press(pilot, "/")
        bar.input.value = "tcp.stream.pn"
        await settled(pilot)
        assert bar.completions() == []
        bar.input.value = "tcp.stream.pnum"
        await settled(pilot)
        assert bar.complaint == f"tcp.stream.pnum: {NOT_YET}"
        await press(pilot, "enter")
        assert screen_of(pilot).panes.flows.filtered == ""
        assert bar.is_open
