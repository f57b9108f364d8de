"""Make web-loss.pcapng: downloads between two kernels, with loss: ``python -m samples.web_loss``.

    client ══ router ══ server        (network namespaces joined by veth pairs)

Python's web server gives three files to Python's web client, one after another. The capture is
taken at the client's interface. Packets are dropped at random by the router (the server's never
reach the capture) and in the client's input, after the capture saw them. The traffic never leaves
the namespaces; they are removed at the end.

Needs root, iproute2, nftables, ethtool and tcpdump. Each run gives another capture; the one in
this folder was kept because it shows many kinds of trouble in few packets.
"""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import unpack

from samples.capture_files import Record, pcapng

TARGET = Path(__file__).parent / "web-loss.pcapng"
PREFIX, DEVICE = "tcptui-sample-", "link0"
SERVER = "10.9.2.1"
NODES = ("client", "router", "server")
ENDS = (("client", "10.9.1.1", "10.9.1.2"), ("server", SERVER, "10.9.2.2"))
LOSSES = (("router", "forward"), ("client", "input"))
PORT = 8080
FILES = {"page.html": 6_000, "photo.jpg": 120_000, "book.txt": 240_000}
LINE = b"All the world is a network, and all the packets merely players.\n"
LOSS_PER_MILLE = 25
SEGMENTATION = ("tso", "gso", "gro")
TITLE = "Three downloads between two Linux kernels, with packets lost before and after this point"

LOSS_RULE = """
table ip loss {{
    chain drops {{
        type filter hook {hook} priority 0;
        numgen random mod 1000 < {per_mille} drop
    }}
}}
"""


def run(*command: str, text: str | None = None) -> None:
    subprocess.run(command, check=True, input=text, text=True)


def inside(node: str, *command: str) -> list[str]:
    """The command line that runs a command in a node's namespace."""
    return ["ip", "netns", "exec", PREFIX + node, *command]


@contextmanager
def network() -> Iterator[None]:
    """A client and a server that reach each other through a router, and lose packets."""
    try:
        for node in NODES:
            run("ip", "netns", "add", PREFIX + node)
        for end, address, gateway in ENDS:
            link = f"{end} netns {PREFIX}router type veth peer name {DEVICE} netns {PREFIX}{end}"
            run("ip", "link", "add", *link.split())
            join(end, DEVICE, address)
            join("router", end, gateway)
            run(*inside(end, "ip", "route", "add", "default", "via", gateway))
        run(*inside("router", "sysctl", "-q", "net.ipv4.ip_forward=1"))
        for node, hook in LOSSES:
            rule = LOSS_RULE.format(hook=hook, per_mille=LOSS_PER_MILLE)
            run(*inside(node, "nft", "-f", "-"), text=rule)
        yield
    finally:
        for node in NODES:
            subprocess.run(["ip", "netns", "delete", PREFIX + node])


def join(node: str, device: str, address: str) -> None:
    """Give a device its address, and frames no longer than the wire allows."""
    run(*inside(node, "ip", "address", "add", f"{address}/24", "dev", device))
    run(*inside(node, "ip", "link", "set", device, "up"))
    for feature in SEGMENTATION:
        run(*inside(node, "ethtool", "-K", device, feature, "off"))


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    """A program that is interrupted at the end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def records(capture: Path) -> Iterator[Record]:
    """The packets of a little-endian pcap file with nanosecond stamps."""
    data = capture.read_bytes()
    at = 24
    while at < len(data):
        seconds, fraction, size, _ = unpack("<IIII", data[at : at + 16])
        yield Record(seconds * 1_000_000_000 + fraction, data[at + 16 : at + 16 + size])
        at += 16 + size


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, network():
        capture = Path(folder, "web.pcap")
        for name, size in FILES.items():
            Path(folder, name).write_bytes((LINE * (size // len(LINE) + 1))[:size])
        tcpdump = f"tcpdump -i {DEVICE} --time-stamp-precision nano -U -w"
        server = [sys.executable, "-m", "http.server", str(PORT), "-b", SERVER, "-d", folder]
        with (
            running(inside("client", *tcpdump.split(), str(capture), "tcp")),
            running(inside("server", *server)),
        ):
            for name in FILES:
                url = f"http://{SERVER}:{PORT}/{name}"
                fetch = f"import urllib.request as web; web.urlopen('{url}').read()"
                run(*inside("client", sys.executable, "-c", fetch))
            time.sleep(1)
        TARGET.write_bytes(pcapng(records(capture), TITLE))


if __name__ == "__main__":
    main()
