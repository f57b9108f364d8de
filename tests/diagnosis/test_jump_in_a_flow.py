"""Where the clock of a capture jumps inside of a flow, that is nobody's time, and it is told so."""

import json
from pathlib import Path

import pytest
from mypy_extensions import i64

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.diagnosis.explain import evidence, why
from tcptui.diagnosis.turn_times import turns_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.engine.engine import Engine
from tcptui.fields.reported import REPORTED
from tcptui.findings.findings import findings_of
from tcptui.findings.judgement import Judge
from tcptui.findings.limits import limits_of
from tcptui.findings.longest_rtt import LongestRtts
from tcptui.findings.time_split import time_split
from tcptui.graphs.time_pieces import NAMES
from tcptui.graphs.time_spent import pieces_of, time_spent
from tcptui.panes.graph.model.spent import SpentFilling
from tests.cli.running import run
from tests.diagnosis.causes import HANDSHAKE, engine_of, numbered
from tests.engine.feeding import analysed_with_bytes

MS = 1_000_000
YEAR = 365 * 24 * 60 * 60 * 1000
"""ms"""
DAY = 24 * 60 * 60 * 1000


def with_jump(before: str, behind: str, by: int = YEAR) -> str:
    """The packets of a flow, so many ms of a jump between ``before`` and ``behind``."""
    moved = (line.split(maxsplit=1) for line in behind.strip().splitlines())
    return before + "".join(f"\n{int(time) + by} {rest}" for time, rest in moved)


REQUEST = "100 A PA 1 1 64000 100\n120 B A 1 101 64000 0"
ANSWER = "300 B PA 1 101 64000 500\n302 A A 101 501 64000 0"
CASES = {
    "the server does not think": (REQUEST, ANSWER),
    "the client is not idle": (f"{REQUEST}\n{ANSWER}", "400 A PA 101 501 64000 10"),
    "one side goes on": (REQUEST, "200 A PA 101 1 64000 50\n220 B A 1 151 64000 0"),
    "no timer": (
        "100 A PA 1 1 64000 100",
        "900 A PA 1 1 64000 100\n920 B A 1 101 64000 0",
    ),
    "no closed window": (
        "100 A A 1 1 64000 1000\n120 B A 1 1001 0 0\n320 A A 1000 1 64000 0\n322 B A 1 1001 0 0",
        "600 B A 1 1001 64000 0\n602 A A 1001 1 64000 1000",
    ),
    "no keep-alives": (
        f"{REQUEST}\n500 A A 100 1 64000 0",
        "800 A A 100 1 64000 0\n900 A A 100 1 64000 0",
    ),
    "no wait for a close": (f"{REQUEST}\n130 A FA 101 1 64000 0\n150 B A 1 102 64000 0",
                            "300 B FA 1 102 64000 0\n302 A A 102 2 64000 0"),
    "no time after the last data": (f"{REQUEST}\n{ANSWER}", "400 A FA 101 501 64000 0"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "behind"), CASES.values(), ids=CASES.keys())
def test_nobody_is_charged_a_jump(before: str, behind: str) -> None:
    engine = engine_of(with_jump(before, behind))
    flow = engine.flows[0]
    split = time_split(flow)
    assert YEAR * MS <= split.jumped <= (YEAR + 1000) * MS
    assert sum(split.parts()) == split.total == flow.last_time - flow.first_time - split.jumped
    assert split.total < 2000 * MS
    assert flow.active_time() <= flow.lasted() == split.total
    assert [one.kind for one in findings_of(engine, flow) if (one.cost or 0) > 1000 * MS] == []
    sentence = Judge(engine, no_bytes).judge(flow).sentence()
    assert sentence.count("365 d") == sentence.count("not counted: 365 d") == 1
    assert sentence.endswith("in which the capture's clock jumps.")


def test_what_a_flow_took_beside_the_jump_is_as_without() -> None:
    plain, jumped = (
        engine_of(with_jump(REQUEST + "\n130 A A 101 1 64000 0", ANSWER, by)).flows[0]
        for by in (-168, YEAR)
    )
    assert plain.lasted() == 134 * MS
    assert jumped.lasted() == 132 * MS, "the 2 ms from the last segment on are nobody's too"
    client, server, *_ = time_split(jumped).parts()
    assert (client, server) == (78 * MS, 10 * MS), "30 ms after the request, without the way"


@pytest.mark.parametrize("by", [DAY - 180, DAY - 179])
def test_a_day_without_a_packet_is_a_wait(by: int) -> None:
    split = time_split(engine_of(with_jump(REQUEST, ANSWER, by)).flows[0])
    assert (split.jumped == 0) == (by == DAY - 180)
    assert (split.server > 0) == (split.jumped == 0)


