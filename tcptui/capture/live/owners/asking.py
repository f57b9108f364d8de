"""Asks the process for owners whose the flows of a live capture are, and names them."""

import os
import pwd
import socket
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

import tcptui
from tcptui.capture.live.owners.cgroup import cgroup_names
from tcptui.capture.live.owners.messages import (
    ALL_NAMESPACES,
    ALL_USERS,
    ANSWER,
    HERE,
    OWN_NAMESPACE,
    OWN_USER,
    SOME_NAMESPACES,
    Outcome,
    OwnerAnswer,
    question,
    read_answer,
)
from tcptui.capture.live.owners.namespace_names import namespace_name
from tcptui.capture.live.owners.sock_diag import SockDiag, key_of
from tcptui.capture.source import NamedFlows
from tcptui.engine.flow import Flow
from tcptui.engine.names.owner import CLIENT, SERVER, Owner
from tcptui.engine.names.text import name_text

PROCESS: Final = "tcptui.capture.live.owners.process"
PATIENCE: Final = 3.0
"""Seconds that the last answers get, and the process to end."""
TICK: Final = 0.02
MOST_KNOWN: Final = 1024
MOST_ASKED: Final = 16_384
"""Flows whose answers are waited for: of more that come at once, as in a flood, nobody is asked."""


class Owners:
    """Runs the process for owners; `is_of_all` says whether it sees those of all users, and is None
    until it has said so.

    ``missed`` counts flows of this host whose sockets were not seen, gone too soon or never there,
    ``unreadable`` those of other users, ``ambiguous`` those whose addresses and ports sockets in
    several network namespaces have, ``unanswered`` those of which nothing was said to the end, or
    which were too many at once to be asked about.
    """

    def __init__(self, user: str, sees_namespaces: bool = True) -> None:
        """Start it, before privileges are given up. Raises OSError.

        user: whose rights it takes where it cannot keep two of root's; empty for who called sudo.
        sees_namespaces: whether flows of other network namespaces than this one are captured.
        """
        self.kernel = SockDiag()
        self.is_of_all: bool | None = None
        self.missed = 0
        self.unreadable = 0
        self.ambiguous = 0
        self.unanswered = 0
        self.sees_some_namespaces = False
        """Whether there are sockets in other network namespaces that could not be looked at."""
        self.gone = False
        """Whether the process has ended."""
        self._number = 0
        self._unsent: deque[tuple[int, bytes]] = deque()
        self._asked: dict[int, tuple[NamedFlows, Flow]] = {}
        self._way, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._way.setblocking(False)
        with theirs:
            self._process = start_owner_process(theirs, user, sees_namespaces)

    def ask(self, engine: NamedFlows, flow: Flow) -> None:
        """Ask whose a flow is; its names have it once the answer came."""
        if len(self._asked) >= MOST_ASKED:
            self.unanswered += 1
            return
        client, server = flow.client, flow.server
        self._number = (self._number + 1) & 0xFFFFFFFF
        key = key_of(client.address, client.port, server.address, server.port)
        self._asked[self._number] = engine, flow
        self._unsent.append((self._number, key))

    def exchange(self) -> None:
        """Send the questions and take the answers, as far as that goes without waiting."""
        with suppress(OSError):
            while self._unsent:
                self._way.send(question(*self._unsent[0]))
                self._unsent.popleft()
        with suppress(BlockingIOError):
            while message := self._receive():
                self._take(message)

    def exchange_last(self) -> None:
        """Wait for the answers that are to come, but not long."""
        until = time.monotonic() + PATIENCE
        self.exchange()
        while self._asked and time.monotonic() < until:
            time.sleep(TICK)
            self.exchange()
        self.unanswered += len(self._asked)

    def _receive(self) -> bytes:
        """Return the next message; empty when none will come any more. Raises BlockingIOError."""
        message = b""
        with suppress(ConnectionResetError):
            message = self._way.recv(ANSWER.size + 1)
        if not message:
            self.gone = True
            self._asked.clear()
            self._unsent.clear()
        return message

    def _take(self, message: bytes) -> None:
        if message in (ALL_USERS, OWN_USER):
            self.is_of_all = message == ALL_USERS
            return
        if message == SOME_NAMESPACES:
            self.sees_some_namespaces = True
            return
        answer = read_answer(message)
        asked = self._asked.pop(answer.number, None)
        if asked is None:
            return
        engine, flow = asked
        self.missed += answer.outcome is Outcome.MISSED
        self.unreadable += answer.outcome is Outcome.UNREADABLE
        self.ambiguous += answer.outcome is Outcome.AMBIGUOUS
        if flow.index >= 0 and answer.outcome in (Outcome.OWNED, Outcome.UNREADABLE):
            engine.name_owner(flow, owner_of(answer))

    def told(self) -> str:
        """Return what to know before trusting the processes; empty where nothing is missing."""
        told = ["own user only"] if self.is_of_all is False else []
        if self.gone and self.is_of_all is None:
            told.append("unknown")
        if self.sees_some_namespaces:
            told.append("not of all network namespaces")
        if self.missed:
            told.append(f"none seen for {self.missed:,} of this host's flows")
        if self.ambiguous:
            told.append(f"ambiguous for {self.ambiguous:,}")
        if self.unanswered:
            told.append(f"not known in time for {self.unanswered:,}")
        return f"processes: {', '.join(told)}" if told else ""

    def close(self) -> None:
        """End the process."""
        self._way.close()
        self.kernel.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            with suppress(PermissionError):  # it is nobody's, and ends by itself
                self._process.kill()


def start_owner_process(
    way: socket.socket, user: str, sees_namespaces: bool
) -> "subprocess.Popen[bytes]":
    """Start the process, out of reach of the terminal's signals, with nothing open but its way to
    this one."""
    reach = ALL_NAMESPACES if sees_namespaces else OWN_NAMESPACE
    return subprocess.Popen(
        [sys.executable, "-P", "-m", PROCESS, user, reach],
        stdin=way.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path(tcptui.__file__).parents[1])},
        start_new_session=True,
    )


def owner_of(answer: OwnerAnswer) -> Owner:
    """Return the owner that an answer tells, in texts that harm no terminal."""
    name, cgroup = name_text(answer.holder.name), name_text(answer.holder.cgroup)
    container, unit = cgroup_names(cgroup)
    user = user_name(answer.holder.uid)
    side = SERVER if answer.is_server else CLIENT
    namespace = "" if answer.namespace == HERE else namespace_name(answer.namespace)
    return Owner(name, answer.holder.pid, user, container, unit, side, namespace)


@lru_cache(MOST_KNOWN)
def user_name(uid: int) -> str:
    """Return what passwd calls a user, else the user's number."""
    try:
        return name_text(pwd.getpwuid(uid).pw_name.encode())
    except (KeyError, OverflowError):
        return str(uid)
