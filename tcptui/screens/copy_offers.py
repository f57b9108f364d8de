"""What the copy and save menus offer: the subjects under the cursor, and the forms of a copy."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tcptui.capture.live.capture_filter import WrongExpression
from tcptui.capture.live.filtered_source import program
from tcptui.capture.live.libpcap import Missing
from tcptui.drawing.names import endpoint
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.filters import subjects
from tcptui.filters.display_filter_text import CopiedText
from tcptui.filters.language import Expression
from tcptui.filters.outgoing import FORMS, Tools, copy
from tcptui.filters.subjects import OpenCapture, Subject
from tcptui.text.numbers import count, of_many

AROUND = 5
"""Neighbours on either side that "flagged segments ± n" takes along."""


class CursorPlace(NamedTuple):
    """Where the cursor is. Rows are packet rows, None where there is none; ``moments`` are the
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
        """What the packets could be saved as."""
        words = re.findall(r"\w+", self.name.replace("'s", ""))
        return "-".join(words) + ".pcapng"


def offers(place: CursorPlace) -> list[Offer]:
    """The subjects that there are at the cursor."""
    return [*of_flow(place), *of_list(place)]


def of_flow(place: CursorPlace) -> list[Offer]:
    """Those within the flow under the cursor."""
    if place.flow is None:
        return []
    flow, index = place.flow, int(place.flow.index)
    client, server = endpoint(flow.client), endpoint(flow.server)
    near = f"with up to {AROUND} segments before and after each"
    found = [
        Offer("flow", f"#{index} {client} ⇄ {server}", subjects.FlowSubject(index)),
        Offer(
            "client's direction", f"{client} → {server}", subjects.DirectionSubject(index, False)
        ),
        Offer("server's direction", f"{server} → {client}", subjects.DirectionSubject(index, True)),
    ]
    if flow.bits:
        found.append(Offer("flagged segments", "with a flag", subjects.FlaggedSubject(index)))
        found.append(Offer(f"flagged ± {AROUND}", near, subjects.FlaggedSubject(index, AROUND)))
    if place.row is not None:
        frame = count(int(place.engine.packets.frame(place.row)))
        found.append(Offer("segment", f"#{frame}", subjects.SegmentSubject(place.row)))
    if place.moments is not None:
        first, last = sorted(place.moments)
        span = subjects.SpanSubject(first, last, index)
        found.append(Offer("mark to cursor", "of this flow", span))
        found.append(
            Offer("mark to cursor, all", "of all flows", subjects.SpanSubject(first, last))
        )
    return found


def of_list(place: CursorPlace) -> list[Offer]:
    """Those that are more than one flow."""
    found: list[Offer] = []
    if place.marked:
        meaning = of_many(len(place.marked), "flow")
        found.append(
            Offer("marked flows", meaning, subjects.FlowsSubject(tuple(sorted(place.marked))))
        )
    if place.expression is not None:
        source = place.expression.source
        found.append(Offer("filter result", source, subjects.FilteredSubject(place.expression)))
    return found


EVERYTHING = Offer(
    "everything", "every TCP segment that is held", subjects.SpanSubject(-(1 << 63), (1 << 63) - 1)
)
"""Only to save: what a live capture has kept, or all of a file with its explanations."""


class OfferedForm(NamedTuple):
    """A form in which a subject can be copied; ``selects``: it finds the packets elsewhere."""

    name: str
    make: Callable[[], CopiedText]
    selects: bool


def forms(
    capture: OpenCapture, subject: Subject, tools: Tools, texts: Mapping[str, str]
) -> list[OfferedForm]:
    """All forms of a subject, and texts that are on the screen by their names."""

    def made(form: str) -> Callable[[], CopiedText]:
        return lambda: copy(form, capture, subject, tools)

    def shown(text: str) -> Callable[[], CopiedText]:
        return lambda: CopiedText(text)

    return [
        *(OfferedForm(form.title, made(form.id), form.selects) for form in FORMS),
        *(OfferedForm(name, shown(text), False) for name, text in texts.items()),
    ]


def admits(expression: str, link_type: int, packet: bytes) -> bool:
    """Whether a capture filter finds a packet; as if it did where libpcap cannot be asked, and
    not where it has no such filters for the link type."""
    try:
        compiled = program(expression, link_type)
    except Missing:
        return True
    except WrongExpression:
        return False
    return compiled.admits(packet, 0, len(packet), len(packet))
