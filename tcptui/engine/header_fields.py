"""Fields of a segment's IP and TCP headers that only few rules ask for, read when they do: the
TTL, and the TCP time stamps (RFC 7323)."""

from typing import Final

from librt.strings import read_i32_be
from mypy_extensions import i64

from tcptui.engine.flow import UNKNOWN_TTL
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import TCP_MIN_HEADER
from tcptui.engine.tcp_options import TIMESTAMPS, next_option

NO_STAMP: Final = -1
TIMESTAMPS_LENGTH: Final = 10


def ttl_of(header: HeaderLocation) -> i64:
    """Return the TTL or hop limit of the IP header right before the TCP header, or `UNKNOWN_TTL`
    where options or extension headers stand between them. It tells a middlebox's RST from the
    endpoint's own."""
    data = header.data
    ip = header.ip
    if ip == header.offset - 20 and data[ip] == 0x45:
        return i64(data[ip + 8])
    if ip == header.offset - 40 and data[ip] >> 4 == 6:
        return i64(data[ip + 7])
    return UNKNOWN_TTL


def time_stamp_of(header: HeaderLocation) -> i64:
    """Return the sender's own time stamp (TSval), or `NO_STAMP` without one."""
    found = find_time_stamps(header)
    return i64(read_i32_be(header.data, found + 2)) & MASK32 if found >= 0 else NO_STAMP


def time_stamp_echo_of(header: HeaderLocation) -> i64:
    """Return the receiver's time stamp that the segment echoes (TSecr), or `NO_STAMP` without
    one."""
    found = find_time_stamps(header)
    return i64(read_i32_be(header.data, found + 6)) & MASK32 if found >= 0 else NO_STAMP


def find_time_stamps(header: HeaderLocation) -> i64:
    """Return where the time stamps option begins in the data, or -1 if it is absent or not
    captured."""
    data = header.data
    there = header.captured if header.captured < header.reported else header.reported
    if there < TCP_MIN_HEADER:
        return -1
    end = i64(data[header.offset + 12]) >> 4 << 2
    end = header.offset + (end if end < there else there)
    i = next_option(data, header.offset + TCP_MIN_HEADER, end, end)
    while i >= 0:
        length = i64(data[i + 1])
        if i64(data[i]) == TIMESTAMPS and length == TIMESTAMPS_LENGTH:
            return i
        i = next_option(data, i + length, end, end)
    return -1
