"""The upshot of a flow, a number in a column, says what its findings come to."""

import pytest

from benchmarks.shapes import crowd
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.engine.engine import Engine
from tcptui.findings.judgement import Judge
from tcptui.findings.upshot import CUT, TROUBLE, VAIN_SHIFT
from tcptui.findings.verdict import Verdict
from tests.engine.feeding import feed, new_engine
from tests.panes.loaded import sample

RESET = """
flow A 10.0.0.1:40000 B 10.0.0.2:80
1   0  A  S     0    0 64000    0
2  20  B  SA    0    1 64000    0
3  40  A  A     1    1 64000    0
4  50  A  PA    1    1 64000  100
5 900  B  RA    1  101     0    0
"""


@pytest.mark.parametrize("name", ["web-loss", "openings", "closings", "busy-hour"])
def test_it_is_that_of_the_judgement(name: str) -> None:
    engine = sample(name)
    judge = Judge(engine, None)
    seen = set()
    for flow in engine.flows:
        judged = judge.judge(flow)
        vain = judged.vain()
        upshot = judge.upshot(flow)
        assert bool(upshot & CUT) == judged.is_cut()
        assert bool(upshot & TROUBLE) == (judged.verdict() is Verdict.TROUBLE)
        assert upshot >> VAIN_SHIFT == (0 if vain is None else vain.lasted)
        assert Judge(engine, None).upshot(flow) == upshot
        seen.add(upshot)
    assert len(seen) > 1


def test_a_flow_that_goes_on_has_another_one() -> None:
    packets = parse_script(RESET).packets
    frames, times = [frame(packet) for packet in packets], [packet.time for packet in packets]
    engine = new_engine()
    feed(engine, frames[:4], times[:4])
    judge = Judge(engine, None)
    assert judge.upshot(engine.flows[0]) & CUT == 0
    feed(engine, frames[4:], times[4:])
    assert judge.upshot(engine.flows[0]) & CUT == CUT


def test_a_judgement_that_is_shown_stays_while_a_capture_is_read_that_grows_little() -> None:
    engine = new_engine()
    feed(engine, list(crowd(100)), range(100))
    judge, flow = Judge(engine, None), engine.flows[0]
    judge.loading = True
    shown = judge.judge_shown(flow)
    grow(engine, 9)
    assert judge.judge_shown(flow) is shown
    judge.loading = False
    assert judge.judge_shown(flow) is not shown
    judge.loading = True
    shown = judge.judge_shown(flow)
    grow(engine, 20)
    assert judge.judge_shown(flow) is not shown


def grow(engine: Engine, packets: int) -> None:
    """Feed so many packets more, of other flows."""
    at = engine.now + 1
    feed(engine, list(crowd(engine.frames + packets))[engine.frames :], range(at, at + packets))
