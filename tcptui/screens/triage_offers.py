"""Lists what the copy and save menus offer: the subjects under the cursor, and the forms of a
copy."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from tcptui.capture.live.capture_filter import WrongExpression
from tcptui.capture.live.filtered_source import bpf_program
from tcptui.capture.live.libpcap import Missing
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.filters import subjects
from tcptui.filters.display_filter_text import CopiedText
from tcptui.filters.language import Expression
from tcptui.filters.outgoing import FORMS, Tools, copy
from tcptui.filters.subjects import OpenCapture, Subject
from tcptui.text.amounts import amount, count

AROUND = 5
"""How many neighbours on either side "flagged segments ± n" includes."""


class CursorContext(NamedTuple):
    """Says where the cursor is. Rows are packet rows, None where there is none; ``moments`` are the
    times (ns) of mark and cursor, None without a mark."""

    engine: Engine
    flow: Flow | None
    row: int | None
    marked: frozenset[int]
    expression: Expression | None
    moments: tuple[int, int] | None


class Offer(NamedTuple):
    """A subject with a short name, and what it is."""

    name: str
    meaning: str
    subject: Subject

    @property
    def file_name(self) -> str:
        """The name that is proposed for a file with the packets."""
        words = re.findall(r"\w+", self.name.replace("'s", ""))
        return "-".join(words) + ".pcapng"


def offers(cursor: CursorContext) -> list[Offer]:
    """Return the subjects that there are at the cursor."""
    return [*flow_offers(cursor), *list_offers(cursor)]


def flow_offers(cursor: CursorContext) -> list[Offer]:
    """Return the subjects within the flow under the cursor."""
    if cursor.flow is None:
        return []
    flow, index = cursor.flow, cursor.flow.index
    client, server = endpoint_text(flow.client), endpoint_text(flow.server)
    number = f"#{index} ({cursor.engine.rules.name})"
    near = f"with up to {AROUND} segments before and after each"
    found = [
        Offer("flow", f"{number} {client} ⇄ {server}", subjects.FlowSubject(index)),
        Offer(
            "client's direction", f"{client} → {server}", subjects.DirectionSubject(index, False)
        ),
        Offer("server's direction", f"{server} → {client}", subjects.DirectionSubject(index, True)),
    ]
    if flow.bits:
        found.append(Offer("flagged segments", "with a flag", subjects.FlaggedSubject(index)))
        found.append(Offer(f"flagged ± {AROUND}", near, subjects.FlaggedSubject(index, AROUND)))
    if cursor.row is not None:
        frame = count(cursor.engine.packets.frame(cursor.row))
        found.append(Offer("segment", f"#{frame}", subjects.SegmentSubject(cursor.row)))
    if cursor.moments is not None:
        first, last = sorted(cursor.moments)
        span = subjects.SpanSubject(first, last, index)
        found.append(Offer("mark to cursor", "of this flow", span))
        found.append(
            Offer("mark to cursor, all", "of all flows", subjects.SpanSubject(first, last))
        )
    return found


def list_offers(cursor: CursorContext) -> list[Offer]:
    """Return the subjects that are more than one flow."""
    found: list[Offer] = []
    if cursor.marked:
        meaning = amount(len(cursor.marked), "flow")
        found.append(
            Offer("marked flows", meaning, subjects.FlowsSubject(tuple(sorted(cursor.marked))))
        )
    if cursor.expression is not None:
        source = cursor.expression.source
        found.append(Offer("filter result", source, subjects.FilteredSubject(cursor.expression)))
    return found


EVERYTHING = Offer(
    "everything", "every TCP segment that is kept", subjects.SpanSubject(-(1 << 63), (1 << 63) - 1)
)
"""An offer only for saving: what a live capture has kept, or all of a file with its
explanations."""


class OfferedForm(NamedTuple):
    """A form in which a subject can be copied; ``selects``: it finds the packets elsewhere;
    ``when_seen``: it is made only once the cursor is on it."""

    name: str
    make: Callable[[], CopiedText]
    selects: bool
    when_seen: bool = False


def forms(
    capture: OpenCapture, subject: Subject, tools: Tools, texts: Mapping[str, str]
) -> list[OfferedForm]:
    """Return all forms of a subject, and texts that are on the screen by their names; last those
    that take long."""

    def made(form: str) -> Callable[[], CopiedText]:
        return lambda: copy(form, capture, subject, tools)

    found = [
        *(OfferedForm(form.title, made(form.id), form.selects, form.when_seen) for form in FORMS),
        *(OfferedForm(name, partial(CopiedText, text), False) for name, text in texts.items()),
    ]
    return sorted(found, key=lambda form: form.when_seen)


def admits(expression: str, link_type: int, packet: bytes) -> bool:
    """Return whether a capture filter finds a packet: True where libpcap cannot be asked, False
    where it has no such filters for the link type."""
    try:
        compiled = bpf_program(expression, link_type)
    except Missing:
        return True
    except WrongExpression:
        return False
    return compiled.admits(packet, 0, len(packet), len(packet))
