"""Evidence: the sentences, the facts behind them, and what the strict view proves."""

import json
from pathlib import Path

import pytest

from samples.frames import frame
from samples.make_samples import SAMPLES
from samples.packet_script import parse_script
from tcptui.diagnosis.explain import EXPLAINERS, Evidence, evidence, why
from tcptui.diagnosis.fact_texts import FACTS
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tests.diagnosis.causes import HANDSHAKE, numbered
from tests.engine.feeding import analysed, analysed_file

CAPTURES = sorted(SAMPLES.glob("*.pcap*"))


def explained(sample: str, frame: int) -> Evidence:
    engine, read = analysed_file(SAMPLES / f"{sample}.pcapng")
    return evidence(engine, int(engine.packets.row_of(frame)), read)


SENTENCES = [
    (
        "unseen-segment",
        43,
        "#42 ends at 27741 + 1460 = 29201, then 33581 is acknowledged: 29201 to 33581 "
        "(4,380 bytes) was never captured.",
    ),
    ("unseen-segment", 44, "#43 had acknowledged them already: lost by the capture only."),
    (
        "fast-retransmission",
        7,
        "#6 ends at 2001, this begins at 3001: 1,000 bytes from the server are missing here. "
        "#14 brings them 19.5 ms later.",
    ),
    ("fast-retransmission", 11, "Dup ACK 8#2: still waits for 2001, as in #8, though 4001:5001"),
    ("fast-retransmission", 14, "after 3 duplicate ACKs, 18.9 ms after #13 asked for 2001"),
    (
        "keep-alive-half-open",
        13,
        "first sent in #11, 600 ms earlier, last in #12, 400 ms earlier; no duplicate ACK asked "
        "for it, so the timer ran out (RTO ≈ 205 ms, RTT 5.00 ms).",
    ),
    ("keep-alive-half-open", 7, "0 bytes at 40, one below the next number 41, after 10.0 s"),
    ("keep-alive-half-open", 14, "Reset: the server ends the connection, 5.00 ms after #13"),
    ("zero-window", 9, "ends at 4001 = 1 + 4,000, the edge that #4 offered"),
    ("zero-window", 10, "#17 opens the window again 1.60 s later"),
    ("zero-window", 11, "#10 had closed the window 200 ms before"),
    ("zero-window", 17, "Window Update: 0 to 4,000 bytes"),
    ("openings", 1, "asks to open a connection; its numbers count from 1000 (raw)"),
    ("openings", 2, "accepts, 20.0 ms after #1"),
    ("openings", 3, "acknowledges the SYN of #2, 100 µs later"),
    ("openings", 9, "lost or thrown away after it, towards the server"),
    ("openings", 12, "both ends opened at once, and nothing was lost."),
    ("openings", 18, "#17 had acknowledged it and passed this point: lost or ignored after it"),
    ("openings", 5, "Refused: the server answers the SYN with a reset, 20.0 ms after #4"),
    ("closings", 6, "closes its direction too, 10.0 ms after #5; it acknowledges the FIN of #5"),
    ("web-loss", 85, "first sent in #58, 351 µs earlier: after 9 duplicate ACKs"),
    ("web-loss", 130, "No byte of it passed here before"),
]


@pytest.mark.parametrize(("sample", "frame", "sentence"), SENTENCES)
def test_sentence(sample: str, frame: int, sentence: str) -> None:
    assert sentence in explained(sample, frame).text


def test_facts_of_a_lost_segment() -> None:
    """Relative numbers, and raw ones that have wrapped: the server's begin at 4294965000."""
    assert explained("fast-retransmission", 7).flags[0].facts == {
        "actual": 3001,
        "actual_raw": (4294965000 + 3001) % 2**32,
        "expected": 2001,
        "expected_raw": (4294965000 + 2001) % 2**32,
        "expected_from": 6,
        "hole": 1000,
        "filled_by": 14,
    }


def told_of(script: str, frame_number: int) -> Evidence:
    """The evidence of one segment of a script, with the packets at hand."""
    packets = parse_script(HANDSHAKE + numbered(script)).packets
    engine = analysed(packets)
    return evidence(engine, frame_number - 1, lambda row: frame(packets[row]))


CLOSED = """
100  A PA   1    1 64000 100
120  B PA   1  101 64000 1000
121  A A  101 1001     0 0
400  B A 1000  101 64000 0
401  A A  101 1001     0 0
1121 A A  101 1001 64000 0
1142 B PA 1001 101 64000 1000
"""
DAMAGED = "100 B A 1 1 64000 1000 sum=bad\n400 B A 1 1 64000 1000\n402 A A 1 1001 64000 0"
CAPTURED_TWICE = """
100   B A    1 1 64000 1000 id=7
100.1 B A    1 1 64000 1000 id=7
102   A A    1 1001 64000 0
"""
FORGED = """
100 A PA   1   1 64000 100
120 B PA   1 101 64000 100
130 B RA 101 101 64000 0 ttl=200
"""
SENT_TWICE = """
100 B A    1 1 64000 1000
101 B A 1001 1 64000 1000
102 A A    1 1 64000 0
500 B A    1 1 64000 1000
502 A A    1 2001 64000 0
600 B A 2001 1 64000 1000
900 B A 2001 1 64000 1000
902 A A    1 3001 64000 0 sack=2001-3001
1000 B A 3001 1 64000 1000
1300 B A 3001 1 64000 1000
1302 A A    1 4001 64000 0
"""


