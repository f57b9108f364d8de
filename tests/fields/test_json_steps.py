"""A field of a flow's object stands there with its key, whatever the flow before had in it."""

import json

import pytest
from librt.strings import BytesWriter
from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.names.names import FlowNames
from tcptui.engine.names.owner import Owner
from tcptui.fields.columns.flow_values import FlowReader, HttpHost, SecondsOf
from tcptui.fields.columns.json_steps import JsonStep, MomentStep, SecondsStep, TextStep
from tcptui.fields.columns.texts import json_text
from tcptui.fields.reported import REPORTED
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import ethernet, ip, tcp

KEY = b'"at": '
NULL = b'"at": null'

TIMES = {
    None: "null",
    0: "0.000000000",
    1: "0.000000001",
    999_999_999: "0.999999999",
    1_000_000_000: "1.000000000",
    1_000_000_007: "1.000000007",
    1_795_800_249_815_527_000: "1795800249.815527000",
    1_795_800_250_000_000_000: "1795800250.000000000",
    -1: "-0.000000001",
    -1_500_000_000: "-1.500000000",
}


def written(step: JsonStep, at: FlowReader) -> str:
    out = BytesWriter()
    step.write(out, at)
    return out.getvalue().decode()


@pytest.mark.parametrize("kind", [SecondsStep, MomentStep])
def test_one_time_after_another(kind: type[SecondsStep | MomentStep]) -> None:
    engine = new_engine()
    feed(engine, [ethernet(ip(tcp()))], [1])
    at = FlowReader(engine)
    at.move_to_flow(i64(0), engine.flows[0])
    times = [*TIMES, *reversed(TIMES)]

    def next_time(flow: Flow) -> int | None:
        return times.pop(0)

    step = kind(KEY, NULL, SecondsOf(next_time))
    wanted = [f'"at": {text}' for text in [*TIMES.values(), *reversed(TIMES.values())]]
    assert [written(step, at) for _ in wanted] == wanted


def test_one_text_after_another() -> None:
    engine = new_engine()
    hosts = ["a", "b", "a", "", 'say "b"', "a"]
    frames = [ethernet(ip(tcp(source=1000 + n))) for n in range(len(hosts))]
    feed(engine, frames, range(len(hosts)))
    at = FlowReader(engine)
    step = TextStep(KEY, NULL, HttpHost())
    for flow, host in zip(engine.flows, hosts, strict=True):
        flow.names = FlowNames()
        flow.names.http_host = host
        at.move_to_flow(i64(flow.index), flow)
        assert written(step, at) == f'"at": {json.dumps(host or None)}'


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"sni": "a"},
        {"http_path": "/"},
        {"alpn": ["h2", "x"], "dns": ["a"]},
        {"greeting": "a", "process": {"user": "root"}},
        {"process": {"pid": 7}},
    ],
)
def test_names_that_are_known(told: dict[str, object]) -> None:
    engine = new_engine()
    feed(engine, [ethernet(ip(tcp()))], [1])
    names = engine.flows[0].names = FlowNames()
    for name, value in told.items():
        if name != "process":
            setattr(names, name, value)
    process = told.get("process")
    if isinstance(process, dict):
        names.owner = Owner("", process.get("pid", 0), process.get("user", ""), "", "", "")
    text = REPORTED.json_writer(engine).flow_text(i64(0), engine.flows[0], [])
    assert f', "names": {json.dumps(told)}, '.encode() in text


@pytest.mark.parametrize("length", range(25))
def test_a_letter_that_json_escapes_is_found_anywhere(length: int) -> None:
    plain = "é~ /x9_-" * 4
    for place in range(length):
        for letter in '"\\\n\x1f':
            text = f"{plain[:place]}{letter}{plain[place + 1 : length]}"
            assert json_text(text) == json.dumps(text, ensure_ascii=False).encode()
    assert json_text(plain[:length]) == f'"{plain[:length]}"'.encode()
