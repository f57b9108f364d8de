"""The schema: the rows of all fields, and what is made from them.

A field of segments is a row of :mod:`tcptui.fields.segment_fields`, one of flows a row of
:mod:`tcptui.fields.flow_fields`. Filters, completion, `packets -e`, the JSON and the CSV of
`report` and the tables of the documentation take them from here.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from tcptui.engine.engine import Engine
from tcptui.fields.columns.flow_writers import CsvWriter, FlowWriter, JsonStep, JsonWriter
from tcptui.fields.field import Field
from tcptui.fields.flow_fields import FLOW_ROWS, OPTIONAL_OBJECTS, FlowField
from tcptui.fields.segment_fields import ROW_FIELDS, SEGMENT_FIELDS

DEFAULT_NAMES: Final = (
    ("frame", "frame.number"),
    ("time", "frame.time_epoch"),
    ("flow", "tcp.stream"),
    ("direction", ""),
    ("seq", "tcp.seq_raw"),
    ("ack", "tcp.ack_raw"),
    ("len", ""),
    ("flags", "tcp.flags"),
    ("window", "tcp.window_size"),
    ("analysis", ""),
    ("client_state", ""),
    ("server_state", ""),
)
"""The columns of `packets` without `-e`, and the fields that they show under another name."""


def named(fields: Iterable[Field]) -> dict[str, Field]:
    """Fields by their names; under an alias a field has that name, and says what it stands for."""
    found: dict[str, Field] = {}
    for field in fields:
        found[field.name] = field
        for alias in field.aliases:
            doc = f"the same as {field.name}"
            found[alias] = field._replace(name=alias, doc=doc, aliases=())
    return found


class Schema:
    """All fields: ``segment_fields`` by tshark's names, ``row_fields`` that only the default
    columns of `packets` have, ``flow_rows`` of whole flows."""

    def __init__(
        self,
        segment_fields: Sequence[Field],
        row_fields: Sequence[Field],
        flow_rows: Sequence[FlowField],
    ) -> None:
        self.flow_rows = tuple(flow_rows)
        self.reported = tuple(row for row in flow_rows if row.reported)
        self.flow_fields = tuple(row.filter_field() for row in flow_rows)
        self.by_name = named((*segment_fields, *self.flow_fields))
        own = {field.name: field for field in row_fields}
        self.default_columns = tuple(
            own[name] if name in own else self.by_name[source]._replace(name=name)
            for name, source in DEFAULT_NAMES
        )
        self.names = self.by_name | {
            field.name: field for field in self.default_columns if field.name not in self.by_name
        }

    def flow_writer(self, form: str, engine: Engine) -> FlowWriter:
        """What writes flows as ``json`` or ``csv``."""
        if form == "json":
            return JsonWriter(engine, list(json_steps(self.reported)))
        return CsvWriter(engine, [row.value for row in self.reported])

    def column_names(self) -> list[str]:
        """The columns of the CSV."""
        return [row.column_name for row in self.reported]


def json_steps(rows: Iterable[FlowField]) -> Iterator[JsonStep]:
    """How a flow's object is written: rows of one inner object stand side by side."""
    separator = "{"
    for outer, group in groupby(rows, key=lambda row: row.path.rpartition(".")[0]):
        members = list(group)
        for i, row in enumerate(members):
            before = key = behind = ""
            if outer and i == 0 and outer in OPTIONAL_OBJECTS:
                before, separator = f'{separator}"{outer}": ', "{"
            elif outer and i == 0:
                separator = f'{separator}"{outer}": {{'
            if outer and i == len(members) - 1:
                behind = "}"
            key = f'{separator}"{row.path.rpartition(".")[2]}": '
            inside = len(members) - 1 if before else 0
            yield JsonStep(before.encode(), inside, key.encode(), row.value, behind.encode())
            separator = ", "


SCHEMA: Final = Schema(SEGMENT_FIELDS, ROW_FIELDS, FLOW_ROWS)

BY_NAME: Final[dict[str, Field]] = SCHEMA.by_name
"""Every field by its name in `packets -e` and in filters."""
NAMES: Final[dict[str, Field]] = SCHEMA.names
"""The same with the names of the default columns: all that a filter may name."""
FLOW_FIELDS: Final[tuple[Field, ...]] = SCHEMA.flow_fields
DEFAULT_COLUMNS: Final[tuple[Field, ...]] = SCHEMA.default_columns
"""The columns of `packets` without `-e`."""
