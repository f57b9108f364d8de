"""Findings of flows written down as packet scripts."""

from itertools import count

from samples.packet_script import parse_script
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of, gather_findings
from tcptui.findings.kinds import COUNTED_BY_TIMING, FINDING_KINDS
from tests.engine.feeding import analysed

HANDSHAKE = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S  0 0 64000 0 mss=1000 sackok ws=0
 2 20  B SA 0 1 64000 0 mss=1000 sackok ws=0
 3 22  A A  1 1 64000 0
"""


def numbered(script: str, first: int = 4) -> str:
    """Packets without numbers get theirs, by default after the handshake's three."""
    numbers = count(first)
    return "\n".join(
        line if line.split()[0] in ("flow", "numbers") else f"{next(numbers)} {line}"
        for line in script.splitlines()
        if line.strip()
    )


def engine_of(script: str, opening: str = HANDSHAKE) -> Engine:
    """An engine that has taken the handshake and then the script's packets.

    A is the client; the way to it and back takes 2 ms, to B and back 20 ms.
    """
    return analysed(parse_script(opening + numbered(script)).packets)


def findings(script: str, opening: str = HANDSHAKE) -> dict[str, Finding]:
    """By kind."""
    engine = engine_of(script, opening)
    return {finding.kind: finding for finding in findings_of(engine, engine.flows[0])}


def state_findings(engine: Engine, flow: Flow) -> list[Finding]:
    """What the states of a flow tell, in order; without what timing counted."""
    return [
        finding
        for finding in gather_findings(engine, flow)
        if FINDING_KINDS[finding.kind].order != COUNTED_BY_TIMING
    ]
