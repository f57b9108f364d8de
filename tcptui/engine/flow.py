"""A flow and its two endpoints: everything the engine remembers of a connection."""

from typing import Final

from librt.strings import (
    BytesWriter,
    read_i16_be,
    read_i32_be,
    read_i64_be,
    write_i16_be,
    write_i32_be,
)
from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64, mypyc_attr, u8

from tcptui.engine.coverage import Coverage
from tcptui.engine.ledger import Ledger
from tcptui.engine.names.names import FlowNames
from tcptui.engine.packets import NO_ROW
from tcptui.engine.saturation import elapsed, waited_since
from tcptui.engine.skipped_time import SkippedTime
from tcptui.engine.tcp_state.states import ASSUMED
from tcptui.engine.tcp_state.zeek_letters import NO_LETTERS, Letters
from tcptui.engine.wireshark.mptcp import MptcpConnection
from tcptui.engine.wireshark.outstanding import Outstanding
from tcptui.engine.wireshark.sack_blocks import SackBlocks

WINDOW_UNSEEN: Final = -1
"""`last_window` before the first packet: no 16-bit window equals it."""

SCALE_UNKNOWN: Final = -1
SCALE_UNUSED: Final = -2

DUP_MARK: Final = 0xFFFFFFFF
"""The count of duplicate ACKs after an ACKed unseen segment was reported (Wireshark)."""

UNKNOWN_MSS: Final = 0xFFFF
"""No payload is longer, so that none exceeds it."""
UNKNOWN_TTL: Final = -1
UNKNOWN_TIME: Final = -1

NO_FLOW: Final = -1

CLIENT: Final = 0
SERVER: Final = 1
NOBODY: Final = -1

ASKED_BY_CLIENT: Final = 1
AGREED_BY_SERVER: Final = 2
AGREED: Final = 3
TOLD_BY_OPTION: Final = 4
"""What tells that a flow uses accurate ECN: the SYNs of both sides, or an option."""

IPV4_KEY: Final = 12
IPV6_KEY: Final = 36
"""Bytes of a key: source, destination, source port, destination port."""


def source_of(key: bytes) -> bytes:
    """Return the source address of a key, in 4 or 16 bytes."""
    return key[:4] if len(key) == IPV4_KEY else key[:16]


def have_same_source(key: bytes, other: bytes) -> bool:
    """Return whether two keys have the same source address."""
    if len(key) != len(other):
        return False
    if len(key) == IPV4_KEY:
        return read_i32_be(key, 0) == read_i32_be(other, 0)
    return read_i64_be(key, 0) == read_i64_be(other, 0) and read_i64_be(key, 8) == read_i64_be(
        other, 8
    )


def reversed_key(key: bytes) -> bytes:
    """Return the key of the other direction."""
    half = i64(len(key) - 4) >> 1
    out = BytesWriter()
    at: i64 = half
    while at < 2 * half:
        write_i32_be(out, read_i32_be(key, at))
        at += 4
    at = 0
    while at < half:
        write_i32_be(out, read_i32_be(key, at))
        at += 4
    write_i16_be(out, read_i16_be(key, 2 * half + 2))
    write_i16_be(out, read_i16_be(key, 2 * half))
    return out.getvalue()


@mypyc_attr(acyclic=True)
class RepeatCounters:
    """Rarely needed counters of one endpoint, made when first asked for.

    Zeek's history tells every power of ten of them; times are in ns.
    """

    def __init__(self) -> None:
        self.gaps: i32 = 0  # in its data, acknowledged and not captured
        self.repeats: i32 = 0
        self.zero_windows: i32 = 0
        self.tried: i64 = 0  # when it last repeated itself
        self.gap: i64 = 0  # before that repetition


CONSECUTIVE_IDS: Final[i64] = 1
"""An endpoint's last two IP identifications were consecutive."""
SHARED_IDS: Final[i64] = 2
"""It skipped some where nothing was lost: packets to others have them."""
NUMBERED_REPAIRS: Final[i64] = 4
"""Of a segment lost before the capture point: the number of its repair tells that it was sent
again."""
OTHER_REPAIRS: Final[i64] = 8
"""Of another one, no number tells."""


