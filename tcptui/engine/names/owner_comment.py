"""Writes the process that a flow belongs to as a comment on a packet, and reads such comments: this
program's, ptcpdump's and rustnet's.

This program and ptcpdump have a line for each value, ``Key: value``; rustnet has one line,
``rustnet process=nginx pid=412``, and its script `pcap_enrich.py` ``PID:412 Process:nginx``.
"""

from typing import Final

from tcptui.engine.names.owner import CLIENT, SERVER, UNKNOWN_SIDE, Owner
from tcptui.engine.names.text import name_text

RUSTNET: Final = "rustnet "
PREFIXES: Final = (b"PID:", b"Process:", b"UserId:", b"ContainerName:", b"rustnet ")
"""How such comments begin, each of which may be an option of its own."""
ENRICHED: Final = " Process:"
"""What stands between the two values of `pcap_enrich.py`."""
SHORT_ID: Final = 12
MOST_DIGITS: Final = 10
MOST_LINES: Final = 64
LONGEST: Final = 1 << 13
"""Characters of a comment that are read."""
KEYS: Final[dict[str, str]] = {
    "process": "Process",
    "pid": "PID",
    "uid": "UserId",
    "container": "ContainerName",
    "container_id": "ContainerId",
    "direction": "Side",
}
"""What rustnet's keys are called here."""
SIDES: Final[dict[str, str]] = {
    CLIENT: CLIENT,
    SERVER: SERVER,
    "outgoing": CLIENT,
    "incoming": SERVER,
}
"""Whose process it is; rustnet tells who opened the connection."""


def may_tell_owner(comment: bytes) -> bool:
    """Return whether a packet's comment begins as one that tells its process."""
    return comment.startswith(PREFIXES)


def comment_of(owner: Owner) -> str:
    """Return the comment that tells a process whose number is known; what is not is left out."""
    values = (
        ("PID", str(owner.pid)),
        ("Process", owner.name),
        ("User", owner.user),
        ("ContainerId", owner.container),
        ("Unit", owner.unit),
        ("Side", owner.side),
        ("Namespace", owner.namespace),
    )
    return "\n".join(f"{key}: {value}" for key, value in values if value)


def owner_in(comment: str) -> Owner | None:
    """Return the process that the comments on one packet tell, each behind a line end; None where
    they make no sense."""
    values = values_in(comment[:LONGEST])
    name = values.get("Process", "") or values.get("Cmd", "").rpartition("/")[2]
    digits = values.get("PID", "")
    pid = int(digits) if len(digits) <= MOST_DIGITS and is_number(digits) else 0
    container = values.get("ContainerId", "")[:SHORT_ID] or values.get("ContainerName", "")
    user = values.get("User", "") or values.get("UserId", "")
    if not (name or pid or container or user):
        return None
    side = SIDES.get(values.get("Side", ""), UNKNOWN_SIDE)
    unit, namespace = values.get("Unit", ""), values.get("Namespace", "")
    return Owner(name, pid, user, container, unit, side, namespace)


def values_in(comment: str) -> dict[str, str]:
    """Return the values by their keys, the first of each."""
    values: dict[str, str] = {}
    for line in comment.replace(ENRICHED, "\nProcess:").split("\n")[:MOST_LINES]:
        if line.startswith(RUSTNET):
            for word in line.split()[1:MOST_LINES]:
                key, _, value = word.partition("=")
                values.setdefault(KEYS.get(key, ""), value_text(value))
        else:
            key, _, value = line.partition(":")
            values.setdefault(key, value_text(value))
    return values


def value_text(value: str) -> str:
    """Return a value without blanks around it, harmless to a terminal."""
    return name_text(value.strip().encode("utf-8", "replace"))


def is_number(text: str) -> bool:
    """Return whether a text is a number of ASCII digits."""
    return text.isascii() and text.isdigit()
