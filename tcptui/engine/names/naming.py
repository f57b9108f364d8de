"""The names of all flows, read from the first payload of either side as it passes.

A flow is looked at for as long as its first messages are not whole; nothing is kept of one that
has no name.
"""

from typing import Final

from mypy_extensions import i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.names import banner
from tcptui.engine.names.first_bytes import MOST
from tcptui.engine.names.http_request import (
    CONNECT,
    HttpRequest,
    head_size,
    read_request,
    whole_request,
)
from tcptui.engine.names.lookups import Lookups
from tcptui.engine.names.names import FlowNames
from tcptui.engine.names.reading import (
    BANNER,
    BODY,
    COMMANDS,
    HANDSHAKE,
    NOTHING,
    RECORDS,
    REQUEST,
    UNKNOWN,
    Reading,
    may_begin,
)
from tcptui.engine.names.records import TlsRecords
from tcptui.engine.names.text import SharedTexts, name_text
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import MASK32, lt
from tcptui.engine.tcp_state.states import SYN_ACK_OUT, SYN_OUT

MOST_WATCHED: Final = 4096
"""Flows whose first messages are not whole; beyond, the oldest is given up."""
FEW_KEPT: Final = 1024
LONGEST_HEAD: Final = 1 << 15
MOST_COMMANDS: Final = 1 << 13
"""Bytes of commands behind which nobody asks for TLS any more."""


class Watch:
    """A flow that is looked at: the readings of its client and its server, where there are any."""

    def __init__(self, flow: Flow) -> None:
        self.flow: Flow = flow
        self.client: Reading | None = None
        self.server: Reading | None = None

    def of(self, is_server: bool) -> Reading | None:
        """Return the reading of one side."""
        return self.server if is_server else self.client

    def put(self, is_server: bool, reading: Reading | None) -> None:
        """Read one side like this from now on."""
        if is_server:
            self.server = reading
        else:
            self.client = reading


