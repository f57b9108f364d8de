"""Writes flows as a packet script: the notation of tcptui's own tests and samples.

`samples/packet_script.py` reads it. What it tells are headers, times and lengths, and beside each
segment what is found of it today; no payload.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from struct import unpack_from
from typing import Final

from tcptui.engine.addresses import endpoint_text
from tcptui.engine.decode.header_search import BAD, NOT_COMPUTED, options, read_header
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.greetings import SACK_PERMITTED
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_options import MSS, SACK, TIMESTAMPS, WINDOW_SCALE
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import states_shown
from tcptui.engine.wireshark.flags import flag_names
from tcptui.fields.option_values import option_bytes
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.filters.display_filter_text import CopiedText
from tcptui.filters.subjects import FlowsSubject, FlowSubject, OpenCapture, Subject
from tcptui.text.amounts import amount

MOST_SEGMENTS: Final = 1000
HEADING: Final = ("# no", "ms", "who", "flags", "seq", "ack", "win", "len", "options", "| expected")
LETTERS: Final = "FSRPAUECe"
"""The letters of the header flags, from the lowest bit."""
ACK: Final = 1 << LETTERS.index("A")
MOST_OPTION_BYTES: Final = 40
SUMS: Final = {BAD: "sum=bad", NOT_COMPUTED: "sum=pseudo"}


def packet_script(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return the segments as a script; what is expected of them stands there for whole flows.
    Raises NoBytes, CaptureError."""
    rows = subject.rows(capture)
    told = rows[:MOST_SEGMENTS]
    script = Script(capture, told, isinstance(subject, (FlowSubject, FlowsSubject)))
    flows = sorted({capture.engine.packets.flow(row) for row in told})
    lines = [*script.head(flows), *in_columns(list(map(script.words, told)))]
    if script.expects and flows and len(told) == len(rows):
        lines.append(end_of(capture.engine.flows[flows[-1]]))
    caveats = []
    if len(rows) > len(told):
        caveats.append(f"without the last {amount(len(rows) - len(told), 'segment')}")
    if script.left_out:
        kinds = ", ".join(map(str, sorted(script.left_out)))
        caveats.append(f"without the TCP options of kind {kinds}, or some of them")
    return CopiedText("\n".join(lines) + "\n", "; ".join(caveats))


