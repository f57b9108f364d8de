"""`python -m tcptui`: the same as the command."""

from tcptui.cli import run

run()
