"""Turns the words of a command line into a typed request.

getopt tells options from words, which stand in any order, and so which word is the command; then
the argparse parser of that command makes the values. argparse could not do the first: it refuses
values that begin with a dash (`-Y -n`, `-r --`), takes `-1` for a word, and what it makes of `--`
between words differs from one release of Python to the next.
"""

from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from getopt import GetoptError, gnu_getopt
from typing import Any, Final

from tcptui.capture.options import CaptureOptions
from tcptui.cli.options import (
    ALL_RULES,
    COMMAND_WORDS,
    COMMANDS,
    LIVE,
    OPTION_BY_NAME,
    OPTIONS,
    Command,
    Option,
)
from tcptui.cli.request import InputOptions, OutputOptions, Request, UsageError

Given = list[tuple[Option, str, str]]
"""Options in the order in which they were given: the row, the name, and the value's text."""

WIDTH: Final = 80
GUARD: Final = "\0"
"""Stands before a value on its way through argparse, which then takes it for no option. What a
program is called with cannot hold it."""
ABOUT: Final = """\
Show what happened in TCP: flows, states and lost segments, in the terminal.

Several files are one capture in time order; - is stdin. Options and words may
stand in any order. Where stdout is no terminal, the report is printed."""
WITHOUT_INPUT: Final = ("open", "doctor")
GROUPS: Final = {
    InputOptions: "input",
    OutputOptions: "output",
    CaptureOptions: "packets",
    Request: "other",
}
"""The title under which the help lists the options of each part of a request."""


def parse(arguments: Sequence[str]) -> Request:
    """Read a command line into a request. Raises UsageError."""
    given, words = split(arguments)
    named = words.pop(0) if words and words[0] in COMMAND_WORDS else "open"
    instead = [option.command for option, _, _ in given if option.command]
    command = instead[-1] if instead else named
    used = list(in_use(given, command, is_live(given, words)))
    request = request_of(command, vars(parser_of(command).parse_args(used)))
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


def in_use(given: Given, command: str, live: bool) -> Iterator[str]:
    """Yield, spelled out for argparse, those options that are obeyed. Raises UsageError.

    This is where an option that a command does not obey is refused or ignored.
    """
    for option, name, text in given:
        if not option.is_obeyed(command, live):
            if command in option.refused:
                raise UsageError(refusal(name, command))
            if option.part is CaptureOptions:
                continue
        yield name
        if option.metavar:
            yield GUARD + text


def refusal(name: str, command: str) -> str:
    """Return why a command does not take an option."""
    if command == "compare":
        return "compare needs whole files: it takes no capture filter, -c or -w"
    if command == "between":
        return f"between compares all of its captures: it takes no {name}"
    return f"{name} only works with -i"


def parser_of(command: str) -> ArgumentParser:
    """Make the parser of a command, from the rows of its options."""
    about = COMMANDS.get(command, COMMANDS["open"])
    parser = ArgumentParser(
        usage="\n       ".join(f"tcptui {line}" for line in about.usage),
        description=description(command),
        epilog=examples(about),
        formatter_class=formatter,
        argument_default=SUPPRESS,
        add_help=False,
        allow_abbrev=False,
    )
    groups = {part: parser.add_argument_group(title) for part, title in GROUPS.items()}
    for option in OPTIONS:
        keywords: dict[str, Any] = {"action": option.action}
        if option.metavar:
            keywords |= {"type": converter(option), "metavar": metavar(option, about)}
        if option.action == "store_const":
            keywords["const"] = option.const
        groups[option.part].add_argument(
            *option.names,
            dest=option.field or option.names[-1].lstrip("-"),
            help=option.help if command in option.commands else SUPPRESS,
            **keywords,
        )
    return parser


def description(command: str) -> str:
    """Say what a command does; for the program itself, which commands there are."""
    if command in COMMAND_WORDS:
        summary = COMMANDS[command].summary
        return f"{summary[:1].upper()}{summary[1:]}."
    rows = (f"  {word:<10}{COMMANDS[word].summary}" for word in COMMAND_WORDS)
    return "\n".join((ABOUT, "", "commands (tcptui COMMAND --help says more):", *rows))


def formatter(prog: str) -> RawDescriptionHelpFormatter:
    """Make the layout of the help: as wide as every terminal is, without asking how wide this one
    is."""
    return RawDescriptionHelpFormatter(prog, max_help_position=24, width=WIDTH)


def metavar(option: Option, about: Command) -> str:
    """Name the value of an option in the help."""
    return "|".join(about.formats) if option.field == "format" else option.metavar


def examples(about: Command) -> str:
    """List the examples of a command."""
    lines = (f"  tcptui {line}\n      {what}" for line, what in about.examples)
    return "\n".join(("examples:", *lines))


def converter(option: Option) -> Callable[[str], object]:
    """Make the function that turns the text of an option into its value. It raises UsageError."""

    def convert(guarded: str) -> object:
        text = guarded.removeprefix(GUARD)
        try:
            return option.value(text)
        except ValueError as error:
            raise UsageError(f"{option.names[-1]} {text}: {error}") from error

    return convert


def request_of(command: str, values: dict[str, Any]) -> Request:
    """Put the values where the table says that they belong."""
    request = Request(command)
    for part in (request.input, request.output, request.capture):
        for name in vars(part).keys() & values.keys():
            setattr(part, name, values[name])
    return request


def store_words(request: Request, words: list[str]) -> None:
    """Take the words as a capture filter, or as files. Raises UsageError."""
    read = request.input
    if read.files or read.interfaces:
        read.expression = " ".join(words)
    elif request.command == "doctor" and words:
        raise UsageError(f"doctor {words[0]}: doctor takes no arguments")
    elif request.command == "explain":
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
    """Check what is to be written; the default format is the command's first. Raises UsageError."""
    formats = COMMANDS[request.command].formats or COMMANDS["report"].formats
    form = request.output.format = request.output.format or formats[0]
    if form not in formats:
        raise UsageError(f"--format {form}: {request.command} writes {', '.join(formats)}")
    if request.capture.write == "":
        raise UsageError("-w needs the name of a file")
