"""The fields of a whole flow, under ``flow.``: tcptui's own."""

from collections.abc import Callable
from typing import Final

from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.closing import Closing, closing
from tcptui.engine.tcp_state.opening import Opening, opening
from tcptui.engine.tcp_state.states import Certainty, State
from tcptui.engine.wireshark.flags import RESENT
from tcptui.filters.field import BILLION, Field, Value, ValueKind
from tcptui.filters.view import View
from tcptui.findings.findings import findings_of
from tcptui.findings.kinds import FINDING_KINDS

STATES: Final = tuple(state.label for state in State)
CERTAINTIES: Final = tuple(certainty.name.lower() for certainty in Certainty)


def of_flow(say: Callable[[Flow], Value]) -> Callable[[View, int], Value]:
    return lambda view, row: say(view.flow(row))


def state(number: int) -> str:
    return State(number).label


def retransmission_share(flow: Flow) -> Value:
    """Segments sent again, of the segments that carry data or are sent again."""
    return flow.count_of_any(RESENT) * BILLION // int(flow.packets) if flow.packets else None


def findings(view: View, row: int) -> Value:
    return [finding.kind for finding in findings_of(view.engine, view.flow(row))]


def field(
    name: str,
    kind: ValueKind,
    say: Callable[[Flow], Value],
    meaning: str,
    choices: tuple[str, ...] = (),
) -> Field:
    return Field(f"flow.{name}", kind, of_flow(say), None, 64, choices, True, meaning)


FLOW_FIELDS: Final[tuple[Field, ...]] = (
    field("state", ValueKind.TEXT,
          lambda flow: [state(flow.client.state), state(flow.server.state)],
          "last state of either side", STATES),
    field("client.state", ValueKind.TEXT, lambda flow: state(flow.client.state),
          "last state of the client", STATES),
    field("server.state", ValueKind.TEXT, lambda flow: state(flow.server.state),
          "last state of the server", STATES),
    field("client.certainty", ValueKind.TEXT, lambda flow: CERTAINTIES[flow.client.certainty],
          "how sure the client's state is", CERTAINTIES),
    field("server.certainty", ValueKind.TEXT, lambda flow: CERTAINTIES[flow.server.certainty],
          "how sure the server's state is", CERTAINTIES),
    field("client.port", ValueKind.NUMBER, lambda flow: flow.client.port, "port of the client"),
    field("server.port", ValueKind.NUMBER, lambda flow: flow.server.port, "port of the server"),
    field("client.packets", ValueKind.NUMBER, lambda flow: int(flow.client.packets),
          "segments from the client"),
    field("server.packets", ValueKind.NUMBER, lambda flow: int(flow.server.packets),
          "segments from the server"),
    field("client.bytes", ValueKind.NUMBER, lambda flow: int(flow.client.bytes),
          "payload from the client"),
    field("server.bytes", ValueKind.NUMBER, lambda flow: int(flow.server.bytes),
          "payload from the server"),
    field("packets", ValueKind.NUMBER, lambda flow: int(flow.packets), "segments of both sides"),
    field("bytes", ValueKind.NUMBER, lambda flow: int(flow.client.bytes + flow.server.bytes),
          "payload of both sides"),
    field("duration", ValueKind.SECONDS, lambda flow: int(flow.last_time - flow.first_time),
          "from the first segment to the last"),
    field("rtt", ValueKind.SECONDS, lambda flow: int(flow.irtt) or None,
          "round-trip time of the handshake"),
    field("retransmissions", ValueKind.NUMBER, lambda flow: flow.count_of_any(RESENT),
          "segments that were sent again"),
    field("retransmission_share", ValueKind.SHARE, retransmission_share,
          "part of all segments that was sent again"),
    field("completeness", ValueKind.NUMBER, lambda flow: int(flow.completeness),
          "final tcp.completeness"),
    field("opening", ValueKind.TEXT, lambda flow: opening(flow).label, "how the flow began",
          tuple(one.label for one in Opening)),
    field("closing", ValueKind.TEXT, lambda flow: closing(flow).label, "how the flow ended",
          tuple(one.label for one in Closing)),
    Field("flow.finding", ValueKind.NAMES, findings, None, 64, FINDING_KINDS.keys(), True,
          "what is odd about the flow"),
)  # fmt: skip
