"""The command line: picks a source and a mode. Heavy imports wait until they are needed."""

import errno
import gc
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from tcptui import __version__
from tcptui.arguments import USAGE, Request, UsageError, parse
from tcptui.capture.errors import CaptureError, WrongOption
from tcptui.capture.interrupt import Ended, ending_with_interrupt, remove_own_files
from tcptui.capture.source import Source, open_source
from tcptui.capture.whole_file import descriptor
from tcptui.engine.engine import Engine
from tcptui.escapes import visible
from tcptui.filters.filter_error import Unanswered
from tcptui.shortage import shortage
from tcptui.start import run
from tcptui.stderr import say
from tcptui.streams import lose_output

if TYPE_CHECKING:
    from tcptui.capture.live.live_capture import LiveCapture
    from tcptui.captures import Captures, Opened
    from tcptui.filters.language import Expression

DONE: Final = 0
BUG: Final = 1
BELOW_THRESHOLD: Final = 1
WRONG_USE: Final = 2
UNREADABLE: Final = 3
UNWRITABLE: Final = 3
INTERRUPTED: Final = 130

FRAME: Final = re.compile("[0-9]{1,18}")
"""A frame number."""
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where no more can be written."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code, as docs/command-line.md lists them."""
    try:
        request = parse(sys.argv[1:] if arguments is None else arguments)
        code = COMMANDS[request.command](request)
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


def complain(what: object, code: int, below: str = "") -> int:
    """One line on stderr, and what is to stand below it; ``code``."""
    say(what, below)
    return code


def crash_note(error: Exception) -> str:
    """Write down where ``error`` came from, without packet contents; the line that says so."""
    name = type(error).__name__
    try:
        import tempfile
        import traceback

        places = "".join(traceback.format_tb(error.__traceback__))
        handle, path = tempfile.mkstemp(prefix="tcptui-crash-", suffix=".txt")
        with os.fdopen(handle, "w") as note:
            note.write(f"tcptui {version()}, Python {sys.version}\n{name}\n{places}")
    except Exception as refusal:
        why = shortage(refusal) or getattr(refusal, "strerror", "") or type(refusal).__name__
        return f"this is a bug ({name}); no note could be written ({why})"
    return f"this is a bug ({name}); please report it with {path}"


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
    from tcptui.report.packets import UnknownField, columns, print_packets, reads_bytes

    wanted = expression(request)
    try:
        fields = columns(request.fields)
    except UnknownField as error:
        raise UsageError(str(error)) from error
    with reading(request, wanted, again=reads_bytes(fields)) as source:
        engine = print_packets(source, printed(request), fields, request.format, wanted)
    say_what_is_odd(source, engine)
    return DONE


def report(request: Request) -> int:
    from tcptui.report.report import Contents, print_report

    contents = Contents(expression(request), request.findings, request.evidence)
    files = request.files or request.interfaces
    with reading(request, contents.only, again=request.evidence) as source:
        engine = print_report(source, printed(request), files, request.format, build(), contents)
    say_what_is_odd(source, engine)
    return DONE


def explain(request: Request) -> int:
    from tcptui.report.evidence import NoSuchFrame
    from tcptui.report.evidence import explain as print_evidence

    if len(request.words) != 1 or not FRAME.fullmatch(request.words[0]):
        raise UsageError("explain needs a file and a frame: tcptui explain FILE FRAME")
    try:
        with reading(request, again=True) as source:
            print_evidence(source, printed(request), int(request.words[0]), request.format)
    except NoSuchFrame as error:
        raise UsageError(str(error)) from error
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
        print(visible(line))
    return DONE if agreement.share * 100 >= request.threshold else BELOW_THRESHOLD


def open_capture(request: Request) -> int:
    """The screen; where stdout is no terminal, the report."""
    if not (request.files or request.interfaces or sys.stdout.isatty()):
        raise UsageError("which capture? tcptui FILE; `tcptui --help` lists the rest")
    if not sys.stdout.isatty():
        return report(request)
    return show(request)


def show(request: Request) -> int:
    """The screen over the files or interfaces, or the chooser, until the user leaves it."""
    gc.disable()  # what is imported now stays; later tcptui.garbage looks after it
    from tcptui import terminal
    from tcptui.captures import Captures

    expression(request)
    device = terminal_device()
    remote = terminal.is_remote(os.environ)
    calm = remote if request.calm is None else request.calm
    terminal.prepare(calm)
    captures = Captures(
        request.capture,
        follow=request.follow,
        spool=request.spool,
        narrow=lambda source: filtered(source, request) if request.files else source,
    )
    opened = opened_first(request, captures)
    try:
        terminal.attach(device)
        from tcptui.app import run as run_app
        from tcptui.screens.triage_filter import asked

        code = run_app(
            captures,
            opened,
            calm=calm,
            ascii=request.ascii or terminal.is_plain(os.environ),
            asked=asked(request.display_filter),
        )
    finally:
        captures.stop()
        for live in captures.lives:
            end(live)
    if opened:
        check_outcome(request, opened)
    return code


