"""Looks at the sockets of the network namespaces beside the one that captures, as containers have
them, a little at a time."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from tcptui.capture.live.owners.holders import processes
from tcptui.capture.live.owners.proc_net import (
    SELF,
    addresses_of,
    is_elsewhere,
    namespace_of,
    opened_of,
    sockets_of,
)
from tcptui.capture.live.owners.seen_sockets import MOST_KEPT, Held, SeenSockets
from tcptui.capture.live.owners.sock_diag import ADDRESS

REST: Final = 0.05
"""Least seconds between two looks."""
REST_SHARE: Final = 4
"""There is no other look for so many times the processor time that it took."""
MOST_NAMESPACES: Final = 1024
"""Those with the oldest processes are looked at."""
MOST_SOCKETS: Final = MOST_KEPT
"""Of all namespaces; those that had few sockets come first."""
SLICE: Final = 256
"""Processes that are asked for their namespace without a pause."""


class NamespaceLook:
    """One look at the namespaces: when it began, in monotonic seconds, and what it saw.

    ``addresses`` has the namespaces of each address that this one does not have itself: what comes
    from an own address is from here, whoever else has it. ``sizes`` is how many sockets each
    namespace had, ``unread`` those of which not all were seen; ``is_partial`` whether there is more
    than may be looked at.

    To read the sockets of a namespace the kernel goes through those of all. So where neither its
    addresses nor the count of its connections have changed, it is not read again.
    """

    def __init__(self, sees_all: bool) -> None:
        self.sees_all = sees_all
        self.began = time.monotonic()
        self.addresses: dict[bytes, set[int]] = {}
        self.sizes: dict[int, int] = {}
        self.unread: set[int] = set()
        self.is_partial = False
        self._processes: dict[int, int] = {}  # one of each namespace, the oldest
        self._signs: dict[int, tuple[int, bytes, frozenset[bytes]]] = {}  # of what may have changed
        self._room = MOST_SOCKETS

    def steps(self, seen: SeenSockets, before: "NamespaceLook") -> Iterator[None]:
        """Look, with a pause at each step; ``before`` is the look before this one."""
        own = self._namespace_of(SELF)
        if own is None:
            return
        own_addresses = addresses_of(SELF)
        yield from self._find_namespaces(own)
        seen.begin(self.began)
        quiet: set[int] = set()
        for namespace in sorted(self._processes, key=lambda number: before.sizes.get(number, 0)):
            process = self._processes[namespace]
            addresses = addresses_of(process) - own_addresses
            for address in addresses:
                self.addresses.setdefault(address, set()).add(namespace)
            self._signs[namespace] = process, opened_of(process), addresses
            if self._is_quiet(namespace, before) and namespace not in seen.unsettled:
                quiet.add(namespace)
                self._make_room(namespace, before.sizes[namespace])
            elif addresses:
                yield from self._read_sockets(namespace, addresses, seen)
            yield
        seen.keep(quiet)
        seen.end()

    def _is_quiet(self, namespace: int, before: "NamespaceLook") -> bool:
        """Return whether nothing can have come since the look before, which saw all."""
        _, opened, _ = sign = self._signs[namespace]
        was_read = namespace in before.sizes and namespace not in before.unread
        return bool(opened) and was_read and before._signs.get(namespace) == sign

    def _find_namespaces(self, own: int) -> Iterator[None]:
        """Find a process of each namespace but the own one."""
        pids = iter(processes()[::-1])
        while several := list(islice(pids, SLICE)):
            for pid in several:
                namespace = self._namespace_of(pid)
                if namespace is not None and namespace != own:
                    self._processes.setdefault(namespace, pid)
            yield
        for namespace in list(self._processes)[MOST_NAMESPACES:]:
            self.is_partial = True
            del self._processes[namespace]

    def _namespace_of(self, process: int | str) -> int | None:
        """Return the namespace of a process; None where it has gone, or may not be looked into."""
        try:
            return namespace_of(process)
        except PermissionError:
            self.is_partial |= self.sees_all and is_elsewhere(process)
        except OSError:
            pass
        return None

    def _read_sockets(
        self, namespace: int, addresses: frozenset[bytes], seen: SeenSockets
    ) -> Iterator[None]:
        """Read a namespace's sockets that have one of its addresses, as far as there is room."""
        self._make_room(namespace, 0)
        try:
            for several in sockets_of(self._processes[namespace], namespace):
                sockets = [one for one in several if one.key[:ADDRESS] in addresses]
                if len(sockets) > self._room:
                    self.is_partial = True
                    self.unread.add(namespace)
                    return
                self._make_room(namespace, len(sockets))
                seen.see(sockets, namespace)
                yield
            seen.find()
        except OSError as error:
            self.unread.add(namespace)
            self.is_partial |= isinstance(error, PermissionError)

    def _make_room(self, namespace: int, sockets: int) -> None:
        """Count so many sockets more of a namespace."""
        self.sizes[namespace] = self.sizes.get(namespace, 0) + sockets
        self._room -= sockets


class OtherNamespaces:
    """Remembers which sockets other network namespaces have, and who holds them.

    ``last`` is the last look that has ended; ``due`` is when there is to be more of the next one,
    in monotonic seconds; ``is_partial`` tells whether any look had to leave something out.
    """

    def __init__(self, sees_all: bool) -> None:
        self.seen = SeenSockets()
        self.last = NamespaceLook(sees_all)
        self.due = 0.0
        self.is_partial = False
        self._steps = self._looks()
        self._cost = 0.0  # seconds of processor time of this look, but for all processes' files

    def step(self) -> None:
        """Look at some more: a look takes many steps, with a rest behind the last one."""
        last, began = self.last, time.process_time() - self.seen.holders.scanning
        next(self._steps)
        self._cost += time.process_time() - self.seen.holders.scanning - began
        if self.last is not last:
            self.due = time.monotonic() + max(REST, REST_SHARE * self._cost)
            self._cost = 0.0

    def _looks(self) -> Iterator[None]:
        while True:
            look = NamespaceLook(self.last.sees_all)
            yield from look.steps(self.seen, self.last)
            self.last = look
            self.is_partial |= look.is_partial
            yield

    def have(self, key: bytes) -> bool:
        """Return whether the address of a socket is one of another namespace."""
        return key[:ADDRESS] in self.last.addresses

    def may_have_two(self, key: bytes) -> bool:
        """Return whether a socket is in two namespaces, or may also be in another one that has its
        address and was not read to the end."""
        held = self.seen.held.get(key)
        unread = self.last.unread & self.last.addresses.get(key[:ADDRESS], set())
        return key in self.seen.shared or (held is not None and bool(unread - {held.namespace}))

    def holder(self, key: bytes) -> Held | None:
        """Return who holds a socket, None where that is not known or ambiguous."""
        return None if self.may_have_two(key) else self.seen.held.get(key)
