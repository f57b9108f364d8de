"""The command line. Heavy imports wait until they are needed."""

from tcptui.cli.program import main

__all__ = ["main"]
