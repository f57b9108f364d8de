"""A file is the one that was read before, or another one, or it cannot be told."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tcptui.capture import file_identity

SIZE = 200 * file_identity.BLOCK
LONG_AGO = 1_000_000_000


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that was left alone for long."""
    monkeypatch.setattr(file_identity, "SETTLED", -3_600_000_000_000)
    found = tmp_path / "x.pcap"
    found.write_bytes(bytes(SIZE))
    return found


def identity(file: Path) -> bytes:
    with file.open("rb") as opened:
        return file_identity.file_identity(opened.fileno())


def test_the_same_file_is_the_same(file: Path) -> None:
    assert identity(file) == identity(file) != b""


def overwritten(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(b"x")


def dated(file: Path) -> None:
    os.utime(file, ns=(LONG_AGO, LONG_AGO))


def replaced(file: Path) -> None:
    other = file.with_name("other")
    other.write_bytes(file.read_bytes())
    other.replace(file)


@pytest.mark.parametrize("change", [overwritten, dated, replaced])
def test_a_changed_file_is_another(file: Path, change: Callable[[Path], None]) -> None:
    before = identity(file)
    change(file)
    assert identity(file) not in (before, b"")


def test_a_file_that_has_just_changed_is_not_told(tmp_path: Path) -> None:
    file = tmp_path / "new.pcap"
    file.write_bytes(b"x")
    assert identity(file) == b""


@pytest.mark.parametrize("kind", ["", "fuse.sshfs", "9p", "vfat", "cifs", "nfs4"])
def test_a_file_without_a_stable_inode_is_not_told(
    file: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(file_identity, "file_system_type", lambda fd: kind)
    assert identity(file) == b""


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, SIZE, 1 << 40])
def test_first_and_last_block_are_among_the_blocks(size: int) -> None:
    found = file_identity.block_offsets(size)
    assert found[0] == 0
    assert found[-1] == max(0, size - file_identity.BLOCK)
    assert len(found) == file_identity.SPREAD_BLOCKS + 2
