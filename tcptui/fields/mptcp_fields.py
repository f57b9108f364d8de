"""Lists the fields of the options of Multipath TCP (RFC 6824 and 8684), as Wireshark names them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tcptui.engine.addresses import address_text
from tcptui.engine.tcp_options import MPTCP
from tcptui.fields.field import Field, one_or_all
from tcptui.fields.option_values import options_of
from tcptui.fields.value_kind import One, Value, ValueKind
from tcptui.fields.view import View

Part = tuple[str, One]
"""The end of a field's name, and its value."""

KEY: Final = 8
TOKEN: Final = 4
MAC: Final = 8
HEAD: Final = 2
"""Bytes of an option before what its subtype has of its own: kind and length do not count."""

CAPABLE_FLAGS: Final = (("checksumreq.flags", 7), ("extensibility.flag", 6))
DATA_FLAGS: Final = (
    ("dataackpresent.flag", 0), ("dataack8.flag", 1), ("dseqnpresent.flag", 2),
    ("dseqn8.flag", 3), ("datafin.flag", 4),
)  # fmt: skip
RESET_FLAGS: Final = (
    ("flag_T.flag", 0),
    ("flag_W.flag", 1),
    ("flag_V.flag", 2),
    ("flag_U.flag", 3),
)
ADDRESSES: Final = {
    length + port + mac: (length, port, mac)
    for length in (4, 16) for port in (0, 2) for mac in (0, MAC)
}  # fmt: skip
"""What an advertised address has, by its bytes: the address, perhaps a port, perhaps a MAC."""


def flags(byte: int, places: tuple[tuple[str, int], ...]) -> Iterator[Part]:
    """Yield a byte of flags, and single ones."""
    yield "flags", byte
    for name, place in places:
        yield name, byte >> place & 1


def number(value: bytes, start: int, size: int) -> int:
    return int.from_bytes(value[start : start + size])


def capable(value: bytes) -> Iterator[Part]:
    version = value[0] & 15
    yield "version", version
    if len(value) < HEAD:
        return
    yield from flags(value[1], CAPABLE_FLAGS)
    if version == 1:
        yield "nomoresubflows.flag", value[1] >> 5 & 1
    yield "sha256.flag" if version == 1 else "sha1.flag", value[1] & 1
    yield "reserved.flag", value[1] >> 1 & (0xF if version == 1 else 0x1F)
    if len(value) >= HEAD + KEY:
        yield "sendkey", number(value, HEAD, KEY)
    if len(value) >= HEAD + 2 * KEY:
        yield "recvkey", number(value, HEAD + KEY, KEY)
    if len(value) >= HEAD + 2 * KEY + 2:
        yield "datalvllen", number(value, HEAD + 2 * KEY, 2)


def join(value: bytes) -> Iterator[Part]:
    if len(value) == HEAD + 2 * TOKEN:
        yield from flags(value[0], (("backup.flag", 0),))
        yield "addrid", value[1]
        yield "recvtok", number(value, HEAD, TOKEN)
        yield "sendrand", number(value, HEAD + TOKEN, TOKEN)
    elif len(value) == HEAD + MAC + TOKEN:
        yield from flags(value[0], (("backup.flag", 0),))
        yield "addrid", value[1]
        yield "sendtrunchmac", number(value, HEAD, MAC)
        yield "sendrand", number(value, HEAD + MAC, TOKEN)
    elif len(value) == HEAD + 20:
        yield "reserved", number(value, 0, 2) & 0xFFF
        yield "sendhmac", value[HEAD:]


def data(value: bytes) -> Iterator[Part]:
    """Yield what the mapping of data has: an acknowledgment, numbers and a length."""
    if len(value) < HEAD:
        return
    said = dict(flags(value[1], DATA_FLAGS))
    yield from said.items()
    at = HEAD
    parts = []
    if said["dataackpresent.flag"]:
        parts.append(("rawdataack", 8 if said["dataack8.flag"] else 4))
    if said["dseqnpresent.flag"]:
        parts.append(("rawdataseqno", 8 if said["dseqn8.flag"] else 4))
        parts += [("subflowseqno", 4), ("datalvllen", 2)]
    for name, size in parts:
        if at + size > len(value):
            return
        yield name, number(value, at, size)
        at += size


def address(value: bytes) -> Iterator[Part]:
    version = value[0] & 15
    yield ("echo", version) if version in (0, 1) else ("ipver", version)
    if len(value) < HEAD:
        return
    yield "addrid", value[1]
    parts = ADDRESSES.get(len(value) - HEAD)
    if parts is None:
        return
    length, port, mac = parts
    end = HEAD + length
    yield "ipv4" if length == 4 else "ipv6", address_text(value[HEAD:end])
    if port:
        yield "port", number(value, end, port)
    if mac:
        yield "addaddrtrunchmac", number(value, end + port, mac)


def removed(value: bytes) -> Iterator[Part]:
    yield from (("addrid", one) for one in value[1:])


