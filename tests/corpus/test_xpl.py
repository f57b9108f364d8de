"""The time–sequence graphs of real captures against tcptrace's `.xpl` files.

Compared is each direction of the connections that tcptrace has as we do: between these ports there
is one in both, with as many packets. Why the others are not is counted (NOT_COMPARED), and what
tcptrace draws otherwise has its reason in DRAWN_OTHERWISE.
"""

import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tcptui.capture.source import Source, open_source
from tcptui.engine import engine as engine_module
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.rule_sets import DEFAULT_RULES
from tcptui.report.rereading import reader
from tcptui.session import analyse
from tests.corpus.oracles import CORPUS
from tests.graphs.xpl import (
    Direction,
    Drawn,
    Traced,
    direction_of,
    drawn_by_us,
    only_ours,
    only_theirs,
    traced,
)
from tests.sampling import sample

CAPTURES: Final = sorted(path for path in (CORPUS / "captures").rglob("*") if path.is_file())
STEP: Final = 8 if engine_module.__file__.endswith(".so") else 40

LENGTH: Final = "it takes extension headers, trailing bytes or missing ones for payload"
CLOCK: Final = "fractions of a second that are a second or more, or a clock that goes back"
WRAPPED: Final = "its numbers begin at 0 again where ours go on"
DRAWN_OTHERWISE: Final = {
    "tests__bug-76__input.pcap": LENGTH,
    "tests__transform-base64-7296__input.pcap": CLOCK,
    "pcap__plugins__zeek-httpattacks__http.trace": CLOCK,
    "Tests__ExamplesTest__expected_output__ipfragutil_bpf_filter.pcap": LENGTH,
    "Tests__Fuzzers__RegressionTests__regression_samples__"
    "clusterfuzz-testcase-minimized-FuzzTarget-6303070823907328": CLOCK,
    "Tests__Packet++Test__PacketExamples__doipPackets.pcapng": WRAPPED,
    "testing__btest__Traces__ipv6-http-atomic-frag.pcap": LENGTH,
    "testing__btest__Traces__modbus__fuzz-72.pcap": LENGTH,
    "testing__btest__Traces__tcp__reassembly.pcap": LENGTH,
}
"""Captures with directions that differ, and why."""
NOT_COMPARED: Final = {
    "no such flow here": 10,
    "other packets": 190,
    "split otherwise": 224,
}
"""Directions of the whole corpus that are not compared: tcptrace knows fewer tags and tunnels and
does not put fragments together, and it goes on where ports are used again, or begins anew."""
COMPARED: Final = {"compared": 11_950, "drawn otherwise": 12}

Side = tuple[Flow, str]


def analysed(capture: Path) -> tuple[Engine, Source]:
    engine, source = new_engine(DEFAULT_RULES), open_source([str(capture)], seekable=True)
    for _ in analyse(source, engine):
        pass
    return engine, source


def of_one_handshake(
    theirs: Drawn, one: Traced, by_direction: dict[Direction, list[Traced]]
) -> Drawn:
    """What is drawn without the edges, where one side alone was seen to begin: tcptrace scales
    windows only if it saw both SYNs, Wireshark by the one there is."""
    others = by_direction[(*one.direction[2:], *one.direction[:2])]
    seen_by_half = any((other.begin is None) != (one.begin is None) for other in others)
    return theirs._replace(edges=set()) if seen_by_half else theirs


def differing(capture: Path, folder: Path, counted: Counter[str]) -> list[Direction]:
    """The directions that are drawn otherwise; ``counted`` says what became of all."""
    by_direction: dict[Direction, list[Traced]] = defaultdict(list)
    for one in traced(capture, folder):
        by_direction[one.direction].append(one)
    if not by_direction:
        return []
    engine, source = analysed(capture)
    flows: dict[Direction, list[Side]] = defaultdict(list)
    for flow in engine.flows:
        for side, end in (("c", flow.client), ("s", flow.server)):
            flows[direction_of(end)].append((flow, side))
    found = []
    for direction, of_theirs in list(by_direction.items()):
        why = why_not_compared(of_theirs, flows[direction])
        counted[why or "compared"] += len(of_theirs)
        if why:
            continue
        ((flow, side),), (one,) = flows[direction], of_theirs
        ours = drawn_by_us(engine, flow, reader(engine, source))[side]
        theirs = of_one_handshake(one.relative(flow), one, by_direction)
        if any(only_theirs(theirs, ours)) or any(only_ours(ours, theirs)):
            found.append(direction)
            counted["drawn otherwise"] += 1
    source.close()
    return found


def why_not_compared(theirs: Sequence[Traced], ours: Sequence[Side]) -> str:
    if not ours:
        return "no such flow here"
    if len(theirs) > 1 or len(ours) > 1:
        return "split otherwise"
    flow = ours[0][0]
    return "" if theirs[0].packets == flow.client.packets + flow.server.packets else "other packets"


def all_differing(captures: Sequence[Path], folder: Path) -> tuple[set[str], Counter[str]]:
    """The names of captures with directions that differ, and what became of all directions."""
    found, counted = set(), Counter[str]()
    for number, capture in enumerate(captures):
        own = folder / str(number)
        own.mkdir()
        if differing(capture, own, counted):
            found.add(capture.name)
        shutil.rmtree(own)
    return found, counted


needs_both = pytest.mark.skipif(
    not (CAPTURES and shutil.which("tcptrace")),
    reason="no corpus at ../shared/corpus, or no tcptrace",
)


@needs_both
def test_tcptrace_draws_the_same(tmp_path: Path) -> None:
    found, counted = all_differing(sample(CAPTURES, STEP), tmp_path)
    assert found <= DRAWN_OTHERWISE.keys()
    assert counted["compared"]


@pytest.mark.slow
@needs_both
def test_tcptrace_draws_the_same_of_every_capture(tmp_path: Path) -> None:
    found, counted = all_differing(CAPTURES, tmp_path)
    assert found == DRAWN_OTHERWISE.keys()
    assert counted == COMPARED | NOT_COMPARED
