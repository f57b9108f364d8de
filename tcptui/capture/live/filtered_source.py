"""Applies a capture filter, compiled by libpcap, to the packets of a file: `-r FILE expression`.

With `-w` the packets that it admits are written to another file.
"""

from functools import cache
from typing import Final

from tcptui.capture.errors import WrongOption
from tcptui.capture.formats.framer import Interface
from tcptui.capture.live import libpcap
from tcptui.capture.live.capture_filter import WrongExpression, compile_filter
from tcptui.capture.packet_copy import MOST_LINK_TYPE, PacketCopy
from tcptui.capture.source import Batch, Source
from tcptui.engine.decode.bpf_machine import RET, BpfProgram, keep_matching
from tcptui.engine.records import FILE_SHIFT

ETHERNET: Final = 1
SPECIAL: Final = (127, 113, 117)
"""Link types with filter words of their own: Wi-Fi with radio, Linux cooked, OpenBSD's packet
log."""


@cache
def bpf_program(expression: str, link_type: int) -> BpfProgram:
    """Return the filter for packets of a link type (LINKTYPE_). Raises WrongExpression,
    libpcap.Missing."""
    theirs = compile_filter(expression, link_type)
    ours = BpfProgram()
    for at in range(theirs.length):
        one = theirs.instructions[at]
        ours.add(one.code, one.jt, one.jf, one.k)
    libpcap.free(theirs)
    return ours


def constant_program(admits: bool) -> BpfProgram:
    """Return a program that admits everything, or nothing."""
    made = BpfProgram()
    made.add(RET, 0, 0, int(admits))
    return made


def check_for_any_link_type(expression: str) -> None:
    """Refuse a filter that is right for no link type; WrongExpression has libpcap's words for
    Ethernet."""
    try:
        bpf_program(expression, ETHERNET)
    except WrongExpression:
        if not any(is_right_for(expression, link_type) for link_type in SPECIAL):
            raise


def is_right_for(expression: str, link_type: int) -> bool:
    try:
        bpf_program(expression, link_type)
    except WrongExpression:
        return False
    return True


class FilteredSource(Source):
    """Reads only the packets that a capture filter admits, as if the inputs held no others."""

    copy: PacketCopy | None = None
    """Gets the packets that are admitted; its file gets its name when all has been read."""

    def __init__(self, source: Source, expression: str, count: int = 0) -> None:
        """Take the place of `source`. Raises WrongExpression.

        count: packets after which it ends; 0 for all.
        """
        super().__init__(source._inputs, source.interfaces)
        self._go_on_with(source)
        if expression:
            check_for_any_link_type(expression)
        self.expression = expression
        self._programs: list[BpfProgram] = []
        self._left = count or -1

    @property
    def mixes_inputs(self) -> bool:  # type: ignore[override]
        """Whether a batch may have records of several inputs: the copy asks for each one's file."""
        return self.copy is None

    @property
    def ended(self) -> bool:
        return self._left == 0 or super().ended

    def next_batch(self, timeout: float | None = None) -> Batch | None:
        while not self.ended:
            batch = super().next_batch(timeout)
            if batch is None:
                break
            for interface in self.interfaces[len(self._programs) :]:
                self._programs.append(self._program(interface))
            chunk, records, start, stop = batch
            stop = keep_matching(self._programs, chunk, records, start, stop, self._left)
            if self._left > 0:
                self._left -= stop - start
            if stop > start:
                batch = Batch(chunk, records, start, stop)
                self._hand_on(batch)
                return batch
        return None

    def _hand_on(self, batch: Batch) -> None:
        """Give the copy a batch, which belongs to one input. Raises CaptureError."""
        framer = self._inputs[batch.records.position[batch.start] >> FILE_SHIFT].framer
        if self.copy and not self.copy.is_over and framer:
            self.copy.take_batch(batch, self.interfaces, framer)

    @property
    def warnings(self) -> list[str]:
        return super().warnings + (self.copy.warnings if self.copy else [])

    def complete(self) -> None:
        """Read the rest, so that the copy has all of it, and keep the copy. Raises CaptureError."""
        if self.copy and not self.copy.is_over:
            for _ in self.batches():
                pass
            self.copy.keep(self.interfaces)

    def _program(self, interface: Interface) -> BpfProgram:
        """Return the filter for the records of one interface. Raises WrongOption.

        A record that is no packet has nothing that a filter could speak of: only the empty filter
        admits it.
        """
        if not self.expression or interface.linktype > MOST_LINK_TYPE:
            return constant_program(not self.expression)
        try:
            return bpf_program(self.expression, interface.linktype)
        except WrongExpression as error:
            where = self._inputs[interface.file].raw.name
            what = f"{error.words}, but its packets have link type {interface.linktype}"
            raise WrongOption(what, where, "use another capture filter") from error

    def close(self) -> None:
        super().close()
        if self.copy:
            self.copy.drop()
