"""SYNs and SYN+ACKs that are sent several times and each captured several times count once each."""

import pytest

from tcptui.engine.ledger import LedgerKind
from tcptui.findings.time_split import time_split
from tests.diagnosis.causes import engine_of, numbered

MS = 1_000_000
IPV4 = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nnumbers A=1000 B=5000\n"
IPV6 = "flow A [fd00::1]:1111 B [fd00::2]:80\nnumbers A=1000 B=5000\n"
SYN = "A S 0 0 64000 0 mss=1460"
SYN_ACK = "B SA 0 1 64000 0 mss=1460"
TIMES = (0, 1000, 3000)
"""ms"""

Ways = tuple[str, ...]
COPIES = {
    "one": ("",),
    "two alike": ("", ""),
    "three alike": ("", "", ""),
    "before and behind a router": ("", "ttl=63"),
    "the farther interface first": ("ttl=63", ""),
    "before and behind the card that fills in the checksum": ("sum=pseudo", ""),
    "the same, behind a router": ("sum=pseudo", "ttl=63"),
}


def script_of(ip: str, opening: str, segment: str, ids: str, copies: Ways, apart: float) -> str:
    """A segment at all times, each with its copies, so many ms apart."""
    return ip + numbered(
        opening
        + "".join(
            f"{time + copy * apart} {segment} {ids.format(n=100 + number)} {way}\n"
            for number, time in enumerate(TIMES)
            for copy, way in enumerate(copies)
        ),
        1,
    )


@pytest.mark.parametrize("apart", [0.01, 3])
@pytest.mark.parametrize(
    ("ip", "ids"),
    [(IPV4, "id={n}"), (IPV4, "id=0"), (IPV6, "")],
    ids=["identifications", "none", "IPv6"],
)
@pytest.mark.parametrize("copies", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize(
    ("opening", "segment", "kind", "waited"),
    [
        ("", SYN, LedgerKind.STALL_SYN_RETRY, 3000),
        ("0 A S 0 0 64000 0 id=9\n", SYN_ACK, LedgerKind.SYN_ACK_REPEATED, 3000),
    ],
    ids=["SYN", "SYN+ACK"],
)
def test_what_was_sent_again_counts_once(
    opening: str, segment: str, kind: LedgerKind, waited: int, copies: Ways, ip: str, ids: str,
    apart: float,
) -> None:  # fmt: skip
    engine = engine_of("", script_of(ip, opening, segment, ids, copies, apart))
    flow = engine.flows[0]
    assert flow.ledger is not None
    counted = {one.kind: (one.count, one.cost) for one in flow.ledger.entries()}
    late = int((len(copies) - 1) * apart * MS)
    assert counted.keys() == {kind, LedgerKind.HANDSHAKE_RETRY}
    for count, cost in counted.values():
        assert count == 2
        assert waited * MS - 2 * late <= cost <= waited * MS
    assert int(time_split(flow).tcp) >= waited * MS - 2 * late


@pytest.mark.parametrize(
    ("apart", "count"), [(9, None), (11, 2), (250, 2)], ids=["no timer", "a short one", "a timer"]
)
def test_a_timer_sends_it_again(apart: int, count: int | None) -> None:
    """The SYN of one identification after another, so many ms apart."""
    script = "".join(f"{n * apart} {SYN} id={100 + n}\n" for n in range(3))
    ledger = engine_of("", IPV4 + numbered(script, 1)).flows[0].ledger
    counts = [] if ledger is None else [one.count for one in ledger.entries()]
    assert set(counts) == ({count} if count else set())
