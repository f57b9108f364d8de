"""What this interpreter's tcptui makes of inputs that come through stdin: report and rows.

Each input comes as its length in eight bytes, a byte for its kind, and itself; each answer goes
back as its length and itself. Run as ``python -m tests.fuzz.answers`` in a checkout.
"""

import os
import signal
import struct
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from tcptui.engine import engine
from tests.fuzz import targets
from tests.fuzz.checks import ANSWERS
from tests.fuzz.inputs import FILE, STREAM

LENGTH: Final = struct.Struct(">Q")
KINDS: Final = {b"f": FILE, b"s": STREAM}
PATIENCE: Final = 60
"""Seconds of processor time for one input."""


def answer(kind: str, data: bytes) -> bytes:
    """The report, the rows and the warnings; what is said instead, or raised."""
    try:
        if kind == STREAM:
            data = targets.stream_as_file(data)
        Path(targets.NAME).write_bytes(data)
        opened = targets.read()
    except ANSWERS as error:
        return f"refused: {error}".encode()
    except Exception as error:
        return f"raised: {type(error).__name__}".encode()
    opened.source.close()
    return opened.report + opened.rows


def is_compiled() -> bool:
    return (engine.__file__ or "").endswith(".so")


def send(out: BinaryIO, data: bytes) -> None:
    out.write(LENGTH.pack(len(data)) + data)
    out.flush()


def receive(file: BinaryIO) -> bytes:
    """EOFError at the end."""
    head = file.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return file.read(LENGTH.unpack(head)[0])


def main() -> None:
    """Answer until stdin ends."""
    took, gave = sys.stdin.buffer, sys.stdout.buffer
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        tempfile.tempdir = folder
        send(gave, b"compiled" if is_compiled() else b"interpreted")
        while True:
            try:
                data = receive(took)
            except EOFError:
                return
            signal.setitimer(signal.ITIMER_PROF, PATIENCE)
            send(gave, answer(KINDS[data[:1]], data[1:]))


if __name__ == "__main__":
    main()
