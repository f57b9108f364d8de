"""`-i ssh://[user@]host[:port]/interface`: tcpdump over there, through the user's own ssh."""

import re
import shlex
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.stderr_lines import StderrLines

SCHEME: Final = "ssh://"
ADDRESS: Final = re.compile(r"ssh://((?:[^@/]+@)?(?:\[[^\]/]+\]|[^:@/]+))(?::(\d+))?/([^/]+)/?")
NOISE: Final = ("tcpdump: listening on ", "tcpdump: data link type ", "Killed by signal ")
"""What tcpdump and ssh say although all is well."""
PATIENCE: Final = 1.0
"""Seconds for ssh to end, and for its last words to come."""

SCRIPT: Final = """\
expression=$1; shift
own=$(set -- $SSH_CONNECTION
[ -n "$4" ] && echo "not (host ${1%%\\%*} and host ${3%%\\%*} and tcp port $2 and tcp port $4)")
[ -n "$own" ] && [ -n "$expression" ] && expression="$own and ($expression)"
exec tcpdump -U -n -w - "$@" -- "${expression:-$own}"
"""
"""Runs tcpdump without the packets of this very connection. Its arguments: the capture filter,
then options."""


def is_remote(interface: str) -> bool:
    """Whether this interface is on another host."""
    return interface.startswith(SCHEME)


def command(url: str, options: LiveOptions) -> list[str]:
    """The ssh command that captures there. CaptureError for what is no such address."""
    match = ADDRESS.fullmatch(url)
    if not match:
        raise CaptureError("not an address", url, "write ssh://[user@]host[:port]/interface")
    host, port, interface = match.groups()
    there = ["sh", "-c", SCRIPT, "tcptui", options.expression]
    there += ["-i", interface, "-s", str(options.snaplen), "-B", str(options.buffer)]
    there += ["--time-stamp-precision=nano"]
    there += ["-c", str(options.count)] if options.count else []
    there += [] if options.promiscuous else ["-p"]
    way = ["-p", str(port)] if port else []
    return ["ssh", "-T", *way, "--", host.replace("[", "").replace("]", ""), shlex.join(there)]


class Remote:
    """An ssh that runs; `output` gives the capture."""

    def __init__(self, url: str, options: LiveOptions, told: Callable[[str], None]) -> None:
        """Start it; it asks for passwords on the terminal. CaptureError.

        told: gets what is said there, the first lines as they come and the rest on `close`.
        """
        try:
            self.ssh = subprocess.Popen(
                command(url, options),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise CaptureError(f"ssh: {error.strerror}", url, "install OpenSSH's client") from None
        assert self.ssh.stderr
        self._told = told
        self._words = StderrLines(self.ssh.stderr, self._tell)
        self._closed = False

    @property
    def output(self) -> int:
        """The file descriptor that the capture comes from."""
        assert self.ssh.stdout
        return self.ssh.stdout.fileno()

    def failure(self) -> str:
        """Why ssh ended by itself, once the capture did; empty for a regular end."""
        with suppress(subprocess.TimeoutExpired):
            code = self.ssh.wait(PATIENCE)
            self._words.wait(PATIENCE)
            how = f"with exit code {code}" if code > 0 else f"by signal {-code}"
            said = self.last_words
            return f"ssh ended {how}{said and f' ({said})'}" if code else ""
        return "the stream was closed there"

    @property
    def last_words(self) -> str:
        """The last line that says more than that all is well; empty for none."""
        return next((line for line in self._words.lines[::-1] if not line.startswith(NOISE)), "")

    def close(self) -> None:
        """End it, by force where it does not obey."""
        self.ssh.terminate()
        try:
            self.ssh.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.ssh.kill()
            self.ssh.wait()
        self._words.wait(PATIENCE)
        if not self._closed:
            self._closed = True
            for line in self._words.rest:
                self._tell(line)

    def _tell(self, line: str) -> None:
        if not line.startswith(NOISE):
            self._told(line)
