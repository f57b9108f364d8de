"""What the command line asks for: tcpdump's letters, options and words in any order."""

from collections.abc import Sequence
from getopt import GetoptError, gnu_getopt
from typing import Final

USAGE: Final = """\
tcptui shows what happened in TCP.

  tcptui FILE…                    look at captures (several are one, in time order; - is stdin)
  tcptui -r FILE [expression]     the same, with a capture filter as in tcpdump
  tcptui -i NAME [expression]     capture live; -i again for more, any, ssh://host/eth0
  tcptui -D                       the interfaces that can be captured
  tcptui report FILE…             flows; --format json|csv|md, --no-findings, --evidence
  tcptui packets FILE…            one row per segment; -e FIELD …, --format tsv|json
  tcptui explain FILE FRAME       the evidence of one segment
  tcptui compare FILE…            flags against those of the tshark on this machine
  tcptui doctor                   clipboard routes, capture permission, terminal

  -w FILE          write what is captured: pcapng where FILE ends so, else pcap with ns stamps
  -c COUNT         end after so many packets
  -s SNAPLEN       bytes kept of each packet (0: all)
  -C SIZE, -G SECONDS, -W COUNT    rotate the files of -w as tcpdump does
  --spool-size SIZE                without -w: disk space of the rolling capture (1g)
  --keep-packets N, --keep-flows N    and what of it stays in memory (2000000, 200000)
  -B KIB, -p       the kernel's buffer; not in promiscuous mode
  -Y FILTER        only what a display filter selects, as in tshark
  --follow         the file is still being written: wait for more
  --spool DIR      where streams and unpacked captures are kept meanwhile ($TMPDIR)
  --calm           few bytes to the terminal (by itself over SSH); --no-calm
  --ascii          only ASCII characters
  -n               accepted: names are never looked up
  -t … -ttttt      time column: none, epoch, since the previous, date and time, since the first
  --version, -h, --help

Options and words may stand in any order. Where stdout is no terminal, the report is printed.
"""

SHORT: Final = "r:i:Dc:s:w:ntpB:C:W:G:Y:e:h"
LONG: Final = [
    "format=",
    "evidence",
    "no-findings",
    "follow",
    "spool=",
    "spool-size=",
    "keep-packets=",
    "keep-flows=",
    "calm",
    "no-calm",
    "ascii",
    "threshold=",
    "help",
    "version",
]

SUBCOMMANDS: Final = ("report", "packets", "explain", "compare", "doctor")
LIVE: Final = ("open", "report", "packets")
"""Commands that take a live capture too."""
WITHOUT_INPUT: Final = ("open", "doctor")
FORMATS: Final = {
    "report": ("json", "csv", "md"),
    "packets": ("tsv", "json"),
    "explain": ("text", "json"),
}


class UsageError(Exception):
    """Wrong use of the command line; the text says what and what to do, ``below`` points at it."""

    def __init__(self, text: object, below: str = "") -> None:
        super().__init__(text)
        self.below = below


class Request:
    """What to do, with the options as given."""

    def __init__(self) -> None:
        self.command = "open"
        self.files: list[str] = []
        self.interfaces: list[str] = []
        self.expression = ""
        self.words: list[str] = []
        self.fields: list[str] = []
        self.display_filter = ""
        self.format = ""
        self.evidence = False
        self.findings = True
        self.follow = False
        self.spool: str | None = None
        self.calm: bool | None = None
        self.ascii = False
        self.time_format = 0
        self.threshold = 99.999
        self.capture: dict[str, str] = {}  # the options of a live capture, by tcpdump's letter


def parse(arguments: Sequence[str]) -> Request:
    """The request in ``arguments``. UsageError."""
    try:
        options, words = gnu_getopt(list(arguments), SHORT, LONG)
    except GetoptError as error:
        raise UsageError(f"{error}; `tcptui --help` lists the options") from error
    request = Request()
    for name, value in options:
        take_option(request, name, value)
    if request.command in ("help", "version", "interfaces"):
        return request
    take_words(request, words)
    check_format(request)
    return request


def take_option(request: Request, name: str, value: str) -> None:
    """Note one option."""
    match name:
        case "-h" | "--help":
            request.command = "help"
        case "--version":
            request.command = "version"
        case "-D":
            request.command = "interfaces"
        case "-r":
            request.files.append(value)
        case "-i":
            request.interfaces.append(value)
        case "-e":
            request.fields.append(value)
        case "-Y":
            request.display_filter = value
        case "-n":
            pass  # names are never looked up anyway
        case "-t":
            request.time_format += 1
        case "--threshold":
            request.threshold = percentage(value)
        case "--format":
            request.format = value
        case "--evidence":
            request.evidence = True
        case "--no-findings":
            request.findings = False
        case "--follow":
            request.follow = True
        case "--spool":
            request.spool = value
        case "--calm" | "--no-calm":
            request.calm = name == "--calm"
        case "--ascii":
            request.ascii = True
        case _:
            request.capture[name.lstrip("-")] = value


def percentage(text: str) -> float:
    """A number from 0 to 100."""
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise UsageError(f"--threshold {text}: a percentage from 0 to 100")
    return value


def take_words(request: Request, words: list[str]) -> None:
    """Words are a subcommand and its files, a capture filter, or files."""
    if words and words[0] in SUBCOMMANDS:
        request.command = words[0]
        words = words[1:]
    if request.files or request.interfaces:
        request.expression = " ".join(words)
    elif request.command == "doctor" and words:
        raise UsageError(f"doctor {words[0]}: doctor takes no words")
    elif request.command == "explain":
        request.files = words[:1]
        request.words = words[1:]
    else:
        request.files = words
    check_inputs(request)
    if request.command == "compare":
        check_compared(request)


def check_compared(request: Request) -> None:
    """Two programs read all of each file."""
    if request.expression or request.capture:
        raise UsageError("compare takes whole files: no capture filter, -c or -w")
    if "-" in request.files:
        raise UsageError("compare -: standard input cannot be read twice; name a file")


def check_inputs(request: Request) -> None:
    """A subcommand needs a capture, and only some take a live one."""
    if request.interfaces and request.files:
        raise UsageError("-i captures, -r reads: only one of them at a time")
    if request.interfaces and request.command not in LIVE:
        raise UsageError(f"{request.command} reads files: tcptui {request.command} FILE")
    inputs = request.files or request.interfaces
    if not inputs and request.command not in WITHOUT_INPUT:
        raise UsageError(f"{request.command} needs a capture file: tcptui {request.command} FILE")


def check_format(request: Request) -> None:
    """The format must be one that the command writes; the first is the default."""
    formats = FORMATS.get(request.command, FORMATS["report"])
    if not request.format:
        request.format = formats[0]
    elif request.format not in formats:
        raise UsageError(
            f"--format {request.format}: {request.command} writes {', '.join(formats)}"
        )
