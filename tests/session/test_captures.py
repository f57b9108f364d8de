"""What is opened one after the other, under one command line."""

from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.filtered_source import FilteredSource
from tcptui.capture.options import CaptureOptions
from tcptui.capture.packet_copy import PacketCopy
from tcptui.capture.source import Source, open_source
from tcptui.captures import Captures, OtherRulesRefused
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.session import SessionState
from tests.capture.reading import rows
from tests.waiting import wait_until

SAMPLE = Path(__file__).parents[2] / "samples" / "openings.pcapng"
FRAMES = 19


def copying(target: Path, follow: bool = False) -> Captures:
    """Captures as of `-r FILE -w target`."""

    def narrow(source: Source) -> Source:
        chosen = FilteredSource(source, "")
        chosen.copy = PacketCopy(str(target), source.is_reading)
        return chosen

    return Captures(CaptureOptions(), WIRESHARK_4_0, narrow=narrow, follow=follow)


def count(path: Path) -> int:
    source = open_source([str(path)])
    found = len(rows(source))
    source.close()
    return found


def test_the_copy_is_there_as_soon_as_all_was_read(tmp_path: Path) -> None:
    captures = copying(tmp_path / "a")
    session = captures.open_files([str(SAMPLE)]).session
    session.start()
    wait_until(lambda: session.state is SessionState.COMPLETE)
    assert count(tmp_path / "a") == FRAMES
    captures.stop()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("started", [True, False])
def test_what_is_left_before_its_end_leaves_no_copy(tmp_path: Path, started: bool) -> None:
    captures = copying(tmp_path / "a")
    session = captures.open_files([str(SAMPLE)]).session
    session.pause()
    if started:
        session.start()
    captures.stop()
    ended = session.source.ended
    assert [path.name for path in tmp_path.iterdir()] == (["a"] if ended else [])
    assert started or not ended


def test_a_file_that_is_followed_ends_where_it_is_left(tmp_path: Path) -> None:
    captures = copying(tmp_path / "a", follow=True)
    session = captures.open_files([str(SAMPLE)]).session
    session.start()
    wait_until(lambda: session.state is SessionState.FOLLOWING)
    assert not (tmp_path / "a").exists()
    captures.stop()
    assert count(tmp_path / "a") == FRAMES


def test_a_copy_that_fails_ends_the_session_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    captures = copying(Path("/dev/full"))
    session = captures.open_files([str(SAMPLE)]).session
    session.start()
    wait_until(lambda: session.state is SessionState.FAILED)
    captures.stop()
    assert isinstance(session.error, CaptureError)
    assert str(session.error).startswith("/dev/full: no space left on device; make room")


def test_only_the_first_files_are_narrowed_so_that_no_copy_is_written_over() -> None:
    narrowed: list[Source] = []

    def narrow(source: Source) -> Source:
        narrowed.append(source)
        return source

    captures = Captures(CaptureOptions(), WIRESHARK_4_0, narrow=narrow)
    first, second = captures.open_files([str(SAMPLE)]), captures.open_files([str(SAMPLE)])
    captures.stop()
    assert narrowed == [first.session.source]
    assert second.session.source is not first.session.source


def test_what_was_opened_earlier_is_left() -> None:
    captures = Captures(CaptureOptions(), WIRESHARK_4_0)
    first, second = captures.open_files([str(SAMPLE)]), captures.open_files([str(SAMPLE)])
    captures.leave_earlier()
    assert captures.opened == [second]
    assert first.session._stopped.is_set()
    captures.stop()


def test_the_same_files_by_other_rules() -> None:
    captures = Captures(CaptureOptions(), WIRESHARK_4_0)
    first = captures.open_files([str(SAMPLE)])
    second = captures.open_by_rules(first, RULE_SETS["4.6"])
    assert (first.engine.rules.name, second.engine.rules.name) == ("4.0", "4.6")
    assert second.names == first.names
    captures.stop()


def test_what_is_still_coming_is_not_analysed_by_other_rules() -> None:
    captures = Captures(CaptureOptions(), WIRESHARK_4_0, follow=True)
    growing = captures.open_files([str(SAMPLE)])
    with pytest.raises(OtherRulesRefused, match="what is still coming is read once"):
        captures.open_by_rules(growing, RULE_SETS["4.4"])
    captures.stop()
