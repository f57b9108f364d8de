"""Starts the program: nothing that an interrupt could break off, or that may not fit into memory,
is imported before there is somebody to say so."""

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

BUG = 1
INTERRUPTED = 130


def run() -> "NoReturn":
    """Run :func:`tcptui.cli.main`, then exit at once.

    Taking a million flows apart object by object would cost as long as the analysis did.
    """
    gc.disable()  # what is loaded stays; of the screen's garbage tcptui.garbage takes care
    leave: Callable[[int], NoReturn] = os._exit
    code = BUG
    try:
        from tcptui.capture import interrupt

        leave = interrupt.leave
        try:
            interrupt.end_at_signals()
            code = run_to_end()
        except interrupt.Ended as end:
            code = end.code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        code = complain(error)
    leave(code)


def run_to_end() -> int:
    """Run the command line, and let go of what it printed; return the exit code."""
    import warnings

    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # they are for who writes Python
    from tcptui.cli import main
    from tcptui.cli.program import answer_for_strays
    from tcptui.streams import prepare_standard_streams

    prepare_standard_streams()
    answer_for_strays()
    code = main()
    try:
        sys.stdout.flush()
    except OSError:
        return code  # which says why, if it matters
    return code


def complain(error: Exception) -> int:
    """Print the line for what the machine lacks, where nothing more can be loaded; return the exit
    code."""
    from tcptui.shortage import shortage

    line = shortage(error)
    if line is None:
        sys.excepthook(type(error), error, error.__traceback__)
    else:
        os.write(2, f"tcptui: {line}\n".encode())
    return BUG
