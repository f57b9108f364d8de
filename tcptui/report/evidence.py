"""Prints the evidence for segments: `tcptui explain`, and what `report --evidence` adds."""

import json
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from mypy_extensions import i64

from tcptui.capture.source import Source
from tcptui.diagnosis.explain import Evidence, evidence
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.flow import Flow
from tcptui.engine.timing.lookback import rows_held, rows_of_flow
from tcptui.engine.wireshark.replay import Replay
from tcptui.engine.wireshark.rules import Rules
from tcptui.report.output_formats import EVIDENCE_FORMATS, writer_of
from tcptui.report.rereading import reader
from tcptui.session import analyse

NOT_TCP: Final = "has no readable TCP segment"


class NoSuchFrame(Exception):
    """The frame cannot be explained; the text says why."""


def explain(source: Source, out: BinaryIO, frame: int, form: str, rules: Rules) -> Engine:
    """Analyse ``source`` to its end and print the evidence for each segment in ``frame``.

    ``form`` is the name of one of EVIDENCE_FORMATS. NoSuchFrame.
    """
    engine = new_engine(rules)
    for _ in analyse(source, engine):
        pass
    rows = rows_of_frame(engine, frame)
    if not rows:
        raise NoSuchFrame(missing(engine, frame))
    text: Callable[[Evidence], str] = writer_of(EVIDENCE_FORMATS, form)
    for row in rows:
        found = evidence_of(engine, source, row)
        out.write((text(found) + "\n").encode(errors="backslashreplace"))
    out.flush()
    return engine


def json_text(found: Evidence) -> str:
    """Return the evidence as an object in one line."""
    return json.dumps(found.as_json())


def rows_of_frame(engine: Engine, frame: int) -> list[int]:
    """Return the rows of the segments in a frame, outermost first."""
    packets = engine.packets
    row = packets.row_of(frame)
    rows = []
    while row < packets.count and packets.frame(row) == frame:
        rows.append(row)
        row += 1
    return rows


def missing(engine: Engine, frame: int) -> str:
    if engine.frames == 0:
        return f"frame {frame} does not exist: the capture has no packets"
    if not 1 <= frame <= engine.frames:
        return f"frame {frame} does not exist: the capture has frames 1 to {engine.frames}"
    return f"frame {frame} {NOT_TCP}"


def evidence_of(engine: Engine, source: Source, row: int) -> Evidence:
    """Return the evidence for a row; its flags alone where what the rules need is gone."""
    return evidence(engine, row, reader(engine, source))


def flow_evidence(engine: Engine, source: Source, flow: Flow) -> Iterator[Evidence]:
    """Yield the evidence for each flagged segment of a flow, in order."""
    if flow.bits == 0:
        return
    packets = engine.packets
    read = reader(engine, source)
    replay = Replay(engine, flow, read)
    held = rows_held(packets, flow)
    row: int
    for row in rows_of_flow(packets, i64(flow.index), held.start, held.stop):
        if packets.analysis(row):
            yield evidence(engine, row, read, replay)
