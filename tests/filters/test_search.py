"""Searches end: with an answer, at the end of their budget, or when they are stopped."""

import gc
import sys
import threading
from pathlib import Path
from time import sleep

import pytest

from tcptui.filters.filter_error import Unanswered
from tcptui.filters.language import parse
from tcptui.filters.search import BLOCK, GivenUp, Searcher
from tcptui.filters.selection import Selection, matching_flows, matching_rows
from tests.filters.samples import BOMB, BOMB_TEXT, Loaded, frames_of, write_capture

ENDLESS = b"(a+)+$"
TEXT = b"a" * 60 + b"!"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget that does not keep the tests waiting."""
    monkeypatch.setattr(Searcher, "seconds_per_block", 0.05)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget that no test lives to see the end of."""
    monkeypatch.setattr(Searcher, "seconds_per_block", 3600)


@pytest.fixture
def bomb(tmp_path: Path) -> Loaded:
    return Loaded(write_capture(tmp_path / "bomb.pcap", frames_of(BOMB_TEXT)))


def test_answers() -> None:
    searcher = Searcher()
    assert searcher.found(b"get|post", b"a POST")
    assert not searcher.found(b"get|post", b"a PUT")
    assert searcher.found(b"", b"")
    assert searcher.found(rb"\xff$", b"\xff" * (4 * BLOCK))


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "pattern", [ENDLESS, rb"(a|a)*b", rb"(a|aa)+$", rb"((a*)*)*b", rb"(a?){60}a{60}b", rb"(.*)*\d"]
)
def test_an_endless_search_is_given_up_and_the_next_one_answered(pattern: bytes) -> None:
    searcher = Searcher()
    with pytest.raises(GivenUp, match=r"given up after 0\.05 s of computing"):
        searcher.found(pattern, TEXT)
    assert searcher.found(b"a!", TEXT)


@pytest.mark.usefixtures("hasty")
def test_a_long_text_has_more_time() -> None:
    with pytest.raises(GivenUp, match=r"after 0\.15 s"):
        Searcher().found(ENDLESS, b"a" * (2 * BLOCK) + b"!")


@pytest.mark.usefixtures("patient")
def test_stopped_from_another_thread() -> None:
    searcher = Searcher()
    assert searcher.found(b"a", b"a")
    said: list[str] = []

    def find() -> None:
        with pytest.raises(GivenUp) as caught:
            searcher.found(ENDLESS, TEXT)
        said.append(str(caught.value))

    thread = threading.Thread(target=find)
    thread.start()
    sleep(0.05)
    searcher.stop()
    thread.join(30)
    assert said == ["was stopped"]
    with pytest.raises(GivenUp):
        searcher.found(b"a", b"a")


def test_the_process_goes_with_its_searcher() -> None:
    searcher = Searcher()
    searcher.found(b"a", b"a")
    assert searcher.channel is not None
    process = searcher.channel.process
    assert process.poll() is None
    del searcher
    gc.collect()
    assert process.poll() is not None


def test_no_process_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(GivenUp, match="No such file"):
        Searcher().found(b"a", b"a")


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("text", [BOMB, f"tcp.len > 0 and not {BOMB}", f"tcp.len > 0 and {BOMB}"])
def test_a_search_without_an_answer_is_no_answer_for_the_filter(text: str, bomb: Loaded) -> None:
    expression = parse(text)
    for ask in (matching_rows, matching_flows):
        with pytest.raises(Unanswered) as caught:
            ask(expression, bomb.engine, bomb.source.read)
        assert str(caught.value).startswith(f"frame 3: {BOMB} was given up after")


def test_what_is_decided_before_is_not_searched(bomb: Loaded) -> None:
    wanted = parse(f"tcp.len > 1000 and {BOMB}")
    selection = Selection(wanted, bomb.engine, bomb.source.read)
    assert list(selection.rows(0, bomb.count)) == []
    assert selection.view.searcher.channel is None
