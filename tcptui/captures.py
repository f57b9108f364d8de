"""Opens and closes the files and live captures that are shown on the screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tcptui.capture.options import CaptureOptions
from tcptui.capture.source import Source, probed_source
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.wireshark.rules import Rules
from tcptui.session import Session

if TYPE_CHECKING:
    from tcptui.capture.live.live_capture import LiveCapture


@dataclass
class OpenedSession:
    """A session over an engine of its own; ``names`` are the files or interfaces, ``live`` the
    capture that it reads. ``version`` is that of the program where the list
    of flows is kept for the next time; else empty."""

    session: Session
    engine: Engine
    names: Sequence[str]
    live: "LiveCapture | None" = None
    version: str = ""

    @property
    def unreadable(self) -> bool:
        """Whether reading has ended before the first packet, with an error."""
        return self.session.error is not None and not self.engine.frames


class OtherRulesRefused(Exception):
    """A capture cannot be analysed by other rules; the text says why and what to do."""


def obstacle_to_rereading(opened: OpenedSession) -> str:
    """Return why what is opened cannot be read once more; empty where it can."""
    source = opened.session.source
    if opened.live is not None:
        return "a live capture is read once, as it comes"
    if source.endless:
        return "what is still coming is read once"
    if type(source) is not Source:
        return "-c, -w or a capture filter is at work"
    return ""


class Captures:
    """Opens files and interfaces, one after the other.

    ``options`` are those of live captures, ``rules`` decide the flags; ``narrow`` lets
    a capture filter, -c and -w act on the files that are opened first. With a ``version`` of the
    program the lists of plain files are kept for the next time.
    """

    def __init__(
        self,
        options: CaptureOptions,
        rules: Rules,
        *,
        follow: bool = False,
        spool: str | None = None,
        reads_names: bool = True,
        narrow: Callable[[Source], Source] = lambda source: source,
        version: str = "",
    ) -> None:
        self.options = options
        self.rules = rules
        self.follow = follow
        self.spool = spool
        self.reads_names = reads_names
        self.narrow = narrow
        self.version = version
        self.opened: list[OpenedSession] = []

    def open_files(self, paths: Sequence[str]) -> OpenedSession:
        """Open files as one capture. Raises CaptureError, also where a file is not one."""
        source = probed_source(paths, follow=self.follow, spool_dir=self.spool)
        read = source if self.opened else self.narrow(source)
        opened = self.over(read, paths)
        if read is source and not self.follow:
            opened.version = self.version
        return opened

    def open_by_rules(self, opened: OpenedSession, rules: Rules) -> OpenedSession:
        """Open the same files again, analysed by another rule set.

        Raises OtherRulesRefused, CaptureError.
        """
        obstacle = obstacle_to_rereading(opened)
        if obstacle:
            raise OtherRulesRefused(
                f"other rules need all packets again, and {obstacle}: "
                f"start with --rules {rules.name}"
            )
        self.rules = rules
        return self.open_files(opened.names)

    def capture(self, names: Sequence[str], expression: str) -> OpenedSession:
        """Begin a live capture. Raises CaptureError, WrongExpression, OptionConflict."""
        from tcptui.capture.live.live_capture import LiveCapture
        from tcptui.capture.live.live_options import live_options
        from tcptui.engine.decode.protocol_numbers import LINKS

        options = self.options
        if self.opened:  # only the first capture is written and counted: no file is written over
            options = options.changed(
                write=None, count=0, rotate_bytes=0, rotate_files=0, rotate_seconds=0
            )
        chosen = live_options(names, expression, options, self.spool)
        live = LiveCapture(chosen, LINKS, names_owners=self.reads_names)
        live.start()
        return self.over(live.source, names, live)

    def capture_again(self, live: "LiveCapture", expression: str) -> OpenedSession:
        """Restart the capture with another filter, from now on. Raises WrongExpression,
        CaptureError."""
        source = live.change_filter(expression)
        return self.over(source, live.options.interfaces, live)

    def over(
        self, source: Source, names: Sequence[str], live: "LiveCapture | None" = None
    ) -> OpenedSession:
        engine = new_engine(self.rules, self.reads_names)
        opened = OpenedSession(Session(source, engine), engine, names, live)
        self.opened.append(opened)
        return opened

    def leave_earlier(self) -> None:
        """Leave all but the one that was opened last."""
        for opened in self.opened[:-1]:
            self.leave_session(opened)

    def leave_session(self, opened: OpenedSession) -> None:
        """Stop reading one; stop its capture too, unless another one reads that."""
        self.opened.remove(opened)
        opened.session.stop()
        if opened.live is not None and all(opened.live is not other.live for other in self.opened):
            opened.live.close()

    @property
    def lives(self) -> list["LiveCapture"]:
        """Return the live captures, each once."""
        return list({id(one.live): one.live for one in self.opened if one.live}.values())

    def stop(self) -> None:
        """Stop reading all of them."""
        for opened in self.opened:
            opened.session.stop()
