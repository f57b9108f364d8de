"""Says what the machine lacks, where that is why something failed: memory, threads, descriptors;
gives back what is free."""

import errno
from collections.abc import Iterator
from contextlib import suppress
from mmap import MAP_PRIVATE, mmap
from typing import Final

MEMORY: Final = "not enough memory; read a part of the capture (-c, a filter), or raise ulimit -v"
THREADS: Final = "the system starts no more threads; end other programs, or raise ulimit -u or -v"
DESCRIPTORS: Final = "too many open files; raise the limit (ulimit -n), or open fewer captures"

ROOM: Final = 40 << 20
"""Bytes; the analysis takes less between two looks."""

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The system's errors where nothing more can be written: who writes knows to which disk."""

MOST_KEPT: Final = 4 << 20
"""Bytes; a few blocks of a file."""

BY_NUMBER: Final = {
    errno.ENOMEM: MEMORY,
    errno.EAGAIN: THREADS,
    errno.EMFILE: DESCRIPTORS,
    errno.ENFILE: DESCRIPTORS,
}
BY_WORDS: Final = (
    ("can't start new thread", THREADS),
    ("too many open files", DESCRIPTORS),
    ("failed to map segment", MEMORY),
    ("cannot allocate memory", MEMORY),
    ("cannot create shared object descriptor", MEMORY),
    ("cannot map zero-fill pages", MEMORY),
    ("cannot change memory protections", MEMORY),
)
"""What Python says about threads, and the dynamic linker about a library that does not fit in."""


def shortage(error: BaseException) -> str | None:
    """Return the line for ``error`` where it, or one behind it, says that the machine lacks
    something."""
    return next(filter(None, map(lack, chain(error))), None)


def has_room() -> bool:
    """Return whether the system would give :data:`ROOM`; this takes some microseconds."""
    try:
        mmap(-1, ROOM, flags=MAP_PRIVATE).close()
    except OSError:
        return False
    return True


def require_room() -> None:
    """Raise MemoryError while a little is left: compiled code that gets none fails in strange
    ways."""
    if not has_room():
        raise MemoryError


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield ``error`` and those during whose handling it came up, each once."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__


def lack(error: BaseException) -> str | None:
    """Return what this one error says."""
    if isinstance(error, MemoryError) or (isinstance(error, SystemError) and not has_room()):
        return MEMORY
    if isinstance(error, OSError) and error.errno in BY_NUMBER:
        return BY_NUMBER[error.errno]
    if isinstance(error, (OSError, ImportError, RuntimeError)):
        text = str(error).lower()
        return next((line for words, line in BY_WORDS if words in text), None)
    return None


def keep_freed() -> None:
    """Keep freed memory for the next blocks of a file: glibc gives back less than twice the largest
    piece that was once asked for by itself and let go of, and new pages take as long as reading."""
    bytes(MOST_KEPT)  # zeros, which take no memory until they are looked at


def give_back_freed() -> None:
    """Give freed memory back to the system: glibc keeps what lies between things that are held, and
    a second process would have it too."""
    import ctypes  # which most commands do without

    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
