"""How values are written: as tshark's text, and as JSON."""

import pytest

from tcptui.fields.field import json_value, value_text
from tcptui.fields.value_kind import Value, ValueKind


@pytest.mark.parametrize(
    ("kind", "value", "text", "in_json"),
    [
        (ValueKind.NUMBER, 7, "7", "7"),
        (ValueKind.NUMBER, [7, 8], "7,8", "[7, 8]"),
        (ValueKind.SECONDS, 1_500_000_000, "1.500000000", "1.500000000"),
        (ValueKind.SECONDS, [1, 2], "0.000000001,0.000000002", "[0.000000001, 0.000000002]"),
        (ValueKind.BYTES, b"\x01\xff", "01ff", '"01ff"'),
        (ValueKind.BYTES, [b"\x01", b"\xff"], "01,ff", '["01", "ff"]'),
        (ValueKind.BYTES, b"", "", "null"),
        (ValueKind.TEXT, 'a "b"', 'a "b"', r'"a \"b\""'),
        (ValueKind.TEXT, None, "", "null"),
        (ValueKind.NAMES, [], "", "[]"),
    ],
)
def test_values(kind: ValueKind, value: Value, text: str, in_json: str) -> None:
    assert (value_text(kind, value), json_value(kind, value)) == (text, in_json)