class Script:
    """Writes the lines of a script, whose packets are numbered from 1."""

    def __init__(self, capture: OpenCapture, rows: Sequence[int], expects: bool) -> None:
        self.engine = capture.engine
        self.packets = capture.engine.packets
        self.view = View(capture.engine, capture.read)
        self.numbers = {row: number for number, row in enumerate(rows, 1)}
        self.frames = {self.packets.frame(row): number for row, number in self.numbers.items()}
        self.expects = expects
        self.left_out: set[int] = set()  # kinds of options that the notation has no word for

    def head(self, flows: Sequence[int]) -> Iterator[str]:
        """Yield the lines that name the ends, and where their numbers begin."""
        finders = f", with what the rules of {self.engine.rules.title} find today"
        yield "# Segments of a capture" + finders * self.expects
        for index in flows:
            ends = self.engine.flows[index].client, self.engine.flows[index].server
            yield "flow " + " ".join(f"{name(end)} {endpoint_text(end)}" for end in ends)
            yield "numbers " + " ".join(f"{name(end)}={base(end)}" for end in ends)

    def words(self, row: int) -> tuple[str, ...]:
        """Return what stands in each column."""
        packets, sender = self.packets, self.view.sender(row)
        return (
            str(self.numbers[row]),
            milliseconds(packets.time(row) - packets.time(next(iter(self.numbers)))),
            name(sender),
            letters(packets.flags(row)),
            str(relative(packets.seq(row), sender)),
            str(self.acknowledgment(row, sender.peer)),
            str(self.number(row, "tcp.window_size_value")),
            str(max(packets.length(row), 0)),
            " ".join((*self.option_words(row, sender.peer), *self.ip_words(row))),
            f"| {self.expected(row)}" if self.expects else "",
        )

    def number(self, row: int, field: str) -> int | None:
        """Return the value of a field that is a number."""
        value = SCHEMA.by_name[field].get(self.view, row)
        return value if isinstance(value, int) else None

    def acknowledgment(self, row: int, acknowledged: Endpoint) -> int:
        """Return the number as the notation has it: without ACK a 0 is that of no end."""
        raw = self.packets.ack(row) & MASK32
        if self.packets.flags(row) & ACK:
            return relative(raw, acknowledged)
        return (relative(raw, acknowledged) or MASK32 + 1) if raw else 0

    def option_words(self, row: int, peer: Endpoint) -> Iterator[str]:
        """Yield the options that the notation has words for, as many as fit with its padding."""
        size = 0
        for kind, value in options(option_bytes(self.view, row)):
            word = option_word(kind, value, base(peer))
            padded = (len(value) + 5) // 4 * 4
            if not word or size + padded > MOST_OPTION_BYTES:
                self.left_out.add(kind)
                continue
            size += padded
            yield word

    def ip_words(self, row: int) -> Iterator[str]:
        for field, word in (("ip.ttl", "ttl"), ("ipv6.hlim", "ttl"), ("ip.id", "id")):
            value = self.number(row, field)
            if value is not None:
                yield f"{word}={value}"
        found = read_header(self.engine, row, self.view.packet(row))
        if found is not None and found.checksum in SUMS:
            yield SUMS[found.checksum]

    def expected(self, row: int) -> str:
        """Return the flags, and both ends' states."""
        flags = flag_names(self.packets.analysis(row))
        reference = self.packets.reference_at(row)
        if reference and "duplicate_ack" in flags and reference[0] in self.frames:
            at = flags.index("duplicate_ack")
            flags[at] = f"duplicate_ack({self.frames[reference[0]]}#{reference[1]})"
        states = "/".join(shown.state.label for shown in states_shown(self.packets.states(row)))
        return f"{' '.join(flags) or '-'} ; {states}"


def in_columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield a line for each row, below one for the heading; all but the last two columns are put to
    the right."""
    heading = HEADING if any(row[-1] for row in rows) else (*HEADING[:-1], "")
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    for row in (heading, *rows):
        *numbers, options, expected = zip(row, widths, strict=True)
        columns = [word.rjust(width) for word, width in numbers]
        columns += [options[0].ljust(options[1]), expected[0]]
        yield "  ".join(columns).rstrip()


def end_of(flow: Flow) -> str:
    return f"# end: opening={opening(flow).label} closing={closing(flow).label}"


def name(end: Endpoint) -> str:
    """Return the word for one end of a flow."""
    return f"{'C' if end is end.flow.client else 'S'}{end.flow.index}"


def base(end: Endpoint) -> int:
    return int(end.base) & MASK32


def relative(raw: int, end: Endpoint) -> int:
    return (raw - base(end)) & MASK32


def milliseconds(time: int) -> str:
    """Return ns as milliseconds, exactly."""
    return f"{Decimal(time).scaleb(-6).normalize():f}"


def letters(flags: int) -> str:
    return "".join(letter for bit, letter in enumerate(LETTERS) if flags >> bit & 1) or "-"


def option_word(kind: int, value: bytes, acknowledged: int) -> str:
    """Return an option as a script has it; nothing for others. SACK blocks count from the peer's
    initial number."""
    size = len(value)
    if (kind, size) == (MSS, 2):
        return f"mss={int.from_bytes(value)}"
    if (kind, size) == (WINDOW_SCALE, 1):
        return f"ws={value[0]}"
    if (kind, size) == (SACK_PERMITTED, 0):
        return "sackok"
    if (kind, size) == (TIMESTAMPS, 8):
        return "ts={},{}".format(*unpack_from("!II", value))
    if kind == SACK and size and size % 8 == 0:
        edges = [(one - acknowledged) & MASK32 for one in unpack_from(f"!{size // 4}I", value)]
        blocks = zip(edges[::2], edges[1::2], strict=True)
        return "sack=" + ",".join(f"{left}-{right}" for left, right in blocks)
    return ""
