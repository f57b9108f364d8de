"""The engine turns the records of a capture into flows and packet columns.

It does so in one pass, without I/O and without a clock.
"""

from typing import Final, Protocol

from librt.strings import read_i16_be, read_i32_be
from librt.vecs import vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.clock_jumps import LONGEST_SILENCE, ClockJumps
from tcptui.engine.coverage import Coverage
from tcptui.engine.decode.decoder import OTHERS, Decoder, is_dns
from tcptui.engine.events import LARGEST_MTU, MTU_SHIFT, SHORT_QUOTE_MARK, EventKind, Events, Side
from tcptui.engine.eviction import Eviction
from tcptui.engine.fingerprints import Fingerprints
from tcptui.engine.flow import UNKNOWN_TTL, Endpoint, Flow, reversed_key
from tcptui.engine.greetings import Greetings
from tcptui.engine.header_fields import ttl_of
from tcptui.engine.hosts import Hosts
from tcptui.engine.interface_names import NAMELESS, InterfaceName
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.names.naming import Naming
from tcptui.engine.names.owner import Owner
from tcptui.engine.packets import (
    BLOCK_MASK,
    DSACK,
    ENDS_IN_HEADER,
    FROM_SERVER,
    HAS_RECORD,
    NO_LENGTH,
    NO_ROW,
    REPEATS_BYTES,
    Block,
    Packets,
    s16,
)
from tcptui.engine.recent_senders import RecentSenders
from tcptui.engine.records import FILE_SHIFT, SECOND_FILE
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import MASK32, gt, lt, s32
from tcptui.engine.share import Share
from tcptui.engine.tcp_header import ACK, FIN, FLAG_BITS, RST, SYN, TCP_READABLE
from tcptui.engine.tcp_options import Options
from tcptui.engine.tcp_state.lifecycle import Lifecycle
from tcptui.engine.tcp_state.states import FIN_OUT, SYN_ACK_OUT, SYN_OUT
from tcptui.engine.timing.accounting import TimeAccounting
from tcptui.engine.transfers import Transfers
from tcptui.engine.voices import Voices
from tcptui.engine.wireshark.completeness import COMPLETE_SYN
from tcptui.engine.wireshark.flags import DUPLICATE_ACK, RESENT, REUSED_PORTS
from tcptui.engine.wireshark.rules import Rules
from tcptui.engine.wireshark.segment_analysis import SegmentAnalysis

NO_WINDOW: Final = b"\0\0"
"""Stands behind a quote that ends before the window, which nothing asks of a quote."""
MOST_ROUTERS: Final = 10_000
"""Flows of which is remembered whose ICMP error came last."""


class Columns(Protocol):
    """The records of a batch, as columns.

    Time (ns), position in the capture, where a packet's bytes begin in the chunk, its captured
    bytes and those on the wire, the number of its interface.

    One object, not six arguments: a compiled function that interpreted code gives a ``vec`` keeps
    it for good (mypyc 2.4).
    """

    @property
    def time(self) -> vec[i64]: ...

    @property
    def position(self) -> vec[i64]: ...

    @property
    def offset(self) -> vec[i64]: ...

    @property
    def captured(self) -> vec[i64]: ...

    @property
    def original(self) -> vec[i64]: ...

    @property
    def interface(self) -> vec[i64]: ...


