"""The fields of a segment, by tshark's names."""

from collections.abc import Callable
from typing import Final, TypeVar

from tcptui.engine.addresses import address_text
from tcptui.engine.flow import Endpoint
from tcptui.engine.packets import (
    BOGUS_HEADER,
    COMPLETENESS_SHIFT,
    HAS_RECORD,
)
from tcptui.engine.tcp_header import ACK, AE, CWR, ECE, FIN, FLAG_BITS, PSH, RST, SYN, URG
from tcptui.engine.tcp_state.states import State, states_shown
from tcptui.engine.wireshark.flags import (
    ANALYSIS_FLAGS,
    ANY_FLAG,
    DUPLICATE_ACK,
    RETRANSMISSION,
    flag_names,
    with_implied,
)
from tcptui.filters import scan
from tcptui.filters.field import Field, Value, ValueKind
from tcptui.filters.payload import payload, segment_bytes
from tcptui.filters.view import View

One = TypeVar("One", int, str)

STATES: Final = tuple(state.label for state in State)
IPV4, IPV6 = 4, 16
"""Bytes of an address."""


def direction(view: View, row: int) -> Value:
    return "s" if view.packets.is_from_server(row) else "c"


def length(view: View, row: int) -> Value:
    value = int(view.packets.length(row))
    return value if value >= 0 else None


def analysis(view: View, row: int) -> Value:
    return flag_names(int(view.packets.analysis(row)))


def client_state(view: View, row: int) -> Value:
    return states_shown(int(view.packets.states(row)))[0].state.label


def server_state(view: View, row: int) -> Value:
    return states_shown(int(view.packets.states(row)))[1].state.label


def completeness(view: View, row: int) -> Value:
    return int(view.packets.attributes(row)) >> COMPLETENESS_SHIFT & 63


def time_since_capture(view: View, row: int) -> Value:
    return int(view.packets.time(row)) - int(view.engine.first_time)


def time_since_flow(view: View, row: int) -> int:
    return int(view.packets.time(row)) - int(view.flow(row).first_time)


def acks_frame(view: View, row: int) -> Value:
    return int(view.packets.acks(row)) or None


def ack_rtt(view: View, row: int) -> Value:
    frame = int(view.packets.acks(row))
    if frame == 0 or not view.packets.holds(frame):
        return None
    acked = int(view.packets.row_of(frame))
    return int(view.packets.time(row)) - int(view.packets.time(acked)) or None


def initial_rtt(view: View, row: int) -> Value:
    flow = view.flow(row)
    known = flow.irtt != 0 and row >= flow.irtt_row
    return int(flow.irtt) if known and view.packets.attributes(row) & HAS_RECORD else None


def bytes_in_flight(view: View, row: int) -> Value:
    return int(view.packets.in_flight(row)) or None


def push_bytes_sent(view: View, row: int) -> Value:
    return int(view.packets.push_bytes(row)) if view.packets.in_flight(row) else None


def rto(view: View, row: int) -> Value:
    return view.note(row, RETRANSMISSION)[1] or None


def rto_frame(view: View, row: int) -> Value:
    frame, value = view.note(row, RETRANSMISSION)
    return frame if value else None


def duplicate_ack_num(view: View, row: int) -> Value:
    return view.note(row, DUPLICATE_ACK)[1] or None


def duplicate_ack_frame(view: View, row: int) -> Value:
    frame, number = view.note(row, DUPLICATE_ACK)
    return frame if number else None


def flags_text(view: View, row: int) -> Value:
    """`tcp.flags.str`: a letter or a dot for each of the twelve bits."""
    flags = int(view.packets.flags(row))
    letters = "RRRACEUAPRSF"
    return "".join(letter if flags >> (11 - i) & 1 else "·" for i, letter in enumerate(letters))


def is_analysed(view: View, row: int) -> Value:
    """Whether tshark shows anything under `tcp.analysis`."""
    shown = view.packets.analysis(row) or view.packets.attributes(row) & HAS_RECORD
    return 1 if shown else None


def is_flagged(view: View, row: int) -> Value:
    """Whether the segment has any `tcp.analysis` flag."""
    return 1 if view.packets.analysis(row) else None


def in_header(get: Callable[[View, int], Value]) -> Callable[[View, int], Value]:
    """A field beyond the sequence number: absent where the data offset makes no sense."""

    def checked(view: View, row: int) -> Value:
        return None if view.packets.attributes(row) & BOGUS_HEADER else get(view, row)

    return checked


