"""Runs as the other process of :mod:`tcptui.filters.search`: it answers searches until it is
stopped.

It is a program by itself that needs only the standard library, so that it starts quickly. A search
that takes more than its seconds of computing ends the process by SIGPROF, whatever the regular
expression engine does at that moment, and even where nobody waits for the answer any more.
"""

import re
import resource
import signal
import sys
from contextlib import suppress
from functools import cache
from struct import Struct
from typing import BinaryIO, Final

REQUEST: Final = Struct("=dII")
"""Seconds that the search may take, bytes of the expression, bytes of the text; both texts
follow."""
YES: Final = b"y"
NO: Final = b"n"
MOST_MEMORY: Final = 1 << 30
OUT_OF_MEMORY: Final = 3
"""Exit code."""

compiled = cache(re.compile)


def answer(requests: BinaryIO, answers: BinaryIO) -> None:
    """Search for one request after the other."""
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        seconds, pattern_size, text_size = REQUEST.unpack(head)
        pattern, text = requests.read(pattern_size), requests.read(text_size)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        found = compiled(pattern, re.IGNORECASE).search(text)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(YES if found else NO)
        answers.flush()


def main() -> int:
    """Answer on the descriptors of stdin and stdout; return the exit code."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        answer(sys.stdin.buffer, sys.stdout.buffer)
    except MemoryError:
        return OUT_OF_MEMORY
    except BrokenPipeError:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
