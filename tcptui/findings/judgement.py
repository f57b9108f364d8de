"""A judgement is all that is said of one flow: lists, Why line, ticket and JSON read it here.

Its sentence is the answer for a reader in a hurry: who waited, how long, for what, and whose move
it is. It is the text of the flow's first finding; where nothing is wrong, it is what the flow did.
"""

from collections.abc import Callable, Collection
from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr, u8

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.names.names import TlsHandshake
from tcptui.engine.tcp_state.outcome import Closing, closing
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.checksums import first_repetitions, worth_reading
from tcptui.findings.finding import Finding, Read
from tcptui.findings.findings import findings_of
from tcptui.findings.longest_rtt import LongestRtts
from tcptui.findings.next_steps import next_step
from tcptui.findings.time_split import TimeSplit, time_split, write_split
from tcptui.findings.tls_time import handshake_text, tls_of
from tcptui.findings.upshot import NOT_KNOWN, Upshots, upshot_of
from tcptui.findings.verdict import (
    VERDICTS,
    Verdict,
    WaitedInVain,
    cost_of,
    is_cut,
    verdict_of,
    waited_in_vain,
)
from tcptui.text.amounts import write_size

WriteText = Callable[[BytesWriter, str], object]
"""Writes a text that may have any letters."""

CHAT: Final = Severity.CHAT.value
ENDINGS: Final[dict[Closing, bytes]] = {
    Closing.RESET: b", and a reset ended it",
    Closing.SIMULTANEOUS: b", and both closed",
    Closing.THREE_WAY: b", and both closed",
    Closing.FOUR_WAY: b", and both closed",
    Closing.HALF_CLOSED: b", and one side has closed",
    Closing.OPEN: b", and it is still open",
}
ANY: Final = "surrogatepass"
"""So a text goes to bytes and comes back, whatever letters it has."""
HEADS: Final[dict[Verdict, str]] = {
    Verdict.OK: "Nothing is wrong",
    Verdict.NOTE: "Note",
    Verdict.TROUBLE: "Trouble",
}
"""What a verdict is called in front of the answer."""
SMALL_A: Final = 97
SMALL_Z: Final = 122
CAPITAL: Final = 32
"""By how much a small letter stands behind the capital one."""
SPACE: Final = 32
FULL_STOP: Final = 46
CUT_BIT: Final[i64] = 1 << 62
MOST_COST: Final[i64] = (1 << 60) - 1
"""ns; a longer wait stands no higher in the order."""
MOST_SHOWN: Final = 512
"""Flows whose judgements are kept: more than a screen has lines."""
GROWN: Final = 10
"""A capture that is being read has gone on once it has grown by one in so many packets."""


