"""The documentation of the states, out of the tables: ``python -m docs.pages.state_pages``.

Writes docs/states.md, seen from the current folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tcptui.engine.tcp_state.outcome import Closing, Opening
from tcptui.engine.tcp_state.states import State
from tcptui.engine.tcp_state.table import ARROWS

PAGE: Final = Path("docs/states.md")

INTRODUCTION: Final = """\
# The states

Each endpoint of a connection has its own state. A capture shows segments that pass one point,
never the endpoints: every state is an inference, and says how sure it is.

- **seen**: the segments that cause the transition, and prove that it happened, were captured;
- **inferred**: a segment was not captured, but a later one proves it;
- **assumed**: nothing captured proves it. The capture began in the middle; or nobody answers such
  a segment (a pure ACK, a RST); or something speaks against it (the other side is silent, a FIN
  may wait behind a closed window, something was acknowledged that was not captured).

## What a segment changes

A captured segment may still be lost on its way to the receiver. So:

- a segment changes its **sender's** state in its own row;
- a SYN, SYN+ACK or FIN changes the **receiver's** state in the row of the receiver's first later
  segment that acknowledges it;
- a pure ACK and a RST, which nobody answers, take effect in their own row. Where a repetition
  proves that they did not arrive the state goes back, in the row of that repetition;
- an ACK that was sent behind a FIN takes effect with that FIN;
- before a SYN is answered its target is LISTEN; after a refusal CLOSED;
- a row once given never changes: corrections appear in the row that proves them.

## The arrows

An endpoint moves along these arrows. It is put into a state without one where the capture begins,
where a host answers for an older connection on the same ports, and where a correction says that it
stood elsewhere. What applications and timers do shows in no segment: nothing moves along their
arrows.

| from | to | trigger | what happens | RFC 9293 |
|---|---|---|---|---|
"""

OPENINGS: Final = {
    Opening.MIDSTREAM: "the first segment is neither SYN nor SYN+ACK",
    Opening.SIMULTANEOUS: "both sides sent a SYN before anybody sent SYN+ACK",
    Opening.REFUSED: "a RST answered the SYN",
    Opening.THREE_WAY: "SYN+ACK, and its acknowledgment",
    Opening.UNANSWERED: "nothing came back",
    Opening.INCOMPLETE: "anything else",
}

CLOSINGS: Final = {
    Closing.RESET: "a RST ended it before both FINs were acknowledged",
    Closing.SIMULTANEOUS: "each FIN was sent before its sender had acknowledged the other's",
    Closing.THREE_WAY: "the second FIN's segment is the first to acknowledge the first FIN",
    Closing.FOUR_WAY: "both FINs, acknowledged separately",
    Closing.HALF_CLOSED: "exactly one side has sent a FIN",
    Closing.OPEN: "no FIN, no RST",
}


ZEEK: Final = """
## Zeek's history

`history` and `conn_state` are as in Zeek's conn.log: upper case for the originator, which is always
the client here, lower case for the responder. The states are `S0 S1 S2 S3 SF REJ RSTO RSTR RSTOS0
RSTRH SH SHR OTH`. A history ends after 256 letters: only what was made to have more has them.

| letter | |
|---|---|
| `S` | a SYN without ACK |
| `H` | a SYN+ACK |
| `A` | a pure ACK, the first |
| `D` | payload, the first |
| `F` | a FIN |
| `R` | a RST |
| `G` | acknowledged, but not in the capture |
| `T` | payload sent again |
| `W` | a zero window |
| `I` | FIN and RST in one segment |
| `Q` | SYN with FIN or RST in one segment |
| `^` | the first segment came from the server: Zeek turns the direction |

`G`, `T` and `W` come again at the 10th, 100th … time. Two letters of Zeek's are never given: `C`, a
wrong checksum, because it would take every byte of every packet and mostly tell of network cards
that fill it in later (Zeek is run with `-C` there, too; where it cost something the finding
`bad_checksum` says so), and `X`, Zeek's own limit, which the capture does not know.
"""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield INTRODUCTION.rstrip()
    for state in State:
        for arrow in ARROWS:
            if arrow.source is state:
                yield (
                    f"| {arrow.source.label} | {arrow.target.label} | {arrow.trigger.label} "
                    f"| {arrow.sentence} | {arrow.section} |"
                )
    yield "\n## How it opened\n\nThe first that fits:\n"
    yield from (f"- `{opening.label}`: {text}" for opening, text in OPENINGS.items())
    yield "\n## How it closed\n\nThe first that fits:\n"
    yield from (f"- `{closing.label}`: {text}" for closing, text in CLOSINGS.items())
    yield ZEEK.rstrip()
    yield "\nWhat is odd about any of it is [a finding](diagnosis.md#the-findings)."


def state_pages() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(state_pages(), encoding="utf-8")
