"""The program from its first moment: what ends it before the command line is even read, too."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

BUG = 1


def run() -> NoReturn:
    """:func:`tcptui.cli.main`, then out at once.

    Taking a million flows apart object by object would cost as long as the analysis did.
    """
    leave: Callable[[int], NoReturn] = os._exit
    code = BUG
    try:
        from tcptui.capture import interrupt

        leave = interrupt.leave
        try:
            interrupt.end_at_signals()
            from tcptui.cli import main
            from tcptui.streams import prepare_standard_streams

            prepare_standard_streams()
            code = main()
            with suppress(OSError):
                sys.stdout.flush()
        except interrupt.Ended as end:
            code = end.code
    except KeyboardInterrupt:
        code = 130
    except (MemoryError, OSError, ImportError, RuntimeError) as error:
        code = complain(error)
    leave(code)


def complain(error: Exception) -> int:
    """The line for what the machine lacks, where nothing else can be loaded; the exit code."""
    from tcptui.shortage import shortage

    line = shortage(error)
    if line is None:
        raise error
    with suppress(OSError):
        os.write(2, f"tcptui: {line}\n".encode())
    return BUG
