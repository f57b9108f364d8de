"""`tcptui explain`, and the evidence that `report --evidence` adds."""

import json
from collections.abc import Iterator
from typing import BinaryIO, Final

from tcptui.capture.source import Source
from tcptui.diagnosis.explain import Evidence, evidence
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.flow import Flow
from tcptui.engine.timing.lookback import rows_of_flow
from tcptui.engine.wireshark.replay import Replay
from tcptui.engine.wireshark.rules import Rules
from tcptui.report.rereading import reader
from tcptui.session import analyse

NOT_TCP: Final = "has no TCP segment that could be read"


class NoSuchFrame(Exception):
    """A frame that cannot be explained; the text says why."""


def explain(source: Source, out: BinaryIO, frame: int, form: str, rules: Rules) -> Engine:
    """Analyse ``source`` to its end and print the evidence of each segment in ``frame``.

    ``form`` is ``text`` or ``json`` (an object a line). NoSuchFrame.
    """
    engine = new_engine(rules)
    for _ in analyse(source, engine):
        pass
    rows = rows_of_frame(engine, frame)
    if not rows:
        raise NoSuchFrame(missing(engine, frame))
    for row in rows:
        found = evidence_of(engine, source, row)
        text = found.as_text() if form == "text" else json.dumps(found.as_json())
        out.write((text + "\n").encode(errors="backslashreplace"))
    out.flush()
    return engine


def rows_of_frame(engine: Engine, frame: int) -> list[int]:
    """The rows of the segments in a frame, outermost first."""
    packets = engine.packets
    row = int(packets.row_of(frame))
    rows = []
    while row < packets.count and packets.frame(row) == frame:
        rows.append(row)
        row += 1
    return rows


def missing(engine: Engine, frame: int) -> str:
    if not 1 <= frame <= engine.frames:
        return f"frame {frame}: the capture has frames 1 to {engine.frames}"
    return f"frame {frame} {NOT_TCP}"


def evidence_of(engine: Engine, source: Source, row: int) -> Evidence:
    """The evidence of a row; its flags alone where what the rules need is gone."""
    return evidence(engine, row, reader(engine, source))


def flow_evidence(engine: Engine, source: Source, flow: Flow) -> Iterator[Evidence]:
    """The evidence of each flagged segment of a flow, in order."""
    if flow.bits == 0:
        return
    packets = engine.packets
    read = reader(engine, source)
    replay = Replay(engine, flow, read)
    first, stop = int(flow.first_row), int(flow.last_row) + 1
    for row in rows_of_flow(packets, int(flow.index), first, stop):
        if packets.analysis(int(row)):
            yield evidence(engine, int(row), read, replay)
