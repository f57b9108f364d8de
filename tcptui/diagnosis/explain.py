"""Says why a segment is what it is called: in a sentence or two, or with all the evidence.

Everything is made when it is looked at, from the engine's columns; the packet's own bytes are
read only for the full evidence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from tcptui.diagnosis import gaps, plain, resent, signals, strict
from tcptui.diagnosis.decisions import RuleDecision, RuleNumber, decisions, fired, not_fired
from tcptui.diagnosis.evidence_facts import Facts, fact_lines, json_facts
from tcptui.diagnosis.jumps import jump_before
from tcptui.diagnosis.strict import Proof
from tcptui.diagnosis.trail import SegmentContext
from tcptui.engine.decode.header_search import Header, read_header
from tcptui.engine.engine import Engine
from tcptui.engine.packets import DSACK
from tcptui.engine.wireshark import flags
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS, AnalysisFlag
from tcptui.engine.wireshark.replay import Replay
from tcptui.findings.finding import Read
from tcptui.text.amounts import span

EXPLAINERS: Final[dict[int, Callable[[SegmentContext, Facts], str]]] = {
    flags.REUSED_PORTS: signals.reused_ports,
    flags.RETRANSMISSION: resent.retransmission,
    flags.FAST_RETRANSMISSION: resent.fast_retransmission,
    flags.SPURIOUS_RETRANSMISSION: resent.spurious_retransmission,
    flags.OUT_OF_ORDER: resent.out_of_order,
    flags.LOST_SEGMENT: gaps.lost_segment,
    flags.ACK_LOST_SEGMENT: gaps.ack_lost_segment,
    flags.WINDOW_UPDATE: signals.window_update,
    flags.WINDOW_FULL: signals.window_full,
    flags.KEEP_ALIVE: signals.keep_alive,
    flags.KEEP_ALIVE_ACK: signals.keep_alive_ack,
    flags.DUPLICATE_ACK: signals.duplicate_ack,
    flags.ZERO_WINDOW_PROBE: signals.zero_window_probe,
    flags.ZERO_WINDOW: signals.zero_window,
    flags.ZERO_WINDOW_PROBE_ACK: signals.zero_window_probe_ack,
}


@dataclass(frozen=True)
class FlagEvidence:
    """One flag of a segment: its rule, the sentence for this case, and the facts by name.

    ``rule`` is that of the release in whose name the flag was given, ``because`` are the numbers
    on which it fired, ``refused`` the rules that were asked before it and did not.
    """

    flag: AnalysisFlag
    rule: str
    sentence: str
    facts: Facts
    because: tuple[RuleNumber, ...] = ()
    refused: tuple[RuleDecision, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "flag": self.flag.name,
            "severity": self.flag.severity.value,
            "rule": self.rule,
            "text": self.sentence,
            "because": [number.as_json() for number in self.because],
            "not": [{"rule": one.rule, "why": one.why} for one in self.refused],
            **json_facts(self.facts),
        }

    def lines(self) -> Iterator[str]:
        yield f"{self.flag.title} (tcp.analysis.{self.flag.name}, {self.flag.severity.value})"
        yield f"  {self.sentence}"
        yield f"  Rule: {self.rule}"
        if self.because:
            yield f"  Because: {', '.join(number.as_text() for number in self.because)}"
        for one in self.refused:
            yield f"  Not {one.rule}: {one.why}"
        for line in fact_lines(self.facts):
            yield f"    {line}"


@dataclass(frozen=True)
class Evidence:
    """All that can be said of one segment, by the rules of a release, whose title is ``rules``.

    ``jump`` says that the capture's clock jumps before it, or is empty; ``text`` ends with it.
    ``sack`` are its SACK blocks as ``start:end`` in the receiver's relative numbers, ``dsack``
    whether the first is a D-SACK; ``times`` its time stamps (own, echoed); ``checksum`` in words.
    The last three are None where the packet does not tell.
    """

    frame: int
    rules: str
    flow: int
    sender: str
    text: str
    jump: str
    flags: tuple[FlagEvidence, ...]
    proofs: tuple[Proof, ...]
    sack: tuple[str, ...]
    dsack: bool
    times: tuple[int, int] | None
    checksum: str | None

    def as_json(self) -> dict[str, Any]:
        """Plain lists and objects; times in seconds."""
        return {
            "frame": self.frame,
            "flow": self.flow,
            "sender": self.sender,
            "text": self.text,
            "flags": [flag.as_json() for flag in self.flags],
            "strict": [proof._asdict() for proof in self.proofs],
            "sack": list(self.sack),
            "dsack": self.dsack,
            "timestamps": list(self.times) if self.times else None,
            "checksum": self.checksum,
        }

    def as_text(self) -> str:
        """Return the evidence as lines to read."""
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        yield f"#{self.frame}, flow {self.flow} ({self.rules}), from the {self.sender}"
        if not self.flags:
            yield self.text
        for flag in self.flags:
            yield from flag.lines()
        if self.flags and self.jump:
            yield self.jump
        for proof in self.proofs:
            yield f"Strictly: {proof.text}"
        if self.sack:
            kind = "SACK blocks (the first is a D-SACK)" if self.dsack else "SACK blocks"
            yield f"{kind}: {', '.join(self.sack)}"
        if self.times:
            yield f"Time stamps: {self.times[0]}, echoes {self.times[1]}"
        if self.checksum:
            yield f"Checksum: {self.checksum}"


def why(engine: Engine, row: int, read: Read, replay: Replay | None = None) -> str:
    """Return one or two sentences about the segment of a row, with numbers and frames.

    ``read`` and ``replay`` as in :func:`evidence`.
    """
    trail = SegmentContext(engine, row)
    if not trail.this.analysis:
        return told([plain.sentence(trail)], jump_before(trail))
    found = replayed(trail, replay or Replay(engine, trail.flow, read))
    return told([flag.sentence for flag in found], jump_before(trail))


def told(sentences: list[str], jump: str) -> str:
    """Return the sentences about a segment, and at last that the capture's clock jumps before it,
    if it does."""
    return " ".join([*sentences, *([jump] if jump else [])])


def explained(trail: SegmentContext) -> Iterator[FlagEvidence]:
    """Yield the evidence for each flag of the trail's segment, which was replayed."""
    for flag in ANALYSIS_FLAGS:
        if trail.this.has_flag(flag.bit):
            facts: Facts = {}
            rule = flag.rule_of(trail.engine.rules.name)
            explain = EXPLAINERS.get(flag.bit)
            sentence = explain(trail, facts) if explain else f"{flag.title}: {flag.meaning}."
            yield FlagEvidence(flag, rule, sentence, facts)


