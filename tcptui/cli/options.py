"""Lists the commands and their options, one row each, from which parsers and help are made."""

import os
import re
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any, Final, NamedTuple

from tcptui.capture.options import SNAPLEN, CaptureOptions
from tcptui.cli.request import GraphOptions, InputOptions, OutputOptions, Request, SweepOptions
from tcptui.cli.tcpdump import LETTERS, Meaning
from tcptui.report.output_formats import (
    BETWEEN_FORMATS,
    EVIDENCE_FORMATS,
    GRAPH_FORMATS,
    GROUPING_NAMES,
    PACKET_FORMATS,
    REPORT_FORMATS,
    names,
)

MILLION: Final = 1_000_000
UNITS: Final = {"": MILLION, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
"""Suffixes of the sizes that -C takes; without one, it counts millions of bytes."""
SPOOL_UNITS: Final = {"": 1, "k": 1000, "m": MILLION, "g": 1000 * MILLION}
DIGITS: Final = "[0-9]{1,18}"
UNLIMITED: Final = 1 << 40
LEAST_BIN: Final = 0.000001
LONGEST_BIN: Final = 1_000_000.0
"""Seconds."""
MOST_TEXT: Final = 1 << 20
"""Bytes of a file with a filter or with names."""
DIRECTIONS: Final = ("in", "out", "inout")

ReadValue = Callable[[str], object]
"""Makes the value of an option from its text; ValueError says what the text must be."""


def number(least: int, most: int = UNLIMITED) -> ReadValue:
    """Make the function that reads a whole number within these limits."""
    limits = f"from {least} to {most}" if most < UNLIMITED else f"{least} or more"

    def value(text: str) -> int:
        if not re.fullmatch(DIGITS, text) or not least <= int(text) <= most:
            raise ValueError(f"a number, {limits}")
        return int(text)

    return value


def size(units: dict[str, int], least: int = 1) -> ReadValue:
    """Make the function that reads a number of bytes with a unit after it."""

    def value(text: str) -> int:
        match = re.fullmatch(r"(\d{1,9})([kmg]?)", text.lower(), re.ASCII)
        if not match or not int(match[1]):
            raise ValueError("a size, like 10, 500k, 20m or 1g")
        amount = int(match[1]) * units[match[2]]
        if amount < least:
            raise ValueError(f"a size, at least {least // MILLION}m")
        return amount

    return value


def snaplen(text: str) -> object:
    """Read the value of -s, where 0 stands for the maximum."""
    return number(0, SNAPLEN)(text) or SNAPLEN


def seconds(text: str) -> float:
    """Read a time span in seconds, from a microsecond on."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not LEAST_BIN <= value <= LONGEST_BIN:
        raise ValueError("seconds, like 0.1 or 10, from 0.000001 to 1000000")
    return value


def percentage(text: str) -> float:
    """Read a number from 0 to 100."""
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise ValueError("a percentage from 0 to 100")
    return value


def direction(text: str) -> str:
    """Read the value of -Q."""
    if text not in DIRECTIONS:
        raise ValueError(f"one of {', '.join(DIRECTIONS)}")
    return text


def user(text: str) -> str:
    """Read the name of a user whom this system knows."""
    import pwd

    try:
        return pwd.getpwnam(text).pw_name
    except (KeyError, ValueError) as error:
        raise ValueError("the name of a user of this system") from error


def filter_of_file(path: str) -> str:
    """Read a capture filter from a file, without its comments, as tcpdump does. Raises
    CaptureError."""
    return re.sub("#[^\n]*", " ", text_of(path)).strip()


def listed_files(path: str) -> list[str]:
    """Read the names of captures, a line each; ``-`` is stdin. Raises CaptureError."""
    names = [line for line in text_of(path).split("\n") if line]
    if not names:
        raise ValueError("a text file with the name of a capture in each line")
    return names


def text_of(path: str) -> str:
    """Return the text of a file that an option names, or of stdin. Raises CaptureError,
    ValueError."""
    from tcptui.capture.errors import cannot_open

    try:
        with open(0 if path == "-" else path, "rb", closefd=path != "-") as file:
            read = file.read(MOST_TEXT + 1)
    except OSError as error:
        raise cannot_open(path, error.errno or 0) from error
    if len(read) > MOST_TEXT or b"\0" in read:
        raise ValueError("a text file, of 1 MiB at most; -r reads captures")
    return os.fsdecode(read)


RELEASES: Final = ("4.0", "4.4", "4.6")
ALL_RULES: Final = "all"
"""Every rule set, one beside the other."""


def rule_set(text: str) -> str:
    """Read the name of a rule set, or what stands for every one."""
    from tcptui.engine.wireshark.rule_sets import RULE_SETS

    if text not in RULE_SETS and text != ALL_RULES:
        raise ValueError(f"one of {', '.join(RULE_SETS)}")
    return text


def host_pattern(text: str) -> str:
    """Read a regular expression that has a group."""
    try:
        groups = re.compile(text).groups
    except (re.error, RecursionError, OverflowError):
        groups = 0
    if not groups:
        raise ValueError("a regular expression with a group, like '/([^/]+)/[^/]*$'")
    return text


SCHEDULER: Final = r"(tcp|tls)://[^\s/@?#]+:[0-9]{1,5}/?"


def scheduler(text: str) -> str:
    """Read the address of a Dask scheduler."""
    if not re.fullmatch(SCHEDULER, text, re.ASCII):
        raise ValueError("the address of a Dask scheduler, like tcp://127.0.0.1:8786 or tls://…")
    return text


SEVERITIES: Final = ("note", "warning", "error")
"""What --fail-on takes, the mildest first."""


def one_of(choices: Collection[str]) -> ReadValue:
    """Make the function that reads one of these words."""

    def value(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return value


Store = Callable[[Any, Any], object]
"""Makes what a field holds of what it held and the value that is given."""


def set_value(before: Any, value: Any) -> object:
    """Hold the value that was given last."""
    return value


def append_value(before: Any, value: Any) -> object:
    """Hold every value that was given."""
    return [*before, value]


def extend_value(before: Any, value: Any) -> object:
    """Hold all values of every list that was given."""
    return [*before, *value]


def count_up(before: Any, value: Any) -> object:
    """Hold how often the option was given."""
    return before + 1


def set_true(before: Any, value: Any) -> object:
    """Hold that it is so."""
    return True


def set_false(before: Any, value: Any) -> object:
    """Hold that it is not so."""
    return False


class Command(NamedTuple):
    """A command as its help describes it."""

    summary: str
    """What it does, without a capital letter and a full stop."""
    usage: tuple[str, ...]
    """What may follow ``tcptui``, a line each."""
    examples: tuple[tuple[str, str], ...]
    """What may follow ``tcptui``, and what it does."""
    formats: tuple[str, ...] = ()
    """What --format takes; the first is what is written without it."""
    words: tuple[str, ...] = ()
    """Words that are no files."""


CACHE_WORDS: Final = ("clear-cache",)
SHELLS: Final = ("bash", "zsh", "fish")
COMMANDS: Final = {
    "open": Command(
        "look at captures",
        ("FILE…", "-r FILE [expression]", "-i NAME [expression]", "COMMAND …"),
        (
            ("capture.pcapng", "look at a capture"),
            ("-r capture.pcap host 10.0.0.1", "look only at what a capture filter selects"),
            ("-i eth0 -i lo tcp port 443", "capture on two interfaces"),
            ("-nnvvXSs0 -i eth0", "tcpdump's letters may stand as they do for tcpdump"),
            ("-i ssh://host/eth0", "capture on another host over SSH"),
            ("-i pod://shop/cart-7d4f tcp port 80", "capture in a pod, through kubectl"),
            ("-i docker://web", "capture in a container, through docker"),
        ),
        names(REPORT_FORMATS),
    ),
    "report": Command(
        "print the flows",
        ("report FILE…", "report -r FILE [expression]", "report -i NAME [expression]"),
        (
            ("report capture.pcapng", "print the flows as JSON"),
            ("report --format md a.pcap b.pcap", "print what is wrong, for a ticket"),
            ("report -Y 'tcp.port == 443' --format csv -", "print some flows from stdin"),
            ("report --by server --format md a.pcap", "which server do flows wait for"),
            ("report --fail-on warning a.pcap", "fail where something is wrong, for a script"),
        ),
        names(REPORT_FORMATS),
    ),
    "packets": Command(
        "print one row per segment",
        ("packets FILE…", "packets -r FILE [expression]", "packets -i NAME [expression]"),
        (
            ("packets capture.pcapng", "print the default columns"),
            ("packets -e frame -e tcp.seq capture.pcapng", "print these columns"),
            ("packets -Y tcp.analysis.retransmission capture.pcapng", "print some rows"),
            ("packets -Y 'tcp.stream == 5' --format py a.pcap", "print the packets as scapy code"),
        ),
        names(PACKET_FORMATS),
    ),
    "explain": Command(
        "print the evidence for one segment",
        ("explain FILE FRAME",),
        (
            ("explain capture.pcapng 7", "say how frame 7 got its flags and states"),
            ("explain --format json capture.pcapng 7", "the same, for a program"),
            ("explain --rules all capture.pcapng 7", "what each Wireshark says, and why"),
        ),
        names(EVIDENCE_FORMATS),
    ),
    "compare": Command(
        "compare the flags with those of the tshark on this machine",
        ("compare FILE…",),
        (
            ("compare capture.pcapng", "list what differs"),
            ("compare --threshold 99 *.pcap", "accept 99 per cent of equal frames"),
        ),
    ),
    "between": Command(
        "compare captures of the same packets, taken at two points or more",
        ("between POINT POINT…",),
        (
            ("between client.pcap server.pcap", "show what happened between the two"),
            ("between --format md client.pcap server.pcap", "print it"),
            ("between lan=a1.pcap,a2.pcap wan=b.pcap", "name the points"),
        ),
        names(BETWEEN_FORMATS),
    ),
    "graph": Command(
        "draw how a flow, or the capture, went over time",
        ("graph FILE FLOW --kind KIND", "graph FILE capture --kind KIND"),
        (
            ("graph capture.pcapng 3 --kind time-sequence", "draw flow 3 as tcptrace does"),
            ("graph capture.pcapng 3 --kind rtt --points", "print its round trips as a table"),
            ("graph capture.pcapng capture --kind flagged --bin 1", "when did it happen"),
        ),
        names(GRAPH_FORMATS),
        ("capture",),
    ),
    "sweep": Command(
        "analyse many captures, on many processes, into Parquet",
        ("sweep SOURCE… -o OUT",),
        (
            ("sweep captures/ -o out", "analyse all captures in a folder"),
            ("sweep 's3://bucket/2026/*.pcap.gz' -o out --workers 8", "those of a bucket"),
            ("sweep sftp://host/var/captures -o out --resume", "go on where it was ended"),
        ),
    ),
    "doctor": Command(
        "say what works here: clipboard, capturing, the terminal",
        ("doctor [clear-cache]",),
        (
            ("doctor", "say what works, what does not, and why"),
            ("doctor clear-cache", "remove the flow lists that were kept"),
        ),
        words=CACHE_WORDS,
    ),
    "completion": Command(
        "print what makes a shell complete the command line",
        ("completion bash|zsh|fish",),
        (
            ("completion bash", "for ~/.local/share/bash-completion/completions/tcptui"),
            ("completion zsh", "for a file _tcptui in a folder of $fpath"),
            ("completion fish", "for ~/.config/fish/completions/tcptui.fish"),
        ),
        words=SHELLS,
    ),
}  # fmt: skip
"""All commands; the first one has no word of its own."""

COMMAND_WORDS: Final = tuple(COMMANDS)[1:]
LIVE: Final = ("open", "report", "packets")
"""Commands that can also read a live capture."""
SCREENS: Final = ("open", "between")
"""Commands that show a screen where stdout is a terminal."""
READING: Final = (*LIVE, "explain")
"""Commands that obey the capture options."""
EVERY: Final = tuple(COMMANDS)


class Completes(StrEnum):
    """The kinds of values that a shell offers for an option, beside lists of words."""

    NOTHING = ""
    FILE = "file"
    FOLDER = "folder"
    INTERFACE = "interface"
    USER = "user"


class Option(NamedTuple):
    """A row of the table: an option, where its value goes, and which commands take it.

    Any other command refuses it by its name.
    """

    names: tuple[str, ...]
    part: type
    """The part of a request that stores its value; Request for an option that concerns no part."""
    field: str
    """The field of that part; empty where there is nothing to store."""
    commands: Collection[str]
    help: str
    metavar: str = ""
    """What stands for the value in the help; empty for an option without a value."""
    value: ReadValue = str
    store: Store = set_value
    """What is done with the value."""
    live: bool = False
    """Whether it only concerns live captures, and is refused beside files."""
    captures: bool = False
    """Whether it only concerns live captures, and may stand beside files as it may for tcpdump."""
    prints: bool = False
    """Whether only what is printed obeys it, so that no screen comes where it is given."""
    shows: bool = False
    """Whether only a screen obeys it."""
    command: str = ""
    """The command that the option stands for, whatever else is asked for."""
    completes: Completes | tuple[str, ...] = Completes.NOTHING
    """What the value may be, for shells; the values of --format are those of its command."""
    tcpdump: Meaning | None = None
    """What becomes of the meaning that it has in tcpdump; None for an option of tcptui's own."""
    tshark_formats: tuple[str, ...] = ()
    """Values that ask tshark for a format, and are refused."""

    @property
    def is_offered(self) -> bool:
        """Whether help and completion offer it: it does here what its name says."""
        return self.tcpdump in (None, Meaning.SAME)


ALONE: Final = ("doctor", "completion")
"""Commands that read nothing, so that no option would mean anything to them."""
CAPTURING: Final = (*READING, "between")
"""Commands that obey -c."""
LIVE_POINTS: Final = (*LIVE, "between")
"""Commands that obey how a capture is taken."""
FROM_FILES: Final = (*READING, "compare", "between", "graph", "sweep")
FORMATTED: Final = (*READING, "between", "graph")
SAME: Final = Meaning.SAME

OPTIONS: Final = (
    Option(("-h", "--help"), Request, "", EVERY, "print this help; for a command, its own",
           command="help", tcpdump=SAME),
    Option(("--version",), Request, "", ("open",), "print the version",
           command="version", tcpdump=SAME),
    Option(("-D", "--list-interfaces"), Request, "", ("open",),
           "list the interfaces that can be captured", command="interfaces", tcpdump=SAME),
    Option(("-n",), OutputOptions, "numeric", ("open",),
           "name no ports; hosts are never looked up", store=set_true, tcpdump=SAME),
    Option(("-n",), Request, "", tuple(one for one in EVERY if one != "open"),
           "accepted, and the rule: names are never looked up"),

    Option(("-r",), InputOptions, "files", LIVE,
           "read FILE; the words are then a capture filter", "FILE", store=append_value,
           completes=Completes.FILE, tcpdump=SAME),
    Option(("-r",), InputOptions, "files", ("explain", "compare"), "read FILE", "FILE",
           store=append_value, completes=Completes.FILE),
    Option(("-V",), InputOptions, "files", LIVE,
           "read the captures that FILE lists, a name in each line", "FILE", listed_files,
           extend_value, completes=Completes.FILE, tcpdump=SAME),
    Option(("-i", "--interface"), InputOptions, "interfaces", LIVE,
           "capture on NAME (repeat for more; any; ssh://, pod://, docker://)", "NAME",
           store=append_value, completes=Completes.INTERFACE, tcpdump=SAME),
    Option(("-F",), InputOptions, "expression", LIVE,
           "take the capture filter from FILE, where no words are one", "FILE", filter_of_file,
           completes=Completes.FILE, tcpdump=SAME),
    Option(("--follow",), InputOptions, "follow", READING,
           "the file is still being written: wait for more", store=set_true),
    Option(("--spool",), InputOptions, "spool", FORMATTED,
           "keep streams and unpacked captures in DIR meanwhile ($TMPDIR)", "DIR",
           completes=Completes.FOLDER),
    Option(("--root",), InputOptions, "root", ("open",),
           "of a sweep's data set: open captures in DIR without asking (what was swept)", "DIR",
           completes=Completes.FOLDER),

    Option(("--rules",), InputOptions, "rules",
           tuple(one for one in FROM_FILES if one not in ("explain", "compare")),
           "analyse as this Wireshark does: 4.0, 4.4 or 4.6 (4.6)", "RELEASE", rule_set,
           completes=RELEASES),
    Option(("--rules",), InputOptions, "rules", ("explain",),
           "analyse as this Wireshark does: 4.0, 4.4 or 4.6 (4.6); all: side by side", "RELEASE",
           rule_set, completes=(*RELEASES, ALL_RULES)),
    Option(("--rules",), InputOptions, "rules", ("compare",),
           "analyse as this Wireshark does: 4.0, 4.4 or 4.6 (as the tshark here, or the nearest)",
           "RELEASE", rule_set, completes=RELEASES),

    Option(("-Y",), OutputOptions, "display_filter", LIVE,
           "print only what a display filter selects, as in tshark", "FILTER"),
    Option(("-e",), OutputOptions, "fields", ("packets",),
           "print this field instead of the default columns; repeat for more", "FIELD",
           store=append_value),
    Option(("--format",), OutputOptions, "format", FORMATTED, "write in this format", "FORMAT",
           prints=True),
    Option(("--evidence",), OutputOptions, "evidence", ("open", "report"),
           "add the evidence for each flow's flags", store=set_true, prints=True),
    Option(("--no-findings",), OutputOptions, "findings", ("open", "report"),
           "leave out the findings", store=set_false, prints=True),
    Option(("--by",), OutputOptions, "by", ("open", "report"),
           "print groups of flows: by " + ", ".join(GROUPING_NAMES), "NAME",
           one_of(GROUPING_NAMES), prints=True),
    Option(("--prefix",), OutputOptions, "prefix", ("open", "report"),
           "bits of a subnet of --by subnet (24, or 64 of IPv6)", "BITS", number(0, 128),
           prints=True),
    Option(("--fail-on",), OutputOptions, "fail_on", ("open", "report"),
           "exit with 4 where a finding is of this severity or worse: note, warning, error",
           "SEVERITY", one_of(SEVERITIES), prints=True),
    Option(("--no-names",), OutputOptions, "names", ("open", "report"),
           "do not read the names of flows from their payload and from DNS", store=set_false),
    Option(("--no-cache",), OutputOptions, "cache", ("open",),
           "neither show the flow list of the last time nor keep this one", store=set_false,
           shows=True),
    Option(("--no-cache",), Request, "", FROM_FILES[1:],
           "accepted, and the rule: this command keeps nothing"),
    Option(("--jobs",), OutputOptions, "jobs", ("open", "packets", "report"),
           "share the work among at most so many processes (one for each processor)", "N",
           number(1)),
    Option(("--low-memory",), OutputOptions, "low_memory", ("open", "report"),
           "hold a part of the flows at a time, as for captures of 8 GB and more: it reads the "
           "capture several times",
           store=set_true),
    Option(("--threshold",), OutputOptions, "threshold", ("compare",),
           "fail below this share of equal frames (99.999)", "PERCENT", percentage),

    Option(("-t",), OutputOptions, "time_format", ("open",),
           "time column of the ladder, -t to -ttttt: none, seconds since 1970, since the previous, "
           "date and time, since the first", store=count_up, shows=True, tcpdump=SAME),
    Option(("--calm",), OutputOptions, "calm", SCREENS,
           "send few bytes to the terminal (default over SSH)", store=set_true, shows=True),
    Option(("--no-calm",), OutputOptions, "calm", SCREENS, "do not save bytes",
           store=set_false, shows=True),
    Option(("--ascii",), OutputOptions, "ascii", SCREENS,
           "draw with ASCII characters only", store=set_true, shows=True),
    Option(("--ascii",), OutputOptions, "ascii", ("graph",),
           "draw with ASCII characters only", store=set_true),

    Option(("--kind",), GraphOptions, "kind", ("graph",),
           "of a flow: time-sequence, rtt, throughput, window, time; of the capture: packets, "
           "bytes, flagged, opened, refused, reset", "KIND",
           completes=("time-sequence", "rtt", "throughput", "window", "time", "packets", "bytes",
                      "flagged", "opened", "refused", "reset")),
    Option(("--width",), GraphOptions, "width", ("graph",), "columns of the picture (100)",
           "COLUMNS", number(30, 1000)),
    Option(("--height",), GraphOptions, "height", ("graph",), "lines of the picture (24)",
           "LINES", number(8, 1000)),
    Option(("--points",), GraphOptions, "points", ("graph",),
           "print the points as a tab-separated table, not a picture", store=set_true),
    Option(("--bin",), GraphOptions, "bin", ("graph",), "seconds that are counted together (0.1)",
           "SECONDS", seconds),

    Option(("-o",), SweepOptions, "out", ("sweep",), "write the data set to the folder OUT", "OUT",
           completes=Completes.FOLDER),
    Option(("--workers",), SweepOptions, "workers", ("sweep",),
           "analyse in so many processes on this machine (one for each processor)", "N",
           number(1, 4096)),
    Option(("--scheduler",), SweepOptions, "scheduler", ("sweep",),
           "use the workers of this Dask scheduler instead: tcp://… or tls://…", "URL", scheduler),
    Option(("--resume",), SweepOptions, "resume", ("sweep",),
           "leave what is in OUT already and has not changed since", store=set_true),
    Option(("--host-from",), SweepOptions, "host_from", ("sweep",),
           "the first group of REGEX in a capture's name is its host (the folder's name)", "REGEX",
           host_pattern),
    Option(("--dashboard",), SweepOptions, "dashboard", ("sweep",),
           "show Dask's dashboard on this machine, port 8787", store=set_true),

    Option(("-w",), CaptureOptions, "write", READING,
           "write the packets: pcapng where FILE ends so, else pcap with ns stamps", "FILE",
           completes=Completes.FILE, tcpdump=SAME),
    Option(("-c",), CaptureOptions, "count", CAPTURING, "stop after COUNT packets", "COUNT",
           number(1), tcpdump=SAME),
    Option(("-s", "--snapshot-length"), CaptureOptions, "snaplen", LIVE_POINTS,
           "bytes captured of each packet (0: all)", "SNAPLEN", snaplen, captures=True,
           tcpdump=SAME),
    Option(("-B", "--buffer-size"), CaptureOptions, "buffer", LIVE_POINTS,
           "size of the kernel's buffer", "KIB", number(1, 1 << 21), captures=True, tcpdump=SAME),
    Option(("-p", "--no-promiscuous-mode"), CaptureOptions, "promiscuous", LIVE_POINTS,
           "do not capture in promiscuous mode", store=set_false, captures=True, tcpdump=SAME),
    Option(("-Q", "--direction"), CaptureOptions, "direction", LIVE,
           "capture what comes in, goes out, or both (inout)", "DIRECTION", direction, live=True,
           completes=DIRECTIONS, tcpdump=SAME),
    Option(("--immediate-mode",), CaptureOptions, "immediate", LIVE,
           "take each packet as it comes, which costs more", store=set_true, captures=True,
           tcpdump=SAME),
    Option(("-Z", "--relinquish-privileges"), CaptureOptions, "user", LIVE,
           "as root: become USER once the interface is open", "USER", user, live=True,
           completes=Completes.USER, tcpdump=SAME),
    Option(("-l",), Request, "", LIVE, "accepted, and the rule: rows are printed as they come",
           tcpdump=SAME),
    Option(("-U", "--packet-buffered"), Request, "", LIVE,
           "accepted, and the rule: a live -w can be followed", tcpdump=SAME),
    Option(("--print",), Request, "", LIVE, "accepted, and the rule: -w prints as well",
           tcpdump=SAME),
    Option(("-C",), CaptureOptions, "rotate_bytes", LIVE,
           "start the next file of -w after SIZE million bytes (10, 500k, 20m, 1g)", "SIZE",
           size(UNITS), live=True, tcpdump=SAME),
    Option(("-G",), CaptureOptions, "rotate_seconds", LIVE,
           "start the next file of -w after SECONDS seconds", "SECONDS", number(1), live=True,
           tcpdump=SAME),
    Option(("-W",), CaptureOptions, "rotate_files", LIVE,
           "with -C, reuse COUNT files in turn; with -G, stop after COUNT", "COUNT", number(1),
           live=True, tcpdump=SAME),
    Option(("--save-processes",), CaptureOptions, "save_processes", ("open",),
           "what `w` saves as pcapng has the processes of flows as comments",
           store=set_true, live=True),
    Option(("--spool-size",), CaptureOptions, "rolling_bytes", LIVE,
           "without -w: disk space of the rolling capture (1g)", "SIZE",
           size(SPOOL_UNITS, MILLION), live=True),
    Option(("--keep-packets",), CaptureOptions, "keep_packets", LIVE,
           "how many packets of it stay in memory (2000000)", "N", number(1), live=True),
    Option(("--keep-flows",), CaptureOptions, "keep_flows", LIVE,
           "how many flows of it stay in memory (200000)", "N", number(1), live=True),

    *(Option(letter.names, Request, "", letter.commands, letter.here, letter.metavar,
             command=letter.command, tcpdump=letter.meaning, tshark_formats=letter.formats)
      for letter in LETTERS),
)  # fmt: skip


def values_of(option: Option, command: str) -> tuple[str, ...]:
    """Return the words that the value of an option is one of; none where it may be anything."""
    if option.field == "format":
        return COMMANDS[command].formats
    return option.completes if isinstance(option.completes, tuple) else ()


def options_of(command: str) -> dict[str, Option]:
    """Return the options that a command takes, by their names."""
    return {name: one for one in OPTIONS if command in one.commands for name in one.names}


def options_beside(command: str) -> dict[str, Option]:
    """Return all options by their names; where commands differ on one, it is this command's."""
    return {name: one for one in OPTIONS for name in one.names} | options_of(command)
