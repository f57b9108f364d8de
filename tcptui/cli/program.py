"""Runs a command line, and reports how it ended."""

import os
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptui.capture.errors import CaptureError, WrongOption
from tcptui.capture.interrupt import Ended, remove_own_files
from tcptui.cli.exit_codes import BUG, DONE, INTERRUPTED, UNREADABLE, UNWRITABLE, WRONG_USE
from tcptui.cli.parser import parse
from tcptui.cli.request import Request, UsageError
from tcptui.cli.version import version
from tcptui.filters.filter_error import Unanswered
from tcptui.shortage import FULL, shortage
from tcptui.stderr import hint, say
from tcptui.streams import lose_output

if TYPE_CHECKING:
    StrayError = threading.ExceptHookArgs | sys.UnraisableHookArgs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code. It raises nothing."""
    try:
        request = parse(sys.argv[1:] if arguments is None else arguments)
        tell_unheeded(request)
        code = run_command(request)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return complain(error, WRONG_USE, error.below)
    except (WrongOption, Unanswered) as error:
        return complain(error, WRONG_USE)
    except CaptureError as error:
        return complain(error, UNREADABLE)
    except BrokenPipeError:
        lose_output()
        return DONE
    except Ended as end:
        return end.code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            lose_output()
            return complain(f"standard output: {error.strerror}; write to another disk", UNWRITABLE)
        return complain(shortage(error) or crash_note(error), BUG)
    finally:
        remove_own_files()


def tell_unheeded(request: Request) -> None:
    """Say once, to who types, which of tcpdump's options do nothing here."""
    if request.unheeded:
        names = ", ".join(request.unheeded)
        hint(f"{names}: accepted as tcpdump's, without effect here; docs/tcpdump.md says more")


def run_command(request: Request) -> int:
    """Run the command that was asked for, and return its exit code; import only what it needs."""
    match request.command:
        case "help" | "version" | "interfaces" | "doctor" | "completion":
            from tcptui.cli import about

            print(about.TEXTS[request.command](request), end="")
            return DONE
        case "open":
            from tcptui.cli.screen import open_capture

            return open_capture(request)
        case "between":
            from tcptui.cli.between import between

            return between(request)
        case "graph":
            from tcptui.cli.graph import graph

            return graph(request)
        case "sweep":
            from tcptui.cli.sweep import sweep

            return sweep(request)
        case command:
            from tcptui.cli import printing

            return printing.COMMANDS[command](request)


def answer_for_strays() -> None:
    """Tell errors that no caller gets, of threads and finalizers, as those of commands are told."""
    threading.excepthook = tell_stray
    sys.unraisablehook = tell_stray


def tell_stray(stray: "StrayError") -> None:
    """Write the line about an error that ended a thread, or that a finalizer could not raise."""
    error = stray.exc_value
    if isinstance(error, Exception):
        say(shortage(error) or crash_note(error))


def complain(what: object, code: int, below: str = "") -> int:
    """Write one line on stderr, with further lines below it, and return the code."""
    say(what, below)
    return code


def crash_note(error: Exception) -> str:
    """Write down where ``error`` came from, without packet contents; return the line about it."""
    name = type(error).__name__
    try:
        import tempfile
        import traceback

        from tcptui.capture.file_owner import give_to, invoker

        frames = "".join(traceback.format_tb(error.__traceback__))
        handle, path = tempfile.mkstemp(prefix="tcptui-crash-", suffix=".txt")
        with os.fdopen(handle, "w") as note:
            give_to(invoker(), handle)
            note.write(f"tcptui {version()}, Python {sys.version}\n{name}\n{frames}")
    except Exception as refusal:
        why = shortage(refusal) or getattr(refusal, "strerror", "") or type(refusal).__name__
        return f"this is a bug ({name}); no crash note could be written ({why})"
    return f"this is a bug ({name}); please report it with {path}"
