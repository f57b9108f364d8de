"""Lists the ways to group flows: `tcptui report --by`, and `b` on the screen."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.report.groups import keys
from tcptui.report.groups.keys import GroupKeys


class Grouping(NamedTuple):
    """A way to group flows: a name of GROUPINGS, and the bits of a subnet, where they are not the
    usual ones."""

    by: str
    prefix: int | None = None

    def keys(self, engine: Engine, source: Source) -> GroupKeys:
        """Return what tells the groups of the flows of this capture."""
        return GROUPINGS[self.by](self, engine, source)


def plain(kind: Callable[[Engine], GroupKeys]) -> Callable[[Grouping, Engine, Source], GroupKeys]:
    """Return how to make keys that hang on the flows alone."""
    return lambda grouping, engine, source: kind(engine)


GROUPINGS: Final[Mapping[str, Callable[[Grouping, Engine, Source], GroupKeys]]] = {
    "server": plain(keys.Servers),
    "client": plain(keys.Clients),
    "pair": plain(keys.Pairs),
    "subnet": lambda grouping, engine, source: keys.Subnets(engine, grouping.prefix),
    "port": plain(keys.Ports),
    "name": plain(keys.Names),
    "process": plain(keys.Processes),
    "path": plain(keys.Targets),
    "interface": lambda grouping, engine, source: keys.Interfaces(engine, source),
    "vlan": plain(keys.Vlans),
}
"""A row for each name of output_formats.GROUPING_NAMES."""
