"""Reads captures for programs: files by their names, and open binary files."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Final

from tcptui.capture.errors import CaptureError, WrongOption
from tcptui.capture.source import Source, open_source
from tcptui.engine.engine import new_engine
from tcptui.engine.wireshark.rule_sets import DEFAULT_RULES, RULE_SETS
from tcptui.engine.wireshark.rules import Rules
from tcptui.escapes import visible
from tcptui.fields.view import NoBytes
from tcptui.filters.filter_error import FilterError, Unanswered
from tcptui.filters.language import Expression, parse
from tcptui.library.capture import Capture
from tcptui.report.temporary import writing_temporary_file
from tcptui.session import analyse

Readable = str | os.PathLike[str] | BinaryIO
Progress = Callable[[float | None], object]
"""Is told which part was read, from 0 to 1; None where nobody knows how much there is."""

STREAM: Final = "stream"
"""The name of an open file that has none."""
BLOCK: Final = 1 << 20


def read(
    source: Readable,
    *more: Readable,
    rules: str | None = None,
    filter: str | None = None,
    progress: Progress | None = None,
) -> Capture:
    """Read one capture, or several as one in the order of time, to the end.

    A source is the name of a file (``-`` is standard input) or an open binary file, which is read
    from where it is. ``rules`` are those of a Wireshark release (``"4.0"``, ``"4.4"``, ``"4.6"``;
    the newest). Only segments that ``filter`` selects, a display filter, and their flows are in the
    result. ``progress`` is called now and then. What is damaged is read up to the damage, which
    ``Capture.warnings`` tells. Raises CaptureError.
    """
    chosen = rules_named(rules)
    wanted = parsed_filter(filter, chosen) if filter else None
    sources = (source, *more)
    if [one for one in sources if isinstance(one, str)].count("-") > 1:
        raise WrongOption("it cannot be read twice", "standard input", "name it once")
    with ExitStack() as copies:  # which have no names any more once they are open
        opened = open_source([path_of(one, copies) for one in sources])
    for number, one in enumerate(sources):
        if not isinstance(one, (str, os.PathLike)):
            opened.call_input(number, name_of(one))
    try:
        engine = new_engine(chosen)
        for _ in analyse(opened, engine):
            if progress is not None:
                progress(share_read(opened))
        return Capture(engine, opened, [name_of(one) for one in sources], wanted)
    except (NoBytes, Unanswered) as error:
        opened.close()
        raise WrongOption(str(error), f"filter {filter!r}", "ask for less") from error
    except BaseException:
        opened.close()
        raise


def rules_named(name: str | None) -> Rules:
    """Return a rule set by its name. Raises WrongOption."""
    if name is None:
        return DEFAULT_RULES
    if name not in RULE_SETS:
        known = ", ".join(RULE_SETS)
        raise WrongOption("there are no such rules", f"rules {name!r}", f"choose one of {known}")
    return RULE_SETS[name]


def parsed_filter(text: str, rules: Rules) -> Expression:
    """Parse a display filter, with the fields that the rules' release has. Raises WrongOption."""
    try:
        return parse(text, rules.name)
    except FilterError as error:
        raise WrongOption(str(error), f"filter {text!r}", "see docs/filters.md") from error


def path_of(source: Readable, copies: ExitStack) -> str:
    """Return the name of a file; what is open already is copied to one. Raises CaptureError."""
    if isinstance(source, (str, os.PathLike)):
        return os.fsdecode(source)
    if not callable(getattr(source, "read", None)):
        where = f"source of type {type(source).__name__}"
        raise WrongOption("this is no file", where, "give its name, or open it in binary mode")
    with writing_temporary_file():
        copy = NamedTemporaryFile(prefix="tcptui-", suffix=".stream")  # noqa: SIM115 - copies has it
        copies.enter_context(copy)
        while block := block_of(source):
            copy.write(block)
        copy.flush()
    return copy.name


def block_of(source: BinaryIO) -> bytes:
    """Return the next bytes of an open file. Raises CaptureError."""
    try:
        block: object = source.read(BLOCK)
    except (OSError, ValueError) as error:  # ValueError of a file that is closed
        why = getattr(error, "strerror", None) or str(error)
        raise CaptureError(why, visible(name_of(source)), "open it again") from error
    if block is None:  # so say streams that do not wait
        raise WrongOption(
            "it has no bytes yet", visible(name_of(source)), "open it as one that waits"
        )
    if isinstance(block, str):
        raise WrongOption("it gives text", visible(name_of(source)), "open it in binary mode")
    if not isinstance(block, bytes):
        kind = type(block).__name__
        raise WrongOption(f"it gives {kind}, not bytes", visible(name_of(source)), "give its bytes")
    return block


def name_of(source: Readable) -> str:
    """Return the name by which a source is told."""
    if isinstance(source, (str, os.PathLike)):
        return os.fsdecode(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else STREAM


def share_read(source: Source) -> float | None:
    """Return which part of a source was read, from 0 to 1; None for a stream."""
    total = source.total_bytes
    if total is None:
        return None
    return min(source.read_bytes / total, 1.0) if total else 1.0
