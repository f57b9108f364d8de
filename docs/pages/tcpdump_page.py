"""The page about tcpdump's options, out of the table: ``python -m docs.pages.tcpdump_page``.

Writes docs/tcpdump.md, seen from the current folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tcptui.cli.options import OPTIONS, Option
from tcptui.cli.tcpdump import Meaning

PAGE: Final = Path("docs/tcpdump.md")

INTRODUCTION: Final = f"""\
# tcpdump's options

The line that your fingers know works: `tcptui -nnvvXSs0 -i eth0`, or with a file,
`tcptui -nnvvXSs0 -r capture.pcap port 80`, with the capture filters of tcpdump. Each option of
tcpdump 4.99 has one of these meanings here:

- **{Meaning.SAME}**: it does what it does in tcpdump.
- **{Meaning.INSTEAD}**, as the table says.
- **{Meaning.NEAREST}**: tcpdump would print more, or otherwise. tcptui prints what its command
  prints, and shows the rest where the table says.
- **{Meaning.NONE}**.
- **{Meaning.REFUSED}**: what it asks for would not be done, so it is wrong use (exit code 2).

What is accepted without effect is said once on stderr, where that is a terminal. All of this holds
for `tcptui FILE`, `tcptui report` and `tcptui packets`; in `packets`, `-e FIELD` names a column
instead, as in tshark. The other commands take options of their own only.

Of 113 lines of tcpdump that public how-tos show, 112 run, 99 %, and select tcpdump's packets (one
needs DNS for the name of a host, as in tcpdump). Refused is `-w -` without `-r`. The tests have the
list.

As with tcpdump, `-s`, `-B`, `-p` and `--immediate-mode` do nothing where a file is read; `-Q`,
`-Z`, `-C`, `-G` and `-W` are refused there. So are words beside `-F`, which tcpdump would ignore.
Without `-i` and `-r`, tcpdump captures on the first interface; tcptui takes the words for files,
and asks for an interface where they are a capture filter. `-Y FILTER` is a display filter, as in
tshark.

| tcpdump | meaning | here |
|---|---|---|
"""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield INTRODUCTION.rstrip()
    for option in sorted(OPTIONS, key=lambda one: one.names[0].lstrip("-").lower()):
        if option.tcpdump is not None:
            yield f"| {names_of(option)} | {option.tcpdump} | {option.help} |"


def names_of(option: Option) -> str:
    """The names of an option, with its value."""
    return " ".join(f"`{name} {option.metavar}`".replace(" `", "`") for name in option.names)


def tcpdump_page() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(tcpdump_page(), encoding="utf-8")
