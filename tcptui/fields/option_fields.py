"""Lists the fields of the TCP header that are read from the packet's bytes: sums and options."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tcptui.engine.decode import header_search
from tcptui.engine.decode import protocol_numbers as steps
from tcptui.engine.decode.header_search import options, read_header
from tcptui.engine.decode.headers import LayerHeader
from tcptui.engine.tcp_header import TCP_MIN_HEADER
from tcptui.engine.tcp_options import (
    EXPERIMENT_1,
    EXPERIMENT_2,
    FAST_OPEN,
    FAST_OPEN_MAGIC,
    MPTCP,
    MSS,
    SACK,
    TIMESTAMPS,
    WINDOW_SCALE,
)
from tcptui.fields.field import Field, Value, ValueKind, one_or_all
from tcptui.fields.header_fields import Bits
from tcptui.fields.labels import CHECKSUM_STATUS
from tcptui.fields.view import View

SACK_PERMITTED: Final = 4
USER_TIMEOUT: Final = 28
BAD, GOOD, UNVERIFIED = 0, 1, 2
STATUS_OF: Final = {
    header_search.GOOD: GOOD,
    header_search.BAD: BAD,
    header_search.NOT_COMPUTED: BAD,
    header_search.CUT: UNVERIFIED,
}
MP_CAPABLE: Final = 0
MP_JOIN: Final = 1
FAST_CLOSE: Final = 7
DSS: Final = 2
LONG_KEY: Final = 8


def own_header(view: View, row: int) -> LayerHeader | None:
    """Return the segment's own header, if it is readable where it stands."""
    headers = view.headers(row)
    last = headers[-1] if headers else None
    return last if last is not None and last.step == steps.TCP else None


def in_own(bits: Bits) -> Callable[[View, int], Value]:
    """Return what reads a number of the segment's own header."""

    def get(view: View, row: int) -> Value:
        header = own_header(view, row)
        return None if header is None else bits.of(header)

    return get


def header_size(view: View, row: int) -> int:
    """Return the length that the header gives for itself; 0 where it is not readable."""
    header = own_header(view, row)
    size = None if header is None else Bits(12, 1, 4, 15, unit=4).of(header)
    return size or 0


def option_bytes(view: View, row: int) -> bytes:
    """Return the captured bytes of the options."""
    header = own_header(view, row)
    if header is None:
        return b""
    start = header.start + TCP_MIN_HEADER
    return header.data[start : min(header.start + header_size(view, row), header.end)]


def options_of(view: View, row: int, *kinds: int) -> Iterator[bytes]:
    """Yield the values of the options of these kinds."""
    for kind, value in options(option_bytes(view, row)):
        if kind in kinds:
            yield value


def whole_options(*kinds: int) -> Callable[[View, int], Value]:
    """Return what reads whole options of these kinds, with their kind and length."""

    def get(view: View, row: int) -> Value:
        return one_or_all(
            [
                bytes([kind, len(value) + 2]) + value
                for kind, value in options(option_bytes(view, row))
                if kind in kinds and is_of(kind, value)
            ]
        )

    return get


def is_of(kind: int, value: bytes) -> bool:
    """Return whether an option for experiments is TCP Fast Open's; others need no look."""
    return kind not in (EXPERIMENT_1, EXPERIMENT_2) or value[:2] == FAST_OPEN_MAGIC.to_bytes(2)


def in_option(kind: int, size: int, start: int, length: int) -> Callable[[View, int], Value]:
    """Return what reads a number of ``length`` bytes in options whose value has ``size``."""

    def get(view: View, row: int) -> Value:
        return one_or_all(
            [
                int.from_bytes(value[start : start + length])
                for value in options_of(view, row, kind)
                if len(value) == size
            ]
        )

    return get


def multiplier(view: View, row: int) -> Value:
    """Return `tcp.options.wscale.multiplier`."""
    shifts = [value[0] for value in options_of(view, row, WINDOW_SCALE) if len(value) == 1]
    return one_or_all([1 << min(shift, 14) for shift in shifts])


