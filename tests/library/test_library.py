"""`import tcptui` as a program uses it; what tables say is compared in tests/tables."""

import errno
import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any, BinaryIO

import pytest

import tcptui
from samples.capture_files import pcap
from tcptui.fields.reported import REPORTED
from tcptui.fields.schema import SCHEMA
from tcptui.library.facts import FindingFacts, SegmentFacts
from tcptui.library.flow import FlowFacts
from tests.cli.running import run

ROOT = Path(__file__).parents[2]
LOSSY = ROOT / "samples" / "web-loss.pcapng"
CLOSINGS = ROOT / "samples" / "closings.pcapng"
EVENTFUL = ROOT / "samples" / "openings.pcapng"
RULES = ("--rules", "4.6")
"""Those of the library, whatever the configuration says."""


def test_objects_say_what_the_json_says() -> None:
    told = json.loads(run("report", str(CLOSINGS), *RULES).stdout)
    rows = run("packets", str(CLOSINGS), "--format", "json", *RULES).stdout.splitlines()
    capture = tcptui.read(CLOSINGS)
    assert [flow.as_json() for flow in capture.flows] == told["flows"]
    assert [one.as_json() for one in capture.segments] == [json.loads(row) for row in rows]
    assert [(one.flow, one.kind, one.cost, one.text) for one in capture.findings] == [
        (flow["index"], one["kind"], one["cost"], one["text"])
        for flow in told["flows"]
        for one in flow["findings"]
    ]
    assert capture.facts == told["capture"]
    assert (capture.verdict, capture.warnings, capture.rules) == (
        told["capture"]["verdict"], told["capture"]["warnings"], "4.6",
    )  # fmt: skip


def test_what_is_explained_is_what_the_command_prints() -> None:
    capture = tcptui.read(LOSSY)
    text = run("explain", str(LOSSY), "196", *RULES).stdout.decode()
    data = json.loads(run("explain", str(LOSSY), "196", "--format", "json", *RULES).stdout)
    assert str(capture.explain(196)) + "\n" == text
    assert capture.explain(196).as_json() == [data]


def test_a_path_may_be_bytes() -> None:
    capture = tcptui.read(BytesPath(os.fsencode(LOSSY)))  # type: ignore[arg-type]
    assert capture.facts["files"] == [str(LOSSY)]


def test_members_of_objects_are_attributes() -> None:
    flow = tcptui.read(LOSSY).flow(0)
    assert flow.client.port == 52964
    assert flow.names.http_path == "/page.html"
    assert flow.names.sni is None
    assert flow.waited_in_vain is None
    assert flow.timer is not None
    assert flow.timer.name == "TIME-WAIT"
    assert "sentence" in dir(flow)
    with pytest.raises(AttributeError, match="FlowFacts has no 'sentense'"):
        getattr(flow, "sentense")  # noqa: B009 - a name that type checkers refuse


def test_a_name_that_python_keeps_has_an_underscore() -> None:
    waited = [flow.waited_in_vain for flow in tcptui.read(ROOT / "samples/openings.pcapng").flows]
    assert "connection" in {one.for_ for one in waited if one is not None}


def test_events_are_told_in_words() -> None:
    events = list(tcptui.read(EVENTFUL).events)
    assert [(one.flow, one.frame, one.kind, one.side, one.text) for one in events] == [
        (2, 8, "hang", "server", "no answer from the server"),
        (4, 17, "correction", "server", "the server was not in ESTABLISHED but in SYN-RECEIVED"),
    ]
    assert list(tcptui.read(EVENTFUL, filter="tcp.stream == 0").events) == []


def test_a_ladder_is_as_wide_as_asked() -> None:
    flow = tcptui.read(LOSSY).flow(1)
    for width, drawn in ((40, 40), (100, 100), (1, 40), (-7, 40), (300, 300), (1 << 40, 1000)):
        lines = flow.ladder(width).splitlines()
        assert len(lines[0]) == drawn
        assert max(map(len, lines)) <= drawn
    assert "Fast Retransmission" in flow.ladder()


# What is read


