"""Runs the capture process: the one that opens interfaces, and all that ever runs with privileges.

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
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from tcptui.capture.live import pcapng_blocks, privileges
from tcptui.capture.live.lane import file_header, is_pcapng, lane
from tcptui.capture.live.libpcap import Missing, dlt_name
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.messages import ParentMessages
from tcptui.capture.live.output import DiskFull, Output
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.live.socket_tap import SocketTap
from tcptui.capture.live.stand_in import stand_ins
from tcptui.capture.live.stream_tap import StreamTap
from tcptui.capture.live.tap import FULL, RETIRE_MS, Data, LibpcapTap, Tap

REST_SECONDS: Final = 0.05
"""Between two looks at an interface that is not in a hurry: a packet of many costs half of what one
of few does. The kernel's buffer holds so much of 5 Gbit/s, and a kill takes no more, beside what
the kernel has not handed over."""
HURRY: Final = -10
"""Niceness of the capture, where it may be set: packets do not wait for the screen."""
SHOW_SECONDS: Final = 0.1
LAG_SECONDS: Final = 2.0
"""Seconds at its end to take what waits in the kernel's buffer."""
COUNT_SECONDS: Final = 0.5
"""Seconds between two looks at the kernel's counters."""


class CaptureProcess:
    """Takes packets from taps and writes them to files."""

    def __init__(self, options: LiveOptions, taps: Sequence[Tap], report: ParentMessages) -> None:
        self.options = options
        self.taps = taps
        self.report = report
        self.lane = lane(options, taps)
        self.output = Output(options, file_header(options, taps), self.announce_file)
        self.packets = 0  # taken
        self.deadline: float | None = None  # when a capture that was stopped ends
        self.lags = False  # more waits than was taken
        self._shown = self._counted = 0.0
        self._size = 0  # of the file when it was told last
        self._commands = b""

    def announce_file(self, number: int, path: str) -> None:
        """Tell the parent that a file has begun."""
        self.report.send_message("file", number=number, path=path)

    def run(self) -> str:
        """Capture to the end; return why it ended, or an empty text if the end was asked for."""
        taps = [tap.fd for tap in self.taps]
        try:
            while not self.is_over():
                self.wait_for_packets(taps, self.seconds_to_wait())
                self.take_packets()
                records = self.lane.records(False)
                self.lags = len(records) >= FULL
                self.write_records(records)
                self.send_news()
                if not self.lags and all(tap.buffers for tap in self.taps):
                    self.wait_for_packets([], REST_SECONDS)
            self.write_rest()
            return next((tap.error for tap in self.taps if tap.error), "")
        except DiskFull as full:
            self.output.leave_out(self.lane.records(True))
            return f"{self.options.write or 'the spool'}: {full.args[1]}"
        finally:
            self.count_drops()
            for tap in self.taps:
                tap.close()
            self.report.send_all()
            self.send_figures()

    @property
    def cut(self) -> str | None:
        """Return what is missing at a stream's end: empty for nothing, None if the capture ended
        otherwise."""
        if self.deadline is not None or self.has_enough():
            return None
        return next((tap.cut for tap in self.taps if tap.ended), None)

    def wait_for_packets(self, fds: list[int], seconds: float) -> None:
        """Wait for packets, or for commands, which are obeyed."""
        commands = [0] if self.deadline is None else []
        ready, _, _ = select.select(commands + fds, [], [], seconds)
        if 0 in ready:
            self.obey_commands()

    def is_over(self) -> bool:
        """Return whether nothing more is to be captured."""
        if self.deadline is not None and time.monotonic() >= self.deadline:
            return not self.lags or time.monotonic() >= self.deadline + LAG_SECONDS
        ended = self.output.ended or any(tap.ended for tap in self.taps)
        return ended or self.report.gone or self.has_enough()

    def has_enough(self) -> bool:
        """Return whether as many packets were taken as were asked for."""
        return 0 < self.options.count <= self.packets

    def seconds_to_wait(self) -> float:
        """Return how many seconds to wait for packets."""
        now = time.monotonic()
        until = self._counted + COUNT_SECONDS
        if self._size != self.output.size:
            until = min(until, self._shown + SHOW_SECONDS)
        if len(self.taps) > 1 or self.deadline is not None:
            until = min(until, now + REST_SECONDS)
        return max(0.0, until - now)

    def take_packets(self) -> None:
        """Take the packets that wait at each interface."""
        for tap in self.taps:
            limit = self.options.count - self.packets if self.options.count else sys.maxsize
            if limit > 0:
                self.packets += tap.take_packets(limit)

    def write_records(self, records: Data) -> None:
        """Append records to the file. Raises DiskFull."""
        if records:
            self.output.write_records(records)

    def write_rest(self) -> None:
        """Write what is left, and what was lost where the format can say so. Raises DiskFull."""
        self.write_records(self.lane.records(True))
        if is_pcapng(self.options, self.taps):
            self.count_drops()
            self.write_records(pcapng_blocks.statistics(self.taps, time.time_ns()))

    def send_news(self) -> None:
        """Tell the parent what is new, if it is time to."""
        now = time.monotonic()
        if now - self._counted >= COUNT_SECONDS:
            self.count_drops()
            self.send_figures()
        elif self._size != self.output.size and now - self._shown >= SHOW_SECONDS:
            self.send_figures()

    def count_drops(self) -> None:
        """Ask the kernel what it received and dropped."""
        self._counted = time.monotonic()
        for tap in self.taps:
            tap.count_drops()
            while news := tap.next_note():
                self.report.send_message("note", text=news)

    def send_figures(self) -> None:
        """Send the parent the current figures."""
        told = self.report.send_figures(
            packets=self.packets - self.lane.held - self.output.unwritten,
            unwritten=self.output.unwritten,
            received=sum(tap.received for tap in self.taps),
            dropped=sum(tap.dropped for tap in self.taps),
            interface_dropped=sum(tap.interface_dropped for tap in self.taps),
            size=self.output.size,
            oldest=self.output.oldest,
        )
        self._shown = time.monotonic()
        if told:
            self._size = self.output.size

    # -- commands ------------------------------------------------------------------------------

    def obey_commands(self) -> None:
        """Read the commands that have come; their end ends the capture."""
        data = os.read(0, 1 << 16)
        if not data:
            self.stop()
        *lines, self._commands = (self._commands + data).split(b"\n")
        for line in lines:
            for name, value in json.loads(line).items():
                getattr(self, COMMANDS[name])(value)

    def stop(self) -> None:
        """Stop once the kernel has handed over what it holds."""
        if self.deadline is None:
            self.deadline = time.monotonic() + 2 * RETIRE_MS / 1000

    def freeze_spool(self, frozen: bool) -> None:
        """Keep all packets from now on, or let the oldest go again."""
        self.output.frozen = frozen

    def change_filter(self, expression: str) -> None:
        """Admit other packets from here on, and say where in the files that is."""
        try:
            for tap in self.taps:
                tap.set_filter(expression)
        except Refusal as refusal:
            self.report.send_message("refused", text=str(refusal), column=refusal.column)
            return
        self.output.write_records(self.lane.records(True))
        header, offset = len(self.output.header), self.output.size
        self.report.send_message("restarted", header=header, offset=offset, packets=self.packets)


