"""Makes the documentation of findings from their table: ``python -m docs.pages.kind_pages``.

It writes docs/diagnosis.md below the current folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tcptui.engine.tcp_state import timers
from tcptui.engine.timing import chronograph
from tcptui.engine.timing import thresholds as limits
from tcptui.engine.timing.thresholds import MILLISECOND, TINY_SEGMENT
from tcptui.findings import never_came, others_queue, queue
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
  only part of the request, the rest is in a queue on its way, which is not the server's time. Where
  it acknowledges the request alone, later than any host delays that
  ({limits.USUAL_DELAYED_ACK // MILLISECOND} ms and the round trip), the request or the ACK was on
  its way until then: a stall before it is told as that (`stall_late_ack`) and is nobody's. Where
  the answer is the first ACK, the capture does not tell a longer way from a slow server: the usual
  way is taken off;
- **client**: the time between an answer and the next request, counted in the same way;
- **TCP**: retransmission timers, closed or small windows, delayed acknowledgments;
- **network**: all other time up to the last data: round trips and transfer;
- **idle**: the time after the last data; of a flow without data, after the handshake.

Where more than a day lies between two packets of the file, its clock **jumps**: such a file is
several captures in one, its clock was set, or its link was silent for days. A flow's time from its
last segment before a jump to its first one behind it is nobody's: it is in no wait, duration or
rate. The sentence says how long it is (`not counted: 3 d 04 h in which the capture's clock jumps`),
and so do the ladder and the Why pane, of the segment behind; in JSON `time.idle` has it, as nobody
used it. Graphs and Zeek's `conn.log` keep the clock as it is. The first jump inside of a
file is among the warnings of the capture, as it is seen (`packet 812: no packet for 3 d 04 h
before it`), with how many there are; pauses from one file to the next are not. A pause alone is no
damage, and leaves the verdict as it is.

`e` shows more of the flow under the cursor: its requests, the slowest of them and where their time
went, its longest waits with their frames, and what limited a bulk transfer.

What held a transfer back (`limits`) is read from its segments as the sender sees them, an
acknowledgment from when it has reached the sender. Each time between two new segments has one
cause: the **receive window**, if it had no room for the second until shortly before it, or room for
less than a segment; the **sender's application**, if no acknowledgment released the second, and
the first was the last piece in its send buffer; the **send buffer**, if the sender had spread the
segments before by its own pace and its buffer ran empty, so that it went on later than that pace;
else the **path**, or the **congestion window** where data was lost. The first and the third are
what Linux counts as `rwnd_limited` and `sndbuf_limited` in `ss -i`; a lab test compares them.
What the wire does not show is which of two small buffers a kernel blames, and how long BBR waits
before it tries a closed window. Linux counts no send buffer whose data goes out in one burst: such
a transfer is told by the finding `stall_send_buffer`: the same number of bytes each round trip,
each piece pushed and sent as soon as the ACK of the one before comes, though the window has room;
not so where several pieces each round trip come evenly apart, as a pacing timer sends them.

The last piece in a send buffer is pushed: a full segment without a push has more behind it, and so
has one that a network card splits into full ones. A queue before this point lets such segments
through one by one, and what follows at the same rate. While another large transfer of the same
client goes the way of the acknowledgments, they may wait behind it, for up to
{chronograph.LONGEST_QUEUE // timers.SECOND} s: that is the path's. So is a silence after which a
sender acknowledges less than its peer had sent before it on the same connection: what the peer sent
last has not come there, and no acknowledgment with it. A wait for room in the window
(`stall_window_limited`) ends where the window has room and the sender can have heard so; an update
that is lost behind this point is not the window's.

A **timer** runs from the copy that is sent again, never from data before an idle time, and for no
longer than {limits.LONGEST_TIMER // timers.SECOND} s. A **tail loss probe** is the last segment
sent again after about two round trips,
while an earlier one is still unacknowledged: a timer would begin with that. A repair is **RACK**'s
(or an early retransmission) where so few segments followed that three duplicate ACKs could not
come.

Where most of a flow's time is its turns times the round trip, `many_turns` or `long_path` says so,
unless the client took longer to ask again: then a shorter path would not help.

## Small segments and delayed ACKs

- A small segment that is sent as soon as the ACK of the one before comes was held back by Nagle's
  algorithm, if the ACK can have reached it by then; where that ACK came late, the other side had
  delayed it. A request in two such pieces
  is a *write-write-read*: what each turn costs is told, and the cure. Small is what is below the
  MSS less TCP's options; where no SYN was captured, below the sender's largest segment, or below
  {limits.SMALL_WINDOW} bytes where a network card may have put that together.
- Segments below {TINY_SEGMENT} bytes one behind the other are *tinygrams*; a typist makes none, who
  sends them more than {limits.TYPING_WAIT // MILLISECOND} ms apart. Windows below
  {limits.SMALL_WINDOW} bytes that are filled are *silly*.
- The delay of each side's ACKs, in classes (Linux holds an ACK back for 40 ms, many others for
  200), and how soon keys are echoed, appear where they explain something: in the Why line and the
  Markdown report of such a flow. `e` shows them for every flow.

## Where it was lost

- Its first copy passed here and it was sent again: lost **after** this point, or its ACK was; where
  the capture was taken at the receiver, the receiver threw it away.
- It fills a hole at least a round trip old, or duplicate ACKs had asked for it: lost **before**.
  After a silence as of a timer, a segment that looks new was lost before as well if its sender
  numbers its IPv4 packets one by one and numbers are missing that were not its ACKs': not where it
  acknowledges more than before, for then a lost ACK may have had the number. With IPv6, a
  sender that does not count, or one of which too little has passed to see that it counts, such a
  silence cannot be told from an idle application: the finding says both. Without numbers a loss
  before is likely, not certain, for a path may reorder by more than a round trip.
- What is sent again of data below the first that this capture has may have passed before it
  began: its timers are told, no place.
- The same segment within half a round trip: **captured twice** (several interfaces, a mirror port),
  unless its IPv4 number is the next of its sender: then it is a packet of its own.
  Where its receiver reports most of them as received twice (D-SACK), the path **doubled** them.
- It was acknowledged and never passed here: the **capture** lost it, or it took another path; also
  where what was sent behind it did pass. Not
  so in the first second of a capture inside a connection: it may have passed before.
- D-SACK (RFC 2883), an ACK that echoes the first copy's time stamp (RFC 3522), one that comes
  sooner behind the second copy than any round trip, or one that passed here before it was sent
  again: **not lost**.
- What arrives at a closed window and is sent again was thrown away by its receiver, not lost.
- So was what had a wrong checksum: the packets of what its receiver ignored are read again for it
  ([which](command-line.md)). A sender whose checksums are all wrong leaves them to its network
  card; nothing is said of it.

If only one direction of a flow was captured, a segment that was sent again may have been lost,
refused by a closed window, or may have arrived: a note says so. For such a flow, tcptui does not
say whose application took its time.

## What never came

Told only where the capture holds the proof that it did not arrive, the receiver's own ACKs. How
long somebody waited ends where the waiting side gave up, or with the capture, or where the clock of
the capture jumps: nobody saw a flow wait behind the jump.

- **An answer**: the server acknowledged the client's last data and sent none since. Keep-alives and
  a close are no answer. It is a note where the client may have wanted none: it is the first message
  and was waited for less than {never_came.SURE_WAIT // timers.SECOND} s, or it has less than
  {never_came.SMALL_MESSAGE} bytes behind others that were answered, or the connection idles until
  the capture ends. Who goes on by itself after more than a second waits for nothing. A large last
  segment that its sender did not push, though it pushes elsewhere, had more behind it: then the
  rest of an answer never came. A server that closes on the first request, and a client that closes
  a connection in which nobody has spoken, are notes.
- **An acknowledgment**: what a timer sends again and again, and nobody answers any more.
- **The bytes of a hole**: what came behind them shows that they were sent, and the receiver's ACKs
  that it lacks them still. Where whole full-size segments are missing and only smaller ones have
  come, the path's MTU is suspected; likewise where large segments pass here again and again and a
  side that is there acknowledges none.
- **A connection**: what answered meanwhile on the same port or host is told with it. A SYN that the
  old connection on its ports answers, in TIME-WAIT or not, is one cause over all tries.
- **Its acceptance**: the client's ACK passed here, more than once, and the server sent its SYN+ACK
  again, or at the server ignored the data: a full accept queue, or a deferred accept.

## What the path does

Told for the few flows that moved much, from their packets, and where the capture holds what could
refute it. Round trips are those from the capture point to the receiver, so a queue before this
point, as in a capture at the receiver, is not seen.

- **A queue** (`queue_delay`): round trips grow with what is in flight, and stand above the
  shortest one seen. The text has both, the rate, and how many bytes stand in the queue. A path
  that gets longer by itself, or varies, does not follow what is in flight. One that
  gets longer at once does so before more is in flight. A transfer's own queue
  is a note, below {queue.NOTED_DELAY // MILLISECOND} ms not even that, unless segments were
  dropped when it was full. Where another transfer of the same client fills it, the turns of a
  flow that shares the way take longer meanwhile, and not before or after: a warning from
  {others_queue.MUCH_WAITING // timers.SECOND} s in all.
- **A rate** (`shaped`): the rate stays the same while such a queue stands: a shaper, or the
  path's narrowest link; what passed faster at first is the shaper's bucket.
- **A policer** (`policed`): a token bucket explains which segments were lost, each when it was
  empty, and the round trip stays shorter than the queue would make it that drops the same ones.
- **A delay spike**: what ends a silence was sent before it. Its time stamp is older than the
  silence, or a copy of it follows sooner than any sender repeats. The silence is the path's then,
  not an application's: it counts as the network's time.
- **A time-out for nothing** (`spurious_timeout`): D-SACK or an echoed time stamp proves that the
  original had arrived. One D-SACK disproves one loss, however often the segment was sent again.
  It was not for nothing where what was on its way behind that segment had to come again too.
- **ECN**: marks reported by the receiver (ECE) and the sender's answers (CWR), where the
  handshake agreed to them (accurate ECN, RFC 9768, uses the flags as a counter); data that may
  not be marked though both sides agreed, unless the capture is at its sender; SYNs that get an
  answer only without it.
- **Sizes**: the largest segment that passed and the smallest that did not; full segments smaller
  than both SYNs allow here, which nobody writes so.

The time of these is in `limits` as `queue`, `policer`, `mtu` and `path`, taken from what has no
cause of its own.

## The verdict

`trouble` where a finding is a warning or an error, `note` where there are only notes, one direction
alone was captured or the capture is damaged, else `ok`. The first finding is the first cause: among
equally bad ones those lead that explain others, and what they explain is left out.

List, Why pane, evidence, ticket, JSON and CSV take what they say of a flow from one place. Its
sentence is the text of the first finding: who waited, how long, for what; then where the time went.
Flows stand in one order: first what was refused, cut or not answered (a close that never came is
none of these: no application waits for it), then by `cost`, which never exceeds the flow's own
duration, then by verdict.

## Who keeps it from closing

One side has closed and its FIN is acknowledged (FIN-WAIT-2), but the other has not closed
(CLOSE-WAIT). Every half-close looks like this, so a short one is not a fault:

- nothing is said until the FIN, and what the other side sent since, are longer ago than a stall;
- then it is a note: the capture ended before one could tell;
- it *hangs*, a warning, after {timers.HANG_AFTER // timers.SECOND} s, or after
  {HUNG_ROUND_TRIPS} round trips where these are longer. RFC 9293 has no time-out for
  FIN-WAIT-2; Linux ends that of an orphaned socket after {timers.FIN_TIMEOUT // timers.SECOND} s,
  so it must be told well before.

## TLS on the clock

What TLS says in clear text is read up to the end of its handshake: the hellos, alerts with their
names, and by the types of records who has finished. *TLS handshake 212 ms, 180 ms of it the server*
counts from the ClientHello until both sides have finished; the server's part is what it took for
its hello, without the way to it and back that the TCP handshake shows. A resumed handshake is one
whose hello names an earlier session (TLS 1.2: the identifier comes back, TLS 1.3: the key is
chosen). `tls_alert` needs a fatal alert that was not encrypted; `tls_unfinished` is said only where
all bytes of the handshake were captured, both sides spoke, and the connection was closed, reset or
silent for 5 s before both had finished.

## The findings

`tcptui report` gives one finding for each kind and flow. Severities are Wireshark's. Some cases
are only notes, although their kind is graver:

- a single delayed ACK that Nagle waited for;
- a reset where the other side had already closed, or where no data was ever sent;
- keep-alive probes that were answered later;
- a loss or a reset in a flow of which one direction was captured;
- a TLS handshake that the client itself broke off without an alert;
- a single SYN within {timers.FIRST_RTO // timers.SECOND} s of the capture's end;
- a half-closed connection that does not hang;
- a delay spike, or time-outs for nothing, of a second in all, or none longer than a stall;
- lost data where the capture has no data at all, only SYN and FIN;
- a packet too big for a router, which the sender heeds.

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
