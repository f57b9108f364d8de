"""What the row under the cursor means, in one or two sentences with their numbers."""

from collections.abc import Iterable

from tcptui.diagnosis import explain
from tcptui.diagnosis.capture_point import Sureness, Where, place_of
from tcptui.diagnosis.story import shares_of, story_of
from tcptui.diagnosis.strict import Read
from tcptui.drawing.cells import clean
from tcptui.drawing.names import endpoint, flags_of
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.states import Certainty, State
from tcptui.findings.cost import trouble_words
from tcptui.findings.findings import findings_of
from tcptui.text.numbers import count, delta, duration, of_many, size


def of_segment(engine: Engine, row: int) -> str:
    """One segment."""
    return clean(explain.why(engine, row))


def state_words(packed: int) -> str:
    certainty = Certainty(packed >> 4)
    sure = "" if certainty is Certainty.SEEN else f" ({certainty.name.lower()})"
    return State(packed & 15).label + sure


def of_flow(
    engine: Engine,
    flow: Flow,
    now: int,
    read: Read,
    told: Where | None = None,
    more: Iterable[str] = (),
) -> str:
    """A whole flow: where its time went, what is wrong, how much, and where it was captured.

    ``read`` gives the bytes of a row's packet, ``more`` is what a walk over its rows told.
    """
    found = [finding.text for finding in findings_of(engine, flow, read)]
    wrong = "; ".join(found) or trouble_words(flow, now) or "nothing wrong found"
    name = f"Flow {int(flow.index)}, {endpoint(flow.client)} → {endpoint(flow.server)}"
    sentences = (
        of_time(flow),
        *map(sentence, (wrong, *more)),
        of_sizes(flow),
        of_place(flow, told),
    )
    return clean(f"{name}: {' '.join(filter(None, sentences))}")


def of_time(flow: Flow) -> str:
    """Where the flow's time went; nothing where it was only waiting to be closed."""
    shares = shares_of(flow)
    return f"{story_of(flow)}." if shares.idle < shares.total else ""


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def of_place(flow: Flow, told: Where | None) -> str:
    """Where the capture was taken; nothing where neither this flow nor the user tells."""
    place = place_of(flow, told)
    return sentence(place.text) if place.sureness is not Sureness.NONE else ""


def of_flags(flow: Flow) -> str:
    """How many segments carry which flag."""
    return ", ".join(
        f"{count(flow.count_of(flag.bit))} × {flag.title} ({flag.letter})"
        for flag in flags_of(int(flow.bits))
    )


def of_sizes(flow: Flow) -> str:
    """How much, how long, and what both sides think at the end."""
    client, server = flow.client, flow.server
    text = (
        f"{of_many(int(flow.packets), 'segment')} in "
        f"{duration(int(flow.last_time - flow.first_time))}; "
        f"{size(int(client.bytes))} sent, {size(int(server.bytes))} received"
    )
    if flow.irtt > 0:
        text += f"; round trip {duration(int(flow.irtt))}"
    ends = [state_words(int(side.state) | int(side.certainty) << 4) for side in (client, server)]
    return f"{text}; last seen client {ends[0]}, server {ends[1]}."


def of_run(engine: Engine, rows: tuple[int, int], what: str) -> str:
    """A folded run of segments."""
    packets = engine.packets
    first, last = rows
    frames = f"#{count(int(packets.frame(first)))} to #{count(int(packets.frame(last)))}"
    took = delta(int(packets.time(last)) - int(packets.time(first)))
    return f"{frames}, {took}: {what}. Enter shows each segment."
