"""Slices: what was captured comes back byte for byte, whole or not at all."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tcptui.capture.formats.framer import Interface
from tcptui.capture.rawfile import RawFile
from tcptui.capture.source import open_source
from tcptui.capture.whole_file import WholeFile
from tcptui.capture.writer import Packet, SaveError, save

START = 1_700_000_000_123_456_000


def interface(link_type: int, name: str = "", units: int = 1_000_000) -> Interface:
    made = Interface(0, link_type, 65535)
    made.name = name
    made.units = units
    made.filter = "tcp" if name else ""
    return made


ETHERNET = interface(1, "eth0")
RAW = interface(101, "tun0", 1_000_000_000)

PACKETS = [
    Packet(START, 0, 60, b"first packet"),
    Packet(START + 1000, 1, 1500, b"second", ("it was lost\nafter this point", "ünï")),
    Packet(START + 1001, 1, 3, b"3rd"),
]


def read_back(path: Path) -> list[tuple[int, int, int, bytes, str]]:
    """Time, link type, original length, bytes and interface name of each packet."""
    source = open_source([str(path)])
    told = []
    for batch in source.batches():
        records = batch.records
        for i in range(batch.start, batch.stop):
            taken = source.interfaces[records.interface[i]]
            at, size = records.offset[i], records.captured[i]
            told.append(
                (
                    int(records.time[i]),
                    taken.linktype,
                    int(records.original[i]),
                    batch.chunk[at : at + size],
                    taken.name,
                )
            )
    source.close()
    return told


def expected(packets: list[Packet], interfaces: list[Interface], named: bool) -> list[Any]:
    return [
        (
            packet.time,
            interfaces[packet.interface].linktype,
            packet.original,
            packet.data,
            interfaces[packet.interface].name if named else "",
        )
        for packet in packets
    ]


def test_pcapng_keeps_interfaces_times_and_lengths(tmp_path: Path) -> None:
    target = tmp_path / "slice.pcapng"
    interfaces = [ETHERNET, RAW]
    assert save(str(target), PACKETS, interfaces) == 3
    assert read_back(target) == expected(PACKETS, interfaces, named=True)


@pytest.mark.parametrize("times", [1000, 1001])
def test_pcap_keeps_times_in_either_resolution(tmp_path: Path, times: int) -> None:
    target = tmp_path / "slice.pcap"
    packets = [Packet(START, 0, 60, b"one"), Packet(START + times, 0, 3, b"two")]
    save(str(target), packets, [ETHERNET])
    assert read_back(target) == expected(packets, [ETHERNET], named=False)
    assert target.read_bytes()[:4].hex() == ("d4c3b2a1" if times == 1000 else "4d3cb2a1")


def test_comments_can_be_read_again(tmp_path: Path) -> None:
    target = tmp_path / "slice.pcapng"
    save(str(target), PACKETS, [ETHERNET, RAW])
    source = open_source([str(target)])
    assert sum(batch.stop - batch.start for batch in source.batches()) == 3
    assert list(source.comments.values()) == ["ünï"] or "lost" in str(source.comments)
    source.close()


def test_capinfos_and_tshark_agree(tmp_path: Path) -> None:
    target = tmp_path / "slice.pcapng"
    save(str(target), PACKETS, [ETHERNET, RAW])
    done = subprocess.run(["capinfos", "-M", "-c", str(target)], capture_output=True, text=True)
    assert "Number of packets:   3" in done.stdout
    fields = ["-T", "fields", "-e", "frame.comment"]
    shown = subprocess.run(["tshark", "-r", str(target), *fields], capture_output=True, text=True)
    assert "ünï" in shown.stdout
    assert "damaged" not in shown.stderr


REFUSED = [
    ("mixed.pcap", PACKETS, "2 link types"),
    ("early.pcap", [Packet(-5, 0, 1, b"x")], "no room for these times"),
    ("missing/slice.pcap", [], "No such file"),
]


@pytest.mark.parametrize(("name", "packets", "words"), REFUSED)
def test_refusals_leave_nothing(
    tmp_path: Path, name: str, packets: list[Packet], words: str
) -> None:
    with pytest.raises(SaveError, match=words):
        save(str(tmp_path / name), packets, [ETHERNET, RAW])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", ["same name", "symlink", "hard link"])
def test_never_onto_the_capture_that_is_read(tmp_path: Path, way: str) -> None:
    source = tmp_path / "source.pcap"
    source.write_bytes(b"original")
    target = source if way == "same name" else tmp_path / "other.pcap"
    if way == "symlink":
        target.symlink_to(source)
    elif way == "hard link":
        target.hardlink_to(source)
    with pytest.raises(SaveError, match="the capture being read"):
        save(str(target), [], [ETHERNET], RawFile(str(source), False).is_same, overwrite=True)
    assert source.read_bytes() == b"original"


def test_existing_files_are_replaced_only_when_told(tmp_path: Path) -> None:
    target = tmp_path / "there.pcap"
    target.write_bytes(b"precious")
    with pytest.raises(SaveError, match="exists"):
        save(str(target), [], [ETHERNET])
    assert target.read_bytes() == b"precious"
    save(str(target), [], [ETHERNET], overwrite=True)
    assert len(target.read_bytes()) == 24


@pytest.mark.parametrize("form", [os.devnull, "{folder}", "/dev/fd/{number}"])
def test_what_is_no_file_is_left_alone(tmp_path: Path, form: str) -> None:
    with (tmp_path / "open").open("wb") as file:
        target = form.format(folder=tmp_path, number=file.fileno())
        with pytest.raises(SaveError, match="not a regular file"):
            save(target, [], [ETHERNET], overwrite=True)


@pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_never_half_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    def fails(self: WholeFile, parts: Iterator[bytes]) -> None:
        self.file.write(next(iter(parts)))
        raise trouble

    monkeypatch.setattr(WholeFile, "write", fails)
    target = tmp_path / "slice.pcap"
    target.write_bytes(b"before")
    with pytest.raises((SaveError, KeyboardInterrupt)):
        save(str(target), PACKETS[:1], [ETHERNET], overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["slice.pcap"]
    assert target.read_bytes() == b"before"


@pytest.mark.parametrize("text", ["x" * 70_000, "€" * 30_000])
def test_texts_are_cut_to_what_an_option_can_be(tmp_path: Path, text: str) -> None:
    """A capture filter stands behind a byte of its own, which counts."""
    wordy = interface(1, text)
    wordy.filter = text
    path = tmp_path / "wordy.pcapng"
    save(str(path), [Packet(START, 0, 5, b"bytes", (text,))], [wordy])
    source = open_source([str(path)])
    assert sum(batch.stop - batch.start for batch in source.batches()) == 1
    (found,) = source.interfaces
    source.close()
    assert text.startswith(found.name)
    assert len(found.name.encode()) >= 0xFFFF - 2
    assert text.startswith(found.filter)
    assert len(found.filter.encode()) >= 0xFFFE - 2