def no_name(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


SOURCES: list[tuple[str, Callable[[Path], Any]]] = [
    ("a text", str),
    ("a path", lambda path: path),
    ("an open file", lambda path: path.open("rb")),
    ("bytes in memory", lambda path: no_name(path.read_bytes())),
    ("packed bytes in memory", lambda path: no_name(gzip.compress(path.read_bytes()))),
]


@pytest.mark.parametrize("source", [made for _, made in SOURCES], ids=[name for name, _ in SOURCES])
def test_sources(source: Callable[[Path], Any]) -> None:
    told = source(LOSSY)
    capture = tcptui.read(told)
    assert len(list(capture.flows)) == 3
    assert len(list(capture.segments)) == 406
    assert capture.explain(196).as_json()[0]["timestamps"]  # which stand in the packet
    capture.close()
    if hasattr(told, "close"):
        told.close()


def test_several_are_one_in_the_order_of_time() -> None:
    both = tcptui.read(LOSSY, CLOSINGS)
    times = [one.time for one in both.segments]
    alone = [len(list(tcptui.read(one).segments)) for one in (LOSSY, CLOSINGS)]
    assert len(times) == sum(alone)
    assert times == sorted(times)


def test_a_filter_keeps_figures() -> None:
    capture = tcptui.read(LOSSY, filter="tcp.analysis.retransmission && tcp.stream == 1")
    assert {one.flow for one in capture.segments} == {1}
    assert [flow.as_json() for flow in capture.flows] == [tcptui.read(LOSSY).flow(1).as_json()]
    assert {finding.flow for finding in capture.findings} == {1}
    assert len(capture.facts["findings"]) == 2


def test_rules_and_progress() -> None:
    shares: list[float | None] = []
    assert tcptui.read(LOSSY, rules="4.0", progress=shares.append).rules == "4.0"
    assert shares[-1] == 1.0
    assert shares == sorted(shares, key=lambda share: share or 0)


def test_progress_can_end_the_reading() -> None:
    def stop(share: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tcptui.read(LOSSY, progress=stop)


def test_a_cut_capture_is_read_up_to_the_damage(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(LOSSY.read_bytes()[:-50])
    capture = tcptui.read(cut)
    assert len(list(capture.segments)) > 400
    assert len(capture.warnings) == 1
    (warning,) = tcptui.read(no_name(cut.read_bytes())).warnings
    assert warning.startswith("stream, byte ")


class BrokenDisk(io.BytesIO):
    """Plays a file on a disk that fails."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def closed_file(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        return file


class OnlyReads:
    """Gives what is no bytes: nothing yet, or bytes of another type."""

    def __init__(self, block: object) -> None:
        self.block = block

    def read(self, size: int) -> object:
        return self.block


@dataclass
class BytesPath:
    """A path whose name is bytes, as `os.scandir(b".")` gives."""

    name: bytes

    def __fspath__(self) -> bytes:
        return self.name


WRONG: list[tuple[str, Callable[[Path], object], str]] = [
    ("no file", lambda path: tcptui.read(path / "nothing"), "no such file or directory"),
    ("a folder", lambda path: tcptui.read(path), "is a directory"),
    ("no capture", lambda path: tcptui.read(ROOT / "README.md"), "this is not a capture"),
    ("nothing", lambda path: tcptui.read(io.BytesIO()), "stream: the file is empty"),
    ("a text", lambda path: tcptui.read(io.StringIO("x")), "open it in binary mode"),  # type: ignore[arg-type]
    ("nothing yet", lambda path: tcptui.read(OnlyReads(None)), "stream: it has no bytes yet"),  # type: ignore[arg-type]
    ("other bytes", lambda path: tcptui.read(OnlyReads(bytearray(b"x"))), "it gives bytearray"),  # type: ignore[arg-type]
    ("no bytes of others", lambda path: tcptui.read(OnlyReads(bytearray())), "it gives bytearray"),  # type: ignore[arg-type]
    ("a path of bytes", lambda path: tcptui.read(BytesPath(b"/no\xff")), "/no\\xff: no such file"),  # type: ignore[arg-type]
    ("stdin twice", lambda path: tcptui.read("-", LOSSY, "-"), "standard input: it cannot be read"),
    ("no source", lambda path: tcptui.read(None), "source of type NoneType: this is no file"),  # type: ignore[arg-type]
    ("a closed file", lambda path: tcptui.read(closed_file(LOSSY)), "read of closed file"),
    ("a broken disk", lambda path: tcptui.read(BrokenDisk()), "stream: Input/output error"),
    ("rules", lambda path: tcptui.read(LOSSY, rules="3.9"), "choose one of 4.0, 4.4, 4.6"),
    ("a filter", lambda path: tcptui.read(LOSSY, filter="tcp.sek == 1"), "tcp.sek"),
    ("a flow", lambda path: tcptui.read(LOSSY).flow(3), "there is no flow 3"),
    ("a flow below", lambda path: tcptui.read(LOSSY).flow(-1), "there is no flow -1"),
    ("a frame", lambda path: tcptui.read(LOSSY).explain(407), "frames 1 to 406"),
    ("a frame below", lambda path: tcptui.read(LOSSY).explain(-1), "frames 1 to 406"),
    ("a huge frame", lambda path: tcptui.read(LOSSY).explain(1 << 70), "frames 1 to 406"),
]


@pytest.mark.parametrize(
    ("call", "text"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_what_is_wrong_is_one_line(
    call: Callable[[Path], object], text: str, tmp_path: Path
) -> None:
    with pytest.raises(tcptui.CaptureError) as raised:
        call(tmp_path)
    said = str(raised.value)
    assert text in said
    assert gettempdir() + "/tcptui-" not in said
    assert "\n" not in said


def test_nothing_is_written_beside_the_answer(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(tcptui.read(LOSSY, filter="tcp.port == 9").flows) == []
    assert capfd.readouterr() == ("", "")


def test_a_closed_capture_still_tells_what_it_knows() -> None:
    with tcptui.read(LOSSY) as capture:
        pass
    assert len(list(capture.flows)) == 3
    assert capture.explain(196).as_json()[0]["timestamps"] is None


# What is offered


def test_types_name_the_members_of_the_schema() -> None:
    first = {row.path.partition(".")[0] for row in REPORTED.rows}
    assert set(FlowFacts.named()) == first
    for name, kind in FlowFacts.NESTED.items():
        if name in ("findings", "limits"):
            continue
        inner = {row.path.removeprefix(f"{name}.").partition(".")[0] for row in REPORTED.rows
                 if row.path.startswith(f"{name}.")}  # fmt: skip
        assert {one.removesuffix("_") for one in kind.named()} == inner
    assert set(SegmentFacts.named()) == {field.name for field in SCHEMA.default_columns}
    finding = next(iter(tcptui.read(LOSSY).findings))
    assert set(FindingFacts.named()) == set(finding.as_json())


def test_all_that_is_offered_is_there() -> None:
    assert set(tcptui.PLACES) | {"__version__"} == set(tcptui.__all__)
    assert [name for name in tcptui.__all__ if not hasattr(tcptui, name)] == []
    assert set(tcptui.__all__) <= set(dir(tcptui))
    with pytest.raises(AttributeError, match="tcptui has no 'open'"):
        getattr(tcptui, "open")  # noqa: B009 - a name that type checkers refuse


def loaded(program: str) -> set[str]:
    """The modules that are there after a program, beyond those of the interpreter."""
    before = "import sys; old = set(sys.modules); "
    after = "; print(*sorted(set(sys.modules) - old))"
    words = [sys.executable, "-c", before + program + after]
    return set(subprocess.run(words, cwd=ROOT, capture_output=True, check=True, text=True)
               .stdout.split())  # fmt: skip


def test_importing_it_loads_nothing_else() -> None:
    assert loaded("import tcptui") == {"tcptui"}


def test_reading_loads_no_screen_and_no_frames() -> None:
    program = f"import tcptui; tcptui.read({str(LOSSY)!r}).flow(0).ladder()"
    heavy = {"textual", "rich", "scapy", "pyarrow", "polars", "pandas", "numpy"}
    assert heavy & {name.split(".")[0] for name in loaded(program)} == set()


def test_without_pyarrow_a_table_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    capture = tcptui.read(LOSSY)
    said = r"the table of flows needs pyarrow: pip install 'tcptui\[data\]'"
    for ask in (capture.flows.to_arrow, capture.flows.__arrow_c_stream__):
        with pytest.raises(ImportError, match=said):
            ask()


def tables_of(capture: tcptui.Capture) -> list[tcptui.Table[Any]]:
    return [capture.segments, capture.flows, capture.findings, capture.events]


def test_a_capture_without_packets_has_empty_tables(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="tables need pyarrow: pip install '.[test]'")
    path = tmp_path / "empty.pcap"
    path.write_bytes(pcap([]))
    for table in tables_of(tcptui.read(path)):
        assert table.to_arrow().num_rows == 0


# Who takes the tables

TAKERS: dict[str, Callable[[Any, Any], int]] = {
    "polars": lambda polars, table: polars.DataFrame(table).height,
    "pandas": lambda pandas, table: len(pandas.DataFrame(table.to_pandas())),
    "duckdb": lambda duckdb, one: duckdb.sql("select count(*) from one").fetchall()[0][0],
    "pyarrow": lambda pyarrow, table: pyarrow.table(table).num_rows,
}  # fmt: skip


@pytest.mark.parametrize("package", TAKERS)
def test_tables_are_taken(package: str) -> None:
    pytest.importorskip("pyarrow", reason="tables need pyarrow: pip install '.[test]'")
    taker = pytest.importorskip(package, reason="pip install '.[test-others]'")
    capture = tcptui.read(EVENTFUL)
    for table in tables_of(capture):
        assert TAKERS[package](taker, table) == len(list(table))
    schema = capture.segments.__arrow_c_schema__()
    assert type(schema).__name__ == "PyCapsule"