class Engine:
    """Analyses a capture packet by packet.

    ``flows[i]`` is `tcp.stream` ``i``; ``packets`` has a row for each TCP segment; ``events``
    has what is not a segment. ``frames`` counts all packets, ``last_time`` is the time of the
    last one (ns; 0 before the first), ``now`` the same or what :meth:`tick` said since.
    ``routers`` has for each flow that an ICMP error quotes the address of its sender;
    ``transfers`` are the large ones, once somebody asks for them; ``naming`` has the names of
    flows, or is None for an engine that is not to read payload. One that is asked for its
    ``rows_only`` does not account for what whole flows have: times, losses, greetings.
    An engine that is given a ``share`` before the first packet sees all of them but analyses
    only its own: flows and rows are numbered among these, frames in the whole capture. One that
    is given a place for ``fingerprints`` keeps them too. ``has_several_files`` says whether a
    packet came from another file than the first; ``at_two_points`` is what another share of the
    analysis has found: that files hold the same packets.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules: Rules = rules
        self.decoder: Final[Decoder] = Decoder()
        self.flows: Final[list[Flow]] = []
        self.packets: Final[Packets] = Packets()
        self.events: Final[Events] = Events()
        self.frames: i64 = 0
        self.first_time: i64 = 0
        self.last_time: i64 = 0
        self.last_position: i64 = 0
        self.now: i64 = 0
        self.endpoints: Final[dict[bytes, Endpoint]] = {}
        self.recent: Final[RecentSenders] = RecentSenders()
        self.eviction: Final[Eviction] = Eviction()
        self.analysis: Final[SegmentAnalysis] = SegmentAnalysis(rules)
        self.options: Final[Options] = self.analysis.options
        self.voices: Final[Voices] = Voices(self.packets)
        self.greetings: Final[Greetings] = Greetings(self.decoder.paths)
        self.hosts: Hosts | None = None
        self.hosts_of: i64 = 0
        self.lifecycle: Final[Lifecycle] = Lifecycle(self.events, self.voices)
        self.jumps: Final[ClockJumps] = self.lifecycle.clock.jumps
        self.segment: Final[Segment] = Segment()
        self.time_accounting: Final[TimeAccounting] = TimeAccounting(
            self.packets, self.segment, self.options, self.voices
        )
        self.row: i64 = 0
        self.block: Block = self.packets.empty  # the one of the last row
        self.share: Share | None = None
        self.routers: dict[int, bytes] = {}
        self.fingerprints: Fingerprints | None = None
        self.has_several_files: bool = False
        self.at_two_points: bool = False
        self.transfers: Final[Transfers] = Transfers()
        self.naming: Naming | None = Naming()
        self.rows_only: bool = False
        self.interfaces: list[InterfaceName] = []
        self.after_other: bool = False  # the last packet has no row

    @property
    def segments(self) -> int:
        """TCP segments of the whole capture, other shares' too."""
        return int(self.packets.count) + (int(self.share.elsewhere) if self.share else 0)

    def add_interface(self, link_type: int, name: InterfaceName = NAMELESS) -> None:
        """Announce the next interface (numbered from 0) before its first packet."""
        self.decoder.add_interface(link_type)
        self.interfaces.append(name)

    def name_hosts(self, hosts: dict[bytes, bytes]) -> None:
        """Take the names that the capture's file has of addresses."""
        if self.naming is not None:
            self.naming.lookups.name_hosts(hosts)

    @property
    def named_flows(self) -> "Engine | None":
        """What has the flows, where they have names."""
        return None if self.naming is None else self

    def name_owner(self, flow: Flow, owner: Owner) -> None:
        """Note the process that a flow belongs to, unless it was let go of."""
        if self.naming is not None and flow.index >= 0:
            self.naming.own(flow).owner = owner

    def feed(
        self,
        chunk: bytes,
        start: i64,
        stop: i64,
        records: Columns,
    ) -> None:
        """Analyse the records ``start`` … ``stop - 1`` of a batch, whose bytes are in ``chunk``.

        Rows are published when all are done.
        """
        time = records.time
        position = records.position
        offset = records.offset
        captured = records.captured
        original = records.original
        interface = records.interface
        clock = self.lifecycle.clock
        decoder = self.decoder
        share = self.share
        if self.frames == 0 and start < stop:
            self.first_time = time[start]
            if share is None or share.sees_all:
                clock.begin(self.first_time)
        after_other = self.after_other
        i = start
        while i < stop:
            now = time[i]
            if now >= clock.due:
                before = time[i - 1] if i > start else self.now
                last_position = position[i - 1] if i > start else self.last_position
                self.pass_time(before, now, last_position, position[i])
            if position[i] >= SECOND_FILE:
                self.has_several_files = True
            self.frames += 1
            size = captured[i]
            count = decoder.decode(chunk, offset[i], size, original[i], interface[i], share)
            if count == OTHERS:
                after_other = True
                i += 1
                continue
            uncaptured = original[i] - size
            row = self.row
            n: i64 = 0
            while n < count:
                at = decoder.found[n]
                if is_dns(at.data, at.offset):
                    self.read_dns_segment(at)
                if (
                    share is None
                    or decoder.is_taken
                    or share.takes(at.key_data, at.key_start, at.key_size, at.quoted)
                ):
                    self.take_header(at, now, position[i], size)
                n += 1
            if count == 0 and len(decoder.cursor.dns_message) > 0:
                self.read_dns_datagram()
            if self.row == row:
                after_other = True
            elif after_other:
                if share is None or share.keeps_times:
                    self.packets.note_other(row, time[i - 1] if i > start else self.last_time)
                after_other = False
            if count > 1 and share is not None and self.row != row:
                share.note_frame(decoder.found, count, self.row - row)
            if uncaptured > 0:
                while row < self.row:
                    self.packets.note_cut(row, uncaptured)
                    row += 1
            i += 1
        self.after_other = after_other
        if start < stop:
            self.last_time = time[stop - 1]
            self.last_position = position[stop - 1]
        self.now = self.last_time
        self.packets.count = self.row

    def pass_time(self, before: i64, now: i64, last_position: i64, position: i64) -> None:
        """Let the time of the next packet come, at its position in the capture, after the last one:
        ``before`` and ``last_position``."""
        jumps = self.lifecycle.clock.tick(self.flows, self.row, before, now)
        is_same_file = last_position >> FILE_SHIFT == position >> FILE_SHIFT
        if jumps and is_same_file and before != 0:
            self.jumps.note_inside(self.frames + 1, before, now)

    def tick(self, now: i64) -> None:
        """Let time go on without a packet: ``now`` in ns on the packets' clock (live view)."""
        if now > self.now:
            if now >= self.lifecycle.clock.due:
                self.lifecycle.clock.tick(self.flows, self.row, self.now, now)
            self.now = now
            self.transfers.look_again()

    def jumps_behind(self, flow: Flow) -> bool:
        """Return whether the capture's clock jumps behind a flow's last segment."""
        return self.jumps.is_behind(i64(flow.last_row))

    def watched_until(self, flow: Flow) -> int:
        """Return until when (ns) the capture shows that a flow has no further segment: up to now,
        or to where its clock jumps."""
        jumps, row = self.jumps, i64(flow.last_row)
        return int(jumps.last_before(row) if jumps.is_behind(row) else self.now)

    def evict(self, position: i64, most_packets: i64, most_flows: i64) -> None:
        """Let go of packets below ``position``, and of what is beyond the limits (0: none).

        Packets go by blocks, the oldest first; flows only once they are over. For a capture
        that has no end; call it often, as each call goes some way only.
        """
        self.packets.evict_blocks(position, most_packets)
        if self.packets.first > 0 and self.packets.first < self.packets.count:
            self.events.evict_before(self.packets.time(self.packets.first))
            self.time_accounting.journal.forget_cases(self.packets.first)
        if most_flows > 0:
            before = self.eviction.flows
            self.eviction.evict_flows(self.flows, self.endpoints, most_flows, self.now)
            if self.eviction.flows != before:
                self.recent.forget_all()
                if self.naming is not None:
                    self.naming.forget_gone(self.flows)

    def finish(self) -> None:
        """Take note that the capture is at its end: nothing more will be fed, and nobody be looked
        for by addresses and ports."""
        self.packets.count = self.row
        self.transfers.look_again()
        self.recent.forget_all()
        self.endpoints.clear()

    def keep_headers(self) -> None:
        """Let go of what only further packets or the screen would ask for, once the capture is at
        its end."""
        self.packets.keep_header_columns()

    def take_header(
        self, at: HeaderLocation, time: i64, position: i64, packet_captured: i64
    ) -> None:
        """Take one TCP header, from finding its flow to its row in the columns.

        The order of the calls is the specification: each knows what those before it have found.
        """
        data = at.data
        offset = at.offset
        seg = self.segment
        seg.clear()
        if at.quoted and at.captured < TCP_READABLE:
            if at.captured < self.rules.quoted_from:
                self.take_short_quote(at, time)
                return
            data = data[: offset + at.captured] + NO_WINDOW
            at.data = data
        offset_and_flags = i64(read_i16_be(data, offset + 12))
        header_length = (offset_and_flags >> 10) & 0x3C
        seg.row = self.row
        seg.frame = self.frames
        seg.time = time
        seg.flags = offset_and_flags & FLAG_BITS
        seg.seq = i64(read_i32_be(data, offset + 4)) & MASK32
        seg.ack = i64(read_i32_be(data, offset + 8)) & MASK32
        seg.window = i64(read_i16_be(data, offset + 14)) & 0xFFFF
        seg.virt = 0
        if (seg.flags & (SYN | FIN)) != 0:
            seg.virt = 1
        seg.length = NO_LENGTH
        if at.sized and not at.quoted and at.reported >= header_length:
            seg.length = at.reported - header_length

        created = False
        found = self.find_sender(at)
        if found is None:
            sender = self.open_flow(at, seg)
            created = True
        else:
            sender = found
            if (seg.flags & SYN) != 0 and sender.base_known:
                sender = self.meet_syn(at, sender, seg)
                created = sender is not found
        flow = sender.flow
        if (seg.flags & RST) != 0 or sender.first_ttl == UNKNOWN_TTL:
            seg.ttl = ttl_of(at)
            seg.heard_before = sender.last_time
        attributes = self.analysis.analyse_segment(at, header_length, flow, sender, seg, created)
        if at.quoted:
            self.note_icmp_error(flow, sender, at, time, 0)
            return
        self.add_row(flow, sender, seg, position, packet_captured, attributes, at)

    def find_sender(self, at: HeaderLocation) -> Endpoint | None:
        """Return the endpoint that sent the segment; None if its four-tuple is new."""
        found = self.recent.find(at)
        if found is None:
            found = self.endpoints.get(at.key)
            if found is not None:
                self.recent.remember(found)
        return found

    def open_flow(self, at: HeaderLocation, seg: Segment) -> Endpoint:
        """Open a flow for this four-tuple, and return the endpoint that sent the segment."""
        key = at.key
        sender = Endpoint(key)
        other = reversed_key(key)
        receiver = Endpoint(other)
        if self.share is not None:
            self.share.note_flow(self.flows)
        flow = Flow(i64(len(self.flows)), sender, receiver, seg.time)
        sender.flow = flow
        receiver.flow = flow
        sender.peer = receiver
        receiver.peer = sender
        if not self.rules.counts_in_flight_at_once:
            sender.in_flight_valid = False
            receiver.in_flight_valid = False
        syn = seg.flags & (SYN | ACK)
        if syn == (SYN | ACK) or ((syn & SYN) == 0 and sender.port < receiver.port):
            flow.client = receiver
            flow.server = sender
        flow.path = i32(at.path)
        self.flows.append(flow)
        if self.naming is not None and not self.naming.lookups.is_empty:
            self.naming.open_flow(flow)
        if other != key:
            self.endpoints[other] = receiver
            self.recent.remember(receiver)
        self.endpoints[key] = sender
        self.recent.remember(sender)
        return sender

    def meet_syn(self, at: HeaderLocation, sender: Endpoint, seg: Segment) -> Endpoint:
        """Return the sender of a SYN whose four-tuple is known: of the same connection, or of the
        ports' next one."""
        if self.rules.begins_stream(sender, seg):
            before = sender.flow
            sender = self.open_flow(at, seg)
            sender.flow.states_before_reuse = before.states
            sender.flow.before = before.index
            if self.rules.shows_reuse:
                sender.flow.completeness = i16(COMPLETE_SYN)
            seg.analysis |= REUSED_PORTS
        else:
            base = i64(sender.base) & MASK32
            self.analysis.meet_syn(sender, seg)
            if seg.seq != base:
                self.note_moved_base(sender, seg, base)
        return sender

    def note_moved_base(self, sender: Endpoint, seg: Segment, old: i64) -> None:
        """Note a SYN+ACK with another initial number: relative numbers count from there now."""
        flow = sender.flow
        side = Side.CLIENT if sender is flow.client else Side.SERVER
        self.events.add(
            seg.time,
            i64(flow.index),
            i64(flow.last_row),
            EventKind.BASE_MOVED.value,
            side.value,
            old,
        )

    def number_of(self, flow: i64) -> int:
        """Return the number in the whole capture of a flow of this engine."""
        return int(flow) if self.share is None else int(self.share.number_of(flow))

    def name_of(self, flow: Flow) -> str:
        """Return the name that says best whose flow it is; an empty text where none is known."""
        naming = self.naming
        return "" if naming is None else naming.name_of(flow)

    def owner_of(self, flow: Flow) -> Owner | None:
        """Return the process that a flow belongs to; None where it is not known."""
        naming = self.naming
        names = None if naming is None else naming.of(flow)
        return None if names is None else names.owner

    def known_hosts(self) -> Hosts:
        """Return what all greetings so far tell of the hosts behind the addresses."""
        known = self.hosts
        if known is None or self.hosts_of != self.greetings.count:
            known = Hosts(self.greetings)
            self.hosts = known
            self.hosts_of = self.greetings.count
        return known

    def note_icmp_error(
        self, flow: Flow, sender: Endpoint, at: HeaderLocation, time: i64, mark: i64
    ) -> None:
        """Note an ICMP error that quotes a segment; the event has ``mark`` too."""
        side = Side.CLIENT if sender is flow.client else Side.SERVER
        mtu = at.mtu if at.mtu < LARGEST_MTU else LARGEST_MTU
        value = at.icmp | mtu << MTU_SHIFT
        self.events.add(
            time,
            i64(flow.index),
            i64(flow.last_row),
            EventKind.ICMP_ERROR.value,
            side.value,
            value | mark,
        )
        self.lifecycle.note_observation(sender, self.segment, LedgerKind.ICMP_ERROR, 0, value)
        if len(self.routers) < MOST_ROUTERS:
            self.routers[int(flow.index)] = at.router

    def take_short_quote(self, at: HeaderLocation, time: i64) -> None:
        """Take an ICMP error with less of a TCP header than Wireshark reads.

        Its ports tell the flow, if there is one, all the same.
        """
        sender = self.find_sender(at)
        if sender is not None:
            self.segment.frame = self.frames
            self.note_icmp_error(sender.flow, sender, at, time, SHORT_QUOTE_MARK)

    def add_row(
        self,
        flow: Flow,
        sender: Endpoint,
        seg: Segment,
        position: i64,
        packet_captured: i64,
        attributes: i64,
        at: HeaderLocation,
    ) -> None:
        """Write the segment's row and count it on its flow."""
        row = self.row
        if i64(flow.last_row) < self.jumps.last_row:
            self.skip_time(flow, seg.time)
        packets = self.packets
        i = row & BLOCK_MASK
        if i == 0:
            self.block = packets.add_block()
        block = self.block
        if sender is flow.server:
            attributes |= FROM_SERVER
        repeats_bytes = seg.length > 0 and self.cover_payload(
            flow, sender, seg.first_byte(), seg.length
        )
        if repeats_bytes:
            attributes |= REPEATS_BYTES
        elif (seg.flags & FIN) != 0 and seg.length == 0:
            self.open_hole_before_fin(flow, sender, seg.seq)
        if self.options.dsack:
            attributes |= DSACK
        if self.options.aborted:
            attributes |= ENDS_IN_HEADER
        else:
            attributes |= seg.attributes
        if not self.options.aborted and seg.has_record:
            attributes |= HAS_RECORD
            # What is 0 in most segments has not to be written: a new block is all zeros.
            if seg.acks_frame != 0:
                block.acks[i] = i32(seg.acks_frame)
            if packets.has_all_columns:
                if seg.in_flight != 0:
                    block.in_flight[i] = i32(seg.in_flight)
                if seg.push_bytes != 0:
                    block.push_bytes[i] = i32(s32(seg.push_bytes))
            if seg.analysis != 0:
                block.analysis[i] = i32(seg.analysis)
                flow.count_flags(seg.analysis)
                if seg.reference_value != 0 and (seg.analysis & (DUPLICATE_ACK | RESENT)) != 0:
                    packets.add_reference(row, seg.reference_frame, seg.reference_value)
        if self.fingerprints is not None:
            self.fingerprints.add(at, seg)
        block.time.put(i, seg.time)
        block.position.put(i, position)
        block.put_frame(i, seg.frame)
        block.put_captured(i, packet_captured)
        block.flow[i] = flow.index
        block.seq[i] = i32(s32(seg.seq))
        block.ack[i] = i32(s32(seg.ack))
        if seg.length != 0:
            block.length[i] = i32(seg.length)
        block.window[i] = i16(s16(seg.window))
        block.flags[i] = i16(seg.flags)
        block.attributes[i] = i32(attributes)
        timing = self.time_accounting
        ttl = timing.step.recent_headers.note_packet(row, at)
        if (seg.flags & SYN) != 0:
            seg.is_copy = timing.is_copy(sender, row)
        states = self.lifecycle.take_segment(sender, sender.peer, seg)
        if packets.has_all_columns:
            block.states[i] = i16(states)
        if i == 0 or at.path != block.first_path or len(block.path) > 0:
            packets.note_path(row, at.path)
        if seg.length >= 0 and ttl != i64(sender.first_ttl):
            timing.note_voice(sender, ttl)
        if seg.length >= 0 and not self.rows_only:
            timing.account_segment(flow, sender, at, repeats_bytes, row)
            if seg.length > 0 and (sender.bytes == seg.length or flow.is_watched):
                self.read_names(flow, sender, seg, at)
            if (seg.flags & (SYN | RST)) != 0 and not seg.is_copy:
                self.greetings.add_greeting(sender, seg, at, timing.step.recent_headers.way(row))
        if flow.packets == 0:
            flow.first_row = i32(row)
        flow.last_row = i32(row)
        flow.last_time = seg.time
        flow.packets += 1
        sender.packets += 1
        self.row = row + 1

    def skip_time(self, flow: Flow, until: i64) -> None:
        """Count the time since a flow's last segment as nobody's, if the capture's clock has jumped
        since, and has not gone back."""
        if flow.packets != 0 and elapsed(until, flow.last_time) > LONGEST_SILENCE:
            flow.skip_time(until)

    def read_names(self, flow: Flow, sender: Endpoint, seg: Segment, at: HeaderLocation) -> None:
        """Look for names in payload that may begin one of a flow's first messages."""
        if self.naming is not None:
            self.naming.take_payload(flow, sender, seg, at)

    def read_dns_segment(self, at: HeaderLocation) -> None:
        """Look for DNS in a segment, of whichever share of the flows it is."""
        if self.naming is not None and not at.quoted:
            self.naming.lookups.take_segment(at, self.row if self.share is None else NO_ROW)

    def read_dns_datagram(self) -> None:
        """Look for a DNS answer in what the decoder has set aside."""
        if self.naming is not None:
            cursor = self.decoder.cursor
            client = cursor.addresses[len(cursor.addresses) >> 1 :]
            self.naming.lookups.take_message(client, cursor.dns_message)

    def cover_payload(self, flow: Flow, sender: Endpoint, seq: i64, length: i64) -> bool:
        """Count the payload on its direction, and return whether some of it had passed here
        before."""
        sender.bytes += length
        end = (seq + length) & MASK32
        highest = i64(sender.highest) & MASK32
        if sender.holes is not None and self.is_before_fin(sender, seq):
            self.cover_before_fin(sender, seq, end)
            sender.unique_bytes += length
            return False
        if not sender.highest_known:
            sender.highest_known = True
            if sender.has(SYN_OUT | SYN_ACK_OUT):
                self.open_hole(flow, sender, (i64(sender.isn) + 1) & MASK32, seq)
        elif seq != highest:
            if lt(seq, highest):
                return self.cover_again(sender, seq, end, length)
            self.open_hole(flow, sender, highest, seq)
        sender.highest = i32(s32(end))
        sender.unique_bytes += length
        return False

    def open_hole_before_fin(self, flow: Flow, sender: Endpoint, seq: i64) -> None:
        """Count what a FIN without payload passes over, where it was told where data begins; one
        that comes again passes over no more."""
        if sender.highest_known:
            start = i64(sender.highest) & MASK32
        elif sender.has(SYN_OUT | SYN_ACK_OUT):
            start = (i64(sender.isn) + 1) & MASK32
        else:
            return
        holes = sender.holes
        if holes is not None and sender.has(FIN_OUT) and gt(holes.edge & MASK32, start):
            start = holes.edge & MASK32
        self.open_hole(flow, sender, start, seq)

    def is_before_fin(self, sender: Endpoint, seq: i64) -> bool:
        """Return whether payload begins in a hole that a FIN left, beyond all data before it."""
        holes = sender.holes
        if holes is None or not sender.has(FIN_OUT) or not lt(seq, holes.edge & MASK32):
            return False
        return not sender.highest_known or not lt(seq, i64(sender.highest) & MASK32)

    def cover_before_fin(self, sender: Endpoint, seq: i64, end: i64) -> None:
        """Take payload off the hole that a FIN left."""
        holes = sender.holes
        if holes is not None:
            edge = holes.edge & MASK32
            holes.fill(seq, end if lt(end, edge) else edge)
            if holes.count == 0:
                sender.holes = None
        sender.highest_known = True
        sender.highest = i32(s32(end))

    def open_hole(self, flow: Flow, sender: Endpoint, start: i64, end: i64) -> None:
        """Count the bytes from ``start`` to ``end``, if there are any, as not seen here so far."""
        if gt(end, start):
            holes = sender.holes
            if holes is None:
                holes = Coverage()
                sender.holes = holes
            holes.add(start, end)
            if not self.rows_only:
                self.time_accounting.add_hole(flow, sender, start, end)

    def cover_again(self, sender: Endpoint, seq: i64, end: i64, length: i64) -> bool:
        """Count payload that begins below the highest end; what fills holes or goes on is new."""
        highest = i64(sender.highest) & MASK32
        new: i64 = 0
        holes = sender.holes
        if gt(end, highest):
            new = (end - highest) & MASK32
            sender.highest = i32(s32(end))
            if holes is not None:
                holes.fill(highest, end)  # one that a FIN left
        if holes is not None:
            new += holes.fill(seq, end if lt(end, highest) else highest)
            if holes.count == 0:
                sender.holes = None
        sender.unique_bytes += new
        return new < length


def new_engine(rules: Rules, reads_names: bool = True) -> Engine:
    """Make the engine for one capture: whatever reads a capture gets its engine here."""
    engine = Engine(rules)
    if not reads_names:
        engine.naming = None
    return engine


def new_flow_engine(rules: Rules, reads_names: bool = True) -> Engine:
    """Make the engine for a capture of which flows are wanted with their findings, and of its rows
    no more than these read."""
    engine = new_engine(rules, reads_names)
    engine.packets.keep_for_flows()
    return engine


def new_row_engine(rules: Rules) -> Engine:
    """Make the engine for a capture of which rows are wanted, and nothing of its flows."""
    engine = new_engine(rules, reads_names=False)
    engine.rows_only = True
    return engine
