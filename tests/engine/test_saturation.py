"""Sums of times and costs stay in 64 bits, compiled and interpreted."""

import json
from itertools import cycle, islice

import pytest

from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.engine.saturation import LARGEST, elapsed, plus
from tcptui.fields.reported import REPORTED
from tcptui.findings.findings import findings_of
from tests.engine.feeding import feed, new_engine

LATEST = LARGEST - 1
"""The largest and the smallest time that a capture's framer gives are it and -LARGEST."""


@pytest.mark.parametrize(
    ("a", "b", "total"),
    [
        (1, 2, 3),
        (-1, -2, -3),
        (LARGEST, 0, LARGEST),
        (LARGEST, 1, LARGEST),
        (1, LARGEST, LARGEST),
        (LARGEST, LARGEST, LARGEST),
        (-LARGEST, -1, -LARGEST),
        (-LARGEST, -LARGEST, -LARGEST),
        (LARGEST, -LARGEST, 0),
    ],
)
def test_a_sum_ends_at_the_largest_number(a: int, b: int, total: int) -> None:
    assert plus(a, b) == plus(b, a) == total
    assert elapsed(a, -b) == total


SCRIPT = """
# no ms who flags  seq  ack  win  len
   1  0   A  S    1000    0  500    0
   2  1   B  SA   5000 1001  500    0
   3  2   A  A    1001 5001  500  100
   4  3   B  A    5001 1101    0    0
   5  4   A  A    1101 5001  500    1
   6  5   A  A    1101 5001  500    1
   7  6   B  A    5001 1101  500    0
   8  7   A  A    1101 5001  500  100
   9  8   A  A    1001 5001  500  100
  10  9   A  A    1001 5001  500  100
  11 10   B  A    5001 1201  500  100
  12 11   A  A    1201 5101  500  100
  13 12   A  FA   1301 5101  500    0
  14 13   A  FA   1301 5101  500    0
"""


@pytest.mark.parametrize(
    "times",
    [
        (-LARGEST, LATEST),
        (LATEST, -LARGEST),
        (-LARGEST, 0, LATEST),
        (0, LATEST),
        (LATEST, LATEST),
        (-LARGEST, -LARGEST, LATEST, LATEST),
    ],
    ids=str,
)
def test_times_at_the_ends_of_the_range_give_a_report(times: tuple[int, ...]) -> None:
    frames = [frame(packet) for packet in parse_script(SCRIPT).packets]
    engine = new_engine()
    feed(engine, frames, list(islice(cycle(times), len(frames))))
    engine.finish()
    flow = engine.flows[0]
    found = findings_of(engine, flow)
    assert all(one.cost is None or -LARGEST <= one.cost <= LARGEST for one in found)
    told = json.loads(REPORTED.json_writer(engine).flow_text(0, flow, found))
    assert len(told["findings"]) == len(found)
