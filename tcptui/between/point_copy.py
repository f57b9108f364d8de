"""Copies what a comparison reads of an analysed point, as bytes, from one process to another.

Both are one program, forked: digests mean the same to both.
"""

from typing import Final

from librt.strings import (
    BytesWriter,
    read_i16_le,
    read_i32_le,
    read_i64_le,
    write_i16_le,
    write_i32_le,
    write_i64_le,
)
from librt.vecs import append
from mypy_extensions import i32, i64

from tcptui.engine.engine import Engine
from tcptui.engine.fingerprints import Fingerprints
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, BLOCK_ROWS

ROW_BYTES: Final = 50
"""Bytes of a row: an item of each column that is read, one after the other."""

EndRow = tuple[bytes, int, int]
"""An endpoint: its key, the number of its SYN, and what is known of its states."""
FlowRow = tuple[int, int, EndRow, EndRow]
"""A flow: its segments, the time from SYN to SYN+ACK (µs), client and server."""


def flow_rows(engine: Engine) -> list[FlowRow]:
    """Return the flows of an engine, in their order."""
    return [
        (int(flow.packets), int(flow.syn_to_synack), end_row(flow.client), end_row(flow.server))
        for flow in engine.flows
    ]


def end_row(end: Endpoint) -> EndRow:
    return end.key, int(end.isn), int(end.facts)


def add_flow(engine: Engine, row: FlowRow) -> None:
    """Add the next flow to an engine."""
    packets, syn_to_synack, client, server = row
    flow = Flow(i64(len(engine.flows)), end_from(client), end_from(server), 0)
    flow.packets = i32(packets)
    flow.syn_to_synack = i32(syn_to_synack)
    engine.flows.append(flow)


def end_from(row: EndRow) -> Endpoint:
    key, isn, facts = row
    end = Endpoint(key)
    end.restore(isn, facts)
    return end


def bytes_of_block(engine: Engine, prints: Fingerprints, number: i64) -> bytes:
    """Return the rows of the engine's block with this number."""
    block = engine.packets.blocks[number]
    row = number << BLOCK_BITS
    end = min(row + BLOCK_ROWS, engine.packets.count)
    out = BytesWriter()
    while row < end:
        i = row & BLOCK_MASK
        write_i64_le(out, block.time.at(i))
        write_i32_le(out, i32(block.frame_at(i)))
        write_i32_le(out, block.flow[i])
        write_i32_le(out, block.seq[i])
        write_i32_le(out, block.ack[i])
        write_i32_le(out, block.length[i])
        write_i32_le(out, block.attributes[i])
        write_i16_le(out, block.window[i])
        write_i16_le(out, block.flags[i])
        write_i32_le(out, prints.stamp[row])
        write_i32_le(out, prints.traits[row])
        write_i32_le(out, prints.digest[row])
        write_i16_le(out, prints.identification[row])
        row += 1
    return out.getvalue()


def add_block(engine: Engine, prints: Fingerprints, data: bytes) -> None:
    """Add a block of rows to an engine that has full ones only."""
    packets = engine.packets
    row = packets.count
    block = packets.add_block()
    at: i64 = 0
    while at + ROW_BYTES <= i64(len(data)):
        i = row & BLOCK_MASK
        frame = i64(read_i32_le(data, at + 8))
        block.put_frame(i, frame)
        block.time.put(i, read_i64_le(data, at))
        block.flow[i] = read_i32_le(data, at + 12)
        block.seq[i] = read_i32_le(data, at + 16)
        block.ack[i] = read_i32_le(data, at + 20)
        block.length[i] = read_i32_le(data, at + 24)
        block.attributes[i] = read_i32_le(data, at + 28)
        block.window[i] = read_i16_le(data, at + 32)
        block.flags[i] = read_i16_le(data, at + 34)
        prints.stamp = append(prints.stamp, read_i32_le(data, at + 36))
        prints.traits = append(prints.traits, read_i32_le(data, at + 40))
        prints.digest = append(prints.digest, read_i32_le(data, at + 44))
        prints.identification = append(prints.identification, read_i16_le(data, at + 48))
        row += 1
        at += ROW_BYTES
    packets.count = row
    block.keep_header_columns()
