"""Controls a live capture for the program that shows it: start, stop, another filter, figures."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import tcptui
from tcptui.capture.errors import CaptureError
from tcptui.capture.live import privileges
from tcptui.capture.live.capture_filter import WrongExpression
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.live_source import LivePosition, LiveSource
from tcptui.capture.live.permissions import advice
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.live.remote import Remote
from tcptui.capture.live.remote_address import is_remote
from tcptui.capture.live.stderr_lines import StderrLines
from tcptui.capture.source import NamedFlows, RetentionLimits
from tcptui.engine.flow import Flow
from tcptui.engine.names.owner import SERVER

if TYPE_CHECKING:
    from tcptui.capture.live.owners.asking import Owners
    from tcptui.capture.live.owners.kernel_view import KernelEnd

PROCESS: Final = "tcptui.capture.live.process"
LOOPBACK: Final = "lo"
"""Only flows of this network namespace with itself are seen there."""
GONE: Final = {"kind": "gone"}
RESTART_SECONDS: Final = 5.0
PATIENCE: Final = 5.0
"""Seconds that the process gets to write what it has, before it is killed."""
GRACE: Final = 0.3
"""Seconds to wait for the interrupt that ended ssh or its like to reach this program too."""


class CaptureState(StrEnum):
    """The stages of a capture."""

    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True)
class Figures:
    """Counts how a capture stands since its start: numbers of packets, sizes in bytes."""

    packets: int = 0
    """Captured and written."""
    unwritten: int = 0
    """Captured, but there was no room to write them."""
    received: int = 0
    """Admitted by the filter, by the kernel's count."""
    dropped: int = 0
    """Dropped by the kernel because its buffer was full; -B makes it larger."""
    interface_dropped: int = 0
    """Dropped by the interface or its driver."""
    size: int = 0
    """Size of the file being written."""


