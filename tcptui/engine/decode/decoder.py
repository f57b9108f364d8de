"""From a captured frame to the TCP headers in it.

What nearly every packet is, TCP in IPv4 or IPv6 straight behind Ethernet, one 802.1Q tag or a
cooked header, is recognized in place. All else is walked header by header: each step looks at
one header and says which one comes next.
"""

from collections.abc import Callable
from typing import Final

from librt.strings import read_i16_be
from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.decode import ip, link, protocol_numbers, skip_reasons, tunnels, udp, wlan
from tcptui.engine.decode.cursor import Cursor
from tcptui.engine.decode.layers import VLAN as VLAN_LAYER
from tcptui.engine.decode.layers import PathTable, plain_path
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.tcp_header import TCP_READABLE

TCP: Final = 6
TYPE_IPV4: Final = 0x0800
TYPE_IPV6: Final = 0x86DD - 0x10000
TYPE_VLAN: Final = 0x8100 - 0x10000
"""EtherTypes as signed 16-bit numbers, which is how they are read."""

TYPE_AT_END: Final = {protocol_numbers.ETHERNET: 14, protocol_numbers.COOKED: 16}
"""Size of the link headers that end with an EtherType."""

CACHED_TAGS: Final = 4096
MOST_HEADERS: Final = 500
"""tshark's limit too."""

STEPS: Final[dict[int, Callable[[Cursor], i64]]] = {
    protocol_numbers.ETHERNET: link.ethernet,
    protocol_numbers.BARE_ETHERNET: link.bare_ethernet,
    protocol_numbers.LLC: link.llc,
    protocol_numbers.VLAN: link.vlan,
    protocol_numbers.PROVIDER_VLAN: link.provider_vlan,
    protocol_numbers.BACKBONE: link.backbone,
    protocol_numbers.E_TAG: link.e_tag,
    protocol_numbers.VN_TAG: link.vn_tag,
    protocol_numbers.META_DATA: link.meta_data,
    protocol_numbers.REDUNDANCY: link.redundancy,
    protocol_numbers.MPLS: link.mpls,
    protocol_numbers.PPPOE: link.pppoe,
    protocol_numbers.PPP: link.ppp,
    protocol_numbers.PPP_HDLC: link.ppp_hdlc,
    protocol_numbers.PPP_DIRECTION: link.ppp_direction,
    protocol_numbers.HDLC: link.hdlc,
    protocol_numbers.NULL: link.null,
    protocol_numbers.LOOP: link.loop,
    protocol_numbers.RAW: link.raw,
    protocol_numbers.COOKED: link.cooked,
    protocol_numbers.COOKED_2: link.cooked_2,
    protocol_numbers.FDDI: link.fddi,
    protocol_numbers.INFINIBAND: link.infiniband,
    protocol_numbers.NFLOG: link.nflog,
    protocol_numbers.NETLINK: link.netlink,
    protocol_numbers.PF_LOG: link.pf_log,
    protocol_numbers.RADIOTAP: wlan.radiotap,
    protocol_numbers.PPI: wlan.ppi,
    protocol_numbers.AVS: wlan.avs,
    protocol_numbers.WLAN: wlan.wlan,
    protocol_numbers.CENTRINO: wlan.centrino,
    protocol_numbers.IPV4: ip.ipv4,
    protocol_numbers.IPV6: ip.ipv6,
    protocol_numbers.HOP_BY_HOP: ip.options_header,
    protocol_numbers.DESTINATION: ip.options_header,
    protocol_numbers.ROUTING: ip.routing,
    protocol_numbers.FRAGMENT: ip.fragment,
    protocol_numbers.AH: ip.ah,
    protocol_numbers.UDP: udp.udp,
    protocol_numbers.ICMP: ip.icmp,
    protocol_numbers.ICMPV6: ip.icmpv6,
    protocol_numbers.GRE: tunnels.gre,
    protocol_numbers.REDIRECTED: tunnels.redirected,
    protocol_numbers.ERSPAN: tunnels.erspan,
    protocol_numbers.VXLAN: tunnels.vxlan,
    protocol_numbers.VXLAN_GPE: tunnels.vxlan_gpe,
    protocol_numbers.GENEVE: tunnels.geneve,
    protocol_numbers.GTP: tunnels.gtp,
    protocol_numbers.TEREDO: tunnels.teredo,
    protocol_numbers.L2TP: tunnels.l2tp,
    protocol_numbers.ETHER_IP: tunnels.ether_ip,
    protocol_numbers.NSH: tunnels.nsh,
}


