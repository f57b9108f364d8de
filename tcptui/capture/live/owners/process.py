"""The process for owners: it answers whose a flow is, with two rights and no way to the capture.

It gets its questions through standard input, a socket that is all it is given, remembers the
sockets that it has seen, so that it can tell what has ended since, and ends with its parent.
"""

import os
import select
import socket
import sys
import time
from contextlib import suppress
from typing import Final, NamedTuple

from tcptui.capture.live.owners.holders import Holders, holder_of
from tcptui.capture.live.owners.messages import (
    ALL_USERS,
    OWN_USER,
    QUESTION,
    TCP,
    Holder,
    Outcome,
    OwnerAnswer,
    answer_message,
)
from tcptui.capture.live.owners.rights import can_keep_rights, keep_two_rights
from tcptui.capture.live.owners.sock_diag import (
    KEY,
    MAPPED,
    KernelSocket,
    SockDiag,
    WrongAnswer,
    peer_key,
)
from tcptui.capture.live.privileges import drop_privileges

REST: Final = 0.03
"""Least seconds between two looks at the kernel's sockets."""
REST_SHARE: Final = 10
"""They are not looked at again for so many times the processor time that it took."""
PATIENCE: Final = 0.5
"""Seconds that the socket of a flow gets to appear."""
TRIES: Final = 3
"""So many looks at all processes that do not find who holds a socket are enough."""
MEMORY: Final = 10.0
"""Seconds that a socket is remembered which is gone."""
MOST_KEPT: Final = 1 << 16
MOST_QUESTIONS: Final = 1 << 16
UNACCEPTED: Final = (1, 8)
"""ESTABLISHED and CLOSE-WAIT: a socket in these states that nobody holds waits to be accepted."""
NOBODY: Final = Holder(0, 0)
ADDRESS: Final = 16
"""Bytes at the beginning of a key."""


class Held(NamedTuple):
    """A socket's inode, who holds it, and when it was seen last, in monotonic seconds."""

    inode: int
    holder: Holder
    seen: float


class OwnerTable:
    """Remembers the sockets that were seen, by key, and who holds them; the oldest go first.

    ``sees_all``: whether the processes of all users can be looked into; then a socket without a
    holder is the kernel's own, or that of a process that is ending.
    """

    def __init__(self, kernel: SockDiag, sees_all: bool) -> None:
        self.kernel = kernel
        self.unheld = Outcome.MISSED if sees_all else Outcome.UNREADABLE
        self.holders = Holders()
        self.held: dict[bytes, Held] = {}
        self.alive: set[bytes] = set()
        self.tries: dict[int, int] = {}  # of inodes whose holder was not found
        self.own_addresses: dict[bytes, bool] = {}
        self.looked = 0.0  # monotonic seconds, when the last look began
        self.cost = 0.0  # seconds of processor time, without looking through all processes

    def look(self) -> None:
        """See which sockets there are, and who holds the new ones."""
        self.looked = time.monotonic()
        began, before = time.process_time(), self.holders.scanning
        self.own_addresses.clear()
        with suppress(OSError, WrongAnswer):
            sockets = self.kernel.sockets()
            self.alive = {one.key for one in sockets if one.inode or one.state in UNACCEPTED}
            self.tries = {one.inode: self.tries.get(one.inode, 0) for one in sockets}
            self._find([one for one in sockets if one.inode and not self._is_known(one)])
            self._forget()
        self.cost = time.process_time() - began - (self.holders.scanning - before)

    def _is_known(self, one: KernelSocket) -> bool:
        """Return whether it is known who holds a socket, which is seen once more."""
        known = self.held.get(one.key)
        if known is None or known.inode != one.inode:
            return False
        self.held[one.key] = known._replace(seen=self.looked)
        return True

    def _find(self, sockets: list[KernelSocket]) -> None:
        pids, is_whole = self.holders.find({one.inode for one in sockets})
        for one in sockets:
            pid = pids.get(one.inode)
            self.tries[one.inode] += is_whole
            if pid is not None:
                self._keep(one, holder_of(pid, one.uid))
            elif self.tries[one.inode] >= TRIES:
                self._keep(one, Holder(0, one.uid))

    def _keep(self, one: KernelSocket, holder: Holder) -> None:
        self.held.pop(one.key, None)
        self.held[one.key] = Held(one.inode, holder, self.looked)
        if len(self.held) > MOST_KEPT:
            del self.held[next(iter(self.held))]

    def _forget(self) -> None:
        """Forget the sockets that are gone for long: others may have their addresses and ports."""
        gone = [key for key, one in self.held.items() if self.looked - one.seen > MEMORY]
        for key in gone:
            del self.held[key]

    def answer(self, number: int, key: bytes, asked: float) -> OwnerAnswer | None:
        """Return what there is to say about a flow, None as long as there is hope; ``asked``:
        monotonic seconds."""
        if asked >= self.looked:
            return None
        both = key, peer_key(key)
        for is_server, end in enumerate(both):
            known = self.held.get(end)
            if known is not None:
                outcome = Outcome.OWNED if known.holder.pid else self.unheld
                return OwnerAnswer(number, outcome, bool(is_server), known.holder)
        if not any(self._is_own(end[:ADDRESS]) for end in both):
            return OwnerAnswer(number, Outcome.ELSEWHERE, False, NOBODY)
        if self.looked - asked < PATIENCE or self.alive.intersection(both):
            return None
        return OwnerAnswer(number, Outcome.MISSED, False, NOBODY)

    def _is_own(self, address: bytes) -> bool:
        """Return whether an address is one of this network namespace."""
        if address not in self.own_addresses:
            self.own_addresses[address] = can_be_bound(address)
        return self.own_addresses[address]


