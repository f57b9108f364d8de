"""Hosts are told apart by the greetings of all flows of a capture together.

One pass over a bounded log, made when it is first asked for; the proofs stand by flow, and most
captures have none.
"""

from itertools import pairwise
from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import reversed_key
from tcptui.engine.greeting_scan import GreetingScan
from tcptui.engine.greetings import NO_SCALE, Greeting, Greetings
from tcptui.engine.header_fields import NO_STAMP
from tcptui.engine.saturation import elapsed
from tcptui.engine.sequence import HALF, MASK32, lt
from tcptui.engine.tcp_header import ACK, CWR, ECE, RST, SYN

SECOND: Final = 1_000_000_000
FIRST_TTLS: Final = (32, 64, 128, 255)
"""What hosts begin with: Linux and macOS 64, Windows 128, routers 255."""
CLOCK_RATES: Final = (1000, 250, 100)
"""Ticks a second of the clocks that hosts take time stamps from."""
PAWS_SPAN: Final = 60 * SECOND
"""So long a server that compares the time stamps of a client's connections remembers them."""
FEWEST: Final = 2
"""Flows of a host without which it is not told from another."""
FEWEST_TURNS: Final = 2
"""So often two hosts must take turns: a host that has moved, or that was replaced, does so once."""
FEWEST_COOKIES: Final = 4
"""Time stamps with a cookie's low bits: 1 of 64 has them by chance."""
COOKIE_BITS: Final = 6
LEAST_SPREAD: Final = 1 << COOKIE_BITS - 2
MOST_SPREAD: Final = 1 << COOKIE_BITS + 1
"""Ticks by which time stamps that leave these bits out go before and behind the time itself."""
MOST_OTHERS: Final = 10
"""Of so many flows one may come by yet another way."""
ROUTER_MACS: Final = (0x00005E, 0x00000C)
"""Beginnings of what VRRP and HSRP call a virtual router."""


class Families:
    """Two families in which the flows of one address fall, as a client or as a server: how many
    flows each has, and its TTL (or -1 where these do not tell them apart); ``why`` they are two
    hosts."""

    def __init__(self, is_server: bool, counts: list[int], ttls: list[int], why: str) -> None:
        self.is_server: bool = is_server
        self.counts: list[int] = counts
        self.ttls: list[int] = ttls
        self.why: str = why


class Dropped:
    """SYNs without an answer whose time stamps are lower than those of answered ones: how many of
    how many, from one client address to one server."""

    def __init__(self, tries: int, of: int) -> None:
        self.tries: int = tries
        self.of: int = of


CARRY_OPTIONS: Final = 0
"""The low bits of the time stamps are the options that the client offered."""
GO_IN_STEPS: Final = 1
"""They are the same each time, as where such bits have a number of the pair of hosts upon them."""
GRANT_NOTHING: Final = 2
"""There are no time stamps, and the options are gone."""


class Cookies:
    """Handshakes that look like SYN cookies: how many, and by which of the signs above."""

    def __init__(self, count: int, sign: int) -> None:
        self.count: int = count
        self.sign: int = sign


class Doubles:
    """Two hardware addresses that speak for one address, and what else differs between them. Of
    the second one there may be ``only_resets``, which a box may have sent in the host's name."""

    def __init__(
        self, is_server: bool, first: int, second: int, why: str, only_resets: bool
    ) -> None:
        self.is_server: bool = is_server
        self.first: int = first
        self.second: int = second
        self.why: str = why
        self.only_resets: bool = only_resets


class Try:
    """A SYN and the SYN+ACK that answered it, if one did."""

    def __init__(self, syn: Greeting) -> None:
        self.syn: Greeting = syn
        self.answer: Greeting | None = None


