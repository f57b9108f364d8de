"""What "How to add" in docs/architecture.md says is enough: two files, and it is everywhere.

A pane is added beside its own tests.
"""

from pathlib import Path
from struct import pack
from typing import Final

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tests.filters.samples import TALK
from tests.project.copied_tree import ROOT, CopiedTree

MOST_FILES: Final = 2
LOSSY: Final = str(ROOT / "samples" / "web-loss.pcapng")


@pytest.fixture
def tree(tmp_path: Path) -> CopiedTree:
    return CopiedTree(tmp_path)


@pytest.fixture
def talk(tmp_path: Path) -> str:
    capture = tmp_path / "talk.pcap"
    packets = parse_script(TALK).packets
    capture.write_bytes(pcap([Record(one.time, frame(one)) for one in packets]))
    return str(capture)


# A flag

FLAG_ROW: Final = """\
    AnalysisFlag(
        TOY, "toy", letter="T", severity=Severity.WARNING, title="Toy Segment",
        short_title="Toy", meaning="its payload has an odd number of bytes",
        rule="An odd payload.", state="Nothing.", reading="Nothing.",
    ),
"""
FLAG_RULE: Final = """\
    if seg.length % 2 == 1:
        seg.analysis |= TOY
"""
FLAG_VIEWS: Final = """
import json, sys
from docs.pages.flag_pages import flag_pages
from tcptui.diagnosis.explain import evidence, why
from tcptui.drawing.names import severity_style
from tcptui.filters.complete import complete
from tcptui.filters.language import parse
from tcptui.filters.selection import Selection
from tcptui.panes.flows.drawing import flags_line
from tcptui.panes.flows.word_search import search
from tcptui.panes.ladder.drawing import LadderDrawing, Settings
from tests.fields.test_schema import packet_rows, reported
from tests.filters.samples import Loaded
from tests.panes.loaded import folded
from pathlib import Path

path = Path(sys.argv[1])
loaded = Loaded(path)
engine, flow = loaded.engine, loaded.engine.flows[0]
read = lambda row: loaded.source.read(engine.packets.position(row), engine.packets.captured(row))
rows = [json.loads(line) for line in packet_rows(path, ["tcp.len", "analysis"], "", "json")]
toy = [row for row in range(loaded.count) if engine.packets.analysis(row) == 1 << 16]
odd = [row for row, one in enumerate(rows) if one["tcp.len"] % 2]
draw = LadderDrawing(engine, flow, folded(engine, 0), [], Settings(), read)
print(json.dumps({
    "segments with it": len(odd),
    "alone": len(toy),
    "packets": sum("toy" in one["analysis"] for one in rows),
    "filter": len(Selection(parse("tcp.analysis.toy"), engine).rows(0, loaded.count)),
    "any flag": len(Selection(parse("tcp.analysis.flags"), engine).rows(0, loaded.count)),
    "completion": [one.text for one in complete("tcp.analysis.to", 15)],
    "report": json.loads(reported(path, "json"))["flows"][0]["analysis"].get("toy"),
    "csv": f"toy×{len(odd)}" in reported(path, "csv"),
    "markdown": f"toy {len(odd)}" in reported(path, "md"),
    "list": "".join(run.text for run in flags_line(flow, None)),
    "words": search("flag:T")(flow, None),
    "ladder": draw.label(toy[0], 1 << 16, 60),
    "colour": severity_style(1 << 16),
    "problems": len(folded(engine, 0).problems),
    "why": why(engine, toy[0], read),
    "evidence": [one.as_json()["flag"] for one in evidence(engine, toy[0], read).flags],
    "page": "its payload has an odd number of bytes" in flag_pages(),
}))
"""


