"""Writes display filters by what the flows of a group have in common, the simplest first."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tcptui.engine.engine import Engine
from tcptui.filters.subjects import GroupSubject

MOST_PORTS: Final = 16


def by_host(key: str) -> str:
    """Return what selects the packets of a host, or of a network."""
    return f"{'ipv6' if ':' in key else 'ip'}.addr == {key}"


def by_pair(key: str) -> str:
    """Return what selects the packets between two hosts."""
    one, other = key.split(" ⇄ ")
    if one == other:
        ip = "ipv6" if ":" in one else "ip"
        return f"{ip}.src == {one} && {ip}.dst == {one}"
    return f"{by_host(one)} && {by_host(other)}"


def by_vlan(key: str) -> str:
    """Return what selects the packets of a VLAN, of several in another, or of none."""
    if key == "none":
        return "!vlan"
    return " && ".join(f"vlan.id == {number}" for number in key.split("."))


TEXTS: Final[Mapping[str, Callable[[str], str]]] = {
    "server": by_host,
    "client": by_host,
    "pair": by_pair,
    "subnet": by_host,
    "port": lambda key: f"tcp.port == {key}",
    "vlan": by_vlan,
}
"""What the packets of a group have in common; those by names, processes and interfaces have
nothing that a filter finds in each of them."""


def filters_of(engine: Engine, subject: GroupSubject) -> Iterator[str]:
    """Yield filters that may select the group's flows and nothing else, the simplest first."""
    text_of = TEXTS.get(subject.by)
    if text_of is None or subject.key == "unknown":
        return
    text = text_of(subject.key)
    yield text
    ports = sorted({engine.flows[index].server.port for index in subject.indices})
    if len(ports) == 1:
        yield f"{text} && tcp.port == {ports[0]}"
    elif len(ports) <= MOST_PORTS:
        yield f"{text} && tcp.port in {{{', '.join(map(str, ports))}}}"