@mypyc_attr(acyclic=True, free_list_len=1)
class Judgement:
    """Everything there is to say of ``flow``, each part worked out when it is first asked for;
    ``found`` are its findings, where somebody has looked for them already."""

    def __init__(self, engine: Engine, flow: Flow, found: list[Finding]) -> None:
        self.engine: Engine = engine
        self.flow: Flow = flow
        self.found: list[Finding] = found
        self.known_split: TimeSplit | None = None
        self.knows_vain: bool = False
        self.known_vain: WaitedInVain | None = None
        self.knows_tls: bool = False
        self.known_tls: TlsHandshake | None = None

    def split(self) -> TimeSplit:
        """Return where the flow's time went."""
        split = self.known_split
        if split is None:
            split = time_split(self.flow)
            self.known_split = split
        return split

    def tls(self) -> TlsHandshake | None:
        """Return how the flow's TLS began, or None if it has none."""
        if not self.knows_tls:
            self.known_tls = tls_of(self.engine, self.flow)
            self.knows_tls = True
        return self.known_tls

    def verdict(self) -> Verdict:
        """Return what to think of the flow at first sight."""
        return verdict_of(self.found)

    def vain(self) -> WaitedInVain | None:
        """Return who waited for what never came."""
        if not self.knows_vain:
            self.known_vain = waited_in_vain(self.found)
            self.knows_vain = True
        return self.known_vain

    def cost(self) -> int:
        """Return how long (ns) an application waited in vain, or longer than needed."""
        return cost_of(self.engine, self.flow, self.split(), self.vain())

    def is_cut(self) -> bool:
        """Return whether something was cut, or nobody answered: more than that it took long."""
        return any(is_cut(finding) for finding in self.found)

    def standing(self) -> int:
        """Return how far up the flow stands among others, the worst highest: what was cut or not
        answered first, then by what it cost, then by the verdict."""
        cost = i64(self.cost())
        standing = (cost if cost < MOST_COST else MOST_COST) * len(VERDICTS)
        standing += VERDICTS.index(self.verdict())
        return int(standing + CUT_BIT if self.is_cut() else standing)

    # In words

    def leading(self) -> Finding | None:
        """Return the finding that the sentence tells; None where nothing is wrong."""
        found = self.found
        return found[0] if found and found[0].severity != CHAT else None

    def claim(self) -> str:
        """Return the heart of the sentence: who waited, how long, for what."""
        leading = self.leading()
        return leading.claim if leading is not None else self.deeds()

    def write_answer(self, out: BytesWriter, write: WriteText) -> None:
        """Write the first sentence, with all that its finding tells. It begins with an ASCII
        letter, or with none."""
        start = len(out)
        leading = self.leading()
        if leading is not None:
            write(out, leading.text)
        else:
            self.write_deeds(out)
        first = i64(out[start])
        if SMALL_A <= first <= SMALL_Z:
            out[start] = u8(first - CAPITAL)
        out.append(u8(FULL_STOP))

    def time_went(self) -> str:
        """Return where the flow's time went, or nothing where it was only waiting to be closed."""
        out = BytesWriter()
        if self.took_time():
            self.write_time_went(out)
        return out.getvalue().decode()

    def took_time(self) -> bool:
        """Return whether the flow did more than to wait to be closed, or some of its time does not
        count."""
        split = self.split()
        return split.idle < split.total or split.jumped > 0

    def write_time_went(self, out: BytesWriter) -> None:
        """Write where the time of a flow that took some went."""
        split, vain = self.split(), self.vain()
        waits_on = vain is not None and i64(vain.lasted) > split.total
        out.write(b"It took, up to its last packet, " if waits_on else b"It took ")
        write_split(out, split, self.found, in_vain=vain is not None)
        handshake = handshake_text(self.flow, self.tls())
        if len(handshake) > 0:
            out.write(f"; {handshake}".encode())
        out.append(u8(FULL_STOP))

    def sentence(self) -> str:
        """Return the answer, and then where the time went."""
        out = BytesWriter()
        self.write_sentence(out, write_any)
        return out.getvalue().decode(errors=ANY)

    def write_sentence(self, out: BytesWriter, write: WriteText) -> None:
        """Write the answer, and then where the time went; ``write`` is for what is not in words of
        ours alone."""
        self.write_answer(out, write)
        if self.took_time():
            out.append(u8(SPACE))
            self.write_time_went(out)

    def headline(self) -> str:
        """Return the claim behind the verdict: ``Trouble: the client waited 2.90 s for …``."""
        return f"{HEADS[self.verdict()]}: {self.claim()}."

    def points(self) -> list[str]:
        """Return what stands below the headline: the proof, what to do next, why, and what else
        was found."""
        others = self.found if self.leading() is None else self.found[1:]
        return self.reasons() + [also(finding) for finding in others]

    def reasons(self) -> list[str]:
        """Return the proof, what to do next, and how the first finding explains itself."""
        leading = self.leading()
        if leading is None:
            return []
        return self.proof() + [as_sentence(point) for point in leading.points]

    def proof(self) -> list[str]:
        """Return which frames prove the claim, and what to do next."""
        leading = self.leading()
        if leading is None:
            return []
        frames = leading.frames
        told = [f"Proof: {frames}."] if frames and frames not in leading.claim else []
        step = next_step(self.flow, leading)
        if step:
            told.append(as_sentence(f"next: {step}").replace("?.", "?"))
        return told

    def deeds(self) -> str:
        """Return what the flow did."""
        out = BytesWriter()
        self.write_deeds(out)
        return out.getvalue().decode()

    def write_deeds(self, out: BytesWriter) -> None:
        """Write what the flow did: ``the client sent 532 B, the server 39.1 kB, and both
        closed``."""
        flow = self.flow
        client, server = flow.client.bytes, flow.server.bytes
        if client == 0 and server == 0:
            out.write(b"neither side sent data")
        else:
            out.write(b"the client sent ")
            write_size(out, client)
            out.write(b", the server ")
            write_size(out, server)
        out.write(ENDINGS[closing(flow)])