def test_a_flag(tree: CopiedTree, talk: str) -> None:
    flags, rules = "engine/wireshark/flags.py", "engine/wireshark/analysis.py"
    tree.add_after(flags, "ZERO_WINDOW_PROBE_ACK: Final = 1 << 14", "TOY: Final = 1 << 16\n")
    tree.add_after(flags, "ROWS: Final[tuple[AnalysisFlag, ...]] = (", FLAG_ROW)
    tree.add_after(rules, "from tcptui.engine.wireshark.flags import (", "    TOY,\n")
    tree.add_after(rules, "    remember_packet(flow, sender, seg)", FLAG_RULE)
    assert len(tree.touched) <= MOST_FILES
    assert tree.run(FLAG_VIEWS, talk) == {
        "segments with it": 2,
        "alone": 1,
        "packets": 2,
        "filter": 2,
        "any flag": 2,
        "completion": ["tcp.analysis.toy"],
        "report": 2,
        "csv": True,
        "markdown": True,
        "list": "T2 R1",
        "words": True,
        "ladder": "Toy Segment · 1:16 (15) ack 15 win 64,000",
        "colour": "warning",
        "problems": 2,
        "why": "Toy Segment: its payload has an odd number of bytes.",
        "evidence": ["toy"],
        "page": True,
    }


# A finding kind

KIND_ROW: Final = """\
    FindingKind("toy", ERROR, "the flow has a port above 1023", detect=closing.high_port),
"""
KIND_FUNCTION: Final = """

def high_port(kind: FindingKind, _engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    if flow.client.port < 1024:
        return None
    return kind.finding(1, (1, 2), "client", None, f"the client has port {flow.client.port}")

"""
KIND_VIEWS: Final = """
import json, sys
from pathlib import Path
from docs.pages.kind_pages import kind_pages
from tcptui.diagnosis.capture_causes import CaptureCauses, pair_of
from tcptui.diagnosis.course import course_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.drawing.overview import details, lead
from tcptui.filters.complete import complete
from tcptui.findings.judgement import Judge
from tcptui.panes.flows.drawing import claim, severity_line
from tcptui.panes.flows.word_search import search
from tcptui.panes.why.drawing import flow_sections
from tests.fields.test_schema import packet_rows, reported
from tests.filters.samples import Loaded

path = Path(sys.argv[1])
loaded = Loaded(path)
engine, flow = loaded.engine, loaded.engine.flows[0]
judge = Judge(engine, None)
judged = judge.judge(flow)
causes = CaptureCauses()
causes.take_findings(pair_of(flow), 0, judged.found)
toy = next(one for one in causes.ranked() if one.kind == "toy")
told = json.loads(reported(path, "json"))
row = "| `toy` | error | the flow has a port above 1023 |"
print(json.dumps({
    "report": [one["text"] for one in told["flows"][0]["findings"] if one["kind"] == "toy"],
    "capture": "toy" in [one["kind"] for one in told["capture"]["findings"]],
    "verdict": told["capture"]["verdict"],
    "csv": "toy×1" in reported(path, "csv"),
    "markdown": "`toy`" in reported(path, "md"),
    "filter": len(packet_rows(path, [], 'flow.finding == "toy"')) - 1,
    "completion": [one.text for one in complete("flow.finding == to", 18)],
    "list": claim(flow, judge),
    "colour": severity_line(flow, judge)[0].style,
    "words": search('"has port 40000"')(flow, judge),
    "why": "Finding toy, error." in flow_sections(judged, at_once(course_of(engine, flow)))[0],
    "overview": [lead([toy]), "a port above 1023" in details(toy, "4.6")],
    "pages": [row in kind_pages()],
}))
"""


def test_a_finding_kind(tree: CopiedTree, talk: str) -> None:
    tree.add_after("findings/kinds.py", "OPENING: Final = (", KIND_ROW)
    tree.add_after(
        "findings/closing.py",
        '"""Round trips without a FIN after which a connection hangs, if that is longer than'
        ' HANG_AFTER."""',
        KIND_FUNCTION,
    )
    assert len(tree.touched) <= MOST_FILES
    assert tree.run(KIND_VIEWS, talk) == {
        "report": ["the client has port 40000"],
        "capture": True,
        "verdict": "trouble",
        "csv": True,
        "markdown": True,
        "filter": 10,
        "completion": ["toy", "stall_rto"],
        "list": "client has port 40000",
        "colour": "error",
        "words": True,
        "why": True,
        "overview": [["toy ×1 in 1 flow"], True],
        "pages": [True],
    }


