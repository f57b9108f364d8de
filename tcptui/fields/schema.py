"""The schema holds the rows of all fields, and what is made from them.

A field of segments is a row of :mod:`tcptui.fields.segment_fields`, one of flows a row of
:mod:`tcptui.fields.flow_fields`. Filters, completion, `packets -e`, the JSON and the CSV of
`report` (:mod:`tcptui.fields.reported`) and the tables of the documentation are made of them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from tcptui.engine.flow import Flow
from tcptui.fields.columns.flow_values import FlowNumber
from tcptui.fields.default_columns import DEFAULT_NAMES
from tcptui.fields.field import Field
from tcptui.fields.flow_fields import FLOW_ROWS, PREFIX, FlowField
from tcptui.fields.segment_fields import ROW_FIELDS, SEGMENT_FIELDS

SAME_AS: Final = "the same as "
"""How the sentence of an alias begins."""


def named(fields: Iterable[Field]) -> dict[str, Field]:
    """Return fields by their names; under an alias a field has that name, and says what it stands
    for."""
    found: dict[str, Field] = {}
    for field in fields:
        found[field.name] = field
        for alias in field.aliases:
            doc = f"{SAME_AS}{field.name}"
            found[alias] = field._replace(name=alias, doc=doc, aliases=())
    return found


def not_yet(field: Field, release: str) -> str:
    """Say that a Wireshark release does not have a field, and which one is the first to have it."""
    return (
        f"Wireshark {release} has no such field; {field.since} is the first that has it "
        f"(--rules {field.since})"
    )


class Schema:
    """Holds all fields, made from their rows.

    ``segment_fields`` are named as in tshark, ``row_fields`` are those that only the default
    columns of `packets` have, ``flow_rows`` are of whole flows. ``by_name`` has all that
    `packets -e` knows, ``names`` all that a filter may name, ``default_columns`` the columns of
    `packets` without `-e`.
    """

    def __init__(
        self,
        segment_fields: Sequence[Field],
        row_fields: Sequence[Field],
        flow_rows: Sequence[FlowField],
    ) -> None:
        self.flow_rows = tuple(flow_rows)
        self.row_by_path = {row.path: row for row in flow_rows}
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

    def number_of(self, path: str) -> Callable[[Flow], int]:
        """Return the function that tells a number of a flow by itself; 0 where it is absent."""
        value = self.row_by_path[path].value
        if not isinstance(value, FlowNumber):
            raise ValueError(f"{path} is not a number")
        return value.number_of_flow

    def is_own(self, name: str) -> bool:
        """Return whether Wireshark has no such field."""
        return name.startswith(PREFIX) or name not in self.by_name


SCHEMA: Final = Schema(SEGMENT_FIELDS, ROW_FIELDS, FLOW_ROWS)
