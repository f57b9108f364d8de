"""A session reads and analyses one capture: threads, back-pressure, pause, stop and errors; no
screen.

The source reads ahead on a thread for each input; the session's own thread frames the records
and feeds the engine in slices so short that a screen on another thread stays responsive.
"""

import threading
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Protocol

from mypy_extensions import i64

from tcptui.capture.owner_comments import OwnerComments
from tcptui.capture.source import NamedFlows, Source
from tcptui.engine.interface_names import InterfaceName
from tcptui.engine.records import Records
from tcptui.shortage import require_room

SLICE_SECONDS = 0.004
"""Most time that one call of the compiled engine should take: it holds the interpreter's lock."""
FIRST_SLICE = 512
TICK_SECONDS = 0.25
POLITE_SECONDS = 0.05
"""How long a session that began behind the screen's first frame rests before each slice."""
LOOK_SECONDS = 0.01
"""How long the analysis goes on until it looks again whether there is memory: to fill so much as it
must leave takes longer."""
LEAST_SLICE = 64
"""Records; where captures are merged, a batch may have one."""
SHOWN_SECONDS = 1.0
"""How often a session without packets says that time goes on: timers are shown by the second."""


class PacketEngine(Protocol):
    """The engine that a session feeds; see tcptui.engine.engine.PacketEngine."""

    @property
    def named_flows(self) -> NamedFlows | None: ...

    def add_interface(self, link_type: int, name: InterfaceName) -> None: ...

    def name_hosts(self, hosts: dict[bytes, bytes]) -> None: ...

    def feed(
        self,
        chunk: bytes,
        start: i64,
        stop: i64,
        records: Records,
    ) -> None: ...

    def tick(self, now: i64) -> None: ...

    def evict(self, position: i64, most_packets: i64, most_flows: i64) -> None: ...

    def finish(self) -> None: ...


class Feeder:
    """Takes batches from a source and gives them to an engine, slice by slice."""

    def __init__(self, source: Source, engine: PacketEngine) -> None:
        self.source = source
        self.engine = engine
        self.last_time = 0  # ns, of the last record fed
        self._interfaces = 0
        self._hosts = 0  # names of addresses that the engine was told
        self._slice = FIRST_SLICE
        self._owner_comments = OwnerComments(source, engine.named_flows)
        self._unlooked = LEAST_SLICE  # records since the last look for memory and names
        self._next_look = 0.0  # for memory, by the clock

    def slices(
        self, timeout: float | None, wait: Callable[[], object] = lambda: None
    ) -> Iterator[None]:
        """Feed the next batch, pausing after each slice; feed nothing if none came in time.

        ``wait`` is called before each slice.
        """
        batch = self.source.next_batch(timeout)
        if batch is None:
            self.source.learn_owners(self.engine.named_flows)
            return
        for interface in self.source.interfaces[self._interfaces :]:
            self.engine.add_interface(interface.linktype, interface.in_engine())
            self._interfaces += 1
        chunk, records, start, end = batch
        while start < end:
            wait()
            if self._unlooked >= LEAST_SLICE:
                self._look_for_room()
                self._tell_hosts()
                self._unlooked = 0
            self.engine.evict(*self.source.limits)
            stop = min(start + self._slice, end)
            began = time.perf_counter()
            self.engine.feed(chunk, start, stop, records)
            self._adapt(time.perf_counter() - began, stop - start)
            self._unlooked += stop - start
            self.last_time = records.time[stop - 1]
            self._owner_comments.take_slice(records, start, stop)
            start = stop
            self.source.learn_owners(self.engine.named_flows)
            yield

    def _look_for_room(self) -> None:
        """Raise MemoryError while a little is left; the system takes a while to say so."""
        now = time.perf_counter()
        if now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            require_room()

    def _tell_hosts(self) -> None:
        """Tell the engine which names the files have of addresses, if there are new ones."""
        found = self.source.hosts
        number = sum(map(len, found))
        if number != self._hosts:
            self._hosts = number
            for hosts in found:
                self.engine.name_hosts(hosts)

    def _adapt(self, seconds: float, fed: int) -> None:
        """Choose the size of the next slice by how long the last one took."""
        fitting = int(fed * SLICE_SECONDS / max(seconds, 1e-6))
        self._slice = max(LEAST_SLICE, min(fitting, 2 * self._slice))


