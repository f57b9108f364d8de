"""Makes tables of flows, as `report` tells them, and of their findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import pyarrow as pa

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.flags import Severity
from tcptui.fields.columns.companions import FindingCounts, FlagNumbers, LimitSides, LimitTimes
from tcptui.fields.columns.flow_columns import FlowColumns, Read
from tcptui.fields.columns.flow_values import FlowReader
from tcptui.fields.flow_fields import SIDES, FlowField
from tcptui.fields.reported import REPORTED
from tcptui.fields.value_kind import ValueKind
from tcptui.findings.finding import Finding
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.tables.cells import array_of, new_cells
from tcptui.tables.columns import TableColumn, column, schema_of

Find = Callable[[Flow], list[Finding]]

BATCH_FLOWS: Final = 1 << 13
SIDE_WORDS: Final = tuple(side for side, _ in SIDES)
COMPANIONS: Final[dict[str, tuple[tuple[TableColumn, Read], ...]]] = {
    "analysis": (
        (column("analysis_count", ValueKind.NUMBER, "segments with each of these flags",
                several=True), FlagNumbers()),
    ),
    "findings": (
        (column("findings_count", ValueKind.NUMBER, "how often each of them was found",
                several=True), FindingCounts()),
    ),
    "limits": (
        (column("limits_side", ValueKind.TEXT, "the side that each limit is on", words=SIDE_WORDS,
                several=True), LimitSides()),
        (column("limits_seconds", ValueKind.SECONDS, "how long each limit held", several=True),
         LimitTimes()),
    ),
}  # fmt: skip
"""What stands beside a list of names: a list of the same length each."""


def flow_columns() -> list[tuple[TableColumn, Read]]:
    """Return the columns of flows, those of the CSV and their companions, and what reads them."""
    found: list[tuple[TableColumn, Read]] = []
    for row in REPORTED.rows:
        found.append((flow_column(row), row.value))
        found += COMPANIONS.get(row.path, ())
    return found


def flow_column(row: FlowField) -> TableColumn:
    """Return the column of a field of flows."""
    return column(
        row.column_name,
        row.kind,
        row.doc,
        unit=row.unit,
        words=row.choices,
        is_moment=row.is_moment,
    )


class FlowTable:
    """The fields of flows as columns; ``is_judged``: with what is wrong with them."""

    def __init__(self, engine: Engine, metadata: Mapping[str, str], is_judged: bool = True) -> None:
        self.engine = engine
        self.reader = FlowReader(engine)
        self.reader.is_judged = is_judged
        self.columns = flow_columns()
        self.schema = schema_of((made for made, _ in self.columns), metadata)

    def batches(self, numbers: Iterable[int], find: Find) -> Iterator[Any]:
        """Yield the flows with these numbers, some thousand at once."""
        rest = iter(numbers)
        while some := list(islice(rest, BATCH_FLOWS)):
            yield self.batch(some, find)

    def whole(self, numbers: Iterable[int], find: Find) -> Any:
        """Return all flows with these numbers as one table."""
        return pa.Table.from_batches(self.batches(numbers, find), self.schema)

    def batch(self, numbers: Iterable[int], find: Find) -> Any:
        """Return the flows with these numbers."""
        cells = [new_cells(made) for made, _ in self.columns]
        filled = FlowColumns(self.reader, [read for _, read in self.columns], cells)
        for number in numbers:
            flow = self.engine.flows[number]
            filled.add_flow(number, flow, find(flow))
        arrays = [array_of(made, one) for (made, _), one in zip(self.columns, cells, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


FINDING_COLUMNS: Final = (
    column("flow", ValueKind.NUMBER, "number of the flow"),
    column("kind", ValueKind.TEXT, "the kind of finding", words=FINDING_KINDS.keys()),
    column("severity", ValueKind.TEXT, "Wireshark's levels",
           words=tuple(one.value for one in Severity)),
    column("count", ValueKind.NUMBER, "how often it was found"),
    column("first_frame", ValueKind.NUMBER, "its first frame; 0 where it has none"),
    column("last_frame", ValueKind.NUMBER, "its last frame; 0 where it has none"),
    column("side", ValueKind.TEXT, "the side that it is on", words=SIDE_WORDS),
    column("cost", ValueKind.SECONDS, "how long somebody waited"),
    column("text", ValueKind.TEXT, "the finding in words"),
)  # fmt: skip


def finding_table(
    engine: Engine, numbers: Iterable[int], find: Find, metadata: Mapping[str, str]
) -> Any:
    """Return the findings of flows, in the order of their flows, the gravest of each first."""
    rows = [
        (number, one.kind, one.severity, one.count, one.first_frame, one.last_frame, one.side,
         one.cost, one.text)
        for number in numbers
        for one in find(engine.flows[number])
    ]  # fmt: skip
    return table_of(FINDING_COLUMNS, rows, metadata)


def table_of(columns: Iterable[TableColumn], rows: list[Any], metadata: Mapping[str, str]) -> Any:
    """Return a table of columns from its rows."""
    made = list(columns)
    values = list(zip(*rows, strict=True)) or [()] * len(made)
    arrays = [one.array(found) for one, found in zip(made, values, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema_of(made, metadata))
