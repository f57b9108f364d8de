"""Shares of a capture's flows, for engines that are fed the same packets and divide the work."""

from typing import Final, Protocol

from librt.strings import BytesWriter, read_i32_be, read_i64_be
from librt.vecs import append, vec
from mypy_extensions import i32, i64, u8

from tcptui.engine.eviction import GONE
from tcptui.engine.flow import IPV4_KEY, Flow
from tcptui.engine.hashing import FACTOR
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32

"""Knuth's multiplicative hash. The upper bits of the product depend on all that is multiplied; the
lower ones would not do, as many hosts use only even ports."""
BUCKETS: Final = 1 << 16
MOST_SHARES: Final = 255
"""Their numbers are bytes."""
PARTS: Final = 4
"""A share is so many parts of all flows, but the first one less: who has that share also puts the
texts of all together."""


def bucket_of(data: bytes, start: i64, size: i64) -> i64:
    """Return the number, below `BUCKETS`, of the bucket that a segment is of, whose key stands at
    ``start``: the same for both directions of a connection and all later ones on its ports."""
    if size == IPV4_KEY:
        ends = i64(read_i64_be(data, start))
        both = ends ^ ends >> 32 ^ i64(read_i32_be(data, start + 8))
    else:
        both = i64(read_i32_be(data, start + 12)) ^ i64(read_i32_be(data, start + 28))
        both ^= i64(read_i32_be(data, start + 32))
    return (both ^ both >> 16) & 0xFFFF


def share_of(bucket: i64, shares: i64) -> i64:
    """Return the number, below ``shares``, of the share that a bucket is in."""
    mixed = bucket * FACTOR & MASK32
    part = mixed * (PARTS * shares - 1) >> 32
    return (part + 1) // PARTS


class Share:
    """The share of its capture that an engine takes, one of ``shares``: the segments of its flows.

    ``opened[i]`` is which of the capture's TCP headers, from 1, opened flow ``i`` of this engine:
    it tells the order of all engines' flows, and ``numbers`` has their numbers in the whole
    capture, once the other engines have told what they opened. A share that is told them before
    the first packet (:meth:`number_flows`) gives them to its flows at once; `GONE` stands for all
    flows between. ``elsewhere`` counts the segments that have no row here; ``divides_frames`` says
    that one was in the same frame as one that has. With ``keeps_times`` the times of packets
    without a row here are kept, where one with a row comes next. One that does not see the whole
    capture, ``sees_all``, cannot tell where its clock jumps.
    """

    def __init__(self, number: int, shares: int) -> None:
        self.number: i64 = number
        self.shares: i64 = shares
        self.met: i64 = 0
        self.elsewhere: i64 = 0
        self.opened: vec[i32] = vec[i32]()
        self.numbers: vec[i32] = vec[i32]()
        self.is_numbered: bool = False
        self.divides_frames: bool = False
        self.keeps_times: bool = False
        self.sees_all: bool = True

    def number_flows(self, owners: bytes) -> None:
        """Learn the numbers of the flows, which are already known; ``owners`` tells whose each flow
        of the whole capture is."""
        self.numbers = flows_of(owners, self.number)
        self.is_numbered = True

    def number_of(self, flow: i64) -> i64:
        """Return the number of a flow in the whole capture once it is known, else its own."""
        known = not self.is_numbered and flow < i64(len(self.numbers))
        return i64(self.numbers[flow]) if known else flow

    def takes(self, data: bytes, key: i64, size: i64, quoted: bool) -> bool:
        """Return whether the next TCP header of the capture is of this share: its key has so many
        bytes and stands at ``key``."""
        self.met += 1
        if share_of(bucket_of(data, key, size), self.shares) == self.number:
            return True
        if not quoted:
            self.elsewhere += 1
        return False

    def note_flow(self, flows: list[Flow]) -> None:
        """Note that the header opens a flow, which is to come behind ``flows``."""
        if self.is_numbered:
            number = i64(self.numbers[len(self.opened)])
            while i64(len(flows)) < number:
                flows.append(GONE)
        self.opened = append(self.opened, i32(self.met))

    def take_opened(self) -> vec[i32]:
        """Return which headers opened flows of this share since the last call."""
        taken = self.opened
        self.opened = vec[i32]()
        return taken

    def take_makers(self) -> bytes:
        """Return whose the rows are that came since the last call, where that is noted."""
        return b""

    def note_frame(self, headers: list[HeaderLocation], count: i64, rows: i64) -> None:
        """Note that of a frame with so many TCP headers so many have rows here."""
        n: i64 = 0
        while n < count:
            if not headers[n].quoted:
                rows -= 1
            n += 1
        if rows < 0:
            self.divides_frames = True


class RowShare(Share):
    """A share that also notes whose each row of the capture is, so that the rows of all can be put
    in order: ``makers`` has a byte for each, the number of its share."""

    def __init__(self, number: int, shares: int) -> None:
        super().__init__(number, shares)
        self.makers: BytesWriter = BytesWriter()

    def takes(self, data: bytes, key: i64, size: i64, quoted: bool) -> bool:
        self.met += 1
        maker = share_of(bucket_of(data, key, size), self.shares)
        is_own = maker == self.number
        if not quoted:
            self.makers.append(u8(maker))
            if not is_own:
                self.elsewhere += 1
        return is_own

    def take_makers(self) -> bytes:
        taken = self.makers.getvalue()
        self.makers.truncate(0)
        return taken


class OpeningHeaders(Protocol):
    """The headers that opened the flows of a share: a :class:`Share` has them, or a copy of it."""

    @property
    def opened(self) -> vec[i32]: ...


def owners_of(shares: list[OpeningHeaders]) -> bytes:
    """Return whose each flow of the whole capture is: the number of its share, a byte for each."""
    opened = [one.opened for one in shares]
    next_flow = vec[i64]([0] * len(shares))
    owners = BytesWriter()
    while True:
        owner: i64 = -1
        first: i64 = 0
        for n in range(len(opened)):
            headers = opened[n]
            at = next_flow[n]
            if at < i64(len(headers)) and (owner < 0 or i64(headers[at]) < first):
                owner = n
                first = i64(headers[at])
        if owner < 0:
            return owners.getvalue()
        next_flow[owner] += 1
        owners.append(owner)


def flows_of(owners: bytes, share: i64) -> vec[i32]:
    """Return the numbers that the flows of a share have in the whole capture, of which ``owners``
    tells whose each flow is."""
    numbers = vec[i32]()
    for n in range(len(owners)):
        if i64(owners[n]) == share:
            numbers = append(numbers, i32(n))
    return numbers