# A field of segments

SEGMENT_ROW: Final = """\
    in_column("frame.toy", ValueKind.NUMBER, values.Toy(), "a number of this test"),
"""
SEGMENT_VALUE: Final = """

class Toy(RowValue):
    def value(self, at: RowReader) -> i64:
        return i64(at.block.length[at.i]) % 2
"""
SEGMENT_VIEWS: Final = """
import json, sys
from pathlib import Path
from docs.pages.field_pages import field_table
from tcptui.fields.schema import SCHEMA
from tcptui.filters.complete import complete
from tests.fields.test_schema import packet_rows

path = Path(sys.argv[1])
lengths = [int(line) for line in packet_rows(path, ["tcp.len"], "")[1:]]
print(json.dumps({
    "odd lengths": sum(length % 2 for length in lengths),
    "filter": len(packet_rows(path, [], "frame.toy == 1")) - 1,
    "packets": sum(map(int, packet_rows(path, ["frame.toy"], "")[1:])),
    "json": json.loads(packet_rows(path, ["frame.toy"], "", "json")[0]),
    "completion": [one.text for one in complete("frame.to", 8)],
    "page": "| `frame.toy` | number | a number of this test |" in field_table(),
}))
"""


def test_a_field_of_segments(tree: CopiedTree, talk: str) -> None:
    tree.add_after("fields/segment_fields.py", "FRAME_FIELDS: Final = (", SEGMENT_ROW)
    tree.add_after(
        "fields/columns/segment_values.py",
        "        return None if value == ABSENT else value",
        SEGMENT_VALUE,
    )
    assert len(tree.touched) <= MOST_FILES
    assert tree.run(SEGMENT_VIEWS, talk) == {
        "odd lengths": 2,
        "filter": 2,
        "packets": 2,
        "json": {"frame.toy": 0},
        "completion": ["frame.toy"],
        "page": True,
    }


# A field of flows

FLOW_ROW: Final = """\
    FlowField("toy.ports", ValueKind.NUMBER, values.BothPorts(), "both ports"),
"""
FLOW_VALUE: Final = """

class BothPorts(FlowNumber):
    def number(self, at: FlowReader) -> i64:
        flow = at.here()
        return i64(flow.client.port) + i64(flow.server.port)
"""
FLOW_VIEWS: Final = """
import csv, io, json, sys
from pathlib import Path
from docs.pages.field_pages import field_table, report_table
from tcptui.filters.complete import complete
from tests.fields.test_schema import packet_rows, reported

path = Path(sys.argv[1])
table = csv.DictReader(io.StringIO(reported(path, "csv")))
print(json.dumps({
    "filter": len(packet_rows(path, [], "flow.toy.ports == 40080")) - 1,
    "others": len(packet_rows(path, [], "flow.toy.ports != 40080")) - 1,
    "packets": packet_rows(path, ["flow.toy.ports"], "")[1],
    "json": json.loads(reported(path, "json"))["flows"][0]["toy"],
    "csv": next(table)["toy_ports"],
    "completion": [one.text for one in complete("flow.to", 7)],
    "pages": [
        "| `flow.toy.ports` | number | both ports" in field_table(),
        "| `toy.ports` | `toy_ports` | number | both ports |" in report_table(),
    ],
}))
"""


def test_a_field_of_flows(tree: CopiedTree, talk: str) -> None:
    tree.add_after("fields/flow_fields.py", "FLOW_ROWS: Final[tuple[FlowField, ...]] = (", FLOW_ROW)
    tree.add_after(
        "fields/columns/flow_values.py",
        "        return ABSENT if number is None else number",
        FLOW_VALUE,
    )
    assert len(tree.touched) <= MOST_FILES
    assert tree.run(FLOW_VIEWS, talk) == {
        "filter": 10,
        "others": 0,
        "packets": "40080",
        "json": {"ports": 40080},
        "csv": "40080",
        "completion": ["flow.toy.ports"],
        "pages": [True, True],
    }


