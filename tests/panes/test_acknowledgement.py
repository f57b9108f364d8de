"""When the receiver is known to have had a segment: compared with `acks_frame` of Wireshark, and
with the SACK blocks of a sample."""

import pytest

from tcptui.panes.ladder.acknowledgement import Receptions
from tcptui.panes.ladder.model.fold import Fold
from tcptui.panes.ladder.sack_blocks import ReportedBlocks
from tests.panes.loaded import folded, reader, sample


def receptions(name: str, fold: Fold) -> Receptions:
    engine = sample(name)
    return Receptions(engine.packets, fold, ReportedBlocks(engine, reader(name)))


@pytest.mark.parametrize("name", ["web-loss", "openings", "closings", "zero-window"])
def test_an_ack_of_exactly_this_segment_is_the_one_that_is_named(name: str) -> None:
    engine = sample(name)
    packets = engine.packets
    compared = 0
    for flow in engine.flows:
        fold = folded(engine, flow.index)
        asked = receptions(name, fold)
        ordinal_of = {packets.frame(fold.row_at(p)): p for p in range(len(fold.rows))}
        said: set[int] = set()
        for place in range(len(fold.rows)):
            acked = packets.acks(fold.row_at(place))
            if acked and acked in ordinal_of and acked not in said and not flow.bits:
                said.add(acked)
                frame = packets.frame(fold.row_at(place))
                assert asked.texts(ordinal_of[acked])[-1].startswith(f"acked by #{frame},")
                compared += 1
    assert compared or name in ("web-loss", "zero-window")


def test_nothing_is_said_of_a_plain_ack() -> None:
    asked = receptions("openings", folded(sample("openings"), 0))
    assert asked.texts(0)[0].startswith("acked by #")
    assert asked.texts(2) == []


def test_the_first_sack_block_that_has_a_segment_is_named_before_its_ack() -> None:
    engine = sample("web-loss")
    fold = folded(engine, 2)
    frames = [engine.packets.frame(fold.row_at(place)) for place in range(len(fold.rows))]
    asked = receptions("web-loss", fold)
    assert asked.texts(frames.index(196)) == [
        "SACKed by #197, +5 µs, acked by #227, +272 µs",
        "SACKed by #197, +5 µs",
    ]


def test_a_segment_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = receptions("web-loss", folded(sample("web-loss"), 2))
    first = asked.texts(0)
    monkeypatch.setattr(asked, "received", None)
    assert asked.texts(0) == first