class Shown:
    """A judgement that is on the screen, and what there was when it was made: ``packets`` of the
    flow, the capture's time ``now`` (ns), and ``captured`` packets in all."""

    def __init__(self, packets: i64, now: i64, captured: i64, judged: Judgement) -> None:
        self.packets: i64 = packets
        self.now: i64 = now
        self.captured: i64 = captured
        self.judged: Judgement = judged


class Judge:
    """Judges the flows of a capture that is looked at.

    ``read`` gives the captured bytes of a row: of few flows, and the same ones that a report reads
    again, checksums are looked at.
    """

    def __init__(self, engine: Engine, read: Read | None) -> None:
        self.engine: Engine = engine
        self.read: Read | None = read
        self.loading: bool = False
        """Whether the capture is being read: thousands of packets come between two pictures."""
        self.readable: Collection[int] = ()
        self.number: int = -1
        self.shown: dict[int, Shown] = {}
        self.noted: list[str | None] = []
        self.upshots: Upshots = Upshots()
        self.rtts: LongestRtts = LongestRtts(engine.packets, engine.jumps)

    def renew(self) -> None:
        """Choose again which flows are read again, after the capture has grown."""
        engine = self.engine
        if len(engine.flows) != self.number:
            self.number = len(engine.flows)
            self.readable = worth_reading(engine, self.number, first_repetitions(engine))
            self.shown.clear()
            self.upshots.clear()

    def findings(self, flow: Flow) -> list[Finding]:
        """Return the findings of a flow, those in its bytes where they are looked at."""
        read = self.read if flow.index in self.readable else None
        found = findings_of(self.engine, flow, read)
        self.note(flow.index, found)
        return found

    def note(self, index: int, found: list[Finding]) -> None:
        """Note of which kind the first of a flow's findings is, and what they come to."""
        if index < 0:
            return
        self.upshots.note(i64(index), self.moment(), upshot_of(found))
        missing = index + 1 - len(self.noted)
        if missing > 0:
            self.noted.extend([None] * missing)
        self.noted[index] = found[0].kind if found and found[0].severity != CHAT else ""

    def moment(self) -> i64:
        """Return a number that grows with all that can change a flow's findings."""
        return self.engine.now + i64(self.engine.packets.count)

    def upshot(self, flow: Flow) -> i64:
        """Return what the findings of a flow come to now."""
        index = i64(flow.index)
        upshot = self.upshots.of(index, self.moment()) if index >= 0 else NOT_KNOWN
        return upshot if upshot != NOT_KNOWN else upshot_of(self.findings(flow))

    def noted_kind(self, flow: Flow) -> str | None:
        """Return what was wrong with a flow when it was last judged: a finding's kind, nothing
        where all was well; None where it was not judged yet."""
        index = flow.index
        return self.noted[index] if 0 <= index < len(self.noted) else None

    def judge(self, flow: Flow) -> Judgement:
        """Return what there is to say of a flow now."""
        return Judgement(self.engine, flow, self.findings(flow))

    def judge_shown(self, flow: Flow) -> Judgement:
        """Return the judgement of a flow that is drawn again and again: a new one only where it, or
        the capture, has gone on."""
        known = self.shown.get(flow.index)
        if known is not None and known.packets == flow.packets and self.has_stayed(known):
            return known.judged
        if len(self.shown) >= MOST_SHOWN:
            self.shown.clear()
        engine = self.engine
        shown = Shown(i64(flow.packets), engine.now, engine.packets.count, self.judge(flow))
        self.shown[flow.index] = shown
        return shown.judged

    def has_stayed(self, known: Shown) -> bool:
        """Return whether the capture is where it was, or nearly, while it is being read."""
        least = known.captured + known.captured // GROWN
        return known.now == self.engine.now or (self.loading and self.engine.packets.count < least)


def write_any(out: BytesWriter, text: str) -> None:
    """Write a text as it is."""
    out.write(text.encode(errors=ANY))


def also(finding: Finding) -> str:
    """Return the claim of a finding that another one stands before, with its frames."""
    frames = finding.frames
    where = f" ({frames})" if frames and frames not in finding.claim else ""
    return as_sentence(f"also: {finding.claim}{where}")


def as_sentence(text: str) -> str:
    """Return a text with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."
