"""Lists the files that a word of the command line stands for: a folder, a glob, an address."""

import os
from collections.abc import Callable, Iterator, Mapping
from glob import has_magic
from pathlib import Path
from typing import Any, Final, NamedTuple

import fsspec

from tcptui.capture.capture_names import CAPTURE_NAME, looks_like_capture
from tcptui.capture.errors import CaptureError, WrongOption, cannot_open
from tcptui.escapes import decoded, visible
from tcptui.fleet.extra import EXTRA
from tcptui.fleet.urls import is_url, scrubbed, without_credentials
from tcptui.stderr import say

LONGEST_REASON: Final = 200
CHECK_ADDRESS: Final = "check the address and its rights"


class FilePlace(NamedTuple):
    """A file as its file system tells of it, which is None for a local one.

    ``name`` is without credentials. ``is_capture``: whether it is to be read; in a folder there may
    be other files.
    """

    name: str
    path: str
    file_system: Any
    told: Mapping[str, Any]
    is_capture: bool = True


def places_of(word: str) -> Iterator[FilePlace]:
    """Yield the files that a word stands for. Raises CaptureError."""
    if word == "-":
        raise WrongOption("sweep reads whole files", "-", "name files, folders or addresses")
    path = word.removeprefix("file://")
    return remote_places(path) if is_url(path) else local_places(path)


# -- local ---------------------------------------------------------------------------------------


def local_places(word: str) -> Iterator[FilePlace]:
    """Yield the local files that a word stands for. Raises CaptureError."""
    local = fsspec.filesystem("file")
    paths = [word]
    if has_magic(word) and not os.path.lexists(word):
        paths = sorted(local.glob(os.path.abspath(word)))  # noqa: PTH100 - a glob is no path
        if not paths:
            raise CaptureError("no file matches", visible(word), "check the pattern")
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - raises nothing
            for inside in files_in(path):
                yield local_place(inside)._replace(is_capture=looks_like_capture(inside))
        else:
            yield local_place(path)


def files_in(folder: str) -> Iterator[str]:
    """Yield the regular files of a folder and the folders in it, but follow no links to folders.
    Say which folders cannot be read."""
    for within, _, names in os.walk(folder, onerror=tell_unread):
        for name in names:
            path = os.path.join(within, name)  # noqa: PTH118 - a name that is no text stays whole
            if os.path.isfile(path):  # noqa: PTH113 - raises nothing
                yield path


def tell_unread(error: OSError) -> None:
    """Say that a folder is left out, and why."""
    why = (error.strerror or "cannot be read").lower()
    say(f"{error.filename}: {why}; this folder is left out")


def local_place(path: str) -> FilePlace:
    """Return what the system says of a local file. Raises CaptureError."""
    whole = os.path.abspath(path)  # noqa: PTH100 - a link keeps its own name
    try:
        status = Path(whole).stat()
    except OSError as error:
        raise cannot_open(path, error.errno or 0) from error
    if not Path(whole).is_file():
        raise CaptureError("this is not a file or a folder", visible(path), "name files of packets")
    told = {"size": status.st_size, "mtime": status.st_mtime}
    return FilePlace(decoded(whole), whole, None, told)


# -- elsewhere -----------------------------------------------------------------------------------


def remote_places(word: str) -> Iterator[FilePlace]:
    """Yield the files that an address stands for. Raises CaptureError."""
    file_system, root = asked(word, lambda: fsspec.core.url_to_fs(word))
    listed = asked(word, lambda: listing(file_system, root))
    for path, told in sorted(listed.items()):
        fits = path == root or has_magic(root) or CAPTURE_NAME.search(path) is not None
        yield FilePlace(name_of(word, root, path), path, file_system, told, fits)


def listing(file_system: Any, root: str) -> dict[str, Mapping[str, Any]]:
    """Return the files at a path, in it, or that match it, with what is known of them."""
    try:
        told = file_system.info(root)
    except FileNotFoundError:
        if not has_magic(root):
            raise
        matched = file_system.glob(root, detail=True)
        return {path: one for path, one in matched.items() if one["type"] == "file"}
    if told["type"] == "directory":
        found: dict[str, Mapping[str, Any]] = file_system.find(root, detail=True)
        return found
    return {root: told}


def name_of(word: str, root: str, path: str) -> str:
    """Return the name of a file that was found at an address, whose path there is ``root``."""
    first, *behind = word.split("::")
    before = first.rstrip("/").removesuffix(root) if first.rstrip("/").endswith(root) else ""
    whole = path if is_url(path) else f"{before or first.partition('://')[0] + '://'}{path}"
    return without_credentials("::".join([whole, *behind]))


def asked(word: str, question: Callable[[], Any]) -> Any:
    """Ask a file system, whose errors are told without credentials. Raises CaptureError."""
    told = without_credentials(word)
    try:
        return question()
    except ImportError as error:
        scheme = word.partition("://")[0]
        needs = scrubbed(str(error), word)
        raise WrongOption(needs, told, f"add what reads {scheme}:// to {EXTRA}") from error
    except Exception as error:  # of whatever kind: each file system has its own
        why = reason(error, lambda text: scrubbed(text, word))
        raise CaptureError(why, told, CHECK_ADDRESS) from error


def reason(error: BaseException, scrub: Callable[[str], str]) -> str:
    """Return in one line what went wrong at an address; ``scrub`` takes out its credentials."""
    text = scrub(" ".join(str(error).split()))[:LONGEST_REASON]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
