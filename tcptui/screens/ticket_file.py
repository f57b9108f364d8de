"""Saves what the capture comes to as a ticket, in Markdown: the same as `tcptui report` writes."""

from typing import Final, NamedTuple

from tcptui.report.capture_facts import capture_facts
from tcptui.report.markdown import markdown
from tcptui.screens.triage_panes import TriagePanes

ABOUT_TICKET: Final = "Enter saves. The answer, causes and worst flows of the capture, as Markdown."


class TicketFile(NamedTuple):
    """The offer to save a ticket about the whole capture."""

    name: str
    meaning: str
    file_name: str


TICKET: Final = TicketFile("ticket", "the capture's answer and worst flows, Markdown", "ticket.md")


def ticket_of(panes: TriagePanes) -> str:
    """Return the ticket of all flows that are kept."""
    engine = panes.engine
    facts = capture_facts(panes.session.source, engine, panes.files, "")
    numbers = [number for number, flow in enumerate(engine.flows) if flow.index >= 0]
    panes.judge.renew()
    return "".join(markdown(facts, engine, numbers, panes.judge.findings))
