"""Says how long a TLS handshake took, beside where the rest of a flow's time went."""

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.names.names import TlsHandshake
from tcptui.engine.packets import NO_ROW
from tcptui.findings.time_split import WORTH_NAMING
from tcptui.findings.tls import names_of
from tcptui.text.durations import duration


def tls_of(engine: Engine, flow: Flow) -> TlsHandshake | None:
    """Return how the TLS of a flow began, or None if it has none."""
    names = names_of(engine, flow)
    return None if names is None else names.tls


def finished(engine: Engine, flow: Flow) -> TlsHandshake | None:
    """Return the TLS handshake of a flow, if both sides have finished it."""
    tls = tls_of(engine, flow)
    return None if tls is None or tls.done_time == 0 else tls


def turns_begin(engine: Engine, flow: Flow) -> tuple[int, int]:
    """Return the row from which a flow's requests count, and when the client could send the first
    (ns): behind the handshakes of TCP and of TLS."""
    tls = finished(engine, flow)
    if tls is None:
        return int(flow.first_row), int(flow.first_time + flow.irtt)
    row = int(tls.data_row)
    return row if row != NO_ROW else int(flow.last_row) + 1, int(tls.done_time)


def handshake_time(flow: Flow, tls: TlsHandshake) -> int:
    """Return how long (ns) a handshake took, from the ClientHello on."""
    return int(flow.time_between(tls.hello_began, tls.done_time))


def handshake_text(flow: Flow, tls: TlsHandshake | None) -> str:
    """Return how long a flow's TLS handshake took, and what of it was the server: its hello's way
    there and back taken off. Empty where it is not finished, or not worth naming."""
    if tls is None or tls.done_time == 0:
        return ""
    lasted = handshake_time(flow, tls)
    total = int(flow.time_between(flow.first_time, flow.last_time))
    if lasted <= WORTH_NAMING * total:
        return ""
    server = server_time(flow, tls)
    of_server = f", {duration(server)} of it the server" if server > WORTH_NAMING * lasted else ""
    return f"TLS handshake {duration(lasted)}{of_server}"


def server_time(flow: Flow, tls: TlsHandshake) -> int:
    """Return how long (ns) the server took for its hello, or 0 where the way to it and back is not
    known."""
    if flow.syn_to_synack < 0 or tls.hello_from_server:
        return 0
    answer = int(flow.time_between(tls.hello_time, tls.server_hello_time))
    return max(0, answer - int(flow.syn_to_synack) * 1000)
