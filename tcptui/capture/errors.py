"""Says what is wrong with an input, in one clear line: where, what, and what to do."""

import errno
import os

from tcptui.escapes import visible


class CaptureError(Exception):
    """An input cannot be read.

    where: the input, with byte offset and packet number where they are known.
    what: what is wrong there. what_to_do: the advice that ends the line.
    """

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(what, where, what_to_do)
        self.what = what
        self.where = where
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.what_to_do}"


class WrongOption(CaptureError):
    """An input can be read, but not in the way that was asked for."""


class Damage(Exception):
    """The bytes of an input end too early; the text says why, in a few words."""


ADVICE_BY_ERROR = {
    errno.ENOENT: "check the name",
    errno.EACCES: "ask for read permission, or run as a user who has it",
    errno.EISDIR: "name the files in it",
    errno.EMFILE: "raise the limit (ulimit -n), or merge the files first with mergecap",
}


def cannot_open(path: str, number: int) -> CaptureError:
    """Return the error for the system's refusal to open `path`, by its error number."""
    advice = ADVICE_BY_ERROR.get(number, "check the file and the disk it is on")
    reason = os.strerror(number)
    return CaptureError(reason[:1].lower() + reason[1:], visible(path), advice)
