"""A series is what one line or one kind of sign of a graph shows: points in the order of time."""

from enum import Enum
from operator import itemgetter

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.text.digits import seconds_text


class Unit(Enum):
    """The units of the values of a series; times are kept in ns."""

    SEQUENCE = "relative sequence number"
    BYTES = "bytes"
    RATE = "bytes/s"
    SECONDS = "s"
    COUNT = ""


class Series:
    """Points as columns: frame number, time (ns since 1970), value in ``unit``.

    ``name`` says whose data it is about and what of it, like ``c.ack``: the acknowledgments of what
    the client sent; ``side`` is ``c`` then, and ``own_name`` ``ack``. In a graph of the whole
    capture there is no side, and the name is the kind. A point holds for ``bin_length`` ns, which
    is 0 where nothing is counted in bins.
    """

    def __init__(self, name: str, unit: Unit) -> None:
        self.name: str = name
        side, _, own_name = name.rpartition(".")
        self.side: str = side
        self.own_name: str = own_name
        self.unit: Unit = unit
        self.bin_length: i64 = 0
        self.frame: vec[i32] = vec[i32]()
        self.time: vec[i64] = vec[i64]()
        self.value: vec[i64] = vec[i64]()

    def __len__(self) -> int:
        return len(self.value)

    def add_point(self, frame: i64, time: i64, value: i64) -> None:
        """Append a point."""
        self.frame = append(self.frame, i32(frame))
        self.time = append(self.time, time)
        self.value = append(self.value, value)

    def point(self, number: int) -> tuple[int, int, int]:
        """Return frame, time and value of a point, for interpreted callers."""
        at = i64(number)
        return int(self.frame[at]), int(self.time[at]), int(self.value[at])

    def put_in_order(self) -> None:
        """Put the points in the order of time, which they leave where the clock went back."""
        n: i64 = 1
        while n < i64(len(self.time)) and self.time[n - 1] <= self.time[n]:
            n += 1
        if n >= i64(len(self.time)):
            return
        points = sorted((self.point(number) for number in range(len(self))), key=itemgetter(1))
        self.frame = vec[i32]()
        self.time = vec[i64]()
        self.value = vec[i64]()
        for frame, time, value in points:
            Series.add_point(self, i64(frame), i64(time), i64(value))  # not thinned again

    def largest(self) -> int:
        """Return the largest value, or 0 without points."""
        found: i64 = 0
        n: i64 = 0
        while n < i64(len(self.value)):
            if self.value[n] > found:
                found = self.value[n]
            n += 1
        return int(found)

    def smallest(self) -> int:
        """Return the smallest value, or 0 without points."""
        if len(self.value) == 0:
            return 0
        found = self.value[0]
        n: i64 = 1
        while n < i64(len(self.value)):
            if self.value[n] < found:
                found = self.value[n]
            n += 1
        return int(found)


def value_text(value: int, unit: Unit) -> str:
    """Return a value as the table of points has it: seconds with nine decimals, else a number."""
    return seconds_text(i64(value)) if unit is Unit.SECONDS else str(value)
