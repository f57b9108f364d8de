"""A field is one row of the schema: what is made from the rows shows it everywhere."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from docs.pages.field_pages import field_table, report_table
from tcptui.capture.source import open_source
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.fields.columns.flow_values import NumberOf
from tcptui.fields.columns.segment_values import Length
from tcptui.fields.field import Field, by_key
from tcptui.fields.flow_fields import FLOW_ROWS, SPARSE_OBJECTS, FlowField
from tcptui.fields.reported import REPORTED, ReportedFields
from tcptui.fields.schema import SCHEMA, Schema
from tcptui.fields.segment_fields import ROW_FIELDS, SEGMENT_FIELDS
from tcptui.fields.value_kind import ValueKind
from tcptui.fields.view import View
from tcptui.filters.complete import complete
from tcptui.filters.language import parse
from tcptui.report.packets import columns, print_packets
from tcptui.report.report import Contents, print_report
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import ethernet, ip, tcp
from tests.filters.samples import TALK, Loaded, script_capture

ALL_FLOWS = Contents(WIRESHARK_4_0)

SPARSE = {row.path for row in FLOW_ROWS if row.path.rpartition(".")[0] in SPARSE_OBJECTS}
"""Fields that an object has only where they are known."""
SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.pcapng"))


def is_odd(length: int) -> int:
    return length % 2


def both_ports(flow: Flow) -> int:
    return int(flow.client.port + flow.server.port)


ODD = by_key("tcp.odd", ValueKind.NUMBER, Length(), is_odd, "payload that no pair fills")
PORTS = FlowField(
    "toy.ports", ValueKind.NUMBER, NumberOf(both_ports), "both ports", aliases=("both",)
)


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema has a row more of each kind."""
    made = Schema((*SEGMENT_FIELDS, ODD), ROW_FIELDS, (*FLOW_ROWS, PORTS))
    for name, value in vars(made).items():
        monkeypatch.setattr(SCHEMA, name, value)
    monkeypatch.setattr(REPORTED, "rows", ReportedFields((*FLOW_ROWS, PORTS)).rows)


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    script = tmp_path / "talk.txt"
    script.write_text(TALK)
    return script_capture(script.with_suffix(".pcap"), script)


def packet_rows(path: Path, fields: list[str], filter_text: str, form: str = "tsv") -> list[str]:
    out = io.BytesIO()
    source = open_source([str(path)], seekable=False)
    print_packets(source, out, columns(fields, "4.0"), form, WIRESHARK_4_0, parse(filter_text))
    source.close()
    return out.getvalue().decode().splitlines()


def reported(path: Path, form: str, contents: Contents = ALL_FLOWS) -> str:
    out = io.BytesIO()
    source = open_source([str(path)], seekable=False)
    print_report(source, out, [str(path)], form, "interpreted", contents)
    source.close()
    return out.getvalue().decode()


@pytest.mark.usefixtures("toys")
def test_a_new_field_of_segments_is_everywhere(talk: Path) -> None:
    odd = packet_rows(talk, ["frame.number", "tcp.odd"], "tcp.odd == 1")
    assert odd[0] == "frame.number\ttcp.odd"
    lengths = packet_rows(talk, ["frame.number", "tcp.len"], "")[1:]
    expected = [line.split("\t")[0] for line in lengths if int(line.split("\t")[1]) % 2]
    assert [line.split("\t")[0] for line in odd[1:]] == expected
    first = json.loads(packet_rows(talk, ["tcp.odd"], "", "json")[0])
    assert first == {"tcp.odd": 0}
    assert ("tcp.odd", ODD.doc) in [(one.text, one.meaning) for one in complete("tcp.od", 6)]
    assert f"| `tcp.odd` | number | {ODD.doc} |" in field_table()


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize("name", ["flow.toy.ports", "flow.both"])
def test_a_new_field_of_flows_is_everywhere(talk: Path, name: str) -> None:
    ports = 40000 + 80
    assert len(packet_rows(talk, [], f"{name} == {ports}")) > 1
    assert len(packet_rows(talk, [], f"{name} != {ports}")) == 1
    assert packet_rows(talk, [name], "")[:2] == [name, str(ports)]
    flow = json.loads(reported(talk, "json"))["flows"][0]
    assert flow["toy"] == {"ports": ports}
    (row,) = csv.DictReader(io.StringIO(reported(talk, "csv")))
    assert list(row)[-1] == "toy_ports"
    assert row["toy_ports"] == str(ports)
    assert name in [one.text for one in complete(name[:-1], len(name) - 1)]
    assert f"| `{name}` | number |" in field_table()
    assert f"| `toy.ports` | `toy_ports` | number | {PORTS.doc} |" in report_table()


