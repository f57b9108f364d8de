"""Several flows in one ladder."""

import pytest

from tcptui.panes.ladder.model.fold import DATA_RUN, EVENT, Fold
from tcptui.panes.ladder.weave import Weave, moment
from tests.panes.loaded import folded, sample

NAMES = ("web-loss", "openings", "closings")


def woven(name: str) -> Weave:
    engine = sample(name)
    weave = Weave([folded(engine, flow) for flow in range(len(engine.flows))])
    weave.take_new_items()
    return weave


def moments(weave: Weave) -> list[int]:
    found = []
    for index in range(weave.count):
        strand, item = weave.at(index)
        found.append(moment(weave.folds[strand], item))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_item_stands_once_and_in_order(name: str) -> None:
    weave = woven(name)
    assert moments(weave) == sorted(moments(weave))
    everything = [(s, item) for s, fold in enumerate(weave.folds) for item in range(len(fold.kind))]
    assert sorted(weave.at(index) for index in range(weave.count)) == everything
    assert all(weave.index_of(*weave.at(index)) == index for index in range(weave.count))


@pytest.mark.parametrize("rows", [1, 7, 64])
@pytest.mark.parametrize("name", NAMES)
def test_growing_makes_no_difference(name: str, rows: int) -> None:
    engine = sample(name)
    folds = [Fold(flow) for flow in range(len(engine.flows))]
    for fold in folds:
        fold.events = [event.row for event in engine.events.of_flow(int(fold.flow))]
    weave = Weave(folds)
    end = int(engine.packets.count)
    for stop in range(rows, end + rows, rows):
        for fold in folds:
            fold.find_rows(engine.packets, min(stop, end))
            fold.fold_rows(engine.packets, end)
        weave.take_new_items()
        assert moments(weave) == sorted(moments(weave))
    assert weave.turns == woven(name).turns


def test_a_run_opens_among_the_others_and_folds_again() -> None:
    weave = woven("web-loss")
    before = bytes(weave.turns)
    for index in reversed(range(weave.count)):
        strand, item = weave.at(index)
        fold = weave.folds[strand]
        if fold.kind[item] != DATA_RUN:
            continue
        span = fold.span[item]
        weave.open_run(index)
        assert weave.count == len(before) + span - 1
        assert moments(weave) == sorted(moments(weave))
        last = weave.index_of(strand, item + span - 1)
        assert weave.close_run(last) == index
        assert weave.turns == before


def test_events_stand_behind_their_row() -> None:
    weave = woven("openings")
    for index in range(1, weave.count):
        strand, item = weave.at(index)
        if weave.folds[strand].kind[item] == EVENT:
            assert moments(weave)[index - 1] < moments(weave)[index]