def can_be_bound(address: bytes) -> bool:
    """Return whether a socket can have this address here."""
    four = address.startswith(MAPPED)
    family, data = (socket.AF_INET, address[12:]) if four else (socket.AF_INET6, address)
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((socket.inet_ntop(family, data), 0))
        return True
    return False


def serve(parent: socket.socket, table: OwnerTable) -> None:
    """Answer questions until the parent is gone."""
    waiting: dict[int, tuple[bytes, float]] = {}
    look_at = 0.0
    while True:
        rest = max(0.0, look_at - time.monotonic())
        open_to = [parent] if len(waiting) < MOST_QUESTIONS else []
        if select.select(open_to, [], [], rest)[0] and not take_questions(parent, waiting):
            return
        if time.monotonic() >= look_at:
            table.look()
            look_at = time.monotonic() + max(REST, REST_SHARE * table.cost)
        for number, (key, asked) in list(waiting.items()):
            answer = table.answer(number, key, asked)
            if answer is not None and not send(parent, answer_message(answer)):
                break
            if answer is not None:
                del waiting[number]


def send(parent: socket.socket, message: bytes) -> bool:
    """Send a message; return False where the parent has not taken the earlier ones."""
    with suppress(BlockingIOError):
        parent.send(message, socket.MSG_DONTWAIT)
        return True
    return False


def take_questions(parent: socket.socket, waiting: dict[int, tuple[bytes, float]]) -> bool:
    """Take the questions that have come, as far as there is room; return False when no more will
    come. What is no question is left out."""
    while len(waiting) < MOST_QUESTIONS:
        try:
            message = parent.recv(QUESTION.size + 1, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        if not message:
            return False
        if len(message) != QUESTION.size:
            continue
        number, protocol, key = QUESTION.unpack(message)
        if protocol == TCP and len(key) == KEY.size:
            waiting[number] = key, time.monotonic()
    return True


def main(user: str) -> None:
    """Keep two rights, or become the user where they are not to be had; then answer."""
    parent = socket.socket(fileno=0)
    kernel = SockDiag()
    has_rights = can_keep_rights()
    if has_rights:
        keep_two_rights()
    else:
        drop_privileges(user)
        os.chdir("/proc")
    with suppress(BrokenPipeError, ConnectionResetError):
        parent.send(ALL_USERS if has_rights else OWN_USER)
        serve(parent, OwnerTable(kernel, has_rights))


if __name__ == "__main__":
    main(sys.argv[1])
