"""Holds the evidence for the segments of a frame, to be read or taken apart."""

from collections.abc import Sequence
from typing import Any

from tcptui.diagnosis.explain import Evidence


class Explanation:
    """The evidence that `tcptui explain` prints: as a text, and as data by `as_json`."""

    def __init__(self, segments: Sequence[Evidence]) -> None:
        self._segments = segments

    def __str__(self) -> str:
        return "\n".join(one.as_text() for one in self._segments)

    def __repr__(self) -> str:
        return str(self)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the evidence of each segment in the frame, outermost first."""
        return [one.as_json() for one in self._segments]
