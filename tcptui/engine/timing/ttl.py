"""The TTL that a segment arrived with: tells a middlebox's RST from the endpoint's own."""

from mypy_extensions import i64

from tcptui.engine.flow import UNKNOWN_TTL
from tcptui.engine.segment import HeaderLocation


def ttl_of(at: HeaderLocation) -> i64:
    """The TTL or hop limit of the IP header right before the TCP header; `UNKNOWN_TTL` where
    options or extension headers stand between them."""
    data = at.data
    ip = at.ip
    if ip == at.offset - 20 and data[ip] == 0x45:
        return i64(data[ip + 8])
    if ip == at.offset - 40 and data[ip] >> 4 == 6:
        return i64(data[ip + 7])
    return UNKNOWN_TTL
