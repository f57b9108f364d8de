"""What a command line asks for, with types."""

from dataclasses import dataclass, field

from tcptui.capture.options import CaptureOptions


class UsageError(Exception):
    """Wrong use of the command line; the text says what and what to do, ``below`` points at it."""

    def __init__(self, text: object, below: str = "") -> None:
        super().__init__(text)
        self.below = below


@dataclass
class InputOptions:
    """What to read."""

    files: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    expression: str = ""
    """The capture filter; empty admits every packet."""
    words: list[str] = field(default_factory=list)
    """What `explain` is given after the file."""
    follow: bool = False
    rules: str = ""
    """The name of a rule set; empty leaves it to the configuration."""
    spool: str | None = None
    """The folder for streams and unpacked captures; None for $TMPDIR."""


@dataclass
class OutputOptions:
    """What to print or show."""

    format: str = ""
    fields: list[str] = field(default_factory=list)
    display_filter: str = ""
    evidence: bool = False
    findings: bool = True
    threshold: float = 99.999
    """Per cent of frames below which `compare` fails."""
    calm: bool | None = None
    """Whether few bytes go to the terminal; None: over SSH only."""
    ascii: bool = False
    time_format: int = 0
    """How often -t was given."""


@dataclass
class Request:
    """What to do, and the options as given."""

    command: str = "open"
    topic: str = ""
    """The command that `--help` was given with."""
    input: InputOptions = field(default_factory=InputOptions)
    output: OutputOptions = field(default_factory=OutputOptions)
    capture: CaptureOptions = field(default_factory=CaptureOptions)
