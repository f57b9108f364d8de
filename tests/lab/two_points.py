"""A client, a router and a server, each a namespace with a kernel of its own, and a capture at both
hosts' interfaces: what the router drops is known to nft.

    client ── A ── router ── B ── server
"""

import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.lab.network import PORT, Host, run

NANOSECONDS = "--time-stamp-precision=nano"
OFFLOADS = "tx off rx off tso off gso off gro off"
TABLE = """table ip lab {
 chain forward { type filter hook forward priority 0; }
 chain source { type nat hook postrouting priority 100; }
}
"""
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
        self.router.set(ip_forward=1)
        with self.router.inside():
            subprocess.run(["nft", "-f", "-"], input=TABLE.encode(), check=True)
        self.apply(self.setting)

    def apply(self, setting: Setting) -> None:
        losses = (("near", setting.lost_to_server), ("far", setting.lost_to_client))
        for port, lost in losses:
            if lost:
                self.router.nft(
                    f"add rule ip lab forward iifname {port}"
                    f" numgen random mod 1000 < {lost} counter drop"
                )
        if setting.masquerade:
            self.router.nft("add rule ip lab source oifname far masquerade random")
        if setting.rate:
            self.router.run(f"tc qdisc add dev near root tbf {setting.rate}")

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
        try:
            yield
            time.sleep(1)
        finally:
            for tap in taps:
                tap.terminate()
                tap.wait()
        with self.router.inside():
            listed = subprocess.run(["nft", "list", "ruleset"], capture_output=True, check=True)
        for port, packets in DROPPED.findall(listed.stdout.decode()):
            self.dropped[port] += int(packets)

    def remove(self) -> None:
        for host in (self.client, self.router, self.server):
            subprocess.run(["ip", "netns", "del", host.namespace], capture_output=True, check=False)


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


def fetch(network: TwoPoints, sizes: Sequence[int]) -> None:
    """Send so many bytes and read the answer, on a connection for each size."""
    for size in sizes:
        caller = network.client.open_socket()
        caller.settimeout(20)
        caller.connect((network.server.address, PORT))
        caller.sendall(os.urandom(size).replace(b"\n", b".") + b"\n")
        left = network.setting.answer
        while left:
            left -= len(caller.recv(65_536))
        caller.close()


def play(name: str, folder: Path, setting: Setting) -> TwoPoints:
    """Build the network, play some downloads in it, and take it down."""
    network = TwoPoints(name, folder, setting)
    try:
        network.build()
        with network.captured():
            listener = network.server.listen()
            threading.Thread(
                target=answer_requests, args=(listener, setting.answer), daemon=True
            ).start()
            callers = [
                threading.Thread(target=fetch, args=(network, [200, 20_000, 60_000]))
                for _ in range(4)
            ]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
            listener.close()
    finally:
        network.remove()
    return network
