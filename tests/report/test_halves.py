"""Reports come from two processes where there are two processors."""

import os

import pytest

from tcptui.report import halves

NUMBERS = range(halves.FEWEST + 5)


def text(number: int) -> bytes:
    return b"text %d" % number


@pytest.fixture(params=[True, False], ids=["forked", "alone"])
def can_fork(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halves, "can_fork", lambda: request.param)


@pytest.mark.usefixtures("can_fork")
@pytest.mark.parametrize("count", [0, 1, halves.FEWEST, len(NUMBERS)])
def test_texts_come_in_the_order_of_their_numbers(count: int) -> None:
    came = list(halves.texts_of(NUMBERS[:count], text))
    assert came == [text(number) for number in NUMBERS[:count]]


def test_what_the_second_process_does_not_bring_is_made_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(halves, "can_fork", lambda: True)
    here = os.getpid()

    def text_if_here(number: int) -> bytes:
        if os.getpid() != here and number > 300:
            os._exit(1)
        return text(number)

    came = list(halves.texts_of(NUMBERS, text_if_here))
    assert came == [text(number) for number in NUMBERS]


def test_where_the_system_refuses_another_process_all_is_made_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(halves, "can_fork", lambda: True)
    monkeypatch.setattr(os, "fork", refuse)
    assert list(halves.texts_of(NUMBERS, text)) == [text(number) for number in NUMBERS]