def header_bit(bit: int) -> Callable[[View, int], Value]:
    return in_header(lambda view, row: 1 if view.packets.flags(row) & bit else 0)


def connection(mask: int, wanted: int) -> Callable[[View, int], Value]:
    def get(view: View, row: int) -> Value:
        return 1 if view.packets.flags(row) & mask == wanted else None

    return get


def analysis_flag(bit: int) -> Callable[[View, int], Value]:
    def get(view: View, row: int) -> Value:
        return 1 if with_implied(int(view.packets.analysis(row))) & bit else None

    return get


def bits_that_show(bit: int) -> int:
    """The flags on which tshark sets the field of ``bit``."""
    return sum(flag.bit for flag in ANALYSIS_FLAGS if with_implied(flag.bit) & bit)


# -- addresses and ports, those of all layers -----------------------------------------------------


def of_ends(view: View, row: int, ends: int) -> list[Endpoint]:
    """The segment's own ends that ``ends`` names, the source first."""
    source, destination = view.sender(row), view.receiver(row)
    chosen = ((scan.SOURCE, source), (scan.DESTINATION, destination))
    return [end for which, end in chosen if which & ends]


def addresses(ends: int, size: int) -> Callable[[View, int], Value]:
    """The addresses of one family, outermost layer first."""

    def get(view: View, row: int) -> Value:
        found: list[bytes] = []
        for layer in view.layers(row):
            found += [layer.source] * (ends & scan.SOURCE != 0)
            found += [layer.destination] * (ends & scan.DESTINATION != 0)
        found += [end.address for end in of_ends(view, row, ends)]
        return one_or_all([address_text(address) for address in found if len(address) == size])

    return get


def ports(ends: int) -> Callable[[View, int], Value]:
    def get(view: View, row: int) -> Value:
        return one_or_all([end.port for end in of_ends(view, row, ends)])

    return get


def udp_ports(ends: int) -> Callable[[View, int], Value]:
    """The ports of UDP layers that carry the segment."""

    def get(view: View, row: int) -> Value:
        found: list[int] = []
        for layer in view.layers(row):
            if layer.source_port >= 0:
                found += [layer.source_port] * (ends & scan.SOURCE != 0)
                found += [layer.destination_port] * (ends & scan.DESTINATION != 0)
        return one_or_all(found)

    return get


def one_or_all(found: list[One]) -> list[One] | One | None:
    return found if len(found) > 1 else found[0] if found else None


def vlan_ids(view: View, row: int) -> Value:
    return one_or_all([layer.number for layer in view.layers(row) if layer.name == "vlan"])


def has_address(size: int) -> Callable[[View, int], Value]:
    both = addresses(scan.EITHER, size)
    return lambda view, row: None if both(view, row) is None else 1


def has_layer(name: str) -> Callable[[View, int], Value]:
    def get(view: View, row: int) -> Value:
        return 1 if any(layer.name == name for layer in view.layers(row)) else None

    return get


ALL_FLAGS: Final = scan.Flags(0, FLAG_BITS)

HEADER_BITS: Final = (
    ("ae", AE),
    ("cwr", CWR),
    ("ece", ECE),
    ("urg", URG),
    ("ack", ACK),
    ("push", PSH),
    ("reset", RST),
    ("syn", SYN),
    ("fin", FIN),
)

FRAME_FIELDS: Final = (
    Field("frame.number", ValueKind.NUMBER, lambda view, row: int(view.packets.frame(row)),
          scan.Frame(), meaning="number of the packet in the capture"),
    Field("frame.time", ValueKind.TIME, lambda view, row: int(view.packets.time(row)),
          scan.Time(), meaning="date and time, as \"2024-05-01 12:00:00\""),
    Field("frame.time_epoch", ValueKind.SECONDS, lambda view, row: int(view.packets.time(row)),
          scan.Time(), meaning="seconds since 1970"),
    Field("frame.time_relative", ValueKind.SECONDS, time_since_capture,
          scan.TimeInCapture(), meaning="since the first packet of the capture"),
    Field("frame.len", ValueKind.NUMBER, lambda view, row: int(view.packets.original(row)),
          scan.Original(), meaning="bytes of the packet on the wire"),
    Field("frame.cap_len", ValueKind.NUMBER, lambda view, row: int(view.packets.captured(row)),
          scan.Captured(), meaning="captured bytes of the packet"),
    Field("frame", ValueKind.BYTES, lambda view, row: view.packet(row),
          meaning="the whole packet; reads the file", exists=lambda view, row: True),
)  # fmt: skip

