"""A quick look through all greetings for addresses that are worth comparing.

Most captures have none: this decides it with numbers alone, and without an object for each
greeting.
"""

from typing import Final

from librt.strings import BytesWriter, read_i16_be, read_i32_be, read_i64_be
from librt.vecs import vec
from mypy_extensions import i64

from tcptui.engine.flow import IPV4_KEY
from tcptui.engine.greetings import (
    LIKE_COOKIE,
    MOST_GREETINGS,
    NO_SCALE,
    SACK_OFFERED,
    SIZE,
    Greeting,
    Greetings,
)
from tcptui.engine.hashing import FACTOR
from tcptui.engine.header_fields import NO_STAMP
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import ACK, RST, SYN

FLOW_SIZE: Final = 4
"""Bytes of the flow's number, with which a greeting begins."""
MASK: Final = 0x3FFFFFFFFFFFFFFF
MILLISECOND: Final = 1_000_000
FIRST_SIZE: Final = 256
CLOCK_WIDTH: Final = 7
"""Time stamp, time (ms) and ports of two clocks, and how often one went on in another flow."""
FASTEST: Final = 11
"""Ticks in 10 ms, and some more."""
SLACK: Final = 1000
"""Ticks."""
SURE: Final = 2
"""So often a clock must go on: of thousands of random time stamps one follows another by chance."""
RUN: Final = 4
"""So many answers like cookies, one after the other, are worth a look."""
COOKIE_STEP: Final = 64
"""Ticks: the low six bits of a SYN cookie's time stamp are no time (Linux)."""
GRANTS: Final = 1
"""A port has answered with options."""
DENIES: Final = 2
"""It has answered without."""
PORT_WIDTH: Final = 3
"""Both of these as bits, a run of answers like cookies, the last time stamp of the run."""


class NumberTable:
    """Some numbers for each key: a hash table without objects, which grows as it fills.

    ``at`` is where the numbers of the key begin that :meth:`find` was asked for, in ``values``.
    """

    def __init__(self, width: i64) -> None:
        self.width: i64 = width
        self.count: i64 = 0
        self.last: i64 = FIRST_SIZE - 1
        self.keys: vec[i64] = vec[i64]([-1] * int(FIRST_SIZE))
        self.values: vec[i64] = vec[i64]([0] * int(FIRST_SIZE * width))
        self.at: i64 = 0

    def find(self, key: i64) -> bool:
        """Return whether a key was there before; its numbers are 0 if it was not."""
        slot = self.slot_of(key)
        known = self.keys[slot] != -1
        if not known:
            if 2 * self.count > self.last:
                self.grow()
                slot = self.slot_of(key)
            self.count += 1
            self.keys[slot] = key
        self.at = slot * self.width
        return known

    def slot_of(self, key: i64) -> i64:
        """Return where a key stands, or may be put."""
        at = ((key * FACTOR & MASK32) >> 7 ^ key) & self.last
        while self.keys[at] != key and self.keys[at] != -1:
            at = (at + 1) & self.last
        return at

    def grow(self) -> None:
        """Make room for four times as many keys."""
        keys = self.keys
        values = self.values
        size = 4 * (self.last + 1)
        self.last = size - 1
        self.keys = vec[i64]([-1] * int(size))
        self.values = vec[i64]([0] * int(size * self.width))
        for n in range(len(keys)):
            if keys[n] != -1:
                slot = self.slot_of(keys[n])
                self.keys[slot] = keys[n]
                i: i64 = 0
                while i < self.width:
                    self.values[slot * self.width + i] = values[n * self.width + i]
                    i += 1

    def value(self, key: i64, default: i64) -> i64:
        """Return the first number of a key, or ``default``, which it then has."""
        if not self.find(key):
            self.values[self.at] = default
        return self.values[self.at]


def whole_end(log: bytes) -> i64:
    """Return where the last whole greeting of a log ends: where nothing is compiled, one may be
    half written while the log is looked at."""
    stop = i64(len(log))
    at: i64 = 0
    while at + SIZE < stop:
        behind = at + SIZE + 1 + i64(log[at + SIZE])
        if behind > stop:
            break
        at = behind
    return at


