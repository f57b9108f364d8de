"""Captures at the points of a comparison that are elsewhere, all at once, each to a file."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tcptui.capture.live.remote_address import is_remote
from tcptui.capture.options import CaptureOptions
from tcptui.cli.reading import usage_errors
from tcptui.cli.request import Request, UsageError

if TYPE_CHECKING:
    from tcptui.capture.live.live_capture import LiveCapture

TICK: Final = 0.05


def check_live_points(request: Request, sources: Sequence[Sequence[str]]) -> None:
    """Check that each live point has one source, and that there is one for -c and its like.
    Raises UsageError."""
    for some in sources:
        live = next(filter(is_remote, some), None)
        if live is not None and len(some) > 1:
            raise UsageError(f"between {live}: a point that is captured now has no other source")
    if any(is_remote(one) for some in sources for one in some):
        return
    if vars(request.capture) != vars(CaptureOptions()):
        raise UsageError(
            "between compares whole captures: -c, -s, -B and -p act on points of ssh://, pod:// "
            "and docker://"
        )


@contextmanager
def captured_points(request: Request, urls: Sequence[str]) -> Iterator[dict[str, str]]:
    """Capture at these addresses until all have -c packets, or until an interrupt; yield the file
    of each, which is gone at the end. Raises CaptureError, UsageError.

    The second interrupt ends the program.
    """
    if not urls:
        yield {}
        return
    with TemporaryDirectory(prefix="tcptui-points-", dir=request.input.spool) as folder:
        files = {url: str(Path(folder, f"{number}.pcapng")) for number, url in enumerate(urls)}
        with ExitStack() as opened:
            capture_to_end(begun_captures(request, files, opened))
        yield files


def begun_captures(
    request: Request, files: Mapping[str, str], opened: ExitStack
) -> "list[LiveCapture]":
    """Begin to capture at each address, into its file; the stack closes what has begun. Raises
    CaptureError, UsageError."""
    from tcptui.capture.live.live_capture import LiveCapture
    from tcptui.capture.live.live_options import live_options
    from tcptui.engine.decode.protocol_numbers import LINKS

    captures: list[LiveCapture] = []
    for url, path in files.items():
        chosen = request.capture.changed(write=path)
        with usage_errors(request):
            options = live_options([url], "", chosen, request.input.spool)
            capture = LiveCapture(options, LINKS)
            opened.callback(capture.close)
            capture.start()
        captures.append(capture)
    return captures


def capture_to_end(captures: "Sequence[LiveCapture]") -> None:
    """Capture until all have ended, which an interrupt asks them to do, and say how each went."""
    from tcptui.capture.interrupt import ended_by_signals
    from tcptui.capture.live.headless import account, tell_words
    from tcptui.stderr import say

    def end(_: int) -> None:
        for capture in captures:
            capture.end()

    with ended_by_signals(end):
        names = ", ".join(capture.source.name for capture in captures)
        say(f"capturing on {names}; Ctrl-C stops it and compares what was captured")
        for capture in captures:
            for note in capture.notes:
                say(note)
        said = [tell_words(capture) for capture in captures]
        wait_for_end(captures)
    for capture, lines in zip(captures, said, strict=True):
        capture.stop()
        account(capture, lines)


def wait_for_end(captures: Sequence["LiveCapture"]) -> None:
    """Wait until all captures have ended; what one has until it ends by itself is compared too."""
    from tcptui.capture.live.live_capture import CaptureState
    from tcptui.stderr import say

    while any(capture.state is CaptureState.RUNNING for capture in captures):
        time.sleep(TICK)
    for capture in captures:
        if capture.error:
            say(f"{capture.source.name}: {capture.error}")
