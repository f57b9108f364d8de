"""Lists the fields of the TCP header that are read from the packet's bytes: sums and options."""

from collections.abc import Callable
from typing import Final

from tcptui.engine.decode import header_search
from tcptui.engine.decode.header_search import options, read_header
from tcptui.engine.tcp_options import (
    EXPERIMENT_1,
    EXPERIMENT_2,
    FAST_OPEN,
    FAST_OPEN_MAGIC,
    MSS,
    SACK,
    TIMESTAMPS,
    WINDOW_SCALE,
)
from tcptui.engine.wireshark.releases import has_come
from tcptui.fields.field import Field, one_or_all
from tcptui.fields.header_fields import Bits
from tcptui.fields.labels import CHECKSUM_STATUS
from tcptui.fields.mptcp_fields import MPTCP_FIELDS
from tcptui.fields.option_values import in_own, option_bytes, options_of
from tcptui.fields.value_kind import Value, ValueKind
from tcptui.fields.view import View

SACK_PERMITTED: Final = 4
USER_TIMEOUT: Final = 28
BAD, GOOD, UNVERIFIED = 0, 1, 2
STATUS_OF: Final = {
    header_search.GOOD: GOOD,
    header_search.BAD: BAD,
    header_search.NOT_COMPUTED: GOOD,
    header_search.CUT: UNVERIFIED,
}
PARTIAL_SUMS_SINCE: Final = "4.4"
"""The first release that knows what is left to the network card, and calls it good."""


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
    if header is None:
        return UNVERIFIED
    if header.checksum == header_search.NOT_COMPUTED and not has_come(
        PARTIAL_SUMS_SINCE, by=view.engine.rules.name
    ):
        return BAD
    return STATUS_OF[header.checksum]


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
         "0 bad, 1 good (or left to the network card), 2 unverified; as tshark with "
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
    *MPTCP_FIELDS,
)  # fmt: skip
