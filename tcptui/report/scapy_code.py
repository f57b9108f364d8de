"""Prints the packets of segments as scapy code: `tcptui packets --format py`."""

from typing import BinaryIO, Final

from tcptui.capture.source import Source
from tcptui.capture.writer import check_code, code
from tcptui.engine.engine import Engine
from tcptui.filters.subjects import frames
from tcptui.report.row_formats import PacketFormat, RowRuns
from tcptui.report.save_packets import packets_of


def print_code(out: BinaryIO, source: Source, engine: Engine, runs: RowRuns) -> None:
    """Print a script that builds the packets. Raises SaveError, as soon as they are too many."""
    rows: set[int] = set()
    for some in runs:
        for first, behind in some:
            rows.update(start for start, _ in frames(engine, range(first, behind)))
        check_code(len(rows))
    packets = list(packets_of(source, engine, sorted(rows), None))
    out.writelines(code(packets, source.interfaces))


CODE: Final = PacketFormat(print_code)
