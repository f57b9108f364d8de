"""Lists the fields of a segment by tshark's names, a row each."""

from collections.abc import Callable
from typing import Final

from tcptui.engine.addresses import address_text
from tcptui.engine.decode import steps
from tcptui.engine.flow import Endpoint
from tcptui.engine.names.names import FlowNames
from tcptui.engine.packets import (
    AMBIGUOUS_ACK,
    COMPLETENESS_MASK,
    COMPLETENESS_SHIFT,
    FAST_OPEN_COOKIE,
    FAST_OPEN_IGNORED,
    FAST_OPEN_MASK,
    FAST_OPEN_SHIFT,
    FAST_OPEN_TAKEN,
    FROM_SERVER,
    MSS_EXCEEDED,
    PARTIAL_ACK,
    SCPS,
)
from tcptui.engine.tcp_header import (
    ACK,
    AE,
    CWR,
    ECE,
    ECN_BITS,
    ECN_SHIFT,
    FIN,
    FLAG_BITS,
    PSH,
    RST,
    SYN,
    URG,
)
from tcptui.engine.tcp_state.states import STATE_LABELS, client_state, server_state
from tcptui.engine.wireshark.completeness import NOTHING_YET, completeness_letters
from tcptui.engine.wireshark.flags import (
    ALPHABETICAL,
    ANALYSIS_FLAGS,
    ANY_FLAG,
    DUPLICATE_ACK,
    RETRANSMISSION,
    flag_names,
    with_implied,
)
from tcptui.escapes import visible
from tcptui.fields.columns import segment_values as values
from tcptui.fields.columns.segment_values import (
    CARRIED,
    DESTINATION,
    EITHER,
    NOTHING_CAME,
    SOURCE,
)
from tcptui.fields.cooked_fields import COOKED_FIELDS
from tcptui.fields.field import Field, by_key, in_column, one_or_all
from tcptui.fields.header_fields import HEADER_FIELDS, protocol
from tcptui.fields.option_fields import OPTION_FIELDS
from tcptui.fields.payload import payload, segment_bytes
from tcptui.fields.value_kind import Value, ValueKind
from tcptui.fields.view import View

IPV4, IPV6 = 4, 16
"""Bytes of an address."""
NO_NAME: Final = "unknown"
FLAG_LETTERS: Final = "RRRACEUAPRSF"
RESERVED_BITS: Final = 0xE00
ALL_FLAGS: Final = values.Flags(0, FLAG_BITS)


def has_reserved(flags: int) -> int:
    """Return 1 where one of the three reserved bits is set."""
    return int(flags & RESERVED_BITS != 0)


def flags_text(flags: int) -> str:
    """Return `tcp.flags.str`: a letter or a dot for each of the twelve bits."""
    letters = "".join(
        letter if flags >> (11 - i) & 1 else "·" for i, letter in enumerate(FLAG_LETTERS)
    )
    if flags & values.HAS_COUNTER:
        return f"{letters[:3]}-{(flags & ECN_BITS) >> ECN_SHIFT}-{letters[6:]}"
    return letters


def completeness_text(seen: int) -> str:
    """Return `tcp.completeness.str`."""
    return NOTHING_YET if seen == NOTHING_CAME else completeness_letters(seen)


def is_flags(mask: int, wanted: int) -> Callable[[int], Value]:
    """Return a field that says whether the header bits of a mask are these: 1 or absent."""
    return lambda flags: 1 if flags & mask == wanted else None


def bits_that_show(bit: int) -> int:
    """Return the flags on which tshark sets the field of ``bit``."""
    return sum(flag.bit for flag in ANALYSIS_FLAGS if with_implied(flag.bit) & bit)


# -- addresses and ports, those of all layers -----------------------------------------------------


def of_ends(view: View, row: int, ends: int) -> list[Endpoint]:
    """Return the segment's own ends that ``ends`` names, the source first."""
    source, destination = view.sender(row), view.receiver(row)
    chosen = ((SOURCE, source), (DESTINATION, destination))
    return [end for which, end in chosen if which & ends]


