"""Checks capture filters with libpcap: its words, and the column where the filter goes wrong."""

import re
from bisect import bisect_left
from typing import Final

from tcptui.capture.live import libpcap
from tcptui.capture.live.libpcap import CompiledFilter, Handle, PcapError
from tcptui.capture.options import SNAPLEN

ETHERNET: Final = 1

DLT_OF_LINKTYPE: Final = {101: 12}
"""The link types for which libpcap uses another number than files do: raw IP."""

WORD: Final = re.compile(r"[^\s()\[\]!&|=<>]+|&&|\|\||[<>!=]=|\S")

JOINT: Final = re.compile(r"\b(?:and|or|portrange)\b|&&|\|\|")
"""The words that make a program longer; a port range counts twice, as it compares twice."""
MOST_TERMS: Final = 128
"""Libpcap's time grows with the cube of the terms: so many ports take 0.4 s, four times as many 27
s."""
LEXEME: Final = re.compile(r"[\w.:]+|[^\w.:\s]")
MOST_LEXEMES: Final = 4096

ENDINGS: Final = (
    "", " 1", " tcp", " 127.0.0.1", " 127.0.0.0/8", " host 127.0.0.1", " port 1", " 1-2",
    " 0:0:0:0:0:1", " host 0:0:0:0:0:1", " ::1", "]", "0]",
)  # fmt: skip
RELATIONS: Final = ("", " = 1")
"""What may complete a filter that is right so far: one of these pairs must."""
DEEPEST: Final = 6
"""How many open parentheses are closed to see whether a filter is right so far."""


class WrongExpression(Exception):
    """A capture filter that libpcap refuses, with its words; `column` counts from 1."""

    def __init__(self, words: str, column: int) -> None:
        super().__init__(words)
        self.words = words
        self.column = column

    def __str__(self) -> str:
        return f"{self.words} (column {self.column})"


def compile_filter(expression: str, link_type: int = ETHERNET) -> CompiledFilter:
    """Return the program for packets of a link type (LINKTYPE_). Raises WrongExpression,
    libpcap.Missing."""
    dlt = DLT_OF_LINKTYPE.get(link_type, link_type)
    handle = libpcap.dead_handle(dlt, SNAPLEN)
    try:
        return compile_for(handle, expression)
    finally:
        handle.close()


def compile_for(handle: Handle, expression: str) -> CompiledFilter:
    """Return the program for packets of this handle. Raises WrongExpression."""
    refuse_too_much(expression)
    try:
        return handle.compile(expression)
    except PcapError as error:
        raise WrongExpression(str(error), column_of_error(expression, handle)) from None


def refuse_too_much(expression: str) -> None:
    """Refuse a filter that would cost libpcap minutes and gigabytes. Raises WrongExpression."""
    bounds = (
        (JOINT, MOST_TERMS, "terms (portrange counts twice)"),
        (LEXEME, MOST_LEXEMES, "words and signs"),
    )
    for pattern, most, what in bounds:
        for number, found in enumerate(pattern.finditer(expression), 1):
            if number == most:
                words = f"a capture filter may have at most {most:,} {what}"
                advice = "use net or portrange for neighbours, or a display filter"
                raise WrongExpression(f"{words}: {advice}", found.start() + 1)


def check_filter(expression: str, link_type: int = ETHERNET) -> None:
    """Compile a filter only to see whether it is right. Raises WrongExpression, libpcap.Missing."""
    libpcap.free(compile_filter(expression, link_type))


def column_of_error(expression: str, handle: Handle) -> int:
    """Return the column where an expression goes wrong: of the first word after which nothing can
    be right."""
    words = list(WORD.finditer(expression))
    wrong = bisect_left(
        words, True, key=lambda word: not may_go_on(expression[: word.end()], handle)
    )
    return words[wrong].start() + 1 if wrong < len(words) else len(expression) + 1


def may_go_on(beginning: str, handle: Handle) -> bool:
    """Return whether some expression that libpcap accepts begins like this."""
    closing = ")" * min(max(beginning.count("(") - beginning.count(")"), 0), DEEPEST)
    return any(
        is_accepted(beginning + ending + closing + relation, handle)
        for ending in ENDINGS
        for relation in RELATIONS
    )


def is_accepted(expression: str, handle: Handle) -> bool:
    try:
        libpcap.free(handle.compile(expression, optimized=False))
    except PcapError:
        return False
    return True
