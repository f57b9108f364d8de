"""Lists the commands and their options, one row each, from which parsers and help are made."""

import re
from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

from tcptui.capture.options import SNAPLEN, CaptureOptions
from tcptui.cli.request import GraphOptions, InputOptions, OutputOptions, Request
from tcptui.report.output_formats import (
    BETWEEN_FORMATS,
    EVIDENCE_FORMATS,
    GRAPH_FORMATS,
    PACKET_FORMATS,
    REPORT_FORMATS,
    names,
)

MILLION: Final = 1_000_000
UNITS: Final = {"": MILLION, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
"""Suffixes of the sizes that -C takes; without one, it counts millions of bytes."""
SPOOL_UNITS: Final = {"": 1, "k": 1000, "m": MILLION, "g": 1000 * MILLION}
DIGITS: Final = re.compile("[0-9]{1,18}")
UNLIMITED: Final = 1 << 40
LEAST_BIN: Final = 0.000001
LONGEST_BIN: Final = 1_000_000.0
"""Seconds."""

ReadValue = Callable[[str], object]
"""Makes the value of an option from its text; ValueError says what the text must be."""


def number(least: int, most: int = UNLIMITED) -> ReadValue:
    """Make the function that reads a whole number within these limits."""
    limits = f"from {least} to {most}" if most < UNLIMITED else f"{least} or more"

    def value(text: str) -> int:
        if not DIGITS.fullmatch(text) or not least <= int(text) <= most:
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


ALL_RULES: Final = "all"
"""Every rule set, one beside the other."""


def rule_set(text: str) -> str:
    """Read the name of a rule set, or what stands for every one."""
    from tcptui.engine.wireshark.rule_sets import RULE_SETS

    if text not in RULE_SETS and text != ALL_RULES:
        raise ValueError(f"one of {', '.join(RULE_SETS)}")
    return text


Store = Callable[[Any, Any], object]
"""Makes what a field holds of what it held and the value that is given."""


def set_value(before: Any, value: Any) -> object:
    """Hold the value that was given last."""
    return value


def append_value(before: Any, value: Any) -> object:
    """Hold every value that was given."""
    return [*before, value]


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


COMMANDS: Final = {
    "open": Command(
        "look at captures",
        ("FILE…", "-r FILE [expression]", "-i NAME [expression]", "COMMAND …"),
        (
            ("capture.pcapng", "look at a capture"),
            ("-r capture.pcap host 10.0.0.1", "look only at what a capture filter selects"),
            ("-i eth0 -i lo tcp port 443", "capture on two interfaces"),
            ("-i ssh://host/eth0", "capture on another host over SSH"),
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
    ),
    "doctor": Command(
        "say what works here: clipboard, capturing, the terminal",
        ("doctor",),
        (("doctor", "say what works, what does not, and why"),),
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


class Option(NamedTuple):
    """A row of the table: an option, where its value goes, and which commands obey it.

    A command that does not obey it ignores it; a command in ``refused`` calls it wrong use.
    The value of an ignored capture option is not even checked.
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
    """Whether it only concerns live captures."""
    refused: Collection[str] = ()
    command: str = ""
    """The command that the option stands for, whatever else is asked for."""

    def is_obeyed(self, command: str, live: bool) -> bool:
        """Return whether the option has a meaning for the command; ``live``: no file is read."""
        return command in self.commands and (live or not self.live)


WHOLE: Final = ("compare", "between", "graph")
"""Commands that refuse what selects or copies packets."""
NOT_CAPTURING: Final = ("compare", "graph")
"""Those of them that read files only."""
CAPTURING: Final = (*READING, "between")
"""Commands that obey how a capture is taken."""
FROM_FILES: Final = (*READING, "compare", "between", "graph")
FORMATTED: Final = (*READING, "between", "graph")

OPTIONS: Final = (
    Option(("-h", "--help"), Request, "", EVERY, "print this help; for a command, its own",
           command="help"),
    Option(("--version",), Request, "", ("open",), "print the version",
           command="version"),
    Option(("-D",), Request, "", ("open",), "list the interfaces that can be captured",
           command="interfaces"),
    Option(("-n",), Request, "", EVERY, "accepted, without effect: names are never looked up"),

    Option(("-r",), InputOptions, "files", LIVE,
           "read FILE; the words are then a capture filter", "FILE", store=append_value),
    Option(("-i",), InputOptions, "interfaces", LIVE,
           "capture on NAME (repeat for more; any; ssh://host/eth0)", "NAME", store=append_value),
    Option(("--follow",), InputOptions, "follow", READING,
           "the file is still being written: wait for more", store=set_true, refused=("graph",)),
    Option(("--spool",), InputOptions, "spool", FORMATTED,
           "keep streams and unpacked captures in DIR meanwhile ($TMPDIR)", "DIR"),

    Option(("--rules",), InputOptions, "rules", FROM_FILES,
           "analyse as this Wireshark does: 4.0, 4.4 or 4.6 (4.6); explain: all, side by side",
           "RELEASE", rule_set),

    Option(("-Y",), OutputOptions, "display_filter", LIVE,
           "print only what a display filter selects, as in tshark", "FILTER"),
    Option(("-e",), OutputOptions, "fields", ("packets",),
           "print this field instead of the default columns; repeat for more", "FIELD",
           store=append_value),
    Option(("--format",), OutputOptions, "format", FORMATTED, "write in this format", "FORMAT"),
    Option(("--evidence",), OutputOptions, "evidence", ("open", "report"),
           "add the evidence for each flow's flags", store=set_true),
    Option(("--no-findings",), OutputOptions, "findings", ("open", "report"),
           "leave out the findings", store=set_false),
    Option(("--no-names",), OutputOptions, "names", ("open", "report"),
           "do not read the names of flows from their payload and from DNS", store=set_false),
    Option(("--threshold",), OutputOptions, "threshold", ("compare",),
           "fail below this share of equal frames (99.999)", "PERCENT", percentage),

    Option(("-t",), OutputOptions, "time_format", ("open",),
           "time column, -t to -ttttt: none, epoch, since the previous, date and time, "
           "since the first", store=count_up),
    Option(("--calm",), OutputOptions, "calm", SCREENS,
           "send few bytes to the terminal (default over SSH)", store=set_true),
    Option(("--no-calm",), OutputOptions, "calm", SCREENS, "do not save bytes",
           store=set_false),
    Option(("--ascii",), OutputOptions, "ascii", (*SCREENS, "graph"),
           "draw with ASCII characters only", store=set_true),

    Option(("--kind",), GraphOptions, "kind", ("graph",),
           "of a flow: time-sequence, rtt, throughput, window, time; of the capture: packets, "
           "bytes, flagged, opened, refused, reset", "KIND"),
    Option(("--width",), GraphOptions, "width", ("graph",), "columns of the picture (100)",
           "COLUMNS", number(30, 1000)),
    Option(("--height",), GraphOptions, "height", ("graph",), "lines of the picture (24)",
           "LINES", number(8, 1000)),
    Option(("--points",), GraphOptions, "points", ("graph",),
           "print the points as a tab-separated table, not a picture", store=set_true),
    Option(("--bin",), GraphOptions, "bin", ("graph",), "seconds that are counted together (0.1)",
           "SECONDS", seconds),

    Option(("-w",), CaptureOptions, "write", READING,
           "write the packets: pcapng where FILE ends so, else pcap with ns stamps", "FILE",
           refused=WHOLE),
    Option(("-c",), CaptureOptions, "count", CAPTURING, "stop after COUNT packets", "COUNT",
           number(1), refused=NOT_CAPTURING),
    Option(("-s",), CaptureOptions, "snaplen", CAPTURING, "bytes captured of each packet (0: all)",
           "SNAPLEN", snaplen, refused=NOT_CAPTURING),
    Option(("-B",), CaptureOptions, "buffer", CAPTURING, "size of the kernel's buffer", "KIB",
           number(1, 1 << 21), refused=NOT_CAPTURING),
    Option(("-p",), CaptureOptions, "promiscuous", CAPTURING, "do not capture in promiscuous mode",
           store=set_false, refused=NOT_CAPTURING),
    Option(("-C",), CaptureOptions, "rotate_bytes", LIVE,
           "start the next file of -w after SIZE million bytes (10, 500k, 20m, 1g)", "SIZE",
           size(UNITS), live=True, refused=FROM_FILES),
    Option(("-G",), CaptureOptions, "rotate_seconds", LIVE,
           "start the next file of -w after SECONDS seconds", "SECONDS", number(1), live=True,
           refused=FROM_FILES),
    Option(("-W",), CaptureOptions, "rotate_files", LIVE,
           "with -C, reuse COUNT files in turn; with -G, stop after COUNT", "COUNT", number(1),
           live=True, refused=FROM_FILES),
    Option(("--spool-size",), CaptureOptions, "rolling_bytes", LIVE,
           "without -w: disk space of the rolling capture (1g)", "SIZE",
           size(SPOOL_UNITS, MILLION), live=True, refused=WHOLE),
    Option(("--keep-packets",), CaptureOptions, "keep_packets", LIVE,
           "how many packets of it stay in memory (2000000)", "N", number(1), live=True,
           refused=WHOLE),
    Option(("--keep-flows",), CaptureOptions, "keep_flows", LIVE,
           "how many flows of it stay in memory (200000)", "N", number(1), live=True,
           refused=WHOLE),
)  # fmt: skip

OPTION_BY_NAME: Final = {name: option for option in OPTIONS for name in option.names}
