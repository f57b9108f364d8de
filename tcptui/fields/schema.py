"""The schema: every field by its name, for filters, completion, `packets -e` and the tables."""

from typing import Final

from tcptui.fields.field import Field
from tcptui.fields.flow_fields import FLOW_FIELDS
from tcptui.fields.segment_fields import ROW_FIELDS, SEGMENT_FIELDS

FIELDS: Final[tuple[Field, ...]] = SEGMENT_FIELDS + FLOW_FIELDS
BY_NAME: Final[dict[str, Field]] = {field.name: field for field in FIELDS}
ROW_FIELD_BY_NAME: Final = {field.name: field for field in ROW_FIELDS}


def renamed(name: str, shown: str) -> Field:
    """The field ``name`` under the name of its column."""
    return BY_NAME[name]._replace(name=shown)


DEFAULT_COLUMNS: Final[tuple[Field, ...]] = (
    renamed("frame.number", "frame"),
    renamed("frame.time_epoch", "time"),
    renamed("tcp.stream", "flow"),
    ROW_FIELD_BY_NAME["direction"],
    renamed("tcp.seq_raw", "seq"),
    renamed("tcp.ack_raw", "ack"),
    ROW_FIELD_BY_NAME["len"],
    renamed("tcp.flags", "flags"),
    renamed("tcp.window_size", "window"),
    ROW_FIELD_BY_NAME["analysis"],
    ROW_FIELD_BY_NAME["client_state"],
    ROW_FIELD_BY_NAME["server_state"],
)
"""The columns of `packets` without `-e`."""
NAMES: Final[dict[str, Field]] = BY_NAME | {
    field.name: field for field in DEFAULT_COLUMNS if field.name not in BY_NAME
}
"""Every field that a filter may name."""
