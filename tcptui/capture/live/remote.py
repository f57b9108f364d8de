"""Captures on another host with tcpdump there, through the user's ssh: `-i
ssh://[user@]host[:port]/interface`."""

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
"""Seconds that ssh gets to end, and its last words to come."""

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
    """Return whether this interface is on another host."""
    return interface.startswith(SCHEME)


def command(url: str, options: LiveOptions) -> list[str]:
    """Return the ssh command that captures there. Raises CaptureError if the address is
    malformed."""
    match = ADDRESS.fullmatch(url)
    if not match:
        raise CaptureError(
            "this is not an address", url, "write ssh://[user@]host[:port]/interface"
        )
    host, port, interface = match.groups()
    there = ["sh", "-c", SCRIPT, "tcptui", options.expression]
    there += ["-i", interface, *options.tcpdump_letters()]
    there += ["-Z", options.user] if options.user else []
    way = ["-p", str(port)] if port else []
    return ["ssh", "-T", *way, "--", host.replace("[", "").replace("]", ""), shlex.join(there)]


class Remote:
    """Runs ssh; `output` gives the capture."""

    def __init__(self, url: str, options: LiveOptions, told: Callable[[str], None]) -> None:
        """Start ssh, which asks for passwords on the terminal. Raises CaptureError.

        told: is called with what the host says, the first lines as they come and the rest on
        `close`.
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
        self._words = StderrLines(self.ssh.stderr, self._tell_line)
        self._closed = False

    @property
    def output(self) -> int:
        """The file descriptor that the capture comes from."""
        assert self.ssh.stdout
        return self.ssh.stdout.fileno()

    def failure(self) -> str:
        """Return why ssh ended by itself, once the capture has ended; empty for a regular end."""
        with suppress(subprocess.TimeoutExpired):
            code = self.ssh.wait(PATIENCE)
            self._words.wait(PATIENCE)
            how = f"with exit code {code}" if code > 0 else f"by signal {-code}"
            said = self.last_words
            return f"ssh ended {how}{said and f' ({said})'}" if code else ""
        return "the stream was closed there"

    @property
    def last_words(self) -> str:
        """Return the last line that is not routine; empty for none."""
        return next((line for line in self._words.lines[::-1] if not line.startswith(NOISE)), "")

    def close(self) -> None:
        """End ssh, by force where it does not obey."""
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
                self._tell_line(line)

    def _tell_line(self, line: str) -> None:
        if not line.startswith(NOISE):
            self._told(line)
