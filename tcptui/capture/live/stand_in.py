"""Another program as the capture process, where it has the right to capture and tcptui has not."""

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
"""Seconds for a program's last words to come once it has ended."""
DROPPED: Final = re.compile(r"(\d+) packets? dropped by kernel|dropped on interface .*?: \d+/(\d+)")


def may_capture(path: str) -> bool:
    """Whether this program has rights of its own that its caller may use."""
    if not os.access(path, os.X_OK):
        return False
    if Path(path).stat().st_mode & stat.S_ISUID:
        return True
    try:
        return bool(os.getxattr(path, CAPABILITY))
    except (OSError, AttributeError):
        return False


def tcpdump(path: str, interface: str, options: LiveOptions) -> list[str]:
    """tcpdump that writes packets to standard output as they come."""
    command = [path, "-i", interface, "-U", "-w", "-", "-n", "--time-stamp-precision=nano"]
    command += ["-s", str(options.snaplen), "-B", str(options.buffer)]
    command += ["-c", str(options.count)] if options.count else []
    command += [] if options.promiscuous else ["-p"]
    return [*command, "--", options.expression] if options.expression else command


def dumpcap(path: str, interface: str, options: LiveOptions) -> list[str]:
    """dumpcap that does the same; its buffer is in MiB."""
    command = [path, "-i", interface, "-P", "-q", "-w", "-", "-s", str(options.snaplen)]
    command += ["-B", str(max(options.buffer >> 10, 1))]
    command += ["-c", str(options.count)] if options.count else []
    command += [] if options.promiscuous else ["-p"]
    return [*command, "-f", options.expression] if options.expression else command


PROGRAMS: Final = (("dumpcap", dumpcap), ("tcpdump", tcpdump))
"""In this order: dumpcap is what distributions give the right to."""


class ProgramTap(StreamTap):
    """An interface that a program with capabilities captures."""

    def __init__(self, interface: str, command: list[str]) -> None:
        """Run it. Refusal with its own words."""
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
        self.notes.append(f"{interface}: captured by {command[0]}, which has the right to")

    def take(self, limit: int) -> int:
        taken = super().take(limit)
        if self.ended and not self.error and self.program.wait():
            self.error = f"{self.name}: {self.last_words()}"
        return taken

    def last_words(self) -> str:
        """The last line that the program said."""
        return self.all_words().last or f"{self.program.args!r} gives no packets"

    def all_words(self) -> StderrLines:
        """What the program said; it ends with this."""
        self.program.terminate()
        self.program.wait()
        self._words.wait(PATIENCE)
        return self._words

    def close(self) -> None:
        for match in DROPPED.finditer("\n".join(self.all_words().lines)):
            self.dropped = int(match[1] or match[2])


def stand_ins(options: LiveOptions) -> list[ProgramTap]:
    """All interfaces by a program that may capture them; none where there is no such program."""
    for name, command in PROGRAMS:
        path = shutil.which(name)
        if path and may_capture(path):
            return [ProgramTap(one, command(path, one, options)) for one in options.interfaces]
    return []
