"""Turns the words of a command line into a typed request.

getopt tells options from words, which stand in any order, and so which word is the command; then
the rows of the options make the values. argparse only lays out the help: it refuses values that
begin with a dash (`-Y -n`, `-r --`), takes `-1` for a word, what it makes of `--` between words
differs from one release of Python to the next, and loading it takes as long as a small report.
"""

import os
from collections.abc import Iterable, Sequence
from getopt import GetoptError, gnu_getopt
from typing import Final

from tcptui.capture.options import CaptureOptions
from tcptui.cli.options import (
    ALL_RULES,
    ALONE,
    CACHE_WORDS,
    COMMAND_WORDS,
    COMMANDS,
    EVERY,
    Option,
    options_beside,
    options_of,
)
from tcptui.cli.request import Request, UsageError
from tcptui.cli.tcpdump import WITHOUT_EFFECT, Meaning

Given = list[tuple[Option, str, str]]
"""Options in the order in which they were given: the row, the name, and the value's text."""

WITH_WORDS: Final = ("explain", "graph")
"""Commands that take one file, and a word that says what of it."""
WITHOUT_INPUT: Final = ("open", *ALONE)
WHOLE: Final = {
    "compare": "compare needs whole files",
    "between": "between compares all of its captures",
    "graph": "graph draws a whole flow or capture",
    "sweep": "sweep analyses whole captures",
}
"""Why some commands take nothing that selects or copies packets."""
NEAR: Final = 0.75
"""How much of a wrong name must agree with the right one; 1 is all of it."""
MOST_OF_T: Final = 5
"""As many as tcpdump takes."""
MOST_TAKERS: Final = 2
"""Of an option that more commands take, they are not listed."""


def parse(arguments: Sequence[str]) -> Request:
    """Read a command line into a request. Raises UsageError; CaptureError where an option names a
    file that cannot be read."""
    named, given, words = split(arguments)
    instead = [option.command for option, _, _ in given if option.command]
    request = Request(instead[-1] if instead else named)
    live = is_live(given, words)
    request.unheeded = unheeded(given, live)
    request.prints = any(option.prints for option, _, _ in given)
    request.given = [name for _, name, _ in given]
    request.shows = [name for option, name, _ in given if option.shows]
    if instead:
        request.topic = named if request.command == "help" and named != "open" else ""
        return request
    check_taken(given, named, live)
    for option, name, text in given:
        store_value(request, option, name, text)
    store_words(request, words)
    check_inputs(request)
    check_output(request)
    return request


def split(arguments: Sequence[str]) -> tuple[str, Given, list[str]]:
    """Tell the command, the options and the words. Raises UsageError.

    The command is the first word, but which word is the first depends on what takes a value, and
    `-e` does so for one command only.
    """
    for command in (word for word in arguments if word in COMMAND_WORDS):
        given, words = split_for(command, arguments)
        if words[:1] == [command]:
            return command, given, words[1:]
    return "open", *split_for("open", arguments)


def split_for(command: str, arguments: Sequence[str]) -> tuple[Given, list[str]]:
    """Tell options from words as a command does, and complete shortened names. Raises UsageError.

    Names of other commands' options are understood where its own do not suffice.
    """
    own = options_of(command)
    try:
        return split_by(own, arguments)
    except GetoptError as error:
        every = options_beside(command)
        try:
            return split_by(every, arguments)
        except GetoptError:
            raise UsageError(f"{error}{near_option(error, own, every)}") from error


def split_by(options: dict[str, Option], arguments: Sequence[str]) -> tuple[Given, list[str]]:
    """Tell options from words where there are these options. Raises GetoptError."""
    short, long = "", []
    for name, option in options.items():
        if name.startswith("--"):
            long.append(name[2:] + ("=" if option.metavar else ""))
        else:
            short += name[1:] + (":" if option.metavar else "")
    pairs, words = gnu_getopt(list(arguments), short, long)
    return [(options[name], name, text) for name, text in pairs], words


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the name that is meant by one that is nearly it; empty where there is none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(names), 1, NEAR)), "")


def near_option(error: GetoptError, own: Iterable[str], every: Iterable[str]) -> str:
    """Return what to do about an option that is not there: the name that is near, or the help."""
    name = f"--{error.opt}"
    wrong = "not recognized" in error.msg and len(error.opt) > 1
    for names in (own, every) if wrong else ():
        near = nearest(name, (one for one in names if one.startswith("--")))
        if near:
            return f"; did you mean {near}?"
    return "; `tcptui --help` lists the options"


def is_live(given: Given, words: Sequence[str]) -> bool:
    """Return whether no file is read: an interface is named, or nothing is."""
    fields = {option.field for option, _, _ in given}
    return "interfaces" in fields or not ("files" in fields or words)


def unheeded(given: Given, live: bool) -> list[str]:
    """Return the names of tcpdump's options that do nothing here, or only something near."""
    names = (
        name
        for option, name, _ in given
        if option.tcpdump in WITHOUT_EFFECT or (option.captures and not live)
    )
    return list(dict.fromkeys(names))


