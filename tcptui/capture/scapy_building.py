"""Takes a packet apart into layers from which scapy builds the same bytes again."""

from collections.abc import Iterator, Sequence
from functools import cache, reduce
from importlib import import_module
from itertools import islice
from operator import truediv
from typing import Any, Final, NamedTuple

from tcptui.capture.scapy_layers import first_layer


class Writable(NamedTuple):
    """A layer that can be written as code: its module, and the fields that scapy fills in where
    they are left out."""

    module: str
    filled_in: tuple[str, ...] = ()


WRITABLE: Final = {
    "Ether": Writable("scapy.layers.l2", ("type",)),
    "Dot1AD": Writable("scapy.layers.l2", ("type",)),
    "Dot1Q": Writable("scapy.layers.l2", ("type",)),
    "Loopback": Writable("scapy.layers.l2", ("type",)),
    "CookedLinux": Writable("scapy.layers.l2", ("proto",)),
    "CookedLinuxV2": Writable("scapy.layers.l2", ("proto",)),
    "GRE": Writable("scapy.layers.l2", ("proto",)),
    "PPPoE": Writable("scapy.layers.ppp", ("len",)),
    "PPP": Writable("scapy.layers.ppp", ("proto",)),
    "MPLS": Writable("scapy.contrib.mpls"),
    "IP": Writable("scapy.layers.inet", ("version", "ihl", "len", "proto", "chksum")),
    "IPv6": Writable("scapy.layers.inet6", ("version", "plen", "nh")),
    "UDP": Writable("scapy.layers.inet", ("len", "chksum")),
    "VXLAN": Writable("scapy.layers.vxlan"),
    "TCP": Writable("scapy.layers.inet", ("dataofs", "chksum")),
    "Raw": Writable("scapy.packet"),
    "Padding": Writable("scapy.packet"),
}

STATED: Final[tuple[frozenset[str], ...]] = (
    frozenset(),
    frozenset({"TCP.chksum"}),
    frozenset({"TCP.chksum", "UDP.chksum", "UDP.len", "IP.chksum", "IP.len", "IPv6.plen"}),
    frozenset(f"{name}.{field}" for name, row in WRITABLE.items() for field in row.filled_in),
)
"""Which of the fields that scapy fills in are written all the same; the first that gives the same
bytes is taken. The first two are most packets, and those that a card was to give a checksum; the
third those of which not all was captured."""

MOST_LAYERS: Final = 16
"""What is deeper is left as Raw: each layer less is another attempt."""

Literal = int | str | bytes | None | list["Literal"] | tuple["Literal", ...]


class ScapyLayer(NamedTuple):
    """A layer by its name, and the values of its fields that are to be written."""

    name: str
    values: dict[str, Literal]

    def stating(self, stated: frozenset[str]) -> "ScapyLayer":
        """Return the layer without those fields that scapy is to fill in."""
        left_out = [
            one for one in WRITABLE[self.name].filled_in if f"{self.name}.{one}" not in stated
        ]
        return ScapyLayer(self.name, {k: v for k, v in self.values.items() if k not in left_out})


class NoLiteral(Exception):
    """A field's value is an object of scapy's own."""


def layers_of(data: bytes, link_type: int) -> list[ScapyLayer]:
    """Return the layers of a packet, outermost first, as many as scapy builds again byte for byte;
    the rest is Raw."""
    try:
        known = list(islice(known_layers(data, link_type), MOST_LAYERS))
    except Exception:  # whatever scapy raises: it cannot dissect the packet
        known = []
    for depth in range(len(known), 0, -1):
        layers = [layer for layer, _ in known[:depth]]
        end = known[depth - 1][1]
        if layers[-1].name not in ("Raw", "Padding") and end < len(data):
            layers.append(ScapyLayer("Raw", {"load": data[end:]}))
        for stated in STATED:
            written = [layer.stating(stated) for layer in layers]
            if builds(written, data):
                return written
    return [ScapyLayer("Raw", {"load": data})]


def known_layers(data: bytes, link_type: int) -> Iterator[tuple[ScapyLayer, int]]:
    """Yield the writable layers down to TCP and its payload, each with where it ends."""
    classes = writable_classes()
    dissected = first_layer(link_type, data)(data, stop_dissection_after=classes["TCP"])
    end = 0
    while type(dissected) is classes.get(type(dissected).__name__):
        try:
            layer = ScapyLayer(type(dissected).__name__, dict(written_values(dissected)))
        except NoLiteral:
            return
        end += len(dissected.original if layer.name == "Raw" else dissected.raw_packet_cache)
        yield layer, end
        dissected = dissected.payload


@cache
def writable_classes() -> dict[str, Any]:
    return {name: getattr(import_module(row.module), name) for name, row in WRITABLE.items()}


def written_values(layer: Any) -> Iterator[tuple[str, Literal]]:
    """Yield the fields of a layer: all that scapy may fill in, and those of the others that are not
    empty by themselves. Raises NoLiteral."""
    filled_in = WRITABLE[type(layer).__name__].filled_in
    for field in layer.fields_desc:
        if field.name in layer.fields:
            value = literal(layer.fields[field.name])
            if value or field.default or field.name in filled_in:
                yield field.name, value


def literal(value: Any) -> Literal:
    """Return a value of scapy's as what stands in a script. Raises NoLiteral."""
    from scapy.fields import FlagValue

    if isinstance(value, FlagValue):
        return str(value)
    if type(value) in (int, str, bytes) or value is None:
        return value  # type: ignore[no-any-return]
    if type(value) in (list, tuple):
        return type(value)(map(literal, value))  # type: ignore[no-any-return]
    raise NoLiteral


def builds(layers: Sequence[ScapyLayer], data: bytes) -> bool:
    """Return whether scapy builds these bytes of the layers."""
    classes = writable_classes()
    try:
        return (
            bytes(reduce(truediv, (classes[layer.name](**layer.values) for layer in layers)))
            == data
        )
    except Exception:  # not all that scapy reads it can write
        return False
