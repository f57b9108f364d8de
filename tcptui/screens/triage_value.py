"""Offers filters made from what is under the cursor."""

from tcptui.drawing.names import flags_of
from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.findings.judgement import Judge
from tcptui.screens.choice import Choice


def values(engine: Engine, flow: Flow, row: int | None, judge: Judge) -> list[Choice]:
    """Return filters for a flow, and for the segment at a packet row where one is given: the text
    of each, its name, what it leaves."""
    client, server = (address_text(side.address) for side in (flow.client, flow.server))
    found: list[tuple[str, str, str]] = []
    if row is not None:
        for flag in flags_of(engine.packets.analysis(row)):
            name = f"tcp.analysis.{flag.name}"
            found.append((name, "flag", f"flows with a segment that is: {flag.title}"))
    leading = judge.judge(flow).leading()
    if leading is not None:
        kind = leading.kind
        found.append((f'flow.findings == "{kind}"', "finding", kind.replace("_", " ")))
    ip = {4: "ip", 16: "ipv6"}
    for side, text in ((flow.server, server), (flow.client, client)):
        who = "server" if side is flow.server else "client"
        if len(side.address) in ip:
            found.append((f"{ip[len(side.address)]}.addr == {text}", who, text))
    found += [
        (f"tcp.port == {flow.server.port}", "server's port", str(flow.server.port)),
        (f'flow.opening == "{opening(flow)}"', "opening", str(opening(flow))),
        (f'flow.closing == "{closing(flow)}"', "closing", str(closing(flow))),
    ]
    return [Choice(text, name, f"{meaning}: {text}") for text, name, meaning in found]
