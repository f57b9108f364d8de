"""The table of fields: one for filters, completion and `packets -e`."""

from typing import Final

from tcptui.engine.packets import FROM_SERVER
from tcptui.filters import scan
from tcptui.filters.field import Field, Value, ValueKind, seconds_text, value_text
from tcptui.filters.flow_fields import FLOW_FIELDS
from tcptui.filters.segment_fields import (
    SEGMENT_FIELDS,
    STATES,
    analysis,
    client_state,
    direction,
    length,
    server_state,
)
from tcptui.filters.view import View

__all__ = [
    "BY_NAME",
    "DEFAULT_COLUMNS",
    "FIELDS",
    "Field",
    "Value",
    "ValueKind",
    "View",
    "seconds_text",
    "value_text",
]

FIELDS: Final[tuple[Field, ...]] = SEGMENT_FIELDS + FLOW_FIELDS
BY_NAME: Final[dict[str, Field]] = {field.name: field for field in FIELDS}


def renamed(name: str, shown: str) -> Field:
    """The field ``name`` under the contract's name for its column."""
    return BY_NAME[name]._replace(name=shown)


DEFAULT_COLUMNS: Final[tuple[Field, ...]] = (
    renamed("frame.number", "frame"),
    renamed("frame.time_epoch", "time"),
    renamed("tcp.stream", "flow"),
    Field("direction", ValueKind.TEXT, direction, choices=("c", "s"), meaning="who sent it",
          key=scan.Attributes(0, FROM_SERVER)),
    renamed("tcp.seq_raw", "seq"),
    renamed("tcp.ack_raw", "ack"),
    Field("len", ValueKind.NUMBER, length),
    renamed("tcp.flags", "flags"),
    renamed("tcp.window_size", "window"),
    Field("analysis", ValueKind.NAMES, analysis, key=scan.Analysis()),
    Field("client_state", ValueKind.TEXT, client_state, choices=STATES,
          meaning="the client's state after this segment", key=scan.States()),
    Field("server_state", ValueKind.TEXT, server_state, choices=STATES,
          meaning="the server's state after this segment", key=scan.States()),
)  # fmt: skip
"""The columns of `packets` without `-e`, in the contract's names."""
