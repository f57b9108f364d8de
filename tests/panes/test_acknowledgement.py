"""When the receiver is known to have had a segment: compared with `acks_frame` of Wireshark."""

import pytest

from tcptui.panes.ladder.acknowledgement import acknowledgement
from tests.panes.loaded import folded, sample


@pytest.mark.parametrize("name", ["web-loss", "openings", "closings", "zero-window"])
def test_an_ack_of_exactly_this_segment_is_the_one_that_is_named(name: str) -> None:
    engine = sample(name)
    packets = engine.packets
    compared = 0
    for flow in engine.flows:
        fold = folded(engine, flow.index)
        ordinal_of = {packets.frame(fold.row_at(p)): p for p in range(len(fold.rows))}
        said: set[int] = set()
        for place in range(len(fold.rows)):
            acked = packets.acks(fold.row_at(place))
            if acked and acked in ordinal_of and acked not in said and not flow.bits:
                said.add(acked)
                frame = packets.frame(fold.row_at(place))
                assert acknowledgement(packets, fold, ordinal_of[acked]).startswith(
                    f"acked by #{frame},"
                )
                compared += 1
    assert compared or name in ("web-loss", "zero-window")


def test_nothing_is_said_of_a_plain_ack() -> None:
    engine = sample("openings")
    packets, fold = engine.packets, folded(engine, 0)
    said = [acknowledgement(packets, fold, place) for place in range(3)]
    assert said[0].startswith("acked by #")
    assert said[2] == ""
