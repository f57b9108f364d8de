"""Captures with scapy's socket, without libpcap: slow, without filters, with microseconds at
best."""

import os
import sys
from typing import Any, Final

from tcptui.capture.formats.framer import NANOSECONDS
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.live.tap import Data, Tap
from tcptui.capture.pcap_writer import RECORD, file_header

ETHERNET: Final = 1
LINK_TYPES: Final = {1: ETHERNET, 772: ETHERNET, 65534: 101}
"""The link type for Linux's number of an interface's hardware: Ethernet, the loopback interface,
which has Ethernet headers, and tunnels of bare IP (tun, WireGuard)."""
SOL_PACKET: Final = 263
IGNORE_OUTGOING: Final = 23
"""Linux's PACKET_IGNORE_OUTGOING: without it, the loopback interface gives each packet twice."""


class SocketTap(Tap):
    """Captures one interface through scapy."""

    def __init__(self, name: str, options: LiveOptions) -> None:
        """Open the socket. Raises Refusal."""
        super().__init__(name)
        if options.direction:
            raise Refusal(Reason.OTHER, f"{name}: -Q needs libpcap; install it (libpcap0.8)")
        import scapy.arch  # noqa: F401  chooses the sockets of this system
        from scapy.config import conf

        conf.bufsize = options.buffer * 1024
        try:
            self.socket: Any = conf.L2listen(iface=name, promisc=options.promiscuous)
        except PermissionError as error:
            raise Refusal(Reason.PERMISSION, f"{name}: {error.strerror}") from None
        except (OSError, ValueError) as error:
            raise Refusal(Reason.INTERFACE, f"{name}: {error}") from None
        self.fd = self.socket.fileno()
        hardware = hardware_of(self.socket)
        if hardware not in LINK_TYPES:
            self.socket.close()
            raise Refusal(
                Reason.LINK_TYPE,
                f"{name}: capturing its link layer needs libpcap; install it (libpcap0.8)",
            )
        self.header = file_header(LINK_TYPES[hardware], NANOSECONDS, options.snaplen)
        self._snaplen = options.snaplen
        self._parts: list[bytes] = []
        self.notes.append(
            f"{name}: degraded, because libpcap is not installed: scapy's socket loses packets "
            "above some 10,000 a second, and its time stamps are coarse"
        )
        if name == "lo":
            self.socket.ins.setsockopt(SOL_PACKET, IGNORE_OUTGOING, 1)
        os.set_blocking(self.fd, False)

    def take_packets(self, limit: int) -> int:
        taken = 0
        while taken < limit:
            try:
                _, data, moment = self.socket.recv_raw(self._snaplen)
            except (TimeoutError, BlockingIOError):
                break
            except OSError as error:
                self.ended = True
                self.error = f"{self.name}: {error.strerror}"
                break
            if data is None:
                break
            seconds, nanoseconds = divmod(round(moment * 1_000_000) * 1000, 1_000_000_000)
            self._parts.append(RECORD.pack(seconds, nanoseconds, len(data), len(data)) + data)
            taken += 1
        return taken

    def records(self) -> Data:
        data = b"".join(self._parts)
        self._parts.clear()
        return data

    def set_filter(self, expression: str) -> None:
        if expression:
            raise Refusal(
                Reason.OTHER, "filter: capture filters need libpcap; install it (libpcap0.8)"
            )

    def close(self) -> None:
        self.socket.close()


def hardware_of(listening: Any) -> int:
    """Return Linux's number of an interface's hardware; other systems have none, and mean
    Ethernet."""
    return int(listening.ins.getsockname()[3]) if sys.platform == "linux" else ETHERNET
