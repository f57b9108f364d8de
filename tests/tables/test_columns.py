"""Values that a capture made to be odd may have fit into their columns."""

from typing import Any

import pytest

from tcptui.fields.schema import SCHEMA
from tcptui.fields.value_kind import ValueKind

pytest.importorskip("pyarrow", reason="tables need pyarrow: pip install '.[test]'")

from tcptui.tables.columns import column
from tcptui.tables.segments import in_batches, segment_column

LARGEST = (1 << 64) - 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tcp.options.mptcp.sendkey", [LARGEST]),
        ("tcp.seq_raw", (1 << 32) - 1),
        ("frame.time_epoch", -(1 << 62)),
        ("tcp.payload", b"\xff\x00"),
        ("ip.src", ["10.0.0.1", "10.0.0.2"]),
        ("flow.state", ["CLOSED", "TIME-WAIT"]),
        ("analysis", ["duplicate_ack", "zero_window"]),
        ("analysis", []),
        ("direction", "s"),
    ],
)
def test_a_value_comes_back(name: str, value: Any) -> None:
    made = segment_column(SCHEMA.names[name])
    array = made.array([None, value, None])
    assert array.type == made.whole_type
    if made.kind is ValueKind.TIME:
        array = array.cast("int64")
    assert array.to_pylist() == [None, value, None]


def test_one_value_of_several_is_a_list() -> None:
    assert segment_column(SCHEMA.names["ip.src"]).array(["10.0.0.1"]).to_pylist() == [["10.0.0.1"]]


def test_a_text_that_cannot_be_encoded_has_escapes() -> None:
    made = column("text", ValueKind.TEXT)
    assert made.array(["é", None, "\udcff"]).to_pylist() == ["é", None, "\\udcff"]


def test_runs_become_batches_of_one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcptui.tables.segments.BATCH_ROWS", 4)
    runs = [(0, 3), (5, 6), (7, 7), (9, 15)]
    assert list(in_batches(runs)) == [[(0, 3), (5, 6)], [(9, 13)], [(13, 15)]]
