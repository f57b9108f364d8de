"""`-r FILE expression`: a capture filter, compiled by libpcap, on the packets of a file.

With `-w` those that it admits are written to another file.
"""

from functools import cache

from tcptui.capture.bpf import Program, keep
from tcptui.capture.copying import Copy
from tcptui.capture.live import libpcap
from tcptui.capture.live.expression import compiled
from tcptui.capture.source import Batch, Source

ETHERNET = 1


@cache
def program(expression: str, link_type: int) -> Program:
    """The filter for packets of a link type (LINKTYPE_). WrongExpression, libpcap.Missing."""
    theirs = compiled(expression, link_type)
    ours = Program()
    for at in range(theirs.length):
        one = theirs.instructions[at]
        ours.add(one.code, one.jt, one.jf, one.k)
    libpcap.free(theirs)
    return ours


class FilteredSource(Source):
    """Only the packets that a capture filter admits, as if the inputs held no others."""

    copy: Copy | None = None
    """Gets what is admitted."""

    def __init__(self, source: Source, expression: str, count: int = 0) -> None:
        """Takes the place of `source`. WrongExpression.

        count: packets after which it ends; 0 for all.
        """
        super().__init__(source._inputs, source.interfaces)
        program(expression, ETHERNET)
        self._expression = expression
        self._programs: list[Program] = []
        self._left = count or -1

    @property
    def ended(self) -> bool:
        return self._left == 0 or super().ended

    def next_batch(self, timeout: float | None = None) -> Batch | None:
        while not self.ended:
            batch = super().next_batch(timeout)
            if batch is None:
                break
            for interface in self.interfaces[len(self._programs) :]:
                self._programs.append(program(self._expression, interface.linktype))
            chunk, records, start, stop = batch
            stop = keep(self._programs, chunk, records, start, stop, self._left)
            if self._left > 0:
                self._left -= stop - start
            if stop > start:
                batch = Batch(chunk, records, start, stop)
                if self.copy:
                    self.copy.take(batch, self.interfaces)
                return batch
        return None

    def close(self) -> None:
        super().close()
        if self.copy:
            self.copy.close()
