"""Flows as JSON text, written straight from the engine: one object a line."""

from typing import Final

from librt.strings import BytesWriter
from librt.vecs import vec
from mypy_extensions import i64

from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import Certainty, State
from tcptui.engine.tcp_state.timers import timer
from tcptui.engine.tcp_state.zeek import conn_state, history
from tcptui.engine.wireshark.flags import (
    ALPHABETICAL,
    ANALYSIS_FLAG_BY_BIT,
    ANALYSIS_FLAGS,
    RESENT,
    RETRANSMISSION,
)
from tcptui.findings.finding import Finding
from tcptui.text.digits import write_number, write_seconds

STATE_TEXTS: Final[list[bytes]] = [f', "state": "{state.label}"'.encode() for state in State]
CERTAINTY_TEXTS: Final[list[bytes]] = [
    f', "certainty": "{certainty.name.lower()}"}}'.encode() for certainty in Certainty
]
FLAG_NAMES: Final[dict[int, bytes]] = {
    flag.number: f'"{flag.name}": '.encode() for flag in ANALYSIS_FLAGS
}
ALPHABETICAL_NUMBERS: Final = vec[i64]([flag.number for flag in ALPHABETICAL])
RETRANSMISSION_NUMBER: Final[i64] = ANALYSIS_FLAG_BY_BIT[RETRANSMISSION].number
IMPLYING_NUMBERS: Final = vec[i64](
    [flag.number for flag in ANALYSIS_FLAGS if flag.bit & RESENT & ~RETRANSMISSION]
)
"""Flags on which tshark sets the field `retransmission` as well."""
MOST_KEPT: Final = 100_000
ESCAPES: Final = {ord('"'): '\\"', ord("\\"): "\\\\"} | {n: f"\\u{n:04x}" for n in range(32)}


def json_text(text: str) -> bytes:
    """A JSON string, quotes included."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'.encode(errors="backslashreplace")
    return f'"{text.translate(ESCAPES)}"'.encode(errors="backslashreplace")


class FlowWriter:
    """Writes flows; labels of enumerations and addresses are kept once they are made."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Engine = engine
        self.addresses: dict[bytes, bytes] = {}
        self.labels: dict[str, bytes] = {}

    def flow(self, index: i64, flow: Flow, findings: list[Finding]) -> bytes:
        """One flow as a JSON object; ``index`` is its number in the whole capture."""
        out = BytesWriter()
        out.write(b'{"index": ')
        write_number(out, index)
        out.write(b', "client": ')
        self.write_endpoint(out, flow.client)
        out.write(b', "server": ')
        self.write_endpoint(out, flow.server)
        out.write(b', "first": ')
        write_seconds(out, flow.first_time)
        out.write(b', "last": ')
        write_seconds(out, flow.last_time)
        out.write(b', "initial_rtt": ')
        if flow.irtt != 0:
            write_seconds(out, flow.irtt)
        else:
            out.write(b"null")
        out.write(b', "completeness": ')
        write_number(out, i64(flow.completeness))
        out.write(b', "opening": ')
        out.write(self.label(opening(flow)))
        out.write(b', "closing": ')
        out.write(self.label(closing(flow)))
        out.write(b', "analysis": {')
        if flow.bits != 0:
            self.write_counts(out, flow)
        out.write(b'}, "findings": [')
        self.write_findings(out, findings)
        out.write(b'], "timer": ')
        self.write_timer(out, flow)
        out.write(b', "conn_state": ')
        out.write(self.label(conn_state(flow)))
        out.write(b', "history": ')
        out.write(self.label(history(flow)))
        out.write(b"}")
        return out.getvalue()

    def write_endpoint(self, out: BytesWriter, end: Endpoint) -> None:
        out.write(self.address(end.address))
        write_number(out, end.port)
        out.write(b', "packets": ')
        write_number(out, i64(end.packets))
        out.write(b', "bytes": ')
        write_number(out, end.bytes)
        out.write(b', "unique_bytes": ')
        write_number(out, end.unique_bytes)
        out.write(STATE_TEXTS[i64(end.state)])
        out.write(CERTAINTY_TEXTS[i64(end.certainty)])

    def address(self, address: bytes) -> bytes:
        """The beginning of an endpoint's object, up to its port."""
        text = self.addresses.get(address)
        if text is None:
            text = f'{{"address": "{address_text(address)}", "port": '.encode()
            if len(self.addresses) < MOST_KEPT:
                self.addresses[address] = text
        return text

    def label(self, text: str) -> bytes:
        """A text that many flows share, as JSON."""
        known = self.labels.get(text)
        if known is None:
            known = json_text(text)
            if len(self.labels) < MOST_KEPT:
                self.labels[text] = known
        return known

    def write_counts(self, out: BytesWriter, flow: Flow) -> None:
        """The counts of the flags that tshark's fields have: fast and spurious
        retransmissions are retransmissions too."""
        separator = b""
        for number in ALPHABETICAL_NUMBERS:
            count = flow.count_at(number)
            if number == RETRANSMISSION_NUMBER:
                for implying in IMPLYING_NUMBERS:
                    count += flow.count_at(implying)
            if count != 0:
                out.write(separator)
                separator = b", "
                out.write(FLAG_NAMES[number])
                write_number(out, count)

    def write_findings(self, out: BytesWriter, findings: list[Finding]) -> None:
        first = True
        for finding in findings:
            if not first:
                out.write(b", ")
            first = False
            out.write(b'{"kind": ')
            out.write(self.label(finding.kind))
            out.write(b', "severity": ')
            out.write(self.label(finding.severity))
            out.write(b', "count": ')
            write_number(out, finding.count)
            out.write(b', "first_frame": ')
            write_number(out, finding.first_frame)
            out.write(b', "last_frame": ')
            write_number(out, finding.last_frame)
            out.write(b', "side": ')
            out.write(b"null" if finding.side is None else self.label(finding.side))
            out.write(b', "cost": ')
            if finding.cost is None:
                out.write(b"null")
            else:
                write_seconds(out, finding.cost)
            out.write(b', "text": ')
            out.write(json_text(finding.text))
            out.write(b"}")

    def write_timer(self, out: BytesWriter, flow: Flow) -> None:
        running = timer(flow, self.engine.last_time)
        if running is None:
            out.write(b"null")
            return
        out.write(b'{"name": ')
        out.write(self.label(running.name))
        out.write(b', "started": ')
        write_seconds(out, running.started)
        out.write(b', "would_end": ')
        write_seconds(out, running.would_end)
        out.write(b"}")
