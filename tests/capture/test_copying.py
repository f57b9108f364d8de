"""`-r FILE -w FILE`: what was admitted, in another file."""

from pathlib import Path

import pytest

from tcptui.capture.copying import Copy
from tcptui.capture.errors import CaptureError
from tcptui.capture.live.offline import FilteredSource
from tcptui.capture.source import open_source
from tests.capture.builders import interface, options, packet, section, write
from tests.capture.reading import rows
from tests.live.packets import HEADER, record, records


def copied(path: Path, target: Path, expression: str = "") -> None:
    source = FilteredSource(open_source([str(path)]), expression)
    source.copy = Copy(str(target), [str(path)])
    try:
        for _ in source.batches():
            pass
    finally:
        source.close()


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
        (1, -5, "b.pcapng", "these times lie before 1970"),
    ],
)
def test_times_that_do_not_fit(
    tmp_path: Path, stamp: int, offset: int, name: str, words: str
) -> None:
    opts = options((14, offset.to_bytes(8, "little", signed=True)))
    made = write(tmp_path, "x", [section(), interface(opts=opts), packet(stamp, b"one")])
    with pytest.raises(CaptureError, match=words):
        copied(Path(made), tmp_path / name)


def test_the_capture_that_is_read_is_left_alone(capture: Path) -> None:
    with pytest.raises(CaptureError, match="the capture that is read"):
        copied(capture, capture)
    assert capture.stat().st_size > len(HEADER)


def test_a_folder_that_is_not_there(capture: Path, tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no such file"):
        copied(capture, tmp_path / "no" / "b")


@pytest.mark.parametrize("name", ["b", "b.pcapng"])
def test_a_copy_without_packets_is_a_capture_too(capture: Path, tmp_path: Path, name: str) -> None:
    copied(capture, tmp_path / name, "less 1")
    assert packets(tmp_path / name) == []
