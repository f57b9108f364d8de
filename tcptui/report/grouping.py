"""Says which group a flow belongs to, for each way to group: `tcptui report --by`.

A key is bytes of JSON, a text or a number, so that it can be sent and printed as it is.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from tcptui.capture.source import Source
from tcptui.engine.addresses import address_text
from tcptui.escapes import visible
from tcptui.fields.columns.flow_values import FlowReader
from tcptui.fields.columns.texts import json_text

Key = Callable[[FlowReader], bytes]
"""Tells the key of a flow."""

UNKNOWN: Final = b'"unknown"'
UNTAGGED: Final = b'"none"'
IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 64
IPV4_SIZE: Final = 4
"""Bytes."""
MOST_KEPT: Final = 100_000


class Grouping(NamedTuple):
    """A way to group flows: a name of GROUPINGS, and the bits of a subnet, where they are not the
    usual ones."""

    by: str
    prefix: int | None = None

    def key(self, source: Source) -> Key:
        """Return what tells the key of a flow of this source."""
        return GROUPINGS[self.by](self, source)


def server(at: FlowReader) -> bytes:
    return at.json_of(at.address(at.end(True).address))


def client(at: FlowReader) -> bytes:
    return at.json_of(at.address(at.end(False).address))


def pair(at: FlowReader) -> bytes:
    """Return both hosts, the smaller address first."""
    one, other = sorted([at.end(False).address, at.end(True).address])
    return at.json_of(f"{at.address(one)} ⇄ {at.address(other)}")


def subnet(grouping: Grouping, source: Source) -> Key:
    """Return what tells the server's subnet."""
    known: dict[bytes, bytes] = {}

    def key(at: FlowReader) -> bytes:
        address = at.end(True).address
        text = known.get(address)
        if text is None:
            text = json_text(subnet_text(address, grouping.prefix))
            if len(known) < MOST_KEPT:
                known[address] = text
        return text

    return key


def subnet_text(address: bytes, prefix: int | None) -> str:
    """Return the network of an address, as ``10.0.0.0/24``; a prefix that is too long is all of
    it."""
    size = 8 * len(address)
    usual = IPV4_PREFIX if len(address) == IPV4_SIZE else IPV6_PREFIX
    bits = min(usual if prefix is None else prefix, size)
    number = int.from_bytes(address) >> (size - bits) << (size - bits)
    return f"{address_text(number.to_bytes(len(address)))}/{bits}"


def port(at: FlowReader) -> bytes:
    """Return the server's port."""
    return b"%d" % at.end(True).port


def name(at: FlowReader) -> bytes:
    """Return the name that says best whose flow it is."""
    names = at.names()
    return UNKNOWN if names is None or not names.name else at.json_of(names.name)


def process(at: FlowReader) -> bytes:
    """Return the name of the process that the flow belongs to."""
    owner = at.engine_here().owner_of(at.here())
    return UNKNOWN if owner is None or not owner.name else at.json_of(owner.name)


def path(at: FlowReader) -> bytes:
    """Return the target of the flow's first HTTP request."""
    names = at.names()
    return UNKNOWN if names is None or not names.http_path else json_text(names.http_path)


def interface(grouping: Grouping, source: Source) -> Key:
    """Return what tells the interface that captured the flow's first segment: its name, or its
    number where the file has no name."""

    def key(at: FlowReader) -> bytes:
        path = at.engine_here().decoder.paths[at.here().path]
        if path.other or path.interface >= len(source.interfaces):
            return UNKNOWN
        return at.json_of(visible(source.interfaces[path.interface].name) or str(path.interface))

    return key


def vlan(at: FlowReader) -> bytes:
    """Return the VLAN of the flow's first segment: its number, or several from the outermost."""
    path = at.engine_here().decoder.paths[at.here().path]
    if path.other:
        return UNKNOWN
    numbers = [layer.number for layer in path.layers if layer.name in ("vlan", "802.1ad")]
    if len(numbers) > 1:
        return at.json_of(".".join(map(str, numbers)))
    return b"%d" % numbers[0] if numbers else UNTAGGED


def plain(key: Key) -> Callable[[Grouping, Source], Key]:
    """Return how to make a key that hangs on the flow alone."""
    return lambda grouping, source: key


GROUPINGS: Final[Mapping[str, Callable[[Grouping, Source], Key]]] = {
    "server": plain(server),
    "client": plain(client),
    "pair": plain(pair),
    "subnet": subnet,
    "port": plain(port),
    "name": plain(name),
    "process": plain(process),
    "path": plain(path),
    "interface": interface,
    "vlan": plain(vlan),
}
"""A row for each name of output_formats.GROUPING_NAMES."""
