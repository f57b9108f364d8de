"""A client, a router and a server, each a namespace with a kernel of its own, and a capture at both
hosts' interfaces: what the router drops is known to nft.

    client ── A ── router ── B ── server
"""

import os
import random
import re
import select
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.lab.network import PORT, Host, run

OFFLOADS = "tx off rx off tso off gso off gro off"
TABLE = """table ip lab {
 chain forward { type filter hook forward priority 0; }
 chain source { type nat hook postrouting priority 100; }
}
"""
ETH_P_IP, SO_RCVBUFFORCE, ACK = 0x0800, 33, 0x10
HELD_SECONDS = 0.005
"""After so long without a packet the relay passes what it holds."""
LATER = 3
"""So many others pass before what the relay holds."""
DROPPED = re.compile(r'iifname "(\w+)".* counter packets (\d+) ')


class Setting(NamedTuple):
    """How the way is: what it loses of 1,000 packets to the server and to the client, and more."""

    lost_to_server: int = 0
    lost_to_client: int = 0
    masquerade: bool = False
    offload_at_server: bool = False
    snaplen: int = 0
    rate: str = ""
    """A token bucket in front of the client, as tc has it."""
    answer: int = 150_000
    rule: str = ""
    """What else the router does while it forwards, as nft has it."""
    relay: "RelaySetting | None" = None
    """What a relay in the router's place does; it forwards packets by itself then."""


class RelaySetting(NamedTuple):
    """What a relay does: how many of 1,000 segments it doubles, how many with payload to the client
    it makes late, by how much it makes the server's sequence numbers larger, and the largest IP
    packet it passes
    (it says nothing of those it does not pass)."""

    twice: int = 0
    late: int = 0
    shift: int = 0
    largest: int = 0


class TwoPoints:
    """The network while it stands; ``dropped`` holds what the router dropped, to the server and to
    the client, once all is played."""

    def __init__(self, name: str, folder: Path, setting: Setting) -> None:
        tag = f"tb{os.getpid() % 10_000}"
        self.setting = setting
        self.client = Host(f"{tag}-c", "10.1.0.1", "wire")
        self.router = Host(f"{tag}-r", "", "")
        self.server = Host(f"{tag}-s", "10.2.0.1", "wire")
        self.files = (folder / f"{name}-a.pcap", folder / f"{name}-b.pcap")
        self.dropped = {"near": 0, "far": 0}
        self.relay = Relay(setting.relay, self.router) if setting.relay is not None else None

    def build(self) -> None:
        hosts = ((self.client, "near", "10.1.0"), (self.server, "far", "10.2.0"))
        for host in (self.client, self.router, self.server):
            run(f"ip netns add {host.namespace}")
            host.run("ip link set lo up")
        for host, port, net in hosts:
            run(
                f"ip link add wire netns {host.namespace} type veth"
                f" peer name {port} netns {self.router.namespace}"
            )
            host.run(f"ip addr add {net}.1/24 dev wire")
            host.run("ip link set wire up")
            self.router.run(f"ip addr add {net}.254/24 dev {port}")
            self.router.run(f"ip link set {port} up")
            host.run(f"ip route add default via {net}.254")
            if not (self.setting.offload_at_server and host is self.server):
                host.run(f"ethtool -K wire {OFFLOADS}")
            self.router.run(f"ethtool -K {port} {OFFLOADS}")
        self.router.set(ip_forward=int(self.relay is None))
        if self.setting.relay is not None:
            for host in (self.client, self.server):
                host.set(tcp_sack=int(not self.setting.relay.shift), tcp_mtu_probing=1)
        with self.router.inside():
            subprocess.run(["nft", "-f", "-"], input=TABLE.encode(), check=True)

    def begin_losses(self) -> None:
        """Make the way as the setting has it."""
        setting = self.setting
        losses = (("near", setting.lost_to_server), ("far", setting.lost_to_client))
        for port, lost in losses:
            if lost:
                self.router.nft(
                    f"add rule ip lab forward iifname {port}"
                    f" numgen random mod 1000 < {lost} counter drop"
                )
        if setting.rule:
            self.router.nft(f"add rule ip lab forward {setting.rule}")
        if setting.masquerade:
            self.router.nft("add rule ip lab source oifname far masquerade random")
        if setting.rate:
            self.router.run(f"tc qdisc add dev near root tbf {setting.rate}")

    def end_losses(self) -> None:
        """Let everything pass."""
        self.router.nft("insert rule ip lab forward accept")

    @contextmanager
    def captured(self) -> Iterator[None]:
        """Capture at both hosts while the body runs."""
        taps = []
        for host, path, extra in (
            (self.client, self.files[0], f"-s {self.setting.snaplen}"),
            (self.server, self.files[1], ""),
        ):
            with host.inside():
                command = (
                    f"tcpdump -i wire --time-stamp-precision=nano -B 65536 {extra} -w {path} tcp"
                )
                taps.append(subprocess.Popen(command.split(), stderr=subprocess.PIPE))
        for tap in taps:
            assert tap.stderr is not None
            tap.stderr.readline()
        if self.relay is not None:
            self.relay.start()
        try:
            yield
            time.sleep(1)
        finally:
            for tap in taps:
                tap.terminate()
                tap.wait()
            if self.relay is not None:
                self.relay.stop()
        with self.router.inside():
            listed = subprocess.run(["nft", "list", "ruleset"], capture_output=True, check=True)
        for port, packets in DROPPED.findall(listed.stdout.decode()):
            self.dropped[port] += int(packets)

    def remove(self) -> None:
        for host in (self.client, self.router, self.server):
            subprocess.run(["ip", "netns", "del", host.namespace], capture_output=True, check=False)


