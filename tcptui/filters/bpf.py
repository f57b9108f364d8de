"""Capture filters (BPF) for what is meant, and what else they match.

BPF sees one packet at a time and no state: it cannot tell two uses of the same ports apart, nor
find ports in later fragments, behind IPv6 extension headers or inside most tunnels. There the
filter is wider, and says so.
"""

from collections.abc import Callable, Sequence
from typing import Final

from tcptui.engine import layers
from tcptui.engine.addresses import address_text
from tcptui.engine.flow import Endpoint
from tcptui.engine.layers import Layer
from tcptui.filters import expression as ex
from tcptui.filters import subjects
from tcptui.filters.display import Copy, sender
from tcptui.filters.intervals import Pairs
from tcptui.filters.kinds import Field, Kind
from tcptui.filters.subjects import Capture, Subject, flow_rows, listed, same_ends
from tcptui.filters.view import View

Admits = Callable[[str, int, bytes], bool]
"""Whether a capture filter admits a packet of a link type: libpcap's own answer."""

MOST_CHECKED: Final = 1000
"""Packets that are shown to libpcap to see whether the filter finds them."""

MOST_SEGMENTS: Final = 50
"""Segments that one filter names by their numbers."""

MOST_FLOWS: Final = 50

OTHER_CONNECTIONS: Final = "also matches other connections on the same ports"
SAME_TUNNEL: Final = "also matches everything else in the same tunnel"
SAME_HOSTS: Final = "also matches everything else between these hosts"
EVERYTHING: Final = "also matches everything else: no capture filter finds these packets"

TAGS: Final = {
    layers.VLAN: "vlan",
    layers.PROVIDER_VLAN: "vlan",
    layers.MPLS: "mpls",
    layers.PPPOE: "pppoes",
}
"""Layers that BPF can step over, with their numbers."""
TRANSPARENT: Final = (layers.PPP, layers.LLC)
"""Layers that it steps over by itself."""


def capture_filter(capture: Capture, subject: Subject, admits: Admits | None = None) -> Copy:
    """The narrowest capture filter that matches all of the subject.

    With ``admits`` and packets that can be read, the filter is tried on (some of) the packets
    and widened where it misses them.
    """
    match subject:
        case subjects.Filtered():
            said = of_expression(subject.expression.root)
            if said is not None:
                return Copy(said, "")
        case subjects.Segment() | subjects.Flagged():
            rows = subject.rows(capture)
            if 0 < len(rows) <= MOST_SEGMENTS:
                return widened(capture, subject, rows, by_numbers(capture, rows), admits)
        case _:
            pass
    return of_flows(capture, subject, admits)


def of_flows(capture: Capture, subject: Subject, admits: Admits | None) -> Copy:
    """The flows of the subject, or a direction."""
    flows = subject.flows(capture)
    if not flows:
        return Copy("tcp and not tcp", "matches nothing")
    if len(flows) > MOST_FLOWS:
        return Copy("tcp", f"also matches all other flows: {len(flows):,} are too many to spell")
    copies = [of_flow(capture, subject, flow) for flow in flows]
    caveats = [part for copy in copies for part in copy.caveat.split("; ") if part]
    if isinstance(subject, subjects.Span):
        caveats.append("also matches the time before and after")
    elif isinstance(subject, subjects.Filtered | subjects.Flagged):
        caveats.append("also matches the other segments of these flows")
    plain = Copy(any_of([copy.text for copy in copies]), "; ".join(dict.fromkeys(caveats)))
    return widened(capture, subject, subject.rows(capture), plain, admits)


def of_flow(capture: Capture, subject: Subject, index: int) -> Copy:
    """One flow, or one of its directions, however it is carried."""
    flow = capture.engine.flows[index]
    if isinstance(subject, subjects.Direction):
        match = one_way(sender(capture, subject))
    else:
        match = f"({one_way(flow.client)} or {one_way(flow.server)})"
    text, caveat = carried(capture, flow_rows(capture.engine, index), match)
    others = same_ends(capture.engine, index)
    reused = f"{OTHER_CONNECTIONS}: {listed(others)}" if others else ""
    return Copy(text, "; ".join(filter(None, (reused, caveat))))


def one_way(end: Endpoint) -> str:
    """What ``end`` sends to its peer."""
    ip = "ip" if len(end.address) == 4 else "ip6"
    return (
        f"({ip} and tcp and src host {address_text(end.address)} and src port {end.port}"
        f" and dst host {address_text(end.peer.address)} and dst port {end.peer.port})"
    )


def carried(capture: Capture, rows: Sequence[int], match: str) -> tuple[str, str]:
    """``match`` behind the tags and tunnels of these rows; what it matches besides."""
    view = View(capture.engine)
    numbers = dict.fromkeys(int(capture.engine.packets.path(row)) for row in rows)
    caveat = ""
    texts: dict[str, None] = {}
    for path in numbers:
        below = view.layers_of(path)
        if is_tunnel(below):
            caveat = SAME_TUNNEL
        texts[behind(below, match)] = None
    # `vlan`, `mpls` and `pppoes` shift all that follows: what has none of them comes first.
    ordered = sorted(texts, key=lambda text: any(tag in text for tag in ("vlan", "mpls", "pppoe")))
    return any_of(ordered), caveat