ADDRESS_FIELDS: Final = tuple(
    Field(f"{name}.{part}", kind, addresses(ends, size), meaning=meaning)
    for name, kind, size in (("ip", ValueKind.IPV4, IPV4), ("ipv6", ValueKind.IPV6, IPV6))
    for part, ends, meaning in (
        ("addr", scan.EITHER, "address of either end, or a subnet"),
        ("src", scan.SOURCE, "address of the sender"),
        ("dst", scan.DESTINATION, "address of the receiver"),
    )
)

HOST_FIELDS: Final = tuple(
    Field(f"{name}.{part}", ValueKind.TEXT, addresses(ends, size), meaning="the address as text")
    for name, size in (("ip", IPV4), ("ipv6", IPV6))
    for part, ends in (
        ("host", scan.EITHER), ("src_host", scan.SOURCE), ("dst_host", scan.DESTINATION)
    )
)  # fmt: skip

LAYER_FIELDS: Final = (
    Field("ip", ValueKind.PRESENCE, has_address(IPV4), meaning="carried by IPv4"),
    Field("ipv6", ValueKind.PRESENCE, has_address(IPV6), meaning="carried by IPv6"),
    Field("udp", ValueKind.PRESENCE, has_layer("udp"), meaning="carried in a UDP tunnel"),
    Field(
        "udp.port", ValueKind.NUMBER, udp_ports(scan.EITHER), bits=16, meaning="port of the tunnel"
    ),
    Field("udp.srcport", ValueKind.NUMBER, udp_ports(scan.SOURCE), bits=16),
    Field("udp.dstport", ValueKind.NUMBER, udp_ports(scan.DESTINATION), bits=16),
    Field("vlan", ValueKind.PRESENCE, has_layer("vlan"), meaning="carries an 802.1Q tag"),
    Field("vlan.id", ValueKind.NUMBER, vlan_ids, bits=16, meaning="number of the VLAN"),
)

TCP_FIELDS: Final = (
    Field("tcp", ValueKind.BYTES, segment_bytes, meaning="every segment; its bytes",
          exists=lambda view, row: True),
    Field("tcp.port", ValueKind.NUMBER, ports(scan.EITHER), bits=16, meaning="port of either end"),
    Field("tcp.srcport", ValueKind.NUMBER, ports(scan.SOURCE), bits=16,
          meaning="port of the sender"),
    Field("tcp.dstport", ValueKind.NUMBER, ports(scan.DESTINATION), bits=16,
          meaning="port of the receiver"),
    Field("tcp.stream", ValueKind.NUMBER, lambda view, row: int(view.packets.flow(row)),
          scan.Stream(), meaning="number of the flow in this capture"),
    Field("tcp.seq", ValueKind.NUMBER, lambda view, row: view.numbers.seq(row),
          scan.Seq(), meaning="sequence number, relative"),
    Field("tcp.seq_raw", ValueKind.NUMBER, lambda view, row: int(view.packets.seq(row)),
          scan.RawSeq(), meaning="sequence number, as in the header"),
    Field("tcp.ack", ValueKind.NUMBER, in_header(lambda view, row: view.numbers.ack(row)),
          scan.Ack(), meaning="acknowledgment number, relative"),
    Field("tcp.ack_raw", ValueKind.NUMBER, in_header(lambda view, row: int(view.packets.ack(row))),
          scan.RawAck(), meaning="acknowledgment number, as in the header"),
    Field("tcp.nxtseq", ValueKind.NUMBER, in_header(lambda view, row: view.numbers.next_seq(row)),
          scan.NextSeq(), meaning="where the sender's next segment begins, relative"),
    Field("tcp.len", ValueKind.NUMBER, length, scan.Length(), meaning="payload bytes"),
    Field("tcp.payload", ValueKind.BYTES, payload, meaning="the payload; reads the file",
          exists=lambda view, row: int(view.packets.length(row)) > 0),
    Field("tcp.flags", ValueKind.HEX, in_header(lambda view, row: int(view.packets.flags(row))),
          ALL_FLAGS, bits=16, meaning="the twelve header bits"),
    Field("tcp.flags.str", ValueKind.TEXT, in_header(flags_text),
          meaning="the header bits as letters",
          key=ALL_FLAGS),
    *(
        Field(f"tcp.flags.{name}", ValueKind.BIT, header_bit(bit),
              scan.Flags(bit.bit_length() - 1, 1), meaning=f"the {name.upper()} bit")
        for name, bit in HEADER_BITS
    ),
    *(
        Field(f"tcp.connection.{name}", ValueKind.PRESENCE, connection(mask, wanted),
              meaning=meaning, key=ALL_FLAGS)
        for name, mask, wanted, meaning in (
            ("syn", SYN | ACK, SYN, "opens"),
            ("synack", SYN | ACK, SYN | ACK, "answers an opening"),
            ("fin", FIN, FIN, "closes"),
            ("rst", RST, RST, "resets"),
        )
    ),
    Field("tcp.window_size", ValueKind.NUMBER,
          in_header(lambda view, row: int(view.packets.window(row))),
          scan.Window(), meaning="window in bytes, scaled where the scale is known"),
    Field("tcp.window_size_value", ValueKind.NUMBER,
          in_header(lambda view, row: int(view.packets.window_in_header(row))),
          scan.WindowInHeader(), bits=16, meaning="window as in the header"),
    Field("tcp.completeness", ValueKind.NUMBER, completeness,
          scan.Attributes(COMPLETENESS_SHIFT, 63), bits=8,
          meaning="1 SYN, 2 SYN+ACK, 4 ACK, 8 data, 16 FIN, 32 RST so far"),
    Field("tcp.time_relative", ValueKind.SECONDS, in_header(time_since_flow),
          scan.TimeInFlow(), meaning="since the first packet of the flow"),
    Field("tcp.time_delta", ValueKind.SECONDS,
          in_header(lambda view, row: int(view.deltas.at(row))),
          scan.TimeDelta(), meaning="since the flow's previous packet"),
)  # fmt: skip