def addresses(ends: int, size: int) -> Callable[[View, int], Value]:
    """Return the addresses of one family, outermost layer first."""

    def get(view: View, row: int) -> Value:
        found: list[bytes] = []
        for layer in view.layers(row):
            found += [layer.source] * (ends & SOURCE != 0)
            found += [layer.destination] * (ends & DESTINATION != 0)
        found += [end.address for end in of_ends(view, row, ends)]
        return one_or_all([address_text(address) for address in found if len(address) == size])

    return get


def ports(ends: int) -> Callable[[View, int], Value]:
    """Return the ports of the segment's own ends."""

    def get(view: View, row: int) -> Value:
        return one_or_all([end.port for end in of_ends(view, row, ends)])

    return get


def udp_ports(ends: int) -> Callable[[View, int], Value]:
    """Return the ports of UDP layers that carry the segment."""

    def get(view: View, row: int) -> Value:
        found: list[int] = []
        for layer in view.layers(row):
            if layer.source_port >= 0:
                found += [layer.source_port] * (ends & SOURCE != 0)
                found += [layer.destination_port] * (ends & DESTINATION != 0)
        return one_or_all(found)

    return get


def vlan_ids(view: View, row: int) -> Value:
    return one_or_all([layer.number for layer in view.layers(row) if layer.name == "vlan"])


def has_address(size: int) -> Callable[[View, int], bool]:
    """Return the test whether a layer has an address of one family."""
    both = addresses(EITHER, size)
    return lambda view, row: both(view, row) is not None


def has_layer(name: str) -> Callable[[View, int], Value]:
    """Return the test whether a layer of this name carries the segment: 1 or absent."""

    def get(view: View, row: int) -> Value:
        return 1 if any(layer.name == name for layer in view.layers(row)) else None

    return get


# -- interfaces -----------------------------------------------------------------------------------


def interface_id(view: View, row: int) -> Value:
    """Return `frame.interface_id`."""
    found = view.interface_name(row)
    return None if found is None else found.number


def interface_name(view: View, row: int) -> Value:
    """Return `frame.interface_name`, as tshark gives it where the file has none."""
    found = view.interface_name(row)
    return None if found is None else visible(found.name) or NO_NAME


def interface_description(view: View, row: int) -> Value:
    """Return `frame.interface_description`."""
    found = view.interface_name(row)
    return (visible(found.description) or None) if found is not None else None


# -- names ----------------------------------------------------------------------------------------


def names_of(view: View, row: int) -> FlowNames | None:
    naming = view.engine.naming
    return None if naming is None else naming.of(view.flow(row))


def of_hello(read: Callable[[FlowNames], str]) -> Callable[[View, int], Value]:
    """Return a text of the flow's ClientHello, on the row that completes it."""

    def get(view: View, row: int) -> Value:
        names = names_of(view, row)
        return (read(names) or None) if names is not None and names.hello_row == row else None

    return get


def of_request(read: Callable[[FlowNames], str]) -> Callable[[View, int], Value]:
    """Return a text of the flow's first HTTP request, on the row that completes it."""

    def get(view: View, row: int) -> Value:
        names = names_of(view, row)
        return (read(names) or None) if names is not None and names.request_row == row else None

    return get


def offered_protocols(view: View, row: int) -> Value:
    """Return the ALPN of a hello on the row that completes it."""
    names = names_of(view, row)
    if names is None:
        return None
    if names.hello_row == row:
        return names.alpn or None
    chosen = names.server_hello_row == row and names.alpn_chosen
    return [names.alpn_chosen] if chosen else None


def asked_name(view: View, row: int) -> Value:
    """Return the names that DNS messages over TCP ask for, on the row that completes them."""
    naming = view.engine.naming
    return None if naming is None else one_or_all(naming.lookups.questions.get(row, []))


# -- the rows -------------------------------------------------------------------------------------

