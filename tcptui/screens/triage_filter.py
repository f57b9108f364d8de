"""Finds out what the text of the filter bar asks for: a filter of the language, or words to search
for."""

import re
from collections.abc import Container, Generator
from typing import TYPE_CHECKING, Final, NamedTuple

from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.timing.lookback import row_left
from tcptui.filters.filter_error import FilterError, MissingField
from tcptui.findings.judgement import Judge
from tcptui.panes.flows.word_search import NAMED, Keep, WrongFilter, search
from tcptui.screens.text_found import ALL_FLOWS

if TYPE_CHECKING:
    from tcptui.filters.language import Expression
    from tcptui.filters.selection import Selection

WORDS: Final = re.compile(r"""\s*(?:(?:"[^"]*"|[^\s"=<>!&|{}~()]+)(?:\s+|$))*""")
"""Matches words, those that stand in quotes too."""
ADDRESS_LIKE: Final = frozenset("0123456789abcdef.:[]/")
MEANT: Final = re.compile(r"[=<>!&|{}\"~()]|(?<![\w.])(tcp|ip|ipv6|frame|flow|eth|vlan)\.[a-z]")
"""What only a filter has; a text without it that does not parse is taken as words."""
SLICE: Final = 4096
"""How many rows lie between two looks at the clock …"""
READ_AGAIN: Final = 256
"""… how many where each is read again or searched …"""
FLOWS: Final = 64
"""… and how many flows."""


class Asked(NamedTuple):
    """Says what to show: flows with segments that ``expression`` selects, or those that ``keep``
    keeps, or which carry the text ``payload``; all without any of them. ``kind`` says in words how
    the text was understood. The flows of a group have what was asked for ``outside`` of it."""

    text: str = ""
    expression: "Expression | None" = None
    keep: Keep | None = None
    kind: str = ""
    payload: str = ""
    outside: "Asked | None" = None


EVERYTHING: Final = Asked()


class Wrong(Exception):
    """Says what is wrong with a text; ``column`` counts from 1, and is 0 where no place is
    known."""

    def __init__(self, what: str, column: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.column = column


def asked(text: str, release: str) -> Asked:
    """Understand a text as a display filter with the fields of a Wireshark release, a capture
    filter, or words. Raises Wrong."""
    wanted = text.strip()
    if not wanted:
        return EVERYTHING
    if wanted.startswith(ALL_FLOWS):
        return search_payload(wanted)
    if any(word.partition(":")[0] in NAMED and ":" in word for word in wanted.split()):
        return search_words(wanted)
    from tcptui.capture.live import capture_filter as capture_filter
    from tcptui.filters.incoming import BPF_WORDS, understand

    try:
        expression, read_as = understand(text.rstrip(), capture_filter.check_filter, release)
    except MissingField as error:
        raise Wrong(error.what, error.column) from None
    except FilterError as error:
        plain = not MEANT.search(wanted) and not BPF_WORDS.search(wanted)
        if plain or ('"' in wanted and WORDS.fullmatch(wanted)):
            refuse_names(text)
            return search_words(wanted)
        raise Wrong(error.what, error.column) from None
    kind = f"capture filter, read as {read_as}" if read_as else "display filter"
    return Asked(wanted, expression, None, kind + cost_of(expression))


def refuse_names(text: str) -> None:
    """Refuse words that look like names of Wireshark's and are none of ours. Raises Wrong."""
    from tcptui.filters.wireshark_protocols import WIRESHARK_PROTOCOLS

    for found in re.finditer(r'"[^"]*"|\S+', text):
        word = found[0]
        dotted = "." in word.strip(".") and not ADDRESS_LIKE.issuperset(word)
        if word.startswith('"') or not (dotted or word in WIRESHARK_PROTOCOLS):
            continue
        what = "is not a field here" if dotted else "is a protocol that is not decoded here"
        raise Wrong(f'{word} {what}: write "{word}" in quotes to search text', found.start() + 1)


def cost_of(expression: "Expression") -> str:
    """Return what to know before such a filter is used."""
    if expression.reads_bytes:
        return "; reads the packets again"
    return "; final only when the capture has ended" if expression.of_flows else ""


def search_words(text: str) -> Asked:
    try:
        return Asked(text, None, search(text), "text search: flows with all of these words")
    except WrongFilter as error:
        raise Wrong(str(error)) from None


def search_payload(wanted: str) -> Asked:
    payload = wanted.removeprefix(ALL_FLOWS)
    if not payload:
        raise Wrong("a text is missing")
    kind = "searches what the segments of all flows carry; reads the packets again"
    return Asked(wanted, kind=kind, payload=payload)


def keeping(selection: "Selection") -> Generator[float, None, Keep]:
    """Find the flows to keep, a slice at a time. Raises NoBytes, CaptureError, Unanswered."""
    engine = selection.engine
    expression, packets = selection.expression, engine.packets
    found: set[int] = set()
    if expression.only_flows:
        flows = engine.flows[:]
        for number, flow in enumerate(flows):
            if (row := row_left(packets, flow)) >= 0 and selection.matches(row):
                found.add(number)
            if number % FLOWS == 0:
                yield number / len(flows)
        return keep_found(found)
    size = READ_AGAIN if expression.reads_bytes or expression.searches else SLICE
    rows = range(packets.first, packets.count)
    for start in rows[::size]:
        stop = min(start + size, rows.stop)
        found.update(packets.flow(i64(row)) for row in selection.rows(start, stop))
        yield (start - rows.start) / len(rows)
    return keep_found(found)


def keep_found(found: Container[int]) -> Keep:
    """Return the function that keeps the flows with these numbers."""

    def keep(flow: Flow, judge: Judge) -> bool:
        return flow.index in found

    return keep
