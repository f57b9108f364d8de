"""The rows of a big capture come from several processes, and are those of a single one."""

import io
import marshal
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from tcptui.capture import decompressing, input
from tcptui.capture.input import BlockSizes
from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.field import Field
from tcptui.fields.schema import SCHEMA
from tcptui.filters.language import parse
from tcptui.report import row_shares
from tcptui.report.default_rows import DEFAULT_FORM
from tcptui.report.packets import row_form
from tcptui.report.processes import PipeEnds, write_message
from tcptui.report.row_formats import JSON, TSV, RowFormat
from tcptui.report.row_shares import AnalysedPart, Told, told_parts
from tcptui.report.text_rows import RowForm, print_text_rows
from tests.engine.fuzz_traffic import mixture
from tests.engine.headers import netlink_log
from tests.report.test_shares import SAMPLES, Closed, compressed, icmp_errors
from tests.waiting import children

SMALL_BLOCKS = BlockSizes(1 << 12, 1 << 12)
OTHER_FRAMES = Told(7, [0, 0, 0], b"", False)

OF_ROWS = tuple(
    {field.name: field for field in SCHEMA.by_name.values() if field.is_of_rows}.values()
)

FILTERS = [
    "tcp.analysis.flags",
    "tcp.stream in {1 .. 7}",
    "frame.time_delta > 0.01 and tcp.len > 0",
    "ip.src == ip.dst or tcp.options.sack",
    "tcp.port == 1",
]


def printed(
    path: Path,
    jobs: int,
    rules: Rules = WIRESHARK_4_0,
    smallest_share: int = 0,
    form: RowForm = DEFAULT_FORM,
) -> tuple[bytes, list[str], Engine]:
    """The rows, the source's warnings, and the engine that has seen all packets."""
    source = open_source([str(path)], seekable=form.wanted is not None, blocks=SMALL_BLOCKS)
    out = io.BytesIO()
    try:
        engine = print_text_rows(source, out, rules, form, jobs, smallest_share)
    finally:
        source.close()
    return out.getvalue(), source.warnings, engine


