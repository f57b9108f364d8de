"""Holds the process that one end of a flow belongs to, on the host that captured it."""

from typing import Final

CLIENT: Final = "client"
SERVER: Final = "server"
UNKNOWN_SIDE: Final = ""


class Owner:
    """A process: what is not known of it is empty, or 0.

    ``side``: whose it is, the client's or the server's; of two processes of one host the client's
    is taken. ``namespace`` is the network namespace of its socket, where that is not the one that
    captured: its name, or its number.
    """

    def __init__(
        self,
        name: str,
        pid: int,
        user: str,
        container: str,
        unit: str,
        side: str,
        namespace: str = "",
    ) -> None:
        self.name: str = name
        self.pid: int = pid
        self.user: str = user
        self.container: str = container
        self.unit: str = unit
        self.side: str = side
        self.namespace: str = namespace
