"""The findings of a whole capture: one row for a cause that stands behind many flows.

Flows are told one by one, by several processes it may be. So each flow's findings are also written
in short, in front of its text, and added up where all texts come together.
"""

from typing import Final

from librt.strings import BytesWriter
from librt.vecs import append, vec
from mypy_extensions import i32, i64, u8

from tcptui.engine.saturation import plus
from tcptui.findings.finding import Finding
from tcptui.findings.findings import RANKS
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.findings.verdict import Verdict, verdict_of_rank
from tcptui.text.amounts import amount
from tcptui.text.digits import ZERO, write_number

RECORD: Final = 0x1E
UNIT: Final = 0x1F
TAB: Final = 9
BETWEEN_FINDINGS: Final = bytes([RECORD])
BETWEEN_VALUES: Final = bytes([UNIT])
BEHIND: Final = bytes([TAB])
"""What ends the findings in short; no text of a flow has one."""


def write_short(out: BytesWriter, number: i64, found: list[Finding]) -> None:
    """Write the findings of the flow with this index, to go before its text."""
    start = len(out)
    for one in found:
        if len(out) > start:
            out.append(u8(RECORD))
        write_number(out, number)
        out.append(u8(UNIT))
        out.write(one.kind.encode())
        out.append(u8(UNIT))
        out.write(one.severity.encode())
        out.append(u8(UNIT))
        if one.side is not None:
            out.write(one.side.encode())
        out.append(u8(UNIT))
        write_number(out, one.cost or 0)
        out.append(u8(UNIT))
        out.write(one.text.encode("utf-8", "backslashreplace"))
    out.append(u8(TAB))


def in_short(number: int, found: list[Finding]) -> bytes:
    """Return what :func:`write_short` writes."""
    out = BytesWriter()
    write_short(out, number, found)
    return out.getvalue()


def number_in(digits: bytes) -> int:
    """Return the number that was written in short."""
    number: i64 = 0
    for digit in digits:
        number = number * 10 + i64(digit) - ZERO
    return int(number)


class CaptureFinding:
    """One kind of finding over all flows; ``cost`` in ns, ``flows`` their indices, ascending.

    ``text`` is that of the finding that is worst or cost most, of the flow ``worst``. What comes
    in short stays bytes until it is asked for.
    """

    def __init__(self, kind: str, severity: bytes, side: bytes) -> None:
        self.kind = kind
        self.severity_word = severity
        self.side_word = side
        self.cost = 0
        self.flows: vec[i32] = vec[i32]()
        self.worst = -1
        self.worst_cost = -1
        self.text_of_worst = b""

    def add(self, flow: int, severity: bytes, side: bytes, cost: int, text: bytes) -> None:
        """Add the finding of one flow."""
        if side != self.side_word:
            self.side_word = b""
        if severity != self.severity_word:
            if RANKS[severity.decode()] < RANKS[self.severity]:
                self.cost = int(plus(self.cost, cost))
                self.flows = append(self.flows, i32(flow))
                return
            self.severity_word = severity
            self.worst_cost = -1
        if cost >= self.worst_cost:
            self.worst, self.worst_cost, self.text_of_worst = flow, cost, text
        self.cost = int(plus(self.cost, cost))
        self.flows = append(self.flows, i32(flow))

    @property
    def severity(self) -> str:
        """The worst of its flows'."""
        return self.severity_word.decode()

    @property
    def side(self) -> str | None:
        """The side that it is on in all flows."""
        return self.side_word.decode() or None

    @property
    def text(self) -> str:
        """The finding's own words where it is in one flow, else what it means and the worst."""
        worst = self.text_of_worst.decode(errors="backslashreplace")
        if len(self.flows) == 1:
            return worst
        meaning = FINDING_KINDS[self.kind].meaning
        flows = amount(len(self.flows), "flow")
        return f"{flows}: {meaning}; the worst is flow {self.worst}: {worst}"


def weight(kind: str, severity: str, cost: int, flows: int) -> tuple[int, bool, int, int]:
    """Return how far up a cause stands among those of a capture, as findings do in a flow."""
    return RANKS[severity], FINDING_KINDS[kind].leading, cost, flows


class CaptureFindings:
    """Adds up what flows have."""

    def __init__(self) -> None:
        self.found: dict[bytes, CaptureFinding] = {}

    def without_short(self, text: bytes) -> bytes:
        """Add a flow's findings in short to those of the capture, and return its text without
        them."""
        if text.startswith(BEHIND):
            return text[1:]
        end = text.index(BEHIND)
        self.take_text(text[:end])
        return text[end + 1 :]

    def take_text(self, short: bytes) -> None:
        """Add what :func:`in_short` has written of one flow, without its end."""
        for row in short.split(BETWEEN_FINDINGS):
            number, kind, severity, side, cost, text = row.split(BETWEEN_VALUES)
            cause = self.found.get(kind)
            if cause is None:
                cause = CaptureFinding(kind.decode(), severity, side)
                self.found[kind] = cause
            cause.add(number_in(number), severity, side, number_in(cost), text)

    def ranked(self) -> list[CaptureFinding]:
        """Return the causes, the worst first."""
        return sorted(self.found.values(), key=standing, reverse=True)

    def verdict(self, damaged: bool) -> Verdict:
        """Return the verdict of the capture; a ``damaged`` one is never said to be all right."""
        worst = max((RANKS[cause.severity] for cause in self.found.values()), default=-1)
        verdict = verdict_of_rank(worst)
        return Verdict.NOTE if damaged and verdict is Verdict.OK else verdict


def standing(cause: CaptureFinding) -> tuple[int, bool, int, int]:
    """Return where a cause stands among others."""
    return weight(cause.kind, cause.severity, cause.cost, len(cause.flows))
