"""The command line lives here; heavy imports wait until they are needed."""

from tcptui.cli.program import main

__all__ = ["main"]
