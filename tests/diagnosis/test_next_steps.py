"""What to do next hangs on what was found, and the story beside it has no other cause."""

import pytest

from samples.packet_script import parse_script
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of
from tcptui.findings.next_steps import next_step
from tcptui.findings.time_split import split_text, time_split
from tests.diagnosis.causes import engine_of
from tests.engine.feeding import analysed

ASKED = "100 A PA 1 1 64000 200\n120 B A 1 201 64000 0\n"
PASSED_HERE = ASKED + "130 B A 1 201 64000 1000\n930 B A 1 201 64000 1000\n932 A A 201 1001 64000 0"
NEVER_CAME = ASKED + (
    "130 B A 1001 201 64000 500\n132 A A 201 1 64000 0 sack=1001-1501\n"
    "930 B A 1 201 64000 1000\n932 A A 201 1501 64000 0"
)


def timer_of(script: str) -> tuple[str, str]:
    """The next step after the time-out of the server, and where the flow's time went."""
    engine = engine_of(script)
    flow = engine.flows[0]
    found = findings_of(engine, flow)
    timer = next(one for one in found if one.kind == "stall_rto")
    return next_step(flow, timer), split_text(time_split(flow), found)


@pytest.mark.parametrize(
    ("script", "step", "story"),
    [
        (PASSED_HERE, "capture at 10.0.0.1:1111 as well and compare: what left 10.0.0.2:80",
         "lost after this point"),
        (NEVER_CAME, "capture at 10.0.0.2:80 as well and compare: what left it",
         "lost before this point"),
    ],
    ids=["lost after this point", "lost before this point"],
)  # fmt: skip
def test_after_a_timer_the_capture_is_taken_where_the_segment_was_lost(
    script: str, step: str, story: str
) -> None:
    told, went = timer_of(script)
    assert told.startswith(step)
    assert story in went


@pytest.mark.parametrize(
    ("server", "step"),
    [("10.0.0.9:81", "capture at 10.0.0.9:81"), ("127.0.0.1:81", "ss -lnt at 127.0.0.1:81")],
)
def test_nobody_is_sent_to_where_the_capture_was_taken(server: str, step: str) -> None:
    client = "127.0.0.1:1111" if server.startswith("127") else "10.0.0.1:1111"
    script = f"flow A {client} B {server}\n1 0 A S 0 0 64000 0\n2 0.1 B RA 0 1 0 0"
    engine = analysed(parse_script(script).packets)
    refused = findings_of(engine, engine.flows[0])[0]
    assert next_step(engine.flows[0], refused).startswith(step)


def test_the_longest_time_out_is_told_with_its_own_loss() -> None:
    """One segment was repaired that had passed here; the timer sent another one, that had not."""
    more = (
        "1000 B A 1501 201 64000 1000\n1001 B A 2501 201 64000 1000\n1300 B A 1501 201 64000 1000\n"
        "1302 A A 201 3501 64000 0"
    )
    step, story = timer_of(f"{NEVER_CAME}\n{more}")
    assert step.startswith("capture at 10.0.0.2:80")
    assert "(lost before this point, #8)" in story


def test_another_cause_in_the_findings_leaves_the_place_out() -> None:
    flow = engine_of(PASSED_HERE).flows[0]
    other = Finding("never_accepted", "warning", 1, 4, 8, "server", None, "it was ignored")
    assert "RTO ×1 800 ms (#7)" in split_text(time_split(flow), [other])


@pytest.mark.parametrize("kind", ["pmtu_black_hole", "fragmentation_needed"])
def test_a_ping_goes_from_host_to_host(kind: str) -> None:
    flow = engine_of(PASSED_HERE).flows[0]
    found = Finding(kind, "warning", 1, 4, 8, "server", None, "")
    assert next_step(flow, found).startswith("ping -M do -s SIZE from 10.0.0.2 to 10.0.0.1 tells")