class Hosts:
    """The proofs that a capture's greetings hold, by the flow that tells them."""

    def __init__(self, greetings: Greetings) -> None:
        scan = GreetingScan(greetings)
        self.routers: set[int] = scan.routers
        self.families: dict[int, Families] = {}
        self.dropped: dict[int, Dropped] = {}
        self.cookies: dict[int, Cookies] = {}
        self.doubles: dict[int, Doubles] = {}
        self.is_silent: bool = True
        found = scan.strange_greetings()
        if not found:
            return
        tries = tries_of(found)
        self.compare_tries(tries)
        self.compare_ways(tries)
        self.compare_network_cards(found)
        self.is_silent = not (self.families or self.dropped or self.cookies or self.doubles)

    def tells_of(self, flow: i64) -> bool:
        """Return whether there is a proof that a flow tells."""
        if self.is_silent:
            return False
        number = int(flow)
        return (
            number in self.families
            or number in self.dropped
            or number in self.cookies
            or number in self.doubles
        )

    def compare_tries(self, tries: list[Try]) -> None:
        """Compare what was answered with what was not: by client and server, and by port."""
        by_pair: dict[bytes, list[Try]] = {}
        by_port: dict[bytes, list[Try]] = {}
        for one in tries:
            key = one.syn.key
            half = i64(len(key)) - 4
            by_pair.setdefault(key[:half], []).append(one)
            by_port.setdefault(key[half >> 1 : half] + key[half + 2 :], []).append(one)
        for some in by_pair.values():
            if len(some) > 1:
                self.find_dropped(some)
            if len(some) > FEWEST_COOKIES:
                self.find_steps(some)
        for some in by_port.values():
            if len(some) > 1:
                self.find_cookies(some)

    def find_dropped(self, tries: list[Try]) -> None:
        """Find that those of a client's SYNs have no answer whose time stamps are lower.

        They must be of a clock of their own: a host that begins anew for each connection has lower
        ones by chance.
        """
        highest: i64 = NO_STAMP
        since: i64 = 0
        unanswered: list[Try] = []
        firsts: list[Try] = []
        for one in tries:
            stamp = one.syn.stamp
            if stamp == NO_STAMP:
                return
            is_lower = (
                highest != NO_STAMP
                and lt(stamp, highest)
                and elapsed(one.syn.time, since) <= PAWS_SPAN
            )
            if is_lower != (one.answer is None):
                return  # an answer to a lower one, or none to a higher one
            if all(other.syn.key != one.syn.key for other in firsts[-MOST_OTHERS:]):
                firsts.append(one)
            if one.answer is None:
                unanswered.append(one)
            else:
                highest = stamp
                since = one.syn.time
        if highest == NO_STAMP or not unanswered or not have_two_clocks(firsts):
            return
        proof = Dropped(len(unanswered), len(tries))
        for one in unanswered:
            if one.syn.flow >= 0:
                self.dropped[int(one.syn.flow)] = proof

    def find_cookies(self, tries: list[Try]) -> None:
        """Find the answers of a port that look like SYN cookies."""
        run: list[Try] = []
        for one in tries:
            answer = one.answer
            if answer is None or answer.stamp == NO_STAMP:
                continue
            if carries_options(one.syn, answer):
                run.append(one)
                continue
            self.tell_cookies(run, CARRY_OPTIONS)
            run = []
        self.tell_cookies(run, CARRY_OPTIONS)
        full: set[bytes] = set()
        for one in tries:
            answer = one.answer
            if answer is not None and has_options(answer) and one.syn.stamp == NO_STAMP:
                full.add(one.syn.address)
        bare = [
            one
            for one in tries
            if one.answer is not None
            and one.syn.stamp == NO_STAMP
            and has_options(one.syn)
            and not has_options(one.answer)
            and one.syn.address in full
        ]
        if len(bare) >= FEWEST:
            self.tell_cookies(bare, GRANT_NOTHING)

    def find_steps(self, tries: list[Try]) -> None:
        """Find that a server's time stamps to one client have the same low bits each time.

        A clock that is asked at whole steps would have them too, but would not go before and behind
        the time itself as one that leaves these bits out.
        """
        run: list[Try] = []
        for one in tries:
            answer = one.answer
            if answer is None or answer.stamp == NO_STAMP:
                continue
            if run and not is_step(run[-1], one):
                self.tell_steps(run)
                run = []
            run.append(one)
        self.tell_steps(run)

    def tell_steps(self, run: list[Try]) -> None:
        """Keep the proof for handshakes whose time stamps go in steps, if time itself does not."""
        if len(run) > FEWEST_COOKIES and LEAST_SPREAD <= spread_of(run) <= MOST_SPREAD:
            self.tell_cookies(run, GO_IN_STEPS)

    def tell_cookies(self, tries: list[Try], sign: int) -> None:
        """Keep the proof for flows whose answers look like cookies, if they are enough."""
        if sign != GRANT_NOTHING:
            stamps = {int(one.answer.stamp) for one in tries if one.answer is not None}
            if len(stamps) < FEWEST_COOKIES:
                return
        proof = Cookies(len(tries), sign)
        for one in tries:
            if one.syn.flow >= 0 and int(one.syn.flow) not in self.cookies:
                self.cookies[int(one.syn.flow)] = proof

    def compare_ways(self, tries: list[Try]) -> None:
        """Compare the flows of each address, as a client and as a server."""
        clients: dict[bytes, list[Greeting]] = {}
        servers: dict[bytes, list[Greeting]] = {}
        pairs: dict[bytes, list[Greeting]] = {}
        met: set[bytes] = set()
        for one in tries:
            syn = one.syn
            if one.answer is not None:
                servers.setdefault(one.answer.address, []).append(one.answer)
            if syn.key in met:
                continue  # the same SYN again
            met.add(syn.key)
            clients.setdefault(syn.address, []).append(syn)
            if syn.stamp != NO_STAMP:
                pairs.setdefault(syn.key[: len(syn.key) - 4], []).append(syn)
        for some in clients.values():
            self.find_families(some)
        for some in servers.values():
            self.find_families(some)
        for some in pairs.values():
            self.find_clocks(some)

    def find_families(self, greetings: list[Greeting]) -> None:
        """Find that an address speaks with two TTLs in turn, which one host does not."""
        if len(greetings) < 2 * FEWEST:
            return
        counts: dict[int, int] = {}
        for one in greetings:
            counts[int(one.ttl)] = counts.get(int(one.ttl), 0) + 1
        if len(counts) < 2:
            return
        ranked = sorted(counts, key=counts.__getitem__, reverse=True)
        first, second = ranked[0], ranked[1]
        others = len(greetings) - counts[first] - counts[second]
        if counts[second] < FEWEST or others * MOST_OTHERS > len(greetings):
            return
        sides = [int(one.ttl == second) for one in greetings if one.ttl in (first, second)]
        if turns(sides) < FEWEST_TURNS:
            return
        one_host = [one for one in greetings if one.ttl == first]
        other = [one for one in greetings if one.ttl == second]
        if first_ttl(first) != first_ttl(second):
            why = "they begin with different TTLs"
        elif differ(one_host, other):
            why = "their options differ as their TTLs do"
        else:
            return
        is_server = greetings[0].flags & ACK != 0
        proof = Families(is_server, [counts[first], counts[second]], [first, second], why)
        self.tell_families(one_host, other, proof)

    def find_clocks(self, greetings: list[Greeting]) -> None:
        """Find that the time stamps which an address sends to another are of two clocks."""
        if len(greetings) < 2 * FEWEST or is_ascending(greetings):
            return
        for rate in CLOCK_RATES:
            sides = clocks(greetings, rate)
            if sides is None:
                continue
            second = sum(sides)
            first = len(sides) - second
            if min(first, second) < FEWEST or turns(sides) < FEWEST_TURNS:
                return
            one_host = [one for one, side in zip(greetings, sides, strict=True) if side == 0]
            other = [one for one, side in zip(greetings, sides, strict=True) if side == 1]
            self.tell_families(
                one_host, other,
                Families(False, [first, second], [-1, -1], "their time stamps are of two clocks"),
            )  # fmt: skip
            return

    def tell_families(self, one: list[Greeting], other: list[Greeting], proof: Families) -> None:
        """Keep the proof for the first flow of each family: it is of the address, not of a flow."""
        for greeting in (one[0], other[0]):
            if greeting.flow >= 0 and int(greeting.flow) not in self.families:
                self.families[int(greeting.flow)] = proof

    def compare_network_cards(self, greetings: list[Greeting]) -> None:
        """Compare the hardware addresses that speak for each address of a network: in another VLAN
        the same address may be another host's rightly."""
        by_address: dict[tuple[int, bytes], list[Greeting]] = {}
        for one in greetings:
            if one.mac != 0:
                by_address.setdefault((int(one.path), one.address), []).append(one)
        for some in by_address.values():
            self.find_doubles(some)

    def find_doubles(self, greetings: list[Greeting]) -> None:
        """Find that two network cards of two hosts speak in turn for one address."""
        first = greetings[0].mac
        second: i64 = 0
        for one in greetings:
            if one.mac != first:
                if second not in (0, one.mac):
                    return
                second = one.mac
            # From behind a router it would not be the host's own hardware address.
            if one.ttl not in FIRST_TTLS:
                return
        if second == 0 or self.is_router(first) or self.is_router(second):
            return
        one_card = [one for one in greetings if one.mac == first]
        other = [one for one in greetings if one.mac == second]
        sides = [int(one.mac == second) for one in greetings]
        contradict = denies(one_card, other) or denies(other, one_card)
        if turns(sides) < FEWEST_TURNS and not contradict:
            return
        if min(one.ttl for one in one_card) != min(one.ttl for one in other):
            why = "their TTLs differ"
        elif contradict:
            why = "one resets what the other has accepted"
        elif differ(one_card, other):
            why = "their options differ"
        else:
            return
        only_resets = all(one.flags & RST for one in other)
        for greeting in other:
            if greeting.flow >= 0:
                self.doubles[int(greeting.flow)] = Doubles(
                    is_of_server(greeting), int(first), int(second), why, only_resets
                )

    def is_router(self, mac: i64) -> bool:
        """Return whether a hardware address speaks for several addresses, or is made to do so."""
        return int(mac) in self.routers or mac >> 24 in ROUTER_MACS


