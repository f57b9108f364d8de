"""From tcpdump's letters, as text, to the options of a live capture."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tcptui.capture.live.live_options import KEEP_FLOWS, KEEP_PACKETS, SNAPLEN, LiveOptions

MILLION: Final = 1_000_000
UNITS: Final = {"": MILLION, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
"""Of -C: millions of bytes, or what the suffix says."""
SPOOL_UNITS: Final = {"": 1, "k": 1000, "m": MILLION, "g": 1000 * MILLION}
DIGITS: Final = re.compile("[0-9]{1,18}")
ROTATIONS: Final = ("C", "G", "W")
SMALLEST_SPOOL: Final = MILLION
NAMELESS: Final = "-w needs the name of a file"


class WrongLetter(Exception):
    """An option that makes no sense; the text says which, why and what to do."""


def live_options(
    interfaces: Sequence[str],
    expression: str,
    letters: Mapping[str, str],
    spool: str | None = None,
) -> LiveOptions:
    """The options of a capture on these interfaces; `letters` has option values. WrongLetter."""
    options = LiveOptions(list(interfaces), expression, spool=spool)
    options.promiscuous = "p" not in letters
    options.snaplen = snaplen_of(letters) or SNAPLEN
    options.buffer = buffer_of(letters) or options.buffer
    options.count = count_of(letters)
    options.rotate_files = number(letters, "W", 1)
    options.rotate_seconds = number(letters, "G", 1)
    options.rotate_bytes = size(letters, "C", UNITS)
    options.rolling_bytes = size(letters, "spool-size", SPOOL_UNITS) or options.rolling_bytes
    options.write = letters.get("w")
    rolls = options.write is None
    options.keep_packets = number(letters, "keep-packets", 1) or (KEEP_PACKETS if rolls else 0)
    options.keep_flows = number(letters, "keep-flows", 1) or (KEEP_FLOWS if rolls else 0)
    check(options)
    return options


def snaplen_of(letters: Mapping[str, str]) -> int:
    """-s: bytes; 0 for all. WrongLetter."""
    return number(letters, "s", 0, SNAPLEN)


def buffer_of(letters: Mapping[str, str]) -> int:
    """-B: KiB; 0 where it was not given. WrongLetter."""
    return number(letters, "B", 1, 1 << 21)


def count_of(letters: Mapping[str, str]) -> int:
    """-c: packets; 0 where it was not given. WrongLetter."""
    return number(letters, "c", 1)


def file_letters(letters: Mapping[str, str]) -> tuple[int, str]:
    """-c and -w where files are read; 0 and empty where they were not given. WrongLetter."""
    for letter in ROTATIONS:
        if letter in letters:
            raise WrongLetter(f"-{letter} is for what -i captures")
    snaplen_of(letters)
    buffer_of(letters)
    if letters.get("w") == "":
        raise WrongLetter(NAMELESS)
    return count_of(letters), letters.get("w", "")


def check(options: LiveOptions) -> None:
    """Options that need each other. WrongLetter."""
    if options.write == "":
        raise WrongLetter(NAMELESS)
    if options.write == "-":
        raise WrongLetter("-w - is for what -r reads: name the file of a live capture")
    rotates = options.rotate_bytes or options.rotate_seconds
    if options.rotate_files and not rotates:
        raise WrongLetter("-W counts the files of -C or -G: give one of them too")
    if rotates and options.write is None:
        raise WrongLetter("-C and -G begin new files: name them with -w")
    if options.rolling_bytes < SMALLEST_SPOOL:
        raise WrongLetter("--spool-size: at least 1m")
    remote = [name for name in options.interfaces if name.startswith("ssh://")]
    if remote and len(options.interfaces) > 1:
        raise WrongLetter(f"-i {remote[0]}: one interface of another host, and no other one")


def number(letters: Mapping[str, str], letter: str, least: int, most: int = 1 << 40) -> int:
    """The value of a letter as a number; 0 where it was not given. WrongLetter."""
    text = letters.get(letter)
    if text is None:
        return 0
    if not DIGITS.fullmatch(text) or not least <= int(text) <= most:
        limit = f"from {least} to {most}" if most < 1 << 40 else f"{least} or more"
        raise WrongLetter(f"{dashed(letter)} {text}: a number, {limit}")
    return int(text)


def dashed(name: str) -> str:
    """An option as it is written."""
    return f"-{name}" if len(name) == 1 else f"--{name}"


def size(letters: Mapping[str, str], name: str, units: Mapping[str, int]) -> int:
    """The value of a letter in bytes; 0 where it was not given. WrongLetter."""
    text = letters.get(name)
    if text is None:
        return 0
    match = re.fullmatch(r"(\d{1,9})([kmg]?)", text.lower(), re.ASCII)
    if not match or not int(match[1]):
        raise WrongLetter(f"{dashed(name)} {text}: a size, like 10, 500k, 20m or 1g")
    return int(match[1]) * units[match[2]]
