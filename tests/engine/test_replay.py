"""A replay tells what each rule decided about a segment, on which numbers, under each release."""

import pytest

from samples.packet_script import parse_script
from tcptui.engine.wireshark.flags import ANALYSIS_FLAG_BY_BIT
from tcptui.engine.wireshark.recorder import Recorder
from tcptui.engine.wireshark.replay import Replay
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tests.engine.feeding import analysed_with_bytes

OPENING = """
   1    0  A  S    1000     0  64000    0  mss=1000 sackok ws=0
   2   10  B  SA   5000  1001  64000    0  mss=1000 sackok ws=0
   3   20  A  A    1001  5001  64000    0
"""
SACK_ASKS = """
   4   30  A  A    1001  5001  64000  100
   5   31  A  A    1101  5001  64000  100
   6   40  B  A    5001  1001  63000    0  sack=1101-1201
   7   60  A  A    1001  5001  64000  100
"""
SENT_TWICE = """
   4   30  A  A    1001  5001  64000  100
   5   31  A  A    1101  5001  64000  100
   6   32  A  A    1001  5001  64000  100
"""
LATE = """
   4   30  A  A    1101  5001  64000  100
   5   80  B  A    5001  1001  64000    0
   6   82  A  A    1001  5001  64000  100
"""
TWO_HOLES = """
   4   30  A  A    1001  5001  64000  100
   5   40  B  A    5001  1301  64000    0
   6   41  B  A    5001  1401  64000    0
"""
PROBED = """
   4   30  B  A    5001  1001      0    0
   5   40  A  A    1001  5001  64000    1
   6   50  B  A    5001  1002      0    0
"""

SPURIOUS, FAST, LATE_ONE = "spurious_retransmission", "fast_retransmission", "out_of_order"
NOT_SPURIOUS = f"{SPURIOUS}: not_acknowledged"

DECIDED = [
    ("4.0", SACK_ASKS, 6, ["window_update"]),
    ("4.4", SACK_ASKS, 6, ["window_update: sack_says_duplicate", "duplicate_ack"]),
    ("4.0", SENT_TWICE, 6, [NOT_SPURIOUS, f"{FAST}: few_duplicates", LATE_ONE]),
    ("4.4", SENT_TWICE, 6,
     [NOT_SPURIOUS, f"{FAST}: too_late", f"{LATE_ONE}: seen_before", "retransmission"]),
    ("4.0", LATE, 6,
     [NOT_SPURIOUS, f"{FAST}: few_duplicates", f"{LATE_ONE}: too_late", "retransmission"]),
    ("4.4", LATE, 6,
     [NOT_SPURIOUS, f"{FAST}: few_duplicates", f"{LATE_ONE}: too_late", "retransmission"]),
    ("4.6", LATE, 6, [NOT_SPURIOUS, f"{FAST}: few_duplicates", LATE_ONE]),
    ("4.0", TWO_HOLES, 6, ["ack_lost_segment: already_said"]),
    ("4.6", TWO_HOLES, 6, ["ack_lost_segment"]),
    ("4.0", PROBED, 6, ["zero_window", "ack_lost_segment"]),
    ("4.4", PROBED, 6, ["zero_window", "zero_window_probe_ack"]),
]  # fmt: skip
"""Release, script behind the opening, frame, and the decisions in their order."""


def replay_of(script: str, release: str, without: int = 0) -> Replay:
    """A replay of the script's only flow; the bytes of the frame ``without`` are gone."""
    packets = parse_script(OPENING + script).packets
    engine, read = analysed_with_bytes(packets, RULE_SETS[release], without)
    return Replay(engine, engine.flows[0], read)


def words(recorder: Recorder | None) -> list[str]:
    """``flag`` where its rule fired, ``flag: reason`` where it did not."""
    assert recorder is not None
    return [
        f"{ANALYSIS_FLAG_BY_BIT[int(one.flag)].name}: {one.reason}".removesuffix(": ")
        for one in recorder.decisions
    ]


@pytest.mark.parametrize(("release", "script", "number", "decided"), DECIDED)
def test_decisions(release: str, script: str, number: int, decided: list[str]) -> None:
    assert words(replay_of(script, release).decisions_at(number - 1)) == decided


def test_numbers_come_with_their_frames() -> None:
    """The sender's highest end was reached in 4, the peer spoke in 5, the handshake ended in 3."""
    recorder = replay_of(LATE, "4.6").decisions_at(5)
    assert recorder is not None
    numbers = recorder.decisions[-1].numbers
    assert [(number.name, number.value, number.frame) for number in numbers] == [
        ("since_peer", 2_000_000, 5),
        ("initial_rtt", 20_000_000, 3),
        ("segment_end", 1101, 6),
        ("expected", 1201, 4),
    ]


def test_a_replay_goes_on_and_goes_back() -> None:
    replay = replay_of(SACK_ASKS, "4.4")
    told = [words(replay.decisions_at(row)) for row in (5, 6, 5, 6)]
    assert told[:2] == told[2:]


@pytest.mark.parametrize(("without", "row"), [(1, 5), (6, 5), (5, 5)])
def test_bytes_that_are_gone(without: int, row: int) -> None:
    """Of a SYN, of the segment itself, of the peer's last one."""
    replay = replay_of(SACK_ASKS, "4.4", without)
    assert replay.decisions_at(row) is None
    assert replay.why_not == f"the bytes of #{without} cannot be read again"
    assert (replay.decisions_at(row + 1) is None) == (without in (1, 6))


def test_a_flow_whose_first_rows_are_gone() -> None:
    """A rolling capture may let go of them between two questions."""
    replay = replay_of(SACK_ASKS, "4.4")
    assert replay.decisions_at(3) is not None
    replay.engine.packets.first = 5
    assert replay.decisions_at(5) is None
    assert "first segments are gone" in replay.why_not


def test_rules_that_say_otherwise() -> None:
    """Then there is no evidence, however good it sounds."""
    replay = replay_of(LATE, "4.4")
    replay.engine.rules = RULE_SETS["4.6"]
    replay.go_to_beginning()
    assert replay.decisions_at(5) is None
    assert "otherwise" in replay.why_not


def test_going_back_seldom_begins_anew() -> None:
    """Each beginning reads the SYN again: one for 256 flagged segments."""
    probes = "\n".join(f"{4 + n} {30 + n} A A 1001 5001 0 0" for n in range(1000))
    packets = parse_script(OPENING + probes).packets
    engine, read = analysed_with_bytes(packets, RULE_SETS["4.6"])
    rows_read: list[int] = []

    def noted(row: int) -> bytes:
        rows_read.append(row)
        return read(row)

    replay = Replay(engine, engine.flows[0], noted)
    for row in range(1002, 2, -1):
        assert words(replay.decisions_at(row))[0] == "zero_window"
    assert rows_read.count(0) <= 1000 / 256 + 2