ECN_HEADER_BITS: Final = (
    ("ae", AE),
    ("cwr", CWR),
    ("ece", ECE),
)

HEADER_BITS: Final = (
    ("urg", URG),
    ("ack", ACK),
    ("push", PSH),
    ("reset", RST),
    ("syn", SYN),
    ("fin", FIN),
)

COMPLETENESS_BITS: Final = (
    ("syn", "SYN"),
    ("syn-ack", "SYN+ACK"),
    ("ack", "ACK"),
    ("data", "data"),
    ("fin", "FIN"),
    ("rst", "RST"),
)
"""The names and texts of the bits, the lowest first."""

FRAME_FIELDS: Final = (
    in_column("frame.number", ValueKind.NUMBER, values.Frame(),
              "number of the packet in the capture"),
    in_column("frame.time", ValueKind.TIME, values.Time(),
              "date and time, as \"2024-05-01 12:00:00\""),
    in_column("frame.time_epoch", ValueKind.SECONDS, values.Time(), "seconds since 1970",
              is_moment=True),
    in_column("frame.time_relative", ValueKind.SECONDS, values.TimeInCapture(),
              "since the first packet of the capture"),
    in_column("frame.time_delta", ValueKind.SECONDS, values.TimeInterval(),
              "since the packet before, TCP or not"),
    in_column("frame.len", ValueKind.NUMBER, values.Original(),
              "bytes of the packet on the wire", unit="bytes"),
    in_column("frame.cap_len", ValueKind.NUMBER, values.Captured(),
              "captured bytes of the packet", unit="bytes"),
    Field("frame.interface_id", ValueKind.NUMBER, interface_id,
          "number of the interface in its section of a pcapng file; other formats have none",
          key=CARRIED),
    Field("frame.interface_name", ValueKind.TEXT, interface_name,
          "its name, `unknown` where the file does not tell it", key=CARRIED),
    Field("frame.interface_description", ValueKind.TEXT, interface_description,
          "what the file says of it", key=CARRIED),
    Field("frame", ValueKind.BYTES, lambda view, row: view.packet(row),
          "the whole packet; reads the file", exists=lambda view, row: True, from_packet=True,
          single=True),
)  # fmt: skip

ADDRESS_FIELDS: Final = tuple(
    Field(f"{name}.{part}", kind, addresses(ends, size), doc, key=CARRIED)
    for name, kind, size in (("ip", ValueKind.IPV4, IPV4), ("ipv6", ValueKind.IPV6, IPV6))
    for part, ends, doc in (
        ("addr", EITHER, "address of either end, or a subnet"),
        ("src", SOURCE, "address of the sender"),
        ("dst", DESTINATION, "address of the receiver"),
    )
)

HOST_FIELDS: Final = tuple(
    Field(
        f"{name}.{part}",
        ValueKind.TEXT,
        addresses(ends, size),
        "the address as text",
        key=CARRIED,
    )
    for name, size in (("ip", IPV4), ("ipv6", IPV6))
    for part, ends in (("host", EITHER), ("src_host", SOURCE), ("dst_host", DESTINATION))
)

LAYER_FIELDS: Final = (
    protocol(
        "ip",
        (steps.IPV4,),
        "the IPv4 header and all behind it; a value reads the file",
        has_address(IPV4),
    ),
    protocol(
        "ipv6",
        (steps.IPV6,),
        "the IPv6 header and all behind it; a value reads the file",
        has_address(IPV6),
    ),
    Field("udp", ValueKind.PRESENCE, has_layer("udp"), "carried in a UDP tunnel", key=CARRIED),
    Field(
        "udp.port",
        ValueKind.NUMBER,
        udp_ports(EITHER),
        "port of the tunnel",
        bits=16,
        key=CARRIED,
    ),
    Field("udp.srcport", ValueKind.NUMBER, udp_ports(SOURCE), bits=16, key=CARRIED),
    Field("udp.dstport", ValueKind.NUMBER, udp_ports(DESTINATION), bits=16, key=CARRIED),
    Field("vlan", ValueKind.PRESENCE, has_layer("vlan"), "carries an 802.1Q tag", key=CARRIED),
    Field("vlan.id", ValueKind.NUMBER, vlan_ids, "number of the VLAN", bits=16, key=CARRIED),
)

