"""Pipes hold as much as the system gives everybody."""

import os
import sys
from pathlib import Path

import pytest

from tcptui.capture.pipes import PIPE_SIZE, enlarge, pipe_size
from tcptui.capture.rawfile import RawFile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much")


def test_a_stream_that_is_read_holds_more(tmp_path: Path) -> None:
    path = tmp_path / "stream"
    os.mkfifo(path)
    raw = RawFile(str(path), follow=False)
    writer = os.open(path, os.O_WRONLY)
    assert pipe_size(writer) == PIPE_SIZE
    os.close(writer)
    raw.close()


def test_what_is_no_pipe_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"some")
    with path.open("rb") as file:
        enlarge(file.fileno())
        assert file.read() == b"some"
