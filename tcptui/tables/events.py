"""Makes the table of events: what happened to flows besides segments."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tcptui.diagnosis.event_text import event_facts
from tcptui.engine.engine import Engine
from tcptui.engine.events import Event, EventKind, Side
from tcptui.fields.value_kind import ValueKind
from tcptui.tables.columns import column
from tcptui.tables.flows import table_of

EVENT_COLUMNS: Final = (
    column("time", ValueKind.TIME, "when it happened"),
    column("flow", ValueKind.NUMBER, "number of the flow"),
    column("frame", ValueKind.NUMBER, "the flow's last frame before it"),
    column("kind", ValueKind.TEXT, "what sort of event it is",
           words=tuple(kind.name.lower() for kind in EventKind)),
    column("side", ValueKind.TEXT, "the side that it concerns",
           words=tuple(side.name.lower() for side in Side)),
    column("text", ValueKind.TEXT, "the event in words"),
)  # fmt: skip


def event_table(engine: Engine, events: Iterable[Event], metadata: Mapping[str, str]) -> Any:
    """Return events in the order in which they came to light."""
    rows = [tuple(event_facts(engine, one).values()) for one in events]
    return table_of(EVENT_COLUMNS, rows, metadata)