TCP_FIELDS: Final = (
    Field("tcp", ValueKind.BYTES, segment_bytes, "every segment; its bytes",
          exists=lambda view, row: True, from_packet=True, single=True),
    Field("tcp.port", ValueKind.NUMBER, ports(EITHER), "port of either end", bits=16,
          key=CARRIED),
    Field("tcp.srcport", ValueKind.NUMBER, ports(SOURCE), "port of the sender", bits=16,
          single=True, key=CARRIED),
    Field("tcp.dstport", ValueKind.NUMBER, ports(DESTINATION), "port of the receiver", bits=16,
          single=True, key=CARRIED),
    in_column("tcp.stream", ValueKind.NUMBER, values.Stream(),
              "number of the flow in this capture"),
    in_column("tcp.stream.pnum", ValueKind.NUMBER, values.PacketNumber(),
              "number of the segment in its flow", since="4.4"),
    in_column("tcp.stream.client.contiguity_count", ValueKind.NUMBER,
              values.ContiguityCount(of_sender=False),
              "contiguous ranges that the segment's receiver has sent so far, at most 100: 1 where "
              "nothing is missing", bits=8, since="4.6"),
    in_column("tcp.stream.server.contiguity_count", ValueKind.NUMBER,
              values.ContiguityCount(of_sender=True),
              "those that its sender has sent, as Wireshark counts: not the server's", bits=8,
              since="4.6"),
    in_column("tcp.seq", ValueKind.NUMBER, values.Seq(), "sequence number, relative"),
    in_column("tcp.seq_raw", ValueKind.NUMBER, values.RawSeq(),
              "sequence number, as in the header"),
    in_column("tcp.ack", ValueKind.NUMBER, values.Ack(), "acknowledgment number, relative"),
    in_column("tcp.ack_raw", ValueKind.NUMBER, values.RawAck(),
              "acknowledgment number, as in the header"),
    in_column("tcp.nxtseq", ValueKind.NUMBER, values.NextSeq(),
              "where the sender's next segment begins, relative"),
    in_column("tcp.len", ValueKind.NUMBER, values.Length(), "payload bytes", unit="bytes"),
    Field("tcp.payload", ValueKind.BYTES, payload, "the payload; reads the file",
          exists=lambda view, row: view.packets.length(row) > 0, from_packet=True,
          single=True),
    by_key("tcp.flags.res", ValueKind.BIT, ALL_FLAGS, has_reserved,
           "whether a reserved bit is set"),
    in_column("tcp.flags", ValueKind.HEX, ALL_FLAGS, "the twelve header bits", bits=16),
    by_key("tcp.flags.str", ValueKind.TEXT, values.FlagsWithCounter(), flags_text,
           "the header bits as letters"),
    *(
        in_column(f"tcp.flags.{name}", ValueKind.BIT, values.EcnFlag(bit.bit_length() - 1, 1),
                  f"the {name.upper()} bit; absent where accurate ECN makes it part of a counter")
        for name, bit in ECN_HEADER_BITS
    ),
    in_column("tcp.flags.ace", ValueKind.NUMBER, values.EcnCounter(),
              "the counter that accurate ECN has in place of the last three", bits=8),
    *(
        in_column(f"tcp.flags.{name}", ValueKind.BIT, values.Flags(bit.bit_length() - 1, 1),
                  f"the {name.upper()} bit")
        for name, bit in HEADER_BITS
    ),
    *(
        by_key(f"tcp.connection.{name}", ValueKind.PRESENCE, ALL_FLAGS, is_flags(mask, wanted), doc)
        for name, mask, wanted, doc in (
            ("syn", SYN | ACK, SYN, "opens"),
            ("synack", SYN | ACK, SYN | ACK, "answers an opening"),
            ("fin", FIN, FIN, "closes"),
            ("rst", RST, RST, "resets"),
        )
    ),
    in_column("tcp.connection.fin_active", ValueKind.PRESENCE, values.FinOfSide(of_first=True),
              "closes, by the side that does so first"),
    in_column("tcp.connection.fin_passive", ValueKind.PRESENCE, values.FinOfSide(of_first=False),
              "closes, by the other side"),
    in_column("tcp.window_size", ValueKind.NUMBER, values.Window(),
              "window in bytes, scaled where the scale is known", unit="bytes"),
    in_column("tcp.window_size_value", ValueKind.NUMBER, values.WindowInHeader(),
              "window as in the header", bits=16),
    in_column("tcp.window_size_scalefactor", ValueKind.SIGNED, values.ScaleFactor(),
              "what the window in the header is multiplied with; -1 where that is not known, -2 "
              "where nothing is scaled"),
    in_column("tcp.completeness", ValueKind.NUMBER,
              values.Attributes(COMPLETENESS_SHIFT, COMPLETENESS_MASK),
              "1 SYN, 2 SYN+ACK, 4 ACK, 8 data, 16 FIN, 32 RST so far", bits=8),
    by_key("tcp.completeness.str", ValueKind.TEXT, values.CompletenessText(), completeness_text,
           "the same as letters: RST, FIN, data, ACK, SYN+ACK, SYN", since="4.4"),
    *(
        in_column(f"tcp.completeness.{name}", ValueKind.BIT,
                  values.Attributes(COMPLETENESS_SHIFT + bit, 1),
                  f"the bit for {doc} of tcp.completeness", since="4.4")
        for bit, (name, doc) in enumerate(COMPLETENESS_BITS)
    ),
    in_column("tcp.time_relative", ValueKind.SECONDS, values.TimeInFlow(),
              "since the first packet of the flow"),
    in_column("tcp.time_delta", ValueKind.SECONDS, values.TimeDelta(),
              "since the flow's previous packet"),
)  # fmt: skip

