"""Analyses a big capture in several processes, each a share of the flows.

All read every packet, which is a small part of the work, and so agree on frames, times and what is
not TCP. A connection, and all later ones on its ports, belong to one share, so that nothing the
analysis remembers is divided. Before the texts are made each process tells the others
what must be known of its share: a :class:`Summary`.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import islice, starmap
from typing import TYPE_CHECKING, NamedTuple

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.share import Share
from tcptui.report.flow_formats import Find, TextFormat
from tcptui.report.flow_texts import FlowTexts, finder, nothing
from tcptui.report.processes import (
    PipeEnds,
    in_order,
    other_processes,
    texts_from,
    write_texts,
)
from tcptui.report.report import Contents, engine_for
from tcptui.report.summaries import (
    Gathering,
    Known,
    Summary,
    learn,
    receive_known,
    receive_summary,
    send_known,
    send_summary,
    summary_of,
)
from tcptui.session import analyse

if TYPE_CHECKING:
    from tcptui.report.flow_accounts import FlowAccounts


class Whole(NamedTuple):
    """A capture of which this process has analysed one share, or none, with the texts of all flows;
    where they are accounts, with how many flows the capture has, and the worst of each share."""

    engine: Engine
    texts: Iterator[bytes]
    flows: int = 0
    worst: Sequence[bytes] = ()


class SharedReport(NamedTuple):
    """Says what all processes do: analyse ``source``, and make texts of this form, or accounts of
    flows of files with these names; ``shares`` is into how many it is divided. Where
    ``is_bounded``, there may be more shares, of which only so many are held at a time."""

    source: Source
    contents: Contents
    form: TextFormat | None
    shares: int
    is_bounded: bool = False
    names: Sequence[str] = ()

    @property
    def needs_numbers(self) -> bool:
        """Whether flows must have their numbers in the whole capture from the beginning."""
        return self.contents.only is not None or self.form is None


class SharedFlows:
    """Has the flows of one share of a capture, which is analysed here.

    Where what is ``known`` of the whole capture comes first, flows have its numbers from the
    beginning, so that filters see what they see in the whole.
    """

    def __init__(self, asked: SharedReport, number: int, known: Known | None = None) -> None:
        self.asked = asked
        self.number = number
        self.share = Share(number, asked.shares)
        self.share.keeps_times = asked.contents.only is not None
        if known is not None:
            self.share.number_flows(known.owners)
        self.engine = engine_for(asked.form, asked.contents)
        self.engine.share = self.share
        self.accounts: FlowAccounts | None = None

    def analysed(self, wanted: Callable[[], bool] = lambda: True) -> Summary:
        """Analyse it, as long as it is wanted; raises CaptureError where not one packet can be
        read."""
        for _ in analyse(self.asked.source, self.engine):
            if not wanted():
                raise SystemExit
        return summary_of(self.engine, self.share)

    def texts(self, known: Known, start: int = 0) -> Iterator[bytes]:
        """Return the texts of its flows, without the first ``start``."""
        return starmap(self.maker(known), islice(self.flows(), start, None))

    def numbered_texts(self, known: Known) -> Iterator[tuple[int, bytes]]:
        """Yield the texts of its flows with their numbers in the whole capture."""
        make = self.maker(known)
        for number, flow in self.flows():
            yield number, make(number, flow)

    def maker(self, known: Known) -> Callable[[int, Flow], bytes]:
        """Learn what is known; return the function that makes the text of a flow with a number."""
        learn(self.engine, self.share, known)
        find: Find = nothing
        if self.asked.contents.findings:
            find = finder(self.engine, self.asked.source, len(known.owners), known.repetitions)
        if self.asked.form is not None:
            return FlowTexts(self.engine, find, self.asked.form).text
        from tcptui.report.flow_accounts import FlowAccounts

        accounts = self.accounts = FlowAccounts(self.engine, self.asked.names, find)
        return lambda _, flow: accounts.account(flow).line()

    def worst(self) -> bytes:
        """Return the worst of its flows as a line, where there are accounts of all; else
        nothing."""
        if self.accounts is None:
            return b""
        from tcptui.report.flow_accounts import worst_line

        return worst_line(self.accounts.worst())

    def flows(self) -> Iterator[tuple[int, Flow]]:
        """Return the flows of the share that are asked for, with their numbers in the whole
        capture."""
        flows, only = self.engine.flows, self.asked.contents.only
        if only is not None:
            from tcptui.filters.selection import matching_flows

            numbers = matching_flows(only, self.engine, self.asked.source.read)
        else:
            numbers = [int(number) for number in self.share.numbers]
            if not self.share.is_numbered:
                return zip(numbers, flows, strict=True)
        return zip(numbers, map(flows.__getitem__, numbers), strict=True)


@contextmanager
def shared(asked: SharedReport) -> Iterator[Whole | None]:
    """Return a capture analysed by as many processes as there are shares; None where one must do it
    alone after all.

    Raises CaptureError where not one packet can be read.
    """
    asked.source.share_out(asked.shares)
    with other_processes(asked.shares - 1, partial(do_share, asked)) as others:
        asked.source.become_reader(0)
        ours = SharedFlows(asked, 0)
        gathered = all_gathered(ours.analysed(), others)
        if gathered is None or not gathered.fits:
            yield None
            return

        known = gathered.known()

        def rest(number: int, came: int) -> Iterator[bytes]:
            with closing(asked.source.again()) as again:
                theirs = SharedFlows(asked._replace(source=again), number)
                theirs.analysed()
                yield from theirs.texts(known, came)

        for ends in others:
            with suppress(BrokenPipeError):
                send_known(known, ends.outgoing)
        ours.engine.at_two_points = gathered.at_two_points
        texts = [ours.texts(known)]
        for number, ends in enumerate(others, 1):
            count = known.owners.count(number)
            texts.append(texts_from(ends.incoming, count, partial(rest, number)))
        yield Whole(ours.engine, in_order(texts, known.owners))


def all_gathered(own: Summary, others: Sequence[PipeEnds]) -> Gathering | None:
    """Return what all shares tell; None where a process was ended before it told its own."""
    gathered = Gathering([own])
    for ends in others:
        received = receive_summary(ends.incoming)
        if received is None:
            return None
        gathered.take(received)
    return gathered


def do_share(asked: SharedReport, number: int, ends: PipeEnds) -> None:
    """Do the work of another process, until the first one is gone."""
    first = os.getppid()
    asked.source.become_reader(number)
    ours = SharedFlows(asked, number)
    send_summary(ours.analysed(lambda: os.getppid() == first), ends.outgoing)
    known = receive_known(ends.incoming)
    if known is not None:
        write_texts(ours.texts(known), ends.outgoing)
