"""Makes the text of each flow for a report, in the report's format."""

import json
from collections.abc import Callable, Sequence
from functools import partial

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.fields.columns.flow_writers import FlowWriter
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of
from tcptui.report.flow_formats import Find, TextFormat

Make = Callable[[int], bytes]
"""Makes the text for a number, without a line end in it."""


def finder(engine: Engine, source: Source, flows: int, repetitions: Sequence[int]) -> Find:
    """Return the function that finds all that there is to say about a flow; it rereads a few
    packets.

    For ``flows`` and ``repetitions`` see :func:`tcptui.findings.checksums.worth_reading`.
    """
    from tcptui.findings.checksums import worth_reading
    from tcptui.report.rereading import reader

    readable = worth_reading(engine, flows, repetitions)
    if not readable:
        return partial(findings_of, engine)
    read = reader(engine, source)

    def find(flow: Flow) -> list[Finding]:
        return findings_of(engine, flow, read if flow.index in readable else None)

    return find


def capture_finder(engine: Engine, source: Source) -> Find:
    """Return the function that finds all about a flow, where the engine has analysed the whole
    capture."""
    from tcptui.findings.checksums import first_repetitions

    return finder(engine, source, len(engine.flows), first_repetitions(engine))


def nothing(flow: Flow) -> list[Finding]:
    """Return no findings, as --no-findings asks."""
    return []


class FlowTexts:
    """Makes the texts of flows in one format."""

    def __init__(self, engine: Engine, find: Find, form: TextFormat) -> None:
        is_judged = find is not nothing
        self.writer: FlowWriter = form.flow_writer(engine, is_judged)
        self.writer.tells_short = form.needs_findings and is_judged
        self.find = find

    def text(self, number: int, flow: Flow) -> bytes:
        """Return the text of ``flow``; ``number`` is its index in the whole capture."""
        return self.writer.flow_text(number, flow, self.find(flow))


def flow_maker(
    engine: Engine, source: Source, find: Find, evidence: bool, form: TextFormat
) -> Make:
    """Return the function that makes the text of the flow with a number."""
    texts = FlowTexts(engine, find, form)

    def make(number: int) -> bytes:
        return texts.text(number, engine.flows[number])

    def make_with_evidence(number: int) -> bytes:
        from tcptui.report.evidence import flow_evidence

        found = [one.as_json() for one in flow_evidence(engine, source, engine.flows[number])]
        return form.add_evidence(make(number), json.dumps(found))

    return make_with_evidence if evidence else make
