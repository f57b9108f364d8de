"""Prints the default columns of all rows, as text: what `tcptui packets` does without options.

Nothing is imported for it that only other columns take.
"""

from typing import BinaryIO, Final

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.columns.packet_rows import RowWriter
from tcptui.fields.default_columns import DEFAULT_NAMES
from tcptui.report.processes import SMALLEST_SHARE
from tcptui.report.text_rows import RowForm, print_text_rows


def default_lines(engine: Engine, source: Source) -> RowWriter:
    return RowWriter(engine)


DEFAULT_FORM: Final = RowForm(
    ("\t".join(name for name, _ in DEFAULT_NAMES) + "\n").encode(), default_lines
)


def print_default_rows(
    source: Source,
    out: BinaryIO,
    rules: Rules,
    jobs: int | None = None,
    smallest_share: int = SMALLEST_SHARE,
) -> Engine:
    """Print the rows of ``source`` as :func:`~tcptui.report.text_rows.print_text_rows` does."""
    return print_text_rows(source, out, rules, DEFAULT_FORM, jobs, smallest_share)
