"""Turns the words of a command line into a typed request.

getopt tells options from words, which stand in any order, and so which word is the command; then
the rows of the options make the values. argparse only lays out the help: it refuses values that
begin with a dash (`-Y -n`, `-r --`), takes `-1` for a word, what it makes of `--` between words
differs from one release of Python to the next, and loading it takes as long as a small report.
"""

from collections.abc import Iterator, Sequence
from getopt import GetoptError, gnu_getopt
from typing import Final

from tcptui.capture.options import CaptureOptions
from tcptui.cli.options import (
    ALL_RULES,
    COMMAND_WORDS,
    COMMANDS,
    LIVE,
    OPTION_BY_NAME,
    Option,
)
from tcptui.cli.request import GraphOptions, Request, UsageError

Given = list[tuple[Option, str, str]]
"""Options in the order in which they were given: the row, the name, and the value's text."""

WITH_WORDS: Final = ("explain", "graph")
"""Commands that take one file, and a word that says what of it."""
WITHOUT_INPUT: Final = ("open", "doctor")


def parse(arguments: Sequence[str]) -> Request:
    """Read a command line into a request. Raises UsageError."""
    given, words = split(arguments)
    named = words.pop(0) if words and words[0] in COMMAND_WORDS else "open"
    instead = [option.command for option, _, _ in given if option.command]
    command = instead[-1] if instead else named
    request = Request(command)
    for option, text in list(in_use(given, command, is_live(given, words))):
        store_value(request, option, text)
    if instead:
        request.topic = named if command == "help" and named != "open" else ""
        return request
    store_words(request, words)
    check_inputs(request)
    check_output(request)
    return request


def split(arguments: Sequence[str]) -> tuple[Given, list[str]]:
    """Tell options from words, and complete shortened names. Raises UsageError."""
    short, long = "", []
    for name, option in OPTION_BY_NAME.items():
        if option.part is GraphOptions and "graph" not in arguments:
            continue  # else `--h` would no longer be a short `--help`
        if name.startswith("--"):
            long.append(name[2:] + ("=" if option.metavar else ""))
        else:
            short += name[1:] + (":" if option.metavar else "")
    try:
        pairs, words = gnu_getopt(list(arguments), short, long)
    except GetoptError as error:
        raise UsageError(f"{error}; `tcptui --help` lists the options") from error
    return [(OPTION_BY_NAME[name], name, text) for name, text in pairs], words


def is_live(given: Given, words: Sequence[str]) -> bool:
    """Return whether no file is read: an interface is named, or nothing is."""
    fields = {option.field for option, _, _ in given}
    return "interfaces" in fields or not ("files" in fields or words)


def in_use(given: Given, command: str, live: bool) -> Iterator[tuple[Option, str]]:
    """Yield those options that are obeyed. Raises UsageError.

    This is where an option that a command does not obey is refused or ignored.
    """
    for option, name, text in given:
        if not option.is_obeyed(command, live):
            if command in option.refused:
                raise UsageError(refusal(name, command))
            if option.part is CaptureOptions:
                continue
        yield option, text


def refusal(name: str, command: str) -> str:
    """Return why a command does not take an option."""
    if command == "compare":
        return "compare needs whole files: it takes no capture filter, -c or -w"
    if command == "between":
        return f"between compares all of its captures: it takes no {name}"
    if command == "graph":
        return f"graph draws a whole flow or capture: it takes no {name}"
    return f"{name} only works with -i"


def store_value(request: Request, option: Option, text: str) -> None:
    """Put an option's value where its row says that it belongs. Raises UsageError."""
    if not option.field:
        return
    part = next(part for part in request.parts() if type(part) is option.part)
    try:
        value = option.value(text)
    except ValueError as error:
        raise UsageError(f"{option.names[-1]} {text}: {error}") from error
    setattr(part, option.field, option.store(getattr(part, option.field), value))


def store_words(request: Request, words: list[str]) -> None:
    """Take the words as a capture filter, or as files. Raises UsageError."""
    read = request.input
    if read.files or read.interfaces:
        read.expression = " ".join(words)
    elif request.command == "doctor" and words:
        raise UsageError(f"doctor {words[0]}: doctor takes no arguments")
    elif request.command in WITH_WORDS:
        read.files, read.words = words[:1], words[1:]
    else:
        read.files = words


def check_inputs(request: Request) -> None:
    """Check that there is an input that the command can read. Raises UsageError."""
    command, read = request.command, request.input
    if read.interfaces and read.files:
        raise UsageError("-i captures and -r reads: use one of them at a time")
    if read.interfaces and command not in LIVE:
        raise UsageError(f"{command} reads files: tcptui {command} FILE")
    if not (read.files or read.interfaces or command in WITHOUT_INPUT):
        raise UsageError(f"{command} needs a capture file: tcptui {command} FILE")
    if read.rules == ALL_RULES and command != "explain":
        raise UsageError(f"--rules {ALL_RULES}: only explain shows all rules side by side")
    if command == "compare" and read.expression:
        raise UsageError(refusal("", command))
    if command == "compare" and "-" in read.files:  # two programs read all of each file
        raise UsageError("compare -: standard input cannot be read twice; name a file")


def check_output(request: Request) -> None:
    """Check what is to be written; the default format is the command's first, where it has no
    screen that stands for it. Raises UsageError."""
    formats = COMMANDS[request.command].formats or COMMANDS["report"].formats
    form = request.output.format or formats[0]
    if request.command != "between":
        request.output.format = form
    if form not in formats:
        raise UsageError(f"--format {form}: {request.command} writes {', '.join(formats)}")
    if request.capture.write == "":
        raise UsageError("-w needs the name of a file")
