"""What a live capture is asked to do."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

SNAPLEN: Final = 262_144
"""Bytes of a packet that are kept where nothing else is asked for, and with -s 0."""
BUFFER: Final = 32 << 10
ROLLING: Final = 1_000_000_000
KEEP_PACKETS: Final = 2_000_000
KEEP_FLOWS: Final = 200_000
"""What the analysis keeps of a rolling capture: some 350 MB."""


@dataclass
class LiveOptions:
    """Where to capture, what, and where to write it; the letters are tcpdump's."""

    interfaces: list[str] = field(default_factory=list)
    """-i: interface names, or one `ssh://[user@]host[:port]/interface`."""
    expression: str = ""
    """The capture filter; empty admits every packet."""
    snaplen: int = SNAPLEN
    """-s: bytes of each packet that are kept."""
    promiscuous: bool = True
    """-p turns it off."""
    buffer: int = BUFFER
    """-B: KiB of the kernel's buffer."""
    count: int = 0
    """-c: packets after which the capture ends; 0 for none."""
    write: str | None = None
    """-w: the file, pcapng where it ends so; None for a rolling spool."""
    rotate_bytes: int = 0
    """-C: bytes after which the next file begins; 0 for never."""
    rotate_files: int = 0
    """-W: with -C files in the ring, with -G files after which the capture ends."""
    rotate_seconds: int = 0
    """-G: seconds after which the next file begins; 0 for never."""
    spool: str | None = None
    """The folder of the rolling spool; None for $TMPDIR."""
    rolling_bytes: int = ROLLING
    """Size of the rolling spool: the oldest packets go."""
    keep_packets: int = 0
    """How many packets the analysis keeps, the newest; 0 for all."""
    keep_flows: int = 0
    """How many flows it keeps, beside those that are open; 0 for all."""
    readable: list[int] = field(default_factory=list)
    """Link types (LINKTYPE_) without which there is no use in a capture; empty for any."""

    def to_json(self) -> str:
        """One line, for the capture process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "LiveOptions":
        """What `to_json` wrote."""
        values: dict[str, Any] = json.loads(line)
        return cls(**values)
