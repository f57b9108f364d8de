"""From a captured frame to the TCP headers in it."""

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from tcptui.engine.segment import Located
from tcptui.engine.wire import TCP_READABLE

ETHERNET: Final = 1
TCP: Final = 6


class Decoder:
    """Finds TCP headers, outermost first.

    ``found[:n]`` describes the ``n`` headers that :meth:`decode` counted; the objects are used
    again for the next frame. ``skipped`` counts the packets without a readable TCP header, by
    reason; ``paths`` names how a segment was carried.
    """

    def __init__(self) -> None:
        self.link_types: list[int] = []
        self.found: list[Located] = [Located()]
        self.skipped: dict[str, int] = {}
        self.paths: list[str] = [""]

    def add_interface(self, link_type: int) -> None:
        """Say which link type (LINKTYPE_… number) the next interface has."""
        self.link_types.append(link_type)

    def decode(
        self, data: bytes, offset: i64, captured: i64, reported: i64, interface: i64, frame: i64
    ) -> i64:
        """Look for TCP in ``data[offset:offset + captured]``; how many headers were found."""
        ip = offset + 14
        if (
            captured >= 54
            and i64(self.link_types[interface]) == ETHERNET
            and read_i16_be(data, offset + 12) == 0x0800
            and data[ip] == 0x45
            and data[ip + 9] == TCP
            and (i64(read_i16_be(data, ip + 6)) & 0x3FFF) == 0
        ):
            total = i64(read_i16_be(data, ip + 2)) & 0xFFFF
            if total >= 20 + TCP_READABLE and total <= reported - 14:
                at = self.found[0]
                at.data = data
                at.offset = ip + 20
                at.reported = total - 20
                at.captured = captured - 34 if captured - 34 < total - 20 else total - 20
                at.key = data[ip + 12 : ip + 24]
                return 1
        self.skipped["not TCP"] = self.skipped.get("not TCP", 0) + 1
        return 0