ANALYSIS_FIELDS: Final = (
    Field("tcp.analysis", ValueKind.PRESENCE, is_analysed,
          scan.HasAttribute(HAS_RECORD), meaning="something was analysed here"),
    Field("tcp.analysis.flags", ValueKind.PRESENCE, is_flagged, scan.HasFlag(ANY_FLAG),
          meaning="any of the flags"),
    *(
        Field(f"tcp.analysis.{flag.name}", ValueKind.PRESENCE, analysis_flag(flag.bit),
              scan.HasFlag(bits_that_show(flag.bit)), meaning=flag.title)
        for flag in ANALYSIS_FLAGS
    ),
    Field("tcp.analysis.duplicate_ack_num", ValueKind.NUMBER, duplicate_ack_num,
          scan.NoteValue(DUPLICATE_ACK), meaning="which repetition of the ACK"),
    Field("tcp.analysis.duplicate_ack_frame", ValueKind.NUMBER, duplicate_ack_frame,
          scan.NoteFrame(DUPLICATE_ACK), meaning="the frame whose ACK is repeated"),
    Field("tcp.analysis.acks_frame", ValueKind.NUMBER, acks_frame, scan.AcksFrame(),
          meaning="the frame that this one acknowledges"),
    Field("tcp.analysis.ack_rtt", ValueKind.SECONDS, ack_rtt, scan.AckRtt(),
          meaning="since the frame that this one acknowledges"),
    Field("tcp.analysis.initial_rtt", ValueKind.SECONDS, initial_rtt, scan.InitialRtt(),
          meaning="round-trip time of the handshake"),
    Field("tcp.analysis.bytes_in_flight", ValueKind.NUMBER, bytes_in_flight, scan.InFlight(),
          meaning="sent and not yet acknowledged, this segment included"),
    Field("tcp.analysis.push_bytes_sent", ValueKind.NUMBER, push_bytes_sent, scan.PushBytes(),
          meaning="since the last PSH"),
    Field("tcp.analysis.rto", ValueKind.SECONDS, rto, scan.NoteValue(RETRANSMISSION),
          meaning="since the segment that is sent again"),
    Field("tcp.analysis.rto_frame", ValueKind.NUMBER, rto_frame,
          meaning="the frame that is sent again"),
)  # fmt: skip

SEGMENT_FIELDS: Final[tuple[Field, ...]] = (
    *FRAME_FIELDS,
    *LAYER_FIELDS,
    *ADDRESS_FIELDS,
    *HOST_FIELDS,
    *TCP_FIELDS,
    *ANALYSIS_FIELDS,
)
