"""The command line: picks a source and a mode. Heavy imports wait until they are needed."""

import gc
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, NoReturn

from tcptui import __version__
from tcptui.arguments import USAGE, Request, UsageError, parse
from tcptui.capture.errors import CaptureError
from tcptui.capture.source import Source, open_source
from tcptui.engine.engine import Engine

DONE: Final = 0
BUG: Final = 1
BELOW_THRESHOLD: Final = 1
WRONG_USE: Final = 2
UNREADABLE: Final = 3
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code, as docs/command-line.md lists them."""
    try:
        request = parse(sys.argv[1:] if arguments is None else arguments)
        code = COMMANDS[request.command](request)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return complain(error, WRONG_USE)
    except CaptureError as error:
        return complain(error, UNREADABLE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return complain(crash_note(error), BUG)


def run() -> NoReturn:
    """The program: :func:`main`, then out at once.

    Taking a million flows apart object by object would cost as long as the analysis did.
    """
    code = main()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def complain(what: object, code: int) -> int:
    """One line on stderr; ``code``."""
    print(f"tcptui: {what}", file=sys.stderr)
    return code


def crash_note(error: Exception) -> str:
    """Write down where ``error`` came from, without packet contents; the line that says so."""
    places = "".join(traceback.format_tb(error.__traceback__))
    handle, path = tempfile.mkstemp(prefix="tcptui-crash-", suffix=".txt")
    with os.fdopen(handle, "w") as note:
        note.write(f"tcptui {version()}, Python {sys.version}\n{type(error).__name__}\n{places}")
    return f"this is a bug ({type(error).__name__}); please report it with {path}"


def version() -> str:
    """``0.1.0 (compiled)`` or ``0.1.0 (interpreted)``."""
    return f"{__version__} ({build()})"


def build() -> str:
    """Whether the engine that runs was compiled."""
    from tcptui.engine import engine

    return "compiled" if (engine.__file__ or "").endswith(".so") else "interpreted"


def show_help(request: Request) -> int:
    print(USAGE, end="")
    return DONE


def show_version(request: Request) -> int:
    print(f"tcptui {version()}")
    return DONE


def packets(request: Request) -> int:
    from tcptui.report.packets import UnknownField, print_packets

    source = open_headless(request)
    try:
        engine = print_packets(source, sys.stdout.buffer, request.fields, request.format)
    except UnknownField as error:
        raise UsageError(str(error)) from error
    finally:
        source.close()
    say_what_is_odd(source, engine)
    return DONE


def report(request: Request) -> int:
    from tcptui.report.report import print_report

    source = open_headless(request)
    try:
        engine = print_report(
            source, sys.stdout.buffer, request.files, request.format, build(), request.findings
        )
    finally:
        source.close()
    say_what_is_odd(source, engine)
    return DONE


def compare(request: Request) -> int:
    from tcptui.report.compare import agreement_text
    from tcptui.report.compare import compare as compare_files
    from tcptui.report.tshark import Tshark, TsharkMissing

    try:
        tshark = Tshark()
    except TsharkMissing as error:
        raise UsageError(str(error)) from error
    try:
        agreement = compare_files(request.files, tshark)
    finally:
        tshark.close()
    for line in agreement_text(agreement, tshark.version):
        print(line)
    return DONE if agreement.share * 100 >= request.threshold else BELOW_THRESHOLD


def open_capture(request: Request) -> int:
    """The screen; where stdout is no terminal, the report."""
    if not request.files:
        raise UsageError("which capture? tcptui FILE; `tcptui --help` lists the rest")
    if not sys.stdout.isatty():
        return report(request)
    raise UsageError("no screen yet")


def open_headless(request: Request) -> Source:
    """The source of a command that reads its input once, from the beginning to the end."""
    gc.disable()
    return open_source(request.files, seekable=False)


def say_what_is_odd(source: Source, engine: Engine) -> None:
    """On stderr: damage, and captures that hold nothing to show."""
    for warning in source.warnings:
        print(f"tcptui: {warning}", file=sys.stderr)
    if engine.frames == 0:
        print("tcptui: the capture holds no packets", file=sys.stderr)
    elif engine.packets.count == 0:
        print(f"tcptui: {engine.frames:,} packets, none of them TCP", file=sys.stderr)


COMMANDS: Final[dict[str, Callable[[Request], int]]] = {
    "help": show_help,
    "version": show_version,
    "open": open_capture,
    "report": report,
    "packets": packets,
    "compare": compare,
}


if __name__ == "__main__":
    run()
