"""Holds the options of a live capture."""

import json
from collections.abc import Sequence
from typing import Any, Final

from tcptui.capture.live.remote_address import is_remote
from tcptui.capture.options import CaptureOptions

KEEP_PACKETS: Final = 2_000_000
KEEP_FLOWS: Final = 200_000
"""How many flows the analysis of a rolling capture keeps: some 350 MB."""


class OptionConflict(Exception):
    """Options contradict each other; the text says which, why and what to do."""


class LiveOptions(CaptureOptions):
    """Says where to capture, what, and where to write it.

    ``keep_packets`` and ``keep_flows`` are 0 where the analysis keeps everything.
    """

    def __init__(
        self,
        interfaces: Sequence[str] = (),
        expression: str = "",
        spool: str | None = None,
        readable: Sequence[int] = (),
        **chosen: Any,
    ) -> None:
        super().__init__(**chosen)
        self.interfaces = list(interfaces)
        """-i: interface names, or one address elsewhere, like `ssh://host/eth0`."""
        self.expression = expression
        """The capture filter; empty admits every packet."""
        self.spool = spool
        """The folder of the rolling spool; None for $TMPDIR."""
        self.readable = list(readable)
        """Link types (LINKTYPE_) without which there is no use in a capture; empty for any."""

    def to_json(self) -> str:
        """Return the options as one line, for the capture process."""
        return json.dumps(vars(self))

    def tcpdump_options(self) -> list[str]:
        """Return the options with which tcpdump captures in the same way."""
        options = ["--time-stamp-precision=nano", "-s", str(self.snaplen), "-B", str(self.buffer)]
        return options + self.asked_options()

    def asked_options(self) -> list[str]:
        """Return the options of tcpdump that are given only where somebody asked for them."""
        options = ["-c", str(self.count)] if self.count else []
        options += [] if self.promiscuous else ["-p"]
        options += ["-Q", self.direction] if self.direction else []
        options += ["--immediate-mode"] if self.immediate else []
        return options

    @classmethod
    def from_json(cls, line: str) -> "LiveOptions":
        """Return the options that `to_json` wrote."""
        values: dict[str, Any] = json.loads(line)
        return cls(**values)


def live_options(
    interfaces: Sequence[str], expression: str, chosen: CaptureOptions, spool: str | None = None
) -> LiveOptions:
    """Make the options of a capture on these interfaces, and check them. Raises OptionConflict."""
    options = LiveOptions(interfaces, expression, spool, **vars(chosen))
    if options.write is None:
        options.keep_packets = options.keep_packets or KEEP_PACKETS
        options.keep_flows = options.keep_flows or KEEP_FLOWS
    check_options(options)
    return options


def check_options(options: LiveOptions) -> None:
    """Refuse options that do not fit each other. Raises OptionConflict."""
    if options.write == "-":
        raise OptionConflict("-w - works only with -r: name a file to write a live capture to")
    rotates = options.rotate_bytes or options.rotate_seconds
    if options.rotate_files and not rotates:
        raise OptionConflict("-W needs -C or -G, whose files it counts: give one of them too")
    if rotates and options.write is None:
        raise OptionConflict("-C and -G start new files, so they need -w with a file name")
    remote = [name for name in options.interfaces if is_remote(name)]
    if remote and len(options.interfaces) > 1:
        raise OptionConflict(
            f"-i {remote[0]}: what is captured elsewhere cannot be combined with other interfaces"
        )
