"""Finds the options of a segment's own TCP header in its packet."""

from collections.abc import Callable, Iterator

from tcptui.engine.decode import steps
from tcptui.engine.decode.header_search import options
from tcptui.engine.decode.headers import LayerHeader
from tcptui.engine.tcp_header import TCP_MIN_HEADER
from tcptui.fields.header_fields import Bits
from tcptui.fields.value_kind import Value
from tcptui.fields.view import View


def own_header(view: View, row: int) -> LayerHeader | None:
    """Return the segment's own header, if it is readable where it stands."""
    headers = view.headers(row)
    last = headers[-1] if headers else None
    return last if last is not None and last.step == steps.TCP else None


def in_own(bits: Bits) -> Callable[[View, int], Value]:
    """Return what reads a number of the segment's own header."""

    def get(view: View, row: int) -> Value:
        header = own_header(view, row)
        return None if header is None else bits.of(header)

    return get


def header_size(view: View, row: int) -> int:
    """Return the length that the header gives for itself; 0 where it is not readable."""
    header = own_header(view, row)
    size = None if header is None else Bits(12, 1, 4, 15, unit=4).of(header)
    return size or 0


def option_bytes(view: View, row: int) -> bytes:
    """Return the captured bytes of the options."""
    header = own_header(view, row)
    if header is None:
        return b""
    start = header.start + TCP_MIN_HEADER
    return header.data[start : min(header.start + header_size(view, row), header.end)]


def options_of(view: View, row: int, *kinds: int) -> Iterator[bytes]:
    """Yield the values of the options of these kinds."""
    for kind, value in options(option_bytes(view, row)):
        if kind in kinds:
            yield value
