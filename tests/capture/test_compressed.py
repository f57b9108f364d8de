"""Compressed captures, by content, with any packet's bytes again."""

import gzip
import lzma
import os
import stat
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import lz4.frame
import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import open_source
from tests.capture.builders import pcap, record, write
from tests.capture.reading import read, rows

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CAPTURE = pcap(*(record(n, 0, os.urandom(300)) for n in range(3000)))

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd.compress,
    "lz4": lz4.frame.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
}


@pytest.mark.parametrize("name", COMPRESSORS)
def test_contents_and_random_access(tmp_path: Path, name: str) -> None:
    plain, _ = read(write(tmp_path, "plain", CAPTURE))
    source = open_source(
        [write(tmp_path, "x", COMPRESSORS[name](CAPTURE))], spool_dir=str(tmp_path)
    )
    assert rows(source) == plain
    assert source.format == f"pcap+{name}"
    assert source.read_bytes == source.total_bytes
    for row in plain[::500]:
        assert source.read(row.position, row.captured) == row.data
    (spool,) = tmp_path.glob("*.spool")
    assert stat.S_IMODE(spool.stat().st_mode) == 0o600
    source.close()
    assert not list(tmp_path.glob("*.spool"))


@pytest.mark.parametrize("name", COMPRESSORS)
def test_several_members(tmp_path: Path, name: str) -> None:
    pack = COMPRESSORS[name]
    half = 100_001
    found, source = read(
        write(tmp_path, "x", pack(CAPTURE[:half]) + pack(CAPTURE[half:])), seekable=False
    )
    assert len(found) == 3000
    assert source.warnings == []


@pytest.mark.parametrize("name", COMPRESSORS)
def test_a_cut_file_is_read_up_to_the_cut(tmp_path: Path, name: str) -> None:
    whole = COMPRESSORS[name](CAPTURE)
    found, source = read(write(tmp_path, "x", whole[: len(whole) * 2 // 3]), seekable=False)
    assert 500 < len(found) < 3000
    (warning,) = source.warnings
    assert "the capture is incomplete" in warning


@pytest.mark.parametrize("name", COMPRESSORS)
def test_damage_is_told(tmp_path: Path, name: str) -> None:
    whole = bytearray(COMPRESSORS[name](CAPTURE))
    middle = len(whole) // 2
    whole[middle : middle + 3000] = b"\xff" * 3000
    _, source = read(write(tmp_path, "x", bytes(whole)), seekable=False)
    assert source.warnings
    with pytest.raises(CaptureError):
        read(write(tmp_path, "y", bytes(whole[:12]) + b"\xff" * 60), seekable=False)


@pytest.mark.parametrize("name", COMPRESSORS)
def test_a_bomb_stays_small_in_memory(tmp_path: Path, name: str) -> None:
    bomb = COMPRESSORS[name](pcap(*[record(1, 0, bytes(1 << 18))] * 160))
    path = write(tmp_path, "x", bomb)
    tracemalloc.start()
    source = open_source([path], seekable=False)
    for _ in source.batches():
        pass
    source.close()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert source.packets == 160
    assert peak < 16 << 20


def test_bytes_are_not_kept_when_nobody_wants_them(tmp_path: Path) -> None:
    path = write(tmp_path, "x", gzip.compress(CAPTURE))
    source = open_source([path], seekable=False, spool_dir=str(tmp_path))
    found = rows(source)
    assert not list(tmp_path.glob("*.spool"))
    with pytest.raises(CaptureError, match="its packets' bytes were not kept"):
        source.read(found[0].position, 1)
    source.close()


def test_a_capture_compressed_twice_is_named(tmp_path: Path) -> None:
    twice = gzip.compress(zstd.compress(CAPTURE))
    with pytest.raises(CaptureError, match="not a capture"):
        read(write(tmp_path, "x", twice), seekable=False)


def test_a_compression_that_is_not_installed_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lz4.frame", None)
    with pytest.raises(CaptureError) as raised:
        read(write(tmp_path, "x", COMPRESSORS["lz4"](CAPTURE)), seekable=False)
    assert "lz4 compression needs another package" in str(raised.value)
    assert "pip install 'tcptui[lz4]'" in str(raised.value)


def test_a_zstd_window_beyond_128_mib_is_refused(tmp_path: Path) -> None:
    wide: dict[int, int] = {zstd.CompressionParameter.window_log: 28}
    stream = zstd.ZstdCompressor(options=wide)
    path = write(tmp_path, "x", stream.compress(CAPTURE) + stream.flush())
    with pytest.raises(CaptureError, match="too much memory"):
        read(path, seekable=False)
