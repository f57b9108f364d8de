"""Explains the row under the cursor, in one or two sentences with their numbers."""

from collections.abc import Iterable

from tcptui.diagnosis.replays import Replays
from tcptui.diagnosis.strict import Read
from tcptui.drawing.cells import clean
from tcptui.drawing.names import flags_of
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.tcp_state.states import Certainty, state_shown
from tcptui.findings.capture_point import Sureness, Where, place_of
from tcptui.findings.findings import findings_of
from tcptui.findings.story import as_sentence, flow_sentence, time_split
from tcptui.text.amounts import amount, count, size
from tcptui.text.durations import delta, duration


def of_segment(replays: Replays, row: int) -> str:
    """Explain one segment."""
    return clean(replays.why(row))


def state_words(end: Endpoint) -> str:
    """Return the endpoint's state, with its certainty where it is not seen."""
    state, certainty = state_shown(end.state, end.certainty)
    return state.label if certainty is Certainty.SEEN else f"{state.label} ({certainty.label})"


def of_flow(
    engine: Engine,
    flow: Flow,
    now: int,
    read: Read,
    told: Where | None = None,
    more: Iterable[str] = (),
) -> str:
    """Explain a whole flow: where its time went, what is wrong, how much, where it was captured.

    ``read`` gives the bytes of a row's packet, ``more`` is what a walk over its rows told.
    """
    ends = f"{endpoint_text(flow.client)} → {endpoint_text(flow.server)}"
    name = f"Flow {flow.index} ({engine.rules.name}), {ends}"
    sentences = (
        flow_sentence(flow, time_split(flow), findings_of(engine, flow, read), now),
        *map(as_sentence, more),
        of_sizes(flow),
        of_capture_point(flow, told),
    )
    return clean(f"{name}: {' '.join(filter(None, sentences))}")


def of_capture_point(flow: Flow, told: Where | None) -> str:
    """Return where the capture was taken; nothing where neither this flow nor the user tells."""
    place = place_of(flow, told)
    return as_sentence(place.text) if place.sureness is not Sureness.NONE else ""


def of_flags(flow: Flow) -> str:
    """Return how many segments carry which flag."""
    return ", ".join(
        f"{count(flow.count_of(flag.bit))} × {flag.title} ({flag.letter})"
        for flag in flags_of(flow.bits)
    )


def of_sizes(flow: Flow) -> str:
    """Return how much was sent, how long it took, and both states at the end."""
    client, server = flow.client, flow.server
    text = (
        f"{amount(flow.packets, 'segment')} in "
        f"{duration(flow.last_time - flow.first_time)}; "
        f"{size(client.bytes)} sent, {size(server.bytes)} received"
    )
    if flow.irtt > 0:
        text += f"; round trip {duration(flow.irtt)}"
    ends = [state_words(side) for side in (client, server)]
    return f"{text}; last seen client {ends[0]}, server {ends[1]}."


def of_run(engine: Engine, rows: tuple[int, int], what: str) -> str:
    """Explain a folded run of segments."""
    packets = engine.packets
    first, last = rows
    frames = f"#{count(packets.frame(first))} to #{count(packets.frame(last))}"
    took = delta(packets.time(last) - packets.time(first))
    return f"{frames}, {took}: {what}. Enter shows each segment."
