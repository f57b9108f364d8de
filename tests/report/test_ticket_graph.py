"""The small graph of a ticket: which flow has one, of which kind, and what it looks like."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from samples.capture_files import Record, pcapng
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.graphs.kinds import FLOW_GRAPHS
from tcptui.report.ticket_graph import KIND_OF, KINDS, SIZE
from tests.cli.running import run
from tests.diagnosis.causes import HANDSHAKE

MOST = 2**63 - 1
MIDDLE = 1_700_000_000_100_000_000
SAMPLES = Path(__file__).parents[2] / "samples"
GRAPH = re.compile(
    r"\nThe graph `(\S+)`; larger with `([^`]+)`:\n\n```text\n(.*?)\n```\n", re.DOTALL
)


def graphs_in_report(capture: str | Path) -> list[tuple[str, str, str]]:
    """The kind, the command and the picture of each graph in a report; of a sample by its name."""
    path = SAMPLES / f"{capture}.pcapng" if isinstance(capture, str) else capture
    ended = run("report", "--format", "md", str(path))
    assert ended.code == 0
    return GRAPH.findall(ended.stdout.decode())


LOST = """
server to client, sequence numbers (line: ACK, broken line: window edge,
bars: segments, R again or late, d duplicate ACK, 0 zero window, F FIN)
     270k|
         |                                                              :F''
         |                                       .......................:
         |                                       :
         |                                      :'
     120k|                                  .R0.:.
         |                              .. dR
         |.. .. .. .. .. .. .. .. .. ..  .R:
         |                              ddR
        1|.............................:'
         +------------------------------------------------------------------
          0 s                              7.06 ms                   14.1 ms
"""


def test_the_flow_of_the_headline_has_the_graph_of_its_finding() -> None:
    ((kind, command, picture),) = graphs_in_report("web-loss")
    assert kind == "time-sequence"
    assert command.endswith("web-loss.pcapng 2 --kind time-sequence")
    assert picture == LOST.strip("\n")


@pytest.mark.parametrize(
    "name", ["closings", "fast-retransmission", "keep-alive-half-open", "openings", "proofs"]
)
def test_where_there_is_little_to_see_there_is_no_graph(name: str) -> None:
    """Nothing of the finding shows over time, or there are a few segments."""
    assert graphs_in_report(name) == []


@pytest.mark.parametrize("name", ["both-ends-client", "ssh-keystrokes", "zero-window"])
def test_a_graph_can_be_pasted_into_anything(name: str) -> None:
    ((_, _, picture),) = graphs_in_report(name)
    assert picture.isascii()
    assert max(map(len, picture.splitlines())) <= SIZE.width


LATE = HANDSHAKE + "".join(
    f"{n} {10 * n} B A {1 + 1000 * (n - 4)} 1 4000 1000\n" for n in range(4, 20)
) + "20 1000 B A 5001 1 4000 1000\n21 1010 A A 1 16001 4000 0\n"  # fmt: skip


@pytest.mark.parametrize(
    ("time_of", "graphs"),
    [
        (lambda time: time, 1),
        (lambda time: MOST - time, 1),
        (lambda time: MOST if time > MIDDLE else 0, 1),
        (lambda time: MIDDLE, 0),
    ],
    ids=["as it was", "backwards", "far ahead", "at once"],
)
def test_any_clock_is_drawn(time_of: Callable[[int], int], graphs: int, tmp_path: Path) -> None:
    records = [Record(time_of(one.time), frame(one)) for one in parse_script(LATE).packets]
    path = tmp_path / "clock.pcapng"
    path.write_bytes(pcapng(records))
    found = graphs_in_report(path)
    assert len(found) == graphs
    assert all("R" in picture and "\n        1|" in picture for _, _, picture in found)


def test_its_command_draws_it_larger() -> None:
    for name in ("ssh-keystrokes", "zero-window"):
        ((kind, command, _),) = graphs_in_report(name)
        ended = run(*command.split()[1:])
        assert (ended.code, ended.stderr) == (0, "")
        assert ended.stdout.decode().partition("\n")[0].endswith(f": {kind}")


def test_findings_and_graphs_of_the_table_exist() -> None:
    assert KIND_OF.keys() <= FINDING_KINDS.keys()
    assert KINDS.keys() <= {one.name for one in FLOW_GRAPHS}
