"""Fields of a segment's IP and TCP headers that only few rules ask for, read when they do: TTL,
traffic class and identification, and the TCP time stamps (RFC 7323).

The IP header is the segment's own, the innermost one: whatever tunnels carry it, and whatever
options or extension headers stand between it and the TCP header. No segment is without one.
"""

from typing import Final

from librt.strings import read_i16_be, read_i32_be
from mypy_extensions import i64

from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import TCP_MIN_HEADER
from tcptui.engine.tcp_options import TIMESTAMPS, next_option

NO_STAMP: Final = -1
TIMESTAMPS_LENGTH: Final = 10


def has_ipv4(header: HeaderLocation) -> bool:
    """Return whether IPv4 carries the segment; else IPv6 does, which has no identification."""
    return header.data[header.ip] >> 4 == 4


def ttl_of(header: HeaderLocation) -> i64:
    """Return the TTL, or IPv6's hop limit. It tells a middlebox's RST from the endpoint's own."""
    return i64(header.data[header.ip + (8 if has_ipv4(header) else 7)])


def traffic_class_of(header: HeaderLocation) -> i64:
    """Return the byte of DSCP and ECN."""
    data = header.data
    ip = header.ip
    if has_ipv4(header):
        return i64(data[ip + 1])
    return i64(read_i16_be(data, ip)) >> 4 & 0xFF


def identification_of(header: HeaderLocation) -> i64:
    """Return IPv4's identification; IPv6 has none."""
    return i64(read_i16_be(header.data, header.ip + 4)) & 0xFFFF


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
