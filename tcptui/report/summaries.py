"""Tells what the shares of a capture must know of each other before a flow's text is made.

Each tells a :class:`Summary` of its flows. Together they are what is :class:`Known` of the whole
capture, the same for all, and of which each leaves away what is its own.
"""

import marshal
from array import array
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from librt.vecs import vec
from mypy_extensions import i32

from tcptui.engine.engine import Engine
from tcptui.engine.greeting_scan import log_without, merged_log
from tcptui.engine.share import Share, flows_of, owners_of
from tcptui.engine.tcp_state.servers import MOST_SERVERS, ServerRow, Servers
from tcptui.engine.transfers import TransferRow, rows_of
from tcptui.findings.checksums import MOST_REPETITIONS, first_repetitions
from tcptui.findings.two_points import MOST_FLOWS, holds_two_points
from tcptui.report.bounded_tables import used_by, would_fit
from tcptui.report.processes import read_message, write_message


class Summary(NamedTuple):
    """Holds what the others must know about one share: frames of the capture, which of its TCP
    headers opened the share's flows, tokens of Multipath TCP, frames of first repetitions, who
    answered SYNs, large transfers, the log of its greetings, whether files are of two points,
    whether a frame has segments of other shares too, how full its tables were."""

    frames: int
    opened: vec[i32]
    tokens: list[bytes]
    repetitions: list[int]
    servers: list[ServerRow]
    transfers: list[TransferRow]
    greetings: bytes
    at_two_points: bool
    divides_frames: bool
    used: list[int]


class Known(NamedTuple):
    """Holds what is known of the whole capture: whose each flow is, the frames of its first
    repetitions, who answered SYNs, large transfers, the log of its greetings."""

    owners: bytes
    repetitions: list[int]
    servers: list[ServerRow]
    transfers: list[TransferRow]
    greetings: bytes


def summary_of(engine: Engine, share: Share) -> Summary:
    """Return what an engine has to tell of its share."""
    return Summary(
        engine.frames,
        share.opened,
        list(engine.options.tokens.by_token),
        first_repetitions(engine),
        engine.lifecycle.servers.as_rows(),
        rows_of(engine.packets, engine.flows),
        engine.greetings.log.getvalue(),
        holds_two_points(engine),
        share.divides_frames,
        used_by(engine),
    )


class Gathering:
    """Gathers the summaries of all shares, in the order of their numbers; what is bounded in each
    of them is bounded here."""

    def __init__(self, summaries: Iterable[Summary] = ()) -> None:
        self.shares: list[Summary] = []
        """What was told, without what stands in the next ones."""
        self.servers = Servers()
        self.greetings = b""
        self.repetitions: list[int] = []
        for one in summaries:
            self.take(one)

    def take(self, one: Summary) -> None:
        """Take what the next share tells."""
        self.servers.merge(one.servers)
        if self.greetings:
            self.greetings = merged_log(self.greetings, one.greetings)
        else:
            self.greetings = one.greetings  # there may be a megabyte to copy
        self.repetitions = sorted(self.repetitions + one.repetitions)[:MOST_REPETITIONS]
        self.shares.append(one._replace(servers=[], greetings=b"", repetitions=[]))

    @property
    def fits(self) -> bool:
        """Whether the shares are independent and of the same capture, and remember together what
        one process would: subflows with a token in common may lie in several, a file may grow while
        it is read, and a table of one process may be full, or its first flows not tell of two
        points."""
        tokens = [token for one in self.shares for token in one.tokens]
        is_seen_in_many = self.at_two_points and (
            sum(len(one.opened) for one in self.shares) > MOST_FLOWS
        )
        return (
            len({one.frames for one in self.shares}) == 1
            and len(set(tokens)) == len(tokens)
            and len(self.servers.by_key) < MOST_SERVERS
            and not is_seen_in_many
            and would_fit([one.used for one in self.shares])
        )

    @property
    def at_two_points(self) -> bool:
        """Whether files hold the same packets."""
        return any(one.at_two_points for one in self.shares)

    @property
    def divides_frames(self) -> bool:
        """Whether segments of one frame are in several shares."""
        return any(one.divides_frames for one in self.shares)

    def known(self) -> Known:
        """Return what is known of the whole capture."""
        owners = owners_of([*self.shares])
        transfers: list[TransferRow] = []
        for number, one in enumerate(self.shares):
            numbers = flows_of(owners, number)
            transfers += [(*row[:4], int(numbers[row[4]])) for row in one.transfers]
        return Known(owners, self.repetitions, self.servers.as_rows(), transfers, self.greetings)


def learn(engine: Engine, share: Share, known: Known) -> None:
    """Tell an engine what there is to know of the other shares, and its flows' numbers."""
    if not share.is_numbered:
        share.numbers = flows_of(known.owners, share.number)
    engine.lifecycle.servers.replace(known.servers)
    theirs = [row for row in known.transfers if known.owners[row[4]] != share.number]
    engine.transfers.merge(theirs)
    engine.greetings.others = log_without(known.greetings, engine.greetings.log.getvalue())


def send_summary(one: Summary, out: BinaryIO) -> None:
    """Send a summary for :func:`receive_summary` in another process; the greetings, which are most
    of it, are not copied for that."""
    rest = one._replace(greetings=b"")[2:]
    write_message(marshal.dumps((one.frames, array("i", one.opened), *rest)), out)
    write_message(one.greetings, out)


def receive_summary(incoming: BinaryIO) -> Summary | None:
    """Return the summary that another process sent; None where it was ended before."""
    data, greetings = read_message(incoming), read_message(incoming)
    if data is None or greetings is None:
        return None
    frames, opened, *rest = marshal.loads(data)
    return Summary(frames, vec[i32](array("i", opened)), *rest)._replace(greetings=greetings)


def send_known(known: Known, out: BinaryIO) -> None:
    """Send what is known for :func:`receive_known` in another process."""
    write_message(marshal.dumps(tuple(known._replace(greetings=b""))), out)
    write_message(known.greetings, out)


def receive_known(incoming: BinaryIO) -> Known | None:
    """Return what the first process sent; None where it is gone."""
    data, greetings = read_message(incoming), read_message(incoming)
    if data is None or greetings is None:
        return None
    return Known(*marshal.loads(data))._replace(greetings=greetings)
