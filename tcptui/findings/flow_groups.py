"""Adds flows up to groups: those of a server, of a pair of hosts, and so on."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.saturation import plus
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.wireshark.flags import RESENT
from tcptui.findings.time_split import time_split
from tcptui.findings.upshot import CUT, TROUBLE, VAIN_SHIFT

WAITED_FOR: Final = ("client", "server", "tcp", "network", "in_vain")
"""For what flows of a group waited: who used the time, and what of it was waited in vain."""
NEVER_OPENED: Final = (Opening.REFUSED, Opening.UNANSWERED)
BETWEEN_NUMBERS: Final = b"\t"


class FlowWeight:
    """The weight of one flow in its group; one object serves all flows, one after the other.

    Times are in ns, ``failed`` and ``troubled`` 0 or 1, ``longest_rtt`` 0 where none is known.
    """

    def __init__(self) -> None:
        self.bytes: i64 = 0
        self.failed: i64 = 0
        self.troubled: i64 = 0
        self.packets: i64 = 0
        self.resent: i64 = 0
        self.longest_rtt: i64 = 0
        self.first: i64 = 0
        self.last: i64 = 0
        self.client: i64 = 0
        self.server: i64 = 0
        self.tcp: i64 = 0
        self.network: i64 = 0
        self.in_vain: i64 = 0

    def weigh(self, flow: Flow, upshot: i64, longest_rtt: i64) -> None:
        """Take what this flow brings; ``longest_rtt`` is that of its data's ACKs."""
        split = time_split(flow)
        self.bytes = flow.client.bytes + flow.server.bytes
        self.failed = 1 if (upshot & CUT) != 0 or opening(flow) in NEVER_OPENED else 0
        self.troubled = 1 if (upshot & TROUBLE) != 0 else 0
        self.packets = i64(flow.packets)
        self.resent = flow.count_of_any(RESENT) if flow.bits != 0 else 0
        self.longest_rtt = longest_rtt if longest_rtt > flow.irtt else flow.irtt
        self.first = flow.first_time
        self.last = flow.last_time
        self.client = split.client
        self.server = split.server
        self.tcp = split.tcp
        self.network = split.network
        self.in_vain = upshot >> VAIN_SHIFT

    def text(self) -> bytes:
        """Return the weight as text for another process, which :meth:`read` takes."""
        numbers = [
            self.bytes, self.failed, self.troubled, self.packets, self.resent, self.longest_rtt,
            self.first, self.last, self.client, self.server, self.tcp, self.network, self.in_vain,
        ]  # fmt: skip
        return BETWEEN_NUMBERS.join([str(number).encode() for number in numbers])

    def read(self, numbers: list[bytes]) -> None:
        """Take what another process wrote."""
        self.bytes = int(numbers[0])
        self.failed = int(numbers[1])
        self.troubled = int(numbers[2])
        self.packets = int(numbers[3])
        self.resent = int(numbers[4])
        self.longest_rtt = int(numbers[5])
        self.first = int(numbers[6])
        self.last = int(numbers[7])
        self.client = int(numbers[8])
        self.server = int(numbers[9])
        self.tcp = int(numbers[10])
        self.network = int(numbers[11])
        self.in_vain = int(numbers[12])


class FlowGroup:
    """The sums of the flows with one ``key``; times in ns.

    ``troubled`` counts those whose verdict is trouble, ``longest_rtt`` is 0 where none is known.
    There may be as many groups as flows: the numbers are no objects.
    """

    def __init__(self, key: bytes) -> None:
        self.key: bytes = key
        self.flows: i64 = 0
        self.bytes: i64 = 0
        self.failed: i64 = 0
        self.troubled: i64 = 0
        self.packets: i64 = 0
        self.resent: i64 = 0
        self.longest_rtt: i64 = 0
        self.first: i64 = 0
        self.last: i64 = 0
        self.client: i64 = 0
        self.server: i64 = 0
        self.tcp: i64 = 0
        self.network: i64 = 0
        self.in_vain: i64 = 0

    @property
    def waited(self) -> list[int]:
        """The times that its flows waited, in the order of WAITED_FOR."""
        return [
            int(self.client),
            int(self.server),
            int(self.tcp),
            int(self.network),
            int(self.in_vain),
        ]

    @property
    def waited_in_all(self) -> int:
        """How long its flows waited, which puts groups in order: what was waited in vain lies
        within these times, or behind a flow's last data, and adds nothing."""
        return int(self.client) + int(self.server) + int(self.tcp) + int(self.network)

    def add(self, weight: FlowWeight) -> None:
        """Add what a flow brings."""
        if self.flows == 0 or weight.first < self.first:
            self.first = weight.first
        if self.flows == 0 or weight.last > self.last:
            self.last = weight.last
        if weight.longest_rtt > self.longest_rtt:
            self.longest_rtt = weight.longest_rtt
        self.flows += 1
        self.bytes += weight.bytes
        self.failed += weight.failed
        self.troubled += weight.troubled
        self.packets += weight.packets
        self.resent += weight.resent
        self.client = plus(self.client, weight.client)
        self.server = plus(self.server, weight.server)
        self.tcp = plus(self.tcp, weight.tcp)
        self.network = plus(self.network, weight.network)
        self.in_vain = plus(self.in_vain, weight.in_vain)


class FlowGroups:
    """Holds the groups of a capture by their keys."""

    def __init__(self) -> None:
        self.by_key: dict[bytes, FlowGroup] = {}

    def add(self, key: bytes, weight: FlowWeight) -> None:
        """Add what a flow brings to the group with this key."""
        group = self.by_key.get(key)
        if group is None:
            group = FlowGroup(key)
            self.by_key[key] = group
        group.add(weight)

    def take_text(self, text: bytes, weight: FlowWeight) -> None:
        """Add a flow by its text: the key, which has no tab, and then what it brings, which
        ``weight`` takes."""
        parts = text.split(BETWEEN_NUMBERS)
        weight.read(parts[1:])
        self.add(parts[0], weight)
