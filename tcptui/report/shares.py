"""Analyses a big capture in two processes, each the flows of one half.

Both read and decode every packet, which is a third of the work, and so agree on frames, times and
what is not TCP. A connection, and all later ones on its ports, belong to one half, so that nothing
the analysis remembers is divided. Before the texts are made each process tells the other what
must be known of its half: a :class:`Summary`.
"""

import marshal
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import islice
from typing import BinaryIO, NamedTuple

from librt.vecs import vec
from mypy_extensions import i32

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.share import Share, numbers_of
from tcptui.engine.transfers import TransferRow, rows_of
from tcptui.findings.checksums import MOST_REPETITIONS, first_repetitions
from tcptui.findings.two_points import holds_two_points
from tcptui.report.flow_formats import TextFormat
from tcptui.report.flow_texts import FlowTexts, finder, nothing
from tcptui.report.report import Contents
from tcptui.report.second import (
    PipeEnds,
    lines_of,
    merged,
    read_message,
    second_process,
    write_lines,
    write_message,
)
from tcptui.session import analyse


class Summary(NamedTuple):
    """Holds what one half must know about the other: frames of the capture, which of its TCP
    headers opened the half's flows, tokens of Multipath TCP, frames of first repetitions, who
    answered SYNs, large transfers, the log of its greetings, whether files are of two points."""

    frames: int
    opened: vec[i32]
    tokens: list[bytes]
    repetitions: list[int]
    servers: list[tuple[bytes, int, int, int, int]]
    transfers: list[TransferRow]
    greetings: bytes
    at_two_points: bool

    def fits(self, other: "Summary") -> bool:
        """Return whether the halves are independent and of the same capture: subflows with a token
        in common may lie in both, and a file may grow while it is read.
        """
        return self.frames == other.frames and set(self.tokens).isdisjoint(other.tokens)


class Whole(NamedTuple):
    """A capture of which this process has analysed one half, with the texts of all flows."""

    engine: Engine
    texts: Iterator[bytes]


class Half:
    """One half of a capture's flows, which is analysed here; ``contents`` says with what, ``form``
    is that of its texts."""

    def __init__(self, source: Source, contents: Contents, number: int, form: TextFormat) -> None:
        self.source = source
        self.judged = contents.findings
        self.form = form
        self.share = Share(number)
        self.engine = new_engine(contents.rules, contents.names)
        self.engine.share = self.share

    def analysed(self, wanted: Callable[[], bool] = lambda: True) -> Summary:
        """Analyse it, as long as it is wanted; raises CaptureError where not one packet can be
        read."""
        for _ in analyse(self.source, self.engine):
            if not wanted():
                raise SystemExit
        return Summary(
            self.engine.frames,
            self.share.opened,
            list(self.engine.options.tokens.by_token),
            first_repetitions(self.engine),
            self.engine.lifecycle.servers.as_rows(),
            rows_of(self.engine.packets, self.engine.flows),
            self.engine.greetings.log.getvalue(),
            holds_two_points(self.engine),
        )

    def texts(self, own: Summary, other: Summary, start: int = 0) -> Iterator[bytes]:
        """Yield the texts of its flows, without the first ``start``."""
        flows = len(own.opened) + len(other.opened)
        repetitions = sorted(own.repetitions + other.repetitions)[:MOST_REPETITIONS]
        find = finder(self.engine, self.source, flows, repetitions) if self.judged else nothing
        texts = FlowTexts(self.engine, find, self.form)
        self.share.numbers = numbers_of(own, other)
        self.engine.lifecycle.servers.merge(other.servers)
        theirs = numbers_of(other, own)
        self.engine.transfers.merge([(*row[:4], int(theirs[row[4]])) for row in other.transfers])
        self.engine.greetings.others = other.greetings
        numbers = map(int, self.share.numbers)
        for number, flow in islice(zip(numbers, self.engine.flows, strict=True), start, None):
            yield texts.text(number, flow)


@contextmanager
def shared(source: Source, contents: Contents, form: TextFormat) -> Iterator[Whole | None]:
    """Return ``source`` analysed by two processes; None where one must do it alone after all.

    Raises CaptureError where not one packet can be read.
    """
    with second_process(partial(do_other_half, source, contents, form)) as ends:
        ours = Half(source, contents, 0, form)
        own = ours.analysed()
        other = receive(ends.incoming)
        if other is None or not own.fits(other):
            yield None
            return

        def rest(came: int) -> Iterator[bytes]:
            with closing(source.again()) as again:
                theirs = Half(again, contents, 1, form)
                yield from theirs.texts(theirs.analysed(), own, came)

        with suppress(BrokenPipeError):
            send(own, ends.outgoing)
        ours.engine.at_two_points = other.at_two_points
        lines = lines_of(ends.incoming, len(other.opened), rest)
        numbers = map(int, numbers_of(own, other))
        yield Whole(ours.engine, merged(ours.texts(own, other), numbers, lines))


def do_other_half(source: Source, contents: Contents, form: TextFormat, ends: PipeEnds) -> None:
    """Do the work of the second process, until the first one is gone."""
    first = os.getppid()
    half = Half(source, contents, 1, form)
    own = half.analysed(lambda: os.getppid() == first)
    send(own, ends.outgoing)
    other = receive(ends.incoming)
    if other:
        write_lines(half.texts(own, other), ends.outgoing)


def send(summary: Summary, out: BinaryIO) -> None:
    write_message(marshal.dumps((summary.frames, list(summary.opened), *summary[2:])), out)


def receive(incoming: BinaryIO) -> Summary | None:
    """Return the other half's summary; None where its process was ended before."""
    data = read_message(incoming)
    if data is None:
        return None
    frames, opened, *rest = marshal.loads(data)
    return Summary(frames, vec[i32](opened), *rest)
