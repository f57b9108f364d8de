"""Writes capture filters (BPF) for what is meant, and says what else they match.

BPF sees one packet at a time and no state: it cannot tell two uses of the same ports apart, nor
find ports in later fragments, behind IPv6 extension headers or inside most tunnels. There the
filter is wider, and says so.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tcptui.engine.addresses import address_text
from tcptui.engine.decode import layers
from tcptui.engine.decode.layers import Layer
from tcptui.engine.flow import Endpoint
from tcptui.fields.field import Field
from tcptui.fields.value_kind import ValueKind
from tcptui.fields.view import View
from tcptui.filters import expression as ex
from tcptui.filters import subjects
from tcptui.filters.display_filter_text import CopiedText, sender
from tcptui.filters.intervals import Pairs
from tcptui.filters.subjects import (
    MOST_READ,
    OpenCapture,
    Subject,
    flow_rows,
    listed,
    same_both_ends,
    same_ends,
    without_a_row,
)

Admits = Callable[[str, int, bytes], bool]
"""Asks libpcap whether a capture filter admits a packet of a link type."""

MOST_SEGMENTS: Final = 50
"""How many segments one filter names by their numbers."""

MOST_FLOWS: Final = 50

OTHER_CONNECTIONS: Final = "also matches other connections on the same ports"
BOTH_WAYS: Final = "also matches the other direction: both ends have the same address and port"
SAME_TUNNEL: Final = "also matches everything else in the same tunnel"
SAME_HOSTS: Final = "also matches everything else between these hosts"
EVERYTHING: Final = "also matches everything else: no capture filter finds these packets"

ANYTHING: Final = "len >= 0"

TAGS: Final = {
    layers.VLAN: "vlan",
    layers.PROVIDER_VLAN: "vlan",
    layers.MPLS: "mpls",
    layers.PPPOE: "pppoes",
}
"""Layers that BPF can step over, with their numbers."""
TRANSPARENT: Final = (layers.PPP, layers.LLC)
"""Layers that it steps over by itself."""


class Part(NamedTuple):
    """Something to match, behind tags (a word of BPF and a number, outermost first)."""

    tags: tuple[tuple[str, int], ...]
    match: str


class Said(NamedTuple):
    """Parts that together match what is meant, and what they match besides."""

    parts: list[Part]
    caveats: list[str]

    def copy(self) -> CopiedText:
        if EVERYTHING in self.caveats:
            return CopiedText(ANYTHING, EVERYTHING)
        return CopiedText(joined(self.parts), "; ".join(dict.fromkeys(self.caveats)))


def capture_filter(
    capture: OpenCapture, subject: Subject, admits: Admits | None = None
) -> CopiedText:
    """Return the narrowest capture filter that matches all of the subject.

    With ``admits`` and packets that can be read, the filter is tried on (some of) the packets
    and widened where it misses them.
    """
    rows = subject.rows(capture)
    copy = widened(capture, subject, rows, narrowest(capture, subject, rows), admits)
    caveats = filter(None, [copy.caveat, *without_a_row(capture, subjects.BROKEN)])
    return CopiedText(copy.text, "; ".join(caveats))


def narrowest(capture: OpenCapture, subject: Subject, rows: Sequence[int]) -> CopiedText:
    match subject:
        case subjects.FilteredSubject() if not any(layers_below(capture, rows)):
            said = of_expression(subject.expression.root)
            if said is not None:
                return CopiedText(said)
        case subjects.SegmentSubject() | subjects.FlaggedSubject():
            if 0 < len(rows) <= MOST_SEGMENTS:
                return by_numbers(capture, rows)
        case _:
            pass
    return of_flows(capture, subject)


def of_flows(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return the filter for the flows of the subject, or for a direction."""
    flows = subject.flows(capture)
    if not flows:
        return CopiedText("tcp and not tcp", "matches nothing")
    if len(flows) > MOST_FLOWS:
        return CopiedText(
            "tcp", f"also matches all other flows: {len(flows):,} are too many to list"
        )
    told = [of_flow(capture, subject, flow) for flow in flows]
    caveats = [caveat for said in told for caveat in said.caveats]
    if isinstance(subject, subjects.SpanSubject):
        caveats.append("also matches the time before and after")
    elif isinstance(subject, subjects.FilteredSubject | subjects.FlaggedSubject):
        caveats.append("also matches the other segments of these flows")
    return Said([part for said in told for part in said.parts], caveats).copy()


