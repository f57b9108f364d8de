"""Zeek's history letters: shared while there are few of them, bounded where there are many."""

from itertools import islice, product

import pytest

from benchmarks.shapes import BEGIN, STEP, fins, resets, syn_acks_moving
from tcptui.engine.tcp_state.zeek import history
from tcptui.engine.tcp_state.zeek_letters import (
    LETTERS,
    MOST_LETTERS,
    MOST_SHARED,
    NO_LETTERS,
    SHARED,
    Letters,
)
from tests.engine.feeding import feed, new_engine


def grown(*letters: int) -> Letters:
    found = NO_LETTERS
    for letter in letters:
        found = found.with_letter(letter)
    return found


def test_flows_with_the_same_history_share_it() -> None:
    assert grown(0, 3, 4) is grown(0, 3, 4)
    assert grown(0, 3, 4).text == "ShA"


def test_no_more_are_shared_than_the_most() -> None:
    for letters in product(range(len(LETTERS)), repeat=3):
        assert grown(*letters, 0).text == "".join(LETTERS[n] for n in letters) + "S"
    assert SHARED.count == MOST_SHARED


@pytest.mark.parametrize("shape", [resets, fins, syn_acks_moving])
def test_a_flow_of_monstrous_history_keeps_its_beginning(shape: type) -> None:
    frames = list(islice(shape(1000), 1000))
    engine = new_engine()
    feed(engine, frames, [BEGIN + n * STEP for n in range(len(frames))])
    assert len(history(engine.flows[0])) == MOST_LETTERS
    assert SHARED.count <= MOST_SHARED
