"""The texts of a report come from several processes where there are several processors."""

import os

import pytest

from tcptui.report import divided_texts

NUMBERS = range(3 * divided_texts.FEWEST + 5)


def text(number: int) -> bytes:
    return b"text %d" % number


@pytest.mark.parametrize("jobs", [1, 2, 3, 9])
@pytest.mark.parametrize(
    "count", [0, 1, divided_texts.FEWEST, 2 * divided_texts.FEWEST, len(NUMBERS)]
)
def test_texts_come_in_the_order_of_their_numbers(count: int, jobs: int) -> None:
    came = list(divided_texts.texts_of(NUMBERS[:count], text, jobs))
    assert came == [text(number) for number in NUMBERS[:count]]


@pytest.mark.parametrize("jobs", [2, 3])
def test_what_another_process_does_not_bring_is_made_here(jobs: int) -> None:
    here = os.getpid()

    def text_if_here(number: int) -> bytes:
        if os.getpid() != here and number > 300:
            os._exit(1)
        return text(number)

    came = list(divided_texts.texts_of(NUMBERS, text_if_here, jobs))
    assert came == [text(number) for number in NUMBERS]


def test_where_the_system_refuses_another_process_all_is_made_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refuse)
    assert list(divided_texts.texts_of(NUMBERS, text, 3)) == [text(number) for number in NUMBERS]
