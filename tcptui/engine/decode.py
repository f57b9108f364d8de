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

from tcptui.engine import ip, link, reasons, steps, tunnels, udp, wlan
from tcptui.engine.cursor import Cursor
from tcptui.engine.layers import MARKS, PathTable
from tcptui.engine.layers import VLAN as VLAN_LAYER
from tcptui.engine.segment import Located
from tcptui.engine.wire import TCP_READABLE

TCP: Final = 6
TYPE_IPV4: Final = 0x0800
TYPE_IPV6: Final = 0x86DD - 0x10000
TYPE_VLAN: Final = 0x8100 - 0x10000
"""EtherTypes as signed 16-bit numbers, which is how they are read."""

TYPE_AT_END: Final = {steps.ETHERNET: 14, steps.COOKED: 16}
"""Size of the link headers that end with an EtherType."""

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


class Decoder:
    """Finds TCP headers, outermost first.

    ``found[:n]`` describes the ``n`` headers that :meth:`decode` counted; the objects are used
    again for the next frame. ``skipped`` counts the packets without a readable TCP header, by
    reason; ``paths`` names how a segment was carried.
    """

    def __init__(self) -> None:
        self.link_types: list[int] = []
        self.found: list[Located] = [Located()]
        self.paths: PathTable = PathTable()
        self.cursor: Cursor = Cursor(self.paths, self.found)
        self.skips: dict[int, int] = {}
        self.first: vec[i64] = vec[i64]()
        self.type_end: vec[i64] = vec[i64]()
        self.plain: vec[i64] = vec[i64]()
        self.tags: vec[i64] = vec[i64]([-1] * CACHED_TAGS)
        self.tag_paths: vec[i64] = vec[i64]([0] * CACHED_TAGS)

    def add_interface(self, link_type: int) -> None:
        """Say which link type (LINKTYPE_… number) the next interface has."""
        self.link_types.append(link_type)
        first = steps.LINKS.get(link_type, steps.DONE)
        self.first = append(self.first, i64(first))
        self.type_end = append(self.type_end, i64(TYPE_AT_END.get(first, 0)))
        self.plain = append(self.plain, self.paths.add_interface(link_type))

    @property
    def skipped(self) -> dict[str, int]:
        """How many packets had no TCP row, by reason in words."""
        counts: dict[str, int] = {}
        for code, count in self.skips.items():
            text = reasons.text_of(code)
            counts[text] = counts.get(text, 0) + count
        return counts

    def decode(
        self, data: bytes, offset: i64, captured: i64, reported: i64, interface: i64, frame: i64
    ) -> i64:
        """Look for TCP in ``data[offset:offset + captured]``; how many headers were found.

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
        return self.walk(data, offset, captured, reported, interface)

    def tag_path(self, interface: i64, tag: i64) -> i64:
        """The number of the path behind one 802.1Q tag."""
        wanted = interface << 12 | tag
        slot = (tag ^ interface) & (CACHED_TAGS - 1)
        if self.tags[slot] != wanted:
            layer = MARKS[VLAN_LAYER] + int(tag).to_bytes(2, "big")
            self.tags[slot] = wanted
            self.tag_paths[slot] = self.paths.number(interface, layer)
        return self.tag_paths[slot]

    def plain_ipv4(self, data: bytes, ip: i64, captured: i64, reported: i64, path: i64) -> bool:
        """TCP in IPv4 without options, whole; False leaves it to the general way."""
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
        """TCP straight behind the IPv6 header; False leaves it to the general way."""
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

    def walk(self, data: bytes, offset: i64, captured: i64, reported: i64, interface: i64) -> i64:
        """The general way: header by header, and every packet of a frame that holds several."""
        at = self.cursor
        at.begin(data, offset, captured, reported, interface)
        first = self.first[interface]
        if first == steps.DONE:
            at.give_up(reasons.LINK_TYPE, self.link_types[interface])
        self.follow(first)
        while len(at.waiting) > 0:
            branch = at.waiting.pop(0)
            at.data = data
            at.take(branch)
            self.follow(branch.step)
        if at.rows == 0:
            self.skips[at.reason] = self.skips.get(at.reason, 0) + 1
        return at.count

    def follow(self, step: i64) -> None:
        """Go from header to header until there is TCP or nothing that is known."""
        at = self.cursor
        left: i64 = MOST_HEADERS
        while step != steps.DONE:
            if step == steps.TCP:
                at.tcp()
                break
            if left == 0:
                at.give_up(reasons.TOO_DEEP, 0)
                break
            left -= 1
            step = STEPS[step](at)
        if at.quoted:
            at.give_up(at.quote_reason(), 0)