def tries_of(greetings: list[Greeting]) -> list[Try]:
    """Return the SYNs, in order, each with the SYN+ACK that answered it."""
    tries: list[Try] = []
    latest: dict[bytes, Try] = {}
    for one in greetings:
        kind = one.flags & (SYN | ACK | RST)
        if kind == SYN:
            known = Try(one)
            tries.append(known)
            latest[one.key] = known
        elif kind == SYN | ACK:
            asked = latest.get(reversed_key(one.key))
            if asked is not None and asked.answer is None:
                asked.answer = one
    return tries


def have_two_clocks(tries: list[Try]) -> bool:
    """Return whether the answered SYNs, two or more, are of one clock and all others of another."""
    syns = [one.syn for one in tries]
    for rate in CLOCK_RATES:
        sides = clocks(syns, rate)
        if sides is None or sides.count(0) < FEWEST:
            continue
        answered = [one.answer is not None for one in tries]
        if all((side == 0) == known for side, known in zip(sides, answered, strict=True)):
            return True
    return False


def is_ascending(greetings: list[Greeting]) -> bool:
    """Return whether the time stamps never go back, as those of one clock."""
    before = greetings[0].stamp
    for one in greetings:
        if lt(one.stamp, before):
            return False
        before = one.stamp
    return True


