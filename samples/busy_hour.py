"""Make the sample that fills a screen: ``python -m samples.busy_hour``.

It plays the packet scripts one after another and side by side, each time for another client, as one
capture beside their switch.
"""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address
from typing import NamedTuple

from samples.capture_files import SECOND, Record, pcapng
from samples.frames import frame
from samples.make_samples import SAMPLES
from samples.packet_script import Host, Packet, read_script

TITLE = "The stories of the packet scripts, told by many clients of one network"
CLIENT = 1
"""How the address of the client ends in the scripts."""


class Play(NamedTuple):
    """Says which script is played, from which second on, by which client of 10.20.0.0/24."""

    second: float
    script: str
    client: int


PLAYS = (
    Play(0, "openings", 11),
    Play(2, "fast-retransmission", 12),
    Play(3.5, "closings", 13),
    Play(5, "ssh-keystrokes", 14),
    Play(11, "zero-window", 15),
    Play(12, "unseen-segment", 16),
    Play(14, "proofs", 17),
    Play(20, "keep-alive-half-open", 18),
    Play(21, "zero-window", 19),
    Play(30, "openings", 21),
    Play(31, "fast-retransmission", 22),
    Play(33, "fast-retransmission", 23),
    Play(41, "closings", 24),
)


def moved(host: Host, client: int) -> Host:
    """Return the client of the script as the one that plays it; any other host as it is."""
    if host.address.packed[-1] != CLIENT:
        return host
    return host._replace(address=IPv4Address(f"10.20.0.{client}"))


def played(play: Play) -> Iterator[Packet]:
    for packet in read_script(SAMPLES / "scripts" / f"{play.script}.txt").packets:
        yield replace(
            packet,
            time=packet.time + round(play.second * SECOND),
            source=moved(packet.source, play.client),
            destination=moved(packet.destination, play.client),
        )


def sample() -> bytes:
    """The capture file."""
    packets = sorted((packet for play in PLAYS for packet in played(play)), key=lambda p: p.time)
    return pcapng((Record(p.time, frame(p), p.comment) for p in packets), TITLE)


if __name__ == "__main__":
    (SAMPLES / "busy-hour.pcapng").write_bytes(sample())
