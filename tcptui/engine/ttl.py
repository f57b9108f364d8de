"""The TTL that a segment arrived with: tells a middlebox's RST from the endpoint's own."""

from mypy_extensions import i64

from tcptui.engine.flow import UNKNOWN_TTL
from tcptui.engine.segment import Located


def ttl_of(at: Located) -> i64:
    """The TTL or hop limit of the IP header right before the TCP header; `UNKNOWN_TTL` where
    options or extension headers stand between them."""
    data = at.data
    key = at.key
    ip = at.offset - 20
    if len(key) == 12:
        if ip >= 0 and data[ip] == 0x45 and data[ip + 12 : ip + 20] == key[:8]:
            return i64(data[ip + 8])
        return UNKNOWN_TTL
    ip = at.offset - 40
    if ip >= 0 and data[ip] >> 4 == 6 and data[ip + 8 : ip + 40] == key[:32]:
        return i64(data[ip + 7])
    return UNKNOWN_TTL
