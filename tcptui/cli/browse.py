"""Shows the data set of a sweep: the command without a word of its own, given such a folder."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tcptui.capture.errors import CaptureError
from tcptui.cli.request import Request, UsageError
from tcptui.tables.requirement import MissingPackage, require, require_pyarrow

if TYPE_CHECKING:
    from tcptui.data_set.swept import SweptCapture
    from tcptui.fleet.fetching import Fetcher


def browse(request: Request) -> int:
    """Show a data set until the user leaves; return the exit code. Raises UsageError,
    CaptureError."""
    check_browse(request)
    from tcptui.captures import Captures
    from tcptui.cli.reading import chosen_rules
    from tcptui.cli.screen import TIME_COLUMNS, prepare_terminal
    from tcptui.data_set.capture_places import roots_of
    from tcptui.data_set.swept import read_manifest
    from tcptui.engine.wireshark.rule_sets import RULE_SETS

    swept = read_manifest(Path(request.input.files[0]))
    rules = chosen_rules(request)
    if not request.input.rules:
        rules = RULE_SETS.get(swept.rules, rules)
    spool = request.input.spool
    captures = Captures(request.capture, rules, spool=spool, reads_names=request.output.names)
    with_terminal = prepare_terminal(request)
    with closing(LazyFetcher(spool)) as fetcher:
        try:
            calm, ascii = with_terminal()
            from tcptui.browse_app import run

            roots = roots_of(request.input.root, swept.sources)
            return run(
                swept,
                roots,
                fetcher.fetch,
                captures,
                calm=calm,
                ascii=ascii,
                numeric=request.output.numeric,
                time=TIME_COLUMNS[request.output.time_format],
            )
        finally:
            captures.stop()


def check_browse(request: Request) -> None:
    """Check that a data set can be shown. Raises UsageError."""
    folder = request.input.files[0]
    if not is_terminal() or request.prints:
        what = f"{folder} is the data set of a sweep, which a terminal shows"
        raise UsageError(f"{what}; DuckDB, polars and others read {folder}/flows")
    if request.output.display_filter or request.input.expression:
        raise UsageError(f"{folder} is the data set of a sweep: / filters it on the screen")
    if request.capture.write or request.capture.count or request.input.follow:
        raise UsageError(f"{folder} is the data set of a sweep: -w, -c, --follow are for captures")
    try:
        require_pyarrow("a data set")
    except MissingPackage as error:
        raise UsageError(str(error)) from error


def is_terminal() -> bool:
    """Return whether there is a terminal to draw on."""
    return sys.stdout.isatty()


class LazyFetcher:
    """Copies captures from elsewhere, with packages that are loaded when the first is wanted."""

    def __init__(self, spool: str | None) -> None:
        self.spool = spool
        self.fetcher: Fetcher | None = None

    def fetch(self, capture: "SweptCapture") -> str:
        """Return the path of a copy. Raises CaptureError."""
        if self.fetcher is None:
            from tcptui.fleet.extra import EXTRA

            try:
                require("fsspec", "fetching a capture", EXTRA)
            except MissingPackage as error:
                raise CaptureError("cannot be fetched", capture.name, str(error)) from error
            from tcptui.fleet.fetching import Fetcher

            self.fetcher = Fetcher(self.spool)
        return self.fetcher.fetch(capture)

    def close(self) -> None:
        """Delete the copies."""
        if self.fetcher is not None:
            self.fetcher.close()
