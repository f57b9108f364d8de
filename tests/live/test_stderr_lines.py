"""What a program says on stderr is read to its end and kept within bounds."""

import os

import pytest

from tcptui.capture.live.stderr_lines import FIRST, LAST, LENGTH, StderrLines

CASES: dict[str, tuple[bytes, list[str]]] = {
    "nothing": (b"", []),
    "lines": (b"one\ntwo\n", ["one", "two"]),
    "no newline": (b"one\ntwo", ["one", "two"]),
    "empty lines": (b"\n\none\r\n  \n", ["one"]),
    "no UTF-8": (b"\xff\xfe\n", ["\ufffd\ufffd"]),
    "all that is kept": (
        b"".join(b"%d\n" % n for n in range(FIRST + LAST)),
        [str(n) for n in range(FIRST + LAST)],
    ),
    "one more": (
        b"".join(b"%d\n" % n for n in range(FIRST + LAST + 1)),
        [
            *map(str, range(FIRST)),
            "(1 line and 2 bytes are left out)",
            *map(str, range(FIRST + 1, FIRST + LAST + 1)),
        ],
    ),
    "an endless line": (
        b"x" * 1_000_000,
        ["x" * LENGTH + "…", f"({1_000_000 - LENGTH:,} bytes are left out)"],
    ),
}


@pytest.mark.parametrize(("said", "kept"), CASES.values(), ids=CASES)
def test_what_is_kept(said: bytes, kept: list[str]) -> None:
    ours, theirs = os.pipe()
    told: list[str] = []
    lines = StderrLines(os.fdopen(ours, "rb"), told.append)
    with os.fdopen(theirs, "wb") as pipe:
        pipe.write(said)
    lines.wait(10)
    assert lines.lines == kept
    assert told + lines.rest == lines.lines
    assert lines.last == next((line for line in kept[::-1] if not line.startswith("(")), "")
