"""Packets of a script as Ethernet frames: IPv4 or IPv6, with valid checksums unless told not."""

from struct import pack

from samples.packet_script import Host, Packet

TCP = 6
LOCAL_MAC = b"\x02\x00\x00\x00\x00"


def mac(host: Host) -> bytes:
    """A locally administered address that ends like the host's IP address."""
    return LOCAL_MAC + host.address.packed[-1:]


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(int.from_bytes(data[i : i + 2]) for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def pseudo_header(packet: Packet, length: int) -> bytes:
    """What the TCP checksum covers besides the segment (RFC 9293, section 3.1)."""
    ends = packet.source.address.packed + packet.destination.address.packed
    return ends + (pack("!BBH", 0, TCP, length) if len(ends) == 8 else pack("!II", length, TCP))


def segment(packet: Packet) -> bytes:
    """TCP header, options and payload."""
    words = 5 + len(packet.options) // 4
    ports = pack("!HH", packet.source.port, packet.destination.port)
    numbers = pack("!IIHH", packet.seq, packet.ack, words << 12 | packet.flags, packet.window)
    rest = pack("!H", 0) + packet.options + packet.payload
    pseudo = pseudo_header(packet, len(ports + numbers + rest) + 2)
    found = checksum(pseudo + ports + numbers + b"\0\0" + rest)
    wanted = packet.ip.get("sum")
    if wanted == "bad":
        found ^= 0x5555
    elif wanted == "pseudo":
        found = checksum(pseudo) ^ 0xFFFF
    return ports + numbers + pack("!H", found) + rest


def frame(packet: Packet) -> bytes:
    """The whole Ethernet frame, without padding."""
    body = segment(packet)
    ends = packet.source.address.packed + packet.destination.address.packed
    ttl = int(packet.ip.get("ttl", "64"))
    source = packet.ip.get("mac")
    own = LOCAL_MAC + bytes([int(source)]) if source else mac(packet.source)
    link = mac(packet.destination) + own
    if len(ends) == 32:
        return link + b"\x86\xdd" + pack("!IHBB", 6 << 28, len(body), TCP, ttl) + ends + body
    number = int(packet.ip["id"]) & 0xFFFF
    head = pack("!BBHHHBB", 0x45, 0, 20 + len(body), number, 0x4000, ttl, TCP)
    return link + b"\x08\x00" + head + pack("!H", checksum(head + ends)) + ends + body