class Naming:
    """Gives flows their names; ``watched`` are those that are looked at, by their index,
    ``lookups`` what was asked of DNS."""

    def __init__(self) -> None:
        self.watched: dict[int, Watch] = {}
        self.most_watched: i64 = 0  # at once
        self.kept: i64 = 0  # of them, when flows that were evicted were last looked for
        self.texts: SharedTexts = SharedTexts()
        self.lookups: Lookups = Lookups(self.texts)

    def of(self, flow: Flow) -> FlowNames | None:
        """Return the names of a flow, or None if it has none."""
        return flow.names

    def name_of(self, flow: Flow) -> str:
        """Return the one name that says best whose flow it is, or an empty text."""
        names = flow.names
        return "" if names is None else names.name

    def own(self, flow: Flow) -> FlowNames:
        """Return the names of a flow, made when first asked for."""
        found = flow.names
        if found is None:
            found = FlowNames()
            flow.names = found
        return found

    def open_flow(self, flow: Flow) -> None:
        """Note the name that the client asked for before it connected."""
        names = self.lookups.names_for(flow.client.address, flow.server.address)
        if names is not None:
            self.own(flow).dns = names

    def take_payload(self, flow: Flow, sender: Endpoint, seg: Segment, at: HeaderLocation) -> None:
        """Look at a segment that is the first payload of its sender, or of a flow that is
        watched."""
        is_server = sender is flow.server
        seq = seg.first_byte()
        header = (i64(at.data[at.offset + 12]) >> 4) << 2
        begin = at.offset + header
        size = at.captured - header
        if size > seg.length:
            size = seg.length
        if size < 0:
            return
        watch = self.watch_of(flow)
        reading = None if watch is None else watch.of(is_server)
        if reading is None:
            if sender.bytes != seg.length:
                return
            start = start_of(sender, seq, seg.length)
            if seq == start:
                protocol = may_begin(at.data, begin, size)
                if protocol == NOTHING:
                    return
                if protocol == REQUEST and size == seg.length and size <= MOST:
                    request = whole_request(at.data[begin : begin + size])
                    if request is not None:
                        self.note_request(flow, request).request_row = i32(seg.row)
                        return
            reading = Reading(UNKNOWN, start, is_server, seg.time)
        if size > MOST:
            size = MOST
        if reading.protocol == BODY:
            self.read_body(flow, reading, seg)
        elif reading.stream.take(seq, at.data[begin : begin + size], size < seg.length):
            self.go_on(flow, watch, reading, seg)
        elif reading.stream.is_lost:
            self.give_up(flow, reading)
        watch = self.watch_of(flow)  # what was read may have begun one
        self.keep(flow, watch, reading)

    def watch_of(self, flow: Flow) -> Watch | None:
        return self.watched.get(int(flow.index)) if flow.is_watched else None

    def keep(self, flow: Flow, watch: Watch | None, reading: Reading) -> None:
        """Go on to watch the flow where a reading is not over, else let it be."""
        if reading.protocol != NOTHING:
            if watch is None:
                watch = self.begin_watch(flow)
            watch.put(reading.is_server, reading)
        elif watch is not None:
            watch.put(reading.is_server, None)
            if watch.client is None and watch.server is None:
                del self.watched[int(flow.index)]
                flow.is_watched = False

    def begin_watch(self, flow: Flow) -> Watch:
        """Watch a flow; of too many, give up the oldest."""
        if len(self.watched) == MOST_WATCHED:
            for number, oldest in self.watched.items():
                names = oldest.flow.names
                if names is not None and names.tls is not None:
                    names.tls.is_followed = False
                del self.watched[number]
                break
        watch = Watch(flow)
        self.watched[int(flow.index)] = watch
        if len(self.watched) > self.most_watched:
            self.most_watched = len(self.watched)
        flow.is_watched = True
        return watch

    def give_up(self, flow: Flow, reading: Reading) -> None:
        """Read no more of a direction that lacks bytes."""
        reading.protocol = NOTHING
        names = self.of(flow)
        if names is not None and names.tls is not None:
            names.tls.is_followed = False

    def go_on(self, flow: Flow, watch: Watch | None, reading: Reading, seg: Segment) -> None:
        """Read what is there, and what is behind it."""
        before: i64 = NOTHING
        while reading.protocol != before and reading.protocol != NOTHING:
            before = reading.protocol
            if before == UNKNOWN:
                reading.recognise()
            elif before == RECORDS:
                self.read_records(flow, watch, reading, seg)
            elif before == REQUEST:
                self.read_request(flow, reading, seg)
            elif before == BANNER:
                self.read_banner(flow, reading)
            else:
                self.read_commands(reading, seg)
        if reading.stream.is_cut or reading.stream.is_lost:
            reading.protocol = NOTHING

    def read_records(self, flow: Flow, watch: Watch | None, reading: Reading, seg: Segment) -> None:
        names = self.of(flow)
        had_hello = names is not None and names.tls is not None
        if names is None:
            names = FlowNames()
        other = None if watch is None else watch.of(not reading.is_server)
        TlsRecords(names, self.texts).read(reading, other, seg)
        tls = names.tls
        if tls is not None and tls.is_before_data(seg.row):
            flow.answered_requests = 0  # what the handshake sent to and fro asked for nothing
        if tls is None or had_hello:
            return
        flow.names = names
        if reading.protocol == RECORDS:
            self.read_answer(flow, reading, seg)

    def read_answer(self, flow: Flow, reading: Reading, seg: Segment) -> None:
        """Read the server's records too: what it sends from now on."""
        peer = flow.client if reading.is_server else flow.server
        watch = self.watch_of(flow)
        if watch is None:
            watch = self.begin_watch(flow)
        if peer.highest_known:
            start = i64(peer.highest) & MASK32
        elif peer.has(SYN_OUT | SYN_ACK_OUT):
            start = (i64(peer.isn) + 1) & MASK32
        else:
            start = seg.ack
        watch.put(not reading.is_server, Reading(RECORDS, start, not reading.is_server, seg.time))

    def read_request(self, flow: Flow, reading: Reading, seg: Segment) -> None:
        """Read an HTTP request whose head is there; behind CONNECT, TLS may follow."""
        stream = reading.stream
        size = head_size(stream.data)
        if size == 0 and not stream.is_cut:
            if len(stream.data) > LONGEST_HEAD:
                reading.protocol = NOTHING
            return
        request = read_request(stream.data[:size] if size > 0 else stream.data)
        reading.protocol = NOTHING
        if request is None:
            return
        names = self.note_request(flow, request)
        if request.method == CONNECT and size > 0:
            stream.discard(size)
            reading.only_tls = True
            reading.protocol = UNKNOWN
            reading.began = seg.time
        elif size > 0 and request.body > len(stream.data) - size:
            stream.discard(size + request.body)
            reading.protocol = BODY
            return
        names.request_row = i32(seg.row)

    def note_request(self, flow: Flow, request: HttpRequest) -> FlowNames:
        """Note what a flow's first request says, and return its names."""
        names = self.own(flow)
        names.http_method = self.texts.text(request.method)
        names.http_path = name_text(request.target)
        names.http_host = self.texts.text(request.host)
        return names

    def read_body(self, flow: Flow, reading: Reading, seg: Segment) -> None:
        """Wait for the end of a request's body: Wireshark shows the request there."""
        if not lt((seg.first_byte() + seg.length) & MASK32, reading.stream.next):
            self.own(flow).request_row = i32(seg.row)
            reading.protocol = NOTHING

    def read_banner(self, flow: Flow, reading: Reading) -> None:
        """Read the line with which a side begins; a server of FTP may begin with several."""
        stream = reading.stream
        line = banner.line_of(stream.data)
        while line is not None:
            if self.note_line(flow, reading, line):
                reading.protocol = NOTHING
                return
            stream.discard(stream.data.find(b"\n") + 1)
            reading.read += len(line) + 1
            line = banner.line_of(stream.data)
        if len(stream.data) + reading.read > banner.LONGEST:
            reading.protocol = NOTHING

    def note_line(self, flow: Flow, reading: Reading, line: bytes) -> bool:
        """Note the name in a line, and return whether no other line belongs to it."""
        if line.startswith(banner.SSH):
            names = self.own(flow)
            if reading.is_server:
                names.ssh_server = self.texts.text(line)
            else:
                names.ssh_client = self.texts.text(line)
            return True
        if not reading.is_server:
            return True
        if reading.read == 0:
            self.await_tls(flow)
            reading.is_in_lines = line.startswith(banner.MORE)
        name = banner.server_name(line)
        if len(name) > 0:
            self.own(flow).greeting = self.texts.text(name)
        return len(name) > 0 or not reading.is_in_lines or line.startswith(banner.LAST)

    def await_tls(self, flow: Flow) -> None:
        """Look for a ClientHello behind the client's commands (STARTTLS)."""
        client = flow.client
        watch = self.watch_of(flow)
        if client.bytes != 0 or not client.has(SYN_OUT | SYN_ACK_OUT):
            return
        if watch is None:
            watch = self.begin_watch(flow)
        start = (i64(client.isn) + 1) & MASK32
        watch.client = Reading(COMMANDS, start, False, 0)

    def read_commands(self, reading: Reading, seg: Segment) -> None:
        """Skip lines of commands up to a TLS record."""
        stream = reading.stream
        if len(stream.data) > 0 and stream.data[0] != HANDSHAKE:
            size = stream.data.rfind(b"\n") + 1
            stream.discard(size)
            reading.read += size
            if reading.read > MOST_COMMANDS or len(stream.data) > MOST_COMMANDS:
                reading.protocol = NOTHING
        if len(stream.data) > 0 and stream.data[0] == HANDSHAKE:
            reading.only_tls = True
            reading.protocol = UNKNOWN
            reading.began = seg.time

    def waits_for_bytes(self, flow: Flow) -> bool:
        """Return whether something of a flow's first messages came, and what is before it did
        not."""
        watch = self.watch_of(flow)
        if watch is None:
            return False
        return has_waiting(watch.client) or has_waiting(watch.server)

    def forget_gone(self, flows: list[Flow]) -> None:
        """Watch no flows that were evicted, once they may be half of all."""
        if len(self.watched) <= 2 * self.kept + FEW_KEPT:
            return
        for number in [one for one in self.watched if flows[one].index < 0]:
            del self.watched[number]
        self.kept = len(self.watched)


def has_waiting(reading: Reading | None) -> bool:
    """Return whether bytes wait for those before them."""
    return reading is not None and len(reading.stream.waiting) > 0


def start_of(sender: Endpoint, seq: i64, length: i64) -> i64:
    """Return the raw number of a side's first byte: what its SYN told, else what came first.

    Some made captures do not count the SYN: then payload begins at its number, where a keep-alive
    has one byte at most.
    """
    if not sender.has(SYN_OUT | SYN_ACK_OUT):
        return seq
    isn = i64(sender.isn) & MASK32
    return seq if seq == isn and length > 1 else (isn + 1) & MASK32