class Endpoint:
    """One side of a flow.

    ``key`` is the address part of what this side sends: source address, destination address,
    source port, destination port, as in the packet. Sequence numbers are raw and stored as
    signed 32-bit numbers; read them through ``& MASK32``. There are many endpoints: the fields
    stand so that those of a size are together and leave no gaps.
    """

    def __init__(self, key: bytes) -> None:
        self.key: bytes = key
        self.flow: Flow
        self.peer: Endpoint
        self.packets: i32 = 0
        self.largest_payload: i32 = 0  # of one segment
        self.bytes: i64 = 0
        self.unique_bytes: i64 = 0

        # What tcp.analysis remembers of this side.
        self.base: i32 = 0
        self.next_exp: i32 = 0
        self.next_exp_frame: i32 = 0
        self.ack_limit: i32 = 0
        self.next_exp_time: i64 = 0
        self.last_ack: i32 = 0
        self.last_window: i32 = WINDOW_UNSEEN
        self.last_time: i64 = 0
        self.dup_count: i32 = 0
        self.dup_ref_frame: i32 = 0
        self.outstanding: Outstanding | None = None
        self.sack_blocks: SackBlocks | None = None
        self.push_bytes: i32 = 0
        self.last_flags: i16 = 0
        self.scale: i16 = SCALE_UNKNOWN
        self.mss_bits: i16 = -1  # sixteen bits without a sign: see `mss`
        self.base_known: bool = False
        self.in_flight_valid: bool = True
        self.push_seen: bool = False
        self.no_scale_yet: bool = False
        self.end_without_payload: bool = True  # what set `next_exp` carried none
        self.mptcp_seen: u8 = 0

        # How it sends, and which bytes passed here.
        self.nagle_off: bool = False  # it sent tiny segments before the last was acknowledged
        self.ip_ids: u8 = 0  # CONSECUTIVE_IDS and the bits after it
        self.highest_known: bool = False
        self.offers_scps: bool = False
        self.highest: i32 = 0
        self.holes: Coverage | None = None

        # The state machine: written by tcptui.engine.tcp_state alone, whose text explains it.
        self.state: i16 = 0
        self.certainty: i16 = i16(ASSUMED)  # of the state, with all doubts that stand against it
        self.certainty_without_doubts: i16 = i16(ASSUMED)  # what it is as soon as no doubt stands
        self.state_if_lost: i16 = 0  # the state if the unproven segment did not arrive
        self.facts: i16 = 0  # bits of tcp_state.states: what it sent and received
        self.doubts: i16 = 0  # bits of tcp_state.states: why the state is only assumed
        self.unanswered_tries: i16 = 0  # repetitions since the peer was last heard
        self.isn: i32 = 0  # the SYN's number
        self.fin_end: i32 = 0  # the number behind the FIN
        self.highest_ack: i32 = 0  # the furthest acknowledgment that this side sent
        self.proven_by_ack_beyond: i32 = 0  # such an ACK by this side proves its unproven state
        self.state_since: i64 = 0  # when the state was entered (ns)
        self.rst_seq: i32 = 0  # the number of its last RST
        self.zeek_letters: u8 = 0  # which letters that come once are in Zeek's history
        self.zeek_states: u8 = 0  # Zeek's state of it, and the state before << 4

        # Timing and repetitions.
        self.last_ip_id: i16 = 0
        self.first_ttl: i16 = UNKNOWN_TTL  # of its first segment: see tcptui.engine.voices
        self.tiny_run: i32 = 0  # tiny segments in a row
        self.fastest_ack: i32 = UNKNOWN_TIME  # of the peer's data by a pure ACK (µs)
        self.repeat_counters: RepeatCounters | None = None

    @property
    def address(self) -> bytes:
        """The address, in 4 or 16 bytes."""
        return source_of(self.key)

    @property
    def port(self) -> int:
        key = self.key
        return i64(read_i16_be(key, 8 if len(key) == IPV4_KEY else 32)) & 0xFFFF

    @property
    def mss(self) -> i64:
        """The MSS that its SYN told, or that the rules assume for it; `UNKNOWN_MSS` before."""
        return i64(self.mss_bits) & 0xFFFF

    def set_mss(self, mss: i64) -> None:
        """Take an MSS, 0 to 65535."""
        self.mss_bits = i16((mss ^ 0x8000) - 0x8000)

    def has(self, facts: i64) -> bool:
        """Return whether one of ``facts``, bits of tcp_state.states, is known of this side."""
        return (i64(self.facts) & facts) != 0

    def add(self, facts: i64) -> None:
        """Remember ``facts`` of this side."""
        self.facts = i16(i64(self.facts) | facts)

    def drop(self, facts: i64) -> None:
        """Forget ``facts`` of this side: they were wrong, or are over."""
        self.facts = i16(i64(self.facts) & ~facts)

    def has_doubt(self, doubts: i64) -> bool:
        """Return whether one of ``doubts``, bits of tcp_state.states, stands against its state."""
        return (i64(self.doubts) & doubts) != 0

    def add_doubt(self, doubts: i64) -> None:
        """Let ``doubts`` stand against its state, which is assumed from now on."""
        self.doubts = i16(i64(self.doubts) | doubts)

    def drop_doubt(self, doubts: i64) -> None:
        """Remove ``doubts``: something has shown that they do not apply."""
        self.doubts = i16(i64(self.doubts) & ~doubts)

    def restore(self, isn: int, facts: int) -> None:
        """Take what the state machines of another process found: its SYN's number, and the
        ``facts``."""
        self.isn = i32(isn)
        self.facts = i16(facts)

    @property
    def repeated_at(self) -> i64:
        """The time (ns) at which this side last repeated itself, or 0 if it never did."""
        counters = self.repeat_counters
        if counters is None:
            return 0
        return counters.tried

    @property
    def repeat_gap(self) -> i64:
        """The time (ns) that passed before this side's last repetition."""
        counters = self.repeat_counters
        if counters is None:
            return 0
        return counters.gap

    def own_repeat_counters(self) -> RepeatCounters:
        """Return this side's counters of repetitions, made when first asked for."""
        counters = self.repeat_counters
        if counters is None:
            counters = RepeatCounters()
            self.repeat_counters = counters
        return counters


