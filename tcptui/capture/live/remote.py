"""Captures elsewhere with tcpdump there, through the user's own ssh, kubectl or docker."""

import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.remote_command import command, route_of
from tcptui.capture.live.stderr_lines import StderrLines

NOISE: Final = (
    *("tcpdump: listening on ", "tcpdump: data link type ", "Killed by signal "),
    *("Defaulted container ", "command terminated with exit code "),
)
"""What tcpdump, ssh and kubectl say although all is well, or beside the reason."""
NO_TCPDUMP: Final = 'exec: "tcpdump": executable file not found'
PATIENCE: Final = 1.0
"""Seconds that the program gets to end, and its last words to come."""


class Remote:
    """Runs ssh, kubectl or docker; `output` gives the capture."""

    def __init__(self, url: str, options: LiveOptions, told: Callable[[str], None]) -> None:
        """Start the program, which asks for passwords on the terminal. Raises CaptureError.

        told: is called with what it says, the first lines as they come and the rest on `close`.
        """
        arguments = command(url, options)
        self._name, self._route = arguments[0], route_of(url)
        try:
            self._program = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise CaptureError(
                f"{self._name}: {error.strerror}", url, self._route.install
            ) from None
        assert self._program.stderr
        self._told = told
        self._words = StderrLines(self._program.stderr, self._tell_line)
        self._closed = False

    @property
    def output(self) -> int:
        """The file descriptor that the capture comes from."""
        assert self._program.stdout
        return self._program.stdout.fileno()

    def failure(self) -> str:
        """Return why the program ended by itself, once the capture has ended; empty for a
        regular end."""
        with suppress(subprocess.TimeoutExpired):
            code = self._program.wait(PATIENCE)
            self._words.wait(PATIENCE)
            how = f"with exit code {code}" if code > 0 else f"by signal {-code}"
            said = self.last_words
            return f"{self._name} ended {how}{said and f' ({said})'}" if code else ""
        return "the stream was closed there"

    @property
    def last_words(self) -> str:
        """Return the last line that is not routine; empty for none."""
        return next((line for line in self._words.lines[::-1] if not line.startswith(NOISE)), "")

    def refusal(self, url: str, otherwise: str) -> CaptureError:
        """Return why no capture began, in the program's last words or, where it said nothing, in
        other ones."""
        words = self.last_words
        if NO_TCPDUMP in words:
            return CaptureError("there is no tcpdump in the container", url, self._route.otherwise)
        return CaptureError(words or otherwise, url, self._route.otherwise)

    def close(self) -> None:
        """End the program, by force where it does not obey."""
        self._program.terminate()
        try:
            self._program.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()
        self._words.wait(PATIENCE)
        if not self._closed:
            self._closed = True
            for line in self._words.rest:
                self._tell_line(line)

    def _tell_line(self, line: str) -> None:
        if not line.startswith(NOISE):
            self._told(line)
