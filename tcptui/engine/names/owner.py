"""Holds the process that one end of a flow belongs to, on the host that captured it."""


class Owner:
    """A process: what is not known of it is empty, or 0.

    ``is_server``: whether it is the server's; of two processes of one host the client's is taken.
    """

    def __init__(
        self, name: str, pid: int, user: str, container: str, unit: str, is_server: bool
    ) -> None:
        self.name: str = name
        self.pid: int = pid
        self.user: str = user
        self.container: str = container
        self.unit: str = unit
        self.is_server: bool = is_server