def clocks(greetings: list[Greeting], rate: i64) -> list[int] | None:
    """Return of which of two clocks with ``rate`` ticks a second each time stamp is, or None where
    they are of one clock, or of more than two."""
    begin = greetings[0].time
    lasted = elapsed(greetings[-1].time, begin)
    near = rate // 10 + lasted // SECOND * rate // 1000 + 2
    starts: list[int] = []
    sides: list[int] = []
    for one in greetings:
        ticks = elapsed(one.time, begin) // 1_000_000 * rate // 1000
        start = (one.stamp - ticks) & MASK32
        for side, known in enumerate(starts):
            if distance(start, i64(known)) <= near:
                sides.append(side)
                break
        else:
            if len(starts) == 2:
                return None
            starts.append(int(start))
            sides.append(len(starts) - 1)
    return sides if len(starts) == 2 else None


def distance(one: i64, other: i64) -> i64:
    """Return how far two 32-bit numbers are from each other."""
    forth = (one - other) & MASK32
    back = (other - one) & MASK32
    return forth if forth < back else back


def turns(sides: list[int]) -> int:
    """Return how often the side changes."""
    return sum(one != other for one, other in pairwise(sides))


def first_ttl(ttl: int) -> int:
    """Return the TTL that a host began with."""
    return next((first for first in FIRST_TTLS if first >= ttl), 255)


