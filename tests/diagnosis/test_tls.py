"""TLS on the clock: alerts, handshakes that were never finished, how long one took."""

from collections.abc import Sequence

import pytest

from tcptui.diagnosis.turn_times import turns_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.engine.engine import Engine
from tcptui.engine.names.names import TlsHandshake
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.findings.findings import findings_of
from tcptui.findings.judgement import Judgement
from tests.engine.hellos import (
    ALERT,
    APPLICATION,
    CHANGE_CIPHER,
    HANDSHAKE,
    client_hello,
    message,
    record,
    server_hello,
)
from tests.engine.talks import ACK, FIN, RST, Part, in_order, played

HELLO = client_hello()
SESSION = bytes(32)
CERTIFICATE = record(HANDSHAKE, message(11, bytes(3000)))
CHANGE = record(CHANGE_CIPHER, b"\1")
FINISHED = record(HANDSHAKE, bytes(40))
KEY = record(HANDSHAKE, message(16, bytes(33)))
DATA = record(APPLICATION, bytes(100))
FATAL = b"\2"
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")

FULL_1_2 = [("c", HELLO), ("s", server_hello(session=b"\1" * 32) + CERTIFICATE),
            ("c", KEY + CHANGE + FINISHED), ("s", CHANGE + FINISHED), ("c", DATA)]  # fmt: skip
RESUMED_1_2 = [("c", HELLO), ("s", server_hello(session=SESSION) + CHANGE + FINISHED),
               ("c", CHANGE + FINISHED), ("c", DATA)]  # fmt: skip
FALSE_START = [*FULL_1_2[:3], ("c", DATA), FULL_1_2[3]]
FULL_1_3 = [("c", HELLO), ("s", server_hello(0x0304, SESSION) + CHANGE + DATA),
            ("c", CHANGE + record(APPLICATION, bytes(53))), ("s", DATA), ("c", DATA)]  # fmt: skip
RESUMED_1_3 = [("c", HELLO), ("s", server_hello(0x0304, SESSION, key=True) + CHANGE + DATA),
               ("c", CHANGE + record(APPLICATION, bytes(53))), ("c", DATA)]  # fmt: skip
RETRIED = [("c", HELLO), ("s", server_hello(0x0304, SESSION, random=RETRY) + CHANGE),
           ("c", CHANGE + HELLO), ("s", server_hello(0x0304, SESSION) + DATA),
           ("c", record(APPLICATION, bytes(53))), ("c", DATA)]  # fmt: skip


def handshake(engine: Engine) -> TlsHandshake:
    assert engine.naming is not None
    names = engine.naming.of(engine.flows[0])
    assert names is not None
    assert names.tls is not None
    return names.tls


@pytest.mark.parametrize(
    ("turns", "done", "data", "resumed"),
    [
        (FULL_1_2, 5, 6, False),
        (FALSE_START, 6, 5, False),
        (RESUMED_1_2, 4, 5, True),
        (FULL_1_3, 4, 6, False),
        (RESUMED_1_3, 4, 5, True),
        (RETRIED, 6, 7, False),
    ],
)
def test_when_it_was_finished(
    turns: list[tuple[str, bytes]], done: int, data: int, resumed: bool
) -> None:
    """A segment comes each millisecond, the hello 2 ms after the SYN."""
    engine = played(in_order(*turns))
    tls, began = handshake(engine), engine.flows[0].first_time
    times = (tls.hello_time, tls.server_hello_time, tls.done_time, tls.data_time)
    assert [(time - began) / 10**6 for time in times] == [2, 3, done, data]
    assert (tls.is_resumed, tls.is_followed) == (resumed, True)
    assert {"tls_alert", "tls_unfinished"}.isdisjoint(told(engine))


@pytest.mark.parametrize("size", [5, 100])
def test_small_segments_change_no_outcome(size: int) -> None:
    tls = handshake(played(in_order(*FULL_1_2, size=size)))
    assert 0 < tls.hello_time < tls.server_hello_time < tls.done_time < tls.data_time


