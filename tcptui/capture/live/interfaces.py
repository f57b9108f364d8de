"""Lists the interfaces of this machine: their names, what they are, and how much traffic they
have."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tcptui.capture.errors import CaptureError
from tcptui.capture.live import libpcap
from tcptui.escapes import visible

LOOPBACK: Final = 1
UP: Final = 2
RUNNING: Final = 4
WIRELESS: Final = 8
CONNECTION: Final = 0x30
CONNECTIONS: Final = {0x10: "Connected", 0x20: "Disconnected"}
FLAGS: Final = ((UP, "Up"), (RUNNING, "Running"), (LOOPBACK, "Loopback"), (WIRELESS, "Wireless"))

COUNTERS: Final = Path("/proc/net/dev")
NETWORK_KINDS: Final = ("bluetooth", "usbmon", "nflog", "nfqueue", "dbus")
"""The names of libpcap's devices that carry no TCP/IP begin like this."""


@dataclass(frozen=True)
class NetworkInterface:
    """An interface that can be captured."""

    name: str
    description: str
    flags: int

    @property
    def state(self) -> list[str]:
        """The state as tcpdump -D says it, like Up, Running, Loopback, Connected."""
        words = [word for bit, word in FLAGS if self.flags & bit]
        connection = CONNECTIONS.get(self.flags & CONNECTION)
        return [*words, connection] if connection else words

    @property
    def is_network(self) -> bool:
        """Whether IP can pass there."""
        return not self.name.startswith(NETWORK_KINDS)


@dataclass(frozen=True)
class Traffic:
    """The bytes and packets of an interface since it came up, both ways."""

    bytes: int
    packets: int


def interfaces() -> list[NetworkInterface]:
    """Return all interfaces that can be captured, the likeliest first. Raises CaptureError."""
    try:
        return [NetworkInterface(*one) for one in libpcap.devices()]
    except (libpcap.Missing, libpcap.PcapError) as error:
        raise CaptureError(str(error), "interfaces", "install libpcap (libpcap0.8)") from None


def traffic() -> dict[str, Traffic]:
    """Return the counters by interface name; none where the system does not tell (not Linux)."""
    try:
        lines = COUNTERS.read_text().splitlines()[2:]
    except OSError:
        return {}
    counted = {}
    for line in lines:
        name, _, values = line.partition(":")
        numbers = [int(value) for value in values.split()]
        counted[name.strip()] = Traffic(numbers[0] + numbers[8], numbers[1] + numbers[9])
    return counted


def listing() -> str:
    """Return the lines of `tcptui -D`, as tcpdump prints them. Raises CaptureError."""
    return "".join(
        f"{number}.{visible(one.name)}"
        + (f" ({visible(one.description)})" if one.description else "")
        + (f" [{', '.join(one.state)}]" if one.state else "")
        + "\n"
        for number, one in enumerate(interfaces(), 1)
    )
