"""Gives what root makes to whom it belongs: under sudo to the invoking user.

What is made is given away by its descriptor, so that nobody can put another file under its name
meanwhile.
"""

import os
from contextlib import suppress
from typing import NamedTuple


class FileOwner(NamedTuple):
    """A user and a group, by their numbers."""

    uid: int
    gid: int


def invoker() -> FileOwner | None:
    """Return who called sudo; None where nobody did, or that cannot be told."""
    if os.geteuid() != 0:
        return None
    from tcptui.capture.live.privileges import invoking_user
    from tcptui.capture.live.refusal import Refusal

    with suppress(Refusal):
        if user := invoking_user():
            return FileOwner(user.uid, user.gid)
    return None


def owner_above(path: str) -> FileOwner | None:
    """Return whose the nearest folder is that there is above a path; None where we are not root,
    who alone can give anything away. Raises OSError."""
    if os.geteuid() != 0:
        return None
    path = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - pathlib costs 7 ms
    while not os.path.isdir(path):  # noqa: PTH112
        path = os.path.dirname(path)  # noqa: PTH120
    there = os.stat(path)  # noqa: PTH116
    return FileOwner(there.st_uid, there.st_gid)


def give_to(owner: FileOwner | None, handle: int) -> None:
    """Give what has just been made to its owner; None leaves it as it is. Raises OSError."""
    if owner is not None:
        os.fchown(handle, *owner)


def make_folders(path: str, owner: FileOwner | None) -> None:
    """Make a folder, and those above it, where they are not there yet. Raises OSError."""
    missing = []
    path = os.path.abspath(path)  # noqa: PTH100
    while not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)  # noqa: PTH120
    if not os.path.isdir(path):  # noqa: PTH112
        os.mkdir(path)  # noqa: PTH102 - says why not
    for folder in reversed(missing):
        try:
            os.mkdir(folder)  # noqa: PTH102
        except FileExistsError:
            continue  # another process was faster
        if owner is not None:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                give_to(owner, handle)
            finally:
                os.close(handle)


def new_file(path: str, owner: FileOwner | None) -> int:
    """Make a file in place of what an interrupted work has left there, and return its descriptor.
    Raises OSError."""
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        give_to(owner, handle)
    except OSError:
        os.close(handle)
        raise
    return handle