def check_outcome(request: Request, opened: "Opened") -> None:
    """What the screen could not leave behind: packets, or the copy of -w. CaptureError."""
    source, error = opened.session.source, opened.session.error
    copy = request.capture.get("w") if request.files else None
    if error and (copy or not (isinstance(error, CaptureError) and opened.engine.frames)):
        raise error
    if copy and not (source.ended or source.endless):
        complain(f"{copy}: not written; the capture was left before it was read to its end", DONE)


def terminal_device() -> int:
    """As tcptui.terminal.device; UsageError where there is none."""
    from tcptui import terminal

    try:
        return terminal.device()
    except terminal.NoTerminal as error:
        raise UsageError(str(error)) from error


def opened_first(request: Request, captures: "Captures") -> "Opened | None":
    """What the command line names; None leaves it to the chooser. UsageError, CaptureError."""
    if request.interfaces:
        with letters_checked():
            return captures.interfaces(request.interfaces, request.expression)
    return captures.files(request.files) if request.files else None


def end(live: "LiveCapture") -> None:
    """Stop the capture and say what came of it."""
    from tcptui.capture.live.headless import account

    live.stop()
    account(live)
    if live.error:
        say(live.error)
    live.close()


def expression(request: Request) -> "Expression | None":
    """What `-Y` asks for; UsageError."""
    if not request.display_filter:
        return None
    from tcptui.filters.filter_error import FilterError
    from tcptui.filters.language import parse as parse_filter

    try:
        return parse_filter(request.display_filter)
    except FilterError as error:
        raise UsageError(f"-Y: {error}", error.pointed()) from error


def show_interfaces(request: Request) -> int:
    from tcptui.capture.live.interfaces import listing

    print(listing(), end="")
    return DONE


def printed(request: Request) -> BinaryIO:
    """Where the result of a command goes: nowhere if -w writes the capture to stdout."""
    if descriptor(request.capture.get("w", "")) == 1:
        return open(os.devnull, "wb")  # noqa: PTH123 - open until the program ends
    return sys.stdout.buffer


@contextmanager
def reading(
    request: Request, wanted: "Expression | None" = None, again: bool = False
) -> Iterator[Source]:
    """The source of a command that reads its input from the beginning to the end.

    ``again``: packets are read a second time, as they are for some filters.
    """
    gc.disable()
    if request.interfaces:
        with capturing(request) as live:
            yield live
        return
    again = again or (wanted is not None and wanted.reads_bytes)
    source = open_source(
        request.files, seekable=again, follow=request.follow, spool_dir=request.spool
    )
    try:
        source = filtered(source, request)
        with ending_with_interrupt(source):
            try:
                yield source
            except BrokenPipeError:  # nobody reads the rows any more, but -w writes all packets
                source.complete()
                raise
            source.complete()
    finally:
        source.close()


def filtered(source: Source, request: Request) -> Source:
    """The source as the capture filter and -c leave it; -w gets a copy."""
    if not request.expression and not request.capture:
        return source
    from tcptui.capture.live.filtered_source import FilteredSource
    from tcptui.capture.live.tcpdump_options import file_letters
    from tcptui.capture.packet_copy import PacketCopy

    with letters_checked():
        count, path = file_letters(request.capture)
        if not (request.expression or count or path):
            return source
        if descriptor(path) == 1 and sys.stdout.isatty():
            raise UsageError(f"-w {path}: a terminal takes no capture; name a file, or pipe it on")
        chosen = FilteredSource(source, request.expression, count)
    if path:
        chosen.copy = PacketCopy(path, source.is_reading)
    return chosen


@contextmanager
def letters_checked() -> Iterator[None]:
    """Wrong options and filters are wrong use."""
    from tcptui.capture.live.capture_filter import WrongExpression
    from tcptui.capture.live.libpcap import Missing
    from tcptui.capture.live.tcpdump_options import WrongLetter

    try:
        yield
    except (WrongLetter, WrongExpression) as error:
        raise UsageError(str(error)) from error
    except Missing as error:
        raise UsageError(f"{error}, and it is what understands a capture filter") from error


@contextmanager
def capturing(request: Request) -> Iterator[Source]:
    """The packets of the interfaces, until -c, an interrupt, or their end."""
    from tcptui.capture.live.headless import captured
    from tcptui.capture.live.tcpdump_options import live_options
    from tcptui.engine.decode.protocol_numbers import LINKS

    with letters_checked():
        options = live_options(
            request.interfaces, request.expression, request.capture, request.spool
        )
        with captured(options, LINKS) as source:
            yield source


def say_what_is_odd(source: Source, engine: Engine) -> None:
    """On stderr: damage, and captures that hold nothing to show."""
    for warning in source.warnings:
        say(warning)
    if engine.frames == 0:
        say("the capture holds no packets")
    elif engine.segments == 0:
        say(f"{engine.frames:,} packets, none of them TCP")


def doctor(request: Request) -> int:
    from tcptui.doctor import report as examination

    print(examination(version()), end="")
    return DONE


COMMANDS: Final[dict[str, Callable[[Request], int]]] = {
    "help": show_help,
    "version": show_version,
    "open": open_capture,
    "interfaces": show_interfaces,
    "report": report,
    "packets": packets,
    "explain": explain,
    "compare": compare,
    "doctor": doctor,
}


if __name__ == "__main__":
    run()