class GreetingScan:
    """Finds the strange addresses, by hash, and the hardware addresses of routers, which speak for
    several addresses."""

    def __init__(self, greetings: Greetings) -> None:
        self.own: bytes = greetings.log.getvalue()
        self.others: bytes = greetings.others
        self.strange: set[int] = set()
        self.routers: set[int] = set()
        self.ttls: NumberTable = NumberTable(1)
        self.cards: NumberTable = NumberTable(1)
        self.clocks: NumberTable = NumberTable(CLOCK_WIDTH)
        self.ports: NumberTable = NumberTable(PORT_WIDTH)
        self.steps: NumberTable = NumberTable(2)
        own: i64 = 0
        other: i64 = 0
        count: i64 = 0
        end = whole_end(self.own)
        other_end = i64(len(self.others))
        while count < MOST_GREETINGS and (own < end or other < other_end):
            if is_next(self.own, own, self.others, other):
                own = self.compare_greeting(self.own, own)
            else:
                other = self.compare_greeting(self.others, other)
            count += 1
        self.own_end: i64 = own
        self.other_end: i64 = other

    def compare_greeting(self, log: bytes, at: i64) -> i64:
        """Compare a greeting with those before it, and return where the next one stands."""
        size = i64(log[at + SIZE])
        key = at + SIZE + 1
        flags = i64(read_i32_be(log, at + 12)) & (SYN | ACK | RST)
        address = hash_of(log, key, size)
        mac = read_i64_be(log, at + 32)
        if mac != 0:
            if self.cards.value(address << 1, mac) != mac:
                self.strange.add(int(address))
            if self.cards.value(mac << 1 | 1, address) != address:
                self.routers.add(int(mac))
        if flags == SYN:
            self.compare_syn(log, at, size, address)
        elif flags == SYN | ACK:
            self.compare_answer(log, at, size, address)
        return key + size

    def compare_syn(self, log: bytes, at: i64, size: i64, address: i64) -> None:
        """Compare a SYN with its client's others: distance and clock."""
        ttl = read_i64_be(log, at + 48) >> 16
        if self.ttls.value(address << 1, ttl) != ttl:
            self.strange.add(int(address))
        stamp = read_i64_be(log, at + 24)
        if stamp != NO_STAMP:
            half = (size - 4) >> 1
            pair = (address * FACTOR + hash_of(log, at + SIZE + 1 + half, size)) & MASK
            ports = i64(read_i32_be(log, at + SIZE + 1 + size - 4))
            now = read_i64_be(log, at + 16) // MILLISECOND
            if self.are_two_clocks(pair, stamp, now, ports):
                self.strange.add(int(address))

    def are_two_clocks(self, pair: i64, stamp: i64, now: i64, ports: i64) -> bool:
        """Return whether the time stamps from one address to another are of two clocks that both
        went on; those of hosts that begin anew for each connection do not, but for a SYN that is
        sent again."""
        clocks = self.clocks
        if not clocks.find(pair):
            self.set_clock(clocks.at, stamp, now, ports)
            return False
        values = clocks.values
        first = clocks.at
        second = first + 3
        count = first + 6
        if goes_on(values[first], values[first + 1], stamp, now):
            values[count] += 1 if values[first + 2] != ports else 0
        elif values[second + 1] != 0 and goes_on(values[second], values[second + 1], stamp, now):
            values[count] += 1 if values[second + 2] != ports else 0
            first = second
        else:
            self.set_clock(second, values[first], values[first + 1], values[first + 2])
        self.set_clock(first, stamp, now, ports)
        return values[count] >= SURE and values[clocks.at + 4] != 0

    def set_clock(self, at: i64, stamp: i64, now: i64, ports: i64) -> None:
        """Remember the latest time stamp of a clock, its time, and the ports of its connection."""
        values = self.clocks.values
        values[at] = stamp
        values[at + 1] = now
        values[at + 2] = ports

    def compare_answer(self, log: bytes, at: i64, size: i64, address: i64) -> None:
        """Compare a SYN+ACK with those of its server, and of its port."""
        ttl = read_i64_be(log, at + 48) >> 16
        if self.ttls.value(address << 1 | 1, ttl) != ttl:
            self.strange.add(int(address))
        port = (address << 16 | i64(read_i16_be(log, at + SIZE + 1 + size - 4)) & 0xFFFF) & MASK
        options = read_i64_be(log, at + 40)
        has_none = (options >> 8 & 0xFF) == NO_SCALE and (options & SACK_OFFERED) == 0
        ports = self.ports
        ports.find(port)
        values = ports.values
        values[ports.at] |= DENIES if has_none else GRANTS
        stamp = read_i64_be(log, at + 24)
        if stamp != NO_STAMP:
            if (options & LIKE_COOKIE) == 0:
                values[ports.at + 1] = 0
            elif stamp != values[ports.at + 2] or values[ports.at + 1] == 0:
                # Answers of the same millisecond have the same time stamp, whatever it looks like.
                values[ports.at + 1] += 1
                values[ports.at + 2] = stamp
            if self.goes_in_steps(log, at, size, address, stamp):
                self.strange.add(int(address))
        if values[ports.at] == GRANTS | DENIES or values[ports.at + 1] >= RUN:
            self.strange.add(int(address))

    def goes_in_steps(self, log: bytes, at: i64, size: i64, address: i64, stamp: i64) -> bool:
        """Return whether a server's last time stamps to one client lie whole steps apart, as those
        do whose low bits carry options."""
        half = (size - 4) >> 1
        steps = self.steps
        pair = (address * FACTOR + hash_of(log, at + SIZE + 1 + half, size)) & MASK
        known = steps.find(pair)
        values = steps.values
        apart = stamp - values[steps.at]
        if not known or apart % COOKIE_STEP != 0:
            values[steps.at + 1] = 0
        elif apart != 0:
            values[steps.at + 1] += 1
        values[steps.at] = stamp
        return values[steps.at + 1] >= RUN

    def strange_greetings(self) -> list[Greeting]:
        """Return the greetings from and to strange addresses, in the order of the capture."""
        found: list[Greeting] = []
        if not self.strange:
            return found
        self.gather(self.own, self.own_end, True, found)
        if self.other_end > 0:
            self.gather(self.others, self.other_end, False, found)
            found.sort(key=frame_of_greeting)
        return found

    def gather(self, log: bytes, end: i64, is_own: bool, found: list[Greeting]) -> None:
        """Add what a log has from and to strange addresses."""
        at: i64 = 0
        while at < end:
            size = i64(log[at + SIZE])
            key = at + SIZE + 1
            if (
                int(hash_of(log, key, size)) in self.strange
                or int(hash_of(log, key + ((size - 4) >> 1), size)) in self.strange
            ):
                found.append(Greeting(log, at, is_own))
            at = key + size


