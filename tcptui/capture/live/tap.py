"""A tap is where packets come from, as whole records of classic pcap with nanosecond time stamps.

Records and file headers are in this machine's byte order, as libpcap writes them.
"""

import ctypes as c
import errno
import os
import struct
from pathlib import Path
from typing import Final

from tcptui.capture.live import libpcap
from tcptui.capture.live.capture_filter import WrongExpression, compile_for
from tcptui.capture.live.libpcap import Handle, Statistics
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.pcap_writer import NANOSECOND_MAGIC

STEP: Final = 256
"""Most packets of one call into libpcap."""

FULL: Final = 1 << 20
"""How many bytes in the buffer are worth writing before more is taken."""

RETIRE_MS: Final = 50
"""Milliseconds after which the kernel hands over a block that is not full."""

NOTHING_WAITS: Final = os.strerror(errno.EAGAIN)
IFF_UP: Final = 1
COPIES: Final = (
    "any: a packet that passes several interfaces (bridges, VLANs, containers) is captured on each "
    "of them, and the copies look like retransmissions"
)
MASK32: Final = 0xFFFFFFFF
DLT_LINUX_SLL2: Final = 276


Data = bytes | memoryview
"""Whole records, one after the other."""

MappedMemory: Final = c.c_char * (1 << 31)
"""The beginning of some memory, of which only as much is read as there is."""


class Tap:
    """Captures one interface.

    fd: becomes readable when packets wait. header: the file header of classic pcap.
    ended: nothing more will come; `error` says why, empty for a regular end. cut: what is missing
    where the end came within a packet, which is no error if the end was asked for. buffers: the
    kernel keeps many packets meanwhile, so that there is no hurry to take them.
    """

    buffers = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.fd = -1
        self.header = b""
        self.ended = False
        self.error = ""
        self.cut = ""
        self.notes: list[str] = []
        self.received = 0
        self.dropped = 0
        self.interface_dropped = 0

    @property
    def link_type(self) -> int:
        """LINKTYPE_ number, as in the file header."""
        return int(struct.unpack_from("=I", self.header, 20)[0]) & 0xFFFF

    @property
    def snaplen(self) -> int:
        return int(struct.unpack_from("=I", self.header, 16)[0])

    @property
    def nanoseconds(self) -> bool:
        """Whether the fraction of a time stamp counts nanoseconds; otherwise it counts
        microseconds."""
        return bool(struct.unpack_from("=I", self.header)[0] == NANOSECOND_MAGIC)

    def take_packets(self, limit: int) -> int:
        """Take at most `limit` waiting packets into the buffer, without blocking; return how
        many."""
        raise NotImplementedError

    def records(self) -> Data:
        """Return the buffered records, valid until the next `take_packets`; the buffer is empty
        then."""
        raise NotImplementedError

    def set_filter(self, expression: str) -> None:
        """Admit the packets of another filter from now on. Raises Refusal."""
        raise Refusal(Reason.EXPRESSION, "the filter of this capture cannot be changed")

    def count_drops(self) -> None:
        """Bring received, dropped and interface_dropped up to date."""

    def next_note(self) -> str:
        """Return what has become known since the last call, in one line; empty for nothing."""
        return ""

    def close(self) -> None:
        """End the capture."""


