"""What the path does: queues, policers, delay spikes, ECN and sizes, told by their looks."""

import re
from dataclasses import replace
from operator import attrgetter

import pytest

from samples.packet_script import parse_script
from tcptui.engine.engine import Engine
from tcptui.findings.findings import findings_of
from tcptui.findings.judgement import Judgement
from tcptui.findings.limits import held_by_the_path, named_limits
from tcptui.findings.path_limits import with_path_limits
from tcptui.findings.time_split import split_text, time_split
from tests.diagnosis.causes import HANDSHAKE, engine_of, findings, numbered
from tests.engine.feeding import analysed

WITH_TIME_STAMPS = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S  0 0 64000 0 mss=1000 sackok ws=0 ts=100,0
 2 20  B SA 0 1 64000 0 mss=1000 sackok ws=0 ts=5000,100
 3 22  A A  1 1 64000 0 ts=122,5000
"""
WITH_ECN = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A SEC  0 0 64000 0 mss=1000
 2 20  B SAE  0 1 64000 0 mss=1000
 3 22  A A    1 1 64000 0
"""
AT_THE_SENDER = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1 0   A S  0 0 64000 0 mss=1000
 2 0.1 B SA 0 1 64000 0 mss=1000
 3 2   A A  1 1 64000 0
"""
WAY = 2.0
"""Milliseconds from here to the client and back."""
SIZE = 1000
EACH = 2.0
"""Milliseconds that a segment takes through the narrow part: 500 kB/s."""

Line = tuple[float, str]


def script_of(lines: list[Line]) -> str:
    return "\n".join(f"{moment:.3f} {text}" for moment, text in sorted(lines))


def data(seq: int) -> str:
    return f"B A {seq} 1 64000 {SIZE}"


def transfer(segments: int, window: int, pause: float = 0.0, drift: float = 0.0) -> str:
    """A transfer through a narrow part: as many segments in flight as fit the window, which opens
    by one with each ACK. The path gets longer by ``drift`` with each segment, by itself."""
    lines: list[Line] = []
    acks: list[float] = []
    free, flight, began = 0.0, 4, 100.0
    for number in range(segments):
        waits = number - min(flight, window)
        sent = acks[waits] if waits >= 0 else began + number * 0.01
        flight += number % 2
        free = max(free, sent) + EACH
        at = free + WAY + number * drift
        acks.append(at + pause)
        lines.append((sent + 0.001, data(1 + number * SIZE)))
        lines.append((acks[-1], f"A A 1 {1 + (number + 1) * SIZE} 64000 0"))
    return script_of(lines)


def policed(segments: int, burst: int, queued: bool = False) -> str:
    """A sender of 1.5 MB/s, with pauses, before a token bucket of 1 MB/s: what finds it empty is
    dropped, and sent again 30 ms later. ``queued``: what passes waits as long as a queue would
    hold it."""
    lines: list[Line] = []
    due: list[tuple[float, int]] = []
    turn = 0
    tokens, before, number, now, arrived, next_ack = float(burst), 100.0, 0, 100.0, set(), 0
    while number < segments or due:
        if due and due[0][0] <= now:
            _, seq = due.pop(0)
        elif number < segments:
            seq, number = number, number + 1
        else:
            now = due[0][0]
            continue
        tokens, before = min(burst, tokens + (now - before) * SIZE), now
        lines.append((now, data(1 + seq * SIZE)))
        if tokens >= SIZE:
            tokens -= SIZE
            arrived.add(seq)
            while next_ack in arrived:
                next_ack += 1
            late = (burst - tokens) / SIZE if queued else 0.0
            lines.append((now + WAY + late, f"A A 1 {1 + next_ack * SIZE} 64000 0"))
        else:
            due.append((now + 30, seq))
        turn += 1
        now += 0.667 if turn % 75 else 15.0
    return script_of(lines)


def test_a_transfer_fills_a_queue() -> None:
    found = findings(transfer(1500, 60))
    assert found["queue_delay"].side == "server"
    assert found["queue_delay"].severity == "note"
    assert "from 2.00 ms to 1" in found["queue_delay"].text
    assert "policed" not in found
    assert found["shaped"].severity == "chat"
    assert "passes at 500 kB/s" in found["shaped"].text


FAR_AWAY = AT_THE_SENDER.replace(" 3 2 ", " 3 300 ")


def sent_in_bursts(rounds: int, each: int) -> str:
    """Bursts through the narrow part of a way that takes 300 ms: no segment is sent while the ACKs
    come back."""
    lines: list[Line] = []
    for number in range(rounds * each):
        turn, place = divmod(number, each)
        began = 1000.0 + turn * (each * EACH + 350)
        lines.append((began + place * 0.01, data(1 + number * SIZE)))
        acked = began + 300 + (place + 1) * EACH
        lines.append((acked, f"A A 1 {1 + (number + 1) * SIZE} 64000 0"))
    return script_of(lines)


def test_what_stands_in_a_queue_is_what_was_sent_before_its_round_trip() -> None:
    text = findings(sent_in_bursts(10, 150), FAR_AWAY)["queue_delay"].text
    queued, flight = (
        int(one.replace(",", "")) for one in re.findall(r"([\d,]+) (?:bytes|in)", text)
    )
    assert 50_000 < queued < flight <= 150_000


def captured_twice(script: str, opening: str = AT_THE_SENDER) -> Engine:
    """An engine that has taken each packet twice, before and behind a router, 0.3 ms apart."""
    packets = parse_script(opening + numbered(script)).packets
    copies = [replace(one, time=one.time + 300_000, ip={**one.ip, "ttl": "63"}) for one in packets]
    return analysed(sorted([*packets, *copies], key=attrgetter("time")))


@pytest.mark.parametrize(
    ("script", "kind"),
    [(transfer(1500, 60), "queue_delay"), (policed(1500, 20_000), "policed")],
    ids=["queue", "policer"],
)
def test_a_packet_that_was_captured_twice_is_one(script: str, kind: str) -> None:
    once = findings(script, AT_THE_SENDER)
    engine = captured_twice(script)
    twice = {one.kind: one for one in findings_of(engine, engine.flows[0])}
    assert (twice[kind].side, twice[kind].severity) == (once[kind].side, once[kind].severity)
    assert twice[kind].limited == pytest.approx(once[kind].limited, rel=0.05)
    assert twice.keys() - once.keys() == {"captured_twice"}
    assert " of the server were captured twice" in twice["captured_twice"].text


def moved_transfer(segments: int, moves_at: int) -> str:
    """A paced transfer whose path gets longer at once, from 10 ms to 160."""
    lines: list[Line] = []
    acked = 0.0
    for number in range(segments):
        sent = 100 + number * EACH
        acked = max(acked, sent + (10 if number < moves_at else 160))
        lines.append((sent, data(1 + number * SIZE)))
        lines.append((acked + 0.001, f"A A 1 {1 + (number + 1) * SIZE} 64000 0"))
    return script_of(lines)


QUIET = {
    "another path, which is longer": moved_transfer(1500, 300),
    "a window that the path holds": transfer(1500, 9),
    "a path that gets longer by itself": transfer(1500, 10, drift=0.05),
    "a receiver that takes its time": transfer(600, 12, pause=60.0),
}


@pytest.mark.parametrize("name", QUIET)
def test_no_queue_is_told(name: str) -> None:
    assert not {"queue_delay", "shaped", "policed"} & findings(QUIET[name]).keys()


def test_the_time_in_the_queue_is_a_limit() -> None:
    engine = engine_of(transfer(1500, 60), AT_THE_SENDER)
    flow = engine.flows[0]
    before = named_limits(engine, flow)
    total = sum(limit.cost for limit in before)
    limits = with_path_limits(before, findings_of(engine, flow))
    assert limits[0].cause == "queue"
    assert sum(limit.cost for limit in limits) == total


def test_a_policer_drops_what_is_above_its_rate() -> None:
    found = findings(policed(1500, 20_000))
    assert "policed" in found
    assert found["policed"].side == "server"
    assert "to 1.00 MB/s" in found["policed"].text
    assert "loss_after_capture" not in found


def test_a_full_queue_is_no_policer() -> None:
    assert "policed" not in findings(policed(1500, 60_000, queued=True))


HELD = """
100  A PA   1   1 64000 100  ts=200,5000
120  B PA   1 101 64000 1000 ts=5020,200
121  B A 1001 101 64000 1000 ts=5021,200
123  A A  101 2001 64000 0   ts=223,5021
821  B A 2001 101 64000 1000 ts=5023,200
822  B A 3001 101 64000 1000 ts=5023,200
823  A A  101 4001 64000 0   ts=923,5023
850  B A 4001 101 64000 1000 ts=5752,923
852  A A  101 5001 64000 0   ts=952,5752
"""


def test_a_path_that_held_segments_is_no_idle_sender() -> None:
    """Their time stamps are older than the silence."""
    found = findings(HELD, WITH_TIME_STAMPS)
    assert found["delay_spike"].side == "server"
    assert found["delay_spike"].severity == "note"
    assert found["delay_spike"].text.startswith("the path held the server's segments for 700 ms be")
    assert found["delay_spike"].cost is not None
    assert 600_000_000 < found["delay_spike"].cost < 705_000_000
    assert "stall_sender_idle" not in found


def test_what_the_path_held_did_not_wait_for_the_application() -> None:
    whole = HELD + "".join(
        f"{at} B A {at * 50 - 45_999} 101 64000 1000 ts={at + 4900},952\n"
        f"{at + 2} A A 101 {at * 50 - 44_999} 64000 0 ts={at + 102},{at + 4900}\n"
        for at in range(1020, 1180, 20)
    )
    engine = engine_of(whole, WITH_TIME_STAMPS)
    held = held_by_the_path(engine.flows[0], 1)
    assert held == findings(whole, WITH_TIME_STAMPS)["delay_spike"].cost
    limits = {limit.cause: limit.cost for limit in named_limits(engine, engine.flows[0])}
    assert limits["path"] > held > limits.get("application", 0)


def test_what_the_path_held_is_the_networks_time_and_longer_than_needed() -> None:
    engine = engine_of(HELD, WITH_TIME_STAMPS)
    flow = engine.flows[0]
    split = time_split(flow)
    found = findings_of(engine, flow)
    cost = Judgement(engine, flow, found).cost()
    assert [one.cost for one in found if one.kind == "delay_spike"] == [cost]
    assert split.tcp == 0
    assert split.network > cost
    assert "network 772 ms (held by the path ×1 700 ms)" in split_text(split)


SHORT_HOLD = """
100  A PA   1   1 64000 100  ts=200,5000
120  B PA   1 101 64000 1000 ts=5020,200
121  B A 1001 101 64000 1000 ts=5021,200
123  A A  101 2001 64000 0   ts=223,5021
271  B A 2001 101 64000 1000 ts=5023,200
272  B A 3001 101 64000 1000 ts=5023,200
273  A A  101 4001 64000 0   ts=373,5023
300  B A 4001 101 64000 1000 ts=5202,373
302  A A  101 5001 64000 0   ts=402,5202
"""


def test_a_delay_spike_may_be_shorter_than_any_timer() -> None:
    engine = engine_of(SHORT_HOLD, WITH_TIME_STAMPS)
    flow = engine.flows[0]
    spike = {one.kind: one for one in findings_of(engine, flow)}["delay_spike"]
    assert (spike.side, spike.severity, spike.count, spike.frames) == ("server", "note", 1, "#8")
    assert spike.cost == pytest.approx(150_000_000, rel=0.05)
    assert time_split(flow).server < 20_000_000


@pytest.mark.parametrize(
    "script",
    [SHORT_HOLD.replace("ts=5023,200", "ts=5171,200"), SHORT_HOLD.replace("ts=5202", "ts=5053")],
    ids=["sent behind the silence", "a clock that went on as time did"],
)
def test_a_short_silence_alone_is_no_delay(script: str) -> None:
    assert "delay_spike" not in findings(script, WITH_TIME_STAMPS)


IDLE = HELD.replace("ts=5023,200", "ts=5721,200").replace("121  B A 1001", "121  B PA 1001")
FAST_CLOCK = IDLE.replace("ts=5752,923", "ts=34721,923")


@pytest.mark.parametrize("script", [IDLE, FAST_CLOCK], ids=["idle", "clock of microseconds"])
def test_an_idle_sender_is_no_delay(script: str) -> None:
    found = findings(script, WITH_TIME_STAMPS)
    assert "delay_spike" not in found
    assert "stall_sender_idle" in found


SPURIOUS = """
100 B A    1 1 64000 1000 ts=5100,122
400 B A    1 1 64000 1000 ts=5400,122
402 A A    1 1001 64000 0 ts=502,5100
440 B A 1001 1 64000 1000 ts=5440,502
442 A A    1 2001 64000 0 ts=542,5440
"""


def test_a_time_out_whose_original_arrived_was_for_nothing() -> None:
    found = findings(SPURIOUS, WITH_TIME_STAMPS)
    assert found["spurious_timeout"].side == "server"
    assert found["spurious_timeout"].severity == "note"
    assert not {"stall_rto", "loss_after_capture"} & found.keys()


def test_one_report_disproves_one_loss() -> None:
    """A D-SACK tells that one copy was too many, not that nothing was lost."""
    found = findings(
        """
        100  B A    1 1 64000 1000
        400  B A    1 1 64000 1000
        1000 B A    1 1 64000 1000
        1002 A A    1 1001 64000 0 sack=1-1001
        """
    )
    assert found["spurious_timeout"].count == 1
    assert found["loss_after_capture"].count == 1
    assert found["stall_rto"].count == 1


FLAP = """
100  B A    1 1 64000 1000
101  B A 1001 1 64000 1000
102  B A 2001 1 64000 1000
3100 B A    1 1 64000 1000
3102 A A    1 1001 64000 0 sack=1-1001
"""
BEHIND_IT = {
    "what came behind it was lost": (
        FLAP + "3103 B A 1001 1 64000 1000\n3104 B A 2001 1 64000 1000\n3106 A A 1 3001 64000 0\n",
        {"stall_rto", "loss_after_capture", "not_lost"},
    ),
    "and one of it had come": (
        FLAP + "3103 B A 1001 1 64000 1000\n3104 B A 2001 1 64000 1000\n"
        "3106 A A 1 3001 64000 0 sack=2001-3001\n",
        {"stall_rto", "loss_after_capture", "not_lost"},
    ),
    "all of it had come, as is reported later": (
        FLAP + "3103 B A 1001 1 64000 1000\n3104 B A 2001 1 64000 1000\n"
        "3105 A A 1 3001 64000 0 sack=1001-2001\n3106 A A 1 3001 64000 0 sack=2001-3001\n",
        {"spurious_timeout", "not_lost"},
    ),
    "only new data came behind it": (
        FLAP + "3103 A A 1 3001 64000 0\n3104 B A 3001 1 64000 1000\n3106 A A 1 4001 64000 0\n"
        "3200 B A 4001 1 64000 1000\n3800 B A 4001 1 64000 1000\n3802 A A 1 5001 64000 0\n",
        {"spurious_timeout", "stall_rto", "loss_after_capture", "not_lost"},
    ),
}


@pytest.mark.parametrize("name", BEHIND_IT)
def test_a_time_out_was_not_for_nothing_if_data_behind_it_was_lost(name: str) -> None:
    """The first segment had arrived, and its ACK had not; the timer served the others."""
    script, expected = BEHIND_IT[name]
    told = {"spurious_timeout", "stall_rto", "loss_after_capture", "not_lost"}
    assert findings(script).keys() & told == expected


def data_of(count: int, first: int = 1) -> str:
    return script_of([(100.0 + n, data(first + n * SIZE)) for n in range(count)])


def test_data_that_may_not_be_marked_though_both_agreed() -> None:
    found = findings(data_of(10), WITH_ECN)
    assert found["ecn_bleached"].side == "server"
    assert found["ecn_bleached"].severity == "note"


def test_marks_and_their_answer() -> None:
    found = findings(
        """
        100 B A     1 1    64000 1000
        102 A AE    1 1001 64000 0
        103 A AE    1 1001 64000 0
        122 B AC 1001 1    64000 1000
        """,
        WITH_ECN,
    )
    assert found["ecn_marks"].side == "server"
    assert "answered 1 time" in found["ecn_marks"].text


def test_a_flag_without_an_agreement_is_no_mark() -> None:
    assert "ecn_marks" not in findings(
        """
        100 B A     1 1    64000 1000
        102 A AE    1 1001 64000 0
        103 A AE    1 1001 64000 0
        """
    )


def test_a_server_that_does_not_agree_to_ecn() -> None:
    refused = WITH_ECN.replace("B SAE", "B SA ")
    assert findings("100 B A 1 1 64000 100", refused)["ecn_refused"].severity == "chat"


def test_a_server_without_ecn_is_not_why_a_syn_was_sent_again() -> None:
    found = findings(
        "1100 A A 1 1 64000 0",
        """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1    0 A SEC  0 0 64000 0 mss=1000
 2 1020 A SEC  0 0 64000 0 mss=1000
 3 1040 B SA   0 1 64000 0 mss=1000
