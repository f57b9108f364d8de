"""tcptui is a terminal UI that shows what happened in TCP."""

__version__ = "0.1.0"
