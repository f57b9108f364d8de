"""Holds the options for capturing packets, or for reading them from files: tcpdump's, and a few
more."""

from dataclasses import dataclass
from typing import Final

SNAPLEN: Final = 262_144
"""Bytes of a packet that are kept where nothing else is asked for, and with -s 0."""
BUFFER: Final = 32 << 10
ROLLING: Final = 1_000_000_000


@dataclass(kw_only=True)
class CaptureOptions:
    """Says which packets are kept, how much of each, and where they are written.

    When files are read, only ``count`` and ``write`` have a meaning.
    """

    snaplen: int = SNAPLEN
    """-s: bytes of each packet that are kept."""
    promiscuous: bool = True
    """-p turns it off."""
    buffer: int = BUFFER
    """-B: KiB of the kernel's buffer."""
    count: int = 0
    """-c: packets after which the capture ends; 0 for none."""
    write: str | None = None
    """-w: the file, which is pcapng if its name ends so; None for a rolling spool."""
    rotate_bytes: int = 0
    """-C: bytes after which the next file begins; 0 for never."""
    rotate_files: int = 0
    """-W: with -C files in the ring, with -G files after which the capture ends."""
    rotate_seconds: int = 0
    """-G: seconds after which the next file begins; 0 for never."""
    rolling_bytes: int = ROLLING
    """--spool-size: size of the rolling spool; the oldest packets are deleted."""
    keep_packets: int = 0
    """--keep-packets: how many packets the analysis keeps, the newest; 0 where not given."""
    keep_flows: int = 0
    """--keep-flows: how many flows it keeps, beside those that are open; 0 where not given."""
