"""Command lines with what tcptui takes them for, as a table that people read.

A line of `command_lines.txt` is `ARGUMENTS ⇒ OUTCOME`: the arguments as a shell has them (`\\xNN`
is one byte), then the command and its options in the order of their names, values as JSON; what is
as without any option is left out.
`⇒ exit N: …` is a command line that is refused, with the code and the first line on stderr; behind
a request it is what running it came to. `python -m tests.cli.command_lines` writes the outcomes
anew, for the arguments that are there.
"""

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tcptui.capture.live.live_options import OptionConflict, live_options
from tcptui.capture.options import CaptureOptions
from tcptui.cli.parser import parse
from tcptui.cli.request import Request, UsageError
from tests.cli.running import run

TABLE: Final = Path(__file__).with_suffix(".txt")
SAMPLES: Final = Path(__file__).parents[2] / "samples"
ARROW: Final = "⇒"
COMMENT: Final = "#"
FILES: Final = {"F": "openings", "G": "closings", "report": "openings", "-file": "openings"}
"""The captures in the folder where the command lines are run, and the samples that they are."""
READING: Final = ("open", "report", "packets", "explain")
"""Commands that take the options of a capture."""
RUN: Final = ("help", "version", *READING)
"""Commands whose outcome is the same everywhere."""

NO_LIVE: Final = vars(live_options([], "", CaptureOptions()))
OF_THE_REQUEST: Final = ("interfaces", "expression", "spool")
"""Options of a live capture that the request has under the same name."""


def command_lines() -> Iterator[tuple[str, str]]:
    """Each command line of the table: its arguments as written, and its outcome."""
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith(COMMENT):
            arguments, _, outcome = line.partition(ARROW)
            yield arguments.strip(), outcome.strip()


def words_of(arguments: str) -> list[str]:
    """The words of a command line as the table writes it."""
    return [re.sub(r"\\x([0-9a-f]{2})", one_byte, word) for word in shlex.split(arguments)]


def one_byte(escape: re.Match[str]) -> str:
    return os.fsdecode(bytes.fromhex(escape[1]))


def outcome_of(arguments: str) -> str:
    """What a command line comes to, in a new folder with the captures of FILES."""
    words = words_of(arguments)
    with TemporaryDirectory() as folder, chdir(folder):
        for name, sample in FILES.items():
            shutil.copy(SAMPLES / f"{sample}.pcapng", name)
        try:
            request = parse(words)
            options = given(flat(request), flat(Request())) | of_the_capture(request)
        except (UsageError, OptionConflict):
            return end_of(words)
        values = (f"{name}={json.dumps(options[name])}" for name in sorted(options))
        text = " ".join((request.command, *values))
        end = end_of(words) if can_run(request) else ""
        return f"{text} {ARROW} {end}" if end else text


def given(options: Mapping[str, Any], without: Mapping[str, Any], *known: str) -> dict[str, Any]:
    """The options that differ from those ``without`` any arguments, but for ``known`` ones."""
    return {
        name: value
        for name, value in options.items()
        if value != without[name] and name not in known
    }


def flat(request: Request) -> dict[str, Any]:
    """All options of a request but those of a capture, by their names."""
    return {"topic": request.topic} | vars(request.input) | vars(request.output)


def of_the_capture(request: Request) -> dict[str, Any]:
    """The options of a capture that the command obeys. OptionConflict."""
    if request.command not in READING:
        return {}
    read, capture = request.input, request.capture
    if read.interfaces:
        options = live_options(read.interfaces, read.expression, capture, read.spool)
        return given(vars(options), NO_LIVE, *OF_THE_REQUEST)
    obeyed = {"count": capture.count, "write": capture.write} if read.files else {}
    return given(obeyed, NO_LIVE)


def can_run(request: Request) -> bool:
    """Whether running it is quick and depends on nothing of this machine."""
    read = request.input
    odd = read.interfaces or read.follow or read.expression or "-" in read.files
    writes_to_stdout = request.capture.write == "-"
    return request.command in RUN and not odd and not writes_to_stdout


def end_of(words: list[str]) -> str:
    """How a run ends where that is not well."""
    ended = run(*words)
    if not ended.code:
        return ""
    said = ended.stderr.splitlines()
    return f"exit {ended.code}" + "".join(f": {line.removeprefix('tcptui: ')}" for line in said[:1])


def rewrite() -> None:
    """Write the outcomes anew; comments and the order stay."""
    lines = []
    for line in TABLE.read_text().splitlines():
        arguments = line.partition(ARROW)[0].rstrip()
        kept = not line or line.startswith(COMMENT)
        lines.append(line if kept else f"{arguments} {ARROW} {outcome_of(arguments)}".lstrip())
    TABLE.write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    rewrite()
