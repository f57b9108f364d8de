"""From a captured frame to the TCP headers in it.

What nearly every packet is, TCP in IPv4 or IPv6 straight behind Ethernet, one 802.1Q tag or a
cooked header, is recognized in place. All else is walked header by header: each step looks at
one header and says which one comes next.
"""

from collections.abc import Callable
from typing import Final

from librt.strings import read_i16_be, read_i32_be, read_i64_be
from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.decode import ip, link, protocol_numbers, skip_reasons, steps, tunnels, udp, wlan
from tcptui.engine.decode.cursor import Cursor
from tcptui.engine.decode.layers import VLAN as VLAN_LAYER
from tcptui.engine.decode.layers import PathTable, plain_path
from tcptui.engine.decode.udp import DNS_PORT
from tcptui.engine.flow import IPV4_KEY, IPV6_KEY
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32
from tcptui.engine.share import Share
from tcptui.engine.tcp_header import PORTS, TCP_READABLE

TCP: Final = 6
TYPE_IPV4: Final = 0x0800
TYPE_IPV6: Final = 0x86DD - 0x10000
TYPE_VLAN: Final = 0x8100 - 0x10000
"""EtherTypes as signed 16-bit numbers, which is how they are read."""

TYPE_AT_END: Final = {steps.ETHERNET: 14, steps.COOKED: 16}
"""Size of the link headers that end with an EtherType."""

OTHERS: Final = -1
"""Stands for the segment that another share takes, in place of a number of headers."""
CACHED_TAGS: Final = 4096
MOST_HEADERS: Final = 500
"""tshark's limit too."""

STEPS: Final[dict[int, Callable[[Cursor], i64]]] = {
    steps.ETHERNET: link.ethernet,
    steps.BARE_ETHERNET: link.bare_ethernet,
    steps.LLC: link.llc,
    steps.VLAN: link.vlan,
    steps.PROVIDER_VLAN: link.provider_vlan,
    steps.BACKBONE: link.backbone,
    steps.E_TAG: link.e_tag,
    steps.VN_TAG: link.vn_tag,
    steps.META_DATA: link.meta_data,
    steps.REDUNDANCY: link.redundancy,
    steps.MPLS: link.mpls,
    steps.PPPOE: link.pppoe,
    steps.PPP: link.ppp,
    steps.PPP_HDLC: link.ppp_hdlc,
    steps.PPP_DIRECTION: link.ppp_direction,
    steps.HDLC: link.hdlc,
    steps.NULL: link.null,
    steps.LOOP: link.loop,
    steps.RAW: link.raw,
    steps.COOKED: link.cooked,
    steps.COOKED_2: link.cooked_2,
    steps.FDDI: link.fddi,
    steps.INFINIBAND: link.infiniband,
    steps.NFLOG: link.nflog,
    steps.NETLINK: link.netlink,
    steps.PF_LOG: link.pf_log,
    steps.RADIOTAP: wlan.radiotap,
    steps.PPI: wlan.ppi,
    steps.AVS: wlan.avs,
    steps.WLAN: wlan.wlan,
    steps.CENTRINO: wlan.centrino,
    steps.IPV4: ip.ipv4,
    steps.IPV6: ip.ipv6,
    steps.HOP_BY_HOP: ip.options_header,
    steps.DESTINATION: ip.options_header,
    steps.ROUTING: ip.routing,
    steps.FRAGMENT: ip.fragment,
    steps.AH: ip.ah,
    steps.UDP: udp.udp,
    steps.ICMP: ip.icmp,
    steps.ICMPV6: ip.icmpv6,
    steps.GRE: tunnels.gre,
    steps.REDIRECTED: tunnels.redirected,
    steps.ERSPAN: tunnels.erspan,
    steps.VXLAN: tunnels.vxlan,
    steps.VXLAN_GPE: tunnels.vxlan_gpe,
    steps.GENEVE: tunnels.geneve,
    steps.GTP: tunnels.gtp,
    steps.TEREDO: tunnels.teredo,
    steps.L2TP: tunnels.l2tp,
    steps.ETHER_IP: tunnels.ether_ip,
    steps.NSH: tunnels.nsh,
}


def nothing(_: Cursor) -> i64:
    """Take no step, for a number that stands for none."""
    return steps.DONE


BY_NUMBER: Final = [STEPS.get(number, nothing) for number in range(max(STEPS) + 1)]
"""The same in a list, which is looked up faster."""