def is_tunnel(below: Sequence[Layer]) -> bool:
    return any(layer.kind not in TAGS and layer.kind not in TRANSPARENT for layer in below)


def behind(below: Sequence[Layer], match: str) -> str:
    """``match`` behind these layers: tags are stepped over, the first tunnel is the end."""
    tags: list[str] = []
    for i, layer in enumerate(below):
        if layer.kind in TAGS:
            tags.append(f"{TAGS[layer.kind]} {layer.number}")
        elif layer.kind not in TRANSPARENT:
            match = outer(below[i:])
            break
    return " and ".join([*tags, match])


def outer(below: Sequence[Layer]) -> str:
    """The outermost IP header of a tunnel, and UDP ports right behind it."""
    for i, layer in enumerate(below):
        if layer.source:
            text = (
                f"src host {address_text(layer.source)} and dst host "
                f"{address_text(layer.destination)}"
            )
            if i + 1 < len(below) and below[i + 1].kind == layers.UDP:
                text += f" and udp and dst port {below[i + 1].destination_port}"
            return f"({text})"
    return "(len >= 0)"


def any_of(texts: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(texts))
    return distinct[0] if len(distinct) == 1 else f"({' or '.join(distinct)})"


# -- segments by their numbers -------------------------------------------------------------------


def by_numbers(capture: Capture, rows: Sequence[int]) -> Copy:
    """Segments by sender, sequence number, acknowledgment and flags."""
    packets = capture.engine.packets
    texts: list[str] = []
    caveats: dict[str, None] = {}
    for row in rows:
        end = View(capture.engine).sender(row)
        match = f"({one_way(end)[1:-1]} and {numbers(capture, row)})"
        text, caveat = carried(capture, [row], match)
        texts.append(text)
        caveats |= dict.fromkeys(filter(None, [caveat]))
    copies = identical(capture, rows)
    if copies:
        frames = [int(packets.frame(row)) for row in copies]
        caveats[f"also matches segments with the same numbers: {listed(frames, 'frame')}"] = None
    return Copy(any_of(texts), "; ".join(caveats))


def numbers(capture: Capture, row: int) -> str:
    """Sequence number, acknowledgment and flags in the header; `tcp[…]` is for IPv4 only."""
    packets = capture.engine.packets
    family = len(capture.engine.flows[packets.flow(row)].client.address)
    header, start = ("tcp", 0) if family == 4 else ("ip6", 40)
    return (
        f"{header}[{start + 4}:4] = {packets.seq(row)} and {header}[{start + 8}:4] = "
        f"{packets.ack(row)} and {header}[{start + 13}] = {packets.flags(row) & 255}"
    )


def identical(capture: Capture, rows: Sequence[int]) -> list[int]:
    """Other rows of these flows and of those on the same ports with the same numbers."""
    packets = capture.engine.packets

    def mark(row: int) -> tuple[bytes, int, int, int]:
        end = view.sender(row)
        return end.key, int(packets.seq(row)), int(packets.ack(row)), int(packets.flags(row) & 255)

    view = View(capture.engine)
    wanted = {mark(row) for row in rows}
    flows = {int(packets.flow(row)) for row in rows}
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
BITS: Final = {Kind.IPV4: 32, Kind.IPV6: 128}


def of_expression(node: ex.Node) -> str | None:
    """A filter in BPF; None where BPF has no words for it."""
    said = spelled(node)
    return None if said is None else f"tcp and {said}" if said != "tcp" else said


def spelled(node: ex.Node) -> str | None:
    match node:
        case ex.All():
            return "tcp"
        case ex.And(left, right) | ex.Or(left, right):
            one, other = spelled(left), spelled(right)
            word = "and" if isinstance(node, ex.And) else "or"
            return None if one is None or other is None else f"({one} {word} {other})"
        case ex.Not(part):
            said = spelled(part)
            return None if said is None else f"(not {said})"
        case ex.Present(field):
            return {"tcp": "tcp", "ip": "ip", "ipv6": "ip6"}.get(field.name)
        case ex.Within(field, pairs, every, ex.NO_MASK):
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
    """A host or a whole subnet; other ranges have no name."""
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
    capture: Capture, subject: Subject, rows: Sequence[int], copy: Copy, admits: Admits | None
) -> Copy:
    """``copy``, or something wider where libpcap does not find the packets with it."""
    if admits is None or capture.read is None:
        return copy
    step = max(len(rows) // MOST_CHECKED, 1)
    tried = rows[::step]
    wider = Copy(between_hosts(capture, subject), SAME_HOSTS)
    for candidate in (copy, wider):
        if all(found(capture, candidate.text, row, admits) for row in tried):
            return candidate
    return Copy("len >= 0", EVERYTHING)


def found(capture: Capture, text: str, row: int, admits: Admits) -> bool:
    view = View(capture.engine, capture.read)
    link_type = capture.engine.decoder.link_types[view.interface(row)]
    return admits(text, link_type, view.packet(row))


def between_hosts(capture: Capture, subject: Subject) -> str:
    """All packets between the addresses of the subject's flows, tagged or not."""
    texts: list[str] = []
    for index in subject.flows(capture):
        client = capture.engine.flows[index].client
        hosts = (
            f"(host {address_text(client.address)} and host {address_text(client.peer.address)})"
        )
        texts.append(carried(capture, flow_rows(capture.engine, index), hosts)[0])
    return any_of(texts)

