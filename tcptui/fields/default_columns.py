"""The default columns of `tcptui packets`, which are known without all other fields."""

from typing import Final

DEFAULT_NAMES: Final = (
    ("frame", "frame.number"),
    ("time", "frame.time_epoch"),
    ("flow", "tcp.stream"),
    ("direction", ""),
    ("seq", "tcp.seq_raw"),
    ("ack", "tcp.ack_raw"),
    ("len", ""),
    ("flags", "tcp.flags"),
    ("window", "tcp.window_size"),
    ("analysis", ""),
    ("client_state", ""),
    ("server_state", ""),
)
"""Their names, and the fields that they show under another one."""
