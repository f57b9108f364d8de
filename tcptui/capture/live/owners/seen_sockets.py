"""Remembers the sockets that were seen, and who holds them."""

from typing import Final, NamedTuple

from tcptui.capture.live.owners.holders import Holders, holder_of
from tcptui.capture.live.owners.messages import HERE, Holder
from tcptui.capture.live.owners.sock_diag import KernelSocket

TRIES: Final = 3
"""So many looks at all processes that do not find who holds a socket are enough."""
MEMORY: Final = 10.0
"""Seconds that a socket is remembered which is gone."""
MOST_KEPT: Final = 1 << 17
UNACCEPTED: Final = (1, 8)
"""ESTABLISHED and CLOSE-WAIT: a socket in these states that nobody holds waits to be accepted."""


class Held(NamedTuple):
    """A socket's inode, who holds it, and the number of its network namespace."""

    inode: int
    holder: Holder
    namespace: int


class SeenSockets:
    """Remembers sockets by key, of one network namespace or of several; the oldest go first.

    A look begins, is told which sockets there are, and ends; ``held`` has those whose holder is
    known, ``sought`` those whose holder may be found yet, ``alive`` the namespaces of all that
    there are, ``shared`` when a key was last seen in two namespaces, in monotonic seconds.
    """

    def __init__(self) -> None:
        self.holders = Holders()
        self.held: dict[bytes, Held] = {}
        self.sought: set[bytes] = set()
        self.alive: dict[bytes, int] = {}
        self.shared: dict[bytes, float] = {}
        self.tries: dict[int, int] = {}  # of inodes whose holder was not found
        self.gone: dict[bytes, float] = {}  # keys, in monotonic seconds, the oldest first
        self.begin(0.0)

    def begin(self, began: float) -> None:
        """Begin a look; ``began``: monotonic seconds."""
        self._began = began
        self._alive: dict[bytes, int] = {}
        self._tries: dict[int, int] = {}
        self._new: list[tuple[KernelSocket, int]] = []

    def see(self, sockets: list[KernelSocket], namespace: int = HERE) -> None:
        """Take the sockets that there are."""
        for one in sockets:
            if not one.inode and one.state not in UNACCEPTED:
                continue
            known = self.held.get(one.key)
            before = self._alive.setdefault(one.key, namespace)
            if before != namespace or (known is not None and known.namespace != namespace):
                self.shared[one.key] = self._began
            is_new = known is None or known.inode != one.inode
            if one.inode and is_new and one.key not in self.shared:
                self._tries[one.inode] = self.tries.get(one.inode, 0)
                self._new.append((one, namespace))

    def end(self) -> None:
        """Find who holds the new sockets, and forget those that are gone for long: others may have
        their addresses and ports."""
        for key in self.alive.keys() - self._alive.keys():
            self.gone.setdefault(key, self._began)
        for key in self.gone.keys() & self._alive.keys():
            del self.gone[key]
        self.alive, self.tries = self._alive, self._tries
        self._find(self._new)
        self.begin(self._began)
        for times in (self.gone, self.shared):
            for key in [key for key, seen in times.items() if self._began - seen > MEMORY]:
                del times[key]
                if times is self.gone:
                    self.held.pop(key, None)

    def _find(self, sockets: list[tuple[KernelSocket, int]]) -> None:
        pids, is_whole = self.holders.find({one.inode for one, _ in sockets})
        self.sought.clear()
        holders: dict[tuple[int, int], Holder] = {}
        for one, namespace in sockets:
            pid = pids.get(one.inode)
            self.tries[one.inode] += is_whole
            if pid is not None:
                whose = pid, one.uid
                holders[whose] = holders.get(whose) or holder_of(*whose)
                self._keep(one, holders[whose], namespace)
            elif self.tries[one.inode] >= TRIES:
                self._keep(one, Holder(0, one.uid), namespace)
            elif one.key not in self.shared:
                self.sought.add(one.key)

    def _keep(self, one: KernelSocket, holder: Holder, namespace: int) -> None:
        self.held.pop(one.key, None)
        self.held[one.key] = Held(one.inode, holder, namespace)
        if len(self.held) > MOST_KEPT:
            del self.held[next(iter(self.held))]