class Passed(NamedTuple):
    """A segment with payload on its way through the relay: its flow, and its number among those
    that came."""

    flow: bytes
    number: int


class Relay:
    """Passes packets between the router's ports by itself, so that all it does is known."""

    def __init__(self, setting: RelaySetting, router: Host) -> None:
        self.setting = setting
        self.random = random.Random(1)
        self.twice = self.dropped = 0
        self.passed: list[Passed] = []
        self.held: list[tuple[Passed, bytes]] = []
        self.came = 0
        self.router = router
        self.ports: list[socket.socket] = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    @property
    def late(self) -> int:
        """How many segments one of the same flow that came later overtook."""
        latest: dict[bytes, int] = {}
        overtaken = 0
        for flow, number in self.passed:
            overtaken += number < latest.get(flow, -1)
            latest[flow] = max(number, latest.get(flow, -1))
        return overtaken

    def start(self) -> None:
        with self.router.inside():
            for name in ("near", "far"):
                port = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
                port.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 25)
                port.bind((name, ETH_P_IP))
                self.ports.append(port)
            self.out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.thread.start()

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join()
        for port in (*self.ports, self.out):
            port.close()

    def work(self) -> None:
        while not self.stopped.is_set():
            ready, _, _ = select.select(self.ports, [], [], HELD_SECONDS)
            for port in ready:
                data, (_, _, kind, *_) = port.recvfrom(70_000)
                if kind == socket.PACKET_HOST and data[9] == socket.IPPROTO_TCP:
                    self.take(bytearray(data), port is self.ports[1])
            if not ready:
                self.release(len(self.held))

    def take(self, packet: bytearray, to_client: bool) -> None:
        """Pass a packet, as the setting has it."""
        setting = self.setting
        if setting.largest and len(packet) > setting.largest and to_client:
            self.dropped += 1
            return
        if setting.shift:
            shift_number(packet, 4 if to_client else 8, setting.shift * (1 if to_client else -1))
        if not to_client or not has_payload(packet):
            self.pass_now(packet)
            return
        this = Passed(bytes(packet[16:20] + packet[20:24]), self.came)
        self.came += 1
        if self.random.randrange(1000) < setting.late:
            self.held.append((this, bytes(packet)))
            return
        self.pass_now(packet)
        self.passed.append(this)
        if len(self.held) and this.number >= self.held[0][0].number + LATER:
            self.release(1)

    def pass_now(self, packet: bytearray) -> None:
        """Pass a segment, or make two of it; the kernel numbers one without identification anew
        each time."""
        self.send(packet)
        if packet[4:6] != bytes(2) and self.random.randrange(1000) < self.setting.twice:
            self.twice += 1
            self.send(packet)

    def release(self, number: int) -> None:
        for this, packet in self.held[:number]:
            self.send(packet)
            self.passed.append(this)
        del self.held[:number]

    def send(self, packet: bytes | bytearray) -> None:
        self.out.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))


