"""How much an object holds, compiled or not: the entries of every container that it leads to."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any


def entries_held(root: Any, leave_out: Collection[str] = ()) -> dict[str, int]:
    """The entries of the containers below ``root`` by the attribute that leads to them.

    ``leave_out`` are names of attributes not to be followed.
    """
    found: dict[str, int] = {}
    seen: dict[int, Any] = {}  # kept alive: a freed object's id comes again
    waiting = [(type(root).__name__, root)]
    while waiting:
        name, one = waiting.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one
        if hasattr(one, "__len__") and not isinstance(one, str | type):
            found[name] = found.get(name, 0) + len(one)
        waiting += [(name, inner) for inner in elements(one)]
        waiting += [
            (f"{type(one).__name__}.{attribute}", value)
            for attribute, value in attributes(one)
            if attribute not in leave_out
        ]
    return found


def elements(container: Any) -> Iterator[Any]:
    """What a container holds that may hold something itself."""
    if isinstance(container, Mapping):
        yield from (one for pair in container.items() for one in pair if not isinstance(one, int))
    elif isinstance(container, list | tuple | set | frozenset):
        yield from (one for one in container if not isinstance(one, int))


def attributes(owner: Any) -> Iterator[tuple[str, Any]]:
    """The fields of an instance of this project's classes; a compiled one has no ``__dict__``."""
    kind = type(owner)
    if not kind.__module__.startswith("tcptui.") or isinstance(owner, type):
        return
    names = {*getattr(owner, "__dict__", ()), *getattr(kind, "__mypyc_attrs__", ())}
    for name in sorted(names - {"__dict__"}):
        try:
            yield name, getattr(owner, name)
        except AttributeError:  # never set
            continue