REPORTED_TWICE = """
100 B A 1    1 64000 1000
102 A A 1 1001 64000 0
103 A A 1 1001 64000 0 sack=1-1001
400 B A 1    1 64000 1000
402 A A 1 1001 64000 0 sack=1-1001
"""
FAST_REPAIR = """
100   B A    1 1 64000 1000 id=11
101   B A 2001 1 64000 1000 id=13
101.1 A A    1 1001 64000 0 sack=2001-3001
102.6 B A 1001 1 64000 1000 id=14
104   A A    1 3001 64000 0
"""
OVERTAKEN = FAST_REPAIR.replace("id=14", "id=12")


@pytest.mark.parametrize(
    ("script", "number", "words"),
    [
        (REPORTED_TWICE, 6, "it reports that something came to it twice, and 1:1001 of #4 passed "
                            "here once"),
        (REPORTED_TWICE, 8, "#7 brought 1:1001, which it already had."),
        (FAST_REPAIR, 7, "too soon to be sent again, by the rule; yet it was: the first copy was "
                         "lost between the server and here"),
        (OVERTAKEN, 7, "too soon to be sent again."),
        (CLOSED, 6, "#9 opens the window again 1.00 s later."),
        (CLOSED, 7, "a probe of the window, which #6 had closed 279 ms before"),
        (CLOSED, 8, "as it said first in #6, 280 ms before: its application does not read; #9 "
                    "opens the window again 720 ms later, after 1.00 s in all."),
        (DAMAGED, 4, "Strictly: its checksum is wrong, so the client throws it away without an "
                     "ACK; #5 sends it again."),
        (DAMAGED, 5, "Strictly: the checksum of #4 is wrong: the client threw it away"),
        (CAPTURED_TWICE, 5, "100 µs earlier. It is the packet of #4 itself: captured once more"),
        (FORGED, 6, "Reset in the server's name, 30.0 ms after #4: something on the path sent it."),
        (SENT_TWICE, 7, "lost or thrown away after it"),
        (SENT_TWICE, 10, "was not lost: its acknowledgment was late"),
        (SENT_TWICE, 13, "lost or thrown away after it"),
    ],
)  # fmt: skip
def test_what_the_segments_around_it_tell(script: str, number: int, words: str) -> None:
    assert words in told_of(script, number).as_text()


def test_a_window_that_was_closed_for_very_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search ends, no segment was the first."""
    monkeypatch.setattr("tcptui.diagnosis.signals.MOST_CLOSED", 2)
    closed = "".join(f"{at} A A 101 1001 0 0\n" for at in (121, 401, 801, 1601))
    script = f"100 A PA 1 1 64000 100\n120 B PA 1 101 64000 1000\n{closed}"
    assert "as it said first in #6" in told_of(script, 8).as_text()
    assert "said first" not in told_of(script, 9).as_text()


def test_facts_of_a_fast_retransmission() -> None:
    found = explained("fast-retransmission", 14).flags[0].facts
    assert found["duplicate_acks"] == 3
    assert found["duplicate_ack_frames"] == [9, 11, 13]
    assert found["overlap"] == 4000
    assert found["repeated"] == 0
    assert (found["since_peer"], found["fast_limit"]) == (18_900_000, 20_000_000)
    assert (found["initial_rtt"], found["reorder_limit"]) == (30_100_000, 30_100_000)


def test_facts_of_a_retransmission() -> None:
    found = explained("keep-alive-half-open", 13).flags[0].facts
    assert (found["first_copy"], found["last_copy"], found["copies"]) == (11, 12, [11, 12])
    assert (found["rto"], found["rto_frame"]) == (600_000_000, 11)
    assert (found["rtt"], found["rtt_frame"]) == (5_000_000, 5)
    assert found["repeated"] == 40


CLAIMS = [
    ("proofs", 6, "unneeded", "#8 reports 1:801 as received twice (D-SACK)"),
    ("proofs", 17, "reordered", "time stamp 912 is older than 913 of #14"),
    ("openings", 12, "simultaneous_open", "the number of its own SYN #10"),
    ("web-loss", 230, "sack_asked", "#229 had reported 52319:65727 beyond it by SACK"),
    ("web-loss", 271, "sent_again", "Bytes of it passed here in #255"),
]


@pytest.mark.parametrize(("sample", "frame", "claim", "text"), CLAIMS)
def test_strict_view(sample: str, frame: int, claim: str, text: str) -> None:
    proofs = explained(sample, frame).proofs
    assert [proof.claim for proof in proofs] == [claim]
    assert text in proofs[0].text


def test_sack_blocks_and_checksum() -> None:
    found = explained("fast-retransmission", 11)
    assert (found.sack, found.dsack, found.checksum) == (("3001:5001",), False, "good")
    assert explained("proofs", 8).dsack


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_every_segment_has_its_evidence(path: Path) -> None:
    """One sentence at least, the same in the short and the full form, and sound JSON."""
    engine, read = analysed_file(path)
    for row in range(engine.packets.count):
        found = evidence(engine, row, read)
        assert found.text == why(engine, row, read)
        assert found.text.endswith(".")
        assert {flag.flag.bit for flag in found.flags} == {
            flag.bit for flag in ANALYSIS_FLAGS if engine.packets.analysis(row) & flag.bit
        }
        assert json.loads(json.dumps(found.as_json()))["frame"] == engine.packets.frame(row)
        assert found.text in found.as_text().replace("\n  ", " ") or len(found.flags) > 1


def test_every_flag_has_a_rule_and_an_explainer() -> None:
    bits = {flag.bit for flag in ANALYSIS_FLAGS}
    assert bits == set(EXPLAINERS)
    assert {fact.unit for fact in FACTS.values()} <= {
        "number", "raw", "bytes", "count", "frame", "frames", "time", "text",
    }  # fmt: skip