def test_its_fields() -> None:
    view = View(played(in_order(*RESUMED_1_2)))
    names = ("server_hello", "handshake", "server", "data", "resumed", "alert")
    values = [SCHEMA.by_name[f"flow.tls.{name}"].get(view, 2) for name in names]
    assert values == [1_000_000, 2_000_000, 0, 3_000_000, "yes", None]


def test_how_long_it_took() -> None:
    engine = played(in_order(*FULL_1_2))
    assert (
        "; TLS handshake 3.00 ms."
        in Judgement(engine, engine.flows[0], findings_of(engine, engine.flows[0])).sentence()
    )


HANDSHAKES = [FULL_1_2, RESUMED_1_2, FULL_1_3, RESUMED_1_3, RETRIED]


@pytest.mark.parametrize("turns", HANDSHAKES)
def test_turns_begin_behind_it(turns: list[tuple[str, bytes]]) -> None:
    """The last part of each handshake is the client's first request."""
    engine = played(in_order(*turns, ("s", DATA), ("c", DATA), ("s", DATA)))
    flow = engine.flows[0]
    counted = at_once(turns_of(engine, flow))
    assert int(flow.answered_requests) == len(counted) == 2
    assert [turn.request_frame for turn in counted] == [2 + len(turns), 4 + len(turns)]
    assert counted[0].pause <= 2_000_000, "the time of the handshake is not the client's"


def test_a_request_may_come_before_the_servers_end_of_the_handshake() -> None:
    engine = played(in_order(*FALSE_START, ("s", DATA), ("c", DATA), ("s", DATA)))
    counted = at_once(turns_of(engine, engine.flows[0]))
    assert int(engine.flows[0].answered_requests) == len(counted) == 2
    assert [turn.request_frame for turn in counted] == [6, 9]


@pytest.mark.parametrize("turns", HANDSHAKES)
def test_a_handshake_alone_has_no_turns(turns: list[tuple[str, bytes]]) -> None:
    engine = played(in_order(*turns[:-1]))
    assert engine.flows[0].answered_requests == 0
    assert at_once(turns_of(engine, engine.flows[0])) == []


def told(engine: Engine) -> dict[str, tuple[str, str | None, str]]:
    """Severity, side and text by kind."""
    found = findings_of(engine, engine.flows[0])
    return {one.kind: (one.severity, one.side, one.text) for one in found}


def ended(parts: Sequence[Part], side: str, flags: int) -> Engine:
    """The talk, a pure ACK of the client, and then a FIN or a RST of one side."""
    own = sum(len(part.payload) for part in parts if part.side == "c")
    sent = sum(len(part.payload) for part in parts if part.side == side)
    return played(
        [*parts, Part("c", own, b"", flags=ACK), Part(side, sent, b"", flags=flags | ACK)]
    )


ALERTS = [
    ([("c", HELLO), ("s", record(ALERT, FATAL + bytes([40])))], "server",
     "the server refused the TLS handshake: handshake_failure (40); it was for api.example.com"),
    ([("c", HELLO), ("s", server_hello() + CERTIFICATE), ("c", record(ALERT, FATAL + bytes([48])))],
     "client",
     "the client did not accept the server's certificate: TLS alert unknown_ca (48); it was for "
     "api.example.com"),
    ([("c", client_hello(b"")), ("s", record(ALERT, FATAL + bytes([199])))], "server",
     "the server refused the TLS handshake: an unknown alert (199)"),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "side", "text"), ALERTS)
def test_a_fatal_alert(turns: list[tuple[str, bytes]], side: str, text: str) -> None:
    engine = ended(in_order(*turns), side[0], RST)
    assert told(engine)["tls_alert"] == ("warning", side, text)
    assert "tls_unfinished" not in told(engine)


