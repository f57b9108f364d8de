"""`-r FILE -w FILE`: what was admitted, in another file."""

import gzip
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.filtered_source import FilteredSource
from tcptui.capture.packet_copy import PacketCopy
from tcptui.capture.source import open_source
from tcptui.capture.writer import SaveError, check_target
from tests.capture.builders import block, interface, options, packet, section, write
from tests.capture.reading import rows
from tests.live.packets import HEADER, record, records


def copied(path: Path, target: Path, expression: str = "") -> list[str]:
    """Copy what a capture filter admits; what to know of it."""
    source = FilteredSource(open_source([str(path)]), expression)
    try:
        source.copy = PacketCopy(str(target), source.is_reading)
        source.complete()
    finally:
        source.close()
    return source.warnings


def packets(path: Path) -> list[tuple[int, int, int, int, bytes]]:
    """All that a record says, but where it stands."""
    source = open_source([str(path)])
    found = [(r.time, r.captured, r.original, r.interface, r.data) for r in rows(source)]
    source.close()
    return found


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "a.pcap"
    path.write_bytes(HEADER + records(0, 40_000))
    return path


def test_pcap_keeps_records_as_they_are(capture: Path, tmp_path: Path) -> None:
    copied(capture, tmp_path / "b", "ether[3] = 5 and ether[2] < 2")
    assert (tmp_path / "b").read_bytes() == HEADER + record(5) + record(261)


@pytest.mark.parametrize("name", ["b", "b.pcapng"])
def test_all_packets_in_both_formats(capture: Path, tmp_path: Path, name: str) -> None:
    copied(capture, tmp_path / name)
    assert packets(tmp_path / name) == packets(capture)


def test_interfaces_of_several_link_types_need_pcapng(tmp_path: Path) -> None:
    first, second = packet(1, b"one"), packet(2, b"two", interface=1)
    parts = [section(), interface(1), first, interface(101), second]
    mixed = Path(write(tmp_path, "x", parts))
    copied(mixed, tmp_path / "b.pcapng")
    assert packets(tmp_path / "b.pcapng") == packets(mixed)
    with pytest.raises(CaptureError, match=r"one link type; name a file that ends in \.pcapng"):
        copied(mixed, tmp_path / "b")


@pytest.mark.parametrize(
    ("stamp", "offset", "name", "words"),
    [
        (1 << 62, 0, "b", r"pcap has no room for these times; name a file that ends in \.pcapng"),
        (1, -5, "b", "pcap has no room for these times"),
    ],
)
def test_times_that_do_not_fit(
    tmp_path: Path, stamp: int, offset: int, name: str, words: str
) -> None:
    opts = options((14, offset.to_bytes(8, "little", signed=True)))
    made = write(tmp_path, "x", [section(), interface(opts=opts), packet(stamp, b"one")])
    with pytest.raises(CaptureError, match=words):
        copied(Path(made), tmp_path / name)


def symlink(path: Path, other: Path) -> str:
    other.symlink_to(path)
    return str(other)


def hard_link(path: Path, other: Path) -> str:
    other.hardlink_to(path)
    return str(other)


WAYS: dict[str, Callable[[Path, Path, int], str]] = {
    "name": lambda path, other, fd: str(path),
    "another path": lambda path, other, fd: f"{path.parent}/./../{path.parent.name}/{path.name}",
    "relative": lambda path, other, fd: os.path.relpath(path),
    "symlink": lambda path, other, fd: symlink(path, other),
    "hard link": lambda path, other, fd: hard_link(path, other),
    "/dev/fd": lambda path, other, fd: f"/dev/fd/{fd}",
    "/proc/self/fd": lambda path, other, fd: f"/proc/self/fd/{fd}",
    "/proc/PID/fd": lambda path, other, fd: f"/proc/{os.getpid()}/fd/{fd}",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("given", ["name", "standard input", "the second of two", "compressed"])
def test_the_capture_that_is_read_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, given: str
) -> None:
    capture = tmp_path / "a.pcap"
    capture.write_bytes(HEADER + records(0, 5))
    if given == "compressed":
        capture.write_bytes(gzip.compress(capture.read_bytes()))
    before = capture.read_bytes()
    with capture.open("r+b") as file:
        target = WAYS[way](capture, tmp_path / "other", file.fileno())
        paths = {"the second of two": [str(tmp_path / "first"), str(capture)]}
        shutil.copy(capture, tmp_path / "first")
        if given == "standard input":
            monkeypatch.setattr(os, "dup", lambda _: os.open(capture, os.O_RDONLY))
        source = open_source(
            ["-"] if given == "standard input" else paths.get(given, [str(capture)])
        )
        with pytest.raises(CaptureError, match="the capture being read"):
            PacketCopy(target, source.is_reading)
        with pytest.raises(SaveError, match=r"capture being read|not a regular file"):
            check_target(target, source.is_reading, True)
        source.close()
    assert capture.read_bytes() == before


