"""A flow's object is written step by step: each step writes a field, and what stands before it."""

from typing import Final

from librt.strings import BytesWriter
from librt.vecs import append, vec
from mypy_extensions import u8

from tcptui.fields.columns.flow_values import FlowNumber, FlowReader, FlowText, FlowValue
from tcptui.fields.columns.flow_walk import ABSENT
from tcptui.fields.columns.texts import SPACE, json_text

BRACE: Final = 0x7B
MOST_KEPT: Final = 10_000


class JsonStep:
    """Writes one field: ``key`` is its name with all that stands before it, ``absent`` what is
    written where the flow lacks it."""

    def __init__(self, key: bytes, absent: bytes) -> None:
        self.key: bytes = key
        self.absent: bytes = absent

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        """Write the field, and what stands before it."""
        raise NotImplementedError


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
        self.value: FlowValue = value

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        value = self.value
        if value.is_absent(at):
            out.write(self.absent)
        else:
            out.write(self.key)
            value.write_json(out, at)


class NumberStep(JsonStep):
    """Writes a number, which is asked for once."""

    def __init__(self, key: bytes, absent: bytes, value: FlowNumber) -> None:
        super().__init__(key, absent)
        self.value: FlowNumber = value

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        value = self.value
        number = value.number(at)
        if number == ABSENT:
            out.write(self.absent)
        else:
            out.write(self.key)
            value.write_digits(out, number)


class TextStep(JsonStep):
    """Writes a text that many flows share, and its key, at once; one flow after the other has the
    same, mostly."""

    def __init__(self, key: bytes, absent: bytes, value: FlowText) -> None:
        super().__init__(key, absent)
        self.value: FlowText = value
        self.latest: str | None = None
        self.latest_bytes: bytes = absent
        self.known: dict[str, bytes] = {}

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        text = self.value.text(at)
        if text is not self.latest:
            self.latest = text
            self.latest_bytes = self.absent if text is None else self.bytes_of(text)
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


class OptionalStep(JsonStep):
    """Writes an object inside a flow's: nothing of it where ``first`` is absent."""

    def __init__(self, absent: bytes, first: FlowValue, steps: list[JsonStep]) -> None:
        super().__init__(b"", absent)
        self.first: FlowValue = first
        self.steps: vec[JsonStep] = vec_of(steps)

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        if self.first.is_absent(at):
            out.write(self.absent)
            return
        for step in self.steps:
            step.write(out, at)
        out.write(b"}")


class SparseStep(JsonStep):
    """Writes an object that has only those of its fields that are not absent; it has none where
    ``any`` is absent.

    Each step begins with a comma and a space; of the first that writes anything they become what
    stands before it.
    """

    def __init__(self, key: bytes, absent: bytes, any: FlowValue, steps: list[JsonStep]) -> None:
        super().__init__(key, absent)
        self.any: FlowValue = any
        self.steps: vec[JsonStep] = vec_of(steps)

    def write(self, out: BytesWriter, at: FlowReader) -> None:
        if self.any.is_absent(at):
            out.write(self.absent)
            return
        before = len(out)
        out.write(self.key)
        start = len(out)
        for step in self.steps:
            step.write(out, at)
        if len(out) == start:
            out.truncate(before)
            out.write(self.absent)
            return
        out[start] = u8(SPACE)
        out[start + 1] = u8(BRACE)
        out.write(b"}")
