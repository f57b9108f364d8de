"""Tells which group a flow belongs to, for each way to group.

What flows of a group share is taken from the flow as it lies there; the group's key, which is JSON,
a text or a number, so that it can be sent and printed as it is, is made of it once.
"""

from typing import Final, cast

from tcptui.capture.source import Source
from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.escapes import visible
from tcptui.fields.columns.texts import json_text

UNKNOWN: Final = b'"unknown"'
UNTAGGED: Final = b'"none"'
IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 64
IPV4_SIZE: Final = 4
"""Bytes."""
PORT_BYTES: Final = 4
"""Both ports, at the end of what stands for an endpoint."""
MOST_KEPT: Final = 100_000


class GroupKeys:
    """Tells the groups of one capture's flows, in one way to group."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Engine = engine
        self.known: dict[object, bytes] = {}

    def of(self, flow: Flow) -> bytes:
        """Return the key of a flow's group."""
        shared = self.shared(flow)
        key = self.known.get(shared)
        if key is None:
            key = self.key(shared)
            if len(self.known) < MOST_KEPT:
                self.known[shared] = key
        return key

    def shared(self, flow: Flow) -> object:
        """Return what the flow has in common with others of its group."""
        raise NotImplementedError

    def key(self, shared: object) -> bytes:
        """Return the key of the group whose flows share this."""
        raise NotImplementedError


class ServerKeys(GroupKeys):
    """By the server's address."""

    def shared(self, flow: Flow) -> object:
        return flow.server.address

    def key(self, shared: object) -> bytes:
        return json_text(address_text(cast(bytes, shared)))


class ClientKeys(ServerKeys):
    """By the client's address."""

    def shared(self, flow: Flow) -> object:
        return flow.client.address


class PairKeys(GroupKeys):
    """By both hosts, the smaller address first."""

    def shared(self, flow: Flow) -> object:
        """Return the addresses, as the one that is smaller sends them."""
        one, other = flow.client.key, flow.server.key
        return (
            one[:-PORT_BYTES] if flow.client.address <= flow.server.address else other[:-PORT_BYTES]
        )

    def key(self, shared: object) -> bytes:
        both = cast(bytes, shared)
        half = len(both) // 2
        return json_text(f"{address_text(both[:half])} ⇄ {address_text(both[half:])}")


class SubnetKeys(ServerKeys):
    """By the server's network, whose ``prefix`` may be another than the usual one."""

    def __init__(self, engine: Engine, prefix: int | None) -> None:
        super().__init__(engine)
        self.prefix: int | None = prefix

    def key(self, shared: object) -> bytes:
        return json_text(subnet_text(cast(bytes, shared), self.prefix))


def subnet_text(address: bytes, prefix: int | None) -> str:
    """Return the network of an address, as ``10.0.0.0/24``; a prefix that is too long is all of
    it."""
    size = 8 * len(address)
    usual = IPV4_PREFIX if len(address) == IPV4_SIZE else IPV6_PREFIX
    bits = min(usual if prefix is None else prefix, size)
    number = int.from_bytes(address) >> (size - bits) << (size - bits)
    return f"{address_text(number.to_bytes(len(address)))}/{bits}"


class PortKeys(GroupKeys):
    """By the server's port."""

    def shared(self, flow: Flow) -> object:
        return flow.server.port

    def key(self, shared: object) -> bytes:
        return str(shared).encode()


class NameKeys(GroupKeys):
    """By the name that says best whose flow it is."""

    def shared(self, flow: Flow) -> object:
        return self.engine.name_of(flow)

    def key(self, shared: object) -> bytes:
        return json_text(cast(str, shared)) if shared else UNKNOWN


class ProcessKeys(NameKeys):
    """By the process that the flow belongs to."""

    def shared(self, flow: Flow) -> object:
        owner = self.engine.owner_of(flow)
        return "" if owner is None else owner.name


class TargetKeys(NameKeys):
    """By the target of the flow's first HTTP request."""

    def shared(self, flow: Flow) -> object:
        naming = self.engine.naming
        names = None if naming is None else naming.of(flow)
        return "" if names is None else names.http_path


class InterfaceKeys(GroupKeys):
    """By the interface that captured the flow's first segment: its name, or its number where the
    file has no name."""

    def __init__(self, engine: Engine, source: Source) -> None:
        super().__init__(engine)
        self.source: Source = source

    def shared(self, flow: Flow) -> object:
        """Return the number of the flow's path."""
        return int(flow.path)

    def key(self, shared: object) -> bytes:
        path = self.engine.decoder.paths[cast(int, shared)]
        interfaces = self.source.interfaces
        if path.other or path.interface >= len(interfaces):
            return UNKNOWN
        return json_text(visible(interfaces[path.interface].name) or str(path.interface))


class VlanKeys(GroupKeys):
    """By the VLAN of the flow's first segment: its number, or several from the outermost."""

    def shared(self, flow: Flow) -> object:
        """Return the number of the flow's path."""
        return int(flow.path)

    def key(self, shared: object) -> bytes:
        path = self.engine.decoder.paths[cast(int, shared)]
        if path.other:
            return UNKNOWN
        numbers = [layer.number for layer in path.layers if layer.name in ("vlan", "802.1ad")]
        if len(numbers) > 1:
            return json_text(".".join([str(number) for number in numbers]))
        return str(numbers[0]).encode() if numbers else UNTAGGED