class LibpcapTap(Tap):
    """Captures an interface of this machine: libpcap writes the records, into memory."""

    buffers = True

    def __init__(self, name: str, options: LiveOptions) -> None:
        """Open the interface; packets are admitted once `set_filter` was called. Raises Refusal."""
        super().__init__(name)
        self.handle = open_handle(name, options, self.notes)
        self.buffers = not options.immediate
        pcap = libpcap.library()
        self._dispatch = pcap.pcap_dispatch
        self._dump = c.cast(pcap.pcap_dump, c.c_void_p)
        self._seen = Statistics()
        self._up = True
        self.fd = pcap.pcap_get_selectable_fd(self.handle.pointer)
        pcap.pcap_setnonblock(self.handle.pointer, 1, c.create_string_buffer(256))
        self._open_memory(pcap)
        if not self.nanoseconds:
            self.notes.append(f"{name}: this libpcap gives time stamps in microseconds only")

    def _open_memory(self, pcap: c.CDLL) -> None:
        """Open a stream in memory for pcap_dump to write to."""
        self._libc = c.CDLL(None)
        self._libc.open_memstream.restype = c.c_void_p
        self._libc.ftell.restype = c.c_long
        self._memory = c.c_void_p()
        self._size = c.c_size_t()
        stream = self._libc.open_memstream(c.byref(self._memory), c.byref(self._size))
        self._stream = c.c_void_p(stream)
        dumper = pcap.pcap_dump_fopen(self.handle.pointer, self._stream)
        self._dumper = c.c_void_p(dumper)
        self.header = bytes(self.records())

    def take_packets(self, limit: int) -> int:
        taken = 0
        while taken < limit and self._libc.ftell(self._stream) < FULL:
            asked = min(limit - taken, STEP)
            got = self._dispatch(self.handle.pointer, asked, self._dump, self._dumper)
            taken += max(got, 0)
            if got < 0:
                self._note_error(self.handle.last_error())
            if got < asked:
                break
        return taken

    def _note_error(self, words: str) -> None:
        """Keep libpcap's words for why no packet came; NFLOG has some even where none waits."""
        if not words.endswith(NOTHING_WAITS):
            self.ended = True
            self.error = f"{self.name}: {words}"

    def records(self) -> Data:
        self._libc.fflush(self._stream)
        size = self._size.value
        self._libc.rewind(self._stream)
        return memoryview(MappedMemory.from_address(self._memory.value or 0)).cast("B")[:size]

    def set_filter(self, expression: str) -> None:
        pcap = libpcap.library()
        try:
            program = compile_for(self.handle, expression)
        except WrongExpression as error:
            raise Refusal(Reason.EXPRESSION, error.words, error.column) from None
        failed = pcap.pcap_setfilter(self.handle.pointer, c.byref(program))
        libpcap.free(program)
        if failed:
            raise Refusal(Reason.EXPRESSION, self.handle.last_error())

    def count_drops(self) -> None:
        now = Statistics()
        if libpcap.library().pcap_stats(self.handle.pointer, c.byref(now)):
            return
        seen, self._seen = self._seen, now
        self.received += now.received - seen.received & MASK32
        self.dropped += now.dropped - seen.dropped & MASK32
        self.interface_dropped += now.interface_dropped - seen.interface_dropped & MASK32

    def next_note(self) -> str:
        was, self._up = self._up, is_up(self.name)
        if was == self._up:
            return ""
        now = "is up again" if self._up else "went down; the capture goes on once it is up again"
        return f"{self.name}: the interface {now}"

    def close(self) -> None:
        libpcap.library().pcap_dump_close(self._dumper)
        self.handle.close()


def is_up(name: str) -> bool:
    """Return whether an interface is up; True where the system does not tell (not Linux, `any`)."""
    try:
        return bool(int(Path(f"/sys/class/net/{name}/flags").read_text(), 16) & IFF_UP)
    except (OSError, ValueError):
        return True


def open_handle(name: str, options: LiveOptions, notes: list[str]) -> Handle:
    """Return an active handle on an interface. Raises Refusal."""
    pcap = libpcap.library()
    error = c.create_string_buffer(libpcap.ERROR_BUFFER)
    handle = Handle(pcap.pcap_create(os.fsencode(name), error), libpcap.text(error.value))
    here = handle.pointer
    pcap.pcap_set_snaplen(here, options.snaplen)
    pcap.pcap_set_promisc(here, int(options.promiscuous and name != "any"))
    pcap.pcap_set_timeout(here, RETIRE_MS)
    pcap.pcap_set_buffer_size(here, options.buffer * 1024)
    if libpcap.has("pcap_set_tstamp_precision"):
        pcap.pcap_set_tstamp_precision(here, libpcap.NANOSECONDS)
    if options.immediate:
        pcap.pcap_set_immediate_mode(here, 1)
    code = pcap.pcap_activate(here)
    if code < 0:
        raise refusal(name, code, handle)
    if code > 0:
        notes.append(f"{name}: {handle.last_error() or libpcap.text(pcap.pcap_statustostr(code))}")
    if name == "any":
        notes.append(COPIES)
        pcap.pcap_set_datalink(here, DLT_LINUX_SLL2)
    if options.direction and pcap.pcap_setdirection(here, libpcap.DIRECTIONS[options.direction]):
        words = handle.last_error()
        handle.close()
        raise Refusal(Reason.OTHER, f"{name}: -Q {options.direction}: {words}")
    return handle


REASONS: Final = {
    libpcap.PERMISSION_DENIED: Reason.PERMISSION,
    libpcap.PROMISCUOUS_DENIED: Reason.PERMISSION,
    libpcap.NO_SUCH_DEVICE: Reason.INTERFACE,
    libpcap.IS_NOT_UP: Reason.INTERFACE,
}


def refusal(name: str, code: int, handle: Handle) -> Refusal:
    """Return the refusal that says why libpcap does not open this interface."""
    words = libpcap.text(libpcap.library().pcap_statustostr(code))
    detail = handle.last_error()
    reason = REASONS.get(code, Reason.OTHER)
    handle.close()
    return Refusal(reason, f"{name}: {detail if code == -1 and detail else words}")
