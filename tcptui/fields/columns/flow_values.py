"""The values of a flow's fields: each writes itself as JSON and as a cell, and says what it is.

A class for each kind of value, and one for each value that every report reads. Others are functions
of the flow, wrapped in `NumberOf`, `SecondsOf` or `TextsOf`.
"""

from collections.abc import Callable
from typing import ClassVar, Final

from librt.strings import BytesWriter
from librt.vecs import vec
from mypy_extensions import i64, u8

from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.events import ICMPV6_MARK
from tcptui.engine.flow import Endpoint, Flow, have_same_source, source_of
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.names.names import NO_ALERT, FlowNames, TlsHandshake
from tcptui.engine.names.owner import Owner
from tcptui.engine.saturation import plus
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import CERTAINTY_LABELS, STATE_LABELS
from tcptui.engine.tcp_state.timers import Timer, TimerKind, timer
from tcptui.engine.tcp_state.zeek import conn_state, history
from tcptui.engine.wireshark.flags import (
    ALPHABETICAL,
    ANALYSIS_FLAG_BY_BIT,
    ANALYSIS_FLAGS,
    RESENT,
    RETRANSMISSION,
)
from tcptui.fields.columns.flow_walk import ABSENT
from tcptui.fields.columns.icmp_errors import IcmpErrors
from tcptui.fields.columns.texts import (
    QUOTE,
    cell_text,
    json_text,
    write_json_letters,
    write_json_text,
)
from tcptui.findings.capture_point import Where, where_of
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of
from tcptui.findings.judgement import Judgement, WriteText
from tcptui.findings.kinds import WAIT_NAMES
from tcptui.findings.limits import Limit, named_limits
from tcptui.findings.path_limits import with_path_limits
from tcptui.findings.time_split import TimeSplit, time_split, worst_wait
from tcptui.findings.tls import ALERTS
from tcptui.findings.tls_time import finished, handshake_time, server_time
from tcptui.findings.verdict import VERDICTS, Verdict, WaitedInVain
from tcptui.text.digits import write_number, write_seconds

FLAG_NAMES: Final[dict[int, str]] = {flag.number: flag.name for flag in ANALYSIS_FLAGS}
ALPHABETICAL_NUMBERS: Final = vec[i64]([flag.number for flag in ALPHABETICAL])
FIRST_KEYS: Final[list[bytes]] = [f'{{"{flag.name}": '.encode() for flag in ALPHABETICAL]
FURTHER_KEYS: Final[list[bytes]] = [f', "{flag.name}": '.encode() for flag in ALPHABETICAL]
RETRANSMISSION_NUMBER: Final[i64] = ANALYSIS_FLAG_BY_BIT[RETRANSMISSION].number
IMPLYING_NUMBERS: Final = vec[i64](
    [flag.number for flag in ANALYSIS_FLAGS if flag.bit & RESENT & ~RETRANSMISSION]
)
"""Flags on which tshark sets the field `retransmission` as well."""
WHERES: Final[list[Where]] = list(Where)
WHERE_LABELS: Final[list[str]] = [str(where.value) for where in Where]
VERDICT_LABELS: Final[dict[Verdict, str]] = {one: one.label for one in VERDICTS}
WRITE_JSON: Final[WriteText] = write_json_letters
RESUMED: Final = ("no", "yes")
MOST_KEPT: Final = 100_000
FORMULA_QUOTE: Final = 39
"""What keeps a spreadsheet from taking a cell for a formula."""


