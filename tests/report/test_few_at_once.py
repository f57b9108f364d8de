"""A report of bounded memory says what any other one says, however it is divided."""

import io
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from tcptui.capture.errors import CaptureError
from tcptui.capture.source import open_source
from tcptui.engine.census import Census
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.filters.language import parse
from tcptui.report import few_at_once
from tcptui.report.grouping import Grouping
from tcptui.report.report import Contents, print_report
from tcptui.report.worst_severity import WorstSeverity
from tests.corpus.recording import captures as all_captures
from tests.engine.fuzz_traffic import mixture
from tests.report.test_shares import icmp_errors, joins
from tests.sampling import sample
from tests.waiting import children

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.pcapng"))
BOUNDED = Contents(WIRESHARK_4_6, low_memory=True, jobs=2)
FILTERS = (
    "tcp.stream in {1, 3, 4}",
    "tcp.stream == 2 && tcp.len > 0",
    "flow.findings",
    "frame.time_delta > 0.01",
    "tcp.analysis.flags",
    "flow.index > 5",
    "udp",
)


def fuzzed(seed: int) -> list[Record]:
    """Many short flows in which most rules fire."""
    return [Record(packet.time, frame(packet)) for packet in mixture(seed, 600)]


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Into how many shares captures are divided from now on; the test appends it."""
    chosen: list[int] = []
    monkeypatch.setattr(Census, "shares_of", lambda _census, _most: chosen[-1])
    return chosen


def printed(paths: Sequence[Path], form: str, contents: Contents) -> tuple[bytes, list[str], bool]:
    """The report, the warnings, and whether a census was taken."""
    names = [str(path) for path in paths]
    source = open_source(names, seekable=False)
    out = io.BytesIO()
    try:
        engine = print_report(source, out, names, form, "interpreted", contents)
    finally:
        source.close()
    return out.getvalue(), source.warnings, isinstance(engine.share, Census)


def printed_alone(paths: Sequence[Path], form: str, contents: Contents) -> tuple[bytes, list[str]]:
    return printed(paths, form, contents._replace(low_memory=False, jobs=1))[:2]


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("captures")

    def written(name: str, records: list[Record]) -> Path:
        path = folder / name
        path.write_bytes(pcap(records))
        return path

    fuzz = written("fuzz.pcap", fuzzed(1))
    return {
        "samples": SAMPLES,
        "fuzz": [fuzz],
        "several": [fuzz, written("more.pcap", fuzzed(2)), written("icmp.pcap", icmp_errors())],
        "nothing": [written("empty.pcap", [])],
    }


@pytest.mark.parametrize(
    ("form", "number", "jobs"),
    [("json", 2, 1), ("json", 16, 3), ("csv", 5, 2), ("md", 3, 2)],
)
@pytest.mark.parametrize("name", ["samples", "several", "nothing"])
def test_the_number_of_shares_changes_nothing(
    captures: dict[str, list[Path]],
    shares: list[int],
    name: str,
    form: str,
    number: int,
    jobs: int,
) -> None:
    shares.append(number)
    contents = BOUNDED._replace(jobs=jobs)
    said, warnings, is_counted = printed(captures[name], form, contents)
    assert is_counted
    assert (said, warnings) == printed_alone(captures[name], form, contents)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "conn.log", "md"])
@pytest.mark.parametrize("number", [3, 6])
def test_each_capture_says_the_same(shares: list[int], form: str, number: int) -> None:
    shares.append(number)
    contents = BOUNDED._replace(only=parse("tcp.len > 0", "4.6")) if number == 3 else BOUNDED
    different = [
        name
        for name, path in sample(list(all_captures().items()), 15)
        if bytes_or_refusal(path, form, contents)
        != bytes_or_refusal(path, form, contents._replace(low_memory=False, jobs=1))
    ]
    assert not different


def bytes_or_refusal(path: Path, form: str, contents: Contents) -> bytes | str:
    """The report, or why the file is refused."""
    try:
        return printed([path], form, contents)[0]
    except CaptureError as error:
        return str(error)


@pytest.mark.parametrize(
    ("name", "only"), [*(("several", only) for only in FILTERS), ("samples", FILTERS[0])]
)
def test_filters_select_the_same(
    captures: dict[str, list[Path]],
    shares: list[int],
    capsys: pytest.CaptureFixture[str],
    name: str,
    only: str,
) -> None:
    shares.append(4)
    contents = BOUNDED._replace(only=parse(only, "4.6"))
    said, _, is_counted = printed(captures[name], "json", contents)
    told = capsys.readouterr().err
    assert is_counted
    assert said == printed_alone(captures[name], "json", contents)[0]
    assert told == capsys.readouterr().err
    assert ("no segment matches" in told) is (b'"index": ' not in said)


@pytest.mark.parametrize("form", ["json", "csv", "md"])
@pytest.mark.parametrize("grouping", [Grouping("interface"), None])
def test_groups_and_the_worst_severity_are_the_same(
    captures: dict[str, list[Path]], shares: list[int], form: str, grouping: Grouping | None
) -> None:
    shares.append(4)
    bounded = BOUNDED._replace(grouping=grouping, worst=WorstSeverity())
    alone = bounded._replace(worst=WorstSeverity())
    said, _, is_counted = printed(captures["several"], form, bounded)
    assert is_counted
    assert said == printed_alone(captures["several"], form, alone)[0]
    ranks = [one.worst.rank for one in (bounded, alone) if one.worst]
    assert ranks == 2 * [max(ranks)] > [0]


def test_a_small_capture_is_analysed_as_ever(captures: dict[str, list[Path]]) -> None:
    said, _, is_counted = printed(captures["fuzz"], "json", BOUNDED)
    assert not is_counted
    assert said == printed_alone(captures["fuzz"], "json", BOUNDED)[0]


@pytest.mark.parametrize(
    ("form", "contents"),
    [("parquet", BOUNDED), ("json", BOUNDED._replace(evidence=True))],
)
def test_it_says_where_all_flows_are_held(
    captures: dict[str, list[Path]],
    shares: list[int],
    capsys: pytest.CaptureFixture[str],
    form: str,
    contents: Contents,
) -> None:
    shares.append(4)
    assert not printed(captures["nothing"], form, contents)[2]
    assert "--low-memory changes nothing here: " in capsys.readouterr().err


# What cannot be divided


def test_subflows_of_one_connection(tmp_path: Path, shares: list[int]) -> None:
    shares.append(4)
    path = tmp_path / "mptcp.pcap"
    path.write_bytes(pcap(joins([bytes(4)] * 20)))
    said, _, is_counted = printed([path], "json", BOUNDED)
    assert not is_counted
    assert said == printed_alone([path], "json", BOUNDED)[0]


def test_what_is_no_capture(tmp_path: Path, shares: list[int]) -> None:
    shares.append(4)
    before = children()
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(pcap([]) + b"\xff" * 100)
    with pytest.raises(CaptureError):
        printed([damaged], "json", BOUNDED)
    assert children() == before


# Another process is ended


def end_this_process(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(("what", "divided"), [("send_summary", False), ("write_message", True)])
def test_what_it_does_not_bring_is_made_here(
    captures: dict[str, list[Path]],
    shares: list[int],
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    divided: bool,
) -> None:
    shares.append(5)
    monkeypatch.setattr(few_at_once, what, end_this_process)
    before = children()
    said, _, is_counted = printed(captures["fuzz"], "json", BOUNDED)
    assert said == printed_alone(captures["fuzz"], "json", BOUNDED)[0]
    assert is_counted is divided
    assert children() == before
