"""A flow's object is written step by step: each step writes a field, and what stands before it."""

from typing import Final

from librt.strings import BytesWriter
from librt.vecs import append, vec
from mypy_extensions import i64, u8

from tcptui.fields.columns.flow_values import (
    FlowNumber,
    FlowReader,
    FlowSeconds,
    FlowText,
    FlowValue,
    RareText,
)
from tcptui.fields.columns.flow_walk import ABSENT
from tcptui.fields.columns.texts import SPACE, json_text, write_json_text
from tcptui.text.digits import SECOND, write_nine_digits, write_number, write_seconds

BRACE: Final = 0x7B
CLOSING_BRACE: Final = 0x7D
MOST_KEPT: Final = 10_000


class JsonStep:
    """Writes one field: ``key`` is its name with all that stands before it, ``absent`` what is
    written where the flow lacks it."""

    def __init__(self, key: bytes, absent: bytes) -> None:
        self.key: Final = key
        self.absent: Final = absent

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        """Write the field, and what stands before it."""
        raise NotImplementedError

    def write_absent(self, out: BytesWriter) -> None:
        """Write what stands for a field that the flow lacks, if anything does."""
        if len(self.absent) > 0:
            out.write(self.absent)


def vec_of(steps: list[JsonStep]) -> vec[JsonStep]:
    """Return steps such that compiled code does not ask for the type of each."""
    found = vec[JsonStep]()
    for step in steps:
        found = append(found, step)
    return found


class ValueStep(JsonStep):
    """Writes any field."""

    def __init__(self, key: bytes, absent: bytes, value: FlowValue) -> None:
        super().__init__(key, absent)
        self.value: Final = value

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        if self.value.is_absent(at):
            self.write_absent(out)
        else:
            out.write(self.key)
            self.value.write_json(out, at)


class NumberStep(JsonStep):
    """Writes a number, which is asked for once."""

    def __init__(self, key: bytes, absent: bytes, value: FlowNumber) -> None:
        super().__init__(key, absent)
        self.value: Final = value

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        number = self.value.number(at)
        if number == ABSENT:
            self.write_absent(out)
        else:
            out.write(self.key)
            write_number(out, number)


class SecondsStep(JsonStep):
    """Writes a time, which is asked for once; mostly it is below a second."""

    def __init__(self, key: bytes, absent: bytes, value: FlowSeconds) -> None:
        super().__init__(key, absent)
        self.below_second: Final = key + b"0."
        self.value: Final = value

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        ns = self.value.number(at)
        if 0 <= ns < SECOND:
            out.write(self.below_second)
            write_nine_digits(out, ns)
        elif ns == ABSENT:
            self.write_absent(out)
        else:
            out.write(self.key)
            write_seconds(out, ns)


class MomentStep(JsonStep):
    """Writes a time since 1970. In many captures one flow after the other has the same whole
    seconds: these are kept, with the key, once they have come twice."""

    def __init__(self, key: bytes, absent: bytes, value: FlowSeconds) -> None:
        super().__init__(key, absent)
        self.value: Final = value
        self.known: i64 = 0  # the beginning of a second, in ns
        self.known_bytes: bytes = key + b"0."
        self.latest: i64 = 0

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        ns = self.value.number(at)
        if ns < self.known or ns - self.known >= SECOND:
            self.write_other(out, ns)
        else:
            out.write(self.known_bytes)
            write_nine_digits(out, ns - self.known)

    def write_other(self, out: BytesWriter, ns: i64) -> None:
        """Write a time in another second than the one that is kept, or that there is none."""
        if ns == ABSENT:
            self.write_absent(out)
            return
        out.write(self.key)
        write_seconds(out, ns)
        second = ns // SECOND
        if second > 0 and second == self.latest:
            self.known = second * SECOND
            self.known_bytes = self.key + b"%d." % second
        self.latest = second


class TextStep(JsonStep):
    """Writes a text that many flows share, and its key, at once; one flow after the other has the
    same, mostly."""

    def __init__(self, key: bytes, absent: bytes, value: FlowText) -> None:
        super().__init__(key, absent)
        self.value: Final = value
        self.latest: str | None = None
        self.latest_bytes: bytes = b""
        self.known: dict[str, bytes] = {}

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        text = self.value.text(at)
        if text is None:
            self.write_absent(out)
            return
        if text is not self.latest:
            self.latest = text
            self.latest_bytes = self.bytes_of(text)
        out.write(self.latest_bytes)

    def bytes_of(self, text: str) -> bytes:
        """Return the key and a text."""
        known = self.known.get(text)
        if known is None:
            known = self.key + json_text(text)
            if len(self.known) == MOST_KEPT:
                self.known.clear()
            self.known[text] = known
        return known


class RareTextStep(JsonStep):
    """Writes a text that flows seldom share."""

    def __init__(self, key: bytes, absent: bytes, value: RareText) -> None:
        super().__init__(key, absent)
        self.value: Final = value

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        text = self.value.text(at)
        if text is None:
            self.write_absent(out)
        else:
            out.write(self.key)
            write_json_text(out, text)


class OptionalStep(JsonStep):
    """Writes an object inside a flow's: nothing of it where ``first`` is absent."""

    def __init__(self, absent: bytes, first: FlowValue, steps: list[JsonStep]) -> None:
        super().__init__(b"", absent)
        self.first: Final = first
        self.steps: Final = vec_of(steps)

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        if self.first.is_absent(at):
            out.write(self.absent)
            return
        for step in self.steps:
            step.write(out, at)
        out.append(u8(CLOSING_BRACE))


class SparseStep(JsonStep):
    """Writes an object that has only those of its fields that are not absent; it has none where
    ``any`` is absent.

    Each step begins with a comma and a space; of the first that writes anything they become what
    stands before it.
    """

    def __init__(self, key: bytes, absent: bytes, any: FlowValue, steps: list[JsonStep]) -> None:
        super().__init__(key, absent)
        self.any: Final = any
        self.steps: Final = vec_of(steps)

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        if self.any.is_absent(at):
            self.write_absent(out)
            return
        before = len(out)
        out.write(self.key)
        start = len(out)
        for step in self.steps:
            step.write(out, at)
        if len(out) == start:
            out.truncate(before)
            self.write_absent(out)
            return
        out[start] = u8(SPACE)
        out[start + 1] = u8(BRACE)
        out.append(u8(CLOSING_BRACE))