def of_flow(capture: OpenCapture, subject: Subject, index: int) -> Said:
    """Return the filter for one flow, or one of its directions, however it is carried."""
    flow = capture.engine.flows[index]
    if isinstance(subject, subjects.DirectionSubject):
        match = one_way(sender(capture, subject))
        rows = subject.rows(capture)
    else:
        match = f"({one_way(flow.client)} or {one_way(flow.server)})"
        rows = []
    said = carried(capture, rows or flow_rows(capture.engine, index), match)
    others = same_ends(capture.engine, index)
    if others:
        said.caveats.append(f"{OTHER_CONNECTIONS}: {listed(others)}")
    if isinstance(subject, subjects.DirectionSubject) and same_both_ends(capture.engine, index):
        said.caveats.append(BOTH_WAYS)
    return said


def one_way(end: Endpoint) -> str:
    """Return the filter for what ``end`` sends to its peer."""
    ip = "ip" if len(end.address) == 4 else "ip6"
    return (
        f"({ip} and tcp and src host {address_text(end.address)} and src port {end.port}"
        f" and dst host {address_text(end.peer.address)} and dst port {end.peer.port})"
    )


def layers_below(capture: OpenCapture, rows: Sequence[int]) -> list[list[Layer]]:
    """Return the ways in which these rows were carried, each once."""
    view = View(capture.engine)
    numbers = dict.fromkeys(capture.engine.packets.path(row) for row in rows)
    return [view.layers_of(path) for path in numbers]


def carried(capture: OpenCapture, rows: Sequence[int], match: str) -> Said:
    """Return ``match`` behind the tags and tunnels of these rows."""
    ways = layers_below(capture, rows)
    parts = list(dict.fromkeys(behind(below, match) for below in ways))
    if any(part.match == ANYTHING for part in parts):
        return Said([Part((), ANYTHING)], [EVERYTHING])
    return Said(parts, [SAME_TUNNEL] if any(is_tunnel(below) for below in ways) else [])


def joined(parts: Sequence[Part]) -> str:
    """Return a filter for any of the parts. A tag's word shifts all that follows, so each kind is
    said once, last; its number only where all parts agree on it (flows are told apart by their
    ports anyway)."""
    texts = [part.match for part in parts if not part.tags]
    tagged: dict[str, list[Part]] = {}
    for part in parts:
        if part.tags:
            tagged.setdefault(part.tags[0][0], []).append(part)
    for word, group in tagged.items():
        numbers = {part.tags[0][1] for part in group}
        inner = joined([Part(part.tags[1:], part.match) for part in group])
        said = f"{word} {numbers.pop()}" if len(numbers) == 1 else word
        texts.append(f"({said} and {inner})")
    return any_of(texts)


def is_tunnel(below: Sequence[Layer]) -> bool:
    return any(layer.kind not in TAGS and layer.kind not in TRANSPARENT for layer in below)


def behind(below: Sequence[Layer], match: str) -> Part:
    """Return ``match`` behind these layers: tags are stepped over, the first tunnel is the end."""
    tags: list[tuple[str, int]] = []
    for i, layer in enumerate(below):
        if layer.kind in TAGS:
            tags.append((TAGS[layer.kind], layer.number))
        elif layer.kind not in TRANSPARENT:
            return Part(tuple(tags), outer(below[i:]))
    return Part(tuple(tags), match)