def priority(value: bytes) -> Iterator[Part]:
    yield from flags(value[0], (("backup.flag", 0),))
    if len(value) == HEAD:
        yield "addrid", value[1]


def reserved_then(name: str) -> Callable[[bytes], Iterator[Part]]:
    """Return what reads an option with reserved bits and eight bytes."""

    def read(value: bytes) -> Iterator[Part]:
        if len(value) == HEAD + KEY:
            yield "reserved", number(value, 0, 2) & 0xFFF
            yield name, number(value, HEAD, KEY)

    return read


def reset(value: bytes) -> Iterator[Part]:
    if len(value) == HEAD:
        yield from flags(value[0], RESET_FLAGS)
        yield "rst_reason", value[1]


SUBTYPES: Final[Mapping[int, Callable[[bytes], Iterator[Part]]]] = {
    0: capable, 1: join, 2: data, 3: address, 4: removed, 5: priority,
    6: reserved_then("rawdataseqno"), 7: reserved_then("recvkey"), 8: reset,
}  # fmt: skip


def nothing(value: bytes) -> Iterator[Part]:
    """Yield no part: the subtype is not known."""
    yield from ()


def parts_of(value: bytes) -> Iterator[Part]:
    """Yield what an option of Multipath TCP has."""
    subtype = value[0] >> 4
    yield "subtype", subtype
    yield from SUBTYPES.get(subtype, nothing)(value)


def part(name: str) -> Callable[[View, int], Value]:
    """Return what reads the values of one name in all such options of a segment."""

    def get(view: View, row: int) -> Value:
        values = [value for value in options_of(view, row, MPTCP) if value]
        return one_or_all(
            [found for value in values for one, found in parts_of(value) if one == name]
        )

    return get


def field(name: str, kind: ValueKind, bits: int, doc: str) -> Field:
    """Return a field; hexadecimal ones have a digit for each four bits."""
    return Field(
        f"tcp.options.mptcp.{name}",
        kind,
        part(name),
        doc,
        bits=bits,
        digits=-(-bits // 4),
        from_packet=True,
    )


N, H = ValueKind.NUMBER, ValueKind.HEX

MPTCP_FIELDS: Final = (
    field("subtype", N, 8, "of Multipath TCP: 0 MP_CAPABLE, 1 MP_JOIN, 2 DSS, 3 ADD_ADDR …"),
    field("version", N, 8, "version of MP_CAPABLE"),
    field("flags", H, 8, "the byte of flags"),
    field("reserved", H, 16, "reserved bits"),
    field("reserved.flag", H, 8, "reserved flags of MP_CAPABLE"),
    field("checksumreq.flags", N, 8, "1 where checksums are required"),
    field("extensibility.flag", N, 8, "the flag for extensions"),
    field("nomoresubflows.flag", N, 8, "1 where no subflow to this address is wanted (version 1)"),
    field("sha1.flag", N, 8, "HMAC-SHA1 (version 0)"),
    field("sha256.flag", N, 8, "HMAC-SHA256 (version 1)"),
    field("sendkey", N, 64, "the sender's key"),
    field("recvkey", N, 64, "the receiver's key"),
    field("recvtok", N, 32, "token of the connection to join"),
    field("sendrand", N, 32, "the sender's random number, to join"),
    field("sendtrunchmac", N, 64, "the sender's HMAC, of eight bytes"),
    field("sendhmac", ValueKind.BYTES, 0, "the sender's whole HMAC"),
    field("backup.flag", N, 8, "1 where the subflow is a backup"),
    field("addrid", N, 8, "number of an address"),
    field("dataackpresent.flag", N, 8, "1 where DSS acknowledges data"),
    field("dataack8.flag", N, 8, "1 where that number has eight bytes"),
    field("dseqnpresent.flag", N, 8, "1 where DSS maps data"),
    field("dseqn8.flag", N, 8, "1 where that number has eight bytes"),
    field("datafin.flag", N, 8, "1 where DSS ends the data"),
    field("rawdataack", N, 64, "acknowledgment of data, as in the option"),
    field("rawdataseqno", N, 64, "number of the first byte of data, as in the option"),
    field("subflowseqno", N, 32, "the same in the subflow"),
    field("datalvllen", N, 16, "bytes of data that are mapped"),
    field("ipver", N, 8, "IP version of an advertised address (version 0)"),
    field("echo", N, 8, "1 where an advertised address is repeated (version 1)"),
    field("ipv4", ValueKind.IPV4, 32, "an advertised address"),
    field("ipv6", ValueKind.IPV6, 128, "an advertised address"),
    field("port", N, 16, "its port"),
    field("addaddrtrunchmac", N, 64, "its HMAC"),
    field("flag_U.flag", ValueKind.BIT, 8, "flag U of MP_TCPRST"),
    field("flag_V.flag", ValueKind.BIT, 8, "flag V"),
    field("flag_W.flag", ValueKind.BIT, 8, "flag W"),
    field("flag_T.flag", ValueKind.BIT, 8, "1 where the reason is transient"),
    field("rst_reason", H, 8, "why MP_TCPRST resets"),
)  # fmt: skip
