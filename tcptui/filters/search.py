"""Searches for a regular expression within a budget, in a way that can be stopped.

Some expressions take longer than the universe lasts (``(a+)+$`` on forty letters), and Python's
engine cannot be interrupted from another thread. So it searches in a process of its own.
"""

from __future__ import annotations

import sys
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tcptui.filters.search_process import OUT_OF_MEMORY, REQUEST, YES

if TYPE_CHECKING:
    from socket import socket
    from subprocess import Popen

PROGRAM: Final = Path(__file__).with_name("search_process.py")
BLOCK: Final = 65_536
SECONDS_PER_BLOCK: Final = 1.0


class GivenUp(Exception):
    """A search ended without an answer; the message says why."""


class Searcher:
    """Searches texts, one at a time; :meth:`stop` may come from another thread."""

    seconds_per_block = SECONDS_PER_BLOCK

    def __init__(self) -> None:
        self.stopped = False
        self.channel: Channel | None = None

    def found(self, pattern: bytes, text: bytes) -> bool:
        """Return whether the expression fits somewhere, whatever the case of letters. Raises
        GivenUp."""
        seconds = self.seconds_per_block * max(1, -(-len(text) // BLOCK))
        if self.channel is None:
            self.channel = opened()
        if self.stopped:
            self.stop()
        try:
            return self.channel.ask(seconds, pattern, text)
        except BaseException:  # an interrupt too: the answer to come would be taken for the next
            self.channel.close()
            self.channel = None
            raise

    def stop(self) -> None:
        """Give up the running search, and all to come."""
        self.stopped = True
        if (channel := self.channel) is not None:
            channel.process.kill()


class Channel:
    """The other process, and the way to it."""

    def __init__(self, process: Popen[bytes], way: socket) -> None:
        self.process = process
        self.way = way
        self.close = weakref.finalize(self, closed, process, way)

    def ask(self, seconds: float, pattern: bytes, text: bytes) -> bool:
        """Return whether the expression fits somewhere in the text. Raises GivenUp."""
        try:
            self.way.sendall(REQUEST.pack(seconds, len(pattern), len(text)) + pattern + text)
            answer = self.way.recv(1)
        except ConnectionError:
            answer = b""
        if not answer:
            raise GivenUp(reason(self.process.wait(), seconds))
        return answer == YES


def opened() -> Channel:
    """Start the process. Raises GivenUp where there can be none."""
    from socket import socketpair
    from subprocess import DEVNULL, Popen

    try:
        ours, theirs = socketpair()
        with theirs:
            command = [sys.executable, "-I", "-S", str(PROGRAM)]
            fd = theirs.fileno()
            process = Popen(command, stdin=fd, stdout=fd, stderr=DEVNULL, start_new_session=True)
    except OSError as error:
        raise GivenUp(f"could not be searched for ({error.strerror})") from error
    return Channel(process, ours)


def closed(process: Popen[bytes], way: socket) -> None:
    """End the process."""
    way.close()
    process.kill()
    process.wait()


def reason(code: int, seconds: float) -> str:
    """Return what became of a search, by how its process ended."""
    import signal

    if code == -signal.SIGPROF:
        return f"was given up after {seconds:g} s of computing"
    if code == -signal.SIGKILL:
        return "was stopped"
    if code == OUT_OF_MEMORY:
        return "was given up for lack of memory"
    return f"was given up: its process ended (code {code})"