def outer(below: Sequence[Layer]) -> str:
    """Return a filter for the outermost IP header of a tunnel, and for UDP ports right behind
    it."""
    for i, layer in enumerate(below):
        if layer.source:
            text = (
                f"src host {address_text(layer.source)} and dst host "
                f"{address_text(layer.destination)}"
            )
            if i + 1 < len(below) and below[i + 1].kind == layers.UDP:
                text += f" and udp and dst port {below[i + 1].destination_port}"
            return f"({text})"
    return ANYTHING


def any_of(texts: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(texts))
    return distinct[0] if len(distinct) == 1 else f"({' or '.join(distinct)})"


# -- segments by their numbers -------------------------------------------------------------------


def by_numbers(capture: OpenCapture, rows: Sequence[int]) -> CopiedText:
    """Return the filter for segments by sender, sequence number, acknowledgment and flags."""
    view = View(capture.engine)
    parts: list[Part] = []
    caveats: list[str] = []
    for row in rows:
        match = f"({one_way(view.sender(row))[1:-1]} and {numbers(capture, row)})"
        said = carried(capture, [row], match)
        parts += said.parts
        caveats += said.caveats
    copies = identical(capture, rows)
    if copies:
        frames = [capture.engine.packets.frame(row) for row in copies]
        caveats.append(f"also matches segments with the same numbers: {listed(frames, 'frame')}")
    return Said(parts, caveats).copy()


def numbers(capture: OpenCapture, row: int) -> str:
    """Return a test of sequence number, acknowledgment and flags in the header; `tcp[…]` is for
    IPv4 only."""
    packets = capture.engine.packets
    family = len(capture.engine.flows[packets.flow(row)].client.address)
    header, start = ("tcp", 0) if family == 4 else ("ip6", 40)
    return (
        f"{header}[{start + 4}:4] = {packets.seq(row)} and {header}[{start + 8}:4] = "
        f"{packets.ack(row)} and {header}[{start + 13}] = {packets.flags(row) & 255}"
    )


def identical(capture: OpenCapture, rows: Sequence[int]) -> list[int]:
    """Return other rows with the same numbers, of these flows and of those on the same ports."""
    packets = capture.engine.packets

    def mark(row: int) -> tuple[bytes, int, int, int]:
        end = view.sender(row)
        return end.key, packets.seq(row), packets.ack(row), packets.flags(row) & 255

    view = View(capture.engine)
    wanted = {mark(row) for row in rows}
    flows = {packets.flow(row) for row in rows}
    flows |= {other for flow in flows for other in same_ends(capture.engine, flow)}
    chosen = set(rows)
    return [
        row
        for flow in sorted(flows)
        for row in flow_rows(capture.engine, flow)
        if row not in chosen and mark(row) in wanted
    ]


# -- filters -------------------------------------------------------------------------------------

HEADER_FLAGS: Final = {
    "tcp.flags.fin": 1, "tcp.flags.syn": 2, "tcp.flags.reset": 4, "tcp.flags.push": 8,
    "tcp.flags.ack": 16, "tcp.flags.urg": 32, "tcp.flags.ece": 64, "tcp.flags.cwr": 128,
}  # fmt: skip
SIDES: Final = {
    "tcp.port": "port", "tcp.srcport": "src port", "tcp.dstport": "dst port",
    "ip.addr": "host", "ip.src": "src host", "ip.dst": "dst host",
    "ipv6.addr": "host", "ipv6.src": "src host", "ipv6.dst": "dst host",
}  # fmt: skip
BITS: Final = {ValueKind.IPV4: 32, ValueKind.IPV6: 128}


def of_expression(node: ex.Node) -> str | None:
    """Return a filter in BPF; None where BPF has no words for it."""
    said = spelled(node)
    return None if said is None else f"tcp and {said}" if said != "tcp" else said


