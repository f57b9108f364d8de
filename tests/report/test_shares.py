"""A big capture's report comes from several processes, and says what a single one says."""

import gzip
import io
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pytest
from librt.vecs import vec
from mypy_extensions import i32

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.capture import decompressing, input
from tcptui.capture.errors import CaptureError
from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.report import shares
from tcptui.report.grouping import Grouping
from tcptui.report.processes import PipeEnds, shares_of, write_texts
from tcptui.report.report import Contents, print_report
from tcptui.report.summaries import Summary, send_summary
from tcptui.report.worst_severity import WorstSeverity
from tests.engine.fuzz_traffic import mixture
from tests.engine.headers import ethernet, ip, tcp
from tests.waiting import children

ALL_FLOWS = Contents(WIRESHARK_4_0)

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.pcapng"))


TWO = ALL_FLOWS._replace(jobs=2)
ALONE = ALL_FLOWS._replace(jobs=1)


def printed(
    paths: Sequence[Path],
    form: str = "json",
    contents: Contents = TWO,
    smallest_share: int = 0,
) -> tuple[bytes, list[str], Engine]:
    """The report, the source's warnings, and the engine that has seen all packets."""
    names = [str(path) for path in paths]
    source = open_source(names, seekable=False)
    out = io.BytesIO()
    try:
        engine = print_report(source, out, names, form, "interpreted", contents, smallest_share)
    finally:
        source.close()
    return out.getvalue(), source.warnings, engine


def printed_alone(paths: Sequence[Path], form: str = "json") -> tuple[bytes, list[str], Engine]:
    return printed(paths, form, ALONE)


def fuzzed(seed: int) -> list[Record]:
    """Every rule's threshold, ports used again, steps back in time."""
    return [Record(packet.time, frame(packet)) for packet in mixture(seed, 2_500)]


def icmp_errors() -> list[Record]:
    """Errors for segments that passed here, before them and after, and for others."""
    records = []
    for n in range(60):
        inner = ip(tcp(source=1000 + n % 40))
        error = ip(bytes([3, 1]) + bytes(6) + inner, protocol=1)
        records.append(Record(n, ethernet(error if n % 3 else inner)))
    return records


@pytest.fixture
def captures(tmp_path: Path) -> dict[str, list[Path]]:
    def written(name: str, records: Iterable[Record]) -> Path:
        path = tmp_path / name
        path.write_bytes(pcap(records))
        return path

    fuzz = written("fuzz.pcap", fuzzed(1))
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(fuzz.read_bytes()[:-5])
    icmp = written("icmp.pcap", icmp_errors())
    return {
        "samples": SAMPLES,
        "fuzz": [fuzz],
        "several": [fuzz, written("more.pcap", fuzzed(2)), icmp],
        "cut": [cut],
        "icmp": [icmp],
        "nothing": [written("empty.pcap", [])],
    }


