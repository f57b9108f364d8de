"""Finds what the way between two points changes in the headers of segments."""

from typing import Final

from librt.strings import read_i16_be
from mypy_extensions import i64

from tcptui.between.point import Point
from tcptui.engine.tcp_header import SYN
from tcptui.engine.tcp_options import (
    MSS,
    NO_MORE,
    WINDOW_SCALE,
    next_option,
)

SACK_PERMITTED: Final = 4
ABSENT: Final = -1
PRESENT: Final = 1
DSCP_SHIFT: Final = 2
ECN_MASK: Final = 3

OPTION_FIELDS: Final = (
    ("mss", MSS),
    ("window_scale", WINDOW_SCALE),
    ("sack", SACK_PERMITTED),
)
"""What a SYN offers, and the option that it stands in; time stamps are compared on all segments."""


class Change:
    """One field that one value goes into and another comes out of; `ABSENT` for none."""

    def __init__(self, field: str, before: i64, after: i64) -> None:
        self.field: str = field
        self.before: i64 = before
        self.after: i64 = after
        self.segments: i64 = 0


class Changes:
    """Counts what is changed from the near point to the far one, in one direction of a flow."""

    def __init__(self, near: Point, far: Point) -> None:
        self.near: Point = near
        self.far: Point = far
        self.found: dict[tuple[str, int, int], Change] = {}
        self.latest_ttls: i64 = ABSENT
        self.ttl: Change = Change("ttl", ABSENT, ABSENT)

    def all(self) -> list[Change]:
        """Return what is changed, the most frequent first."""
        return sorted(self.found.values(), key=lambda change: -int(change.segments))

    def add(self, field: str, before: i64, after: i64) -> Change:
        """Count a segment whose field is changed."""
        key = (field, int(before), int(after))
        change = self.found.get(key)
        if change is None:
            change = Change(field, before, after)
            self.found[key] = change
        change.segments += 1
        return change

    def compare(self, row: i64, far_row: i64, same_bytes: bool) -> None:
        """Compare a segment's headers at both points, and its payload where it has the same
        length."""
        near = self.near.fingerprints
        far = self.far.fingerprints
        traits = i64(near.traits[row])
        far_traits = i64(far.traits[far_row])
        if traits != far_traits:
            self.compare_traits(row, far_row)
        digested = near.has_whole_digest(row) and far.has_whole_digest(far_row)
        if same_bytes and digested and near.digest[row] != far.digest[far_row]:
            self.add("payload", ABSENT, ABSENT)
        if self.near.engine.packets.has_header_flag(row, SYN) and int(row) in near.syn_options:
            self.compare_syns(near.syn_options[int(row)], far.syn_options.get(int(far_row), b""))

    def compare_traits(self, row: i64, far_row: i64) -> None:
        near = self.near.fingerprints
        far = self.far.fingerprints
        ttl = near.ttl(row)
        far_ttl = far.ttl(far_row)
        if ttl != far_ttl:
            both = ttl << 8 | far_ttl
            if both == self.latest_ttls:
                self.ttl.segments += 1
            else:
                self.latest_ttls = both
                self.ttl = self.add("ttl", ttl, far_ttl)
        tos = near.tos(row)
        far_tos = far.tos(far_row)
        if tos >> DSCP_SHIFT != far_tos >> DSCP_SHIFT:
            self.add("dscp", tos >> DSCP_SHIFT, far_tos >> DSCP_SHIFT)
        if (tos ^ far_tos) & ECN_MASK != 0:
            self.add("ecn", tos & ECN_MASK, far_tos & ECN_MASK)
        if near.has_stamps(row) != far.has_stamps(far_row):
            stamped = near.has_stamps(row)
            self.add("timestamps", PRESENT if stamped else ABSENT, ABSENT if stamped else PRESENT)

    def compare_syns(self, options: bytes, far_options: bytes) -> None:
        """Compare what a SYN offers."""
        for field, kind in OPTION_FIELDS:
            before = offered(options, i64(kind))
            after = offered(far_options, i64(kind))
            if before != after:
                self.add(field, before, after)


def offered(options: bytes, wanted: i64) -> i64:
    """Return the value of one of a SYN's options, PRESENT for one without a value, or ABSENT."""
    end = i64(len(options))
    i = next_option(options, 0, end, end)
    while i > NO_MORE:
        length = i64(options[i + 1])
        if i64(options[i]) == wanted:
            if wanted == MSS and length == 4:
                return i64(read_i16_be(options, i + 2)) & 0xFFFF
            if wanted == WINDOW_SCALE and length == 3:
                return i64(options[i + 2])
            return PRESENT
        i = next_option(options, i + length, end, end)
    return ABSENT