def analyse(source: Source, engine: PacketEngine) -> Iterator[None]:
    """Feed all of `source` to `engine`; it yields after each slice, for those who stream rows, and
    whenever it has waited in vain for the next packets.

    Raises CaptureError where not one packet can be read.
    """
    feeder = Feeder(source, engine)
    while not source.ended:
        yield from feeder.slices(TICK_SECONDS)
        yield
    source.learn_owners(engine.named_flows, last=True)
    engine.finish()


class SessionState(StrEnum):
    """The stages of a session."""

    LOADING = "loading"
    FOLLOWING = "following"
    COMPLETE = "complete"
    FAILED = "failed"


class Session:
    """A capture that loads, or is followed, in the background.

    Screens poll `revision` and read the engine's published rows when it has moved.
    """

    def __init__(self, source: Source, engine: PacketEngine) -> None:
        """Take a source, which may be live. Nothing is read before `start`."""
        self.source = source
        self.engine = engine
        self.revision = 0
        self.state = SessionState.LOADING
        self.error: Exception | None = None
        self._stopped = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._hurried = threading.Event()
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)

    @property
    def progress(self) -> float | None:
        """The part of the input that was read, 0 to 1; None for a stream."""
        if self.state is not SessionState.LOADING:
            return 1.0
        total = self.source.total_bytes
        if total is None:
            return None
        return min(self.source.read_bytes / total, 1.0) if total else 1.0

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    def start(self, *, politely: bool = False) -> None:
        """Begin to read; ``politely``: with long rests, until `end_rests` is called."""
        if not politely:
            self.end_rests()
        self._thread.start()

    def end_rests(self) -> None:
        """Stop pausing between slices: the first frame is on the screen."""
        self._hurried.set()

    def pause(self) -> None:
        """Stop analysing: nothing more is fed but the present slice; reading stops once its queue
        is full."""
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    @property
    def stoppable(self) -> bool:
        """Whether it reads something that goes on by itself: a stream, or a followed file."""
        return self.source.endless and self.state in (SessionState.LOADING, SessionState.FOLLOWING)

    def end_input(self) -> None:
        """Read no more; what came is analysed to its end, then the state is COMPLETE."""
        self.resume()
        self.source.stop()

    def stop(self) -> None:
        """End reading, close files and delete spool files. What was analysed stays."""
        self._stopped.set()
        self._running.set()
        self.end_rests()
        if self._thread.is_alive():
            self._thread.join()
        self.source.close()

    def read_packet(self, position: int, captured: int) -> bytes:
        """Return the bytes of a packet, by its columns; raises CaptureError where they are gone."""
        return self.source.read(position, captured)

    def _run(self) -> None:
        try:
            self._analyse()
            self.state = SessionState.COMPLETE
        except Exception as error:  # shown by the screen; a bug here must not end it
            self.error = error
            self.state = SessionState.FAILED
        self.revision += 1

    def _wait(self) -> None:
        """Wait until the next slice may be fed."""
        self._hurried.wait(POLITE_SECONDS)
        self._running.wait()

    def _analyse(self) -> None:
        feeder = Feeder(self.source, self.engine)
        came = shown = time.monotonic_ns()
        while not self._stopped.is_set() and not self.source.ended:
            fed = False
            for _ in feeder.slices(TICK_SECONDS, self._wait):
                fed = True
                self.revision += 1
                if self._stopped.is_set():
                    break
            if fed:
                came = shown = time.monotonic_ns()
            elif self.source.waiting and feeder.last_time and not self.paused:
                self.state = SessionState.FOLLOWING
                now = time.monotonic_ns()
                self.engine.tick(feeder.last_time + now - came)
                if now - shown >= SHOWN_SECONDS * 1e9:
                    shown = now
                    self.revision += 1
        self.source.learn_owners(self.engine.named_flows, last=not self._stopped.is_set())
        self.engine.finish()
        if self.source.endless:  # where it was left is its end
            self.source.stop()
        if self.source.ended or self.source.endless:
            self.source.complete()
