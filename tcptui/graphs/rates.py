"""Makes the graphs that count in bins: the rates of a transfer, and what happened in a capture."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.packets import REPEATS_BYTES, Packets
from tcptui.engine.tcp_header import RST
from tcptui.engine.tcp_state.outcome import Closing, Opening, closing, opening
from tcptui.graphs.bins import Bins
from tcptui.graphs.series import BILLION, Series, Unit
from tcptui.graphs.transfer_graphs import Transfer

SUCCEEDED: Final = (Opening.THREE_WAY, Opening.SIMULTANEOUS)


def throughput(transfer: Transfer) -> list[Series]:
    """Return the payload that this side sent a second, and what of it was new, bin by bin."""
    packets, graphed = transfer.packets, transfer.graphed
    sent, new = graphed.bins(), graphed.bins()
    for found in graphed.rows():
        row = i64(found)
        size = packets.length(row)
        if size <= 0 or packets.is_from_server(row) != transfer.from_server:
            continue
        frame, time = packets.frame(row), packets.time(row)
        sent.add_amount(frame, time, size)
        if not packets.has_attribute(row, REPEATS_BYTES):
            new.add_amount(frame, time, size)
    return [
        sent.fill(transfer.series("throughput", Unit.RATE), BILLION, sent.length),
        new.fill(transfer.series("goodput", Unit.RATE), BILLION, new.length),
    ]


def span_of(packets: Packets) -> tuple[i64, i64]:
    """Return the earliest and the latest time among the rows that are held."""
    if packets.first >= packets.count:
        return 0, 0
    first = packets.time(packets.first)
    last = first
    row = packets.first
    while row < packets.count:
        time = packets.time(row)
        if time < first:
            first = time
        if time > last:
            last = time
        row += 1
    return first, last


def capture_bins(engine: Engine, length: i64) -> Bins:
    """Return empty bins over the whole capture."""
    first, last = span_of(engine.packets)
    return Bins(first, last, length)


def tcp_packets(engine: Engine, length: i64) -> Bins:
    """Count the TCP packets."""
    return count_rows(engine, length, False, False)


def bytes_on_the_wire(engine: Engine, length: i64) -> Bins:
    """Count the bytes of the TCP packets, headers included."""
    return count_rows(engine, length, True, False)


def flagged(engine: Engine, length: i64) -> Bins:
    """Count the segments with a `tcp.analysis` flag."""
    return count_rows(engine, length, False, True)


def count_rows(engine: Engine, length: i64, in_bytes: bool, is_flagged: bool) -> Bins:
    """Count packets, their bytes, or segments with a flag."""
    packets = engine.packets
    bins = capture_bins(engine, length)
    before: i64 = 0
    row = packets.first
    while row < packets.count:
        frame = packets.frame(row)
        if is_flagged:
            if packets.analysis(row) != 0:
                bins.add_amount(frame, packets.time(row), 1)
        elif frame != before:  # a packet may hold several segments
            bins.add_amount(frame, packets.time(row), packets.original(row) if in_bytes else 1)
        before = frame
        row += 1
    return bins


def opened(engine: Engine, length: i64) -> Bins:
    """Count the flows whose handshake succeeded, where they began."""
    packets = engine.packets
    bins = capture_bins(engine, length)
    for flow in engine.flows:
        first = i64(flow.first_row)
        if opening(flow) in SUCCEEDED and first >= packets.first:
            bins.add_amount(packets.frame(first), packets.time(first), 1)
    return bins


def refused(engine: Engine, length: i64) -> Bins:
    """Count the flows that were refused, at the RST that refused them."""
    return count_resets(engine, length, True)


def reset(engine: Engine, length: i64) -> Bins:
    """Count the flows that a RST ended after they had begun, at their first RST."""
    return count_resets(engine, length, False)


def count_resets(engine: Engine, length: i64, is_refusal: bool) -> Bins:
    """Count flows at their first RST: those that were refused, or all others that it ended."""
    packets, flows = engine.packets, engine.flows
    bins = capture_bins(engine, length)
    seen: set[int] = set()
    row = packets.first
    while row < packets.count:
        index = int(packets.flow(row))
        if packets.has_header_flag(row, RST) and index not in seen:
            seen.add(index)
            flow = flows[index]
            if closing(flow) is Closing.RESET and (opening(flow) is Opening.REFUSED) == is_refusal:
                bins.add_amount(packets.frame(row), packets.time(row), 1)
        row += 1
    return bins