# A capture format

FRAMER: Final = '''
"""A toy's records: time in ns, length, bytes."""

from mypy_extensions import i64

from tcptui.capture.formats.framer import Framer, Interface, u32
from tcptui.engine.records import BATCH, Records

MAGIC = b"TOYS"


class ToyFramer(Framer):
    def frame(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        records.count = 0
        if not self.format:
            self.format = "toy"
            self.interfaces.append(Interface(self.file, 1, 0))
            start += len(MAGIC)
        while records.count < BATCH:
            self.need = 8
            if start + 8 > len(chunk):
                break
            time, size = u32(chunk, start, True), u32(chunk, start + 4, True)
            self.need = 8 + size
            if start + self.need > len(chunk):
                break
            count = records.count
            records.time[count], records.interface[count] = time, len(self.interfaces) - 1
            records.offset[count], records.position[count] = start + 8, base + start + 8
            records.captured[count] = records.original[count] = size
            records.count += 1
            start += self.need
        return start
'''
FORMAT_VIEWS: Final = """
import gzip, json, sys
from pathlib import Path
from tcptui.capture.source import open_source
from tcptui.screens.sources import capture_files
from tests.capture.reading import rows
from tests.fields.test_schema import packet_rows, reported

path = Path(sys.argv[1])
packed = path.with_name("talk.toy.gz")
packed.write_bytes(gzip.compress(path.read_bytes()))
followed = open_source([str(path)], follow=True)
batch = followed.next_batch(5)
followed.close()
print(json.dumps({
    "packets": len(packet_rows(path, [], "")) - 1,
    "filter": len(packet_rows(path, [], "tcp.len > 0")) - 1,
    "report": json.loads(reported(path, "json"))["capture"]["format"],
    "compressed": json.loads(reported(packed, "json"))["capture"]["format"],
    "compressed packets": len(packet_rows(packed, [], "")) - 1,
    "with another file": len(rows(open_source([str(path), str(packed)]))),
    "followed": batch.stop,
    "chooser": sorted(found.name for found in capture_files(path.parent)),
}))
"""


def test_a_capture_format(tree: CopiedTree, tmp_path: Path) -> None:
    formats = "capture/formats/registry.py"
    tree.add_file("capture/formats/toy.py", FRAMER)
    tree.add_after(
        formats, "from tcptui.capture.formats.framer import Framer, Interface",
        "from tcptui.capture.formats import toy\n",
    )  # fmt: skip
    tree.add_after(
        formats, "FORMATS: Final = (",
        '    CaptureFormat((toy.MAGIC,), (".toy",), toy.ToyFramer),\n',
    )  # fmt: skip
    assert len(tree.touched) <= MOST_FILES
    folder = tmp_path / "captures"
    folder.mkdir()
    packets = parse_script(TALK).packets
    frames = [frame(one) for one in packets]
    records = [pack("!II", n, len(data)) + data for n, data in enumerate(frames)]
    (folder / "talk.toy").write_bytes(b"TOYS" + b"".join(records))
    assert tree.run(FORMAT_VIEWS, str(folder / "talk.toy")) == {
        "packets": 10,
        "filter": 3,
        "report": "toy",
        "compressed": "toy+gzip",
        "compressed packets": 10,
        "with another file": 20,
        "followed": 10,
        "chooser": ["talk.toy", "talk.toy.gz"],
    }


# An output format

