"""What every input is put through, in this process: reading, analysis, all that is printed."""

import json
import os
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tcptui import session
from tcptui.capture import writer
from tcptui.capture.input import BlockSizes
from tcptui.capture.live.capture_filter import WrongExpression
from tcptui.capture.live.filtered_source import FilteredSource
from tcptui.capture.live.libpcap import Missing
from tcptui.capture.live.stream_tap import StreamTap
from tcptui.capture.packet_copy import MOST_LINK_TYPE, PacketCopy
from tcptui.capture.pcap_writer import RECORD
from tcptui.capture.source import Source, open_source
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.fields.columns.packet_rows import RowWriter
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.filters.language import Expression, parse
from tcptui.filters.selection import Selection
from tcptui.report.capture_facts import capture_facts
from tcptui.report.conn_log import CONN_LOG
from tcptui.report.evidence import evidence_of
from tcptui.report.flow_formats import CSV
from tcptui.report.flow_texts import capture_finder, flow_maker
from tcptui.report.group_formats import grouped
from tcptui.report.grouping import Grouping
from tcptui.report.markdown import markdown
from tcptui.report.output_formats import GROUP_FORMATS, GROUPING_NAMES, names
from tcptui.report.packets import print_packets
from tcptui.report.report import Contents, flow_numbers, print_report
from tcptui.report.row_formats import json_lines, tsv_lines
from tests.fuzz.checks import ANSWERS, check_answer, check_bytes, check_text, promise, read_json
from tests.fuzz.drawings import draw
from tests.fuzz.inputs import STREAM

NAME: Final = "capture"
"""The file, in the working directory, that an input is written to."""
BUILD: Final = "any"
SECOND: Final = 1_000_000_000
FIRST_SLICE = session.FIRST_SLICE

ALL_FIELDS: Final = tuple(SCHEMA.by_name.values())

FILTERS: Final = (
    "tcp.analysis.flags", "tcp.len > 0 && ip.src == 10.0.0.1", 'tcp.payload contains "GET"',
    "tcp.seq == 1", "tcp.ack > 1000 or tcp.flags.syn == 1", "frame.time_relative > 0.1",
    "tcp.analysis.retransmission && !(tcp.port == 80)", "tcp.window_size < 100",
    "ipv6", "tcp.nxtseq > 0", "tcp.time_delta < 0", "tcp.stream == 0",
    "frame.number in {1..5, 9}", "tcp.analysis.bytes_in_flight > 10", "tcp.analysis.ack_rtt > 0",
    "tcp.flags & 0x3f == 0x10", "frame contains 00:01", "tcp.analysis.rto",
    "vlan or ip.addr == 10.0.0.2", "tcp.completeness == 31", "tcp.dstport < tcp.srcport",
)  # fmt: skip
CAPTURE_FILTERS: Final = ("tcp", "tcp port 80 or vlan", "ip[6:2] & 0x1fff = 0", "greater 60")


class Opened(NamedTuple):
    """A capture that was read and analysed; its report as JSON and its rows."""

    source: Source
    engine: Engine
    report: bytes
    rows: bytes


def read(name: str = NAME) -> Opened:
    """The report and the rows. One of `ANSWERS`."""
    out = BytesIO()
    reported = open_source([name])
    try:
        print_report(reported, out, [name], "json", BUILD, Contents(WIRESHARK_4_0))
    finally:
        reported.close()
    source, engine = open_source([name]), new_engine(WIRESHARK_4_0)
    try:
        for _ in session.analyse(source, engine):
            pass
        rows = RowWriter(engine).rows(0, engine.packets.count)
    except BaseException:
        source.close()
        raise
    return Opened(source, engine, out.getvalue(), rows)


def check_report(opened: Opened, random: Random) -> None:
    """The JSON is strict, its figures belong together, and each row has its columns."""
    told = read_json(opened.report)
    facts, flows = told["capture"], told["flows"]
    rows = opened.rows.count(b"\n")
    promise(rows == facts["tcp_packets"], f"{rows} rows of {facts['tcp_packets']} segments")
    told_packets = sum(flow[side]["packets"] for flow in flows for side in ("client", "server"))
    promise(told_packets == rows, f"flows of {told_packets} segments, and {rows} rows")
    tabs = opened.rows.count(b"\t")
    promise(tabs == rows * (len(SCHEMA.default_columns) - 1), "rows with missing columns")
    check_bytes(opened.rows, "rows")
    check_bytes(opened.report, "the report")
    for warning in facts["warnings"]:
        check_text(warning, "a warning")
    for flow in flows:
        backwards = flow["first"] and flow["last"] and flow["first"] > flow["last"]
        promise(not backwards or facts["warnings"], "a flow ends before it begins, without a word")
        for finding in flow["findings"]:
            promise(finding["cost"] is None or finding["cost"] >= 0, f"negative cost: {finding}")
            promise(finding["count"] > 0, f"found not once: {finding}")


