"""Collects what a report says about the capture as a whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tcptui import __version__
from tcptui.capture.source import Source
from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.eviction import Eviction, HostPair
from tcptui.escapes import decoded
from tcptui.findings.capture_findings import CaptureFinding, CaptureFindings
from tcptui.findings.jumps import jump_warnings, tells_damage
from tcptui.findings.two_points import two_point_warnings
from tcptui.text.digits import seconds_text

SCHEMA = 8
"""The version of the JSON report, raised when a name or a meaning changes."""


class Facts(dict[str, Any]):
    """Holds the members of a report's ``capture`` object; times are text: seconds with nine
    decimals.

    ``paths`` says where each of its files lies, for who reads them again; None for what is no file.
    """

    def __init__(self, told: dict[str, Any], paths: Sequence[str | None]) -> None:
        super().__init__(told)
        self.paths = paths


def capture_facts(source: Source, engine: Engine, files: Sequence[str], build: str) -> Facts:
    """Return what there is to say of the capture before its flows are judged."""
    told = {
        "files": [decoded(name) for name in files],
        "format": source.format,
        "link_types": sorted({interface.linktype for interface in source.interfaces}),
        "packets": engine.frames,
        "tcp_packets": engine.segments,
        "first": seconds_text(engine.first_time) if engine.frames else None,
        "last": seconds_text(engine.last_time) if engine.frames else None,
        "dropped": source.dropped,
        "skipped": dict(engine.decoder.skipped),
        "folded": folded_facts(engine.eviction),
        "warnings": [*source.warnings, *jump_warnings(engine), *two_point_warnings(engine)],
        "rules": engine.rules.name,
        "engine": build,
        "version": __version__,
        "schema": SCHEMA,
    }
    return Facts(told, [path_of(source, name) for name in files])


def path_of(source: Source, name: str) -> str | None:
    """Return the name of a file that the capture is read from, which a stream and an interface have
    none of: another file may be called like them."""
    try:
        return name if source.is_reading(Path(name).stat()) else None
    except (OSError, ValueError):
        return None


def table_facts(engine: Engine) -> dict[str, str]:
    """Return what a table says about itself: by which rules, and what its columns mean."""
    return {
        "tcptui.schema": str(SCHEMA),
        "tcptui.version": __version__,
        "tcptui.rules": engine.rules.name,
    }


def folded_facts(folded: Eviction) -> dict[str, Any] | None:
    """Return the flows of a rolling capture that only totals are left of; None where all are
    listed."""
    if not folded.flows:
        return None
    return {"flows": folded.flows, "pairs": [pair_facts(pair) for pair in folded.busiest_pairs()]}


def pair_facts(pair: HostPair) -> dict[str, Any]:
    """Return the evicted flows between two hosts; null addresses stand for all hosts without an
    entry."""
    return {
        "client": address_text(pair.client) if pair.client else None,
        "server": address_text(pair.server) if pair.server else None,
        "flows": pair.flows,
        "packets": pair.packets,
        "client_bytes": pair.client_bytes,
        "server_bytes": pair.server_bytes,
        "first": seconds_text(pair.first_time),
        "last": seconds_text(pair.last_time),
    }


def judgement(facts: dict[str, Any], found: CaptureFindings | None) -> dict[str, Any]:
    """Return what is said of the capture after its flows: null where nobody looked for it."""
    if found is None:
        return {"verdict": None, "findings": []}
    damaged = tells_damage(facts["warnings"]) or bool(facts["dropped"])
    return {
        "verdict": found.verdict(damaged).label,
        "findings": [finding_facts(cause) for cause in found.ranked()],
    }


def finding_facts(cause: CaptureFinding) -> dict[str, Any]:
    """Return a row of the report's ``capture.findings``; its cost as text of seconds."""
    return {
        "kind": cause.kind,
        "severity": cause.severity,
        "side": cause.side,
        "cost": seconds_text(cause.cost) if cause.cost else None,
        "text": cause.text,
        "flows": list(cause.flows),
    }
