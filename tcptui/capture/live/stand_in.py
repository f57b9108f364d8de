"""Lets another program capture, where it has the right to and tcptui has not."""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Final

from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.live.stderr_lines import StderrLines
from tcptui.capture.live.stream_tap import StreamTap

CAPABILITY: Final = "security.capability"
PATIENCE: Final = 1.0
"""Seconds that a program's last words get to come once it has ended."""
DROPPED: Final = re.compile(r"(\d+) packets? dropped by kernel|dropped on interface .*?: \d+/(\d+)")


def may_capture(path: str) -> bool:
    """Return whether this program has privileges that its caller may use."""
    if not os.access(path, os.X_OK):
        return False
    if Path(path).stat().st_mode & stat.S_ISUID:
        return True
    try:
        return bool(os.getxattr(path, CAPABILITY))
    except (OSError, AttributeError):
        return False


def tcpdump(path: str, interface: str, options: LiveOptions) -> list[str]:
    """Return the command of a tcpdump that writes packets to standard output as they come."""
    command = [path, "-i", interface, "-U", "-w", "-", "-n", *options.tcpdump_options()]
    return [*command, "--", options.expression] if options.expression else command


def dumpcap(path: str, interface: str, options: LiveOptions) -> list[str]:
    """Return the command of a dumpcap that does the same; its buffer is in MiB."""
    command = [path, "-i", interface, "-P", "-q", "-w", "-", "-s", str(options.snaplen)]
    command += ["-B", str(max(options.buffer >> 10, 1))]
    command += ["-c", str(options.count)] if options.count else []
    command += [] if options.promiscuous else ["-p"]
    return [*command, "-f", options.expression] if options.expression else command


PROGRAMS: Final = (("dumpcap", dumpcap), ("tcpdump", tcpdump))
"""The programs in the order in which they are tried: distributions give the right to dumpcap."""


class ProgramTap(StreamTap):
    """Captures an interface with a program that has the capabilities."""

    def __init__(self, interface: str, command: list[str]) -> None:
        """Run the program. Raises Refusal with its own words."""
        self.program = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.program.stdout
        assert self.program.stderr
        self._words = StderrLines(self.program.stderr)
        try:
            super().__init__(interface, self.program.stdout.fileno())
        except Refusal:
            raise Refusal(Reason.OTHER, f"{interface}: {self.last_words()}") from None
        self.notes.append(f"{interface}: captured with {command[0]}, which has the permission")

    def take_packets(self, limit: int) -> int:
        taken = super().take_packets(limit)
        if self.ended and not self.error and self.program.wait():
            self.error = f"{self.name}: {self.last_words()}"
        return taken

    def last_words(self) -> str:
        """Return the last line that the program said."""
        return self.all_words().last or f"{self.program.args!r} delivers no packets"

    def all_words(self) -> StderrLines:
        """Return all that the program said, once it has ended."""
        self.program.terminate()
        self.program.wait()
        self._words.wait(PATIENCE)
        return self._words

    def close(self) -> None:
        for match in DROPPED.finditer("\n".join(self.all_words().lines)):
            self.dropped = int(match[1] or match[2])


def stand_ins(options: LiveOptions) -> list[ProgramTap]:
    """Return taps of all interfaces by a program that may capture them; none where there is no such
    program."""
    for name, command in PROGRAMS:
        if options.direction and command is dumpcap:
            continue  # it takes both directions only
        path = shutil.which(name)
        if path and may_capture(path):
            return [ProgramTap(one, command(path, one, options)) for one in options.interfaces]
    return []
