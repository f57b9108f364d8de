"""Calls libpcap through ctypes, for captures, filter checks and the list of interfaces.

Names and numbers are those of pcap/pcap.h.
"""

import ctypes as c
import os
from ctypes.util import find_library
from functools import cache
from typing import Any, Final

ERROR_BUFFER: Final = 256
NANOSECONDS: Final = 1  # PCAP_TSTAMP_PRECISION_NANO
DIRECTIONS: Final = {"inout": 0, "in": 1, "out": 2}
"""Mirrors pcap_direction_t."""
NETMASK_UNKNOWN: Final = 0xFFFFFFFF
NO_SUCH_DEVICE: Final = -5
PERMISSION_DENIED: Final = -8
IS_NOT_UP: Final = -9
PROMISCUOUS_DENIED: Final = -11

NAMES: Final = ("libpcap.so.1", "libpcap.so.0.8", "libpcap.so", "libpcap.dylib")


class Missing(Exception):
    """There is no libpcap on this machine."""


class PcapError(Exception):
    """libpcap refused; the text is its own."""


class Statistics(c.Structure):
    """Mirrors struct pcap_stat: packets received, dropped by the kernel, dropped by the
    interface."""

    _fields_ = (("received", c.c_uint), ("dropped", c.c_uint), ("interface_dropped", c.c_uint))


class Instruction(c.Structure):
    """Mirrors struct bpf_insn."""

    _fields_ = (("code", c.c_ushort), ("jt", c.c_ubyte), ("jf", c.c_ubyte), ("k", c.c_uint))


class CompiledFilter(c.Structure):
    """Mirrors struct bpf_program: a compiled filter."""

    _fields_ = (("length", c.c_uint), ("instructions", c.POINTER(Instruction)))


class Device(c.Structure):
    """Mirrors struct pcap_if; the addresses are not read."""


Device._fields_ = (
    ("next", c.POINTER(Device)),
    ("name", c.c_char_p),
    ("description", c.c_char_p),
    ("addresses", c.c_void_p),
    ("flags", c.c_uint),
)

HANDLES: Final = "pcap_create pcap_open_dead pcap_dump_fopen".split()
TEXTS: Final = "pcap_lib_version pcap_geterr pcap_statustostr pcap_datalink_val_to_name".split()


@cache
def library() -> c.CDLL:
    """Return the installed libpcap. Raises Missing."""
    for name in (find_library("pcap") if os.uname().sysname == "Darwin" else None, *NAMES):
        try:
            found = c.CDLL(name) if name else None
        except OSError:
            continue
        if found:
            return declared(found)
    raise Missing("libpcap is not installed")


def declared(found: c.CDLL) -> c.CDLL:
    """Return the library with the types that are no plain int declared."""
    for name in HANDLES:
        getattr(found, name).restype = c.c_void_p
    for name in TEXTS:
        getattr(found, name).restype = c.c_char_p
    found.pcap_geterr.argtypes = (c.c_void_p,)
    return found


def has(name: str) -> bool:
    """Return whether the installed libpcap has this function; old ones lack some."""
    return hasattr(library(), name)


def text(value: bytes | None) -> str:
    """Return a C string of libpcap's as text."""
    return (value or b"").decode("utf-8", "replace")


def version() -> str:
    """Return the version, like `libpcap version 1.10.3 (with TPACKET_V3)`. Raises Missing."""
    return text(library().pcap_lib_version())


class Handle:
    """Wraps a pcap_t, which `close` closes."""

    def __init__(self, pointer: int | None, reason: str = "") -> None:
        if not pointer:
            raise PcapError(reason)
        self.pointer = c.c_void_p(pointer)

    def last_error(self) -> str:
        """Return libpcap's words for what went wrong last."""
        return text(library().pcap_geterr(self.pointer))

    def compile(self, expression: str, *, optimized: bool = True) -> CompiledFilter:
        """Return the program of a capture filter; raises PcapError with libpcap's words.

        Without optimizing, it comes sooner and is longer.
        """
        use_only_local_names()
        program = CompiledFilter()
        source = expression.encode("utf-8", "surrogateescape")
        if b"\0" in source:
            raise PcapError("a filter cannot contain NUL characters")
        mask = c.c_uint(NETMASK_UNKNOWN)
        if library().pcap_compile(self.pointer, c.byref(program), source, optimized, mask):
            raise PcapError(self.last_error())
        return program

    def close(self) -> None:
        library().pcap_close(self.pointer)


def dead_handle(link_type: int, snaplen: int) -> Handle:
    """Return a handle without an interface, to compile filters with."""
    return Handle(library().pcap_open_dead(link_type, snaplen), "out of memory")


def free(program: CompiledFilter) -> None:
    """Give a program's memory back."""
    library().pcap_freecode(c.byref(program))


def dlt_name(link_type: int) -> str:
    """Return the name of a DLT_ number, like `EN10MB`; the number where there is none."""
    return text(library().pcap_datalink_val_to_name(link_type)) or str(link_type)


def devices() -> list[tuple[str, str, int]]:
    """Return name, description and PCAP_IF flags of each interface. Raises Missing, PcapError."""
    first: Any = c.POINTER(Device)()
    error = c.create_string_buffer(ERROR_BUFFER)
    if library().pcap_findalldevs(c.byref(first), error):
        raise PcapError(text(error.value))
    found = []
    device = first
    while device:
        here = device.contents
        found.append((text(here.name), text(here.description), here.flags))
        device = here.next
    library().pcap_freealldevs(first)
    return found


@cache
def use_only_local_names() -> None:
    """Look names in filters up in /etc/hosts alone: libpcap would ask DNS, which nobody wanted."""
    configure = getattr(c.CDLL(None), "__nss_configure_lookup", None)
    if configure:
        configure(b"hosts", b"files")