class LiveCapture:
    """Runs the capture process and reads what it writes.

    `source` has the packets, for a session; `state`, `figures`, `error` (why it ended by
    itself, one line, else empty), `notes` (what to know from the start, one line each) and `words`
    (what a remote host said on stderr, its first and last lines) may be read at any time.
    Privileges that sudo gave are gone after `start`, whatever comes of it.
    """

    def __init__(
        self, options: LiveOptions, readable: Collection[int] = (), names_owners: bool = False
    ) -> None:
        """readable: link types (LINKTYPE_) without which there is no use in a capture; empty for
        any. names_owners: whether flows get the names of their processes."""
        self.options = options.changed(readable=sorted(readable))
        self.state = CaptureState.RUNNING
        self.figures = Figures()
        self.earlier = 0  # packets of the filters before
        self.error = ""
        self.notes: list[str] = []
        self.words: list[str] = []
        self.link_types: list[int] = []
        keep = RetentionLimits(0, options.keep_packets, options.keep_flows)
        self.source = LiveSource(", ".join(options.interfaces), keep=keep)
        self.owners: Owners | None = None
        self._names_owners = names_owners and not is_remote(options.interfaces[0])
        self._process: subprocess.Popen[bytes] | None = None
        self._process_words: StderrLines | None = None
        self._asked = threading.Event()  # to end
        self._remote: Remote | None = None
        self._listener = threading.Thread(
            target=self._listen_to_process, name="capture", daemon=True
        )
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._file: tuple[int, str] = 0, ""
        self._spools: list[str] = []

    @property
    def packets(self) -> int:
        """Packets captured so far, whether or not they have been read yet."""
        return max(self.figures.packets, self.earlier + self.source.packets)

    @property
    def owners_told(self) -> str:
        """What to know before trusting the processes of flows; empty where nothing is missing."""
        if self.owners is None:
            return "processes: unknown" if self._names_owners else ""
        return self.owners.told()

    def kernel_ends(self, named: NamedFlows, flow: Flow) -> "list[KernelEnd]":
        """Return what the kernel says of a flow's sockets on this host, while the capture runs."""
        if self.owners is None or self.state is not CaptureState.RUNNING:
            return []
        from tcptui.capture.live.owners.kernel_view import kernel_ends

        owner = named.owner_of(flow)
        own = None if owner is None or owner.namespace else owner.side == SERVER
        return list(kernel_ends(self.owners.kernel, flow, own))

    def start(self) -> None:
        """Open the interfaces and begin; raises CaptureError or WrongExpression, which say why it
        cannot."""
        try:
            self._start_process()
            self._send_line(self.options.to_json())
            self._await_ready()
        except Refusal as refusal:
            self.close()
            raise self._error_of(refusal) from None
        except BaseException:
            self.close()
            raise
        self._listener.start()

    def _start_process(self) -> None:
        url = self.options.interfaces[0]
        if is_remote(url):
            privileges.drop_privileges(self.options.user)
            self._remote = Remote(url, self.options, self.words.append)
            stream = self._remote.output
            self._process = start_process(str(stream), pass_fds=(stream,))
        else:
            self._process = start_process()
            self._start_owners()
            privileges.drop_privileges(self.options.user)
        assert self._process.stderr
        self._process_words = StderrLines(self._process.stderr)

    def _start_owners(self) -> None:
        """Start the process that knows the processes of flows, where it can be."""
        if self._names_owners and sys.platform == "linux":
            from tcptui.capture.live.owners.asking import Owners

            with suppress(OSError):
                sees_namespaces = set(self.options.interfaces) != {LOOPBACK}
                self.owners = self.source.owners = Owners(self.options.user, sees_namespaces)

    def _await_ready(self) -> None:
        """Wait until the capture has begun."""
        for message in self._messages():
            kind = message.pop("kind")
            if kind == "file":
                self._note_file(message)
            elif kind == "ready":
                self.link_types = message["link_types"]
                self.notes += message["notes"]
                return
            else:
                raise Refusal(Reason(message["reason"]), message["text"], message["column"])
        raise CaptureError(self._why_dead(), self.source.name, "try again")

    def end(self) -> None:
        """Ask the process to end; `state` tells when it has."""
        self._asked.set()
        with suppress(OSError):
            if self._process and self._process.stdin:
                self._process.stdin.close()

    def stop(self) -> None:
        """End the capture and wait until all is written; what was captured stays readable."""
        self.end()
        if self._listener.ident:
            self._listener.join(PATIENCE)
        if self._process:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()
        if self._remote:
            self._remote.close()

    def change_filter(self, expression: str) -> LiveSource:
        """Go on with another filter; return the source of the packets from there on.

        WrongExpression leaves the capture as it is; raises CaptureError where it has ended.
        """
        answer = self._ask_process({"filter": expression})
        if answer["kind"] == "refused":
            raise WrongExpression(answer["text"], answer["column"])
        self.options = self.options.changed(expression=expression)
        return self.source

    def freeze_spool(self, frozen: bool) -> None:
        """Keep every packet from now on, or let the oldest leave the rolling spool again."""
        self.source.frozen = frozen
        self._send_line(json.dumps({"freeze": frozen}))

    def close(self) -> None:
        """Stop, and delete the spool; files that were named with -w stay."""
        self.stop()
        self.source.cut_half_record()
        self.source.close()
        if self.owners is not None:
            self.owners.close()
        for path in self._spools:
            Path(path).unlink(missing_ok=True)

    # -- the process -----------------------------------------------------------------------------

    def _send_line(self, line: str) -> None:
        try:
            assert self._process
            assert self._process.stdin
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            return  # it has ended: the listener says why

    def _ask_process(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send a command and wait for its answer. Raises CaptureError."""
        self._send_line(json.dumps(command))
        try:
            answer = self._answers.get(timeout=RESTART_SECONDS)
        except queue.Empty:
            answer = GONE
        if answer == GONE:
            raise CaptureError("the capture has ended", self.source.name, "start it again")
        return answer

    def _listen_to_process(self) -> None:
        """Take in what the process says, until it ends."""
        ended, cut = False, None
        for message in self._messages():
            match message.pop("kind"):
                case "file":
                    self._note_file(message)
                case "figures":
                    self._note_figures(message)
                case "note":
                    self.source.add_note(message["text"])
                case "end":
                    ended = True
                    self.error, cut = message["error"], message["cut"]
                case kind:
                    self._note_answer(kind, message)
        if not ended:
            self.error = self._why_dead()
        if cut is not None:
            self.error = self.error or self._early_end(cut)
        if self._remote:
            self._remote.close()
        self.state = CaptureState.ENDED
        self._answers.put(GONE)
        self.source.note_end(self.error)

    def _messages(self) -> Iterator[dict[str, Any]]:
        """Yield the messages of the process until it ends; half a line of a killed process is
        dropped."""
        assert self._process
        assert self._process.stdout
        for line in self._process.stdout:
            if line.endswith(b"\n"):
                yield json.loads(line)

    def _early_end(self, cut: str) -> str:
        """Return why a stream ended by itself; empty if the end was asked for, or is regular."""
        failure = self._remote.failure() if self._remote else ""
        why = "; ".join(filter(None, (failure, cut and f"{cut} are left out")))
        if not why or self._asked.wait(GRACE):
            return ""
        return f"{self.source.name}: the stream ended: {why}"

    def _note_file(self, message: dict[str, Any]) -> None:
        self._file = message["number"], message["path"]
        if self.options.write is None:
            self._spools.append(message["path"])
        self.source.add_file(*self._file)

    def _note_figures(self, message: dict[str, Any]) -> None:
        oldest = message.pop("oldest")
        self.figures = Figures(**message)
        self.source.note_growth(self.figures.dropped, oldest, self.figures.size)

    def _note_answer(self, kind: str, message: dict[str, Any]) -> None:
        if kind == "restarted":
            before, number, path = self.source, *self._file
            self.earlier = message.pop("packets")
            self.source = LiveSource(
                before.name, LivePosition(number, path, **message), before.keep
            )
            self.source.frozen = before.frozen
            self.source.owners = self.owners
            before.note_end(size=message["offset"])
        self._answers.put({"kind": kind} | message)

    def _error_of(self, refusal: Refusal) -> Exception:
        if refusal.reason is Reason.EXPRESSION:
            return WrongExpression(str(refusal), refusal.column)
        if self._remote and refusal.reason not in (Reason.OUTPUT, Reason.LINK_TYPE):
            what = str(refusal).removeprefix(f"{self.source.name}: ")
            return self._remote.refusal(self.source.name, what)
        where, _, what = str(refusal).partition(": ")
        return CaptureError(what, where, advice(refusal.reason, self.options))

    def _why_dead(self) -> str:
        """Return why a process ended that did not say why."""
        assert self._process
        assert self._process_words
        code = self._process.wait()
        self._process_words.wait(PATIENCE)
        if code < 0:
            return f"the capture process was killed (signal {-code})"
        return f"the capture process ended ({self._process_words.last or f'exit code {code}'})"


def start_process(*arguments: str, pass_fds: tuple[int, ...] = ()) -> "subprocess.Popen[bytes]":
    """Start the capture process, out of reach of the terminal's signals."""
    root = str(Path(tcptui.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-P", "-m", PROCESS, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
        pass_fds=pass_fds,
        start_new_session=True,
    )