@pytest.mark.parametrize(
    "turns",
    [
        [*FULL_1_2, ("s", record(ALERT, FATAL + bytes([40])))],
        [("c", HELLO), ("s", record(ALERT, b"\1\0"))],
        [("c", HELLO), ("s", record(ALERT, bytes(26)))],
        [("c", b"GET / HTTP/1.1\r\n\r\n"), ("s", record(ALERT, FATAL + bytes([40])))],
    ],
)
def test_what_is_no_alert_of_a_handshake(turns: list[tuple[str, bytes]]) -> None:
    """It is a warning, is encrypted, comes behind the handshake, or there is none."""
    assert "tls_alert" not in told(ended(in_order(*turns), "s", RST))


SILENT = [("c", HELLO)]
HALF = [("c", HELLO), ("s", server_hello() + CERTIFICATE)]
GAVE_UP = [("c", HELLO), ("s", server_hello(0x0304, SESSION) + CHANGE + DATA),
           ("c", CHANGE + record(APPLICATION, bytes(19)))]  # fmt: skip


@pytest.mark.parametrize(
    ("turns", "by", "flags", "severity", "side", "text"),
    [
        (SILENT, "s", RST, "warning", "server", "the server reset the connection 2.00 ms after the "
         "TLS hello for api.example.com, without an answer to it"),
        (SILENT, "s", FIN, "warning", "server", "the server closed 2.00 ms after the TLS hello for "
         "api.example.com, without an answer to it"),
        (SILENT, "c", FIN, "note", "client", "the client closed 2.00 ms after its TLS hello for "
         "api.example.com, before an answer came"),
        (HALF, "c", FIN, "note", "client", "the TLS handshake was not finished: the client closed "
         "2.00 ms after the server's hello"),
        (HALF, "s", RST, "warning", "server", "the TLS handshake was not finished: the server "
         "reset the connection 2.00 ms after the server's hello"),
        (GAVE_UP, "c", RST, "note", "client", "the TLS handshake was not finished: the client "
         "reset the connection 3.00 ms after the server's hello; the client's last record is as "
         "short as an alert, which TLS 1.3 encrypts: it may not accept the server's certificate"),
    ],
)  # fmt: skip
def test_a_handshake_that_was_never_finished(
    turns: list[tuple[str, bytes]], by: str, flags: int, severity: str, side: str, text: str
) -> None:
    engine = ended(in_order(*turns), by, flags)
    assert told(engine)["tls_unfinished"] == (severity, side, text)


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (SILENT, "the server did not answer the client's TLS hello for api.example.com for 6.00 s"),
        (HALF, "the TLS handshake was not finished: 6.00 s of silence after the server's hello"),
    ],
)
def test_a_handshake_that_goes_on_no_more(turns: list[tuple[str, bytes]], text: str) -> None:
    parts = in_order(*turns)
    engine = played([*parts, Part("c", len(HELLO), b"", flags=ACK)])
    for seconds, known in ((1, None), (6, ("warning", "server", text))):
        engine.tick(engine.flows[0].last_progress + seconds * 10**9)
        assert told(engine).get("tls_unfinished") == known


UNSEEN = {
    "it goes on": played(in_order(*HALF)),
    "the hello was cut": ended([Part("c", 0, HELLO, 80)], "s", RST),
    "the server's answer was cut": ended(
        [Part("c", 0, HELLO), Part("s", 0, server_hello() + CERTIFICATE, 90)], "c", FIN
    ),
    "bytes are missing": ended(
        [Part("c", 0, HELLO), Part("s", 40, server_hello() + CERTIFICATE)], "c", FIN
    ),
    "the answer is no TLS": ended(
        in_order(("c", HELLO), ("s", b"HTTP/1.1 400 Bad Request\r\n\r\n")), "s", FIN
    ),
    "one side was captured": played([Part("c", 0, HELLO), Part("c", len(HELLO), b"", flags=FIN)],
                                    opening=False),
}  # fmt: skip


@pytest.mark.parametrize("why", UNSEEN)
def test_what_was_not_seen_was_not_left_out(why: str) -> None:
    assert "tls_unfinished" not in told(UNSEEN[why])
