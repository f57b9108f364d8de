"""What the row under the cursor means, in one or two sentences with their numbers."""

from tcptui.drawing import trouble
from tcptui.drawing.cells import clean
from tcptui.drawing.ladder import sides
from tcptui.drawing.names import endpoint, flags_of, tcp_flags
from tcptui.drawing.numbers import count, delta, duration, of_many, size
from tcptui.engine.columns import FROM_SERVER, RAW_NUMBERS
from tcptui.engine.engine import Engine
from tcptui.engine.flags import ANY_FLAG, DUPLICATE_ACK, RESENT, AnalysisFlag
from tcptui.engine.flow import Flow
from tcptui.engine.states import Certainty, State
from tcptui.engine.wire import ACK, RST


def of_segment(engine: Engine, row: int) -> str:
    """One segment: its flags first, then what it carries."""
    packets = engine.packets
    bits = int(packets.marks(row)) & ANY_FLAG
    parts = [of_flag(engine, row, flag) for flag in flags_of(bits)]
    if int(packets.flags(row)) & RST:
        parts.insert(0, "Reset: the connection ends here, what was under way is lost.")
    parts.append(of_contents(engine, row))
    return " ".join(parts)


def of_flag(engine: Engine, row: int, flag: AnalysisFlag) -> str:
    """``Retransmission: sent again … First sent in #17, 201 ms earlier.``"""
    text = f"{flag.title}: {flag.meaning}."
    note = engine.packets.note_at(row)
    if note is None or not note[0]:
        return text
    frame, value = note
    if flag.bit & RESENT:
        return f"{text} First sent in #{count(frame)}, {duration(value)} earlier."
    if flag.bit == DUPLICATE_ACK:
        return f"{text} Number {count(value)} after #{count(frame)}."
    return text


def of_contents(engine: Engine, row: int) -> str:
    """Who sends what, in relative numbers, and what both sides think then."""
    packets = engine.packets
    marks = int(packets.marks(row))
    from_server = bool(marks & FROM_SERVER)
    flow = engine.flows[int(packets.flow(row))]
    sender, receiver = (flow.server, flow.client) if from_server else (flow.client, flow.server)
    seq, ack = int(packets.seq(row)), int(packets.ack(row))
    if not marks & RAW_NUMBERS:
        seq, ack = int(sender.relative(seq)), int(receiver.relative(ack))
    length = int(packets.length(row))
    who = "Server" if from_server else "Client"
    flags = tcp_flags(int(packets.flags(row))) or "no flags"
    parts = [f"#{count(int(packets.frame(row)))} {who} sends {flags}"]
    parts.append(
        f"{seq}:{seq + length} ({of_many(length, 'byte')})" if length > 0 else f"seq {seq}"
    )
    if int(packets.flags(row)) & ACK:
        parts.append(f"ack {ack}")
    parts.append(f"window {count(int(packets.window(row)))}")
    flying = int(packets.in_flight(row))
    if flying:
        parts.append(f"{count(flying)} B in flight")
    client, server = sides(int(packets.states(row)))
    parts.append(f"client {state_words(client)}, server {state_words(server)}")
    return "; ".join(parts) + "."


def state_words(packed: int) -> str:
    certainty = Certainty(packed >> 4)
    sure = "" if certainty is Certainty.SEEN else f" ({certainty.name.lower()})"
    return State(packed & 15).label + sure


def of_flow(flow: Flow, now: int) -> str:
    """A whole flow: what is wrong, who talks to whom, how much, how long."""
    wrong = trouble.words(flow, now)
    client, server = flow.client, flow.server
    counted = ", ".join(
        f"{count(flow.count_of(flag.bit))} × {flag.title} ({flag.letter})"
        for flag in flags_of(int(flow.bits))
    )
    parts = [
        f"Flow {int(flow.index)}, {endpoint(client)} → {endpoint(server)}: "
        f"{wrong or 'nothing wrong found'}.",
        f"{counted}." if counted else "",
        f"{of_many(int(flow.packets), 'segment')} in "
        f"{duration(int(flow.last_time - flow.first_time))}; "
        f"{size(int(client.bytes))} sent, {size(int(server.bytes))} received",
    ]
    if flow.irtt > 0:
        parts[-1] += f"; round trip {duration(int(flow.irtt))}"
    sides_now = [
        state_words(int(side.state) | int(side.certainty) << 4) for side in (client, server)
    ]
    parts[-1] += f"; last seen client {sides_now[0]}, server {sides_now[1]}."
    return clean(" ".join(part for part in parts if part))


def of_run(engine: Engine, rows: tuple[int, int], what: str) -> str:
    """A folded run of segments."""
    packets = engine.packets
    first, last = rows
    frames = f"#{count(int(packets.frame(first)))} to #{count(int(packets.frame(last)))}"
    took = delta(int(packets.time(last)) - int(packets.time(first)))
    return f"{frames}, {took}: {what}. Enter shows each segment."
