"""The fields of a segment, by tshark's names: one table for filters and for `packets -e`."""

from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

from tcptui.engine.addresses import address_text
from tcptui.engine.columns import (
    COMPLETENESS_SHIFT,
    FROM_SERVER,
    HAS_RECORD,
    SCALE_SHIFT,
    SERVER_STATE_SHIFT,
)
from tcptui.engine.engine import Engine
from tcptui.engine.flags import (
    ANALYSIS_FLAGS,
    ANY_FLAG,
    DUPLICATE_ACK,
    RETRANSMISSION,
    flag_names,
    with_implied,
)
from tcptui.engine.flow import Endpoint
from tcptui.engine.numbers import Numbers
from tcptui.engine.states import State
from tcptui.engine.wire import ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG


class Kind(Enum):
    """What a field's value is, and so how it is written and compared."""

    NUMBER = "number"
    SECONDS = "seconds"  # the value is in nanoseconds
    HEX = "hex"  # a number written as tshark writes tcp.flags
    BIT = "bit"  # 0 or 1
    PRESENCE = "presence"  # 1 or absent
    TEXT = "text"
    ADDRESS = "address"
    NAMES = "names"  # a list of names


Value = int | str | list[str] | None


class View:
    """A capture under analysis, as the fields read it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.packets = engine.packets
        self.numbers = Numbers(engine)

    def sender(self, row: int) -> Endpoint:
        return self.numbers.sender(row)

    def receiver(self, row: int) -> Endpoint:
        return self.numbers.sender(row).peer

    def note(self, row: int, bit: int) -> tuple[int, int]:
        """``(frame, value)`` kept with the flag ``bit``; zeros where the row has it not."""
        if self.packets.marks(row) & bit:
            return self.packets.note_at(row) or (0, 0)
        return (0, 0)


class Field(NamedTuple):
    """One field: tshark's name, what its value is, how to get it from a row."""

    name: str
    kind: Kind
    get: Callable[[View, int], Value]


def direction(view: View, row: int) -> Value:
    return "s" if view.packets.marks(row) & FROM_SERVER else "c"


def length(view: View, row: int) -> Value:
    value = int(view.packets.length(row))
    return value if value >= 0 else None


def analysis(view: View, row: int) -> Value:
    return flag_names(int(view.packets.marks(row)) & ANY_FLAG)


def any_flag(view: View, row: int) -> Value:
    return 1 if view.packets.marks(row) & ANY_FLAG else None


def client_state(view: View, row: int) -> Value:
    return State(int(view.packets.states(row)) & 15).label


def server_state(view: View, row: int) -> Value:
    return State(int(view.packets.states(row)) >> SERVER_STATE_SHIFT & 15).label


def window_in_header(view: View, row: int) -> Value:
    return int(view.packets.window(row)) >> (int(view.packets.marks(row)) >> SCALE_SHIFT & 15)


def completeness(view: View, row: int) -> Value:
    return int(view.packets.marks(row)) >> COMPLETENESS_SHIFT & 63


def time_since_capture(view: View, row: int) -> Value:
    return int(view.packets.time(row)) - int(view.engine.first_time)


def time_since_flow(view: View, row: int) -> Value:
    return int(view.packets.time(row)) - int(view.numbers.flow(row).first_time)


def acks_frame(view: View, row: int) -> Value:
    return int(view.packets.acks(row)) or None


def ack_rtt(view: View, row: int) -> Value:
    frame = int(view.packets.acks(row))
    if frame == 0:
        return None
    acked = int(view.packets.row_of(frame))
    return int(view.packets.time(row)) - int(view.packets.time(acked)) or None


def initial_rtt(view: View, row: int) -> Value:
    flow = view.numbers.flow(row)
    known = flow.irtt != 0 and row >= flow.irtt_row
    return int(flow.irtt) if known and view.packets.marks(row) & HAS_RECORD else None


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
    return view.note(row, DUPLICATE_ACK)[0] or None


def address_of(end: Endpoint, size: int) -> Value:
    address = end.address
    return address_text(address) if len(address) == size else None


def header_bit(bit: int) -> Callable[[View, int], Value]:
    def get(view: View, row: int) -> Value:
        return 1 if view.packets.flags(row) & bit else 0

    return get


def analysis_flag(bit: int) -> Callable[[View, int], Value]:
    def get(view: View, row: int) -> Value:
        return 1 if with_implied(int(view.packets.marks(row)) & ANY_FLAG) & bit else None

    return get


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