def assert_same(
    path: Path, jobs: int, rules: Rules = WIRESHARK_4_0, form: RowForm = DEFAULT_FORM
) -> None:
    said, warnings, engine = printed(path, jobs, rules, form=form)
    alone, warnings_alone, engine_alone = printed(path, 1, rules, form=form)
    assert (engine.share is None, engine_alone.share is None) == (False, True)
    assert said == alone
    assert warnings == warnings_alone
    assert (engine.frames, engine.segments) == (engine_alone.frames, engine_alone.segments)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are so many parts that a process may be ahead of another one."""
    monkeypatch.setattr(row_shares, "PART", 50)


@pytest.fixture
def fuzz(tmp_path: Path) -> Path:
    path = tmp_path / "fuzz.pcap"
    path.write_bytes(pcap(Record(packet.time, frame(packet)) for packet in mixture(1, 2_500)))
    return path


@pytest.mark.parametrize("rules", [WIRESHARK_4_0, WIRESHARK_4_6], ids=["4.0", "4.6"])
@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_samples(path: Path, rules: Rules) -> None:
    assert_same(path, 2, rules)


@pytest.mark.parametrize("jobs", [2, 3, 8])
def test_random_traffic(fuzz: Path, jobs: int) -> None:
    assert_same(fuzz, jobs)


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("form", [DEFAULT_FORM, row_form(JSON, SCHEMA.default_columns)])
@pytest.mark.parametrize("jobs", [2, 3, 8])
def test_a_compressed_capture(
    fuzz: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, form: RowForm, apart: bool
) -> None:
    """Another process decompresses for all; a small file is decompressed by each."""
    monkeypatch.setattr(input, "WORTH_A_PROCESS", 0 if apart else 1 << 20)
    monkeypatch.setattr(decompressing, "LEAST_BLOCK", 1 << 12)
    before = children()
    assert_same(compressed(fuzz), jobs, form=form)
    assert children() == before


@pytest.mark.parametrize("cut", [5, 700])
def test_a_damaged_capture(fuzz: Path, cut: int) -> None:
    fuzz.write_bytes(fuzz.read_bytes()[:-cut])
    assert_same(fuzz, 2)


@pytest.mark.parametrize("records", [[], icmp_errors()], ids=["nothing", "quoted segments"])
def test_odd_captures(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "odd.pcap"
    path.write_bytes(pcap(records))
    assert_same(path, 2)


# Other columns, other formats, and filters


@pytest.mark.parametrize("form", [TSV, JSON], ids=["tsv", "json"])
@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_all_fields_of_rows(path: Path, form: RowFormat) -> None:
    assert_same(path, 2, WIRESHARK_4_6, row_form(form, OF_ROWS))


def test_all_fields_of_random_traffic(fuzz: Path) -> None:
    assert_same(fuzz, 3, form=row_form(TSV, OF_ROWS))


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("fields", [SCHEMA.default_columns, OF_ROWS[:9]], ids=["default", "fields"])
def test_selected_rows(
    fuzz: Path, wanted: str, fields: tuple[Field, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert_same(fuzz, 3, form=row_form(TSV, fields, parse(wanted)))
    none = "tcptui: no segment matches the display filter\n"
    assert capsys.readouterr().err == none * 2 * (wanted == "tcp.port == 1")


def test_segments_of_one_frame_are_selected_together(tmp_path: Path) -> None:
    """Where processes would have one each, one has them all from there on."""
    packets = mixture(1, 400)
    frames = [
        netlink_log([frame(one)[14:] for one in packets[i : i + 2]]) for i in range(0, 400, 2)
    ]
    path = tmp_path / "two-in-each.pcap"
    path.write_bytes(pcap([Record(i, data) for i, data in enumerate(frames)], linktype=253))
    form = row_form(TSV, OF_ROWS, parse("tcp.flags.syn == 1"))
    assert printed(path, 3, form=form)[:2] == printed(path, 1, form=form)[:2]


# Another process is ended


def end_this_process(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def bring_another_capture(*work: object) -> None:
    ends = work[-1]
    assert isinstance(ends, PipeEnds)
    write_message(marshal.dumps(tuple(OTHER_FRAMES)), ends.outgoing)


def end_after_some(parts: Iterable[AnalysedPart], out: BinaryIO) -> Iterator[AnalysedPart]:
    yield from islice(told_parts(parts, out), 20)
    end_this_process()


@pytest.mark.parametrize(
    ("where", "instead"),
    [
        ("tell_rows", end_this_process),
        ("tell_rows", bring_another_capture),
        ("told_parts", end_after_some),
    ],
)
@pytest.mark.parametrize("jobs", [2, 3])
def test_what_it_does_not_bring_is_made_here(
    fuzz: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    instead: Callable[..., object],
    jobs: int,
) -> None:
    alone = printed(fuzz, 1)
    monkeypatch.setattr(row_shares, where, instead)
    assert printed(fuzz, jobs)[:2] == alone[:2]


def test_a_table_that_is_full(fuzz: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = printed(fuzz, 1)
    monkeypatch.setattr(row_shares, "would_fit", lambda _used: False)
    assert printed(fuzz, 2)[:2] == alone[:2]


def test_pipes_with_little_room(fuzz: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = printed(fuzz, 1)
    monkeypatch.setattr(row_shares, "pipe_size", lambda _end: 1 << 16)
    monkeypatch.setattr(row_shares, "numbered_parts", end_this_process)
    assert printed(fuzz, 2)[:2] == alone[:2]


def test_they_do_not_outlive_the_first(fuzz: Path) -> None:
    before = children()
    source = open_source([str(fuzz)], seekable=False)
    with pytest.raises(BrokenPipeError):
        print_text_rows(source, Closed(), WIRESHARK_4_0, DEFAULT_FORM, 3, smallest_share=0)
    source.close()
    assert children() == before


def test_small_captures_are_not_shared(fuzz: Path) -> None:
    size = fuzz.stat().st_size
    assert printed(fuzz, 2, smallest_share=size // 2)[2].share
    assert not printed(fuzz, 2, smallest_share=size // 2 + 1)[2].share
