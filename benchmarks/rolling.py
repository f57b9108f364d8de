"""A day of traffic through the live path in minutes: what memory and disk it takes.

    python benchmarks/rolling.py [--packets 20000000] [--spool-size 1g] [--keep-packets N]
                                 [--keep-flows N]

Packets that this script makes go through a pipe to the capture process, to its rolling spool and
to the session, as those of `-i ssh://…` do. Each connection has ten packets, a thousand are open
at a time.
"""

import os
import resource
import subprocess
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from struct import pack
from typing import Final

from tcptui.capture.live.live_capture import LiveCapture, start_process
from tcptui.capture.live.live_options import live_options
from tcptui.capture.options import CaptureOptions
from tcptui.cli.parser import parse
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.session import Session

AT_ONCE: Final = 1000
"""Connections that are open at a time, each with another port."""
SIZE: Final = 60
"""Bytes of every packet."""
RECORD: Final = 16 + SIZE
SERVER: Final = bytes((192, 0, 2, 1))
STEPS: Final = (
    # from the client, flags, relative seq, relative ack, payload
    (True, 0x02, 0, 0, 0),
    (False, 0x12, 0, 1, 0),
    (True, 0x10, 1, 1, 0),
    (True, 0x18, 1, 1, 6),
    (False, 0x10, 1, 7, 0),
    (False, 0x18, 1, 7, 6),
    (True, 0x10, 7, 7, 0),
    (True, 0x11, 7, 7, 0),
    (False, 0x11, 7, 8, 0),
    (True, 0x10, 8, 8, 0),
)
PACKETS: Final = AT_ONCE * len(STEPS)
"""Of one round, in which all connections open and close."""
AHEAD: Final = 10 * PACKETS
"""Packets that may wait for the analysis: as in life, it is not far behind."""
HEADER: Final = pack("=IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, 1)


class Round:
    """The records of a thousand connections from one client, from first to last packet."""

    def __init__(self) -> None:
        self.data = bytearray(
            b"".join(
                record(step, port, number)
                for number, step in enumerate(STEPS)
                for port in range(10_000, 10_000 + AT_ONCE)
            )
        )
        self.client_at = [
            number * AT_ONCE * RECORD + 16 + 14 + (12 if step[0] else 16)
            for number, step in enumerate(STEPS)
        ]

    def records(self, number: int) -> bytearray:
        """Those of round ``number``, one second after the round before."""
        self.write(0, PACKETS, pack("=I", 1_700_000_000 + number))
        for at in self.client_at:
            self.write(at, AT_ONCE, pack(">I", 0x0A000000 + number))
        return self.data

    def write(self, at: int, count: int, field: bytes) -> None:
        """The same four bytes in ``count`` records."""
        for n, byte in enumerate(field):
            self.data[at + n : at + count * RECORD : RECORD] = bytes((byte,)) * count


def record(step: tuple[bool, int, int, int, int], port: int, number: int) -> bytes:
    """One packet; the client's address is left open."""
    from_client, flags, seq, ack, payload = step
    ends = (port, 443) if from_client else (443, port)
    addresses = bytes(4) + SERVER if from_client else SERVER + bytes(4)
    tcp = pack(">HHIIHHHH", *ends, 1000 + seq, 2000 + ack, 0x5000 | flags, 64_000, 0, 0)
    if not from_client:
        tcp = pack(">HHIIHHHH", *ends, 2000 + seq, 1000 + ack, 0x5000 | flags, 64_000, 0, 0)
    ip = pack(">BBHHHBBH", 0x45, 0, 40 + payload, 0, 0x4000, 64, 6, 0) + addresses
    frame = (bytes(12) + b"\x08\x00" + ip + tcp).ljust(SIZE, b".")
    nanoseconds = (number * AT_ONCE + port - 10_000) * 50_000
    return pack("=IIII", 0, nanoseconds, SIZE, SIZE) + frame


class Replay(LiveCapture):
    """A live capture of generated packets."""

    def _start_process(self) -> None:
        ours, self.target = os.pipe()
        self._process = start_process(str(ours), pass_fds=(ours,))
        os.close(ours)
        os.write(self.target, HEADER)


def play(replay: Replay, engine: Engine, packets: int) -> None:
    """Send so many packets, never far ahead of the analysis, then end the stream."""
    one = Round()
    with os.fdopen(replay.target, "wb", buffering=0) as target:
        for number in range(packets // PACKETS):
            while number * PACKETS - engine.frames > AHEAD:
                time.sleep(0.002)
            data = memoryview(one.records(number))
            while data:
                data = data[target.write(data) :]


def run(packets: int, options: CaptureOptions, spool: str) -> tuple[Engine, Replay]:
    """Send ``packets`` through the live path; prints how memory and disk grow."""
    replay = Replay(live_options(["replay"], "", options, spool))
    replay.start()
    engine = Engine(WIRESHARK_4_0)
    session = Session(replay.source, engine)
    session.start()
    sender = threading.Thread(target=play, args=(replay, engine, packets), daemon=True)
    began = time.monotonic()
    sender.start()
    while session.progress is None:
        time.sleep(min(10.0, packets / 100_000))
        print(f"{time.monotonic() - began:6.0f} s  {figures(engine, Path(spool))}", flush=True)
    sender.join()
    if session.error:
        raise session.error
    return engine, replay


def figures(engine: Engine, spool: Path) -> str:
    """How things stand."""
    disk = sum(path.stat().st_size for path in spool.glob("tcptui-*"))
    held = int(engine.packets.count - engine.packets.first)
    flows = len(engine.flows) - int(engine.eviction.flows)
    return (
        f"{int(engine.frames):>11,} packets, {held:>9,} kept; {len(engine.flows):>9,} flows, "
        f"{flows:>7,} kept; memory {resident() / 1e6:4.0f} MB, disk {disk / 1e6:5.0f} MB"
    )


def resident() -> int:
    """Bytes of memory that this process has now; its largest where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    own = ArgumentParser()
    own.add_argument("--packets", type=int, default=20_000_000)
    chosen, rest = own.parse_known_args()
    options = parse(["-i", "replay", *rest]).capture
    folder = subprocess.check_output(["mktemp", "-d"], text=True).strip()
    engine, replay = run(chosen.packets, options, folder)
    replay.close()
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"largest memory {largest / 1e6:.0f} MB; {len(engine.eviction.pairs):,} pairs of hosts")
    Path(folder).rmdir()


if __name__ == "__main__":
    main()
