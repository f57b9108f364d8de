"""Keeps what was made of a flow last: several findings ask for the same."""

from collections.abc import Callable
from typing import Generic, TypeVar

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow

Made = TypeVar("Made")


class MadeOfFlow(Generic[Made]):
    """Holds what was made of a flow when ``last_row`` was its last row."""

    def __init__(self, flow: Flow | None, result: Made | None) -> None:
        self.flow: Flow | None = flow
        self.last_row: i64 = -1 if flow is None else i64(flow.last_row)
        self.result: Made | None = result


class Latest(Generic[Made]):
    """Makes something of a flow, and keeps it until another flow is asked for, or the flow has
    gone on."""

    def __init__(self, make: Callable[[Engine, Flow], Made | None]) -> None:
        self.make: Callable[[Engine, Flow], Made | None] = make
        # One object that is never changed: threads may ask at once.
        self.made: MadeOfFlow[Made] = MadeOfFlow(None, None)

    def of_flow(self, engine: Engine, flow: Flow) -> Made | None:
        """Return what was made of the flow, or make it."""
        made = self.made
        if made.flow is not flow or made.last_row != i64(flow.last_row):
            made = MadeOfFlow(flow, self.make(engine, flow))
            self.made = made
        return made.result