class FlowReader:
    """The flow whose values are read; what several of them need is worked out once.

    ``is_judged``: whether anybody wants to know what is wrong with it. Without an ``engine`` only
    those values can be read that the flow itself has.
    """

    def __init__(self, engine: Engine | None) -> None:
        self.engine: Engine | None = engine
        self.flow: Flow | None = None
        self.number: i64 = 0
        self.found: list[Finding] | None = None
        self.knows_timer: bool = False
        self.running: Timer | None = None
        self.known_split: TimeSplit | None = None
        self.knows_wait: bool = False
        self.longest_wait: LedgerEntry | None = None
        self.known_judgement: Judgement | None = None
        self.known_limits: list[Limit] | None = None
        self.is_judged: bool = True
        self.knows_names: bool = False
        self.known_names: FlowNames | None = None
        self.icmp: IcmpErrors = IcmpErrors()
        self.addresses: dict[bytes, str] = {}
        self.json_texts: dict[str, bytes] = {}
        self.cell_texts: dict[str, bytes] = {}

    def move_to_flow(self, number: i64, flow: Flow, found: list[Finding] | None = None) -> None:
        """Read the values of ``flow`` from now on; ``number`` is its index in the whole capture.

        ``found``: its findings, where somebody has looked for them already.
        """
        self.flow = flow
        self.number = number
        self.found = found
        self.knows_timer = False
        self.running = None
        self.knows_wait = False
        self.knows_names = False
        self.known_judgement = None
        self.known_limits = None
        self.known_split = None

    def here(self) -> Flow:
        """Return the flow whose values are read."""
        flow = self.flow
        assert flow is not None
        return flow

    def engine_here(self) -> Engine:
        """Return the engine that analysed the flow."""
        engine = self.engine
        assert engine is not None
        return engine

    def end(self, is_server: bool) -> Endpoint:
        """Return one of the flow's endpoints."""
        flow = self.here()
        return flow.server if is_server else flow.client

    def findings(self) -> list[Finding]:
        """Return what is worth knowing about the flow."""
        found = self.found
        if found is None:
            found = findings_of(self.engine_here(), self.here())
            self.found = found
        return found

    def limits(self) -> list[Limit]:
        """Return what held the flow's bulk transfer back, by what is known of the path too."""
        limits = self.known_limits
        if limits is None:
            limits = named_limits(self.engine, self.here())
            if len(limits) > 0 and self.is_judged:
                limits = with_path_limits(limits, self.findings())
            self.known_limits = limits
        return limits

    def timer(self) -> Timer | None:
        """Return the timer that runs when the capture ends."""
        if not self.knows_timer:
            self.running = timer(self.here(), self.engine_here().last_time)
            self.knows_timer = True
        return self.running

    def split(self) -> TimeSplit:
        """Return where the flow's time went."""
        split = self.known_split
        if split is None:
            split = time_split(self.here())
            self.known_split = split
        return split

    def worst_wait(self) -> LedgerEntry | None:
        """Return the cause that made the flow wait longest at once."""
        if not self.knows_wait:
            self.longest_wait = worst_wait(self.split())
            self.knows_wait = True
        return self.longest_wait

    def names(self) -> FlowNames | None:
        """Return the flow's names, or None if it has none."""
        if not self.knows_names:
            engine = self.engine
            naming = None if engine is None else engine.naming
            self.known_names = None if naming is None else naming.of(self.here())
            self.knows_names = True
        return self.known_names

    def tls(self) -> TlsHandshake | None:
        """Return how the flow's TLS began, or None if it has none."""
        names = self.names()
        return None if names is None else names.tls

    def judgement(self) -> Judgement:
        """Return all that there is to say of the flow."""
        judged = self.known_judgement
        return self.new_judgement() if judged is None else judged

    def new_judgement(self) -> Judgement:
        """Return the judgement of the flow, which is kept as long as the flow is read."""
        judged = Judgement(self.engine_here(), self.here(), self.findings())
        judged.known_split = self.split()
        judged.known_tls = self.tls()
        judged.knows_tls = True
        self.known_judgement = judged
        return judged

    def waited_in_vain(self) -> WaitedInVain | None:
        """Return who waited in vain, or None where nobody looks for what is wrong."""
        return self.judgement().vain() if self.is_judged else None

    def address(self, address: bytes) -> str:
        """Return an address as text; many flows share it."""
        text = self.addresses.get(address)
        if text is None:
            text = address_text(address)
            if len(self.addresses) < MOST_KEPT:
                self.addresses[address] = text
        return text

    def json_of(self, text: str) -> bytes:
        """Return a text that many flows share, as JSON."""
        known = self.json_texts.get(text)
        if known is None:
            known = json_text(text)
            if len(self.json_texts) < MOST_KEPT:
                self.json_texts[text] = known
        return known

    def cell_of(self, text: str) -> bytes:
        """Return a text that many flows share, as a cell of a table."""
        known = self.cell_texts.get(text)
        if known is None:
            known = cell_text(text)
            if len(self.cell_texts) < MOST_KEPT:
                self.cell_texts[text] = known
        return known


FieldValue = int | str | list[str] | list[int] | None


