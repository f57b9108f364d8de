"""Graphs drawn with characters and as SVG."""

import pytest

from samples.packet_script import parse_script
from tcptui.drawing.doubts import doubts_of
from tcptui.drawing.graph import GraphSize, graph_lines
from tcptui.engine.saturation import LARGEST
from tcptui.graphs.bins import Bins, TooManyBins
from tcptui.graphs.kinds import (
    CAPTURE_GRAPHS,
    FLOW_GRAPHS,
    CaptureGraph,
    capture_series,
    flow_series,
)
from tcptui.graphs.series import Series, Unit
from tests.diagnosis.causes import HANDSHAKE, engine_of
from tests.engine.feeding import analysed

TENTH = 100_000_000
LOSS = """
 30 A PA 1 1 64000 100
 50 B A 1 101 4000 1000
 51 B A 1001 101 4000 1000
 52 B A 2001 101 4000 1000
 60 A A 101 1001 3000 0
 62 A A 101 1001 3000 0
250 B A 1001 101 4000 1000
260 A A 101 3001 0 0
300 B FA 3001 101 4000 0
302 A RA 101 3002 64000 0
"""
SMALL = GraphSize(60, 14)


def series_of(kind: str, script: str = LOSS) -> list[Series]:
    engine = engine_of(script)
    chosen = next(one for one in FLOW_GRAPHS if one.name == kind)
    return flow_series(chosen, engine, engine.flows[0], TENTH // 10, None)


def drawn(kind: str, is_ascii: bool = False) -> str:
    return "\n".join(graph_lines(kind, series_of(kind), SMALL, is_ascii))


DRAWN = {
    "time-sequence": """
client to server, sequence numbers (line: ACK,
broken line: window edge, bars: segments, X RST)
      114│  ⡄  ⠠⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤X
         │  ⡇
       39│  ⡇
        1│⣀⣀⣇⣀⣀⣀
         └──────────────────────────────────────────────────
          0 s                      141 ms             282 ms
server to client, sequence numbers (line: ACK,
broken line: window edge, bars: segments, R again or late,
d duplicate ACK, 0 zero window, F FIN)
     3.4k│     ⢠                                    0      F
         │     ⢸                                  R
     1.1k│     ⢸ d⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣸⣀⡀
        1│⢀⣀⣀⣀⣀⣸⣀⡀
         └──────────────────────────────────────────────────
          0 s                      141 ms             282 ms
""",
    "throughput": """
client to server, bytes a second,
in bins of 10.0 ms (broken line: all payload,
columns: what was new)
      10k│     ⣿⡇
         │     ⣿⡇
     3.3k│     ⣿⡇
        0│⡀⢀ ⡀⢀⣿⡇⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀
         └──────────────────────────────────────────────────
          0 s                      155 ms             310 ms
server to client, bytes a second,
in bins of 10.0 ms (broken line: all payload,
columns: what was new)
     300k│        ⣿⡇
         │        ⣿⡇
     100k│        ⣿⡇                              ⠠
        0│⡀⢀ ⡀⢀ ⡀⢀⣿⡇⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀  ⡀⢀ ⡀⢀ ⡀⢀
         └──────────────────────────────────────────────────
          0 s                      155 ms             310 ms
""",
    "time": """
who used the time, in bins of 10.0 ms (S server, C client,
T TCP's timers and windows, n network, . idle)
    100 %│nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         │nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         │nnnnCnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         │nnnnCnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         │nnnnCnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         │nnnnCnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         │nnnnCnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         │nnnnCnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         │nnnnCnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
        0│nnnnCnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.........
         └──────────────────────────────────────────────────
          0 s                      155 ms             310 ms
""",
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_graph_is_drawn_with_characters(kind: str) -> None:
    assert drawn(kind) == DRAWN[kind].strip("\n")


@pytest.mark.parametrize("kind", [one.name for one in FLOW_GRAPHS])
def test_a_terminal_without_unicode_gets_ascii(kind: str) -> None:
    lines = drawn(kind, is_ascii=True).splitlines()
    assert "\n".join(lines).isascii()
    assert max(map(len, lines)) <= SMALL.width


FLOW = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
"""
ONE_SIDED = """
1  0 A S   0 0 64000 0
2 10 A PA  1 1 64000 50
3 20 A FA 51 1 64000 0
"""
UNANSWERED = "1 0 A S 0 0 64000 0"


@pytest.mark.parametrize(
    ("script", "kind", "line"),
    [
        (ONE_SIDED, "rtt", "nothing to draw: only the client is in the capture"),
        (UNANSWERED, "time-sequence", "nothing to draw: only the client is in the capture"),
        (HANDSHAKE, "throughput", "nothing to draw: no data"),
        (
            ONE_SIDED,
            "time",
            "who used the time, in bins of 10.0 ms, only the client is in the capture",
        ),
        (
            ONE_SIDED,
            "time-sequence",
            "no ACKs: only the client is in the capture (bars: segments, F",
        ),
    ],
)
def test_what_is_not_known_is_said(script: str, kind: str, line: str) -> None:
    engine = analysed(parse_script(script if script is HANDSHAKE else FLOW + script).packets)
    flow = engine.flows[0]
    chosen = next(one for one in FLOW_GRAPHS if one.name == kind)
    series = flow_series(chosen, engine, flow, TENTH // 10, None)
    lines = graph_lines(kind, series, GraphSize(200, 14), False, doubts_of(flow))
    assert line in "\n".join(lines)


@pytest.mark.parametrize("kind", CAPTURE_GRAPHS, ids=lambda kind: kind.name)
def test_a_capture_without_packets_has_an_empty_graph(kind: CaptureGraph) -> None:
    series = capture_series(kind, analysed([]), TENTH)
    assert sum(one.largest() for one in series) == 0
    assert list(graph_lines(kind.name, series, SMALL))


def test_rates_of_long_bins_stay_in_64_bits() -> None:
    """Twenty gigabytes in an hour, and a capture that claims all of time."""
    hour = 3_600 * 1_000_000_000
    bins = Bins(0, hour - 1, hour)
    bins.add_amount(1, 5, 20_000_000_000)
    rate = bins.fill(Series("c.throughput", Unit.RATE), 1_000_000_000, hour)
    assert [rate.point(n) for n in range(len(rate))] == [(1, 0, 5_555_556)]
    with pytest.raises(TooManyBins, match=r"--bin 9223\.372037 or more"):
        Bins(-LARGEST, LARGEST, hour)
