"""The session: reading and analysis in the background, with an engine that only takes notes."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from mypy_extensions import i64

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import ALL, open_source
from tcptui.engine.interface_names import InterfaceName
from tcptui.engine.records import Records
from tcptui.session import Session, SessionState, analyse
from tests.capture.builders import interface, packet, pcap, record, section, write
from tests.waiting import wait_until

SECOND = 10**9


class Notes:
    """An engine that writes down what it is told."""

    named_flows = None

    def __init__(self) -> None:
        self.link_types: list[int] = []
        self.packets: list[bytes] = []
        self.columns: list[tuple[int, int]] = []
        self.calls: list[int] = []
        self.ticks: list[int] = []
        self.finished = 0
        self.gate = threading.Event()
        self.gate.set()
        self.failing = False

    def name_hosts(self, hosts: dict[bytes, bytes]) -> None:
        pass

    def add_interface(self, link_type: int, name: InterfaceName) -> None:
        self.link_types.append(link_type)

    def feed(
        self,
        chunk: bytes,
        start: i64,
        stop: i64,
        records: Records,
    ) -> None:
        self.gate.wait(5)
        if self.failing:
            raise ZeroDivisionError
        self.calls.append(stop - start)
        for i in range(start, stop):
            assert records.interface[i] < len(self.link_types)
            at = records.offset[i]
            self.packets.append(chunk[at : at + records.captured[i]])
            self.columns.append((records.position[i], records.captured[i]))

    def tick(self, now: i64) -> None:
        self.ticks.append(now)

    def evict(self, position: i64, most_packets: i64, most_flows: i64) -> None:
        assert (position, most_packets, most_flows) == ALL

    def finish(self) -> None:
        self.finished += 1


def many(count: int) -> bytes:
    return pcap(*(record(n, 0, b"%d" % n) for n in range(count)))


def test_analyse_feeds_everything_once_and_finishes(tmp_path: Path) -> None:
    notes = Notes()
    source = open_source([write(tmp_path, "x", many(10_000))])
    calls = [len(notes.calls) for _ in analyse(source, notes)]
    source.close()
    assert notes.packets == [b"%d" % n for n in range(10_000)]
    assert (set(calls), notes.finished) == (set(range(1, len(notes.calls) + 1)), 1)


def test_interfaces_are_announced_in_order_before_their_first_packet(tmp_path: Path) -> None:
    notes = Notes()
    capture = [
        *(section(), interface(1), packet(1, b"a"), interface(101), packet(2, b"b", interface=1)),
        *(section(), interface(113), packet(3, b"c")),
    ]
    for _ in analyse(open_source([write(tmp_path, "x", capture)]), notes):
        pass
    assert notes.link_types == [1, 101, 113]


def test_analyse_tells_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="not a capture"):
        list(analyse(open_source([write(tmp_path, "x", b"hello")]), Notes()))


def test_a_file_loads_in_the_background(tmp_path: Path) -> None:
    notes = Notes()
    session = Session(open_source([write(tmp_path, "x", many(5000))]), notes)
    assert (session.state, session.revision) == (SessionState.LOADING, 0)
    session.start()
    wait_until(lambda: session.state is SessionState.COMPLETE)
    assert len(notes.packets) == 5000
    assert session.progress == 1.0
    assert session.revision > 1
    assert session.read_packet(*notes.columns[4321]) == b"4321"
    session.stop()
    assert notes.finished == 1


def test_errors_end_it_and_are_kept(tmp_path: Path) -> None:
    session = Session(open_source([write(tmp_path, "x", b"hello")]), Notes())
    session.start()
    wait_until(lambda: session.state is SessionState.FAILED)
    assert isinstance(session.error, CaptureError)
    session.stop()


def test_a_bug_in_the_engine_is_kept_too(tmp_path: Path) -> None:
    notes = Notes()
    notes.failing = True
    session = Session(open_source([write(tmp_path, "x", many(5))]), notes)
    session.start()
    wait_until(lambda: session.state is SessionState.FAILED)
    assert isinstance(session.error, ZeroDivisionError)
    session.stop()


@pytest.mark.parametrize("hurried", [False, True])
def test_a_polite_session_comes_to_the_end_too(tmp_path: Path, hurried: bool) -> None:
    notes = Notes()
    session = Session(open_source([write(tmp_path, "x", many(2000))]), notes)
    session.start(politely=True)
    if hurried:
        session.end_rests()
    wait_until(lambda: session.state is SessionState.COMPLETE)
    assert len(notes.packets) == 2000
    session.stop()


def test_pause_and_resume(tmp_path: Path) -> None:
    notes = Notes()
    session = Session(open_source([write(tmp_path, "x", many(20_000))]), notes)
    session.pause()
    session.start()
    time.sleep(0.05)
    assert (session.revision, session.paused, session.state) == (0, True, SessionState.LOADING)
    session.resume()
    wait_until(lambda: session.state is SessionState.COMPLETE)
    assert len(notes.packets) == 20_000
    session.stop()


def test_stop_keeps_what_was_analysed(tmp_path: Path) -> None:
    notes = Notes()
    notes.gate.clear()
    session = Session(open_source([write(tmp_path, "x", many(20_000))]), notes)
    session.start()
    wait_until(lambda: bool(notes.link_types))
    stopping = threading.Thread(target=session.stop)
    stopping.start()
    wait_until(session._stopped.is_set)
    notes.gate.set()
    stopping.join()
    assert 0 < len(notes.packets) < 20_000
    assert notes.finished == 1


def test_stop_before_start(tmp_path: Path) -> None:
    session = Session(open_source([write(tmp_path, "x", many(1))]), Notes())
    session.stop()
    with pytest.raises(CaptureError):
        session.read_packet(40, 1)


def test_reading_waits_for_the_engine(tmp_path: Path) -> None:
    notes = Notes()
    notes.gate.clear()
    capture = pcap(*[record(1, 0, bytes(250_000))] * 120)
    session = Session(open_source([write(tmp_path, "x", capture)]), notes)
    session.start()
    time.sleep(0.2)
    assert session.source.read_bytes < 8 << 20
    assert session.progress is not None
    assert session.progress < 0.5
    notes.gate.set()
    wait_until(lambda: session.state is SessionState.COMPLETE)
    session.stop()


def test_a_growing_file_ticks_in_the_time_of_its_packets(tmp_path: Path) -> None:
    notes = Notes()
    path = write(tmp_path, "x", many(3))
    session = Session(open_source([path], follow=True), notes)
    session.start()
    wait_until(lambda: len(notes.ticks) >= 2)
    assert session.state is SessionState.FOLLOWING
    assert 2 * SECOND <= notes.ticks[0] < notes.ticks[1] < 12 * SECOND
    with Path(path).open("ab") as file:
        file.write(record(1000, 0, b"late"))
    wait_until(lambda: notes.packets[-1] == b"late")
    wait_until(lambda: notes.ticks[-1] >= 1000 * SECOND)
    session.stop()
    assert (session.state, notes.finished) == (SessionState.COMPLETE, 1)


def test_it_imports_no_screen_and_no_dissector() -> None:
    code = "import sys, tcptui.session; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"textual", "scapy", "pyperclip", "asyncio", "backports", "lz4", "lzma"}


def test_a_followed_file_ends_where_it_is_and_stays_readable(tmp_path: Path) -> None:
    notes = Notes()
    source = open_source([write(tmp_path, "x", many(3))], follow=True)
    session = Session(source, notes)
    session.start()
    wait_until(lambda: session.state is SessionState.FOLLOWING)
    session.end_input()
    wait_until(lambda: not session.stoppable)
    assert (session.state, notes.finished) == (SessionState.COMPLETE, 1)
    assert session.read_packet(*notes.columns[2]) == b"2"
    session.stop()


def test_a_file_is_not_stopped(tmp_path: Path) -> None:
    session = Session(open_source([write(tmp_path, "x", many(3))]), Notes())
    assert not session.stoppable
    session.stop()