class Flow:
    """One connection: a `tcp.stream`.

    Times are nanoseconds since the epoch. ``counts`` has a number for each bit of ``bits``, the
    analysis flags that its segments carry, the lowest first. ``skipped`` are its times in which
    the capture's clock jumped: how long anything took is asked of :meth:`time_between`.
    """

    def __init__(self, index: i64, first: Endpoint, second: Endpoint, time: i64) -> None:
        self.index: i32 = i32(index)
        self.answered_requests: i32 = 0
        self.client: Endpoint = first
        self.server: Endpoint = second
        self.first_time: i64 = time
        self.last_time: i64 = time
        self.first_row: i32 = NO_ROW
        self.last_row: i32 = NO_ROW
        self.packets: i32 = 0
        self.syn_to_synack: i32 = UNKNOWN_TIME  # time at the capture point (µs)
        self.syn_time: i64 = 0
        self.irtt: i64 = 0
        self.irtt_row: i32 = NO_ROW
        self.completeness: i16 = 0
        self.last_data_side: i16 = NOBODY  # which side sent new data last
        self.path: i32 = 0
        self.has_pending: bool = False  # something at an endpoint is in progress: see Pending
        self.is_watched: bool = False  # its first messages are not whole: see names.naming
        self.mss: i16 = 0  # the smaller one of both SYNs; 0 if unknown
        self.mptcp: MptcpConnection | None = None
        self.bits: i32 = 0
        self.server_time: i64 = 0  # how long it waited for the server's application (ns)
        self.before: i32 = NO_FLOW  # the flow before on the same ports
        self.first_fin: i16 = NOBODY  # which side sent the first FIN
        self.has_fast_open_data: bool = False  # it came with a SYN and a cookie
        self.accurate_ecn: u8 = 0  # see AGREED
        self.counts: vec[i32] = vec[i32]()

        # The state machines: written by tcptui.engine.tcp_state alone, but for the states
        # before a reuse, which are those of another flow.
        self.zeek_history: Letters = NO_LETTERS
        self.states: i32 = 0  # both, packed as in the packet columns
        self.facts: i16 = 0  # bits of tcp_state.states: how it opened and closed
        self.settled: bool = False  # a plain segment changes no state and no certainty
        self.hang_told: bool = False  # an event has said that it hangs
        self.states_before_reuse: i32 = 0  # of the connection before on the same ports

        # Where the time goes, and what is odd.
        self.client_time: i64 = 0  # how long it waited for the client's application (ns)
        self.last_progress: i64 = time  # new data, or data sent again (ns)
        self.skipped: SkippedTime | None = None
        self.ledger: Ledger | None = None
        self.names: FlowNames | None = None  # written by tcptui.engine.names alone

    def skip_time(self, until: i64) -> None:
        """Count the time (ns) from the last segment on as nobody's."""
        skipped = self.skipped
        if skipped is None:
            skipped = SkippedTime()
            self.skipped = skipped
        skipped.add(self.last_time, until)

    def skipped_between(self, start: i64, end: i64) -> i64:
        """Return how much of the time (ns) between two moments was nobody's."""
        skipped = self.skipped
        return 0 if skipped is None else skipped.within(start, end)

    def elapsed_between(self, start: i64, end: i64) -> i64:
        """Return how long (ns) it was from ``start`` to ``end``, without the times in which the
        capture's clock jumped; below 0 where it went back."""
        return elapsed(end, start) - self.skipped_between(start, end)

    def time_between(self, start: i64, end: i64) -> i64:
        """Return how long (ns) it was from ``start`` to ``end``, without the times in which the
        capture's clock jumped; never negative, also where it went back."""
        return waited_since(end, start) - self.skipped_between(start, end)

    def moment_before(self, moment: i64, time: i64) -> i64:
        """Return when it was ``time`` ns before a moment, as :meth:`time_between` counts."""
        skipped = self.skipped
        if skipped is None:
            return elapsed(moment, time)
        return skipped.moment_before(moment, time)

    def lasted(self) -> i64:
        """Return how long (ns) it was from the first segment to the last, as
        :meth:`elapsed_between` counts."""
        return self.elapsed_between(self.first_time, self.last_time)

    def active_time(self) -> i64:
        """Return how long (ns) it was from the first segment to the last data, as
        :meth:`time_between` counts."""
        return self.time_between(self.first_time, self.last_progress)

    def side_of(self, end: Endpoint) -> i64:
        """Return `SERVER` or `CLIENT`: which end of the flow ``end`` is."""
        return SERVER if end is self.server else CLIENT

    def has(self, facts: i64) -> bool:
        """Return whether one of ``facts``, bits of tcp_state.states, is known of this flow."""
        return (i64(self.facts) & facts) != 0

    def add(self, facts: i64) -> None:
        """Remember ``facts`` of this flow."""
        self.facts = i16(i64(self.facts) | facts)

    def drop(self, facts: i64) -> None:
        """Forget ``facts`` of this flow: they were wrong."""
        self.facts = i16(i64(self.facts) & ~facts)

    def count_flags(self, analysis: i64) -> None:
        """Count the analysis flags of one more segment."""
        bits = i64(self.bits)
        if (analysis & ~bits) != 0:
            bits |= analysis
            self.make_room(bits)
        bit: i64 = 0
        at: i64 = 0
        while (bits >> bit) != 0:
            if ((bits >> bit) & 1) != 0:
                if ((analysis >> bit) & 1) != 0:
                    self.counts[at] += 1
                at += 1
            bit += 1

    def make_room(self, bits: i64) -> None:
        """Make a count for each of ``bits``: keep those that were there and add new ones."""
        counts = vec[i32]()
        bit: i64 = 0
        while (bits >> bit) != 0:
            if ((bits >> bit) & 1) != 0:
                counts = append(counts, i32(self.count_at(bit)))
            bit += 1
        self.counts = counts
        self.bits = i32(bits)

    def count_at(self, number: i64) -> i64:
        """Return how many segments of this flow carry the analysis flag whose bit has this
        number."""
        below = i64(self.bits)
        if ((below >> number) & 1) == 0:
            return 0
        below &= (1 << number) - 1
        at: i64 = 0
        while below != 0:
            below &= below - 1
            at += 1
        return i64(self.counts[at])

    def count_of(self, bit: int) -> int:
        """Return how many segments of this flow carry the analysis flag ``bit``."""
        return int(self.count_at(bit.bit_length() - 1))

    def count_of_any(self, bits: int) -> int:
        """Return how many segments carry one of ``bits``, flags that exclude each other."""
        return sum(self.count_of(1 << n) for n in range(bits.bit_length()) if bits >> n & 1)
