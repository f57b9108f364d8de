"""What a report says of the capture as a whole."""

from collections.abc import Sequence
from typing import Any

from tcptui import __version__
from tcptui.capture.source import Source
from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.eviction import Eviction, HostPair
from tcptui.escapes import decoded
from tcptui.text.digits import seconds_text

SCHEMA = 2
"""Raised when a name or a meaning of the JSON report changes."""


def capture_facts(
    source: Source, engine: Engine, files: Sequence[str], build: str
) -> dict[str, Any]:
    """The report's ``capture`` object; times as text of seconds with nine decimals."""
    return {
        "files": [decoded(name) for name in files],
        "format": source.format,
        "link_types": sorted({interface.linktype for interface in source.interfaces}),
        "packets": int(engine.frames),
        "tcp_packets": engine.segments,
        "first": seconds_text(int(engine.first_time)) if engine.frames else None,
        "last": seconds_text(int(engine.last_time)) if engine.frames else None,
        "dropped": source.dropped,
        "skipped": dict(engine.decoder.skipped),
        "folded": folded_facts(engine.folded),
        "warnings": source.warnings,
        "rules": engine.rules.name,
        "engine": build,
        "version": __version__,
        "schema": SCHEMA,
    }


def folded_facts(folded: Eviction) -> dict[str, Any] | None:
    """The flows of a rolling capture that are only totals now; None where all are listed."""
    if not folded.flows:
        return None
    return {"flows": int(folded.flows), "pairs": [pair_facts(pair) for pair in folded.sorted()]}


def pair_facts(pair: HostPair) -> dict[str, Any]:
    """The folded flows between two hosts; null addresses: of all hosts without an entry."""
    return {
        "client": address_text(pair.client) if pair.client else None,
        "server": address_text(pair.server) if pair.server else None,
        "flows": int(pair.flows),
        "packets": int(pair.packets),
        "client_bytes": int(pair.client_bytes),
        "server_bytes": int(pair.server_bytes),
        "first": seconds_text(int(pair.first_time)),
        "last": seconds_text(int(pair.last_time)),
    }