class FlowValue:
    """The value that a flow has under one name; ``nothing`` is what JSON has where it is absent."""

    nothing: ClassVar[bytes] = b"null"

    def is_absent(self, at: FlowReader) -> bool:
        """Return whether the flow lacks this value."""
        return False

    def write_json(self, out: BytesWriter, at: FlowReader) -> None:
        """Write it as JSON, where it is not absent; numbers and texts leave it to their steps."""
        raise NotImplementedError

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        """Write it as a cell of a comma-separated table."""
        raise NotImplementedError

    def value(self, at: FlowReader) -> FieldValue:
        """Return the value for filters, in nanoseconds where it is a time."""
        raise NotImplementedError


# -- kinds ----------------------------------------------------------------------------------------


class FlowNumber(FlowValue):
    """An integer, or ABSENT."""

    def number(self, at: FlowReader) -> i64:
        """Return the flow's number in this field, or ABSENT."""
        raise NotImplementedError

    def number_of_flow(self, flow: Flow) -> int:
        """Return the number of a flow by itself, for lists, or 0 where it is absent."""
        at = FlowReader(None)
        at.move_to_flow(i64(flow.index), flow)
        number = self.number(at)
        return 0 if number == ABSENT else int(number)

    def is_absent(self, at: FlowReader) -> bool:
        return self.number(at) == ABSENT

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        number = self.number(at)
        if number == ABSENT:
            return
        if number < 0:
            out.append(u8(FORMULA_QUOTE))
        self.write_digits(out, number)

    def write_digits(self, out: BytesWriter, number: i64) -> None:
        write_number(out, number)

    def value(self, at: FlowReader) -> FieldValue:
        number = self.number(at)
        return None if number == ABSENT else int(number)


class FlowSeconds(FlowNumber):
    """Nanoseconds, written as seconds."""

    def write_digits(self, out: BytesWriter, number: i64) -> None:
        write_seconds(out, number)


class FlowText(FlowValue):
    """A text that many flows share, or None."""

    def text(self, at: FlowReader) -> str | None:
        """Return the flow's text in this field, or None if it is absent."""
        raise NotImplementedError

    def is_absent(self, at: FlowReader) -> bool:
        return self.text(at) is None

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        text = self.text(at)
        if text is not None:
            out.write(at.cell_of(text))

    def value(self, at: FlowReader) -> FieldValue:
        return self.text(at)


class NumberOf(FlowNumber):
    """A number that a function tells of the flow."""

    def __init__(self, function: Callable[[Flow], int | None]) -> None:
        self.function: Callable[[Flow], int | None] = function

    def number(self, at: FlowReader) -> i64:
        number = self.function(at.here())
        return ABSENT if number is None else number


class SecondsOf(FlowSeconds):
    """A time in nanoseconds that a function tells of the flow."""

    def __init__(self, function: Callable[[Flow], int | None]) -> None:
        self.function: Callable[[Flow], int | None] = function

    def number(self, at: FlowReader) -> i64:
        number = self.function(at.here())
        return ABSENT if number is None else number


class RareText(FlowValue):
    """A text that flows seldom share, or None."""

    def text(self, at: FlowReader) -> str | None:
        """Return the flow's text in this field, or None if it is absent."""
        raise NotImplementedError

    def is_absent(self, at: FlowReader) -> bool:
        return self.text(at) is None

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        text = self.text(at)
        if text is not None:
            out.write(cell_text(text))

    def value(self, at: FlowReader) -> FieldValue:
        return self.text(at)


class TextsOf(FlowValue):
    """Several texts that a function tells of the flow."""

    def __init__(self, function: Callable[[Flow], list[str]]) -> None:
        self.function: Callable[[Flow], list[str]] = function

    def write_json(self, out: BytesWriter, at: FlowReader) -> None:
        out.write(b"[")
        separator = b""
        for text in self.function(at.here()):
            out.write(separator)
            separator = b", "
            out.write(at.json_of(text))
        out.write(b"]")

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        out.write(cell_text(" ".join(self.function(at.here()))))

    def value(self, at: FlowReader) -> FieldValue:
        return self.function(at.here())


# -- the flow itself ------------------------------------------------------------------------------


class Index(FlowNumber):
    def number(self, at: FlowReader) -> i64:
        return at.number


