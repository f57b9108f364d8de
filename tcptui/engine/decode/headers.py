"""The headers of one packet, outermost first, as the decoder's steps find them.

For what the packet columns do not keep: the packet is walked again, header by header.
"""

from mypy_extensions import i64

from tcptui.engine.decode import protocol_numbers, steps
from tcptui.engine.decode.cursor import Cursor
from tcptui.engine.decode.decoder import BY_NUMBER, MOST_HEADERS
from tcptui.engine.decode.header_search import link_type_of, locate_header
from tcptui.engine.decode.layers import PathTable
from tcptui.engine.engine import Engine


class LayerHeader:
    """A header: which one, and ``data[start:end]``, its captured bytes.

    ``size`` is its own length; ``end`` is where the captured part of what it carries ends too, as
    far as the headers around it allow.
    """

    def __init__(self, step: i64, data: bytes, start: i64, end: i64) -> None:
        self.step: int = step
        self.data: bytes = data
        self.start: int = start
        self.end: int = end
        self.size: int = 0


class HeaderWalk:
    """Follows the decoder's steps through one packet, and keeps the headers on each way to TCP."""

    def __init__(self, packet: bytes, original: int) -> None:
        self.at: Cursor = Cursor(PathTable(), [])
        size: i64 = len(packet)
        whole: i64 = original
        if whole < size:
            whole = size
        self.at.begin(packet, 0, size, whole, 0)
        self.chains: list[list[LayerHeader]] = []
        self.waiting: list[list[LayerHeader]] = []

    def follow(self, first: i64) -> None:
        """Walk from the first header, and from every one that waits for its turn."""
        at = self.at
        packet = at.data
        self.follow_steps(first, [])
        while len(at.waiting) > 0:
            branch = at.waiting.pop(0)
            at.data = packet
            at.resume_branch(branch)
            self.follow_steps(branch.step, self.waiting.pop(0))

    def follow_steps(self, step: i64, chain: list[LayerHeader]) -> None:
        at = self.at
        left: i64 = MOST_HEADERS
        while step != steps.DONE and left > 0:
            left -= 1
            header = LayerHeader(step, at.data, at.offset, at.offset + at.captured)
            if step == steps.TCP:
                chain.append(header)
                break
            start = at.offset
            waiting = len(at.waiting)
            step = BY_NUMBER[step](at)
            if at.data is not header.data:
                header.size = at.offset  # put together of fragments: the IP header comes first
            else:
                header.size = at.offset - start
            if header.size > 0:
                chain.append(header)
            for _ in range(waiting, len(at.waiting)):
                self.waiting.append(chain[:])
        self.chains.append(chain)


def header_chains(packet: bytes, link_type: int, original: int) -> list[list[LayerHeader]]:
    """Return the ways through a packet of ``original`` bytes on the wire; the headers of each are
    outermost first."""
    walk = HeaderWalk(packet, original)
    first: i64 = protocol_numbers.LINKS.get(link_type, steps.DONE)
    walk.follow(first)
    return walk.chains


def headers_of(engine: Engine, row: int, packet: bytes) -> list[LayerHeader]:
    """Return the headers that carry a row's segment, its own last where it is in this packet.

    The last fragment of a datagram has the segment only together with those before it.
    """
    chains = header_chains(packet, link_type_of(engine, row), engine.packets.original(row))
    if len(chains) == 1:
        return chains[0]
    own = locate_header(engine, row, packet)
    if own is not None:
        for chain in chains:
            last = chain[len(chain) - 1] if chain else None
            if last is not None and last.data is own.data and last.start == own.offset:
                return chain
    return chains[0]
