"""Handles the signals that end the program, or its input: interrupt, termination, hang-up.

The program unwinds at the first one, so that the files that it keeps for itself go with it. Where
a stream or an interface is read, the first one ends only that, and what came so far is printed.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from tcptui.capture.source import Source

ENDS: Final[tuple[int, ...]] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE: Final = 0.3
"""Seconds that the other end of a pipe, interrupted too, gets to write what it has."""
OWN_FILES: Final[set[str]] = set()
"""Paths of the files that must not outlive the program."""


class Ended(KeyboardInterrupt):
    """A signal ended the program; ``code`` is the exit code that says which, as in a shell."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def end_at_signals() -> None:
    """Raise `Ended` at the first signal from now on, and exit at once at the second one.

    Signals that are ignored already, as by nohup, stay so. The one that tells of a child's end does
    not: where whoever started the program ignores it, nobody can wait for a child.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, raise_ended)


def raise_ended(number: int, _: object) -> NoReturn:
    for other in ENDS:
        if signal.getsignal(other) is raise_ended:
            signal.signal(other, leave_at_once)
    raise Ended(number)


def leave_at_once(number: int, _: object) -> NoReturn:
    """End the program at once, where its unwinding takes too long."""
    leave(128 + number)


def leave(code: int) -> NoReturn:
    """End the program without taking it apart; its own files are removed."""
    remove_own_files()
    os._exit(code)


def remove_own_files() -> None:
    """Remove the files that are still there; this is the last thing that a program does."""
    while OWN_FILES:
        with suppress(OSError):
            os.unlink(OWN_FILES.pop())  # noqa: PTH108 - pathlib costs 7 ms at start


def may_copy() -> bool:
    """Return whether this process may be copied: no thread holds what the copy would need."""
    return sys.platform == "linux" and threading.active_count() == 1


def forked() -> int | None:
    """Fork like os.fork, but so that signals end the copy silently; return None where the system
    refuses."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    try:
        copy = os.fork()
        if copy == 0:
            for number in ENDS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    signal.signal(number, signal.SIG_DFL)
    except OSError:
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    return copy


def end_copy(copy: int) -> None:
    """End a copy of this process, and wait for that; one that somebody else has waited for, in a
    program that uses the library, is gone."""
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)


@contextmanager
def ending_with_interrupt(source: "Source") -> Iterator[None]:
    """Let the first interrupt end the streams and followed files where they are now."""
    if not source.endless:
        yield
        return
    with ended_by_signals(lambda _: threading.Timer(GRACE, source.stop).start()):
        yield


@contextmanager
def ended_by_signals(
    end: Callable[[int], object], at_once: Callable[[], object] | None = None
) -> Iterator[None]:
    """Call `end` with the number of the first signal; the second one ends the program.

    at_once: what the second one does instead of unwinding. As in tcpdump, only a hang-up stays
    ignored where it was.
    """
    former: dict[int, Any] = {}

    def obey(number: int, _: object) -> None:
        for each, handler in former.items():
            signal.signal(each, hurry if at_once else handler)
        end(number)

    def hurry(number: int, _: object) -> NoReturn:
        if at_once:
            at_once()
        leave(128 + number)

    for each in ENDS:
        if each != signal.SIGHUP or signal.getsignal(each) is not signal.SIG_IGN:
            former[each] = signal.signal(each, obey)
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
