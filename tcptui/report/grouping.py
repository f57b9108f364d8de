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
    "server": plain(keys.ServerKeys),
    "client": plain(keys.ClientKeys),
    "pair": plain(keys.PairKeys),
    "subnet": lambda grouping, engine, source: keys.SubnetKeys(engine, grouping.prefix),
    "port": plain(keys.PortKeys),
    "name": plain(keys.NameKeys),
    "process": plain(keys.ProcessKeys),
    "path": plain(keys.TargetKeys),
    "interface": lambda grouping, engine, source: keys.InterfaceKeys(engine, source),
    "vlan": plain(keys.VlanKeys),
}
"""A row for each name of output_formats.GROUPING_NAMES."""
