#!/usr/bin/env python3
"""Repeat a capture behind itself, later and with other clients: a larger one of the same traffic.

    repeat_capture.py web48.pcap web48x15.pcap --times 15

The last but one byte of both addresses of each IPv4 packet grows by one in each repetition, and the
times by the capture's length, so that no flow is met again. Checksums are set right. The capture is
a pcap file of Ethernet in this machine's byte order; what is not IPv4 stays as it is.
"""

import argparse
import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

HEADER, RECORD = 24, struct.Struct("<IIII")
ETHERNET, IPV4 = 14, b"\x08\x00"
CHANGED = (14, 18)
"""Where in an IPv4 header the bytes stand that grow."""
CHECKSUM, TCP_CHECKSUM, TCP = 10, 16, 6
AT_ONCE = 8 << 20


def records(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Where each record begins, and how many bytes its packet has."""
    at = HEADER
    while at + RECORD.size <= len(data):
        size = RECORD.unpack_from(data, at)[2]
        yield at, size
        at += RECORD.size + size


def less(checksum: int, added: int) -> int:
    """A checksum of which a 16-bit word grew by so much (RFC 1624)."""
    total = ~checksum & 0xFFFF
    total += added
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def change(out: bytearray, at: int, number: int) -> None:
    """Give the packet that begins at ``at`` the addresses of a repetition."""
    ip = at + ETHERNET
    added = 0
    for place in CHANGED:
        before = out[ip + place]
        out[ip + place] = (before + number) & 0xFF
        added += (out[ip + place] - before) << 8
    added %= 0xFFFF
    checksums = [ip + CHECKSUM]
    if out[ip + 9] == TCP:
        checksums.append(ip + (out[ip] & 15) * 4 + TCP_CHECKSUM)
    for place in checksums:
        struct.pack_into(">H", out, place, less(struct.unpack_from(">H", out, place)[0], added))


def repeat(source: Path, target: Path, times: int) -> None:
    """Write the larger capture."""
    with source.open("rb") as file, target.open("wb") as written:
        data = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        places = list(records(data))
        first, last = (RECORD.unpack_from(data, at)[0] for at, _ in (places[0], places[-1]))
        written.write(data[:HEADER])
        for number in range(times):
            later = number * (last - first + 1)
            out = bytearray()
            for at, size in places:
                start = len(out)
                out += data[at : at + RECORD.size + size]
                seconds = RECORD.unpack_from(data, at)[0] + later
                struct.pack_into("<I", out, start, seconds)
                packet = start + RECORD.size
                if number and size >= 54 and out[packet + 12 : packet + 14] == IPV4:
                    change(out, packet, number)
                if len(out) >= AT_ONCE:
                    written.write(out)
                    out.clear()
            written.write(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--times", type=int, default=15)
    arguments = parser.parse_args()
    repeat(arguments.source, arguments.target, arguments.times)


if __name__ == "__main__":
    main()