def merged_log(one: bytes, other: bytes) -> bytes:
    """Return the greetings of two logs in the order of the capture, as one log, as far as they are
    compared."""
    merged = BytesWriter()
    at: i64 = 0
    theirs: i64 = 0
    count: i64 = 0
    end = i64(len(one))
    their_end = i64(len(other))
    while count < MOST_GREETINGS and (at < end or theirs < their_end):
        if is_next(one, at, other, theirs):
            behind = behind_greeting(one, at)
            merged.write(one[at:behind])
            at = behind
        else:
            behind = behind_greeting(other, theirs)
            merged.write(other[theirs:behind])
            theirs = behind
        count += 1
    return merged.getvalue()


def log_without(whole: bytes, part: bytes) -> bytes:
    """Return a log without the greetings of a part of it, which stand in the same order there,
    though their flows may have other numbers."""
    rest = BytesWriter()
    at: i64 = 0
    begin: i64 = 0
    next_part: i64 = 0
    end = i64(len(whole))
    part_end = i64(len(part))
    while at < end:
        behind = behind_greeting(whole, at)
        if next_part < part_end and read_i32_be(whole, at + 4) == read_i32_be(part, next_part + 4):
            part_behind = behind_greeting(part, next_part)
            if part[next_part + FLOW_SIZE : part_behind] == whole[at + FLOW_SIZE : behind]:
                rest.write(whole[begin:at])
                begin = behind
                next_part = part_behind
        at = behind
    rest.write(whole[begin:end])
    return rest.getvalue()


def behind_greeting(log: bytes, at: i64) -> i64:
    """Return where the greeting that stands at ``at`` ends."""
    return at + SIZE + 1 + i64(log[at + SIZE])


def is_next(own: bytes, at: i64, others: bytes, other: i64) -> bool:
    """Return whether the next greeting of a capture is one of the first log."""
    if at >= i64(len(own)):
        return False
    if other >= i64(len(others)):
        return True
    return read_i32_be(own, at + 4) <= read_i32_be(others, other + 4)


def goes_on(stamp: i64, then: i64, later: i64, now: i64) -> bool:
    """Return whether a clock may have gone on from one time stamp to another, in ms."""
    return (later - stamp) & MASK32 <= (now - then) * FASTEST // 10 + SLACK


def hash_of(log: bytes, at: i64, size: i64) -> i64:
    """Return a number for the address that stands at ``at``, in a key of ``size`` bytes."""
    if size == IPV4_KEY:
        return i64(read_i32_be(log, at)) & MASK32
    return ((read_i64_be(log, at) * FACTOR) ^ read_i64_be(log, at + 8)) & (MASK >> 18)


def frame_of_greeting(greeting: Greeting) -> int:
    """Return the frame of a greeting."""
    return int(greeting.frame)
