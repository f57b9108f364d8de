"""Makes the documentation of findings from their table: ``python -m docs.pages.kind_pages``.

It writes docs/diagnosis.md below the current folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tcptui.engine.tcp_state import timers
from tcptui.engine.timing import thresholds as limits
from tcptui.engine.timing.thresholds import MILLISECOND, TINY_SEGMENT
from tcptui.findings.closing import HUNG_ROUND_TRIPS
from tcptui.findings.kinds import FINDING_KINDS

PAGE: Final = Path("docs/diagnosis.md")

INTRODUCTION: Final = f"""\
# The diagnosis

This page explains how tcptui finds out why a flow took its time, where its segments were lost, and
who hung up. All of it is concluded from segments that passed one point; tcptui does not say what
they cannot support.

## Where the time goes

A flow goes on when new data passes, or data is sent again. The time between two such moments is a
wait, and each wait has one cause. A wait is a *stall* if it is longer than two round trips and
{limits.STALL // MILLISECOND} ms; a wait of Nagle's algorithm for a delayed acknowledgment
({limits.SHORTEST_DELAYED_ACK // MILLISECOND} to {limits.LONGEST_DELAYED_ACK // MILLISECOND} ms) is
always a stall. The round trip from this point to each end is measured in the handshake, or else by
the fastest acknowledgments.

- **server**: the time from the last data of a request to the first data of its answer, less the
  round trip to the server and the time in which TCP waited; as long as the server has acknowledged
  only part of the request, the rest is in a queue on its way, which is not the server's time;
- **client**: the time between an answer and the next request, counted in the same way;
- **TCP**: retransmission timers, closed or small windows, delayed acknowledgments;
- **network**: all other time up to the last data: round trips and transfer;
- **idle**: the time after the last data.

`e` shows more of the flow under the cursor: its requests, the slowest of them and where their time
went, its longest waits with their frames, and what limited a bulk transfer.

## Small segments and delayed ACKs

- If a small segment is sent as soon as the ACK of the segment before it comes, Nagle's algorithm
  held it back; if that ACK came late, the other side had delayed it. A request in two such pieces
  is a *write-write-read*: the finding says what each request costs, and how to fix it. If a side
  has segments of more than {limits.LARGEST_SEGMENT} bytes, which a network card may have joined,
  only segments below {limits.SMALL_WINDOW} bytes count as small.
- Segments below {TINY_SEGMENT} bytes in a row are *tinygrams*, but not those of somebody who
  types, which are more than {limits.TYPING_WAIT // MILLISECOND} ms apart. Windows below
  {limits.SMALL_WINDOW} bytes that are filled are *silly*.
- The delay of each side's ACKs, in classes (Linux holds an ACK back for 40 ms, many others for
  200), and how soon keys are echoed, appear where they explain something: in the Why line and the
  Markdown report of such a flow. `e` shows them for every flow.

## Where it was lost

- If a segment passed here and was sent again, it, or its ACK, was lost **after** this point.
- If a segment fills a hole that is at least a round trip old, or duplicate ACKs had asked for it,
  its first copy was lost **before** this point. The same holds for a segment that looks new after
  a silence as long as a timer, if its sender numbers its IPv4 packets one by one and numbers are
  missing. With IPv6, or if the sender does not count or too few packets have passed to tell, such
  a silence looks like an idle application, and the finding names both. Without numbers, a loss
  before this point is likely but not certain, as a path may reorder by more than a round trip.
- Data that was sent again may have passed before the capture began, if it precedes the first data
  captured: the finding tells the timers, but not the place.
- The same segment twice within half a round trip was **captured twice** (several interfaces, a
  mirror port).
- If a segment was acknowledged but never passed here, the **capture** lost it, or it took another
  path. In the first second of a capture that begins inside a connection, this is not said: the
  segment may have passed before.
- If there is a D-SACK (RFC 2883), or an ACK echoes the first copy's time stamp (RFC 3522), the
  segment was **not lost**.
- A segment that arrives at a closed window and is sent again was discarded by its receiver, not
  lost.
- A segment with a wrong checksum was discarded too: the packets of segments that the receiver
  ignored are read again to check that ([which](command-line.md)). If all checksums of a sender are
  wrong, its network card makes them, and nothing is said.

If only one direction of a flow was captured, a segment that was sent again may have been lost,
refused by a closed window, or may have arrived: a note says so. For such a flow, tcptui does not
say whose application took its time.

## Who keeps it from closing

One side has closed and its FIN is acknowledged (FIN-WAIT-2), but the other has not closed
(CLOSE-WAIT). Every half-close looks like this, so a short one is not a fault:

- while the other side still sends, and until its last data is older than a stall, nothing is said;
- after that, or if it sent nothing at all, there is a note: the capture ended too early to tell;
- after {timers.HANG_AFTER // timers.SECOND} s, or after {HUNG_ROUND_TRIPS} round trips where these
  are longer, the connection *hangs*, which is a warning. RFC 9293 has no time-out for FIN-WAIT-2;
  Linux ends that of an orphaned socket after {timers.FIN_TIMEOUT // timers.SECOND} s, so the
  warning must come well before.

## The findings

`tcptui report` gives one finding for each kind and flow. Severities are Wireshark's. Some cases
are only notes, although their kind is graver:

- a single delayed ACK that Nagle waited for;
- a reset where the other side had already closed;
- keep-alive probes that were answered later;
- a loss or a reset in a flow of which one direction was captured;
- a single SYN within {timers.FIRST_RTO // timers.SECOND} s of the capture's end;
- a half-closed connection that does not hang.

Nothing is said about a reset that is the first segment captured. Unread data is only mentioned
where the capture shows who asked for it.

| kind | severity | in one line |
|---|---|---|
"""


def kind_pages() -> str:
    return "".join(lines())


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield INTRODUCTION
    for kind in FINDING_KINDS.values():
        yield f"| `{kind.name}` | {kind.severity.value} | {kind.meaning} |\n"


if __name__ == "__main__":
    PAGE.write_text(kind_pages(), encoding="utf-8")
