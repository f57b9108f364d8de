"""Lists what the analysis remembers of many flows together, and of how many at most.

Processes that share the flows of a capture have such a table each. As long as all that is in them
would be in one table, they remember what one process would; once that one would be full, they
remember more, and would tell more.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tcptui.engine.engine import MOST_ROUTERS, Engine
from tcptui.engine.names.naming import MOST_WATCHED
from tcptui.engine.voices import MOST_VOICES


class BoundedTable(NamedTuple):
    """A table: how many of its places an engine has used at once, and how many it has."""

    used: Callable[[Engine], int]
    most: int


def watched(engine: Engine) -> int:
    return int(engine.naming.most_watched) if engine.naming is not None else 0


TABLES: Final = (
    BoundedTable(lambda engine: len(engine.voices.by_side), MOST_VOICES),
    BoundedTable(lambda engine: len(engine.routers), MOST_ROUTERS),
    BoundedTable(watched, MOST_WATCHED),
)
"""Those that the flows of each share fill. Servers, greetings and transfers are told to all shares;
names of DNS, paths and fragments are of packets that all shares read."""


def used_by(engine: Engine) -> list[int]:
    """Return how many places of each table an engine has used."""
    return [table.used(engine) for table in TABLES]


def would_fit(shares: Sequence[Sequence[int]]) -> bool:
    """Return whether one process would have had room for what all shares remember."""
    totals = map(sum, zip(*shares, strict=True))
    return all(total < table.most for total, table in zip(totals, TABLES, strict=True))
