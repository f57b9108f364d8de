"""A capture of a data set is fetched from where it was swept."""

import stat
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fsspec", reason="sweeps need it: pip install '.[test]'")

import fsspec

from tcptui.capture.errors import CaptureError
from tcptui.data_set.swept import SweptCapture
from tcptui.fleet.fetching import Fetcher
from tcptui.fleet.sources import find_sources
from tests.fleet.swept import WEB_LOSS

ADDRESS = "memory://caps/web1/a.pcapng"


@pytest.fixture
def memory() -> Any:
    """A file system that holds one capture."""
    found = fsspec.filesystem("memory")
    found.pipe("/caps/web1/a.pcapng", WEB_LOSS.read_bytes())
    yield found
    found.rm("/caps", recursive=True)


def swept(word: str) -> SweptCapture:
    """A capture as a sweep finds it now."""
    (source,) = find_sources([word], "").sources
    return SweptCapture(source.name, source.size, source.mtime, source.etag, "")


@pytest.mark.usefixtures("memory")
def test_a_copy_is_for_its_owner_alone_and_goes_when_it_is_closed(tmp_path: Path) -> None:
    fetcher = Fetcher(str(tmp_path))
    path = Path(fetcher.fetch(swept(ADDRESS)))
    assert path.is_relative_to(tmp_path)
    assert path.name == "a.pcapng"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == WEB_LOSS.read_bytes()
    assert fetcher.fetch(swept(ADDRESS)) == str(path)
    fetcher.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "..", "a\0b", "a" * 300])
def test_a_name_that_no_file_can_have_stays_the_copys_own(tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(b"bytes")
    fetcher = Fetcher(str(tmp_path))
    assert fetcher.named(str(copy), name) == str(copy)
    fetcher.close()
    assert list(tmp_path.iterdir()) == [copy]


@pytest.mark.parametrize("word", [ADDRESS, "memory://caps", "memory://caps/*/*.pcapng"])
@pytest.mark.usefixtures("memory")
def test_a_name_of_the_manifest_is_found_again(word: str) -> None:
    capture = swept(word)
    assert swept(capture.name) == capture


def test_what_has_changed_or_is_gone_is_not_fetched(memory: Any, tmp_path: Path) -> None:
    capture = swept(ADDRESS)
    memory.pipe("/caps/web1/a.pcapng", b"other")
    fetcher = Fetcher(str(tmp_path))
    with pytest.raises(CaptureError, match="it has changed since it was swept"):
        fetcher.fetch(capture)
    memory.rm("/caps/web1/a.pcapng")
    memory.pipe("/caps/web1/b.pcapng", b"another")
    with pytest.raises(CaptureError):
        fetcher.fetch(capture)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("memory")
def test_an_address_that_stands_for_several_is_no_capture(tmp_path: Path) -> None:
    folder = SweptCapture("memory://caps", None, None, None, "")
    with pytest.raises(CaptureError, match="this is not one capture"):
        Fetcher(str(tmp_path)).fetch(folder)
