"""Keeps files that can be made again, in a folder that nobody else can read or write.

``$XDG_CACHE_HOME/tcptui`` (``~/.cache``); under sudo that of who called it, in their home. All is
done relative to the open folder, so that nobody can put another one in its place meanwhile.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from tcptui.capture.file_owner import FileOwner, give_to
from tcptui.configuration import folder

if TYPE_CHECKING:
    from tcptui.capture.live.privileges import Invoker

MOST_BYTES: Final = 64 << 20
"""Of all files together; the oldest are removed."""
MOST_FILE: Final = 16 << 20
SUFFIXES: Final = (".list", ".flows", ".new")
"""How the names of its files end: whole, and not yet."""


class NotOurs(OSError):
    """The folder, or a file in it, is a link, or belongs to another user, or is open to others."""


class KeptFile(NamedTuple):
    """A file of the folder."""

    used: int  # ns since the epoch
    size: int
    name: str


def caller() -> "Invoker | None":
    """Return who called sudo; None where nobody did. Raises NotOurs where that cannot be told."""
    if os.geteuid() != 0:
        return None
    from tcptui.capture.live.privileges import invoking_user
    from tcptui.capture.live.refusal import Refusal

    try:
        return invoking_user()
    except Refusal as refusal:
        raise NotOurs(str(refusal)) from None


def owner_of(user: "Invoker | None") -> FileOwner | None:
    """Return to whom what root makes for this user is given."""
    return None if user is None else FileOwner(user.uid, user.gid)


def cache_path() -> str:
    """Return where the folder is. Raises OSError."""
    user = caller()
    if user is None:
        return folder("XDG_CACHE_HOME", ".cache")
    if not user.home.startswith("/"):
        raise FileNotFoundError("there is no home")
    return f"{user.home}/.cache/tcptui"


def check_own(status: os.stat_result, owner: int) -> None:
    """Raise NotOurs unless it is the owner's alone."""
    if status.st_uid != owner or stat.S_IMODE(status.st_mode) & 0o077:
        raise NotOurs("it belongs to another user, or others may use it")


@contextmanager
def opened_folder(*, make: bool = False) -> Iterator[int]:
    """Give a descriptor of the folder, which is made if asked for. Raises OSError."""
    user, path = caller(), cache_path()
    parent, name = os.path.split(path)
    if make and user is None:
        os.makedirs(parent, 0o700, exist_ok=True)  # noqa: PTH103 - the start has no pathlib
    above = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if user is not None and os.fstat(above).st_uid != user.uid:
            raise NotOurs("the folder above belongs to another user")
        made = make and make_folder(name, above)
        inside = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
    finally:
        os.close(above)
    try:
        if made:
            give_to(owner_of(user), inside)
        check_own(os.fstat(inside), os.geteuid() if user is None else user.uid)
        yield inside
    finally:
        os.close(inside)


def make_folder(name: str, above: int) -> bool:
    """Make the folder; return whether it was not there."""
    try:
        os.mkdir(name, 0o700, dir_fd=above)
    except FileExistsError:
        return False
    return True


def read_file(name: str) -> bytes:
    """Return a file of the folder, which counts as used now. Raises OSError."""
    with opened_folder() as inside:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=inside)
        with open(fd, "rb") as file:  # noqa: PTH123 - a descriptor
            status = os.fstat(fd)
            check_own(status, os.fstat(inside).st_uid)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_FILE:
                raise NotOurs("it is no file of ours")
            os.utime(fd)
            return file.read(MOST_FILE)


def write_file(name: str, data: bytes) -> None:
    """Put a file into the folder, whole or not at all, and remove the oldest where there are too
    many. Nothing happens where that cannot be."""
    with suppress(OSError), opened_folder(make=True) as inside:
        unfinished = f"{name}.{os.getpid()}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        fd = os.open(unfinished, flags, 0o600, dir_fd=inside)
        try:
            with open(fd, "wb") as file:  # noqa: PTH123 - a descriptor
                give_to(owner_of(caller()), fd)
                file.write(data)
            os.rename(unfinished, name, src_dir_fd=inside, dst_dir_fd=inside)
        except OSError:
            os.unlink(unfinished, dir_fd=inside)
            raise
        remove_oldest(inside)


def files_in(inside: int) -> list[KeptFile]:
    """Return the files of the folder, the one last used first."""
    found = []
    for name in os.listdir(inside):
        if name.endswith(SUFFIXES):
            with suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=inside, follow_symlinks=False)
                found.append(KeptFile(status.st_mtime_ns, status.st_size, name))
    return sorted(found, reverse=True)


def remove_oldest(inside: int, most: int = MOST_BYTES) -> None:
    """Remove the files that were used longest ago, until the others have ``most`` bytes."""
    held = 0
    for kept in files_in(inside):
        held += kept.size
        if held > most:
            with suppress(FileNotFoundError):
                os.unlink(kept.name, dir_fd=inside)


def kept_files() -> list[KeptFile]:
    """Return what the folder holds. Raises OSError."""
    with opened_folder() as inside:
        return files_in(inside)


def clear() -> None:
    """Remove all files of the folder. Raises OSError."""
    with opened_folder() as inside:
        remove_oldest(inside, -1)
