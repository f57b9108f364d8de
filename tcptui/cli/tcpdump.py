"""Lists tcpdump's letters that print, and what becomes of each of them here.

tcpdump's letters that choose what is read, captured or written are options of tcptui's own and
stand in the table of options.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class Meaning(StrEnum):
    """The meanings that options of tcpdump's have here, in the words of docs/tcpdump.md."""

    SAME = "the same"
    NEAREST = "accepted; see what is nearest"
    INSTEAD = "does the nearest thing"
    NONE = "accepted, no effect here"
    REFUSED = "refused"


WITHOUT_EFFECT: Final = (Meaning.NEAREST, Meaning.NONE)
"""Meanings of what is accepted and changes nothing."""
TSHARK_FORMATS: Final = ("ek", "json", "jsonraw", "pdml", "ps", "psml")


class Letter(NamedTuple):
    """A row of the table: an option of tcpdump's that tcptui has no use for as it is."""

    names: tuple[str, ...]
    meaning: Meaning
    here: str
    """What is nearest here, or why there is nothing."""
    metavar: str = ""
    """What stands for the value; empty for an option without a value."""
    command: str = ""
    """The command that it stands for."""
    commands: tuple[str, ...] = ("open", "report", "packets")
    """The commands that accept it."""
    formats: tuple[str, ...] = ()
    """Values that ask for a format where the option is tshark's, and mean nothing to tcpdump."""


NEAREST: Final = Meaning.NEAREST
INSTEAD: Final = Meaning.INSTEAD
NONE: Final = Meaning.NONE
REFUSED: Final = Meaning.REFUSED

LETTERS: Final = (
    Letter(("-A",), NEAREST, "`F` on the screen shows the byte stream as text"),
    Letter(("-a",), NONE, "addresses are never turned into names"),
    Letter(("-b",), NONE, "BGP is not printed"),
    Letter(("--count",), REFUSED, "`tcptui report` counts the packets: `capture.packets`"),
    Letter(("-d",), REFUSED, "`tcpdump -d` prints the program of a capture filter"),
    Letter(("-e",), NEAREST, "`Enter` on a segment shows all headers of its packet",
           commands=("open", "report")),
    Letter(("-E",), NONE, "nothing is decrypted", "SECRET"),
    Letter(("-f",), NONE, "addresses are never turned into names"),
    Letter(("-H",), NONE, "mesh headers of 802.11s are not printed"),
    Letter(("-I", "--monitor-mode"), REFUSED, "put the interface into monitor mode before"),
    Letter(("-j", "--time-stamp-type"), NONE, "time stamps are the host's", "TYPE"),
    Letter(("-J", "--list-time-stamp-types"), INSTEAD, "lists the interfaces, as `-D` does",
           command="interfaces"),
    Letter(("-K", "--dont-verify-checksums"), NONE,
           "a wrong checksum is only looked for where a segment was ignored"),
    Letter(("-L", "--list-data-link-types"), INSTEAD, "lists the interfaces, as `-D` does",
           command="interfaces"),
    Letter(("-m",), NONE, "SNMP is not printed", "MODULE"),
    Letter(("-M",), NONE, "MD5 signatures of TCP are not checked", "SECRET"),
    Letter(("-N",), NONE, "addresses are never turned into names"),
    Letter(("-#", "--number"), NEAREST, "every row and finding has its frame number"),
    Letter(("-O", "--no-optimize"), NONE, "the filter selects the same"),
    Letter(("-q",), NONE, "what is printed is chosen by the command and its options"),
    Letter(("-R",), NONE, "IPsec is not printed"),
    Letter(("-S", "--absolute-tcp-sequence-numbers"), NEAREST,
           "`seq` of `packets` is absolute; `tcp.seq` is relative"),
    Letter(("-t",), NONE, "of `packets` and `report`: the time column is the screen's",
           commands=("report", "packets")),
    Letter(("-T",), NONE, "TCP is analysed whatever it carries", "TYPE",
           formats=TSHARK_FORMATS),
    Letter(("-u",), NONE, "NFS is not printed"),
    Letter(("-v",), NEAREST, "`e` on the screen, and `tcptui explain`, say all about a segment"),
    Letter(("-x",), NEAREST, "`Enter` on a segment shows the bytes of its packet"),
    Letter(("-X",), NEAREST, "`Enter` on a segment shows the bytes of its packet, as text too"),
    Letter(("-y", "--linktype"), REFUSED, "packets are captured with the interface's own link type",
           "TYPE"),
    Letter(("-z",), REFUSED, "run the command on the files afterwards", "COMMAND"),
    Letter(("--micro",), NONE, "time stamps have nanoseconds"),
    Letter(("--nano",), NONE, "time stamps have nanoseconds anyway"),
    Letter(("--time-stamp-precision",), NONE, "time stamps have nanoseconds", "PRECISION"),
)  # fmt: skip