def check_taken(given: Given, command: str, live: bool) -> None:
    """Check that the command takes each option. Raises UsageError with the option's name."""
    for option, name, value in given:
        if command not in option.commands:
            raise UsageError(refusal(option, name, command))
        if option.live and not live:
            raise UsageError(f"{name} only works with -i")
        if option.tcpdump is Meaning.REFUSED:
            raise UsageError(f"{name}: {option.help}")
        if value in option.tshark_formats:
            raise UsageError(f"{name} {value} is tshark's: --format says how to print here")


def refusal(option: Option, name: str, command: str) -> str:
    """Return why a command does not take an option."""
    if option.field == "interfaces" and command not in ALONE:
        return f"{name}: {command} reads files: tcptui {command} FILE"
    selects = option.part is CaptureOptions or option.field == "follow"
    if command in WHOLE and selects:
        return f"{WHOLE[command]}: it takes no {name}"
    takers = [said(one) for one in EVERY if name in options_of(one)]
    whose = f", which belongs to {' and '.join(takers)}" if len(takers) <= MOST_TAKERS else ""
    asked = "" if command == "open" else f"{command} "
    return f"{said(command)} takes no {name}{whose}; `tcptui {asked}--help` lists what it takes"


def said(command: str) -> str:
    """Return a command as who types it calls it."""
    return "tcptui FILE" if command == "open" else command


def store_value(request: Request, option: Option, name: str, text: str) -> None:
    """Put an option's value where its row says that it belongs. Raises UsageError."""
    if not option.field:
        return
    part = next(part for part in request.parts() if type(part) is option.part)
    try:
        value = option.value(text)
    except ValueError as error:
        raise UsageError(f"{name} {text}: {error}") from error
    setattr(part, option.field, option.store(getattr(part, option.field), value))


def store_words(request: Request, words: list[str]) -> None:
    """Take the words as a capture filter, or as files. Raises UsageError."""
    read = request.input
    if request.command in WITH_WORDS:
        read.files, read.words = (read.files + words)[:1], (read.files + words)[1:]
    elif read.files or read.interfaces:
        if read.expression and words:
            raise UsageError(f"-F gives the capture filter already: {' '.join(words)}")
        read.expression = read.expression or " ".join(words)
    elif request.command == "doctor" and words not in ([], list(CACHE_WORDS)):
        raise UsageError(f"doctor {' '.join(words)}: doctor takes clear-cache or no arguments")
    elif request.command in ALONE:
        read.words = words
    else:
        check_first_word(request.command, words)
        read.files = words


def check_first_word(command: str, words: Sequence[str]) -> None:
    """Check that the first word is no capture filter, and no command that is misspelt. Raises
    UsageError."""
    if command != "open" or not words or os.path.lexists(words[0]):
        return
    first, text = words[0], " ".join(words)
    if first in COMMAND_WORDS:  # what stands before it was taken for its option's value
        raise UsageError(f"{first}: write the command first: tcptui {first} …")
    if not first.isalpha():
        return
    from tcptui.cli.wrong_filter import is_capture_filter

    if not any(map(os.path.lexists, words)) and is_capture_filter(text):
        raise UsageError(f"{text}: a capture filter needs an input: -i NAME or -r FILE")
    near = nearest(first.lower(), COMMAND_WORDS)
    if near:
        raise UsageError(f"{first}: no such file or command; did you mean {near}?")


def check_inputs(request: Request) -> None:
    """Check that there is an input that the command can read. Raises UsageError."""
    command, read = request.command, request.input
    if read.interfaces and read.files:
        raise UsageError("-i captures and -r reads: use one of them at a time")
    if "" in read.files:
        raise UsageError("the name of a file is empty")
    if not (read.files or read.interfaces or command in WITHOUT_INPUT):
        raise UsageError(f"{command} needs a capture file: tcptui {COMMANDS[command].usage[0]}")
    if read.expression and not (read.files or read.interfaces):
        raise UsageError("-F gives a capture filter, which needs an input: -i NAME or -r FILE")
    if read.follow and read.interfaces:
        raise UsageError("--follow waits for more of a file: -i has none")
    if read.rules == ALL_RULES and command != "explain":
        raise UsageError(f"--rules {ALL_RULES}: only explain shows all rules side by side")
    if command == "compare" and read.expression:
        raise UsageError(f"{WHOLE[command]}: it takes no capture filter")
    if command == "compare" and "-" in read.files:  # two programs read all of each file
        raise UsageError("compare -: standard input cannot be read twice; name a file")
    if read.files.count("-") > 1:  # each would get a part of it
        raise UsageError("- -: standard input cannot be read twice; name it once")


def check_output(request: Request) -> None:
    """Check what is to be written; the default format is the command's first. Raises
    UsageError."""
    formats = COMMANDS[request.command].formats or COMMANDS["report"].formats
    form = request.output.format or formats[0]
    request.output.format = form
    if form not in formats:
        raise UsageError(f"--format {form}: {said(request.command)} writes {', '.join(formats)}")
    if request.output.time_format > MOST_OF_T:
        raise UsageError("-t: there are only -t, -tt, -ttt, -tttt and -ttttt")
    if request.capture.write == "":
        raise UsageError("-w needs the name of a file")