def check_other_forms(opened: Opened, random: Random) -> None:
    """CSV, the log, groups and Markdown are clean text."""
    source, engine, _, _ = opened
    facts = capture_facts(source, engine, [NAME], BUILD)
    find = capture_finder(engine, source)
    evidence = random.random() < 0.5
    grouping = Grouping(random.choice(GROUPING_NAMES))
    group_form = random.choice(names(GROUP_FORMATS))
    for what, form in (
        ("CSV", CSV),
        ("conn.log", CONN_LOG),
        (f"groups by {grouping.by} as {group_form}", grouped(group_form, grouping, source)),
    ):
        out = BytesIO()
        make = flow_maker(engine, source, find, evidence and form is CSV, form)
        texts = map(make, flow_numbers(engine, source, None))
        form.print_texts(out, facts, texts, evidence and form is CSV, True)
        check_bytes(out.getvalue(), what)
    for part in markdown(facts, engine, flow_numbers(engine, source, None), find):
        check_text(part, "Markdown")


def check_chunks(opened: Opened, random: Random) -> None:
    """Blocks and slices of any size give the same rows and the same warnings."""
    blocks = BlockSizes(random.randrange(1, 400), random.randrange(1, 400))
    session.FIRST_SLICE = random.randrange(1, 9)
    source = open_source([NAME], seekable=False, blocks=blocks)
    try:
        out = BytesIO()
        print_packets(source, out, SCHEMA.default_columns, "tsv", WIRESHARK_4_0)
    finally:
        session.FIRST_SLICE = FIRST_SLICE
        source.close()
    promise(out.getvalue().partition(b"\n")[2] == opened.rows, "rows depend on the blocks")
    promise(source.warnings == opened.source.warnings, "warnings depend on the blocks")


def check_evidence(opened: Opened, random: Random) -> None:
    """Some segments are explained, the last one among them."""
    count = int(opened.engine.packets.count)
    for row in {count - 1, random.randrange(count)} if count else ():
        found = evidence_of(opened.engine, opened.source, row)
        check_text(found.as_text(), "evidence")
        promise(read_json(json.dumps(found.as_json()).encode()), "evidence without a word")


def check_fields(opened: Opened, random: Random) -> None:
    """All fields of some rows, as columns and as JSON."""
    source, engine, _, _ = opened
    view = View(engine, source.read)
    count = int(engine.packets.count)
    tsv, as_json = tsv_lines(view, ALL_FIELDS), json_lines(view, ALL_FIELDS)
    for row in {count - 1, random.randrange(count)} if count else ():
        check_text(tsv.rows(row, row + 1).decode(), "columns")
        told = read_json(as_json.rows(row, row + 1))
        promise(
            told.keys() <= SCHEMA.by_name.keys(),
            f"unknown names: {told.keys() - SCHEMA.by_name.keys()}",
        )


@cache
def expression(text: str) -> Expression:
    return parse(text)


def check_filters(opened: Opened, random: Random) -> None:
    """A filter selects the same rows all at once and one by one."""
    source, engine, _, _ = opened
    for text in random.sample(FILTERS, 2):
        selection = Selection(expression(text), engine, source.read)
        at_once = [int(row) for row in selection.rows(0, int(engine.packets.count))]
        one_by_one = [row for row in range(int(engine.packets.count)) if selection.matches(row)]
        promise(at_once == one_by_one, f"{text}: {at_once} at once, {one_by_one} one by one")
        flows = {int(engine.packets.flow(row)) for row in at_once}
        promise(selection.flows() == sorted(flows), f"{text}: other flows than its rows'")


class Kept(NamedTuple):
    """What a copy keeps of a packet."""

    time: int
    original: int
    link_type: int
    data: bytes


