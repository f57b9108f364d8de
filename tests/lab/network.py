"""Two kernels and a wire between them: network namespaces, with a tap at the client.

A third namespace is the wire: a bridge whose two sides can be slow. What :meth:`Host.drop`
discards on the client's ``output`` or on the server's never passes the tap; what either host
discards on ``input`` was captured before.
"""

import ctypes
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

OWN_NAMESPACE = Path("/proc/thread-self/ns/net")
OWN_TABLE = Path("/proc/thread-self/net/tcp")
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
PORT = 8080
OWN = os.getpid() % 200
"""A part of addresses, so that tests of other processes, which run at the same time, have others:
who looks into all network namespaces would find both."""
SIDES = ("to-client", "to-server")
QUIET = 0.025
"""Seconds without a packet before and after a look at the kernel's table, so that nothing is
on its way."""
SLOW_QUIET = 0.5
FILLERS = (b"." * 1458, b"." * 400)
"""UDP packets: the first takes the whole burst of :meth:`Lab.slow_down`, the second then holds
up what comes behind it."""


def run(command: str) -> None:
    """A command that must succeed."""
    subprocess.run(command.split(), check=True, capture_output=True)


def possible() -> str:
    """Why there can be no lab here; empty if there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    probe = f"tcptui-probe-{os.getpid()}"
    try:
        run(f"ip netns add {probe}")
        run(f"ip netns del {probe}")
        run("tcpdump --version")
        run("nft --version")
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no network namespaces: {error}"
    return ""


class Host:
    """One end: a namespace with its address."""

    def __init__(self, namespace: str, address: str, interface: str) -> None:
        self.namespace = namespace
        self.address = address
        self.interface = interface
        self.sockets: list[socket.socket] = []

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread opens or starts meanwhile belongs to the namespace."""
        with OWN_NAMESPACE.open() as home, Path("/run/netns", self.namespace).open() as it:
            if LIBC.setns(it.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            try:
                yield
            finally:
                LIBC.setns(home.fileno(), CLONE_NEWNET)

    def run(self, command: str) -> None:
        """A command inside the namespace."""
        with self.inside():
            run(command)

    def set(self, **sysctls: int) -> None:
        """Settings below net.ipv4."""
        for name, value in sysctls.items():
            self.run(f"sysctl -qw net.ipv4.{name}={value}")

    def open_socket(self, port: int = 0) -> socket.socket:
        """A TCP socket of this host, bound to ``port``."""
        with self.inside():
            opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((self.address, port))
        self.sockets.append(opened)
        return opened

    def listen(self) -> socket.socket:
        """A listening socket on PORT."""
        listener = self.open_socket(PORT)
        listener.listen()
        return listener

    def drop(self, chain: str, rule: str) -> None:
        """Discard what matches: ``input`` or ``output``, and a match of nft."""
        self.nft(f"add rule ip lab {chain} {rule} drop")

    def nft(self, command: str) -> None:
        """Change what the namespace lets through."""
        with self.inside():
            subprocess.run(["nft", command], check=True, capture_output=True)

    def let_through(self) -> None:
        """Discard nothing any more."""
        self.nft("flush table ip lab")

    def send_filler(self, to: "Host") -> None:
        """UDP packets that make the next ones wait (see :meth:`Lab.slow_down`)."""
        with self.inside():
            filler = socket.socket(type=socket.SOCK_DGRAM)
        for payload in FILLERS:
            filler.sendto(payload, (to.address, 9))
        filler.close()


class Lab:
    """Both hosts, the capture and a sampler of both kernels' states."""

    def __init__(self, name: str, number: int, folder: Path) -> None:
        self.name = name
        self.path = folder / f"{name}.pcap"
        tag = f"tcptui-{os.getpid()}-{number}"
        self.client = Host(f"{tag}-c", "10.9.0.1", "wire")
        self.server = Host(f"{tag}-s", "10.9.0.2", "wire")
        self.hosts = (self.client, self.server)
        self.wire = Host(f"{tag}-w", "", "")
        self.quiet = QUIET
        self.samples: list[Sample] = []
        self.stopped = threading.Event()

    @contextmanager
    def running(self) -> Iterator["Lab"]:
        """Build it, capture and sample while the body runs, and take it down."""
        try:
            self.build()
            tap = self.start_capture()
            samplers = [threading.Thread(target=self.sample, args=(host,)) for host in self.hosts]
            for sampler in samplers:
                sampler.start()
            try:
                yield self
                time.sleep(0.2 + self.quiet)
            finally:
                self.stopped.set()
                for sampler in samplers:
                    sampler.join()
                tap.terminate()
                tap.wait()
        finally:
            for host in (*self.hosts, self.wire):
                subprocess.run(["ip", "netns", "del", host.namespace], capture_output=True)
            for opened in (*self.client.sockets, *self.server.sockets):
                opened.close()

    def build(self) -> None:
        for host in (*self.hosts, self.wire):
            run(f"ip netns add {host.namespace}")
            host.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
        self.wire.run("ip link add bridge type bridge")
        self.wire.run("ip link set bridge up")
        for host, side in zip(self.hosts, SIDES, strict=True):
            run(
                f"ip link add {side} netns {self.wire.namespace} type veth"
                f" peer name wire netns {host.namespace}"
            )
            self.wire.run(f"ip link set {side} master bridge up")
            host.run(f"ip addr add {host.address}/24 dev wire")
            host.run("ip link set wire up")
            host.run("nft add table ip lab")
            for chain in ("input", "output"):
                host.nft(f"add chain ip lab {chain} {{ type filter hook {chain} priority 0; }}")
        # Learn the neighbours before anything is dropped or slow.
        for host, peer in (self.hosts, self.hosts[::-1]):
            host.send_filler(peer)
        time.sleep(0.05)

    def start_capture(self) -> "subprocess.Popen[bytes]":
        with self.client.inside():
            tap = subprocess.Popen(
                ["tcpdump", "-i", "wire", "--immediate-mode", "-U", "-n", "-w", self.path, "tcp"],
                stderr=subprocess.PIPE,
            )
        assert tap.stderr
        while b"listening on" not in tap.stderr.readline():
            pass
        return tap

    def sample(self, host: Host) -> None:
        """Read the kernel's table again and again: what ``ss -tan`` prints."""
        with host.inside():
            while not self.stopped.is_set():
                began = time.time()
                lines = OWN_TABLE.read_text().splitlines()[1:]
                self.samples.append(Sample(host, began, time.time(), lines))
                time.sleep(0.03)

    @property
    def longest_pause(self) -> float:
        """Seconds between two looks at a kernel's table, the most there were: how long this
        machine let everything wait."""
        moments = [[one.began for one in self.samples if one.host is host] for host in self.hosts]
        return max(later - sooner for each in moments for sooner, later in pairwise(each))

    def slow_down(self) -> None:
        """From now on a segment takes 10 to 60 ms through the wire."""
        self.quiet = SLOW_QUIET
        for side in SIDES:
            self.wire.run(f"tc qdisc add dev {side} root tbf rate 64kbit burst 1540 limit 100000")
        for host, peer in (self.hosts, self.hosts[::-1]):
            host.send_filler(peer)

    def speed_up(self) -> None:
        """The wire is fast again."""
        for side in SIDES:
            self.wire.run(f"tc qdisc del dev {side} root")

    def connect(
        self, listener: socket.socket, port: int = 0
    ) -> tuple[socket.socket, socket.socket]:
        """The client's and the server's end of a new connection."""
        caller = self.client.open_socket(port)
        caller.connect((self.server.address, PORT))
        return caller, self.accept(listener)

    def accept(self, listener: socket.socket) -> socket.socket:
        """The server's end of a connection; it stays open to the end."""
        accepted, _ = listener.accept()
        self.server.sockets.append(accepted)
        return accepted


class Sample:
    """The kernel's TCP table of one host, read between two moments (epoch seconds)."""

    NAMES = (
        "", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
        "CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECEIVED",
    )  # fmt: skip

    def __init__(self, host: Host, began: float, ended: float, lines: list[str]) -> None:
        self.host = host
        self.began = began
        self.ended = ended
        self.rows = [line.split()[1:4] for line in lines]

    def state(self, port: int, peer_port: int) -> str:
        """Of the socket with these ports; without one LISTEN or CLOSED."""
        found = "CLOSED"
        for local, remote, number in self.rows:
            if int(local.split(":")[1], 16) != port:
                continue
            if int(remote.split(":")[1], 16) == peer_port:
                return self.NAMES[int(number, 16)]
            if self.NAMES[int(number, 16)] == "LISTEN":
                found = "LISTEN"
        return found
