"""What tshark and libpcap select in a capture, for thousands of filters in one go."""

import ctypes
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import pack
from typing import Final

from tcptui.capture.live import libpcap
from tcptui.capture.live.capture_filter import DLT_OF_LINKTYPE
from tcptui.capture.source import open_source
from tests.wireshark import needed_tshark

CORPUS: Final = Path(__file__).parents[3] / "shared" / "corpus"
TAPS_AT_ONCE: Final = 2000
MAGIC: Final = 0xA1B2C3D4
SNAPLEN: Final = 262_144

TAP: Final = """
do
  local frames = {}
  local tap = Listener.new("frame", [==[%s]==])
  function tap.packet(packet) frames[#frames + 1] = packet.number end
  function tap.draw() print("%d", table.concat(frames, " ")) end
end
"""
"""Lua for tshark: note the frames that a display filter selects, and print them at the end."""


class PacketHeader(ctypes.Structure):
    """Mirrors struct pcap_pkthdr; each half of the time takes a word where a long has 64 bits."""

    _fields_ = (
        ("seconds", ctypes.c_long),
        ("fraction", ctypes.c_long),
        ("captured", ctypes.c_uint),
        ("original", ctypes.c_uint),
    )


class Tshark:
    """tshark with the decoders that the corpus was judged with; `folder` is for its files."""

    def __init__(self, folder: Path) -> None:
        self.script = folder / "taps.lua"
        settings = folder / "wireshark"
        settings.mkdir()
        shutil.copy(CORPUS / "disabled_protos", settings)
        self.environment = os.environ | {"WIRESHARK_CONFIG_DIR": str(settings), "TZ": "UTC"}

    def frames(self, capture: Path, filters: Sequence[str]) -> list[set[int]]:
        """The frames that each display filter selects, all found in one pass over the file."""
        found: list[set[int]] = []
        for start in range(0, len(filters), TAPS_AT_ONCE):
            found += self.one_pass(capture, filters[start : start + TAPS_AT_ONCE])
        return found

    def one_pass(self, capture: Path, filters: Sequence[str]) -> list[set[int]]:
        self.script.write_text("".join(TAP % (text, n) for n, text in enumerate(filters)))
        said = self.run("-q", "-X", f"lua_script:{self.script}", "-r", str(capture))
        lines = dict(line.split("\t") for line in said.splitlines())
        return [{int(frame) for frame in lines[str(n)].split()} for n in range(len(filters))]

    def ends(self, capture: Path) -> dict[int, set[frozenset[str]]]:
        """The pairs of addresses in each frame, of every IP header that it has."""
        fields = [f"-e{field}" for field in ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst")]
        said = self.run("-r", str(capture), "-Tfields", "-eframe.number", *fields)
        pairs: dict[int, set[frozenset[str]]] = {}
        for line in said.splitlines():
            number, *columns = line.split("\t")
            source, target, source6, target6 = (column.split(",") for column in columns)
            both = [*zip(source, target, strict=True), *zip(source6, target6, strict=True)]
            pairs[int(number)] = {frozenset(pair) for pair in both if any(pair)}
        return pairs

    def run(self, *arguments: str) -> str:
        """What it prints; a damaged end of the file is no failure."""
        done = subprocess.run(
            [needed_tshark("4.0"), "-n", *arguments],
            capture_output=True,
            text=True,
            env=self.environment,
        )
        assert "Error during loading" not in done.stderr, done.stderr
        return done.stdout


class Libpcap:
    """libpcap reading a capture, as tcpdump does, whatever the format of the file is.

    The packets are written anew: one classic pcap for each link type, with frame numbers for
    seconds.
    """

    def __init__(self, capture: Path, folder: Path) -> None:
        packets: dict[int, list[bytes]] = defaultdict(list)
        source = open_source([str(capture)], seekable=False)
        frame = 0
        for chunk, records, start, stop in source.batches():
            for i in range(start, stop):
                frame += 1
                data = chunk[records.offset[i] : records.offset[i] + records.captured[i]]
                head = pack("<IIII", frame, 0, len(data), records.original[i])
                packets[source.interfaces[records.interface[i]].linktype].append(head + data)
        source.close()
        self.files: dict[int, Path] = {}
        for link_type, written in packets.items():
            self.files[link_type] = folder / f"link-type-{link_type}.pcap"
            head = pack("<IHHiIII", MAGIC, 2, 4, 0, 0, SNAPLEN, link_type)
            self.files[link_type].write_bytes(head + b"".join(written))

    def frames(self, text: str) -> set[int]:
        """The frames that a capture filter selects; none where libpcap refuses it."""
        files = self.files.items()
        try:
            return {frame for link_type, file in files for frame in selected(file, link_type, text)}
        except libpcap.PcapError:
            return set()


def selected(file: Path, link_type: int, text: str) -> Iterator[int]:
    """The seconds of the packets of a file that a capture filter selects."""
    pcap = libpcap.library()
    pcap.pcap_open_offline.restype = ctypes.c_void_p
    reason = ctypes.create_string_buffer(libpcap.ERROR_BUFFER)
    handle = libpcap.Handle(
        pcap.pcap_open_offline(os.fsencode(file), reason), libpcap.text(reason.value)
    )
    assert pcap.pcap_datalink(handle.pointer) == DLT_OF_LINKTYPE.get(link_type, link_type)
    program = handle.compile(text)
    pcap.pcap_setfilter(handle.pointer, ctypes.byref(program))
    libpcap.free(program)
    header = ctypes.POINTER(PacketHeader)()
    data = ctypes.c_void_p()
    try:
        while pcap.pcap_next_ex(handle.pointer, ctypes.byref(header), ctypes.byref(data)) == 1:
            yield header.contents.seconds
    finally:
        handle.close()