def packets_in(name: str) -> list[Kept]:
    source = open_source([name], seekable=False)
    found = []
    try:
        for chunk, records, start, stop in source.batches():
            for i in range(start, stop):
                at = int(records.offset[i])
                if source.interfaces[int(records.interface[i])].linktype > MOST_LINK_TYPE:
                    continue  # a block without an interface is no packet
                found.append(
                    Kept(
                        int(records.time[i]), int(records.original[i]),
                        source.interfaces[int(records.interface[i])].linktype,
                        chunk[at : at + int(records.captured[i])],
                    )
                )  # fmt: skip
    finally:
        source.close()
    return found


def check_copies(opened: Opened, random: Random) -> None:
    """``-w`` and a saved slice, read again, hold what was read."""
    packets = packets_in(NAME)
    target = f"copy.{random.choice(('pcap', 'pcapng'))}"
    copied(target)
    promise(packets_in(target) == packets or not packets, f"-w {target}: other packets")
    interfaces = opened.source.interfaces
    numbers = {one.linktype: number for number, one in enumerate(interfaces)}
    chosen = [writer.Packet(p.time, numbers[p.link_type], p.original, p.data) for p in packets]
    parts = writer.pcapng if target.endswith("ng") else writer.pcap
    Path(target).write_bytes(b"".join(parts(chosen, interfaces)))
    promise(packets_in(target) == packets or not packets, f"a slice as {target}: other packets")


def copied(target: str) -> None:
    source = FilteredSource(open_source([NAME], seekable=False), "")
    try:
        source.copy = PacketCopy(target, source.is_reading)
        for _ in source.batches():
            pass
        source.complete()
    finally:
        source.close()


def check_capture_filters(opened: Opened, random: Random) -> None:
    """A capture filter lets through some of the packets, whatever they are."""
    source = FilteredSource(open_source([NAME], seekable=False), random.choice(CAPTURE_FILTERS))
    try:
        admitted = sum(stop - start for _, _, start, stop in source.batches())
    finally:
        source.close()
    promise(admitted <= opened.engine.frames, "more packets than there are")


def stream_as_file(data: bytes) -> bytes:
    """What a tap makes of the bytes that a remote host sends: a capture. Refusal."""
    ours, theirs = os.pipe()
    try:
        os.set_blocking(theirs, False)
        left = data[os.write(theirs, data[:24]) :]
        if not left:
            os.close(theirs)
        tap = StreamTap("eth0", ours)
        made = [tap.header]
        while not tap.ended:
            if left:
                left = left[os.write(theirs, left[:5000]) :]
                if not left:
                    os.close(theirs)
            while tap.take_packets(7):
                made.append(bytes(tap.records()))
    finally:
        os.close(ours)
        if left:
            os.close(theirs)
    check_records(b"".join(made[1:]))
    return b"".join(made)


def check_records(records: bytes) -> None:
    """Whole records, the fraction of each below a second."""
    at = 0
    while at < len(records):
        promise(at + RECORD.size <= len(records), "a cut record header")
        _, fraction, captured, _ = RECORD.unpack_from(records, at)
        promise(fraction < SECOND, f"a fraction of {fraction} ns")
        at += RECORD.size + captured
    promise(at == len(records), "a cut record")


Check = Callable[[Opened, Random], None]
TARGETS: Final[dict[str, tuple[float, Check]]] = {
    "report": (1.0, check_report),
    "chunks": (0.1, check_chunks),
    "csv, md": (0.05, check_other_forms),
    "filters": (0.05, check_filters),
    "evidence": (0.08, check_evidence),
    "fields": (0.05, check_fields),
    "drawings": (0.015, draw),
    "copies": (0.03, check_copies),
    "bpf": (0.03, check_capture_filters),
}
"""What an input that can be read goes through, and which part of the inputs does."""


def run(kind: str, data: bytes, random: Random, whole: bool = False) -> list[str]:
    """Put an input through its targets (``whole``: all); their names. Whatever is raised is a
    fault: what may be said of a broken input was said."""
    passed = [kind]
    try:
        if kind == STREAM:
            data = stream_as_file(data)
        Path(NAME).write_bytes(data)
        opened = read()
    except ANSWERS as error:
        check_answer(error)
        return [*passed, "refused"]
    try:
        for name, (share, check) in TARGETS.items():
            if whole or random.random() < share:
                passed.append(name)
                answered(check, opened, random)
    finally:
        opened.source.close()
    return passed


def answered(check: Check, opened: Opened, random: Random) -> None:
    """A check, or an answer in its place: a link type that pcap does not hold with others …"""
    try:
        check(opened, random)
    except ANSWERS as error:
        check_answer(error)
    except (WrongExpression, Missing):
        pass
