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

    A look begins, is told which sockets there are, finds who holds the new ones, and ends, when all
    of this changes at once: ``held`` has the sockets whose holder is known, ``sought`` those whose
    holder may be found yet, ``alive`` the namespaces of all that there are, ``shared`` when a key
    was last seen in two namespaces, in monotonic seconds; ``unsettled`` are namespaces with sockets
    that may get a holder yet, or whose holder may be found yet.
    """

    def __init__(self) -> None:
        self.holders = Holders()
        self.held: dict[bytes, Held] = {}
        self.sought: set[bytes] = set()
        self.unsettled: set[int] = set()
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
        self._unsettled: set[int] = set()
        self._sought: set[bytes] = set()
        self._found: dict[bytes, Held] = {}
        self._new: list[tuple[KernelSocket, int]] = []

    def see(self, sockets: list[KernelSocket], namespace: int = HERE) -> None:
        """Take the sockets that there are."""
        for one in sockets:
            if not one.inode and one.state not in UNACCEPTED:
                continue
            known = self.held.get(one.key)
            self._place(one.key, namespace)
            if known is not None and known.namespace != namespace:
                self.shared[one.key] = self._began
            if not one.inode:
                self._unsettled.add(namespace)
            is_new = known is None or known.inode != one.inode
            if one.inode and is_new and one.key in self.shared:
                self._unsettled.add(namespace)
            elif one.inode and is_new:
                self._tries[one.inode] = self.tries.get(one.inode, 0)
                self._new.append((one, namespace))

    def keep(self, namespaces: set[int]) -> None:
        """Take it that these namespaces have the sockets that they had."""
        for key, namespace in self.alive.items():
            if namespace in namespaces:
                self._place(key, namespace)

    def _place(self, key: bytes, namespace: int) -> None:
        if self._alive.setdefault(key, namespace) != namespace:
            self.shared[key] = self._began

    def find(self) -> None:
        """Find who holds the new sockets, before those who do are gone."""
        pids, is_whole = self.holders.find({one.inode for one, _ in self._new})
        holders: dict[tuple[int, int], Holder] = {}
        for one, namespace in self._new:
            whose = pids.get(one.inode, 0), one.uid
            self._tries[one.inode] += is_whole
            if whose[0] == 0 and self._tries[one.inode] < TRIES:
                self._sought.add(one.key)
                self._unsettled.add(namespace)
                continue
            if whose not in holders:
                holders[whose] = holder_of(*whose) if whose[0] else Holder(*whose)
            self._found[one.key] = Held(one.inode, holders[whose], namespace)
        self._new = []

    def end(self) -> None:
        """End the look, and forget what is gone for long: others may have those addresses and
        ports."""
        self.find()
        for key in self.alive.keys() - self._alive.keys():
            self.gone.setdefault(key, self._began)
        for key in self.gone.keys() & self._alive.keys():
            del self.gone[key]
        self.alive, self.tries = self._alive, self._tries
        self.sought, self.unsettled = self._sought, self._unsettled
        for key, held in self._found.items():
            self._keep(key, held)
        self._forget()
        self.begin(self._began)

    def _keep(self, key: bytes, held: Held) -> None:
        self.held.pop(key, None)
        self.held[key] = held
        if len(self.held) > MOST_KEPT:
            del self.held[next(iter(self.held))]

    def _forget(self) -> None:
        for times in (self.gone, self.shared):
            for key in [key for key, seen in times.items() if self._began - seen > MEMORY]:
                del times[key]
                if times is self.gone:
                    self.held.pop(key, None)
