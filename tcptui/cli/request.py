"""Holds what a command line asks for, with types."""

from types import SimpleNamespace

from tcptui.capture.options import CaptureOptions


class UsageError(Exception):
    """Wrong use of the command line; the text says what and what to do, ``below`` points at it."""

    def __init__(self, text: object, below: str = "") -> None:
        super().__init__(text)
        self.below = below


class InputOptions(SimpleNamespace):
    """The part of a request that says what to read."""

    def __init__(
        self,
        files: list[str] | None = None,
        interfaces: list[str] | None = None,
        expression: str = "",
        words: list[str] | None = None,
        follow: bool = False,
        rules: str = "",
        spool: str | None = None,
        root: str = "",
    ) -> None:
        self.files = files or []
        self.interfaces = interfaces or []
        self.expression = expression
        """The capture filter; empty admits every packet."""
        self.words = words or []
        """What `explain` and `graph` are given after the file."""
        self.follow = follow
        self.rules = rules
        """The name of a rule set; empty leaves it to the configuration."""
        self.spool = spool
        """The folder for streams and unpacked captures; None for $TMPDIR."""
        self.root = root
        """Where captures of a data set are opened without asking; empty for what was swept."""


class OutputOptions(SimpleNamespace):
    """The part of a request that says what to print or show."""

    def __init__(
        self,
        *,
        format: str = "",
        fields: list[str] | None = None,
        display_filter: str = "",
        evidence: bool = False,
        findings: bool = True,
        fail_on: str = "",
        by: str = "",
        prefix: int | None = None,
        names: bool = True,
        cache: bool = True,
        jobs: int | None = None,
        low_memory: bool = False,
        threshold: float = 99.999,
        calm: bool | None = None,
        ascii: bool = False,
        numeric: bool = False,
        time_format: int = 0,
    ) -> None:
        self.format = format
        self.fields = fields or []
        self.display_filter = display_filter
        self.evidence = evidence
        self.findings = findings
        self.fail_on = fail_on
        """The severity of a finding from which on `report` fails; empty for none."""
        self.by = by
        """What flows are grouped by; empty for no groups."""
        self.prefix = prefix
        """The bits of a subnet; None for the usual ones."""
        self.names = names
        self.cache = cache
        self.jobs = jobs
        """How many processes may make a report; None for as many as there are processors."""
        self.low_memory = low_memory
        """Whether a report's memory is bounded, whatever the size of the capture."""
        self.threshold = threshold
        """Per cent of frames below which `compare` fails."""
        self.calm = calm
        """Whether few bytes go to the terminal; None: over SSH only."""
        self.ascii = ascii
        self.numeric = numeric
        """Whether the screen names no ports."""
        self.time_format = time_format
        """How often -t was given."""


class GraphOptions(SimpleNamespace):
    """The options of a graph: what it shows, and how large; sizes in cells."""

    def __init__(
        self,
        kind: str = "",
        width: int = 100,
        height: int = 24,
        points: bool = False,
        bin: float = 0.1,
    ) -> None:
        self.kind = kind
        self.width = width
        self.height = height
        self.points = points
        """Whether the points are printed, not a picture of them."""
        self.bin = bin
        """Seconds of a bin."""


class SweepOptions(SimpleNamespace):
    """The options of a sweep: where its data set goes, and on how many processes of whom it
    runs."""

    def __init__(
        self,
        out: str = "",
        workers: int | None = None,
        scheduler: str = "",
        resume: bool = False,
        host_from: str = "",
        dashboard: bool = False,
    ) -> None:
        self.out = out
        self.workers = workers
        """None for as many as there are processors."""
        self.scheduler = scheduler
        """The address of a running Dask scheduler; empty for a cluster on this machine."""
        self.resume = resume
        self.host_from = host_from
        """The regular expression whose first group is the host; empty for the folder's name."""
        self.dashboard = dashboard


class Request(SimpleNamespace):
    """A command line as it was understood: the command and its options."""

    def __init__(
        self, command: str = "open", topic: str = "", read: InputOptions | None = None
    ) -> None:
        self.command = command
        self.topic = topic
        """The command that `--help` was given with."""
        self.input = read or InputOptions()
        self.output = OutputOptions()
        self.capture = CaptureOptions()
        self.graph = GraphOptions()
        self.sweep = SweepOptions()
        self.prints = False
        """Whether an option asks for what is printed, so that no screen comes."""
        self.given: list[str] = []
        """All options, by the names by which they were given."""
        self.shows: list[str] = []
        """Options that were given and only a screen obeys."""
        self.unheeded: list[str] = []
        """Options of tcpdump's that were given and do nothing here, or only something near."""

    def parts(
        self,
    ) -> tuple[InputOptions, OutputOptions, CaptureOptions, GraphOptions, SweepOptions]:
        """Return the parts that store the values of options."""
        return self.input, self.output, self.capture, self.graph, self.sweep
