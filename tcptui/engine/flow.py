"""A flow and its two endpoints: everything the engine remembers of a connection."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64, u8

from tcptui.engine.ledger import Ledger
from tcptui.engine.letters import NO_LETTERS, Letters
from tcptui.engine.packets import NO_ROW
from tcptui.engine.sequence import MASK32
from tcptui.engine.timing.coverage import Coverage
from tcptui.engine.wireshark.mptcp import MptcpConnection
from tcptui.engine.wireshark.outstanding import Outstanding

WINDOW_UNSEEN: Final = -1
"""`last_window` before the first packet: no 16-bit window equals it."""

SCALE_UNKNOWN: Final = -1
SCALE_UNUSED: Final = -2

DUP_MARK: Final = 0xFFFFFFFF
"""The count of duplicate ACKs after an ACKed unseen segment was reported (Wireshark)."""

UNKNOWN_TTL: Final = -1
UNKNOWN_TIME: Final = -1

NOBODY: Final = -1

IPV4_KEY: Final = 12
"""Bytes of an IPv4 key: source, destination, source port, destination port."""


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
        self.largest: i32 = 0  # payload of its largest segment
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
        self.sacked: i32 = 0
        self.push_bytes: i32 = 0
        self.last_flags: i16 = 0
        self.scale: i16 = SCALE_UNKNOWN
        self.base_known: bool = False
        self.bif_ok: bool = True
        self.push_seen: bool = False
        self.no_scale_yet: bool = False
        self.mptcp_seen: u8 = 0

        # How it sends, and which bytes passed here.
        self.eager: bool = False  # it sends small segments before the last is acknowledged
        self.in_step: bool = False  # its last two IP identifications followed each other
        self.highest_known: bool = False
        self.highest: i32 = 0
        self.holes: Coverage | None = None

        # The state machine; `facts` and `doubts` are the bits of tcptui.engine.tcp_state.facts.
        self.state: i16 = 0
        self.certainty: i16 = 0
        self.known: i16 = 0  # the certainty where no doubt stands against it
        self.otherwise: i16 = 0  # the state if the doubtful segment did not arrive
        self.facts: i16 = 0
        self.doubts: i16 = 0
        self.tries: i16 = 0  # repetitions since the peer was last heard
        self.ttl: i16 = UNKNOWN_TTL
        self.isn: i32 = 0  # the SYN's number
        self.fin_end: i32 = 0  # the number behind the FIN
        self.acked: i32 = 0  # the highest acknowledgment that this side sent
        self.proof: i32 = 0  # an acknowledgment beyond it proves the doubtful state
        self.tiny: i32 = 0  # tiny segments in a row
        self.fastest_ack: i32 = UNKNOWN_TIME  # of the peer's data by a pure ACK (µs)
        self.since: i64 = 0  # when the state was entered (ns)
        self.rst_seq: i32 = 0
        self.ip_id: i16 = 0
        self.letters: u8 = 0  # Zeek: which letters of the history are there
        self.zeek: u8 = 0  # Zeek: state, and the state before << 4
        self.repeat_counters: RepeatCounters | None = None

    @property
    def address(self) -> bytes:
        """4 or 16 bytes."""
        return self.key[:4] if len(self.key) == IPV4_KEY else self.key[:16]

    @property
    def port(self) -> int:
        at = 8 if len(self.key) == IPV4_KEY else 32
        return self.key[at] << 8 | self.key[at + 1]

    @property
    def tried(self) -> i64:
        """When it last repeated itself (ns); 0 if it never did."""
        counters = self.repeat_counters
        if counters is None:
            return 0
        return counters.tried

    @property
    def gap(self) -> i64:
        """The time before that repetition (ns)."""
        counters = self.repeat_counters
        if counters is None:
            return 0
        return counters.gap

    def own_repeat_counters(self) -> RepeatCounters:
        """Its counters of repetitions, made when first asked for."""
        counters = self.repeat_counters
        if counters is None:
            counters = RepeatCounters()
            self.repeat_counters = counters
        return counters

    def relative(self, seq: i64) -> i64:
        """A raw sequence number of this side, counted from its initial one."""
        return (seq - i64(self.base)) & MASK32


class Flow:
    """One connection: a `tcp.stream`.

    Times are nanoseconds since the epoch. ``counts`` has a number for each bit of ``bits``, the
    analysis flags that its segments carry, the lowest first.
    """

    def __init__(self, index: i64, first: Endpoint, second: Endpoint, time: i64) -> None:
        self.index: i32 = i32(index)
        self.turns: i32 = 0  # requests that were answered
        self.client: Endpoint = first
        self.server: Endpoint = second
        self.first_time: i64 = time
        self.last_time: i64 = time
        self.first_row: i32 = NO_ROW
        self.last_row: i32 = NO_ROW
        self.packets: i32 = 0
        self.split: i32 = UNKNOWN_TIME  # from SYN to SYN+ACK here (µs)
        self.syn_time: i64 = 0
        self.irtt: i64 = 0
        self.irtt_row: i32 = NO_ROW
        self.completeness: i16 = 0
        self.talker: i16 = NOBODY  # who sent new data last
        self.path: i32 = 0
        self.alert: bool = False  # something in `ledger` is not over yet
        self.mptcp: MptcpConnection | None = None
        self.bits: i32 = 0
        self.server_time: i32 = 0  # how long it waited for the server's application (µs)
        self.counts: vec[i32] = vec[i32]()

        # The state machines.
        self.states: i32 = 0  # both, as in the packet columns
        self.facts: i16 = 0
        self.settled: bool = False  # a plain segment changes no state
        self.hangs: bool = False  # an event has said so
        self.reused: i32 = 0  # both states of the connection before on the same ports
        self.client_time: i32 = 0  # how long it waited for the client's application (µs)
        self.history: Letters = NO_LETTERS

        # Where the time goes.
        self.mark: i64 = time  # when it last went on: new data, or data sent again
        self.ledger: Ledger | None = None

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
        """A count for each of ``bits``, those that were there and new ones."""
        counts = vec[i32]()
        bit: i64 = 0
        while (bits >> bit) != 0:
            if ((bits >> bit) & 1) != 0:
                counts = append(counts, i32(self.count_at(bit)))
            bit += 1
        self.counts = counts
        self.bits = i32(bits)

    def count_at(self, number: i64) -> i64:
        """How many segments of this flow carry the analysis flag with this number of a bit."""
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
        """How many segments of this flow carry the analysis flag ``bit``."""
        return int(self.count_at(bit.bit_length() - 1))

    def count_of_any(self, bits: int) -> int:
        """How many segments carry one of ``bits``, flags that exclude each other."""
        return sum(self.count_of(1 << n) for n in range(bits.bit_length()) if bits >> n & 1)
