"""Names ports as the system's list does; nobody is asked."""

from functools import cache
from socket import getservbyport


@cache
def service_name(port: int) -> str:
    """Return the name of a TCP port in the system's list; empty for none."""
    try:
        return getservbyport(port, "tcp")
    except OSError:
        return ""