""",
    )
    assert found["ecn_refused"].severity == "chat"
    assert found["stall_syn_retry"].severity == "warning"


def test_only_syns_with_ecn_get_no_answer() -> None:
    found = findings(
        "1100 A A 1 1 64000 0",
        """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1    0 A SEC  0 0 64000 0 mss=1000
 2 1020 A S    0 0 64000 0 mss=1000
 3 1040 B SA   0 1 64000 0 mss=1000
""",
    )
    assert found["ecn_refused"].severity == "warning"
    assert found["ecn_refused"].cost == 1_020_000_000
    assert "stall_syn_retry" not in found


def test_full_segments_smaller_than_both_syns_allow() -> None:
    found = findings(
        script_of([(100.0 + n, f"B A {1 + n * 1188} 1 64000 1188") for n in range(30)]),
        HANDSHAKE.replace("mss=1000", "mss=1460"),
    )
    assert found["option_clamped"].severity == "chat"
    assert "1,188 bytes" in found["option_clamped"].text


def test_a_queue_that_another_transfer_fills() -> None:
    """The turns of one flow take longer while another one of the same client downloads."""
    other = "flow C 10.0.0.1:2222 D 10.0.0.2:22"
    lines: list[Line] = []
    for n in range(3000):
        lines.append((1000.0 + n, data(1 + n * SIZE)))
        lines.append((1002.0 + n, f"A A 1 {1 + (n + 1) * SIZE} 64000 0"))
    for n in range(25):
        began = 200.0 + n * 200
        late = 150.0 if 1000 <= began < 4000 else 20.0
        lines.append((began, f"C PA {1001 + n * 10} {9001 + n * 10} 64000 10"))
        lines.append((began + late, f"D PA {9001 + n * 10} {1011 + n * 10} 64000 10"))
    engine = engine_of(script_of(lines), HANDSHAKE.replace("numbers", f"{other}\nnumbers"))
    found = {one.kind: one for one in findings_of(engine, engine.flows[1])}
    assert found["queue_delay"].severity == "warning"
    assert "while flow 0 came to the same client" in found["queue_delay"].text
    assert found["queue_delay"].cost is not None
    assert 1_000_000_000 < found["queue_delay"].cost < 2_500_000_000
