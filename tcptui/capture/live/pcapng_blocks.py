"""Writes a live capture as pcapng: its interfaces, packets and counts."""

from collections.abc import Sequence

from tcptui.capture import pcapng_writer as pcapng
from tcptui.capture.formats.framer import NANOSECONDS
from tcptui.capture.live.tap import Data, Tap
from tcptui.capture.pcap_writer import MICROSECONDS, RECORD


def header(taps: Sequence[Tap], expression: str) -> bytes:
    """Return a section and the descriptions of its interfaces."""
    return b"".join([pcapng.section_block(), *(described(tap, expression) for tap in taps)])


def described(tap: Tap, expression: str) -> bytes:
    """Return the description of one interface."""
    texts = pcapng.text_option(pcapng.NAME, tap.name)
    if expression:
        texts += pcapng.text_option(pcapng.FILTER, expression, pcapng.TEXT_FILTER)
    units = NANOSECONDS if tap.nanoseconds else MICROSECONDS
    return pcapng.interface_block(tap.link_type, tap.snaplen, units, texts, 0)


def packets(records: Data, interface: int, units: int) -> bytes:
    """Yield classic records of one interface as enhanced packet blocks; `units` of time in a
    second."""
    parts = []
    at = 0
    while at < len(records):
        seconds, fraction, captured, original = RECORD.unpack_from(records, at)
        at += RECORD.size
        stamp = seconds * units + fraction
        data = bytes(records[at : at + captured])
        parts.append(pcapng.packet_block(interface, stamp, original, data))
        at += captured
    return b"".join(parts)


def statistics(taps: Sequence[Tap], now: int) -> bytes:
    """Return the blocks that say what each interface received and lost; `now` in ns since the
    epoch."""
    return b"".join(
        pcapng.statistics_block(
            number,
            now if tap.nanoseconds else now // 1000,
            {
                pcapng.RECEIVED: tap.received,
                pcapng.INTERFACE_DROPPED: tap.interface_dropped,
                pcapng.SYSTEM_DROPPED: tap.dropped,
            },
        )
        for number, tap in enumerate(taps)
    )
