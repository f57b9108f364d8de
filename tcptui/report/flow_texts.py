"""The text of each flow for a report, as JSON or as a line of CSV."""

import json
from collections.abc import Callable, Sequence
from functools import partial

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.fields.columns.flow_writers import FlowWriter
from tcptui.fields.columns.texts import cell_text
from tcptui.fields.schema import SCHEMA
from tcptui.findings.capture_findings import in_short
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of

Find = Callable[[Flow], list[Finding]]
Make = Callable[[int], bytes]
"""Makes the text of a number; without a line end in it."""


def finder(engine: Engine, source: Source, flows: int, repetitions: Sequence[int]) -> Find:
    """What finds all that there is to say of a flow; it reads a few packets again.

    For ``flows`` and ``repetitions`` see :func:`tcptui.findings.checksums.worth_reading`.
    """
    from tcptui.findings.checksums import worth_reading
    from tcptui.report.rereading import reader

    readable = worth_reading(engine, flows, repetitions)
    if not readable:
        return partial(findings_of, engine)
    read = reader(engine, source)

    def find(flow: Flow) -> list[Finding]:
        return findings_of(engine, flow, read if int(flow.index) in readable else None)

    return find


def capture_finder(engine: Engine, source: Source) -> Find:
    """The same where the engine has analysed the whole capture."""
    from tcptui.findings.checksums import first_repetitions

    return finder(engine, source, len(engine.flows), first_repetitions(engine))


def nothing(flow: Flow) -> list[Finding]:
    """What --no-findings says of a flow."""
    return []


def is_told_in_short(form: str, find: Find) -> bool:
    """Whether a flow's findings stand in short before its text, for what is said of the whole
    capture."""
    return form == "json" and find is not nothing


class FlowTexts:
    """Makes the texts of flows; ``form`` is ``json`` or ``csv``."""

    def __init__(self, engine: Engine, find: Find, form: str) -> None:
        self.writer: FlowWriter = SCHEMA.flow_writer(form, engine, find is not nothing)
        self.find = find
        self.in_short = is_told_in_short(form, find)

    def text(self, number: int, flow: Flow) -> bytes:
        """The text of ``flow``; ``number`` is its index in the whole capture."""
        found = self.find(flow)
        text = self.writer.flow_text(number, flow, found)
        return in_short(number, found) + text if self.in_short else text


def flow_maker(engine: Engine, source: Source, find: Find, evidence: bool, form: str) -> Make:
    """What makes the text of the flow with a number; ``form`` is ``json`` or ``csv``."""
    texts = FlowTexts(engine, find, form)

    def make(number: int) -> bytes:
        return texts.text(number, engine.flows[number])

    def make_with_evidence(number: int) -> bytes:
        from tcptui.report.evidence import flow_evidence

        found = [one.as_json() for one in flow_evidence(engine, source, engine.flows[number])]
        text = json.dumps(found)
        if form == "csv":
            return make(number) + b"," + cell_text(text)
        return make(number)[:-1] + f', "evidence": {text}}}'.encode()

    return make_with_evidence if evidence else make
