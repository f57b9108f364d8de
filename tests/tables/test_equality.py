"""Tables say what `packets` and `report` say, field by field."""

import io
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from tcptui.capture.source import Source, open_source
from tcptui.engine.wireshark.rule_sets import DEFAULT_RULES
from tcptui.fields.field import Field
from tcptui.fields.flow_fields import FlowField
from tcptui.fields.reported import REPORTED
from tcptui.fields.schema import SCHEMA
from tcptui.fields.value_kind import BILLION, ValueKind
from tcptui.report.packets import print_packets
from tcptui.report.report import Contents, print_report
from tests.corpus.oracles import CORPUS
from tests.sampling import sample

pa = pytest.importorskip("pyarrow", reason="tables need pyarrow: pip install '.[test]'")

from pyarrow import parquet  # noqa: E402 - there is nothing to test without it

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = sorted((ROOT / "samples").glob("*.pcapng"))
SMALL: Final = 100_000
"""Bytes of a capture of the corpus that is compared."""
OTHERS: Final = sorted(
    path
    for path in (CORPUS / "captures").rglob("*.*cap*")
    if path.is_file() and path.stat().st_size <= SMALL
)
CAPTURES: Final = [*SAMPLES, *sample(OTHERS, 40)]
ALL_FIELDS: Final = tuple(SCHEMA.by_name.values())
by_name = pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)


def opened(path: Path) -> Source:
    return open_source([str(path)])


def packets(path: Path, fields: tuple[Field, ...], form: str) -> bytes:
    out, source = io.BytesIO(), opened(path)
    print_packets(source, out, fields, form, DEFAULT_RULES)
    source.close()
    return out.getvalue()


def report(path: Path, form: str, contents: Contents) -> bytes:
    out, source = io.BytesIO(), opened(path)
    print_report(source, out, [str(path)], form, "interpreted", contents)
    source.close()
    return out.getvalue()


def plain_values(column: Any) -> list[Any]:
    """The values of a column, times in nanoseconds since 1970."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    values: list[Any] = column.to_pylist()
    return values


def texts(field: Field, column: Any) -> list[str]:
    """The values of a column as `packets` prints them."""
    values = plain_values(column)
    if field.kind is ValueKind.SHARE:
        values = [None if value is None else round(value * BILLION) for value in values]
    if field.kind in (ValueKind.BIT, ValueKind.PRESENCE):
        values = [of_bits(value) for value in values]
    return [field.text(value) for value in values]


def of_bits(value: Any) -> Any:
    """A value of true and false as numbers, also in a list."""
    if isinstance(value, list):
        return [int(one) for one in value]
    return None if value is None else int(value)


def lines(fields: Sequence[Field], table: Any) -> str:
    """A table as `packets` prints it."""
    columns = [texts(field, column) for field, column in zip(fields, table.columns, strict=True)]
    rows = zip(*columns, strict=True)
    head = "\t".join(field.name for field in fields)
    return "".join("\t".join(row) + "\n" for row in [head.split("\t"), *rows])


@by_name
def test_default_columns(path: Path) -> None:
    fields = SCHEMA.default_columns
    printed = packets(path, fields, "tsv").decode()
    stored = parquet.read_table(io.BytesIO(packets(path, fields, "parquet")))
    streamed = pa.ipc.open_stream(packets(path, fields, "arrow")).read_all()
    assert lines(fields, stored) == printed
    assert lines(fields, streamed) == printed


@pytest.mark.parametrize("path", SAMPLES[:3] + list(sample(OTHERS, 80)), ids=lambda path: path.name)
def test_all_fields(path: Path) -> None:
    printed = packets(path, ALL_FIELDS, "tsv").decode()
    stored = parquet.read_table(io.BytesIO(packets(path, ALL_FIELDS, "parquet")))
    for place, field in enumerate(ALL_FIELDS):
        cells = [line.split("\t")[place] for line in printed.split("\n")[1:-1]]
        assert texts(field, stored.column(place)) == cells, field.name


def told(flow: dict[str, Any], row: FlowField) -> Any:
    """A field of a flow's JSON; None where it, or the object around it, is absent."""
    value: Any = flow
    for name in row.path.split("."):
        value = None if value is None else value.get(name)
    return value


