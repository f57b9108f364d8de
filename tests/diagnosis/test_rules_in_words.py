"""The evidence tells what the rules of the chosen release decided, and on which numbers."""

import re

import pytest

from samples.packet_script import parse_script
from tcptui.diagnosis.explain import Evidence, evidence
from tcptui.diagnosis.replays import MOST_FLOWS, Replays
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tests.engine.feeding import analysed_with_bytes

OPENING = """
   1    0  A  S    1000     0  64000    0  mss=1000 sackok ws=0
   2   10  B  SA   5000  1001  64000    0  mss=1000 sackok ws=0
   3   20  A  A    1001  5001  64000    0
"""
LEFT_OUT = """
   4   30  A  A    1001  5001  64000  100
   5   31  A  A    1101  5001  64000  100
   6   32  A  A    1301  5001  64000  100
   7   40  B  A    5001  1001  64000    0  sack=1101-1201
   8   41  B  A    5001  1001  64000    0  sack=1101-1201
   9   42  B  A    5001  1001  64000    0  sack=1101-1201
  10   43  A  A    1201  5001  64000  100
"""
UNSEEN_AT_ONCE = """
   4   30  A  A    1001  5001  64000  100
   5   31  B  A    5001  1001  64000    0
   6   32  A  A    1001  5101  64000  100
"""
UNSEEN = """
   4   30  A  A    1001  5001  64000  100
   5   31  A  A    1101  5001  64000  100
   6   32  A  A    1201  5101  64000    0
   7   33  B  A    5001  1001  63000    0
   8   34  A  A    1001  5001  64000  100
"""
CLOCK_WENT_BACK = """
   4   30  A  A    1001  5001  64000  100
   5   31  A  A    1101  5001  64000  100
   6   40  B  A    5001  1001  64000    0
   7   41  B  A    5001  1001  64000    0
   8   42  B  A    5001  1001  64000    0
   9   35  A  A    1001  5001  64000  100
"""


def replays_of(script: str, release: str, without: int = 0) -> Replays:
    """The script's only flow, analysed; the bytes of the frame ``without`` are gone."""
    packets = parse_script(OPENING + script).packets
    return Replays(*analysed_with_bytes(packets, RULE_SETS[release], without))


def evidence_of(script: str, release: str, number: int) -> Evidence:
    return replays_of(script, release).evidence(number - 1)


def test_a_fast_retransmission_that_only_sack_asks_for() -> None:
    assert (
        "after 3 duplicate ACKs whose SACK blocks leave it out"
        in evidence_of(LEFT_OUT, "4.4", 10).text
    )
    assert "Fast" not in evidence_of(LEFT_OUT, "4.0", 10).text


def test_what_counts_as_asked_for_is_told_by_its_segment() -> None:
    """4.0 sets its count of duplicate ACKs to a mark, which is no number of them."""
    first = evidence_of(UNSEEN_AT_ONCE, "4.0", 6).as_text()
    assert "unseen data was acknowledged in #6, after which" in first
    later = evidence_of(UNSEEN, "4.0", 8).as_text()
    assert "unseen data was acknowledged in #6, after which" in later
    assert not re.search("4,?294,?967,?295", first + later)


def test_time_that_the_rule_does_not_count_is_not_told() -> None:
    """4.6 takes a clock that went back for one that stood still."""
    facts = evidence_of(CLOCK_WENT_BACK, "4.6", 9).flags[0].facts
    assert facts["since_peer"] == 0


@pytest.mark.parametrize("release", RULE_SETS)
def test_the_rule_is_that_of_the_release(release: str) -> None:
    found = evidence_of(CLOCK_WENT_BACK, release, 8).flags[0]
    assert found.flag.name == "duplicate_ack"
    assert ("Since 4.4: " in found.rule) == (release != "4.0")
    assert found.as_json()["rule"] == found.rule


def test_all_changes_up_to_a_release_belong_to_its_rule() -> None:
    late = next(flag for flag in ANALYSIS_FLAGS if flag.name == "out_of_order")
    assert late.rule_of("4.0") == late.rule
    assert late.rule_of("4.4").count("Since") == 1
    assert late.rule_of("4.6").count("Since") == 2


def test_bytes_that_are_gone_leave_the_flag() -> None:
    replays = replays_of(LEFT_OUT, "4.4", without=10)
    assert replays.why(9) == (
        "Fast Retransmission: sent again because duplicate ACKs asked for it, before any timer ran "
        "out. Cannot be replayed: the bytes of #10 cannot be read again."
    )


def test_only_the_flows_looked_at_last_keep_their_replay() -> None:
    replays = replays_of(LEFT_OUT, "4.4")
    replay = replays.of_row(3)
    assert replays.of_row(9) is replay
    assert len(replays.kept) <= MOST_FLOWS


def test_evidence_by_itself_needs_no_replay() -> None:
    replays = replays_of(LEFT_OUT, "4.4")
    assert evidence(replays.engine, 9, replays.read) == replays.evidence(9)