@pytest.mark.parametrize("ms", [400_000, 2_147_484, 4_000_000_000 // DAY * DAY])
def test_no_wait_is_too_long_to_be_counted(ms: int) -> None:
    """Half an hour and more, in which others send, each day once."""
    days = "".join(f"\n{200 + day} C S 0 0 64000 0" for day in range(0, ms, DAY // 2))
    script = "flow C 10.0.0.3:1 D 10.0.0.4:2\nnumbers C=1 D=1\n"
    split = time_split(engine_of(script + with_jump(REQUEST + days, ANSWER, ms)).flows[0])
    client, server, _, network, _ = split.parts()
    assert (client, server) == (78 * MS, (ms + 180) * MS)
    assert network < 200 * MS


def test_where_others_send_meanwhile_it_is_a_wait() -> None:
    """Half a day and half a day."""
    script = "flow C 10.0.0.3:1 D 10.0.0.4:2\nnumbers C=1 D=1\n"
    others = f"\n{DAY // 2} C S 0 0 64000 0"
    split = time_split(engine_of(script + with_jump(REQUEST + others, ANSWER, DAY)).flows[0])
    assert split.jumped == 0
    assert split.server > 0


def test_after_a_packet_far_ahead_the_others_go_on() -> None:
    script = "flow C 10.0.0.3:1 D 10.0.0.4:2\nnumbers C=1 D=1\n"
    far = f"\n{YEAR} C S 0 0 64000 0"
    plain, ahead = (
        time_split(engine_of(script + with_jump(REQUEST + wrong, ANSWER, 0)).flows[0])
        for wrong in ("", far)
    )
    assert ahead.parts() == plain.parts()
    assert ahead.jumped == 0


def test_a_flow_may_be_nothing_but_a_jump() -> None:
    opening = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nnumbers A=1000 B=5000\n1 0 A FA 1 1 64000 0"
    flows = opening + f"\n2 {YEAR} B FA 1 2 64000 0"
    engine = engine_of("", flows)
    sentence = Judge(engine, no_bytes).judge(engine.flows[0]).sentence()
    said = "It took no time; not counted: 365 d 00 h in which the capture's clock jumps."
    assert sentence.endswith(said)


def told(engine: Engine) -> dict[str, object]:
    flow = engine.flows[0]
    text = REPORTED.json_writer(engine).flow_text(i64(0), flow, findings_of(engine, flow))
    return dict(json.loads(text))


def test_json_has_the_jump_as_time_that_nobody_used() -> None:
    plain, jumped = (told(engine_of(with_jump(REQUEST, ANSWER, by))) for by in (0, YEAR))
    times, all_times = plain["time"], jumped["time"]
    assert isinstance(times, dict)
    assert isinstance(all_times, dict)
    assert list(all_times) == list(times) == ["client", "server", "tcp", "network", "idle"]
    assert sum(all_times.values()) == pytest.approx(YEAR / 1000 + 0.302, abs=1e-6)
    assert all_times["idle"] - times["idle"] == pytest.approx(YEAR / 1000 + 0.18, abs=1e-6)


def test_rates_and_turns_do_not_count_it() -> None:
    bulk = "\n".join(
        f"{100 + n} A A {1 + 1000 * n} 1 64000 1000\n{120 + n} B A 1 {1001 + 1000 * n} 64000 0"
        for n in range(100)
    )
    lines = sorted(bulk.splitlines(), key=lambda line: int(line.split()[0]))
    before, behind = "\n".join(lines[:100]), "\n".join(lines[100:])
    plain, jumped = (engine_of(with_jump(before, behind, by)) for by in (0, YEAR))
    for engine in (plain, jumped):
        limits = limits_of(engine, engine.flows[0])
        assert limits is not None
        assert limits.rate > 400_000
        assert sum(one.cost for one in limits.limits) < 300 * MS
    engine = engine_of(with_jump(REQUEST, ANSWER))
    (turn,) = at_once(turns_of(engine, engine.flows[0]))
    assert (turn.waiting, turn.total) == (20 * MS, 20 * MS)
    rtts = LongestRtts(engine.packets, engine.jumps)
    list(rtts.grow())
    assert 0 < rtts.of(i64(0)) < 1000 * MS


def test_the_graph_of_time_has_idle_time_there() -> None:
    engine = engine_of(with_jump(REQUEST, ANSWER))
    flow = engine.flows[0]
    client, server, tcp, network, idle = time_split(flow).parts()
    jump = int(flow.skipped_between(flow.first_time, flow.last_time))
    told = {"c.client": client, "s.server": server, "c.tcp": tcp, "s.tcp": 0, "c.network": network}
    told["c.idle"] = idle + jump
    series = time_spent(engine, flow, YEAR * MS // 100)
    assert [one.name for one in series] == list(NAMES)
    assert {one.name: sum(one.value) for one in series} == told
    first, last = int(flow.first_time), int(flow.last_time)
    seen = SpentFilling(at_once(pieces_of(engine, flow)), first, last, YEAR * MS)
    assert not seen.take(100)
    assert {one.name: sum(one.value) for one in seen.series()} == told


def test_why_says_it_of_the_segment_behind() -> None:
    engine = engine_of(with_jump(REQUEST, ANSWER))
    said = "In the 365 d 00 h before it the capture's clock jumps: they are nobody's time."
    behind = [row for row in range(engine.packets.count) if said in why(engine, row, no_bytes)]
    assert behind == [5]
    told = evidence(engine, 5, no_bytes)
    assert told.text.endswith(said)
    assert told.as_text().count(said) == 1


@pytest.mark.parametrize(
    ("by", "said"),
    [(0, "so the timer ran out"), (YEAR, "and the capture's clock jumps in between")],
)
def test_no_timer_ran_out_while_the_clock_jumped(tmp_path: Path, by: int, said: str) -> None:
    packets = parse_script(HANDSHAKE + numbered(with_jump(*CASES["no timer"], by))).packets
    file = tmp_path / "a.pcap"
    file.write_bytes(pcap(Record(one.time, frame(one)) for one in packets))
    text = run("explain", str(file), "5").stdout.decode()
    assert f"no duplicate ACK asked for it, {said}" in text


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (0, "#8 opens the window again 480 ms later."),
        (
            YEAR,
            "#8 opens the window again 202 ms later, without the time in which the capture's clock "
            "jumps.",
        ),
    ],
)
def test_no_window_was_closed_while_the_clock_jumped(by: int, said: str) -> None:
    script = HANDSHAKE + numbered(with_jump(*CASES["no closed window"], by))
    engine, read = analysed_with_bytes(parse_script(script).packets)
    assert said in why(engine, 4, read)


def no_bytes(row: int) -> bytes:
    return b""
