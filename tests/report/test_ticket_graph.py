"""The small graph of a ticket: which flow has one, of which kind, and what it looks like."""

import re
from pathlib import Path

import pytest

from tcptui.findings.kinds import FINDING_KINDS
from tcptui.graphs.kinds import FLOW_GRAPHS
from tcptui.report.ticket_graph import KIND_OF, KINDS, SIZE
from tests.cli.running import run

SAMPLES = Path(__file__).parents[2] / "samples"
GRAPH = re.compile(
    r"\nThe graph `(\S+)`; larger with `([^`]+)`:\n\n```text\n(.*?)\n```\n", re.DOTALL
)


def graphs_in_report(name: str) -> list[tuple[str, str, str]]:
    """The kind, the command and the picture of each graph in a report."""
    ended = run("report", "--format", "md", str(SAMPLES / f"{name}.pcapng"))
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


def test_its_command_draws_it_larger() -> None:
    for name in ("ssh-keystrokes", "zero-window"):
        ((kind, command, _),) = graphs_in_report(name)
        ended = run(*command.split()[1:])
        assert (ended.code, ended.stderr) == (0, "")
        assert ended.stdout.decode().partition("\n")[0].endswith(f": {kind}")


def test_findings_and_graphs_of_the_table_exist() -> None:
    assert KIND_OF.keys() <= FINDING_KINDS.keys()
    assert KINDS.keys() <= {one.name for one in FLOW_GRAPHS}