def spelled(node: ex.Node) -> str | None:
    match node:
        case ex.All():
            return "tcp"
        case ex.And(left=left, right=right) | ex.Or(left=left, right=right):
            one, other = spelled(left), spelled(right)
            word = "and" if isinstance(node, ex.And) else "or"
            return None if one is None or other is None else f"({one} {word} {other})"
        case ex.Not(part=part):
            said = spelled(part)
            return None if said is None else f"(not {said})"
        case ex.Present(field=field):
            return {"tcp": "tcp", "ip": "ip", "ipv6": "ip6"}.get(field.name)
        case ex.Within(field=field, pairs=pairs, every=every, mask=ex.NO_MASK):
            return spelled_numbers(field, pairs, every)
    return None


def spelled_numbers(field: Field, pairs: Pairs, every: bool) -> str | None:
    if field.name in HEADER_FLAGS and pairs in ([(1, 1)], [(0, 0)]):
        sign = "!=" if pairs == [(1, 1)] else "="
        return f"(ip and tcp[13] & {HEADER_FLAGS[field.name]} {sign} 0)"
    side = SIDES.get(field.name)
    if side is None or every:
        return None
    if field.kind in BITS:
        said = [spelled_network(side, BITS[field.kind], *pair) for pair in pairs]
    else:
        said = [spelled_ports(side, *pair) for pair in pairs]
    return None if None in said else any_of([one for one in said if one is not None])


def spelled_ports(side: str, low: int, high: int) -> str | None:
    low, high = max(low, 0), min(high, 65535)
    return f"{side} {low}" if low == high else f"{side}range {low}-{high}"


def spelled_network(side: str, bits: int, low: int, high: int) -> str | None:
    """Return a host or a whole subnet in BPF's words; other ranges have no name."""
    size = high - low + 1
    if size & (size - 1) or low % size:
        return None
    address = address_text(low.to_bytes(bits // 8))
    prefix = bits - (size.bit_length() - 1)
    family = "ip" if bits == 32 else "ip6"
    if prefix == bits:
        return f"({family} {side} {address})"
    return f"({family} {side.replace('host', 'net')} {address}/{prefix})"


# -- trying it -----------------------------------------------------------------------------------


def widened(
    capture: OpenCapture,
    subject: Subject,
    rows: Sequence[int],
    copy: CopiedText,
    admits: Admits | None,
) -> CopiedText:
    """Return ``copy``, or something wider where libpcap does not find the packets with it."""
    if admits is None or capture.read is None:
        return copy
    if isinstance(subject, subjects.DirectionSubject) and not rows:
        flow = subjects.FlowSubject(subject.index)
        its = flow.rows(capture)
        both = widened(capture, flow, its, narrowest(capture, flow, its), admits)
        return both if both.text == ANYTHING else copy
    step = max(len(rows) // MOST_READ, 1)
    tried = rows[::step]
    for candidate in (copy, between_hosts(capture, subject)):
        if all(found(capture, candidate.text, row, admits) for row in tried):
            return candidate
    return CopiedText(ANYTHING, EVERYTHING)


def found(capture: OpenCapture, text: str, row: int, admits: Admits) -> bool:
    view = View(capture.engine, capture.read)
    link_type = capture.engine.decoder.link_types[view.interface(row)]
    return admits(text, link_type, view.packet(row))


def between_hosts(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return a filter for all packets between the addresses of the subject's flows, tagged or
    not."""
    parts: list[Part] = []
    caveats = [SAME_HOSTS]
    for index in subject.flows(capture):
        hosts = both_hosts(capture.engine.flows[index].client)
        said = carried(capture, flow_rows(capture.engine, index), hosts)
        parts += said.parts
        caveats += said.caveats
    return Said(parts, caveats).copy()


def both_hosts(end: Endpoint) -> str:
    """Return the filter for what passes between an endpoint's address and its peer's."""
    one, other = address_text(end.address), address_text(end.peer.address)
    if one == other:  # "host" twice would match all that the host says to others
        return f"(src host {one} and dst host {one})"
    return f"(host {one} and host {other})"
