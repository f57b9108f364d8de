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
from typing import Final

from tcptui.capture.live.owners.messages import (
    ALL_NAMESPACES,
    ALL_USERS,
    OWN_USER,
    QUESTION,
    SOME_NAMESPACES,
    TCP,
    Holder,
    Outcome,
    OwnerAnswer,
    answer_message,
)
from tcptui.capture.live.owners.other_namespaces import OtherNamespaces
from tcptui.capture.live.owners.rights import can_keep_rights, keep_two_rights
from tcptui.capture.live.owners.seen_sockets import SeenSockets
from tcptui.capture.live.owners.sock_diag import (
    ADDRESS,
    KEY,
    MAPPED,
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
MOST_QUESTIONS: Final = 1 << 16
NOBODY: Final = Holder(0, 0)


class OwnerTable:
    """Answers whose flows are, by the sockets of this network namespace and of ``others``, which is
    None where none of them can be seen.

    ``sees_all``: whether the processes of all users can be looked into; then a socket without a
    holder is the kernel's own, or that of a process that is ending.
    """

    def __init__(
        self, kernel: SockDiag, sees_all: bool, others: OtherNamespaces | None = None
    ) -> None:
        self.kernel = kernel
        self.unheld = Outcome.MISSED if sees_all else Outcome.UNREADABLE
        self.seen = SeenSockets()
        self.others = others
        self.own_addresses: dict[bytes, bool] = {}
        self.looked = 0.0  # monotonic seconds, when the last look began
        self.cost = 0.0  # seconds of processor time, without looking through all processes

    def look(self) -> None:
        """See which sockets there are in this namespace, and who holds the new ones."""
        self.looked = time.monotonic()
        began, before = time.process_time(), self.seen.holders.scanning
        self.own_addresses.clear()
        with suppress(OSError, WrongAnswer):
            self.seen.begin(self.looked)
            self.seen.see(self.kernel.sockets())
            self.seen.end()
        self.cost = time.process_time() - began - (self.seen.holders.scanning - before)

    def answer(self, number: int, key: bytes, asked: float) -> OwnerAnswer | None:
        """Return what there is to say about a flow, None as long as there is hope; ``asked``:
        monotonic seconds."""
        if asked >= self.looked:
            return None
        ends, others = (key, peer_key(key)), self.others
        is_early = others is not None and asked >= others.last.began
        has_two, unheld = False, None
        for is_server, end in enumerate(ends):
            held, is_sought = self.seen.held.get(end), end in self.seen.sought
            if held is None and others is not None:
                if is_early and (others.have(end) or self.looked - asked < PATIENCE):
                    return None
                has_two |= others.may_have_two(end)
                held = others.holder(end)
                is_sought |= end in others.seen.sought
            if held is None and is_sought:
                return None
            if held is not None:
                outcome = Outcome.OWNED if held.holder.pid else self.unheld
                told = OwnerAnswer(number, outcome, bool(is_server), held.holder, held.namespace)
                if held.holder.pid:
                    return told
                unheld = unheld or told
        if unheld is not None:
            return unheld
        why = Outcome.AMBIGUOUS if has_two else self._why_unknown(ends, asked)
        return None if is_early or why is None else OwnerAnswer(number, why, False, NOBODY)

    def _why_unknown(self, ends: tuple[bytes, bytes], asked: float) -> Outcome | None:
        """Return why no process is known; None as long as there is hope."""
        looked, alive = self.looked, [self.seen.alive]
        is_here = any(self._is_own(end[:ADDRESS]) for end in ends)
        if self.others is not None:
            looked = min(looked, self.others.last.began)
            alive.append(self.others.seen.alive)
            is_here = is_here or any(map(self.others.have, ends))
        if not is_here:
            return Outcome.ELSEWHERE
        is_hopeful = looked - asked < PATIENCE or any(end in one for one in alive for end in ends)
        return None if is_hopeful else Outcome.MISSED

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
    others, is_told = table.others, False
    while True:
        next_at = look_at if others is None else min(look_at, others.due)
        rest = max(0.0, next_at - time.monotonic())
        open_to = [parent] if len(waiting) < MOST_QUESTIONS else []
        if select.select(open_to, [], [], rest)[0] and not take_questions(parent, waiting):
            return
        if time.monotonic() >= look_at:
            table.look()
            cost = table.cost + answer_questions(parent, table, waiting)
            look_at = time.monotonic() + max(REST, REST_SHARE * cost)
        elif others is not None and time.monotonic() >= others.due:
            others.step()
            is_told = is_told or (others.is_partial and send(parent, SOME_NAMESPACES))


def answer_questions(
    parent: socket.socket, table: OwnerTable, waiting: dict[int, tuple[bytes, float]]
) -> float:
    """Answer what can be answered; return how many seconds of processor time that took."""
    began = time.process_time()
    for number, (key, asked) in list(waiting.items()):
        answer = table.answer(number, key, asked)
        if answer is not None and not send(parent, answer_message(answer)):
            break
        if answer is not None:
            del waiting[number]
    return time.process_time() - began


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


def main(user: str, reach: str) -> None:
    """Keep two rights, or become the user where they are not to be had; then answer."""
    parent = socket.socket(fileno=0)
    kernel = SockDiag()
    has_rights = can_keep_rights()
    if has_rights:
        keep_two_rights()
    else:
        drop_privileges(user)
        os.chdir("/proc")
    others = OtherNamespaces(has_rights) if reach == ALL_NAMESPACES else None
    with suppress(BrokenPipeError, ConnectionResetError):
        parent.send(ALL_USERS if has_rights else OWN_USER)
        serve(parent, OwnerTable(kernel, has_rights, others))


if __name__ == "__main__":
    main(*sys.argv[1:])