def compressed(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.parametrize("name", ["fuzz", "several", "cut", "nothing"])
def test_compressed_captures(
    captures: dict[str, list[Path]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    jobs: int,
    apart: bool,
) -> None:
    """Another process decompresses for all; small files are decompressed by each."""
    monkeypatch.setattr(input, "WORTH_A_PROCESS", 0 if apart else 1 << 20)
    monkeypatch.setattr(decompressing, "LEAST_BLOCK", 1 << 13)
    before = children()
    packed = [compressed(path) for path in captures[name]]
    said, warnings, engine = printed(packed, contents=ALL_FLOWS._replace(jobs=jobs))
    alone, warnings_alone, _ = printed_alone(packed)
    assert engine.share
    assert said == alone
    assert warnings == warnings_alone
    assert children() == before


@pytest.mark.parametrize(
    ("form", "jobs"),
    [("json", 2), ("json", 3), ("json", 8), ("csv", 2), ("jsonl", 3), ("conn.log", 2)],
)
@pytest.mark.parametrize("name", ["samples", "fuzz", "several", "cut", "icmp", "nothing"])
def test_it_says_the_same(captures: dict[str, list[Path]], name: str, form: str, jobs: int) -> None:
    said, warnings, engine = printed(captures[name], form, ALL_FLOWS._replace(jobs=jobs))
    alone, warnings_alone, engine_alone = printed_alone(captures[name], form)
    assert engine.share
    assert not engine_alone.share
    assert said == alone
    assert warnings == warnings_alone
    assert (engine.frames, engine.segments) == (engine_alone.frames, engine_alone.segments)


def test_without_findings(captures: dict[str, list[Path]]) -> None:
    said, _, engine = printed(captures["fuzz"], contents=TWO._replace(findings=False))
    assert engine.share
    assert said.count(b'"findings": [], "timer"') == said.count(b'{"index"') > 0


@pytest.mark.parametrize("form", ["json", "csv", "conn.log"])
def test_the_worst_severity_is_that_of_both(captures: dict[str, list[Path]], form: str) -> None:
    shared, alone = WorstSeverity(), WorstSeverity()
    plain = printed(captures["fuzz"], form)[0]
    assert printed(captures["fuzz"], form, TWO._replace(worst=shared))[0] == plain
    capture = printed(captures["fuzz"], form, ALONE._replace(worst=alone))[0]
    assert capture == plain
    assert shared.rank == alone.rank > 0


@pytest.mark.parametrize("by", ["pair", "interface"])
def test_groups_are_those_of_both(captures: dict[str, list[Path]], by: str) -> None:
    grouping = Grouping(by)
    shared, _, engine = printed(captures["several"], "json", TWO._replace(grouping=grouping))
    alone, _, engine_alone = printed(captures["several"], "json", ALONE._replace(grouping=grouping))
    assert (engine.share is None, engine_alone.share is None) == (False, True)
    assert shared == alone
    assert shared.count(b'{"key": ') > (by == "pair")


def joins(tokens: Sequence[bytes]) -> Iterator[Record]:
    """SYNs of Multipath TCP subflows from as many ports, each joining a connection (RFC 8684)."""
    for n, token in enumerate(tokens):
        script = f"flow A 10.0.0.1:{1000 + n} B 10.0.0.2:80\n1 {n} A S 0 0 64000 0"
        (packet,) = parse_script(script).packets
        packet = replace(packet, options=bytes([30, 12, 0x10, 1]) + token + bytes(4))
        yield Record(packet.time, frame(packet))


@pytest.mark.parametrize(
    ("tokens", "independent"),
    [([bytes(4)] * 20, False), ([bytes([n] * 4) for n in range(20)], True)],
    ids=["of one connection", "of many"],
)
def test_subflows_of_one_connection_are_not_divided(
    tmp_path: Path, tokens: list[bytes], independent: bool
) -> None:
    path = tmp_path / "mptcp.pcap"
    path.write_bytes(pcap(joins(tokens)))
    said, _, engine = printed([path])
    assert said == printed_alone([path])[0]
    assert (engine.share is not None) is independent


# Another process is ended


def end_this_process(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def end_in_a_text(texts: Iterator[bytes], out: BinaryIO) -> None:
    write_texts(islice(texts, 2), out)
    out.write((100).to_bytes(8) + b"20 bytes of a message")
    out.flush()
    end_this_process()


def bring_another_capture(_work: object, _number: int, ends: PipeEnds) -> None:
    summary = Summary(7, vec[i32]([1]), [], [], [], [], b"", False, False, [0, 0, 0])
    send_summary(summary, ends.outgoing)


@pytest.mark.parametrize(
    ("what", "instead", "shared"),
    [
        ("do_share", end_this_process, False),
        ("do_share", bring_another_capture, False),
        ("write_texts", end_this_process, True),
        ("write_texts", end_in_a_text, True),
    ],
)
@pytest.mark.parametrize("jobs", [2, 3])
def test_what_it_does_not_bring_is_made_here(
    captures: dict[str, list[Path]],
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    instead: Callable[..., None],
    shared: bool,
    jobs: int,
) -> None:
    monkeypatch.setattr(shares, what, instead)
    said, _, engine = printed(captures["fuzz"], contents=ALL_FLOWS._replace(jobs=jobs))
    assert said == printed_alone(captures["fuzz"])[0]
    assert (engine.share is not None) is shared


class Closed(io.BytesIO):
    """A pipe that nobody reads any more."""

    def write(self, _: object) -> int:
        raise BrokenPipeError


def test_they_do_not_outlive_the_first(captures: dict[str, list[Path]], tmp_path: Path) -> None:
    before = children()
    source = open_source([str(captures["fuzz"][0])], seekable=False)
    three = ALL_FLOWS._replace(jobs=3)
    with pytest.raises(BrokenPipeError):
        print_report(source, Closed(), [], "json", "interpreted", three, smallest_share=0)
    source.close()
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(pcap([]) + b"\xff" * 100)
    with pytest.raises(CaptureError):
        printed([damaged])
    assert children() == before


# When


def test_only_files_that_are_read_once_are_shared(
    captures: dict[str, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (plain,) = captures["fuzz"]
    packed = compressed(plain)

    def shares(
        paths: list[Path], jobs: int | None, seekable: bool = False, follow: bool = False
    ) -> int:
        source = open_source([str(path) for path in paths], seekable=seekable, follow=follow)
        found = shares_of(source, jobs, 0)
        source.close()
        return found

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    assert [shares([plain], jobs) for jobs in (3, None)] == [3, 4]
    assert [shares([packed], jobs) for jobs in (3, None)] == [3, 3]  # one decompresses
    assert [shares([plain, packed], jobs) for jobs in (3, None)] == [3, 3]
    assert shares([packed], 3, seekable=True) == 1  # its bytes go to one spool file
    assert shares([plain], 3, follow=True) == 1


def test_small_captures_are_not(captures: dict[str, list[Path]]) -> None:
    size = captures["fuzz"][0].stat().st_size
    assert printed(captures["fuzz"], smallest_share=size // 2)[2].share
    assert not printed(captures["fuzz"], smallest_share=size // 2 + 1)[2].share
