"""Lays out the help of each command, from the rows of its options; argparse does the work."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from textwrap import fill
from typing import Any, Final

from tcptui.capture.options import CaptureOptions
from tcptui.cli.options import COMMAND_WORDS, COMMANDS, OPTIONS, Command, Option
from tcptui.cli.request import GraphOptions, InputOptions, OutputOptions, Request, SweepOptions
from tcptui.cli.tcpdump import WITHOUT_EFFECT

WIDTH: Final = 80
ABOUT: Final = """\
Show what happened in TCP: flows, states and lost segments, in the terminal.

Several files are one capture in time order; - is stdin. Options and words may
stand in any order. Where stdout is no terminal, the report is printed."""
GROUPS: Final = {
    InputOptions: "input",
    OutputOptions: "output",
    GraphOptions: "graph",
    SweepOptions: "sweep",
    CaptureOptions: "packets",
    Request: "other",
}
"""The title under which the help lists the options of each part of a request."""


def help_of(command: str) -> str:
    """Return the help of a command."""
    about = COMMANDS.get(command, COMMANDS["open"])
    parser = ArgumentParser(
        usage="\n       ".join(f"tcptui {line}" for line in about.usage),
        description=description(command),
        epilog="\n\n".join(filter(None, (letters_of(command), examples(about)))),
        formatter_class=formatter,
        add_help=False,
    )
    obeyed = obeyed_by(command)
    parts = {option.part for option in obeyed}
    groups = {
        part: parser.add_argument_group(title) for part, title in GROUPS.items() if part in parts
    }
    for option in obeyed:
        groups[option.part].add_argument(
            *option.names, help=option.help.replace("%", "%%"), **shape(option, about)
        )
    return parser.format_help()


def obeyed_by(command: str) -> list[Option]:
    """Return the options that mean something to a command."""
    return [option for option in OPTIONS if command in option.commands and option.is_offered]


def letters_of(command: str) -> str:
    """List tcpdump's options that a command accepts although they do nothing, or only something
    near."""
    names = [
        f"{option.names[0]} {option.metavar}".rstrip()
        for option in OPTIONS
        if command in option.commands and option.tcpdump in WITHOUT_EFFECT
    ]
    if not names:
        return ""
    text = f"tcpdump's, accepted without effect (docs/tcpdump.md): {', '.join(names)}"
    return fill(text, WIDTH, break_on_hyphens=False)


def shape(option: Option, about: Command) -> dict[str, Any]:
    """Return how argparse is told whether an option has a value, and what stands for it."""
    if not option.metavar:
        return {"action": "store_true"}
    return {"metavar": "|".join(about.formats) if option.field == "format" else option.metavar}


def description(command: str) -> str:
    """Say what a command does; for the program itself, which commands there are."""
    if command in COMMAND_WORDS:
        summary = COMMANDS[command].summary
        return f"{summary[:1].upper()}{summary[1:]}."
    rows = (f"  {word:<12}{COMMANDS[word].summary}" for word in COMMAND_WORDS)
    return "\n".join((ABOUT, "", "commands (tcptui COMMAND --help says more):", *rows))


def formatter(prog: str) -> RawDescriptionHelpFormatter:
    """Make the layout of the help: as wide as every terminal is, without asking how wide this one
    is."""
    return RawDescriptionHelpFormatter(prog, max_help_position=24, width=WIDTH)


def examples(about: Command) -> str:
    """List the examples of a command."""
    lines = (f"  tcptui {line}\n      {what}" for line, what in about.examples)
    return "\n".join(("examples:", *lines))
