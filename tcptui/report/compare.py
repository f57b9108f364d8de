"""Compares the flags of every packet with those of the tshark on this machine: `tcptui compare`."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from tcptui.capture.errors import WrongOption
from tcptui.capture.source import Source, open_source
from tcptui.diagnosis.replays import Replays
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.wireshark.flags import ALPHABETICAL, flag_names
from tcptui.engine.wireshark.rules import Rules
from tcptui.escapes import visible
from tcptui.report.rereading import reader
from tcptui.report.tshark import Tshark
from tcptui.session import analyse

MOST_SHOWN: Final = 10
Tell = Callable[[str, Source, Engine], None]
"""Is told the name of a file that was read, its source, and the engine that analysed it."""
NAMES: Final = tuple(flag.name for flag in ALPHABETICAL)
FIELDS: Final = ("frame.number", *(f"tcp.analysis.{name}" for name in NAMES), "_ws.col.Info")


@dataclass
class Disagreement:
    """A packet that is flagged differently, with what each side says about it."""

    file: str
    frame: int
    ours: list[str]
    theirs: list[str]
    our_words: str
    their_words: str


@dataclass
class Agreement:
    """Counts over all compared packets; per flag: both, only ours, only tshark's."""

    packets: int = 0
    equal: int = 0
    both: Counter[str] = field(default_factory=Counter)
    only_ours: Counter[str] = field(default_factory=Counter)
    only_theirs: Counter[str] = field(default_factory=Counter)
    first: list[Disagreement] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The packets with exactly the same flags, 0 to 1; 1 where there are no packets."""
        return self.equal / self.packets if self.packets else 1.0

    def count_flags(self, ours: list[str], theirs: list[str]) -> None:
        """Count each flag that either side gives to a packet."""
        for name in {*ours, *theirs}:
            if name in ours and name in theirs:
                self.both[name] += 1
            elif name in ours:
                self.only_ours[name] += 1
            else:
                self.only_theirs[name] += 1


def compare(files: Sequence[str], tshark: Tshark, rules: Rules, tell: Tell) -> Agreement:
    """Analyse each file by itself with both programs, and count; ``tell`` hears of each.

    We read it first: of what is no capture we say more than tshark. Raises CaptureError.
    """
    for path in files:
        check_readable_twice(path)
    agreement = Agreement()
    for path in files:
        engine = new_engine(rules)
        source = open_source([path], seekable=True)
        try:
            for _ in analyse(source, engine):
                pass
            theirs = {int(row[0]): row[1:] for row in tshark.fields(path, FIELDS)}
            file = FileComparison(agreement, path, Replays(engine, reader(engine, source)))
            for frame, ours, row in our_frames(engine):
                file.count_packet(frame, ours, row, theirs.pop(frame, None))
            for frame, said in theirs.items():
                file.count_packet(frame, [], -1, said)
            tell(path, source, engine)
        finally:
            source.close()
    return agreement


def check_readable_twice(path: str) -> None:
    """Refuse what is gone once one program has read it. Raises WrongOption."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - a Path would drop what the name says
    except (OSError, ValueError):
        return  # opening it says why
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        what = "two programs read it, which this cannot be twice"
        raise WrongOption(what, visible(path), "name a file")


def our_frames(engine: Engine) -> Iterator[tuple[int, list[str], int]]:
    """Yield each frame with a row: its number, its flags (of all its TCP headers), its first
    row."""
    packets = engine.packets
    for frame, rows in groupby(range(packets.count), packets.frame):
        bits = 0
        first = -1
        for row in rows:
            first = row if first < 0 else first
            bits |= packets.analysis(row)
        yield frame, flag_names(bits), first


class FileComparison:
    """Counts the packets of one file in an agreement."""

    def __init__(self, agreement: Agreement, path: str, replays: Replays) -> None:
        self.agreement = agreement
        self.path = path
        self.replays = replays

    def count_packet(self, frame: int, ours: list[str], row: int, said: list[str] | None) -> None:
        """Count a packet; ``row`` is -1 where we have none, ``said`` None where tshark has none."""
        agreement = self.agreement
        theirs = [name for name, value in zip(NAMES, said, strict=False) if value] if said else []
        agreement.packets += 1
        agreement.count_flags(ours, theirs)
        if ours == theirs and row >= 0 and said is not None:
            agreement.equal += 1
        elif len(agreement.first) < MOST_SHOWN:
            our_words = self.replays.why(row) if row >= 0 else "not a TCP packet"
            their_words = " ".join(said[len(NAMES) :]) if said else "not a TCP packet"
            agreement.first.append(
                Disagreement(self.path, frame, ours, theirs, our_words, their_words)
            )


def agreement_text(agreement: Agreement, version: str, rules: Rules) -> Iterator[str]:
    """Yield the comparison as lines of text."""
    yield (f"{rules.name} rules compared with {version.rstrip('.')}, application decoders off")
    yield (
        f"{agreement.packets:,} TCP packets, {agreement.equal:,} with exactly the same flags:"
        f" {agreement.share:.5%}"
    )
    flagged = sorted({*agreement.both, *agreement.only_ours, *agreement.only_theirs})
    if flagged:
        yield f"{'tcp.analysis.':26}{'both':>10}{'ours':>8}{'tshark':>8}  precision   recall"
    for name in flagged:
        both, ours, theirs = (
            counts[name] for counts in (agreement.both, agreement.only_ours, agreement.only_theirs)
        )
        yield (
            f"{name:26}{both:>10,}{ours:>8,}{theirs:>8,}"
            f"{percentage(both, ours):>11}{percentage(both, theirs):>9}"
        )
    for one in agreement.first:
        yield f"{visible(one.file)} frame {one.frame}:"
        yield f"  tcptui {', '.join(one.ours) or '-'}: {one.our_words}"
        yield f"  tshark {', '.join(one.theirs) or '-'}: {one.their_words}"


def percentage(both: int, others: int) -> str:
    return f"{both / (both + others):.3%}" if both + others else "-"