class FirstTime(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        return at.here().first_time


class LastTime(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        return at.here().last_time


class HandshakeRtt(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        rtt = at.here().irtt
        return rtt if rtt != 0 else ABSENT


class Completeness(FlowNumber):
    def number(self, at: FlowReader) -> i64:
        return i64(at.here().completeness)


class OpeningWord(FlowText):
    def text(self, at: FlowReader) -> str | None:
        return opening(at.here())


class ClosingWord(FlowText):
    def text(self, at: FlowReader) -> str | None:
        return closing(at.here())


class ConnState(FlowText):
    def text(self, at: FlowReader) -> str | None:
        return conn_state(at.here())


class History(FlowText):
    def text(self, at: FlowReader) -> str | None:
        return history(at.here())


# -- its endpoints --------------------------------------------------------------------------------


class Address(FlowText):
    def __init__(self, is_server: bool) -> None:
        self.is_server: bool = is_server
        self.known_key: bytes = b""
        self.known_text: str = ""

    def text(self, at: FlowReader) -> str | None:
        key = at.end(self.is_server).key
        if not have_same_source(key, self.known_key):
            self.known_text = at.address(source_of(key))
            self.known_key = key
        return self.known_text


class Port(FlowNumber):
    def __init__(self, is_server: bool) -> None:
        self.is_server: bool = is_server

    def number(self, at: FlowReader) -> i64:
        return at.end(self.is_server).port


class PacketCount(FlowNumber):
    def __init__(self, is_server: bool) -> None:
        self.is_server: bool = is_server

    def number(self, at: FlowReader) -> i64:
        return i64(at.end(self.is_server).packets)


class ByteCount(FlowNumber):
    def __init__(self, is_server: bool) -> None:
        self.is_server: bool = is_server

    def number(self, at: FlowReader) -> i64:
        return at.end(self.is_server).bytes


class UniqueByteCount(FlowNumber):
    def __init__(self, is_server: bool) -> None:
        self.is_server: bool = is_server

    def number(self, at: FlowReader) -> i64:
        return at.end(self.is_server).unique_bytes


class StateWord(FlowText):
    def __init__(self, is_server: bool) -> None:
        self.is_server: bool = is_server

    def text(self, at: FlowReader) -> str | None:
        return STATE_LABELS[i64(at.end(self.is_server).state)]


class CertaintyWord(FlowText):
    def __init__(self, is_server: bool) -> None:
        self.is_server: bool = is_server

    def text(self, at: FlowReader) -> str | None:
        return CERTAINTY_LABELS[i64(at.end(self.is_server).certainty)]


# -- its timer ------------------------------------------------------------------------------------


class TimerName(FlowText):
    def __init__(self) -> None:
        self.known: TimerKind | None = None
        self.known_name: str = ""

    def is_absent(self, at: FlowReader) -> bool:
        return at.timer() is None

    def text(self, at: FlowReader) -> str | None:
        running = at.timer()
        if running is None:
            return None
        if running.kind is not self.known:  # Python hashes members slowly
            self.known_name = running.name
            self.known = running.kind
        return self.known_name


class TimerStart(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        running = at.timer()
        return ABSENT if running is None else running.started


class TimerEnd(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        running = at.timer()
        return ABSENT if running is None else running.would_end


# -- where its time went --------------------------------------------------------------------------


class ClientTime(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        return at.split().client


class ServerTime(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        return at.split().server


class TcpTime(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        return at.split().tcp


class NetworkTime(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        return at.split().network


class IdleTime(FlowSeconds):
    """The time that nobody used, with that which the capture's clock jumped over."""

    def number(self, at: FlowReader) -> i64:
        split = at.split()
        return plus(split.idle, split.jumped)


class WorstKind(FlowText):
    def is_absent(self, at: FlowReader) -> bool:
        return at.worst_wait() is None

    def text(self, at: FlowReader) -> str | None:
        wait = at.worst_wait()
        return None if wait is None else WAIT_NAMES[wait.kind]


class WorstSeconds(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        wait = at.worst_wait()
        return ABSENT if wait is None else wait.worst


class WorstFrame(FlowNumber):
    def number(self, at: FlowReader) -> i64:
        wait = at.worst_wait()
        return ABSENT if wait is None else wait.worst_frame


class Limits(FlowValue):
    """The limits of a bulk transfer, and how long each held."""

    nothing: ClassVar[bytes] = b"[]"

    def is_absent(self, at: FlowReader) -> bool:
        return len(at.limits()) == 0

    def write_json(self, out: BytesWriter, at: FlowReader) -> None:
        separator = b'[{"cause": '
        for limit in at.limits():
            out.write(separator)
            separator = b', {"cause": '
            out.write(at.json_of(limit.cause))
            out.write(b', "side": ')
            out.write(b"null" if limit.side is None else at.json_of(limit.side))
            out.write(b', "seconds": ')
            write_seconds(out, limit.cost)
            out.write(b"}")
        out.write(b"]")

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        separator = b""
        for limit in at.limits():
            out.write(separator)
            separator = b" "
            out.write(limit.cause.encode())
            out.write(b"=")
            write_seconds(out, limit.cost)

    def value(self, at: FlowReader) -> FieldValue:
        return [limit.cause for limit in at.limits()]


class LimitSeconds(FlowSeconds):
    """The time for which one cause limited the flow's bulk transfer; absent for one that did
    not."""

    def __init__(self, cause: str) -> None:
        self.cause: str = cause

    def number(self, at: FlowReader) -> i64:
        total: i64 = 0
        for limit in at.limits():
            if limit.cause == self.cause:
                total += limit.cost
        return total if total != 0 else ABSENT


class IcmpNumbers(FlowValue):
    """The types, or the codes, of the ICMP errors that quote the flow: those of one version."""

    def __init__(self, is_v6: bool, shift: int) -> None:
        self.mark: int = ICMPV6_MARK if is_v6 else 0
        self.shift: int = shift

    def value(self, at: FlowReader) -> FieldValue:
        errors = at.icmp.of_flow(at.engine_here().events, int(at.number))
        numbers: list[int] = [
            one >> self.shift & 0xFF for one in errors if one & ICMPV6_MARK == self.mark
        ]
        return numbers


class Sentence(FlowValue):
    """The flow in words; absent where nobody looks for what is wrong."""

    def is_absent(self, at: FlowReader) -> bool:
        return not at.is_judged

    def write_json(self, out: BytesWriter, at: FlowReader) -> None:
        out.append(u8(QUOTE))
        at.judgement().write_sentence(out, WRITE_JSON)
        out.append(u8(QUOTE))

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        if at.is_judged:
            out.write(cell_text(self.sentence(at)))

    def value(self, at: FlowReader) -> FieldValue:
        return self.sentence(at) if at.is_judged else None

    def sentence(self, at: FlowReader) -> str:
        """Return the answer, and where the time went."""
        return at.judgement().sentence()


class CapturePointText(FlowText):
    def __init__(self) -> None:
        self.known: Where | None = None
        self.known_label: str = ""

    def text(self, at: FlowReader) -> str | None:
        found = where_of(at.here())
        if found is not self.known:  # Python hashes members slowly
            self.known_label = WHERE_LABELS[WHERES.index(found)]
            self.known = found
        return self.known_label


class TurnCount(FlowNumber):
    def number(self, at: FlowReader) -> i64:
        return i64(at.here().answered_requests)


# -- what was counted and found -------------------------------------------------------------------


class FlagCounts(FlowValue):
    """The number of segments with each analysis flag, as tshark's fields count: fast and spurious
    retransmissions are retransmissions too."""

    nothing: ClassVar[bytes] = b"{}"

    def is_absent(self, at: FlowReader) -> bool:
        return at.here().bits == 0

    def count(self, flow: Flow, number: i64) -> i64:
        """Return how many segments show the flag with this number."""
        count = flow.count_at(number)
        if number == RETRANSMISSION_NUMBER:
            for implying in IMPLYING_NUMBERS:
                count += flow.count_at(implying)
        return count

    def write_json(self, out: BytesWriter, at: FlowReader) -> None:
        flow = at.here()
        keys = FIRST_KEYS
        place: i64 = 0
        while place < len(ALPHABETICAL_NUMBERS):
            count = self.count(flow, ALPHABETICAL_NUMBERS[place])
            if count != 0:
                out.write(keys[place])
                keys = FURTHER_KEYS
                write_number(out, count)
            place += 1
        out.write(b"}")

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        flow = at.here()
        if flow.bits == 0:
            return
        separator = ""
        for number in ALPHABETICAL_NUMBERS:
            count = self.count(flow, number)
            if count != 0:
                out.write(f"{separator}{FLAG_NAMES[number]}×{count}".encode())
                separator = " "

    def value(self, at: FlowReader) -> FieldValue:
        flow = at.here()
        names: list[str] = []
        if flow.bits != 0:
            names = [FLAG_NAMES[n] for n in ALPHABETICAL_NUMBERS if self.count(flow, n) != 0]
        return names


class Findings(FlowValue):
    """The findings about the flow."""

    nothing: ClassVar[bytes] = b"[]"

    def is_absent(self, at: FlowReader) -> bool:
        return len(at.findings()) == 0

    def write_json(self, out: BytesWriter, at: FlowReader) -> None:
        separator = b'[{"kind": '
        for finding in at.findings():
            out.write(separator)
            separator = b', {"kind": '
            out.write(at.json_of(finding.kind))
            out.write(b', "severity": ')
            out.write(at.json_of(finding.severity))
            out.write(b', "count": ')
            write_number(out, finding.count)
            out.write(b', "first_frame": ')
            write_number(out, finding.first_frame)
            out.write(b', "last_frame": ')
            write_number(out, finding.last_frame)
            out.write(b', "side": ')
            out.write(b"null" if finding.side is None else at.json_of(finding.side))
            out.write(b', "cost": ')
            if finding.cost is None:
                out.write(b"null")
            else:
                write_seconds(out, finding.cost)
            out.write(b', "text": ')
            write_json_text(out, finding.text)
            out.write(b"}")
        out.write(b"]")

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        out.write(cell_text(" ".join([f"{one.kind}×{one.count}" for one in at.findings()])))

    def value(self, at: FlowReader) -> FieldValue:
        return [finding.kind for finding in at.findings()]


class VerdictWord(FlowText):
    """The verdict on the flow; absent where nobody looks for what is wrong."""

    def __init__(self) -> None:
        self.known: Verdict | None = None
        self.known_label: str = ""

    def text(self, at: FlowReader) -> str | None:
        if not at.is_judged:
            return None
        found = at.judgement().verdict()
        if found is not self.known:
            self.known_label = VERDICT_LABELS[found]
            self.known = found
        return self.known_label


class Cost(FlowSeconds):
    """The time that somebody waited for nothing, or longer than needed; absent where nobody did."""

    def number(self, at: FlowReader) -> i64:
        if not at.is_judged:
            return ABSENT
        cost: i64 = at.judgement().cost()
        return cost if cost != 0 else ABSENT


class VainSide(FlowText):
    def text(self, at: FlowReader) -> str | None:
        vain = at.waited_in_vain()
        return None if vain is None else vain.side


class VainSeconds(FlowSeconds):
    def number(self, at: FlowReader) -> i64:
        vain = at.waited_in_vain()
        return ABSENT if vain is None else vain.lasted


class VainFor(FlowText):
    def text(self, at: FlowReader) -> str | None:
        vain = at.waited_in_vain()
        return None if vain is None else vain.what


# -- whose it is ----------------------------------------------------------------------------------


class AnyName(FlowValue):
    """Any of the flow's names."""

    def is_absent(self, at: FlowReader) -> bool:
        return at.names() is None


class AnyOwner(FlowValue):
    """Anything about the process that the flow belongs to."""

    def is_absent(self, at: FlowReader) -> bool:
        names = at.names()
        return names is None or names.owner is None


class NameText(FlowText):
    """One of the flow's names, absent where it is empty."""

    def text(self, at: FlowReader) -> str | None:
        names = at.names()
        if names is None:
            return None
        text = self.name(names)
        return text if len(text) > 0 else None

    def name(self, names: FlowNames) -> str:
        """Return the name, empty where it is not known."""
        raise NotImplementedError


class BestName(NameText):
    def name(self, names: FlowNames) -> str:
        return names.name


class Sni(NameText):
    def name(self, names: FlowNames) -> str:
        return names.sni


class HttpHost(NameText):
    def name(self, names: FlowNames) -> str:
        return names.http_host


class HttpMethod(NameText):
    def name(self, names: FlowNames) -> str:
        return names.http_method


class HttpPath(RareText):
    """The target of a request."""

    def text(self, at: FlowReader) -> str | None:
        names = at.names()
        return None if names is None or len(names.http_path) == 0 else names.http_path


class SshClient(NameText):
    def name(self, names: FlowNames) -> str:
        return names.ssh_client


class SshServer(NameText):
    def name(self, names: FlowNames) -> str:
        return names.ssh_server


class BannerName(NameText):
    def name(self, names: FlowNames) -> str:
        return names.greeting


class OwnerText(NameText):
    """A text of the process that the flow belongs to, absent where it is empty."""

    def is_absent(self, at: FlowReader) -> bool:
        names = at.names()
        return names is None or names.owner is None or super().is_absent(at)

    def name(self, names: FlowNames) -> str:
        owner = names.owner
        return "" if owner is None else self.of_owner(owner)

    def of_owner(self, owner: Owner) -> str:
        """Return what is known of the process."""
        raise NotImplementedError


class OwnerName(OwnerText):
    def of_owner(self, owner: Owner) -> str:
        return owner.name


class OwnerUser(OwnerText):
    def of_owner(self, owner: Owner) -> str:
        return owner.user


class OwnerContainer(OwnerText):
    def of_owner(self, owner: Owner) -> str:
        return owner.container


class OwnerUnit(OwnerText):
    def of_owner(self, owner: Owner) -> str:
        return owner.unit


class OwnerSide(OwnerText):
    def of_owner(self, owner: Owner) -> str:
        return owner.side


class OwnerNamespace(OwnerText):
    def of_owner(self, owner: Owner) -> str:
        return owner.namespace


class OwnerPid(FlowNumber):
    def number(self, at: FlowReader) -> i64:
        names = at.names()
        owner = None if names is None else names.owner
        return ABSENT if owner is None or owner.pid == 0 else i64(owner.pid)


class NameList(FlowValue):
    """Names of which a flow can have several, absent where it has none."""

    def texts(self, names: FlowNames) -> list[str]:
        """Return the names, none where none is known."""
        raise NotImplementedError

    def is_absent(self, at: FlowReader) -> bool:
        names = at.names()
        return names is None or len(self.texts(names)) == 0

    def write_json(self, out: BytesWriter, at: FlowReader) -> None:
        names = at.names()
        out.write(b"[")
        separator = b""
        for text in [] if names is None else self.texts(names):
            out.write(separator)
            separator = b", "
            out.write(at.json_of(text))
        out.write(b"]")

    def write_cell(self, out: BytesWriter, at: FlowReader) -> None:
        names = at.names()
        if names is not None:
            out.write(cell_text(" ".join(self.texts(names))))

    def value(self, at: FlowReader) -> FieldValue:
        names = at.names()
        return None if names is None else self.texts(names) or None


class Alpn(NameList):
    def texts(self, names: FlowNames) -> list[str]:
        return names.alpn


class DnsNames(NameList):
    def texts(self, names: FlowNames) -> list[str]:
        return names.dns


class TlsBegan(FlowSeconds):
    """The time of the ClientHello; absent where the flow has none."""

    def number(self, at: FlowReader) -> i64:
        tls = at.tls()
        return ABSENT if tls is None else tls.hello_began


class TlsAnswerTime(FlowSeconds):
    """The time from the ClientHello to the server's answer; absent where none came."""

    def number(self, at: FlowReader) -> i64:
        tls = at.tls()
        if tls is None or tls.server_hello_time == 0:
            return ABSENT
        return at.here().time_between(tls.hello_began, tls.server_hello_time)


class TlsAlert(FlowText):
    """The name of the fatal alert that ended the handshake, or its number."""

    def text(self, at: FlowReader) -> str | None:
        tls = at.tls()
        if tls is None or tls.alert == NO_ALERT:
            return None
        return ALERTS.get(int(tls.alert)) or str(tls.alert)


class TlsTime(FlowSeconds):
    """The time that the TLS handshake took; absent where it was not finished."""

    def number(self, at: FlowReader) -> i64:
        tls = finished(at.engine_here(), at.here())
        return ABSENT if tls is None else handshake_time(at.here(), tls)


class TlsServerTime(FlowSeconds):
    """The time that the server took for its hello, without the way to it and back."""

    def number(self, at: FlowReader) -> i64:
        tls = finished(at.engine_here(), at.here())
        return ABSENT if tls is None else server_time(at.here(), tls)


class TlsDataTime(FlowSeconds):
    """The time from the ClientHello to the first application data."""

    def number(self, at: FlowReader) -> i64:
        tls = finished(at.engine_here(), at.here())
        if tls is None or tls.data_time == 0:
            return ABSENT
        return at.here().time_between(tls.hello_began, tls.data_time)


class TlsResumed(FlowText):
    """A word for whether the handshake resumed an earlier session."""

    def text(self, at: FlowReader) -> str | None:
        tls = finished(at.engine_here(), at.here())
        return None if tls is None else RESUMED[int(tls.is_resumed)]
