"""Tells what is captured elsewhere, through another program, from interfaces of this machine."""

from typing import Final

FORMS: Final = {
    "ssh://": "ssh://[user@]host[:port]/interface",
    "pod://": "pod://namespace/name[/container]",
    "docker://": "docker://name",
}
"""How an address of each scheme is written."""


def is_remote(interface: str) -> bool:
    """Return whether this is no interface of this machine but an address elsewhere."""
    return interface.startswith(tuple(FORMS))


def short_name(url: str) -> str:
    """Return the host, pod or container of an address, without the rest of it."""
    scheme, _, rest = url.partition("://")
    parts = rest.split("/")
    return parts[1] if scheme == "pod" and len(parts) > 1 else parts[0]
