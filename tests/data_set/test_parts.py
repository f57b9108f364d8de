"""The flows of a file belong to the captures that the manifest says are in it."""

from typing import Any

import pytest

pa: Any = pytest.importorskip("pyarrow", reason="data sets need it: pip install '.[test]'")

from tcptui.data_set.columns import Unreadable  # noqa: E402 - there is nothing to test without it
from tcptui.data_set.files import FlowFile  # noqa: E402
from tcptui.data_set.parts import parts_of, rows_of  # noqa: E402
from tcptui.data_set.swept import SweptCapture  # noqa: E402

CAPTURES = {name: SweptCapture(name, None, None, None, "") for name in ("a", "b")}
FILE = FlowFile("x", "host", "day", CAPTURES)


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        ([], []),
        (["a", "a", "b"], [("a", 0, 2), ("b", 2, 3)]),
        (["c", "a", "c"], [("a", 1, 2)]),
        ([None, "b", "b"], [("b", 1, 3)]),
        (["c"], []),
    ],
)
def test_rows_of_others_are_in_no_part(
    names: list[str | None], parts: list[tuple[str, int, int]]
) -> None:
    column = pa.array(names, pa.string()).dictionary_encode()
    found = parts_of(FILE, column)
    assert [(one.capture.name, one.start, one.stop) for one in found] == parts
    assert rows_of(found, column).to_pylist() == [one for one in names if one in CAPTURES]


def test_captures_that_take_turns_are_refused() -> None:
    with pytest.raises(Unreadable, match="mixed"):
        parts_of(FILE, pa.array(["a", "b"] * 1000).dictionary_encode())