def has_payload(packet: bytearray) -> bool:
    """Whether an IPv4 packet without options carries payload, or a FIN."""
    return len(packet) > 20 + (packet[32] >> 4 << 2) or bool(packet[33] & 1)


def shift_number(packet: bytearray, at: int, shift: int) -> None:
    """Make a number of the TCP header larger, and its checksum right (RFC 1624)."""
    if at == 8 and not packet[33] & ACK:
        return
    start = 20 + at
    old = int.from_bytes(packet[start : start + 4])
    new = old + shift & 0xFFFFFFFF
    packet[start : start + 4] = new.to_bytes(4)
    total = ~int.from_bytes(packet[36:38]) & 0xFFFF
    total += (~old & 0xFFFF) + (~old >> 16 & 0xFFFF) + (new & 0xFFFF) + (new >> 16)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    packet[36:38] = (~total & 0xFFFF).to_bytes(2)


def answer_requests(listener: socket.socket, size: int) -> None:
    """Answer each line of each connection with so many bytes, until the listener is closed."""
    while True:
        try:
            accepted, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=answer, args=(accepted, size), daemon=True).start()


def answer(accepted: socket.socket, size: int) -> None:
    with accepted:
        while request := accepted.recv(65_536):
            if request.endswith(b"\n"):
                accepted.sendall(os.urandom(size))


def fetch(network: TwoPoints, sizes: Sequence[int], rest: float) -> None:
    """Send so many bytes and read the answer, on a connection for each size, with rests between."""
    for size in sizes:
        caller = network.client.open_socket()
        caller.settimeout(20)
        caller.connect((network.server.address, PORT))
        caller.sendall(os.urandom(size).replace(b"\n", b".") + b"\n")
        left = network.setting.answer
        while left:
            left -= len(caller.recv(65_536))
        caller.close()
        time.sleep(rest)


def show_that_both_capture(network: TwoPoints) -> None:
    """Make a connection of which nothing is lost: what is lost first or last could else have been
    sent before the other capture began, or behind its end."""
    caller = network.client.open_socket()
    caller.settimeout(20)
    caller.connect((network.server.address, PORT))
    caller.close()


def play(
    name: str,
    folder: Path,
    setting: Setting,
    sizes: Sequence[int] = (200, 20_000, 60_000),
    callers: int = 4,
    rest: float = 0,
) -> TwoPoints:
    """Build the network, play some downloads in it, and take it down."""
    network = TwoPoints(name, folder, setting)
    try:
        network.build()
        with network.captured():
            listener = network.server.listen()
            threading.Thread(
                target=answer_requests, args=(listener, setting.answer), daemon=True
            ).start()
            if network.relay is None:
                show_that_both_capture(network)
                network.begin_losses()
            fetchers = [
                threading.Thread(target=fetch, args=(network, sizes, rest)) for _ in range(callers)
            ]
            for fetcher in fetchers:
                fetcher.start()
            for fetcher in fetchers:
                fetcher.join()
            if network.relay is None:
                time.sleep(1)
                network.end_losses()
                show_that_both_capture(network)
            listener.close()
    finally:
        network.remove()
    return network
