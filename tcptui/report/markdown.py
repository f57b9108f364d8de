"""The report as Markdown: something to paste into a ticket."""

from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nlargest
from typing import Any, Final

MOST_FLOWS: Final = 50
COSTLY: Final = {"error": 8, "warning": 4, "note": 2, "chat": 0}

Flow = dict[str, Any]


def markdown(facts: dict[str, Any], flows: Iterable[Flow]) -> Iterator[str]:
    """The parts of the text: the capture, what was found, and the flows with most trouble."""
    totals: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    flows_of_kind: Counter[str] = Counter()
    count = 0

    def counted() -> Iterator[Flow]:
        nonlocal count
        for flow in flows:
            count += 1
            totals.update(flow["analysis"])
            for finding in flow["findings"]:
                kinds[finding["kind"]] += finding["count"]
                flows_of_kind[finding["kind"]] += 1
            yield flow

    worst = nlargest(MOST_FLOWS, counted(), key=lambda flow: (trouble(flow), -flow["index"]))
    yield "# TCP report\n\n"
    yield from capture_lines(facts, count)
    if kinds:
        yield "\n## Findings\n\n| finding | times | flows |\n|---|--:|--:|\n"
        for kind, times in kinds.most_common():
            yield f"| {kind} | {times:,} | {flows_of_kind[kind]:,} |\n"
    if totals:
        yield "\n## Flags\n\n| tcp.analysis | segments |\n|---|--:|\n"
        for name, segments in totals.most_common():
            yield f"| {name} | {segments:,} |\n"
    yield "\n## Flows, worst first\n\n"
    yield "| # | client | server | opening | closing | bytes ↑ | bytes ↓ | what |\n"
    yield "|--:|---|---|---|---|--:|--:|---|\n"
    for flow in worst:
        yield flow_line(flow)
    if count > len(worst):
        yield f"\n{count - len(worst):,} more flows are not listed.\n"


def capture_lines(facts: dict[str, Any], flows: int) -> Iterator[str]:
    """What was read, and what to know before trusting it."""
    files = ", ".join(f"`{cell(name)}`" for name in facts["files"])
    yield f"{files}: {facts['packets']:,} packets, {facts['tcp_packets']:,} TCP, {flows:,} flows"
    yield f" ({facts['format']}; tcptui {facts['version']}, {facts['engine']})\n"
    if facts["dropped"]:
        yield f"\n**{facts['dropped']:,} packets were dropped while capturing.**\n"
    for warning in facts["warnings"]:
        yield f"\n**{cell(warning)}**\n"
    if facts["skipped"]:
        skipped = ", ".join(f"{cell(why)} {n:,}" for why, n in facts["skipped"].items())
        yield f"\nNot TCP or not decoded: {skipped}\n"


def trouble(flow: Flow) -> float:
    """How far up a flow belongs: the weight of its findings, then of its flags."""
    found = sum(COSTLY[finding["severity"]] for finding in flow["findings"])
    flagged: int = sum(flow["analysis"].values())
    return float(found) + flagged / 1000


def flow_line(flow: Flow) -> str:
    client, server = flow["client"], flow["server"]
    said = "; ".join(cell(finding["text"]) for finding in flow["findings"])
    if not said:
        said = ", ".join(f"{name} {n}" for name, n in flow["analysis"].items())
    return (
        f"| {flow['index']} | {place(client)} | {place(server)} | {flow['opening']} "
        f"| {flow['closing']} | {client['bytes']:,} | {server['bytes']:,} | {said} |\n"
    )


def place(end: dict[str, Any]) -> str:
    address = f"[{end['address']}]" if ":" in end["address"] else end["address"]
    return f"{address}:{end['port']}"


def cell(text: str) -> str:
    """Text that does not break a table, and shows what does not print."""
    visible = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return visible.replace("|", "\\|").replace("`", "'")
