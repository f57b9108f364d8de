"""Gives up all rights but two: to list what is open in the processes of other users, and to look
where it leads."""

import ctypes
import os
import struct
from pathlib import Path
from typing import Final

DAC_READ_SEARCH: Final = 2
SYS_PTRACE: Final = 19
KEPT: Final = 1 << DAC_READ_SEARCH | 1 << SYS_PTRACE
NEEDED: Final = KEPT | sum(1 << right for right in (6, 7, 8, 18))
"""Those, and what it takes to give up the others: SETGID, SETUID, SETPCAP, SYS_CHROOT."""
NOBODY: Final = 65534
LAST_CAPABILITY: Final = 63
VERSION_3: Final = 0x20080522
SET_KEEPCAPS: Final = 8
BOUNDING_DROP: Final = 24
NO_NEW_PRIVILEGES: Final = 38


def can_keep_rights() -> bool:
    """Return whether this process, which runs as root, has the rights that it takes."""
    if os.geteuid() != 0:
        return False
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    permitted = next(text for text in status.splitlines() if text.startswith("CapPrm:"))
    return int(permitted.split()[1], 16) & NEEDED == NEEDED


def keep_two_rights() -> None:
    """Become nobody, with the two rights and no way to others, and see nothing of the file system
    but /proc. Raises OSError."""
    os.chroot("/proc")
    os.chdir("/")
    libc = ctypes.CDLL(None, use_errno=True)
    control(libc, SET_KEEPCAPS, 1)
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(BOUNDING_DROP, capability, 0, 0, 0)  # fails beyond those that there are
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    header = struct.pack("=Ii", VERSION_3, 0)
    sets = struct.pack("=6I", KEPT, KEPT, 0, 0, 0, 0)
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")
    control(libc, NO_NEW_PRIVILEGES, 1)


def control(libc: ctypes.CDLL, what: int, value: int) -> None:
    """Set an attribute of this process. Raises OSError."""
    if libc.prctl(what, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