COMMANDS: Final = {"freeze": "freeze_spool", "filter": "change_filter"}
"""The method that obeys each command."""


def open_taps(options: LiveOptions, stream: int | None) -> Sequence[Tap]:
    """Open the interfaces, then give privileges up. Raises Refusal."""
    if stream is not None:
        privileges.drop_privileges(options.user)
        return [StreamTap(options.interfaces[0], stream)]
    try:
        taps: Sequence[Tap] = [interface_tap(name, options) for name in options.interfaces]
    except Refusal as refusal:
        others = stand_ins(options) if refusal.reason is Reason.PERMISSION else []
        if not others:
            raise
        return others
    privileges.drop_privileges(options.user)
    for tap in taps:
        tap.set_filter(options.expression)
    return taps


def interface_tap(name: str, options: LiveOptions) -> Tap:
    """Return a tap of this machine's interface, by libpcap where there is one. Raises Refusal."""
    try:
        return LibpcapTap(name, options)
    except Missing:
        return SocketTap(name, options)


def check_link_types(options: LiveOptions, taps: Sequence[Tap]) -> None:
    """Refuse packets that nobody could read, before a file is overwritten. Raises Refusal."""
    for tap in taps:
        if options.readable and tap.link_type not in options.readable:
            name = str(tap.link_type)
            with suppress(Missing):
                name = dlt_name(tap.link_type)
            raise Refusal(
                Reason.LINK_TYPE,
                f"{', '.join(options.interfaces)}: its packets ({name}) carry no TCP that can be "
                "read",
            )


def main(arguments: list[str]) -> None:
    """Capture as standard input says."""
    report = ParentMessages(1)
    with suppress(OSError):
        os.nice(HURRY)
    stream = int(arguments[0]) if arguments else None
    options = LiveOptions.from_json(read_line())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        taps = open_taps(options, stream)
        check_link_types(options, taps)
        capture = CaptureProcess(options, taps, report)
    except Refusal as refusal:
        report.send_message(
            "refusal", reason=refusal.reason, text=str(refusal), column=refusal.column
        )
        return
    signal.signal(signal.SIGTERM, lambda *_: capture.stop())
    notes = [note for tap in taps for note in tap.notes]
    report.send_message("ready", link_types=[tap.link_type for tap in taps], notes=notes)
    error = capture.run()
    report.send_message("end", error=error, cut=capture.cut)
    report.send_all()


def read_line() -> str:
    """Return the first line of standard input, and read not a byte more."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line.decode()


if __name__ == "__main__":
    main(sys.argv[1:])
