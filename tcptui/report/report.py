"""Prints the flows of a capture, or their groups, in one of the formats: `tcptui report`."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from tcptui.capture.interrupt import may_copy
from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_engine, new_flow_engine
from tcptui.engine.eviction import GONE
from tcptui.engine.wireshark.rules import Rules
from tcptui.escapes import decoded
from tcptui.report.capture_facts import Facts, capture_facts
from tcptui.report.divided_texts import texts_of
from tcptui.report.flow_formats import (
    BinaryFormat,
    DividedParts,
    FlowFormat,
    TextFormat,
    WholeFormat,
)
from tcptui.report.flow_texts import capture_finder, flow_maker, nothing
from tcptui.report.output_formats import REPORT_FORMATS, writer_of
from tcptui.report.processes import SMALLEST_SHARE, processors, shares_of
from tcptui.session import analyse
from tcptui.stderr import say

if TYPE_CHECKING:
    from tcptui.filters.language import Expression
    from tcptui.report.flow_accounts import FlowAccount
    from tcptui.report.grouping import Grouping
    from tcptui.report.shares import SharedReport, Whole
    from tcptui.report.worst_severity import WorstSeverity
else:
    # Named in quotes, Python would compile them: a twentieth of a small report's time.
    Expression = Grouping = WorstSeverity = object

LARGE: Final = 8_000_000_000
"""Bytes of a capture from which on memory is bounded without being asked for."""
MOST_AT_ONCE: Final = 4
"""Processes where memory is bounded: with more the shares are smaller, and each reads it all."""


class Contents(NamedTuple):
    """Says what a report contains: by which rules, which flows, and whether with findings, with
    evidence and with names; who is told how bad the findings are; how flows are grouped, where that
    is asked. ``jobs`` is how many processes may make it, None for as many as there are processors;
    ``low_memory`` says whether memory is bounded whatever the size of the capture.
    """

    rules: Rules
    only: Expression | None = None
    findings: bool = True
    evidence: bool = False
    names: bool = True
    worst: WorstSeverity | None = None
    grouping: Grouping | None = None
    jobs: int | None = None
    low_memory: bool = False


def print_report(
    source: Source,
    out: BinaryIO,
    files: Sequence[str],
    form: str,
    build: str,
    contents: Contents,
    smallest_share: int = SMALLEST_SHARE,
) -> Engine:
    """Analyse ``source`` to its end and print its flows; return an engine that has seen all
    packets.

    ``form`` is the name of one of REPORT_FORMATS, or of GROUP_FORMATS; ``build`` says whether the
    engine is compiled. Of the flows only those are printed that have a segment that
    ``contents.only`` selects. Several processes share the work where the files have
    ``smallest_share`` bytes or more for each.
    """
    written = format_of(form, contents, source)
    if isinstance(written, TextFormat) and not written.tells_judgement and contents.worst is None:
        contents = contents._replace(findings=False)
    asked = shared_report(source, files, written, contents, smallest_share)
    if asked is None:
        return print_alone(source, out, files, written, build, contents)
    from tcptui.report.few_at_once import bounded
    from tcptui.report.shares import shared

    with (bounded if asked.is_bounded else shared)(asked) as found:
        if found:
            facts = capture_facts(source, found.engine, files, build)
            if isinstance(written, TextFormat):
                print_texts(out, facts, found.texts, written, contents)
            elif isinstance(written, WholeFormat) and written.divided is not None:
                print_accounts(out, facts, found, written.divided, contents)
            return found.engine
    with closing(source.again()) as again:
        return print_alone(again, out, files, written, build, contents)


def shared_report(
    source: Source,
    files: Sequence[str],
    written: FlowFormat,
    contents: Contents,
    smallest_share: int,
) -> "SharedReport | None":
    """Return what several processes are to do, or None where one makes the report. Memory is
    bounded where that is asked for, or the capture is large."""
    hindrance = hindrance_of(source, written, contents)
    if hindrance and contents.low_memory:
        say(f"--low-memory changes nothing here: {hindrance}")
    is_large = (source.total_bytes or 0) >= LARGE
    is_bounded = not hindrance and (contents.low_memory or is_large)
    form = made_form(written, contents) if isinstance(written, TextFormat) else None
    shares = 1
    if is_bounded:
        shares = min(processors(contents.jobs), MOST_AT_ONCE)
    elif form is not None and contents.only is None and not contents.evidence:
        shares = shares_of(source, contents.jobs, smallest_share)
    if shares < 2 and not is_bounded:
        return None
    from tcptui.report.shares import SharedReport

    names = [decoded(name) for name in files]
    return SharedReport(source, contents, form, shares, is_bounded, names)


def format_of(form: str, contents: Contents, source: Source) -> FlowFormat:
    """Return the format with this name: of flows, or of groups."""
    if contents.grouping is not None:
        from tcptui.report.group_formats import grouped

        return grouped(form, contents.grouping, source)
    written: FlowFormat = writer_of(REPORT_FORMATS, form)
    return written


def hindrance_of(source: Source, written: FlowFormat, contents: Contents) -> str:
    """Return why one process must make the report, with all of the capture in its memory; empty
    where several may."""
    if type(source) is not Source or not source.at_rest:
        return "only plain files, whole and without a filter for packets, can be read several times"
    if contents.evidence:
        return "evidence needs all flows at hand"
    if isinstance(written, BinaryFormat) or (
        isinstance(written, WholeFormat) and written.divided is None
    ):
        return "this format needs all flows at hand"
    return "" if may_copy() else "this system allows no copies of a process"


def print_alone(
    source: Source,
    out: BinaryIO,
    files: Sequence[str],
    written: FlowFormat,
    build: str,
    contents: Contents,
) -> Engine:
    """Print the report with all of the analysis in this process."""
    engine = engine_for(written, contents)
    for _ in analyse(source, engine):
        pass
    facts = capture_facts(source, engine, files, build)
    numbers = flow_numbers(engine, source, contents.only)
    if contents.only is not None:
        from tcptui.filters.selection import say_if_none

        say_if_none(bool(numbers), engine)
    find = capture_finder(engine, source) if contents.findings else nothing
    if isinstance(written, TextFormat):
        make = flow_maker(engine, source, find, contents.evidence, made_form(written, contents))
        print_texts(out, facts, texts_of(numbers, make, contents.jobs), written, contents)
    else:
        if contents.worst is not None:
            find = contents.worst.watched(find)
        if isinstance(written, BinaryFormat):
            written.write(out, facts, engine, numbers, find, contents.findings)
        else:
            for part in written.parts(facts, engine, numbers, find, contents.findings):
                out.write(part.encode())
        out.flush()
    return engine


def engine_for(written: FlowFormat | None, contents: Contents) -> Engine:
    """Return the engine that keeps what the report reads: filters and evidence read what is known
    of each row, and so may a format that is not one text for each flow."""
    reads_rows = contents.only is not None or contents.evidence
    new = new_flow_engine if isinstance(written, TextFormat) and not reads_rows else new_engine
    return new(contents.rules, contents.names)


def made_form(written: TextFormat, contents: Contents) -> TextFormat:
    """Return the format in which the texts are made: where somebody asks how bad the findings are,
    they stand in short before each text, as they may be found by another process."""
    return written if contents.worst is None else written._replace(needs_findings=True)


def print_texts(
    out: BinaryIO, facts: Facts, texts: Iterator[bytes], written: TextFormat, contents: Contents
) -> None:
    """Print the report from the flows' texts."""
    if contents.worst is not None:
        texts = contents.worst.passed(texts, keep=written.needs_findings)
    written.print_texts(out, facts, texts, contents.evidence, contents.findings)
    out.flush()


def print_accounts(
    out: BinaryIO, facts: Facts, found: "Whole", divided: DividedParts, contents: Contents
) -> None:
    """Print the report from the flows' accounts, and what the shares tell of their worst flows."""
    from tcptui.report.flow_accounts import account_in, worst_in

    accounts: Iterator[FlowAccount] = map(account_in, found.texts)
    if contents.worst is not None:
        accounts = contents.worst.among(accounts)
    worst = [one for line in found.worst for one in worst_in(line)]
    judged = contents.findings
    for part in divided(facts, found.engine, found.flows, accounts, worst, judged):
        out.write(part.encode())
    out.flush()


def flow_numbers(engine: Engine, source: Source, only: "Expression | None") -> Sequence[int]:
    if only is None and engine.eviction.flows:
        return [number for number, flow in enumerate(engine.flows) if flow is not GONE]
    if only is None:
        return range(len(engine.flows))
    from tcptui.filters.selection import matching_flows

    return matching_flows(only, engine, source.read)
