"""Both endpoints' state machines, as a tap can follow them (RFC 9293, section 3.3.2).

**What a tap knows.** A tap sees segments that pass one point of the path, never the endpoints. A
captured segment may be lost behind the tap, a segment that was not captured may have arrived, and
what an application does shows only in what its TCP sends. So every state is an inference, and
every state has a certainty beside it.

**When an effect shows.** Each segment is looked at twice, for its sender and for its receiver:

* it changes its *sender's* state in its own row: who sent a FIN has sent it, lost or not;
* a SYN, SYN+ACK or FIN changes its *receiver's* state in the row of the receiver's first later
  segment that acknowledges it: only that proves that it arrived. Before, the receiver stands where
  it stood; the target of a SYN stands in LISTEN;
* a pure ACK and a RST are answered by nothing, so nothing would ever prove them: they take effect
  on the receiver in their own row, and the new state is *unproven*. A repetition of what they
  should have ended takes the state back; an acknowledgment of something sent behind them proves
  it. Meanwhile the machine follows both states, the one with and the one without that segment, and
  the doubt ends as well where both come to the same;
* an ACK that its sender sent behind a FIN is the exception: the FIN may be lost and the ACK arrive,
  so both take effect where the receiver acknowledges the FIN;
* timers and applications change no state. A capture does not show them: ``timers`` tells what
  would run out, and the state stays.

**How sure it is.** A state is *seen* where the segments that cause and prove the move were
captured; *inferred* where one was not, but a later one proves it (the missing arrow is followed in
the row of the proof); *assumed* while a doubt stands: the capture began inside, the change is
unproven, the endpoint is silent though its peer repeats itself, a FIN may wait behind a closed
window, a number was acknowledged or skipped that was not captured. The doubts are bits of an
endpoint (``states``); removing the last one brings the certainty back that the state has without
them. What is seen is right: the lab compares it with the kernels' own states. What is inferred is
as good as its proof, and a FIN that was guessed may turn out to be a byte of data. What is assumed
may be wrong.

**Corrections.** A row once given never changes. A segment that shows that a state was wrong sets
the right one in its own row, and adds an event that names both.

**What the table holds.** ``table`` has each arrow of the RFC's figure and those of its text (RST,
timeouts). An endpoint moves along its arrows alone, in ``Machine.follow_arrow``; a trigger without
an arrow moves nothing. Arrows of applications and timers are there for the diagram and the
documentation; the machine never follows them.

**What the table does not hold.** Sometimes an endpoint does not move, but is found to be somewhere
else. These functions say so with ``set_state_past_table``, and nothing else sets a state:

* ``place_endpoints``: the capture has a first segment, and the connection had a past before it;
* ``infer_syn_ack``: the target of a SYN answers for an older connection on the same ports, which
  the capture does not have;
* ``take_back_unproven_state``: correction; an ACK or RST did not arrive;
* ``guess_first_fin``: correction; the FIN that was taken for the first one was the second;
* ``correct_crossed_fins``: correction; two FINs crossed, one of which was not captured;
* ``restore_state``: correction; what was taken for a FIN that was not captured was data.

**Everything that affects the machines lives in this room.** The rules read of a segment what the
decoder and Wireshark's analysis found (its flags), and of an endpoint its base, its highest number,
its window and its times; nobody else writes an endpoint's state, certainty, facts or doubts.

The order of the rules is in ``lifecycle``; ``handshake``, ``teardown`` and ``reset`` have the rules
of SYN, FIN and RST; ``machine`` moves and reports; ``timers`` says what would run out; ``outcome``
sums up how a connection opened and closed; ``zeek`` keeps Zeek's own machine, which follows other
rules, beside ours.
"""
