"""Analyses a big capture in several processes, each a share of the flows.

All read and decode every packet, which is a small part of the work, and so agree on frames, times
and what is not TCP. A connection, and all later ones on its ports, belong to one share, so that
nothing the analysis remembers is divided. Before the texts are made each process tells the others
what must be known of its share: a :class:`Summary`.
"""

import marshal
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial, reduce
from itertools import islice
from typing import BinaryIO, NamedTuple

from librt.vecs import vec
from mypy_extensions import i32

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.greeting_scan import merged_log
from tcptui.engine.share import Share, flows_of, owners_of
from tcptui.engine.tcp_state.servers import MOST_SERVERS
from tcptui.engine.transfers import TransferRow, rows_of
from tcptui.findings.checksums import MOST_REPETITIONS, first_repetitions
from tcptui.findings.two_points import MOST_FLOWS, holds_two_points
from tcptui.report.bounded_tables import used_by, would_fit
from tcptui.report.flow_formats import Find, TextFormat
from tcptui.report.flow_texts import FlowTexts, finder, nothing
from tcptui.report.processes import (
    PipeEnds,
    in_order,
    lines_of,
    other_processes,
    read_message,
    write_lines,
    write_message,
)
from tcptui.report.report import Contents
from tcptui.session import analyse


class Summary(NamedTuple):
    """Holds what the others must know about one share: frames of the capture, which of its TCP
    headers opened the share's flows, tokens of Multipath TCP, frames of first repetitions, who
    answered SYNs, large transfers, the log of its greetings, whether files are of two points, how
    full its tables were."""

    frames: int
    opened: vec[i32]
    tokens: list[bytes]
    repetitions: list[int]
    servers: list[tuple[bytes, int, int, int, int]]
    transfers: list[TransferRow]
    greetings: bytes
    at_two_points: bool
    used: list[int]


def fit(summaries: Sequence[Summary]) -> bool:
    """Return whether the shares are independent and of the same capture, and remember together what
    one process would: subflows with a token in common may lie in several, a file may grow while it
    is read, and a table of one process may be full, or its first flows not tell of two points."""
    tokens = [token for one in summaries for token in one.tokens]
    servers = {server for one in summaries for server, *_ in one.servers}
    is_seen_in_many = any(one.at_two_points for one in summaries) and (
        sum(len(one.opened) for one in summaries) > MOST_FLOWS
    )
    return (
        len({one.frames for one in summaries}) == 1
        and len(set(tokens)) == len(tokens)
        and len(servers) < MOST_SERVERS
        and not is_seen_in_many
        and would_fit([one.used for one in summaries])
    )


class Whole(NamedTuple):
    """A capture of which this process has analysed one share, with the texts of all flows."""

    engine: Engine
    texts: Iterator[bytes]


class SharedReport(NamedTuple):
    """Says what all processes do: analyse ``source``, and make texts of this form; ``shares``
    is into how many it is divided."""

    source: Source
    contents: Contents
    form: TextFormat
    shares: int


class SharedFlows:
    """Has the flows of one share of a capture, which is analysed here."""

    def __init__(self, asked: SharedReport, number: int) -> None:
        self.asked = asked
        self.number = number
        self.share = Share(number, asked.shares)
        self.engine = new_engine(asked.contents.rules, asked.contents.names)
        self.engine.share = self.share

    def analysed(self, wanted: Callable[[], bool] = lambda: True) -> Summary:
        """Analyse it, as long as it is wanted; raises CaptureError where not one packet can be
        read."""
        for _ in analyse(self.asked.source, self.engine):
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
            used_by(self.engine),
        )

    def texts(self, summaries: Sequence[Summary], owners: bytes, start: int = 0) -> Iterator[bytes]:
        """Yield the texts of its flows, without the first ``start``; ``summaries`` are those of all
        shares, ``owners`` tells whose each flow is."""
        self.learn(summaries, owners)
        repetitions = sorted(frame for one in summaries for frame in one.repetitions)
        find: Find = nothing
        if self.asked.contents.findings:
            find = finder(
                self.engine, self.asked.source, len(owners), repetitions[:MOST_REPETITIONS]
            )
        texts = FlowTexts(self.engine, find, self.asked.form)
        numbers = map(int, self.share.numbers)
        for number, flow in islice(zip(numbers, self.engine.flows, strict=True), start, None):
            yield texts.text(number, flow)

    def learn(self, summaries: Sequence[Summary], owners: bytes) -> None:
        """Take what there is to know of the other shares."""
        engine = self.engine
        self.share.numbers = flows_of(owners, self.number)
        transfers: list[TransferRow] = []
        greetings: list[bytes] = []
        for number, one in enumerate(summaries):
            if number == self.number:
                continue
            engine.lifecycle.servers.merge(one.servers)
            theirs = flows_of(owners, number)
            transfers += [(*row[:4], int(theirs[row[4]])) for row in one.transfers]
            greetings.append(one.greetings)
        engine.transfers.merge(transfers)
        engine.greetings.others = reduce(merged_log, greetings, b"")


@contextmanager
def shared(asked: SharedReport) -> Iterator[Whole | None]:
    """Return a capture analysed by as many processes as there are shares; None where one must do it
    alone after all.

    Raises CaptureError where not one packet can be read.
    """
    with other_processes(asked.shares - 1, partial(do_share, asked)) as others:
        ours = SharedFlows(asked, 0)
        summaries = all_summaries(ours.analysed(), others)
        if summaries is None or not fit(summaries):
            yield None
            return

        owners = owners_of([*summaries])

        def rest(number: int, came: int) -> Iterator[bytes]:
            with closing(asked.source.again()) as again:
                theirs = SharedFlows(asked._replace(source=again), number)
                theirs.analysed()
                yield from theirs.texts(summaries, owners, came)

        for ends in others:
            with suppress(BrokenPipeError):
                send(summaries, ends.outgoing)
        ours.engine.at_two_points = any(one.at_two_points for one in summaries[1:])
        texts = [ours.texts(summaries, owners)]
        for number, ends in enumerate(others, 1):
            count = len(summaries[number].opened)
            texts.append(lines_of(ends.incoming, count, partial(rest, number)))
        yield Whole(ours.engine, in_order(texts, owners))


def all_summaries(own: Summary, others: Sequence[PipeEnds]) -> list[Summary] | None:
    """Return the summaries of all shares; None where a process was ended before it told its own."""
    summaries = [own]
    for ends in others:
        received = receive(ends.incoming)
        if received is None:
            return None
        summaries += received
    return summaries


def do_share(asked: SharedReport, number: int, ends: PipeEnds) -> None:
    """Do the work of another process, until the first one is gone."""
    first = os.getppid()
    ours = SharedFlows(asked, number)
    send([ours.analysed(lambda: os.getppid() == first)], ends.outgoing)
    summaries = receive(ends.incoming)
    if summaries:
        write_lines(ours.texts(summaries, owners_of([*summaries])), ends.outgoing)


def send(summaries: Sequence[Summary], out: BinaryIO) -> None:
    rows = [(one.frames, list(one.opened), *one[2:]) for one in summaries]
    write_message(marshal.dumps(rows), out)


def receive(incoming: BinaryIO) -> list[Summary] | None:
    """Return the summaries that another process sent; None where it was ended before."""
    data = read_message(incoming)
    if data is None:
        return None
    return [
        Summary(frames, vec[i32](opened), *rest) for frames, opened, *rest in marshal.loads(data)
    ]
