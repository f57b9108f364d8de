"""The options with which packets are captured, or taken from files: tcpdump's, and a few more."""

from types import SimpleNamespace
from typing import Any, Final, Self

SNAPLEN: Final = 262_144
"""Bytes of a packet that are kept where nothing else is asked for, and with -s 0."""
BUFFER: Final = 32 << 10
ROLLING: Final = 1_000_000_000


class CaptureOptions(SimpleNamespace):  # a dataclass would load `inspect` for every small report
    """The choice of packets that are kept, how much of each, and where they are written.

    Of these, files that are read obey only ``count`` and ``write``.
    """

    def __init__(
        self,
        *,
        snaplen: int = SNAPLEN,
        promiscuous: bool = True,
        buffer: int = BUFFER,
        count: int = 0,
        write: str | None = None,
        rotate_bytes: int = 0,
        rotate_files: int = 0,
        rotate_seconds: int = 0,
        rolling_bytes: int = ROLLING,
        keep_packets: int = 0,
        keep_flows: int = 0,
        direction: str = "",
        immediate: bool = False,
        user: str = "",
        save_processes: bool = False,
    ) -> None:
        self.snaplen = snaplen
        """-s: bytes of each packet that are kept."""
        self.promiscuous = promiscuous
        """-p turns it off."""
        self.buffer = buffer
        """-B: KiB of the kernel's buffer."""
        self.count = count
        """-c: packets after which the capture ends; 0 for none."""
        self.write = write
        """-w: the file, pcapng where it ends so; None for a rolling spool."""
        self.rotate_bytes = rotate_bytes
        """-C: bytes after which the next file begins; 0 for never."""
        self.rotate_files = rotate_files
        """-W: with -C files in the ring, with -G files after which the capture ends."""
        self.rotate_seconds = rotate_seconds
        """-G: seconds after which the next file begins; 0 for never."""
        self.rolling_bytes = rolling_bytes
        """--spool-size: size of the rolling spool; the oldest packets go."""
        self.keep_packets = keep_packets
        """--keep-packets: how many packets the analysis keeps, the newest; 0 where not given."""
        self.keep_flows = keep_flows
        """--keep-flows: how many flows it keeps, beside those that are open; 0 where not given."""
        self.direction = direction
        """-Q: ``in``, ``out`` or ``inout``; empty leaves it to the system, which takes both."""
        self.immediate = immediate
        """--immediate-mode: the kernel hands over each packet as it comes."""
        self.user = user
        """-Z: whom root becomes once the interfaces are open; empty for who called sudo."""
        self.save_processes = save_processes
        """--save-processes: what is saved on the screen as pcapng tells the processes of flows."""

    def changed(self, **values: Any) -> Self:
        """Return the same options but for these."""
        return type(self)(**vars(self) | values)
