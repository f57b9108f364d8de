"""Adds flows up to groups: those of a server, of a pair of hosts, and so on.

What a flow brings to its group is a list of numbers, so that another process can send it as text.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.saturation import plus
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.wireshark.flags import RESENT
from tcptui.findings.judgement import Judgement
from tcptui.findings.verdict import Verdict

WAITED_FOR: Final = ("client", "server", "tcp", "network", "in_vain")
"""For what flows of a group waited: who used the time, and what of it was waited in vain."""
NEVER_OPENED: Final = (Opening.REFUSED, Opening.UNANSWERED)
BETWEEN_NUMBERS: Final = b"\t"


def has_failed(judged: Judgement) -> bool:
    """Return whether a flow was refused, not answered, or cut."""
    return opening(judged.flow) in NEVER_OPENED or judged.is_cut()


def weight_of(judged: Judgement, longest_rtt: int) -> list[int]:
    """Return what a flow brings to its group; ``longest_rtt`` (ns) is that of its data's ACKs, 0
    where none is known. The order is that of :meth:`FlowGroup.add`."""
    flow, split, vain = judged.flow, judged.split(), judged.vain()
    return [
        int(flow.client.bytes) + int(flow.server.bytes),
        int(has_failed(judged)),
        int(judged.verdict() is Verdict.TROUBLE),
        int(flow.packets),
        int(flow.count_of_any(RESENT)),
        max(int(longest_rtt), int(flow.irtt)),
        int(flow.first_time),
        int(flow.last_time),
        int(split.client),
        int(split.server),
        int(split.tcp),
        int(split.network),
        0 if vain is None else int(vain.lasted),
    ]


def weight_text(key: bytes, weight: list[int]) -> bytes:
    """Return a flow's key, which has no tab, and what it brings, as :meth:`FlowGroups.take_text`
    reads them."""
    return key + BETWEEN_NUMBERS + "\t".join([str(number) for number in weight]).encode()


class FlowGroup:
    """The sums of the flows with one ``key``; times in ns.

    ``troubled`` counts those whose verdict is trouble, ``worst_rtt`` is 0 where none is known.
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
        self.worst_rtt: i64 = 0
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

    def add(self, weight: list[int]) -> None:
        """Add what a flow brings."""
        first, last = i64(weight[6]), i64(weight[7])
        if self.flows == 0 or first < self.first:
            self.first = first
        if self.flows == 0 or last > self.last:
            self.last = last
        self.flows += 1
        self.bytes += i64(weight[0])
        self.failed += i64(weight[1])
        self.troubled += i64(weight[2])
        self.packets += i64(weight[3])
        self.resent += i64(weight[4])
        rtt = i64(weight[5])
        if rtt > self.worst_rtt:
            self.worst_rtt = rtt
        self.client = plus(self.client, i64(weight[8]))
        self.server = plus(self.server, i64(weight[9]))
        self.tcp = plus(self.tcp, i64(weight[10]))
        self.network = plus(self.network, i64(weight[11]))
        self.in_vain = plus(self.in_vain, i64(weight[12]))


class FlowGroups:
    """Holds the groups of a capture by their keys."""

    def __init__(self) -> None:
        self.by_key: dict[bytes, FlowGroup] = {}

    def add(self, key: bytes, weight: list[int]) -> None:
        """Add what a flow brings to the group with this key."""
        group = self.by_key.get(key)
        if group is None:
            group = FlowGroup(key)
            self.by_key[key] = group
        group.add(weight)

    def take_text(self, text: bytes) -> None:
        """Add a flow by its text."""
        parts = text.split(BETWEEN_NUMBERS)
        self.add(parts[0], [int(part) for part in parts[1:]])
