"""How many packets a second are captured without loss, and what one costs: tcptui and tcpdump.

    python benchmarks/live_rate.py [--seconds 20] [RATE …]        (as root, on Linux)

Two namespaces and a wire between them: TCP segments are sent at each rate (50000 where none is
given) to an interface that the program captures on: first tcpdump, then tcptui with its screen in
tmux, then both at once.
"""

import ctypes as c
import os
import re
import socket
import subprocess
import sys
import time
from getopt import gnu_getopt
from pathlib import Path
from typing import Final

from benchmarks.rolling import PACKETS, RECORD, SIZE, Round

HERE: Final = "tcptui-rate-here"
THERE: Final = "tcptui-rate-there"
TERMINAL: Final = "tcptui-rate"
AT_ONCE: Final = 32
ROOT: Final = Path(__file__).parents[1]
CAPTURE: Final = "tcptui.capture.live.process"


def run(command: str) -> str:
    """What a command prints; it must succeed."""
    return subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout


def build() -> None:
    """The namespaces and the wire."""
    for name in (HERE, THERE):
        run(f"ip netns add {name}")
        run(f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
    run(f"ip link add wire netns {HERE} type veth peer name wire netns {THERE}")
    for name in (HERE, THERE):
        run(f"ip -n {name} link set wire up")


class Piece(c.Structure):
    """struct iovec."""

    _fields_ = (("base", c.c_char_p), ("length", c.c_size_t))


class Message(c.Structure):
    """struct mmsghdr."""

    _fields_ = (
        ("name", c.c_void_p),
        ("name_length", c.c_uint),
        ("pieces", c.POINTER(Piece)),
        ("piece_count", c.c_size_t),
        ("control", c.c_void_p),
        ("control_length", c.c_size_t),
        ("flags", c.c_int),
        ("sent", c.c_uint),
    )


def messages() -> "c.Array[Message]":
    """A thousand connections, for sendmmsg(2)."""
    data = bytes(Round().records(0))
    frames = [data[at + 16 : at + 16 + SIZE] for at in range(0, PACKETS * RECORD, RECORD)]
    found = (Message * PACKETS)()
    for message, frame in zip(found, frames, strict=True):
        message.pieces = c.pointer(Piece(frame, SIZE))
        message.piece_count = 1
    return found


def send(rate: int, seconds: int) -> None:
    """Send so many segments a second; prints how many that were, and the rate."""
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind(("wire", 0))
    sendmmsg = c.CDLL(None).sendmmsg
    all_of_them = messages()
    began = time.perf_counter()
    sent = 0
    while (now := time.perf_counter() - began) < seconds:
        if sent > now * rate:
            time.sleep(0.0005)
            continue
        at = c.byref(all_of_them, sent % PACKETS * c.sizeof(Message))
        sent += max(0, sendmmsg(wire.fileno(), at, min(AT_ONCE, PACKETS - sent % PACKETS), 0))
    print(sent, round(sent / (time.perf_counter() - began)))


def send_from_there(rate: int, seconds: int) -> tuple[int, int]:
    """Packets sent, and how many a second."""
    command = f"{sys.executable} -m benchmarks.live_rate --send {rate} {seconds}"
    sent, reached = run(f"ip netns exec {THERE} {command}").split()
    return int(sent), int(reached)


class Tcpdump:
    """tcpdump that writes to a file."""

    name = "tcpdump"

    def __init__(self, folder: str) -> None:
        command = f"ip netns exec {HERE} tcpdump -i wire -n -B 32768 -w {folder}/tcpdump.pcap"
        self.process = subprocess.Popen(
            [*command.split(), "--time-stamp-precision=nano"], stderr=subprocess.PIPE, text=True
        )
        self.pid = self.process.pid

    def end(self) -> tuple[int, int]:
        """Packets captured, and dropped."""
        self.process.terminate()
        _, said = self.process.communicate()
        return number(r"(\d+) packets captured", said), number(r"(\d+) packets dropped", said)


class Tcptui:
    """tcptui in a terminal, with its rolling spool."""

    name = "tcptui"

    def __init__(self, folder: str) -> None:
        program = f"{sys.executable} -m tcptui.cli -i wire --no-calm --spool {folder}"
        shell = f"cd {ROOT} && ip netns exec {HERE} {program}; sleep 1000"
        run(f"tmux -L {TERMINAL} new-session -d -x 160 -y 48 sh")
        subprocess.run(["tmux", "-L", TERMINAL, "send-keys", shell, "Enter"], check=True)
        while "captured ·" not in self.text():
            time.sleep(0.2)
        self.pid = int(run(f"pgrep -n -f -- -m.{CAPTURE}").split()[0])

    def text(self) -> str:
        return run(f"tmux -L {TERMINAL} capture-pane -p")

    def end(self) -> tuple[int, int]:
        """Packets captured, and dropped."""
        run(f"tmux -L {TERMINAL} send-keys q")
        while "packets captured" not in (said := self.text().replace(",", "")):
            time.sleep(0.2)
        run(f"tmux -L {TERMINAL} kill-server")
        return number(r"(\d+) packets captured", said), number(r"(\d+) dropped by", said)


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else -1


def processor_time(pid: int) -> float:
    """Seconds that a process of one thread has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def measure(kinds: tuple[type[Tcpdump] | type[Tcptui], ...], rate: int, seconds: int) -> None:
    """Capture with these at once, and print what came of it."""
    folder = run("mktemp -d").strip()
    captures = [kind(folder) for kind in kinds]
    time.sleep(2)
    before = [processor_time(one.pid) for one in captures]
    sent, reached = send_from_there(rate, seconds)
    time.sleep(2)
    for one, was in zip(captures, before, strict=True):
        used = processor_time(one.pid) - was
        captured, dropped = one.end()
        print(
            f"{one.name:8} {reached:>8,}/s  sent {sent:>10,}  captured {captured:>10,}  "
            f"dropped {dropped:>8,}  {used / sent * 1e6:5.2f} µs a packet"
            + ("  (both at once)" if len(kinds) > 1 else ""),
            flush=True,
        )
    run(f"rm -r {folder}")


def main() -> None:
    options, rates = gnu_getopt(sys.argv[1:], "", ["seconds=", "send"])
    if ("--send", "") in options:
        send(int(rates[0]), int(rates[1]))
        return
    seconds = int(dict(options).get("--seconds", 20))
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        build()
        for rate in rates or ["50000"]:
            for kinds in ((Tcpdump,), (Tcptui,), (Tcpdump, Tcptui)):
                measure(kinds, int(rate), seconds)
    finally:
        for name in (HERE, THERE):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


if __name__ == "__main__":
    main()
