"""Holds the folder of a data set while a sweep writes there, so that no other sweep does."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tcptui.capture.errors import WrongOption
from tcptui.capture.file_owner import invoker, make_folders
from tcptui.fleet.data_set import writing_to


@contextmanager
def held_alone(out: Path) -> Iterator[None]:
    """Make the folder of a data set if need be, and hold it; one that stays empty is removed again.

    Two sweeps with a manifest each would remove what the other has written. A file system without
    locks lets them. Raises WrongOption where the name is taken, Unwritable.
    """
    is_new = not os.path.lexists(out)
    with writing_to(out):
        try:
            make_folders(str(out), invoker())
            folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
        except (FileExistsError, NotADirectoryError) as error:
            raise WrongOption("this is not a folder", str(out), "choose another name") from error
    try:
        hold(folder, out)
        yield
    finally:
        os.close(folder)
        if is_new:
            with suppress(OSError):
                out.rmdir()


def hold(folder: int, out: Path) -> None:
    """Lock an open folder, until it is closed or the process ends. Raises WrongOption."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        advice = "wait until it has ended, or choose another folder"
        raise WrongOption("another sweep is writing there", str(out), advice) from error
    except OSError:
        return
