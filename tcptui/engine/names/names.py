"""Holds what is known of a flow from the first bytes of either side, and from DNS."""

from typing import Final

from mypy_extensions import i32, i64, mypyc_attr

from tcptui.engine.names.owner import Owner
from tcptui.engine.packets import NO_ROW

NONE: Final[list[str]] = []
"""What flows without such names share; it stays empty."""
NO_ALERT: Final = -1
FATAL: Final = 2
TLS_1_3: Final = 0x0304


def is_address(host: str) -> bool:
    """Return whether an HTTP host is an address, with a port or not."""
    return host.startswith("[") or host.partition(":")[0].replace(".", "").isdigit()


class TlsHandshake:
    """The beginning of a TLS connection: when what passed (ns, 0: not seen), and a fatal alert.

    ``hello_began`` and ``hello_time`` are of the ClientHello's first and last bytes, ``done_time``
    is when both sides had finished, ``data_time`` when application data followed, in ``data_row``.
    ``is_followed`` is false where bytes are missing or make no sense: then no more is known.
    """

    def __init__(self, hello_began: i64, hello_time: i64, hello_row: i64) -> None:
        self.hello_began: i64 = hello_began
        self.hello_time: i64 = hello_time
        self.server_hello_time: i64 = 0
        self.done_time: i64 = 0
        self.data_time: i64 = 0
        self.hello_row: i32 = i32(hello_row)
        self.data_row: i32 = NO_ROW
        self.version: i32 = 0
        self.alert: i32 = NO_ALERT
        self.alert_row: i32 = NO_ROW
        self.alert_from_server: bool = False
        self.hello_from_server: bool = False  # the flow's server is the client of TLS
        self.is_resumed: bool = False
        self.client_gave_up: bool = False  # its last record is too short to finish with
        self.is_followed: bool = True

    def is_before_data(self, row: i64) -> bool:
        """Return whether this row has the first application data, or the handshake was finished up
        to it and no such data has come."""
        return i64(self.data_row) == row or (self.done_time != 0 and self.data_time == 0)


@mypyc_attr(acyclic=True)
class FlowNames:
    """The names of a flow; empty where they are not known.

    The rows are those of the segments that completed the hellos, the request and the banners.
    """

    def __init__(self) -> None:
        self.sni: str = ""
        self.alpn: list[str] = NONE
        self.alpn_chosen: str = ""
        self.http_host: str = ""
        self.http_method: str = ""
        self.http_path: str = ""
        self.ssh_client: str = ""
        self.ssh_server: str = ""
        self.greeting: str = ""
        self.dns: list[str] = NONE
        self.server_hello_row: i32 = NO_ROW
        self.request_row: i32 = NO_ROW
        self.tls: TlsHandshake | None = None
        self.owner: Owner | None = None

    @property
    def name(self) -> str:
        """The one name that says best whose flow it is, or an empty text; an address is none."""
        if len(self.sni) > 0:
            return self.sni
        if len(self.http_host) > 0 and not is_address(self.http_host):
            return self.http_host
        if len(self.dns) > 0:
            return self.dns[0]
        return self.greeting

    @property
    def hello_row(self) -> i64:
        """The row that completed the ClientHello, or `NO_ROW`."""
        tls = self.tls
        return NO_ROW if tls is None else i64(tls.hello_row)
