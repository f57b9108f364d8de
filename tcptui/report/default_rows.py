"""Says what rows look like with the default columns: what `tcptui packets` prints without options.

Nothing is imported for it that only other columns take.
"""

from typing import Final

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.fields.columns.packet_rows import RowWriter
from tcptui.fields.default_columns import DEFAULT_NAMES
from tcptui.report.text_rows import RowForm


def default_lines(engine: Engine, source: Source) -> RowWriter:
    return RowWriter(engine)


DEFAULT_FORM: Final = RowForm(
    ("\t".join(name for name, _ in DEFAULT_NAMES) + "\n").encode(), default_lines
)
