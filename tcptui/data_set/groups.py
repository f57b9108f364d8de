"""Adds up the flows that are shown: by host, day, file or address, and the trouble of each day."""

from datetime import date
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tcptui.data_set.row_filter import OF_PART
from tcptui.data_set.shown_flows import ShownFlows
from tcptui.data_set.value_tests import one_of
from tcptui.findings.verdict import Verdict

MOST_GROUPS: Final = 10_000


class SweptGrouping(NamedTuple):
    """Says what flows can have in common: its name and meaning, and the field of filters for it."""

    id: str
    meaning: str
    field: str


GROUPINGS: Final = (
    SweptGrouping("host", "the host whose capture it is", "host"),
    SweptGrouping("day", "the day (UTC) on which the capture begins", "day"),
    SweptGrouping("file", "the capture", "file"),
    SweptGrouping("server", "the address of the server", "flow.server.address"),
    SweptGrouping("client", "the address of the client", "flow.client.address"),
)
GROUP_BY: Final = {one.id: one for one in GROUPINGS}


class SweptGroup(NamedTuple):
    """The flows with one key: how many, how many of them failed (were refused, not answered or
    cut), how many have warnings or errors, and what applications waited (ns)."""

    key: str
    flows: int
    failed: int
    troubled: int
    waited: int


def add_up(shown: ShownFlows, by: str) -> list[SweptGroup]:
    """Return the groups of the flows that are shown, the longest waited first, then by key."""
    rows = shown.rows
    if by in OF_PART:
        keys = rows.of_parts(OF_PART[by], pa.string())
    else:
        keys = pc.fill_null(rows.column(f"{by}_address"), "")
    table = pa.table({
        "key": shown.column(keys),
        "failed": shown.column(rows.failed).cast(pa.int64()),
        "troubled": shown.column(troubled(shown)).cast(pa.int64()),
        "waited": shown.column(pc.fill_null(rows.column("cost_ns"), 0)),
    })  # fmt: skip
    sums = table.group_by("key").aggregate(
        [([], "count_all"), ("failed", "sum"), ("troubled", "sum"), ("waited", "sum")]
    )
    ranked = sums.sort_by([("waited_sum", "descending"), ("key", "ascending")])
    names = ("key", "count_all", "failed_sum", "troubled_sum", "waited_sum")
    return [SweptGroup(*(row[name] for name in names)) for row in ranked[:MOST_GROUPS].to_pylist()]


def troubled(shown: ShownFlows) -> Any:
    """Return which flows have warnings or errors."""
    return shown.rows.tested("verdict", one_of([Verdict.TROUBLE.label]))


def filter_of(grouping: SweptGrouping, key: str) -> str:
    """Return the filter that asks for the flows of a group."""
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'{grouping.field} == "{quoted}"'


class Trouble(NamedTuple):
    """Counts the flows with warnings or errors by the day, from the first day to the last; one
    without a capture is not among the counts."""

    name: str
    first: date
    last: date
    counts: dict[date, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def parts(self, most: int) -> list[int | None]:
        """Return the counts of as many parts of that time as fit, each of the same number of
        days; None where there is no capture."""
        days = (self.last - self.first).days + 1
        each = -(-days // most)
        found: list[int | None] = [None] * -(-days // each)
        for day, count in self.counts.items():
            at = (day - self.first).days // each
            found[at] = (found[at] or 0) + count
        return found


def trouble_by_day(shown: ShownFlows, most_hosts: int) -> list[Trouble]:
    """Return the trouble of the flows that are shown, of all together and then of the hosts with
    the most of it; nothing where no day is known."""
    rows = shown.rows
    table = pa.table({
        "host": shown.column(rows.of_parts(OF_PART["host"], pa.string())),
        "day": shown.column(rows.of_parts(OF_PART["day"], pa.string())),
        "troubled": shown.column(troubled(shown)).cast(pa.int64()),
    })  # fmt: skip
    sums = table.group_by(["host", "day"]).aggregate([("troubled", "sum")]).to_pylist()
    counts: dict[str, dict[date, int]] = {}
    every: dict[date, int] = {}
    for one in sums:
        if (day := known_day(one["day"])) is not None:
            of_host = counts.setdefault(one["host"], {})
            of_host[day] = of_host.get(day, 0) + one["troubled_sum"]
            every[day] = every.get(day, 0) + one["troubled_sum"]
    if not every:
        return []
    first, last = min(every), max(every)
    found = [Trouble("all hosts", first, last, every)]
    if len(counts) > 1:
        hosts = [Trouble(host, first, last, of) for host, of in counts.items()]
        hosts.sort(key=lambda one: (-one.total, one.name))
        found += hosts[:most_hosts]
    return found


def known_day(text: str) -> date | None:
    """Return the day that a partition names; None for one that no calendar has."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
