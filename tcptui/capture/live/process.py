"""The capture process: the one that opens interfaces, and all that ever runs with privileges.

`python -m tcptui.capture.live.process [FD]`: options come as the first line of standard input,
commands as later lines, and its end ends the capture; lines of JSON go to standard output. FD is
a capture that another program writes. Privileges are given up once the interfaces are open.
"""

import json
import os
import select
import signal
import sys
import time
from typing import Any, Final

from tcptui.capture.live import pcapng_blocks, privileges
from tcptui.capture.live.lane import file_header, is_pcapng, lane
from tcptui.capture.live.libpcap import Missing
from tcptui.capture.live.options import LiveOptions
from tcptui.capture.live.output import DiskFull, Output
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.live.report import Report
from tcptui.capture.live.tap import RETIRE_MS, LibpcapTap, StreamTap, Tap

FLUSH_SECONDS: Final = 0.05
"""What a kill takes at most, beside what the kernel has not handed over."""
FLUSH_BYTES: Final = 1 << 20
FIGURES_SECONDS: Final = 0.5
"""Between two looks at the kernel's counters while nothing comes."""


class Capture:
    """Taps in, files out."""

    def __init__(self, options: LiveOptions, taps: list[Tap], report: Report) -> None:
        self.options = options
        self.taps = taps
        self.report = report
        self.lane = lane(options, taps)
        self.output = Output(options, file_header(options, taps), self.announce)
        self.packets = 0
        self.deadline: float | None = None  # when a capture that was stopped ends
        self._flushed = 0.0
        self._shown: dict[str, Any] = {}
        self._commands = b""

    def announce(self, number: int, path: str) -> None:
        """A file has begun."""
        self.report.tell("file", number=number, path=path)

    def run(self) -> str:
        """Capture to the end; why it ended, empty for an end that was asked for."""
        taps = [tap.fd for tap in self.taps]
        try:
            while not self.is_over():
                inputs = taps if self.deadline is not None else [0, *taps]
                ready, _, _ = select.select(inputs, [], [], self.patience())
                if 0 in ready:
                    self.obey()
                self.take()
                self.write(False)
            self.write(True)
            return next((tap.error for tap in self.taps if tap.error), "")
        except DiskFull as full:
            return f"{self.options.write or 'the spool'}: {full.args[1]}"
        finally:
            self.show()

    def is_over(self) -> bool:
        """Whether nothing more is to be captured."""
        if self.deadline is not None and time.monotonic() >= self.deadline:
            return True
        enough = self.options.count and self.packets >= self.options.count
        return bool(
            enough or self.output.ended or self.report.gone or any(t.ended for t in self.taps)
        )

    def patience(self) -> float:
        """Seconds to wait for packets."""
        is_idle = len(self.taps) == 1 and not self.taps[0].buffered() and self.deadline is None
        if is_idle:
            return FIGURES_SECONDS
        return max(0.0, self._flushed + FLUSH_SECONDS - time.monotonic())

    def take(self) -> None:
        """One batch of each interface."""
        for tap in self.taps:
            limit = self.options.count - self.packets if self.options.count else sys.maxsize
            if limit > 0:
                self.packets += tap.take(limit)

    def write(self, final: bool) -> None:
        """Write what was taken, if it is time to."""
        now = time.monotonic()
        size = sum(tap.buffered() for tap in self.taps)
        if not final and size < FLUSH_BYTES and now - self._flushed < FLUSH_SECONDS:
            return
        self._flushed = now
        self.output.write(self.lane.records(final))
        if final and is_pcapng(self.options, self.taps):
            for tap in self.taps:
                tap.count()
            self.output.write(pcapng_blocks.statistics(self.taps, time.time_ns()))
        self.show()

    def show(self) -> None:
        """Tell how things stand, if that has changed."""
        for tap in self.taps:
            tap.count()
        figures = {
            "packets": self.packets,
            "received": sum(tap.received for tap in self.taps),
            "dropped": sum(tap.dropped for tap in self.taps),
            "interface_dropped": sum(tap.interface_dropped for tap in self.taps),
            "size": self.output.size,
            "oldest": self.output.oldest,
        }
        if figures != self._shown and self.report.show(**figures):
            self._shown = figures

    # -- commands ------------------------------------------------------------------------------

    def obey(self) -> None:
        """Read the commands that came; their end ends the capture."""
        data = os.read(0, 1 << 16)
        if not data:
            self.stop()
        *lines, self._commands = (self._commands + data).split(b"\n")
        for line in lines:
            for name, value in json.loads(line).items():
                getattr(self, COMMANDS[name])(value)

    def stop(self) -> None:
        """End once the kernel has handed over what it holds."""
        if self.deadline is None:
            self.deadline = time.monotonic() + 2 * RETIRE_MS / 1000

    def freeze(self, frozen: bool) -> None:
        """Keep all packets from now on, or let the oldest go again."""
        self.output.frozen = frozen

    def restart(self, expression: str) -> None:
        """Admit other packets from here on, and say where in the files that is."""
        try:
            for tap in self.taps:
                tap.set_filter(expression)
        except Refusal as refusal:
            self.report.tell("refused", text=str(refusal), column=refusal.column)
            return
        self.output.write(self.lane.records(True))
        self.report.tell("restarted", header=len(self.output.header), offset=self.output.size)


COMMANDS: Final = {"freeze": "freeze", "filter": "restart"}
"""The method that obeys each command."""


def open_taps(options: LiveOptions, stream: int | None) -> list[Tap]:
    """Open the interfaces, then give privileges up. Refusal."""
    if stream is not None:
        privileges.drop()
        return [StreamTap(options.interfaces[0], stream)]
    taps: list[Tap] = [LibpcapTap(name, options) for name in options.interfaces]
    privileges.drop()
    for tap in taps:
        tap.set_filter(options.expression)
    return taps


def main(arguments: list[str]) -> None:
    """Capture as standard input says."""
    report = Report(1)
    stream = int(arguments[0]) if arguments else None
    options = LiveOptions.from_json(read_line())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        taps = open_taps(options, stream)
        capture = Capture(options, taps, report)
    except Refusal as refusal:
        report.tell("refusal", reason=refusal.reason, text=str(refusal), column=refusal.column)
        return
    except Missing as missing:
        report.tell("refusal", reason=Reason.OTHER, text=str(missing), column=0)
        return
    signal.signal(signal.SIGTERM, lambda *_: capture.stop())
    notes = [note for tap in taps for note in tap.notes]
    report.tell("ready", link_types=[tap.link_type for tap in taps], notes=notes)
    report.tell("end", error=capture.run())


def read_line() -> str:
    """The first line of standard input, and no byte more."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line.decode()


if __name__ == "__main__":
    main(sys.argv[1:])