ANALYSIS_FIELDS: Final = (
    in_column("tcp.analysis", ValueKind.PRESENCE, values.IsAnalysed(),
              "something was analysed here"),
    in_column("tcp.analysis.flags", ValueKind.PRESENCE, values.HasFlag(ANY_FLAG),
              "any of the flags"),
    *(
        in_column(f"tcp.analysis.{flag.name}", ValueKind.PRESENCE,
                  values.HasFlag(bits_that_show(flag.bit)), flag.title)
        for flag in ANALYSIS_FLAGS
    ),
    in_column("tcp.analysis.duplicate_ack_num", ValueKind.NUMBER,
              values.ReferenceValue(DUPLICATE_ACK), "which repetition of the ACK"),
    in_column("tcp.analysis.duplicate_ack_frame", ValueKind.NUMBER,
              values.ReferenceFrame(DUPLICATE_ACK), "the frame whose ACK is repeated"),
    in_column("tcp.analysis.acks_frame", ValueKind.NUMBER, values.AcksFrame(),
              "the frame that this one acknowledges"),
    in_column("tcp.analysis.ack_rtt", ValueKind.SECONDS, values.AckRtt(),
              "since the frame that this one acknowledges"),
    in_column("tcp.analysis.partial_ack", ValueKind.PRESENCE, values.HasAttribute(PARTIAL_ACK),
              "acknowledges that frame's segment in part", since="4.4"),
    in_column("tcp.analysis.ambiguous_ack", ValueKind.PRESENCE,
              values.HasAttribute(AMBIGUOUS_ACK),
              "that frame's segment was sent more than once", since="4.6"),
    in_column("tcp.options.mss.exceeded", ValueKind.PRESENCE, values.HasAttribute(MSS_EXCEEDED),
              "more payload than the sender's MSS", since="4.6"),
    *(
        in_column(f"tcp.analysis.tfo_{name}", ValueKind.PRESENCE,
                  values.AttributesAre(FAST_OPEN_SHIFT, FAST_OPEN_MASK, said), doc)
        for name, said, doc in (
            ("syn", FAST_OPEN_COOKIE, "a SYN with a TCP Fast Open cookie"),
            ("ack", FAST_OPEN_TAKEN, "a SYN+ACK that acknowledges data of the SYN"),
            ("ignored", FAST_OPEN_IGNORED,
             "a SYN+ACK that does not, though data came with a cookie"),
        )
    ),
    in_column("tcp.analysis.scps_capable", ValueKind.PRESENCE, values.HasAttribute(SCPS),
              "a SYN+ACK after which both sides have offered SCPS", since="4.4"),
    in_column("tcp.analysis.initial_rtt", ValueKind.SECONDS, values.InitialRtt(),
              "round-trip time of the handshake"),
    in_column("tcp.analysis.bytes_in_flight", ValueKind.NUMBER, values.InFlight(),
              "sent and not yet acknowledged, this segment included", unit="bytes"),
    in_column("tcp.analysis.push_bytes_sent", ValueKind.NUMBER, values.PushBytes(),
              "since the last PSH", unit="bytes"),
    in_column("tcp.analysis.rto", ValueKind.SECONDS, values.ReferenceValue(RETRANSMISSION),
              "since the segment that is sent again"),
    in_column("tcp.analysis.rto_frame", ValueKind.NUMBER, values.ReferenceFrame(RETRANSMISSION),
              "the frame that is sent again"),
)  # fmt: skip