def at_path(flow: dict[str, Any], path: str) -> Any:
    """The value of a field in a flow's object; absent in one that is null, or leaves it out."""
    found: Any = flow
    for name in path.split("."):
        found = None if found is None or (path in SPARSE and name not in found) else found[name]
    return found


def all_texts(values: list[Any]) -> bool:
    return all(isinstance(one, str) for one in values)


def cell(value: Any) -> str:
    """What CSV has for a value of JSON."""
    if isinstance(value, dict):
        return " ".join(f"{name}×{count}" for name, count in value.items())
    if isinstance(value, list) and all_texts(value):
        return " ".join(value)
    if isinstance(value, list):
        return " ".join(
            f"{one['cause']}={one['seconds']}"
            if "cause" in one
            else f"{one['kind']}×{one['count']}"
            for one in value
        )
    return "" if value is None else str(value)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_json_csv_and_filters_agree(path: Path) -> None:
    flows = json.loads(reported(path, "json"), parse_float=str)["flows"]
    rows = list(csv.DictReader(io.StringIO(reported(path, "csv"))))
    loaded = Loaded(path)
    view = View(loaded.engine)
    for flow, row, told in zip(flows, rows, loaded.engine.flows, strict=True):
        for field, shown in zip(SCHEMA.flow_rows, SCHEMA.flow_fields, strict=True):
            if not field.reported:
                continue
            value = at_path(flow, field.path)
            assert row[field.column_name] == cell(value), field.path
            assert same(shown, shown.get(view, int(told.first_row)), value), field.path


def same(field: Field, read: Any, value: Any) -> bool:
    """Whether a filter reads what the report says."""
    if isinstance(value, dict):
        return bool(read == list(value))
    if isinstance(value, list) and all_texts(value):
        return bool(read == value)
    if isinstance(value, list):
        return bool(read == [one.get("cause") or one["kind"] for one in value])
    if field.kind is ValueKind.SECONDS and value is not None:
        return bool(read == int(Decimal(value) * 1_000_000_000))
    return bool(read == value)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_split_of_the_time_is_the_whole_time(path: Path) -> None:
    for flow in json.loads(reported(path, "json"), parse_float=Decimal)["flows"]:
        assert abs(sum(flow["time"].values()) - (flow["last"] - flow["first"])) <= Decimal("1e-6")
        assert all(limit["seconds"] > 0 for limit in flow["limits"])


def test_nobody_judges_without_findings(talk: Path) -> None:
    (flow,) = json.loads(reported(talk, "json", Contents(WIRESHARK_4_0, findings=False)))["flows"]
    assert (flow["findings"], flow["sentence"]) == ([], None)
    assert sum(flow["time"].values()) > 0


def test_names_of_the_first_round_stay(talk: Path) -> None:
    loaded = Loaded(talk)
    view = View(loaded.engine)
    for old, new in (("flow.rtt", "flow.initial_rtt"), ("flow.finding", "flow.findings")):
        fields = [SCHEMA.by_name[name] for name in (old, new)]
        assert fields[0].get(view, 0) == fields[1].get(view, 0)
        assert new in fields[0].doc
    first_round = (
        "state packets bytes duration retransmissions retransmission_share opening closing"
    )
    assert {f"flow.{name}" for name in first_round.split()} <= SCHEMA.by_name.keys()


def test_a_time_that_no_64_bits_hold_is_the_largest() -> None:
    """A capture may claim any times; from the first to the last of one flow may be 2^64 ns, of
    which nothing is left but the jump of the clock."""
    engine = new_engine()
    engine.add_interface(1)
    feed(engine, [ethernet(ip(tcp()))] * 2, [-(1 << 62), 1 << 62])
    flow = engine.flows[0]
    assert SCHEMA.number_of("time.idle")(flow) == (1 << 63) - 1
    assert SCHEMA.number_of("duration")(flow) == 0
