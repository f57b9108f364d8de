"""TLS handshakes that came to nothing: who refused one, and which was never finished.

All of it stands in clear text or in the types of records (`tcptui.engine.names.records`). Of a
handshake whose bytes were not all captured nothing is said.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import KIND_BITS, LedgerKind
from tcptui.engine.names.names import NO_ALERT, FlowNames, TlsHandshake
from tcptui.engine.packets import NO_ROW, Packets
from tcptui.engine.tcp_header import RST
from tcptui.engine.tcp_state.states import BEGAN_INSIDE, SHOOK_HANDS
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of, time_since
from tcptui.findings.sides import SIDES
from tcptui.text.durations import duration

ALERTS: Final = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed",
    22: "record_overflow", 30: "decompression_failure", 40: "handshake_failure",
    41: "no_certificate", 42: "bad_certificate", 43: "unsupported_certificate",
    44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
    47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
    51: "decrypt_error", 60: "export_restriction", 70: "protocol_version",
    71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback",
    90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
    110: "unsupported_extension", 111: "certificate_unobtainable", 112: "unrecognized_name",
    113: "bad_certificate_status_response", 114: "bad_certificate_hash_value",
    115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol",
}  # fmt: skip
"""RFC 8446, section 6, and the registry of IANA for older ones."""
OF_CERTIFICATE: Final = frozenset((42, 43, 44, 45, 46, 48, 113, 114))
"""The sender does not accept the other side's certificate."""
NOT_SEEN: Final = (
    KIND_BITS[int(LedgerKind.CAPTURE_LOSS)] | KIND_BITS[int(LedgerKind.LOSS_BEFORE_CAPTURE)]
)
GIVEN_UP_AFTER: Final = 5_000 * MILLISECOND
"""ns of silence after which an open handshake will not go on."""


def names_of(engine: Engine, flow: Flow) -> FlowNames | None:
    """Return the names of a flow, or None if it has none."""
    naming = engine.naming
    return None if naming is None else naming.of(flow)


def alert(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a fatal alert in clear text that ended the handshake."""
    names = names_of(engine, flow)
    tls = None if names is None else names.tls
    if names is None or tls is None or tls.alert == NO_ALERT or tls.done_time != 0:
        return None
    number = int(tls.alert)
    side, peer = sides(tls.alert_from_server)
    named = f"{ALERTS.get(number, 'an unknown alert')} ({number})"
    if number in OF_CERTIFICATE:
        text = f"the {side} did not accept the {peer}'s certificate: TLS alert {named}"
    else:
        text = f"the {side} refused the TLS handshake: {named}"
    if names.sni:
        text += f"; it was for {names.sni}"
    frame = frame_of(engine, int(tls.alert_row))
    found = kind.finding(1, (frame, frame), side, None, text)
    found.explains_until = frame_of(engine, int(flow.last_row))
    return found


def unfinished(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a handshake that ended, or went silent, before both sides had finished it."""
    names = names_of(engine, flow)
    tls = None if names is None else names.tls
    if names is None or tls is None or not is_open(tls) or not is_all_seen(engine, flow):
        return None
    row = first_end(engine.packets, flow, tls)
    silence = time_since(engine, flow, int(flow.last_progress))
    if row == NO_ROW and (silence < GIVEN_UP_AFTER or flow.has(BEGAN_INSIDE)):
        return None
    client, server = sides(tls.hello_from_server)
    text = silent_text(tls, names.sni, silence)
    by_client = False
    if row != NO_ROW:
        by = SIDES[int(engine.packets.is_from_server(row))]
        by_client = by == client
        text = ended_text(engine.packets, flow, tls, names.sni, by, row)
    if tls.client_gave_up:
        text += (
            f"; the {client}'s last record is as short as an alert, which TLS 1.3 encrypts: it may "
            f"not accept the {server}'s certificate"
        )
    last = int(flow.last_row) if row == NO_ROW else row
    frames = frame_of(engine, int(tls.hello_row)), frame_of(engine, last)
    found = kind.finding(1, frames, client if by_client else server, None, text)
    if by_client:
        found.severity = Severity.NOTE.value
    return found


def first_end(packets: Packets, flow: Flow, tls: TlsHandshake) -> int:
    """Return the row of the first FIN or RST behind the hello, or `NO_ROW`."""
    number, last, first = i64(flow.index), i64(flow.last_row), i64(tls.hello_row)
    if first < packets.first:
        return NO_ROW
    found: i64 = NO_ROW
    for by_server in (False, True):
        row = row_search.following(packets, number, by_server, first, last, row_search.ENDS)
        if row != NO_ROW and (found == NO_ROW or row < found):
            found = row
    return int(found)


def ended_text(
    packets: Packets, flow: Flow, tls: TlsHandshake, name: str, by: str, row: int
) -> str:
    """Return who ended a connection, how, how long after which hello."""
    client, server = sides(tls.hello_from_server)
    how = "reset the connection" if packets.has_header_flag(i64(row), RST) else "closed"
    when = packets.time(i64(row))
    if tls.server_hello_time != 0:
        after = duration(int(flow.time_between(tls.server_hello_time, when)))
        return (
            f"the TLS handshake was not finished: the {by} {how} {after} after the {server}'s hello"
        )
    after = duration(int(flow.time_between(tls.hello_time, when)))
    if by == client:
        return f"the {by} {how} {after} after its TLS hello{for_name(name)}, before an answer came"
    return f"the {by} {how} {after} after the TLS hello{for_name(name)}, without an answer to it"


def silent_text(tls: TlsHandshake, name: str, silence: int) -> str:
    """Return what did not come in an open connection."""
    client, server = sides(tls.hello_from_server)
    if tls.server_hello_time != 0:
        return (
            f"the TLS handshake was not finished: {duration(silence)} of silence after "
            f"the {server}'s hello"
        )
    return (
        f"the {server} did not answer the {client}'s TLS hello{for_name(name)} for "
        f"{duration(silence)}"
    )


def for_name(name: str) -> str:
    """Return whom a hello was for, as part of a sentence."""
    return f" for {name}" if name else ""


def is_open(tls: TlsHandshake) -> bool:
    """Return whether all that passed of a handshake was read, and it was neither finished nor
    refused."""
    return tls.is_followed and tls.done_time == 0 and tls.alert == NO_ALERT


def is_all_seen(engine: Engine, flow: Flow) -> bool:
    """Return whether nothing tells that bytes of a flow passed without being captured."""
    naming = engine.naming
    for end in (flow.client, flow.server):
        if end.packets == 0 or end.holes is not None:
            return False
    if not flow.has(SHOOK_HANDS | BEGAN_INSIDE):
        return False
    if naming is None or naming.waits_for_bytes(flow):
        return False
    return flow.ledger is None or (flow.ledger.kinds() & NOT_SEEN) == 0


def sides(of_server: bool) -> tuple[str, str]:
    """Return a side of the flow and its peer, as sentences call them."""
    return (SIDES[1], SIDES[0]) if of_server else (SIDES[0], SIDES[1])
