"""Runs the commands that read no capture: help, version, interfaces, doctor, completion."""

from collections.abc import Callable
from typing import Final

from tcptui.cli.request import Request
from tcptui.cli.version import version


def help_text(request: Request) -> str:
    """Make the help of the command that `--help` was given with, or the overview."""
    from tcptui.cli.help import help_of

    return help_of(request.topic or "open")


def version_text(request: Request) -> str:
    """Name the version and the build, in a line."""
    return f"tcptui {version()}\n"


def interfaces_text(request: Request) -> str:
    """List the interfaces that can be captured, a line each. Raises CaptureError."""
    from tcptui.capture.live.interfaces import listing

    return listing()


def doctor_text(request: Request) -> str:
    """Say what works here, what does not, and why not; or clear the cache."""
    from tcptui.doctor import clear_cache, report

    return clear_cache() if request.input.words else report(version())


def script_text(request: Request) -> str:
    """Write the script that makes a shell complete the command line. Raises UsageError."""
    from tcptui.cli.completion import completion_text

    return completion_text(request)


TEXTS: Final[dict[str, Callable[[Request], str]]] = {
    "help": help_text,
    "version": version_text,
    "interfaces": interfaces_text,
    "doctor": doctor_text,
    "completion": script_text,
}