def sack_edges(right: bool) -> Callable[[View, int], Value]:
    """Return what reads one edge of the SACK blocks, relative to the receiver's numbers."""

    def get(view: View, row: int) -> Value:
        edges = [
            int.from_bytes(value[at : at + 4])
            for value in options_of(view, row, SACK)
            for at in range(4 if right else 0, len(value) // 8 * 8, 8)
        ]
        return one_or_all([view.row_reader.numbers.of_receiver(row, edge) for edge in edges])

    return get


def sack_count(view: View, row: int) -> Value:
    return one_or_all([len(value) // 8 for value in options_of(view, row, SACK)])


def checksum_status(view: View, row: int) -> Value:
    """Return `tcp.checksum.status`, as tshark does with the preference tcp.check_checksum."""
    header = read_header(view.engine, row, view.packet(row))
    return UNVERIFIED if header is None else STATUS_OF[header.checksum]


def cookie(view: View, row: int) -> Value:
    """Return `tcp.options.tfo.cookie`."""
    found = [value for value in options_of(view, row, FAST_OPEN) if value]
    found += [
        value[2:]
        for value in options_of(view, row, EXPERIMENT_1, EXPERIMENT_2)
        if value[:2] == FAST_OPEN_MAGIC.to_bytes(2) and len(value) > 2
    ]
    return one_or_all(found)


def cookie_request(view: View, row: int) -> Value:
    """Return `tcp.options.tfo.request`: 1 where the client asks for a cookie."""
    asked = any(not value for value in options_of(view, row, FAST_OPEN)) or any(
        value == FAST_OPEN_MAGIC.to_bytes(2)
        for value in options_of(view, row, EXPERIMENT_1, EXPERIMENT_2)
    )
    return 1 if asked else None


def subtype(view: View, row: int) -> Value:
    """Return `tcp.options.mptcp.subtype`."""
    return one_or_all([value[0] >> 4 for value in options_of(view, row, MPTCP) if value])


def mptcp_version(view: View, row: int) -> Value:
    """Return `tcp.options.mptcp.version`, which MP_CAPABLE tells."""
    capable = [v for v in options_of(view, row, MPTCP) if v and v[0] >> 4 == MP_CAPABLE]
    return one_or_all([value[0] & 15 for value in capable])


def key_in(places: Mapping[int, int]) -> Callable[[View, int], Value]:
    """Return what reads a key, which stands at a certain place for each subtype that has it."""

    def get(view: View, row: int) -> Value:
        found = [
            value[start : start + LONG_KEY]
            for value in options_of(view, row, MPTCP)
            if value and (start := places.get(value[0] >> 4, len(value))) + LONG_KEY <= len(value)
        ]
        return one_or_all([int.from_bytes(key) for key in found])

    return get


def join_token(view: View, row: int) -> Value:
    """Return `tcp.options.mptcp.recvtok`, which the SYN of MP_JOIN carries."""
    return one_or_all(
        [
            int.from_bytes(value[2:6])
            for value in options_of(view, row, MPTCP)
            if len(value) == 10 and value[0] >> 4 == MP_JOIN
        ]
    )


def data_fin(view: View, row: int) -> Value:
    """Return `tcp.options.mptcp.datafin.flag` of DSS."""
    found = [v for v in options_of(view, row, MPTCP) if len(v) >= 2 and v[0] >> 4 == DSS]
    return one_or_all([value[1] >> 4 & 1 for value in found])


def read(
    name: str,
    kind: ValueKind,
    get: Callable[[View, int], Value],
    doc: str,
    bits: int = 32,
    digits: int = 4,
) -> Field:
    """Return a field that is read from the packet."""
    return Field(name, kind, get, doc, bits=bits, digits=digits, from_packet=True)


N, H, B = ValueKind.NUMBER, ValueKind.HEX, ValueKind.BYTES

OPTION_FIELDS: Final = (
    read("tcp.hdr_len", N, in_own(Bits(12, 1, 4, 15, unit=4)), "bytes of the TCP header", 8),
    read("tcp.checksum", H, in_own(Bits(16, 2)), "checksum", 16),
    read("tcp.checksum.status", N, checksum_status,
         "0 bad (or left to the network card), 1 good, 2 unverified; as tshark with "
         "tcp.check_checksum", 8)._replace(labels=CHECKSUM_STATUS),
    read("tcp.urgent_pointer", N, in_own(Bits(18, 2)), "urgent pointer", 16),
    read("tcp.options", B, lambda view, row: option_bytes(view, row) or None, "all options"),
    read("tcp.options.mss", B, whole_options(MSS), "the option with the MSS"),
    read("tcp.options.mss_val", N, in_option(MSS, 2, 0, 2), "the MSS", 16),
    read("tcp.options.wscale", B, whole_options(WINDOW_SCALE), "the window scale option"),
    read("tcp.options.wscale.shift", N, in_option(WINDOW_SCALE, 1, 0, 1),
         "by how many bits windows are shifted", 8),
    read("tcp.options.wscale.multiplier", N, multiplier, "what windows are multiplied with", 16),
    read("tcp.options.sack_perm", B, whole_options(SACK_PERMITTED), "the option that permits SACK"),
    read("tcp.options.sack", B, whole_options(SACK), "the option with SACK blocks"),
    read("tcp.options.sack_le", N, sack_edges(right=False), "left edges of SACK blocks, relative"),
    read("tcp.options.sack_re", N, sack_edges(right=True), "right edges of SACK blocks, relative"),
    read("tcp.options.sack.count", N, sack_count, "number of SACK blocks", 8),
    read("tcp.options.timestamp", B, whole_options(TIMESTAMPS), "the time stamps option"),
    read("tcp.options.timestamp.tsval", N, in_option(TIMESTAMPS, 8, 0, 4), "the sender's stamp"),
    read("tcp.options.timestamp.tsecr", N, in_option(TIMESTAMPS, 8, 4, 4), "the echoed stamp"),
    read("tcp.options.user_to", B, whole_options(USER_TIMEOUT), "the user timeout option"),
    read("tcp.options.tfo", B, whole_options(FAST_OPEN, EXPERIMENT_1, EXPERIMENT_2),
         "the TCP Fast Open option"),
    read("tcp.options.tfo.request", ValueKind.PRESENCE, cookie_request, "asks for a cookie"),
    read("tcp.options.tfo.cookie", B, cookie, "cookie of TCP Fast Open"),
    read("tcp.options.mptcp.subtype", N, subtype,
         "of Multipath TCP: 0 MP_CAPABLE, 1 MP_JOIN, 2 DSS …", 8),
    read("tcp.options.mptcp.version", N, mptcp_version, "version of MP_CAPABLE", 8),
    read("tcp.options.mptcp.sendkey", N, key_in({MP_CAPABLE: 2}), "the sender's key", 64),
    read("tcp.options.mptcp.recvkey", N, key_in({MP_CAPABLE: 2 + LONG_KEY, FAST_CLOSE: 2}),
         "the receiver's key", 64),
    read("tcp.options.mptcp.recvtok", N, join_token, "token of the connection to join"),
    read("tcp.options.mptcp.datafin.flag", N, data_fin, "1 where DSS ends the data", 8),
)  # fmt: skip
