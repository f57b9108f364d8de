"""Tells whether a capture file is the one that was read before, by more than its name."""

import os
import re
import time
from typing import Final

BLOCK: Final = 4096
SPREAD_BLOCKS: Final = 64
SETTLED: Final = 2_000_000_000
"""ns for which a file must have been left alone: a second change within the clock's tick would
leave no trace in its times."""
STABLE: Final = frozenset(
    ("bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs")
)
"""Types of file systems in which an inode's number stays with its file. Others are not trusted:
FUSE, 9p, CIFS and FAT may give a number to another file."""


def file_identity(fd: int) -> bytes:
    """Return what tells an open file from any other one, and from itself with other bytes; nothing
    where that cannot be told."""
    try:
        return identity_of(fd)
    except OSError:
        return b""


def identity_of(fd: int) -> bytes:
    """Return what :func:`file_identity` returns. Raises OSError."""
    from hashlib import blake2b  # its library takes a tenth of a start, and most commands ask not

    status = os.fstat(fd)
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    if not status.st_ino or not 0 <= changed <= time.time_ns() - SETTLED:
        return b""
    if file_system_type(fd) not in STABLE:
        return b""
    told = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    digest = blake2b(repr(told).encode(), digest_size=32)
    for at in block_offsets(status.st_size):
        digest.update(os.pread(fd, BLOCK, at))
    return digest.digest()


def block_offsets(size: int) -> list[int]:
    """Return where the first, the last, and the spread blocks of a file of so many bytes begin."""
    last = max(0, size - BLOCK)
    return [last * part // (SPREAD_BLOCKS + 1) for part in range(SPREAD_BLOCKS + 2)]


def file_system_type(fd: int) -> str:
    """Return the type of the file system that an open file lies in; nothing where the system does
    not tell."""
    try:
        with open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as file:  # noqa: PTH123
            mount = re.search(r"^mnt_id:\s*(\d+)$", file.read(), re.MULTILINE)
        with open("/proc/self/mountinfo", errors="replace") as file:  # noqa: PTH123
            mounts = file.read()
    except OSError:
        return ""
    found = mount and re.search(rf"^{mount[1]} .* - (\S+) ", mounts, re.MULTILINE)
    return found[1] if found else ""