@pytest.mark.parametrize("name", ["b", "b.pcapng"])
def test_what_was_there_stays_until_all_was_read(capture: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.write_bytes(b"before")
    source = FilteredSource(open_source([str(capture)]), "")
    source.copy = PacketCopy(str(target), source.is_reading)
    assert source.next_batch()
    source.close()
    assert target.read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("rest", [record(5)[:20], b"\xff" * 16])
def test_a_damaged_capture_is_copied_up_to_the_damage(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(HEADER + records(0, 5) + rest)
    assert any("the capture is incomplete" in line for line in copied(path, tmp_path / "b"))
    assert (tmp_path / "b").read_bytes() == HEADER + records(0, 5)


def test_a_folder_that_is_not_there(capture: Path, tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no such file"):
        copied(capture, tmp_path / "no" / "b")


@pytest.mark.parametrize("name", ["b", "b.pcapng"])
def test_a_copy_without_packets_is_a_capture_too(capture: Path, tmp_path: Path, name: str) -> None:
    copied(capture, tmp_path / name, "less 1")
    assert packets(tmp_path / name) == []


JOURNAL_ENTRY = b"__REALTIME_TIMESTAMP=1500\nMESSAGE=hi\n\0"
NUMBER = struct.pack("<I", 32473)
JOURNAL = block(9, JOURNAL_ENTRY)
CUSTOM = block(0xBAD, NUMBER + b"abcd")
NOT_TO_COPY = block(0x40000BAD, NUMBER + b"abcd")
BIG_CUSTOM = [section(order=">"), block(0xBAD, b"\0\0~\xd9abcd", ">"), section()]

BESIDE = [
    ([JOURNAL], JOURNAL, 0),
    ([CUSTOM], CUSTOM, 0),
    ([NOT_TO_COPY], b"", 1),
    (BIG_CUSTOM, b"", 1),
]


@pytest.mark.parametrize(("blocks", "kept", "left_out"), BESIDE)
@pytest.mark.parametrize("expression", ["", "len > 0"])
def test_blocks_without_an_interface(
    tmp_path: Path, blocks: list[bytes], kept: bytes, left_out: int, expression: str
) -> None:
    """pcapng keeps those that may be copied, pcap none; a capture filter admits none."""
    no_words = not expression
    first, last = packet(1000, b"one"), packet(2000, b"two")
    parts = [section(), interface(1), first, *blocks, interface(1), last]
    path = Path(write(tmp_path, "x", parts))
    said = copied(path, tmp_path / "b.pcapng", expression)
    assert [f": {left_out} of" in line for line in said] == [True] * (left_out * no_words)
    written = (tmp_path / "b.pcapng").read_bytes()
    beside = b"".join(data for data in (JOURNAL, CUSTOM) if data in written)
    assert beside == (b"" if expression else kept)
    said = copied(path, tmp_path / "b", expression)
    assert [": 1 of" in line for line in said] == [True] * no_words
    assert [data for *_, data in packets(tmp_path / "b")] == [b"one", b"two"]
    both = [data for *_, data in packets(tmp_path / "b.pcapng") if len(data) == 3]
    assert both == [b"one", b"two"]


def test_comments_are_copied(tmp_path: Path) -> None:
    told = options((1, "why, ü".encode()))
    parts = [section(), interface(1), packet(1, b"one", opts=told), packet(2, b"two")]
    copied(Path(write(tmp_path, "x", parts)), tmp_path / "b.pcapng")
    source = open_source([str(tmp_path / "b.pcapng")])
    assert len(rows(source)) == 2
    assert list(source.comments.values()) == ["why, ü"]
    source.close()


def test_times_before_1970(tmp_path: Path) -> None:
    """pcapng holds them with an offset; pcap cannot."""
    early = interface(1, opts=options((14, struct.pack("<q", -5))))
    path = Path(
        write(tmp_path, "x", [section(), early, packet(1, b"one"), packet(9_000_000, b"two")])
    )
    copied(path, tmp_path / "b.pcapng")
    times = [time for time, *_ in packets(path)]
    assert [time for time, *_ in packets(tmp_path / "b.pcapng")] == times
    assert times[0] < 0 < times[1]
    with pytest.raises(CaptureError, match=r"no room for these times; name .*\.pcapng"):
        copied(path, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_an_empty_copy_has_the_link_type_of_the_capture(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(HEADER[:20] + struct.pack("<I", 101))
    copied(path, tmp_path / "b")
    assert (tmp_path / "b").read_bytes()[20:] == struct.pack("<I", 101)