WRITERS: Final = {
    "report": """
from tcptui.report.flow_formats import WholeFormat

def parts(facts, engine, numbers, find, judged):
    yield from (f"flow {number}: {len(find(engine.flows[number]))} findings" for number in numbers)

TOY = WholeFormat(parts)
""",
    "packets": """
from tcptui.fields.columns.row_steps import MadeStep, StepWriter
from tcptui.report.row_formats import RowFormat

def lines(view, fields):
    step = MadeStep(b"", lambda row: f"{len(fields)} fields of row {row}")
    return StepWriter(view.engine, [step], b"\\n")

TOY = RowFormat(lambda fields: "", lines)
""",
    "explain": """
def TOY(evidence):
    return f"frame {evidence.frame} of flow {evidence.flow}"
""",
}
"""The module of a format for each command."""
TABLES: Final = {
    "report": "REPORT_FORMATS", "packets": "PACKET_FORMATS", "explain": "EVIDENCE_FORMATS",
}  # fmt: skip
OUTPUT_VIEWS: Final = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from tcptui.cli.program import main

def said(*arguments):
    '''What a command line writes to both streams.'''
    out = io.TextIOWrapper(io.BytesIO())
    with redirect_stdout(out), redirect_stderr(out):
        try:
            main(arguments)
        except SystemExit:
            pass
    out.flush()
    return out.buffer.getvalue().decode()

command, path, *frame = sys.argv[1:]
print(json.dumps({
    "written": said(command, "--format", "toy", path, *frame),
    "help": "toy" in said(command, "--help"),
    "known": "toy" in said(command, "--format", "nothing", path, *frame),
}))
"""


@pytest.mark.parametrize(
    ("command", "frame_number", "starts"),
    [
        ("report", [], "flow 0: 0 findings"),
        ("packets", [], "12 fields of "),
        ("explain", ["7"], "frame 7 of flow 0\n"),
    ],
)
def test_an_output_format(
    tree: CopiedTree, command: str, frame_number: list[str], starts: str
) -> None:
    tree.add_file("report/toy.py", WRITERS[command])
    tree.add_after(
        "report/output_formats.py", f"{TABLES[command]}: Final = (",
        '    OutputFormat("toy", "tcptui.report.toy:TOY"),\n',
    )  # fmt: skip
    assert len(tree.touched) <= MOST_FILES
    said = tree.run(OUTPUT_VIEWS, command, LOSSY, *frame_number)
    assert said["written"].startswith(starts)
    assert (said["help"], said["known"]) == (True, True)


# An option

OPTION_ROW: Final = """\
    Option(("--toy",), OutputOptions, "toy", ("report",), "play with TOY", "TOY",
           completes=("ball", "kite")),
"""
OPTION_FIELD: Final = """\
        toy: str = "",
"""
OPTION_STORED: Final = """\
        self.toy = toy
"""
OPTION_VIEWS: Final = """
import json
from docs.pages.man_page import man_page
from tcptui.cli.completion import bash, fish, zsh
from tcptui.cli.help import help_of
from tcptui.cli.parser import parse
from tcptui.cli.request import UsageError

try:
    parse(["packets", "F", "--toy", "kite"])
except UsageError as error:
    refused = str(error)
print(json.dumps({
    "parsed": parse(["report", "F", "--to", "kite"]).output.toy,
    "refused": refused,
    "help": "--toy TOY" in help_of("report"),
    "help of others": "--toy" in help_of("packets"),
    "man": "play with TOY" in man_page(),
    "bash": any("report:--toy) COMPREPLY=($(compgen -W $'ball" in line for line in bash()),
    "zsh": "            '*--toy=[play with TOY]:TOY:(ball kite)'" in list(zsh()),
    "fish": any("-l toy -x -a 'ball kite'" in line for line in fish()),
}))
"""


def test_an_option(tree: CopiedTree) -> None:
    tree.add_after("cli/options.py", "OPTIONS: Final = (", OPTION_ROW)
    tree.add_after("cli/request.py", "        time_format: int = 0,", OPTION_FIELD)
    tree.add_after("cli/request.py", "        self.ascii = ascii", OPTION_STORED)
    assert len(tree.touched) <= MOST_FILES
    assert tree.run(OPTION_VIEWS) == {
        "parsed": "kite",
        "refused": "packets takes no --toy, which belongs to report; "
        "`tcptui packets --help` lists what it takes",
        "help": True,
        "help of others": False,
        "man": True,
        "bash": True,
        "zsh": True,
        "fish": True,
    }
