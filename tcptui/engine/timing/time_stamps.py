"""The TCP time stamps of one segment (RFC 7323), read where they are asked for."""

from typing import Final

from librt.strings import read_i32_be
from mypy_extensions import i64

from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import TCP_MIN_HEADER

NO_STAMP: Final = -1
NOP: Final = 1
TIMESTAMPS: Final = 8
LENGTH: Final = 10


def stamp_of(at: HeaderLocation) -> i64:
    """The sender's own stamp (TSval); NO_STAMP without one."""
    found = find(at)
    return i64(read_i32_be(at.data, found + 2)) & MASK32 if found >= 0 else NO_STAMP


def echo_of(at: HeaderLocation) -> i64:
    """The stamp that it echoes (TSecr); NO_STAMP without one."""
    found = find(at)
    return i64(read_i32_be(at.data, found + 6)) & MASK32 if found >= 0 else NO_STAMP


def find(at: HeaderLocation) -> i64:
    """Where the option begins in the data; -1 if it is not there, or not captured."""
    data = at.data
    there = at.captured if at.captured < at.reported else at.reported
    if there < TCP_MIN_HEADER:
        return -1
    end = i64(data[at.offset + 12]) >> 4 << 2
    end = at.offset + (end if end < there else there)
    i = at.offset + TCP_MIN_HEADER
    while i < end:
        kind = i64(data[i])
        if kind == NOP:
            i += 1
            continue
        if kind == 0 or i + 1 >= end:
            return -1
        length = i64(data[i + 1])
        if length < 2 or i + length > end:
            return -1
        if kind == TIMESTAMPS and length == LENGTH:
            return i
        i += length
    return -1