def nothing(_: Cursor) -> i64:
    """Take no step, for a number that stands for none."""
    return protocol_numbers.DONE


BY_NUMBER: Final = [STEPS.get(number, nothing) for number in range(max(STEPS) + 1)]
"""The same in a list, which is looked up faster."""


class Decoder:
    """Finds TCP headers, outermost first.

    ``found[:n]`` describes the ``n`` headers that :meth:`decode` counted; the objects are used
    again for the next frame. ``skipped`` counts the packets without a readable TCP header, by
    reason; ``paths`` names how a segment was carried.
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

    def add_interface(self, link_type: int) -> None:
        """Say which link type (LINKTYPE_… number) the next interface has."""
        self.link_types.append(link_type)
        first = protocol_numbers.LINKS.get(link_type, protocol_numbers.DONE)
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
        self, data: bytes, offset: i64, captured: i64, reported: i64, interface: i64, frame: i64
    ) -> i64:
        """Look for TCP in ``data[offset:offset + captured]``, and return how many headers were
        found.

        ``reported`` is the packet's length on the wire (bytes), ``interface`` the number of the
        interface in order of :meth:`add_interface`.
        """
        header = self.type_end[interface]
        if header != 0 and captured >= header + 20 + TCP_READABLE:
            start = offset + header
            path = self.plain[interface]
            ethertype = read_i16_be(data, start - 2)
            if ethertype == TYPE_VLAN:
                path = self.tag_path(interface, i64(read_i16_be(data, start)) & 0xFFF)
                ethertype = read_i16_be(data, start + 2)
                start += 4
            gone = start - offset
            if ethertype == TYPE_IPV4:
                if self.plain_ipv4(data, start, captured - gone, reported - gone, path):
                    return 1
            elif ethertype == TYPE_IPV6 and self.plain_ipv6(
                data, start, captured - gone, reported - gone, path
            ):
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

    def plain_ipv4(self, data: bytes, ip: i64, captured: i64, reported: i64, path: i64) -> bool:
        """Decode TCP in IPv4 without options, if it is whole; False leaves it to the general
        way."""
        if (
            captured < 20 + TCP_READABLE
            or data[ip] != 0x45
            or data[ip + 9] != TCP
            or (read_i16_be(data, ip + 6) & 0x3FFF) != 0
        ):
            return False
        total = i64(read_i16_be(data, ip + 2)) & 0xFFFF
        if total < 20 + TCP_READABLE or total > reported:
            return False
        at = self.found[0]
        at.data = data
        at.ip = ip
        at.offset = ip + 20
        at.reported = total - 20
        at.captured = captured - 20 if captured < total else total - 20
        at.key_data = data
        at.key_start = ip + 12
        at.key_size = 12
        at.path = path
        at.sized = True
        at.quoted = False
        return True

    def plain_ipv6(self, data: bytes, ip: i64, captured: i64, reported: i64, path: i64) -> bool:
        """Decode TCP straight behind the IPv6 header; False leaves it to the general way."""
        if captured < 40 + TCP_READABLE or (data[ip] >> 4) != 6 or data[ip + 6] != TCP:
            return False
        length = i64(read_i16_be(data, ip + 4)) & 0xFFFF
        if length < TCP_READABLE or length > reported - 40:
            return False
        at = self.found[0]
        at.data = data
        at.ip = ip
        at.offset = ip + 40
        at.reported = length
        at.captured = captured - 40 if captured - 40 < length else length
        at.key_data = data
        at.key_start = ip + 8
        at.key_size = 36
        at.path = path
        at.sized = True
        at.quoted = False
        return True

    def walk_headers(
        self, data: bytes, offset: i64, captured: i64, reported: i64, interface: i64
    ) -> i64:
        """Decode header by header, and every packet of a frame that holds several: the general
        way."""
        at = self.cursor
        at.begin(data, offset, captured, reported, interface)
        first = self.first[interface]
        if first == protocol_numbers.DONE:
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
        while step != protocol_numbers.DONE:
            if step == protocol_numbers.TCP:
                at.tcp()
                break
            if left == 0:
                at.give_up(skip_reasons.TOO_DEEP, 0)
                break
            left -= 1
            step = BY_NUMBER[step](at)
        if at.quoted:
            at.give_up(at.quote_reason(), 0)
