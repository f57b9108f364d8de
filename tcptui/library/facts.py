"""Holds the facts of the JSON of `packets` and `report` as objects with its members."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar


class NamedFacts:
    """An object with the members of a JSON object, by the same names and in the same units.

    A name that Python keeps for itself has an underscore behind it (``for_``). A member that is
    left out, as not known, is None where the class names it.
    """

    NESTED: ClassVar[Mapping[str, type["NamedFacts"]]] = {}
    """What becomes of the objects inside, and of lists of them."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        nested = self.NESTED
        self._members = {
            name: value if name not in nested else nested_facts(nested[name], value)
            for name, value in members.items()
        }
        self._json = members

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object, of plain dictionaries and lists."""
        return dict(self._json)

    if not TYPE_CHECKING:  # which would let every name pass

        def __getattr__(self, name: str) -> Any:
            if not name.startswith("_"):
                members: dict[str, Any] = self._members
                plain = name.removesuffix("_")
                if plain in members or name in self.named():
                    return members.get(plain)
            raise AttributeError(f"{type(self).__name__} has no {name!r}")

    @classmethod
    def named(cls) -> Iterator[str]:
        """Yield the names of the class's members."""
        for base in cls.__mro__:
            yield from (name for name in vars(base).get("__annotations__", ()) if name.islower())

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.named(), *self._members})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedFacts) and other._json == self._json

    def __hash__(self) -> int:
        return hash(repr(self._json))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._json!r})"


def nested_facts(kind: type[NamedFacts], value: Any) -> Any:
    """Return an object, a list of objects, or None, as facts with names."""
    if isinstance(value, list):
        return [kind(one) for one in value]
    return None if value is None else kind(value)


class EndpointFacts(NamedFacts):
    """One end of a flow."""

    address: str
    port: int
    packets: int
    bytes: int
    unique_bytes: int
    state: str
    certainty: str


class TimerFacts(NamedFacts):
    """The timer that runs when the capture ends; times in seconds since 1970."""

    name: str
    started: float
    would_end: float


class TimeSplitFacts(NamedFacts):
    """The time of a flow by who used it, in seconds."""

    client: float
    server: float
    tcp: float
    network: float
    idle: float


class LimitFacts(NamedFacts):
    """One cause that limited a bulk transfer, for so many seconds."""

    cause: str
    side: str | None
    seconds: float


class StallFacts(NamedFacts):
    """The longest single wait of a flow, in seconds."""

    kind: str
    seconds: float
    frame: int


class TlsFacts(NamedFacts):
    """The beginning of a flow's TLS: when, and after how many seconds what came."""

    began: float
    server_hello: float | None
    handshake: float | None
    server: float | None
    data: float | None
    resumed: str | None
    alert: str | None


class VainWaitFacts(NamedFacts):
    """A wait for what never came: whose, how many seconds, for what."""

    side: str
    seconds: float
    for_: str


class ProcessFacts(NamedFacts):
    """The process that a flow belongs to, on one of its hosts; None what is not known."""

    name: str | None
    pid: int | None
    user: str | None
    container: str | None
    unit: str | None
    side: str | None
    namespace: str | None


class NameFacts(NamedFacts):
    """The names that the capture gives a flow, and its process; None what is not known."""

    NESTED: ClassVar[Mapping[str, type[NamedFacts]]] = {"process": ProcessFacts}

    sni: str | None
    alpn: list[str] | None
    http_host: str | None
    http_method: str | None
    http_path: str | None
    ssh_client: str | None
    ssh_server: str | None
    greeting: str | None
    dns: list[str] | None
    process: ProcessFacts | None


class FindingFacts(NamedFacts):
    """One thing worth knowing about a flow; its cost in seconds."""

    flow: int
    kind: str
    severity: str
    count: int
    first_frame: int
    last_frame: int
    side: str | None
    cost: float | None
    text: str


class SegmentFacts(NamedFacts):
    """One TCP segment, as a row of `packets` has it; its time in seconds since 1970."""

    frame: int
    time: float
    flow: int
    direction: str
    seq: int
    ack: int | None
    len: int | None
    flags: int | None
    window: int | None
    analysis: list[str]
    client_state: str
    server_state: str


class EventFacts(NamedFacts):
    """One event of a flow; ``frame`` is the flow's last one before it, the time is in seconds since
    1970."""

    time: float
    flow: int
    frame: int | None
    kind: str
    side: str
    text: str
