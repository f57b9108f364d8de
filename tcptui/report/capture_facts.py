"""What a report says of the capture as a whole."""

from collections.abc import Sequence
from typing import Any

from tcptui import __version__
from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.report.text import seconds_text

SCHEMA = 1
"""Raised when a name or a meaning of the JSON report changes."""


def capture_facts(
    source: Source, engine: Engine, files: Sequence[str], build: str
) -> dict[str, Any]:
    """The report's ``capture`` object; times as text of seconds with nine decimals."""
    return {
        "files": list(files),
        "format": source.format,
        "link_types": sorted({interface.linktype for interface in source.interfaces}),
        "packets": int(engine.frames),
        "tcp_packets": int(engine.packets.count),
        "first": seconds_text(int(engine.first_time)) if engine.frames else None,
        "last": seconds_text(int(engine.last_time)) if engine.frames else None,
        "dropped": source.dropped,
        "skipped": dict(engine.decoder.skipped),
        "warnings": source.warnings,
        "engine": build,
        "version": __version__,
        "schema": SCHEMA,
    }
