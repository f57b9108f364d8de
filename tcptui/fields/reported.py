"""Holds the fields that `report` tells of each flow, and makes what writes them as JSON and CSV.

Of the schema this is the part that every report loads.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from tcptui.engine.engine import Engine
from tcptui.fields.columns.flow_values import FlowNumber, FlowSeconds, FlowText, RareText
from tcptui.fields.columns.flow_writers import CsvWriter, FlowWriter, JsonWriter
from tcptui.fields.columns.json_steps import (
    JsonStep,
    MomentStep,
    NumberStep,
    OptionalStep,
    RareTextStep,
    SecondsStep,
    SparseStep,
    TextStep,
    ValueStep,
)
from tcptui.fields.flow_fields import FLOW_ROWS, OPTIONAL_OBJECTS, SPARSE_OBJECTS, FlowField


class ReportedFields:
    """Holds the rows that are reported, in the order in which they are written."""

    def __init__(self, flow_rows: Sequence[FlowField]) -> None:
        self.rows = tuple(row for row in flow_rows if row.reported)

    def json_writer(self, engine: Engine, is_judged: bool = True) -> FlowWriter:
        """Return what writes flows as objects; ``is_judged``: with what is wrong."""
        return JsonWriter(engine, is_judged, *json_steps(self.rows))

    def csv_writer(self, engine: Engine, is_judged: bool = True) -> FlowWriter:
        """Return what writes flows as lines of cells."""
        return CsvWriter(engine, is_judged, [row.value for row in self.rows])

    def column_names(self) -> list[str]:
        """Return the columns of the CSV."""
        return [row.column_name for row in self.rows]


def json_steps(rows: Iterable[FlowField]) -> tuple[list[JsonStep], bytes]:
    """Return how a flow's object is written, and its end."""
    steps: list[JsonStep] = []
    before = "{"
    for outer, group in groupby(by_object(rows), key=outer_of):
        members = [(row.path.removeprefix(f"{outer}."), row) for row in group]
        if outer in OPTIONAL_OBJECTS:
            absent = f'{before}"{outer}": null'.encode()
            inner = plain_steps(members, f'{before}"{outer}": {{')
            steps.append(OptionalStep(absent, members[0][1].value, inner))
            before = ", "
        elif outer in SPARSE_OBJECTS:
            key = f'{before}"{outer}":'.encode()
            inner = sparse_steps(outer, members)
            steps.append(SparseStep(key, key + b" {}", SPARSE_OBJECTS[outer], inner))
            before = ", "
        elif outer:
            steps += plain_steps(members, f'{before}"{outer}": {{')
            before = "}, "
        else:
            steps += plain_steps(members, before)
            before = ", "
    return steps, before.replace(", ", "").encode() + b"}"


def outer_of(row: FlowField) -> str:
    """Return the object of a flow's that has the field; empty where the flow itself has it."""
    return row.path.rpartition(".")[0].split(".")[0]


def by_object(rows: Iterable[FlowField]) -> list[FlowField]:
    """Return the rows with those of one object together, where its first one stands: columns of CSV
    that came later stand at the end."""
    rows = list(rows)
    places: dict[str, int] = {}
    for place, row in enumerate(rows):
        places.setdefault(outer_of(row) or row.path, place)
    return sorted(rows, key=lambda row: places[outer_of(row) or row.path])


def plain_steps(members: Iterable[tuple[str, FlowField]], before: str) -> list[JsonStep]:
    """Return the steps for fields of one object, given by their names; ``before`` precedes
    them."""
    steps: list[JsonStep] = []
    for name, row in members:
        key = f'{before}"{name}": '.encode()
        steps.append(step_of(key, key + row.value.nothing, row))
        before = ", "
    return steps


def sparse_steps(outer: str, members: Iterable[tuple[str, FlowField]]) -> list[JsonStep]:
    """Return the steps for fields that are left out where they are absent, and for objects of such
    fields."""
    steps: list[JsonStep] = []
    for inner, group in groupby(members, key=lambda member: member[0].rpartition(".")[0]):
        fields = [
            step_of(f', "{name.rpartition(".")[2]}": '.encode(), b"", row) for name, row in group
        ]
        if inner:
            any_field = SPARSE_OBJECTS[f"{outer}.{inner}"]
            steps.append(SparseStep(f', "{inner}":'.encode(), b"", any_field, fields))
        else:
            steps += fields
    return steps


def step_of(key: bytes, absent: bytes, row: FlowField) -> JsonStep:
    """Return the step for a field, by the kind of its value."""
    value = row.value
    if isinstance(value, FlowSeconds):
        return (MomentStep if row.is_moment else SecondsStep)(key, absent, value)
    if isinstance(value, FlowNumber):
        return NumberStep(key, absent, value)
    if isinstance(value, FlowText):
        return TextStep(key, absent, value)
    if isinstance(value, RareText):
        return RareTextStep(key, absent, value)
    return ValueStep(key, absent, value)


REPORTED: Final = ReportedFields(FLOW_ROWS)
