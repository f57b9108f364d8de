"""Reads the container and the unit from the path of a process's cgroup."""

import re
from typing import Final, NamedTuple

CONTAINER: Final = re.compile(
    r"(?:^|/)(?:docker|libpod|crio|cri-containerd|containerd|nspawn)?-?([0-9a-f]{64})(?:\.scope)?(?=/|$)"
)
"""An ID of docker, podman, CRI-O or containerd."""
NAMED_CONTAINER: Final = re.compile(
    r"(?:^|/)(?:lxc\.payload\.|lxc/|machine-)([^/]+?)(?:\.scope)?(?=/|$)"
)
"""A name of LXC or systemd-nspawn."""
SHORT_ID: Final = 12
"""Digits of an ID that are shown, as by `docker ps`."""
UNIT: Final = re.compile(r"[^/]+\.(?:service|scope)(?=/|$)")


class CgroupNames(NamedTuple):
    """Tells who runs a process: a container, and a unit of systemd; empty where there is none."""

    container: str
    unit: str


def cgroup_names(path: str) -> CgroupNames:
    """Return what a cgroup's path tells; the unit is the innermost one that is no container's."""
    found = CONTAINER.search(path)
    if found:
        return CgroupNames(found[1][:SHORT_ID], innermost_unit(path[: found.start()]))
    named = NAMED_CONTAINER.search(path)
    if named:
        return CgroupNames(named[1], innermost_unit(path[: named.start()]))
    return CgroupNames("", innermost_unit(path))


def innermost_unit(path: str) -> str:
    """Return the last unit of a path; empty for none."""
    units = UNIT.findall(path)
    return units[-1] if units else ""