def replayed(trail: SegmentContext, replay: Replay) -> Iterator[FlagEvidence]:
    """Yield the evidence for each flag, with what the rules say when they run again; where they
    cannot, the flag alone."""
    release = trail.engine.rules.name
    recorder = replay.decisions_at(trail.this.row)
    if recorder is None:
        for flag in ANALYSIS_FLAGS:
            if trail.this.has_flag(flag.bit):
                text = f"{flag.title}: {flag.meaning}. Cannot be replayed: {replay.why_not}."
                yield FlagEvidence(flag, flag.rule_of(release), text, {})
        return
    trail.recorder = recorder
    told = decisions(trail, recorder.decisions)
    for one in explained(trail):
        bit = one.flag.bit
        yield replace(one, because=fired(told, bit), refused=not_fired(told, bit))


def evidence(engine: Engine, row: int, read: Read, replay: Replay | None = None) -> Evidence:
    """Return everything about the segment of a row; ``read(row)`` gives the bytes of its packet.

    Who asks for several rows of one flow, in order, gives its ``replay``, which goes on.
    """
    trail = SegmentContext(engine, row)
    this = trail.this
    found: tuple[FlagEvidence, ...] = ()
    if this.analysis:
        found = tuple(replayed(trail, replay or Replay(engine, trail.flow, read)))
    header = read_header(engine, row, read(row))
    jump = jump_before(trail)
    return Evidence(
        this.frame,
        engine.rules.title,
        trail.index,
        trail.who,
        told([flag.sentence for flag in found] or [plain.sentence(trail)], jump),
        jump,
        found,
        tuple(strict.proofs(trail, read)),
        sack_blocks(trail, header),
        this.has_attribute(DSACK),
        header.times if header else None,
        header.checksum if header else None,
    )


def sack_blocks(trail: SegmentContext, header: Header | None) -> tuple[str, ...]:
    blocks = header.sack if header else ()
    return tuple(span(trail.ack(left), trail.ack(right)) for left, right in blocks)
