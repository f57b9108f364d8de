"""Runs the command without a word of its own: it shows the screen over a capture."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tcptui.capture.errors import CaptureError
from tcptui.cli.printing import report
from tcptui.cli.reading import asked_filter, chosen_rules, filtered, usage_errors
from tcptui.cli.request import Request, UsageError
from tcptui.stderr import hint, say

if TYPE_CHECKING:
    from tcptui.capture.live.live_capture import LiveCapture
    from tcptui.captures import Captures, OpenedSession


TIME_COLUMNS: Final = ("", "none", "epoch", "delta", "date", "start")
"""What the ladder's time column shows for each number of -t; the preferred time without any."""


def open_capture(request: Request) -> int:
    """Show the screen, or print the report where stdout is not a terminal; return the exit code."""
    if names_data_set(request):
        from tcptui.cli.browse import browse

        return browse(request)
    if request.input.root:
        hint("--root: of the data set of a sweep, without effect on a capture")
    if comes_up(request):
        return show(request)
    if not (request.input.files or request.input.interfaces):
        raise UsageError("no capture is named: use tcptui FILE; `tcptui --help` lists more")
    return report(request)


def names_data_set(request: Request) -> bool:
    """Return whether what is named is the data set of a sweep."""
    files = request.input.files
    if len(files) != 1 or not os.path.isdir(files[0]):  # noqa: PTH112 - raises nothing
        return False
    from tcptui.data_set.swept import is_data_set

    return is_data_set(files[0])


def comes_up(request: Request) -> bool:
    """Return whether there is a screen: stdout is a terminal, and nothing that is printed is asked
    for. Say to who types what they gave for a screen that does not come."""
    if sys.stdout.isatty() and not request.prints:
        return True
    if request.shows:
        names = ", ".join(dict.fromkeys(request.shows))
        hint(f"{names}: of the screen, without effect where the result is printed")
    return False


def show(request: Request) -> int:
    """Show files or interfaces, or the chooser, until the user leaves; return the exit code."""
    from tcptui.captures import Captures
    from tcptui.cli.version import exact_version

    rules = chosen_rules(request)
    asked_filter(request, rules)  # a wrong one is refused before the screen is there
    with_terminal = prepare_terminal(request)
    captures = Captures(
        request.capture,
        rules,
        follow=request.input.follow,
        spool=request.input.spool,
        reads_names=request.output.names,
        narrow=lambda source: filtered(source, request) if request.input.files else source,
        version=exact_version() if request.output.cache else "",
    )
    opened = opened_first(request, captures)
    try:
        calm, ascii = with_terminal()
        from tcptui.app import run as run_app
        from tcptui.screens.triage_filter import asked

        wanted = asked(request.output.display_filter, rules.name)
        time = TIME_COLUMNS[request.output.time_format]
        code = run_app(
            captures,
            opened,
            calm=calm,
            ascii=ascii,
            numeric=request.output.numeric,
            time=time,
            asked=wanted,
        )
    finally:
        captures.stop()
        for live in captures.lives:
            end(live)
    if opened:
        check_outcome(request, opened)
    return code


def prepare_terminal(request: Request) -> Callable[[], tuple[bool, bool]]:
    """Find the terminal; return what attaches to it once the input is open, and says whether to be
    calm and whether to draw in ASCII. Raises UsageError where there is none."""
    from tcptui import terminal

    chosen = request.output
    device = terminal_device()
    calm = terminal.crosses_network(os.environ) if chosen.calm is None else chosen.calm
    terminal.prepare(calm)

    def attach() -> tuple[bool, bool]:
        terminal.attach(device)
        return calm, chosen.ascii or terminal.is_plain(os.environ)

    return attach


def check_outcome(request: Request, opened: "OpenedSession") -> None:
    """Raise CaptureError where the screen could not finish: no packets, or no copy for -w."""
    source, error = opened.session.source, opened.session.error
    copy = request.capture.write if request.input.files else None
    if error and (copy or not (isinstance(error, CaptureError) and opened.engine.frames)):
        raise error
    if copy and not (source.ended or source.endless):
        say(f"{copy}: not written, because the capture was closed too early")


def terminal_device() -> int:
    """Find the terminal to draw on. Raises UsageError where there is none."""
    from tcptui import terminal

    try:
        return terminal.device()
    except terminal.NoTerminal as error:
        raise UsageError(str(error)) from error


def opened_first(request: Request, captures: "Captures") -> "OpenedSession | None":
    """Open what the command line names; return None for the chooser. Raises UsageError,
    CaptureError."""
    chosen = request.input
    if chosen.interfaces:
        with usage_errors(request):
            return captures.capture(chosen.interfaces, chosen.expression)
    return captures.open_files(chosen.files) if chosen.files else None


def end(live: "LiveCapture") -> None:
    """Stop the capture and say how it went."""
    from tcptui.capture.live.headless import account

    live.stop()
    account(live)
    if live.error:
        say(live.error)
    live.close()
