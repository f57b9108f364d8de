"""Gives flows the processes that comments on their packets tell."""

from typing import Final

from mypy_extensions import i64

from tcptui.capture.source import NamedFlows, Source
from tcptui.engine.names.owner_comment import owner_in
from tcptui.engine.records import Records

MOST_WAITING: Final = 1 << 14
LONGEST: Final = 1 << 12
"""Characters of the comments on one packet behind which no further one is read."""


class OwnerComments:
    """Takes the comments of a source as its packets are fed; ``named`` has the flows, or is None
    where they have no names."""

    def __init__(self, source: Source, named: NamedFlows | None) -> None:
        self.source = source
        self.named = named
        self.waiting: dict[int, str] = {}  # comments by position, of packets that are not fed yet
        self.rows = 0  # that were looked at

    def take_slice(self, records: Records, start: i64, stop: i64) -> None:
        """Take what was said of the records of a slice that was fed."""
        if self.named is None:
            return
        for position, comment in self.source.take_owner_comments():
            before = self.waiting.get(position, "")
            if len(before) < LONGEST:
                self.waiting[position] = f"{before}\n{comment}" if before else comment
            if len(self.waiting) > MOST_WAITING:
                del self.waiting[next(iter(self.waiting))]  # a filter has left its packet out
        rows = range(self.rows, int(self.named.packets.count))
        self.rows = rows.stop
        if not self.waiting:
            return
        told = {
            position: self.waiting.pop(position)
            for position in map(records.position.__getitem__, range(start, stop))
            if position in self.waiting
        }
        if told:
            self._name_flows(self.named, told, rows)

    def _name_flows(self, named: NamedFlows, told: dict[int, str], rows: range) -> None:
        """Name the flows of the rows; the first comment on each flow counts."""
        for row in rows:
            comment = told.get(named.packets.position(row))
            if comment is None:
                continue
            flow = named.flows[named.packets.flow(row)]
            if named.owner_of(flow) is None and (owner := owner_in(comment)) is not None:
                named.name_owner(flow, owner)
