"""Writes files that appear whole under their names, or not at all.

Until it is kept, such a file is a temporary one in the same folder: an older file of that name
stays as it is when the input proves unreadable, the disk is full or the work is interrupted.
"""

import errno
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from tcptui.capture.file_owner import give_to, invoker
from tcptui.capture.interrupt import OWN_FILES

STDOUT: Final = "-"
STANDARD: Final = {STDOUT: 1, "/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
DESCRIPTOR: Final = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})")


def descriptor(target: str) -> int | None:
    """Return the open descriptor that a name such as `-` or `/dev/fd/3` means; None for other
    names.
    """
    match = DESCRIPTOR.fullmatch(target)
    return int(match[1]) if match else STANDARD.get(target)


def status(target: str) -> os.stat_result | None:
    """Return what the system says about a target that exists; None if there is none. Raises
    OSError."""
    number = descriptor(target)
    if number is not None:
        return os.fstat(number)
    if not target:
        raise OSError(errno.EINVAL, "a name is missing")
    if target.endswith("/"):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    try:
        return os.stat(target)  # noqa: PTH116 - a Path would drop what the name says
    except FileNotFoundError:
        return None
    except ValueError:
        raise OSError(errno.EINVAL, "this is not a file name") from None


class WholeFile:
    """A file to write: `keep` gives it its name, `drop` leaves the file that was there before.

    A symbolic link keeps pointing where it does. A file that is there hands its mode and owner
    on. Pipes, devices and open descriptors are written directly, and their bytes at once.
    """

    def __init__(self, target: str) -> None:
        """Begin the file. Raises OSError where that is not possible."""
        there = status(target)
        number = descriptor(target)
        self._goal = ""  # where it goes to; empty if it is written directly
        self._path = ""
        if number is not None:
            handle = os.dup(number)
        elif there and not stat.S_ISREG(there.st_mode):
            handle = os.open(target, os.O_WRONLY | os.O_CLOEXEC)
        else:
            check_replaceable(target, there)
            self._goal = os.path.realpath(target)
            folder = os.path.dirname(self._goal)  # noqa: PTH120 - pathlib costs 7 ms at start
            self._path = os.path.join(folder, f".tcptui-{os.urandom(6).hex()}.part")  # noqa: PTH118
            OWN_FILES.add(self._path)
            handle = self._created()
        try:
            if self._goal:
                belong(handle, there)
            self.file = os.fdopen(handle, "wb")
        except BaseException:
            os.close(handle)
            self._forget()
            raise

    def _created(self) -> int:
        """Create the temporary file and return its descriptor. Raises OSError."""
        try:
            return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            OWN_FILES.discard(self._path)
            reason = f"its folder refuses a temporary file ({error.strerror})"
            raise OSError(error.errno, reason) from None

    @property
    def is_direct(self) -> bool:
        """Whether the target is written directly, so that `drop` cannot take anything back."""
        return not self._goal

    def write(self, parts: Iterable[bytes]) -> None:
        """Append the parts. Raises OSError."""
        self.file.writelines(parts)
        if self.is_direct:
            self.file.flush()

    def keep(self) -> None:
        """Complete the file and give it its name. On OSError it is gone, and an older one stays."""
        try:
            self.file.flush()
            if self._goal:
                os.fsync(self.file.fileno())
            self.file.close()
            if self._goal:
                os.replace(self._path, self._goal)  # noqa: PTH105
                OWN_FILES.discard(self._path)
                self._path = ""
        finally:
            self.drop()

    def drop(self) -> None:
        """Leave the file that was there before; this has no effect once the new one was kept."""
        with suppress(OSError):
            self.file.close()
        self._forget()

    def _forget(self) -> None:
        path, self._path = self._path, ""
        if path:
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108
            OWN_FILES.discard(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.keep()
        else:
            self.drop()


def check_replaceable(target: str, there: os.stat_result | None) -> None:
    """Refuse to replace a file that could not be written to. Raises OSError."""
    if there is None:
        return
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if any(is_open(number, there) for number in (1, 2)):
        raise FileExistsError(errno.EEXIST, "tcptui writes its output there already")


def is_open(number: int, there: os.stat_result) -> bool:
    """Return whether a descriptor has this file open."""
    try:
        return os.path.samestat(os.fstat(number), there)
    except OSError:
        return False


def belong(handle: int, there: os.stat_result | None) -> None:
    """Give a new file the mode and owner of the one that it replaces. Raises OSError.

    Without one: the mode of any new file, and under sudo the invoking user's.
    """
    if there is not None:
        os.fchmod(handle, inherited(handle, there))
        return
    mask = os.umask(0)
    os.umask(mask)
    os.fchmod(handle, 0o666 & ~mask)
    give_to(invoker(), handle)


def inherited(handle: int, there: os.stat_result) -> int:
    """Return the mode that a new file inherits, after setting owner and group. Raises OSError where
    the owner cannot be kept.

    A group that we are not in cannot be kept either: our own group then gets the rights of all
    others.
    """
    mode = stat.S_IMODE(there.st_mode)
    made = os.fstat(handle)
    if (there.st_uid, there.st_gid) != (made.st_uid, made.st_gid):
        try:
            os.fchown(handle, there.st_uid, there.st_gid)
        except PermissionError:
            if there.st_uid != made.st_uid:
                raise
            return mode & (0o707 | (mode & 0o007) << 3)
    return mode


def write_whole(target: str, parts: Iterable[bytes]) -> None:
    """Write a file that appears complete under its name, or not at all. Raises OSError."""
    with WholeFile(target) as file:
        file.write(parts)
