"""Packs what the program and its process for owners say to each other: questions and answers of
fixed sizes, each a message of its own."""

import struct
from enum import IntEnum
from typing import Final, NamedTuple

HERE: Final = 0
"""Stands for the network namespace that captures, in place of its number."""
OWN_NAMESPACE: Final = "own namespace"
ALL_NAMESPACES: Final = "all namespaces"
"""Whose flows the capture can see; what the process is started with."""
QUESTION: Final = struct.Struct("=IB36s")
"""Number, protocol, and the key of the client's socket (`sock_diag`)."""
ANSWER: Final = struct.Struct("=IBBIII16s256s")
"""Number, outcome, whether it is the server's socket, network namespace, pid, uid, name, cgroup."""
TCP: Final = 6
ALL_USERS: Final = b"all users"
OWN_USER: Final = b"own user"
"""Whose sockets the process can see into; what it says before its first answer."""
SOME_NAMESPACES: Final = b"some namespaces"
"""What it says, once, where it cannot see all sockets of the other network namespaces."""


class Outcome(IntEnum):
    """Tells what came of a question."""

    OWNED = 0
    """The process is known."""
    UNREADABLE = 1
    """The socket was seen, but not the process that holds it: it is another user's."""
    MISSED = 2
    """An address of this host, but its socket was gone too soon, or never there."""
    ELSEWHERE = 3
    """No address of this host."""
    AMBIGUOUS = 4
    """Several network namespaces have a socket with these addresses and ports."""


class Holder(NamedTuple):
    """The process that holds a socket; ``name`` and ``cgroup`` are bytes as the process chose
    them. ``pid`` is 0 where only the user is known."""

    pid: int
    uid: int
    name: bytes = b""
    cgroup: bytes = b""


class OwnerAnswer(NamedTuple):
    """Holds what the process for owners says to one question."""

    number: int
    outcome: Outcome
    is_server: bool
    holder: Holder
    namespace: int = HERE


def question(number: int, key: bytes) -> bytes:
    """Return the message that asks whose flow it is."""
    return QUESTION.pack(number, TCP, key)


def answer_message(answer: OwnerAnswer) -> bytes:
    """Return the message of an answer; what is too long is cut."""
    number, outcome, is_server, holder, namespace = answer
    return ANSWER.pack(number, outcome, is_server, namespace, *holder)


def read_answer(message: bytes) -> OwnerAnswer:
    """Return the answer of a message of the right size. Raises ValueError for a foreign one."""
    number, outcome, is_server, namespace, pid, uid, name, cgroup = ANSWER.unpack(message)
    holder = Holder(pid, uid, name.rstrip(b"\0"), cgroup.rstrip(b"\0"))
    return OwnerAnswer(number, Outcome(outcome), bool(is_server), holder, namespace)