FIELDS: Final[tuple[Field, ...]] = (
    Field("frame.number", Kind.NUMBER, lambda view, row: int(view.packets.frame(row))),
    Field("frame.time_epoch", Kind.SECONDS, lambda view, row: int(view.packets.time(row))),
    Field("frame.time_relative", Kind.SECONDS, time_since_capture),
    Field("frame.cap_len", Kind.NUMBER, lambda view, row: int(view.packets.captured(row))),
    Field("ip.src", Kind.ADDRESS, lambda view, row: address_of(view.sender(row), 4)),
    Field("ip.dst", Kind.ADDRESS, lambda view, row: address_of(view.receiver(row), 4)),
    Field("ipv6.src", Kind.ADDRESS, lambda view, row: address_of(view.sender(row), 16)),
    Field("ipv6.dst", Kind.ADDRESS, lambda view, row: address_of(view.receiver(row), 16)),
    Field("tcp.srcport", Kind.NUMBER, lambda view, row: view.sender(row).port),
    Field("tcp.dstport", Kind.NUMBER, lambda view, row: view.receiver(row).port),
    Field("tcp.stream", Kind.NUMBER, lambda view, row: int(view.packets.flow(row))),
    Field("tcp.seq", Kind.NUMBER, lambda view, row: view.numbers.seq(row)),
    Field("tcp.seq_raw", Kind.NUMBER, lambda view, row: int(view.packets.seq(row))),
    Field("tcp.ack", Kind.NUMBER, lambda view, row: view.numbers.ack(row)),
    Field("tcp.ack_raw", Kind.NUMBER, lambda view, row: int(view.packets.ack(row))),
    Field("tcp.nxtseq", Kind.NUMBER, lambda view, row: view.numbers.next_seq(row)),
    Field("tcp.len", Kind.NUMBER, length),
    Field("tcp.flags", Kind.HEX, lambda view, row: int(view.packets.flags(row))),
    *(Field(f"tcp.flags.{name}", Kind.BIT, header_bit(bit)) for name, bit in HEADER_BITS),
    Field("tcp.window_size", Kind.NUMBER, lambda view, row: int(view.packets.window(row))),
    Field("tcp.window_size_value", Kind.NUMBER, window_in_header),
    Field("tcp.completeness", Kind.NUMBER, completeness),
    Field("tcp.time_relative", Kind.SECONDS, time_since_flow),
    Field("tcp.analysis.flags", Kind.PRESENCE, any_flag),
    *(
        Field(f"tcp.analysis.{flag.name}", Kind.PRESENCE, analysis_flag(flag.bit))
        for flag in ANALYSIS_FLAGS
    ),
    Field("tcp.analysis.duplicate_ack_num", Kind.NUMBER, duplicate_ack_num),
    Field("tcp.analysis.duplicate_ack_frame", Kind.NUMBER, duplicate_ack_frame),
    Field("tcp.analysis.acks_frame", Kind.NUMBER, acks_frame),
    Field("tcp.analysis.ack_rtt", Kind.SECONDS, ack_rtt),
    Field("tcp.analysis.initial_rtt", Kind.SECONDS, initial_rtt),
    Field("tcp.analysis.bytes_in_flight", Kind.NUMBER, bytes_in_flight),
    Field("tcp.analysis.push_bytes_sent", Kind.NUMBER, push_bytes_sent),
    Field("tcp.analysis.rto", Kind.SECONDS, rto),
    Field("tcp.analysis.rto_frame", Kind.NUMBER, rto_frame),
)

BY_NAME: Final[dict[str, Field]] = {field.name: field for field in FIELDS}

DEFAULT_COLUMNS: Final[tuple[Field, ...]] = (
    Field("frame", Kind.NUMBER, BY_NAME["frame.number"].get),
    Field("time", Kind.SECONDS, BY_NAME["frame.time_epoch"].get),
    Field("flow", Kind.NUMBER, BY_NAME["tcp.stream"].get),
    Field("direction", Kind.TEXT, direction),
    Field("seq", Kind.NUMBER, BY_NAME["tcp.seq_raw"].get),
    Field("ack", Kind.NUMBER, BY_NAME["tcp.ack_raw"].get),
    Field("len", Kind.NUMBER, length),
    Field("flags", Kind.HEX, BY_NAME["tcp.flags"].get),
    Field("window", Kind.NUMBER, BY_NAME["tcp.window_size"].get),
    Field("analysis", Kind.NAMES, analysis),
    Field("client_state", Kind.TEXT, client_state),
    Field("server_state", Kind.TEXT, server_state),
)
"""The columns of `packets` without `-e`, in the contract's names."""


def value_text(kind: Kind, value: Value) -> str:
    """A value as tshark's `-T fields` writes it; absent is empty."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, int):
        if kind is Kind.SECONDS:
            return seconds_text(value)
        if kind is Kind.HEX:
            return f"0x{value:04x}"
    return str(value)


def seconds_text(ns: int) -> str:
    """Nanoseconds as seconds with nine decimals."""
    sign = "-" if ns < 0 else ""
    return f"{sign}{abs(ns) // 1_000_000_000}.{abs(ns) % 1_000_000_000:09d}"
