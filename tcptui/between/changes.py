"""Finds what the way between two points changes in the headers of segments."""

from typing import Final

from mypy_extensions import i64

from tcptui.between.point import Point
from tcptui.engine.fingerprints import (
    ABSENT,
    NO_OPTIONS,
    OFFER_BITS,
    OFFER_MASK,
    OFFERS,
    PRESENT,
)
from tcptui.engine.tcp_header import SYN

DSCP_SHIFT: Final = 2
ECN_MASK: Final = 3


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
        if self.near.engine.packets.has_header_flag(row, SYN):
            self.compare_syns(near.offers_at(row), far.offers_at(far_row))

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

    def compare_syns(self, offers: i64, far_offers: i64) -> None:
        """Compare what a SYN offers; one without options is not compared."""
        if offers == NO_OPTIONS:
            return
        if far_offers == NO_OPTIONS:
            far_offers = 0
        shift: i64 = 0
        for field, _ in OFFERS:
            before = (offers >> shift & OFFER_MASK) - 1
            after = (far_offers >> shift & OFFER_MASK) - 1
            if before != after:
                self.add(field, before, after)
            shift += OFFER_BITS