def stored_value(row: FlowField, flow: dict[str, Any]) -> Any:
    """A field of a table's row, as the JSON has it."""
    name = row.column_name
    if row.path == "analysis":
        return dict(zip(flow[name], flow["analysis_count"], strict=True))
    if row.path == "findings":
        return list(zip(flow[name], flow["findings_count"], strict=True))
    if row.path == "limits":
        seconds = [Decimal(one) / BILLION for one in flow["limits_seconds_ns"]]
        return list(zip(flow[name], flow["limits_side"], seconds, strict=True))
    if row.kind is not ValueKind.SECONDS:
        return flow[name]
    value = flow[name if row.is_moment else f"{name}_ns"]
    return None if value is None else Decimal(value) / BILLION


def in_json(row: FlowField, flow: dict[str, Any]) -> Any:
    """A field of the JSON, of what is an object in a list its members."""
    value = told(flow, row)
    if row.path == "findings":
        return [(one["kind"], one["count"]) for one in value]
    if row.path == "limits":
        return [(one["cause"], one["side"], one["seconds"]) for one in value]
    return value


@pytest.mark.parametrize("judged", [True, False], ids=["judged", "not judged"])
@by_name
def test_flows(path: Path, judged: bool) -> None:
    contents = Contents(DEFAULT_RULES, findings=judged)
    flows = json.loads(report(path, "json", contents), parse_float=Decimal)["flows"]
    table = parquet.read_table(io.BytesIO(report(path, "parquet", contents)))
    columns = {name: plain_values(table[name]) for name in table.column_names}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    assert len(rows) == len(flows)
    for stored, flow in zip(rows, flows, strict=True):
        for row in REPORTED.rows:
            assert stored_value(row, stored) == in_json(row, flow), row.path


def test_a_table_says_what_it_is() -> None:
    schema = parquet.read_schema(io.BytesIO(report(SAMPLES[0], "parquet", Contents(DEFAULT_RULES))))
    assert {b"tcptui.schema", b"tcptui.rules", b"tcptui.version"} <= schema.metadata.keys()
    assert schema.field("initial_rtt_ns").metadata[b"unit"] == b"ns"
    assert schema.field("client_bytes").metadata[b"unit"] == b"bytes"
    assert str(schema.field("first").type) == "timestamp[ns, tz=UTC]"


def test_a_filter_selects_rows_and_flows() -> None:
    from tcptui.filters.language import parse

    path = ROOT / "samples" / "web-loss.pcapng"
    wanted = parse("tcp.analysis.retransmission")
    out, source = io.BytesIO(), opened(path)
    print_packets(source, out, SCHEMA.default_columns, "parquet", DEFAULT_RULES, wanted)
    rows = parquet.read_table(io.BytesIO(out.getvalue()))
    flows = report(path, "parquet", Contents(DEFAULT_RULES, wanted))
    assert all("retransmission" in flags for flags in rows["analysis"].to_pylist())
    found = parquet.read_table(io.BytesIO(flows))["index"].to_pylist()
    assert found == sorted(set(rows["flow"].to_pylist())) == [1, 2]


def test_a_capture_without_packets(tmp_path: Path) -> None:
    from samples.capture_files import pcap

    path = tmp_path / "empty.pcap"
    path.write_bytes(pcap([]))
    for form in ("parquet", "arrow"):
        assert packets(path, SCHEMA.default_columns, form)
    flows = parquet.read_table(io.BytesIO(report(path, "parquet", Contents(DEFAULT_RULES))))
    assert (flows.num_rows, "index" in flows.column_names) == (0, True)
