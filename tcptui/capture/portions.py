"""Portions are the parts of a file that begin with a record each and are framed by themselves.

They are noted while the file is read. Who knows in which of them packets lie finds these again
without reading what is between.
"""

from array import array
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tcptui.capture.errors import CaptureError
from tcptui.capture.formats.framer import Framer, Interface
from tcptui.capture.formats.registry import framer
from tcptui.engine.records import Records

ReadBytes = Callable[[int, int], bytes]
"""Reads so many bytes at an offset of the file. Raises CaptureError, OSError."""


class Portions:
    """Notes where each portion of a file begins, and how many packets come before it."""

    def __init__(self) -> None:
        self.starts = array("q")
        self.frames = array("q")

    @property
    def begin_with_file(self) -> bool:
        """Whether the first one begins with the file, so that all packets are in one."""
        return len(self.starts) > 0 and self.starts[0] == self.frames[0] == 0

    def note(self, start: int, frames: int) -> None:
        """Note that a portion begins here."""
        self.starts.append(start)
        self.frames.append(frames)


class Portion(NamedTuple):
    """A part of a file: where it begins and ends, the packets before it, and its packets."""

    start: int
    end: int
    frames: int
    packets: int


class PortionReader:
    """Frames portions of a file; the first one to be read is the file's first, which says what the
    others need."""

    def __init__(self, read: ReadBytes) -> None:
        self.read = read
        self.interfaces: list[Interface] = []
        self.framer: Framer | None = None
        self.records = Records()

    def batches(self, portion: Portion) -> Iterator[bytes]:
        """Yield the bytes that the next ``records`` lie in. Raises CaptureError, OSError where the
        file has other packets there."""
        data = self.read(portion.start, portion.end - portion.start)
        if self.framer is None:
            self.framer = framer(data, 0, self.interfaces, "")
        at, left = 0, portion.packets
        while left > 0:
            self.records.begin()
            at = self.framer.frame(data, at, portion.start, self.records)
            left -= self.records.count
            if not self.records.count or left < 0:
                raise CaptureError("the file has other packets here", "", "open it again")
            yield data
