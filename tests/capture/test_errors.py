"""Bad input: one clear line that says where, what, and what to do."""

import os
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import open_source
from tcptui.escapes import visible
from tests.capture.builders import CORPUS, needs_corpus, pcap, write
from tests.capture.reading import open_descriptors, read

CONTENTS = [
    (b"", "the file is empty"),
    (b"\0" * 100, "it begins with zeros"),
    (b"Hello, world\n", "text content"),
    (b"\x7fELF\2\1\1", "unknown content, byte 0: 7f 45 4c 46"),
    (b"ab", "not a capture"),
    (b"XCP\0", "a Sniffer file; convert it with: editcap"),
    (b"snoop\0\0\0\0\0\0\2", "in the middle of the file header"),
    (b"GMBU\0\2", "in the middle of the file header"),
    (b"BZh91AY", "bzip2 data; decompress it first with: bunzip2"),
    (b"PK\3\4", "a zip archive"),
    (b"\x0a\x0a\x0a\x1c", "line ends rewritten"),
    (b"\xd4\xc3\xb2\xa1", "in the middle of the file header"),
    (b"\n\r\r\n\x1c\0\0\0", "in the middle of a packet"),
    (b"\x1f\x8b", "the gzip data is cut"),
    (b"\x1f\x8bnonsense", "the gzip data is damaged"),
]


@pytest.mark.parametrize(("content", "what"), CONTENTS)
def test_contents(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(CaptureError) as caught:
        read(write(tmp_path, "x.pcap", content))
    check_line(str(caught.value), str(tmp_path / "x.pcap"), what)


def check_line(line: str, where: str, what: str) -> None:
    assert line.startswith(where)
    assert what in line
    assert "; " in line
    assert line.isprintable()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (".", "is a directory; name the files in it"),
        ("missing", "no such file or directory; check the name"),
        ("x/below", "not a directory"),
        ("n" * 300, "file name too long"),
    ],
)
def test_names(tmp_path: Path, name: str, what: str) -> None:
    write(tmp_path, "x", pcap())
    with pytest.raises(CaptureError) as caught:
        open_source([str(tmp_path / name)])
    check_line(str(caught.value), str(tmp_path / name), what)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = write(tmp_path, "x", pcap())
    Path(path).chmod(0)
    with pytest.raises(CaptureError, match="permission denied; ask for read permission"):
        open_source([path])


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\nb", "a\u202eb", "a\udc80b"])
def test_names_are_made_visible(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaptureError) as caught:
        open_source([str(tmp_path / name)])
    assert str(caught.value).isprintable()


def test_a_name_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="this is not a file name"):
        open_source([str(tmp_path / "a\0b")])


def test_visible_keeps_what_prints() -> None:
    assert visible("Büro – 東京") == "Büro – 東京"
    assert visible("a\x1b\tb\x9bc") == r"a\x1b\tb\x9bc"


def test_what_was_opened_is_closed_when_a_later_one_fails(tmp_path: Path) -> None:
    path = write(tmp_path, "x", pcap())
    before = open_descriptors()
    with pytest.raises(CaptureError):
        open_source([path, path, str(tmp_path / "missing")])
    assert open_descriptors() == before


@needs_corpus
def test_hostile_files_give_one_clear_line_or_their_packets() -> None:
    for path in sorted((CORPUS / "hostile").iterdir()):
        try:
            _, source = read(str(path))
        except CaptureError as error:
            check_line(str(error), str(path), "; ")
        else:
            assert all(line.isprintable() for line in source.warnings)
