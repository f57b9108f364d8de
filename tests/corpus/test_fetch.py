"""Who has no corpus can get it: the same captures, and the same verdicts of tshark."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.corpus.fetch import FOLDERS, NO_CORPUS, Judge, Source, fetch, sources
from tests.corpus.test_verdicts import CORPUS, NAMES
from tests.sampling import sample
from tests.wireshark import needed_tshark


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """A server that has one file, as github.com would have it."""
    there = tmp_path / "site" / "owner" / "project" / "raw" / "c0ffee"
    there.mkdir(parents=True)
    (there / "a b.pcap").write_bytes(b"packets")
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = partial(quiet, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def source(sha256: str) -> Source:
    return Source("owner+project/a.pcap", "owner/project", "a b.pcap", "c0ffee", "MIT", sha256)


def test_a_capture_is_downloaded_once(host: str, tmp_path: Path) -> None:
    right = source(hashlib.sha256(b"packets").hexdigest())
    fetch(right, tmp_path / "captures", host)
    assert (tmp_path / "captures/owner+project/a.pcap").read_bytes() == b"packets"
    fetch(right, tmp_path / "captures", "http://127.0.0.1:9")


def test_a_capture_that_has_changed_is_left_out(host: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="its SHA-256 is"):
        fetch(source("0" * 64), tmp_path / "captures", host)
    assert not (tmp_path / "captures").exists()


def test_each_source_is_whole() -> None:
    found = sources()
    assert len(found) == len({one.file for one in found}) == 470
    assert [one.file for one in found if len(one.sha256) != 64 or not one.licence] == []


@pytest.mark.versions
@pytest.mark.skipif(not NAMES, reason=NO_CORPUS)
@pytest.mark.parametrize("release", FOLDERS)
def test_verdicts_made_anew_are_those_there(release: str, tmp_path: Path) -> None:
    judge = Judge(needed_tshark(release), tmp_path, release)
    for name in sample(NAMES, 12):
        table = gzip.decompress((CORPUS / FOLDERS[release] / f"{name}.tsv.gz").read_bytes())
        rows = [line.split("\t") for line in table.decode().splitlines()]
        assert list(judge.verdict(CORPUS / "captures" / name)) == rows, name
