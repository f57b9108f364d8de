"""The verdict, the cost and the wait in vain, made from the findings alone."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tcptui.engine.saturation import LARGEST
from tcptui.fields.reported import REPORTED
from tcptui.findings.capture_findings import CaptureFinding, CaptureFindings, in_short
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of
from tcptui.findings.judgement import Judgement, as_sentence
from tcptui.findings.verdict import Verdict, verdict_of
from tests.diagnosis.causes import engine_of

REQUEST = "100 A PA 1 1 64000 200\n120 B A 1 201 64000 0\n"
ANSWERED = REQUEST + "150 B PA 1 201 64000 500\n152 A A 201 501 64000 0\n"
TIMER = """
100 A PA   1   1 64000 200
900 A PA   1   1 64000 200
920 B PA   1 201 64000 500
922 A A  201 501 64000 0
"""


def reported_flow(script: str) -> dict[str, Any]:
    """The flow as the report has it."""
    engine = engine_of(script)
    found = findings_of(engine, engine.flows[0])
    text = REPORTED.json_writer(engine).flow_text(0, engine.flows[0], found)
    flow: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return flow


@pytest.mark.parametrize(
    ("script", "verdict", "cost", "vain"),
    [
        (ANSWERED, "ok", None, None),
        (ANSWERED + "3000 A FA 201 501 64000 0\n3020 B A 501 202 64000 0\n4000 A A 202 501 64000 0",
         "note", None, None),
        (TIMER, "trouble", Decimal("0.8"), None),
        (REQUEST + "6100 A FA 201 1 64000 0\n6120 B FA 1 202 64000 0", "trouble", Decimal("6"),
         ("client", Decimal("6"), "answer")),
        (TIMER + "1000 A PA 201 501 64000 300\n1020 B A 501 501 64000 0\n"
         "5000 A FA 501 501 64000 0", "trouble", Decimal("4.8"),
         ("client", Decimal("4"), "answer")),
    ],
    ids=["answered", "not closed yet", "a timer", "no answer", "a timer, and then no answer"],
)  # fmt: skip
def test_of_a_flow(script: str, verdict: str, cost: Decimal | None, vain: object) -> None:
    flow = reported_flow(script)
    assert flow["verdict"] == verdict
    assert flow["cost"] == cost
    waited = flow["waited_in_vain"]
    assert (waited and (waited["side"], waited["seconds"], waited["for"])) == vain
    assert (flow["cost"] or 0) <= flow["last"] - flow["first"]


@pytest.mark.parametrize("words", ['the name is "a\\b"', "a tab\tand µs", "half a pair \udc80"])
def test_the_sentence_in_json_is_that_of_the_screen(words: str) -> None:
    engine = engine_of(TIMER)
    flow = engine.flows[0]
    found = [Finding("stall_rto", "error", 1, 4, 4, "client", 1, words)]
    text = REPORTED.json_writer(engine).flow_text(0, flow, found)
    assert json.loads(text)["sentence"] == Judgement(engine, flow, found).sentence()
    assert json.loads(text)["sentence"].startswith(as_sentence(words))


def test_a_cause_leads_and_leaves_out_what_it_explains() -> None:
    kinds = [one["kind"] for one in reported_flow(REQUEST + "9000 A FA 201 1 64000 0")["findings"]]
    assert kinds == ["no_answer"]


def finding(severity: str, cost: int, side: str = "client") -> Finding:
    return Finding("stall_rto", severity, 1, 1, 1, side, cost, f"waited {cost}")


def test_one_row_for_one_cause_over_many_flows() -> None:
    added = CaptureFindings()
    for number, found in enumerate(
        ([finding("note", 9)], [], [finding("warning", 3)], [finding("warning", 5, "server")])
    ):
        assert added.without_short(in_short(number, found) + b"{}") == b"{}"
    (row,) = added.ranked()
    assert (row.severity, row.side, row.cost, list(row.flows)) == ("warning", None, 17, [0, 2, 3])
    assert row.text.endswith("the worst is flow 3: waited 5")


@pytest.mark.parametrize(
    ("severity", "damaged", "verdict"),
    [
        (None, False, Verdict.OK),
        (None, True, Verdict.NOTE),
        ("chat", False, Verdict.OK),
        ("note", False, Verdict.NOTE),
        ("warning", True, Verdict.TROUBLE),
    ],
)
def test_of_a_capture(severity: str | None, damaged: bool, verdict: Verdict) -> None:
    added = CaptureFindings()
    added.without_short(in_short(0, [finding(severity, 1)] if severity else []))
    assert added.verdict(damaged) is verdict


ONE_SIDE = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
1   0 B SA   0 1 64000   0
2 100 B PA   1 1 64000 100
3 110 B PA 101 1 64000 100
"""


def test_one_direction_alone_is_never_said_to_be_all_right() -> None:
    engine = engine_of("", ONE_SIDE)
    found = findings_of(engine, engine.flows[0])
    assert verdict_of(found) is Verdict.NOTE
    assert [one.side for one in found if one.kind == "one_sided"] == ["server"]


def test_the_cost_of_a_cause_stays_in_64_bits() -> None:
    """Times come from the file: two flows may each have waited for 292 years."""
    cause = CaptureFinding("no_answer", b"warning", b"client")
    for flow in range(2):
        cause.add(flow, b"warning", b"client", LARGEST, b"no answer")
    assert cause.cost == LARGEST