class Decoder:
    """Finds TCP headers, outermost first.

    ``found[:n]`` describes the ``n`` headers that :meth:`decode` counted; the objects are used
    again for the next frame. ``skipped`` counts the packets without a readable TCP header, by
    reason; ``paths`` names how a segment was carried. ``is_taken`` says that the share was asked
    for what was found last, and takes it.
    """

    def __init__(self) -> None:
        self.link_types: list[int] = []
        self.found: Final[list[HeaderLocation]] = [HeaderLocation()]
        self.paths: PathTable = PathTable()
        self.cursor: Final[Cursor] = Cursor(self.paths, self.found)
        self.skips: dict[int, int] = {}
        self.first: vec[i64] = vec[i64]()
        self.type_end: vec[i64] = vec[i64]()
        self.plain: vec[i64] = vec[i64]()
        self.tags: vec[i64] = vec[i64]()  # made for the first tag
        self.tag_paths: vec[i64] = vec[i64]()
        self.is_taken: bool = False

    def add_interface(self, link_type: int) -> None:
        """Say which link type (LINKTYPE_… number) the next interface has."""
        self.link_types.append(link_type)
        first = protocol_numbers.LINKS.get(link_type, steps.DONE)
        self.first = append(self.first, i64(first))
        self.type_end = append(self.type_end, i64(TYPE_AT_END.get(first, 0)))
        self.plain = append(self.plain, self.paths.add_interface(link_type))

    @property
    def skipped(self) -> dict[str, int]:
        """The numbers of packets without a TCP row, by reason in words."""
        counts: dict[str, int] = {}
        for code, count in self.skips.items():
            text = skip_reasons.text_of(code)
            counts[text] = counts.get(text, 0) + count
        return counts

    def decode(
        self,
        data: bytes,
        offset: i64,
        captured: i64,
        reported: i64,
        interface: i64,
        share: Share | None,
    ) -> i64:
        """Look for TCP in ``data[offset:offset + captured]``, and return how many headers were
        found, or `OTHERS`.

        ``reported`` is the packet's length on the wire (bytes), ``interface`` the number of the
        interface in order of :meth:`add_interface`. A ``share`` is asked at once whether it takes
        a plain segment, as most are of others; but for DNS, which all shares read.
        """
        self.is_taken = False
        link_header = self.type_end[interface]
        if link_header != 0 and captured >= link_header + 20 + TCP_READABLE:
            ip = offset + link_header
            path = self.plain[interface]
            ethertype = read_i16_be(data, ip - 2)
            if ethertype == TYPE_VLAN:
                path = self.tag_path(interface, i64(read_i16_be(data, ip)) & 0xFFF)
                ethertype = read_i16_be(data, ip + 2)
                ip += 4
            gone = ip - offset
            tcp = ip + 20
            length: i64 = 0
            key_size: i64 = IPV4_KEY
            if ethertype == TYPE_IPV4:
                length = length_in_ipv4(data, ip, captured - gone, reported - gone)
            elif ethertype == TYPE_IPV6:
                tcp = ip + 40
                length = length_in_ipv6(data, ip, captured - gone, reported - gone)
                key_size = IPV6_KEY
            if length > 0:
                key = tcp + PORTS - key_size
                if share is not None and not is_dns(data, tcp):
                    if not share.takes(data, key, key_size, False):
                        return OTHERS
                    self.is_taken = True
                there = offset + captured - tcp
                at = self.found[0]
                at.data = data
                at.ip = ip
                at.offset = tcp
                at.reported = length
                at.captured = there if there < length else length
                at.key_data = data
                at.key_start = key
                at.key_size = key_size
                at.path = path
                at.sized = True
                at.quoted = False
                return 1
        return self.walk_headers(data, offset, captured, reported, interface)

    def tag_path(self, interface: i64, tag: i64) -> i64:
        """Return the number of the path behind one 802.1Q tag."""
        if len(self.tags) == 0:
            self.tags = vec[i64]([-1] * CACHED_TAGS)
            self.tag_paths = vec[i64]([0] * CACHED_TAGS)
        wanted = interface << 12 | tag
        slot = (tag ^ interface) & (CACHED_TAGS - 1)
        if self.tags[slot] != wanted:
            layer = bytes([VLAN_LAYER, tag >> 8, tag & 0xFF])
            self.tags[slot] = wanted
            self.tag_paths[slot] = self.paths.number(plain_path(interface) + layer)
        return self.tag_paths[slot]

    def walk_headers(
        self, data: bytes, offset: i64, captured: i64, reported: i64, interface: i64
    ) -> i64:
        """Decode header by header, and every packet of a frame that holds several: the general
        way."""
        at = self.cursor
        at.begin(data, offset, captured, reported, interface)
        first = self.first[interface]
        if first == steps.DONE:
            at.give_up(skip_reasons.LINK_TYPE, self.link_types[interface])
        self.follow_steps(first)
        while len(at.waiting) > 0:
            branch = at.waiting.pop(0)
            at.data = data
            at.resume_branch(branch)
            self.follow_steps(branch.step)
        if at.rows == 0:
            self.skips[at.reason] = self.skips.get(at.reason, 0) + 1
        return at.count

    def follow_steps(self, step: i64) -> None:
        """Go from header to header until there is TCP or nothing that is known."""
        at = self.cursor
        left: i64 = MOST_HEADERS
        while step != steps.DONE:
            if step == steps.TCP:
                at.tcp()
                break
            if left == 0:
                at.give_up(skip_reasons.TOO_DEEP, 0)
                break
            left -= 1
            step = BY_NUMBER[step](at)
        if at.quoted:
            at.give_up(at.quote_reason(), 0)


def is_dns(data: bytes, tcp: i64) -> bool:
    """Return whether one of the ports of a TCP header is that of DNS."""
    ports = i64(read_i32_be(data, tcp)) & MASK32
    return (ports & 0xFFFF) == DNS_PORT or ports >> 16 == DNS_PORT


def length_in_ipv4(data: bytes, ip: i64, captured: i64, reported: i64) -> i64:
    """Return the bytes of a TCP segment in IPv4 without options, if it is whole; 0 leaves it to the
    general way."""
    if captured < 20 + TCP_READABLE:
        return 0
    first = read_i64_be(data, ip)
    if first >> 56 != 0x45 or (first & 0x3FFF) != 0 or (read_i16_be(data, ip + 8) & 0xFF) != TCP:
        return 0
    total = first >> 32 & 0xFFFF
    if total < 20 + TCP_READABLE or total > reported:
        return 0
    return total - 20


def length_in_ipv6(data: bytes, ip: i64, captured: i64, reported: i64) -> i64:
    """Return the bytes of a TCP segment straight behind the IPv6 header; 0 leaves it to the general
    way."""
    if captured < 40 + TCP_READABLE or (data[ip] >> 4) != 6 or data[ip + 6] != TCP:
        return 0
    length = i64(read_i16_be(data, ip + 4)) & 0xFFFF
    if length < TCP_READABLE or length > reported - 40:
        return 0
    return length