NAME_FIELDS: Final = (
    Field("tls.handshake.extensions_server_name", ValueKind.TEXT, of_hello(lambda names: names.sni),
          "the server that the flow's TLS ClientHello names, on the segment that completes it",
          single=True),
    Field("tls.handshake.extensions_alpn_str", ValueKind.NAMES, offered_protocols,
          "the protocols that such a hello offers; the one that its answer in clear text chooses"),
    Field("http.host", ValueKind.TEXT, of_request(lambda names: names.http_host),
          "the host that the flow's first HTTP/1 request asks, on the segment that completes it",
          single=True),
    Field("http.request.method", ValueKind.TEXT, of_request(lambda names: names.http_method),
          "the method of that request",
          single=True),
    Field("http.request.uri", ValueKind.TEXT, of_request(lambda names: names.http_path),
          "the target of that request, 255 characters of it",
          single=True),
    Field("dns.qry.name", ValueKind.TEXT, asked_name,
          "the name that DNS over TCP is asked for, on the segment that completes the message"),
)  # fmt: skip

SEGMENT_FIELDS: Final[tuple[Field, ...]] = (
    *FRAME_FIELDS,
    *LAYER_FIELDS,
    *ADDRESS_FIELDS,
    *HOST_FIELDS,
    *HEADER_FIELDS,
    *COOKED_FIELDS,
    *TCP_FIELDS,
    *OPTION_FIELDS,
    *ANALYSIS_FIELDS,
    *NAME_FIELDS,
)
"""The fields that tshark has too."""

ROW_FIELDS: Final[tuple[Field, ...]] = (
    by_key("direction", ValueKind.TEXT, values.Attributes(0, FROM_SERVER),
           lambda bit: "s" if bit else "c", "who sent it", ("c", "s")),
    in_column("len", ValueKind.NUMBER, values.Length(), unit="bytes"),
    by_key("analysis", ValueKind.NAMES, values.Analysis(), flag_names,
           choices=tuple(flag.name for flag in ALPHABETICAL)),
    by_key("client_state", ValueKind.TEXT, values.States(),
           lambda states: STATE_LABELS[client_state(states)],
           "the client's state after this segment", STATE_LABELS),
    by_key("server_state", ValueKind.TEXT, values.States(),
           lambda states: STATE_LABELS[server_state(states)],
           "the server's state after this segment", STATE_LABELS),
)  # fmt: skip
"""The fields that only the default columns of `packets` have."""
