#!/usr/bin/env python3
"""Make a big capture of real web traffic with loss, between kernels on this machine.

    client ── left ══ right ── server        (network namespaces joined by veth pairs)

nginx serves files of 1 to 64 kB, the client fetches each on a connection of its own, and both
routers drop packets at random while forwarding. tcpdump listens between the routers, so some
losses happen before and some after the point of capture, in both directions.

Needs root, iproute2, nftables, ethtool, nginx and tcpdump. The traffic never leaves the
namespaces; they are removed at the end, also after an error. With the defaults: about
48,000 connections, 1.2 million packets, 700 MB, half a minute.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SERVER = "10.9.3.2"
SMALLEST, LARGEST, FILES = 1_000, 64_000, 2_000
SMALL_FILE_BIAS = 1.4
SEGMENTATION = ("tso", "gso", "gro", "lro")
PREFIX = "tcptui-"
SETTLE_SECONDS, TIMEOUT_SECONDS = 2, 600

LINKS = (
    (("client", "10.9.1.1"), ("left", "10.9.1.2")),
    (("left", "10.9.2.1"), ("right", "10.9.2.2")),
    (("right", "10.9.3.1"), ("server", SERVER)),
)
NODES = ("client", "left", "right", "server")
ROUTERS = ("left", "right")
ROUTES = {
    "client": ("default", "10.9.1.2"),
    "left": ("10.9.3.0/24", "10.9.2.2"),
    "right": ("10.9.1.0/24", "10.9.2.1"),
    "server": ("default", "10.9.3.1"),
}

LOSS_RULE = """
table ip loss {{
    chain forward {{
        type filter hook forward priority 0;
        numgen random mod 1000 < {per_mille} drop
    }}
}}
"""

NGINX_CONFIG = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_timeout 0;
    server {{
        listen {address}:80 backlog=4096;
        root {folder}/files;
    }}
}}
"""


def run(*command: str, text: str | None = None) -> None:
    subprocess.run(command, check=True, input=text, text=True)


def inside(node: str, *command: str) -> list[str]:
    """The command line that runs a command in one node's network namespace."""
    return ["ip", "netns", "exec", PREFIX + node, *command]


def interface(node: str, peer: str) -> str:
    return f"{node}-{peer}"


def join(ends: Sequence[tuple[str, str]]) -> None:
    """Join two nodes by a veth pair that carries segments as they would be on a wire."""
    (left, _), (right, _) = ends
    names = {left: interface(left, right), right: interface(right, left)}
    peer = ("peer", "name", names[right], "netns", PREFIX + right)
    run("ip", "link", "add", names[left], "netns", PREFIX + left, "type", "veth", *peer)
    for node, address in ends:
        run(*inside(node, "ip", "address", "add", f"{address}/24", "dev", names[node]))
        run(*inside(node, "ip", "link", "set", names[node], "up"))
        for feature in SEGMENTATION:
            run(*inside(node, "ethtool", "-K", names[node], feature, "off"))


@contextmanager
def network(per_mille: int) -> Iterator[None]:
    """Four namespaces in a row, the two in the middle losing packets; removed on exit."""
    try:
        for node in NODES:
            run("ip", "netns", "add", PREFIX + node)
        for ends in LINKS:
            join(ends)
        for node, (target, gateway) in ROUTES.items():
            run(*inside(node, "ip", "route", "add", target, "via", gateway))
        for router in ROUTERS:
            run(*inside(router, "sysctl", "-qw", "net.ipv4.ip_forward=1"))
            run(*inside(router, "nft", "-f", "-"), text=LOSS_RULE.format(per_mille=per_mille))
        run(*inside("client", "sysctl", "-qw", "net.ipv4.ip_local_port_range=2048 65535"))
        run(*inside("server", "sysctl", "-qw", "net.core.somaxconn=4096"))
        yield
    finally:
        for node in NODES:
            subprocess.run(["ip", "netns", "delete", PREFIX + node], check=False)


@contextmanager
def process(node: str, command: Sequence[str], stop: signal.Signals) -> Iterator[None]:
    """A process in a node that runs beside the block and is stopped, and waited for, after it."""
    child = subprocess.Popen(inside(node, *command))
    time.sleep(SETTLE_SECONDS)
    try:
        if child.poll() is not None:
            raise SystemExit(f"{command[0]} ended at once, exit code {child.returncode}")
        yield
    finally:
        child.send_signal(stop)
        child.wait(timeout=60)


def write_site(folder: Path) -> Path:
    """Write files of random content, many small and few large ones, and a configuration for
    nginx; returns the configuration's path."""
    chooser = random.Random(1)
    (folder / "files").mkdir()
    for number in range(FILES):
        size = round(SMALLEST * (LARGEST / SMALLEST) ** (chooser.random() ** SMALL_FILE_BIAS))
        (folder / "files" / str(number)).write_bytes(chooser.randbytes(size))
    folder.chmod(0o755)
    config = folder / "nginx.conf"
    config.write_text(NGINX_CONFIG.format(folder=folder, address=SERVER))
    return config


def listener(target: Path) -> list[str]:
    """tcpdump between the routers, with a kernel buffer (in KiB) that loses nothing."""
    options = "-n -s 0 -B 131072 -c 3000000 -Z root".split()
    return ["tcpdump", "-i", interface("left", "right"), *options, "-w", str(target)]


def make_capture(target: Path, connections: int, parallel: int, per_mille: int) -> None:
    fetch_all = [sys.executable, str(Path(__file__).with_name("web_client.py")), SERVER]
    fetch_all += map(str, (connections, FILES, parallel))
    with tempfile.TemporaryDirectory() as folder, network(per_mille):
        serve = ["nginx", "-c", str(write_site(Path(folder)))]
        with (
            process("server", serve, signal.SIGQUIT),
            process("left", listener(target), signal.SIGINT),
        ):
            subprocess.run(inside("client", *fetch_all), check=True, timeout=TIMEOUT_SECONDS)
            time.sleep(SETTLE_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("target", type=Path, help="the pcap file to write")
    parser.add_argument("--connections", type=int, default=48_000)
    parser.add_argument("--parallel", type=int, default=128, help="connections at a time")
    parser.add_argument("--loss", type=int, default=8, help="packets in 1000 lost at each router")
    arguments = parser.parse_args()
    make_capture(
        arguments.target.resolve(), arguments.connections, arguments.parallel, arguments.loss
    )


if __name__ == "__main__":
    main()
