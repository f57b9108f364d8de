"""The man page, out of the table of options: ``python -m docs.pages.man_page``.

Writes docs/tcptui.1, seen from the current folder; wheels install it under share/man/man1.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tcptui.cli.help import ABOUT, GROUPS, letters_of, obeyed_by
from tcptui.cli.options import COMMAND_WORDS, COMMANDS, EVERY, Option, values_of

PAGE: Final = Path("docs/tcptui.1")

EXIT_CODES: Final = (
    ("0", "done; also when nothing is wrong, nothing matches, or a live capture was interrupted"),
    ("1", "compare: below --threshold; otherwise too little memory, or a bug"),
    ("2", "wrong use"),
    ("3", "unreadable input, or a full disk behind the output"),
    ("130", "interrupted"),
)
FILES: Final = (
    ("~/.config/tcptui/config.toml", "preferences, rules, keys and colours"),
    ("$TMPDIR", "streams, unpacked captures and the rolling capture, until the end"),
)
NAMES: Final = {"open": "tcptui FILE"} | {word: f"tcptui {word}" for word in COMMAND_WORDS}


def lines() -> Iterator[str]:
    """The page, line by line, with the macros of man(7)."""
    yield '.TH TCPTUI 1 "" "tcptui" "User Commands"'
    yield ".SH NAME"
    yield "tcptui \\- see what happened in TCP: flows, states and lost segments, in the terminal"
    yield ".SH SYNOPSIS"
    usages = [usage for command in EVERY for usage in COMMANDS[command].usage]
    yield "\n.br\n".join(f".B tcptui\n{text(usage)}" for usage in usages)
    yield ".SH DESCRIPTION"
    yield "\n.PP\n".join(text(" ".join(one.split())) for one in ABOUT.split("\n\n"))
    for command in EVERY:
        yield from about(command)
    yield from listed("EXIT STATUS", EXIT_CODES)
    yield from listed("FILES", FILES)
    yield ".SH SEE ALSO"
    yield ".BR tcpdump (8),\n.BR tshark (1),\n.BR pcap\\-filter (7)"


def about(command: str) -> Iterator[str]:
    """The section of one command: what it does, its options, examples."""
    yield f".SH {text(NAMES[command]).upper() if command != 'open' else 'TCPTUI FILE'}"
    summary = COMMANDS[command].summary
    yield text(f"{summary[:1].upper()}{summary[1:]}.")
    options = obeyed_by(command)
    for part, title in GROUPS.items():
        if any(one.part is part for one in options):
            yield f".SS {title.capitalize()}"
        for option in options:
            if option.part is part:
                yield f".TP\n{names_of(option, command)}\n{text(option.help)}"
    letters = letters_of(command)
    if letters:
        yield f".PP\n{text(' '.join(letters.split()))}"
    yield ".SS Examples"
    for line, what in COMMANDS[command].examples:
        yield f".TP\n.B {text(f'tcptui {line}')}\n{text(what)}"


def names_of(option: Option, command: str) -> str:
    """The names of an option in bold, with its value in italics."""
    value = "|".join(values_of(option, command)) if option.field == "format" else option.metavar
    after = f" \\fI{text(value)}\\fR" if value else ""
    return ", ".join(f"\\fB{text(name)}\\fR{after}" for name in option.names)


def listed(title: str, rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """A section that is a list."""
    yield f".SH {title}"
    for name, what in rows:
        yield f".TP\n.B {text(name)}\n{text(what)}"


def text(words: str) -> str:
    """Words as roff reads them: no line of them is taken for a macro."""
    plain = words.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("`", "")
    plain = plain.replace("'", "\\(aq")
    return f"\\&{plain}" if plain.startswith(".") else plain


def man_page() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(man_page(), encoding="utf-8")
