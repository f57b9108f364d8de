"""Finds the process that holds a socket, in /proc, which is the current folder."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from tcptui.capture.live.owners.messages import Holder

MOST_RECENT: Final = 32
"""Processes that are asked before all others: who has opened a socket opens more."""
LONGEST_NAME: Final = 16
LONGEST_CGROUP: Final = 256
MOST_OF_FILE: Final = 1 << 14
SOCKET: Final = "socket:["
REST_SHARE: Final = 10
"""All processes are not looked through again for so many times the processor time that it took."""


class Holders:
    """Knows which processes opened sockets lately."""

    def __init__(self) -> None:
        self._recent: dict[int, None] = {}  # pids, the last to open a socket at the end
        self._scanned: set[int] = set()  # all pids, when all were asked
        self._next_scan = 0.0  # monotonic seconds
        self.scanning = 0.0  # seconds of processor time that all scans took

    def find(self, wanted: set[int]) -> tuple[dict[int, int], bool]:
        """Return the pids that hold the wanted inodes, and whether every process was asked.

        Where that was done a moment ago, only those are asked that opened sockets lately, and
        those that began since.
        """
        found: dict[int, int] = {}
        self._ask(list(self._recent)[::-1], wanted, found)
        if len(found) == len(wanted):
            return found, True
        began = time.process_time()
        pids = processes()
        if time.monotonic() < self._next_scan:
            self._ask([pid for pid in pids if pid not in self._scanned], wanted, found)
            return found, len(found) == len(wanted)
        self._ask(pids, wanted, found)
        self._scanned = set(pids)
        took = time.process_time() - began
        self.scanning += took
        self._next_scan = time.monotonic() + REST_SHARE * took
        return found, True

    def _ask(self, pids: Iterable[int], wanted: set[int], found: dict[int, int]) -> None:
        """Add what these processes hold, until all is found."""
        for pid in pids:
            if len(found) == len(wanted):
                return
            held = wanted.intersection(inodes(pid))
            if held:
                found.update(dict.fromkeys(held - found.keys(), pid))
                self._recent.pop(pid, None)
                self._recent[pid] = None
        for pid in list(self._recent)[:-MOST_RECENT]:
            del self._recent[pid]


def processes() -> list[int]:
    """Return all processes, the newest ones first where pids have not begun again."""
    return sorted((int(name) for name in os.listdir() if name.isdigit()), reverse=True)  # noqa: PTH208


def inodes(pid: int) -> Iterator[int]:
    """Yield the inodes of a process's sockets, as far as they may be seen."""
    folder = f"{pid}/fd"
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208 - a path for each would take twice as long
            with suppress(OSError, ValueError):
                target = os.readlink(f"{folder}/{name}")  # noqa: PTH115
                if target.startswith(SOCKET):
                    yield int(target[len(SOCKET) : -1])


def holder_of(pid: int, uid: int) -> Holder:
    """Return a process that holds sockets of this user."""
    name = read(f"{pid}/comm").rstrip(b"\n")[:LONGEST_NAME]
    return Holder(pid, uid, name, cgroup_of(read(f"{pid}/cgroup"))[:LONGEST_CGROUP])


def read(path: str) -> bytes:
    """Return the beginning of a file; empty where it cannot be read."""
    with suppress(OSError), Path(path).open("rb") as file:
        return file.read(MOST_OF_FILE)
    return b""


def cgroup_of(text: bytes) -> bytes:
    """Return the path of the one hierarchy, or of the first one that has a path where there are
    several (version 1)."""
    lines = [line.split(b":", 2) for line in text.split(b"\n")]
    paths = [line[2] for line in sorted(lines) if len(line) == 3]
    return next((path for path in paths if path != b"/"), b"")
