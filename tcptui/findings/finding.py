"""A finding: one thing worth knowing about a flow."""


class Finding:
    """One kind of finding on one flow.

    ``kind`` is a name of the table of kinds, ``severity`` one of Wireshark's levels, ``side``
    ``client``, ``server`` or None, ``cost`` in ns or None. Frames are numbered from 1; 0 where
    no frame belongs to it.
    """

    def __init__(
        self,
        kind: str,
        severity: str,
        count: int,
        first_frame: int,
        last_frame: int,
        side: str | None,
        cost: int | None,
        text: str,
    ) -> None:
        self.kind = kind
        self.severity = severity
        self.count = count
        self.first_frame = first_frame
        self.last_frame = last_frame
        self.side = side
        self.cost = cost
        self.text = text