def differ(one: list[Greeting], other: list[Greeting]) -> bool:
    """Return whether no greeting of one host has the options of one of the other's."""
    mine = {options_of(greeting) for greeting in one if greeting.flags & SYN}
    theirs = {options_of(greeting) for greeting in other if greeting.flags & SYN}
    return bool(mine) and bool(theirs) and not mine & theirs


def options_of(greeting: Greeting) -> tuple[int, int, bool, bool]:
    """Return what a host decides of its options."""
    return (
        int(greeting.mss), int(greeting.scale), greeting.sack, greeting.stamp != NO_STAMP
    )  # fmt: skip


def has_options(greeting: Greeting) -> bool:
    """Return whether it offers a window scale and SACK."""
    return greeting.scale != NO_SCALE and greeting.sack


def carries_options(syn: Greeting, answer: Greeting) -> bool:
    """Return whether the low bits of the answer's time stamp are the options of the SYN, as in a
    SYN cookie of Linux: window scale, SACK, ECN."""
    scale = syn.scale if syn.scale != NO_SCALE else i64(15)
    low = scale & 15 | (16 if syn.sack else 0)
    bits = answer.stamp & ((1 << COOKIE_BITS) - 1)
    if (syn.flags & (ECE | CWR)) == ECE | CWR:
        bits &= 31
    return bits == low


def is_step(before: Try, after: Try) -> bool:
    """Return whether two answers to the same options have time stamps with the same low bits."""
    one, other = before.answer, after.answer
    return (
        one is not None
        and other is not None
        and options_of(before.syn) == options_of(after.syn)
        and (one.stamp ^ other.stamp) & ((1 << COOKIE_BITS) - 1) == 0
    )


def spread_of(run: list[Try]) -> int:
    """Return how far (ticks of a millisecond) time stamps go before and behind the time itself."""
    late: list[int] = []
    begin = run[0].answer
    for one in run:
        answer = one.answer
        if answer is not None and begin is not None:
            ticks = int(elapsed(answer.time, begin.time)) // 1_000_000
            late.append((int(answer.stamp) - int(begin.stamp) - ticks + HALF & MASK32) - HALF)
    return max(late) - min(late)


def is_of_server(greeting: Greeting) -> bool:
    """Return whether the sender answers: a SYN+ACK does, and a RST from the lower port."""
    if greeting.flags & SYN:
        return greeting.flags & ACK != 0
    key = greeting.key
    at = len(key) - 4
    return key[at : at + 2] < key[at + 2 :]


def denies(one: list[Greeting], other: list[Greeting]) -> bool:
    """Return whether one host knows nothing of a connection that the other has accepted: it
    answers with a RST that acknowledges nothing."""
    accepted = {greeting.key for greeting in other if greeting.flags & (SYN | ACK) == SYN | ACK}
    return any(greeting.flags & (RST | ACK) == RST and greeting.key in accepted for greeting in one)
